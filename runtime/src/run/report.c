/* SPDX-License-Identifier: MIT */
#include "run/report.h"

#include "base/units.h"
#include "events/events.h"
#include "links/link_index.h"
#include "nsa_text.h"
#include "nsa_units.h"
#include "observe/record.h"
#include "state/probe.h"
#include "worlds/worlds.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { UNIT_SIZE = 32, NUMBER_SIZE = 32 };

/* ---- measures ---- */

/* Whole numbers in full (counts), others to six digits. */
static void format_number(double value, char text[NUMBER_SIZE]) {
  if (isnan(value))
    snprintf(text, NUMBER_SIZE, "-");
  else if (fabs(value) < 1e15 && value == floor(value))
    snprintf(text, NUMBER_SIZE, "%.0f", value + 0.0);
  else
    snprintf(text, NUMBER_SIZE, "%.6g", value);
}

/* For all columns. Where nobody has said a unit, it suits the largest number. */
static void choose_unit(const nsa_measure *measure, uint32_t index, const report_column *columns, uint32_t count,
                        char unit[UNIT_SIZE]) {
  double largest = NAN;
  if (measure->has_unit) {
    snprintf(unit, UNIT_SIZE, "%s", units_shown(measure->unit));
    return;
  }
  for (uint32_t c = 0; c < count; c++) {
    double value = columns[c].values ? columns[c].values[index] : NAN;
    if (isnan(largest) || fabs(value) > fabs(largest))
      largest = value;
  }
  units_pleasant(largest, measure->unit, unit, UNIT_SIZE);
}

static void format_cell(uint32_t index, const report_column *column, const char *unit, char text[NUMBER_SIZE]) {
  double value = column->values ? column->values[index] : NAN;
  format_number(nsa_show(nsa_unit_shift_of(unit), value), text);
}

static int width_of(const char *text, int least) {
  int width = 0; /* characters, not bytes */
  for (; *text; text++)
    width += (*text & 0xC0) != 0x80;
  return width > least ? width : least;
}

static void put_padded(FILE *to, const char *text, int width) {
  nsa_put_safe(to, text, strlen(text));
  int rest = width - width_of(text, 0);
  fprintf(to, "%*s", rest > 0 ? rest : 0, "");
}

static int column_width(const nsa_program *program, const report_column *columns, uint32_t count, uint32_t c) {
  int width = count > 1 ? width_of(columns[c].name, 0) : 0;
  for (uint32_t i = 0; i < program->measures_count; i++) {
    char unit[UNIT_SIZE], cell[NUMBER_SIZE];
    choose_unit(&program->measures[i], i, columns, count, unit);
    format_cell(i, &columns[c], unit, cell);
    width = width_of(cell, width);
  }
  return width;
}

void report_measures(FILE *to, const nsa_program *program, report_column *columns, uint32_t column_count) {
  int name_width = 0;
  for (uint32_t i = 0; i < program->measures_count; i++)
    name_width = width_of(program->measures[i].name, name_width);
  for (uint32_t c = 0; c < column_count; c++)
    columns[c].width = column_width(program, columns, column_count, c);
  if (column_count > 1) {
    put_padded(to, "", name_width);
    for (uint32_t c = 0; c < column_count; c++) {
      fputs("  ", to);
      put_padded(to, columns[c].name, columns[c].width);
    }
    fputc('\n', to);
  }
  for (uint32_t i = 0; i < program->measures_count; i++) {
    char unit[UNIT_SIZE], cell[NUMBER_SIZE];
    choose_unit(&program->measures[i], i, columns, column_count, unit);
    put_padded(to, program->measures[i].name, name_width);
    for (uint32_t c = 0; c < column_count; c++) {
      format_cell(i, &columns[c], unit, cell);
      fputs("  ", to);
      put_padded(to, cell, unit[0] || c + 1 < column_count ? columns[c].width : 0);
    }
    fprintf(to, "%s%s\n", unit[0] ? "  " : "", unit);
  }
}

/* ---- a numerical failure ---- */

