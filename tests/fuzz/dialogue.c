/*
 * However the same octets are cut into feeds, the events are the same.
 *
 * The first octet chooses the protocol, the second how the rest is cut. Then come lines: one that begins with C is said
 * by the client and one with S by the server (the letter is not part of it), any other by whoever spoke before; one with
 * P is a payload of theirs that is only described.
 */
#include "fuzz.h"

#include "protocol/dialogue.h"
#include "protocol/protocol.h"
#include "view/view.h"

static void take_events(struct dialogue *d, struct buffer *events)
{
	struct dialogue_event event;
	while (dialogue_next(d, &event)) {
		json_event(events, &event);
		buffer_add_octet(events, '\n');
	}
}

/* Feeds octets; where TLS begins, it begins. False where the conversation is over. */
static bool say(struct dialogue *d, enum side side, struct slice s, struct buffer *events)
{
	while (s.n) {
		size_t took = dialogue_feed(d, side, s.p, s.n);
		take_events(d, events);
		s = slice_part(s, took, s.n);
		if (took > 0)
			continue;
		if (!dialogue_tls_pending(d))
			return false;
		dialogue_stage(d, STAGE_TLS, SIDE_CLIENT);
		take_events(d, events);
	}
	return true;
}

static void describe(struct dialogue *d, enum side side, struct slice words, struct buffer *events)
{
	if (dialogue_tls_pending(d))
		return;
	dialogue_payload(d, side, words, words.n);
	take_events(d, events);
}

/* The events of a whole conversation, each line in pieces of at most `piece` octets (0: whole). */
static void converse(const struct protocol *protocol, struct slice lines, unsigned piece, struct buffer *events)
{
	struct dialogue *d = dialogue_new(protocol);
	enum side side = SIDE_SERVER;
	bool open = true;
	unsigned random = piece;
	dialogue_stage(d, STAGE_CONNECT, SIDE_CLIENT);
	take_events(d, events);
	while (lines.n && open) {
		struct slice line = slice_line(&lines);
		if (line.p[0] == 'C' || line.p[0] == 'S') {
			side = line.p[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER;
			line = slice_part(line, 1, line.n);
		}
		if (line.p && line.n && line.p[0] == 'P' && dialogue_unfinished(d, side).n == 0) {
			describe(d, side, line, events);
			continue;
		}
		while (line.n && open) {
			random = random * 1103515245U + 12345U;
			size_t step = piece ? 1 + (random >> 16) % piece : line.n;
			open = say(d, side, slice_part(line, 0, step), events);
			line = slice_part(line, step, line.n);
		}
	}
	dialogue_stage(d, STAGE_CLOSE, SIDE_SERVER);
	take_events(d, events);
	dialogue_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t count = 0;
	while (protocols[count])
		count++;
	if (n < 2)
		return 0;
	size_t which = data[0] % (count + 1); /* the last: recognised */
	if (protocols[which] && protocols[which]->datagrams)
		return 0; /* a datagram comes whole */
	struct slice lines = { (const char *)data + 2, n - 2 };
	struct buffer whole = { 0 }, cut = { 0 };
	converse(protocols[which], lines, 0, &whole);
	converse(protocols[which], lines, 1 + data[1] % 16U, &cut);
	must_equal("the cut conversation gives other events", buffer_slice(&whole), buffer_slice(&cut));
	buffer_free(&whole);
	buffer_free(&cut);
	return 0;
}
