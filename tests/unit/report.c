/*
 * Reports: what each says of the same points, octet by octet; and nothing that a peer sent does anything to a terminal, or
 * breaks TAP, YAML, XML or JSON.
 */
#include "test.h"

#include <locale.h>

#include "view/report.h"

static struct buffer out;
static size_t writes, columns;

static void out_write(void *context, struct slice text)
{
	(void)context;
	buffer_add_slice(&out, text);
	writes++;
}

static const struct sink to_out = { out_write, NULL };

static size_t ask_columns(void *context)
{
	(void)context;
	return columns;
}

static struct report *terminal(size_t across, bool color)
{
	struct terminal_options options = { .columns = ask_columns, .color = color };
	columns = across;
	buffer_free(&out);
	return terminal_report(to_out, &options);
}

static struct report *tap(void)
{
	buffer_free(&out);
	return tap_report(to_out);
}

static struct report *json(void)
{
	buffer_free(&out);
	return json_report(to_out);
}

/* JUnit's goes to a file: here, one in memory. */
static char *junit_text;
static size_t junit_size;

static struct report *junit(void)
{
	return junit_report(open_memstream(&junit_text, &junit_size));
}

static void ok(struct report *report, unsigned line, const char *name)
{
	struct point point = {
		.verdict = VERDICT_OK, .file = "a.txt", .line = line, .name = slice_of(name), .seconds = 0.0125
	};
	report_point(report, &point);
}

static struct point different(struct slice expected, struct slice received, const char *note)
{
	return (struct point){ .verdict = VERDICT_DIFFERS,
		               .file = "a.txt",
		               .line = 12,
		               .name = slice_part(expected, 0, slice_find_octet(expected, '\n')),
		               .expected = expected,
		               .received = received,
		               .note = slice_of(note) };
}

static void differs(struct report *report, struct slice expected, struct slice received, const char *note)
{
	struct point point = different(expected, received, note);
	report_point(report, &point);
}

static void skipped(struct report *report, unsigned line, const char *name, const char *why)
{
	struct point point = { VERDICT_SKIPPED, "a.txt", line, .name = slice_of(name), .note = slice_of(why) };
	report_point(report, &point);
}

static void end(struct report *report)
{
	report_end(report, &(struct outcome){ .seconds = 0.25 });
}

/* What every report is told here: a transcript that is as expected, one that differs, and one that nobody answered. */
static void three(struct report *report)
{
	report_begin(report, "ewing-smtp.txt", "Hello");
	ok(report, 3, "220 ready");
	ok(report, 5, "250 OK");
	end(report);
	report_begin(report, "mail/a.txt", NULL);
	ok(report, 10, "250 OK");
	differs(report, SLICE("250-b\n250 OK"), SLICE("550 No"), "The server refuses. RFC 5321 4.2.3");
	skipped(report, 14, "221 Bye", "the server hung up at line 12");
	report_comment(report, SLICE("one\ntwo"));
	end(report);
	report_begin(report, "c.txt", NULL);
	report_end(report, &(struct outcome){ .seconds = 0, .problem = SLICE("[::1]:25: connection refused") });
	report_comment(report, SLICE("of all"));
	report_close(report);
}

/* ---- TAP ---- */

static void tap_is_a_subtest_a_transcript(void)
{
	three(tap());
	CHECK_TEXT(buffer_slice(&out), "TAP version 14\n"
	                               "# Subtest: ewing-smtp.txt\n"
	                               "    # Hello\n"
	                               "    ok 1 - a.txt:3 220 ready\n"
	                               "    ok 2 - a.txt:5 250 OK\n"
	                               "    1..2\n"
	                               "ok 1 - ewing-smtp.txt\n"
	                               "# Subtest: mail/a.txt\n"
	                               "    ok 1 - a.txt:10 250 OK\n"
	                               "    not ok 2 - a.txt:12 250-b\n"
	                               "      ---\n"
	                               "      expected: |\n"
	                               "        250-b\n"
	                               "        250 OK\n"
	                               "      received: \"550 No\"\n"
	                               "      note: \"The server refuses. RFC 5321 4.2.3\"\n"
	                               "      file: \"a.txt\"\n"
	                               "      line: 12\n"
	                               "      ...\n"
	                               "    ok 3 - a.txt:14 221 Bye # SKIP the server hung up at line 12\n"
	                               "    # one\n"
	                               "    # two\n"
	                               "    1..3\n"
	                               "not ok 2 - mail/a.txt\n"
	                               "not ok 3 - c.txt\n"
	                               "  ---\n"
	                               "  problem: \"[::1]:25: connection refused\"\n"
	                               "  ...\n"
	                               "# of all\n"
	                               "1..3\n");
}

static void tap_comes_point_by_point(void)
{
	struct report *report = tap();
	report_begin(report, "a.txt", NULL);
	writes = 0;
	ok(report, 1, "220 a");
	CHECK(writes == 1);
	CHECK_TEXT(buffer_slice(&out), "TAP version 14\n# Subtest: a.txt\n    ok 1 - a.txt:1 220 a\n");
	ok(report, 2, "250 b");
	CHECK(writes == 2);
	end(report);
	report_close(report);
}

