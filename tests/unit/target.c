/*
 * Targets taken apart (net/target.h), and joined with -P, --tls and the registry (cmd/where.c).
 */
#include <sys/socket.h>

#include "cmd/cmd.h"
#include "net/target.h"
#include "test.h"

/* "scheme|host|service|path", "-" where a part is absent; the message where it is refused. */
static char *parts(const char *text, const char *service)
{
	struct target t;
	struct error error = { 0 };
	if (target_parse(text, service, &t, &error) != STATUS_OK)
		return error.message;
	char *joined = string_printf("%s|%s|%s|%s%s", t.scheme ? t.scheme : "-", t.host ? t.host : "-",
	                             t.service ? t.service : "-", t.path ? t.path : "-", t.unix_socket ? "|unix" : "");
	target_free(&t);
	return joined;
}

static void check_parts(const char *text, const char *service, const char *expected)
{
	char *got = parts(text, service);
	CHECK_TEXT(slice_of(got), expected);
	free(got);
}

static void forms(void)
{
	check_parts("mail.example:25", NULL, "-|mail.example|25|-");
	check_parts("mail.example:smtp", NULL, "-|mail.example|smtp|-");
	check_parts("mail.example", NULL, "-|mail.example|-|-");
	check_parts("mail.example", "25", "-|mail.example|25|-");
	check_parts("localhost", "http-alt", "-|localhost|http-alt|-");
	check_parts("127.0.0.1:65535", NULL, "-|127.0.0.1|65535|-");
	check_parts("[::1]:25", NULL, "-|::1|25|-");
	check_parts("[::1]", NULL, "-|::1|-|-");
	check_parts("[::1]", "25", "-|::1|25|-");
	check_parts("::1", "25", "-|::1|25|-");
	check_parts("[fe80::1%eth0]:25", NULL, "-|fe80::1%eth0|25|-");
	check_parts("b\303\274cher.example:25", NULL, "-|b\303\274cher.example|25|-");
}

static void urls(void)
{
	check_parts("smtp://mail.example", NULL, "smtp|mail.example|-|-");
	check_parts("SMTP://mail.example:2525", NULL, "smtp|mail.example|2525|-");
	check_parts("smtp://mail.example/", NULL, "smtp|mail.example|-|/");
	check_parts("tcp://[::1]:7", NULL, "tcp|::1|7|-");
	check_parts("udp://localhost:12000", NULL, "udp|localhost|12000|-");
	check_parts("http://h.example:8080/a/b?c=d#e", NULL, "http|h.example|8080|/a/b?c=d");
	check_parts("http://h.example?c", NULL, "http|h.example|-|/?c");
	check_parts("http://h.example/@ada", NULL, "http|h.example|-|/@ada");
}

static void sockets_and_words(void)
{
	check_parts("unix:/run/smtp", NULL, "-|-|-|/run/smtp|unix");
	check_parts("unix:///run/smtp", NULL, "-|-|-|/run/smtp|unix");
	check_parts("unix:here.sock", NULL, "-|-|-|here.sock|unix");
	check_parts("lab", NULL, "lab|-|-|-");
	check_parts("lab:smtp", NULL, "lab|-|smtp|-");
	check_parts("self", NULL, "self|-|-|-");
	check_parts("lab", "25", "-|lab|25|-");
	check_parts("tcp://lab:25", NULL, "tcp|lab|25|-");
}

static void check_refused(const char *text, const char *service, const char *words)
{
	struct target t;
	struct error error = { 0 };
	CHECK(target_parse(text, service, &t, &error) == STATUS_USAGE);
	CHECK(error.message != NULL && strstr(error.message, words) != NULL);
	if (error.message == NULL || strstr(error.message, words) == NULL)
		printf("# %s: %s\n", text, error.message ? error.message : "accepted");
	error_clear(&error);
	target_free(&t);
}

