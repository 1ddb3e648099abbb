/* SPDX-License-Identifier: MIT */
/* sandbox.h - which rights a command line leaves to the tool (nsa_sandbox.h): what it names, and no more. */
#ifndef NSA_DRIVER_SANDBOX_H
#define NSA_DRIVER_SANDBOX_H

#include "driver/arguments.h"

/* Before the model is read. False after a message on stderr: exit code 2. */
bool sandbox_enter(arena *a, const arguments *args);

#endif
