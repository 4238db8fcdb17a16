// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/buffer_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest_name.h"
#include "base/parse_scalar.h"

namespace imcc {

namespace {

enum Column { kId, kLower, kUpper, kSize, kAlignment, kOffset, kColumns };
constexpr std::array<const char*, kColumns> kNames = {"id",   "lower",     "upper",
                                                      "size", "alignment", "offset"};
constexpr size_t kRequired = 4;
constexpr size_t kMaxShownLine = 200;
constexpr const char* kHeaderHint = "the first line is a header like id,lower,upper,size";

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& file) : rest_(text), file_(file) {
    if (rest_.substr(0, 3) == "\xEF\xBB\xBF") rest_.remove_prefix(3);  // UTF-8 byte order mark.
  }

  Result<BufferTable> Read() {
    if (!NextLine()) return Complain(line_, "the file is empty", kHeaderHint);
    IMCC_TRY(ReadHeader());
    if (Has(kOffset)) table_.offsets.emplace();
    table_.has_alignment = Has(kAlignment);
    while (NextLine()) IMCC_TRY(ReadBuffer());
    return std::move(table_);
  }

 private:
  bool Has(Column column) const {
    return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
  }

  /// Goes to the next line that is not blank.
  bool NextLine() {
    while (!rest_.empty()) {
      const size_t end = std::min(rest_.find('\n'), rest_.size());
      line_ = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++line_number_;
      if (!Trim(line_).empty()) return true;
    }
    return false;
  }

  void SplitLine() {
    fields_.clear();
    for (size_t begin = 0; begin <= line_.size();) {
      const size_t end = std::min(line_.find(',', begin), line_.size());
      fields_.push_back(Trim(line_.substr(begin, end - begin)));
      begin = end + 1;
    }
  }

  /// An error that points at `part`, which is a part of the current line.
  Error Complain(std::string_view part, std::string message, std::string hint) const {
    SourcePlace place{.file = file_, .line = line_number_};
    const auto begin = part.empty() ? 0 : static_cast<size_t>(part.data() - line_.data());
    if (begin < kMaxShownLine) {
      place.column = static_cast<int>(begin) + 1;
      place.length = static_cast<int>(std::clamp<size_t>(part.size(), 1, kMaxShownLine));
      place.line_text = std::string(Trim(line_.substr(0, kMaxShownLine)));
      for (char& c : place.line_text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') c = ' ';
    }
    return Error{.code = ErrorCode::kData,
                 .place = std::move(place),
                 .message = std::move(message),
                 .hint = std::move(hint)};
  }

  Status ReadHeader() {
    SplitLine();
    for (const std::string_view name : fields_) {
      const auto found = std::find(kNames.begin(), kNames.end(), name);
      if (found == kNames.end()) return UnknownColumn(name);
      const auto column = static_cast<Column>(found - kNames.begin());
      if (Has(column))
        return Complain(name, fmt::format("column {} is there twice", Quote(name)), "remove one");
      columns_.push_back(column);
    }
    for (size_t column = 0; column < kRequired; ++column)
      if (!Has(static_cast<Column>(column)))
        return Complain(line_, fmt::format("there is no column \"{}\"", kNames[column]),
                        kHeaderHint);
    return {};
  }

  Error UnknownColumn(std::string_view name) const {
    const std::string near = DidYouMean(name, {kNames.begin(), kNames.end()});
    const bool number = ParseInteger(name).has_value();
    return Complain(name, fmt::format("column {} is not known", Quote(name)),
                    number         ? kHeaderHint
                    : near.empty() ? "known are id, lower, upper, size, alignment and offset; "
                                     "remove the others"
                                   : near);
  }

  Status ReadBuffer() {
    SplitLine();
    if (fields_.size() != columns_.size())
      return Complain(
          line_,
          fmt::format("{} fields under a header of {} columns", fields_.size(), columns_.size()),
          "write one field for each column, with commas between them");
    std::array<int64_t, kColumns> values{};
    values[kAlignment] = 1;
    std::string_view id;
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (columns_[i] == kId) {
        id = fields_[i];
        continue;
      }
      const std::optional<int64_t> value = ParseInteger(fields_[i]);
      if (!value)
        return Complain(fields_[i],
                        fmt::format("{} is {}, not an integer of 64 bits", kNames[columns_[i]],
                                    Quote(fields_[i])),
                        "write a decimal integer without blanks or leading zeros");
      values[columns_[i]] = *value;
    }
    IMCC_TRY(CheckValues(values));
    table_.ids.emplace_back(id);
    table_.buffers.push_back({.life = {values[kLower], values[kUpper]},
                              .size = Bytes(values[kSize]),
                              .alignment = Bytes(values[kAlignment])});
    if (table_.offsets) table_.offsets->emplace_back(values[kOffset]);
    return {};
  }

  Status CheckValues(const std::array<int64_t, kColumns>& values) {
    if (values[kLower] >= values[kUpper])
      return Complain(line_,
                      fmt::format("lower {} is not below upper {}", values[kLower], values[kUpper]),
                      "a buffer lives from lower to just before upper");
    if (values[kSize] < 0)
      return Complain(line_, fmt::format("size {} is negative", values[kSize]),
                      "write the size in bytes");
    if (values[kAlignment] < 1)
      return Complain(line_, fmt::format("alignment {} is below 1", values[kAlignment]),
                      "write 1 if any offset will do");
    if (values[kOffset] < 0)
      return Complain(line_, fmt::format("offset {} is negative", values[kOffset]),
                      "offsets count from 0");
    const int64_t limit = kMaxTotalSize.count();
    if (std::max({values[kSize], values[kAlignment], values[kOffset]}) > limit)
      return Complain(line_, "size, alignment or offset exceeds 2^60", "scale the file down");
    total_ += values[kSize] + values[kAlignment];
    if (total_ > limit)
      return Complain(line_, "all sizes and alignments up to this line exceed 2^60 in sum",
                      "scale the file down");
    return {};
  }

  std::string_view rest_;
  const std::string& file_;
  std::string_view line_;
  int line_number_ = 0;
  std::vector<std::string_view> fields_;
  std::vector<Column> columns_;
  int64_t total_ = 0;
  BufferTable table_;
};

}  // namespace

Result<BufferTable> ParseBufferCsv(std::string_view text, const std::string& file) {
  return CsvReader(text, file).Read();
}

std::string WriteBufferCsv(const BufferTable& table, const std::vector<Bytes>& offsets) {
  std::string text = table.has_alignment ? "id,lower,upper,size,alignment,offset\n"
                                         : "id,lower,upper,size,offset\n";
  for (size_t i = 0; i < table.buffers.size(); ++i) {
    const Placeable& buffer = table.buffers[i];
    text += fmt::format("{},{},{},{},", table.ids[i], buffer.life.begin, buffer.life.end,
                        buffer.size.count());
    if (table.has_alignment) text += fmt::format("{},", buffer.alignment.count());
    text += fmt::format("{}\n", offsets[i].count());
  }
  return text;
}

}  // namespace imcc
