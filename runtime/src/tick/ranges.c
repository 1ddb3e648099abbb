/* SPDX-License-Identifier: MIT */
#include "tick/ranges.h"

#include "base/units.h"
#include "links/link_index.h"
#include "nsa_units.h"
#include "state/blame.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>

/* "of element 3", "of link 17 (source 3, target 5)"; empty where all have one value. */
static void describe_entry(const sim *s, const nsa_field *field, uint64_t entry, char *text, size_t size) {
  const nsa_domain *domain = &s->program->domains[field->domain];
  text[0] = 0;
  if (field->is_uniform)
    return;
  if (domain->kind == NSA_DOMAIN_CONNECTION) {
    link_ends ends = link_ends_of(s, domain->connection, entry);
    snprintf(text, size, " of link %" PRIu64 " (source %" PRIu32 ", target %" PRIu32 ")", entry, ends.source,
             ends.target);
  } else if (domain->kind == NSA_DOMAIN_POPULATION) {
    snprintf(text, size, " of element %" PRIu32,
             population_global(&s->populations[domain->population.id], (uint32_t)entry));
  }
}

static bool fail(sim *s, const nsa_settable *of, uint64_t entry, double value, char error[SIM_ERROR_SIZE]) {
  const nsa_program *p = s->program;
  const nsa_field *field = &p->fields[of->field.id];
  nsa_place at = blame_parameter(s, of->field);
  const char *path = at.file < p->files_count ? p->files[at.file].path : "model";
  const char *shown = units_shown(of->unit);
  char whose[96], unit[64], number[UNITS_NUMBER], low[UNITS_NUMBER], high[UNITS_NUMBER];
  describe_entry(s, field, entry, whose, sizeof whose);
  snprintf(unit, sizeof unit, "%s%.60s", shown[0] ? " " : "", shown);
  units_print_exactly(nsa_show_written(value, of->unit), number);
  units_print_exactly(nsa_show_written(of->lo, of->unit), low);
  units_print_exactly(nsa_show_written(of->hi, of->unit), high);
  int n = snprintf(error, SIM_ERROR_SIZE, "%.150s:%" PRIu32 ":%" PRIu32 ": `%.64s`%s is %s", path, at.line, at.column,
                   of->name, whose, number);
  if (of->has_range)
    snprintf(error + n, SIM_ERROR_SIZE - (size_t)n, "%s, which is outside of its range: %s to %s%s (E0408)", unit, low,
             high, unit);
  else
    snprintf(error + n, SIM_ERROR_SIZE - (size_t)n, ", which is no finite number");
  s->has_bad_value = true;
  s->failure.at = at;
  return false;
}

/* Ends are rounded as values are, so that a value at an end is within. */
static double rounded(uint32_t type, double x) { return type == NSA_F32 ? (double)(float)x : x; }

bool range_check(sim *s, const nsa_settable *of, char error[SIM_ERROR_SIZE]) {
  const nsa_field *field = &s->program->fields[of->field.id];
  double lo = of->has_range ? rounded(field->type, of->lo) : -DBL_MAX,
         hi = of->has_range ? rounded(field->type, of->hi) : DBL_MAX;
  uint64_t count = field->is_uniform ? 1 : s->domain_count[field->domain];
  for (uint64_t i = 0; i < count; i++) {
    double x = sim_entry((nsa_type)field->type, s->field_data[of->field.id], i);
    if (!(x >= lo && x <= hi))
      return fail(s, of, i, x, error);
  }
  return true;
}

bool ranges_check(sim *s, bool of_links, char error[SIM_ERROR_SIZE]) {
  for (uint32_t i = 0; i < s->program->settables_count; i++) {
    const nsa_settable *of = &s->program->settables[i];
    if (!of->is_initial && sim_is_of_links(s, &s->program->fields[of->field.id]) == of_links &&
        !range_check(s, of, error))
      return false;
  }
  return true;
}
