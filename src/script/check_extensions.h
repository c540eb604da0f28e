/*
 * How extensions are seen to be used. Known to check_extensions*.c alone.
 */
#ifndef PARLANCE_SCRIPT_CHECK_EXTENSIONS_H
#define PARLANCE_SCRIPT_CHECK_EXTENSIONS_H

#include <stdbool.h>

/*
 * An extension that words of a command show. (One that has a command of its own is seen by the tables of commands: the
 * keyword is the command's name, or the command needs it.) Lists have commas between their words.
 */
struct extension {
	const char *protocol, *keyword; /* NULL ends the table */
	const char *verbs;              /* of the commands that may hold them */
	const char *words;              /* any of them */
	const char *allowed_by;         /* other keywords that allow the same; NULL: none */
	bool demands; /* whoever uses it must have seen it announced; false: the dialogue says so already, or nobody does */
};
extern const struct extension extensions[];

/* Keywords that say nothing of use: what all servers may have, and what says something of the server alone. */
struct extension_passed {
	const char *protocol;
	const char *const *keywords; /* ended by a NULL */
};
extern const struct extension_passed extensions_passed[];

#endif
