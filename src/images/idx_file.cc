// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
// The format of MNIST's files (yann.lecun.com/exdb/mnist): two zero bytes, the type (8 = uint8),
// the rank, big-endian dimensions, data.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include "images/data_error.h"
#include "images/sample_file.h"

namespace imcc {
namespace {

constexpr int64_t kMaxBytes = int64_t{1} << 30;  // Of a whole data set, unpacked.
constexpr unsigned kChunk = 1U << 20U;

/// gzip or plain, whichever it is.
class GzReader {
 public:
  explicit GzReader(const std::string& path) : file_(gzopen(path.c_str(), "rb")) {}
  GzReader(const GzReader&) = delete;
  GzReader& operator=(const GzReader&) = delete;
  ~GzReader() {
    if (file_ != nullptr) gzclose(file_);
  }

  /// Appends `count` bytes; false if there are fewer. Memory grows with what is there, not with
  /// what a header claims.
  bool Read(int64_t count, std::vector<uint8_t>& bytes) {
    if (file_ == nullptr) return false;
    while (count > 0) {
      const auto step = static_cast<unsigned>(std::min<int64_t>(count, kChunk));
      const size_t before = bytes.size();
      bytes.resize(before + step);
      if (gzread(file_, bytes.data() + before, step) != static_cast<int>(step)) return false;
      count -= step;
    }
    return true;
  }

 private:
  gzFile file_;
};

/// Reads the header: the dimensions, of which there must be `rank`.
Result<std::vector<int64_t>> ReadDims(GzReader& reader, const std::string& path, size_t rank) {
  std::vector<uint8_t> header;
  if (!reader.Read(static_cast<int64_t>(4 + 4 * rank), header) || header[0] != 0 || header[1] != 0)
    return DataError(path, "is not an IDX file", "images-idx3-ubyte and labels-idx1-ubyte are");
  if (header[2] != 8 || header[3] != rank)
    return DataError(path, fmt::format("holds type {} in {} dimensions, not bytes in {}", header[2],
                                       header[3], rank));
  std::vector<int64_t> dims;
  int64_t bytes = 1;
  for (size_t i = 0; i < rank; ++i) {
    int64_t dim = 0;
    for (size_t j = 0; j < 4; ++j) dim = 256 * dim + header[4 + 4 * i + j];
    if (dim < 1 || dim > kMaxBytes / bytes)
      return DataError(path, fmt::format("dimension {} is {}", i, dim), "the limit is 2^30 bytes");
    bytes *= dim;
    dims.push_back(dim);
  }
  return dims;
}

Status CheckExists(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_regular_file(path, failure)) return {};
  return DataError(path, "no such file", "check the path");
}

/// Grey images. Unpacked up to the last sample asked for: gzip has no way into the middle.
class IdxFile : public SampleFile {
 public:
  IdxFile(std::string path, std::vector<int64_t> dims)
      : path_(std::move(path)), dims_(std::move(dims)) {}

  int64_t count() const override { return dims_[0]; }

  Result<std::variant<Image, RawTensor>> Read(int64_t index) override {
    const int64_t size = dims_[1] * dims_[2];
    IMCC_TRY(UnpackTo((index + 1) * size));
    Image image{.width = dims_[2], .height = dims_[1], .channels = 1};
    const auto begin = pixels_.begin() + index * size;
    image.pixels.assign(begin, begin + size);
    return std::variant<Image, RawTensor>(std::move(image));
  }

 private:
  Status UnpackTo(int64_t end) {
    const auto unpacked = static_cast<int64_t>(pixels_.size());
    if (end <= unpacked) return {};
    if (reader_ == nullptr) {
      reader_ = std::make_unique<GzReader>(path_);
      IMCC_ASSIGN([[maybe_unused]] const auto dims, ReadDims(*reader_, path_, 3));
    }
    if (reader_->Read(end - unpacked, pixels_)) return {};
    pixels_.clear();
    reader_.reset();
    return DataError(path_, fmt::format("ends before its {} images do", dims_[0]), "copy it again");
  }

  std::string path_;
  std::vector<int64_t> dims_;
  std::unique_ptr<GzReader> reader_;  // Behind pixels_.
  std::vector<uint8_t> pixels_;
};

}  // namespace

bool IsIdxName(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.find("idx3-ubyte") != std::string::npos;
}

Result<std::unique_ptr<SampleFile>> OpenIdxFile(const std::string& path) {
  IMCC_TRY(CheckExists(path));
  GzReader reader(path);
  IMCC_ASSIGN(std::vector<int64_t> dims, ReadDims(reader, path, 3));
  IMCC_TRY(CheckImageSize(path, dims[2], dims[1]));
  return std::unique_ptr<SampleFile>(std::make_unique<IdxFile>(path, std::move(dims)));
}

Result<std::optional<std::vector<int64_t>>> ReadIdxLabels(const std::string& path, int64_t count) {
  const std::filesystem::path images(path);
  std::string name = images.filename().string();
  const auto replace = [&name](const std::string& from, const std::string& to) {
    const size_t at = name.find(from);
    if (at != std::string::npos) name.replace(at, from.size(), to);
  };
  replace("images", "labels");
  replace("idx3", "idx1");
  std::string file = (images.parent_path() / name).string();
  std::error_code failure;
  if (!std::filesystem::exists(file, failure)) {
    // One of the two may be gzipped and the other not.
    file = file.ends_with(".gz") ? file.substr(0, file.size() - 3) : file + ".gz";
    if (!std::filesystem::exists(file, failure)) return std::optional<std::vector<int64_t>>();
  }
  GzReader reader(file);
  IMCC_ASSIGN(const std::vector<int64_t> dims, ReadDims(reader, file, 1));
  std::vector<uint8_t> bytes;
  if (dims[0] != count)
    return DataError(file, fmt::format("has {} labels for {} images", dims[0], count));
  if (!reader.Read(count, bytes)) return DataError(file, "ends before its labels do");
  return std::optional(std::vector<int64_t>(bytes.begin(), bytes.end()));
}

}  // namespace imcc
