/*
 * Other people's recordings: which form a text has, and what is read of each, line by line. Real recordings stand in
 * tests/import/ (import.bats).
 */
#include "test.h"

#include <dirent.h>

#include "script/import.h"

/* ---- helpers ---- */

/* What is printed of all conversations, read as the form `from`; or the error's message. */
static char *printed(struct slice text, const char *from, const char *beside)
{
	struct script *scripts = NULL;
	struct error error = { 0 };
	struct buffer out = { 0 };
	size_t n = 0;
	if (import_read(text, "f.txt", from, slice_of(beside), &scripts, &n, &error) != STATUS_OK)
		buffer_add_string(&out, error.message);
	for (size_t i = 0; i < n; i++) {
		buffer_add_string(&out, i ? "\n" : "");
		script_print(&scripts[i], &out);
	}
	scripts_free(scripts, n);
	error_clear(&error);
	return buffer_take(&out);
}

#define CHECK_READ(from, text, want) \
	do { \
		char *got_printed = printed(slice_of(text), from, NULL); \
		CHECK_TEXT(slice_of(got_printed), want); \
		free(got_printed); \
	} while (0)

#define CHECK_FORM(text, want) CHECK_TEXT(slice_of(import_recognise(slice_of(text))), want)

static bool read_file(const char *name, struct buffer *text)
{
	FILE *file = fopen(name, "r");
	char room[4096];
	size_t n;
	if (file == NULL)
		return false;
	while ((n = fread(room, 1, sizeof room, file)) > 0)
		buffer_add(text, room, n);
	(void)fclose(file);
	return true;
}

/* ---- which form it is ---- */

static void forms_are_recognised(void)
{
	CHECK_FORM("12:18.52 < IMAD1 OK Logged in.\n", "imaplib");
	CHECK_FORM("send: 'ehlo me\\r\\n'\nreply: b'250 ok\\r\\n'\n", "smtplib");
	CHECK_FORM("*cmd* 'USER bob'\n*cmd* 'QUIT'\n", "poplib");
	CHECK_FORM("*cmd* 'USER bob'\n*resp* '331 Password, please'\n", "ftplib");
	CHECK_FORM("send: b'GET / HTTP/1.1\\r\\n\\r\\n'\nreply: 'HTTP/1.1 200 OK\\r\\n'\n", "http.client");
	CHECK_FORM("> GET / HTTP/1.1\n>\n< HTTP/1.1 204 No Content\n<\n", "curl");
	CHECK_FORM("=== Trying 127.0.0.1:25...\n<-  220 mail\n -> QUIT\n", "swaks");
	CHECK_FORM("$ openssl s_client -connect mail:993\n", "s_client");
	CHECK_FORM("user@host:~$ telnet mail 25\n220 mail\n", "telnet");
	CHECK_FORM("220 mail.example ESMTP\nQUIT\n221 bye\n", "nc");
	CHECK_FORM("client 127.0.0.1 PORT_D\n??? 220\nquit\n", "exim");
	CHECK_FORM("state: auth\n\nok create ${mailbox}\n", "imaptest");
}

static void other_texts_have_none(void)
{
	CHECK_FORM("", "");
	CHECK_FORM("Dear Sir,\n> you wrote\n> 220 things\nand so on\n", "");
	CHECK_FORM("# <- \n", "");
	/* a document that names the sides is not a terminal's copy, whatever stands around them */
	CHECK_FORM("$ telnet ixia 25\nTrying 10.20.1.2...\nS: 220 ready\nC: EHLO imago\n", "");
}

static void our_own_are_never_another_form(void)
{
	DIR *folder = opendir("transcripts");
	size_t n = 0;
	CHECK(folder != NULL);
	for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
		struct buffer text = { 0 };
		char *name = string_printf("transcripts/%s", entry->d_name);
		if (strstr(entry->d_name, ".txt") && read_file(name, &text)) {
			CHECK(import_recognise(buffer_slice(&text)) == NULL);
			n++;
		}
		buffer_free(&text);
		free(name);
	}
	if (folder)
		closedir(folder);
	CHECK(n > 30);
}

