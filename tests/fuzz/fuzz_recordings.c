/* SPDX-License-Identifier: MIT */
/* Any file holds recordings, or has an error. It is read in this process: a crash of the library, which `nsa plot`
 * survives, ends the target. */
#include "fuzz/target.h"

#include "observe/recordings.h"

#include <fcntl.h>
#include <unistd.h>

/* The library forgets some memory of damaged files. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libhdf5\n"; }

static uint64_t sum;

/* In place of the pipe to another process: each byte is looked at. */
void confined_put(confined *to, const void *bytes, size_t count) {
  (void)to;
  for (size_t k = 0; k < count; k++)
    sum += ((const uint8_t *)bytes)[k];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char error[CONFINED_ERROR] = "";
  target_write("fuzz.h5", data, size);
  int file = open("fuzz.h5", O_RDONLY);
  if (!recordings_put(file, NULL, error) && !error[0])
    target_fail("what cannot be read has no error");
  close(file);
  return 0;
}
