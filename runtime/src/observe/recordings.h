/* SPDX-License-Identifier: MIT */
/* recordings.h - the half of nsa_recordings.h that runs in a process of its own. */
#ifndef NSA_RUNTIME_RECORDINGS_H
#define NSA_RUNTIME_RECORDINGS_H

#include "base/confined.h"

/* Puts what the file holds. False with a sentence in error. */
bool recordings_put(int file, confined *to, char error[CONFINED_ERROR]);

#endif
