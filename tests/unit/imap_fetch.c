/*
 * FETCH: what is asked for, and what is said for one mail: envelopes, structures, sections, partial ones.
 */
#include "test.h"

#include "lab/imap_fetch.h"
#include "lab/imap_say.h"

static const struct mailbox mailbox = { .keywords = { "$Forwarded", "NIL" } };

/* The reply for a mail of that text, said in pieces of at most `most` octets. */
static void fetch_in(struct buffer *out, struct slice text, const char *items, bool uid, size_t most)
{
	struct imap_tree tree = { 0 };
	const char *problem = NULL;
	struct mail mail = { .uid = 7, .flags = MAIL_SEEN | 3 << MAIL_KEYWORDS, .holders = 1 };
	struct fetch_reply reply;
	struct slice piece;
	mail.received = 837596665; /* 17-Jul-1996 02:44:25 -0700 */
	mail.zone = -7 * 60;
	mail.message = message_new(text);
	imap_tree_parse(&tree, slice_of(items), NULL, 0);
	struct fetch *fetch = fetch_new(&tree, 0, uid, &problem);
	imap_tree_free(&tree);
	buffer_add_string(out, fetch ? "" : problem);
	if (fetch) {
		fetch_reply_begin(&reply, fetch, &mailbox, &mail, 3, true, false);
		while (fetch_reply_next(&reply, most, &piece))
			buffer_add_slice(out, piece);
		buffer_add_string(out, reply.unknown_encoding ? "unknown encoding" : "");
		fetch_reply_end(&reply);
	}
	CHECK(mail.holders == 1);
	fetch_free(fetch);
	message_release(mail.message);
}

/* What is said is the same in pieces of any size; `wanted` is what stands between `* 3 FETCH (` and `)` CRLF. */
static void fetched(struct slice text, const char *items, const char *wanted)
{
	struct buffer whole = { 0 }, pieces = { 0 };
	fetch_in(&whole, text, items, false, 100000);
	fetch_in(&pieces, text, items, false, 3);
	CHECK(slice_equal(buffer_slice(&whole), buffer_slice(&pieces)));
	CHECK(slice_starts(buffer_slice(&whole), SLICE("* 3 FETCH (")));
	CHECK_TEXT(slice_part(buffer_slice(&whole), 11, whole.n - 3), wanted);
	buffer_free(&whole);
	buffer_free(&pieces);
}

/* ---- what is asked for ---- */

static void wrong(const char *items, const char *wanted)
{
	struct buffer out = { 0 };
	fetch_in(&out, SLICE(""), items, false, 100);
	CHECK_TEXT(buffer_slice(&out), wanted);
	buffer_free(&out);
}

static void items_that_are_none(void)
{
	static const char *const sections[] = { "BODY[0]",
		                                "BODY[1.]",
		                                "BODY[1TEXT]",
		                                "BODY[MIME]",
		                                "BODY[]<5>",
		                                "BODY[]<0.0>",
		                                "BODY[]<a.b>",
		                                "BODY[FOO]",
		                                "BODY[1.0.2]",
		                                "RFC822[]",
		                                "BODY[HEADER]x",
		                                "BINARY[TEXT]",
		                                "BODY[]<0.4294967296>",
		                                "BODY[HEADER.FIELDS ()]",
		                                "BINARY.SIZE[1]<0.1>",
		                                "BODY[HEADER.FIELDS (())]" };
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
		wrong(sections[i], "no such section, the form is BODY[1.HEADER]<0.100>");
	wrong("", "the items are missing, such as (FLAGS UID)");
	wrong("FLAGS UID", "several items must stand in parentheses, as in (FLAGS UID)");
	wrong("()", "at least one item must stand in the parentheses");
	wrong("FOO", "no such item of FETCH");
	wrong("(FAST)", "no such item of FETCH"); /* macros stand alone */
	wrong("(FLAGS (UID))", "an item of FETCH is a word, such as FLAGS or BODY[]");
	wrong("\"FLAGS\"", "an item of FETCH is a word, such as FLAGS or BODY[]");
	wrong("(FLAGS", "a ( is not closed");
}

