/*
 * Who speaks in a line, in the dialects that documents have: prefixes, what stands before them, where what is said ends.
 */
#include "test.h"

#include "script/notation.h"

/* ---- helpers ---- */

/* What is found in a line, a word each: side and text as `C|EHLO me`; behind the side `&` for both, `~` where prose stands before
 * the first. */
static char *found(const char *line, const struct notation *notation)
{
	struct said said[16];
	struct slice text = slice_of(line);
	struct buffer out = { 0 };
	size_t n = notation_find(text, notation, said, 16);
	for (size_t i = 0; i < n; i++) {
		buffer_add_string(&out, i ? " " : "");
		buffer_add_string(&out, said[i].side == SIDE_CLIENT ? "C" : "S");
		buffer_add_string(&out, said[i].both ? "&" : i == 0 && !said[i].clean ? "~" : "");
		buffer_add_octet(&out, '|');
		buffer_add_slice(&out, slice_part(text, said[i].text, said[i].end));
	}
	return buffer_take(&out);
}

static const struct notation *named(const char *name)
{
	const struct notation *row = notations;
	while (row->name && strcmp(row->name, name) != 0)
		row++;
	return row->name ? row : NULL;
}

#define CHECK_FOUND(line, want) \
	do { \
		char *got_found = found(line, NULL); \
		CHECK_TEXT(slice_of(got_found), want); \
		free(got_found); \
	} while (0)

#define CHECK_FOUND_AS(name, line, want) \
	do { \
		char *got_found = found(line, named(name)); \
		CHECK_TEXT(slice_of(got_found), want); \
		free(got_found); \
	} while (0)

/* Lines, each with what is found in it. */
struct row {
	const char *line, *want;
};

static void check_rows(const struct row *rows)
{
	for (; rows->line; rows++)
		CHECK_FOUND(rows->line, rows->want);
}

/* ---- dialects ---- */

static void letters(void)
{
	static const struct row rows[] = {
		{ "C: EHLO me", "C|EHLO me" },
		{ "S: 250 OK", "S|250 OK" },
		{ "      C: EHLO me", "C|EHLO me" },
		{ "C:    EHLO me  ", "C|EHLO me" },
		{ "C:", "C|" },
		{ "S: ", "S|" },
		{ "S:\t250 OK", "S|250 OK" },
		{ "C : EHLO me", "C|EHLO me" },
		{ "C:EHLO me", "C|EHLO me" },
		{ "C:<client connects>", "C|<client connects>" },
		{ "c: ehlo me", "C|ehlo me" },
		{ "C> FEAT", "C|FEAT" },
		{ "S> 211- whatever", "S|211- whatever" },
		{ "C| EHLO me", "C|EHLO me" },
		{ "[C] GROUP misc.test", "C|GROUP misc.test" },
		{ "[S] 211 1234 3000234", "S|211 1234 3000234" },
		{ "(C) EHLO me", "C|EHLO me" },
		{ "C2: B001 CLOSE", "C|B001 CLOSE" },
		{ "M: EHLO me", "C|EHLO me" },
		{ "I: A0051 OK completed", "S|A0051 OK completed" },
		{ "**C:** EHLO me", "C|EHLO me" },
		{ "**C**: EHLO me", "C|EHLO me" },
		{ "`C: EHLO me`", "C|EHLO me" },
		{ "C: `EHLO me`", "C|EHLO me" },
		{ "C: <stream:stream xmlns='jabber:client'>", "C|<stream:stream xmlns='jabber:client'>" },
		{ NULL, NULL },
	};
	check_rows(rows);
}

static void words(void)
{
	static const struct row rows[] = {
		{ "Client: EHLO me", "C|EHLO me" },       { "SERVER: 250 OK", "S|250 OK" },
		{ "**Client:** EHLO me", "C|EHLO me" },   { "Client (telnet): EHLO me", "C|EHLO me" },
		{ "SMTP client: EHLO me", "C|EHLO me" },  { "The mail server: 250 OK", "S|250 OK" },
		{ "Client sends: EHLO me", "C|EHLO me" }, { "Server response: 250 OK", "S|250 OK" },
		{ "[Client] EHLO me", "C|EHLO me" },      { "Sender: MAIL FROM:<a@b>", "C|MAIL FROM:<a@b>" },
		{ "Receiver: 250 OK", "S|250 OK" },       { "SENDER-SMTP: HELO me", "C|HELO me" },
		{ "MUA: EHLO me", "C|EHLO me" },          { "MTA: 250 OK", "S|250 OK" },
		{ "You: EHLO me", "C|EHLO me" },          { NULL, NULL },
	};
	check_rows(rows);
}

