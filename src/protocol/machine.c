/*
 * The machines' hand on the dialogue: the queue of commands that wait, texts of the present event, capabilities.
 */
#include "protocol/machine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/dialogue_state.h"

void *machine_state(const struct dialogue *d)
{
	return d->machine_state;
}

const struct protocol *machine_protocol(const struct dialogue *d)
{
	return d->protocol;
}

bool machine_connected(const struct dialogue *d)
{
	return d->connected;
}

bool machine_undecided(const struct dialogue *d)
{
	return d->undecided;
}

void state_move(struct dialogue *d, unsigned index)
{
	d->state = index;
}

unsigned state_now(const struct dialogue *d)
{
	return d->state;
}

void pending_done(struct dialogue *d)
{
	assert(d->npending > 0);
	d->npending--;
	memmove(d->pending, d->pending + 1, d->npending * sizeof d->pending[0]);
}

/* ---- commands that wait ---- */

static void outstanding_clear(struct outstanding *one)
{
	free(one->verb);
	free(one->tag);
}

/* Makes room for one more at the end: where those who left in front have left half of it, they all move up, which costs
 * each no more than its own coming did. */
static void outstanding_room(struct dialogue *d)
{
	if (d->queue_first + d->nqueue < d->queue_room)
		return;
	if (d->queue_first * 2 > d->queue_room) {
		memmove(d->queue, d->queue + d->queue_first, d->nqueue * sizeof *d->queue);
		d->queue_first = 0;
		return;
	}
	d->queue_room = d->queue_room ? d->queue_room * 2 : 8;
	d->queue = memory_grow(d->queue, d->queue_room, sizeof *d->queue);
}

struct outstanding *outstanding_add(struct dialogue *d, struct dialogue_event *event, const struct entry *row)
{
	if (d->nqueue == OUTSTANDING_MAX) {
		event_problem(d, event,
		              "more than %d commands wait for their replies: the oldest, %s, is lost from view",
		              OUTSTANDING_MAX, outstanding_at(d, 0)->verb);
		outstanding_done(d, 0);
	}
	outstanding_room(d);
	struct outstanding *one = &d->queue[d->queue_first + d->nqueue++];
	*one = (struct outstanding){ .n = event->n, .command = row, .verb = slice_string(event->verb) };
	if (event->tag.n)
		one->tag = slice_string(event->tag);
	return one;
}

struct outstanding *outstanding_at(const struct dialogue *d, size_t i)
{
	return i < d->nqueue ? &d->queue[d->queue_first + i] : NULL;
}

size_t outstanding_count(const struct dialogue *d)
{
	return d->nqueue;
}

void outstanding_done(struct dialogue *d, size_t i)
{
	struct outstanding *one = outstanding_at(d, i);

	assert(one);
	outstanding_clear(one);
	d->nqueue--;
	if (i == 0) /* as most are */
		d->queue_first = d->nqueue ? d->queue_first + 1 : 0;
	else
		memmove(one, one + 1, (d->nqueue - i) * sizeof *one);
}

void outstanding_forget_all(struct dialogue *d)
{
	while (d->nqueue)
		outstanding_done(d, 0);
}

/* ---- the stream of octets ---- */

void counted_begin(struct dialogue *d, enum side side, uint64_t n)
{
	d->flows[side].counted = n;
	d->flows[side].counting = n != 0;
}

uint64_t counted_left(const struct dialogue *d, enum side side)
{
	return d->flows[side].counted;
}

void tls_begin(struct dialogue *d)
{
	d->tls_pending = true;
}

void tls_end(struct dialogue *d)
{
	d->tls_ending = true;
}

void goodbye_said(struct dialogue *d)
{
	d->goodbye = true;
}

void reply_open(struct dialogue *d, bool open)
{
	d->in_reply = open;
}

/* ---- the present event ---- */

#define PROBLEM_BETWEEN "; "

static void sentence_add(struct buffer *b, const char *between, const char *format, va_list ap)
{
	if (b->n)
		buffer_add_string(b, between);
	buffer_vprintf(b, format, ap);
}

void event_note(struct dialogue *d, struct dialogue_event *event, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	sentence_add(&d->note, " ", format, ap);
	va_end(ap);
	event->note = buffer_slice(&d->note);
}

void event_problem(struct dialogue *d, struct dialogue_event *event, const char *format, ...)
{
	va_list ap;
	if (event->nproblems < EVENT_PROBLEMS)
		event->problem_starts[event->nproblems++] = d->problem.n ? d->problem.n + sizeof PROBLEM_BETWEEN - 1
		                                                         : 0;
	va_start(ap, format);
	sentence_add(&d->problem, PROBLEM_BETWEEN, format, ap);
	va_end(ap);
	event->problem = buffer_slice(&d->problem);
}

/* Whether `ref`, which may hold commas itself ("No RFC: …"), stands whole between the commas of `refs`. */
static bool ref_stands(struct slice refs, struct slice ref)
{
	while (refs.n) {
		size_t end = slice_find(refs, SLICE(", "));
		struct slice behind = slice_part(refs, ref.n, refs.n);
		if (slice_starts(refs, ref) && (behind.n == 0 || slice_starts(behind, SLICE(", "))))
			return true;
		refs = slice_part(refs, end + 2, refs.n);
	}
	return false;
}

