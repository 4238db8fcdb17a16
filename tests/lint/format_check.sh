#!/usr/bin/env bash
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
# Every tracked C++ file is as clang-format would write it. To repair: the command it prints.
set -euo pipefail
cd "$(dirname "$0")/../.."

mapfile -d '' tracked < <(git ls-files -z -- '*.h' '*.cc')
files=()
for file in "${tracked[@]}"; do
  [ -f "$file" ] && files+=("$file")
done
echo "format_check: ${#files[@]} files"
[ ${#files[@]} -gt 0 ]
if ! printf '%s\0' "${files[@]}" | xargs -0 -n 40 -P 2 clang-format --dry-run -Werror; then
  echo "format_check: to repair, run  git ls-files '*.h' '*.cc' | xargs clang-format -i"
  exit 1
fi