static void both_do_it(void)
{
	CHECK_FOUND("C & S: <negotiate a TLS session>", "C&|<negotiate a TLS session>");
	CHECK_FOUND("C,S: TLS", "C&|TLS");
	CHECK_FOUND("C/S: <...further messages...>", "C&|<...further messages...>");
	CHECK_FOUND("Client and server: negotiate TLS", "C&|negotiate TLS");
}

static void arrows(void)
{
	static const struct row rows[] = {
		{ "-> EHLO me", "C|EHLO me" },
		{ "<- 250 OK", "S|250 OK" },
		{ "--> EHLO me", "C|EHLO me" },
		{ "<---- 250 OK", "S|250 OK" },
		{ "=> EHLO me", "C|EHLO me" },
		{ ">>> EHLO me", "C|EHLO me" },
		{ "<<< 250 OK", "S|250 OK" },
		{ "→ EHLO me", "C|EHLO me" },
		{ "← 250 OK", "S|250 OK" },
		{ " -> EHLO me", "C|EHLO me" }, /* swaks */
		{ "<~  250 OK", "S|250 OK" },   /* under TLS */
		{ "<** 550 no", "S|550 no" },   /* not what it wanted */
		{ "> GET / HTTP/1.1", "C|GET / HTTP/1.1" },
		{ "<", "S|" },
		{ "57:04.83 > IMAD1 NOOP", "C|IMAD1 NOOP" },
		{ "C->S: OPTIONS * RTSP/2.0", "C|OPTIONS * RTSP/2.0" },
		{ "S --> C: 250 OK", "S|250 OK" },
		{ "client -> server: EHLO me", "C|EHLO me" },
		{ "(server -> client) : 220 ready", "S|220 ready" },
		{ NULL, NULL },
	};
	check_rows(rows);
}

static void arrows_stand_behind_in_columns(void)
{
	/* RFC 1176; RFC 959 7, where the first column is prose */
	CHECK_FOUND("   A001 LOGIN Fred Secret   -->", "C|A001 LOGIN Fred Secret");
	CHECK_FOUND("   {Open Connection}        -->", "C|{Open Connection}");
	CHECK_FOUND("   username Doe <CR>              USER Doe<CRLF>---->", "C~|USER Doe");
	CHECK_FOUND("   username Doe <CR> USER Doe<CRLF>---->", "C~|USER Doe");
	/* drawn through */
	CHECK_FOUND("  ------- HELO me ---->", "C~|HELO me");
	CHECK_FOUND("  <-------250 OK------", "S|250 OK");
	CHECK_FOUND("  this leads to that -->", "");
	CHECK_FOUND("  <-------->", "");
	/* RFC 1861: known to be in that notation, it may say anything */
	CHECK_FOUND("   PAGE 5551212                  -->", "");
	CHECK_FOUND_AS("--> <--", "   PAGE 5551212                  -->", "C|PAGE 5551212");
}

static void blocks(void)
{
	CHECK_FOUND("Request:", "C|");
	CHECK_FOUND(">> Response <<", "S|");
	CHECK_FOUND("Request: what you want", "");
}

/* Which of the rows that share a prefix a document has is not known by one line. */
static void a_row_may_be_asked_for(void)
{
	CHECK_FOUND("R: 250 OK", "S|250 OK");
	CHECK_FOUND_AS("C: S:", "S: MAIL FROM:<a@b>", "S|MAIL FROM:<a@b>");
	CHECK_FOUND_AS("S: R:", "S: MAIL FROM:<a@b>", "C|MAIL FROM:<a@b>");
	CHECK_FOUND_AS("S: R:", "R: 250 OK", "S|250 OK");
	CHECK_FOUND_AS("U: S:", "U: a001 login crispin secret", "C|a001 login crispin secret");
	CHECK_FOUND_AS("C: P:", "P: 250 OK", "S|250 OK");
	CHECK_FOUND_AS("C: S:", "R: 250 OK", "");
}

