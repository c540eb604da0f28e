/*
 * The structure of messages: fields, parts and where they stand, parameters, addresses, dates, and what encodings hide.
 */
#include "test.h"

#include "store/mime.h"

/* ---- fields ---- */

static void fields_of_a_header(void)
{
	struct slice header = SLICE("From bob Sat Mar 24\r\nSubject : a\r\n\tb\r\n c \r\n: none\r\nTo:x\r\n\r\n");
	struct mime_field field;
	struct buffer value = { 0 };
	CHECK(mime_field_next(&header, &field));
	CHECK_TEXT(field.name, "Subject");
	CHECK_TEXT(field.whole, "Subject : a\r\n\tb\r\n c \r\n");
	CHECK_TEXT(field.value, " a\r\n\tb\r\n c ");
	mime_unfold(&value, field.value);
	CHECK_TEXT(buffer_slice(&value), "a\tb c");
	CHECK(mime_field_next(&header, &field));
	CHECK_TEXT(field.name, "To");
	CHECK_TEXT(field.value, "x");
	CHECK(!mime_field_next(&header, &field) && header.n == 0);
	CHECK(mime_field(SLICE("A: 1\r\na: 2"), SLICE("A"), &field));
	CHECK_TEXT(field.value, " 1");
	CHECK(mime_field(SLICE("A: 1\r\nb: 2"), SLICE("B"), &field)); /* no line end at all */
	CHECK_TEXT(field.value, " 2");
	CHECK(!mime_field(SLICE("A: 1\r\n"), SLICE("B"), &field) && field.value.n == 0);
	buffer_free(&value);
}

/* ---- parts ---- */

/* Parts as `type/subtype[header|body|lines](parts)`. */
static void shown(struct buffer *out, const struct mime *part)
{
	buffer_printf(out, SLICE_FMT "/" SLICE_FMT "[%zu|" SLICE_FMT "|%llu]", SLICE_ARG(part->type),
	              SLICE_ARG(part->subtype), part->header.n, SLICE_ARG(part->body), (unsigned long long)part->lines);
	for (size_t i = 0; i < part->nparts; i++) {
		buffer_add_string(out, i ? " " : "(");
		shown(out, &part->parts[i]);
	}
	buffer_add_string(out, part->nparts ? ")" : "");
}

static void structure(const char *text, const char *wanted)
{
	struct buffer out = { 0 };
	struct mime *mime = mime_parse(slice_of(text));
	shown(&out, mime);
	CHECK_TEXT(buffer_slice(&out), wanted);
	CHECK(mime->whole.n == strlen(text) && mime->header.n + mime->body.n == mime->whole.n);
	mime_free(mime);
	buffer_free(&out);
}

static void messages_of_one_part(void)
{
	structure("", "TEXT/PLAIN[0||0]");
	structure("\r\n", "TEXT/PLAIN[2||0]");
	structure("A: b\r\n\r\nhello\r\nyou", "TEXT/PLAIN[8|hello\r\nyou|1]");
	structure("A: b\r\n", "TEXT/PLAIN[6||0]");
	structure("no field\n\nbody\n", "TEXT/PLAIN[10|body\n|1]");
	structure("Content-Type: (a) text (b) / (c) html\r\n\r\n", "text/html[41||0]");
	/* What is no type is text (RFC 2045 section 5.2). */
	structure("Content-Type: text\r\n\r\nx", "TEXT/PLAIN[22|x|0]");
	structure("Content-Type: multipart/mixed\r\n\r\n--x\r\n", "TEXT/PLAIN[33|--x\r\n|1]");
}

#define MIXED "Content-Type: multipart/mixed; boundary="

