/* SPDX-License-Identifier: MIT */
/* driver.h - the verbs of the tool (README.md, "The verbs").
 *
 * Exit codes: 0 ok, 1 the model has errors, 2 usage or environment, 3 a numerical failure at run
 * time, 4 an error above the tolerance (verify), 70 a bug of ours, 128 + n a signal. */
#ifndef NSA_DRIVER_DRIVER_H
#define NSA_DRIVER_DRIVER_H

int driver_main(int argc, char **argv);

#endif