/* A `#` begins a directive, and a brace at the end a subtest, of those who know node-tap's. */
static void tap_descriptions_stay_descriptions(void)
{
	struct report *report = tap();
	report_begin(report, "a # TODO \\.txt", NULL);
	ok(report, 1, "250 # SKIP C:\\x ");
	ok(report, 2, "* 1 FETCH {");
	ok(report, 3, "250 \n1..0 \033[2J\xE2\x80\xAE\xFF");
	skipped(report, 4, "250", "no #1\nok 5");
	end(report);
	CHECK_TEXT(buffer_slice(&out), "TAP version 14\n"
	                               "# Subtest: a \\# TODO \\\\.txt\n"
	                               "    ok 1 - a.txt:1 250 \\# SKIP C:\\\\x\n"
	                               "    ok 2 - a.txt:2 * 1 FETCH \\\\x7B\n"
	                               "    ok 3 - a.txt:3 250 \\\\n1..0 \\\\x1B[2J\\\\u{202E}\\\\xFF\n"
	                               "    ok 4 - a.txt:4 250 # SKIP no \\#1\\\\nok 5\n"
	                               "    1..4\n"
	                               "ok 1 - a \\# TODO \\\\.txt\n");
	report_close(report);
}

/* What differs in a point, as YAML. */
static void check_yaml(struct slice expected, const char *yaml)
{
	struct report *report = tap();
	report_begin(report, "a.txt", NULL);
	differs(report, expected, (struct slice){ 0 }, "");
	struct slice text = buffer_slice(&out), from = SLICE("      ---\n"), to = SLICE("      received: \"\"\n");
	size_t at = slice_find(text, from) + from.n;
	CHECK_TEXT(slice_part(text, at, slice_find(text, to)), yaml);
	end(report);
	report_close(report);
}

static void yaml_keeps_every_character(void)
{
	check_yaml(SLICE("250 \"a\\b\""), "      expected: \"250 \\\"a\\\\b\\\"\"\n");
	check_yaml(SLICE("250 \t\r\x01\xC2\x9B\xE2\x80\xAE\xF3\xA0\x80\x81"),
	           "      expected: \"250 \\t\\r\\x01\\x9B\\u202E\\U000E0001\"\n");
	check_yaml(SLICE("250 \xFF 日本"), "      expected: \"250 \\\\xFF 日本\"\n");
	check_yaml(SLICE(""), "      expected: \"\"\n");
}

/* A block only where it shows all there is. */
static void yaml_blocks_are_for_plain_lines(void)
{
	check_yaml(SLICE("250-a: #\n  250 b"), "      expected: |\n        250-a: #\n          250 b\n");
	check_yaml(SLICE("250-a\n250 b "), "      expected: \"250-a\\n250 b \"\n");
	check_yaml(SLICE(" 250-a\n250 b"), "      expected: \" 250-a\\n250 b\"\n");
	check_yaml(SLICE("250-a\n\n250 b"), "      expected: \"250-a\\n\\n250 b\"\n");
	check_yaml(SLICE("250-a\n"), "      expected: \"250-a\\n\"\n");
	check_yaml(SLICE("250-a\n..."), "      expected: \"250-a\\n...\"\n");
	check_yaml(SLICE("250-a\n\x1B"), "      expected: \"250-a\\n\\x1B\"\n");
}

/* ---- many sessions ---- */

/* A transcript that was run a thousand times, and failed in two ways. */
static void thousand(struct report *report)
{
	struct point example = different(SLICE("250 OK"), SLICE("450 Later"), "Too many.");
	struct failures kinds[] = { { 11, &example, { 0 } }, { 1, NULL, SLICE("closed early") } };
	struct outcome outcome = { .seconds = 12.5, .sessions = 1000, .failed = 12, .kinds = kinds, .nkinds = 2 };
	report_begin(report, "load.txt", NULL);
	report_end(report, &outcome);
	report_begin(report, "load.txt#2", NULL);
	report_end(report, &(struct outcome){ .seconds = 1, .sessions = 1 });
	report_close(report);
}

static void many_sessions_are_one_point(void)
{
	thousand(tap());
	CHECK_TEXT(buffer_slice(&out), "TAP version 14\n"
	                               "not ok 1 - load.txt\n"
	                               "  ---\n"
	                               "  sessions: 1000\n"
	                               "  failed: 12\n"
	                               "  failures:\n"
	                               "    - sessions: 11\n"
	                               "      expected: \"250 OK\"\n"
	                               "      received: \"450 Later\"\n"
	                               "      note: \"Too many.\"\n"
	                               "      file: \"a.txt\"\n"
	                               "      line: 12\n"
	                               "    - sessions: 1\n"
	                               "      problem: \"closed early\"\n"
	                               "  ...\n"
	                               "ok 2 - load.txt\\#2\n"
	                               "1..2\n");
}

