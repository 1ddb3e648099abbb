/* SPDX-License-Identifier: MIT */
/* sim.h - the state of one run, between the rooms of the runtime.
 *
 * The program and its kernels are the caller's and outlive the sim. run/make.h makes a sim, tick/step.h does its ticks.
 * All memory is allocated before the first step. */
#ifndef NSA_RUNTIME_SIM_H
#define NSA_RUNTIME_SIM_H

#include "nsa_rt.h"
#include "nsa_ticks.h"

typedef struct sim sim;
struct thread_pool; /* threads.h */
struct link_sums;   /* linksum.h */
struct stimuli;     /* stimulus.h */
struct step_plan;   /* step.h */
struct diffusions;  /* diffusion.h */
struct events;      /* events.h */
struct suspicions;  /* finite.h */
struct suspects;    /* blame.h */
struct worlds;      /* worlds.h */
struct phase_sets;  /* phase_sets.h */
struct nsa_inputs;  /* inputs.h */

#define SIM_ERROR_SIZE 512

/* What fired at the end of the last tick: local element numbers in ascending order, without padding. */
typedef struct {
  uint32_t *elements;
  uint32_t count;
} sim_fired;

/* The fused step after which a value of a tile is not finite, or NSA_NONE, and the kernel that made it. */
typedef struct {
  uint32_t step;
  nsa_kernel_id kernel;
} fused_failure;

/* The part of a population that this process has: its elements number first, first + 1, ... of `global` ones. Today
 * that is all of them. */
typedef struct {
  uint32_t first, count, global;
  uint32_t padded;         /* count with padding */
  uint32_t every;          /* base ticks of its timescale */
  sim_fired *events;       /* one an event of the population; counts are 0 in ticks in which it did not step */
  uint32_t tile_count;     /* in which it is stepped: sim_most_tiles of them at most */
  nsa_range_out *tile_out; /* scratch of step_tiles.c */
  uint32_t *tile_fired;    /* per event and tile: how many fired there; likewise */
  uint32_t fused;          /* fused steps at most: fuse.h */
  bool is_ahead;           /* fused steps are under way: states are those behind the last of them */
  uint64_t *fused_rows;    /* a bit for each event, fused step and element: it fired. This and the next two: NULL where
                             fused is 1 */
  uint32_t *fused_steps;   /* per event and tile: bit k: something fired there in step k */
  fused_failure *fused_failed; /* per tile */
} sim_population;

/* An element has two numbers. The local one is its entry in arrays: links, lists of what fired, and the ranges of
 * kernels go by it. The global one is its number in the whole population: draws, places, patterns, files, what is
 * recorded and what messages say go by it. Nothing else turns one into the other. */
static inline uint32_t population_global(const sim_population *p, uint32_t local) { return p->first + local; }
static inline uint32_t population_local(const sim_population *p, uint32_t global) { return global - p->first; }

static inline bool population_has(const sim_population *p, uint32_t global) {
  return population_local(p, global) < p->count;
}

/* Local elements [*begin, *end): those of the global range [first, last], as far as they are here. */
static inline void population_local_range(const sim_population *p, uint64_t first, uint64_t last, uint32_t *begin,
                                          uint32_t *end) {
  uint64_t stop = (uint64_t)p->first + p->count;
  first = first < p->first ? p->first : first > stop ? stop : first;
  stop = last < stop ? last + 1 : stop;
  *begin = population_local(p, (uint32_t)first);
  *end = population_local(p, (uint32_t)(stop < first ? first : stop));
}

/* How the third partner covers a connection; min, mean and max are over the partner's elements. */
typedef struct {
  uint64_t links_with, links_without;
  uint64_t partners, partners_unused;
  uint64_t least, most;
  double mean;
} sim_coverage;

/* The links of a connection, ordered by target, then source. A stencil has count and fans only. */
typedef struct {
  uint64_t count;
  uint64_t left_out;     /* lines of a table that would link an element with itself */
  uint32_t *row;         /* those of target t are [row[t], row[t + 1]); target size + 1 entries */
  uint32_t *source;      /* one a link, padded with 0; ends of links are local numbers */
  uint32_t *target;      /* likewise; NULL where no field asks for it */
  uint32_t *fan_in;      /* links of each target */
  uint32_t *fan_out;     /* links of each source: what one spike arrives at */
  uint32_t *partner;     /* one a link, 0 where there is none; NULL unless links have partners of their own */
  uint8_t *has_partner;  /* likewise */
  double *columns;       /* what a table says of them, by column, then link, until fields have it; or NULL */
  sim_coverage coverage; /* zero where there is no partner */
} sim_links;

