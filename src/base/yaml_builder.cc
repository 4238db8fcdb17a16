// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/yaml_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest_name.h"

namespace imcc {
namespace {

constexpr size_t kMaxDepth = 64;       // Our files need 8.
constexpr size_t kMaxNodes = 200'000;  // Counting every use of an alias.

[[noreturn]] void Refuse(const YamlNode& node, const std::string& message,
                         const std::string& hint) {
  throw YamlRefusal{node.line, node.column, node.text.size(), message, hint};
}

size_t CountNodes(const YamlNode& node) {
  size_t count = 1;
  for (const YamlNode& item : node.items) count += CountNodes(item);
  for (const YamlEntry& entry : node.entries) count += 1 + CountNodes(entry.value);
  return count;
}

size_t Depth(const YamlNode& node) {
  size_t depth = 0;
  for (const YamlNode& item : node.items) depth = std::max(depth, Depth(item));
  for (const YamlEntry& entry : node.entries) depth = std::max(depth, Depth(entry.value));
  return depth + 1;
}

}  // namespace

YamlNode YamlBuilder::MakeNode(const YAML::Mark& mark, YamlNode::Kind kind) {
  YamlNode node;
  node.kind = kind;
  node.line = mark.line + 1;
  node.column = mark.column + 1;
  if (++nodes_ > kMaxNodes)
    Refuse(node, fmt::format("more than {} values", kMaxNodes),
           "check that this is the right file");
  return node;
}

void YamlBuilder::CheckTag(const YamlNode& node, const std::string& tag) const {
  if (tag.empty() || tag == "?" || tag == "!") return;
  Refuse(node, fmt::format("YAML tag {} is not supported", Quote(tag)), "remove the tag");
}

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Add(MakeNode(mark, YamlNode::Kind::kNull), anchor);
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  YamlNode node = MakeNode(mark, YamlNode::Kind::kScalar);
  node.text = value;
  node.quoted = tag == "!";
  CheckTag(node, tag);
  Add(std::move(node), anchor);
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  YamlNode use = MakeNode(mark, YamlNode::Kind::kNull);
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) Refuse(use, "an alias inside its own anchor", "write the value out");
  nodes_ += found->second.second;
  if (nodes_ > kMaxNodes)
    Refuse(use, fmt::format("aliases expand to more than {} values", kMaxNodes),
           "write the values out");
  if (open_.size() + Depth(found->second.first) > kMaxDepth)
    Refuse(use, fmt::format("nested deeper than {} levels", kMaxDepth), "");
  YamlNode copy = found->second.first;
  copy.line = use.line;
  copy.column = use.column;
  Add(std::move(copy), 0);
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value) {
  Push(MakeNode(mark, YamlNode::Kind::kSequence), tag, anchor);
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  Push(MakeNode(mark, YamlNode::Kind::kMap), tag, anchor);
}

void YamlBuilder::Push(YamlNode node, const std::string& tag, YAML::anchor_t anchor) {
  CheckTag(node, tag);
  if (open_.size() >= kMaxDepth)
    Refuse(node, fmt::format("nested deeper than {} levels", kMaxDepth), "");
  Open open;
  open.node = std::move(node);
  open.anchor = anchor;
  open_.push_back(std::move(open));
}

void YamlBuilder::Close() {
  Open done = std::move(open_.back());
  open_.pop_back();
  Add(std::move(done.node), done.anchor);
}

void YamlBuilder::Add(YamlNode node, YAML::anchor_t anchor) {
  if (anchor != 0) anchors_[anchor] = {node, CountNodes(node)};
  if (open_.empty()) {
    root_ = std::move(node);
  } else if (open_.back().node.IsSequence()) {
    open_.back().node.items.push_back(std::move(node));
  } else {
    AddToMap(open_.back(), std::move(node));
  }
}

void YamlBuilder::AddToMap(Open& map, YamlNode node) {
  if (map.has_key) {
    map.node.entries.push_back({std::move(map.key), std::move(node)});
    map.has_key = false;
    return;
  }
  CheckKey(map, node);
  map.key = std::move(node);
  map.has_key = true;
}

void YamlBuilder::CheckKey(Open& map, const YamlNode& key) {
  if (!key.IsScalar()) Refuse(key, "a key must be plain text", "");
  if (key.text == "<<")
    Refuse(key, "merge keys (<<) are not supported", "write the merged keys out");
  const auto [earlier, is_new] = map.key_lines.emplace(key.text, key.line);
  if (!is_new)
    Refuse(key,
           fmt::format("key {} is given twice, first in line {}", Quote(key.text), earlier->second),
           "keep one of the two");
}

}  // namespace imcc
