/* SPDX-License-Identifier: MIT */
#include "tick/phase_sets.h"

#include "state/failure.h"
#include "state/kernels.h"
#include "stimuli/changes.h"
#include "stimuli/stimulus.h"
#include "sums/linksum.h"
#include "tick/diffusion.h"
#include "tick/ranges.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One of the program's, in their order. */
typedef struct {
  uint32_t open;    /* windows that are */
  bool is_on;       /* its value holds */
  uint8_t is_given; /* whether the run's own value was given */
} set_state;

struct phase_sets {
  change_queue queue; /* item: a set */
  set_state *states;
  double *own;            /* per settable of one value: that of the run, which no phase has set */
  nsa_kernel_id *renewed; /* functions whose results follow from what is set, in order */
  uint32_t renewed_count;
  nsa_setting *later; /* the run's own values from a checkpoint of the model on */
  uint32_t later_count;
  uint64_t later_tick; /* UINT64_MAX: they hold */
  uint8_t *follows;    /* per field: it is set, or follows from what is */
  char error[SIM_ERROR_SIZE];
};

/* ---- set-up ---- */

static const nsa_settable *settable_of(const sim *s, uint32_t set) {
  return &s->program->settables[s->program->phase_sets[set].settable];
}

/* Whatever a function that follows has to do with may follow as well, unless it is a state. */
static bool is_made_at_start(uint32_t kind) {
  return kind == NSA_FIELD_PARAM || kind == NSA_FIELD_INVARIANT || kind == NSA_FIELD_SCRATCH ||
         kind == NSA_FIELD_LINK_VALUE;
}

static void renew_if_following(const sim *s, struct phase_sets *p, nsa_kernel_id kernel) {
  const nsa_kernel *k = &s->program->kernels[kernel.id];
  bool is_following = false;
  for (uint32_t i = 0; i < k->slots_count; i++)
    is_following = is_following || p->follows[k->slots[i].id];
  if (!is_following)
    return;
  p->renewed[p->renewed_count++] = kernel;
  for (uint32_t i = 0; i < k->slots_count; i++)
    if (is_made_at_start(s->program->fields[k->slots[i].id].kind))
      p->follows[k->slots[i].id] = 1;
}

static void mark_following(struct phase_sets *p, const nsa_settable *of) {
  p->follows[of->field.id] = 1;
  if (!nsa_field_is_none(of->given))
    p->follows[of->given.id] = 1;
}

static bool find_renewed(const sim *s, struct phase_sets *p) {
  const nsa_program *program = s->program;
  p->follows = calloc((size_t)program->fields_count + 1, 1);
  p->renewed = calloc((size_t)program->edge_params_count + program->setup_count + 1, sizeof *p->renewed);
  if (!p->follows || !p->renewed)
    return false;
  for (uint32_t i = 0; i < program->phase_sets_count; i++)
    mark_following(p, settable_of(s, i));
  for (uint32_t i = 0; i < p->later_count; i++)
    mark_following(p, &program->settables[p->later[i].settable]);
  for (uint32_t i = 0; i < program->edge_params_count; i++)
    renew_if_following(s, p, program->edge_params[i]);
  for (uint32_t i = 0; i < program->setup_count; i++)
    renew_if_following(s, p, program->setup[i]);
  return true;
}

/* is_counting: as changes_add has it. */
static void list_windows(const sim *s, struct phase_sets *p, bool is_counting) {
  for (uint32_t i = 0; i < s->program->phase_sets_count; i++)
    stimuli_list_phase(s, &p->queue, is_counting, s->program->phase_sets[i].phase, i);
}

static bool make_queue(const sim *s, struct phase_sets *p) {
  list_windows(s, p, true);
  if (!changes_make_room(&p->queue))
    return false;
  list_windows(s, p, false);
  return true;
}

/* Windows that open or close are counted in and out. */
static void take_edges(const sim *s, struct phase_sets *p, uint64_t tick) {
  change c;
  while (changes_next(s, &p->queue, tick, &c))
    p->states[c.item].open += c.kind == CHANGE_START ? 1u : UINT32_MAX;
}

static bool are_two_on(const sim *s, uint32_t i, uint32_t k) {
  const set_state *states = s->phase_sets->states;
  return states[i].open && states[k].open && s->program->phase_sets[i].settable == s->program->phase_sets[k].settable;
}