static const char *value_name(double value) { return isnan(value) ? "nan" : value > 0 ? "inf" : "-inf"; }

/* "v", or what a field that the author did not name is there for. */
static void describe_field(const sim *s, char *text, size_t size) {
  const nsa_field *field = &s->program->fields[s->failure.field.id];
  const char *name = field->name ? field->name : "a value", *dot = strrchr(name, '.');
  const char *last = dot ? dot + 1 : name;
  bool is_added = !nsa_connection_is_none(s->failure.connection) && !s->failure.watched_by;
  switch (field->kind) {
  case NSA_FIELD_EXTERNAL:
    snprintf(text, size, "what stimuli give to an input");
    break;
  case NSA_FIELD_INPUT:
    snprintf(text, size, "the input %.100s", last);
    break;
  case NSA_FIELD_SUM:
  case NSA_FIELD_ARRIVED:
    snprintf(text, size, is_added ? "what it adds" : "what links add");
    break;
  case NSA_FIELD_SCRATCH:
    snprintf(text, size, is_added ? "what it adds" : "the value");
    break;
  default:
    snprintf(text, size, "%.100s", last);
    break;
  }
}

/* "connection net (syn), link 17: source 3, target 5" or "cells (lif) element 3". */
static void describe_owner(const sim *s, char *text, size_t size) {
  const sim_failure *failure = &s->failure;
  if (nsa_connection_is_none(failure->connection)) {
    const nsa_population *p = &s->program->populations[failure->population.id];
    snprintf(text, size, "%.100s (%.100s) element %" PRIu32, p->name, p->component,
             population_global(&s->populations[failure->population.id], failure->element));
    return;
  }
  const nsa_connection *c = &s->program->connections[failure->connection.id];
  int len = snprintf(text, size, "connection %.100s (%.100s), link %" PRIu32, c->name, c->synapse, failure->element);
  if (s->links[failure->connection.id].row) {
    link_ends ends = link_ends_of(s, failure->connection, failure->element);
    snprintf(text + len, size - (size_t)len, ": source %" PRIu32 ", target %" PRIu32, ends.source, ends.target);
  }
}

void report_failure_text(const sim *s, char *text, size_t size) {
  char owner[300], field[120], watched[160] = "";
  if (s->failure.text) {
    snprintf(text, size, "%s%.400s at t = %.15g ms",
             s->failure.is_of_world ? "" : "numerical failure: ", s->failure.text, s->failure.time);
    return;
  }
  describe_owner(s, owner, sizeof owner);
  describe_field(s, field, sizeof field);
  if (s->program->fields[s->failure.field.id].kind == NSA_FIELD_PROBABILITY) {
    snprintf(text, size, "numerical failure: %s: a probability that does not lie between 0 and 1 at t = %.15g ms",
             owner, s->failure.time);
    return;
  }
  if (s->failure.watched_by)
    snprintf(watched, sizeof watched, " (in %.100s)", s->failure.watched_by);
  snprintf(text, size, "numerical failure: %s: %s%s is %s at t = %.15g ms", owner, field, watched,
           value_name(s->failure.value), s->failure.time);
}

static bool has_place(const nsa_program *program, nsa_place at) {
  return at.file < program->files_count && at.line > 0;
}

static void put_place(FILE *to, const sim *s, nsa_place at) {
  if (!has_place(s->program, at))
    return;
  nsa_put_safe(to, s->program->files[at.file].path, strlen(s->program->files[at.file].path));
  fprintf(to, ":%" PRIu32 ":%" PRIu32 ": ", at.line, at.column);
}

/* Line `number` (from 1) of a text. */
static const char *find_line(const char *text, uint32_t number, size_t *len) {
  for (uint32_t line = 1; line < number; line++) {
    text += strcspn(text, "\n");
    if (!*text)
      break;
    text++;
  }
  *len = strcspn(text, "\r\n");
  return text;
}

