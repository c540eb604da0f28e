/*
 * Documents as lines: what is a heading, what stands as it is, what is left out; whatever the form, however it is cut.
 *
 * A line is printed here as its number, its kind (a letter), and its text:
 *
 *     12 H title        H heading, T text, L literal, C cell, E empty
 *     13 L1 C: QUIT     of block 1
 *     14 T/ text        behind a page's end
 *     15 C2.1* text     the first cell of a row of table 2
 */
#include "test.h"

#include "script/document.h"
#include "script/document_names_table.h"

/* ---- helpers ---- */

static void print_line(void *context, const struct document_line *line)
{
	struct buffer *out = context;
	buffer_printf(out, "%u %c", line->number, "THLCE"[line->kind]);
	if (line->block > 0)
		buffer_printf(out, "%u", line->block);
	if (line->cell > 0)
		buffer_printf(out, ".%u%s", line->cell, line->row ? "*" : "");
	buffer_add_string(out, line->page ? "/" : "");
	if (line->text.n > 0) {
		buffer_add_octet(out, ' ');
		buffer_add_slice(out, line->text);
	}
	buffer_add_octet(out, '\n');
}

static bool read_in_pieces(const char *name, struct slice text, size_t piece, struct buffer *out)
{
	struct document *d = document_new(name, print_line, out);
	for (size_t i = 0; i < text.n; i += piece)
		document_feed(d, text.p + i, text.n - i < piece ? text.n - i : piece);
	document_end(d);
	bool binary = document_binary(d);
	document_free(d);
	return binary;
}

/* The lines of a document of that name; `*binary` (may be NULL): it is no text. Whole, or octet by octet: they are the same. */
static struct buffer lines_of(const char *name, struct slice text, bool *binary)
{
	struct buffer whole = { 0 }, single = { 0 };
	bool no_text = read_in_pieces(name, text, text.n + 1, &whole);
	CHECK(read_in_pieces(name, text, 1, &single) == no_text);
	CHECK(slice_equal(buffer_slice(&whole), buffer_slice(&single)));
	buffer_free(&single);
	if (binary)
		*binary = no_text;
	return whole;
}

#define CHECK_LINES(name, text, want) \
	do { \
		struct buffer got_lines = lines_of(name, SLICE(text), NULL); \
		CHECK_TEXT(buffer_slice(&got_lines), want); \
		buffer_free(&got_lines); \
	} while (0)

/* ---- octets ---- */

static void line_ends_are_all_known(void)
{
	CHECK_LINES("f.txt", "a\nb\r\nc\rd\r\r\ne", "1 T a\n2 T b\n3 T c\n4 T d\n5 T e\n");
	CHECK_LINES("f.txt", "a\n\n \nb\n", "1 T a\n2 E\n3 E\n4 T b\n");
	CHECK_LINES("f.txt", "", "");
}

static void byte_order_marks_say_the_encoding(void)
{
	CHECK_LINES("f.txt",
	            "\xEF\xBB\xBF"
	            "C: a\n",
	            "1 T C: a\n");
	CHECK_LINES("f.txt",
	            "\xFF\xFE"
	            "C\0:\0 \0\xE9\0\n\0",
	            "1 T C: \xC3\xA9\n");
	CHECK_LINES("f.txt",
	            "\xFE\xFF"
	            "\0C\0:\0 \xD8\x3D\xDE\x00\0\n",
	            "1 T C: \xF0\x9F\x98\x80\n");
	CHECK_LINES("f.txt", "\xEF\xBB", "1 T \xEF\xBB\n");
	CHECK_LINES("f.txt", "caf\xE9 \xFF\n", "1 T caf\xE9 \xFF\n");
}

static void nuls_beside_the_first_letter_say_it_too(void)
{
	CHECK_LINES("f.txt", "C\0:\0 \0\xE9\0\n\0", "1 T C: \xC3\xA9\n");
	CHECK_LINES("f.txt", "\0C\0:\0 \0\xE9\0\n", "1 T C: \xC3\xA9\n");
	CHECK_LINES("f.txt", "C", "1 T C\n");
	CHECK_LINES("f.txt", "C:", "1 T C:\n");
}

static void what_holds_nuls_is_no_text(void)
{
	bool binary;
	struct buffer lines = lines_of("f.txt", SLICE("C: a\nS: \0b\n"), &binary);
	CHECK(binary);
	CHECK(lines.n == 0);
	buffer_free(&lines);
}