/* ---- what stands before and behind ---- */

static void leaders_stand_before(void)
{
	static const char *const leaders[] = { "# ",   "// ",         " * ",  "; ",   "-- ",  "% ",    "| ",
		                               "! ",   "dnl ",        "REM ", ".. ",  "- ",   "+ ",    "• ",
		                               "❖ ",   "1. ",         "1) ",  "12: ", "012 ", "[12] ", "> ",
		                               "> > ", "[12:00:01] ", "/// ", NULL };
	for (const char *const *leader = leaders; *leader; leader++) {
		char *line = string_printf("%sC: EHLO me", *leader);
		CHECK_FOUND(line, "C|EHLO me");
		free(line);
	}
}

static void what_opens_is_closed(void)
{
	static const struct row rows[] = {
		{ "\"C: EHLO me\"", "C|EHLO me" },
		{ "\"C: EHLO me\\r\\n\",", "C|EHLO me" },
		{ "'S: 250 OK\\n' +", "S|250 OK" },
		{ "“S: 250 OK”", "S|250 OK" },
		{ "| C: EHLO me |", "C|EHLO me" },
		{ "C: <client connects> | |", "C|<client connects>" },
		{ "/* C: EHLO me */", "C|EHLO me" },
		/* what nothing has opened is said */
		{ "S: 250 \"quoted\"", "S|250 \"quoted\"" },
		{ "C: EPRT |1|132.235.1.2|6275|", "C|EPRT |1|132.235.1.2|6275|" },
		{ "C: \"tim b913a602c7eda7a495b4e6e7334d3890\"", "C|\"tim b913a602c7eda7a495b4e6e7334d3890\"" },
		{ "S: 354 end with <CRLF>.<CRLF>", "S|354 end with <CRLF>.<CRLF>" },
		{ NULL, NULL },
	};
	check_rows(rows);
}

static void labels_and_prose_stand_before(void)
{
	static const struct row rows[] = {
		{ "   Example:    C: A003 NOOP", "C~|A003 NOOP" },
		{ "   Examples:   S: * 3 EXISTS", "S~|* 3 EXISTS" },
		{ "   or    S: * 3 EXISTS", "S~|* 3 EXISTS" },
		{ "---C: EHLO me", "C~|EHLO me" },
		{ "---- all is encrypted from here ---C: EHLO me", "C~|EHLO me" },
		{ "Escape character is '^]'. S: 220 ready", "S~|220 ready" },
		{ "A drive, such as  C: is full", "" },
		{ "The client says C: hello there", "" },
		{ NULL, NULL },
	};
	check_rows(rows);
}

/* ---- several in a line ---- */

static void wikis_flatten_lines(void)
{
	CHECK_FOUND("C: STAT S: +OK 10 16286", "C|STAT S|+OK 10 16286");
	CHECK_FOUND("C: LIST S: +OK S: 1 4435 S: 2 1891 S: .", "C|LIST S|+OK S|1 4435 S|2 1891 S|.");
	CHECK_FOUND("C: S: HTTP/1.1 200 OK S: S: <?xml?>", "C| S|HTTP/1.1 200 OK S| S|<?xml?>");
	CHECK_FOUND("S: . C: DELE 1", "S|. C|DELE 1");
	CHECK_FOUND("C: GET / HTTP/1.1 C: Host: www.example.com C:", "C|GET / HTTP/1.1 C|Host: www.example.com C|");
	CHECK_FOUND("Client: QUIT Server: 221 bye", "C|QUIT S|221 bye");
}

