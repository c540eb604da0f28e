/*
 * The scripts of Exim's test suite (test/README in Exim's sources): the input of its `client` programs, `??? 250` for a line
 * that is expected; the input of `exim -bs` and `exim -bh`, whose replies Exim compares elsewhere; and, where there is neither,
 * that of its `server`. Each is a conversation. Everything else that a script does becomes comments.
 */
#include "script/import_forms.h"

#include <stdlib.h>
#include <string.h>

/* What Exim's test suite puts its own values for. */
static const char *const substituted[] = { "CALLER",   "CALLER_NAME", "DIR",     "EXIMGROUP", "EXIMUSER", "HOSTIPV4",
	                                   "HOSTIPV6", "HOSTNAME",    "PORT_D",  "PORT_D2",   "PORT_D3",  "PORT_D4",
	                                   "PORT_N",   "PORT_S",      "TESTNUM", "V4NET",     "V6NET",    NULL };

/* Whose input it is. */
enum block {
	BLOCK_NONE,   /* a command of the suite's, by itself */
	BLOCK_CLIENT, /* client, client-ssl, client-gnutls, client-anytls */
	BLOCK_SUBMIT, /* exim -bs, exim -bh */
	BLOCK_SERVER, /* server, where there is nothing else */
	BLOCK_OTHER   /* input of something else: left out */
};

struct exim {
	struct draft *d;
	enum block block;
	bool servers;      /* there is nothing but servers in the script */
	unsigned left_out; /* lines of BLOCK_OTHER */
	bool starttls;     /* the reply that comes next begins TLS, if it is 2yz */
	bool data;         /* BLOCK_SUBMIT: message text goes on */
	bool told;         /* that values are substituted was said in this conversation */
	size_t pending;    /* client lines since the last expected reply */
	size_t expected;   /* lines of the block of replies under way that are still to come, this one not counted */
	size_t run;        /* and how many the block has */
};

/* ---- recognising ---- */

static bool is_client(struct slice line)
{
	struct slice rest;
	return line_starts(line, "client", &rest) &&
	       (line_starts(rest, " ", NULL) || line_starts(rest, "-ssl ", NULL) ||
	        line_starts(rest, "-gnutls ", NULL) || line_starts(rest, "-anytls ", NULL));
}

/* `exim -bs`, `sudo exim -v -bs -oMa V4NET.0.0.1`, `3 exim -bh 10.0.0.1`. */
static bool is_submission(struct slice line)
{
	struct slice rest = line, word = slice_word(&rest);
	bool exim = false;
	for (unsigned n = 0; word.n; word = slice_word(&rest), n++) {
		exim = exim || (n < 4 && (slice_equal(word, SLICE("exim")) || slice_equal(word, SLICE("exim_exim"))));
		if (exim && (slice_equal(word, SLICE("-bs")) || slice_equal(word, SLICE("-bh"))))
			return true;
	}
	return false;
}

static bool is_expected(struct slice line)
{
	return line_starts(line, "??? ", NULL) || line_starts(line, "???*", NULL) || line_starts(line, "????", NULL);
}

static unsigned likes(struct slice line, bool first)
{
	(void)first;
	if (is_expected(line) || is_client(line) || line_starts(line, "server PORT_", NULL) ||
	    line_starts(line, "exim -", NULL))
		return 3;
	return slice_equal(line, SLICE("****")) || line_starts(line, "+++ ", NULL) || is_submission(line);
}

/* ---- text ---- */

/* Whether the script has lines of that kind. */
static bool has(struct slice text, bool (*kind)(struct slice line))
{
	while (text.n)
		if (kind(slice_row(&text)))
			return true;
	return false;
}

static int hex_digit(char c)
{
	c = octet_lower(c);
	return octet_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Appends what client.c's unescape_buf makes of the text: \r, \n, \xHH; any other octet behind \ stands for itself. */
static void unescape(struct buffer *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\\' || i + 1 == text.n) {
			buffer_add_octet(out, text.p[i]);
			continue;
		}
		char c = text.p[++i];
		int high = c == 'x' && i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(text.p[i + 2]) : -1;
		if (low >= 0) {
			buffer_add_octet(out, (char)(high * 16 + low));
			i += 2;
		} else {
			buffer_add_octet(out, (char)(c == 'r' ? '\r' : c == 'n' ? '\n' : c));
		}
	}
}

