/*
 * The faces: what each prints of an event, octet by octet.
 */
#include "test.h"

#include <locale.h>

#include "protocol/protocol.h"
#include "view/view.h"

static struct buffer out;

static void out_write(void *context, struct slice text)
{
	(void)context;
	buffer_add_slice(&out, text);
}

static const struct sink to_out = { out_write, NULL };

static struct dialogue_event said(enum side side, enum event_kind kind, const char *text)
{
	struct dialogue_event event = { .n = 1, .t = -1, .side = side, .kind = kind, .text = slice_of(text) };
	event.line_end = SLICE("\r\n");
	event.octets = event.text.n + 2;
	event.protocol = "smtp";
	event.state = "ready";
	return event;
}

static struct dialogue_event stage_of(enum side side, enum stage stage)
{
	struct dialogue_event event = said(side, EVENT_STAGE, stage_name(stage));
	event.stage = stage;
	event.line_end = (struct slice){ 0 };
	event.octets = 0;
	return event;
}

static void begin(void)
{
	buffer_free(&out);
}

/* ---- JSON ---- */

static void json_has_its_keys_in_order_and_none_that_do_not_apply(void)
{
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "550 5.1.1 No \"such\"\ttab");
	event.t = 1.25;
	event.secure = true;
	event.verb = SLICE("RCPT");
	event.phase = PHASE_TRANSFER;
	event.tag = SLICE("A1");
	event.code = SLICE("550");
	event.enhanced = SLICE("5.1.1");
	event.keyword = SLICE("K");
	event.class = CLASS_FAILURE;
	event.has_final = event.final = true;
	event.answers = 7;
	event.note = SLICE("No such mailbox.");
	event.ref = SLICE("RFC 5321 4.2.3");
	event.problem = SLICE("bare LF");
	begin();
	json_event(&out, &event);
	CHECK_TEXT(
		buffer_slice(&out),
		"{\"n\":1,\"t\":1.250000,\"side\":\"S\",\"kind\":\"reply\",\"text\":\"550 5.1.1 No \\\"such\\\"\\u0009tab\","
		"\"octets\":25,\"protocol\":\"smtp\",\"state\":\"ready\",\"secure\":true,\"verb\":\"RCPT\","
		"\"phase\":\"transfer\",\"tag\":\"A1\",\"code\":\"550\",\"enhanced\":\"5.1.1\",\"keyword\":\"K\","
		"\"class\":\"failure\",\"final\":true,\"answers\":7,\"note\":\"No such mailbox.\","
		"\"ref\":\"RFC 5321 4.2.3\",\"problem\":\"bare LF\"}");
	event = stage_of(SIDE_CLIENT, STAGE_CONNECT);
	begin();
	json_event(&out, &event);
	CHECK_TEXT(buffer_slice(&out),
	           "{\"n\":1,\"side\":\"C\",\"kind\":\"stage\",\"text\":\"connect\",\"protocol\":\"smtp\","
	           "\"state\":\"ready\"}");
}

static void json_says_where_it_lost_octets_and_where_it_hides_them(void)
{
	struct dialogue_event event = said(SIDE_CLIENT, EVENT_DATA, "\xFF\x1b");
	event.octets = 0;
	event.masked = event.has_decoded = event.more = true;
	event.has_final = true;
	begin();
	json_event(&out, &event);
	CHECK_TEXT(buffer_slice(&out),
	           "{\"n\":1,\"side\":\"C\",\"kind\":\"data\",\"text\":\"\xEF\xBF\xBD\\u001b\",\"more\":true,"
	           "\"protocol\":\"smtp\",\"state\":\"ready\",\"final\":false,\"decoded\":\"\","
	           "\"masked\":true,\"lossy\":true}");
}

/* ---- plain ---- */

static void plain_begins_with_a_header_and_comments_that_came_before(void)
{
	struct face *face = plain_face(to_out, NOTES_FULL, SLICE("Title: A record\n\nDate: today\n"));
	struct dialogue_event connect = stage_of(SIDE_CLIENT, STAGE_CONNECT), tls = stage_of(SIDE_CLIENT, STAGE_TLS);
	struct dialogue_event greeting = said(SIDE_SERVER, EVENT_REPLY, "220 hello");
	begin();
	face_remark(face, SLICE("connected\n\033[2J"));
	face_event(face, &connect);
	tls.secure = greeting.secure = true;
	face_event(face, &tls);
	CHECK(out.n == 0);
	face_event(face, &greeting);
	CHECK_TEXT(buffer_slice(&out), "Title: A record\nDate: today\nProtocol: smtp\nTLS: implicit\n\n"
	                               "# connected\\n\\x1B[2J\nS: 220 hello\n");
	face_close(face);
}

