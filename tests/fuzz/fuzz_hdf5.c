/* SPDX-License-Identifier: MIT */
/* Any file is a table of spikes in HDF5, of which all times are finite, or has an error. It is read in this process: a
 * crash of the library, which a run survives, ends the target. */
#include "fuzz/target.h"

#include "stimuli/spike_hdf5.h"

#include <fcntl.h>
#include <math.h>
#include <unistd.h>

/* The library forgets some memory of damaged files. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libhdf5\n"; }

static void take(void *context, const spike *spikes, size_t count) {
  size_t *all = context;
  *all += count;
  for (size_t k = 0; k < count; k++)
    if (!isfinite(spikes[k].time_ms))
      target_fail("a time is not finite");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  spike_source source = {.path = "fuzz.h5", .name = "p"};
  char error[SIM_ERROR_SIZE] = "";
  size_t count = 0;
  target_write(source.path, data, size);
  int file = open(source.path, O_RDONLY);
  if (!spike_hdf5_read(file, &source, take, &count, error) && !error[0])
    target_fail("what cannot be read has no error");
  close(file);
  return 0;
}