/* Where a character of a line (the first is 1) begins on the terminal; 0 where the line is shorter. */
static uint32_t column_of(const char *line, size_t len, uint32_t character) {
  uint32_t column = 0;
  for (uint32_t i = 1; i < character; i++) {
    if (len == 0)
      return 0;
    nsa_glyph g = nsa_glyph_of(line, len, column);
    column += g.columns;
    line += g.bytes;
    len -= g.bytes;
  }
  return column;
}

void report_place(FILE *to, const nsa_program *program, nsa_place at) {
  if (!has_place(program, at))
    return;
  size_t len;
  const char *line = find_line(program->files[at.file].text, at.line, &len);
  if (len > 160)
    len = 160;
  fprintf(to, " %4" PRIu32 " | ", at.line);
  nsa_put_safe(to, line, len);
  fprintf(to, "\n      | %*s^\n", (int)column_of(line, len, at.column), "");
}

/* All states of the element: those that are still sound tell where it began. */
static void show_states(FILE *to, const sim *s) {
  if (!nsa_connection_is_none(s->failure.connection))
    return;
  const nsa_population *population = &s->program->populations[s->failure.population.id];
  fputs("      = note: the element's state:", to);
  for (uint32_t i = 0; i < population->states_count; i++) {
    const nsa_field *field = &s->program->fields[population->states[i].id];
    if (!field->name || field->kind == NSA_FIELD_PROBABILITY)
      continue;
    const char *dot = strrchr(field->name, '.'), *unit = field->unit ? units_shown(field->unit) : "";
    double x =
        sim_entry(field->type, s->field_data[population->states[i].id], field->is_uniform ? 0 : s->failure.element);
    fprintf(to, "%s %s = ", i ? "," : "", dot ? dot + 1 : field->name);
    if (isfinite(x))
      fprintf(to, "%.6g", nsa_show(nsa_unit_shift_of(unit), x));
    else
      fputs(value_name(x), to);
    fprintf(to, "%s%s", unit[0] ? " " : "", unit);
  }
  fputc('\n', to);
}

static bool is_of_channels(const sim *s) {
  for (uint32_t i = 0; i < s->program->stimuli_count; i++)
    if (s->program->stimuli[i].reads_channels && nsa_field_is(s->program->stimuli[i].external, s->failure.field))
      return isnan(s->failure.value);
  return false;
}

/* The place of a state is that of its equation, where it has one. */
static bool may_be_its_equation(const sim *s) {
  bool is_it = s->failure.made_count == 0;
  for (uint32_t i = 0; i < s->failure.made_count; i++)
    is_it = is_it || sim_is_same_place(s->failure.made[i], s->program->fields[s->failure.field.id].at);
  return is_it;
}

/* What to do about a state that runs away, or an index that is none. */
static void show_cure(FILE *to, const sim *s) {
  if (is_of_channels(s))
    fputs("      = hint: a channel is nan at an index that is out of range, or not whole\n", to);
  if (!nsa_connection_is_none(s->failure.connection) ||
      s->program->fields[s->failure.field.id].kind != NSA_FIELD_STATE || !may_be_its_equation(s))
    return;
  fputs(
      "      = hint: where the state runs away within a step, try `using implicit` or `using adaptive`, a smaller timescale, or a cut-off: "
      "a spike whose block resets the state\n",
      to);
}

static void show_other_makers(FILE *to, const sim *s) {
  for (uint32_t i = 1; i < s->failure.made_count; i++) {
    put_place(to, s, s->failure.made[i]);
    fputs("note: it may also come from here\n", to);
    report_place(to, s->program, s->failure.made[i]);
  }
}

void report_failure(FILE *to, const sim *s) {
  bool is_of_field = !s->failure.text;
  nsa_place at = !is_of_field                ? s->failure.at
                 : s->failure.made_count > 0 ? s->failure.made[0]
                                             : s->program->fields[s->failure.field.id].at;
  char text[512];
  put_place(to, s, at);
  report_failure_text(s, text, sizeof text);
  fputs("error: ", to);
  nsa_put_safe(to, text, strlen(text));
  fputc('\n', to);
  report_place(to, s->program, at);
  if (is_of_field) {
    show_states(to, s);
    show_cure(to, s);
    show_other_makers(to, s);
  }
}