static void a_stray_nul_far_behind_is_left_out(void)
{
	struct buffer text = { 0 };
	bool binary;
	for (unsigned i = 0; i < 600; i++)
		buffer_add_string(&text, "0123456789\n");
	buffer_add(&text, "a\0b\n", 4);
	struct buffer lines = lines_of("f.txt", buffer_slice(&text), &binary);
	CHECK(!binary);
	CHECK(slice_find(buffer_slice(&lines), SLICE("601 T ab\n")) < lines.n);
	buffer_free(&lines);
	buffer_free(&text);
}

static void what_printers_and_terminals_understand_is_taken_out(void)
{
	CHECK_LINES("f.txt", "N\bNA\bA _\bx_\by\n", "1 T NA xy\n");
	CHECK_LINES("f.txt", "a_\b_b o\b+o\n", "1 T a_b +o\n");
	CHECK_LINES("f.txt", "\033[1;32mC: a\033[0m \033(Bb\033]0;title\007c\n", "1 T C: a bc\n");
	CHECK_LINES("f.txt", "a\tb\n\tc\nC:\xC2\xA0QUIT\n", "1 T a       b\n2 T         c\n3 T C: QUIT\n");
}

static void long_lines_come_in_pieces(void)
{
	struct buffer text = { 0 };
	for (unsigned i = 0; i < 30000; i++)
		buffer_add_string(&text, "word ");
	struct buffer lines = lines_of("f.txt", buffer_slice(&text), NULL);
	struct slice rest = buffer_slice(&lines), first = slice_row(&rest), second = slice_row(&rest);
	CHECK(slice_starts(first, SLICE("1 T word ")) && first.n > 60000 && first.n <= DOCUMENT_LINE_MAX + 4);
	CHECK(slice_starts(second, SLICE("1 T word ")));
	buffer_free(&lines);
	buffer_free(&text);
}

/* ---- forms ---- */

static void the_form_is_known_by_name_or_look(void)
{
	CHECK_LINES("f.md", "*a*\n", "1 T a\n");
	CHECK_LINES("dir.md/f.txt", "*a*\n", "1 T *a*\n");
	CHECK_LINES(NULL, "<!DOCTYPE html><p>a &amp; b", "1 T a & b\n");
	CHECK_LINES("f.txt", "\n<html><body>a &amp; b", "2 T a & b\n");
	CHECK_LINES(NULL, "# A\n\n```\n*b*\n```\n", "1 H A\n2 E\n4 L1 *b*\n");
	CHECK_LINES(NULL, "a::\n\n *b*\n\n.. note:: c\n", "1 T a:\n2 E\n3 L1  *b*\n4 E1\n5 T c\n");
}

/* ---- plain text ---- */

static void text_stays_as_it_is(void)
{
	CHECK_LINES("f.txt", "  C: MAIL FROM:<a@b>\n\n      S: 250 *ok* &lt; `x`\n",
	            "1 T   C: MAIL FROM:<a@b>\n2 E\n3 T       S: 250 *ok* &lt; `x`\n");
}

static void headings_of_text(void)
{
	CHECK_LINES("f.txt", "Title\n=====\na\n", "1 H Title\n3 T a\n");
	CHECK_LINES("f.txt", "=====\nTitle\n=====\n", "2 H Title\n");
	CHECK_LINES("f.txt", "\n4.3.  The State\n\na\n", "1 E\n2 H The State\n3 E\n4 T a\n");
	CHECK_LINES("f.txt", "\n== Wiki ==\n\n# Hash #\n\n", "1 E\n2 H Wiki\n3 E\n4 H Hash\n5 E\n");
	CHECK_LINES("f.txt", "\nAppendix A.  Examples\n\n", "1 E\n2 H Examples\n3 E\n");
}

static void what_is_said_is_no_heading(void)
{
	CHECK_LINES("f.txt", "C: QUIT\n-------\n", "1 T C: QUIT\n2 T -------\n");
	CHECK_LINES("f.txt", "\n1. EHLO there\n\n", "1 E\n2 T 1. EHLO there\n3 E\n");
	CHECK_LINES("f.txt", "\n# C: QUIT\n\n", "1 E\n2 T # C: QUIT\n3 E\n");
	CHECK_LINES("f.txt", "\n1.  Introduction ........ 3\n\n", "1 E\n2 T 1.  Introduction ........ 3\n3 E\n");
	CHECK_LINES("f.txt", "\n250 octets\n\n", "1 E\n2 T 250 octets\n3 E\n");
}

