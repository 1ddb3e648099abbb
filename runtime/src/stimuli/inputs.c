/* SPDX-License-Identifier: MIT */
#include "stimuli/inputs.h"

#include "nsa_input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  spike_source source; /* of the program */
  spike *spikes;
  size_t count;
} spike_list;

struct nsa_inputs {
  uint32_t count;
  spike_list lists[];
};

bool inputs_is_hdf5(const char *path) {
  size_t length = strlen(path);
  return length > 3 && strcmp(path + length - 3, ".h5") == 0;
}

spike_source inputs_source(const nsa_program *program, const nsa_event_drive *drive) {
  bool is_named = drive->source && drive->source[0];
  return (spike_source){.path = drive->path,
                        .name = is_named ? drive->source : program->populations[drive->population.id].name,
                        .is_named = is_named};
}

const spike *inputs_find(const nsa_inputs *inputs, const spike_source *source, size_t *count) {
  for (uint32_t k = 0; inputs && k < inputs->count; k++) {
    const spike_list *l = &inputs->lists[k];
    if (strcmp(l->source.path, source->path) != 0 || strcmp(l->source.name, source->name) != 0 ||
        l->source.is_named != source->is_named)
      continue;
    *count = l->count;
    return l->spikes;
  }
  return NULL;
}

static bool load(const nsa_program *program, const spike_source *source, spike_list *list,
                 char error[NSA_SESSION_ERROR]) {
  nsa_input_folders below = nsa_input_folders_of(program);
  char why[SIM_ERROR_SIZE];
  const char *closed;
  int file = nsa_input_open(&below, source->path, &closed);
  *list = (spike_list){.source = *source};
  if (file >= 0) {
    list->spikes = spike_hdf5_load(file, source, &list->count, why);
    close(file);
  }
  if (!list->spikes)
    snprintf(error, NSA_SESSION_ERROR, "%.200s: %.300s", source->path, file < 0 ? closed : why);
  return list->spikes != NULL;
}

nsa_inputs *nsa_inputs_read(const nsa_program *program, char error[NSA_SESSION_ERROR]) {
  uint32_t drives = program->event_drives_count;
  nsa_inputs *inputs = calloc(1, sizeof *inputs + drives * sizeof *inputs->lists);
  if (!inputs) {
    snprintf(error, NSA_SESSION_ERROR, "out of memory");
    return NULL;
  }
  for (uint32_t k = 0; k < drives; k++) {
    const nsa_event_drive *drive = &program->event_drives[k];
    spike_source source = inputs_source(program, drive);
    size_t count;
    if (!drive->path || !inputs_is_hdf5(drive->path) || inputs_find(inputs, &source, &count))
      continue;
    if (!load(program, &source, &inputs->lists[inputs->count++], error)) {
      nsa_inputs_free(inputs);
      return NULL;
    }
  }
  return inputs;
}

void nsa_inputs_free(nsa_inputs *inputs) {
  for (uint32_t k = 0; inputs && k < inputs->count; k++)
    free(inputs->lists[k].spikes);
  free(inputs);
}
