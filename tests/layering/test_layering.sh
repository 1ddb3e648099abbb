#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Includes point one way only:
#   support < {diag, plot} < {syntax, ir} < model < {solve, analyse, lower, opt, interp} < emit < build < driver
# where analyse and lower may use solve; runtime/ includes nothing of src/; src/ sees of the runtime only runtime/include; LLVM's
# headers stay in emit/ and build/. The rooms within a folder are looked at by test_rooms.sh.
set -u
cd "${SRC:?the source folder}" || exit 1
failures=0

fail() {
  echo "$1" >&2
  failures=$((failures + 1))
}

# Sets rank.
rank_of() {
  case $1 in
    support) rank=1 ;; diag | plot) rank=2 ;; syntax | ir) rank=3 ;; model) rank=4 ;;
    solve) rank=6 ;; analyse | lower) rank=7 ;; opt | interp) rank=7 ;;
    emit) rank=9 ;; build) rank=10 ;; driver) rank=11 ;; main) rank=12 ;;
    *) rank=0 ;;
  esac
}

# May a file of folder $1 include one of folder $2?
may_include() {
  [ "$1" = "$2" ] && return 0
  case "$1 $2" in "opt solve" | "interp solve") return 1 ;; esac
  rank_of "$1"
  local user=$rank
  rank_of "$2"
  [ "$rank" -gt 0 ] && [ "$rank" -lt "$user" ]
}

# Sets from, the folder of src/ that a file belongs to: the grammar is part of syntax, src/main.c of main.
folder_of() {
  case $1 in
    grammar/*) from=syntax ;;
    src/main.c) from=main ;;
    src/*) from=${1#src/}; from=${from%%/*} ;;
  esac
}

check_src_include() { # file, line number, included
  local file=$1 line=$2 included=$3 from to
  folder_of "$file"
  case $included in
    grammar/nsa.* | nsa.tab.h | nsa.lex.h) [ "$from" = syntax ] && return ;;
    emit/bitcode.h) [ "$from" = emit ] && return ;;
  esac
  to=${included%%/*}
  if [ "$to" != "$included" ] && [ -d "src/$to" ]; then
    may_include "$from" "$to" || fail "$file:$line: $from/ may not include \"$included\""
    [ -e "src/$included" ] || fail "$file:$line: there is no src/$included"
  elif [ ! -e "runtime/include/$included" ]; then
    fail "$file:$line: \"$included\" is neither in src/ nor in runtime/include/"
  fi
}

check_runtime_include() {
  local file=$1 line=$2 included=$3 to=${3%%/*}
  if [ -e "runtime/$included" ] || [ -e "runtime/src/$included" ] || [ -e "runtime/include/$included" ] ||
     [ -e "${file%/*}/$included" ]; then
    return
  fi
  [ -d "src/$to" ] && fail "$file:$line: the runtime may not include \"$included\" of src/" && return
  fail "$file:$line: \"$included\" is not in runtime/"
}

while IFS=: read -r file line rest; do
  included=${rest#*\"}
  included=${included%%\"*}
  case $file in
    runtime/*) check_runtime_include "$file" "$line" "$included" ;;
    *) check_src_include "$file" "$line" "$included" ;;
  esac
done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' src runtime grammar \
           --include='*.c' --include='*.h' --include='*.def' --include='*.y' --include='*.l')

while IFS= read -r found; do
  case $found in
    src/emit/* | src/build/*) ;;
    *) fail "$found: only emit/ and build/ may include LLVM's headers" ;;
  esac
done < <(grep -rnE '#[[:space:]]*include[[:space:]]*<llvm' src runtime grammar)

[ "$failures" -eq 0 ] || { echo "$failures includes point the wrong way" >&2; exit 1; }