static void forms_are_listed(void)
{
	const char *what = NULL;
	CHECK_TEXT(slice_of(import_form(0, &what)), "transcript");
	size_t n = 0;
	while (import_form(n, &what))
		n++;
	CHECK(n == 14);
	CHECK_READ(
		"swak", "=== Trying\n",
		"--from swak: no such form: there are transcript, imaplib, smtplib, http.client, poplib, ftplib, curl, swaks, "
		"s_client, telnet, exim, imaptest, nc and document");
	CHECK_READ("swaks", "=== Trying\n",
	           "f.txt:1: read as swaks, this is not a conversation: nothing is said in it");
	CHECK_READ("transcript", "C: hello\n", "C: hello\n");
}

static void lines_keep_their_numbers(void)
{
	struct script *scripts = NULL;
	struct error error = { 0 };
	size_t n = 0;
	struct slice text = SLICE("=== Trying mail:25...\n\n<-  220 mail\n -> QUIT\n<-  221 bye\n");
	CHECK(import_read(text, "f", NULL, SLICE(""), &scripts, &n, &error) == STATUS_OK && n == 1);
	unsigned numbers[8] = { 0 };
	for (size_t i = 0; n && i < scripts->nlines && i < 8; i++)
		numbers[i] = scripts->lines[i].number;
	CHECK(numbers[0] == 1);
	CHECK(numbers[1] == 3);
	CHECK(numbers[2] == 4);
	CHECK(numbers[3] == 5);
	scripts_free(scripts, n);
}

/* ---- Python's libraries ---- */

static void imaplib_tells_of_literals(void)
{
	CHECK_READ("imaplib",
	           "  57:04.83 new IMAP4 connection, tag=b'A'\n"
	           "  57:04.84 < b'* OK {{hi}} \\xc3\\xa9'\n"
	           "  57:04.85 > b'A1 FETCH 1 BODY[]'\n"
	           "  57:04.86 < b'* 1 FETCH (BODY[] {18}'\n"
	           "  57:04.86 read literal size 18\n"
	           "  57:04.86 < b')'\n"
	           "  57:04.87 < b'A1 OK done'\n",
	           "Protocol: imap\n\n"
	           "#   57:04.83 new IMAP4 connection, tag=b'A'\n"
	           "S: * OK {{{{hi}} \303\251\n"
	           "C: A1 FETCH 1 BODY[]\n"
	           "S: * 1 FETCH (BODY[] {18}\n"
	           "<server sends 18 octets>\n"
	           "S: )\n"
	           "S: A1 OK done\n");
	/* Python 2 prints without quotes; an excerpt has no greeting */
	CHECK_READ("imaplib", ">>> conn.logout()\n12:16.50 > X1 LOGOUT\n12:18.52 < X1 OK bye\n",
	           "Protocol: imap\n\n"
	           "# >>> conn.logout()\n"
	           "# the recording begins behind the greeting: this stands for it\n"
	           "S: * OK {{*}}\n"
	           "C: X1 LOGOUT\n"
	           "S: X1 OK bye\n");
}

static void smtplib_is_unquoted(void)
{
	CHECK_READ("smtplib",
	           "connect: to ('mail', 465) None\n"
	           "reply: b'220 mail\\r\\n'\n"
	           "reply: retcode (220); Msg: b'mail'\n"
	           "send: 'DATA\\r\\n'\n"
	           "reply: b'354 go\\r\\n'\n"
	           "data: (354, b'go')\n"
	           "send: b\"it's \\xff\\r\\n.\\r\\n\"\n"
	           "reply: b'250 ok\\r\\n'\n",
	           "Protocol: smtp\nTLS: implicit\n\n"
	           "# connect: to ('mail', 465) None\n"
	           "S: 220 mail\n"
	           "C: DATA\n"
	           "S: 354 go\n"
	           "C\\: it's \\xFF\\r\\n\n"
	           "C: .\n"
	           "S: 250 ok\n");
}

