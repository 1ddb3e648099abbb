/* SPDX-License-Identifier: MIT */
/* report.h - syntax errors in the author's terms. */
#ifndef NSA_SYNTAX_REPORT_H
#define NSA_SYNTAX_REPORT_H

#include "syntax/filter.h"

/* Any error of the stage: counts it, and stops the parse when there are too many. Never NULL. */
diag *syntax_error_at(parse_context *ctx, diag_code code, span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A limit is exceeded: the rest of the file is not read. */
void report_limit(parse_context *ctx, span at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The grammar does not take the last token; `expected` are the texts of those it would. */
void report_syntax_error(parse_context *ctx, span at, const char *const *expected, int count);
/* The parser gave up (its stack is full, or there is no memory). */
void report_parser_failure(parse_context *ctx, span at, const char *message);
/* The source at a span, quoted, cut and free of control characters, for a message. */
const char *report_excerpt(parse_context *ctx, span at);

#endif