static void fences_stand_in_text_too(void)
{
	CHECK_LINES("f.txt", "a\n```sh\n# b\n\nc\n````\nd\n", "1 T a\n3 L1 # b\n4 E1\n5 L1 c\n7 T d\n");
}

static void an_rfc_has_headings_without_numbers(void)
{
	CHECK_LINES("f.txt", "Network Working Group\n\nStatus of this Memo\n\n   Text.\n\nQUIT\n",
	            "1 H Network Working Group\n2 E\n3 H Status of this Memo\n4 E\n5 T    Text.\n6 E\n7 H QUIT\n");
	CHECK_LINES("f.txt", "Internet-Draft\n\n   A Typical Scenario\n\n      Text\n",
	            "1 H Internet-Draft\n2 E\n3 H A Typical Scenario\n4 E\n5 T       Text\n");
}

/* ---- pages ---- */

static void pages_of_an_rfc_are_left_out(void)
{
	CHECK_LINES("f.txt",
	            "   C: a\n\n\nMyers & Rose                Standards Track                    [Page 5]\n\f\n"
	            "RFC 1939                          POP3                          May 1996\n\n\n   S: b\n",
	            "1 T    C: a\n9 T/    S: b\n");
	/* the form feed is lost */
	CHECK_LINES(
		"f.txt",
		"C: a\n\nMyers & Rose   Standards Track   [Page 5]\n\nRFC 1939          POP3          May 1996\n\nS: b\n",
		"1 T C: a\n7 T/ S: b\n");
	/* the header's second line, and a mirrored footer */
	CHECK_LINES("f.txt",
	            "C: a\n\n[Page 2]                     Postel\n\f\nAugust 1982             RFC 821\n"
	            "Simple Mail Transfer Protocol\n\nS: b\n",
	            "1 T C: a\n8 T/ S: b\n");
}

static void footers_of_old_rfcs_are_known_by_the_form_feed(void)
{
	CHECK_LINES("f.txt", "C: a\n\n                         5\n\n\fS: b\n", "1 T C: a\n5 T/ S: b\n");
	CHECK_LINES("f.txt", "C: a\n\n                         5\n\nS: b\n",
	            "1 T C: a\n2 E\n3 T                          5\n4 E\n5 T S: b\n");
	CHECK_LINES("f.txt", "A\n\fThe same title\nb\n\fThe same title\nc\n",
	            "1 T A\n2 T/ The same title\n3 T b\n5 T/ c\n");
}

static void what_only_looks_like_a_page_stays(void)
{
	CHECK_LINES("f.txt", "C: a\nsee [Page 5]\nS: b\n", "1 T C: a\n2 T see [Page 5]\n3 T S: b\n");
	CHECK_LINES("f.txt", "In RFC 1939   POP3   May 1996\n", "1 T In RFC 1939   POP3   May 1996\n");
}

/* ---- Markdown ---- */

static void headings_of_markdown(void)
{
	CHECK_LINES("f.md", "# *A* `b` #\nB\n---\n### C {#c}\n", "1 H A b\n2 H B\n4 H C\n");
	CHECK_LINES("f.md", "---\ntitle: \"A\"\ndate: c\n---\nd\n", "2 H A\n5 T d\n");
	CHECK_LINES("f.md", "---\n\nS: a\n---\n", "1 T ---\n2 E\n3 T S: a\n4 T ---\n");
}

static void code_of_markdown_stays_as_it_is(void)
{
	CHECK_LINES("f.md", "~~~~ smtp\nC: *a*\n~~~\n~~~~\nb\n", "2 L1 C: *a*\n3 L1 ~~~\n5 T b\n");
	CHECK_LINES("f.md", "- a\n\n  ```\n  C: `b`\n  ```\n", "1 T - a\n2 E\n4 L1   C: `b`\n");
	CHECK_LINES("f.md", "1. ```\n   C: b\n   ```\n", "2 L1    C: b\n");
	CHECK_LINES("f.md", "> ```\n> C: b\nc\n", "2 L1 C: b\n3 T c\n");
	CHECK_LINES("f.md", "a\n    b\n\n    C: *c*\n\n    d\n\ne\n",
	            "1 T a\n2 T     b\n3 E\n4 L1     C: *c*\n5 E1\n6 L1     d\n7 E1\n8 T e\n");
	CHECK_LINES("f.md", "- a\n\n    b\n", "1 T - a\n2 E\n3 T     b\n");
	CHECK_LINES("f.md", "{% highlight text %}\nC: *a*\n{% endhighlight %}\n", "2 L1 C: *a*\n");
}

