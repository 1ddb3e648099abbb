/* SPDX-License-Identifier: MIT */
#include "nsa_json.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdlib.h>

static _Thread_local bool ran_out;

static void *watched_malloc(size_t size) {
  void *p = malloc(size);
  ran_out = ran_out || p == NULL;
  return p;
}

static void watch(void) { cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = watched_malloc, .free_fn = free}); }

void nsa_json_begin(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch);
  ran_out = false;
}

bool nsa_json_ran_out(void) { return ran_out; }