static void starttls_is_put_in(void)
{
	CHECK_READ("smtplib",
	           "reply: b'220 mail\\r\\n'\nsend: 'STARTTLS\\r\\n'\nreply: b'220 go\\r\\n'\nsend: 'ehlo me\\r\\n'\n",
	           "Protocol: smtp\n\n"
	           "S: 220 mail\n"
	           "C: STARTTLS\n"
	           "S: 220 go\n"
	           "<client starts TLS>\n"
	           "C: ehlo me\n");
	CHECK_READ("smtplib",
	           "reply: b'220 mail\\r\\n'\nsend: 'STARTTLS\\r\\n'\nreply: b'454 no\\r\\n'\nsend: 'quit\\r\\n'\n",
	           "Protocol: smtp\n\n"
	           "S: 220 mail\n"
	           "C: STARTTLS\n"
	           "S: 454 no\n"
	           "C: quit\n");
}

static void a_hidden_password_is_asked_for(void)
{
	CHECK_READ(
		"ftplib",
		"*resp* '220 ftp'\n*cmd* 'USER bob'\n*resp* '331 password'\n*cmd* 'PASS ********'\n*resp* '230 in'\n",
		"Protocol: ftp\n\n"
		"S: 220 ftp\n"
		"C: USER bob\n"
		"S: 331 password\n"
		"# the password was printed as stars: give it with --set password=\342\200\246\n"
		"C: PASS {{password}}\n"
		"S: 230 in\n");
}

static void poplib_without_replies(void)
{
	CHECK_READ(
		"poplib", "*cmd* 'USER bob'\n*cmd* 'LIST'\n*cmd* 'QUIT'\n",
		"Protocol: pop3\n\n"
		"# the recording begins behind the greeting: this stands for it\n"
		"S: +OK {{*}}\n"
		"C: USER bob\n"
		"# poplib shows no replies at this debug level: +OK stands for each, since it goes on only after that\n"
		"S: +OK\n"
		"C: LIST\n"
		"S: +OK\n"
		"<server sends what it was asked for>\n"
		"S: .\n"
		"C: QUIT\n"
		"S: +OK\n");
}

/* ---- curl, swaks ---- */

static void curl_puts_its_output_elsewhere(void)
{
	CHECK_READ("curl",
	           "* Connected to mail (192.0.2.1) port 80 (#0)\n"
	           "> GET / HTTP/1.1\r\n> Host: mail\r\n> \r\n"
	           "< HTTP/1.1 200 OK\r\n< Content-Length: 6\r\n< \r\n{ [6 bytes data]\n"
	           "a\nb\r\nc* Connection #0 to host mail left intact\n",
	           "Protocol: http\n\n"
	           "# * Connected to mail (192.0.2.1) port 80 (#0)\n"
	           "C: GET / HTTP/1.1\n"
	           "C: Host: mail\n"
	           "C:\n"
	           "S: HTTP/1.1 200 OK\n"
	           "S: Content-Length: 6\n"
	           "S:\n"
	           "# * Connection #0 to host mail left intact\n"
	           "S\\: a\\n\n"
	           "S: b\n"
	           "S\\: c\n");
}

static void curl_names_what_it_changed(void)
{
	CHECK_READ("curl", "> GET / HTTP/1.1\n> Host: a\n>\n< HTTP/1.1 200 OK\n< Transfer-Encoding: chunked\n<\nbody\n",
	           "Protocol: http\n\n"
	           "C: GET / HTTP/1.1\n"
	           "C: Host: a\n"
	           "C:\n"
	           "S: HTTP/1.1 200 OK\n"
	           "S: Transfer-Encoding: chunked\n"
	           "S:\n"
	           "# curl has put the chunks of this body together: as it came it cannot be shown\n"
	           "# what curl wrote to its output:\n"
	           "# body\n"
	           "<server sends the body>\n");
	CHECK_READ("curl", "> GET / HTTP/2\n",
	           "f.txt:1: \"> GET / HTTP/2\": HTTP/2 and HTTP/3 are no text: record it with curl --http1.1");
}