/* How many octets at the front of the text are one word of letters, digits and underscores. */
static size_t word_length(struct slice text)
{
	size_t n = 0;
	while (n < text.n && (octet_is_alnum(text.p[n]) || text.p[n] == '_'))
		n++;
	return n;
}

/* Appends the text as a template: words that Exim substitutes become variables. Returns whether there are any. */
static bool add_template(struct buffer *out, struct slice text)
{
	bool any = false;
	while (text.n) {
		size_t n = word_length(text);
		struct slice word = slice_part(text, 0, n ? n : 1);
		const char *const *name = substituted;
		while (n && *name && !slice_equal(word, slice_of(*name)))
			name++;
		if (n && *name) {
			buffer_printf(out, "{{%s}}", *name);
			any = true;
		} else {
			if (!n && slice_starts(text, SLICE("{{")))
				word = slice_part(text, 0, 2);
			draft_quote(out, word);
		}
		text = slice_part(text, word.n, text.n);
	}
	return any;
}

/* ---- what is said ---- */

static void say(struct exim *e, enum side side, enum script_mark mark, struct slice text, struct slice line_end,
                const char *tail)
{
	struct buffer template = { 0 };
	bool any = add_template(&template, text);
	buffer_add_string(&template, tail);
	if (any && !e->told) {
		draft_comment_text(e->d,
		                   SLICE("Exim's test suite puts values of its own for names in capitals: give them "
		                         "with --set, as in --set HOSTNAME=mail.example"));
		e->told = true;
	}
	draft_template(e->d, side, mark, buffer_slice(&template), line_end);
	buffer_free(&template);
}

/* Octets of the client's that may be several lines. */
static void say_octets(struct exim *e, struct slice octets)
{
	while (octets.n) {
		struct slice line = slice_line(&octets), end = slice_part(line, line.n, line.n);
		if (line.p[line.n - 1] == '\n') {
			size_t length = line.n > 1 && line.p[line.n - 2] == '\r' ? 2 : 1;
			end = slice_part(line, line.n - length, line.n);
		}
		say(e, SIDE_CLIENT, MARK_NONE, slice_part(line, 0, line.n - end.n), end, "");
		e->pending++;
	}
}

/* What stands behind the three digits of an expected line where the script has no more: each `???` is one line. Where one
 * command waits, all lines but the last are continued; where as many wait as lines are expected, each is a reply. */
static const char *tail_of(const struct exim *e, struct slice text)
{
	if (text.n != 3 || !line_is_code(text))
		return "{{*}}";
	if (e->expected == 0 || e->pending >= e->run)
		return " {{*}}";
	return e->pending <= 1 ? "-{{*}}" : "{{*}}";
}

static void read_expected(struct exim *e, struct slice line)
{
	struct buffer text = { 0 };
	unescape(&text, slice_part(line, 4, line.n));
	struct slice expected = buffer_slice(&text);
	if (line.p[3] == '*') {
		draft_hangs_up(e->d, SIDE_SERVER);
	} else if (line.p[3] == '?') {
		say(e, SIDE_SERVER, MARK_REPEATED, expected, SLICE("\r\n"), "{{*}}");
	} else {
		say(e, SIDE_SERVER, MARK_NONE, expected, SLICE("\r\n"), tail_of(e, expected));
		if (e->starttls && expected.n && expected.p[0] == '2')
			draft_tls(e->d);
		e->starttls = false;
	}
	buffer_free(&text);
}

/* A line that the client sends. */
static void read_sent(struct exim *e, struct slice line)
{
	struct slice rest;
	struct buffer octets = { 0 };
	bool exact = line_starts(line, ">>> ", &rest);
	if (slice_equal(line, SLICE("stoptls")) || slice_equal(line, SLICE("STOPTLS"))) {
		draft_comment_text(
			e->d,
			SLICE("here Exim's client ends TLS and goes on in the clear (stoptls): no transcript can"));
		return;
	}
	if (slice_equal(line, SLICE("starttls_wait"))) {
		draft_comment_text(e->d, SLICE("Exim's client does not start TLS after this (starttls_wait)"));
		line = slice_part(line, 0, 8);
	}
	e->starttls = slice_equal(line, SLICE("starttls")) || slice_equal(line, SLICE("STARTTLS"));
	unescape(&octets, exact ? rest : line);
	if (!exact)
		buffer_add_string(&octets, "\r\n");
	say_octets(e, buffer_slice(&octets));
	buffer_free(&octets);
}

