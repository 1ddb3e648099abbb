/* SPDX-License-Identifier: MIT */
#include "driver/verify_cvode.h"
#include <stddef.h>

#ifdef NSA_HAS_CVODE

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sundials/sundials_version.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#ifndef SUN_COMM_NULL
#define SUN_COMM_NULL NULL /* before version 7 */
#endif

static const double relative_tolerance = 1e-10;

struct verify_cvode {
  SUNContext context;
  N_Vector x, tolerances;
  SUNMatrix matrix;
  SUNLinearSolver solver;
  void *memory;
  uint32_t n;
  verify_rates_fn rates;
  void *user;
};

const char *verify_cvode_missing(void) { return NULL; }

/* A state that is not finite: CVODE tries a shorter step. */
static int right_hand_side(double t, N_Vector x, N_Vector rates, void *user) {
  const verify_cvode *v = user;
  double *out = N_VGetArrayPointer(rates);
  v->rates(v->user, t, N_VGetArrayPointer(x), out);
  for (uint32_t k = 0; k < v->n; k++)
    if (!isfinite(out[k]))
      return 1;
  return 0;
}

/* CVODE writes its complaints to stderr otherwise. */
static void make_silent(verify_cvode *v) {
#if SUNDIALS_VERSION_MAJOR < 7
  CVodeSetErrFile(v->memory, NULL);
#else
  SUNContext_ClearErrHandlers(v->context);
#endif
}

static bool set_up(verify_cvode *v, const double *x) {
  if (SUNContext_Create(SUN_COMM_NULL, &v->context))
    return false;
  v->x = N_VNew_Serial(v->n, v->context);
  v->tolerances = N_VNew_Serial(v->n, v->context);
  v->matrix = SUNDenseMatrix(v->n, v->n, v->context);
  v->memory = CVodeCreate(CV_BDF, v->context);
  if (!v->x || !v->tolerances || !v->matrix || !v->memory)
    return false;
  for (uint32_t k = 0; k < v->n; k++) {
    N_VGetArrayPointer(v->x)[k] = x[k];
    N_VGetArrayPointer(v->tolerances)[k] = 0.1 * relative_tolerance * fmax(fabs(x[k]), 0.01);
  }
  v->solver = SUNLinSol_Dense(v->x, v->matrix, v->context);
  make_silent(v);
  return v->solver && !CVodeInit(v->memory, right_hand_side, 0, v->x) &&
         !CVodeSVtolerances(v->memory, relative_tolerance, v->tolerances) && !CVodeSetUserData(v->memory, v) &&
         !CVodeSetLinearSolver(v->memory, v->solver, v->matrix) && !CVodeSetMaxNumSteps(v->memory, 200000);
}

verify_cvode *verify_cvode_new(uint32_t n, const double *x, verify_rates_fn rates, void *context) {
  verify_cvode *v = calloc(1, sizeof *v);
  if (!v)
    return NULL;
  v->n = n;
  v->rates = rates;
  v->user = context;
  if (set_up(v, x))
    return v;
  verify_cvode_free(v);
  return NULL;
}

const char *verify_cvode_go(verify_cvode *v, double t, double *x) {
  double reached;
  int flag = CVode(v->memory, t, v->x, &reached, CV_NORMAL);
  for (uint32_t k = 0; k < v->n; k++)
    x[k] = N_VGetArrayPointer(v->x)[k];
  if (flag >= 0)
    return NULL;
  return flag == CV_TOO_MUCH_WORK ? "more than 200000 steps in one of the model's" : "its steps became too short";
}

void verify_cvode_free(verify_cvode *v) {
  if (!v)
    return;
  if (v->memory)
    CVodeFree(&v->memory);
  if (v->solver)
    SUNLinSolFree(v->solver);
  if (v->matrix)
    SUNMatDestroy(v->matrix);
  if (v->x)
    N_VDestroy(v->x);
  if (v->tolerances)
    N_VDestroy(v->tolerances);
  if (v->context)
    SUNContext_Free(&v->context);
  free(v);
}

#else

const char *verify_cvode_missing(void) {
  return "none: this nsa was built without SUNDIALS CVODE (Debian: libsundials-dev; then build again)";
}

verify_cvode *verify_cvode_new(uint32_t n, const double *x, verify_rates_fn rates, void *context) {
  (void)n, (void)x, (void)rates, (void)context;
  return NULL;
}

const char *verify_cvode_go(verify_cvode *v, double t, double *x) {
  (void)v, (void)t, (void)x;
  return verify_cvode_missing();
}

void verify_cvode_free(verify_cvode *v) { (void)v; }

#endif
