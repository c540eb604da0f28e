/*
 * From what was asked to what came.
 */
#include "cmd/timing.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A verb is kept so far; a longer one is known by its beginning. */
#define VERB_MAX 24

struct timed_command {
	uint64_t n; /* the event's */
	char verb[VERB_MAX];
	size_t verb_n;
	bool literal; /* it ends in a literal's count: what is said behind it is no answer */
	double said_at;
	double answered_at; /* its last reply so far; below 0: none */
	double text_at;     /* the end of what was said behind its first reply; below 0: nothing was */
	bool done;          /* its reply was a last one. LMTP sends more behind it, one for each recipient */
};

void timing_begin(struct timing *timing)
{
	*timing = (struct timing){ .payload_at = -1 };
}

void timing_free(struct timing *timing)
{
	free(timing->commands);
	*timing = (struct timing){ 0 };
}

/* ---- the client's ---- */

static void drop_done(struct timing *timing)
{
	size_t kept = 0;
	for (size_t i = 0; i < timing->n; i++)
		if (!timing->commands[i].done)
			timing->commands[kept++] = timing->commands[i];
	timing->n = kept;
}

/* The event's verb, or what stands for one where the protocol has none. */
static struct slice verb_of(const struct dialogue_event *event)
{
	if (event->verb.n)
		return event->verb;
	return event->protocol && strcmp(event->protocol, "udp") == 0 ? SLICE("datagram") : SLICE("line");
}

static void command_said(struct timing *timing, const struct dialogue_event *event)
{
	struct slice verb = verb_of(event);
	drop_done(timing);
	if (timing->n == OUTSTANDING_MAX)
		return;
	if (timing->n == timing->room) {
		timing->room += timing->room + 2;
		timing->commands = memory_grow(timing->commands, timing->room, sizeof *timing->commands);
	}
	struct timed_command *command = &timing->commands[timing->n++];
	*command = (struct timed_command){ .n = event->n, .said_at = event->t, .answered_at = -1, .text_at = -1 };
	command->literal = event_span(event, SPAN_COUNT) != NULL;
	command->verb_n = verb.n < VERB_MAX ? verb.n : VERB_MAX;
	memcpy(command->verb, verb.p, command->verb_n);
}

/* The rest of an IMAP command behind a literal has its tag without beginning with it. */
static bool is_command(const struct dialogue_event *event)
{
	return event->kind == EVENT_COMMAND && (event->tag.n == 0 || slice_starts(event->text, event->tag));
}

static void client_said(struct timing *timing, const struct dialogue_event *event)
{
	timing->spoken = true;
	if (event->more)
		return;
	if (is_command(event))
		command_said(timing, event);
	else
		timing->payload_at = event->t;
}

/* ---- the server's ---- */

static struct timed_command *command_numbered(struct timing *timing, uint64_t n)
{
	for (size_t i = 0; i < timing->n; i++)
		if (timing->commands[i].n == n)
			return &timing->commands[i];
	return NULL;
}

/* What the client said since the first reply. */
static struct slice payload_name(const struct timed_command *command, enum phase phase)
{
	if (command->text_at < 0)
		return SLICE(" (end)");
	if (slice_equal((struct slice){ command->verb, command->verb_n }, SLICE("IDLE")))
		return SLICE(" (DONE)");
	return phase == PHASE_AUTHENTICATE && !command->literal ? SLICE(" (answer)") : SLICE(" (text)");
}

static void count_further(struct timed_command *command, const struct dialogue_event *event, struct measure *measure)
{
	char name[VERB_MAX + sizeof " (answer)"];
	struct slice payload = payload_name(command, event->phase);
	memcpy(name, command->verb, command->verb_n);
	memcpy(name + command->verb_n, payload.p, payload.n);
	measure_add(measure, (struct slice){ name, command->verb_n + payload.n },
	            event->t - (command->text_at >= 0 ? command->text_at : command->answered_at));
}

static void replied(struct timing *timing, const struct dialogue_event *event, struct measure *measure)
{
	measure->replies++;
	if (event->answers == 0 && !timing->spoken) {
		measure_add(measure, SLICE("greeting"), event->t - timing->secured_at);
		timing->spoken = true;
		return;
	}
	struct timed_command *command = command_numbered(timing, event->answers);
	if (command == NULL)
		return;
	if (command->answered_at < 0) {
		measure_add(measure, (struct slice){ command->verb, command->verb_n }, event->t - command->said_at);
	} else {
		if (timing->payload_at >= command->answered_at)
			command->text_at = timing->payload_at;
		count_further(command, event, measure);
	}
	command->answered_at = event->t;
	command->done = event->class != CLASS_CONTINUE && event->class != CLASS_INFO;
}

void timing_event(struct timing *timing, const struct dialogue_event *event, struct measure *measure)
{
	if (event->kind == EVENT_STAGE && event->stage == STAGE_TLS) {
		measure_add(measure, SLICE("TLS"), event->t - timing->last_at);
		timing->secured_at = event->t;
	} else if (event->side == SIDE_CLIENT && event->kind != EVENT_STAGE) {
		client_said(timing, event);
	} else if (event->has_final && event->final) {
		replied(timing, event, measure);
	}
	timing->last_at = event->t;
}
