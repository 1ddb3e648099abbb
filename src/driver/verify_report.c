/* SPDX-License-Identifier: MIT */
#include "driver/json.h"
#include "driver/verify.h"
#include "nsa_json.h"
#include "nsa_units.h"
#include "support/exhausted.h"
#include <math.h>
#include <stdlib.h>

/* ---- text ---- */

static int width_of_names(const verify_result *r) {
  size_t width = 12;
  for (uint32_t k = 0; k < r->comparison_count; k++) {
    const verify_comparison *c = &r->comparisons[k];
    for (uint32_t i = 0; i < c->quantity_count; i++)
      width = strlen(c->quantities[i].name) > width ? strlen(c->quantities[i].name) : width;
    for (uint32_t i = 0; i < c->event_count; i++)
      width = strlen(c->events[i].name) > width ? strlen(c->events[i].name) : width;
  }
  for (uint32_t k = 0; k < r->program->measures_count; k++)
    width = strlen(r->program->measures[k].name) > width ? strlen(r->program->measures[k].name) : width;
  return (int)width;
}

static void print_head(const verify_options *o, const verify_result *r, FILE *out) {
  fprintf(out, "%s: %.6g ms, seed %llu; errors are parts of a variable's range, steps are for an error of %g\n",
          r->path, r->duration, (unsigned long long)r->seed, o->tolerance);
  if (r->draw_count)
    fprintf(out, "without noise: draws depend on the step. At their mean instead:");
  for (uint32_t k = 0; k < r->draw_count; k++)
    fprintf(out, "%s %s", k ? "," : "", r->draws[k]);
  if (r->draw_count)
    fprintf(out, "\n");
  for (uint32_t k = 0; k < r->each_step.len; k++)
    fprintf(out, "%s has blocks that run at each step: with half the step twice as often\n", r->each_step.data[k]);
}

static void print_until(const verify_comparison *c, FILE *out) {
  if (!c->parting.event)
    fprintf(out, "states are compared to the end\n");
  else
    fprintf(out, "states are compared until %.6g ms: %s of element %u is then in the run with %s alone\n",
            c->parting.time, c->parting.event, c->parting.element,
            c->parting.leg == 0   ? "the steps as written"
            : c->parting.leg == 1 ? "half the step"
                                  : "a quarter of the step");
}

/* The step that will do, of those that were run. */
static void write_step(const verify_comparison *c, double factor, char *out, size_t size) {
  snprintf(out, size, factor > 0 ? "%.4g ms" : "< %.4g ms",
           factor > 0 ? c->dt * factor : c->dt / (1 << (VERIFY_LEGS - 1)));
}

static void write_expected(double expected, char *out, size_t size) {
  snprintf(out, size, isnan(expected) ? "-" : expected == 0 ? "exact" : "%.3g", expected);
}

static void print_quantity(const verify_comparison *c, const verify_quantity *q, int width, FILE *out) {
  const verify_error *e = &q->error;
  if (!q->sums.count) {
    fprintf(out, "  %-*s  not compared\n", width, q->name);
    return;
  }
  if (e->kind == VERIFY_ERROR_NONE) {
    fprintf(out, "  %-*s  none\n", width, q->name);
    return;
  }
  char order[16] = "-", expected[16], step[32], at[48];
  if (e->kind == VERIFY_ERROR_MEASURED)
    snprintf(order, sizeof order, "%.2f", e->order);
  write_expected(q->expected, expected, sizeof expected);
  write_step(c, e->factor, step, sizeof step);
  snprintf(at, sizeof at, "%llu at %.6g ms", (unsigned long long)q->sums.worst_element, q->sums.worst_time);
  fprintf(out, "  %-*s  %-9.2g %-9.2g %-6s %-9s %-13s %s\n", width, q->name, e->error, e->largest, order, expected,
          step, at);
}