static void multiparts(void)
{
	/* The line end before a boundary belongs to it. */
	structure(MIXED "x\n\npre\n--x\n\na\n\n--x\nContent-Type: text/html\n\nb\n--x--\nepi\n",
	          "multipart/mixed[43|pre\n--x\n\na\n\n--x\nContent-Type: text/html\n\nb\n--x--\nepi\n|11]"
	          "(TEXT/PLAIN[1|a\n|1] text/html[25|b|0])");
	structure(MIXED "\"a\n b\"\n\n--a b\n\nx\n--a b--",
	          "multipart/mixed[48|--a b\n\nx\n--a b--|3](TEXT/PLAIN[1|x|0])");
	structure(MIXED "x\n\nnothing\n", "multipart/mixed[43|nothing\n|1]");
	structure(MIXED "x\n\n--x\n\na\n", "multipart/mixed[43|--x\n\na\n|3](TEXT/PLAIN[1|a\n|1])");
	/* A boundary in a header, and right behind one. */
	structure(MIXED "x\n\n--x\n--x\nA: b\n--x\nA: b\n\n--x--\n",
	          "multipart/mixed[43|--x\n--x\nA: b\n--x\nA: b\n\n--x--\n|7]"
	          "(TEXT/PLAIN[0||0] TEXT/PLAIN[4||0] TEXT/PLAIN[5||0])");
	/* Behind the last boundary nothing is one. */
	structure(MIXED "x\n\n--x--\n--x\n\na\n", "multipart/mixed[43|--x--\n--x\n\na\n|4]");
}

static void parts_in_parts(void)
{
	structure(MIXED "x\n\n--x\n" MIXED "xy\n\n--xy\n\na\n--xy--\n--x\n\nb\n--x--\n",
	          "multipart/mixed[43|--x\n" MIXED "xy\n\n--xy\n\na\n--xy--\n--x\n\nb\n--x--\n|11]"
	          "(multipart/mixed[44|--xy\n\na\n--xy--|3](TEXT/PLAIN[1|a|0]) TEXT/PLAIN[1|b|0])");
	/* The outer boundary ends the inner part, closed or not. */
	structure(MIXED "x\n\n--x\n" MIXED "y\n\n--y\n\na\n--x--\n",
	          "multipart/mixed[43|--x\n" MIXED "y\n\n--y\n\na\n--x--\n|7]"
	          "(multipart/mixed[43|--y\n\na|2](TEXT/PLAIN[1|a|0]))");
	structure("Content-Type: message/rfc822\n\nA: b\n\nhello\n",
	          "message/rfc822[30|A: b\n\nhello\n|3](TEXT/PLAIN[6|hello\n|1])");
	structure("Content-Type: message/rfc822\n\n", "message/rfc822[30||0](TEXT/PLAIN[0||0])");
	structure(
		"Content-Type: multipart/digest; boundary=x\n\n--x\n\nA: b\n\nhi\n--x\nContent-Type: text/plain\n\nc\n--x--",
		"multipart/digest[44|--x\n\nA: b\n\nhi\n--x\nContent-Type: text/plain\n\nc\n--x--|9]"
		"(MESSAGE/RFC822[1|A: b\n\nhi|2](TEXT/PLAIN[6|hi|0]) text/plain[26|c|0])");
}

/* Deeper than anybody reads, and more parts than anybody counts: the rest is text. */
static void bounds(void)
{
	struct buffer text = { 0 };
	for (unsigned i = 0; i < 100; i++)
		buffer_printf(&text, MIXED "b%u.\n\n--b%u.\n", i, i);
	struct mime *mime = mime_parse(buffer_slice(&text)), *part = mime;
	size_t depth = 0;
	for (; part->nparts > 0; part = &part->parts[0])
		depth++;
	CHECK(depth == MIME_DEPTH_MAX);
	CHECK_TEXT(part->type, "TEXT");
	mime_free(mime);
	buffer_clear(&text);
	buffer_add_string(&text, MIXED "x\n\n");
	for (unsigned i = 0; i < 3000; i++)
		buffer_add_string(&text, "--x\n\n\n");
	mime = mime_parse(buffer_slice(&text));
	CHECK(mime->nparts == MIME_PARTS_MAX - 1);
	CHECK(mime->parts[mime->nparts - 1].body.n > 1000);
	mime_free(mime);
	buffer_free(&text);
}

