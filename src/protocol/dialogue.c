/*
 * The dialogue: octets of either side in, events out.
 *
 * Feeding only gathers one line (or piece of a line, or counted octets); the event is made when it is asked for, by the
 * protocol's machine. So there is one event at a time, and its texts live until the next.
 */
#include "protocol/dialogue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "protocol/dialogue_state.h"
#include "protocol/machine.h"
#include "protocol/protocol.h"
#include "protocol/tls_record.h"

/* The longest line end. */
#define LINE_END_MAX 2

/* The protocol that stands in until one is recognised. */
#define UNDECIDED SLICE("tcp")

static void machine_begin(struct dialogue *d, const struct protocol *protocol)
{
	d->protocol = protocol;
	d->state = 0;
	d->machine_state = memory_zeroed(1, protocol->machine->size);
	if (protocol->machine->begin)
		protocol->machine->begin(d);
}

static void machine_end(struct dialogue *d)
{
	if (d->protocol->machine->end)
		d->protocol->machine->end(d);
	free(d->machine_state);
	d->machine_state = NULL;
}

struct dialogue *dialogue_new(const struct protocol *protocol)
{
	struct dialogue *d = memory_zeroed(1, sizeof *d);
	d->undecided = protocol == NULL;
	machine_begin(d, protocol ? protocol : protocol_named(UNDECIDED));
	return d;
}

void dialogue_free(struct dialogue *d)
{
	if (d == NULL)
		return;
	machine_end(d);
	outstanding_forget_all(d);
	free(d->queue);
	capabilities_forget(d);
	free(d->capabilities);
	texts_forget(d);
	free(d->texts);
	buffer_wipe(&d->challenge);
	buffer_free(&d->greeting);
	buffer_free(&d->described);
	buffer_free(&d->note);
	buffer_free(&d->ref);
	buffer_free(&d->problem);
	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		buffer_wipe(&d->flows[side].line);
		event_forget(d->flows[side].first_piece);
		buffer_free(&d->flows[side].blame);
	}
	free(d);
}

/* ---- gathering ---- */

static void pending_add(struct dialogue *d, struct pending pending)
{
	assert(d->npending < sizeof d->pending / sizeof d->pending[0]);
	d->pending[d->npending++] = pending;
}

/* Whether what was gathered makes an event: a whole line, more than fits an event, or the end of a count. */
static bool gathered(const struct flow *flow)
{
	if (flow->line.n == 0)
		return false;
	if (flow->line.p[flow->line.n - 1] == '\n')
		return true;
	if (flow->counting && flow->counted == 0)
		return true;
	return flow->line.n == EVENT_TEXT_MAX + LINE_END_MAX;
}

/* Where lines need no end, what the other side has said without one is done once this side answers. */
static void answered_unended(struct dialogue *d, enum side side)
{
	enum side other = side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
	if (d->protocol->machine->silence_ends_replies && d->flows[other].line.n)
		pending_add(d, (struct pending){ .kind = PENDING_LINE, .side = other, .silent = true });
}

size_t dialogue_feed(struct dialogue *d, enum side side, const char *octets, size_t n)
{
	assert(d->npending == 0);
	struct flow *flow = &d->flows[side];
	if (d->tls_pending || flow->closed)
		return 0;
	if (d->protocol->datagrams) {
		buffer_add(&flow->line, octets, n);
		pending_add(d, (struct pending){ .kind = PENDING_LINE, .side = side, .datagram = true });
		return n;
	}
	if (n == 0)
		return 0;
	/* Two octets more than an event's text are looked at, so that a line end is never cut off its line. */
	size_t room = EVENT_TEXT_MAX + LINE_END_MAX - flow->line.n;
	size_t take = n < room ? n : room;
	if (flow->counting && take > flow->counted)
		take = (size_t)flow->counted;
	answered_unended(d, side);
	const char *end = memchr(octets, '\n', take);
	if (end)
		take = (size_t)(end - octets) + 1;
	buffer_add(&flow->line, octets, take);
	if (flow->counting)
		flow->counted -= take;
	if (gathered(flow))
		pending_add(d, (struct pending){ .kind = PENDING_LINE, .side = side });
	return take;
}

