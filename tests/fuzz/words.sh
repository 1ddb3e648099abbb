#!/bin/sh
# SPDX-License-Identifier: MIT
# words.sh TARGET - prints libFuzzer's dictionary for a target: the quoted words of the sources that know them, and the
# names of the rows of tables.
set -eu
cd "${SRC:?the source folder}"
case $1 in
parse | model) files="grammar/nsa.y src/syntax/words.def src/syntax/units.def runtime/include/nsa_units.def src/model/*.def" ;;
ir) files="src/ir/ir_ops.def src/ir/program.c src/ir/print.c src/ir/read.c runtime/include/nsa_enums.def runtime/include/nsa_program.def" ;;
arguments) files="src/driver/options.def runtime/src/run/options*.c src/driver/sweep_plan.c" ;;
process) files="runtime/src/worlds/process.c" ;;
*) exit 0 ;;
esac
# shellcheck disable=SC2086 # several files
{
  grep -ohE '"[^"\\% ]{1,32}"' $files
  sed -nE 's/^[A-Z]+\(([A-Za-z0-9_]+),.*/"\1"/p' $files
} | LC_ALL=C sort -u
