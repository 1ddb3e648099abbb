/* SPDX-License-Identifier: MIT */
#include "handmade.h"

#include <stdarg.h>
#include <stdlib.h>

static const nsa_rule no_rule = {.condition = NSA_NO_KERNEL,
                                 .probability = -1,
                                 .result = NSA_NO_FIELD,
                                 .candidate_source = NSA_NO_FIELD,
                                 .candidate_target = NSA_NO_FIELD,
                                 .candidate_distance = NSA_NO_FIELD,
                                 .candidate_copy = NSA_NO_FIELD};

handmade *handmade_new(uint32_t slow_ticks) {
  handmade *m = calloc(1, sizeof *m);
  nsa_program *p = &m->program;
  *p = (nsa_program){.version = NSA_PROGRAM_VERSION,
                     .name = "handmade",
                     .base_dt = 0.1,
                     .ticks = 100,
                     .timescales = m->timescales,
                     .domains = m->domains,
                     .fields = m->fields,
                     .kernels = m->kernels,
                     .populations = m->populations,
                     .connections = m->connections,
                     .sums = m->sums,
                     .collects = m->collects,
                     .stimuli = m->stimuli,
                     .phases = m->phases,
                     .phase_blocks = m->phase_blocks,
                     .patterns = m->patterns,
                     .images = m->images,
                     .settables = m->settables,
                     .files = m->files,
                     .init = m->init,
                     .setup = m->setup,
                     .sources = m->sources,
                     .signals = m->signals,
                     .probes = m->probes,
                     .measure_nodes = m->nodes,
                     .measures = m->measures,
                     .variants = m->variants,
                     .channels = m->channels,
                     .environments = m->environments,
                     .acts = m->acts,
                     .until = NSA_NONE};
  static nsa_input_folder here[] = {{"."}};
  p->folders = here;
  p->folders_count = 1;
  m->files[p->files_count++] = (nsa_source_file){.path = "handmade.nsa", .text = ""};
  m->timescales[p->timescales_count++] = (nsa_timescale){.name = "fast", .dt = 0.1, .ticks = 1};
  m->timescales[p->timescales_count++] = (nsa_timescale){.name = "slow", .dt = 0.1 * slow_ticks, .ticks = slow_ticks};
  handmade_domain(m, "run", NSA_DOMAIN_RUN, 0);
  return m;
}

void handmade_free(handmade *m) { free(m); }

uint32_t handmade_domain(handmade *m, const char *name, nsa_domain_kind kind, uint32_t owner) {
  m->domains[m->program.domains_count] = (nsa_domain){.name = name,
                                                      .kind = kind,
                                                      .population = NSA_NO_POPULATION,
                                                      .connection = NSA_NO_CONNECTION,
                                                      .channel = NSA_NO_CHANNEL};
  if (kind == NSA_DOMAIN_POPULATION)
    m->domains[m->program.domains_count].population.id = owner;
  else if (kind != NSA_DOMAIN_RUN)
    m->domains[m->program.domains_count].connection.id = owner;
  return m->program.domains_count++;
}

uint32_t handmade_population(handmade *m, const char *name, uint32_t rows, uint32_t cols, uint32_t timescale) {
  uint32_t number = m->program.populations_count++;
  m->populations[number] = (nsa_population){.name = name,
                                            .component = "test",
                                            .rows = rows,
                                            .cols = cols,
                                            .is_grid = rows > 1,
                                            .timescale = timescale,
                                            .step = NSA_NO_KERNEL,
                                            .settle = NSA_NO_KERNEL,
                                            .absorb = NSA_NO_KERNEL,
                                            .window = NSA_NO_KERNEL,
                                            .hear = NSA_NO_KERNEL,
                                            .fire = NSA_NO_KERNEL,
                                            .domain = handmade_domain(m, name, NSA_DOMAIN_POPULATION, number)};
  return number;
}

nsa_field_id handmade_field(handmade *m, const char *name, uint32_t domain, nsa_type type, nsa_field_kind kind,
                            double value) {
  m->fields[m->program.fields_count] = (nsa_field){.name = name,
                                                   .domain = domain,
                                                   .type = type,
                                                   .kind = kind,
                                                   .connection = NSA_NO_CONNECTION,
                                                   .image = NSA_NO_IMAGE,
                                                   .given = NSA_NO_FIELD,
                                                   .value = value,
                                                   .is_uniform = domain == 0};
  return (nsa_field_id){m->program.fields_count++};
}

nsa_kernel_id handmade_kernel(handmade *m, const char *name, nsa_role role, uint32_t domain, uint32_t timescale,
                              nsa_kernel_fn fn, ...) {
  uint32_t number = m->program.kernels_count++, count = 0;
  va_list args;
  va_start(args, fn);
  for (nsa_field_id slot = va_arg(args, nsa_field_id); !nsa_field_is_none(slot); slot = va_arg(args, nsa_field_id))
    m->slots[number][count++] = slot;
  va_end(args);
  m->kernels[number] = (nsa_kernel){.name = name,
                                    .role = role,
                                    .domain = domain,
                                    .timescale = timescale,
                                    .slots = m->slots[number],
                                    .slots_count = count};
  m->entries[number] = (nsa_kernel_entry){.fn = fn, .self = m};
  return (nsa_kernel_id){number};
}

