/*
 * The grammar of IMAP's lines: literals at a line's end however it is cut, responses and commands taken apart, trees,
 * and what single words say.
 */
#include "test.h"

#include "protocol/imap_syntax.h"

/* ---- lines as they come ---- */

/* Scans the text as one piece and octet by octet: both must end alike. */
static enum imap_end scanned(const char *text, struct imap_scan *scan)
{
	struct imap_scan single = { 0 };
	struct slice s = slice_of(text);
	*scan = (struct imap_scan){ 0 };
	imap_scan(scan, s);
	for (size_t i = 0; i < s.n; i++)
		imap_scan(&single, slice_part(s, i, i + 1));
	CHECK(imap_scan_end(&single) == imap_scan_end(scan));
	CHECK(single.count == scan->count && single.depth == scan->depth && single.quoted == scan->quoted);
	return imap_scan_end(scan);
}

static void literals_at_the_end(void)
{
	struct imap_scan scan;
	CHECK(scanned("a1 LOGIN {11}", &scan) == IMAP_END_LITERAL);
	CHECK(scan.count == 11 && scan.apart && !scan.waits_not && !scan.binary);
	CHECK(scan.digits_here && scan.digits_start == 10 && scan.digits_end == 12);
	CHECK(scanned("a1 APPEND x ({310+}", &scan) == IMAP_END_LITERAL);
	CHECK(scan.count == 310 && scan.apart && scan.waits_not);
	CHECK(scanned("* 1 FETCH (BINARY[1] ~{0}", &scan) == IMAP_END_LITERAL);
	CHECK(scan.count == 0 && scan.apart && scan.binary);
	CHECK(scanned("x BODY[HEADER.FIELDS ({4}", &scan) == IMAP_END_LITERAL);
	CHECK(scanned("a1 LOGIN fred{3}", &scan) == IMAP_END_LITERAL && !scan.apart);
	CHECK(scanned("x {9223372036854775807}", &scan) == IMAP_END_LITERAL && !scan.huge);
	CHECK(scanned("x {9223372036854775808}", &scan) == IMAP_END_LITERAL && scan.huge);
}

static void no_literals(void)
{
	struct imap_scan scan;
	CHECK(scanned("", &scan) == IMAP_END);
	CHECK(scanned("a1 SEARCH SUBJECT \"abc {5}\"", &scan) == IMAP_END && !scan.quoted);
	CHECK(scanned("a1 SEARCH SUBJECT \"abc {5}", &scan) == IMAP_END && scan.quoted);
	CHECK(scanned("a1 SEARCH SUBJECT \"a\\\" {5}\"", &scan) == IMAP_END && !scan.quoted);
	CHECK(scanned("a1 LOGIN fred {{password}}", &scan) == IMAP_END);
	CHECK(scanned("a1 X {5} y", &scan) == IMAP_END && scan.inside);
	CHECK(scanned("a1 X {}", &scan) == IMAP_END_MALFORMED);
	CHECK(scanned("a1 X {5", &scan) == IMAP_END_MALFORMED);
	CHECK(scanned("a1 X {5-}", &scan) == IMAP_END_MALFORMED);
	CHECK(scanned("a1 X {+5}", &scan) == IMAP_END_MALFORMED);
	CHECK(scanned("a1 X {five}", &scan) == IMAP_END_MALFORMED);
	CHECK(scanned("a1 X {5+ }", &scan) == IMAP_END_MALFORMED);
	CHECK(scanned("a1 X {abc} d", &scan) == IMAP_END);
}

static void state_of_a_line(void)
{
	struct imap_scan scan;
	scanned("a (b (c", &scan);
	CHECK(scan.depth == 2 && !scan.stray);
	scanned("a b)", &scan);
	CHECK(scan.depth == 0 && scan.stray);
	scanned("\"a\\b\"", &scan);
	CHECK(scan.bad_escape);
	scanned("\"\\\"\\\\\" x  y", &scan);
	CHECK(!scan.bad_escape && scan.doubled);
	scanned("\"\xC3\xA9\"", &scan);
	CHECK(scan.quoted_eight_bit && !scan.eight_bit);
	/* Behind a literal the lists are as deep as before it. */
	CHECK(scanned("* 1 FETCH (BODY[] {3}", &scan) == IMAP_END_LITERAL && scan.depth == 1);
	imap_scan_literal_done(&scan);
	imap_scan(&scan, SLICE(" UID 7)"));
	CHECK(imap_scan_end(&scan) == IMAP_END && scan.depth == 0 && !scan.inside);
}