static bool sees(const char *items)
{
	struct imap_tree tree = { 0 };
	const char *problem = NULL;
	imap_tree_parse(&tree, slice_of(items), NULL, 0);
	struct fetch *fetch = fetch_new(&tree, 0, false, &problem);
	bool seen = fetch && fetch_sees(fetch);
	CHECK(fetch != NULL);
	fetch_free(fetch);
	imap_tree_free(&tree);
	return seen;
}

static void what_marks_as_seen(void)
{
	CHECK(sees("BODY[]") && sees("body[header]") && sees("RFC822") && sees("RFC822.TEXT") && sees("BINARY[1]"));
	CHECK(sees("(BODY.PEEK[] BODY[])") && sees("(FLAGS BODY[1]<0.1>)"));
	CHECK(!sees("BODY.PEEK[]") && !sees("RFC822.HEADER") && !sees("BODY") && !sees("BODYSTRUCTURE") &&
	      !sees("FULL"));
	CHECK(!sees("BINARY.PEEK[1]") && !sees("BINARY.SIZE[1]"));
}

/* ---- items ---- */

#define LETTER "From: Fred <fred@a>\r\nSubject: hi\r\n there\r\nX: y\r\n\r\nbody\r\n"

static void short_items(void)
{
	struct buffer out = { 0 };
	fetched(SLICE(LETTER), "fast",
	        "FLAGS (\\Seen $Forwarded NIL \\Recent) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 56");
	fetched(SLICE(LETTER), "(UID uid RFC822.SIZE Uid)", "UID 7 RFC822.SIZE 56");
	fetch_in(&out, SLICE(LETTER), "RFC822.SIZE", true, 9);
	CHECK_TEXT(buffer_slice(&out), "* 3 FETCH (UID 7 RFC822.SIZE 56)\r\n");
	buffer_free(&out);
}

static void sections(void)
{
	fetched(SLICE(LETTER), "RFC822", "RFC822 {56}\r\n" LETTER);
	fetched(SLICE(LETTER), "(BODY[TEXT] RFC822.TEXT UID)",
	        "BODY[TEXT] {6}\r\nbody\r\n RFC822.TEXT {6}\r\nbody\r\n UID 7");
	fetched(SLICE(LETTER), "body.peek[header.fields (FROM \"X\" x none)]",
	        "BODY[HEADER.FIELDS (FROM X x none)] {29}\r\nFrom: Fred <fred@a>\r\nX: y\r\n\r\n");
	fetched(SLICE(LETTER), "BODY[HEADER.FIELDS.NOT (From)]",
	        "BODY[HEADER.FIELDS.NOT (From)] {29}\r\nSubject: hi\r\n there\r\nX: y\r\n\r\n");
	fetched(SLICE("A: b\r\n"), "BODY[HEADER.FIELDS (A)]", "BODY[HEADER.FIELDS (A)] {6}\r\nA: b\r\n");
	fetched(SLICE(LETTER), "(BODY[1] BODY[2] BODY[1.1] BODY[1.HEADER] BODY[1.MIME]<0.4>)",
	        "BODY[1] {6}\r\nbody\r\n BODY[2] NIL BODY[1.1] NIL BODY[1.HEADER] NIL BODY[1.MIME]<0> {4}\r\nFrom");
}

/* A field's name may be any string, a literal as well: it is an item's, or stands before it. */
static void names_that_are_literals(void)
{
	const struct imap_literal literals[] = { { 7, SLICE("Subject") }, { 2, SLICE("To") }, { 1, SLICE("X") } };
	struct imap_tree tree = { 0 };
	struct fetch_reply reply;
	struct slice piece;
	struct buffer out = { 0 };
	const char *problem = NULL;
	struct mail mail = { .uid = 7, .message = message_new(SLICE(LETTER)), .holders = 1 };
	imap_tree_parse(&tree, SLICE("(BODY[HEADER.FIELDS ({7}\r\n)] BODY[HEADER.FIELDS ({2}\r\n {1}\r\n)])"), literals,
	                3);
	struct fetch *fetch = fetch_new(&tree, 0, false, &problem);
	CHECK(fetch != NULL);
	fetch_reply_begin(&reply, fetch, &mailbox, &mail, 1, false, true);
	while (fetch_reply_next(&reply, 1000, &piece))
		buffer_add_slice(&out, piece);
	CHECK_TEXT(buffer_slice(&out), "* 1 FETCH (BODY[HEADER.FIELDS (Subject)] {23}\r\nSubject: hi\r\n there\r\n\r\n"
	                               " BODY[HEADER.FIELDS (To X)] {8}\r\nX: y\r\n\r\n FLAGS ())\r\n");
	fetch_reply_end(&reply);
	fetch_free(fetch);
	message_release(mail.message);
	imap_tree_free(&tree);
	buffer_free(&out);
}

