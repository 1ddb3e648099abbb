/* SPDX-License-Identifier: MIT */
/* component.h - checks components: neurons, astrocytes, synapses. */
#ifndef NSA_MODEL_COMPONENT_COMPONENT_H
#define NSA_MODEL_COMPONENT_COMPONENT_H

#include "model/expr/lets.h"

/* Builds the component of a definition; the ends of a synapse come in ends->side. */
void component_build(checker *ck, uint32_t def, const expr_env *ends, model_component *out, component_usage *usage);
/* The component that populations of this definition share. */
uint32_t component_for_population(checker *ck, uint32_t def);
/* E0408 where the value is known and lies outside of the param's range. */
void param_range_check(checker *ck, const model_param *p, const model_expr *value, span at);
/* `hold`, `linear`, `stages` or `implicit`. */
coupling_kind coupling_of(const ast_name *word);

#endif