/* ---- what a line is ---- */

static void responses(void)
{
	struct imap_response r;
	imap_response_parse(SLICE("* 23 fetch (FLAGS ())"), &r);
	CHECK(r.kind == IMAP_UNTAGGED && r.numbered && r.number == 23 && !r.status);
	CHECK_TEXT(r.name, "fetch");
	CHECK_TEXT(r.text, "(FLAGS ())");
	imap_response_parse(SLICE("* OK [UNSEEN 12] Message 12 is first"), &r);
	CHECK(r.kind == IMAP_UNTAGGED && r.status && r.bracketed);
	CHECK_TEXT(r.code, "UNSEEN");
	CHECK_TEXT(r.code_arguments, "12");
	CHECK_TEXT(r.text, "Message 12 is first");
	imap_response_parse(SLICE("A142 OK [READ-WRITE] SELECT completed"), &r);
	CHECK(r.kind == IMAP_TAGGED && r.status);
	CHECK_TEXT(r.tag, "A142");
	CHECK_TEXT(r.code, "READ-WRITE");
	CHECK_TEXT(r.code_arguments, "");
	imap_response_parse(SLICE("a1 NO [BADCHARSET (X \"a ] \\\" b\")] no"), &r);
	CHECK_TEXT(r.code_arguments, "(X \"a ] \\\" b\")");
	CHECK_TEXT(r.text, "no");
	imap_response_parse(SLICE("a1 NO [ALERT \"] never closed"), &r); /* then the quote is none */
	CHECK_TEXT(r.code_arguments, "\"");
	imap_response_parse(SLICE("a1 no [never closed"), &r);
	CHECK(r.kind == IMAP_TAGGED && r.bracketed && r.code.n == 0);
	imap_response_parse(SLICE("+ Ready"), &r);
	CHECK(r.kind == IMAP_CONTINUATION);
	CHECK_TEXT(r.text, "Ready");
	imap_response_parse(SLICE("+"), &r);
	CHECK(r.kind == IMAP_CONTINUATION && r.text.n == 0);
	imap_response_parse(SLICE("* 18446744073709551616 EXISTS"), &r);
	CHECK(r.numbered && r.number == UINT64_MAX);
	CHECK_TEXT(r.name, "EXISTS");
	imap_response_parse(SLICE("*"), &r);
	CHECK(r.kind == IMAP_UNTAGGED && r.name.n == 0);
}

static void no_responses(void)
{
	static const char *const lines[] = {
		"", " ", "+OK", "220 ready", "a1 MAYBE so", "(a OK x", "a1", "HTTP/1.1 200 OK"
	};
	struct imap_response r;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		imap_response_parse(slice_of(lines[i]), &r);
		CHECK(r.kind == IMAP_NO_RESPONSE);
	}
}

static void commands(void)
{
	struct imap_command c;
	imap_command_parse(SLICE("a1 LOGIN smith sesame"), &c);
	CHECK_TEXT(c.tag, "a1");
	CHECK_TEXT(c.verb, "LOGIN");
	CHECK_TEXT(c.second, "");
	CHECK_TEXT(c.arguments, "smith sesame");
	imap_command_parse(SLICE("a2 uid fetch 4:* FLAGS"), &c);
	CHECK_TEXT(c.verb, "uid");
	CHECK_TEXT(c.second, "fetch");
	CHECK_TEXT(c.arguments, "4:* FLAGS");
	imap_command_parse(SLICE("  a3   NOOP"), &c);
	CHECK_TEXT(c.tag, "a3");
	CHECK_TEXT(c.verb, "NOOP");
	CHECK_TEXT(c.arguments, "");
	imap_command_parse(SLICE(""), &c);
	CHECK(c.tag.n == 0 && c.verb.n == 0);
	CHECK(imap_tag_ok(SLICE("A0001")) && imap_tag_ok(SLICE("]")) && imap_tag_ok(SLICE(".")));
	CHECK(!imap_tag_ok(SLICE("")) && !imap_tag_ok(SLICE("+")) && !imap_tag_ok(SLICE("*")) &&
	      !imap_tag_ok(SLICE("a+b")));
	CHECK(!imap_tag_ok(SLICE("a(")) && !imap_tag_ok(SLICE("\x80")) && !imap_tag_ok(SLICE("a\x7F")));
}