void handmade_event(handmade *m, uint32_t population, const char *name, nsa_field_id flag) {
  nsa_population *p = &m->populations[population];
  if (p->events_count == 0)
    p->events = &m->events[m->event_count];
  m->events[m->event_count++] = (nsa_event){.name = name,
                                            .flag = flag,
                                            .is_spike = 1,
                                            .signal = NSA_NO_SIGNAL,
                                            .repeated = NSA_NO_FIELD,
                                            .stuck = NSA_NO_FIELD};
  p->events_count++;
}

void handmade_state(handmade *m, uint32_t population, nsa_field_id field) {
  nsa_population *p = &m->populations[population];
  if (p->states_count == 0)
    p->states = &m->states[m->state_count];
  m->states[m->state_count++] = field;
  p->states_count++;
}

nsa_connection *handmade_connection(handmade *m, const char *name, uint32_t source, uint32_t target,
                                    nsa_rule_kind rule) {
  uint32_t number = m->program.connections_count++;
  nsa_connection *c = &m->connections[number];
  *c = (nsa_connection){.name = name,
                        .synapse = name,
                        .source = {source},
                        .target = {target},
                        .rule = no_rule,
                        .partner = NSA_NO_POPULATION,
                        .partner_rule = no_rule,
                        .partner_probability = no_rule,
                        .link_source = NSA_NO_FIELD,
                        .link_target = NSA_NO_FIELD,
                        .link_distance = NSA_NO_FIELD,
                        .link_copy = NSA_NO_FIELD,
                        .partner_index = NSA_NO_FIELD,
                        .partner_known = NSA_NO_FIELD,
                        .partner_fan = NSA_NO_FIELD,
                        .arrival_link = NSA_NO_FIELD,
                        .arrival_source = NSA_NO_FIELD,
                        .arrival_target = NSA_NO_FIELD,
                        .arrival_partner = NSA_NO_FIELD,
                        .delay = NSA_NO_FIELD,
                        .delay_back = NSA_NO_FIELD,
                        .at = {.file = 0, .line = 7, .column = 3},
                        .domain = handmade_domain(m, name, NSA_DOMAIN_CONNECTION, number)};
  c->rule.kind = rule;
  return c;
}

nsa_stimulus *handmade_stimulus(handmade *m, uint32_t population, nsa_field_id external, nsa_kernel_id kernel,
                                uint64_t start, uint64_t stop) {
  nsa_stimulus *st = &m->stimuli[m->program.stimuli_count++];
  *st = (nsa_stimulus){.population = {population},
                       .external = external,
                       .kernel = kernel,
                       .image = NSA_NO_IMAGE,
                       .pixel = NSA_NO_FIELD,
                       .start = start,
                       .stop = stop,
                       .phase = NSA_NONE,
                       .during = NSA_NONE};
  return st;
}

nsa_link_sum *handmade_sum(handmade *m, nsa_connection_id connection, nsa_field_id source_term, nsa_field_id weight,
                           nsa_field_id sum, uint32_t every) {
  nsa_link_sum *s = &m->sums[m->program.sums_count++];
  *s = (nsa_link_sum){.connection = connection,
                      .source_term = source_term,
                      .weight = weight,
                      .active = NSA_NO_FIELD,
                      .from = NSA_SIDE_PRE,
                      .to = NSA_SIDE_POST,
                      .link_kernel = NSA_NO_KERNEL,
                      .delay = NSA_NO_FIELD,
                      .sum = sum,
                      .every = every};
  return s;
}

nsa_field_id handmade_signal(handmade *m, const char *name, uint32_t environment, nsa_moment moment) {
  nsa_field_id flag = handmade_field(m, name, 0, NSA_B1, NSA_FIELD_SIGNAL, 0);
  nsa_field_id value = handmade_field(m, name, 0, NSA_F64, NSA_FIELD_SIGNAL, 0);
  m->signals[m->program.signals_count++] =
      (nsa_signal){.name = name, .flag = flag, .value = value, .environment = environment, .moment = moment};
  return value;
}

uint32_t handmade_probe(handmade *m, uint32_t domain, uint32_t event, nsa_field_id field, nsa_reduce_kind reduce) {
  m->probes[m->program.probes_count] = (nsa_probe){.domain = domain,
                                                   .event = {event},
                                                   .field = field,
                                                   .kernel = NSA_NO_KERNEL,
                                                   .last = UINT32_MAX - 1,
                                                   .reduce = reduce,
                                                   .unit = ""};
  return m->program.probes_count++;
}

uint32_t handmade_node(handmade *m, nsa_measure_node node) {
  m->nodes[m->program.measure_nodes_count] = node;
  return m->program.measure_nodes_count++;
}

uint32_t handmade_channel(handmade *m, const char *name, uint32_t count) {
  uint32_t number = m->program.channels_count++;
  uint32_t domain = handmade_domain(m, name, NSA_DOMAIN_CHANNEL, 0);
  m->domains[domain].connection = NSA_NO_CONNECTION;
  m->domains[domain].channel.id = number;
  nsa_field_id field = handmade_field(m, name, domain, NSA_F64, NSA_FIELD_CHANNEL, 0);
  m->channels[number] = (nsa_channel){.name = name, .field = field, .count = count};
  return number;
}
