/*
 * What swaks prints: ` -> ` before the client's lines, `<-  ` before the server's, `~` for `-` under TLS, `**` and `*` where
 * the server's reply was not what swaks wanted, `===` and `***` before what swaks says itself.
 */
#include "script/import_forms.h"

#include "base/crypto.h"

static const char *const sent[] = { " -> ", " ~> ", "**> ", "*> ", NULL };
static const char *const received[] = { "<-  ", "<~  ", "<** ", "<~* ", "<-* ", NULL };

/* Takes what marks a line of one side off the front. */
static bool take_mark(struct slice *line, const char *const *marks)
{
	/* a terminal's copy has no spaces at a line's end, and none are behind the mark of an empty line */
	static const size_t length = 3;
	for (; *marks; marks++) {
		if (line_starts(*line, *marks, line))
			return true;
		if (line->n == length && slice_starts(slice_of(*marks), *line)) {
			*line = slice_part(*line, length, length);
			return true;
		}
	}
	return false;
}

static unsigned likes(struct slice line, bool first)
{
	static const char *const own[] = { "=== Trying ", "=== Connected to ", "=== TLS started", NULL };
	(void)first;
	if (line_starts_any(line, own))
		return 3;
	if (take_mark(&line, received))
		return line_is_code(line) ? 3 : 1;
	return line_starts(line, " -> ", NULL) || line_starts(line, " ~> ", NULL) ? 1 : 0;
}

/* `=== Trying 127.0.0.1:465...`: another connection, whose port tells something. */
static void read_trying(struct draft *d, struct slice where)
{
	size_t colon = where.n;
	uint64_t port = 0;
	while (colon > 0 && where.p[colon - 1] != ':')
		colon--;
	where = slice_part(where, colon, where.n);
	draft_next(d);
	draft_protocol(d, "smtp");
	if (slice_number(slice_part(where, 0, slice_find_octet(where, '.')), &port) && port == 24)
		draft_protocol(d, "lmtp");
}

/* A password that --auth-hide-password has put something else for. */
static bool is_hidden(struct slice line)
{
	static const struct slice instead = { "PROVIDED_BUT_REMOVED", 20 };
	struct slice rest = line, word = slice_word(&rest);
	bool hidden = slice_find(line, instead) < line.n;
	for (; word.n && !hidden; word = slice_word(&rest)) {
		struct buffer decoded = { 0 };
		if (base64_decode(&decoded, word))
			hidden = slice_find(buffer_slice(&decoded), instead) < decoded.n;
		buffer_free(&decoded);
	}
	return hidden;
}

static void read_sent(struct draft *d, struct slice text)
{
	if (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	if (is_hidden(text))
		draft_comment_text(
			d, SLICE("swaks has hidden the password (--auth-hide-password): what stands here is not "
		                 "what was sent, and no server takes it"));
	draft_said(d, SIDE_CLIENT, text, SLICE("\r\n"));
}

static void read_remark(struct draft *d, struct slice line)
{
	struct slice rest;
	if (line_starts(line, "=== Trying ", &rest))
		read_trying(d, rest);
	draft_comment_text(d, line);
	if (line_starts(line, "=== TLS started", NULL))
		draft_tls(d);
	if (line_starts(line, "=== Connection closed with remote host.", NULL))
		draft_hangs_up(d, SIDE_SERVER);
}

static enum status read(struct draft *d, struct slice text)
{
	struct slice line, end;
	draft_protocol(d, "smtp");
	while (draft_line(d, &text, &line, &end)) {
		if (take_mark(&line, sent))
			read_sent(d, line);
		else if (take_mark(&line, received))
			draft_said(d, SIDE_SERVER, line, SLICE("\r\n"));
		else if (slice_trim(line).n)
			read_remark(d, line);
	}
	return STATUS_OK;
}

const struct import_form import_swaks = { "swaks", "what swaks prints", likes, read };