/* ---- the end ---- */

/* What events spared: a clock would bring every link up to date at every step. */
static void show_updates(FILE *to, const sim *s, nsa_connection_id of) {
  events_count count = events_updates(s, of);
  double all = (double)s->links[of.id].count * (double)s->tick;
  if (count.at_events)
    fprintf(to, "; %" PRIu64 " updates at events (%.3g%% of one a link and step)", count.at_events,
            all > 0 ? 100 * (double)count.at_events / all : 0);
  if (count.by_clock)
    fprintf(to, "; %" PRIu64 " updates by the clock", count.by_clock);
}

static void show_connection(FILE *to, const sim *s, nsa_connection_id of) {
  const nsa_connection *connection = &s->program->connections[of.id];
  const sim_links *links = &s->links[of.id];
  const sim_coverage *coverage = &links->coverage;
  fprintf(to, "  %s: %" PRIu64 " links", connection->name, links->count);
  if (links->left_out)
    fprintf(to, ", %" PRIu64 " of elements with themselves left out", links->left_out);
  if (!nsa_population_is_none(connection->partner)) {
    const char *partner = s->program->populations[connection->partner.id].name;
    if (coverage->links_without == 0)
      fprintf(to, ", all with a partner in %s", partner);
    else
      fprintf(to, ", %" PRIu64 " with and %" PRIu64 " without a partner in %s", coverage->links_with,
              coverage->links_without, partner);
    fprintf(to, " (%" PRIu64 " to %" PRIu64 " links each, mean %.4g; %" PRIu64 " of %" PRIu64 " have none)",
            coverage->least, coverage->most, coverage->mean, coverage->partners_unused, coverage->partners);
  }
  show_updates(to, s, of);
  fputc('\n', to);
}

double report_counter(const sim *s, nsa_population_id population, nsa_field_id field) {
  double sum = 0;
  for (uint32_t e = 0; !nsa_field_is_none(field) && e < s->populations[population.id].count; e++)
    sum += sim_entry(NSA_F64, s->field_data[field.id], e);
  return sum;
}

void report_until(FILE *to, const sim *s) {
  char unit[UNIT_SIZE];
  if (s->program->until == NSA_NONE || s->is_over)
    return;
  double time = units_pleasant(sim_time(s, s->tick), "ms", unit, sizeof unit);
  fprintf(to, "warning: what `run until` waits for has not come in %.6g %s", time, unit);
  for (uint32_t i = 0; i < s->program->environments_count; i++)
    fprintf(to, "%s%s.trials is %" PRIu64, i ? ", " : ": ", s->program->environments[i].name, worlds_trials(s, i));
  fputc('\n', to);
}

void report_no_data(FILE *to, const sim *s, const recorder *r, const double *values) {
  for (uint32_t i = 0; r && i < s->program->records_count; i++) {
    const nsa_record *record = &s->program->records[i];
    bool is_event = probe_is_event(&s->program->probes[record->probe]);
    if (!recorder_is_empty(r, i))
      continue;
    put_place(to, s, record->at);
    fprintf(to, "warning: the recording `%s` is empty: %s%s\n", record->name,
            is_event ? "nothing happened" : "no sample was due", record->phase == NSA_NONE ? "" : " in its windows");
  }
  for (uint32_t i = 0; r && i < s->program->trial_records_count; i++) {
    const nsa_trial_record *record = &s->program->trial_records[i];
    if (worlds_moves(s, record->environment))
      continue;
    put_place(to, s, record->at);
    fprintf(to, "warning: the recording `%s` is empty: no decision fell\n", record->name);
  }
  for (uint32_t i = 0; i < s->program->measures_count; i++) {
    const nsa_measure *measure = &s->program->measures[i];
    if (isfinite(values[i]))
      continue;
    put_place(to, s, measure->at);
    if (isnan(values[i]))
      fprintf(to, "warning: there are no data for the measure `%s`\n", measure->name);
    else
      fprintf(to, "warning: the measure `%s` is %s\n", measure->name, value_name(values[i]));
  }
}