static void refused(void)
{
	check_refused("h:0", NULL, "from 1 to 65535");
	check_refused("h:65536", NULL, "from 1 to 65535");
	check_refused("h:99999999999999999999999", NULL, "from 1 to 65535");
	check_refused("h", "0", "from 1 to 65535");
	check_refused("h:", NULL, "port is missing");
	check_refused("h", "", "port is missing");
	check_refused("h:-1:2", NULL, "brackets");
	check_refused("h:2 5", NULL, "not a port");
	check_refused(":25", NULL, "names no host");
	check_refused("", NULL, "names no host");
	check_refused("smtp://", NULL, "names no host");
	check_refused("smtp://:25", NULL, "names no host");
	check_refused("::1", NULL, "[::1]:25");
	check_refused("::1:25", NULL, "[::1]:25");
	check_refused("[::1:25", NULL, "not closed");
	check_refused("[::1]25", NULL, "only a port");
	check_refused("[127.0.0.1]:25", NULL, "not an IPv6 address");
	check_refused("[]:25", NULL, "not an IPv6 address");
	check_refused("[::1%]:25", NULL, "not an IPv6 address");
	check_refused("[", NULL, "not closed");
	check_refused("a b:25", NULL, "no host's name has");
	check_refused("h.example/index.html", NULL, "needs a scheme");
	check_refused("1x://h", NULL, "not a scheme");
	check_refused("://h", NULL, "not a scheme");
	check_refused("http://h/a b", NULL, "%20");
	check_refused("http://h/a\r\nb", NULL, "%20");
	check_refused("unix:", NULL, "path is missing");
	check_refused("h:25", "25", "no second word");
	check_refused("smtp://h", "25", "no second word");
	check_refused("unix:/x", "25", "no second word");
}

static void a_long_name_is_refused(void)
{
	char name[400];
	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	check_refused(name, NULL, "253 octets");
}

/* Whatever stands in a target, a message about it is safe on a terminal. */
static void messages_are_safe(void)
{
	static const char *const hostile[] = { "a\033[2Jb:25", "a:\033]0;x\007", "[\033",         "\302\233:25",
		                               "x\033://h",    "a\200b",         "http://h/\033", "a:\xe2\x80\xae" };
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		char *message = parts(hostile[i], NULL);
		CHECK(text_safe(slice_of(message), false));
		free(message);
	}
}

static void passwords_are_not_repeated(void)
{
	static const char *const targets[] = {
		"smtp://bob:hungry@mail.example",   "smtp://bob:hungry@mail.example:25/x",
		"bob:hungry@mail.example",          "bob@hungry:25",
		"smtp://bob:hungry/2@mail.example", "http://bob:7hungry#@h.example/",
	};
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		char *message = parts(targets[i], NULL);
		CHECK(strstr(message, "user name") != NULL);
		CHECK(strstr(message, "hungry") == NULL && strstr(message, "bob") == NULL);
		free(message);
	}
}

static void services_have_ports(void)
{
	CHECK(service_port("25", false) == 25);
	CHECK(service_port("smtp", false) == 25);
	CHECK(service_port("SMTP", false) == 25);
	CHECK(service_port("submissions", false) == 465);
	CHECK(service_port("echo", true) == 7);
	CHECK(service_port("65536", false) == 0);
	CHECK(service_port("0", false) == 0);
	CHECK(service_port("nosuchservice", false) == 0);
	CHECK(service_port("", false) == 0);
}

