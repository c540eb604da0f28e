/*
 * The message as it comes: text behind DATA up to its lone dot (RFC 5321 4.1.1.4), or chunks by count (BDAT, RFC 3030). What
 * is too large is read all the same, and dropped; only then it is refused.
 */
#include "lab/smtp_inside.h"

/* Octets that may come between two looks at whether the store has room. */
#define ROOM_STEP ((uint64_t)1024 * 1024)

void smtp_message_clear(struct smtp_message *message)
{
	buffer_free(&message->text);
	*message = (struct smtp_message){ 0 };
}

static void take(struct smtp_guest *guest, struct slice octets)
{
	struct smtp_message *message = &guest->message;
	uint64_t before = message->octets;
	message->octets += octets.n;
	if (message->fate != FATE_GOOD)
		return;
	if (message->octets > MESSAGE_MAX)
		message->fate = FATE_TOO_LARGE;
	else if (before / ROOM_STEP != message->octets / ROOM_STEP &&
	         !store_room(visit_store(guest->visit), message->octets))
		message->fate = FATE_NO_ROOM;
	if (message->fate == FATE_GOOD)
		buffer_add_slice(&message->text, octets);
	else
		buffer_free(&message->text);
}

/* Why it is not kept, if so. */
static struct smtp_failure fate(enum smtp_fate fate)
{
	static const struct smtp_failure failures[] = {
		[FATE_GOOD] = { NULL, NULL },
		[FATE_TOO_LARGE] = { "552 5.3.4", "The message is too large: see SIZE" },
		[FATE_NO_ROOM] = { "452 4.3.1", "There is no room for it now" },
	};
	return failures[fate];
}

/* ---- DATA ---- */

/* RFC 2033 4.2 wants 503 where no recipient was accepted, RFC 5321 4.1.1.4 takes 554 too. */
static void no_recipients(struct smtp_guest *guest)
{
	if (guest->envelope.refused && !guest->lmtp)
		smtp_refuse(guest, "554 5.5.1", "every RCPT was refused", "No valid recipients");
	else
		smtp_refuse(guest, "503 5.5.1", "RCPT TO:<address> names a recipient",
		            "No valid recipients: say RCPT first");
}

void smtp_data(struct smtp_guest *guest, struct slice arguments)
{
	(void)arguments;
	if (!guest->envelope.begun)
		smtp_refuse(guest, "503 5.5.1", "MAIL begins a message, RCPT says for whom", "Say MAIL first");
	else if (guest->message.chunks)
		smtp_refuse(guest, "503 5.5.1", "RFC 3030 2", "The message comes by BDAT: DATA cannot go on");
	else if (guest->envelope.nrecipients == 0)
		no_recipients(guest);
	else if (!store_room(visit_store(guest->visit), guest->envelope.size))
		smtp_refuse(guest, "452 4.3.1", NULL, "There is no room for it now");
	else {
		guest->message.taking = true;
		smtp_say(guest, "354", "Send the message; end with <CRLF>.<CRLF>");
	}
}

static void text_ends(struct smtp_guest *guest)
{
	enum smtp_fate how = guest->message.fate;
	guest->message.taking = false;
	if (how == FATE_GOOD)
		smtp_deliver(guest);
	else
		smtp_fail(guest, fate(how));
}

/* A bare LF ends no line (RFC 5321 2.3.8), and so a dot behind it is neither the end nor stuffed: who takes it for one lets
 * a second message be smuggled in. It stays in the text. */
static void note_bare_lf(struct smtp_guest *guest)
{
	if (!guest->message.bare_told)
		visit_remark(guest->visit,
		             "a bare LF in the text ends no line and cannot end the message (RFC 5321 2.3.8)");
	guest->message.bare_told = true;
}

void smtp_text(struct smtp_guest *guest, const struct dialogue_event *event)
{
	struct smtp_message *message = &guest->message;
	bool front = !message->continues && !message->after_bare_lf;
	struct slice text = event->text;
	if (event->line_end.n == 0 && !event->more) /* the client has hung up in the middle of a line */
		return;
	if (dialogue_input(visit_dialogue(guest->visit)) != INPUT_TEXT) {
		text_ends(guest);
		return;
	}
	if (front && text.n && text.p[0] == '.')
		text = slice_part(text, 1, text.n);
	take(guest, text);
	take(guest, event->line_end);
	message->continues = event->more;
	message->after_bare_lf = slice_equal(event->line_end, SLICE("\n"));
	if (message->after_bare_lf)
		note_bare_lf(guest);
}

/* ---- BDAT ---- */

static const struct smtp_failure refused_syntax = { "501 5.5.4", "Syntax: BDAT octets [LAST]" };

/* What is wrong with the command, whatever its octets are. */
static struct smtp_failure bdat_refusal(const struct smtp_guest *guest, struct slice arguments)
{
	uint64_t count = 0;
	struct slice number = slice_word(&arguments), end = slice_trim(arguments);
	if (!slice_number(number, &count) || (end.n && !slice_equal_nocase(end, SLICE("LAST"))))
		return refused_syntax;
	if (guest->submission && guest->user == NULL)
		return (struct smtp_failure){ "530 5.7.0", "Authentication required" };
	if (!guest->envelope.begun)
		return (struct smtp_failure){ "503 5.5.1", "Say MAIL first" };
	if (guest->envelope.nrecipients == 0)
		return (struct smtp_failure){ guest->lmtp ? "503 5.5.1" : "554 5.5.1", "No valid recipients" };
	if (guest->message.failed)
		return (struct smtp_failure){ "503 5.5.1", "A chunk was refused: say RSET" };
	return (struct smtp_failure){ NULL, NULL };
}

/* All of the chunk is here, and only now it is answered (RFC 3030 2). */
static void chunk_ends(struct smtp_guest *guest)
{
	struct smtp_message *message = &guest->message;
	struct smtp_failure failure = message->refusal;
	bool last = message->last, open = guest->envelope.begun && guest->envelope.nrecipients > 0;
	message->in_chunk = false;
	if (failure.code == NULL)
		failure = fate(message->fate);
	if (open && failure.code)
		message->failed = message->chunks = true;
	if (last && open && failure.code)
		smtp_fail(guest, failure);
	else if (failure.code)
		smtp_say(guest, failure.code, "%s", failure.words);
	else if (last)
		smtp_deliver(guest);
	else
		smtp_say(guest, "250 2.0.0", "%llu octets are here", (unsigned long long)message->octets);
}

void smtp_bdat(struct smtp_guest *guest, struct slice arguments)
{
	struct smtp_message *message = &guest->message;
	uint64_t due = dialogue_due(visit_dialogue(guest->visit), SIDE_CLIENT);
	struct slice rest = arguments;
	(void)slice_word(&rest);
	message->refusal = bdat_refusal(guest, arguments);
	if (message->refusal.code && due == 0 && message->refusal.code == refused_syntax.code) {
		smtp_say(guest, refused_syntax.code, "%s", refused_syntax.words);
		return;
	}
	message->last = slice_equal_nocase(slice_trim(rest), SLICE("LAST"));
	message->chunks = message->chunks || message->refusal.code == NULL;
	message->in_chunk = true;
	message->due = due;
	if (due == 0)
		chunk_ends(guest);
}

void smtp_chunk(struct smtp_guest *guest, const struct dialogue_event *event)
{
	struct smtp_message *message = &guest->message;
	uint64_t came = event->text.n + event->line_end.n;
	if (message->refusal.code == NULL) {
		take(guest, event->text);
		take(guest, event->line_end);
	}
	message->due -= came < message->due ? came : message->due;
	if (message->due == 0)
		chunk_ends(guest);
}