/* Where the event is declared, what happened to it, and how often. */
static void warn_of_event(FILE *to, const sim *s, nsa_population_id population, const nsa_event *event,
                          nsa_field_id counter, const char *what) {
  double count = report_counter(s, population, counter);
  if (!(count > 0))
    return;
  const char *name = s->program->populations[population.id].name;
  put_place(to, s, s->program->fields[counter.id].at);
  fprintf(to, "warning: %s.%s %s, %.0f time%s\n", name, event->name, what, count, count == 1 ? "" : "s");
}

static void warn_of_events(FILE *to, const sim *s) {
  for (nsa_population_id p = {0}; p.id < s->program->populations_count; p.id++)
    for (uint32_t k = 0; k < s->program->populations[p.id].events_count; k++) {
      const nsa_event *event = &s->program->populations[p.id].events[k];
      warn_of_event(to, s, p, event, event->repeated,
                    "was emitted or driven more than once in one step of an element, and happened once");
      warn_of_event(to, s, p, event, event->stuck,
                    "left its condition true behind its blocks, so that it cannot happen again until that was false");
    }
}

/* How many times as many links an element has as the compiler assumed, at most over the connections. */
static double excess_of(const sim *s, const nsa_coupling_bound *bound) {
  double excess = 0;
  for (uint32_t i = 0; i < bound->connections_count; i++) {
    const sim_links *links = &s->links[bound->connections[i].id];
    uint32_t size = s->populations[s->program->connections[bound->connections[i].id].target.id].count, most = 0;
    for (uint32_t t = 0; links->fan_in && t < size; t++)
      most = links->fan_in[t] > most ? links->fan_in[t] : most;
    excess = fmax(excess, most / bound->degrees[i]);
  }
  return excess;
}

void report_coupling(FILE *to, const sim *s) {
  for (uint32_t i = 0; i < s->program->coupling_bounds_count; i++) {
    const nsa_coupling_bound *bound = &s->program->coupling_bounds[i];
    const nsa_connection *strongest = &s->program->connections[bound->connection.id];
    double dt = s->program->timescales[bound->timescale].dt, rate = bound->rate * excess_of(s, bound);
    if (!(dt * rate > bound->limit))
      continue;
    put_place(to, s, strongest->at);
    fprintf(
        to,
        "warning: the step of %.4g ms may be unstable: with the links that were built '%s' couples at rates up to %.4g /ms, for "
        "which %.3g ms is the limit\n",
        dt, strongest->name, rate, bound->limit / rate);
  }
}

void report_summary(FILE *to, const sim *s, uint64_t first, double wall_seconds, const char *folder) {
  double simulated = sim_time(s, s->tick) * 1e-3;
  warn_of_events(to, s);
  for (nsa_connection_id i = {0}; i.id < s->program->connections_count; i.id++)
    show_connection(to, s, i);
  fprintf(to, "%.6g s in %.3g s (%.3g times real time)", simulated, wall_seconds,
          wall_seconds > 0 ? (simulated - sim_time(s, first) * 1e-3) / wall_seconds : 0.0);
  if (folder) {
    fputs("; results are in ", to);
    nsa_put_safe(to, folder, strlen(folder));
  }
  fputc('\n', to);
}

void report_times(FILE *to, const nsa_stage_time *stages, uint32_t count, double process_start, double first_step_end) {
  int width = 0;
  double sum = 0;
  for (uint32_t i = 0; i < count; i++) {
    width = width_of(stages[i].name, width);
    sum += stages[i].name[0] == ' ' ? 0 : stages[i].seconds; /* indented: part of the one above */
  }
  for (uint32_t i = 0; i < count; i++)
    fprintf(to, "  %-*s %11.6f s\n", width, stages[i].name, stages[i].seconds);
  fprintf(to, "  %-*s %11.6f s\n", width, "sum", sum);
  if (process_start > 0 && first_step_end > 0)
    fprintf(to, "process start to end of first step: %.6f s (%.6f to %.6f on the monotonic clock)\n",
            first_step_end - process_start, process_start, first_step_end);
}