static void ref_add(struct buffer *refs, struct slice ref)
{
	if (ref_stands(buffer_slice(refs), ref))
		return;
	if (refs->n)
		buffer_add_string(refs, ", ");
	buffer_add_slice(refs, ref);
}

void event_ref(struct dialogue *d, struct dialogue_event *event, const char *ref)
{
	if (ref == NULL)
		return;
	struct slice rest = slice_of(ref), next = SLICE(", RFC ");
	while (rest.n) {
		size_t end = slice_find(rest, next);
		ref_add(&d->ref, slice_part(rest, 0, end));
		rest = slice_part(rest, end + 2, rest.n);
	}
	event->ref = buffer_slice(&d->ref);
}

struct slice event_text(struct dialogue *d, struct slice text)
{
	if (d->ntexts == d->texts_room) {
		d->texts_room = d->texts_room ? d->texts_room * 2 : 8;
		d->texts = memory_grow(d->texts, d->texts_room, sizeof *d->texts);
	}
	char *copy = slice_string(text);
	d->texts[d->ntexts++] = copy;
	return (struct slice){ copy, text.n };
}

struct slice event_upper(struct dialogue *d, struct slice text)
{
	struct slice copy = event_text(d, text);
	char *p = d->texts[d->ntexts - 1];
	for (size_t i = 0; i < copy.n; i++)
		p[i] = octet_upper(p[i]);
	return copy;
}

void texts_forget(struct dialogue *d)
{
	for (size_t i = 0; i < d->ntexts; i++)
		free(d->texts[i]);
	d->ntexts = 0;
}

void event_span_add(struct dialogue_event *event, enum span_kind kind, size_t start, size_t end)
{
	if (event->nspans == EVENT_SPANS)
		return;
	event->spans[event->nspans++] = (struct span){ .kind = kind, .start = start, .end = end };
}

void event_secret(struct dialogue_event *event, size_t start, size_t end, struct slice mask)
{
	if (event->nspans == EVENT_SPANS)
		event->nspans--; /* a colour may be lost, a secret not */
	event->spans[event->nspans++] = (struct span){ .kind = SPAN_SECRET, .start = start, .end = end, .mask = mask };
}

/* What is behind a port and speaks none of our protocols, told by how its first octets begin. TLS is told elsewhere
 * (tls_record.h). */
static const struct {
	const char *begins, *note, *ref;
} strangers[] = {
	{ "HTTP/", "This is an HTTP response: a web server is behind this port.", "RFC 9112 4" },
	{ "SSH-", "This is how an SSH server greets, as on port 22.", "RFC 4253 4.2" },
};

void note_stranger(struct dialogue *d, struct dialogue_event *event)
{
	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		if (!slice_starts(event->text, slice_of(strangers[i].begins)))
			continue;
		event_note(d, event, "%s", strangers[i].note);
		event_ref(d, event, strangers[i].ref);
		return;
	}
	const struct protocol *other = protocol_of_greeting(event->text);
	if (other == NULL || other == d->protocol)
		return;
	event_note(d, event, "This is how a server of the %s greets, as on port %u.", other->title, other->ports[0]);
	event_ref(d, event, other->reference);
}

void line_end_problems(struct dialogue *d, const struct line *line, struct dialogue_event *event, const char *ref)
{
	if (line->described)
		return;
	struct slice inside = line->text;
	if (line->more && inside.n && inside.p[inside.n - 1] == '\r')
		inside.n--; /* its LF may be the next piece's first octet */
	if (slice_find_octet(inside, '\r') < inside.n) {
		event_problem(d, event, "bare CR: a CR stands only before LF");
		event_ref(d, event, ref);
	}
	if (slice_equal(line->end, SLICE("\n"))) {
		event_problem(d, event, "bare LF: lines end in CRLF");
		event_ref(d, event, ref);
	}
	if (line->cut)
		event_problem(d, event, "no line end: the connection was closed in the middle of this line");
}

/* ---- what was learnt ---- */

void capabilities_forget(struct dialogue *d)
{
	for (size_t i = 0; i < d->ncapabilities; i++)
		free(d->capabilities[i]);
	d->ncapabilities = 0;
}

void capability_add(struct dialogue *d, struct slice text)
{
	if (d->ncapabilities == CAPABILITIES_MAX)
		return;
	if (d->ncapabilities == d->capabilities_room) {
		d->capabilities_room = d->capabilities_room ? d->capabilities_room * 2 : 16;
		d->capabilities = memory_grow(d->capabilities, d->capabilities_room, sizeof *d->capabilities);
	}
	d->capabilities[d->ncapabilities++] = slice_string(text);
}

void challenge_keep(struct dialogue *d, struct slice decoded)
{
	buffer_clear(&d->challenge);
	buffer_add_slice(&d->challenge, decoded);
}
