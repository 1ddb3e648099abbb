#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# C files are written as .clang-format says; `make format` makes them so.
set -u
cd "${SRC:?the source folder}" || exit 1
mapfile -t files < <(find src runtime tests examples \( -name '*.c' -o -name '*.h' \) -type f)
[ "${#files[@]}" -gt 100 ] || { echo "found only ${#files[@]} C files" >&2; exit 1; }
clang-format-19 --dry-run --Werror "${files[@]}" || { echo "run \`make format\`" >&2; exit 1; }
