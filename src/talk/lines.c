/*
 * Lines on their way to the server. Each waits until the one before it was answered, whether it was typed, pasted or
 * comes from a pipe: so a pasted conversation is held as if by hand.
 */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/clock.h"
#include "talk/replay.h"
#include "talk/room.h"

/* Lines that are sent before the loop is seen to again. */
#define LINES_AT_ONCE 64

/* In a hurry: octets that may wait to be written before more is taken from stdin, and how long that is looked at. */
#define WAITING_MAX 262144
static const struct timeval pace = { .tv_usec = 10000 }, at_once = { 0 };

/* How long a line is held before that is said, and how long a datagram's answer is waited for at the end. */
static const struct timeval held_quietly = { .tv_usec = 300000 }, last_answer = { .tv_sec = 2 };
#define HELD_QUIETLY 0.3

/* Whether the line is all that a body's count still wants: a line end would begin the next request. A chunk, and a
 * literal, are followed by one (RFC 9112 7.1, RFC 9051 4.3). */
static bool fills_body(const struct talk *t, struct slice line)
{
	if (talk_input(t) != INPUT_COUNTED || strcmp(talk_protocol(t)->name, "http") != 0 || t->body == BODY_CHUNKS)
		return false;
	return dialogue_due(session_dialogue(t->session), SIDE_CLIENT) == line.n;
}

static const char *line_end(const struct talk *t, struct slice line)
{
	const struct protocol *protocol = talk_protocol(t);
	bool datagrams = (protocol && protocol->datagrams) || fills_body(t, line);
	bool returned = line.n && line.p[line.n - 1] == '\r'; /* typed with ^V^M, or from a file with CRLF */
	switch (t->eol) {
	case EOL_NONE:
		return "";
	case EOL_LF:
		return "\n";
	case EOL_CRLF:
		return returned ? "\n" : "\r\n";
	case EOL_DEFAULT:
		break;
	}
	return datagrams ? "" : returned ? "\n" : "\r\n";
}

static bool colons_count(const struct talk *t)
{
	enum input input = talk_input(t);
	return t->options->colon && input != INPUT_TEXT && input != INPUT_COUNTED && input != INPUT_OPAQUE;
}

bool line_is_word(const struct talk *t, struct slice text)
{
	return text.n && text.p[0] == ':' && !slice_starts(text, SLICE("::")) && colons_count(t);
}

/* What was said about the line before its reply comes. */
static void warn(struct talk *t, struct slice warnings)
{
	for (struct slice line = slice_line(&warnings); line.n; line = slice_line(&warnings))
		talk_remark(t, SLICE_FMT, SLICE_ARG(slice_trim(slice_part(line, 0, line.n - 1))));
}

static void send_line(struct talk *t, struct slice line, bool as_is, bool ours)
{
	struct buffer octets = { 0 }, warnings = { 0 };
	bool command = talk_input(t) == INPUT_COMMAND || talk_input(t) == INPUT_FIELD;
	page_forget(t);
	if (!as_is && !t->options->quiet)
		traps_look(t, line, &warnings);
	struct slice said = !as_is && !ours && slice_starts(line, SLICE("::")) && colons_count(t)
	                            ? slice_part(line, 1, line.n)
	                            : line;
	buffer_add_slice(&octets, said);
	if (!as_is)
		buffer_add_string(&octets, line_end(t, said));
	t->said = t->secret_said = false;
	t->answered = 0;
	session_send(t->session, octets.p ? octets.p : "", octets.n);
	warn(t, buffer_slice(&warnings));
	traps_offer_ascii(t);
	/* What waits for TLS to begin was not looked at yet: whether it holds a secret, nobody knows. */
	if (t->prompt && command && line.n && !ours && !as_is && t->said && !t->secret_said)
		prompt_remember(t->prompt, line);
	buffer_free(&warnings);
	buffer_wipe(&octets);
}

static void speak(struct talk *t, struct slice line, bool as_is, bool ours)
{
	if (!as_is && !ours && line_is_word(t, line))
		word_run(t, slice_part(line, 1, line.n));
	else
		send_line(t, line, as_is, ours);
}

/* ---- lines that wait ---- */

void line_hold(struct talk *t, struct slice text, bool as_is, bool ours)
{
	struct held *held = memory_zeroed(1, sizeof *held);
	buffer_add_slice(&held->text, text);
	held->as_is = as_is;
	held->ours = ours;
	if (t->held == NULL) {
		t->held_since = clock_now();
		(void)evtimer_add(t->held_timer, &held_quietly);
	}
	*t->held_end = held;
	t->held_end = &held->next;
	t->nheld++;
}

static struct held *held_take(struct talk *t)
{
	struct held *held = t->held;
	t->held = held->next;
	if (t->held == NULL) {
		t->held_end = &t->held;
		(void)evtimer_del(t->held_timer);
	}
	t->nheld--;
	return held;
}

static void held_free(struct held *held)
{
	buffer_wipe(&held->text);
	free(held);
}

void lines_forget(struct talk *t)
{
	while (t->held)
		held_free(held_take(t));
	t->confirming = false;
}

struct held *lines_set_aside(struct talk *t)
{
	struct held *aside = t->held;
	t->held = NULL;
	t->held_end = &t->held;
	t->nheld = 0;
	return aside;
}

void lines_put_back(struct talk *t, struct held *aside)
{
	*t->held_end = aside;
	for (; aside; aside = aside->next) {
		t->held_end = &aside->next;
		t->nheld++;
	}
}

