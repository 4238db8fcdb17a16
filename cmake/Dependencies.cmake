# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
# Debian 12 packages only (scripts/setup installs them).
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Protobuf REQUIRED)  # Before ONNX: its config needs the targets.
find_package(ONNX CONFIG REQUIRED)
find_package(dnnl CONFIG REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(TBB REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ELF REQUIRED IMPORTED_TARGET libelf)
# Its clp.pc names libraries that only a static link needs, and that its package does not pull in.
find_library(CLP_LIBRARY Clp REQUIRED)
