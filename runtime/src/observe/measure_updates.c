/* SPDX-License-Identifier: MIT */
#include "observe/measure_updates.h"

#include "events/events.h"
#include "state/probe.h"

uint64_t measure_updates(const sim *s, const nsa_probe *probe) {
  const nsa_domain *domain = &s->program->domains[probe->domain];
  if (!nsa_connection_is_none(domain->connection)) {
    events_count count = events_updates(s, domain->connection);
    return count.at_events + count.by_clock;
  }
  uint64_t first;
  return s->tick / s->populations[domain->population.id].every * probe_range(s, probe, &first);
}