static void marks_within_a_line_are_taken_off(void)
{
	CHECK_LINES("f.md", "**C:** `EHLO a` *b* __c__ _d_\n**S:**250\n", "1 T C: EHLO a b c d\n2 T S:250\n");
	CHECK_LINES("f.md", "C: MAIL FROM:\\<a@b\\> &lt;c&gt; &#64;\n", "1 T C: MAIL FROM:<a@b> <c> @\n");
	CHECK_LINES("f.md", "C: a<br>S: b<br/>\nC: c\\\nS: d  \n", "1 T C: a\n1 T S: b\n2 T C: c\n3 T S: d\n");
	CHECK_LINES("f.md", "see [a b](http://c.d \"e\") ![f](g.png) <http://h>\n", "1 T see a b f <http://h>\n");
	CHECK_LINES("f.md", "C: RCPT TO:<[[email protected]](/cdn-cgi/l/email-protection)>\n",
	            "1 T C: RCPT TO:<[email protected]>\n");
	CHECK_LINES("f.md", "C: MAIL FROM:<[a@b.c](mailto:a@b.c)>\n", "1 T C: MAIL FROM:<a@b.c>\n");
	CHECK_LINES("f.md", "<b>C:</b> <span class=\"x\">a</span> <!-- c --> ``b`c``\n", "1 T C: a  b`c\n");
}

static void what_is_said_is_no_mark(void)
{
	CHECK_LINES("f.md", "C: MAIL FROM:<a@b>\n\n* OK ready\n* 3 EXISTS\n",
	            "1 T C: MAIL FROM:<a@b>\n2 E\n3 T * OK ready\n4 T * 3 EXISTS\n");
	CHECK_LINES("f.md", "S: *\n\nC: _\n\na*b* 1:* 2:*\n", "1 T S: *\n2 E\n3 T C: _\n4 E\n5 T a*b* 1:* 2:*\n");
	CHECK_LINES("f.md", "C: a LIST \"\" \"*\" \"*\"\n", "1 T C: a LIST \"\" \"*\" \"*\"\n");
	CHECK_LINES("f.md", "S: * OK [PERMANENTFLAGS (\\Seen \\*)]\n", "1 T S: * OK [PERMANENTFLAGS (\\Seen \\*)]\n");
	CHECK_LINES("f.md", "Accept: */*, text/*\nS: 220 *** Welcome ***\n",
	            "1 T Accept: */*, text/*\n2 T S: 220 *** Welcome ***\n");
	CHECK_LINES("f.md", "C: FETCH 1 BODY[TEXT](a.b)\nS: <CRLF>.<CRLF>\n",
	            "1 T C: FETCH 1 BODY[TEXT](a.b)\n2 T S: <CRLF>.<CRLF>\n");
	CHECK_LINES("f.md", "C: MAIL FROM:<_a_@b> <*c*@d> <http://e/*f*>\n",
	            "1 T C: MAIL FROM:<_a_@b> <*c*@d> <http://e/*f*>\n");
	CHECK_LINES("f.md", "# C: a\nC: QUIT\n===\n", "1 T # C: a\n2 T C: QUIT\n3 T ===\n");
	CHECK_LINES("f.md", "> GET / HTTP/1.1\n>\n< HTTP/1.1 200 OK\n",
	            "1 T > GET / HTTP/1.1\n2 T >\n3 T < HTTP/1.1 200 OK\n");
}

static void tables_of_markdown_are_cells(void)
{
	CHECK_LINES("f.md", "| who | what |\n| --- | ---: |\n| C: | `EHLO` a\\|b |\n\nc\n",
	            "1 C1.1* who\n1 C1.2 what\n3 C1.1* C:\n3 C1.2 EHLO a|b\n4 E\n5 T c\n");
	CHECK_LINES("f.md", "| a<br>b |\n|---|\n", "1 C1.1* a\n1 C1.1 b\n");
}