/* ---- trees ---- */

/* The tree as text: lists in parentheses, strings in quotes, literals as their octets between < and >, `?` behind what
 * is not whole. */
static void tree_shows(const char *text, const struct imap_literal *literals, size_t n, const char *want)
{
	struct imap_tree tree = { 0 };
	struct buffer out = { 0 };
	size_t ends[IMAP_DEPTH_MAX + 1], depth = 0;
	imap_tree_parse(&tree, slice_of(text), literals, n);
	for (size_t i = 0; i <= tree.n; i++) {
		while (depth && ends[depth - 1] == i) {
			buffer_add_octet(&out, ')');
			depth--;
		}
		if (i == tree.n)
			break;
		const struct imap_node *node = &tree.nodes[i];
		CHECK(node->end > i && node->end <= tree.n);
		buffer_add_string(&out, out.n && out.p[out.n - 1] != '(' ? " " : "");
		if (node->kind == IMAP_LIST) {
			buffer_add_octet(&out, '(');
			ends[depth++] = node->end;
		} else if (node->kind == IMAP_ATOM) {
			buffer_add_slice(&out, node->text);
		} else {
			buffer_add_octet(&out, node->kind == IMAP_QUOTED ? '"' : '<');
			buffer_add_slice(&out, node->content);
			buffer_add_octet(&out, node->kind == IMAP_QUOTED ? '"' : '>');
		}
		buffer_add_string(&out, node->whole ? "" : "?");
	}
	CHECK_TEXT(buffer_slice(&out), want);
	imap_tree_free(&tree);
	buffer_free(&out);
}

static void trees(void)
{
	const struct imap_literal two[] = { { 5, SLICE("hello") }, { 9, SLICE("") } };
	tree_shows("", NULL, 0, "");
	tree_shows("2:4 (FLAGS UID)", NULL, 0, "2:4 (FLAGS UID)");
	tree_shows("(a (b \"c d\") ()) NIL", NULL, 0, "(a (b \"c d\") ()) NIL");
	tree_shows("(BODY[HEADER.FIELDS (From \"To\")]<0> \"x\" UID 7)", NULL, 0,
	           "(BODY[HEADER.FIELDS (From \"To\")]<0> \"x\" UID 7)");
	tree_shows("({5}\r\n {9}", two, 2, "(? <hello> <>?)");
	tree_shows("\"a\\\"b\" c[d e", NULL, 0, "\"a\\\"b\" c[d e");
	tree_shows("\"open", NULL, 0, "\"open\"?");
	tree_shows("(a", NULL, 0, "(? a)");
	tree_shows("a) b", NULL, 0, "a b");
	tree_shows("BODY[TEXT", NULL, 0, "BODY[TEXT?");
	tree_shows("abc{5}", two, 1, "abc <hello>");
	tree_shows("\r\n", NULL, 0, "");
}

/* Those inside a section's brackets are no nodes, but they count. */
static void literals_are_counted(void)
{
	const struct imap_literal three[] = { { 4, SLICE("From") }, { 2, SLICE("To") }, { 1, SLICE("x") } };
	struct imap_tree tree = { 0 };
	imap_tree_parse(&tree, SLICE("BODY[HEADER.FIELDS ({4}\r\n {2}\r\n)] {1}\r\n a"), three, 3);
	CHECK(tree.n == 3 && tree.nliterals == 3 && tree.literals == three);
	CHECK(tree.nodes[0].literals == 0 && tree.nodes[1].literals == 2 && tree.nodes[2].literals == 3);
	CHECK_TEXT(tree.nodes[1].content, "x");
	imap_tree_free(&tree);
}

static void trees_are_bounded(void)
{
	struct buffer text = { 0 };
	struct imap_tree tree = { 0 };
	for (int i = 0; i < 100000; i++)
		buffer_add_octet(&text, '(');
	imap_tree_parse(&tree, buffer_slice(&text), NULL, 0);
	CHECK(tree.n == IMAP_DEPTH_MAX && tree.problem);
	buffer_clear(&text);
	for (int i = 0; i < 100000; i++)
		buffer_add_string(&text, "a ");
	imap_tree_parse(&tree, buffer_slice(&text), NULL, 0);
	CHECK(tree.n == IMAP_NODES_MAX && tree.cut);
	imap_tree_free(&tree);
	buffer_free(&text);
}

