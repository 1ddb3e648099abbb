/* SPDX-License-Identifier: MIT */
/* nsa_json.h - cJSON leaves out what it finds no memory for, without a word, and takes a text that it finds no memory
 * for for none of JSON. So its allocations are watched: who writes or reads with it begins here, and asks at the end.
 */
#ifndef NSA_JSON_H
#define NSA_JSON_H

#include <stdbool.h>

void nsa_json_begin(void);
/* Whether memory was missing since then, in this thread. */
bool nsa_json_ran_out(void);

#endif