static void html_within_markdown(void)
{
	CHECK_LINES("f.md", "a\n<pre>\nC: *b* &lt;\n\nS: c\n</pre>\n*d*\n",
	            "1 T a\n3 L1 C: *b* <\n4 E1\n5 L1 S: c\n7 T d\n");
	CHECK_LINES("f.md", "<details>\n<summary>a</summary>\n\n*b*\n\n</details>\n", "2 T a\n3 E\n4 T b\n5 E\n");
	CHECK_LINES("f.md", "<details>\n```\n*b*\n```\n</details>\n", "3 L1 *b*\n");
	CHECK_LINES("f.md", "<!--\nC: a\n\n-->\nb\n", "5 T b\n");
	CHECK_LINES("f.md", "<table><tr><td>C:</td><td>a</td></tr>\n</table>\n", "1 C1.1* C:\n1 C1.2 a\n");
}

/* ---- reStructuredText ---- */

static void headings_of_rst(void)
{
	CHECK_LINES("f.rst", "=====\n Tit\n=====\n\n:mod:`a.b` -- c\n---------------\n\n1.2. D\n~~~~~~\n",
	            "2 H Tit\n4 E\n5 H a.b -- c\n7 E\n8 H D\n");
}

static void literal_blocks_of_rst(void)
{
	CHECK_LINES(
		"f.rst", "So::\n\n  C: *a*\n\n  S: b\n\nc ::\n\n d\ne\n\n::\n\n  f\n",
		"1 T So:\n2 E\n3 L1   C: *a*\n4 E1\n5 L1   S: b\n6 E1\n7 T c\n8 E\n9 L2  d\n10 T e\n11 E\n13 E\n14 L3   f\n");
	CHECK_LINES("f.rst", ".. code-block:: text\n   :linenos:\n\n   C: *a*\n\nb\n",
	            "3 E\n4 L1    C: *a*\n5 E1\n6 T b\n");
	CHECK_LINES("f.rst", ".. parsed-literal::\n\n   C: **a** \\\\b\n", "2 E\n3 L1    C: a \\b\n");
	CHECK_LINES("f.rst", "a::\n\n> C: *b*\n> S: c\n\nd\n", "1 T a:\n2 E\n3 L1 > C: *b*\n4 L1 > S: c\n5 E\n6 T d\n");
	CHECK_LINES("f.rst", "- a::\n\n    b\n\n  c\n", "1 T - a:\n2 E\n3 L1     b\n4 E1\n5 T   c\n");
}

static void directives_and_comments_of_rst(void)
{
	CHECK_LINES("f.rst", ".. note:: *a*\n\n   b\n\n.. c\n   d\n\n.. _e:\n\n.. [1] f\n",
	            "1 T a\n2 E\n3 T    b\n4 E\n7 E\n9 E\n10 T .. [1] f\n");
}

static void marks_of_rst_are_taken_off(void)
{
	CHECK_LINES("f.rst", "``C: *a*`` **b** *c* :rfc:`5321` `d <http://e>`_ `f`_ g\\ s\n",
	            "1 T C: *a* b c 5321 d f gs\n");
	CHECK_LINES("f.rst", "S: * OK\nC: a:b `c 1:*\n", "1 T S: * OK\n2 T C: a:b `c 1:*\n");
}

/* ---- HTML ---- */

static void text_flows(void)
{
	CHECK_LINES("f.html", "<p>a\n b <b>c</b>d<br>e</p>\n<p>f</p>g\n",
	            "1 T a b cd\n2 T e\n3 E\n3 T f\n3 E\n3 T g\n");
	CHECK_LINES("f.html", "<title>A\nB</title><h1>1.2. C <a class=headerlink>&para;</a></h1>x",
	            "1 H A B\n2 E\n2 H C\n2 E\n2 T x\n");
	CHECK_LINES("f.html", "<ul><li>a<li>b</ul><div>c</div><div>d</div>", "1 T a\n1 T b\n1 E\n1 T c\n1 T d\n");
	CHECK_LINES("f.html", "<dl><dt>C:</dt>\n<dd>EHLO a</dd><dt>word</dt><dd>b</dd></dl>",
	            "1 T C: EHLO a\n2 T word\n2 T b\n");
}