static void read_wait(struct exim *e, struct slice seconds)
{
	uint64_t n = 0;
	char *text = NULL;
	if (slice_number(slice_trim(seconds), &n) && n < 1000000000)
		text = string_printf("client waits %llu s", (unsigned long long)n);
	if (text)
		draft_direction(e->d, text);
	else
		draft_comment(e->d, "+++ " SLICE_FMT, SLICE_ARG(seconds));
	free(text);
}

/* ---- blocks ---- */

/* Reads ahead how many lines of the server's are expected in a row. */
static void count_run(struct exim *e, struct slice line, struct slice rest)
{
	if (e->expected)
		e->expected--;
	else
		for (e->run = 1; rest.n && line_starts(slice_row(&rest), "??? ", NULL); e->run++)
			e->expected++;
	(void)line;
}

static void read_client(struct exim *e, struct slice line, struct slice rest)
{
	struct slice word;
	if (is_expected(line)) {
		if (line.p[3] == ' ')
			count_run(e, line, rest);
		read_expected(e, line);
		if (e->expected == 0)
			e->pending = 0;
	} else if (line_starts(line, "+++ ", &word)) {
		read_wait(e, word);
	} else if (line_starts(line, "<<< ", &word)) {
		draft_comment(e->d, "here Exim reads more of its script from the file " SLICE_FMT ", which is not here",
		              SLICE_ARG(word));
	} else {
		read_sent(e, line);
	}
}

/* `:noeol:text`, `:sleep:3`, `:file:name`, `:eval:…` in the input of a program. */
static bool read_directive(struct exim *e, struct slice line)
{
	struct slice rest;
	if (line_starts(line, ":noeol:", &rest))
		say(e, SIDE_CLIENT, MARK_NONE, rest, SLICE(""), "");
	else if (line_starts(line, ":sleep:", &rest))
		read_wait(e, rest);
	else if (line_starts(line, ":eval:", NULL) || line_starts(line, ":file:", NULL))
		draft_comment(e->d, "here Exim's test suite makes input, which cannot be done here: " SLICE_FMT,
		              SLICE_ARG(line));
	else
		return false;
	return true;
}

/* What is said to `exim -bs`: it waits for no reply, and compares them elsewhere. */
static void read_submitted(struct exim *e, struct slice line)
{
	if (read_directive(e, line))
		return;
	say(e, SIDE_CLIENT, MARK_NONE, line, SLICE("\r\n"), "");
	bool ends = e->data && slice_equal(line, SLICE("."));
	bool begins = !e->data && slice_equal_nocase(slice_trim(line), SLICE("DATA"));
	if (ends || !e->data)
		say(e, SIDE_SERVER, MARK_NONE, SLICE(""), SLICE("\r\n"), begins ? "354 {{*}}" : "{{*}}");
	e->data = begins || (e->data && !ends);
}

/* A line of the input of `server`. */
static void read_served(struct exim *e, struct slice line)
{
	struct slice rest = line;
	struct buffer octets = { 0 };
	if (line_starts(line, "*sleep", NULL) || line_starts(line, ">*eof", NULL) || line_starts(line, "*eof", NULL)) {
		if (line_starts(line, "*sleep", NULL))
			draft_comment(e->d, "here the server waits: " SLICE_FMT, SLICE_ARG(line));
		else
			draft_hangs_up(e->d, line.p[0] == '>' ? SIDE_SERVER : SIDE_CLIENT);
	} else if (line_starts(line, "*starttls", NULL)) {
		draft_tls(e->d);
	} else if (line_starts(line, "*data", &rest)) {
		draft_comment(e->d, "the client sends" SLICE_FMT " octets", SLICE_ARG(rest));
	} else if (slice_equal(line, SLICE("."))) {
		draft_payload(e->d, SIDE_CLIENT, "the text of the message", 0);
		say(e, SIDE_CLIENT, MARK_NONE, line, SLICE("\r\n"), "");
	} else if (line.n && (line.p[0] == '>' || octet_is_digit(line.p[0]))) {
		struct slice end = SLICE("\r\n");
		if (line_starts(line, ">>", &rest))
			end = SLICE("");
		else if (line_starts(line, ">CR>", &rest))
			end = SLICE("\r");
		else if (line_starts(line, ">LF>", &rest))
			end = SLICE("\n");
		else
			(void)line_starts(line, ">", &rest);
		unescape(&octets, rest);
		say(e, SIDE_SERVER, MARK_NONE, buffer_slice(&octets), end, "");
	} else {
		(void)line_starts(line, "<", &rest);
		unescape(&octets, rest);
		say(e, SIDE_CLIENT, MARK_NONE, buffer_slice(&octets), SLICE("\r\n"), "{{*}}");
	}
	buffer_free(&octets);
}