static void strings(void)
{
	const struct imap_literal literal = { 3, SLICE("a\"b") };
	struct imap_tree tree = { 0 };
	struct buffer out = { 0 };
	imap_tree_parse(&tree, SLICE("\"a\\\"\\\\b\" NIL {3}\r\n (x) atom"), &literal, 1);
	CHECK(imap_node_string(&tree.nodes[0], &out));
	CHECK_TEXT(buffer_slice(&out), "a\"\\b");
	buffer_clear(&out);
	CHECK(!imap_node_string(&tree.nodes[1], &out) && imap_node_is(&tree.nodes[1], SLICE("nil")));
	CHECK(imap_node_string(&tree.nodes[2], &out));
	CHECK_TEXT(buffer_slice(&out), "a\"b");
	CHECK(!imap_node_string(&tree.nodes[3], &out) && !imap_node_string(NULL, &out));
	imap_tree_free(&tree);
	buffer_free(&out);
}

/* ---- words ---- */

static void sets(void)
{
	struct slice set = SLICE("4:2,7,9:*");
	struct imap_range range;
	CHECK(imap_range_next(&set, &range) && range.first == 2 && range.last == 4);
	CHECK(imap_range_next(&set, &range) && range.first == 7 && range.last == 7);
	CHECK(imap_range_next(&set, &range) && range.first == 9 && range.last == UINT64_MAX);
	CHECK(set.n == 0 && !imap_range_next(&set, &range));
	CHECK(imap_set_ok(SLICE("1")) && imap_set_ok(SLICE("*")) && imap_set_ok(SLICE("1:*")) &&
	      imap_set_ok(SLICE("$")));
	CHECK(!imap_set_ok(SLICE("")) && !imap_set_ok(SLICE("0")) && !imap_set_ok(SLICE("1,")) &&
	      !imap_set_ok(SLICE(",1")));
	CHECK(!imap_set_ok(SLICE("1:")) && !imap_set_ok(SLICE(":2")) && !imap_set_ok(SLICE("1-2")));
	CHECK(!imap_set_ok(SLICE("1:2:3")) && !imap_set_ok(SLICE("4294967296")) && !imap_set_ok(SLICE("a")));
}

static void sections(void)
{
	struct imap_section s;
	imap_section_parse(SLICE("BODY.PEEK[1.2.HEADER.FIELDS (From To)]<0.100>"), &s);
	CHECK(s.ok && s.bracketed && s.partial && s.has_length && s.start == 0 && s.length == 100);
	CHECK_TEXT(s.name, "BODY.PEEK");
	CHECK_TEXT(s.part, "1.2");
	CHECK_TEXT(s.text, "HEADER.FIELDS");
	CHECK_TEXT(s.fields, "From To");
	imap_section_parse(SLICE("BODY[]<200>"), &s);
	CHECK(s.ok && s.partial && !s.has_length && s.start == 200 && s.part.n == 0 && s.text.n == 0);
	imap_section_parse(SLICE("BODY[3]"), &s);
	CHECK(s.ok && s.text.n == 0);
	CHECK_TEXT(s.part, "3");
	imap_section_parse(SLICE("FLAGS"), &s);
	CHECK(s.ok && !s.bracketed);
	static const char *const bad[] = {
		"BODY[",    "BODY[HEADER.FIELDS]", "BODY[TEXT (a)]", "BODY[FOO]",       "BODY[MIME]",
		"BODY[]<>", "BODY[]<a.b>",         "BODY[]x",        "BODY[0]",         "BODY[1.0.2]",
		"BODY[1.]", "BODY[1TEXT]",         "BODY[01]",       "BODY[4294967296]"
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		imap_section_parse(slice_of(bad[i]), &s);
		CHECK(!s.ok);
	}
}

static void dates(void)
{
	struct imap_date date;
	CHECK(imap_date_parse(SLICE("1-Feb-1994"), &date) && date.day == 1 && date.month == 2 && date.year == 1994);
	CHECK(!date.timed);
	CHECK(imap_date_parse(SLICE(" 7-Feb-1994 21:52:25 -0800"), &date) && date.timed);
	CHECK(date.hour == 21 && date.minute == 52 && date.second == 25);
	CHECK_TEXT(date.zone, "-0800");
	CHECK(imap_date_parse(SLICE("29-FEB-2024"), &date) && !imap_date_parse(SLICE("29-Feb-2023"), &date));
	static const char *const bad[] = { "",
		                           "1994-02-01",
		                           "1-Foo-1994",
		                           "32-Jan-2000",
		                           "0-Jan-2000",
		                           "1-Feb-94",
		                           "1-Feb-1994 25:00:00 +0000",
		                           "1-Feb-1994x",
		                           "1-Feb",
		                           "100-Jan-2000",
		                           "1-Feb-1994 21:52:25" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!imap_date_parse(slice_of(bad[i]), &date));
}

