/* SPDX-License-Identifier: MIT */
#include "driver/explain.h"

static const char *const role_names[] = {
    [NSA_ROLE_INIT] = "start values",
    [NSA_ROLE_SETUP] = "computed once",
    [NSA_ROLE_STEP] = "step",
    [NSA_ROLE_SOURCE] = "source term",
    [NSA_ROLE_LINK] = "each link",
    [NSA_ROLE_COLLECT] = "inputs",
    [NSA_ROLE_CANDIDATE] = "connection rule",
    [NSA_ROLE_STIMULUS] = "stimulus",
    [NSA_ROLE_PHASE_BLOCK] = "phase block",
    [NSA_ROLE_PROBE] = "recording",
    [NSA_ROLE_SETTLE] = "resets",
    [NSA_ROLE_ARRIVAL] = "event",
    [NSA_ROLE_LINK_STEP] = "links' step",
};

static void print_bytes(FILE *out, uint64_t bytes) {
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
  double x = (double)bytes;
  uint32_t k = 0;
  for (; x >= 1000 && k < 4; k++)
    x /= 1000;
  fprintf(out, k ? "%.2f %s" : "%.0f %s", x, units[k]);
}

static void print_timescales(const nsa_program *p, FILE *out) {
  fprintf(out, "Timescales\n");
  for (uint32_t k = 0; k < p->timescales_count; k++)
    fprintf(out, "  %-14s %g ms (%u of the fastest step)\n", p->timescales[k].name, p->timescales[k].dt,
            p->timescales[k].ticks);
}

static uint32_t bytes_an_element(const nsa_program *p, uint32_t domain) {
  static const uint32_t sizes[nsa_type_count] = NSA_TYPE_SIZES;
  uint32_t bytes = 0;
  for (uint32_t k = 0; k < p->fields_count; k++)
    if (p->fields[k].domain == domain && !p->fields[k].is_uniform)
      bytes += sizes[p->fields[k].type];
  return bytes;
}

static void print_decisions(const compilation *c, const char *subject, FILE *out) {
  for (uint32_t k = 0; k < c->report.decisions.len; k++) {
    const lower_decision *d = &c->report.decisions.data[k];
    if (!strcmp(d->subject, subject))
      fprintf(out, "    %-10s %s\n", d->topic, d->text);
  }
}

static void print_populations(const compilation *c, FILE *out) {
  const nsa_program *p = c->ir->program;
  fprintf(out, "Populations\n");
  for (uint32_t k = 0; k < p->populations_count; k++) {
    const nsa_population *pop = &p->populations[k];
    fprintf(out, "  %s: %u x %u %s on %s, %u bytes an element\n", pop->name, pop->rows, pop->cols, pop->component,
            p->timescales[pop->timescale].name, bytes_an_element(p, pop->domain));
    print_decisions(c, pop->name, out);
    uint32_t fused = nsa_fused_steps(p, (nsa_population_id){k});
    if (fused > 1)
      fprintf(out, "    fused      up to %u steps in one pass: nothing reaches or reads its states between them\n",
              fused);
    else
      fprintf(out, "    fused      no: something reaches or reads its states at every step\n");
  }
}

static void print_connections(const compilation *c, FILE *out) {
  const nsa_program *p = c->ir->program;
  if (p->connections_count)
    fprintf(out, "Connections\n");
  for (uint32_t k = 0; k < p->connections_count; k++) {
    const nsa_connection *cn = &p->connections[k];
    nsa_link_forecast f = nsa_forecast_links(p, (nsa_connection_id){k});
    fprintf(out, "  %s: %s -> %s via %s", cn->name, p->populations[cn->source.id].name,
            p->populations[cn->target.id].name, cn->synapse);
    if (cn->is_stencil)
      fputs(", no stored links\n", out);
    else
      fprintf(out, ", %.0f links of %.1f bytes\n", f.links, f.links > 0 ? f.bytes / f.links : 0);
    print_decisions(c, cn->name, out);
  }
}

static void print_environments(const compilation *c, FILE *out) {
  const nsa_program *p = c->ir->program;
  if (p->environments_count)
    fprintf(out, "Environments\n");
  for (uint32_t k = 0; k < p->environments_count; k++) {
    fprintf(out, "  %s\n", p->environments[k].name);
    print_decisions(c, p->environments[k].name, out);
  }
}

/* Those that keep what they look at: all of it stays in memory. */
static void print_measures(const nsa_program *p, FILE *out) {
  bool is_first = true;
  for (uint32_t k = 0, node = 0; k < p->measures_count; k++) {
    double bytes = 0;
    for (; node <= p->measures[k].node; node++)
      bytes += nsa_forecast_series(p, node);
    if (bytes == 0)
      continue;
    fprintf(out, "%s  %-14s keeps its series: ", is_first ? "Measures\n" : "", p->measures[k].name);
    print_bytes(out, (uint64_t)bytes);
    fputc('\n', out);
    is_first = false;
  }
}

static void print_kernels(const compilation *c, uint32_t width, FILE *out) {
  const nsa_program *p = c->ir->program;
  fprintf(out, "Kernels (%u lanes)\n", width);
  for (uint32_t k = 0; k < p->kernels_count; k++) {
    const ir_function *f = c->ir->functions.data[k];
    fprintf(out, "  %-26s %-16s %5u operations, %3u arrays\n", f->name, role_names[f->role], f->ops.len,
            p->kernels[k].slots_count);
  }
  fprintf(out, "  %u values are computed once and kept (role \"computed once\")\n", p->setup_count);
}

/* What a process takes beside the arrays of a run (measured with the models of examples/): the
 * compiler with LLVM in memory, or the runtime and HDF5. */
#define COMPILER_PROCESS_BYTES 49000000u
#define EXECUTABLE_PROCESS_BYTES 11000000u

static void print_memory(const nsa_program *p, FILE *out) {
  nsa_memory_forecast f = nsa_forecast_memory(p);
  fprintf(out, "Memory forecast\n  elements %llu, links %llu\n  states and parameters ", (unsigned long long)f.elements,
          (unsigned long long)f.links);
  print_bytes(out, f.field_bytes);
  fprintf(out, ", links ");
  print_bytes(out, f.link_bytes);
  if (f.links)
    fprintf(out, " (%.1f bytes a link)", (double)f.link_bytes / (double)f.links);
  fprintf(out, ", buffers ");
  print_bytes(out, f.buffer_bytes);
  if (f.series_bytes) {
    fprintf(out, ", series of measures ");
    print_bytes(out, f.series_bytes);
  }
  fprintf(out, "\n  in all ");
  print_bytes(out, f.total_bytes);
  fprintf(out, "; with the process itself ");
  print_bytes(out, f.total_bytes + COMPILER_PROCESS_BYTES);
  fprintf(out, " in `nsa run`, ");
  print_bytes(out, f.total_bytes + EXECUTABLE_PROCESS_BYTES);
  fprintf(out, " as an executable\n");
}

void explain_print(const compilation *c, uint32_t width, FILE *out) {
  print_timescales(c->ir->program, out);
  print_populations(c, out);
  print_connections(c, out);
  print_environments(c, out);
  print_measures(c->ir->program, out);
  print_kernels(c, width, out);
  print_memory(c->ir->program, out);
}
