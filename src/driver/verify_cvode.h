/* SPDX-License-Identifier: MIT */
/* verify_cvode.h - SUNDIALS CVODE as this stage needs it: stiff systems to nearly all digits. Part of the tool where
 * CMake finds CVODE, never of the executables it builds. */
#ifndef NSA_DRIVER_VERIFY_CVODE_H
#define NSA_DRIVER_VERIFY_CVODE_H

#include <stdint.h>

typedef struct verify_cvode verify_cvode;

/* dx/dt of n states at time t into rates. */
typedef void (*verify_rates_fn)(void *context, double t, const double *x, double *rates);

/* NULL when this tool was built without CVODE: what to say then. */
const char *verify_cvode_missing(void);
/* From x at t = 0. Relative tolerance 1e-10, by backward differentiation. NULL when it cannot be set up. */
verify_cvode *verify_cvode_new(uint32_t n, const double *x, verify_rates_fn rates, void *context);
/* x at t, later than the last. NULL, or why it gave up. */
const char *verify_cvode_go(verify_cvode *v, double t, double *x);
void verify_cvode_free(verify_cvode *v); /* NULL is let be */

#endif
