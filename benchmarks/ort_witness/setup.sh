#!/bin/sh
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
# Installs ONNX Runtime for Node outside the repository (about 290 MB): $IMCC_ORT_DIR, by default
# ~/.cache/imcc/ort. Install scripts stay off; the package brings its library along.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=${IMCC_ORT_DIR:-$HOME/.cache/imcc/ort}
mkdir -p "$dir"
cp "$here/package.json" "$dir/package.json"
cd "$dir"
npm install --ignore-scripts --no-audit --no-fund --loglevel=error
echo "ONNX Runtime is in $dir"