static void pre_stays_as_it_is(void)
{
	CHECK_LINES("f.html", "<pre>\nC: <b>a</b>\n\n\tS: b &lt;c&gt;<br>d</pre>e",
	            "2 L1 C: a\n3 E1\n4 L1         S: b <c>\n4 L1 d\n4 E\n4 T e\n");
	CHECK_LINES("f.html", "<pre><code><div class=line>a</div><div class=line>b</div></code></pre>",
	            "1 L1 a\n1 L1 b\n");
	CHECK_LINES("f.html", "<pre><span class=line>a</span><span class=line>b</span></pre>", "1 L1 a\n1 L1 b\n");
	CHECK_LINES("f.html", "<div style='white-space: pre-wrap'>C: a\nS: b</div>", "1 L1 C: a\n2 L1 S: b\n");
	CHECK_LINES("f.html", "<textarea>\nC: <a&lt;\n</textarea>", "2 L1 C: <a<\n");
}

static void what_is_no_element_is_text(void)
{
	CHECK_LINES("f.html", "<p>MAIL FROM:<alice@crepes.fr> ends with <CRLF>.<CRLF>",
	            "1 T MAIL FROM:<alice@crepes.fr> ends with <CRLF>.<CRLF>\n");
	CHECK_LINES("f.html", "<p>RCPT TO:<address> a < b & c &lt;d&gt &nosuch; <reverse-path>",
	            "1 T RCPT TO:<address> a < b & c <d> &nosuch; <reverse-path>\n");
	CHECK_LINES("f.html", "<p><my-tag class=a>b</my-tag><o:p>c</o:p>", "1 T bc\n");
	CHECK_LINES("f.html", "<pre>S: <html><title>a</title></html></pre>", "1 L1 S: <html><title>a</title></html>\n");
	CHECK_LINES("f.html", "a <", "1 T a <\n");
}

static void scripts_styles_and_comments_are_left_out(void)
{
	CHECK_LINES("f.html", "a<script>if (a < b) '</p>'</script><style>C: x</style><!-- <p>C: --x --> b<!-->c",
	            "1 T a bc\n");
	CHECK_LINES("f.html", "<button>Copy</button>a<svg><path d='x'>b</svg>", "1 T a\n");
	CHECK_LINES("f.html", "a <a href='x>y' title=\"b>c\">d</a>", "1 T a d\n");
}

static void characters_by_name_and_number(void)
{
	CHECK_LINES("f.html", "&lt;a&#64;b&#x3e; &rarr; C:&nbsp;x&nbsp;&nbsp;y &copy; &#146; &hellip;",
	            "1 T <a@b> \xE2\x86\x92 C: x  y \xC2\xA9 \xE2\x80\x99 \xE2\x80\xA6\n");
	CHECK_LINES("f.html", "<a class=\"__cf_email__\" data-cfemail=\"0f\">[email&#160;protected]</a>",
	            "1 T [email protected]\n");
	CHECK_LINES("f.html", "<pre>a&#10;b</pre>", "1 L1 a\n1 L1 b\n");
}

static void tables_of_html_are_cells(void)
{
	CHECK_LINES("f.html", "<table><tr><th>a<th>b<tr><td>C: <b>c</b></td>\n<td>d<br>e</td></tr></table>f",
	            "1 C1.1* a\n1 C1.2 b\n1 C1.1* C: c\n2 C1.2 d\n2 C1.2 e\n2 E\n2 T f\n");
	/* a table that only parts the page */
	CHECK_LINES("f.html", "<table><tr><td><h2>a</h2><p>b<table><tr><td>c</table><p>d</table>",
	            "1 H a\n1 E\n1 T b\n1 E\n1 C2.1* c\n1 E\n1 T d\n");
}

static void numbers_of_lines_are_left_out(void)
{
	CHECK_LINES("f.html",
	            "<table><tr><td class=gutter><pre>1\n2</pre></td><td><pre>C: a\nS: b</pre></td></tr></table>",
	            "2 L2 C: a\n3 L2 S: b\n");
	CHECK_LINES("f.html", "<table><tr><td><pre>1\n2\n</pre></td><td><pre>C: a\nS: b</pre></td></tr></table>",
	            "3 L3 C: a\n4 L3 S: b\n");
	CHECK_LINES("f.html", "<pre><span class=lineno>1 </span>C: a\n<span class=lineno>2 </span>S: b</pre>",
	            "1 L1 C: a\n2 L1 S: b\n");
	CHECK_LINES("f.html", "<table><td><pre>5\n6\n8</pre></table>", "1 L2 5\n2 L2 6\n3 L2 8\n");
}

