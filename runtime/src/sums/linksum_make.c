/* SPDX-License-Identifier: MIT */
/* linksum_make.c - before the first tick: indices by source, lists of active sources, who sums what. */
#include "sums/linksum_internal.h"

#include "base/costs.h"
#include "links/link_slices.h"
#include "sums/sidesum.h"

#include <inttypes.h>
#include <stdlib.h>

static bool allocate(const sim *s, struct link_sums *ls) {
  const nsa_program *p = s->program;
  ls->scatter = calloc((size_t)p->connections_count + 1, sizeof *ls->scatter);
  ls->lists = calloc((size_t)p->sums_count + 1, sizeof *ls->lists);
  ls->list_of = calloc((size_t)p->sums_count + 1, sizeof *ls->list_of);
  ls->lines = calloc((size_t)p->sums_count + p->pasts_count + 1, sizeof *ls->lines);
  ls->is_scatter = calloc((size_t)p->sums_count + 1, 1);
  ls->is_due = calloc((size_t)p->sums_count + 1, 1);
  ls->has_changed = calloc((size_t)p->sums_count + 1, 1);
  ls->collect_due = calloc((size_t)p->collects_count + 1, 1);
  ls->works = calloc((size_t)p->populations_count + 1, sizeof *ls->works);
  ls->items = calloc((size_t)p->sums_count + p->collects_count + 1, sizeof *ls->items);
  return ls->scatter && ls->lists && ls->lines && ls->list_of && ls->is_scatter && ls->is_due && ls->has_changed &&
         ls->collect_due && ls->works && ls->items;
}

bool link_sums_add_list(sim *s, struct link_sums *ls, uint32_t sum) {
  nsa_field_id field = s->program->sums[sum].source_term;
  uint32_t i = 0;
  const delay_line *line = delay_line_of(ls, &s->program->sums[sum]);
  ls->list_of[sum] = NSA_NONE;
  if (nsa_field_is_none(field) || (line && !line->is_uniform))
    return true;
  while (i < ls->list_count && (!nsa_field_is(ls->lists[i].field, field) || ls->lists[i].line != line))
    i++;
  ls->list_of[sum] = i;
  if (i < ls->list_count)
    return true;
  active_list *list = &ls->lists[ls->list_count++];
  list->field = field;
  list->line = line;
  nsa_field_id active = s->program->sums[sum].active;
  list->flags = line || nsa_field_is_none(active) ? NULL : s->field_data[active.id];
  list->size = (uint32_t)s->field_count[field.id];
  list->elements = calloc(sim_padded(list->size), sizeof *list->elements);
  s->allocated += sim_padded(list->size) * sizeof *list->elements;
  return list->elements != NULL;
}

static uint32_t slice_count(const sim *s, nsa_population_id population) {
  return s->populations[population.id].count < DIVIDED_ELEMENTS ? 1 : s->thread_count;
}

static bool build_scatter(sim *s, struct link_sums *ls, nsa_connection_id c, bool is_weighted) {
  nsa_population_id target = s->program->connections[c.id].target;
  uint32_t slices = slice_count(s, target);
  uint32_t *bounds = malloc(((size_t)slices + 1) * sizeof *bounds);
  if (!bounds)
    return false;
  link_slices_cut(s, c, SLICES_AS_STEPPED, slices, bounds);
  link_index_request request = {.connection = c,
                                .from = NSA_SIDE_PRE,
                                .to = NSA_SIDE_POST,
                                .slices = slices,
                                .bounds = bounds,
                                .keeps_links = is_weighted,
                                .keeps_to = true};
  bool ok = link_index_make(s, &request, &ls->scatter[c.id]);
  free(bounds);
  return ok;
}

static bool build_scatters(sim *s, struct link_sums *ls) {
  for (nsa_connection_id c = {0}; c.id < s->program->connections_count; c.id++) {
    bool is_needed = false, is_weighted = false;
    for (uint32_t i = 0; i < s->program->sums_count; i++) {
      const nsa_link_sum *sum = &s->program->sums[i];
      if (!nsa_connection_is(sum->connection, c) || nsa_field_is_none(sum->source_term) || sidesum_is(sum))
        continue;
      is_needed = true;
      is_weighted = is_weighted || !nsa_field_is_none(sum->weight);
    }
    if (is_needed && s->links[c.id].row && !build_scatter(s, ls, c, is_weighted))
      return false;
  }
  return true;
}

static void list_works(const sim *s, struct link_sums *ls) {
  const nsa_program *program = s->program;
  uint32_t *next = ls->items;
  for (nsa_population_id p = {0}; p.id < program->populations_count; p.id++) {
    target_work work = {.population = p, .slices = slice_count(s, p), .sums = next};
    for (uint32_t i = 0; i < program->sums_count; i++)
      if (!sidesum_is(&program->sums[i]) && program->connections[program->sums[i].connection.id].target.id == p.id)
        work.sums[work.sum_count++] = i;
    work.collects = next + work.sum_count;
    for (uint32_t i = 0; i < program->collects_count; i++)
      if (program->collects[i].population.id == p.id)
        work.collects[work.collect_count++] = i;
    next = work.collects + work.collect_count;
    if (work.sum_count + work.collect_count)
      ls->works[ls->work_count++] = work;
  }
}

/* Terms and weights have an entry each: a uniform one is a factor of the target, and a defect here. */
static bool check_fields(const sim *s, char error[SIM_ERROR_SIZE]) {
  for (uint32_t i = 0; i < s->program->sums_count; i++) {
    const nsa_link_sum *sum = &s->program->sums[i];
    const nsa_field_id used[] = {sum->source_term, sum->weight, sum->sum};
    for (int k = 0; k < 3; k++) {
      if (nsa_field_is_none(used[k]) || !s->program->fields[used[k].id].is_uniform)
        continue;
      snprintf(error, SIM_ERROR_SIZE, "defect in the program: the uniform field '%s' is used in a sum over links",
               s->program->fields[used[k].id].name);
      return false;
    }
  }
  return true;
}

struct link_sums *link_sums_new(sim *s, char error[SIM_ERROR_SIZE]) {
  if (!check_fields(s, error))
    return NULL;
  struct link_sums *ls = calloc(1, sizeof *ls);
  bool ok = ls && allocate(s, ls);
  ok = ok && build_scatters(s, ls) && (ls->sides = side_sums_new(s)) != NULL;
  if (!ok) {
    snprintf(error, SIM_ERROR_SIZE, "out of memory for the sums over links (%" PRIu64 " bytes were allocated before)",
             s->allocated);
    link_sums_free(ls, s->program->connections_count);
    return NULL;
  }
  list_works(s, ls);
  return ls;
}

void link_sums_free(struct link_sums *ls, uint32_t connections) {
  if (!ls)
    return;
  for (uint32_t c = 0; ls->scatter && c < connections; c++)
    link_index_free(&ls->scatter[c]);
  for (uint32_t i = 0; i < ls->list_count; i++)
    free(ls->lists[i].elements);
  for (uint32_t i = 0; i < ls->line_count; i++)
    free(ls->lines[i].values);
  side_sums_free(ls->sides);
  free(ls->lines);
  free(ls->scatter);
  free(ls->lists);
  free(ls->list_of);
  free(ls->is_scatter);
  free(ls->is_due);
  free(ls->has_changed);
  free(ls->collect_due);
  free(ls->works);
  free(ls->items);
  free(ls);
}