static bool find_two(const sim *s, uint64_t tick, char error[SIM_ERROR_SIZE]) {
  const nsa_phase_set *sets = s->program->phase_sets;
  for (uint32_t k = 0; k < s->program->phase_sets_count; k++)
    for (uint32_t i = 0; i < k; i++) {
      if (!are_two_on(s, i, k))
        continue;
      snprintf(error, SIM_ERROR_SIZE, "at %g ms the phases '%s' and '%s' both set '%s': their windows must not overlap",
               sim_time(s, tick), s->program->phases[sets[i].phase].name, s->program->phases[sets[k].phase].name,
               s->program->settables[sets[i].settable].name);
      return true;
    }
  return false;
}

/* The compiler has looked at the windows of the file, for the length of its run. This one may be longer, or decide
 * otherwise. Goes through all changes; the queue is made anew behind. */
static bool are_apart(const sim *s, char error[SIM_ERROR_SIZE]) {
  struct phase_sets *p = s->phase_sets;
  while (p->queue.count) {
    uint64_t tick = p->queue.items[0].tick;
    take_edges(s, p, tick);
    if (find_two(s, tick, error))
      return false;
  }
  return true;
}

static double value_now(const sim *s, uint32_t settable) {
  nsa_field_id field = s->program->settables[settable].field;
  return s->field_data[field.id] ? sim_entry(s->program->fields[field.id].type, s->field_data[field.id], 0) : NAN;
}

static void keep_own_values(const sim *s, struct phase_sets *p) {
  for (uint32_t i = 0; i < s->program->settables_count; i++)
    p->own[i] = value_now(s, i);
  for (uint32_t i = 0; i < s->program->phase_sets_count; i++) {
    const nsa_settable *of = settable_of(s, i);
    p->states[i].open = 0;
    if (!nsa_field_is_none(of->given))
      p->states[i].is_given = *(const uint8_t *)s->field_data[of->given.id];
  }
}

static bool is_set(const sim *s, uint32_t settable) {
  bool is_found = false;
  for (uint32_t i = 0; i < s->setting_count; i++)
    is_found = is_found || s->settings[i].settable == settable;
  return is_found;
}

/* What --set says holds from the start on, and wins. */
static bool list_later(const sim *s, struct phase_sets *p) {
  const nsa_variant *v = s->later;
  p->later_tick = UINT64_MAX;
  if (!v)
    return true;
  p->later = calloc((size_t)v->settings_count + 1, sizeof *p->later);
  for (uint32_t i = 0; p->later && i < v->settings_count; i++)
    if (!is_set(s, v->settings[i].settable))
      p->later[p->later_count++] = v->settings[i];
  p->later_tick = p->later_count ? v->from : UINT64_MAX;
  return p->later != NULL;
}

static bool make(const sim *s, struct phase_sets *p) {
  p->states = calloc((size_t)s->program->phase_sets_count + 1, sizeof *p->states);
  p->own = calloc(s->program->settables_count, sizeof *p->own);
  return p->states && p->own && list_later(s, p) && find_renewed(s, p) && make_queue(s, p);
}

bool phase_sets_prepare(sim *s, char error[SIM_ERROR_SIZE]) {
  if (s->program->phase_sets_count == 0 && !s->later)
    return true;
  struct phase_sets *p = s->phase_sets = calloc(1, sizeof *p);
  if (!p || !make(s, p)) {
    snprintf(error, SIM_ERROR_SIZE, "out of memory for what phases set");
    return false;
  }
  if (!are_apart(s, error))
    return false;
  list_windows(s, p, false);
  keep_own_values(s, p);
  return true;
}

void phase_sets_free(struct phase_sets *p) {
  if (!p)
    return;
  free(p->queue.items);
  free(p->states);
  free(p->own);
  free(p->renewed);
  free(p->later);
  free(p->follows);
  free(p);
}

double phase_sets_own_value(const sim *s, uint32_t settable) {
  return s->phase_sets ? s->phase_sets->own[settable] : value_now(s, settable);
}

/* ---- at an edge ---- */

static void put(sim *s, uint32_t set, bool is_on) {
  const nsa_settable *of = settable_of(s, set);
  set_state *state = &s->phase_sets->states[set];
  const nsa_phase_set *to = &s->program->phase_sets[set];
  sim_fill_field(s, of->field, is_on ? to->value : s->phase_sets->own[to->settable]);
  sim_fill_field(s, of->given, is_on || state->is_given);
  state->is_on = is_on;
}

