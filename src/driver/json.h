/* SPDX-License-Identifier: MIT */
/* json.h - what verbs print or write as JSON. nsa_json_begin comes first (nsa_json.h). */
#ifndef NSA_DRIVER_JSON_H
#define NSA_DRIVER_JSON_H

#include <cjson/cJSON.h>

/* To the last bit, which cJSON's own numbers may lose; null where it is not finite. */
void json_number(cJSON *object, const char *name, double x);
/* A new one at the end of a list. */
cJSON *json_object(cJSON *list);
/* Its text; to be freed. Ends the process where memory was missing; frees the object. */
char *json_text(cJSON *root);

#endif
