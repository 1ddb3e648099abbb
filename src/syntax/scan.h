/* SPDX-License-Identifier: MIT */
/* scan.h - inside the syntax stage: raw tokens, and the filter that makes grammar tokens of them.
 *
 *   text --nsa.l--> raw tokens --filter.c--> grammar tokens --nsa.y--> AST
 */
#ifndef NSA_SYNTAX_SCAN_H
#define NSA_SYNTAX_SCAN_H

#include "support/intern.h"
#include "syntax/ast.h"

/* kind is a token number of the grammar; 0 is the end of the file. */
typedef struct raw_token {
  int kind;
  uint32_t start, end;
} raw_token;
typedef VEC(raw_token) raw_token_list;

/* What nsa.l needs to know and to leave behind. */
typedef struct scan_state {
  void *scanner;
  uint32_t offset; /* of the next byte in the file */
  arena *arena;
  const char *text;
  uint32_t file;
  ast_comment_list *comments;
} scan_state;

void scan_open(struct scan_state *state, const char *data, size_t len);
int scan_next(struct scan_state *state, raw_token *token);
void scan_close(struct scan_state *state);

/* Called by the rules of nsa.l. */
void scan_comment(struct scan_state *state, uint32_t start, uint32_t end);
/* How many of these bytes are a word: up to the first character that is no letter. */
uint32_t scan_word_length(const char *s, uint32_t len);
/* Bytes of the first character (the text is valid UTF-8). */
uint32_t scan_character_length(const char *s, uint32_t len);

/* The word in the composed form (NFC), in `a` where that differs; *len becomes its length. */
const char *scan_compose(arena *a, const char *s, uint32_t *len);

/* The remedy for a character that is not part of the language, or NULL. */
const char *scan_character_remedy(const char *s, uint32_t len);

#endif
