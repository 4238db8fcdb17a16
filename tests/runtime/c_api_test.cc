// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "imcc/runtime.h"
#include "imcc/runtime.hpp"

namespace {

TEST(CApi, VersionAndNames) {
  EXPECT_EQ(imcc_runtime_version(),
            IMCC_RUNTIME_VERSION_MAJOR * 1000U + IMCC_RUNTIME_VERSION_MINOR);
  EXPECT_STREQ(imcc_status_name(IMCC_OK), "IMCC_OK");
  EXPECT_STREQ(imcc_status_name(IMCC_ERROR_INTERNAL), "IMCC_ERROR_INTERNAL");
}

TEST(CApi, OpenOfNothingReportsWhy) {
  imcc_model* model = nullptr;
  imcc_error* error = nullptr;
  EXPECT_EQ(imcc_model_open("/nonexistent/model.json", &model, &error), IMCC_ERROR_IO);
  EXPECT_EQ(model, nullptr);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(imcc_error_status(error), IMCC_ERROR_IO);
  EXPECT_NE(std::string(imcc_error_message(error)).find("no such file"), std::string::npos);
  imcc_error_free(error);
}

TEST(CApi, NullArgumentsAreErrorsNotCrashes) {
  imcc_model* model = nullptr;
  EXPECT_EQ(imcc_model_open(nullptr, &model, nullptr), IMCC_ERROR_USAGE);
  EXPECT_EQ(imcc_model_open("x", nullptr, nullptr), IMCC_ERROR_USAGE);
  EXPECT_EQ(imcc_model_input_count(nullptr), 0U);
  EXPECT_EQ(imcc_model_output(nullptr, 0, nullptr), IMCC_ERROR_USAGE);
  EXPECT_EQ(imcc_model_run(nullptr, nullptr, nullptr, nullptr), IMCC_ERROR_USAGE);
  EXPECT_EQ(imcc_model_statistics(nullptr, nullptr, nullptr), IMCC_ERROR_USAGE);
  EXPECT_STREQ(imcc_error_message(nullptr), "");
  imcc_error_free(nullptr);
  imcc_model_close(nullptr);
}

TEST(CppApi, FailuresAreExceptions) {
  try {
    const imcc::runtime::Model model("/nonexistent");
    FAIL() << "opened nothing";
  } catch (const imcc::runtime::Failure& failure) {
    EXPECT_EQ(failure.status(), IMCC_ERROR_IO);
    EXPECT_NE(std::string(failure.what()), "");
  }
}

}  // namespace