static void plain_leaves_out_a_protocol_that_is_not_decided(void)
{
	struct face *face = plain_face(to_out, NOTES_FULL, (struct slice){ 0 });
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "220 hello");
	event.protocol = "tcp";
	begin();
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out), "S: 220 hello\n");
	face_close(face);
}

static void plain_says_notes_and_problems_under_their_line(void)
{
	struct face *face = plain_face(to_out, NOTES_FULL, SLICE("Protocol: smtp\n"));
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "250-SIZE 35882577");
	event.note = SLICE("SIZE: this server takes messages of up to 35882577 octets (34.2 MiB).");
	event.ref = SLICE("RFC 1870");
	event.has_decoded = true;
	event.decoded = SLICE("a\nb");
	event.problem = SLICE("bad \033 octet");
	begin();
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out),
	           "Protocol: smtp\n\nS: 250-SIZE 35882577\n# decoded: a\\nb\n"
	           "# SIZE: this server takes messages of up to 35882577 octets (34.2 MiB). RFC 1870\n"
	           "# problem: bad \\x1B octet\n");
	face_close(face);
}

static void plain_does_not_double_a_comment_that_repeats_a_note(void)
{
	struct face *face = plain_face(to_out, NOTES_FULL, SLICE("Protocol: smtp\n"));
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "250 ok");
	event.note = SLICE("Done");
	event.ref = SLICE("RFC 5321");
	face_event(face, &event);
	begin();
	face_comment(face, SLICE("Done. RFC 5321"));
	face_comment(face, SLICE("mine"));
	CHECK_TEXT(buffer_slice(&out), "# mine\n");
	face_notes(face, NOTES_OFF);
	begin();
	face_event(face, &event);
	face_comment(face, SLICE("Done. RFC 5321"));
	CHECK_TEXT(buffer_slice(&out), "S: 250 ok\n");
	face_close(face);
}

static void short_notes_are_for_results_and_problems(void)
{
	struct face *face = plain_face(to_out, NOTES_SHORT, SLICE("Protocol: smtp\n"));
	struct dialogue_event command = said(SIDE_CLIENT, EVENT_COMMAND, "NOOP"),
			      reply = said(SIDE_SERVER, EVENT_REPLY, "250 ok");
	command.note = reply.note = SLICE("A note.");
	command.ref = reply.ref = SLICE("RFC 5321");
	command.problem = SLICE("bare LF");
	reply.final = reply.has_final = true;
	begin();
	face_event(face, &command);
	face_event(face, &reply);
	CHECK_TEXT(buffer_slice(&out), "Protocol: smtp\n\nC: NOOP\n# problem: bare LF\nS: 250 ok\n# A note.\n");
	face_close(face);
}

static void pieces_of_a_line_say_their_note_once_and_read_as_one_line(void)
{
	struct face *face = plain_face(to_out, NOTES_FULL, SLICE("Protocol: smtp\n"));
	struct dialogue_event piece = said(SIDE_CLIENT, EVENT_DATA, "one");
	piece.note = SLICE("Text.");
	piece.more = true;
	piece.line_end = (struct slice){ 0 };
	begin();
	face_event(face, &piece);
	piece.more = false;
	piece.line_end = SLICE("\r\n");
	face_event(face, &piece);
	face_event(face, &piece);
	CHECK_TEXT(buffer_slice(&out), "Protocol: smtp\n\nC\\: one\n# Text.\nC: one\nC: one\n# Text.\n");
	face_close(face);
}

static void plain_keeps_masks_and_quotes_all_other_braces(void)
{
	struct face *face = plain_face(to_out, NOTES_FULL, SLICE("Protocol: smtp\n"));
	struct dialogue_event event = said(SIDE_CLIENT, EVENT_COMMAND, "PASS {{password}} {{x}}");
	event.spans[event.nspans++] = (struct span){ SPAN_SECRET, 5, 17, SLICE("{{password}}") };
	begin();
	face_event(face, &event);
	event.text = SLICE("PASS secret");
	event.spans[0].end = 11;
	face_event(face, &event); /* not masked: shown */
	CHECK_TEXT(buffer_slice(&out), "Protocol: smtp\n\nC: PASS {{password}} {{{{x}}\nC: PASS secret\n");
	face_close(face);
}

static void plain_says_stages_once(void)
{
	struct face *face = plain_face(to_out, NOTES_FULL, SLICE("Protocol: smtp\n"));
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "220 go");
	struct dialogue_event tls = stage_of(SIDE_CLIENT, STAGE_TLS), close = stage_of(SIDE_SERVER, STAGE_CLOSE);
	begin();
	face_direction(face, SLICE("client connects to service port 25"));
	face_event(face, &event);
	face_event(face, &tls);
	face_direction(face, SLICE("server hangs up"));
	face_event(face, &close);
	CHECK_TEXT(buffer_slice(&out),
	           "Protocol: smtp\n\n<client connects to service port 25>\nS: 220 go\n<client starts TLS>\n"
	           "<server hangs up>\n");
	face_close(face);
}

