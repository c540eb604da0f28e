/*
 * The upgrade to TLS, step by step, with a server whose lines stand in the test.
 */
#include "test.h"

#include "protocol/dialogue.h"
#include "protocol/protocol.h"
#include "protocol/upgrade.h"

static struct dialogue *dialogue;
static struct upgrade *upgrade;
static struct buffer text;

static void begin_as(const char *protocol, const char *name)
{
	dialogue = dialogue_new(protocol ? protocol_named(slice_of(protocol)) : NULL);
	upgrade = upgrade_new(name);
}

static void begin(const char *protocol)
{
	begin_as(protocol, "[127.0.0.1]");
}

static void end(void)
{
	upgrade_free(upgrade);
	dialogue_free(dialogue);
	buffer_free(&text);
}

/* Shows the dialogue's events to the upgrade. */
static void follow(void)
{
	struct dialogue_event event;
	while (dialogue_next(dialogue, &event))
		upgrade_event(upgrade, dialogue, &event);
}

/* Feeds octets; returns how many were taken. */
static size_t feed(enum side side, struct slice octets)
{
	size_t at = 0;
	while (at < octets.n) {
		size_t took = dialogue_feed(dialogue, side, octets.p + at, octets.n - at);
		follow();
		if (took == 0)
			break;
		at += took;
	}
	return at;
}

/* A side says a line. */
static void say(enum side side, const char *line)
{
	struct buffer b = { 0 };
	buffer_printf(&b, "%s\r\n", line);
	(void)feed(side, buffer_slice(&b));
	buffer_free(&b);
}

static void server(const char *line)
{
	say(SIDE_SERVER, line);
}

static void waits(void)
{
	CHECK(upgrade_next(upgrade, dialogue, &text) == UPGRADE_WAIT);
	CHECK(text.n == 0);
}

/* The upgrade says this line, which goes out; then it waits. */
static void says(const char *line)
{
	struct buffer wanted = { 0 };
	buffer_printf(&wanted, "%s\r\n", line);
	CHECK(upgrade_next(upgrade, dialogue, &text) == UPGRADE_SAY);
	CHECK(slice_equal(buffer_slice(&text), buffer_slice(&wanted)));
	waits(); /* asked again before it has gone out, it is not said again */
	(void)feed(SIDE_CLIENT, buffer_slice(&wanted));
	waits();
	buffer_free(&wanted);
}

/* It is over, and stays so; `words` stand in the text. */
static void ends(enum upgrade_act act, const char *words)
{
	for (int i = 0; i < 2; i++) {
		CHECK(upgrade_next(upgrade, dialogue, &text) == act);
		if (slice_find(buffer_slice(&text), slice_of(words)) == text.n && *words)
			CHECK_TEXT(buffer_slice(&text), words);
		CHECK(*words || text.n == 0);
		CHECK(text.n == 0 || (text.p[0] >= 'a' && text.p[0] <= 'z') || text.p[0] == 'H' || text.p[0] == 'T');
		CHECK(text.n == 0 || text.p[text.n - 1] != '.');
		CHECK(text_safe(buffer_slice(&text), false));
	}
}

static void refused(const char *words)
{
	ends(UPGRADE_REFUSED, words);
}

static void handshake(void)
{
	CHECK(dialogue_tls_pending(dialogue));
	waits();
	dialogue_stage(dialogue, STAGE_TLS, SIDE_CLIENT);
	follow();
}

/* ---- SMTP ---- */

static void smtp_says_ehlo_and_starttls(void)
{
	begin("smtp");
	waits(); /* for the greeting */
	server("220-mx.example");
	waits();
	server("220 ready");
	says("EHLO [127.0.0.1]");
	server("250-mx.example");
	waits();
	server("250-SIZE");
	server("250 STARTTLS");
	says("STARTTLS");
	server("220 go");
	handshake();
	ends(UPGRADE_DONE, "");
	end();
}