/* A pair of prefixes in a line that somebody has flattened: the first is the line's own, the others are found inside it. */
static void check_inside(const struct notation *row, struct slice client, struct slice server)
{
	struct buffer line = { 0 };
	struct said said[4];
	buffer_printf(&line, SLICE_FMT " 250 ok " SLICE_FMT " QUIT " SLICE_FMT " 221 bye", SLICE_ARG(server),
	              SLICE_ARG(client), SLICE_ARG(server));
	size_t n = notation_find(buffer_slice(&line), row, said, 4);
	CHECK(n == 3);
	if (n == 3) {
		CHECK(said[1].side == SIDE_CLIENT && said[2].side == SIDE_SERVER);
		CHECK_TEXT(slice_part(buffer_slice(&line), said[1].text, said[1].end), "QUIT");
	} else {
		printf("# %s: " SLICE_FMT "\n", row->name, SLICE_ARG(buffer_slice(&line)));
	}
	buffer_free(&line);
}

static void every_prefix_is_found_inside_a_line(void)
{
	for (const struct notation *row = notations; row->name; row++) {
		struct slice clients = slice_of(row->client), client;
		while (row->form != NOTATION_BLOCK && (client = slice_word(&clients)).n) {
			struct slice servers = slice_of(row->server), server;
			while ((server = slice_word(&servers)).n)
				check_inside(row, client, server);
		}
	}
}

static void what_is_said_may_look_like_a_prefix(void)
{
	CHECK_FOUND("S: 250 drive C: is full", "S|250 drive C: is full");
	CHECK_FOUND("C: RCPT TO:<s:x@y>", "C|RCPT TO:<s:x@y>");
	CHECK_FOUND("C: see http://C:80/", "C|see http://C:80/");
	CHECK_FOUND("S: Server says hi C: Client says hi", "S|Server says hi C: Client says hi");
}

/* A caller that takes few goes on behind what it got. */
static void no_more_are_written_than_asked_for(void)
{
	struct said said[2];
	struct slice line = SLICE("C: STAT S: +OK 1 2 C: QUIT S: +OK");
	CHECK(notation_find(line, NULL, said, 2) == 2);
	struct slice rest = slice_part(line, said[1].end, line.n);
	CHECK_TEXT(rest, " C: QUIT S: +OK");
	CHECK(notation_find(rest, NULL, said, 2) == 2 && said[0].side == SIDE_CLIENT);
	CHECK(notation_find(line, NULL, said, 0) == 0);
}

/* ---- what is none ---- */

static void other_things_are_no_prefixes(void)
{
	static const char *const lines[] = { "C:\\Windows",
		                             "C:/foo",
		                             "   case C:",
		                             "S::name",
		                             "int c: 3",
		                             "http://foo/",
		                             "12:30 C",
		                             "Re: hello",
		                             "A: yes Q: no",
		                             "* OK IMAP4rev1 ready",
		                             "+ go on",
		                             "250 OK",
		                             "<html>",
		                             "",
		                             "   ",
		                             "Server: Apache/2.4.1 (Unix)",
		                             "-----------",
		                             "C",
		                             NULL };
	for (const char *const *line = lines; *line; line++)
		CHECK_FOUND(*line, "");
}

/* ---- leaders alone ---- */