static void a_datagram_needs_no_line_end(void)
{
	struct face *face = plain_face(to_out, NOTES_FULL, SLICE("Protocol: udp\n"));
	static const char *const datagrams[] = { "hello", "hello\r\n", "", "<client hangs up>", "tab\t" };
	begin();
	for (size_t i = 0; i < 5; i++) {
		struct dialogue_event event = said(SIDE_CLIENT, EVENT_COMMAND, datagrams[i]);
		event.protocol = "udp";
		event.line_end = (struct slice){ 0 };
		face_event(face, &event);
	}
	CHECK_TEXT(buffer_slice(&out),
	           "Protocol: udp\n\nC: hello\nC\\: hello\\r\\n\nC:\nC\\: <client hangs up>\nC\\: tab\\t\n");
	face_close(face);
}

static void plain_without_events_keeps_its_remarks(void)
{
	struct face *face = plain_face(to_out, NOTES_FULL, SLICE("Title: x\n"));
	begin();
	face_remark(face, SLICE("refused"));
	face_close(face);
	CHECK_TEXT(buffer_slice(&out), "Title: x\n\n# refused\n");
}

/* ---- terminal ---- */

static size_t columns, rows;

static size_t ask_columns(void *context)
{
	(void)context;
	return columns;
}

static size_t ask_rows(void *context)
{
	(void)context;
	return rows;
}

static struct face *terminal(size_t across, size_t down, bool color, bool fold)
{
	struct terminal_options options = { .columns = ask_columns, .rows = ask_rows, .color = color, .fold = fold };
	columns = across;
	rows = down;
	begin();
	return terminal_face(to_out, &options);
}

static void notes_wrap_at_words_under_their_line(void)
{
	struct face *face = terminal(30, 24, false, false);
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "250 a line that is longer than thirty columns");
	event.note = SLICE("It is accepted, and more may follow.");
	event.ref = SLICE("RFC 5321 3.3");
	event.problem = SLICE("bare LF");
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out),
	           "S: 250 a line that is longer than thirty columns\n"
	           "   # It is accepted, and more\n   # may follow. RFC 5321 3.3\n   # problem: bare LF\n");
	face_close(face);
}

static void references_are_not_torn_apart(void)
{
	struct face *face = terminal(30, 24, false, false);
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "250 ok");
	event.note = SLICE("More of it, to the end");
	event.ref = SLICE("RFC 3461 3, RFC 5321 4.5.3.1.10");
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out), "S: 250 ok\n   # More of it, to the end.\n   # RFC 3461 3,\n"
	                               "   # RFC 5321 4.5.3.1.10\n");
	begin();
	columns = 18; /* too narrow for the longest: it is broken at its spaces */
	event.note = SLICE("Of RFC 5321 the rest");
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out), "S: 250 ok\n   # Of RFC 5321\n   # the rest.\n   # RFC 3461 3,\n"
	                               "   # RFC 5321\n   # 4.5.3.1.10\n");
	face_close(face);
}

static void no_octet_of_a_peer_moves_the_cursor(void)
{
	struct face *face = terminal(80, 24, true, false);
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "250 \033]52;c;x\007 \xE2\x80\xAE \xC2\x9B \xFF");
	event.code = SLICE("250");
	event.class = CLASS_SUCCESS;
	event.spans[event.nspans++] = (struct span){ SPAN_CODE, 0, 3, { 0 } };
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out), "S: \033[32m250\033[0m \\x1B]52;c;x\\x07 \\u{202E} \\u{009B} \\xFF\n");
	face_close(face);
}

static void the_client_is_told_by_word_and_weight(void)
{
	struct face *face = terminal(20, 24, true, false);
	struct dialogue_event event = said(SIDE_CLIENT, EVENT_COMMAND, "EHLO a.very.long.name.example");
	face_event(face, &event);
	event.text = (struct slice){ 0 };
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out), "\033[1mC: EHLO a.very.long.name.example\033[0m\n\033[1mC:\033[0m\n");
	face_close(face);
}

static void wide_and_combining_characters_count_as_they_show(void)
{
	struct face *face = terminal(13, 24, false, false);
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "日本語日本語");
	face_event(face, &event);
	event.text = slice_of("e\xCC\x81"
	                      "e\xCC\x81"
	                      "e\xCC\x81"
	                      "e\xCC\x81"
	                      "e\xCC\x81"
	                      "e\xCC\x81"
	                      "e\xCC\x81"
	                      "e\xCC\x81"
	                      "ab");
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out), "S: 日本語日本語\n"
	                               "S: e\xCC\x81"
	                               "e\xCC\x81"
	                               "e\xCC\x81"
	                               "e\xCC\x81"
	                               "e\xCC\x81"
	                               "e\xCC\x81"
	                               "e\xCC\x81"
	                               "e\xCC\x81"
	                               "ab\n");
	face_close(face);
}

