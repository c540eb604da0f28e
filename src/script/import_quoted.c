/*
 * What programs print of a conversation as strings of their language: Ruby's Net::SMTP and Net::HTTP with set_debug_output
 * (`<- "EHLO me\r\n"`, the client's arrow points left), and Nodemailer's first versions (`SEND:`, and the string in the next line).
 */
#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/import_repr.h"

/* What stands in quotes has a line's end. */
static bool has_end(struct slice text)
{
	return slice_find(text, SLICE("\\r\\n")) < text.n;
}

/* ---- Ruby ---- */

static bool is_arrow(struct slice line, enum side *side, struct slice *quoted)
{
	*side = line_starts(line, "<- \"", NULL) ? SIDE_CLIENT : SIDE_SERVER;
	*quoted = slice_part(line, 3, line.n);
	return *side == SIDE_CLIENT || line_starts(line, "-> \"", NULL);
}

static unsigned likes_ruby(struct slice line, bool first)
{
	enum side side;
	struct slice quoted;
	(void)first;
	return is_arrow(slice_trim(line), &side, &quoted) ? has_end(quoted) ? 2 : 1 : 0;
}

/* Tells the draft which protocol it is whose conversation begins with these octets; false where none does. */
static bool begin(struct draft *d, struct slice octets)
{
	struct slice first = slice_trim(slice_row(&octets));
	const struct protocol *greeted = protocol_of_greeting(first),
			      *protocol = greeted ? greeted : protocol_of_command(first, SLICE(""));
	if (protocol)
		draft_protocol(d, protocol->name);
	return protocol != NULL;
}

static enum status read_ruby(struct draft *d, struct slice text)
{
	struct slice line, end, quoted;
	enum side side;
	bool known = true;
	while (known && draft_line(d, &text, &line, &end)) {
		struct buffer octets = { 0 };
		line = slice_trim(line);
		if (is_arrow(line, &side, &quoted) && repr_read(quoted, &octets)) {
			known = d->said || begin(d, buffer_slice(&octets));
			if (known)
				draft_octets(d, side, buffer_slice(&octets));
		} else if (line.n) {
			draft_comment_text(d, line);
		}
		buffer_free(&octets);
	}
	return known ? STATUS_OK : draft_wrong(d, line, "no protocol that is known begins so");
}

/* ---- Nodemailer ---- */

/* The side that a line alone names. */
static bool is_label(struct slice line, enum side *side)
{
	static const char *const labels[][2] = { { "SEND:", "RECEIVE:" }, { "SEND:", "RECV:" } };
	line = slice_trim(line);
	for (size_t i = 0; i < 2; i++)
		for (*side = SIDE_CLIENT; *side <= SIDE_SERVER; ++*side)
			if (slice_equal(line, slice_of(labels[i][*side])))
				return true;
	return false;
}

/* A string that stands alone on its line, and holds a reply or a line's end. */
static bool is_string(struct slice line)
{
	line = slice_trim(line);
	bool quoted = line.n > 2 && line.p[0] == '"' && line.p[line.n - 1] == '"';
	return quoted && (has_end(line) || line_is_code(slice_part(line, 1, line.n)));
}

static unsigned likes_nodemailer(struct slice line, bool first)
{
	enum side side;
	(void)first;
	return is_label(line, &side) || line_starts(line, "CONNECTION: 220", NULL) || is_string(line);
}

static enum status read_nodemailer(struct draft *d, struct slice text)
{
	struct slice line, end, rest;
	enum side side = SIDE_CLIENT, next;
	bool labelled = false;
	draft_protocol(d, "smtp");
	while (draft_line(d, &text, &line, &end)) {
		struct buffer octets = { 0 };
		if (labelled && repr_read(line, &octets)) {
			if (!slice_equal(slice_part(buffer_slice(&octets), octets.n - 1, octets.n), SLICE("\n")))
				buffer_add_string(&octets, "\r\n");
			draft_octets(d, side, buffer_slice(&octets));
		} else if (line_starts(line, "CONNECTION: ", &rest)) {
			draft_said(d, SIDE_SERVER, rest, SLICE("\r\n"));
		} else if (!is_label(line, &next) && slice_trim(line).n) {
			draft_comment_text(d, line);
		}
		labelled = is_label(line, &side);
		buffer_free(&octets);
	}
	return STATUS_OK;
}

const struct import_form import_ruby = { "ruby", "what Ruby's Net::SMTP and Net::HTTP print with set_debug_output",
	                                 likes_ruby, read_ruby };
const struct import_form import_nodemailer = { "nodemailer", "what Nodemailer's first versions print", likes_nodemailer,
	                                       read_nodemailer };
