# SPDX-License-Identifier: MIT
# To be sourced: whether the build has sanitizers, under which limits of memory and time do not hold. Static LLVM has their
# names in any case, so the build is asked, not the program.
sanitized=no
grep -q '^NSA_SANITIZE:STRING=.' "${BUILD:?the build folder}/CMakeCache.txt" && sanitized=yes
