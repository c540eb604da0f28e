/*
 * A session pasted from a terminal: telnet, nc, openssl s_client. Nothing marks the sides; who says a line is known by the
 * protocol, which the draft follows. What the tools say themselves becomes comments.
 */
#include "script/import_forms.h"

#include <string.h>

#include "protocol/protocol.h"
#include "script/speaker.h"
#include "script/tool.h"

struct terminal {
	struct draft *d;
	struct buffer line;                /* the line under way, what only a terminal understands taken out */
	bool begun;                        /* the two have begun to talk */
	bool over;                         /* the connection is closed */
	bool tls;                          /* s_client: from the first octet, unless -starttls */
	bool in_rest;                      /* the server's line goes on behind a literal */
	const char *starttls;              /* the protocol in which s_client asked for TLS itself; NULL */
	const struct tool_block *skipping; /* a block that is left out; NULL: none */
	unsigned skipped;                  /* its lines so far */
	struct slice body_end;             /* what ends the lines of the server's counted octets under way */
};

/* ---- recognising ---- */

static bool is_tool(struct slice line, const char *a, const char *b)
{
	struct slice rest, tool = tool_of(line, &rest);
	return slice_equal(tool, slice_of(a)) || slice_equal(tool, slice_of(b));
}

static unsigned likes_s_client(struct slice line, bool first)
{
	static const char *const surely[] = {
		"CONNECTED(0", "depth=",       "verify return:",         "verify error:num=",
		"read:errno=", "SSL-Session:", "SSL handshake has read", NULL
	};
	(void)first;
	return is_tool(line, "openssl", "openssl") || line_starts_any(line, surely) ? 3 : 0;
}

static unsigned likes_telnet(struct slice line, bool first)
{
	(void)first;
	if (is_tool(line, "telnet", "telnet") || line_starts(line, "Escape character is ", NULL))
		return 4;
	return line_starts(line, "Trying ", NULL) || line_starts(line, "Connected to ", NULL) ||
	       line_starts(line, "Connection closed by foreign host.", NULL);
}

/* Whether a conversation may begin with the line: a greeting, or an HTTP request. */
static bool begins_talk(struct slice line)
{
	const struct protocol *asked = protocol_of_command(line, SLICE(""));
	return protocol_of_greeting(line) || (asked && !asked->server_first);
}

static unsigned likes_nc(struct slice line, bool first)
{
	if (is_tool(line, "nc", "ncat") || is_tool(line, "netcat", "netcat"))
		return 4;
	if (line_starts(line, "Connection to ", NULL) && slice_find(line, SLICE(" succeeded!")) < line.n)
		return 4;
	return first && begins_talk(line) ? 3 : 0;
}

/* ---- the shell's line ---- */

static void read_arguments(struct terminal *t, struct slice rest)
{
	struct tool_target target = tool_target(rest);
	t->starttls = target.starttls;
	if (target.port)
		draft_port(t->d, target.port);
	if (t->starttls)
		draft_protocol(t->d, t->starttls);
}

static void read_shell(struct terminal *t, struct slice line, struct slice arguments)
{
	draft_next(t->d);
	t->begun = t->over = false;
	t->starttls = NULL;
	read_arguments(t, arguments);
	draft_comment_text(t->d, line);
}

/* ---- how it begins ---- */

/* What s_client says with -starttls before TLS, of which it prints the last line that came. */
static const struct opening {
	const char *protocol, *greeting, *asks, *asked, *starts, *started;
} openings[] = {
	{ "smtp", "220 {{*}}", "EHLO mail.example.com", "250", "STARTTLS", "220 {{*}}" },
	{ "lmtp", "220 {{*}}", "LHLO mail.example.com", "250", "STARTTLS", "220 {{*}}" },
	{ "imap", "* OK {{*}}", ". CAPABILITY", ". OK", ". STARTTLS", ". OK {{*}}" },
	{ "ftp", "220 {{*}}", "FEAT", "211", "AUTH TLS", "234 {{*}}" },
	{ "pop3", NULL, NULL, "+OK", "STLS", "+OK {{*}}" },
};

