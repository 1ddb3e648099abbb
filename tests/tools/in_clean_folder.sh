#!/bin/sh
# SPDX-License-Identifier: MIT
# in_clean_folder.sh FOLDER COMMAND... - runs a test in FOLDER, emptied first.
set -eu
folder=$1
shift
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
exec "$@"
