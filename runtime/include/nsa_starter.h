/* SPDX-License-Identifier: MIT */
/* nsa_starter.h - the small process that starts what `--environment` names; it keeps the rights that this process gives
 * away (nsa_sandbox.h). */
#ifndef NSA_STARTER_H
#define NSA_STARTER_H

typedef struct nsa_starter nsa_starter;

#define NSA_NO_STARTER 0 /* in the place of a socket: nothing can be started */

/* Before there are threads, and before anything is read that could be hostile. NULL with errno. */
nsa_starter *nsa_starter_begin(void);
/* For nsa_run_info and sessions. NSA_NO_STARTER for NULL. */
int nsa_starter_socket(const nsa_starter *starter);
/* After it has ended. The terminal is as it was at the begin. NULL is allowed. */
void nsa_starter_end(nsa_starter *starter);

#endif