/* The body of the part with that number. */
static void part_is(const char *text, const char *number, const char *wanted)
{
	struct mime *mime = mime_parse(slice_of(text));
	const struct mime *part = mime_part(mime, slice_of(number));
	CHECK((part != NULL) == (wanted != NULL));
	if (part && wanted)
		CHECK_TEXT(part->body, wanted);
	mime_free(mime);
}

static void numbers_of_parts(void)
{
	static const char plain[] = "A: b\n\nhello\n";
	static const char letter[] = "Content-Type: message/rfc822\n\nA: b\n\nhello\n";
	static const char mixed[] = MIXED "x\n\n--x\n\na\n--x\nContent-Type: message/rfc822\n\n" MIXED
					  "y\n\n--y\n\nb\n--y\n\nc\n--y--\n\n--x--\n";
	part_is(plain, "", "hello\n");
	part_is(plain, "1", "hello\n");
	part_is(plain, "2", NULL);
	part_is(plain, "1.1", NULL);
	part_is(letter, "1", "A: b\n\nhello\n");
	part_is(letter, "1.1", "hello\n");
	part_is(letter, "1.1.1", NULL);
	part_is(mixed, "1", "a");
	part_is(mixed, "2.1", "b");
	part_is(mixed, "2.2", "c");
	part_is(mixed, "2.3", NULL);
	part_is(mixed, "0", NULL);
	part_is(mixed, "18446744073709551616", NULL);
}

/* ---- parameters ---- */

static void parameters_are(const char *text, const char *wanted)
{
	struct buffer out = { 0 };
	struct mime_parameters *all = mime_parameters(slice_of(text));
	for (size_t i = 0; i < all->n; i++)
		buffer_printf(&out, "%s" SLICE_FMT "=" SLICE_FMT, i ? "|" : "",
		              SLICE_ARG(buffer_slice(&all->rows[i].name)),
		              SLICE_ARG(buffer_slice(&all->rows[i].value)));
	CHECK_TEXT(buffer_slice(&out), wanted);
	mime_parameters_free(all);
	buffer_free(&out);
}

static void parameters(void)
{
	parameters_are("", "");
	parameters_are("; charset=us-ascii (Plain text); format = flowed;;", "charset=us-ascii|format=flowed");
	parameters_are(";a=\"b; \\\"c\\\"\r\n d\" ;e=; f; =g; h=x/y?z=1", "a=b; \"c\" d|e=|h=x/y?z=1");
	parameters_are(";a=\"never closed; b=c", "a=never closed; b=c");
	/* RFC 2231, with its own example. */
	parameters_are(";URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/pub\"", "URL=ftp://cs.utk.edu/pub");
	parameters_are("; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20;"
	               " title*2=\"isn't it!\"",
	               "title*=us-ascii'en'This%20is%20even%20more%20%2A%2A%2Afun%2A%2A%2A%20isn%27t%20it!");
	parameters_are(";b*1=2;a=1;b*0=1;b*3=4", "a=1|b=12|b*3=4");
	parameters_are(";n*=utf-8''%C3%A9", "n*=utf-8''%C3%A9");
}

/* ---- addresses ---- */

/* A list as `name|route|mailbox|host`, groups as `name:` and `;`. */
static void addresses_are(const char *text, const char *wanted)
{
	struct buffer out = { 0 };
	struct mime_address a = { 0 };
	struct slice list = slice_of(text);
	while (mime_address_next(&list, &a)) {
		buffer_add_string(&out, out.n ? ", " : "");
		if (a.kind == ADDRESS_GROUP_END)
			buffer_add_string(&out, ";");
		else if (a.kind == ADDRESS_GROUP_START)
			buffer_printf(&out, SLICE_FMT ":", SLICE_ARG(buffer_slice(&a.name)));
		else
			buffer_printf(&out, SLICE_FMT "|" SLICE_FMT "|" SLICE_FMT "|" SLICE_FMT,
			              SLICE_ARG(buffer_slice(&a.name)), SLICE_ARG(buffer_slice(&a.route)),
			              SLICE_ARG(buffer_slice(&a.mailbox)), SLICE_ARG(buffer_slice(&a.host)));
	}
	CHECK_TEXT(buffer_slice(&out), wanted);
	mime_address_free(&a);
	buffer_free(&out);
}

