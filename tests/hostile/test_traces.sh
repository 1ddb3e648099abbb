#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The system calls of a run of each example: nothing is executed, no socket is made, and files are opened for writing,
# moved, made or removed below the results and the cache alone. The sandbox is off: what it would forbid is not tried.
set -u
: "${NSA:?the tool}" "${SRC:?the sources}"
if ! strace -f -o /dev/null true 2> /dev/null; then
  echo "skipped: there is no strace, or processes cannot be traced"
  exit 0
fi
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }
mkdir -m 700 cache
export NSA_CACHE=$PWD/cache NSA_SANDBOX=off
ls /proc/self/fd > /dev/null

# What is not about files below here, reading, or what fails; descriptors that a path is relative to are shown with it.
strays() {
  grep -vE 'resumed>|unfinished|\) += -1 |exited with|^[0-9]+ +(---|\+\+\+)' "$1" | sed -n '2,$p' |
    grep -vE 'open(at)?\(.*O_RDONLY' |
    grep -vF -e "\"$PWD/cache" -e '"out' -e "$PWD/out" -e '"/dev/null"' -e 'AF_UNIX, SOCK_SEQPACKET'
}
traced=0
for model in "$SRC"/examples/*.nsa; do
  grep -qE '^ *environment .*: *(external|plugin)' "$model" && continue
  rm -rf out
  timeout 100 strace -f -y -o trace.txt \
    -e trace=execve,execveat,socket,connect,bind,sendto,open,openat,creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat,chmod,fchmodat,truncate,mknod,mknodat \
    "$NSA" run "$model" --for "1 ms" --out out --quiet > printed.txt 2>&1
  code=$?
  [ $code -eq 0 ] || continue # what it needs is not here, or it cannot be so short
  traced=$((traced + 1))
  strays trace.txt > strays.txt
  [ ! -s strays.txt ] || { say "$model"; head -5 strays.txt; }
done
[ $traced -ge 5 ] || say "only $traced examples were traced"
exit $((failed > 0))