static void pages_of_an_rfc_in_html(void)
{
	CHECK_LINES(
		"f.html",
		"<pre>\nC: a\n\n<span class=grey>Myers &amp; Rose   Standards Track   [Page 5]</span></pre>\n"
		"<hr><!--NewPage--><pre class='newpage'><span>RFC 1939     POP3     May 1996</span>\n\n\nS: b\n</pre>",
		"2 L1 C: a\n8 L1/ S: b\n");
	CHECK_LINES("f.html", "<pre>a\n<span class=h2><h2><a>3.</a> Basic</h2></span>\nb</pre>",
	            "1 L1 a\n2 H Basic\n2 E1\n3 L1 b\n");
}

/* ---- HTML by its look ---- */

static void a_piece_of_a_page_is_html(void)
{
	CHECK_LINES("page",
	            "<h1>Mail</h1>\n"
	            "<p>Try <b>this</b>:</p>\n"
	            "<pre>\n"
	            "MAIL FROM:&lt;a@b&gt;\n"
	            "</pre>\n",
	            "1 H Mail\n"
	            "2 E\n"
	            "2 T Try this:\n"
	            "4 E\n"
	            "4 L1 MAIL FROM:<a@b>\n");
	/* the body of a response, in a text */
	CHECK_LINES("page",
	            "HTTP/1.1 200 OK\n"
	            "<p>one</p>\n",
	            "1 T HTTP/1.1 200 OK\n"
	            "2 T <p>one</p>\n");
}

/* ---- manuals in XML and SGML ---- */

static void docbook_is_markup(void)
{
	CHECK_LINES("a.xml",
	            "<?xml version=\"1.0\"?>\n"
	            "<chapter id=\"c\"><title>Mail <emphasis>servers</emphasis></title>\n"
	            "<para>See<indexterm class=\"endofrange\" startref=\"x\"/> this\n"
	            "<indexterm><primary>mail</primary></indexterm>session:</para>\n"
	            "<screen>\n"
	            "<prompt>$</prompt> <command>telnet mx 25</command>\n"
	            "220 <replaceable>mx</replaceable> &lt;ready&gt;\n"
	            "</screen>\n"
	            "<programlisting><![CDATA[MAIL FROM:<a@b> ]] ]]]></programlisting>\n"
	            "</chapter>\n",
	            "2 H Mail servers\n"
	            "3 E\n"
	            "3 T See this session:\n"
	            "6 E\n"
	            "6 L1 $ telnet mx 25\n"
	            "7 L1 220 mx <ready>\n"
	            "9 E\n"
	            "9 L2 MAIL FROM:<a@b> ]] ]\n");
}

static void linuxdoc_is_markup(void)
{
	CHECK_LINES("a.sgml",
	            "<!doctype linuxdoc system>\n"
	            "<sect1>Logging in\n"
	            "<p><bf/Quick/ and\n"
	            "simple:\n"
	            "<tscreen><verb>\n"
	            "MAIL FROM:<a> &lt;b&gt;\n"
	            "</verb></tscreen>\n",
	            "2 H Logging in\n"
	            "3 E\n"
	            "3 T Quick/ and simple:\n"
	            "6 E\n"
	            "6 L1 MAIL FROM:<a> <b>\n");
}

static void sections_of_xdoc_have_their_heading_as_an_attribute(void)
{
	CHECK_LINES("a.xml",
	            "<document><section name=\"To install\"><p>one<br/>two</p>\n"
	            "<source>\n"
	            "C: QUIT\n"
	            "</source></section></document>\n",
	            "1 H To install\n"
	            "1 E\n"
	            "1 T one\n"
	            "1 T two\n"
	            "3 E\n"
	            "3 L1 C: QUIT\n");
}

static void other_xml_is_text(void)
{
	CHECK_LINES("a.xml",
	            "<?xml version=\"1.0\"?>\n"
	            "<testcase><data>\n"
	            "HTTP/1.1 200 OK\n",
	            "1 T <?xml version=\"1.0\"?>\n"
	            "2 T <testcase><data>\n"
	            "3 T HTTP/1.1 200 OK\n");
}

/* ---- bars around lines ---- */

