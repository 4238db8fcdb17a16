// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/md5.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

// The test suite of RFC 1321, A.5.
TEST(Md5, MatchesTheRfc) {
  EXPECT_EQ(Md5Hex(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(Md5Hex("a"), "0cc175b9c0f1b6a831c399e269772661");
  EXPECT_EQ(Md5Hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(Md5Hex("12345678901234567890123456789012345678901234567890123456789012345678901234567"
                   "890"),
            "57edf4a22be3c955ac49da2e2107b67a");
}

// Lengths around the padding's two cases; digests from md5sum.
TEST(Md5, PadsBlocksOfEveryLength) {
  EXPECT_EQ(Md5Hex(std::string(55, 'a')), "ef1772b6dff9a122358552954ad0df65");
  EXPECT_EQ(Md5Hex(std::string(56, 'a')), "3b0c8ac703f828b04c6c197006d17218");
  EXPECT_EQ(Md5Hex(std::string(64, 'a')), "014842d480b571495a4a0363793f7367");
}

}  // namespace
}  // namespace imcc
