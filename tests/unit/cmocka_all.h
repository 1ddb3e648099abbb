/* SPDX-License-Identifier: MIT */
/* cmocka_all.h - cmocka needs these headers before it. */
#ifndef NSA_TESTS_CMOCKA_ALL_H
#define NSA_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
