#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh PACKAGE... - installs those of Debian's packages that are missing; silent when none is.
set -eu

missing=""
if ! command -v dpkg-query >/dev/null 2>&1; then
  # Not Debian: the build itself says what it does not find.
  command -v cmake >/dev/null 2>&1 && exit 0
  echo "make deps: this is no Debian-like system; please install the equivalents of: $*" >&2
  exit 2
fi
for package in "$@"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "make deps: these packages are missing and only root can install them:$missing" >&2
    exit 2
  fi
  as_root="sudo"
fi
echo "Installing:$missing"
# shellcheck disable=SC2086 # the lists are meant to be split
if ! { $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
       $as_root env DEBIAN_FRONTEND=noninteractive \
         apt-get install -q -y --no-install-recommends $missing; }; then
  echo "make deps: apt-get could not install:$missing" >&2
  exit 2
fi