static void curl_uploads_unseen(void)
{
	CHECK_READ(
		"curl",
		"< 220 mail\n> EHLO me\n< 250 mail\n> MAIL FROM:<a@b>\n< 250 ok\n> RCPT TO:<b@b>\n< 250 ok\n> DATA\n< 354 go\n"
		"} [26 bytes data]\n< 250 queued\n",
		"Protocol: smtp\n\n"
		"S: 220 mail\nC: EHLO me\nS: 250 mail\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<b@b>\nS: 250 ok\nC: DATA\n"
		"S: 354 go\n"
		"<client sends the text of the message>\n"
		"C: .\n"
		"S: 250 queued\n");
}

static void swaks_hides_a_password(void)
{
	CHECK_READ(
		"swaks",
		"<-  220 mail\n -> AUTH PLAIN AGJvYgBQUk9WSURFRF9CVVRfUkVNT1ZFRA==\n<** 535 no\n*** No authentication\n",
		"Protocol: smtp\n\n"
		"S: 220 mail\n"
		"# swaks has hidden the password (--auth-hide-password): what stands here is not what was sent, and no server "
		"takes it\n"
		"C: AUTH PLAIN AGJvYgBQUk9WSURFRF9CVVRfUkVNT1ZFRA==\n"
		"S: 535 no\n"
		"# *** No authentication\n");
}

/* ---- from a terminal ---- */

static void who_says_a_line_is_known_by_the_protocol(void)
{
	CHECK_READ(
		"telnet",
		"$ telnet mail 25\nTrying 192.0.2.1...\nConnected to mail.\nEscape character is '^]'.\n220 mail ESMTP\nEHLO me\n"
		"250-mail\n250 HELP\nMAIL FROM:<a@b>\n250 ok\nRCPT TO:<b@b>\n250 ok\nDATA\n354 go\n250 is no reply here\n\nbye\n.\n"
		"250 queued\n\nQUIT\n221 bye\nConnection closed by foreign host.\n$ ls\n",
		"Protocol: smtp\n\n"
		"# $ telnet mail 25\n# Trying 192.0.2.1...\n# Connected to mail.\n# Escape character is '^]'.\n"
		"S: 220 mail ESMTP\nC: EHLO me\nS: 250-mail\nS: 250 HELP\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<b@b>\nS: 250 ok\n"
		"C: DATA\nS: 354 go\nC: 250 is no reply here\nC:\nC: bye\nC: .\nS: 250 queued\nC: QUIT\nS: 221 bye\n"
		"<server hangs up>\n"
		"# Connection closed by foreign host.\n"
		"# $ ls\n");
}

static void a_request_is_the_clients(void)
{
	CHECK_READ(
		"telnet",
		"$ telnet www.example.com 80\nGET / HTTP/1.0\nHost: www.example.com\n\nHTTP/1.0 200 OK\nContent-Length: 4\n\nhi\n",
		"Protocol: http\n\n"
		"# $ telnet www.example.com 80\n"
		"C: GET / HTTP/1.0\nC: Host: www.example.com\nC:\nS: HTTP/1.0 200 OK\nS: Content-Length: 4\nS:\nS: hi\n");
}

static void a_terminal_shows_literals(void)
{
	CHECK_READ(
		"s_client",
		"CONNECTED(00000003)\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n* OK ready\r\na FETCH 1 BODY[]\n"
		"* 1 FETCH (BODY[] {8}\r\r\na OK\r\r\n\r\n)\r\na OK done\r\nDONE\n",
		"Protocol: imap\nTLS: implicit\n\n"
		"# CONNECTED(00000003)\n# -----BEGIN CERTIFICATE-----\n# (2 more lines of a certificate are left out)\n"
		"S: * OK ready\nC: a FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {8}\nS: a OK\nS:\n"
		"S: )\nS: a OK done\n<client hangs up>\n# DONE\n");
}