/* Whether any value changes now. */
static bool take_changes(sim *s, uint64_t n) {
  struct phase_sets *p = s->phase_sets;
  bool has_changed = p->later_tick <= n;
  take_edges(s, p, n);
  for (uint32_t i = 0; i < s->program->phase_sets_count; i++)
    has_changed = has_changed || p->states[i].is_on != (p->states[i].open != 0);
  return has_changed;
}

/* Links stand at the end of the tick before. */
static void settle_links(sim *s, uint64_t n) {
  nsa_clock before;
  sim_set_clock(s, &before, n - 1);
  for (uint32_t i = 0; i < s->program->edge_links_count; i++)
    kernel_run(s, s->program->edge_links[i], &before);
}

/* A phase that sets the same param keeps its value. */
static void put_later(sim *s, const nsa_setting *later) {
  struct phase_sets *p = s->phase_sets;
  bool is_on = false;
  p->own[later->settable] = later->value;
  for (uint32_t i = 0; i < s->program->phase_sets_count; i++)
    if (s->program->phase_sets[i].settable == later->settable) {
      p->states[i].is_given = 1;
      is_on = is_on || p->states[i].is_on;
    }
  if (is_on)
    return;
  const nsa_settable *of = &s->program->settables[later->settable];
  sim_fill_field(s, of->field, later->value);
  sim_fill_field(s, of->given, 1);
}

static void put_all(sim *s, uint64_t n) {
  struct phase_sets *p = s->phase_sets;
  for (uint32_t i = 0; p->later_tick <= n && i < p->later_count; i++)
    put_later(s, &p->later[i]);
  p->later_tick = p->later_tick <= n ? UINT64_MAX : p->later_tick;
  for (uint32_t i = 0; i < s->program->phase_sets_count; i++)
    if (p->states[i].is_on && !p->states[i].open)
      put(s, i, false);
  for (uint32_t i = 0; i < s->program->phase_sets_count; i++)
    if (!p->states[i].is_on && p->states[i].open)
      put(s, i, true);
}

static bool are_in_range(sim *s) {
  struct phase_sets *p = s->phase_sets;
  bool is_good = true;
  for (uint32_t i = 0; is_good && i < s->program->settables_count; i++)
    is_good = !p->follows[s->program->settables[i].field.id] || range_check(s, &s->program->settables[i], p->error);
  return is_good;
}

static void run_renewed(sim *s) {
  struct phase_sets *p = s->phase_sets;
  nsa_clock start;
  sim_set_clock(s, &start, 0);
  for (uint32_t i = 0; i < p->renewed_count; i++)
    kernel_run(s, p->renewed[i], &start);
}

/* Where no step is done between the states and the sums of a slow population, its terms are due, too. */
static bool renew(sim *s) {
  struct phase_sets *p = s->phase_sets;
  run_renewed(s);
  link_sums_renew(s->sums);
  s->is_touched = true;
  if (are_in_range(s) && diffusions_renew(s, p->error))
    return true;
  return failure_tell(s, (nsa_place){.file = NSA_NONE}, false, "%s", p->error);
}

/* UINT64_MAX: there is none. */
static uint64_t next_edge(const struct phase_sets *p) {
  uint64_t edge = p->queue.count ? p->queue.items[0].tick : UINT64_MAX;
  return edge < p->later_tick ? edge : p->later_tick;
}

bool phase_sets_begin_tick(sim *s, uint64_t n) {
  if (next_edge(s->phase_sets) > n || !take_changes(s, n))
    return true;
  if (n > 0)
    settle_links(s, n);
  put_all(s, n);
  return renew(s);
}

uint64_t phase_sets_quiet_steps(const sim *s, uint32_t every, uint64_t n) {
  uint64_t edge = s->phase_sets ? next_edge(s->phase_sets) : UINT64_MAX;
  if (edge == UINT64_MAX)
    return UINT64_MAX;
  uint64_t ahead = edge - n;
  return ahead / every + (ahead % every != 0);
}

void phase_sets_keep(sim *s, keeper *k) {
  if (!s->phase_sets || !keep_restores(k) || k->has_failed || s->tick == 0 || !take_changes(s, s->tick - 1))
    return;
  put_all(s, s->tick - 1);
  run_renewed(s);
  if (!diffusions_renew(s, s->phase_sets->error))
    keep_fail(k, "%.300s", s->phase_sets->error);
}
