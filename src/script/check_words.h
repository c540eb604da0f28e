/*
 * The words that check_words.c looks for. Known to check_words*.c alone.
 */
#ifndef PARLANCE_SCRIPT_CHECK_WORDS_H
#define PARLANCE_SCRIPT_CHECK_WORDS_H

extern const char *const words_failed[], *const words_softened[];
extern const char *const words_succeeded[], *const words_turned[];

/* A code whose words may not be these, unless the others stand there, too. */
struct words_of_code {
	const char *protocol, *code; /* NULL ends the table */
	const char *words, *unless;  /* `unless` NULL: always */
	const char *why;
};
extern const struct words_of_code words_of_codes[];

#endif