void dialogue_stage(struct dialogue *d, enum stage stage, enum side side)
{
	assert(d->npending == 0);
	if (stage == STAGE_CLOSE) {
		if (d->flows[side].closed)
			return;
		for (enum side s = SIDE_CLIENT; s <= SIDE_SERVER; s++)
			if ((s == side || side == SIDE_SERVER) && d->flows[s].line.n)
				pending_add(d, (struct pending){ .kind = PENDING_LINE, .side = s, .cut = true });
		d->flows[side].closed = true;
		if (side == SIDE_SERVER)
			d->flows[SIDE_CLIENT].closed = true;
	}
	if (stage == STAGE_CONNECT)
		d->connected = true;
	pending_add(d, (struct pending){ .kind = PENDING_STAGE, .side = side, .stage = stage });
}

void dialogue_payload(struct dialogue *d, enum side side, struct slice text, uint64_t octets)
{
	assert(d->npending == 0 && !d->tls_pending);
	buffer_clear(&d->described);
	buffer_add_slice(&d->described, text);
	pending_add(d, (struct pending){ .kind = PENDING_DESCRIBED, .side = side, .octets = octets });
}

void dialogue_aside(struct dialogue *d, enum side side, struct slice text, struct slice line_end, bool first)
{
	struct pending pending = { .kind = PENDING_ASIDE, .side = side, .line_end = line_end.n, .first = first };
	assert(d->npending == 0 && !d->tls_pending && line_end.n <= 2);
	buffer_clear(&d->described);
	buffer_add_slice(&d->described, text);
	pending.octets = text.n + line_end.n;
	pending_add(d, pending);
}

void dialogue_quiet(struct dialogue *d)
{
	assert(d->npending == 0);
	const struct machine *machine = d->protocol->machine;
	d->silent = true;
	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
		if (machine->silence_ends_replies && d->flows[side].line.n)
			pending_add(d, (struct pending){ .kind = PENDING_LINE, .side = side, .silent = true });
	if (machine->quiet && d->npending == 0)
		machine->quiet(d);
}

/* Whatever of a line, or of octets by count, is under way on that side is forgotten. */
static void flow_forget(struct flow *flow)
{
	buffer_clear(&flow->line);
	flow->used = 0;
	flow->continued = flow->counting = false;
	flow->counted = 0;
	event_forget(flow->first_piece);
	flow->first_piece = NULL;
}

/* All begins anew, as on a connection that is just there. */
static void restart(struct dialogue *d, struct dialogue_event *event)
{
	machine_end(d);
	outstanding_forget_all(d);
	reply_open(d, false);
	machine_begin(d, d->protocol);
	buffer_clear(&d->greeting);
	buffer_clear(&d->challenge);
	d->spoken = d->silent = false;
	event->phase = PHASE_ENCRYPT;
}

/*
 * TLS has begun: what was learnt in the clear is forgotten (RFC 3207 section 4.2). Where the server has greeted, it does
 * not do so again (RFC 2595 section 4), even if TLS came without being agreed on.
 */
static void tls_begun(struct dialogue *d, struct dialogue_event *event)
{
	bool agreed = d->tls_pending;
	d->tls_pending = d->tls_ending = false;
	d->secure = true;
	if (d->flows[SIDE_SERVER].closed)
		return;
	d->goodbye = false; /* in the clear anybody can have said it */
	capabilities_forget(d);
	flow_forget(&d->flows[SIDE_CLIENT]);
	flow_forget(&d->flows[SIDE_SERVER]);
	if (agreed || (d->protocol->server_first && d->state != 0))
		d->protocol->machine->stage(d, STAGE_TLS, SIDE_CLIENT, event);
	else
		restart(d, event);
}

