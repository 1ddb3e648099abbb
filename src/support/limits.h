/* SPDX-License-Identifier: MIT */
/* limits.h - each limit of the compiler, with its reason. A model that exceeds one gets E0901, which
 * names the limit; nothing else in the compiler bounds what a model may hold. */
#ifndef NSA_SUPPORT_LIMITS_H
#define NSA_SUPPORT_LIMITS_H

/* Brackets, blocks and expressions inside one another. Later walks over the tree are recursive; at
 * 256 levels none of them comes near the end of a stack. */
#define LIMIT_NESTING 256

/* Bytes of a name. Names become names of files and of HDF5 groups. */
#define LIMIT_NAME_BYTES 255

/* Bytes of a number's literal: more digits than this carry no information in a double. */
#define LIMIT_NUMBER_BYTES 255

/* Bytes of a source file; spans hold offsets in 32 bits, and no author writes 16 MB. */
#define LIMIT_FILE_BYTES (16u * 1024u * 1024u)

/* Tokens of a file: bounds the memory of a parse to some hundred MB. */
#define LIMIT_TOKENS 10000000u

/* Length of a number in an exponent of a unit (cm^2, s^0.5): they go in quarters up to 31. */
#define LIMIT_UNIT_EXPONENT_BYTES 8u

/* Syntax errors of one file after which the rest is not read: a file that is no model at all would
 * otherwise give one error a line. */
#define LIMIT_SYNTAX_ERRORS 100u

/* Levels and nodes of a checked expression. Bodies of functions count at each call, and shared parts at each use. Later
 * stages walk expressions recursively, and functions that double their argument grow fast. */
#define LIMIT_EXPR_DEPTH 4000
#define LIMIT_EXPR_NODES 200000

/* Files that import or extend one another. */
#define LIMIT_IMPORT_DEPTH 32

/* Rounds of a `for`, and images of a pattern: each becomes an entry of the program. */
#define LIMIT_ROUNDS 100000u

/* Timescales of a model (the clock of a kernel holds so many) and events of a component (a flag word). */
#define LIMIT_TIMESCALES 16u
#define LIMIT_EVENTS 32u

/* Equations of a component: solvers write down how each acts on each other, and a kernel computes all of them. */
#define LIMIT_EQUATIONS 5000u

/* Numbers of a channel of an environment: each is written at each of its steps. */
#define LIMIT_CHANNEL 100000000u

/* Choices, or numbers, of an action. */
#define LIMIT_ACTION 65535u

/* Bytes that the variables of all populations may take, and links of a connection: more than fits into
 * a large workstation; beyond it a typing error is likelier than an intention. */
#define LIMIT_STATE_BYTES (16.0 * 1024 * 1024 * 1024)
#define LIMIT_LINKS 2.0e9

/* Steps of a run: their numbers are exact in a double, with room for some more behind the end. */
#define LIMIT_TICKS 9.0e15

/* Steps from one sample of a recording to the next: 32 bits. */
#define LIMIT_PERIOD_TICKS 4.0e9

/* Steps of the fastest timescale that a delay may last: a link holds it in 16 bits, and every neuron keeps its
 * events of that many steps. */
#define LIMIT_DELAY_TICKS 65535

#endif
