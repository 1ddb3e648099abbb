/* SPDX-License-Identifier: MIT */
/* connect.h - the links of a connection and its third partners, from their rules.
 *
 * Random numbers are keyed by the seed and the connection's name, and numbered by the element that
 * draws, so that links do not depend on threads or on other connections. */
#ifndef NSA_RUNTIME_CONNECT_H
#define NSA_RUNTIME_CONNECT_H

#include "state/sim.h"

/* Builds s->links[connection.id] and its coverage, and fills partner fields. Arrays are malloc'd. False with
 * a sentence that begins with the place. */
bool connect_build(sim *s, nsa_connection_id connection, char error[SIM_ERROR_SIZE]);
void connect_free(sim_links *links);

/* Fields of the links and fans, once they are allocated: LINK_TARGET, LINK_DISTANCE, FAN_IN, FAN_OUT. */
void connect_fill_fields(sim *s, nsa_connection_id connection);

/* The target of each link is kept where kernels ask for it, or links have places or delays of their own; else it is
 * known from the order of the links. */
bool connect_keeps_targets(const nsa_program *p, const nsa_connection *c);

/* How many links a connection is expected to have. The lines of a table are counted: no use for builders of its links.
 */
double connect_expected_links(const nsa_program *p, const nsa_connection *c);
/* False: their number follows from what the model computes for each pair, and what is expected is the most. */
bool connect_foresees_links(const nsa_connection *c);

#endif