static void print_events(const verify_comparison *c, int width, FILE *out) {
  if (!c->event_count)
    return;
  fprintf(out, "  %-*s  as written  half step   paired    apart, mean and most\n", width, "events");
  for (uint32_t k = 0; k < c->event_count; k++) {
    const verify_event *e = &c->events[k];
    fprintf(out, "  %-*s  %-11llu %-11llu %-9llu", width, e->name, (unsigned long long)e->count[0],
            (unsigned long long)e->count[1], (unsigned long long)e->paired);
    if (e->paired)
      fprintf(out, " %.3g ms, %.3g ms", e->apart_sum / (double)e->paired, e->apart_most);
    fprintf(out, "\n");
  }
}

/* First is said whether a step changes which events happen, then how far values are off. */
static void print_missed(const verify_comparison *c, FILE *out) {
  bool has_any = false, is_other = c->parting.event != NULL;
  for (uint32_t k = 0; k < c->event_count; k++) {
    const verify_event *e = &c->events[k];
    double more = (double)e->count[0] - (double)e->count[1];
    has_any = has_any || e->count[0] || e->count[1];
    is_other = is_other || more != 0;
    if (more != 0)
      fprintf(out, "%s: %.0f %s, beside half the step (%llu and %llu)\n", e->name, fabs(more),
              more < 0 ? "missed" : "added", (unsigned long long)e->count[0], (unsigned long long)e->count[1]);
  }
  if (has_any && !is_other)
    fprintf(out, "no event is missed or added, beside half the step\n");
}

static void print_rhythms(const verify_comparison *c, int width, FILE *out) {
  bool has_any = false;
  for (uint32_t k = 0; k < c->quantity_count; k++) {
    const verify_rhythm *r = &c->quantities[k].rhythm;
    if (!r->periods)
      continue;
    if (!has_any)
      fprintf(out, "  %-*s  period      half step   a quarter   drift     phase behind, beside half the step\n", width,
              "oscillations");
    has_any = true;
    fprintf(out, "  %-*s  %-11.6g %-11.6g %-11.6g %-+9.2g %+.3g ms after %u periods\n", width, c->quantities[k].name,
            r->period[0], r->period[1], r->period[2], (r->period[0] - r->period[1]) / r->period[1], r->shift[0],
            r->periods);
  }
}

static void print_suggestion(const verify_comparison *c, FILE *out) {
  char step[32];
  if (!c->worst)
    fprintf(out, "suggested step of %s: %.4g ms, as written; longer ones were not measured\n", c->name, c->dt);
  else if (c->worst_factor > 0) {
    write_step(c, c->worst_factor, step, sizeof step);
    fprintf(out, "suggested step of %s: %s, for %s\n", c->name, step, c->worst->name);
  } else
    fprintf(
        out,
        "suggested step of %s: none that was measured: the error of %s is still %.2g with %.4g ms; verify again from there\n",
        c->name, c->worst->name, c->worst->error.of_leg[VERIFY_LEGS - 1], c->dt / (1 << (VERIFY_LEGS - 1)));
}

static void print_comparison(const verify_comparison *c, int width, FILE *out) {
  fprintf(out, "\ntimescale %s: %.6g ms, beside a half and a quarter of it\n", c->name, c->dt);
  print_missed(c, out);
  print_until(c, out);
  fprintf(out, "  %-*s  %-9s %-9s %-6s %-9s %-13s %s\n", width, "variable", c->is_by_mean ? "mean" : "error", "largest",
          "order", "expected", "step", "element and time of the largest");
  for (uint32_t k = 0; k < c->quantity_count; k++)
    if (c->quantities[k].sums.low < c->quantities[k].sums.high || c->quantities[k].error.kind != VERIFY_ERROR_NONE)
      print_quantity(c, &c->quantities[k], width, out);
  print_rhythms(c, width, out);
  print_events(c, width, out);
  print_suggestion(c, out);
}