/* One showing of an image, in the order of the program's stimuli. */
typedef struct {
  nsa_population_id population;
  nsa_image_id image;
  uint32_t stimulus, phase;
  uint64_t onset, stop; /* base ticks, half-open */
} sim_presentation;

enum { SIM_MOST_MAKERS = 8 };

/* Why sim_step stopped: the first value that is not finite, by population, state and element; or what a text says. */
typedef struct {
  const char *text;       /* of decisions and environments, else NULL; the members before `tick` then hold nothing */
  nsa_place at;           /* of what the text is about */
  bool is_of_world;       /* an environment failed, and no number of the model is at fault */
  const char *watched_by; /* NULL, or the recording or measure that looked at it */
  nsa_population_id population; /* of the field's domain, or none */
  nsa_connection_id connection; /* likewise */
  nsa_field_id field;           /* into the program */
  uint32_t element;             /* local; or link */
  double value;
  nsa_place made[SIM_MOST_MAKERS]; /* what may have made it, the likeliest first. None: the field's */
  uint32_t made_count;
  uint64_t tick; /* base ticks since the start */
  double time;   /* ms */
} sim_failure;

/* Seconds spent, by stage of a tick; all 0 unless `timed`. Reading the clock is not free: of long runs they are
 * estimates from every SIM_TIMED_EVERY-th tick, a number that slow ticks do not share. */
enum { SIM_TIMED_EVERY = 13, SIM_TIMED_WHOLLY = 10000 };
typedef struct {
  double arrivals, stimuli, step, sums, worlds, record;
} sim_times;

/* Who looks at the state after each tick, when s->tick is already n + 1; the run also calls it once at t = 0. False
 * when a value that it looks at is not finite: s->failure says which. */
struct keeper; /* keep.h */
typedef struct {
  bool (*after_tick)(void *self, sim *s);
  bool (*ends_run)(void *self, const sim *s);         /* asked before anybody looks; NULL: never */
  void (*keep)(void *self, sim *s, struct keeper *k); /* what is state of it */
  void *self;
} sim_observer;
enum { SIM_MAX_OBSERVERS = 4 };

struct sim {
  const nsa_program *program;
  const nsa_kernel_entry *kernels;
  uint64_t seed;
  uint32_t thread_count;

  /* Per field: its array (f64, byte or uint32_t by its type), aligned to 64 bytes and padded to
   * whole multiples of NSA_PAD; its entries without padding (1 where uniform). Fields of links have
   * none before sim_connect. */
  void **field_data;
  uint64_t *field_count;
  uint8_t *field_borrowed; /* 1: the array belongs to something else (links.source) */
  double *first;           /* per domain: nsa_clock.first */
  uint64_t *domain_count;  /* entries of each domain; of links after sim_connect */
  void ***kernel_fields;   /* per kernel: its `fields` argument */

  sim_population *populations;
  sim_links *links;    /* one a connection */
  nsa_image *images;   /* the program's, with what stimuli_set_pattern replaced */
  uint8_t **image_ink; /* malloc'd ink of replaced images, else NULL */

  nsa_step_length base_step, steps[NSA_MAX_TIMESCALES];
  uint64_t tick;         /* base ticks done: the state is that at this tick's time */
  uint64_t pause;        /* no fused step runs across this base tick: somebody looks at all of the state there */
  nsa_clock clock;       /* of STEP kernels in the tick that runs */
  nsa_clock state_clock; /* of the state: SOURCE, LINK, COLLECT, PROBE */

  bool is_touched; /* states of slow populations have changed between two of their ticks since the sums over links were
                      made */
  bool is_any_signal_sent; /* in the tick that runs */
  bool is_over;            /* `run until`: its condition has become true */
  const nsa_act **acts;    /* of the variant, by environment */
  uint32_t act_count;
  const struct nsa_inputs *inputs; /* until it is connected: files that were read before threads started; may be NULL */
  const char *const *sources; /* per environment: the file of its plugin, the command of its process; NULL: built in */
  double answer_seconds;      /* that a process has */
  int starter;                /* of processes: its socket */
  uint8_t *phase_active;      /* per phase: 1 when time `tick` lies in one of its windows */
  sim_presentation *presentations;
  uint32_t presentation_count;