/* RFC 5322 appendix A. */
static void addresses_of_the_rfc(void)
{
	addresses_are("\"Joe Q. Public\" <john.q.public@example.com>", "Joe Q. Public||john.q.public|example.com");
	addresses_are("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
	              "Mary Smith||mary|x.test, ||jdoe|example.org, Who?||one|y.test");
	addresses_are("<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
	              "||boss|nil.test, Giant; \"Big\" Box||sysservices|example.net");
	addresses_are("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
	              "A Group:, Ed Jones||c|a.test, ||joe|where.test, John||jdoe|one.test, ;");
	addresses_are("Undisclosed recipients:;", "Undisclosed recipients:, ;");
	addresses_are("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete||pete|silly.test");
	addresses_are(
		"A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n joe@example.org,\r\n"
		"  John <jdoe@one.test> (my dear friend); (the end of the group)",
		"A Group:, Chris Jones||c|public.example, ||joe|example.org, John||jdoe|one.test, ;");
	addresses_are("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", "Hidden recipients:, ;");
	addresses_are("Joe Q. Public <john.q.public@example.com>", "Joe Q. Public||john.q.public|example.com");
	addresses_are("Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
	              "Mary Smith|@node.test|mary|example.net, ||jdoe|test.example");
	addresses_are("John Doe <jdoe@machine(comment).  example>", "John Doe||jdoe|machine.example");
}

static void addresses_that_are_odd(void)
{
	addresses_are("", "");
	addresses_are(" (only a comment) ", "");
	addresses_are("user@domain (Real Name)", "Real Name||user|domain");
	addresses_are("\"john doe\"@a, \"x.y\".z@[192.0.2.1]", "||john doe|a, ||x.y.z|[192.0.2.1]");
	addresses_are("<@a.b,@c.d:user@e.f>", "|@a.b,@c.d|user|e.f");
	addresses_are("foo, <bar>, <>", "||foo|, ||bar|, |||");
	addresses_are("a@b@c, d@e f, <<g@h>>", "||a|b, ||d|e, ||g|h");
	addresses_are("foo <bar@baz, x@y", "foo||bar|baz, ||x|y");
	addresses_are("\"never closed <a@b>", "||never closed <a@b>|");
	addresses_are("g: a@b, c@d", "g:, ||a|b, ||c|d, ;");
	addresses_are("g: h: a@b; c@d;", "g:, ||a|b, ;, ||c|d");
	addresses_are(";;,,:@", "|||");
}

/* ---- dates ---- */

static void date_is(const char *text, const char *wanted)
{
	struct buffer out = { 0 };
	int64_t seconds = 0;
	int zone = 0;
	if (mime_date(slice_of(text), &seconds, &zone))
		buffer_printf(&out, "%lld %d", (long long)seconds, zone);
	CHECK_TEXT(buffer_slice(&out), wanted);
	buffer_free(&out);
}

static void dates(void)
{
	date_is("Fri, 21 Nov 1997 09:55:06 -0600", "880127706 -360");
	date_is(" Thu,\r\n 13\r\n Feb\r\n  1969\r\n 23:32\r\n  -0330 (Newfoundland Time)", "-27723480 -210");
	date_is("21 Nov 97 09(comment):   55  :  06 -0600", "880127706 -360");
	date_is("1 Jan 70 00:00 GMT", "0 0");
	date_is("1 Jan 1970 00:00:00 EST", "18000 -300");
	date_is("Mon 1 January 100 00:00:00 +0000", "946684800 0"); /* three digits: 1900 is added */
	date_is("29-Feb-2000 12:00:00 +0545", "951804900 345");
	date_is("29 Feb 2000", "951782400 0");
	date_is("29 Feb 1900 00:00 +0000", "");
	date_is("31 Apr 2020 00:00 +0000", "");
	date_is("1 Foo 2020 00:00 +0000", "");
	date_is("1 Jan 2020 24:00 +0000", "");
	date_is("yesterday", "");
	date_is("", "");
}

