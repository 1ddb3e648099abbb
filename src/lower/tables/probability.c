/* SPDX-License-Identifier: MIT */
/* probability.c - probabilities that are watched are looked at beside states. */
#include "lower/tables/tables.h"

static void append(lowering *l, nsa_field_id **list, uint32_t *count, nsa_field_id field) {
  nsa_field_id *longer = ARENA_ARRAY(l->arena, nsa_field_id, *count + 1);
  for (uint32_t k = 0; k < *count; k++)
    longer[k] = (*list)[k];
  longer[(*count)++] = field;
  *list = longer;
}

void lower_watched_probabilities(lowering *l) {
  for (nsa_field_id f = {0}; f.id < l->p->fields.len; f.id++) {
    if (l->p->fields.data[f.id].kind != NSA_FIELD_PROBABILITY)
      continue;
    const nsa_domain *domain = &l->p->domains.data[l->p->fields.data[f.id].domain];
    if (domain->kind == NSA_DOMAIN_POPULATION) {
      nsa_population *p = &l->population_list.data[domain->population.id];
      append(l, &p->states, &p->states_count, f);
      continue;
    }
    for (uint32_t k = 0; k < l->arrival_list.len; k++)
      if (nsa_connection_is(l->arrival_list.data[k].connection, domain->connection))
        append(l, &l->arrival_list.data[k].states, &l->arrival_list.data[k].states_count, f);
    for (uint32_t k = 0; k < l->link_step_list.len; k++)
      if (nsa_connection_is(l->link_step_list.data[k].connection, domain->connection))
        append(l, &l->link_step_list.data[k].states, &l->link_step_list.data[k].states_count, f);
  }
}
