/* SPDX-License-Identifier: MIT */
#include "unit/environments/played.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* After the four above. */
#include <cmocka.h>

static nsa_environment_value *value_of(played *p, const char *setting) {
  for (uint32_t k = 0; k < p->kind->setting_count; k++)
    if (strcmp(p->kind->settings[k].name, setting) == 0) {
      p->values[k].is_given = true;
      return &p->values[k];
    }
  fail_msg("%s has no setting %s", p->kind->name, setting);
  return NULL;
}

void played_begin(played *p, const char *kind) {
  *p = (played){.kind = nsa_environment_find(kind)};
  assert_non_null(p->kind);
  for (uint32_t k = 0; k < p->kind->setting_count; k++)
    p->values[k] = (nsa_environment_value){.value = p->kind->settings[k].value, .text = p->kind->settings[k].text};
}

void played_number(played *p, const char *setting, double value) { value_of(p, setting)->value = value; }
void played_text(played *p, const char *setting, const char *value) { value_of(p, setting)->text = value; }

void played_numbers(played *p, const char *setting, const double *values, uint32_t count) {
  nsa_environment_value *v = value_of(p, setting);
  v->values = values;
  v->count = count;
}

bool played_open(played *p, uint64_t key) {
  if (!p->kind->describe(p->values, &p->shape, p->error))
    return false;
  for (uint32_t c = 0; c < p->kind->channel_count; c++) {
    p->channels[c] = malloc(p->shape.counts[c] * sizeof(double));
    assert_non_null(p->channels[c]);
    for (uint64_t i = 0; i < p->shape.counts[c]; i++)
      p->channels[c][i] = 99; /* a world fills all of it */
  }
  p->world = p->kind->create(p->values, key, p->error);
  return p->world != NULL;
}

void played_close(played *p) {
  if (p->world != NULL)
    p->kind->destroy(p->world);
  for (uint32_t c = 0; c < p->kind->channel_count; c++)
    free(p->channels[c]);
}

void played_reset(played *p, uint64_t trial) {
  p->trial = trial;
  assert_true(p->kind->reset(p->world, trial, p->channels, p->error));
}

void played_step(played *p, double action) {
  assert_true(p->kind->step(p->world, &action, p->channels, &p->last, p->error));
}

const double *played_channel(const played *p, const char *name) {
  for (uint32_t c = 0; c < p->kind->channel_count; c++)
    if (strcmp(p->kind->channels[c].name, name) == 0)
      return p->channels[c];
  fail_msg("%s has no channel %s", p->kind->name, name);
  return NULL;
}

double played_figure(const played *p, const char *name) {
  double figures[16];
  p->kind->measure(p->world, figures);
  for (uint32_t k = 0; k < p->kind->figure_count; k++)
    if (strcmp(p->kind->figures[k].name, name) == 0)
      return figures[k];
  fail_msg("%s has no figure %s", p->kind->name, name);
  return 0;
}