void lines_are_held(struct talk *t)
{
	if (t->prompt == NULL || t->nheld == 0 || t->options->quiet || t->confirming || !talk_waiting(t))
		return;
	const char *one = t->nheld == 1 ? "line waits" : "lines wait", *them = t->nheld == 1 ? "it" : "them";
	bool greeted = t->awaited || t->answered;
	if (!greeted && t->place.protocol == NULL)
		talk_remark(
			t,
			"%zu %s: the server may greet first, and has up to 2 seconds for it (-P PROTOCOL, or tcp://, "
			"says what it speaks).",
			t->nheld, one);
	else
		talk_remark(t, "%zu %s until %s has come (:pipeline does not wait, ^C drops %s).", t->nheld, one,
		            greeted ? "the reply" : "the greeting", them);
}

/* Sends the next line, if there is one: what was typed or is held, then a transcript's, then stdin's. */
static bool next_line(struct talk *t)
{
	struct slice line;
	if (t->held == NULL)
		(void)replay_say(t);
	if (t->held) {
		if (!t->held->as_is && bare_asks(t, buffer_slice(&t->held->text)))
			return false;
		struct held *held = held_take(t);
		speak(t, buffer_slice(&held->text), held->as_is, held->ours);
		held_free(held);
		return true;
	}
	if (t->prompt || t->guide || replay_goes_on(t) || !feed_line(t, &line))
		return false;
	/* Taken before it is spoken: a `:` word may stir up the line behind it. */
	struct buffer taken = { 0 };
	buffer_add_slice(&taken, line);
	feed_used(t, line);
	(void)bare_asks(t, buffer_slice(&taken));
	speak(t, buffer_slice(&taken), false, false);
	buffer_wipe(&taken);
	return true;
}

/* Where the last line was not the end of what the server was promised. */
static void say_what_is_missing(struct talk *t)
{
	struct buffer missing = { 0 };
	if (!t->options->quiet && awaits_sentences(t, &missing))
		talk_remark(t, "The input ended in the midst of something. What is awaited: " SLICE_FMT,
		            SLICE_ARG(buffer_slice(&missing)));
	buffer_free(&missing);
}

void lines_finish(struct talk *t)
{
	if (t->shut)
		return;
	say_what_is_missing(t);
	t->shut = true;
	const struct protocol *protocol = talk_protocol(t);
	if (protocol == NULL || !protocol->datagrams)
		session_shut(t->session);
	else if (t->answered || t->awaited == NULL)
		session_hang_up(t->session); /* nobody tells of a datagram that it was the last */
	else
		(void)evtimer_add(t->goodbye_timer, &last_answer);
}

static bool may_speak(const struct talk *t, bool my_turn)
{
	if (!t->open || t->shut || t->later || session_upgrading(t->session))
		return false;
	if (my_turn)
		return dialogue_turn(session_dialogue(t->session)) == SIDE_CLIENT;
	/* What is said behind STARTTLS goes in the clear, and is no part of the handshake (RFC 3207 4). */
	return (t->pipeline || t->hurried || t->pressed) && !t->encrypting && session_waiting(t->session) < WAITING_MAX;
}

void lines_pump(struct talk *t, bool my_turn)
{
	unsigned n = 0;
	bool said = true;
	while (n++ < LINES_AT_ONCE && may_speak(t, my_turn) && (said = next_line(t)))
		continue;
	if (!t->open)
		return;
	if (!said && my_turn && (t->ended || (t->feed.ended && t->guide == NULL)))
		lines_finish(t);
	else if (said && !my_turn && !t->prompt)
		(void)evtimer_add(t->feed.pace,
		                  !t->encrypting && session_waiting(t->session) < WAITING_MAX ? &at_once : &pace);
}

void lines_stir(struct talk *t)
{
	guide_wake(t);
	if (!t->open)
		return;
	if (transfer_typed(t) && t->prompt == NULL) {
		transfer_pour(t);
		return;
	}
	if (t->pipeline || t->hurried)
		lines_pump(t, false);
	if (t->open) /* a `:` word may have ended it */
		session_nudge(t->session);
}

/* ---- what was typed ---- */

/* Nothing that was typed is lost: it stands at the next prompt again. */
static void give_back(struct talk *t, struct slice text)
{
	if (text.n == 0)
		return;
	if (t->kept_told)
		talk_remark(t, "Not connected.");
	else
		talk_remark(
			t,
			"Not connected: nothing was sent, and the line is kept. ^] and then reconnect connects again; "
			"^U takes the line away.");
	t->kept_told = true;
	if (!prompt_input_waits(t->prompt))
		prompt_put(t->prompt, text);
}

/* Whether the line is of use only while another command waits: FTP's ABOR (RFC 959 4.1.3). */
static bool interrupts(const struct talk *t, struct slice text)
{
	const struct protocol *protocol = talk_protocol(t);
	return protocol && strcmp(protocol->name, "ftp") == 0 && talk_waiting(t) &&
	       slice_equal_nocase(slice_trim(text), SLICE("ABOR"));
}

void line_typed(struct talk *t, struct slice text)
{
	bool word = line_is_word(t, text);
	if (!t->confirming && replay_typed(t, text))
		return;
	bool waits = t->held && clock_now() - t->held_since < HELD_QUIETLY; /* pasted together: in their order */
	t->printed = 0;
	if (t->confirming && !word) {
		bare_answered(t, text);
	} else if (word && !waits && t->untold.n == 0) {
		word_run(t, slice_part(text, 1, text.n));
		replay_place(t, SLICE(""));
		guide_wake(t);
	} else if (guide_takes(t, text)) {
		return;
	} else if (!t->open && t->connector == NULL) {
		give_back(t, text);
	} else if (transfer_typed(t) && !t->hurried) {
		transfer_line(t, slice_starts(text, SLICE("::")) ? slice_part(text, 1, text.n) : text);
	} else {
		t->hurried |= t->held == NULL && interrupts(t, text);
		line_hold(t, text, false, false);
		lines_stir(t);
	}
}