static void lmtp_says_lhlo(void)
{
	begin_as("lmtp", "me.example");
	server("220 mx.example LMTP");
	says("LHLO me.example");
	server("250-mx.example");
	server("250 STARTTLS");
	says("STARTTLS");
	server("220 go");
	handshake();
	ends(UPGRADE_DONE, "");
	end();
}

static void what_was_said_is_not_said_again(void)
{
	begin("smtp");
	server("220 mx.example");
	say(SIDE_CLIENT, "EHLO me.example");
	waits();
	server("250-mx.example");
	server("250 STARTTLS");
	says("STARTTLS");
	server("220 go");
	handshake();
	ends(UPGRADE_DONE, "");
	end();
}

static void behind_helo_comes_ehlo(void)
{
	begin("smtp");
	server("220 mx.example");
	say(SIDE_CLIENT, "HELO me.example");
	server("250 mx.example");
	says("EHLO [127.0.0.1]");
	server("250 STARTTLS alone is no keyword on the first line");
	refused("does not offer STARTTLS");
	end();
}

static void a_stripped_offer_is_told_with_the_port(void)
{
	begin("smtp");
	server("220 mx.example");
	says("EHLO [127.0.0.1]");
	server("250-mx.example");
	server("250 SIZE");
	refused("the server does not offer STARTTLS: it has no TLS here, or somebody on the way has taken the offer out. "
	        "Nothing secret was sent. Port 465 is for TLS from the first octet: smtps:// or --tls");
	end();
}

static void an_offer_that_was_overwritten_is_known(void)
{
	static const char *const keywords[] = { "250 XXXXXXXX", "250 XXXXXXXA", "250 XXXXXXXX 1" };
	for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
		begin("smtp");
		server("220 mx.example");
		says("EHLO [127.0.0.1]");
		server("250-mx.example");
		server(keywords[i]);
		refused("overwritten with X: a firewall on the way hides it");
		end();
	}
}

static void a_private_extension_is_not_overwritten(void)
{
	begin("smtp");
	server("220 mx.example");
	says("EHLO [127.0.0.1]");
	server("250-mx.example");
	server("250-XXX");
	server("250 XEXCH50");
	refused("taken the offer out");
	end();
}

static void a_refusal_has_its_meaning(void)
{
	static const struct {
		const char *reply, *words;
	} replies[] = {
		{ "454 4.7.0 no \033[31mtoday",
		  "STARTTLS: \"454 4.7.0 no \\x1B[31mtoday\". Not now: TLS cannot be had" },
		{ "501 no argument", "STARTTLS takes no argument" },
		{ "502 no", "knows the command but does not implement it" },
		{ "421 bye", "closes the connection" },
		{ "250 ok", "answers STARTTLS by \"250 ok\", which begins no TLS" },
		{ "554 no", "the server refuses STARTTLS: \"554 no\"" },
	};
	for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
		begin("smtp");
		server("220 mx.example");
		says("EHLO [127.0.0.1]");
		server("250-mx.example");
		server("250 STARTTLS");
		says("STARTTLS");
		server(replies[i].reply);
		refused(replies[i].words);
		end();
	}
}

static void a_server_without_ehlo_has_no_tls(void)
{
	begin("smtp");
	server("220 mx.example");
	says("EHLO [127.0.0.1]");
	server("500 what?");
	refused("refuses EHLO, and so nobody knows whether it has TLS");
	end();
}

static void a_greeting_that_refuses_ends_it(void)
{
	begin("smtp");
	server("554 no service here");
	refused("TLS cannot begin now: the server refused the session");
	end();

	begin("smtp");
	server("421 too many of you");
	refused("the session is over");
	end();
}

static void a_transaction_is_not_dropped_for_it(void)
{
	begin("smtp");
	server("220 mx.example");
	say(SIDE_CLIENT, "EHLO me.example");
	server("250-mx.example");
	server("250 STARTTLS");
	say(SIDE_CLIENT, "MAIL FROM:<a@b.example>");
	server("250 ok");
	refused("TLS cannot begin now: a mail transaction is under way");
	end();
}

