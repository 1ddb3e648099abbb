/* SPDX-License-Identifier: MIT */
/* nsa_words.h - the words of the enumerations in nsa_enums.def: nsa_word_of_rule_kind(NSA_RULE_TILES) is "tiles". */
#ifndef NSA_WORDS_H
#define NSA_WORDS_H

#include "nsa_program.h"

/* NULL beyond the last. */
#define VALUE(id, word) [id] = word,
#define ENUM(name, values)                                                                                             \
  static inline const char *nsa_word_of_##name(uint32_t value) {                                                       \
    static const char *const words[] = {values};                                                                       \
    return value < sizeof words / sizeof words[0] ? words[value] : NULL;                                               \
  }
#include "nsa_enums.def"

#endif