static void s_client_asks_for_tls_itself(void)
{
	CHECK_READ(
		"s_client",
		"$ openssl s_client -starttls smtp -connect mail:25\nCONNECTED(00000003)\n250 HELP\nEHLO me\n250 mail\n",
		"Protocol: smtp\n\n"
		"# $ openssl s_client -starttls smtp -connect mail:25\n# CONNECTED(00000003)\n"
		"# openssl has asked for TLS itself (-starttls smtp), and printed one line of that\n"
		"S: 220 {{*}}\nC: EHLO mail.example.com\nS: 250 HELP\nC: STARTTLS\nS: 220 {{*}}\n<client starts TLS>\n"
		"C: EHLO me\nS: 250 mail\n");
}

static void a_body_gets_the_line_ends_that_its_length_says(void)
{
	CHECK_READ("nc", "GET / HTTP/1.0\n\nHTTP/1.0 200 OK\nContent-Length: 4\n\na\nb\n",
	           "Protocol: http\n\n"
	           "C: GET / HTTP/1.0\nC:\nS: HTTP/1.0 200 OK\nS: Content-Length: 4\nS:\nS\\: a\\n\nS\\: b\\n\n");
	CHECK_READ("nc", "GET / HTTP/1.0\n\nHTTP/1.0 200 OK\nContent-Length: 4\n\na\nb",
	           "Protocol: http\n\n"
	           "C: GET / HTTP/1.0\nC:\nS: HTTP/1.0 200 OK\nS: Content-Length: 4\nS:\nS: a\nS\\: b\n");
}

/* ---- other projects' tests ---- */

static void exim_expects_lines(void)
{
	/* one command: its reply's lines but the last are continued; two: each line is a reply */
	CHECK_READ(
		"exim",
		"??? 220\nehlo {{x\n??? 250\n????250-\n??? 250\nmail from:<a>\\r\\nrcpt to:<b>\n??? 250\n??? 55\n???*\n",
		"Protocol: smtp\n\n"
		"S: 220 {{*}}\nC: ehlo {{{{x\nS: 250 {{*}}\nS*: 250-{{*}}\nS: 250 {{*}}\nC: mail from:<a>\nC: rcpt to:<b>\n"
		"S: 250 {{*}}\nS: 55{{*}}\n<server hangs up>\n");
	CHECK_READ("exim", "??? 220\nehlo me\n??? 250\n??? 250\nquit\n??? \n",
	           "Protocol: smtp\n\n"
	           "S: 220 {{*}}\nC: ehlo me\nS: 250-{{*}}\nS: 250 {{*}}\nC: quit\nS: {{*}}\n");
}

static void exim_starts_tls(void)
{
	CHECK_READ(
		"exim",
		"client-ssl 127.0.0.1 PORT_D\n??? 220\nstarttls\n??? 220\n>>> eh\n>>> lo me\\r\\n\n+++ 2\nstoptls\n<<< more\n****\n",
		"Protocol: smtp\n\n"
		"# client-ssl 127.0.0.1 PORT_D\n"
		"S: 220 {{*}}\nC: starttls\nS: 220 {{*}}\n<client starts TLS>\nC\\: eh\nC: lo me\n<client waits 2 s>\n"
		"# here Exim's client ends TLS and goes on in the clear (stoptls): no transcript can\n"
		"# here Exim reads more of its script from the file more, which is not here\n");
	CHECK_READ("exim", "client-anytls -tls-on-connect 127.0.0.1 PORT_D\n??? 220\nquit\n****\n",
	           "Protocol: smtp\nTLS: implicit\n\n"
	           "# client-anytls -tls-on-connect 127.0.0.1 PORT_D\nS: 220 {{*}}\nC: quit\n");
}

static void exim_has_values_of_its_own(void)
{
	CHECK_READ(
		"exim", "client 127.0.0.1 PORT_D\n??? 220 HOSTNAME\nmail from:<CALLER@x>\n****\nkilldaemon\n",
		"Protocol: smtp\n\n"
		"# client 127.0.0.1 PORT_D\n"
		"# Exim's test suite puts values of its own for names in capitals: give them with --set, as in --set "
		"HOSTNAME=mail.example\n"
		"S: 220 {{HOSTNAME}}{{*}}\nC: mail from:<{{CALLER}}@x>\n# killdaemon\n");
}