static void message_text_is_no_place_for_it(void)
{
	begin("smtp");
	server("220 mx.example");
	say(SIDE_CLIENT, "EHLO me.example");
	server("250-mx.example");
	server("250 STARTTLS");
	say(SIDE_CLIENT, "MAIL FROM:<a@b.example>");
	server("250 ok");
	say(SIDE_CLIENT, "RCPT TO:<c@d.example>");
	server("250 ok");
	say(SIDE_CLIENT, "DATA");
	server("354 go");
	refused("no command, but part of one");
	end();
}

static void a_secret_said_before_is_not_denied(void)
{
	begin("smtp");
	server("220 mx.example");
	say(SIDE_CLIENT, "EHLO me.example");
	server("250-mx.example");
	server("250 AUTH PLAIN");
	say(SIDE_CLIENT, "AUTH PLAIN AGJvYgByZWRxdWVlbg==");
	server("535 no");
	CHECK(dialogue_told_secret(dialogue));
	refused("What was secret has already gone in the clear");
	end();
}

/* ---- replies out of turn, and servers that never end ---- */

static void replies_before_the_command_do_not_count(void)
{
	begin("smtp");
	server("220 mx.example");
	server("250 STARTTLS");
	server("220 go");
	says("EHLO [127.0.0.1]");
	server("250-mx.example");
	server("250 STARTTLS");
	server("220 go"); /* before it is asked for */
	CHECK(!dialogue_tls_pending(dialogue));
	says("STARTTLS");
	server("454 no");
	refused("454 no");
	CHECK(!dialogue_secure(dialogue));
	end();
}

static void octets_behind_the_reply_are_not_taken(void)
{
	static const char said[] = "220 go\r\n250-mx.example\r\n250 AUTH PLAIN\r\n";
	begin("smtp");
	server("220 mx.example");
	says("EHLO [127.0.0.1]");
	server("250-mx.example");
	server("250 STARTTLS");
	says("STARTTLS");
	CHECK(feed(SIDE_SERVER, slice_of(said)) == strlen("220 go\r\n"));
	handshake();
	CHECK(dialogue_capability(dialogue, 0).n == 0);
	ends(UPGRADE_DONE, "");
	end();
}

static void an_endless_greeting_is_given_up(void)
{
	begin("smtp");
	for (int i = 0; i < 999; i++)
		server("220-hello");
	waits();
	server("220-hello");
	refused("the server has said 1000 lines and has not greeted");
	end();
}

static void an_endless_answer_is_given_up(void)
{
	begin("imap");
	server("* OK ready");
	says("tls1 CAPABILITY");
	for (int i = 0; i < 1000; i++)
		server("* OK wait");
	refused("the server has said 1000 lines and has not answered tls1 CAPABILITY");
	end();
}

static void a_server_that_hangs_up_ends_it(void)
{
	begin("imap");
	server("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready");
	says("tls1 STARTTLS");
	dialogue_stage(dialogue, STAGE_CLOSE, SIDE_SERVER);
	follow();
	refused("the server hung up before TLS could begin. Nothing secret was sent. Port 993");
	end();
}

/* ---- IMAP ---- */

static void imap_takes_the_greetings_capabilities(void)
{
	begin("imap");
	server("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready");
	says("tls1 STARTTLS");
	server("* OK still here");
	waits();
	server("tls1 OK go");
	handshake();
	ends(UPGRADE_DONE, "");
	end();
}

static void imap_asks_for_capabilities(void)
{
	begin("imap");
	server("* OK ready");
	says("tls1 CAPABILITY");
	server("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED");
	waits();
	server("tls1 OK done");
	says("tls2 STARTTLS");
	server("tls2 NO no certificate");
	refused("the server refuses STARTTLS: \"tls2 NO no certificate\". The server cannot begin TLS");
	end();
}