/* Forgets the texts of the last event. */
static void texts_begin(struct dialogue *d)
{
	texts_forget(d);
	buffer_clear(&d->note);
	buffer_clear(&d->ref);
	buffer_clear(&d->problem);
}

void dialogue_assume_tls(struct dialogue *d)
{
	struct dialogue_event unseen = { 0 };
	tls_begun(d, &unseen);
}

/* ---- recognising ---- */

/* So much of what a server says before the protocol is known is kept for the machine that takes over, in octets. */
#define GREETING_MAX 65536

/* Another machine takes over; what the server has said so far is told to it, unseen. */
static void become(struct dialogue *d, const struct protocol *protocol)
{
	machine_end(d);
	outstanding_forget_all(d);
	d->undecided = false;
	machine_begin(d, protocol);
	for (struct slice rest = buffer_slice(&d->greeting); rest.n;) {
		struct slice text = slice_line(&rest);
		struct dialogue_event unseen = { .kind = EVENT_JUNK, .side = SIDE_SERVER };
		struct line line = { .side = SIDE_SERVER, .end = SLICE("\r\n"), .first = true };
		unseen.text = line.text = slice_part(text, 0, text.n - 1);
		protocol->machine->server(d, &line, &unseen);
	}
	texts_begin(d); /* what it said of the unseen events */
}

/* By what the server says before anybody else, each line of it, or else by what the client says first. */
static const struct protocol *recognised(const struct dialogue *d, const struct line *line)
{
	struct slice said = buffer_slice(&d->greeting), first = slice_line(&said);
	if (first.n)
		first.n--;
	if (line->side == SIDE_CLIENT)
		return protocol_of_command(line->text, first);
	const struct protocol *found = protocol_of_greeting(line->text);
	return found && first.n && found->greeting(first) == 0 ? NULL : found;
}

static void recognise(struct dialogue *d, const struct line *line)
{
	const struct protocol *found = recognised(d, line);
	if (found) {
		become(d, found);
	} else if (line->side == SIDE_CLIENT) {
		d->undecided = false;
	} else if (d->greeting.n + line->text.n < GREETING_MAX) {
		buffer_add_slice(&d->greeting, line->text);
		buffer_add_octet(&d->greeting, '\n');
	}
}

/* ---- making events ---- */

static struct slice line_end_of(struct slice gathered_octets)
{
	size_t n = gathered_octets.n;
	if (n == 0 || gathered_octets.p[n - 1] != '\n')
		return (struct slice){ gathered_octets.p + n, 0 };
	size_t length = n > 1 && gathered_octets.p[n - 2] == '\r' ? 2 : 1;
	return slice_part(gathered_octets, n - length, n);
}

/* What stands gathered, as one line or piece; `*used` gets how many of the gathered octets it is. */
static struct line line_gathered(const struct flow *flow, const struct pending *pending, size_t *used)
{
	struct slice all = buffer_slice(&flow->line);
	struct slice end = pending->datagram ? slice_part(all, all.n, all.n) : line_end_of(all);
	struct line line = { .side = pending->side, .end = end, .first = !flow->continued, .cut = pending->cut };
	line.text = slice_part(all, 0, all.n - end.n);
	line.counted = flow->counting;
	line.last = flow->counting && flow->counted == 0;
	*used = all.n;
	if (line.text.n > EVENT_TEXT_MAX) {
		line.text = slice_part(all, 0, EVENT_TEXT_MAX);
		line.end = (struct slice){ all.p + EVENT_TEXT_MAX, 0 };
		line.more = true;
		line.last = false;
		*used = EVENT_TEXT_MAX;
	}
	return line;
}

