/* SPDX-License-Identifier: MIT */
/* make.c - see make.h. */
#include "run/make.h"
#include "state/kernels.h"

#include "base/memory.h"
#include "base/threads.h"
#include "events/events.h"
#include "links/connect.h"
#include "state/finite.h"
#include "stimuli/stimulus.h"
#include "sums/linksum.h"
#include "tick/diffusion.h"
#include "tick/phase_sets.h"
#include "tick/ranges.h"
#include "tick/step.h"
#include "worlds/worlds.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64 };

static const size_t type_size[nsa_type_count] = NSA_TYPE_SIZES;

/* ---- arrays ---- */

static bool field_allocate(sim *s, uint32_t f, uint64_t count, char error[SIM_ERROR_SIZE]) {
  const nsa_field *field = &s->program->fields[f];
  /* One entry more: the padding of batches of events writes there. */
  uint64_t padded = sim_padded(field->is_uniform ? count : count + 1), size = type_size[field->type];
  uint64_t bytes = (padded * size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
  if (s->most_memory && bytes + s->allocated > s->most_memory) {
    snprintf(error, SIM_ERROR_SIZE,
             "'%s' needs %" PRIu64 " entries x %" PRIu64
             " bytes = %.3g GB, and %.3g GB are taken: the limit is %.3g GB "
             "(--max-memory)",
             field->name ? field->name : "a field", padded, size, 1e-9 * (double)bytes, 1e-9 * (double)s->allocated,
             1e-9 * (double)s->most_memory);
    return false;
  }
  s->field_data[f] = padded > UINT64_MAX / 16 ? NULL : memory_large(bytes);
  if (!s->field_data[f]) {
    snprintf(error, SIM_ERROR_SIZE,
             "out of memory: '%s' needs %" PRIu64 " bytes for %" PRIu64 " entries (%" PRIu64
             " bytes were allocated before)",
             field->name ? field->name : "a field", bytes, count, s->allocated);
    return false;
  }
  s->field_count[f] = count;
  s->allocated += bytes;
  sim_fill_array(s->field_data[f], (nsa_type)field->type, padded, field->value);
  return true;
}

static void apply_setting(sim *s, const nsa_setting *setting) {
  const nsa_settable *settable = &s->program->settables[setting->settable];
  sim_fill_field(s, settable->field, setting->value);
  sim_fill_field(s, settable->given, 1);
}

bool sim_set(sim *s, uint32_t settable, double value) {
  if (s->setting_count == s->setting_capacity) {
    uint32_t capacity = s->setting_capacity * 2 + 8;
    nsa_setting *grown = realloc(s->settings, capacity * sizeof *grown);
    if (!grown)
      return false;
    s->settings = grown;
    s->setting_capacity = capacity;
  }
  s->settings[s->setting_count] = (nsa_setting){.settable = settable, .value = value};
  apply_setting(s, &s->settings[s->setting_count++]);
  return true;
}

/* Kernels load vectors of any width from where an array begins. An array that does not begin with a line of the cache
 * would end some runs and not others. */
static bool are_aligned(const sim *s, char error[SIM_ERROR_SIZE]) {
  for (uint32_t f = 0; f < s->program->fields_count; f++) {
    if ((uintptr_t)s->field_data[f] % CACHE_LINE == 0)
      continue;
    snprintf(error, SIM_ERROR_SIZE, "defect in the runtime: the array of '%s' does not begin with a line of the cache",
             s->program->fields[f].name);
    return false;
  }
  return true;
}

/* Kernels find their fields through tables of pointers; made anew when arrays come. */
static void point_kernels(sim *s) {
  for (uint32_t k = 0; k < s->program->kernels_count; k++) {
    const nsa_kernel *kernel = &s->program->kernels[k];
    for (uint32_t i = 0; i < kernel->slots_count; i++)
      s->kernel_fields[k][i] = s->field_data[kernel->slots[i].id];
  }
}

/* ---- sim_new ---- */

/* calloc that counts; *failed is raised, never lowered. */
static void *zeroed(sim *s, uint64_t count, size_t size, bool *failed) {
  void *p = calloc(count ? (size_t)count : 1, size);
  if (!p)
    *failed = true;
  s->allocated += count * size;
  return p;
}

static bool allocate_tables(sim *s) {
  const nsa_program *p = s->program;
  bool failed = false;
  s->field_data = zeroed(s, p->fields_count, sizeof *s->field_data, &failed);
  s->field_count = zeroed(s, p->fields_count, sizeof *s->field_count, &failed);
  s->field_borrowed = zeroed(s, p->fields_count, 1, &failed);
  s->domain_count = zeroed(s, p->domains_count, sizeof *s->domain_count, &failed);
  s->first = zeroed(s, p->domains_count, sizeof *s->first, &failed);
  s->populations = zeroed(s, p->populations_count, sizeof *s->populations, &failed);
  s->links = zeroed(s, p->connections_count, sizeof *s->links, &failed);
  s->phase_active = zeroed(s, p->phases_count, 1, &failed);
  s->images = zeroed(s, p->images_count, sizeof *s->images, &failed);
  s->image_ink = zeroed(s, p->images_count, sizeof *s->image_ink, &failed);
  s->presentations = zeroed(s, p->stimuli_count, sizeof *s->presentations, &failed);
  s->acts = zeroed(s, p->environments_count, sizeof *s->acts, &failed);
  uint64_t slots = 0;
  for (uint32_t k = 0; k < p->kernels_count; k++)
    slots += p->kernels[k].slots_count;
  s->kernel_fields = zeroed(s, p->kernels_count, sizeof *s->kernel_fields, &failed);
  void **pointers = zeroed(s, slots, sizeof *pointers, &failed);
  if (failed) {
    free(pointers);
    return false;
  }
  s->kernel_fields[0] = pointers; /* owns them; the table has an entry even without kernels */
  for (uint32_t k = 0; k < p->kernels_count; pointers += p->kernels[k++].slots_count)
    s->kernel_fields[k] = pointers;
  if (p->images_count)
    memcpy(s->images, p->images, p->images_count * sizeof *s->images);
  return true;
}

static bool allocate_population(sim *s, uint32_t p) {
  const nsa_population *from = &s->program->populations[p];
  sim_population *to = &s->populations[p];
  uint64_t size = (uint64_t)from->rows * from->cols;
  bool failed = false;
  to->count = to->global = (uint32_t)size;
  to->padded = (uint32_t)sim_padded(size);
  to->every = s->program->timescales[from->timescale].ticks;
  to->fused = 1;
  uint64_t tiles = sim_most_tiles(s, (nsa_population_id){p});
  to->events = zeroed(s, from->events_count, sizeof *to->events, &failed);
  to->tile_out = zeroed(s, tiles, sizeof *to->tile_out, &failed);
  to->tile_fired = zeroed(s, tiles * from->events_count, sizeof *to->tile_fired, &failed);
  for (uint32_t e = 0; !failed && e < from->events_count; e++)
    to->events[e].elements = zeroed(s, size, sizeof(uint32_t), &failed);
  return !failed;
}

static bool check_sizes(const nsa_program *p, char error[SIM_ERROR_SIZE]) {
  for (uint32_t i = 0; i < p->populations_count; i++) {
    uint64_t size = (uint64_t)p->populations[i].rows * p->populations[i].cols;
    if (size > UINT32_MAX - NSA_TILE) {
      snprintf(error, SIM_ERROR_SIZE,
               "population '%s' has %" PRIu64 " elements; more than %" PRIu32 " are not possible",
               p->populations[i].name, size, UINT32_MAX - NSA_TILE);
      return false;
    }
  }
  return true;
}

static void count_domains(sim *s) {
  for (uint32_t d = 0; d < s->program->domains_count; d++) {
    const nsa_domain *domain = &s->program->domains[d];
    switch ((nsa_domain_kind)domain->kind) {
    case NSA_DOMAIN_RUN:
      s->domain_count[d] = 1;
      break;
    case NSA_DOMAIN_POPULATION:
      s->first[d] = s->populations[domain->population.id].first;
      s->domain_count[d] = s->populations[domain->population.id].count;
      break;
    case NSA_DOMAIN_CONNECTION:
      s->domain_count[d] = s->links[domain->connection.id].count;
      break;
    case NSA_DOMAIN_CHANNEL:
      s->domain_count[d] = s->program->channels[domain->channel.id].count;
      break;
    case NSA_DOMAIN_CANDIDATES:
    case NSA_DOMAIN_ARRIVALS:
      s->domain_count[d] = NSA_TILE;
      break;
    }
  }
}

static bool allocate_fields(sim *s, bool of_links, char error[SIM_ERROR_SIZE]) {
  for (nsa_field_id f = {0}; f.id < s->program->fields_count; f.id++) {
    const nsa_field *field = &s->program->fields[f.id];
    if (sim_is_of_links(s, field) != of_links || s->field_data[f.id])
      continue;
    bool is_end = field->kind == NSA_FIELD_LINK_SOURCE || field->kind == NSA_FIELD_LINK_TARGET;
    if (is_end && of_links && !sim_field_is_used(s->program, f))
      continue;
    uint64_t count = field->is_uniform ? 1 : s->domain_count[field->domain];
    if (!field_allocate(s, f.id, count, error))
      return false;
  }
  return true;
}

static bool allocate_all(sim *s, char error[SIM_ERROR_SIZE]) {
  snprintf(error, SIM_ERROR_SIZE, "out of memory while the tables of the run were allocated");
  kernels_explain_faults();
  if (!allocate_tables(s) || !finite_prepare(s))
    return false;
  for (uint32_t p = 0; p < s->program->populations_count; p++)
    if (!allocate_population(s, p))
      return false;
  count_domains(s);
  s->plan = step_plan_new(s);
  if (!s->plan)
    return false;
  if (!allocate_fields(s, false, error))
    return false;
  point_kernels(s);
  return true;
}

void sim_choose_acts(sim *s, uint32_t variant) {
  const nsa_program *p = s->program;
  s->act_count = 0;
  for (uint32_t e = 0; e < p->environments_count; e++) {
    const nsa_act *act = NULL;
    for (uint32_t i = 0; i < p->acts_count; i++)
      act = p->acts[i].environment == e ? &p->acts[i] : act;
    for (uint32_t i = 0; variant != NSA_NONE && i < p->variants[variant].acts_count; i++)
      act = p->variants[variant].acts[i].environment == e ? &p->variants[variant].acts[i] : act;
    if (act)
      s->acts[s->act_count++] = act;
  }
}

sim *sim_new(const nsa_program *program, const nsa_kernel_entry *kernels, uint64_t seed, uint32_t threads,
             char error[SIM_ERROR_SIZE]) {
  if (!check_sizes(program, error))
    return NULL;
  sim *s = calloc(1, sizeof *s);
  if (!s) {
    snprintf(error, SIM_ERROR_SIZE, "out of memory");
    return NULL;
  }
  s->program = program;
  s->kernels = kernels;
  s->seed = seed;
  s->pause = UINT64_MAX;
  s->thread_count = threads ? threads : thread_processors();
  s->pool = thread_pool_new(s->thread_count);
  if (!s->pool) {
    snprintf(error, SIM_ERROR_SIZE, "cannot start %" PRIu32 " threads: %s", s->thread_count, strerror(errno));
  } else if (allocate_all(s, error)) {
    s->base_step = nsa_step_of(program->base_dt);
    for (uint32_t i = 0; i < program->timescales_count && i < NSA_MAX_TIMESCALES; i++)
      s->steps[i] = nsa_step_of(program->timescales[i].dt);
    sim_choose_acts(s, NSA_NONE);
    sim_set_clock(s, &s->clock, 0);
    sim_set_clock(s, &s->state_clock, 0);
    return s;
  }
  sim_free(s);
  return NULL;
}

static void free_populations(sim *s) {
  for (uint32_t p = 0; s->populations && p < s->program->populations_count; p++) {
    sim_population *population = &s->populations[p];
    for (uint32_t e = 0; population->events && e < s->program->populations[p].events_count; e++)
      free(population->events[e].elements);
    free(population->events);
    free(population->tile_out);
    free(population->tile_fired);
    free(population->fused_rows);
    free(population->fused_steps);
    free(population->fused_failed);
  }
  free(s->populations);
}

static void free_fields(sim *s) {
  for (uint32_t f = 0; s->field_data && f < s->program->fields_count; f++)
    if (!s->field_borrowed || !s->field_borrowed[f])
      free(s->field_data[f]);
  free(s->field_data);
  free(s->field_count);
  free(s->field_borrowed);
}

void sim_free(sim *s) {
  if (!s)
    return;
  thread_pool_free(s->pool);
  worlds_free(s->worlds);
  events_free(s->events);
  finite_release(s);
  link_sums_free(s->sums, s->program->connections_count);
  diffusions_free(s->diffusions, s->program->stage_sets_count);
  stimuli_free(s->stimuli, s->program->populations_count);
  phase_sets_free(s->phase_sets);
  step_plan_free(s->plan);
  free_fields(s);
  free_populations(s);
  for (uint32_t c = 0; s->links && c < s->program->connections_count; c++)
    connect_free(&s->links[c]);
  free(s->links);
  for (uint32_t i = 0; s->image_ink && i < s->program->images_count; i++)
    free(s->image_ink[i]);
  free(s->images);
  free(s->image_ink);
  if (s->kernel_fields)
    free(s->kernel_fields[0]);
  free(s->kernel_fields);
  free(s->domain_count);
  free(s->first);
  free(s->phase_active);
  free(s->presentations);
  free(s->acts);
  free(s->settings);
  free(s);
}

/* ---- sim_connect and sim_init ---- */

static void run_init(sim *s, bool of_links) {
  for (uint32_t i = 0; i < s->program->init_count; i++) {
    nsa_kernel_id kernel = s->program->init[i];
    uint32_t domain = s->program->kernels[kernel.id].domain;
    bool is_links = s->program->domains[domain].kind == NSA_DOMAIN_CONNECTION;
    if (is_links == of_links)
      kernel_run(s, kernel, &s->state_clock);
  }
}

/* The numbers of the links' sources, targets and partners are those of sim_links themselves. */
static void lend_link_arrays(sim *s) {
  for (uint32_t c = 0; c < s->program->connections_count; c++) {
    const nsa_connection *connection = &s->program->connections[c];
    const sim_links *links = &s->links[c];
    const nsa_field_id fields[] = {connection->link_source, connection->link_target, connection->partner_index,
                                   connection->partner_known};
    void *arrays[] = {links->source, links->target, links->partner, links->has_partner};
    for (int i = 0; i < 4; i++) {
      if (nsa_field_is_none(fields[i]) || !arrays[i])
        continue;
      s->field_data[fields[i].id] = arrays[i];
      s->field_count[fields[i].id] = s->links[c].count;
      s->field_borrowed[fields[i].id] = 1;
    }
  }
}

bool sim_connect(sim *s, char error[SIM_ERROR_SIZE]) {
  if (!stimuli_prepare(s, error))
    return false;
  run_init(s, false);
  if (!ranges_check(s, false, error))
    return false;
  for (nsa_connection_id c = {0}; c.id < s->program->connections_count; c.id++)
    if (!connect_build(s, c, error))
      return false;
  count_domains(s);
  lend_link_arrays(s);
  if (!allocate_fields(s, true, error) || !are_aligned(s, error))
    return false;
  point_kernels(s);
  for (uint32_t i = 0; i < s->setting_count; i++) {
    const nsa_settable *settable = &s->program->settables[s->settings[i].settable];
    if (sim_is_of_links(s, &s->program->fields[settable->field.id]))
      apply_setting(s, &s->settings[i]);
  }
  for (nsa_connection_id c = {0}; c.id < s->program->connections_count; c.id++)
    connect_fill_fields(s, c);
  s->sums = link_sums_new(s, error);
  return s->sums != NULL;
}

bool sim_init(sim *s, char error[SIM_ERROR_SIZE]) {
  run_init(s, true);
  if (!ranges_check(s, true, error))
    return false;
  s->events = events_check_delays(s, error) ? events_new(s, error) : NULL;
  if (!s->events || !link_sums_start_delays(s, error))
    return false;
  s->diffusions = diffusions_new(s, error);
  if (!s->diffusions)
    return false;
  for (uint32_t i = 0; i < s->program->setup_count; i++)
    kernel_run(s, s->program->setup[i], &s->state_clock);
  link_sums_start(s);
  stimuli_update_phases(s, 0);
  if (!phase_sets_prepare(s, error))
    return false;
  s->worlds = worlds_new(s, error);
  return s->worlds && worlds_begin(s, error);
}
