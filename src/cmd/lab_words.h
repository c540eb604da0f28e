/*
 * What the options of `lab` ask for, checked and made ready. Known to lab.c.
 */
#ifndef PARLANCE_CMD_LAB_WORDS_H
#define PARLANCE_CMD_LAB_WORDS_H

#include "cmd/cmd.h"
#include "store/store.h"

struct lab_asked {
	char *host;      /* to listen on */
	bool loopback;   /* that is this machine alone */
	char *machine;   /* its name; NULL: unknown */
	uint64_t which;  /* bit i: servers[i] */
	unsigned *ports; /* by the row in servers */
	struct seed *seed;
	struct store_user_given *users;
};

/* Reads the options --listen --port --only --user --mbox --files --keep --reset. STATUS_USAGE with a message. The caller frees
 * in any case (lab_asked_free). */
enum status lab_asked(const struct options *options, struct lab_asked *asked, struct error *error);
void lab_asked_free(struct lab_asked *asked);

#endif
