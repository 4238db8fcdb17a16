// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/yaml_document.h"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/nearest_name.h"
#include "base/yaml_builder.h"
#include "base/yaml_text_check.h"

namespace imcc {
namespace {

constexpr size_t kLongestLine = 200;  // Longer source lines are not repeated in messages whole.

/// The document's only tree. Throws what YamlBuilder and yaml-cpp throw.
YamlNode BuildTree(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  YamlBuilder builder;
  if (!parser.HandleNextDocument(builder)) return {};
  YamlNode root = builder.TakeRoot();
  YamlBuilder second;
  if (parser.HandleNextDocument(second)) {
    const YamlNode extra = second.TakeRoot();
    throw YamlRefusal{extra.line, extra.column, 1, "a second YAML document",
                      "keep one document per file"};
  }
  return root;
}

std::vector<size_t> FindLineStarts(std::string_view text) {
  std::vector<size_t> starts = {0};
  for (size_t i = 0; i < text.size(); ++i) {
    const bool lone_return = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    if (text[i] == '\n' || lone_return) starts.push_back(i + 1);
  }
  return starts;
}

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

/// Bytes up to and with the bracket that closes the first one; the whole rest if none does.
size_t BracketedBytes(std::string_view rest_of_line) {
  char quote = 0;
  int depth = 0;
  for (size_t i = 0; i < rest_of_line.size(); ++i) {
    const char c = rest_of_line[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      return i + 1;
    }
  }
  return rest_of_line.size();
}

/// Bytes of the line that the node covers, as far as it stands on that line.
size_t CoveredBytes(const YamlNode& node, std::string_view rest_of_line) {
  if (node.IsScalar()) {
    const size_t length = node.text.size() + (node.quoted ? 2 : 0);
    return std::min(length, rest_of_line.size());
  }
  const bool flow = !rest_of_line.empty() && (rest_of_line[0] == '[' || rest_of_line[0] == '{');
  if (flow) return BracketedBytes(rest_of_line);
  const size_t comment = std::min(rest_of_line.find(" #"), rest_of_line.size());
  const size_t last = rest_of_line.find_last_not_of(' ', comment == 0 ? 0 : comment - 1);
  return node.IsNull() || last == std::string_view::npos ? 1 : last + 1;
}

}  // namespace

const YamlEntry* YamlNode::Find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const YamlEntry& entry) { return entry.key.text == key; });
  return found == entries.end() ? nullptr : &*found;
}

std::string Describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kSequence:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
    case YamlNode::Kind::kScalar:
      break;
  }
  return node.quoted ? "the quoted text " + Quote(node.text) : Quote(node.text);
}

Result<YamlDocument> YamlDocument::Parse(std::string_view text, std::string file) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark)
    text.remove_prefix(kByteOrderMark.size());
  YamlDocument document;
  document.file_ = std::move(file);
  document.text_ = std::string(text);
  document.line_starts_ = FindLineStarts(document.text_);
  const auto fail = [&](int line, int column, size_t length, std::string message,
                        std::string hint) {
    return Error{ErrorCode::kConfig, document.PlaceAt(line, column, length), "", std::move(message),
                 std::move(hint)};
  };
  auto fault = FindBadCharacter(text);
  if (!fault) fault = FindTabInIndentation(text);
  if (fault) {
    const auto& starts = document.line_starts_;
    const auto after = std::upper_bound(starts.begin(), starts.end(), fault->offset);
    const auto line = static_cast<int>(after - starts.begin());
    const auto column = static_cast<int>(fault->offset - *(after - 1)) + 1;
    return fail(line, column, fault->length, fault->message, fault->hint);
  }
  try {
    document.root_ = BuildTree(document.text_);
  } catch (const YamlRefusal& refusal) {
    return fail(refusal.line, refusal.column, refusal.length, refusal.message, refusal.hint);
  } catch (const YAML::Exception& failure) {
    return fail(failure.mark.line + 1, failure.mark.column + 1, 1, "not YAML: " + failure.msg, "");
  }
  return document;
}

SourcePlace YamlDocument::PlaceAt(int line, int column, size_t length) const {
  SourcePlace place{.file = file_, .line = line, .column = column};
  if (line < 1 || static_cast<size_t>(line) > line_starts_.size())
    return SourcePlace{.file = file_};
  const size_t begin = line_starts_[static_cast<size_t>(line) - 1];
  std::string_view source = std::string_view(text_).substr(begin);
  source = source.substr(0, source.find_first_of("\r\n"));
  const size_t offset = std::min(static_cast<size_t>(std::max(column, 1)) - 1, source.size());
  const std::string_view covered = source.substr(offset, length);
  place.length = static_cast<int>(std::max<size_t>(1, CountCharacters(covered)));
  const bool shown = FindBadCharacter(source) == std::nullopt && source.size() <= kLongestLine;
  if (shown) place.line_text = std::string(source);
  return place;
}

SourcePlace YamlDocument::PlaceOf(const YamlNode& node) const {
  if (node.line < 1 || static_cast<size_t>(node.line) > line_starts_.size())
    return SourcePlace{.file = file_};
  const size_t line_begin = line_starts_[static_cast<size_t>(node.line) - 1];
  const size_t begin = std::min(line_begin + static_cast<size_t>(node.column) - 1, text_.size());
  std::string_view rest = std::string_view(text_).substr(begin);
  rest = rest.substr(0, rest.find_first_of("\r\n"));
  return PlaceAt(node.line, node.column, CoveredBytes(node, rest));
}

Error YamlDocument::ErrorAt(const YamlNode& node, std::string message, std::string hint) const {
  return Error{ErrorCode::kConfig, PlaceOf(node), "", std::move(message), std::move(hint)};
}

std::string YamlDocument::WhereIs(const YamlNode& node) const {
  return fmt::format("{}:{}:{}", file_, node.line, node.column);
}

}  // namespace imcc
