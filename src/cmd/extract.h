/*
 * What the files of the command extract share: a run of it, and the conversation under way. Known to extract*.c alone.
 */
#ifndef PARLANCE_CMD_EXTRACT_H
#define PARLANCE_CMD_EXTRACT_H

#include "cmd/cmd.h"
#include "script/extract.h"
#include "session/record.h"

/* The lines of a conversation until its end, when its header is known; all zero is none. What is too long for memory goes to a
 * temporary file. */
struct spool {
	struct buffer text;    /* the last lines of it; all of them where there is no `before` */
	struct record *before; /* those before; NULL: none */
};

/* A run over all documents. */
struct extraction {
	const struct options *options;
	const char *document; /* the one under way, as the command line names it */
	uint64_t n;           /* conversations that were found, over all documents */
	uint64_t here;        /* in this one */
	bool several;         /* documents were named */
	struct spool spool;
	enum status worst; /* of what was reported */
	bool over;         /* it makes no sense to go on: nothing can be written */
};

/* ---- extract_spool.c ---- */

void spool_line(struct spool *spool, struct slice line);
/* Whether all of it stands in `text`, for what must see all at once. */
bool spool_short(const struct spool *spool);
/* Gives all of it to `sink`. STATUS_USAGE where it could not be kept. */
enum status spool_read(const struct spool *spool, struct sink sink, struct error *error);
/* Empties it for the next conversation; frees it. */
void spool_clear(struct spool *spool);
void spool_free(struct spool *spool);

/* ---- extract_print.c ---- */

/* Prints the conversation as the options say: a transcript, for people, or its events. */
enum status extraction_print(const struct extraction *x, const struct extracted *about, FILE *out, struct error *error);
/* Writes it to `sink` as a transcript (FORMATS section 5). */
enum status extraction_transcript(const struct extraction *x, const struct extracted *about, enum notes notes,
                                  struct sink sink, struct error *error);

/* ---- extract_list.c ---- */

/* Prints the line of --list, or with --json the object that tells what the conversation is; `written`: to which file it went,
 * or NULL. */
void extraction_list(const struct extraction *x, const struct extracted *about, const char *written, FILE *out);

/* ---- extract_folder.c ---- */

/* Writes the conversation to a file of its own in the folder of -d, which is made where it is missing. `*path` is the
 * caller's (free); NULL where it could not be written. */
enum status extraction_file(const struct extraction *x, const struct extracted *about, char **path,
                            struct error *error);

#endif
