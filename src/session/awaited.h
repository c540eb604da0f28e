/*
 * What a session waits for, in words: so that "it never came" can say what. Known to session.c.
 */
#ifndef PARLANCE_SESSION_AWAITED_H
#define PARLANCE_SESSION_AWAITED_H

#include "base/buffer.h"
#include "protocol/dialogue.h"

/* Commands whose last reply has not come; the oldest are forgotten past this. */
#define AWAITED_MAX 16

/* All zero at first; owns its words (awaited_free). */
struct awaited {
	struct {
		uint64_t n;
		char *verb;
	} commands[AWAITED_MAX];
	size_t ncommands;
	enum class class; /* of the last reply, whose data may be what completes it */
	bool server_spoke, client_spoke;
};

/* Follows the conversation, as it may be shown. */
void awaited_follow(struct awaited *a, const struct dialogue_event *event);

/* Appends "the greeting", "the reply to MAIL", "a reply". Safe to show. */
void awaited_words(const struct awaited *a, const struct dialogue *d, struct buffer *out);

void awaited_free(struct awaited *a);

#endif