static void print_measures(const verify_result *r, int width, FILE *out) {
  if (!r->program->measures_count || !r->comparison_count)
    return;
  fprintf(out, "\n%-*s    as written", width, "measures");
  for (uint32_t k = 0; k < r->comparison_count; k++)
    fprintf(out, "   half of %-8s", r->comparisons[k].name);
  fprintf(out, "\n");
  for (uint32_t i = 0; i < r->program->measures_count; i++) {
    fprintf(out, "  %-*s  %-12.6g", width, r->program->measures[i].name, r->comparisons[0].measures[0][i]);
    for (uint32_t k = 0; k < r->comparison_count; k++)
      fprintf(out, " %-18.6g", r->comparisons[k].measures[1][i]);
    fprintf(out, " %s\n", strcmp(r->program->measures[i].unit, "1") ? r->program->measures[i].unit : "");
  }
}

static void print_reference(const verify_result *r, int width, FILE *out) {
  const verify_reference *ref = &r->reference;
  if (ref->unavailable) {
    fprintf(out, "\nreference integrator: %s\n", ref->unavailable);
    return;
  }
  fprintf(out, "\nelement 0 without links, events and noise, drives held at their mean, beside SUNDIALS CVODE\n");
  fprintf(out, "  %-*s  %-9s at\n", width, "variable", "error");
  for (uint32_t k = 0; k < ref->rows.len; k++)
    fprintf(out, "  %-*s  %-9.2g %.6g ms\n", width, ref->rows.data[k].name, ref->rows.data[k].error,
            ref->rows.data[k].time);
  for (uint32_t k = 0; k < ref->failures.len; k++)
    fprintf(out, "  %s\n", ref->failures.data[k]);
}

void verify_print(arena *a, const verify_options *o, const verify_result *r, FILE *out) {
  (void)a;
  int width = width_of_names(r);
  print_head(o, r, out);
  for (uint32_t k = 0; k < r->comparison_count; k++)
    print_comparison(&r->comparisons[k], width, out);
  print_measures(r, width, out);
  print_reference(r, width, out);
}

/* ---- JSON ---- */

static void json_quantity(cJSON *list, const verify_comparison *c, const verify_quantity *q) {
  const verify_error *e = &q->error;
  bool has_error = e->kind != VERIFY_ERROR_NONE;
  cJSON *o = json_object(list);
  cJSON_AddStringToObject(o, "name", q->name);
  json_number(o, "samples", (double)q->sums.count);
  cJSON_AddStringToObject(o, "unit", q->unit);
  json_number(o, "low", nsa_show(nsa_unit_shift_of(q->unit), q->sums.low));
  json_number(o, "high", nsa_show(nsa_unit_shift_of(q->unit), q->sums.high));
  json_number(o, "error", e->error);
  json_number(o, "largest", e->largest);
  json_number(o, "order", e->kind == VERIFY_ERROR_MEASURED ? e->order : NAN);
  json_number(o, "expected_order", q->expected);
  json_number(o, "step_ms", has_error && e->factor > 0 ? c->dt * e->factor : NAN);
  if (q->rhythm.periods) {
    json_number(o, "periods", q->rhythm.periods);
    json_number(o, "period_ms", q->rhythm.period[0]);
    json_number(o, "half_step_period_ms", q->rhythm.period[1]);
    json_number(o, "phase_ms", q->rhythm.shift[0]);
  }
  json_number(o, "worst_element", has_error ? (double)q->sums.worst_element : NAN);
  json_number(o, "worst_time_ms", has_error ? q->sums.worst_time : NAN);
}

static void json_events(cJSON *list, const verify_comparison *c) {
  for (uint32_t k = 0; k < c->event_count; k++) {
    const verify_event *e = &c->events[k];
    cJSON *o = json_object(list);
    cJSON_AddStringToObject(o, "name", e->name);
    json_number(o, "as_written", (double)e->count[0]);
    json_number(o, "half_step", (double)e->count[1]);
    json_number(o, "paired", (double)e->paired);
    json_number(o, "apart_mean_ms", e->paired ? e->apart_sum / (double)e->paired : NAN);
    json_number(o, "apart_most_ms", e->paired ? e->apart_most : NAN);
  }
}