static void imap_without_starttls(void)
{
	begin("imap");
	server("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready");
	refused("the server does not offer STARTTLS");
	end();
}

static void imap_preauth_makes_it_impossible(void)
{
	begin("imap");
	server("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome bob");
	refused("the server greets with PREAUTH");
	end();
}

static void imap_after_the_login_is_too_late(void)
{
	begin("imap");
	server("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready");
	say(SIDE_CLIENT, "a1 LOGIN bob redqueen");
	server("a1 OK [CAPABILITY IMAP4rev1 STARTTLS] in");
	refused("TLS cannot begin now: the client is logged in already");
	CHECK(slice_find(buffer_slice(&text), SLICE("Nothing secret")) == text.n);
	end();
}

static void imap_tagged_replies_before_the_command_do_not_count(void)
{
	begin("imap");
	server("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready");
	server("tls1 OK begin TLS now");
	CHECK(!dialogue_tls_pending(dialogue));
	says("tls1 STARTTLS");
	server("tls2 OK go");
	waits();
	CHECK(!dialogue_tls_pending(dialogue));
	server("tls1 BAD no");
	refused("TLS is on already, or the line was wrong");
	end();
}

static void imap_waits_for_what_is_under_way(void)
{
	begin("imap");
	server("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready");
	say(SIDE_CLIENT, "tls1 NOOP");
	waits();
	server("tls1 OK done");
	says("tls1 STARTTLS");
	server("* BYE no");
	server("tls1 NO no");
	refused("the server refuses STARTTLS");
	end();
}

/* ---- POP3 ---- */

static void pop3_asks_capa(void)
{
	begin("pop3");
	server("+OK ready <1.2@pop.example>");
	says("CAPA");
	server("+OK list");
	server("USER");
	waits();
	server("STLS");
	server(".");
	says("STLS");
	server("+OK go");
	handshake();
	ends(UPGRADE_DONE, "");
	end();
}

static void pop3_without_capa_may_have_stls(void)
{
	begin("pop3");
	server("+OK ready");
	says("CAPA");
	server("-ERR what?");
	says("STLS");
	server("-ERR what?");
	refused("the server refuses STLS: \"-ERR what?\". TLS cannot be had, or is on already");
	end();
}

static void pop3_whose_capa_has_no_stls(void)
{
	begin("pop3");
	server("+OK ready");
	says("CAPA");
	server("+OK list");
	server("USER");
	server(".");
	refused("the server does not offer STLS");
	CHECK(slice_find(buffer_slice(&text), SLICE("995")) < text.n);
	end();
}

/* ---- FTP ---- */

static void ftp_up_to_tls(void)
{
	begin("ftp");
	server("220 ftp.example");
	says("AUTH TLS");
	server("234 go");
	handshake();
}

static void ftp_protects_its_data_connections(void)
{
	ftp_up_to_tls();
	says("PBSZ 0");
	server("200 PBSZ=0");
	says("PROT P");
	server("200 private");
	ends(UPGRADE_DONE, "");
	end();
}

static void ftp_may_want_the_login_first(void)
{
	ftp_up_to_tls();
	says("PBSZ 0");
	server("200 ok");
	says("PROT P");
	server("503 log in first");
	ends(UPGRADE_DONE, "the server does not take PROT before the login");
	end();
}

static void ftp_may_refuse_to_protect_files(void)
{
	ftp_up_to_tls();
	says("PBSZ 0");
	server("200 ok");
	says("PROT P");
	server("536 not here");
	refused("the server refuses to protect data connections, by PROT: \"536 not here\"");
	CHECK(dialogue_secure(dialogue));
	end();
}

