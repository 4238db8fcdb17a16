// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <png.h>

#include <array>
#include <csetjmp>
#include <cstring>

#include "images/data_error.h"
#include "images/decode.h"

namespace imcc {
namespace {

/// What libpng's callbacks read and write.
struct State {
  std::string_view bytes;
  size_t position = 0;
  std::array<char, 256> message = {};
};

[[noreturn]] void Fail(png_structp png, png_const_charp message) {
  auto* state = static_cast<State*>(png_get_error_ptr(png));
  std::strncpy(state->message.data(), message, state->message.size() - 1);
  png_longjmp(png, 1);
}

void Ignore(png_structp, png_const_charp) {}

void Read(png_structp png, png_bytep to, size_t count) {
  auto* state = static_cast<State*>(png_get_io_ptr(png));
  if (count > state->bytes.size() - state->position) png_error(png, "it ends too early");
  std::memcpy(to, state->bytes.data() + state->position, count);
  state->position += count;
}

/// One decompression. No frame between setjmp and longjmp owns anything with a destructor.
class PngDecoder {
 public:
  explicit PngDecoder(std::string_view bytes) {
    state_.bytes = bytes;
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state_, Fail, Ignore);
    if (png_ == nullptr) return;
    info_ = png_create_info_struct(png_);
  }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
  ~PngDecoder() { png_destroy_read_struct(&png_, &info_, nullptr); }

  bool ReadHeader() {
    if (png_ == nullptr || info_ == nullptr || setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_read_fn(png_, &state_, Read);
    png_set_user_limits(png_, kMaxPixels, kMaxPixels);
    png_set_chunk_malloc_max(png_, 1U << 23U);
    png_read_info(png_, info_);
    png_set_expand(png_);  // Palettes and 1, 2, 4 bits to 8.
    png_set_scale_16(png_);
    png_set_strip_alpha(png_);
    passes_ = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  /// `pixels` has room for the whole image.
  bool ReadPixels(uint8_t* pixels) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    const size_t stride = png_get_rowbytes(png_, info_);
    const png_uint_32 rows = png_get_image_height(png_, info_);
    for (int pass = 0; pass < passes_; ++pass) {
      for (png_uint_32 row = 0; row < rows; ++row)
        png_read_row(png_, pixels + row * stride, nullptr);
    }
    png_read_end(png_, nullptr);
    return true;
  }

  int64_t width() const { return png_get_image_width(png_, info_); }
  int64_t height() const { return png_get_image_height(png_, info_); }
  int64_t channels() const { return png_get_channels(png_, info_); }
  size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  std::string message() const { return state_.message.data(); }

 private:
  State state_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  int passes_ = 1;
};

}  // namespace

Result<Image> DecodePng(std::string_view bytes, const std::string& path) {
  PngDecoder decoder(bytes);
  const auto damaged = [&] {
    return DataError(path, fmt::format("is a damaged PNG: {}", decoder.message()),
                     "copy the image again, or remove it from the data set");
  };
  if (!decoder.ReadHeader()) return damaged();
  IMCC_TRY(CheckImageSize(path, decoder.width(), decoder.height()));
  Image image{.width = decoder.width(), .height = decoder.height(), .channels = decoder.channels()};
  IMCC_CHECK((image.channels == 1 || image.channels == 3) &&
                 decoder.row_bytes() == static_cast<size_t>(image.width * image.channels),
             "libpng transformations left an unexpected format");
  image.pixels.resize(static_cast<size_t>(image.width * image.height * image.channels));
  if (!decoder.ReadPixels(image.pixels.data())) return damaged();
  return image;
}

}  // namespace imcc
