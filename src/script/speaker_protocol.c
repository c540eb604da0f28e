/*
 * Which protocol two sides speak: each that may be is followed by a dialogue, which tells what of their lines is a command, a
 * reply, or only payload; commands that its tables do not know speak against it.
 */
#include "script/speaker.h"

#include "script/notation.h"

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
	unsigned sure;           /* replies that hardly anything else has */
	bool greeted;            /* it begins as such a server greets */
	bool begun;
};

/* Whether a line that counts for nothing is what the other side would say: printed under the wrong side, as happens. */
static bool is_swapped(const struct tally *t, const struct dialogue_event *event)
{
	enum side other = event->side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
	return speaker_likes(t->protocol, other, event->text) >= LIKELY;
}

static void count_command(struct tally *t, const struct dialogue_event *event)
{
	unsigned likes = speaker_likes(t->protocol, SIDE_CLIENT, event->text);
	t->unknown += likes == 0 && !is_swapped(t, event);
	t->known += likes >= LIKELY;
	t->weight += likes >= LIKELY ? likes : 0;
}

static void count_reply(struct tally *t, const struct dialogue_event *event)
{
	bool answers = t->protocol->tagged && event->answers && event_span(event, SPAN_TAG);
	unsigned likes = speaker_likes(t->protocol, SIDE_SERVER, event->text);
	likes = answers && likes >= LIKELY ? LIKELY + 1 : likes;
	/* a line where none is due, as of a list: it may be the rest of what an extract leaves out */
	unsigned least = event->kind == EVENT_JUNK ? 1 : LIKELY;
	bool odd = likes < least && !is_swapped(t, event);
	t->odd += odd;
	t->replies += likes >= LIKELY;
	t->weight += likes >= LIKELY ? likes : 0;
	t->sure += likes > LIKELY;
	if (!t->begun)
		t->greeted = t->protocol->greeting(event->text) > LIKELY;
}

/* Only what begins a command or a reply counts: the rest of a line behind a literal, or the text inside a reply of several
 * lines, may be anything. */
static void count_event(struct tally *t, const struct dialogue_event *event)
{
	bool begins = event_span(event, SPAN_VERB) || event_span(event, SPAN_CODE) || event_span(event, SPAN_TAG);
	if (event->kind == EVENT_COMMAND && begins)
		count_command(t, event);
	else if ((event->kind == EVENT_REPLY && begins) || (event->kind == EVENT_JUNK && t->protocol->server_first))
		count_reply(t, event);
	t->begun = true;
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

/* The conversation begins behind its greeting: the dialogue must have seen one, or it takes the first reply for it. */
static void greet(struct tally *t)
{
	struct dialogue_event event;
	struct slice line = t->protocol->tagged                                     ? SLICE("* OK\r\n")
	                    : t->protocol->one_code || t->protocol->data_connection ? SLICE("220\r\n")
	                                                                            : SLICE("+OK\r\n");
	dialogue_feed(t->d, SIDE_SERVER, line.p, line.n);
	while (dialogue_next(t->d, &event))
		continue;
}

/* `<wait for connection>`, `...`: nobody says that. */
static bool is_aside(struct slice text)
{
	static const char signs[] = "=/\"@";
	struct slice trimmed = slice_trim(text);
	bool bracket = trimmed.n && trimmed.p[0] == '<' && slice_find_octet(trimmed, ' ') < trimmed.n;
	for (const char *sign = signs; *sign; sign++)
		bracket = bracket && slice_find_octet(trimmed, *sign) == trimmed.n;
	return bracket || notation_left_out(text, NULL);
}

static void follow(struct tally *t, const struct speaker_line *lines, size_t n)
{
	t->d = dialogue_new(t->protocol);
	for (size_t i = 0, said = 0; i < n && i < LINES_MAX; i++) {
		if (is_aside(lines[i].text))
			continue;
		bool greets = lines[i].side == SIDE_SERVER && t->protocol->greeting(lines[i].text);
		if (said++ == 0 && t->protocol->server_first && !greets)
			greet(t);
		say(t, lines[i].side, lines[i].text);
		say(t, lines[i].side, SLICE("\r\n"));
	}
	dialogue_free(t->d);
}

/* Whether what was said may be the protocol's: more commands are its than not, and more replies; where no command is, one
 * reply at least is written so in few others. IMAP's replies say more than others': its commands may be new ones. */
static bool may_be(const struct tally *t)
{
	if (t->odd && t->replies + (t->sure > 0) <= t->odd)
		return false;
	if (t->greeted && t->known + t->replies > t->unknown + t->odd)
		return true;
	if (t->known || t->unknown)
		return t->known > t->unknown || (t->protocol->tagged && t->sure && t->known == t->unknown);
	return t->sure > 0;
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
