/* SPDX-License-Identifier: MIT */
/* export.c - the verb: the network is made as for a run, and its links are written. */
#include "driver/export.h"
#include "nsa_session.h"
#include "nsa_text.h"
#include "support/file.h"

#include <errno.h>
#include <stdlib.h>

static int complain(const char *message) {
  nsa_complain("nsa export", "%s", message);
  return 2;
}

static const char *folder_of(arena *a, const arguments *args, const nsa_program *program) {
  const char *out = args->values[ARGUMENT_export_out];
  return out != NULL ? out : arena_printf(a, "%s.edges", program->name);
}

/* Neighbours that a run needs no links for are links here. */
static nsa_program with_all_links(arena *a, const nsa_program *program) {
  nsa_program all = *program;
  all.connections = ARENA_ARRAY(a, nsa_connection, (size_t)program->connections_count + 1);
  memcpy(all.connections, program->connections, program->connections_count * sizeof *all.connections);
  for (uint32_t k = 0; k < all.connections_count; k++)
    all.connections[k].is_stencil = 0;
  return all;
}

static const char *write_edges(arena *a, const arguments *args, const compilation *c, const nsa_inputs *inputs,
                               const char *folder) {
  char *error = ARENA_ARRAY(a, char, NSA_SESSION_ERROR);
  nsa_program program = with_all_links(a, c->ir->program);
  nsa_session *session =
      nsa_session_open(&program, inputs, c->entries, (int)args->run.len, args->run.data, c->options->starter, 1, error);
  if (session == NULL)
    return error;
  bool is_good = nsa_session_edges(session, folder, error);
  nsa_session_close(session);
  return is_good ? NULL : error;
}

static int export_compiled(arena *a, const arguments *args, const compilation *c) {
  char *error = ARENA_ARRAY(a, char, NSA_SESSION_ERROR);
  const nsa_program *program = c->ir->program;
  const char *folder = folder_of(a, args, program), *wrong;
  if (program->connections_count == 0)
    return complain("the model has no connections, and so no edges");
  if (!file_make_folder(folder))
    return complain(arena_printf(a, "cannot make the folder %s: %s", folder, strerror(errno)));
  nsa_inputs *inputs = nsa_inputs_read(program, error);
  if (inputs == NULL)
    return complain(error);
  wrong = write_edges(a, args, c, inputs, folder);
  nsa_inputs_free(inputs);
  if (wrong != NULL)
    return complain(wrong);
  fprintf(stderr, "%u connection%s in %s\n", program->connections_count, program->connections_count == 1 ? "" : "s",
          folder);
  return 0;
}

int export_main(arena *a, const arguments *args, compile_options options) {
  compilation c;
  if (args->values[ARGUMENT_edges] == NULL)
    return complain("say what: --edges, the links of all connections");
  options.needs_run = true;
  int code = compile_telling(&c, &options, STAGE_LINK, "export");
  if (!code)
    code = export_compiled(a, args, &c);
  return compile_end(&c, code);
}