static void many_sessions_are_one_object(void)
{
	thousand(json());
	CHECK_TEXT(
		buffer_slice(&out),
		"{\"kind\":\"outcome\",\"file\":\"load.txt\",\"ok\":false,\"seconds\":12.500000,\"sessions\":1000,"
		"\"failed\":12,\"failures\":[{\"sessions\":11,\"file\":\"a.txt\",\"line\":12,\"expected\":\"250 OK\","
		"\"received\":\"450 Later\",\"note\":\"Too many.\"},{\"sessions\":1,\"problem\":\"closed early\"}]}\n"
		"{\"kind\":\"outcome\",\"file\":\"load.txt#2\",\"ok\":true,\"seconds\":1.000000,\"sessions\":1,"
		"\"failed\":0,\"failures\":[]}\n");
}

static void many_sessions_are_shown_by_example(void)
{
	thousand(terminal(80, false));
	CHECK_TEXT(buffer_slice(&out), "not ok  load.txt  1,000 sessions, 12 failed  12.50 s\n"
	                               "\n"
	                               "  11 sessions: a reply differs, as in this one:\n"
	                               "  a.txt:12\n"
	                               "  expected   received\n"
	                               "  250 OK   | 450 Later\n"
	                               "  Too many.\n"
	                               "\n"
	                               "  1 session: closed early\n"
	                               "\n"
	                               "ok      load.txt#2  1 session  1.00 s\n"
	                               "\n"
	                               "2 transcripts: 1 ok, 1 failed (1,001 sessions: 989 as expected, 12 failed)\n");
}

static void many_sessions_are_one_case(void)
{
	thousand(junit());
	CHECK_TEXT(
		((struct slice){ junit_text, junit_size }),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"parlance verify\" tests=\"2\" failures=\"1\" errors=\"0\" time=\"13.500\">\n"
		"\t<testsuite name=\"load.txt\" tests=\"1\" failures=\"1\" errors=\"0\" time=\"12.500\" skipped=\"0\">\n"
		"\t\t<properties>\n"
		"\t\t\t<property name=\"file\" value=\"load.txt\"/>\n"
		"\t\t\t<property name=\"sessions\" value=\"1000\"/>\n"
		"\t\t\t<property name=\"failed\" value=\"12\"/>\n"
		"\t\t</properties>\n"
		"\t\t<testcase name=\"1,000 sessions\" classname=\"load\" file=\"load.txt\" time=\"0.000\">\n"
		"\t\t\t<failure message=\"12 of 1,000 sessions failed\" type=\"difference\">"
		"11 sessions: a reply differs, as in this one:\n"
		"a.txt:12\n"
		"expected:\n"
		"  250 OK\n"
		"received:\n"
		"  450 Later\n"
		"Too many.\n"
		"1 session: closed early\n"
		"</failure>\n"
		"\t\t</testcase>\n"
		"\t</testsuite>\n"
		"\t<testsuite name=\"load.txt#2\" tests=\"1\" failures=\"0\" errors=\"0\" time=\"1.000\" skipped=\"0\">\n"
		"\t\t<properties>\n"
		"\t\t\t<property name=\"file\" value=\"load.txt#2\"/>\n"
		"\t\t\t<property name=\"sessions\" value=\"1\"/>\n"
		"\t\t\t<property name=\"failed\" value=\"0\"/>\n"
		"\t\t</properties>\n"
		"\t\t<testcase name=\"1 session\" classname=\"load#2\" file=\"load.txt#2\" time=\"0.000\">\n"
		"\t\t</testcase>\n"
		"\t</testsuite>\n"
		"</testsuites>\n");
	free(junit_text);
}

/* ---- JSON ---- */

static void json_is_a_result_a_point_and_an_outcome_a_transcript(void)
{
	three(json());
	CHECK_TEXT(
		buffer_slice(&out),
		"{\"kind\":\"result\",\"file\":\"a.txt\",\"line\":3,\"ok\":true}\n"
		"{\"kind\":\"result\",\"file\":\"a.txt\",\"line\":5,\"ok\":true}\n"
		"{\"kind\":\"outcome\",\"file\":\"ewing-smtp.txt\",\"title\":\"Hello\",\"ok\":true,\"seconds\":0.250000,"
		"\"replies\":2,\"differ\":0,\"skipped\":0}\n"
		"{\"kind\":\"result\",\"file\":\"a.txt\",\"line\":10,\"ok\":true}\n"
		"{\"kind\":\"result\",\"file\":\"a.txt\",\"line\":12,\"ok\":false,\"expected\":\"250-b\\u000a250 OK\","
		"\"received\":\"550 No\",\"note\":\"The server refuses. RFC 5321 4.2.3\"}\n"
		"{\"kind\":\"result\",\"file\":\"a.txt\",\"line\":14,\"ok\":true,\"skipped\":true,"
		"\"note\":\"the server hung up at line 12\"}\n"
		"{\"kind\":\"outcome\",\"file\":\"mail/a.txt\",\"ok\":false,\"seconds\":0.250000,\"replies\":3,"
		"\"differ\":1,\"skipped\":1}\n"
		"{\"kind\":\"outcome\",\"file\":\"c.txt\",\"ok\":false,\"seconds\":0.000000,\"replies\":0,\"differ\":0,"
		"\"skipped\":0,\"problem\":\"[::1]:25: connection refused\"}\n");
}