/* The later pieces of a line are what its first one was. */
static void carry(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	const struct dialogue_event *first = d->flows[line->side].first_piece;
	if (line->first || first == NULL)
		return;
	event->kind = first->kind;
	event->verb = first->verb;
	event->phase = first->phase;
	event->tag = first->tag;
	event->code = first->code;
	event->enhanced = first->enhanced;
	event->keyword = first->keyword;
	event->class = first->class;
	event->has_final = first->has_final;
	if (first->note.n && (first->kind != EVENT_DATA || first->keyword.n)) /* of data it tells what begins there */
		event_note(d, event, SLICE_FMT, SLICE_ARG(first->note));
	if (first->ref.n)
		event_ref(d, event, first->ref.p);
	event->decoded_secret = first->decoded_secret;
	for (size_t i = 0; i < first->nspans; i++) /* a secret that ran to the piece's end goes on */
		if (first->spans[i].kind == SPAN_SECRET && first->spans[i].end == first->text.n)
			event_secret(event, 0, event->text.n, (struct slice){ NULL, 0 });
}

static void carry_begin(struct flow *flow, const struct line *line, const struct dialogue_event *event)
{
	if (!line->first)
		return;
	event_forget(flow->first_piece);
	flow->first_piece = line->more ? event_keep(event) : NULL;
}

/* Whether the line is TLS where text is wanted: a record stands where a command or a reply would begin. */
static bool mistaken(const struct dialogue *d, const struct line *line)
{
	if (d->secure || !line->first || line->counted || line->described || !tls_record_begins(line->text))
		return false;
	enum input input = dialogue_input(d);
	return line->side == SIDE_CLIENT ? input == INPUT_COMMAND : input != INPUT_OPAQUE && !d->in_reply;
}

static void event_of_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_JUNK;
	event->text = line->text;
	event->line_end = line->end;
	event->more = line->more;
	d->spoken = true;
	d->heard = d->heard || line->side == SIDE_SERVER;
	if (d->undecided && line->first && !line->counted)
		recognise(d, line);
	const struct machine *machine = d->protocol->machine;
	struct flow *flow = &d->flows[line->side];
	carry(d, line, event);
	if (mistaken(d, line))
		tls_record_note(d, line->side, line->end, event);
	(line->side == SIDE_CLIENT ? machine->client : machine->server)(d, line, event);
	struct outstanding *last = d->nqueue ? outstanding_at(d, d->nqueue - 1) : NULL;
	if (last && last->n == event->n)
		last->amiss = event->problem.n > 0;
	carry_begin(flow, line, event);
}

/* Makes the event of the line that stands first in `pending`; the flow keeps what is left of it. */
static void next_line(struct dialogue *d, struct dialogue_event *event)
{
	struct pending *pending = &d->pending[0];
	struct flow *flow = &d->flows[pending->side];
	buffer_drop(&flow->line, flow->used);
	flow->used = 0;
	size_t used = 0;
	struct line line = line_gathered(flow, pending, &used);
	event->octets = used;
	event_of_line(d, &line, event);
	flow->used = used; /* dropped later: the event still looks at it */
	flow->continued = line.more;
	if (line.last)
		flow->counting = flow->counted != 0;
	/* The rest of a line that is gathered whole, or was cut, is an event of its own. */
	struct slice rest = slice_part(buffer_slice(&flow->line), used, flow->line.n);
	bool whole = rest.n && (pending->cut || pending->silent || pending->datagram || rest.p[rest.n - 1] == '\n' ||
	                        (line.counted && flow->counted == 0));
	if (!whole)
		pending_done(d);
}

static void closed(struct dialogue *d, enum side side, struct dialogue_event *event)
{
	d->protocol->machine->stage(d, STAGE_CLOSE, side, event);
	if (side == SIDE_SERVER && d->spoken && !d->heard && !d->secure && !d->protocol->datagrams)
		tls_record_silence(d, event);
}

