/*
 * What the files of the command check share: a run of it. Known to check*.c alone.
 */
#ifndef PARLANCE_CMD_CHECK_H
#define PARLANCE_CMD_CHECK_H

#include "cmd/cmd.h"
#include "script/check.h"

struct checks {
	const struct options *options;
	FILE *out;               /* where findings go */
	bool people;             /* they are printed for people */
	size_t errors, warnings; /* so far */
	size_t files;            /* that were read */
};

/* ---- check_print.c ---- */

/* Prints what was found in one conversation. */
void checks_print(const struct checks *checks, const struct script *script, const struct findings *found);
/* Says of a file's `n` conversations how many mistakes they hold (-v). */
void checks_file(const char *name, const struct findings *found, size_t n);
/* The closing line, for people. */
void checks_sum(const struct checks *checks);

/* ---- check_fix.c ---- */

/* Whether the corrected copy of that file goes to standard output. */
bool fix_to_stdout(const struct options *options, const char *name);
/* Writes a copy of the file's conversations with all that is certain put right, and says what came of it. */
enum status fix_file(const struct checks *checks, const char *name, const struct script *scripts, size_t n,
                     const struct findings *found, struct error *error);

#endif