static void partial_sections(void)
{
	fetched(SLICE(LETTER), "BODY[TEXT]<1.3>", "BODY[TEXT]<1> {3}\r\nody");
	fetched(SLICE(LETTER), "BODY[TEXT]<4.100>", "BODY[TEXT]<4> {2}\r\n\r\n");
	fetched(SLICE(LETTER), "BODY[TEXT]<6.1>", "BODY[TEXT]<6> {0}\r\n");
	fetched(SLICE(LETTER), "BODY[TEXT]<4294967295.4294967295>", "BODY[TEXT]<4294967295> {0}\r\n");
	fetched(SLICE(LETTER), "(BODY[]<0.1> BODY[]<0.2>)", "BODY[]<0> {1}\r\nF BODY[]<0> {2}\r\nFr");
	/* Of chosen fields: across from one to the next. */
	fetched(SLICE(LETTER), "BODY[HEADER.FIELDS (From X)]<19.5>", "BODY[HEADER.FIELDS (From X)]<19> {5}\r\n\r\nX: ");
}

/* A string has none; a literal8 may (RFC 3516). */
static void no_nul_is_said(void)
{
	struct buffer out = { 0 };
	struct slice wanted = SLICE("* 3 FETCH (BINARY[1] ~{3}\r\nd\0e BINARY[1]<0> ~{1}\r\nd)\r\n");
	fetched(SLICE("A: b\0c\r\n\r\nd\0e"), "(BODY[TEXT] BODY[HEADER])",
	        "BODY[TEXT] {3}\r\nd\x80"
	        "e BODY[HEADER] {10}\r\nA: b\x80"
	        "c\r\n\r\n");
	fetch_in(&out, SLICE("A: b\0c\r\n\r\nd\0e"), "(BINARY[1] BINARY[1]<0.1>)", false, 2);
	CHECK(slice_equal(buffer_slice(&out), wanted));
	buffer_free(&out);
}

/* ---- envelope ---- */

