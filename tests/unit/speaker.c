/*
 * Who would say a line: by its look, of which protocol, and in a conversation that a dialogue follows.
 */
#include "test.h"

#include "script/speaker.h"

/* ---- helpers ---- */

struct row {
	const char *line;
	unsigned likes;
};

static void check_likes(const char *protocol, enum side side, const struct row *rows)
{
	for (; rows->line; rows++) {
		unsigned likes = speaker_likes(protocol_named(slice_of(protocol)), side, slice_of(rows->line));
		if (likes != rows->likes)
			printf("# %s: \"%s\" is %u, not %u\n", protocol, rows->line, likes, rows->likes);
		CHECK(likes == rows->likes);
	}
}

/* The protocol of a transcript: lines with `C: ` and `S: `; "" where there is none. */
static const char *protocol_said(const char *transcript)
{
	struct speaker_line lines[64];
	struct slice rest = slice_of(transcript);
	size_t n = 0;
	while (rest.n && n < 64) {
		struct slice line = slice_row(&rest);
		lines[n++] = (struct speaker_line){ line.p[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER,
			                            slice_part(line, 3, line.n) };
	}
	const struct protocol *protocol = speaker_protocol(lines, n, NULL);
	return protocol ? protocol->name : "";
}

#define CHECK_PROTOCOL(transcript, want) CHECK_TEXT(slice_of(protocol_said(transcript)), want)

/* A dialogue that has followed a transcript. */
static struct dialogue *followed(const char *protocol, const char *transcript)
{
	struct dialogue *d = dialogue_new(protocol_named(slice_of(protocol)));
	struct slice rest = slice_of(transcript);
	while (rest.n) {
		struct dialogue_event event;
		struct slice line = slice_row(&rest);
		struct buffer octets = { 0 };
		buffer_printf(&octets, SLICE_FMT "\r\n", SLICE_ARG(slice_part(line, 3, line.n)));
		CHECK(dialogue_feed(d, line.p[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER, octets.p, octets.n) == octets.n);
		while (dialogue_next(d, &event))
			continue;
		buffer_free(&octets);
	}
	return d;
}

/* Who says each of `lines` behind the transcript, a letter each. */
static void check_sides(const char *protocol, const char *transcript, const char *const *lines, const char *want)
{
	struct dialogue *d = transcript ? followed(protocol, transcript) : NULL;
	for (; *lines; lines++, want++) {
		bool server = speaker_side(d, slice_of(*lines)) == SIDE_SERVER;
		if (server != (*want == 'S'))
			printf("# \"%s\" is not %c's\n", *lines, *want);
		CHECK(server == (*want == 'S'));
	}
	if (d)
		dialogue_free(d);
}

/* ---- clients ---- */

static void smtp_clients(void)
{
	static const struct row rows[] = {
		{ "EHLO me", 3 },
		{ "ehlo me", 2 },
		{ "EHLO", 1 },
		{ "MAIL FROM:<a@b> SIZE=5", 3 },
		{ "mail from: <a@b>", 3 },
		{ "RCPT TO:<a@b>", 3 },
		{ "RCPT to everybody", 1 },
		{ "STARTTLS", 3 },
		{ "DATA", 2 },
		{ "data", 1 },
		{ "QUIT", 2 },
		{ "QUIT smoking", 1 },
		{ "HELP me", 1 },
		{ "VRFY bob", 3 },
		{ "AUTH PLAIN AGJvYgBwdw==", 3 },
		{ "BDAT 1000 LAST", 3 },
		{ "BURL imap://me@imap.example/outbox;uid=25 LAST", 3 },
		{ "ETRN @example.com", 3 },
		{ "Mail is here", 1 },
		{ "LHLO me", 0 },
		{ "LIST", 0 },
		{ "Subject: EHLO me", 0 },
		{ " EHLO me", 0 },
		{ "", 0 },
		{ NULL, 0 },
	};
	check_likes("smtp", SIDE_CLIENT, rows);
}

static void pop3_clients(void)
{
	static const struct row rows[] = {
		{ "STAT", 3 },
		{ "stat", 2 },
		{ "RETR 1", 3 },
		{ "retr 1", 3 },
		{ "RETR all of it", 1 },
		{ "TOP 1 0", 3 },
		{ "TOP of the hill", 1 },
		{ "LIST", 2 },
		{ "LIST 2", 3 },
		{ "LIST the files", 1 },
		{ "USER bob", 2 },
		{ "USER manual of it", 1 },
		{ "PASS secret", 2 },
		{ "PASS the salt", 1 },
		{ "UIDL", 3 },
		{ "APOP bob 0123", 3 },
		{ "CAPA", 3 },
		{ "EHLO me", 0 },
		{ NULL, 0 },
	};
	check_likes("pop3", SIDE_CLIENT, rows);
}

static void ftp_clients(void)
{
	static const struct row rows[] = {
		{ "PASV", 3 },
		{ "PORT 127,0,0,1,4,210", 3 },
		{ "CWD /pub", 3 },
		{ "TYPE I", 3 },
		{ "TYPE of person", 1 },
		{ "RETR the file.txt", 3 },
		{ "REST 100", 3 },
		{ "REST of the day", 1 },
		{ "EPRT |1|132.235.1.2|6275|", 3 },
		{ "LIST", 2 },
		{ "feat", 2 },
		{ "MODE READER", 1 },
		{ NULL, 0 },
	};
	check_likes("ftp", SIDE_CLIENT, rows);
}

static void imap_clients(void)
{
	static const struct row rows[] = {
		{ "A001 LOGIN fred secret", 3 },
		{ "a1 login bob x", 2 },
		{ "a login bob x", 1 },
		{ ". SELECT INBOX", 3 },
		{ "abcd CAPABILITY", 3 },
		{ "A1 FETCH 1:* (FLAGS)", 3 },
		{ "A1 UID FETCH 1 ALL", 3 },
		{ "a NOTIFY SET (mailboxes INBOX (MessageNew))", 3 },
		{ "A003 APPEND saved-messages (\\Seen) {310}", 3 },
		{ "A1 STORE 1:3 +FLAGS.SILENT (\\Deleted)", 3 },
		{ "a1 store 1 flags (\\Seen)", 3 },
		{ "A001 SeTacl INBOX/Drafts David lrswida", 3 },
		{ "a list of things", 1 },
		{ "We fetch all of them", 1 },
		{ "NOOP", 0 },
		{ "A001 FROBNICATE", 0 },
		{ NULL, 0 },
	};
	check_likes("imap", SIDE_CLIENT, rows);
}

static void http_clients(void)
{
	static const struct row rows[] = {
		{ "GET / HTTP/1.1", 3 },     { "GET /index.html", 2 },
		{ "FROB /x HTTP/1.0", 3 },   { "Host: example.com", 1 },
		{ "X-Anything-Else: y", 1 }, { "Note: this", 0 },
		{ "GET it right", 0 },       { NULL, 0 },
	};
	check_likes("http", SIDE_CLIENT, rows);
}

/* ---- servers ---- */

static void servers_with_codes(void)
{
	static const struct row smtp[] = {
		{ "220 mail.example ESMTP Postfix", 3 },
		{ "220 hamburger.edu", 2 },
		{ "250 OK", 2 },
		{ "250", 2 },
		{ "250 2.1.0 Sender ok", 3 },
		{ "250-PIPELINING", 3 },
		{ "250-SIZE 1000", 3 },
		{ "550 No such user here", 2 },
		{ "299 Whatever", 1 },
		{ "2500 euros", 0 },
		{ "250ok", 0 },
		{ "+OK", 0 },
		{ NULL, 0 },
	};
	static const struct row ftp[] = {
		{ "220 FTP server ready", 3 },
		{ "227 Entering Passive Mode (127,0,0,1,4,210)", 3 },
		{ "229 Entering Extended Passive Mode (|||6446|)", 3 },
		{ "257 \"/pub\" is current", 3 },
		{ "331 Password, please", 2 },
		{ "150 Here it comes", 2 },
		{ " MDTM", 1 },
		{ NULL, 0 },
	};
	check_likes("smtp", SIDE_SERVER, smtp);
	check_likes("ftp", SIDE_SERVER, ftp);
}

static void servers_with_words(void)
{
	static const struct row pop3[] = {
		{ "+OK", 3 }, { "-ERR no such message", 3 }, { "+ ", 1 }, { "1 120", 1 }, { ".", 1 }, { "OK", 0 },
		{ NULL, 0 },
	};
	static const struct row imap[] = {
		{ "* OK IMAP4rev1 ready", 3 },    { "* 3 EXISTS", 3 },
		{ "* FLAGS (\\Seen)", 3 },        { "* a point of a list", 0 },
		{ "* ok, that is it", 0 },        { "+ Ready for literal data", 2 },
		{ "A001 OK LOGIN completed", 3 }, { "abcd OK CAPABILITY completed", 2 },
		{ "Looks ok to me", 1 },          { "A023 OK \"LOGOUT completed\"", 1 }, /* ACAP's */
		{ "A001 LOGIN fred secret", 0 },  { NULL, 0 },
	};
	static const struct row http[] = {
		{ "HTTP/1.1 200 OK", 3 }, { "HTTP/1.0 404", 3 }, { "Content-Length: 5", 1 },
		{ "<html>", 0 },          { NULL, 0 },
	};
	check_likes("pop3", SIDE_SERVER, pop3);
	check_likes("imap", SIDE_SERVER, imap);
	check_likes("http", SIDE_SERVER, http);
	check_likes("tcp", SIDE_SERVER, (const struct row[]){ { "250 OK", 0 }, { NULL, 0 } });
}

/* ---- protocols ---- */

static void protocols_are_told(void)
{
	CHECK_PROTOCOL("S: 220 foo.com\nC: EHLO bar.com\nS: 250 foo.com\n", "smtp");
	CHECK_PROTOCOL("S: 220 foo.com\nC: LHLO bar.com\nS: 250 foo.com\n", "lmtp");
	CHECK_PROTOCOL("S: 220 foo.com\nC: USER bob\nS: 331 password\nC: PASS x\nS: 230 hello\n", "ftp");
	CHECK_PROTOCOL("C: STAT\nS: +OK 2 320\n", "pop3");
	CHECK_PROTOCOL("C: a1 NOOP\nS: a1 OK done\n", "imap");
	CHECK_PROTOCOL("C: GET / HTTP/1.1\nC: Host: a\nC: \n", "http");
	CHECK_PROTOCOL("S: HTTP/1.1 200 OK\nS: Content-Length: 2\nS: \nS: ok\n", "http");
	CHECK_PROTOCOL("S: * 3 EXPUNGE\nS: A202 OK EXPUNGE completed\n", "imap");
}

/* What is payload says nothing. */
static void payload_does_not_count(void)
{
	CHECK_PROTOCOL("C: DATA\nS: 354 go ahead\nC: GET / HTTP/1.1\nC: STAT\nC: a1 NOOP\nC: .\nS: 250 OK\n", "smtp");
	CHECK_PROTOCOL("C: A3 APPEND x {14}\nS: + go on\nC: EHLO me\nC: QUIT\nC: \nS: A3 OK done\n", "imap");
	CHECK_PROTOCOL("C: A1 LOGIN {11}\nS: + go on\nC: FRED FOOBAR {7}\nS: + go on\nC: fat man\nS: A1 OK done\n",
	               "imap");
	CHECK_PROTOCOL(
		"S: <wait for connection>\nC: <open connection to server>\nS: 220 foo.com ready\nC: HELO me\nS: 250 foo\n",
		"smtp");
}

/* Mistakes as documents print them. */
static void mistakes_do_not_hide_it(void)
{
	CHECK_PROTOCOL("S: * OK ready\nC: A0001 USER bob\nS: * OK hello\n", "imap");
	CHECK_PROTOCOL("S: RETR 1\nS: +OK message follows\nS: .\n", "pop3");
	CHECK_PROTOCOL("C: list\nS: 1 498\nS: .\nC: retr 1\nS: .\nC: quit\nS: +OK bye\n", "pop3");
}

static void other_protocols_are_none(void)
{
	/* NNTP */
	CHECK_PROTOCOL(
		"S: 200 ready\nC: MODE READER\nS: 200 ok\nC: GROUP misc.test\nS: 211 1 2 3 misc.test\nC: QUIT\nS: 205 bye\n",
		"");
	/* ManageSieve */
	CHECK_PROTOCOL(
		"S: \"IMPLEMENTATION\" \"x\"\nS: OK\nC: Authenticate \"PLAIN\"\nS: OK\nC: LISTSCRIPTS\nS: \"a\"\nS: OK\n",
		"");
	/* ACAP */
	CHECK_PROTOCOL(
		"S: * ACAP (SASL \"PLAIN\")\nC: a001 AUTHENTICATE \"PLAIN\"\nS: a001 NO \"no\"\nC: a2 NOOP\nS: a2 OK \"done\"\n",
		"");
	/* SNPP, IRC, SIP, Redis, XMPP */
	CHECK_PROTOCOL(
		"S: 220 SNPP ready\nC: PAGE 555\nS: 250 ok\nC: MESS hello\nS: 250 ok\nC: SEND\nS: 250 sent\nC: QUIT\nS: 221 bye\n",
		"");
	CHECK_PROTOCOL("C: NICK dan\nC: USER d * 0 :Dan\nS: :irc 001 dan :Welcome\nC: JOIN #x\n", "");
	CHECK_PROTOCOL("C: INVITE sip:bob@example.com SIP/2.0\nC: From: a\nC: \nS: SIP/2.0 200 OK\n", "");
	CHECK_PROTOCOL("C: HELLO 4\nS: -ERR no\nC: SET a b\nS: +OK\n", "");
	CHECK_PROTOCOL("C: <stream:stream>\nS: <stream:features/>\n", "");
	CHECK_PROTOCOL("", "");
	CHECK_PROTOCOL("S: Server says hi\nC: Client says hi\n", "");
}

/* ---- whose line it is ---- */

static void the_first_line(void)
{
	check_sides(NULL, NULL,
	            (const char *const[]){ "220 ready", "+OK", "* OK ready", "HTTP/1.1 200 OK", "GET / HTTP/1.0",
	                                   "EHLO me", NULL },
	            "SSSSCC");
}

static void smtp_without_prefixes(void)
{
	const char *to_text =
		"S: 220 x\nC: EHLO me\nS: 250 x\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\n";
	char *in_text = string_printf("%sS: 354 go\n", to_text);
	check_sides("smtp", "S: 220 x\n", (const char *const[]){ "EHLO me", "250 x", NULL }, "CS");
	check_sides("smtp", to_text, (const char *const[]){ "354 go", "QUIT", NULL }, "SC");
	/* a code in message text is the client's */
	check_sides("smtp", in_text, (const char *const[]){ "Hello", "", "250 apples", ".", NULL }, "CCCC");
	free(in_text);
}

static void lists_and_texts_are_the_servers(void)
{
	check_sides("pop3", "S: +OK\nC: USER a\nS: +OK\nC: PASS b\nS: +OK\nC: LIST\nS: +OK\n",
	            (const char *const[]){ "1 120", ".", "RETR 1", NULL }, "SSS");
	check_sides("http", "C: GET / HTTP/1.0\nC: \n", (const char *const[]){ "HTTP/1.0 200 OK", "Server: x", NULL },
	            "SS");
	check_sides("http", "C: GET / HTTP/1.0\n", (const char *const[]){ "Host: x", "", NULL }, "CC");
}

static void imap_is_told_by_tags(void)
{
	const char *selected = "S: * OK\nC: a1 SELECT INBOX\n";
	check_sides("imap", selected,
	            (const char *const[]){ "* 3 EXISTS", "a1 OK done", "a2 OK then", "a2 NOOP", NULL }, "SSCC");
	check_sides("imap", "S: * OK\nC: a1 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {4}\n",
	            (const char *const[]){ "a2 NOOP", NULL }, "S");
	check_sides("imap", "S: * OK\nC: a1 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {4}\nS: hi\n",
	            (const char *const[]){ ")", " FLAGS ())", "a2 NOOP", NULL }, "SSC");
}

int main(void)
{
	TEST(smtp_clients);
	TEST(pop3_clients);
	TEST(ftp_clients);
	TEST(imap_clients);
	TEST(http_clients);
	TEST(servers_with_codes);
	TEST(servers_with_words);
	TEST(protocols_are_told);
	TEST(payload_does_not_count);
	TEST(mistakes_do_not_hide_it);
	TEST(other_protocols_are_none);
	TEST(the_first_line);
	TEST(smtp_without_prefixes);
	TEST(lists_and_texts_are_the_servers);
	TEST(imap_is_told_by_tags);
	return test_end();
}
