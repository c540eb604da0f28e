/*
 * The options as data: a row each. Known to options*.c alone.
 */
#ifndef PARLANCE_CMD_OPTIONS_TABLE_H
#define PARLANCE_CMD_OPTIONS_TABLE_H

#include "cmd/cmd.h"

enum option_kind {
	OPTION_FLAG,    /* a bool at `offset` */
	OPTION_TEXT,    /* a string at `offset` */
	OPTION_WORDS,   /* a struct words at `offset`: may be given again */
	OPTION_WORD,    /* likewise, one of `choices` */
	OPTION_SECONDS, /* a double at `offset` */
	OPTION_COUNT,   /* a uint64_t at `offset`, from 1 */
	OPTION_OCTETS,  /* likewise, from 0 */
	OPTION_RATE,    /* a double at `offset`, above 0 */
	OPTION_TO,
	OPTION_DEMO, /* its value may be missing, or stand behind a = */
	OPTION_IPV4,
	OPTION_IPV6,
	OPTION_PROTOCOL,
	OPTION_NOTES,
	OPTION_SET,
	OPTION_SET_FILE,
	OPTION_MAP,
	OPTION_HELP,
	OPTION_VERSION
};

/* Every command takes these. */
#define OPTIONS_ALL 0

struct option_row {
	const char *name;
	char letter;
	const char *argument; /* NULL: it has none */
	unsigned groups;      /* enum option_group, or-ed */
	enum option_kind kind;
	size_t offset;
	const char *const *choices;
	const char *help; /* lines of at most 50 columns */
};

extern const struct option_row option_rows[];
extern const size_t option_rows_n;

#endif