static void next_stage(struct dialogue *d, struct dialogue_event *event)
{
	struct pending pending = d->pending[0];
	pending_done(d);
	event->kind = EVENT_STAGE;
	event->stage = pending.stage;
	event->text = slice_of(stage_name(pending.stage));
	if (pending.stage == STAGE_TLS)
		tls_begun(d, event);
	else if (pending.stage == STAGE_CLOSE)
		closed(d, pending.side, event);
}

static void next_described(struct dialogue *d, struct dialogue_event *event)
{
	struct pending pending = d->pending[0];
	pending_done(d);
	struct flow *flow = &d->flows[pending.side];
	struct line line = {
		.side = pending.side, .text = buffer_slice(&d->described), .first = true, .described = true
	};
	line.counted = line.last = flow->counting; /* it stands for all that is counted */
	flow->counting = false;
	flow->counted = 0;
	event->octets = pending.octets;
	event_of_line(d, &line, event);
	event->kind = EVENT_DATA;
}

/* What goes over the other connection is explained once. */
static void next_aside(struct dialogue *d, struct dialogue_event *event)
{
	static const char ends[] = "\r\n";
	struct pending pending = d->pending[0];
	next_described(d, event);
	event->aside = true;
	event->line_end = (struct slice){ ends + 2 - pending.line_end, pending.line_end };
	if (!pending.first)
		event->note = event->ref = event->problem = SLICE("");
}

/* What was told from outside of the line that this event is. */
static void blame(struct dialogue *d, struct dialogue_event *event)
{
	struct buffer *told = &d->flows[event->side].blame;
	if (told->n == 0 || event_span(event, SPAN_COUNT) == NULL)
		return;
	event_problem(d, event, SLICE_FMT, SLICE_ARG(buffer_slice(told)));
	buffer_clear(told);
}

/* What was said of an event that nobody sees (a reply that was never ended) may have moved the buffers since this event's
 * texts were looked at. */
static void texts_settle(const struct dialogue *d, struct dialogue_event *event)
{
	event->note.p = event->note.n ? d->note.p : NULL;
	event->ref.p = event->ref.n ? d->ref.p : NULL;
	event->problem.p = event->problem.n ? d->problem.p : NULL;
}

bool dialogue_next(struct dialogue *d, struct dialogue_event *event)
{
	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		buffer_drop(&d->flows[side].line, d->flows[side].used);
		d->flows[side].used = 0;
	}
	if (d->npending == 0)
		return false;
	texts_begin(d);
	*event = (struct dialogue_event){ .n = ++d->n, .t = -1, .side = d->pending[0].side };
	switch (d->pending[0].kind) {
	case PENDING_LINE:
		next_line(d, event);
		break;
	case PENDING_STAGE:
		next_stage(d, event);
		break;
	case PENDING_DESCRIBED:
		next_described(d, event);
		break;
	case PENDING_ASIDE:
		next_aside(d, event);
		break;
	}
	blame(d, event);
	texts_settle(d, event);
	event->protocol = d->protocol->name;
	event->state = dialogue_state(d);
	event->secure = d->secure;
	if (d->tls_ending)
		d->secure = false;
	if (event->side == SIDE_CLIENT && !event->secure && event_span(event, SPAN_SECRET))
		d->told_secret = true;
	return true;
}

/* ---- what a script changes ---- */

uint64_t dialogue_due(const struct dialogue *d, enum side side)
{
	return d->flows[side].counting ? d->flows[side].counted : 0;
}

void dialogue_recount(struct dialogue *d, enum side side, uint64_t n)
{
	assert(d->flows[side].counting && d->flows[side].line.n == d->flows[side].used);
	counted_begin(d, side, n);
}

void dialogue_blame(struct dialogue *d, enum side side, struct slice problem)
{
	buffer_clear(&d->flows[side].blame);
	buffer_add_slice(&d->flows[side].blame, problem);
}

/* ---- what it knows ---- */

enum side dialogue_turn(const struct dialogue *d)
{
	/* Who speaks first is not known yet: it is the server's turn until it is silent. */
	if (d->undecided && !d->spoken && !d->silent)
		return SIDE_SERVER;
	return d->protocol->machine->turn(d);
}