static void ftp_refuses(void)
{
	static const struct {
		const char *reply, *words;
	} replies[] = {
		{ "500 what?", "The server does not know AUTH" },
		{ "502 no", "The server has no protection to offer" },
		{ "534 policy", "not willing to use that mechanism" },
		{ "334 ADAT", "answers AUTH by \"334 ADAT\", which begins no TLS" },
		{ "421 bye", "closes the control connection" },
	};
	for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
		begin("ftp");
		server("220 ftp.example");
		says("AUTH TLS");
		server(replies[i].reply);
		refused(replies[i].words);
		CHECK(slice_find(buffer_slice(&text), SLICE("990")) < text.n);
		end();
	}
}

/* ---- where there is no such thing ---- */

static void other_protocols_have_no_such_command(void)
{
	static const struct {
		const char *protocol, *words;
	} rows[] = {
		{ "http",
		  "HTTP has no command that begins TLS (its Upgrade to TLS, RFC 2817, is hardly used): https:// or --tls" },
		{ "tcp", "lines over TCP have no command that begins TLS" },
		{ "udp", "there is no TLS over UDP here" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		begin(rows[i].protocol);
		CHECK(!upgrade_possible(dialogue_protocol(dialogue)));
		refused(rows[i].words);
		end();
	}
	CHECK(upgrade_possible(NULL));
	CHECK(upgrade_possible(protocol_named(SLICE("lmtp"))));
}

static void an_unknown_protocol_is_waited_for_and_then_named(void)
{
	begin(NULL);
	waits();
	server("220 a host");
	refused("what the server speaks is not known yet");
	end();

	begin(NULL);
	waits();
	server("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready");
	says("tls1 STARTTLS");
	end();
}

static void under_tls_there_is_nothing_to_do(void)
{
	begin("smtp");
	dialogue_stage(dialogue, STAGE_TLS, SIDE_CLIENT);
	follow();
	server("220 mx.example");
	ends(UPGRADE_DONE, "");
	end();
}

static void what_the_user_types_counts_as_little_as_what_others_say(void)
{
	begin("smtp");
	server("220 mx.example");
	say(SIDE_CLIENT, "EHLO me.example");
	server("250-mx.example");
	server("250 STARTTLS");
	say(SIDE_CLIENT, "STARTTLS");
	waits();
	server("454 no"); /* not the upgrade's own: it tries by itself, once */
	says("STARTTLS");
	server("454 no");
	refused("454 no");
	end();
}

/* ---- a server that says anything ---- */

static unsigned next_random(unsigned *state)
{
	*state = *state * 1103515245U + 12345U;
	return *state >> 16;
}

/* One thing that a hostile server, or the line, does. */
static void mischief(unsigned *state)
{
	static const char *const lines[] = {
		"220 go",
		"220-go",
		"250-STARTTLS",
		"250 STARTTLS",
		"250 a",
		"454 no",
		"421 bye",
		"354 text",
		"334 ",
		"+OK",
		"-ERR no",
		"STLS",
		".",
		"+ ",
		"* OK ready",
		"* BYE out",
		"* OK [CAPABILITY IMAP4rev1 STARTTLS] a",
		"* CAPABILITY STARTTLS",
		"tls1 OK go",
		"tls2 OK go",
		"tls1 NO no",
		"* PREAUTH in",
		"* 1 FETCH (BODY[] {9}",
		"234 go",
		"200 ok",
		"530 login",
		"211-Features:",
		" AUTH TLS",
		"211 end",
		"100 wait",
		"HTTP/1.1 200 OK",
		"",
		"\x15\x03\x01",
	};
	unsigned choice = next_random(state) % 40;
	if (choice < sizeof lines / sizeof lines[0])
		server(lines[choice]);
	else if (choice == 38 && dialogue_tls_pending(dialogue))
		handshake();
	else if (choice == 39 && next_random(state) % 8 == 0) {
		dialogue_stage(dialogue, STAGE_CLOSE, SIDE_SERVER);
		follow();
	}
}

/* Asks for what to do until there is nothing to do but wait; returns how many lines were said for it. */
static unsigned obey(bool *over)
{
	for (unsigned said = 0;; said++) {
		enum upgrade_act act = upgrade_next(upgrade, dialogue, &text);
		*over = act == UPGRADE_DONE || act == UPGRADE_REFUSED;
		CHECK(act != UPGRADE_DONE || dialogue_secure(dialogue));
		CHECK(act != UPGRADE_REFUSED || text.n > 0);
		CHECK(act == UPGRADE_SAY || text_safe(buffer_slice(&text), false));
		if (act != UPGRADE_SAY || said > 4)
			return said;
		struct buffer line = { 0 };
		buffer_add_slice(&line, buffer_slice(&text));
		(void)feed(SIDE_CLIENT, buffer_slice(&line));
		buffer_free(&line);
	}
}

/* Two lines at most in the clear, two more of FTP under TLS; done only where TLS has begun; and it comes to an end. */
static void whatever_a_server_does_it_ends(void)
{
	unsigned encrypted = 0, refusals = 0;
	for (unsigned seed = 0; seed < 20000; seed++) {
		const struct protocol *protocol = protocols[seed % 7];
		unsigned state = seed * 2654435761U, said = 0, moves = 0;
		bool over = false;
		begin(protocol ? protocol->name : NULL);
		for (; moves < 3000 && !over; moves++) {
			said += obey(&over);
			if (!over)
				mischief(&state);
		}
		CHECK(said <= 4);
		bool done = over && upgrade_next(upgrade, dialogue, &text) == UPGRADE_DONE;
		CHECK(!done || dialogue_secure(dialogue));
		encrypted += done;
		refusals += over && !done;
		CHECK(over || dialogue_tls_pending(dialogue) || moves == 3000);
		end();
	}
	CHECK(encrypted > 100 && refusals > 100); /* it has tried both ends */
}

int main(void)
{
	TEST(smtp_says_ehlo_and_starttls);
	TEST(lmtp_says_lhlo);
	TEST(what_was_said_is_not_said_again);
	TEST(behind_helo_comes_ehlo);
	TEST(a_stripped_offer_is_told_with_the_port);
	TEST(an_offer_that_was_overwritten_is_known);
	TEST(a_private_extension_is_not_overwritten);
	TEST(a_refusal_has_its_meaning);
	TEST(a_server_without_ehlo_has_no_tls);
	TEST(a_greeting_that_refuses_ends_it);
	TEST(a_transaction_is_not_dropped_for_it);
	TEST(message_text_is_no_place_for_it);
	TEST(a_secret_said_before_is_not_denied);
	TEST(replies_before_the_command_do_not_count);
	TEST(octets_behind_the_reply_are_not_taken);
	TEST(an_endless_greeting_is_given_up);
	TEST(an_endless_answer_is_given_up);
	TEST(a_server_that_hangs_up_ends_it);
	TEST(imap_takes_the_greetings_capabilities);
	TEST(imap_asks_for_capabilities);
	TEST(imap_without_starttls);
	TEST(imap_preauth_makes_it_impossible);
	TEST(imap_after_the_login_is_too_late);
	TEST(imap_tagged_replies_before_the_command_do_not_count);
	TEST(imap_waits_for_what_is_under_way);
	TEST(pop3_asks_capa);
	TEST(pop3_without_capa_may_have_stls);
	TEST(pop3_whose_capa_has_no_stls);
	TEST(ftp_protects_its_data_connections);
	TEST(ftp_may_want_the_login_first);
	TEST(ftp_may_refuse_to_protect_files);
	TEST(ftp_refuses);
	TEST(other_protocols_have_no_such_command);
	TEST(an_unknown_protocol_is_waited_for_and_then_named);
	TEST(under_tls_there_is_nothing_to_do);
	TEST(what_the_user_types_counts_as_little_as_what_others_say);
	TEST(whatever_a_server_does_it_ends);
	return test_end();
}