/* ---- the suite's commands ---- */

/* Whether the command is followed by lines of input, up to `****`. */
static bool takes_input(struct slice line)
{
	static const char *const words[] = { "exim", "exim_exim",  "server", "write", "catwrite",
		                             "perl", "background", "mailq",  NULL };
	struct slice rest = line, word = slice_word(&rest);
	while (word.n &&
	       (octet_is_digit(word.p[0]) || slice_equal(word, SLICE("sudo")) || slice_find_octet(word, '=') < word.n))
		word = slice_word(&rest);
	for (const char *const *w = words; *w; w++)
		if (slice_equal(word, slice_of(*w)))
			return true;
	return false;
}

static void begin_conversation(struct exim *e, struct slice command)
{
	draft_next(e->d);
	draft_protocol(e->d, slice_find(command, SLICE("lmtp")) < command.n ? "lmtp" : "smtp");
	if (slice_find(command, SLICE("-tls-on-connect")) < command.n)
		draft_tls(e->d);
	e->starttls = e->data = e->told = false;
	e->pending = 1; /* the greeting answers the connection */
	e->expected = 0;
}

static void read_command(struct exim *e, struct slice line)
{
	bool server = e->servers && line_starts(line, "server ", NULL);
	e->block = is_client(line)       ? BLOCK_CLIENT
	           : is_submission(line) ? BLOCK_SUBMIT
	           : server              ? BLOCK_SERVER
	                                 : BLOCK_NONE;
	if (e->block != BLOCK_NONE)
		begin_conversation(e, line);
	else if (takes_input(line))
		e->block = BLOCK_OTHER;
	draft_comment_text(e->d, line_starts(line, "#", &line) ? slice_trim(line) : line);
	if (e->block == BLOCK_SUBMIT)
		draft_comment_text(e->d,
		                   SLICE("Exim compares the replies to this elsewhere: any stands here for each"));
	if (e->block == BLOCK_SUBMIT)
		say(e, SIDE_SERVER, MARK_NONE, SLICE("220"), SLICE("\r\n"), " {{*}}");
}

static void end_block(struct exim *e)
{
	if (e->block == BLOCK_OTHER && e->left_out)
		draft_comment(e->d, "(%u lines of its input are left out)", e->left_out);
	e->block = BLOCK_NONE;
	e->left_out = 0;
}

static void read_line(struct exim *e, struct slice line, struct slice rest)
{
	if (slice_equal(line, SLICE("****"))) {
		end_block(e);
		return;
	}
	switch (e->block) {
	case BLOCK_NONE:
		if (slice_trim(line).n)
			read_command(e, line);
		break;
	case BLOCK_CLIENT:
		read_client(e, line, rest);
		break;
	case BLOCK_SUBMIT:
		read_submitted(e, line);
		break;
	case BLOCK_SERVER:
		read_served(e, line);
		break;
	case BLOCK_OTHER:
		e->left_out++;
		break;
	}
}

/* A command that goes on in the next line, behind a `\`, is one. */
static void join_command(struct exim *e, struct slice *text, struct slice line, struct buffer *joined)
{
	struct slice end;
	buffer_add_slice(joined, line);
	while (e->block == BLOCK_NONE && joined->n && joined->p[joined->n - 1] == '\\' &&
	       draft_line(e->d, text, &line, &end)) {
		joined->n--;
		buffer_add_slice(joined, slice_trim(line));
	}
}

static enum status read(struct draft *d, struct slice text)
{
	struct exim e = { .d = d };
	struct slice line, end;
	struct buffer joined = { 0 };
	e.servers = !has(text, is_client) && !has(text, is_submission);
	if (!has(text, is_client) && has(text, is_expected)) { /* the client's input by itself */
		e.block = BLOCK_CLIENT;
		begin_conversation(&e, SLICE(""));
	}
	while (draft_line(d, &text, &line, &end)) {
		buffer_clear(&joined);
		join_command(&e, &text, line, &joined);
		read_line(&e, buffer_slice(&joined), text);
	}
	end_block(&e);
	buffer_free(&joined);
	return STATUS_OK;
}

const struct import_form import_exim = { "exim", "a script of Exim's test suite: client, exim -bs, server", likes,
	                                 read };
