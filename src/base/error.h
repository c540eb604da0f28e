/*
 * One way to fail: a function that can fail returns an exit status (0 is success) and fills a message where the
 * cause is known.
 */
#ifndef PARLANCE_BASE_ERROR_H
#define PARLANCE_BASE_ERROR_H

/* What the program ends with; the words are DESIGN's, the numbers the contract. */
enum status {
	STATUS_OK = 0,           /* done, whatever codes came */
	STATUS_DIFFERED = 1,     /* differed, broke the protocol, nothing found */
	STATUS_USAGE = 2,        /* usage, unreadable or unparsable input */
	STATUS_CONNECTION = 3,   /* no connection, or lost too early */
	STATUS_TLS = 4,          /* TLS failed or was refused */
	STATUS_TIMEOUT = 5,      /* nothing came in time */
	STATUS_INTERRUPTED = 130 /* after ^C */
};

/* All zero is no error. `message` reads `what: why`, with a next step where one helps; owned here. */
struct error {
	enum status status;
	char *message;
};

/* Fills `*error`, freeing what it held, and returns `status`. The message holds no line end and no raw peer octets:
 * pass those through escape_text first. */
enum status error_set(struct error *error, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Prints `parlance: MESSAGE` to stderr and forgets it; nothing where there is none. */
void error_report(struct error *error);

/* Prints one `parlance: …` line to stderr, made safe by escape_text. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Frees what it holds and leaves it without an error. */
void error_clear(struct error *error);

#endif
