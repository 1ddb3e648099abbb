#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Functions, files and headers are as short as sizes.py says.
set -u
exec python3 "${SRC:?the source folder}/tests/layering/sizes.py"