static void tabs_go_to_the_next_stop(void)
{
	struct face *face = terminal(80, 24, false, false);
	struct dialogue_event event = said(SIDE_SERVER, EVENT_DATA, "ab\tc\td");
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out), "S: ab      c       d\n");
	face_close(face);
}

static void long_data_is_folded_and_can_be_had(void)
{
	struct face *face = terminal(80, 16, false, true);
	struct dialogue_event event = said(SIDE_SERVER, EVENT_DATA, "text");
	event.has_final = true;
	for (int i = 0; i < 10 + 1204; i++)
		face_event(face, &event);
	event.text = SLICE(".");
	event.final = true;
	begin();
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out), "# … 1,204 more lines (:more)\nS: .\n");
	begin();
	CHECK(terminal_face_more(face));
	CHECK(out.n == 1204 * strlen("S: text\n"));
	CHECK(!terminal_face_more(face));
	face_close(face);
}

static void what_is_folded_is_kept_within_bounds(void)
{
	struct face *face = terminal(80, 16, false, true);
	struct dialogue_event event = said(SIDE_SERVER, EVENT_DATA, "0123456789");
	for (int i = 0; i < 100000; i++)
		face_event(face, &event);
	begin();
	CHECK(terminal_face_more(face));
	CHECK(out.n < 70000);
	CHECK(slice_find(buffer_slice(&out), SLICE("more were not kept")) < out.n);
	face_close(face);
}

static void an_unfinished_line_is_shown_once(void)
{
	struct face *face = terminal(80, 24, false, false);
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "login: ");
	event.line_end = (struct slice){ 0 };
	event.note = SLICE("It asks.");
	face_unfinished(face, SLICE("login: "));
	CHECK_TEXT(buffer_slice(&out), "S: login: \n");
	begin();
	face_event(face, &event);
	CHECK_TEXT(buffer_slice(&out), "   # It asks.\n");
	face_close(face);
}

/* ---- raw ---- */

static void raw_is_what_the_server_said(void)
{
	FILE *said_file = tmpfile(), *notes_file = tmpfile();
	struct face *face = raw_face(said_file, notes_file, NOTES_FULL);
	struct dialogue_event event = said(SIDE_SERVER, EVENT_REPLY, "login: \033");
	struct dialogue_event command = said(SIDE_CLIENT, EVENT_COMMAND, "NOOP");
	char room[64];
	event.note = SLICE("A note.");
	face_unfinished(face, SLICE("log"));
	face_unfinished(face, SLICE("login: "));
	face_event(face, &event);
	face_event(face, &command);
	rewind(said_file);
	rewind(notes_file);
	size_t n = fread(room, 1, sizeof room, said_file);
	CHECK_TEXT(((struct slice){ room, n }), "login: \033\r\n");
	n = fread(room, 1, sizeof room, notes_file);
	CHECK_TEXT(((struct slice){ room, n }), "# A note.\n");
	face_close(face);
	(void)fclose(said_file);
	(void)fclose(notes_file);
}

int main(void)
{
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	TEST(json_has_its_keys_in_order_and_none_that_do_not_apply);
	TEST(json_says_where_it_lost_octets_and_where_it_hides_them);
	TEST(plain_begins_with_a_header_and_comments_that_came_before);
	TEST(plain_leaves_out_a_protocol_that_is_not_decided);
	TEST(plain_says_notes_and_problems_under_their_line);
	TEST(plain_does_not_double_a_comment_that_repeats_a_note);
	TEST(short_notes_are_for_results_and_problems);
	TEST(pieces_of_a_line_say_their_note_once_and_read_as_one_line);
	TEST(plain_keeps_masks_and_quotes_all_other_braces);
	TEST(plain_says_stages_once);
	TEST(a_datagram_needs_no_line_end);
	TEST(plain_without_events_keeps_its_remarks);
	TEST(notes_wrap_at_words_under_their_line);
	TEST(references_are_not_torn_apart);
	TEST(no_octet_of_a_peer_moves_the_cursor);
	TEST(the_client_is_told_by_word_and_weight);
	TEST(wide_and_combining_characters_count_as_they_show);
	TEST(tabs_go_to_the_next_stop);
	TEST(long_data_is_folded_and_can_be_had);
	TEST(what_is_folded_is_kept_within_bounds);
	TEST(an_unfinished_line_is_shown_once);
	TEST(raw_is_what_the_server_said);
	buffer_free(&out);
	return test_end();
}