/* ---- encodings ---- */

static void words_are(const char *text, const char *wanted)
{
	struct buffer out = { 0 };
	mime_decode_words(&out, slice_of(text));
	CHECK_TEXT(buffer_slice(&out), wanted);
	buffer_free(&out);
}

static void encoded_words(void)
{
	words_are("plain\r\n text", "plain text");
	words_are("=?utf-8?Q?J=C3=B6rg?= B.", "Jörg B.");
	words_are("=?ISO-8859-1*de?q?a_=E9?=", "a é");
	/* RFC 2047 section 8. */
	words_are("(=?ISO-8859-1?Q?a?=)", "(a)");
	words_are("=?ISO-8859-1?Q?a?= b", "a b");
	words_are("=?ISO-8859-1?Q?a?=  \r\n =?ISO-8859-1?Q?b?=", "ab");
	words_are("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b");
	words_are(
		"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
		"If you can read this you understand the example.");
	/* A character cut in two, a charset that nobody knows, octets that are none, and what only looks so. */
	words_are("=?utf-8?B?w4M=?= =?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "Ãé");
	words_are("=?x-none?Q?a?= =?x-none?Q?b?= c", "=?x-none?Q?a?= =?x-none?Q?b?= c");
	words_are("=?utf-8?Q?=FFx?= \xE9", "\xEF\xBF\xBDx \xEF\xBF\xBD");
	words_are("=?utf-8?X?a?= =?utf-8?Q?a b?= =?=?= =? =??Q?a?=", "=?utf-8?X?a?= =?utf-8?Q?a b?= =?=?= =? =??Q?a?=");
	words_are("=?utf-8//IGNORE?Q?a?=", "=?utf-8//IGNORE?Q?a?=");
	words_are("=?UTF-16BE?B?AGEgrA==?=", "a€");
}

static void body_is(const char *message, bool as_text, const char *wanted)
{
	struct buffer out = { 0 };
	struct mime *mime = mime_parse(slice_of(message));
	mime_decode_body(&out, mime, as_text);
	CHECK_TEXT(buffer_slice(&out), wanted);
	mime_free(mime);
	buffer_free(&out);
}

#define ENCODED(encoding, body) "Content-Transfer-Encoding: " encoding "\r\n\r\n" body

static void bodies(void)
{
	body_is(ENCODED("8bit", "a=3D"), false, "a=3D");
	body_is(ENCODED("Base64", "SGVs\r\nbG8*=\r\nIQ=="), false, "Hello!");
	body_is(ENCODED("base64", "SGVsbG8"), false, "Hello");
	body_is(ENCODED("quoted-printable", "a=3db \t\r\nc=\r\nd= \t\r\ne=G1=\r\n=4"), false, "a=b\r\ncde=G1=4");
	body_is("Content-Type: text/plain; charset=iso-8859-15\r\n" ENCODED("quoted-printable", "=A4 5"), true, "€ 5");
	body_is("Content-Type: text/plain; charset=iso-8859-15\r\n" ENCODED("quoted-printable", "=A4 5"), false,
	        "\xA4 5");
	body_is("Content-Type: text/plain; charset=none\r\n\r\n\xC3\xA9\xE9", true, "é\xEF\xBF\xBD");
}

int main(void)
{
	TEST(fields_of_a_header);
	TEST(messages_of_one_part);
	TEST(multiparts);
	TEST(parts_in_parts);
	TEST(bounds);
	TEST(numbers_of_parts);
	TEST(parameters);
	TEST(addresses_of_the_rfc);
	TEST(addresses_that_are_odd);
	TEST(dates);
	TEST(encoded_words);
	TEST(bodies);
	return test_end();
}
