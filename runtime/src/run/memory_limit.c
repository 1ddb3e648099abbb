/* SPDX-License-Identifier: MIT */
/* memory_limit.c - see memory_limit.h. */
#include "run/memory_limit.h"

#include "base/machine_memory.h"
#include "links/connect.h"
#include "nsa_rt.h"

#include <inttypes.h>

uint64_t memory_limit(const run_options *options) {
  uint64_t all = options->max_memory ? options->max_memory : machine_memory();
  return options->at_once > 1 ? all / options->at_once : all;
}

typedef struct {
  uint32_t largest; /* connection; NSA_NONE: there is none */
  nsa_link_forecast links;
  double total, series;
  uint64_t elements;
} need;

static need foresee(const nsa_program *p) {
  nsa_memory_forecast all = nsa_forecast_memory(p);
  need n = {.largest = NSA_NONE,
            .total = (double)all.total_bytes,
            .series = (double)all.series_bytes,
            .elements = all.elements};
  for (nsa_connection_id c = {0}; c.id < p->connections_count; c.id++) {
    nsa_link_forecast links = nsa_forecast_links(p, c);
    if (!connect_foresees_links(&p->connections[c.id])) {
      n.total -= links.bytes;
    } else if (n.largest == NSA_NONE || links.bytes > n.links.bytes) {
      n.largest = c.id;
      n.links = links;
    }
  }
  return n;
}

/* "1.5e+09 links x 24 bytes" of the connection or the elements that take most. */
static int describe(const nsa_program *p, const need *n, char *text, size_t size) {
  double rest = n->total - n->links.bytes;
  if (n->series > n->total / 2)
    return snprintf(text, size, "series that measures keep take %.3g GB, all else %.3g GB", 1e-9 * n->series,
                    1e-9 * (n->total - n->series));
  if (n->largest != NSA_NONE && n->links.bytes >= rest)
    return snprintf(text, size, "connection '%.64s' has about %.4g links x %.0f bytes = %.3g GB, all else %.3g GB",
                    p->connections[n->largest].name, n->links.links, n->links.bytes / n->links.links,
                    1e-9 * n->links.bytes, 1e-9 * rest);
  return snprintf(text, size,
                  "%" PRIu64 " elements x %.0f bytes = %.3g GB, the links of the largest connection %.3g GB",
                  n->elements, rest / (double)(n->elements ? n->elements : 1), 1e-9 * rest, 1e-9 * n->links.bytes);
}

bool memory_limit_allows_state(const nsa_program *program, const run_options *options) {
  return 2 * foresee(program).total <= (double)memory_limit(options);
}

bool memory_limit_check(const nsa_program *program, const run_options *options, char error[SIM_ERROR_SIZE]) {
  uint64_t limit = memory_limit(options);
  need n = foresee(program);
  if (n.total <= (double)limit)
    return true;
  char shared[64] = "";
  if (options->at_once > 1)
    snprintf(shared, sizeof shared, "; %" PRIu32 " runs at once share it", options->at_once);
  int len = snprintf(error, SIM_ERROR_SIZE, "the run needs about %.3g GB: ", 1e-9 * n.total);
  len += describe(program, &n, error + len, SIM_ERROR_SIZE - (size_t)len);
  snprintf(error + len, SIM_ERROR_SIZE - (size_t)len, "; the limit is %.3g GB (%s%s)", 1e-9 * (double)limit,
           options->max_memory ? "--max-memory" : "what this machine has; --max-memory sets another", shared);
  return false;
}