/* The opening whose last line before TLS this is; NULL where it is none. */
static const struct opening *opening_of(const struct terminal *t, struct slice line)
{
	for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
		const struct opening *row = &openings[i];
		bool named = t->starttls && strcmp(t->starttls, row->protocol) == 0;
		bool shown = t->starttls == NULL && row->greeting && !protocol_of_greeting(line);
		if ((named || shown) && line_starts(line, row->asked, NULL))
			return row;
	}
	return NULL;
}

static void say_filled(struct terminal *t, enum side side, const char *text)
{
	draft_filled(t->d, side, slice_of(text), text);
}

static void read_opening(struct terminal *t, const struct opening *opening, struct slice line)
{
	draft_protocol(t->d, opening->protocol);
	draft_comment(t->d, "openssl has asked for TLS itself (-starttls %s), and printed one line of that",
	              opening->protocol);
	if (opening->greeting) {
		say_filled(t, SIDE_SERVER, opening->greeting);
		say_filled(t, SIDE_CLIENT, opening->asks);
	}
	draft_said(t->d, SIDE_SERVER, line, SLICE("\r\n"));
	say_filled(t, SIDE_CLIENT, opening->starts);
	say_filled(t, SIDE_SERVER, opening->started);
	draft_tls(t->d);
}

/* The first line of the conversation, or one before it. */
static bool read_beginning(struct terminal *t, struct slice line)
{
	const struct opening *opening = t->tls ? opening_of(t, line) : NULL;
	t->begun = opening || begins_talk(line);
	if (!t->begun && slice_trim(line).n)
		draft_comment_text(t->d, line);
	if (opening)
		read_opening(t, opening, line);
	else if (t->begun && t->tls)
		draft_tls(t->d);
	return opening || !t->begun;
}

/* ---- who says it ---- */

static bool following(const struct terminal *t, const char *protocol)
{
	return slice_equal(slice_of(draft_following(t->d)), slice_of(protocol));
}

/* Whether an empty line says something here: elsewhere it only parts what a person reads. */
static bool empty_counts(const struct terminal *t)
{
	enum input input = draft_input(t->d);
	bool text = input == INPUT_TEXT || input == INPUT_FIELD || input == INPUT_COUNTED || input == INPUT_REST;
	return (text && draft_turn(t->d) == SIDE_CLIENT) || draft_due(t->d) ||
	       (draft_in_reply(t->d) && !following(t, "imap"));
}

/* ---- counted octets ---- */

/* Whether `due` octets are these lines, each ended by `length` octets; `whole`: the last too, as it is in the text. */
static bool fits(struct slice text, uint64_t due, size_t length, bool whole)
{
	uint64_t total = 0;
	while (text.n && total < due) {
		bool ended = slice_find_octet(text, '\n') < text.n;
		struct slice line = slice_row(&text);
		while (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		total += line.n;
		if (total == due)
			return !whole;
		total += ended ? length : 0;
	}
	return whole && total == due;
}

/* A paste does not show how the lines of a body were ended: by what makes its count right. */
static struct slice ends_of(struct slice text, uint64_t due)
{
	static const struct slice ends[] = { { "\r\n", 2 }, { "\n", 1 } };
	for (unsigned part = 0; part < 2; part++)
		for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
			if (fits(text, due, ends[i].n, part == 0))
				return ends[i];
	return ends[0];
}

/* A line among the server's counted octets; `rest` is the text behind it. */
static void read_counted(struct terminal *t, struct slice line, uint64_t due)
{
	struct slice end = t->body_end;
	uint64_t left = due > line.n ? due - line.n : 0;
	draft_said(t->d, SIDE_SERVER, line, left < end.n ? slice_part(end, 0, due < line.n ? 2 : (size_t)left) : end);
	t->in_rest = following(t, "imap") && draft_due(t->d) == 0 && due >= line.n + end.n;
}

/* ---- reading ---- */

/* Takes out what a terminal's recording holds beside text: CSI sequences (ECMA-48 5.4), NULs, CRs at the end. */
static struct slice clean(struct terminal *t, struct slice line)
{
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (slice_find_octet(line, '\x1B') == line.n && slice_find_octet(line, '\0') == line.n)
		return line;
	buffer_clear(&t->line);
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\x1B' && i + 1 < line.n && line.p[i + 1] == '[') {
			for (i += 2; i < line.n && (line.p[i] < '@' || line.p[i] > '~');)
				i++;
		} else if (line.p[i] != '\0' && line.p[i] != '\x1B') {
			buffer_add_octet(&t->line, line.p[i]);
		}
	}
	return buffer_slice(&t->line);
}

