// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/yaml_document.h"

namespace imcc {

/// What the builder refuses and where. Thrown through yaml-cpp, caught by YamlDocument::Parse.
struct YamlRefusal {
  int line = 0;
  int column = 0;
  size_t length = 1;
  std::string message;
  std::string hint;
};

/// Builds the tree from yaml-cpp's events, so that duplicate keys are seen and aliases are counted.
class YamlBuilder : public YAML::EventHandler {
 public:
  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { Close(); }

 private:
  /// A container that is still being filled.
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    YamlNode key;  // The key whose value comes next.
    bool has_key = false;
    std::map<std::string, int, std::less<>> key_lines;  // Of the keys so far.
  };

  YamlNode MakeNode(const YAML::Mark& mark, YamlNode::Kind kind);
  void CheckTag(const YamlNode& node, const std::string& tag) const;
  void Push(YamlNode node, const std::string& tag, YAML::anchor_t anchor);
  void Close();
  void Add(YamlNode node, YAML::anchor_t anchor);
  static void AddToMap(Open& map, YamlNode node);
  static void CheckKey(Open& map, const YamlNode& key);

  YamlNode root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::pair<YamlNode, size_t>> anchors_;  // Node and its size.
  size_t nodes_ = 0;
};

}  // namespace imcc