enum input dialogue_input(const struct dialogue *d)
{
	if (d->flows[SIDE_CLIENT].closed || d->tls_pending)
		return INPUT_NOTHING;
	if (d->flows[SIDE_CLIENT].counting)
		return INPUT_COUNTED;
	return d->protocol->machine->input(d);
}

uint64_t dialogue_counted(const struct dialogue *d)
{
	return d->flows[SIDE_CLIENT].counted;
}

const struct protocol *dialogue_protocol(const struct dialogue *d)
{
	return d->protocol;
}

const char *dialogue_state(const struct dialogue *d)
{
	return d->protocol->states[d->state];
}

unsigned dialogue_state_index(const struct dialogue *d)
{
	return d->state;
}

bool dialogue_secure(const struct dialogue *d)
{
	return d->secure;
}

bool dialogue_tls_pending(const struct dialogue *d)
{
	return d->tls_pending;
}

bool dialogue_tls_ending(const struct dialogue *d)
{
	return d->tls_ending;
}

void dialogue_tls_ended(struct dialogue *d)
{
	d->tls_ending = false;
}

bool dialogue_told_secret(const struct dialogue *d)
{
	return d->told_secret;
}

bool dialogue_undecided(const struct dialogue *d)
{
	return d->undecided;
}

bool dialogue_closing(const struct dialogue *d)
{
	return d->goodbye;
}

size_t dialogue_outstanding(const struct dialogue *d)
{
	return d->nqueue;
}

bool dialogue_in_reply(const struct dialogue *d)
{
	return d->in_reply;
}

bool dialogue_waiting(const struct dialogue *d, size_t i, struct waiting_command *waiting)
{
	const struct outstanding *one = outstanding_at(d, i);
	if (one == NULL)
		return false;
	*waiting = (struct waiting_command){ one->n, one->command, slice_of(one->verb), slice_of(one->tag) };
	return true;
}

bool dialogue_in_flight(const struct dialogue *d, struct slice tag)
{
	for (size_t i = 0; i < d->nqueue; i++) {
		const struct outstanding *one = outstanding_at(d, i);
		if (one->tag && slice_equal(slice_of(one->tag), tag))
			return true;
	}
	return false;
}

struct slice dialogue_unfinished(const struct dialogue *d, enum side side)
{
	const struct flow *flow = &d->flows[side];
	return slice_part(buffer_slice(&flow->line), flow->used, flow->line.n);
}

struct slice dialogue_challenge(const struct dialogue *d)
{
	return buffer_slice(&d->challenge);
}

struct slice dialogue_capability(const struct dialogue *d, size_t i)
{
	return i < d->ncapabilities ? slice_of(d->capabilities[i]) : (struct slice){ NULL, 0 };
}

bool dialogue_announced(const struct dialogue *d, struct slice name, struct slice *value)
{
	for (size_t i = 0; i < d->ncapabilities; i++) {
		struct slice rest = slice_of(d->capabilities[i]);
		if (!slice_equal_nocase(slice_word(&rest), name))
			continue;
		if (value)
			*value = slice_trim(rest);
		return true;
	}
	return false;
}

/* Whether one of the words was announced. */
static bool announced_any(const struct dialogue *d, struct slice words)
{
	for (struct slice word = slice_word(&words); word.n; word = slice_word(&words))
		if (dialogue_announced(d, word, NULL))
			return true;
	return false;
}

enum allowance dialogue_allows(const struct dialogue *d, const struct entry *command, const char **why)
{
	const char *reason = d->protocol->machine->refuses(d, command);
	if (why)
		*why = reason;
	if (reason)
		return NOT_NOW;
	if (command->needs && !announced_any(d, slice_of(command->needs))) {
		if (why)
			*why = "the server did not announce it";
		return ALLOWED_UNANNOUNCED;
	}
	return ALLOWED;
}
