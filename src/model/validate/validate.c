/* SPDX-License-Identifier: MIT */
/* validate.c - whether a model is one: the order in which its parts are looked at. Indices into components and
 * populations come first, since all that follows goes by them. */
#include "model/validate/validate.h"
#include "model/dump.h"

const char *model_validate(arena *a, const model *m) {
  validation v = {.arena = a, .m = m, .where = "the model"};
  if (m->precision > NSA_PRECISION_MIXED || !(m->duration >= 0))
    is_wrong(&v, "it has no precision, or runs for less than nothing");
  if (validate_network(&v))
    for (uint32_t k = 0; v.wrong == NULL && k < m->components.len; k++)
      validate_component(&v, &m->components.data[k]);
  if (v.wrong == NULL)
    validate_experiment(&v);
  return v.wrong;
}
