# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
include_guard()

add_library(imcc_options INTERFACE)
# -Wmissing-field-initializers (in -Wextra) fires on designated initialisers, whose whole point is
# to leave the other members at their defaults.
target_compile_options(imcc_options INTERFACE -Wall -Wextra -Wconversion -Wshadow
                       -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False in g++ 12 at -O3 on strings inside aggregates (GCC PR105651, PR105562).
  target_compile_options(imcc_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
  if(CMAKE_UNITY_BUILD)
    # A class of a .cc file may hold members of that file's unnamed namespace; g++ takes whatever is
    # included, as unity files do, for a header, where that would be wrong.
    target_compile_options(imcc_options INTERFACE -Wno-subobject-linkage)
  endif()
endif()
if(IMCC_WERROR)
  target_compile_options(imcc_options INTERFACE -Werror)
endif()
if(IMCC_SANITIZE)
  target_compile_options(imcc_options INTERFACE -fsanitize=${IMCC_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(imcc_options INTERFACE -fsanitize=${IMCC_SANITIZE})
endif()

# Files spend a third of their compilation on the same headers. Compiling these once hides that a
# file lacks one of them, which the build without tells (scripts/demo).
set(IMCC_STANDARD_HEADERS <algorithm> <array> <cmath> <cstdint> <functional> <map> <memory>
    <optional> <set> <string> <utility> <variant> <vector>)

# imcc_precompile(TARGET FIRST headers...): those of FIRST, which makes them, for TARGET.
function(imcc_precompile target first)
  if(NOT IMCC_PRECOMPILE)
    return()
  endif()
  if(target STREQUAL first)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endfunction()

# Stops the configuration if a file includes a stage that its library does not depend on.
function(imcc_check_layering stage allowed)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc
       ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  foreach(file ${files})
    file(STRINGS ${file} includes REGEX "^#include \"[a-z0-9_]+/")
    foreach(include ${includes})
      string(REGEX REPLACE "^#include \"([a-z0-9_]+)/.*" "\\1" used ${include})
      if(NOT used IN_LIST allowed AND NOT used STREQUAL "imcc")
        message(FATAL_ERROR "${file}: stage '${stage}' may not include '${used}/': "
                "not among its DEPENDS in ${CMAKE_CURRENT_SOURCE_DIR}/CMakeLists.txt")
      endif()
    endforeach()
  endforeach()
endfunction()

# imcc_add_library(NAME [COLD] SOURCES a.cc... DEPENDS stage... LIBRARIES external...)
# One library per folder of src/, target imcc_NAME. COLD: nothing in it runs long, so the compiler
# shall not either (half of the build was optimising JSON, YAML and tables of text at -O3).
function(imcc_add_library name)
  cmake_parse_arguments(arg "COLD" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  imcc_check_layering(${name} "${name};${arg_DEPENDS}")
  add_library(imcc_${name} STATIC ${arg_SOURCES})
  target_include_directories(imcc_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src
    ${CMAKE_SOURCE_DIR}/include)
  target_link_libraries(imcc_${name} PRIVATE imcc_options)
  if(arg_COLD)
    target_compile_options(imcc_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  foreach(stage ${arg_DEPENDS})
    target_link_libraries(imcc_${name} PUBLIC imcc_${stage})
  endforeach()
  target_link_libraries(imcc_${name} PRIVATE ${arg_LIBRARIES})
  if("fmt::fmt" IN_LIST arg_LIBRARIES)
    imcc_precompile(imcc_${name} imcc_base ${IMCC_STANDARD_HEADERS} <fmt/format.h>)
  endif()
endfunction()

# imcc_add_test(NAME [SLOW] SOURCES a_test.cc... DEPENDS stage... LIBRARIES external...)
# One test program per folder of tests/, run by ctest as NAME. Labels: `fast` tests take two minutes
# in all on an idle machine, SLOW ones are labelled `slow`.
function(imcc_add_test name)
  cmake_parse_arguments(arg "SLOW" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_executable(${name}_test ${arg_SOURCES})
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  # The time of a test goes into what it tests, that of its compilation into optimising it.
  target_compile_options(${name}_test PRIVATE $<$<CONFIG:Release>:-O1>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False in g++ 12 where inlined strings and vectors come from precompiled headers.
    target_compile_options(${name}_test PRIVATE -Wno-array-bounds -Wno-stringop-overflow)
  endif()
  target_link_libraries(${name}_test PRIVATE imcc_options GTest::gmock GTest::gtest_main fmt::fmt
                        ${arg_LIBRARIES})
  foreach(stage ${arg_DEPENDS})
    target_link_libraries(${name}_test PRIVATE imcc_${stage})
  endforeach()
  target_compile_definitions(${name}_test PRIVATE IMCC_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  imcc_precompile(${name}_test base_test ${IMCC_STANDARD_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
  add_test(NAME ${name} COMMAND ${name}_test)
  set_tests_properties(${name} PROPERTIES LABELS $<IF:$<BOOL:${arg_SLOW}>,slow,fast>)
endfunction()