static void exim_serves(void)
{
	CHECK_READ(
		"exim", "server PORT_S\n220 hi\nEHLO\n>>250 \n>ok\n.\n*eof\n****\nexim -qf\n****\n",
		"Protocol: smtp\n\n"
		"# server PORT_S\nS: 220 hi\nC: EHLO{{*}}\nS\\: 250 \nS: ok\n<client sends the text of the message>\nC: .\n"
		"<client hangs up>\n# exim -qf\n");
}

static void imaptest_expects_arguments(void)
{
	CHECK_READ("imaptest",
	           "state: nonauth\n\n"
	           "ok list \"\" $mailbox\n* list (\\noselect) $sep ${mailbox}\n! list () $sep x\n\n"
	           "fetch 1 (uid flags)\n* 1 fetch (uid $uid flags (\\seen))\n? 2 expunge\nno [trycreate]\n"
	           "ok search all\n* search 1 2\n",
	           "Protocol: imap\nLet: mailbox=imaptest\n\n"
	           "# state: nonauth\n"
	           "S: * OK {{*}}\n"
	           "C: a1 list \"\" {{mailbox}}\n"
	           "S: * LIST ({{*}}\\Noselect{{*}}) \"{{sep}}\" {{mailbox}}\n"
	           "S!: * LIST ({{*}}) \"{{sep}}\" x\n"
	           "S: a1 OK {{*}}\n"
	           "C: a2 fetch 1 (uid flags)\n"
	           "S: * 1 FETCH ({{*}}UID {{uid}} {{*}}FLAGS ({{*}}\\Seen{{*}}){{*}})\n"
	           "S?: * 2 EXPUNGE{{*}}\n"
	           "S: a2 NO [TRYCREATE]{{*}}\n"
	           "C: a3 search all\n"
	           "S: * {{*}}SEARCH 1 2\n"
	           "S: a3 OK {{*}}\n"
	           "# imaptest logs out at the end\n"
	           "C: a4 LOGOUT\n"
	           "S: a4 OK {{*}}\n");
}

static void imaptest_names_what_it_compares_more(void)
{
	CHECK_READ(
		"imaptest",
		"state: nonauth\n\nok fetch 1 all\n* 1 fetch (flags (\\seen \\deleted))\n* 1 fetch (body[] $all)\nok logout\n* bye\n",
		"Protocol: imap\nLet: mailbox=imaptest\n\n"
		"# state: nonauth\n"
		"S: * OK {{*}}\n"
		"C: a1 fetch 1 all\n"
		"# imaptest compares more than can be compared here: * 1 fetch (flags (\\seen \\deleted))\n"
		"S: * 1 FETCH ({{*}}FLAGS ({{*}}){{*}})\n"
		"# imaptest compares more than can be compared here: * 1 fetch (body[] $all)\n"
		"# for imaptest one response can be this one and the one above: so this need not come\n"
		"S?: * 1 FETCH ({{*}}BODY[] {{*}}\n"
		"S: a1 OK {{*}}\n"
		"C: a2 logout\n"
		"S: * BYE{{*}}\n"
		"S: a2 OK {{*}}\n");
}

static void imaptest_texts_are_literals(void)
{
	CHECK_READ(
		"imaptest",
		"state: nonauth\n\nok append x {{{\na\n\nb\n}}}\nok fetch 1 body[text]\n* 1 fetch (body[text] \"bo\")\n",
		"Protocol: imap\nLet: mailbox=imaptest\n\n"
		"# state: nonauth\n"
		"S: * OK {{*}}\n"
		"C: a1 append x {6}\nC: a\nC:\nC: b\nS: a1 OK {{*}}\n"
		"C: a2 fetch 1 body[text]\nS: * 1 FETCH ({{*}}BODY[TEXT] {2}\nS: bo)\nS: a2 OK {{*}}\n"
		"# imaptest logs out at the end\nC: a3 LOGOUT\nS: a3 OK {{*}}\n");
	CHECK_READ("imaptest", "\nok append x {{{\nno end\n",
	           "f.txt:2: \"ok append x {{{\": the text that {{{ opens has no }}}");
}

