/* SPDX-License-Identifier: MIT */
#include "driver/json.h"
#include "nsa_json.h"
#include "support/exhausted.h"
#include "support/text.h"

#include <math.h>

void json_number(cJSON *object, const char *name, double x) {
  arena *a = arena_new();
  text digits = text_new(a);
  text_number(&digits, x);
  cJSON_AddRawToObject(object, name, isfinite(x) ? text_cstr(&digits) : "null");
  arena_free(a);
}

cJSON *json_object(cJSON *list) {
  cJSON *object = cJSON_CreateObject();
  cJSON_AddItemToArray(list, object);
  return object;
}

char *json_text(cJSON *root) {
  char *content = cJSON_Print(root);
  cJSON_Delete(root);
  if (nsa_json_ran_out())
    exhausted();
  return content;
}
