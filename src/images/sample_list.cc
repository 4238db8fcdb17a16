// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/sample_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "base/files.h"
#include "base/nearest_name.h"
#include "base/parse_scalar.h"
#include "images/data_error.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;

constexpr Bytes kMaxListFile(int64_t{1} << 28);

/// Fields of one line; a field may stand in double quotes, "" being a quote in it.
std::vector<std::string> SplitFields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"')
        fields.back() += line[i++];
      else
        quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  for (std::string& field : fields) {
    const size_t end = field.find_last_not_of(" \t\r");
    field.resize(end == std::string::npos ? 0 : end + 1);
    field.erase(0, std::min(field.find_first_not_of(" \t"), field.size()));
  }
  return fields;
}

/// Which columns hold what.
struct Columns {
  size_t path = 0;
  size_t label = 1;
};

/// The columns a header names, or nothing if the line is data.
std::optional<Columns> ParseHeader(const std::vector<std::string>& fields) {
  const auto find = [&fields](std::initializer_list<std::string_view> names) {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const std::string& field) {
      return std::find(names.begin(), names.end(), field) != names.end();
    });
    return static_cast<size_t>(found - fields.begin());
  };
  const size_t path = find({"path", "file", "filename", "file_name", "image", "image_path"});
  if (path == fields.size()) return {};
  return Columns{path, find({"label", "class_index", "class_id", "class", "target"})};
}

/// Reads the list line by line.
class ListReader {
 public:
  explicit ListReader(std::string path) : path_(std::move(path)) {}

  Result<std::vector<SampleRef>> Read() {
    IMCC_ASSIGN(const std::string text, ReadFile(path_, kMaxListFile, ErrorCode::kData));
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      ++line_;
      IMCC_TRY(ReadLine(std::string_view(text).substr(begin, end - begin)));
      begin = end + 1;
    }
    if (samples_.empty())
      return DataError(path_, "lists no images", "write one \"path,label\" a line");
    return std::move(samples_);
  }

 private:
  Error ErrorHere(std::string_view line, std::string message, std::string hint) const {
    Error error = DataError(path_, std::move(message), std::move(hint));
    error.place.line = line_;
    error.place.column = 1;
    error.place.line_text = std::string(line.substr(0, 200));
    error.place.length = static_cast<int>(error.place.line_text.size());
    return error;
  }

  Status ReadLine(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::vector<std::string> fields = SplitFields(line);
    if (fields.size() == 1 && fields[0].empty()) return {};
    if (!started_) {
      started_ = true;
      if (const auto columns = ParseHeader(fields)) {
        columns_ = *columns;
        return {};
      }
    }
    if (fields.size() <= columns_.path || fields[columns_.path].empty())
      return ErrorHere(line, "names no image", "write \"path,label\"");
    SampleRef sample;
    IMCC_ASSIGN(sample.path, FindImage(line, fields[columns_.path]));
    if (columns_.label < fields.size()) {
      const std::string& label = fields[columns_.label];
      sample.label = ParseInteger(label);
      if (!sample.label || *sample.label < 0)
        return ErrorHere(line, fmt::format("label {} is not a class number", Quote(label)),
                         "classes are counted from 0");
    }
    samples_.push_back(std::move(sample));
    return {};
  }

  /// Relative paths start at the list's folder, or at the folder X beside X_labels.csv.
  Result<std::string> FindImage(std::string_view line, const std::string& name) const {
    const fs::path list(path_);
    std::string stem = list.stem().string();
    if (stem.ends_with("_labels")) stem.resize(stem.size() - 7);
    for (const fs::path& base : {list.parent_path(), list.parent_path() / stem}) {
      const fs::path candidate = base / name;  // An absolute name replaces the base.
      std::error_code failure;
      if (fs::is_regular_file(candidate, failure)) return candidate.string();
    }
    return ErrorHere(line, fmt::format("image {} does not exist", Quote(name)),
                     "paths are relative to the folder of the list");
  }

  std::string path_;
  int line_ = 0;
  bool started_ = false;
  Columns columns_;
  std::vector<SampleRef> samples_;
};

}  // namespace

bool IsListName(const std::string& path) {
  return path.ends_with(".csv") || path.ends_with(".txt");
}

Result<std::vector<SampleRef>> ReadSampleList(const std::string& path) {
  return ListReader(path).Read();
}

}  // namespace imcc