static void json_says_where_it_lost_octets(void)
{
	struct report *report = json();
	report_begin(report, "a.txt", NULL);
	differs(report, SLICE("250 \"\\"), SLICE("\xFF\033\xE2\x80\xAE"), "");
	CHECK_TEXT(buffer_slice(&out),
	           "{\"kind\":\"result\",\"file\":\"a.txt\",\"line\":12,\"ok\":false,"
	           "\"expected\":\"250 \\\"\\\\\",\"received\":\"\xEF\xBF\xBD\\u001b\\u202e\",\"note\":\"\","
	           "\"lossy\":true}\n");
	end(report);
	report_close(report);
}

/* ---- JUnit ---- */

static void junit_is_a_suite_a_transcript(void)
{
	three(junit());
	CHECK_TEXT(
		((struct slice){ junit_text, junit_size }),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"parlance verify\" tests=\"6\" failures=\"1\" errors=\"1\" time=\"0.500\">\n"
		"\t<testsuite name=\"ewing-smtp.txt\" tests=\"2\" failures=\"0\" errors=\"0\" time=\"0.250\" skipped=\"0\">\n"
		"\t\t<properties>\n"
		"\t\t\t<property name=\"file\" value=\"ewing-smtp.txt\"/>\n"
		"\t\t\t<property name=\"title\" value=\"Hello\"/>\n"
		"\t\t</properties>\n"
		"\t\t<testcase name=\"line 3: 220 ready\" classname=\"ewing-smtp\" file=\"a.txt\" line=\"3\" time=\"0.013\">\n"
		"\t\t</testcase>\n"
		"\t\t<testcase name=\"line 5: 250 OK\" classname=\"ewing-smtp\" file=\"a.txt\" line=\"5\" time=\"0.013\">\n"
		"\t\t</testcase>\n"
		"\t</testsuite>\n"
		"\t<testsuite name=\"mail/a.txt\" tests=\"3\" failures=\"1\" errors=\"0\" time=\"0.250\" skipped=\"1\">\n"
		"\t\t<properties>\n"
		"\t\t\t<property name=\"file\" value=\"mail/a.txt\"/>\n"
		"\t\t</properties>\n"
		"\t\t<testcase name=\"line 10: 250 OK\" classname=\"mail.a\" file=\"a.txt\" line=\"10\" time=\"0.013\">\n"
		"\t\t</testcase>\n"
		"\t\t<testcase name=\"line 12: 250-b\" classname=\"mail.a\" file=\"a.txt\" line=\"12\" time=\"0.000\">\n"
		"\t\t\t<failure message=\"The server refuses. RFC 5321 4.2.3\" type=\"difference\">a.txt:12\n"
		"expected:\n"
		"  250-b\n"
		"  250 OK\n"
		"received:\n"
		"  550 No\n"
		"The server refuses. RFC 5321 4.2.3\n"
		"</failure>\n"
		"\t\t</testcase>\n"
		"\t\t<testcase name=\"line 14: 221 Bye\" classname=\"mail.a\" file=\"a.txt\" line=\"14\" time=\"0.000\">\n"
		"\t\t\t<skipped message=\"the server hung up at line 12\"/>\n"
		"\t\t</testcase>\n"
		"\t\t<system-out>one\ntwo\n</system-out>\n"
		"\t</testsuite>\n"
		"\t<testsuite name=\"c.txt\" tests=\"1\" failures=\"0\" errors=\"1\" time=\"0.000\" skipped=\"0\">\n"
		"\t\t<properties>\n"
		"\t\t\t<property name=\"file\" value=\"c.txt\"/>\n"
		"\t\t</properties>\n"
		"\t\t<testcase name=\"runs to its end\" classname=\"c\" file=\"c.txt\" time=\"0.000\">\n"
		"\t\t\t<error message=\"[::1]:25: connection refused\" type=\"problem\"></error>\n"
		"\t\t</testcase>\n"
		"\t</testsuite>\n"
		"</testsuites>\n");
	free(junit_text);
}

