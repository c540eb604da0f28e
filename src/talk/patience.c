/*
 * Waiting: for a reply, how long, what a person is told meanwhile, and what the protocol says of it; and for the person.
 */
#include <event2/event.h>
#include <string.h>
#include <sys/time.h>

#include "base/escape.h"
#include "talk/room.h"

/* Seconds for a reply: after which a person is told that we still wait, and what a pipe waits in all. */
#define STILL_WAITING 10.0
#define PIPE_TIMEOUT 60.0

/* What the client said last; "" where the greeting is waited for, "." the end of message text. */
static const struct {
	const char *protocol, *said;
	unsigned minutes;
	const char *ref;
} allowed[] = {
	{ "smtp", "", 5, "RFC 5321 4.5.3.2.1" },     { "lmtp", "", 5, "RFC 5321 4.5.3.2.1" },
	{ "smtp", "MAIL", 5, "RFC 5321 4.5.3.2.2" }, { "lmtp", "MAIL", 5, "RFC 5321 4.5.3.2.2" },
	{ "smtp", "RCPT", 5, "RFC 5321 4.5.3.2.3" }, { "lmtp", "RCPT", 5, "RFC 5321 4.5.3.2.3" },
	{ "smtp", "DATA", 2, "RFC 5321 4.5.3.2.4" }, { "lmtp", "DATA", 2, "RFC 5321 4.5.3.2.4" },
	{ "smtp", ".", 10, "RFC 5321 4.5.3.2.6" },   { "lmtp", ".", 10, "RFC 5321 4.5.3.2.6" },
};

/* Appends what the RFC allows for the reply that is waited for; nothing where it says nothing. */
static void allowed_add(const struct talk *t, struct buffer *out)
{
	const char *said = t->awaited ? t->awaited : "";
	const struct protocol *protocol = talk_protocol(t);
	for (size_t i = 0; protocol && i < sizeof allowed / sizeof allowed[0]; i++)
		if (strcmp(allowed[i].protocol, protocol->name) == 0 && strcmp(allowed[i].said, said) == 0)
			buffer_printf(out, " A server may take %u minutes for it (%s).", allowed[i].minutes,
			              allowed[i].ref);
}

static double timeout_of(const struct talk *t)
{
	if (t->options->timeout >= 0)
		return t->options->timeout;
	return t->prompt ? 0 : PIPE_TIMEOUT;
}

void patience_begin(struct talk *t)
{
	t->still_waiting_at = STILL_WAITING;
}

double patience_seconds(const struct talk *t)
{
	double timeout = timeout_of(t);
	return t->prompt && (timeout <= 0 || timeout > STILL_WAITING) ? STILL_WAITING : timeout;
}

/* Whether the server may be one that speaks TLS from the first octet: in the clear, it has never said a word. */
static bool awaits_tls(const struct talk *t)
{
	const struct protocol *protocol = talk_protocol(t);
	return protocol && !protocol->datagrams && !dialogue_secure(session_dialogue(t->session)) &&
	       memory_last(t->memory, SIDE_SERVER) == NULL;
}

static void still_waiting(struct talk *t, double seconds)
{
	struct buffer text = { 0 };
	if (seconds < t->still_waiting_at || t->options->quiet)
		return;
	t->still_waiting_at *= 2;
	if (t->shut)
		buffer_printf(&text, "Still waiting for the server to close (%.0f s).", seconds);
	else if (t->awaited == NULL)
		buffer_printf(&text, "Still waiting for the greeting (%.0f s).", seconds);
	else if (strcmp(t->awaited, ".") == 0)
		buffer_printf(&text, "Still waiting for the reply to the message (%.0f s).", seconds);
	else if (*t->awaited)
		buffer_printf(&text, "Still waiting for the reply to %s (%.0f s).", t->awaited, seconds);
	else
		buffer_printf(&text, "Still waiting for a reply (%.0f s).", seconds);
	if (!t->shut && transfer_waits(t))
		buffer_printf(&text, " It needs the data connection to %s.", transfer_waits(t));
	if (!t->shut)
		allowed_add(t, &text);
	if (!t->shut && awaits_tls(t))
		buffer_add_string(&text, " A server that waits for TLS says nothing: :tls begins it.");
	buffer_add_string(&text, t->shut ? " ^C closes." : " ^C stops waiting.");
	struct buffer safe = { 0 };
	escape_text(&safe, buffer_slice(&text));
	talk_remark(t, SLICE_FMT, SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&safe);
	buffer_free(&text);
}

bool patience_late(void *context, struct session *session, double seconds)
{
	struct talk *t = context;
	double timeout = timeout_of(t), left = timeout - seconds;
	if (timeout <= 0 || left > 0.001) {
		still_waiting(t, seconds);
		session_set_timeout(session, timeout > 0 && left < STILL_WAITING ? left : STILL_WAITING);
		return true;
	}
	const struct dialogue *d = session_dialogue(session);
	if (!dialogue_closing(d) && (!t->shut || dialogue_outstanding(d)))
		return false;
	talk_hang_up(t); /* all was said and answered: that the server does not close is no failure */
	return true;
}

/* ---- waiting for the person ---- */

/* How long nothing is typed, or, at the beginning, nobody says anything: then a server that greets has done so. */
static const struct timeval person_patience = { .tv_sec = 6 }, greeting_patience = { .tv_sec = 2, .tv_usec = 200000 };

/* Whether the protocol is to be recognised, and nothing was said yet. */
static bool nobody_spoke(const struct talk *t)
{
	return t->place.protocol == NULL && t->awaited == NULL && memory_last(t->memory, SIDE_SERVER) == NULL;
}

void patience_person(struct talk *t)
{
	enum input input = t->prompt ? talk_input(t) : INPUT_COMMAND;
	(void)evtimer_del(t->person_timer);
	if (input != t->hinted)
		t->hinted = INPUT_COMMAND;
	if (t->prompt == NULL || t->options->quiet)
		return;
	if (nobody_spoke(t))
		(void)evtimer_add(t->person_timer, &greeting_patience);
	else if (input != INPUT_COMMAND && t->hinted == INPUT_COMMAND && !talk_waiting(t))
		(void)evtimer_add(t->person_timer, &person_patience);
}

void patience_person_passed(int fd, short what, void *context)
{
	struct talk *t = context;
	struct buffer hint = { 0 };
	(void)fd;
	(void)what;
	if (t->open && nobody_spoke(t)) {
		talk_remark(
			t,
			"The server does not greet: as in HTTP, the client speaks first. What is said first decides which "
			"protocol is spoken; -P PROTOCOL, or a URL, says it beforehand.");
	} else if (t->open && awaits_hint(t, &hint)) {
		t->hinted = talk_input(t);
		talk_remark(t, SLICE_FMT, SLICE_ARG(buffer_slice(&hint)));
	}
	buffer_free(&hint);
}
