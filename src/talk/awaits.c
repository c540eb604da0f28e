/*
 * What the next line will be taken for, where it is no command: in a word for the prompt, in sentences for `:next`.
 */
#include <stdlib.h>
#include <string.h>

#include "talk/room.h"

/* ---- following a request ---- */

/* Whether an event is a chunk's size that says that no more come (RFC 9112 7.1). */
static bool is_last_size(struct slice line)
{
	struct slice size = slice_trim(slice_part(line, 0, slice_find_octet(line, ';')));
	for (size_t i = 0; i < size.n; i++)
		if (size.p[i] != '0')
			return false;
	return size.n > 0;
}

void awaits_follow(struct talk *t, const struct dialogue_event *event)
{
	bool http = strcmp(event->protocol, "http") == 0;
	enum input input = talk_input(t);
	if (!http || event->side != SIDE_CLIENT || input == INPUT_COMMAND || event->kind == EVENT_COMMAND)
		t->body = BODY_NONE;
	else if (t->body == BODY_NONE && event->text.n == 0 && input == INPUT_FIELD)
		t->body = BODY_CHUNKS;
	else if (t->body == BODY_CHUNKS && input == INPUT_FIELD && is_last_size(event->text))
		t->body = BODY_TRAILER;
}

/* ---- for the prompt ---- */

static bool is_idle(const struct talk *t)
{
	return t->awaited && strcmp(t->awaited, "IDLE") == 0;
}

static const char *counted_noun(const struct talk *t)
{
	if (strcmp(talk_protocol(t)->name, "http") != 0)
		return "literal";
	return t->body == BODY_CHUNKS ? "chunk" : "body";
}

static const char *field_noun(const struct talk *t)
{
	return t->body == BODY_CHUNKS ? "chunk size" : t->body == BODY_TRAILER ? "trailer" : "header";
}

static unsigned long long due(const struct talk *t)
{
	return dialogue_due(session_dialogue(t->session), SIDE_CLIENT);
}

void awaits_word(const struct talk *t, struct buffer *out)
{
	enum input input = talk_input(t);
	if (transfer_typed(t))
		buffer_add_string(out, "data");
	else if (input == INPUT_COUNTED)
		buffer_printf(out, "%s %llu", counted_noun(t), due(t));
	else if (input == INPUT_FIELD)
		buffer_add_string(out, field_noun(t));
	else if (input == INPUT_REST)
		buffer_add_string(out, "rest of command");
	else if (input == INPUT_ANSWER)
		buffer_add_string(out, is_idle(t) ? "idle" : "auth");
	else
		buffer_add_string(out, dialogue_state(session_dialogue(t->session)));
}

/* ---- in sentences ---- */

static void counted_sentences(const struct talk *t, struct buffer *out)
{
	const char *noun = counted_noun(t);
	unsigned long long n = due(t);
	buffer_printf(out,
	              "%llu octet%s of the %s %s still to come, taken as %s; each Enter sends two of them, CR and LF. ",
	              n, n == 1 ? "" : "s", noun, n == 1 ? "is" : "are", n == 1 ? "it is" : "they are");
	if (strcmp(noun, "literal") == 0)
		buffer_add_string(out, "Then comes the rest of the command's line, which may be empty (RFC 9051 4.3).");
	else if (t->body == BODY_CHUNKS)
		buffer_add_string(out, "Then a line end, and the next chunk's size (RFC 9112 7.1).");
	else
		buffer_add_string(out, "The line that fills the count is sent without its line end (RFC 9112 6.2).");
}

static const char *field_sentences(const struct talk *t)
{
	if (t->body == BODY_CHUNKS)
		return "The size of the next chunk, in hexadecimal, alone on a line; then so many octets and a line end. A "
		       "size of 0 is the last, and an empty line ends the body (RFC 9112 7.1).";
	if (t->body == BODY_TRAILER)
		return "A trailer field, as Name: value, or the empty line that ends the request (RFC 9112 7.1.2).";
	return "A header field, as Name: value; an empty line ends the header, and the request, if no body follows "
	       "(RFC 9112 2.1).";
}

static const char *line_sentences(const struct talk *t)
{
	switch (talk_input(t)) {
	case INPUT_TEXT:
		return "Message text: its header, an empty line, its body. A lone dot ends it; a line that begins "
		       "with a dot is sent with two.";
	case INPUT_ANSWER:
		return is_idle(t)
		               ? "DONE, which ends IDLE (RFC 2177 3). Until then the server tells of every change."
		               : "One line of a login, in base64; * alone gives it up (RFC 4422 3.5). :password asks "
		                 "for it unseen.";
	case INPUT_FIELD:
		return field_sentences(t);
	case INPUT_REST:
		return "The rest of the command's line, behind the literal; an empty line ends the command "
		       "(RFC 9051 4.3).";
	case INPUT_OPAQUE:
		return "Any octets: what the two have agreed on has taken over the connection.";
	case INPUT_COMMAND:
	case INPUT_COUNTED:
	case INPUT_NOTHING:
		break;
	}
	return NULL;
}

bool awaits_sentences(const struct talk *t, struct buffer *out)
{
	const char *sentences = line_sentences(t);
	if (talk_input(t) == INPUT_COUNTED)
		counted_sentences(t, out);
	else if (sentences)
		buffer_add_string(out, sentences);
	return out->n > 0;
}

/* ---- what a person may not know it waits for ---- */

bool awaits_hint(const struct talk *t, struct buffer *out)
{
	enum input input = talk_input(t);
	unsigned long long n = input == INPUT_COUNTED ? due(t) : 0;
	if (input == INPUT_FIELD && t->body == BODY_NONE)
		buffer_add_string(
			out, "The header waits for its empty line, and the server for the header: Enter on an empty "
			     "line ends it (RFC 9112 2.1).");
	else if (input == INPUT_FIELD)
		buffer_add_string(out, t->body == BODY_CHUNKS
		                               ? "The body goes on until a chunk's size is 0 and an empty line "
		                                 "follows (RFC 9112 7.1)."
		                               : "An empty line ends the request (RFC 9112 7.1.2).");
	else if (input == INPUT_COUNTED)
		buffer_printf(out,
		              "The %s waits for %llu more octet%s, line ends included. :next says more (^] first).",
		              counted_noun(t), n, n == 1 ? "" : "s");
	else if (input == INPUT_REST)
		buffer_add_string(
			out, "The literal is whole, and the server waits for the rest of the command's line: Enter "
			     "on an empty line ends it (RFC 9051 4.3).");
	return out->n > 0;
}