/* Controls are not even allowed as references in XML 1.0. */
static void junit_is_xml_whatever_came(void)
{
	struct report *report = junit();
	report_begin(report, "../x/<&>.d/a\".txt", NULL);
	differs(report, SLICE("]]>\n<a>&amp;"), SLICE("\x01\x1B\xFF\xEF\xBF\xBF\xE2\x80\xAE\t \xED\xA0\x80"),
	        "a \"b\"\nc");
	end(report);
	report_close(report);
	struct slice text = { junit_text, junit_size };
	size_t from = slice_find(text, SLICE("\t\t<testcase")), to = slice_find(text, SLICE("\t</testsuite>"));
	CHECK_TEXT(
		slice_part(text, from, to),
		"\t\t<testcase name=\"line 12: ]]&gt;\" classname=\"x.&lt;&amp;&gt;.d.a&quot;\" file=\"a.txt\" line=\"12\""
		" time=\"0.000\">\n"
		"\t\t\t<failure message=\"a &quot;b&quot;&#10;c\" type=\"difference\">a.txt:12\n"
		"expected:\n"
		"  ]]&gt;\n"
		"  &lt;a&gt;&amp;amp;\n"
		"received:\n"
		"  \\x01\\x1B\\xFF\\u{FFFF}\\u{202E}\\t \\xED\\xA0\\x80\n"
		"a &quot;b&quot;\n"
		"c\n"
		"</failure>\n"
		"\t\t</testcase>\n");
	free(junit_text);
}

/* ---- terminal ---- */

static void the_terminal_shows_a_line_a_transcript_and_one_sum(void)
{
	three(terminal(80, false));
	CHECK_TEXT(buffer_slice(&out),
	           "ok      ewing-smtp.txt  2 replies  0.25 s\n"
	           "\n"
	           "not ok  mail/a.txt      3 replies, 1 differs, 1 skipped  0.25 s\n"
	           "\n"
	           "  a.txt:12\n"
	           "  expected   received\n"
	           "  250-b    <\n"
	           "  250 OK   | 550 No\n"
	           "  The server refuses. RFC 5321 4.2.3\n"
	           "\n"
	           "  one\n"
	           "  two\n"
	           "  1 reply was not compared: the server hung up at line 12\n"
	           "\n"
	           "not ok  c.txt           0 replies  0.00 s\n"
	           "  [::1]:25: connection refused\n"
	           "\n"
	           "of all\n"
	           "\n"
	           "3 transcripts: 1 ok, 1 differs, 1 failed (5 replies: 3 as expected, 1 differs, 1\n"
	           "  skipped)\n");
}

static void of_many_those_that_differ_are_named_at_the_end(void)
{
	struct report *report = terminal(80, false);
	for (int i = 0; i < 9; i++) {
		report_begin(report, "good.txt", NULL);
		end(report);
	}
	report_begin(report, "bad\033.txt", NULL);
	differs(report, SLICE("250"), SLICE("550"), "");
	differs(report, SLICE("250"), SLICE("550"), "");
	end(report);
	report_begin(report, "c.txt", NULL);
	report_end(report, &(struct outcome){ .problem = SLICE("no") });
	buffer_clear(&out);
	report_close(report);
	CHECK_TEXT(buffer_slice(&out), "not ok  bad\\x1B.txt:12, 12\n"
	                               "not ok  c.txt\n"
	                               "\n"
	                               "11 transcripts: 9 ok, 1 differs, 1 failed (2 replies: 2 differ)\n");
}

static void weight_and_colour_only_add(void)
{
	struct report *report = terminal(80, true);
	report_begin(report, "a.txt", NULL);
	differs(report, SLICE("250 SIZE 100"), SLICE("250 SIZE 200"), "");
	differs(report, SLICE("250 OK"), SLICE("550 No"), "");
	end(report);
	report_begin(report, "b.txt", NULL);
	end(report);
	report_close(report);
	CHECK_TEXT(buffer_slice(&out), "\033[1;31mnot ok\033[0m  a.txt  2 replies, 2 differ  0.25 s\n"
	                               "\n"
	                               "  \033[1ma.txt:12\033[0m\n"
	                               "  \033[1mexpected\033[0m       \033[1mreceived\033[0m\n"
	                               "  250 SIZE \033[1;4m100\033[0m | 250 SIZE \033[1;4m200\033[0m\n"
	                               "\n"
	                               "  \033[1ma.txt:12\033[0m\n"
	                               "  \033[1mexpected\033[0m   \033[1mreceived\033[0m\n"
	                               "  \033[1m250 OK\033[0m   | \033[1m550 No\033[0m\n"
	                               "\n"
	                               "\033[32mok\033[0m      b.txt  0 replies  0.25 s\n"
	                               "\n"
	                               "\033[1m2 transcripts: 1 ok, 1 differs (2 replies: 2 differ)\033[0m\n");
}

static void what_was_skipped_is_summed_up_by_reason(void)
{
	struct report *report = terminal(80, false);
	report_begin(report, "a.txt", NULL);
	skipped(report, 1, "250", "the 354 was refused");
	skipped(report, 2, "250", "\033[2J");
	skipped(report, 3, "250", "the 354 was refused");
	end(report);
	CHECK_TEXT(buffer_slice(&out), "ok      a.txt  3 replies, 3 skipped  0.25 s\n"
	                               "  2 replies were not compared: the 354 was refused\n"
	                               "  1 reply was not compared: \\x1B[2J\n");
	report_close(report);
}