static void envelope(void)
{
	fetched(SLICE("Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n"
	              "From: Terry Gray <gray@cac.washington.edu>\r\n"
	              "Subject: IMAP4rev1 WG mtg summary and minutes\r\n"
	              "To: imap@cac.washington.edu\r\n"
	              "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
	              "Message-Id: <B27397-0100000@cac.washington.edu>\r\n\r\n"),
	        "ENVELOPE",
	        "ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" "
	        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
	        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
	        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((NIL NIL \"imap\" \"cac.washington.edu\")) "
	        "((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL "
	        "\"<B27397-0100000@cac.washington.edu>\")"); /* RFC 3501 section 8 */
	fetched(SLICE(""), "ENVELOPE", "ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
	/* Fields that are there and empty, groups, a name that cannot be quoted. */
	fetched(SLICE("Subject:\r\nTo: g: a@b;, h:;\r\nCc:\r\nFrom: \"a\\\"b\" <x>\r\nSender: \r\nReply-To: =?a?= <@r:c@\xC3\xA9>\r\n"),
	        "ENVELOPE",
	        "ENVELOPE (NIL \"\" ((\"a\\\"b\" NIL \"x\" \"\")) ((\"a\\\"b\" NIL \"x\" \"\")) "
	        "((\"=?a?=\" \"@r\" \"c\" {2}\r\n\xC3\xA9)) "
	        "((NIL NIL \"g\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL NIL NIL)(NIL NIL \"h\" NIL)(NIL NIL NIL NIL)) "
	        "NIL NIL NIL NIL)");
}

/* ---- structure ---- */

static void structures(void)
{
	fetched(SLICE(LETTER), "(BODY BODYSTRUCTURE)",
	        "BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 6 1) "
	        "BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 6 1 NIL NIL NIL NIL)");
	fetched(SLICE("Content-Type: multipart/mixed; boundary=x\r\nContent-Language: en, de\r\n\r\n--x\r\n"
	              "Content-Type: image/png; name=\"a b\"\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <i>\r\n"
	              "Content-Description: \"d\"\r\nContent-MD5: Q2h\r\nContent-Disposition: attachment; filename=f\r\n"
	              "Content-Location: http://x\r\n\r\nAAAA\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\n"
	              "a\r\n\r\n--x--\r\n"),
	        "BODYSTRUCTURE",
	        "BODYSTRUCTURE ((\"image\" \"png\" (\"name\" \"a b\") \"<i>\" \"\\\"d\\\"\" \"base64\" 4 \"Q2h\" "
	        "(\"attachment\" (\"filename\" \"f\")) NIL \"http://x\")"
	        "(\"message\" \"rfc822\" NIL NIL NIL \"7BIT\" 18 (NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) "
	        "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3 1 NIL NIL NIL NIL) 3 NIL NIL NIL NIL) "
	        "\"mixed\" (\"boundary\" \"x\") NIL (\"en\" \"de\") NIL)");
	fetched(SLICE("Content-Type: multipart/mixed; boundary=x\r\n\r\nnone\r\n"), "BODY",
	        "BODY ((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0) \"mixed\")");
}

/* ---- BINARY (RFC 3516) ---- */

#define CODED(encoding, body) "Content-Transfer-Encoding: " encoding "\r\n\r\n" body

static void binary(void)
{
	fetched(SLICE(CODED("quoted-printable", "a=3Db=\r\nc")), "(BINARY[1] BINARY.SIZE[1] BINARY[1]<1.2>)",
	        "BINARY[1] {4}\r\na=bc BINARY.SIZE[1] 4 BINARY[1]<1> {2}\r\n=b");
	fetched(SLICE(CODED("base64", "")), "(BINARY[1] BINARY.SIZE[1] BINARY[2])",
	        "BINARY[1] {0}\r\n BINARY.SIZE[1] 0 BINARY[2] NIL");
	struct buffer out = { 0 };
	fetch_in(&out, SLICE(CODED("x-none", "a")), "(UID BINARY[1])", false, 100);
	CHECK_TEXT(buffer_slice(&out), "* 3 FETCH (UID 7)\r\nunknown encoding");
	buffer_free(&out);
}

/* ---- strings ---- */

static void strings_are(struct slice said, const char *string, const char *astring)
{
	struct buffer out = { 0 };
	imap_say_string(&out, said);
	CHECK_TEXT(buffer_slice(&out), string);
	buffer_clear(&out);
	imap_say_astring(&out, said);
	CHECK_TEXT(buffer_slice(&out), astring);
	buffer_free(&out);
}

static void strings(void)
{
	strings_are(SLICE(""), "\"\"", "\"\"");
	strings_are(SLICE("INBOX"), "\"INBOX\"", "INBOX");
	strings_are(SLICE("nil"), "\"nil\"", "\"nil\"");
	strings_are(SLICE("a b"), "\"a b\"", "\"a b\"");
	strings_are(SLICE("a\"\\%"), "\"a\\\"\\\\%\"", "\"a\\\"\\\\%\"");
	strings_are(SLICE("a\tb"), "\"a\tb\"", "\"a\tb\"");
	strings_are(SLICE("a\r"), "{2}\r\na\r", "{2}\r\na\r");
	strings_are(SLICE("\xC3\xA9"), "{2}\r\n\xC3\xA9", "{2}\r\n\xC3\xA9");
	strings_are(SLICE("a\0b"),
	            "{3}\r\na\x80"
	            "b",
	            "{3}\r\na\x80"
	            "b");
}

static void days(void)
{
	struct buffer out = { 0 };
	imap_say_date(&out, 0, 0);
	imap_say_date(&out, -1, -210);
	imap_say_date(&out, 951782400, 14 * 60);
	CHECK_TEXT(buffer_slice(&out), "\" 1-Jan-1970 00:00:00 +0000\"\"31-Dec-1969 20:29:59 -0330\""
	                               "\"29-Feb-2000 14:00:00 +1400\"");
	buffer_free(&out);
}

int main(void)
{
	TEST(items_that_are_none);
	TEST(what_marks_as_seen);
	TEST(short_items);
	TEST(sections);
	TEST(names_that_are_literals);
	TEST(partial_sections);
	TEST(no_nul_is_said);
	TEST(envelope);
	TEST(structures);
	TEST(binary);
	TEST(strings);
	TEST(days);
	return test_end();
}