static void json_parting(cJSON *o, const verify_comparison *c) {
  if (!c->parting.event) {
    cJSON_AddNullToObject(o, "parting");
    return;
  }
  cJSON *p = cJSON_AddObjectToObject(o, "parting");
  cJSON_AddStringToObject(p, "event", c->parting.event);
  json_number(p, "element", c->parting.element);
  json_number(p, "time_ms", c->parting.time);
  json_number(p, "steps_for_one", 1u << c->parting.leg);
}

static void json_comparison(cJSON *list, const nsa_program *p, const verify_comparison *c) {
  cJSON *o = json_object(list);
  cJSON_AddStringToObject(o, "timescale", c->name);
  json_number(o, "step_ms", c->dt);
  json_number(o, "compared_ms", c->compared);
  cJSON_AddStringToObject(o, "error_is", c->is_by_mean ? "mean" : "largest");
  json_parting(o, c);
  cJSON *quantities = cJSON_AddArrayToObject(o, "variables");
  for (uint32_t k = 0; k < c->quantity_count; k++)
    json_quantity(quantities, c, &c->quantities[k]);
  json_events(cJSON_AddArrayToObject(o, "events"), c);
  json_number(o, "suggested_step_ms", c->worst_factor > 0 ? c->dt * c->worst_factor : NAN);
  cJSON_AddStringToObject(o, "suggested_for", c->worst ? c->worst->name : "");
  cJSON *measures = cJSON_AddArrayToObject(o, "measures");
  for (uint32_t k = 0; k < p->measures_count; k++) {
    cJSON *m = json_object(measures);
    cJSON_AddStringToObject(m, "name", p->measures[k].name);
    cJSON_AddStringToObject(m, "unit", p->measures[k].unit);
    json_number(m, "as_written", c->measures[0][k]);
    json_number(m, "half_step", c->measures[1][k]);
  }
}

static void json_reference(cJSON *root, const verify_reference *ref) {
  if (ref->unavailable) {
    cJSON_AddNullToObject(root, "reference");
    return;
  }
  cJSON *o = cJSON_AddObjectToObject(root, "reference");
  cJSON_AddStringToObject(o, "integrator", "CVODE");
  cJSON *rows = cJSON_AddArrayToObject(o, "variables");
  for (uint32_t k = 0; k < ref->rows.len; k++) {
    cJSON *row = json_object(rows);
    cJSON_AddStringToObject(row, "name", ref->rows.data[k].name);
    json_number(row, "error", ref->rows.data[k].error);
    json_number(row, "time_ms", ref->rows.data[k].time);
  }
  cJSON *failures = cJSON_AddArrayToObject(o, "failures");
  for (uint32_t k = 0; k < ref->failures.len; k++)
    cJSON_AddItemToArray(failures, cJSON_CreateString(ref->failures.data[k]));
}

void verify_print_json(const verify_options *o, const verify_result *r, FILE *out) {
  nsa_json_begin();
  cJSON *root = cJSON_CreateObject();
  cJSON_AddStringToObject(root, "model", r->path);
  json_number(root, "duration_ms", r->duration);
  json_number(root, "seed", (double)r->seed);
  json_number(root, "tolerance", o->tolerance);
  cJSON *draws = cJSON_AddArrayToObject(root, "draws_at_mean");
  for (uint32_t k = 0; k < r->draw_count; k++)
    cJSON_AddItemToArray(draws, cJSON_CreateString(r->draws[k]));
  cJSON *comparisons = cJSON_AddArrayToObject(root, "timescales");
  for (uint32_t k = 0; k < r->comparison_count; k++)
    json_comparison(comparisons, r->program, &r->comparisons[k]);
  json_reference(root, &r->reference);
  char *printed = json_text(root);
  fprintf(out, "%s\n", printed);
  cJSON_free(printed);
}