/* Why a transcript could not be run is said once, though it is why nothing was compared. */
static void a_problem_is_told_once(void)
{
	struct report *report = terminal(80, false);
	report_begin(report, "a.txt", NULL);
	skipped(report, 1, "250", "127.0.0.1:25: connection refused");
	report_end(report, &(struct outcome){ .problem = SLICE("127.0.0.1:25: connection refused") });
	CHECK_TEXT(buffer_slice(&out), "not ok  a.txt  1 reply, 1 skipped  0.00 s\n"
	                               "  1 reply was not compared: 127.0.0.1:25: connection refused\n"
	                               "\n");
	report_close(report);
}

/* What a reply answers tells more than a line's number. */
static void what_was_asked_stands_above_the_answer(void)
{
	struct point point = different(SLICE("250 OK"), SLICE("550 No"), "No.");
	struct report *report = terminal(40, false);
	point.asked = SLICE("RCPT TO:<someone.with.a.long.name@mail.example>");
	report_begin(report, "a.txt", NULL);
	report_point(report, &point);
	point.asked = SLICE("DATA\033");
	report_point(report, &point);
	end(report);
	CHECK_TEXT(buffer_slice(&out), "not ok  a.txt\n"
	                               "        2 replies, 2 differ  0.25 s\n"
	                               "\n"
	                               "  a.txt:12  C: RCPT TO:<someone.with.a.…\n"
	                               "  expected\n"
	                               "  | 250 OK\n"
	                               "  received\n"
	                               "  | 550 No\n"
	                               "  No.\n"
	                               "\n"
	                               "  a.txt:12  C: DATA\\x1B\n"
	                               "  expected\n"
	                               "  | 250 OK\n"
	                               "  received\n"
	                               "  | 550 No\n"
	                               "  No.\n"
	                               "\n");
	report_close(report);
	report = tap();
	report_begin(report, "a.txt", NULL);
	report_point(report, &point);
	end(report);
	CHECK(slice_find(buffer_slice(&out), SLICE("      ---\n      command: \"DATA\\x1B\"\n      expected: ")) <
	      out.n);
	report_close(report);
	report = junit();
	report_begin(report, "a.txt", NULL);
	report_point(report, &point);
	end(report);
	report_close(report);
	CHECK(slice_find(((struct slice){ junit_text, junit_size }), SLICE("command:\n  DATA\\x1B\nexpected:\n")) <
	      junit_size);
	free(junit_text);
}

/* What the terminal shows of one difference, from the line behind FILE:LINE to the blank one. */
static void check_shown(size_t across, struct slice expected, struct slice received, const char *shown)
{
	struct report *report = terminal(across, false);
	report_begin(report, "a.txt", NULL);
	differs(report, expected, received, "");
	end(report);
	struct slice text = buffer_slice(&out), from = SLICE("\n  a.txt:12\n");
	text = slice_part(text, slice_find(text, from) + from.n, text.n);
	CHECK_TEXT(slice_part(text, 0, slice_find(text, SLICE("\n\n")) + 1), shown);
	report_close(report);
}

static void what_differs_is_pointed_at(void)
{
	check_shown(80, SLICE("250-SIZE 100 a 200 c"), SLICE("250-SIZE 1000 a 300 c"),
	            "  expected               received\n"
	            "  250-SIZE 100 a 200 c | 250-SIZE 1000 a 300 c\n"
	            "           ^^^   ^^^              ^^^^   ^^^\n");
	/* What is not as long as a word is no news between two words that differ. */
	check_shown(80, SLICE("a1 OK done now"), SLICE("a1 NO failed now"),
	            "  expected         received\n"
	            "  a1 OK done now | a1 NO failed now\n"
	            "     ^^^^^^^          ^^^^^^^^^\n");
}

static void equal_lines_stand_side_by_side(void)
{
	check_shown(80, SLICE("250-a.example\n250-SIZE 100\n250 HELP"),
	            SLICE("250-a.example\n250-PIPELINING\n250-SIZE 200\n250-DSN\n250 HELP"),
	            "  expected        received\n"
	            "  250-a.example   250-a.example\n"
	            "                > 250-PIPELINING\n"
	            "  250-SIZE 100  | 250-SIZE 200\n"
	            "           ^^^             ^^^\n"
	            "                > 250-DSN\n"
	            "  250 HELP        250 HELP\n");
	check_shown(80, SLICE("1\n2\n3\n4\n5\n6\n7\n8\n9\n10"), SLICE("1\n2\n3\n4\n5\n6\n8\n9\n10"),
	            "  expected   received\n"
	            "  … 5 lines as expected\n"
	            "  6          6\n"
	            "  7        <\n"
	            "  8          8\n"
	            "  … 2 more lines\n");
}

