/* SPDX-License-Identifier: MIT */
#include "run/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 24, MAX_INTERVAL = 1 << 20 };
static const double look_seconds = 0.02, bar_seconds = 0.1, line_seconds = 10;

double progress_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_begin(progress *p, const char *label, uint64_t first, uint64_t ticks, double base_dt, bool is_quiet) {
  double now = progress_clock();
  *p = (progress){.is_quiet = is_quiet,
                  .is_terminal = isatty(STDERR_FILENO) == 1,
                  .label = label,
                  .base_dt = base_dt,
                  .first = first,
                  .ticks = ticks,
                  .interval = 1,
                  .countdown = 1,
                  .started = now,
                  .looked = now,
                  .shown = now};
}

/* "12 s", "3 min 20 s", "2 h 5 min" */
static void format_span(double seconds, char text[32]) {
  unsigned long s = seconds < 0 ? 0 : seconds > 1e9 ? 1000000000 : (unsigned long)(seconds + 0.5);
  if (s < 120)
    snprintf(text, 32, "%lu s", s);
  else if (s < 7200)
    snprintf(text, 32, "%lu min %lu s", s / 60, s % 60);
  else
    snprintf(text, 32, "%lu h %lu min", s / 3600, s % 3600 / 60);
}

static void draw_bar(double part, char bar[BAR_WIDTH + 1]) {
  int filled = (int)(part * (double)BAR_WIDTH);
  memset(bar, '-', BAR_WIDTH);
  memset(bar, '#', (size_t)filled);
  bar[BAR_WIDTH] = 0;
}

/* "3.2 of 10 s", "12 of 20 trials" */
static double describe(const progress *p, double simulated, char text[64]) {
  double whole = (double)p->ticks * p->base_dt * 1e-3;
  if (p->goal == 0) {
    snprintf(text, 64, "%.4g of %.4g s", simulated, whole);
    return simulated / whole;
  }
  snprintf(text, 64, "%" PRIu64 " of %" PRIu64 " trials", p->reached, p->goal);
  return p->reached < p->goal ? (double)p->reached / (double)p->goal : 1;
}

static void show(progress *p, uint64_t tick, double now) {
  double spent = now - p->started, simulated = (double)tick * p->base_dt * 1e-3;
  double before = (double)p->first * p->base_dt * 1e-3;
  char left[32] = "?", bar[BAR_WIDTH + 1], done[64];
  double part = describe(p, simulated, done), rate = spent > 0 ? (simulated - before) / spent : 0;
  double skipped = p->goal || p->ticks == 0 ? 0 : (double)p->first / (double)p->ticks;
  if (part > skipped)
    format_span(spent * (1 - part) / (part - skipped), left);
  draw_bar(part, bar);
  const char *label = p->label ? p->label : "", *gap = p->label ? ": " : "";
  if (p->is_terminal)
    fprintf(stderr, "\r%s%s[%s] %3.0f%%  %s  %.3gx real time  %s left\033[K", label, gap, bar, 100 * part, done, rate,
            left);
  else
    fprintf(stderr, "%s%s%.0f%%, %s, %.3gx real time, %s left\n", label, gap, 100 * part, done, rate, left);
  fflush(stderr);
  p->is_drawn = p->is_terminal;
  p->shown = now;
}

double progress_look(progress *p, uint64_t tick) {
  double now = progress_clock(), since = now - p->looked;
  if (since < look_seconds / 2 && p->interval < MAX_INTERVAL)
    p->interval *= 2;
  else if (since > look_seconds * 2 && p->interval > 1)
    p->interval /= 2;
  p->looked = now;
  p->countdown = p->interval;
  if (!p->is_quiet && now - p->shown >= (p->is_terminal ? bar_seconds : line_seconds))
    show(p, tick, now);
  return now;
}

void progress_end(progress *p) {
  if (p->is_drawn)
    fputs("\r\033[K", stderr);
  p->is_drawn = false;
}
