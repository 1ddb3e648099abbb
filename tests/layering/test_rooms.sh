#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Rooms use one another in one direction, by includes and by calls (rooms.txt, rooms.py).
set -eu
: "${SRC:?the source folder}" "${BUILD:?the build folder}"
python3 "$SRC/tests/layering/rooms.py" --test
python3 "$SRC/tests/layering/rooms.py" "$SRC" "$BUILD"