static void imaptest_refuses_two_connections(void)
{
	CHECK_READ(
		"imaptest", "connections: 2\n\n1 ok noop\n",
		"f.txt:1: \"connections: 2\": a transcript is one conversation: a test of several connections at once cannot be "
		"read as one");
	CHECK_READ(
		"imaptest", "state: dreaming\n\nok noop\n",
		"f.txt:1: \"state: dreaming\": no such state: there are nonauth, auth, created, appended and selected");
}

static void imaptest_messages_stand_beside(void)
{
	char *got = printed(
		SLICE("messages: 1\nstate: created\n\nok append\n"), "imaptest",
		"From a@b  Fri Feb 22 17:06:23 2008\nSubject: 1\n\none\nFrom a@b  Fri Feb  2 17:06:24 2008 +0100\n\ntwo\n");
	CHECK(strstr(got,
	             "C: a4 CREATE {{mailbox}}\nS: a4 OK {{*}}\n"
	             "C: a5 APPEND {{mailbox}} \"22-Feb-2008 17:06:23 +0000\" {19}\nC: Subject: 1\nC:\nC: one\nC:\nS: a5 OK {{*}}\n"
	             "# the test\n"
	             "C: a6 append {{mailbox}} \"02-Feb-2008 17:06:24 +0100\" {7}\nC:\nC: two\nC:\nS: a6 OK {{*}}\n") !=
	      NULL);
	free(got);
}

/* ---- what may come ---- */

/* A line of ten MiB, and one NUL: read in a moment, whatever it is taken for. */
static void a_long_line_is_read(void)
{
	static const char *const begins[] = {
		"  57:04.83 > b'", "send: b'", "*cmd* '", "> ", " -> ", "220 ", "??? ", "ok "
	};
	for (size_t form = 1; import_form(form, NULL); form++) {
		for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
			struct buffer text = { 0 };
			buffer_add_string(&text, begins[i]);
			for (size_t n = 0; n < (1 << 17); n++)
				buffer_add(&text, "(\0{{$x \xFF\"", 9);
			char *got = printed(buffer_slice(&text), import_form(form, NULL), NULL);
			CHECK(text_safe(slice_part(slice_of(got), 0, 12), true));
			free(got);
			buffer_free(&text);
		}
	}
}

int main(void)
{
	TEST(forms_are_recognised);
	TEST(other_texts_have_none);
	TEST(our_own_are_never_another_form);
	TEST(forms_are_listed);
	TEST(lines_keep_their_numbers);
	TEST(imaplib_tells_of_literals);
	TEST(smtplib_is_unquoted);
	TEST(starttls_is_put_in);
	TEST(a_hidden_password_is_asked_for);
	TEST(poplib_without_replies);
	TEST(curl_puts_its_output_elsewhere);
	TEST(curl_names_what_it_changed);
	TEST(curl_uploads_unseen);
	TEST(swaks_hides_a_password);
	TEST(who_says_a_line_is_known_by_the_protocol);
	TEST(a_request_is_the_clients);
	TEST(a_terminal_shows_literals);
	TEST(s_client_asks_for_tls_itself);
	TEST(a_body_gets_the_line_ends_that_its_length_says);
	TEST(exim_expects_lines);
	TEST(exim_starts_tls);
	TEST(exim_has_values_of_its_own);
	TEST(exim_serves);
	TEST(imaptest_expects_arguments);
	TEST(imaptest_names_what_it_compares_more);
	TEST(imaptest_texts_are_literals);
	TEST(imaptest_refuses_two_connections);
	TEST(imaptest_messages_stand_beside);
	TEST(a_long_line_is_read);
	return test_end();
}