static void mailbox_is(const char *name, const char *want)
{
	struct buffer out = { 0 };
	if (!imap_mailbox_decode(&out, slice_of(name))) {
		CHECK(out.n == 0);
		buffer_add_string(&out, "(not well formed)");
	}
	CHECK_TEXT(buffer_slice(&out), want);
	buffer_free(&out);
}

static void mailboxes(void) /* RFC 3501 section 5.1.3 */
{
	mailbox_is("INBOX", "INBOX");
	mailbox_is("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語");
	mailbox_is("Entw&APw-rfe", "Entwürfe");
	mailbox_is("Tom &- Jerry", "Tom & Jerry");
	mailbox_is("&2D3eCg-", "\xF0\x9F\x98\x8A");
	mailbox_is("&", "(not well formed)");
	mailbox_is("&Jjo!-", "(not well formed)");
	mailbox_is("&U,BTFw", "(not well formed)");
	mailbox_is("&2D0-", "(not well formed)");
	mailbox_is("&3go-", "(not well formed)");
	mailbox_is("&A-", "(not well formed)");
}

static void mailbox_said(const char *name, const char *want)
{
	struct buffer out = { 0 };
	imap_mailbox_encode(&out, slice_of(name));
	CHECK_TEXT(buffer_slice(&out), want);
	buffer_free(&out);
}

static void mailboxes_said(void)
{
	mailbox_said("INBOX", "INBOX");
	mailbox_said("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
	mailbox_said("Entwürfe", "Entw&APw-rfe");
	mailbox_said("Tom & Jerry", "Tom &- Jerry");
	mailbox_said("\xF0\x9F\x98\x8A", "&2D3eCg-");
	mailbox_said("ä&ö", "&AOQ-&-&APY-");
	mailbox_said("\xFFx", "&,,0-x"); /* U+FFFD for what is no UTF-8 */
	mailbox_said("\t", "&AAk-");
}

/* What the first thing of `text` says as an astring; "(none)" where it is none. */
static void astring_is(const char *text, bool list, const char *want)
{
	struct imap_tree tree = { 0 };
	struct buffer out = { 0 };
	imap_tree_parse(&tree, slice_of(text), NULL, 0);
	if (!imap_node_astring(imap_node_at(&tree, 0, tree.n), list, &out))
		buffer_add_string(&out, "(none)");
	CHECK_TEXT(buffer_slice(&out), want);
	buffer_free(&out);
	imap_tree_free(&tree);
}

static void astrings(void) /* RFC 9051 section 9: astring, list-mailbox */
{
	astring_is("INBOX", false, "INBOX");
	astring_is("NIL", false, "NIL");
	astring_is("\"NIL\"", false, "NIL");
	astring_is("\"a \\\"b\\\\\"", false, "a \"b\\");
	astring_is("\"\"", false, "");
	astring_is("a]b", false, "a]b");
	astring_is("a*b", false, "(none)");
	astring_is("a%", false, "(none)");
	astring_is("a*b%", true, "a*b%");
	astring_is("\\Seen", true, "(none)");
	astring_is("(a)", true, "(none)");
	astring_is("\"open", false, "(none)");
	astring_is("\xC3\xA4", false, "(none)");
	astring_is("", false, "(none)");
	CHECK(imap_atom_ok(SLICE("$Forwarded")));
	CHECK(!imap_atom_ok(SLICE("a]")));
	CHECK(!imap_atom_ok(SLICE("")));
}

int main(void)
{
	TEST(literals_at_the_end);
	TEST(no_literals);
	TEST(state_of_a_line);
	TEST(responses);
	TEST(no_responses);
	TEST(commands);
	TEST(trees);
	TEST(literals_are_counted);
	TEST(trees_are_bounded);
	TEST(strings);
	TEST(sets);
	TEST(sections);
	TEST(dates);
	TEST(mailboxes);
	TEST(mailboxes_said);
	TEST(astrings);
	return test_end();
}
