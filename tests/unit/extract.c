/*
 * Conversations with prefixes in documents: what belongs together, what is apart, what a line without prefix is, and documents
 * longer than what is held. How each dialect comes out stands in dialects.bats.
 */
#include "test.h"

#include "protocol/dialogue.h"
#include "script/extract.h"

/* ---- helpers ---- */

/* What was found: `PROTOCOL FIRST-LAST "TITLE"` and the lines of each conversation; or only how many lines there were. */
struct found {
	struct buffer all, lines;
	bool comments;
	size_t conversations;
	uint64_t said[2];
};

static void take_line(void *context, struct slice line, unsigned number)
{
	struct found *f = context;
	(void)number;
	if (f->all.n > 4096 || (!f->comments && line.n && line.p[0] == '#'))
		return;
	buffer_add_slice(&f->lines, line);
	buffer_add_octet(&f->lines, '\n');
}

static void take_end(void *context, const struct extracted *about)
{
	struct found *f = context;
	f->conversations++;
	f->said[SIDE_CLIENT] += about->client;
	f->said[SIDE_SERVER] += about->server;
	buffer_printf(&f->all, "%s%s %u-%u \"" SLICE_FMT "\"\n", about->protocol, about->tls ? "+tls" : "",
	              about->first, about->last, SLICE_ARG(about->title));
	for (size_t i = 0; i < about->nerrata; i++)
		buffer_printf(&f->all, "Errata: " SLICE_FMT "\n", SLICE_ARG(about->errata[i]));
	buffer_add_slice(&f->all, buffer_slice(&f->lines));
	buffer_clear(&f->lines);
}

static void find(const char *name, struct slice document, struct found *f)
{
	struct extract_sink sink = { take_line, take_end, f };
	struct extract *e = extract_new(name, &sink);
	extract_feed(e, document.p, document.n);
	extract_end(e);
	extract_free(e);
	buffer_free(&f->lines);
}

#define CHECK_FOUND_WITH(name, document, with_comments, want) \
	do { \
		struct found f = { .comments = (with_comments) }; \
		find(name, slice_of(document), &f); \
		CHECK_TEXT(buffer_slice(&f.all), want); \
		buffer_free(&f.all); \
	} while (0)
#define CHECK_FOUND(name, document, want) CHECK_FOUND_WITH(name, document, false, want)

/* ---- what belongs together ---- */

static void parts_of_a_session_join_over_prose_and_headings(void)
{
	CHECK_FOUND_WITH(
		"a.md",
		"# A session\n\n    S: 220 foo.com ESMTP\n    C: EHLO bar.com\n    S: 250 foo.com\n\n## The envelope\n\n"
		"Who it is from:\n\n    C: MAIL FROM:<a@bar.com>\n    S: 250 OK\n    C: QUIT\n    S: 221 bye\n",
		true,
		"smtp 3-14 \"A session\"\n"
		"S: 220 foo.com ESMTP\n"
		"C: EHLO bar.com\n"
		"S: 250 foo.com\n"
		"# The envelope\n"
		"# Who it is from:\n"
		"C: MAIL FROM:<a@bar.com>\n"
		"S: 250 OK\n"
		"C: QUIT\n"
		"S: 221 bye\n");
}

static void a_greeting_begins_another(void)
{
	CHECK_FOUND(
		"a.txt",
		"   S: +OK ready\n   C: QUIT\n   S: +OK bye\n\n   S: +OK ready\n   C: USER bob\n   S: -ERR no such user\n",
		"pop3 1-3 \"\"\nS: +OK ready\nC: QUIT\nS: +OK bye\n"
		"pop3 5-7 \"\"\nS: +OK ready\nC: USER bob\nS: -ERR no such user\n");
}

static void what_the_state_does_not_allow_is_apart(void)
{
	CHECK_FOUND("a.txt",
	            "   S: 220 foo.com ESMTP\n   C: EHLO bar.com\n   S: 250 foo.com\n\nSome words on the matter.\n\n"
	            "   C: RCPT TO:<a@foo.com>\n   S: 250 OK\n",
	            "smtp 1-3 \"\"\nS: 220 foo.com ESMTP\nC: EHLO bar.com\nS: 250 foo.com\n"
	            "smtp 7-8 \"\"\nC: RCPT TO:<a@foo.com>\nS: 250 OK\n");
}

static void examples_are_apart_unless_their_tags_go_on(void)
{
	CHECK_FOUND(
		"a.txt",
		"   Example:    C: A023 LOGOUT\n               S: * BYE bye\n               S: A023 OK done\n\n"
		"   Example:    C: A202 EXPUNGE\n               S: * 3 EXPUNGE\n               S: A202 OK done\n\n"
		"   Two words on that.\n\n"
		"               C: A203 NOOP\n               S: A203 OK done\n",
		"imap 1-3 \"\"\nC: A023 LOGOUT\nS: * BYE bye\nS: A023 OK done\n"
		"imap 5-12 \"\"\nC: A202 EXPUNGE\nS: * 3 EXPUNGE\nS: A202 OK done\nC: A203 NOOP\nS: A203 OK done\n");
}

static void dots_between_do_not_part(void)
{
	CHECK_FOUND("a.txt", "   C: LIST 2\n   S: +OK 2 200\n     ...\n   C: LIST 3\n   S: -ERR no such message\n",
	            "pop3 1-5 \"\"\nC: LIST 2\nS: +OK 2 200\nC: LIST 3\nS: -ERR no such message\n");
}

/* ---- lines without prefix ---- */