static void texts(void)
{
	static const struct {
		const char *host;
		unsigned port;
		const char *text;
	} rows[] = { { "mail.example", 25, "mail.example:25" },
		     { "::1", 25, "[::1]:25" },
		     { "a\033b", 1, "a\\x1Bb:1" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = target_text(rows[i].host, rows[i].port);
		CHECK(slice_equal_nocase(slice_of(text), slice_of(rows[i].text)));
		free(text);
	}
}

/* ---- where_find ---- */

/* "protocol host:port" with " tls" and " udp" where so; the message where it is refused. */
static char *found(const struct options *options, const char *text, const char *service,
                   const struct protocol *fallback)
{
	struct where w;
	struct error error = { 0 };
	if (where_find(options, text, service, fallback, &w, &error) != STATUS_OK)
		return error.message;
	char *joined = string_printf("%s %s%s%s", w.protocol ? w.protocol->name : "?", w.name, w.tls ? " tls" : "",
	                             w.connect.datagrams ? " udp" : "");
	where_free(&w);
	return joined;
}

static void check_found(const struct options *options, const char *text, const char *service, const char *expected)
{
	char *got = found(options, text, service, NULL);
	CHECK_TEXT(slice_of(got), expected);
	free(got);
}

static void check_lost(const struct options *options, const char *text, const char *words)
{
	char *got = found(options, text, NULL, NULL);
	CHECK(strstr(got, words) != NULL);
	if (strstr(got, words) == NULL)
		printf("# %s: %s\n", text, got);
	CHECK(text_safe(slice_of(got), false));
	free(got);
}

static void ports_tell_protocols(void)
{
	const struct options plain = { .connect_timeout = 10 };
	check_found(&plain, "mail.example:25", NULL, "smtp mail.example:25");
	check_found(&plain, "mail.example", "25", "smtp mail.example:25");
	check_found(&plain, "mail.example:submission", NULL, "smtp mail.example:587");
	check_found(&plain, "mail.example:24", NULL, "lmtp mail.example:24");
	check_found(&plain, "mail.example:465", NULL, "smtp mail.example:465 tls");
	check_found(&plain, "mail.example:993", NULL, "imap mail.example:993 tls");
	check_found(&plain, "mail.example:110", NULL, "pop3 mail.example:110");
	check_found(&plain, "mail.example:143", NULL, "imap mail.example:143");
	check_found(&plain, "mail.example:80", NULL, "http mail.example:80");
	check_found(&plain, "mail.example:8080", NULL, "http mail.example:8080");
	check_found(&plain, "mail.example:21", NULL, "ftp mail.example:21");
	check_found(&plain, "[::1]:12000", NULL, "tcp [::1]:12000");
	check_found(&plain, "[::1]:12001", NULL, "? [::1]:12001");
	check_found(&plain, "localhost:2993", NULL, "imap localhost:2993 tls");
	check_found(&plain, "localhost:2525", NULL, "smtp localhost:2525");
	check_found(&plain, "unix:/run/lmtp", NULL, "? unix:/run/lmtp");
}

static void schemes_tell_all(void)
{
	const struct options plain = { .connect_timeout = 10 };
	check_found(&plain, "smtp://mail.example", NULL, "smtp mail.example:25");
	check_found(&plain, "smtps://mail.example", NULL, "smtp mail.example:465 tls");
	check_found(&plain, "submission://mail.example", NULL, "smtp mail.example:587");
	check_found(&plain, "lmtp://mail.example", NULL, "lmtp mail.example:24");
	check_found(&plain, "pop3://mail.example", NULL, "pop3 mail.example:110");
	check_found(&plain, "imaps://mail.example", NULL, "imap mail.example:993 tls");
	check_found(&plain, "http://mail.example", NULL, "http mail.example:80");
	check_found(&plain, "ftp://mail.example", NULL, "ftp mail.example:21");
	check_found(&plain, "smtp://mail.example:465", NULL, "smtp mail.example:465");
	check_found(&plain, "tcp://mail.example:25", NULL, "tcp mail.example:25");
	check_found(&plain, "tcp://mail.example:443", NULL, "tcp mail.example:443");
	check_found(&plain, "udp://localhost:12000", NULL, "udp localhost:12000 udp");
}

static void options_come_first(void)
{
	struct options o = { .connect_timeout = 10, .protocol = protocol_named(SLICE("lmtp")), .family = AF_INET6 };
	check_found(&o, "mail.example", NULL, "lmtp mail.example:24");
	check_found(&o, "mail.example:25", NULL, "lmtp mail.example:25");
	check_found(&o, "unix:/run/lmtp", NULL, "lmtp unix:/run/lmtp");
	o.protocol = protocol_named(SLICE("tcp"));
	check_found(&o, "imap://mail.example", NULL, "tcp mail.example:143");
	check_lost(&o, "mail.example", "tcp has no port of its own");
	o.protocol = protocol_named(SLICE("smtp"));
	o.tls = true;
	check_found(&o, "mail.example", NULL, "smtp mail.example:465 tls");
	check_found(&o, "mail.example:2525", NULL, "smtp mail.example:2525 tls");
	o.tls = false;
	o.starttls = true;
	check_found(&o, "mail.example:465", NULL, "smtp mail.example:465");
	o.protocol = protocol_named(SLICE("udp"));
	check_lost(&o, "unix:/x", "not spoken over a unix socket");
}

static void a_transcript_knows_its_protocol(void)
{
	const struct options plain = { .connect_timeout = 10 };
	const struct protocol *lmtp = protocol_named(SLICE("lmtp"));
	char *port = found(&plain, "mail.example:25", NULL, lmtp), *bare = found(&plain, "mail.example", NULL, lmtp);
	char *scheme = found(&plain, "smtp://mail.example", NULL, lmtp);
	CHECK_TEXT(slice_of(port), "lmtp mail.example:25");
	CHECK_TEXT(slice_of(bare), "lmtp mail.example:24");
	CHECK_TEXT(slice_of(scheme), "smtp mail.example:25");
	free(port);
	free(bare);
	free(scheme);
}

static void what_connect_needs(void)
{
	const struct options o = { .connect_timeout = 2.5, .family = AF_INET };
	struct where w;
	struct error error = { 0 };
	CHECK(where_find(&o, "gopher://h:25/x", NULL, NULL, &w, &error) == STATUS_USAGE);
	error_clear(&error);
	CHECK(where_find(&o, "smtp://h:25/x", NULL, NULL, &w, &error) == STATUS_OK);
	CHECK(w.connect.timeout >= 2.5 && w.connect.timeout <= 2.5);
	CHECK(w.connect.family == AF_INET && w.connect.port == 25 && w.connect.path == NULL);
	CHECK_TEXT(slice_of(w.connect.host), "h");
	CHECK_TEXT(slice_of(w.request_path), "/x");
	where_free(&w);
	CHECK(where_find(&o, "unix:/run/x", NULL, NULL, &w, &error) == STATUS_OK);
	CHECK(w.connect.host == NULL);
	CHECK_TEXT(slice_of(w.connect.path), "/run/x");
	where_free(&w);
}

static void nowhere(void)
{
	struct practice practice = { 0 };
	const struct options plain = { .connect_timeout = 10, .practice = &practice };
	check_lost(&plain, "mail.example", "mail.example:25, smtp://mail.example or -P smtp mail.example");
	check_lost(&plain, "[::1]", "[::1]:25, smtp://[::1]");
	check_lost(&plain, "tcp://mail.example", "mail.example:7");
	check_lost(&plain, "gopher://mail.example", "smtp, smtps, submission, lmtp, pop3, pop3s, imap, imaps");
	check_lost(&plain, "gopher://mail.example", "-P tcp mail.example:70");
	check_lost(&plain, "nosuch://mail.example:9", "-P tcp mail.example:9");
	check_lost(&plain, "nosuch://mail.example", "-P tcp mail.example:PORT");
	check_lost(&plain, "mail.example:nosuchservice", "nosuchservice: no service");
	check_lost(&plain, "lab:gopher", "lab:gopher: the lab has no such server: it has smtp submission");
	check_lost(&plain, "lab:\033[2J", "the lab has no such server");
	check_lost(&plain, "lab", "lab:smtp, lab:imaps");
	check_lost(&plain, "self", "--to self");
}

int main(void)
{
	TEST(forms);
	TEST(urls);
	TEST(sockets_and_words);
	TEST(refused);
	TEST(a_long_name_is_refused);
	TEST(messages_are_safe);
	TEST(passwords_are_not_repeated);
	TEST(services_have_ports);
	TEST(texts);
	TEST(ports_tell_protocols);
	TEST(schemes_tell_all);
	TEST(options_come_first);
	TEST(a_transcript_knows_its_protocol);
	TEST(what_connect_needs);
	TEST(nowhere);
	return test_end();
}
