/*
 * The upper-case server of the documents: what comes goes back in capitals, over TCP as it comes and over UDP a datagram
 * for a datagram. It has no words of its own, so nothing can be wrong here; a client that hangs up ends it.
 */
#include <stdlib.h>

#include "lab/visit.h"

struct echo {
	struct visit *visit;
	struct buffer reply;
};

static void *echo_begin(struct visit *visit)
{
	struct echo *echo = memory_zeroed(1, sizeof *echo);
	echo->visit = visit;
	return echo;
}

/* ASCII letters alone, as the documents' programs do: an octet of UTF-8 above 127 goes back as it came. */
static void echo_line(void *state, const struct visit_line *line)
{
	struct echo *echo = state;
	buffer_clear(&echo->reply);
	for (size_t i = 0; i < line->text.n; i++)
		buffer_add_octet(&echo->reply, octet_upper(line->text.p[i]));
	buffer_add_slice(&echo->reply, line->event->line_end);
	visit_send(echo->visit, buffer_slice(&echo->reply));
}

static void echo_end(void *state)
{
	struct echo *echo = state;
	buffer_free(&echo->reply);
	free(echo);
}

const struct conduct echo_conduct = { .pieces = true, .begin = echo_begin, .command = echo_line, .end = echo_end };