static void folded_lines_are_put_together(void)
{
	CHECK_FOUND(
		"a.txt",
		"   S: 334\n   PENCeUxFREJoU0NnbmhNWitOMjNGNndAZWx3b29kLmlubm9zb2Z0LmNvbT4=\n"
		"   C: BURL imap://harry@gryffindor.example.com/outbox\n           ;uidvalidity=1078863300/;uid=25 LAST\n"
		"   S: 250 OK\n",
		"smtp 1-5 \"\"\n"
		"S: 334 PENCeUxFREJoU0NnbmhNWitOMjNGNndAZWx3b29kLmlubm9zb2Z0LmNvbT4=\n"
		"C: BURL imap://harry@gryffindor.example.com/outbox;uidvalidity=1078863300/;uid=25 LAST\n"
		"S: 250 OK\n");
	CHECK_FOUND(
		"a.txt",
		"   C: a1 SELECT INBOX\n   S: * OK [PERMANENTFLAGS (\\Answered \\Flagged \\Draft\n   \\Deleted)] Limited\n"
		"   S: a1 OK done\n",
		"imap 1-4 \"\"\nC: a1 SELECT INBOX\nS: * OK [PERMANENTFLAGS (\\Answered \\Flagged \\Draft \\Deleted)] Limited\n"
		"S: a1 OK done\n");
}

static void asides_are_remarks(void)
{
	CHECK_FOUND_WITH("a.txt",
	                 "   C: A01 AUTHENTICATE PLAIN\n     (note that there is a space following the \"+\" in the\n"
	                 "      following line)\n   S: +\n   C: dGVzdAB0ZXN0AHRlc3Q=\n   S: A01 OK Success\n",
	                 true,
	                 "imap 1-6 \"\"\nC: A01 AUTHENTICATE PLAIN\n"
	                 "# (note that there is a space following the \"+\" in the\n# following line)\n"
	                 "S: +\nC: dGVzdAB0ZXN0AHRlc3Q=\nS: A01 OK Success\n");
}

static void what_explains_the_notation_is_not_said(void)
{
	CHECK_FOUND("a.md",
	            "C: indicates lines sent by the client, S: indicates lines sent by the server.\n\n"
	            "    C: NOOP\n    S: 250 OK\n    C: QUIT\n    S: 221 bye\n",
	            "smtp 3-6 \"\"\nC: NOOP\nS: 250 OK\nC: QUIT\nS: 221 bye\n");
}

static void only_a_remark_on_the_connection_is_no_conversation(void)
{
	CHECK_FOUND("a.txt", "Then:\n\n   S: <wait for next connection>\n\nand so on.\n", "");
}

/* ---- counts ---- */

static void a_count_that_does_not_fit_ends_where_the_text_does(void)
{
	CHECK_FOUND(
		"a.txt",
		"   C: a1 FETCH 1 BODY[]\n   S: * 1 FETCH (BODY[] {99}\n   Subject: one\n\n   two\n   S: )\n   S: a1 OK done\n"
		"   C: a2 LOGOUT\n   S: * BYE\n   S: a2 OK\n",
		"imap 1-10 \"\"\nC: a1 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {99}\nS: Subject: one\nS:\nS: two\nS: )\n"
		"S: a1 OK done\nC: a2 LOGOUT\nS: * BYE\nS: a2 OK\n");
}

/* ---- longer than what is held ---- */

/* Octets that repeat a line. */
static void add_lines(struct buffer *document, const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buffer_add_string(document, line);
}

static void a_session_may_be_of_any_length(void)
{
	struct buffer document = { 0 };
	struct found f = { .comments = false };
	buffer_add_string(&document, "S: 220 foo.com ESMTP\nC: DATA\nS: 354 go\n");
	add_lines(&document, "C: a line of the message\n", 20000);
	buffer_add_string(&document, "C: .\nS: 250 OK\n");
	find("a.txt", buffer_slice(&document), &f);
	CHECK(f.conversations == 1 && f.said[SIDE_CLIENT] == 20002 && f.said[SIDE_SERVER] == 3);
	buffer_free(&document);
	buffer_free(&f.all);
}

static void so_may_a_literal_without_prefixes(void)
{
	struct buffer document = { 0 };
	struct found f = { .comments = false };
	buffer_printf(&document, "S: * OK ready\nC: a1 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {%zu}\n",
	              (size_t)20000 * 18);
	add_lines(&document, "   a line of text.\n", 20000);
	buffer_add_string(&document, "S: )\nS: a1 OK done\nC: a2 LOGOUT\nS: * BYE bye\nS: a2 OK done\n");
	find("a.txt", buffer_slice(&document), &f);
	CHECK(f.conversations == 1 && f.said[SIDE_CLIENT] == 2 && f.said[SIDE_SERVER] == 20006);
	buffer_free(&document);
	buffer_free(&f.all);
}

static void what_is_nobodys_costs_little(void)
{
	struct buffer document = { 0 };
	struct found f = { .comments = false };
	add_lines(&document, "> quoted\n< not\nC:\nS: Small\n* 250 ok\n", 20000);
	find("a.txt", buffer_slice(&document), &f);
	CHECK(f.conversations == 0);
	buffer_free(&document);
	buffer_free(&f.all);
}

int main(void)
{
	TEST(parts_of_a_session_join_over_prose_and_headings);
	TEST(a_greeting_begins_another);
	TEST(what_the_state_does_not_allow_is_apart);
	TEST(examples_are_apart_unless_their_tags_go_on);
	TEST(dots_between_do_not_part);
	TEST(folded_lines_are_put_together);
	TEST(asides_are_remarks);
	TEST(what_explains_the_notation_is_not_said);
	TEST(only_a_remark_on_the_connection_is_no_conversation);
	TEST(a_count_that_does_not_fit_ends_where_the_text_does);
	TEST(a_session_may_be_of_any_length);
	TEST(so_may_a_literal_without_prefixes);
	TEST(what_is_nobodys_costs_little);
	return test_end();
}