/* Variables without a value stand for anything, and marks have their meaning. */
static void a_line_that_matches_is_no_difference(void)
{
	check_shown(80, SLICE("250-{{*}} greets {{who}}\nS*: 250-{{*}}\nS?: 250-X\n250 HELP"),
	            SLICE("250-a greets b\n250-c\n250-d\n250 OK"),
	            "  expected    received\n"
	            "  … 3 lines as expected\n"
	            "  S?: 250-X\n"
	            "  250 HELP  | 250 OK\n"
	            "      ^^^^        ^^\n");
	check_shown(80, SLICE("S?: 250-X\n250 OK"), SLICE("250-y\n250 OK"),
	            "  expected    received\n"
	            "            > 250-y\n"
	            "  S?: 250-X\n"
	            "  250 OK      250 OK\n");
	check_shown(80, SLICE("S!: 250-AUTH\n250 OK"), SLICE("250-AUTH\n250 OK"),
	            "  expected       received\n"
	            "  S!: 250-AUTH | 250-AUTH\n"
	            "  250 OK         250 OK\n");
}

static void nothing_is_said_in_words(void)
{
	check_shown(80, SLICE("250-a\n250 b"), (struct slice){ 0 },
	            "  expected   received\n"
	            "  250-a    < (nothing came)\n"
	            "  250 b    <\n");
	check_shown(80, (struct slice){ 0 }, SLICE("421 Bye"),
	            "  expected     received\n"
	            "  (no reply) > 421 Bye\n");
	check_shown(40, SLICE("250-a\n250 b"), (struct slice){ 0 },
	            "  expected\n"
	            "  < 250-a\n"
	            "  < 250 b\n"
	            "  received\n"
	            "  < (nothing came)\n");
}

static void white_space_is_seen_where_it_differs(void)
{
	check_shown(80, SLICE("250 OK"), SLICE("250 OK  "),
	            "  expected   received\n"
	            "  250 OK   | 250 OK\\x20\\x20\n"
	            "                   ^^^^^^^^\n");
	check_shown(80, SLICE("250 a b"), SLICE("250  a\tb"),
	            "  expected     received\n"
	            "  250 a\\x20b | 250 \\x20a\\tb\n"
	            "       ^^^^        ^^^^ ^^\n");
	check_shown(80, SLICE("250 a b"),
	            SLICE("250 a\xC2\xA0"
	                  "b\xE2\x80\x89"),
	            "  expected   received\n"
	            "  250 a b  | 250 a\\u{00A0}b\\u{2009}\n"
	            "       ^^         ^^^^^^^^^^^^^^^^^\n");
}

/* A letter with its accent, and one with the accent behind it, look the same. */
static void characters_that_nobody_sees_are_seen(void)
{
	check_shown(80, SLICE("250 caf\xC3\xA9"), SLICE("250 cafe\xCC\x81"),
	            "  expected   received\n"
	            "  250 café | 250 cafe\\u{0301}\n"
	            "         ^          ^^^^^^^^^\n");
}

static void no_octet_of_a_peer_reaches_the_terminal(void)
{
	check_shown(80, SLICE("250 a"), SLICE("250 \033]52;c;x\007\xE2\x80\xAE\xC2\x9B\xFF"),
	            "  expected   received\n"
	            "  250 a    | 250 \\x1B]52;c;x\\x07\\u{202E}\\u{009B}\\xFF\n"
	            "      ^          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n");
}

static void escapes_are_not_torn_apart(void)
{
	check_shown(40, SLICE("250"), SLICE("250 abcdefghijklmnopqrstuvwxyz12\033\xE2\x80\xAE\t\\n"),
	            "  expected\n"
	            "  | 250\n"
	            "  received\n"
	            "  | 250 abcdefghijklmnopqrstuvwxyz12\\x1B\n"
	            "       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
	            "  |   \\u{202E}\\t\\n\n"
	            "      ^^^^^^^^^^^^\n");
	check_shown(40, SLICE("250"), SLICE("250 abcdefghijklmnopqrstuvwxyz12345\033"),
	            "  expected\n"
	            "  | 250\n"
	            "  received\n"
	            "  | 250 abcdefghijklmnopqrstuvwxyz12345\n"
	            "       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
	            "  |   \\x1B\n"
	            "      ^^^^\n");
}

static void wide_characters_keep_the_columns(void)
{
	check_shown(80, SLICE("250 日本"), SLICE("250 日本語"),
	            "  expected   received\n"
	            "  250 日本 | 250 日本語\n"
	            "                     ^^\n");
	check_shown(60, SLICE("250 一二三四五六七八九十一二三四五六七八九十"),
	            SLICE("250 二三四五六七八九十一二三四五六七八九十一"),
	            "  expected                      received\n"
	            "  250 一二三四五六七八九十一  | 250 二三四五六七八九十一二\n"
	            "      ^^^^^^^^^^^^^^^^^^^^^^        ^^^^^^^^^^^^^^^^^^^^^^\n"
	            "    二三四五六七八九十        |   三四五六七八九十一\n"
	            "    ^^^^^^^^^^^^^^^^^^            ^^^^^^^^^^^^^^^^^^\n");
}

