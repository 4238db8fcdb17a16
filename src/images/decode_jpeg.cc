// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdio>

#include "images/data_error.h"
#include "images/decode.h"
// clang-format off
#include <jpeglib.h>  // Uses size_t and FILE without including what declares them.
#include <jerror.h>
// clang-format on

namespace imcc {
namespace {

// A progressive file may repeat scans without end; real ones have about ten.
constexpr int kMaxScans = 256;

/// libjpeg's error manager with the way back out of it.
struct Failure {
  jpeg_error_mgr manager;
  std::jmp_buf out;
  std::array<char, JMSG_LENGTH_MAX> message;
};

Failure* FailureOf(j_common_ptr info) { return reinterpret_cast<Failure*>(info->err); }

[[noreturn]] void Fail(j_common_ptr info) {
  Failure* failure = FailureOf(info);
  failure->manager.format_message(info, failure->message.data());
  std::longjmp(failure->out, 1);
}

/// Warnings mean damaged pixels, which libjpeg would make up; only stray bytes are harmless.
void Emit(j_common_ptr info, int level) {
  if (level < 0 && info->err->msg_code != JWRN_EXTRANEOUS_DATA) Fail(info);
}

void Ignore(j_common_ptr) {}

void CheckProgress(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMaxScans) return;
  info->err->msg_code = JERR_BAD_PROGRESSION;
  Fail(info);
}

/// One decompression. No frame between setjmp and longjmp owns anything with a destructor.
class JpegDecoder {
 public:
  explicit JpegDecoder(std::string_view bytes) {
    info_.err = jpeg_std_error(&failure_.manager);
    failure_.manager.error_exit = Fail;
    failure_.manager.emit_message = Emit;
    failure_.manager.output_message = Ignore;
    failure_.message[0] = '\0';
    progress_.progress_monitor = CheckProgress;
    if (setjmp(failure_.out) != 0) return;
    jpeg_create_decompress(&info_);
    info_.progress = &progress_;
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    ok_ = true;
  }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
  ~JpegDecoder() { jpeg_destroy_decompress(&info_); }

  bool ReadHeader() {
    if (!ok_ || setjmp(failure_.out) != 0) return false;
    jpeg_read_header(&info_, TRUE);
    switch (info_.num_components) {
      case 1:
        info_.out_color_space = JCS_GRAYSCALE;
        break;
      case 4:
        info_.out_color_space = JCS_CMYK;
        break;
      default:
        info_.out_color_space = JCS_RGB;
    }
    info_.dct_method = JDCT_ISLOW;
    return true;
  }

  /// `pixels` has room for the whole image with all its components.
  bool ReadPixels(uint8_t* pixels) {
    if (setjmp(failure_.out) != 0) return false;
    jpeg_start_decompress(&info_);
    const size_t stride = size_t{info_.output_width} * static_cast<size_t>(components());
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = pixels + info_.output_scanline * stride;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
    return true;
  }

  int64_t width() const { return info_.image_width; }
  int64_t height() const { return info_.image_height; }
  int64_t components() const {
    return info_.out_color_space == JCS_CMYK ? 4 : info_.out_color_space == JCS_RGB ? 3 : 1;
  }
  bool is_adobe() const { return info_.saw_Adobe_marker == TRUE; }
  std::string message() const { return failure_.message.data(); }

 private:
  jpeg_decompress_struct info_ = {};
  jpeg_progress_mgr progress_ = {};
  Failure failure_ = {};
  bool ok_ = false;
};

/// In place, CMYK to RGB. Adobe's files hold the inks inverted.
void CmykToRgb(std::vector<uint8_t>& pixels, bool inverted) {
  const size_t count = pixels.size() / 4;
  for (size_t i = 0; i < count; ++i) {
    const auto ink = [&](size_t c) {
      const int value = pixels[4 * i + c];
      return inverted ? value : 255 - value;
    };
    const int black = ink(3);
    for (size_t c = 0; c < 3; ++c)
      pixels[3 * i + c] = static_cast<uint8_t>((ink(c) * black + 127) / 255);
  }
  pixels.resize(3 * count);
}

}  // namespace

Result<Image> DecodeJpeg(std::string_view bytes, const std::string& path) {
  JpegDecoder decoder(bytes);
  const auto damaged = [&] {
    return DataError(path, fmt::format("is a damaged JPEG: {}", decoder.message()),
                     "copy the image again, or remove it from the data set");
  };
  if (!decoder.ReadHeader()) return damaged();
  IMCC_TRY(CheckImageSize(path, decoder.width(), decoder.height()));
  Image image{
      .width = decoder.width(), .height = decoder.height(), .channels = decoder.components()};
  image.pixels.resize(static_cast<size_t>(image.width * image.height * image.channels));
  if (!decoder.ReadPixels(image.pixels.data())) return damaged();
  if (image.channels == 4) {
    CmykToRgb(image.pixels, decoder.is_adobe());
    image.channels = 3;
  }
  return image;
}

}  // namespace imcc
