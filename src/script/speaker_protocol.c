/*
 * Which protocol two sides speak: each that may be is followed by a dialogue, which tells what of their lines is a command, a
 * reply, or only payload; commands that its tables do not know speak against it.
 */
#include "script/speaker.h"

/* So many lines decide. */
#define LINES_MAX 256
/* A command or reply that surely is the protocol's (speaker_likes). */
#define LIKELY 2

struct tally {
	const struct protocol *protocol;
	struct dialogue *d;
	unsigned weight;         /* of all that speaks for it */
	unsigned known, unknown; /* commands */
	unsigned replies, odd;   /* replies that are the protocol's, and those that are not */
	unsigned sure;           /* lines that hardly anything else has */
};

static void count_command(struct tally *t, unsigned likes)
{
	t->unknown += likes == 0;
	t->known += likes >= LIKELY;
	t->weight += likes >= LIKELY ? likes : 0;
	t->sure += likes > LIKELY;
}

static void count_reply(struct tally *t, unsigned likes)
{
	t->odd += likes < LIKELY;
	t->replies += likes >= LIKELY;
	t->weight += likes >= LIKELY ? likes : 0;
	t->sure += likes > LIKELY;
}

static void count_event(struct tally *t, const struct dialogue_event *event)
{
	unsigned likes = speaker_likes(t->protocol, event->side, event->text);
	if (event->kind == EVENT_COMMAND)
		count_command(t, likes);
	else if (event->kind == EVENT_REPLY || event->kind == EVENT_JUNK)
		count_reply(t, likes);
}

static size_t feed(struct tally *t, enum side side, struct slice octets)
{
	struct dialogue_event event;
	size_t took = dialogue_feed(t->d, side, octets.p, octets.n);
	while (dialogue_next(t->d, &event))
		count_event(t, &event);
	if (took == 0 && dialogue_tls_pending(t->d)) {
		dialogue_assume_tls(t->d);
		took = dialogue_feed(t->d, side, octets.p, octets.n);
		while (dialogue_next(t->d, &event))
			count_event(t, &event);
	}
	return took;
}

static void say(struct tally *t, enum side side, struct slice octets)
{
	while (octets.n) {
		size_t took = feed(t, side, octets);
		if (took == 0)
			return;
		octets = slice_part(octets, took, octets.n);
	}
}

static void follow(struct tally *t, const struct speaker_line *lines, size_t n)
{
	t->d = dialogue_new(t->protocol);
	for (size_t i = 0; i < n && i < LINES_MAX; i++) {
		say(t, lines[i].side, lines[i].text);
		say(t, lines[i].side, SLICE("\r\n"));
	}
	dialogue_free(t->d);
}

/* Whether what was said may be the protocol's: more commands are its than not, or where none is said, more replies; and one
 * line at least is written so in few others. */
static bool may_be(const struct tally *t)
{
	if (t->known || t->unknown)
		return t->known > t->unknown && t->replies >= t->odd;
	return t->sure && t->replies > t->odd;
}

/* Whether it is worth following: some line is likely the protocol's. */
static bool is_likely(const struct protocol *protocol, const struct speaker_line *lines, size_t n)
{
	for (size_t i = 0; i < n && i < LINES_MAX; i++)
		if (speaker_likes(protocol, lines[i].side, lines[i].text) >= LIKELY)
			return true;
	return false;
}

const struct protocol *speaker_protocol(const struct speaker_line *lines, size_t n, unsigned *weight)
{
	struct tally best = { .protocol = NULL };
	for (size_t i = 0; protocols[i]; i++) {
		struct tally t = { .protocol = protocols[i] };
		if (protocols[i]->bare || !is_likely(protocols[i], lines, n))
			continue;
		follow(&t, lines, n);
		if (may_be(&t) && t.weight > best.weight)
			best = t;
	}
	if (weight)
		*weight = best.weight;
	return best.protocol;
}