  /* settings, kept for fields that do not exist yet */
  nsa_setting *settings;
  uint32_t setting_count, setting_capacity;
  const nsa_variant *later; /* whose settings hold from its checkpoint on, but for those above; NULL: there is none */

  struct thread_pool *pool;
  struct step_plan *plan;
  struct link_sums *sums;
  struct diffusions *diffusions; /* after sim_init */
  struct events *events;         /* after sim_init */
  struct stimuli *stimuli;
  struct phase_sets *phase_sets;             /* NULL: no param changes */
  struct worlds *worlds;                     /* after sim_init */
  sim_observer observers[SIM_MAX_OBSERVERS]; /* called in this order after each tick */
  uint32_t observer_count;

  struct suspicions *suspicions;
  struct suspects *suspects;
  bool failed;
  bool has_bad_value; /* a number of the model kept it from starting: failure.at says where */
  char failure_text[SIM_ERROR_SIZE];
  sim_failure failure;
  bool timed, is_timing; /* is_timing: in this tick */
  sim_times times;
  uint64_t allocated;   /* bytes of arrays, for run.json */
  uint64_t most_memory; /* that it may have, in bytes; 0: no limit */
};

/* The time of a base tick, ms. */
static inline double sim_time(const sim *s, uint64_t tick) { return nsa_time_of(&s->base_step, (double)tick); }

/* Entries with padding: a whole number of NSA_PAD, at least one. */
static inline uint64_t sim_padded(uint64_t count) {
  return count ? (count + NSA_PAD - 1) / NSA_PAD * NSA_PAD : NSA_PAD;
}

/* Tiles of NSA_TILE entries that hold `count` entries, at least one. */
static inline uint64_t sim_tiles(uint64_t count) { return count ? (count + NSA_TILE - 1) / NSA_TILE : 1; }

/* The most tiles that a population can be cut into: each thread may end its slice with a shorter one. */
static inline uint64_t sim_most_tiles(const sim *s, nsa_population_id population) {
  return sim_tiles(s->populations[population.id].count) + s->thread_count;
}

/* Entries in whole vectors of NSA_LANES. */
static inline uint64_t sim_whole_vectors(uint64_t count) { return (count + NSA_LANES - 1) / NSA_LANES * NSA_LANES; }

/* Whether two places in the model are one. */
static inline bool sim_is_same_place(nsa_place a, nsa_place b) {
  return a.file == b.file && a.line == b.line && a.column == b.column;
}

/* An entry of a field's array (type: nsa_type) as a number. */
static inline double sim_entry(uint32_t type, const void *data, uint64_t entry) {
  switch (type) {
  case NSA_B1:
    return ((const uint8_t *)data)[entry];
  case NSA_INDEX:
    return ((const uint32_t *)data)[entry];
  case NSA_F32:
    return (double)((const float *)data)[entry];
  default:
    return ((const double *)data)[entry];
  }
}

/* Whether a field has one entry for each link. */
bool sim_is_of_links(const sim *s, const nsa_field *field);

/* Whether any kernel has the field. */
bool sim_field_is_used(const nsa_program *p, nsa_field_id field);

/* Whether one kernel does; neither NSA_NONE as kernel nor as field is used. */
bool sim_kernel_uses(const nsa_program *p, nsa_kernel_id kernel, nsa_field_id field);

/* Lets a kernel find `array` where `fields`, one for each of its slots, has the field's; nothing for NSA_NONE. */
void sim_replace_field(const nsa_kernel *kernel, void **fields, nsa_field_id field, void *array);

/* Whether a field of delays (NSA_NONE: no delay) has one for each link. */
bool sim_has_own_delays(const nsa_program *p, nsa_field_id delay);

void sim_fill_array(void *data, nsa_type type, uint64_t count, double value);
/* All entries of a field, padding included; nothing where there is no array. */
void sim_fill_field(sim *s, nsa_field_id field, double value);

/* Registers an observer; they are called in the order in which they came. */
void sim_observe(sim *s, sim_observer observer);

#endif
