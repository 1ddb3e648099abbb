/* SPDX-License-Identifier: MIT */
/* plot.c - the verb: results in, a picture out. */
#include "driver/plot.h"
#include "nsa_text.h"
#include "nsa_units.h"
#include "support/file.h"

#include <math.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int complain(const char *message) {
  nsa_complain("nsa plot", "%s", message);
  return 2;
}

static const char *read_time(plot_job *job, const char *words) {
  char why[160];
  double one;
  uint64_t dimension, of_time;
  job->at = NAN;
  if (words == NULL)
    return NULL;
  if (!nsa_quantity_parse(words, &job->at, &dimension, why, sizeof why))
    return arena_printf(job->arena, "--at: %s", why);
  nsa_quantity_parse("1 ms", &one, &of_time, why, sizeof why);
  return dimension == of_time ? NULL : arena_printf(job->arena, "--at: `%s` is no time, such as \"2 s\"", words);
}

/* ---- where it goes ---- */

static bool ends_with(const char *path, const char *ending) {
  size_t len = strlen(path), tail = strlen(ending);
  return len > tail && strcmp(path + len - tail, ending) == 0;
}

static const char *write_picture(const plot_job *job, const char *path) {
  const char *error = NULL;
  const plot *const *panels = job->panels.data;
  text out;
  if (ends_with(path, ".svg"))
    out = plot_svg_of(job->arena, panels, job->panels.len);
  else if (!plot_png(job->arena, panels, job->panels.len, &out, &error))
    return arena_printf(job->arena, "cannot draw %s: %s; -o FILE.svg needs less", path, error);
  if (!file_write_atomic(job->arena, path, out.data, out.len, &error))
    return arena_printf(job->arena, "cannot write %s: %s", path, error);
  return NULL;
}

/* Of the terminal; 80 where there is none. */
static uint32_t letters_in_a_line(void) {
  struct winsize size = {0};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static const char *print_picture(const plot_job *job) {
  text out =
      plot_characters(job->arena, job->panels.data, job->panels.len, letters_in_a_line(), isatty(STDOUT_FILENO) != 0);
  fwrite(out.data, 1, out.len, stdout);
  return NULL;
}

static const char *check_name(const plot_job *job, const char *path) {
  if (path == NULL || ends_with(path, ".svg") || ends_with(path, ".png"))
    return NULL;
  return arena_printf(job->arena, "-o %s: its name must end in .svg or .png", path);
}

/* ---- all of it ---- */

static const char *draw(plot_job *job) {
  const arguments *args = job->args;
  const char *path = args->values[ARGUMENT_plot_output], *wrong = check_name(job, path);
  if (wrong == NULL)
    wrong = read_time(job, args->values[ARGUMENT_plot_at]);
  if (wrong == NULL)
    wrong = plot_open(job, args->file);
  if (wrong == NULL && job->sweep != NULL && args->others.len > 0)
    return "--with: a sweep is drawn by itself; --with goes with runs";
  for (uint32_t k = 0; k < args->others.len && wrong == NULL; k++)
    wrong = plot_open(job, args->others.data[k]);
  if (wrong == NULL && job->sweep != NULL && args->others.len > 0)
    return "--with names runs, not sweeps";
  if (wrong == NULL)
    wrong = job->sweep != NULL ? plot_sweep(job) : plot_items(job);
  if (wrong != NULL)
    return wrong;
  return path != NULL ? write_picture(job, path) : print_picture(job);
}

int plot_main(arena *a, const arguments *args) {
  plot_job job = {.arena = a, .args = args};
  const char *wrong = draw(&job);
  int code = wrong != NULL ? complain(wrong) : 0;
  plot_close(&job);
  return code;
}