static void frames_come_off(void)
{
	CHECK_LINES("a.txt",
	            "│ one      │\n"
	            "│          │\n"
	            "┃   two ┃\n"
	            "| three |\n"
	            "||\n"
	            "|four|\n"
	            "| a | b |\n"
	            "│ one side\n",
	            "1 T  one\n"
	            "2 E\n"
	            "3 T    two\n"
	            "4 T  three\n"
	            "5 E\n"
	            "6 T |four|\n"
	            "7 T | a | b |\n"
	            "8 T │ one side\n");
}

static void bars_behind_lines_come_off(void)
{
	CHECK_LINES("a.txt",
	            "one |\n"
	            "two | |\n"
	            ". | |\n"
	            "three |\n"
	            "four\n"
	            "five |\n"
	            "six||\n"
	            " | |\n",
	            "1 T one |\n"
	            "2 T two\n"
	            "3 T .\n"
	            "4 T three\n"
	            "5 T four\n"
	            "6 T five |\n"
	            "7 T six||\n"
	            "8 E\n");
}

/* ---- tables of names ---- */

static void names_are_sorted_and_found(void)
{
	for (const struct element *e = document_elements; e->name; e++) {
		CHECK(element_find(slice_of(e->name)) == e);
		CHECK(!e[1].name || strcmp(e->name, e[1].name) < 0);
	}
	for (const struct element *e = document_xml_elements; e->name; e++) {
		CHECK(xml_element_find(slice_of(e->name)) == e);
		CHECK(!e[1].name || strcmp(e->name, e[1].name) < 0);
	}
	CHECK(xml_element_find(SLICE("application"))->does == ELEMENT_PHRASE);
	for (const struct entity *e = document_entities; e->name; e++) {
		CHECK(entity_find(slice_of(e->name)) == e->character);
		CHECK(!e[1].name || strcmp(e->name, e[1].name) < 0);
	}
	CHECK(element_find(SLICE("a")) && element_find(SLICE("XMP")) && element_find(SLICE("blockquote")));
	CHECK(!element_find(SLICE("crlf")) && !element_find(SLICE("")));
	CHECK(entity_find(SLICE("AElig")) == 0xC6 && entity_find(SLICE("zwnj")) == 0x200C &&
	      entity_find(SLICE("lt")) == '<');
	CHECK(entity_find(SLICE("nosuch")) == 0);
}

int main(void)
{
	TEST(line_ends_are_all_known);
	TEST(byte_order_marks_say_the_encoding);
	TEST(nuls_beside_the_first_letter_say_it_too);
	TEST(what_holds_nuls_is_no_text);
	TEST(a_stray_nul_far_behind_is_left_out);
	TEST(what_printers_and_terminals_understand_is_taken_out);
	TEST(long_lines_come_in_pieces);
	TEST(the_form_is_known_by_name_or_look);
	TEST(text_stays_as_it_is);
	TEST(headings_of_text);
	TEST(what_is_said_is_no_heading);
	TEST(fences_stand_in_text_too);
	TEST(an_rfc_has_headings_without_numbers);
	TEST(pages_of_an_rfc_are_left_out);
	TEST(footers_of_old_rfcs_are_known_by_the_form_feed);
	TEST(what_only_looks_like_a_page_stays);
	TEST(headings_of_markdown);
	TEST(code_of_markdown_stays_as_it_is);
	TEST(marks_within_a_line_are_taken_off);
	TEST(what_is_said_is_no_mark);
	TEST(tables_of_markdown_are_cells);
	TEST(html_within_markdown);
	TEST(headings_of_rst);
	TEST(literal_blocks_of_rst);
	TEST(directives_and_comments_of_rst);
	TEST(marks_of_rst_are_taken_off);
	TEST(text_flows);
	TEST(pre_stays_as_it_is);
	TEST(what_is_no_element_is_text);
	TEST(scripts_styles_and_comments_are_left_out);
	TEST(characters_by_name_and_number);
	TEST(tables_of_html_are_cells);
	TEST(numbers_of_lines_are_left_out);
	TEST(pages_of_an_rfc_in_html);
	TEST(a_piece_of_a_page_is_html);
	TEST(docbook_is_markup);
	TEST(linuxdoc_is_markup);
	TEST(sections_of_xdoc_have_their_heading_as_an_attribute);
	TEST(other_xml_is_text);
	TEST(frames_come_off);
	TEST(bars_behind_lines_come_off);
	TEST(names_are_sorted_and_found);
	return test_end();
}