static void a_leader_ends_where_something_is_said(void)
{
	static const struct {
		const char *line;
		size_t leader;
	} rows[] = {
		{ "   text", 3 }, { "  // text", 5 }, { "> > text", 4 }, { " * text", 3 },    { "12: text", 4 },
		{ "| text", 2 },  { "# text", 2 },    { "dnl text", 4 }, { "* 3 EXISTS", 0 }, { "  * OK ready", 2 },
		{ "+ Ready", 0 }, { "250 OK", 0 },    { "1 NOOP", 0 },   { "-ERR no", 0 },    { "#hashtag", 0 },
		{ "text", 0 },    { "// 250 OK", 3 }, { "", 0 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t leader = notation_leader(slice_of(rows[i].line));
		if (leader != rows[i].leader)
			printf("# \"%s\": %zu\n", rows[i].line, leader);
		CHECK(leader == rows[i].leader);
	}
}

/* ---- payload that is left out ---- */

static void payload_is_left_out(void)
{
	static const struct row rows[] = {
		{ "...", "" },
		{ ". . .", "" },
		{ "…", "" },
		{ "....", "" },
		{ "[...]", "" },
		{ "[etc.]", "" },
		{ "etc.", "" },
		{ "<...>", "" },
		{ "---- snip ----", "" },
		{ "<message 1 contents>", "message 1 contents" },
		{ "<server sends the text of message 1>", "server sends the text of message 1" },
		{ "<the POP3 server sends the entire message here>", "the POP3 server sends the entire message here" },
		{ "(message text)", "message text" },
		{ "[message body]", "message body" },
		{ "{the message}", "the message" },
		{ "<1234 bytes of message content>", "1234 bytes of message content" },
		{ "<256 bytes of sieve script>)", "256 bytes of sieve script" },
		{ "(sends entire message)", "sends entire message" },
		{ "[content (123456789 bytes)]", "content (123456789 bytes)" },
		{ ". . .message content. . .", "message content" },
		{ "...message body...", "message body" },
		{ "[...] (the usual responses to SELECT)", "the usual responses to SELECT" },
		{ NULL, NULL },
	};
	for (const struct row *row = rows; row->line; row++) {
		struct slice what = SLICE("?");
		if (!notation_left_out(slice_of(row->line), &what))
			printf("# \"%s\"\n", row->line);
		CHECK(notation_left_out(slice_of(row->line), NULL));
		CHECK_TEXT(what, row->want);
	}
}

static void text_is_not_left_out(void)
{
	static const char *const texts[] = { "",
		                             ".",
		                             "..",
		                             "<CRLF>",
		                             "<CRLF>.<CRLF>",
		                             "<bob@example.com>",
		                             "<html>",
		                             "<body>",
		                             "<p class=\"text\">",
		                             "</message>",
		                             "<message to='x'>",
		                             "(FLAGS (\\Seen))",
		                             "(BODY[TEXT] {5}",
		                             "{\"message\": \"hi\"}",
		                             "<wait for connection on TCP port 25>",
		                             "<open connection to server>",
		                             "<negotiate a TLS session>",
		                             "(server closes connection)",
		                             "Blah blah blah...",
		                             "...etc. etc. etc.",
		                             "+OK",
		                             "[READ-WRITE]",
		                             "[text](http://example.com)",
		                             NULL };
	for (const char *const *text = texts; *text; text++) {
		if (notation_left_out(slice_of(*text), NULL))
			printf("# \"%s\"\n", *text);
		CHECK(!notation_left_out(slice_of(*text), NULL));
	}
}

/* ---- hostile lines ---- */

static void any_octets_may_come(void)
{
	static const char *const pieces[] = { "C: ",      "S:",   " ",  "<",    "-",  "\"", "|",
		                              "\xC2\xA0", "\xE2", "- ", "C:S:", "1:", "`" };
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		struct buffer line = { 0 };
		struct said said[4];
		while (line.n < 20000)
			buffer_add_string(&line, pieces[i]);
		CHECK(notation_find(buffer_slice(&line), NULL, said, 4) <= 4);
		CHECK(notation_leader(buffer_slice(&line)) <= line.n);
		(void)notation_left_out(buffer_slice(&line), NULL);
		buffer_free(&line);
	}
	struct said said[4];
	CHECK(notation_find((struct slice){ "C: a\0b\xFF", 7 }, NULL, said, 4) == 1 && said[0].end == 7);
}

int main(void)
{
	TEST(letters);
	TEST(words);
	TEST(both_do_it);
	TEST(arrows);
	TEST(arrows_stand_behind_in_columns);
	TEST(blocks);
	TEST(a_row_may_be_asked_for);
	TEST(leaders_stand_before);
	TEST(what_opens_is_closed);
	TEST(labels_and_prose_stand_before);
	TEST(wikis_flatten_lines);
	TEST(every_prefix_is_found_inside_a_line);
	TEST(what_is_said_may_look_like_a_prefix);
	TEST(no_more_are_written_than_asked_for);
	TEST(other_things_are_no_prefixes);
	TEST(a_leader_ends_where_something_is_said);
	TEST(payload_is_left_out);
	TEST(text_is_not_left_out);
	TEST(any_octets_may_come);
	return test_end();
}