static void a_narrow_terminal_has_one_above_the_other(void)
{
	check_shown(40, SLICE("250-mail.example greets the client kindly\n250 HELP"),
	            SLICE("250-mail.example greets the client coolly\n250 HELP"),
	            "  expected\n"
	            "  | 250-mail.example greets the client k\n"
	            "                                       ^\n"
	            "  |   indly\n"
	            "      ^^^\n"
	            "    250 HELP\n"
	            "  received\n"
	            "  | 250-mail.example greets the client c\n"
	            "                                       ^\n"
	            "  |   oolly\n"
	            "      ^^^\n"
	            "    250 HELP\n");
}

static void long_lines_are_shown_where_they_differ(void)
{
	struct buffer a = { 0 }, b = { 0 };
	for (int i = 0; i < 5000; i++) {
		buffer_add_octet(&a, 'a');
		buffer_add_octet(&b, 'a');
	}
	buffer_add_string(&a, " one ");
	buffer_add_string(&b, " two ");
	for (int i = 0; i < 5000; i++) {
		buffer_add_octet(&a, 'b');
		buffer_add_octet(&b, 'b');
	}
	check_shown(
		100, buffer_slice(&a), buffer_slice(&b),
		"  expected                                          received\n"
		"  …(4,941 octets)…aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | …(4,941 octets)…aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
		"    aaaaaaaaaaaaaaaaaaaaaaaaaaaa one bbbbbbbbbbbb |   aaaaaaaaaaaaaaaaaaaaaaaaaaaa two bbbbbbbbbbbb\n"
		"                                 ^^^                                               ^^^\n"
		"    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb |   bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
		"    bb…(4,941 octets)…                            |   bb…(4,941 octets)…\n");
	buffer_free(&a);
	buffer_free(&b);
}

/* However much comes, what is shown of a point fits a few screens. */
static void much_is_cut(void)
{
	struct buffer lines = { 0 };
	for (int i = 0; i < 20000; i++)
		buffer_printf(&lines, "%sline %d", i ? "\n" : "", i);
	struct report *report = terminal(80, false);
	report_begin(report, "a.txt", NULL);
	differs(report, SLICE("250 OK"), buffer_slice(&lines), "");
	buffer_clear(&lines);
	for (int i = 0; i < 10000; i++)
		buffer_printf(&lines, "%d%c", i, i % 3 ? ' ' : '.');
	differs(report, SLICE("250 OK"), buffer_slice(&lines), "");
	end(report);
	CHECK(slice_find(buffer_slice(&out), SLICE("\n  … 19,960 more lines\n")) < out.n);
	CHECK(out.n < 10000);
	report_close(report);
	buffer_free(&lines);
}

/* ---- both ---- */

static void both_are_told(void)
{
	struct buffer alone = { 0 };
	three(tap());
	buffer_add_slice(&alone, buffer_slice(&out));
	struct report *one = tap();
	three(both_reports(one, junit()));
	CHECK(slice_equal(buffer_slice(&out), buffer_slice(&alone)));
	CHECK(slice_find(((struct slice){ junit_text, junit_size }), SLICE("</testsuites>\n")) < junit_size);
	three(both_reports(NULL, tap()));
	CHECK(slice_equal(buffer_slice(&out), buffer_slice(&alone)));
	free(junit_text);
	buffer_free(&alone);
}

int main(void)
{
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	TEST(tap_is_a_subtest_a_transcript);
	TEST(tap_comes_point_by_point);
	TEST(tap_descriptions_stay_descriptions);
	TEST(yaml_keeps_every_character);
	TEST(yaml_blocks_are_for_plain_lines);
	TEST(many_sessions_are_one_point);
	TEST(many_sessions_are_one_object);
	TEST(many_sessions_are_shown_by_example);
	TEST(many_sessions_are_one_case);
	TEST(json_is_a_result_a_point_and_an_outcome_a_transcript);
	TEST(json_says_where_it_lost_octets);
	TEST(junit_is_a_suite_a_transcript);
	TEST(junit_is_xml_whatever_came);
	TEST(the_terminal_shows_a_line_a_transcript_and_one_sum);
	TEST(of_many_those_that_differ_are_named_at_the_end);
	TEST(weight_and_colour_only_add);
	TEST(what_was_skipped_is_summed_up_by_reason);
	TEST(a_problem_is_told_once);
	TEST(what_was_asked_stands_above_the_answer);
	TEST(what_differs_is_pointed_at);
	TEST(equal_lines_stand_side_by_side);
	TEST(a_line_that_matches_is_no_difference);
	TEST(nothing_is_said_in_words);
	TEST(white_space_is_seen_where_it_differs);
	TEST(characters_that_nobody_sees_are_seen);
	TEST(no_octet_of_a_peer_reaches_the_terminal);
	TEST(escapes_are_not_torn_apart);
	TEST(wide_characters_keep_the_columns);
	TEST(a_narrow_terminal_has_one_above_the_other);
	TEST(long_lines_are_shown_where_they_differ);
	TEST(much_is_cut);
	TEST(both_are_told);
	buffer_free(&out);
	return test_end();
}
