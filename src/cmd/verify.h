/*
 * verify's own rooms: what is verified (verify_files.c), one conversation at a time (verify.c), recorded ones
 * (verify_recorded.c), many at once (load.c).
 */
#ifndef PARLANCE_CMD_VERIFY_H
#define PARLANCE_CMD_VERIFY_H

#include "cmd/cmd.h"
#include "cmd/prepared.h"
#include "view/report.h"

struct event_base;
struct verify_source;

/* A conversation that is to be verified. */
struct verified {
	const struct script *script;
	char *name;    /* its file, and of several in it its number */
	char *problem; /* of a session that cannot be read: why; `script` is NULL then */
	bool follows;  /* another conversation of the same file */
};

/* What the words on the command line stand for. With `options` and `sessions` set and else zero it is empty; freed by
 * verify_files_free. */
struct verify_files {
	const struct options *options;
	bool sessions; /* that others recorded */
	size_t others; /* files in folders that do not end in .txt */
	struct verify_source *sources;
	size_t nsources;
	struct verified *list;
	size_t nlist;
};

/* One run of the command. */
struct verifying {
	struct options *options;
	struct event_base *base;
	struct report *report;
	struct record *record; /* -r; NULL: none */
	struct verified *list;
	size_t nlist;
	const char *to, *service; /* a TARGET, or NULL: each transcript's own */
	enum status status;       /* the largest */
	bool interrupted;
};

/* Reads what the words stand for into `scripts`; with --recorded the first word is the script, and the others are sessions.
 * STATUS_USAGE where something cannot be read or holds no conversation; a session that cannot be read is in the list with
 * its problem instead. */
enum status verify_files_read(struct verify_files *scripts, struct verify_files *sessions, int argc, char **argv,
                              struct error *error);
void verify_files_free(struct verify_files *files);

/* The level at which a transcript is compared. */
enum match_level verifying_level(const struct verifying *v, const struct script *script);

/* Tells the report all judgements of `judge` that are out. Returns how many differ. */
size_t verifying_tell(struct verifying *v, const struct script *script, struct judge *judge);

/* Fills a point with what is said of a judgement; it looks into both. */
struct point verifying_point(const struct script *script, const struct judgement *judgement);

/* Compares recorded sessions with the one script of the list. */
void verify_recorded(struct verifying *v, struct verified *sessions, size_t n);

/* Runs all that is in the list many times, and measures. */
void verify_load(struct verifying *v);

#endif
