/* SPDX-License-Identifier: MIT */
/* connect_columns.h - what the table of a rule FILE says of each link beside its ends. */
#ifndef NSA_RUNTIME_CONNECT_COLUMNS_H
#define NSA_RUNTIME_CONNECT_COLUMNS_H

#include "links/connect_build.h"

/* Into links->columns, when the links are built: by column of the connection, then link, in internal units. False with
 * a sentence in b->error. */
bool columns_read(link_builder *b, sim_links *links);

#endif