static void end_block(struct terminal *t)
{
	if (t->skipping)
		draft_comment(t->d, "(%u more lines of %s are left out)", t->skipped, t->skipping->what);
	t->skipping = NULL;
}

/* Whether the line belongs to a block that is left out. */
static bool skip_block(struct terminal *t, struct slice line)
{
	if (t->skipping) {
		t->skipped++;
		if (line_starts(line, t->skipping->ends, NULL))
			end_block(t);
		return true;
	}
	t->skipping = tool_block(line);
	if (t->skipping)
		draft_comment_text(t->d, line);
	t->skipped = 0;
	return t->skipping != NULL;
}

/* Whether the line is a tool's; it has been dealt with then. */
static bool read_tool(struct terminal *t, struct slice line)
{
	struct slice arguments;
	if (tool_of(line, &arguments).n && (!t->begun || t->over || draft_input(t->d) == INPUT_COMMAND)) {
		read_shell(t, line, arguments);
		return true;
	}
	enum side side;
	if (t->begun && tool_closes(line, &side)) {
		if (side == SIDE_CLIENT && draft_input(t->d) == INPUT_ANSWER)
			return false; /* IDLE's DONE */
		draft_hangs_up(t->d, side);
		draft_comment_text(t->d, line);
		t->over = true;
		return true;
	}
	if (draft_input(t->d) != INPUT_COMMAND && t->begun && !t->over)
		return false;
	if (t->tls && skip_block(t, line))
		return true;
	if (!tool_says(line, t->tls))
		return false;
	draft_comment_text(t->d, line);
	return true;
}

static void read_line(struct terminal *t, struct slice line, struct slice rest_with)
{
	uint64_t due = draft_due(t->d);
	if (due) {
		read_counted(t, line, due);
		return;
	}
	if (read_tool(t, line) || (!t->begun && read_beginning(t, line)))
		return;
	if (t->over) {
		if (slice_trim(line).n)
			draft_comment_text(t->d, line);
		return;
	}
	if (line.n == 0 && !t->in_rest && !empty_counts(t))
		return;
	enum side side = t->in_rest ? SIDE_SERVER : speaker_side(t->d->dialogue, line);
	t->in_rest = false;
	draft_said(t->d, side, line, SLICE("\r\n"));
	if (draft_due(t->d))
		t->body_end = ends_of(rest_with, draft_due(t->d));
}

static enum status read(struct draft *d, struct slice text, bool tls)
{
	struct terminal t = { .d = d, .tls = tls };
	struct slice line, end;
	while (draft_line(d, &text, &line, &end))
		read_line(&t, clean(&t, line), text);
	end_block(&t);
	buffer_free(&t.line);
	return STATUS_OK;
}

static enum status read_tls(struct draft *d, struct slice text)
{
	return read(d, text, true);
}

static enum status read_plain(struct draft *d, struct slice text)
{
	return read(d, text, false);
}

const struct import_form import_s_client = { "s_client", "a session with openssl s_client, pasted from a terminal",
	                                     likes_s_client, read_tls };
const struct import_form import_telnet = { "telnet", "a session with telnet, pasted from a terminal", likes_telnet,
	                                   read_plain };
const struct import_form import_nc = { "nc", "a session with nc, or any other, pasted from a terminal", likes_nc,
	                               read_plain };
