/*
 * Targets taken apart.
 */
#include "net/target.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/escape.h"
#include "base/slice.h"

/* The longest name that the DNS can hold (RFC 1035 2.3.4). */
#define NAME_MAX_OCTETS 253

/* ---- services ---- */

/* The services that text protocols live on, so that they are known where /etc/services is not installed. */
static const struct service {
	const char *name;
	unsigned port;
} services[] = {
	{ "chargen", 19 },    { "daytime", 13 }, { "discard", 9 }, { "domain", 53 },      { "echo", 7 },
	{ "finger", 79 },     { "ftp", 21 },     { "ftps", 990 },  { "gopher", 70 },      { "http", 80 },
	{ "http-alt", 8080 }, { "https", 443 },  { "imap", 143 },  { "imap2", 143 },      { "imaps", 993 },
	{ "irc", 6667 },      { "lmtp", 24 },    { "nntp", 119 },  { "pop3", 110 },       { "pop3s", 995 },
	{ "sieve", 4190 },    { "smtp", 25 },    { "smtps", 465 }, { "submission", 587 }, { "submissions", 465 },
	{ "telnet", 23 },     { "whois", 43 },
};

static int service_compare(const void *key, const void *row)
{
	return slice_compare_nocase(slice_of(key), slice_of(((const struct service *)row)->name));
}

static bool all_digits(const char *text)
{
	return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

unsigned service_port(const char *service, bool datagrams)
{
	uint64_t number;
	if (all_digits(service))
		return slice_number(slice_of(service), &number) && number <= 65535 ? (unsigned)number : 0;
	const struct service *row = bsearch(service, services, sizeof services / sizeof *services, sizeof *services,
	                                    service_compare);
	if (row)
		return row->port;
	const struct servent *entry = getservbyname(service, datagrams ? "udp" : "tcp");
	return entry ? ntohs((in_port_t)entry->s_port) : 0;
}

/* ---- names ---- */

char *target_text(const char *host, unsigned port)
{
	struct buffer text = { 0 };
	bool brackets = strchr(host, ':') != NULL;
	buffer_add_string(&text, brackets ? "[" : "");
	escape_text(&text, slice_of(host));
	buffer_printf(&text, "%s:%u", brackets ? "]" : "", port);
	return buffer_take(&text);
}

/* Fails with `TEXT: WHY`, the text made safe. */
static enum status refuse(struct error *error, struct slice text, const char *why)
{
	struct buffer safe = { 0 };
	escape_text(&safe, text);
	char *shown = buffer_take(&safe);
	(void)error_set(error, STATUS_USAGE, "%s: %s", shown, why);
	free(shown);
	return STATUS_USAGE;
}

/* Whether it is an IPv6 address, with an interface behind a % (RFC 4007 section 11) or without. */
static bool is_ipv6(struct slice host)
{
	struct in6_addr address;
	size_t percent = slice_find_octet(host, '%');
	if (percent + 1 == host.n)
		return false;
	char *text = slice_string(slice_part(host, 0, percent));
	bool is = inet_pton(AF_INET6, text, &address) == 1;
	free(text);
	return is;
}

/* Why a host cannot be one; NULL where it can. An IPv6 address has been looked at before. */
static const char *host_wrong(struct slice host)
{
	if (host.n == 0)
		return "names no host: write mail.example:25, or localhost:25 for this machine";
	if (host.n > NAME_MAX_OCTETS)
		return "longer than a name can be: 253 octets (RFC 1035 2.3.4)";
	if (!text_safe(host, false))
		return "holds an octet that no host's name has";
	for (size_t i = 0; i < host.n; i++)
		if (strchr(" \"'<>()[]{}\\^`|,;%?#&=*!$", host.p[i]) != NULL)
			return "holds a character that no host's name has";
	return NULL;
}

static const char *service_wrong(struct slice service)
{
	char *text = slice_string(service);
	const char *why = NULL;
	if (service.n == 0)
		why = "the port is missing behind the colon: write mail.example:25";
	else if (all_digits(text) && service_port(text, false) == 0)
		why = "a port is a number from 1 to 65535";
	else
		for (size_t i = 0; i < service.n && why == NULL; i++)
			if (!octet_is_alnum(text[i]) && strchr("-_.+", text[i]) == NULL)
				why = "not a port or the name of a service: write mail.example:25 or mail.example:smtp";
	free(text);
	return why;
}

/* ---- the forms ---- */

#define USER_IN_TARGET \
	"a target holds no user name or password (they would stand in the shell's history): leave out what is " \
	"before the @, and log in when you are connected"

static enum status set_service(struct target *target, struct slice whole, struct slice service, struct error *error)
{
	const char *why = service_wrong(service);
	if (why)
		return refuse(error, whole, why);
	target->service = slice_string(service);
	return STATUS_OK;
}

/* `[::1]` and what follows it. */
static enum status parse_brackets(struct slice text, struct target *target, struct error *error)
{
	size_t end = slice_find_octet(text, ']');
	struct slice host = slice_part(text, 1, end), rest = slice_part(text, end + 1, text.n);
	if (end == text.n)
		return refuse(error, text, "the bracket is not closed: write [::1]:25");
	if (!is_ipv6(host) || !text_safe(host, false))
		return refuse(error, text, "what stands in the brackets is not an IPv6 address: write [::1]:25");
	target->host = slice_string(host);
	if (rest.n == 0)
		return STATUS_OK;
	if (rest.p[0] != ':')
		return refuse(error, text, "only a port can follow the bracket: write [::1]:25");
	return set_service(target, text, slice_part(rest, 1, rest.n), error);
}

/* `host`, `host:port`, `[::1]:25`: the authority of a URL, or all of a target. `alone`: the port is another word. */
static enum status parse_authority(struct slice text, bool alone, struct target *target, struct error *error)
{
	size_t colon = slice_find_octet(text, ':');
	struct slice rest = slice_part(text, colon + 1, text.n);
	bool colons = slice_find_octet(rest, ':') < rest.n;
	if (text.n > 0 && text.p[0] == '[')
		return parse_brackets(text, target, error);
	if (alone && is_ipv6(text) && text_safe(text, false)) {
		target->host = slice_string(text);
		return STATUS_OK;
	}
	if (colons)
		return refuse(error, text, "an IPv6 address stands in brackets, and the port behind them: [::1]:25");
	const char *why = host_wrong(slice_part(text, 0, colon));
	if (why)
		return refuse(error, text, why);
	target->host = slice_string(slice_part(text, 0, colon));
	return colon == text.n ? STATUS_OK : set_service(target, text, rest, error);
}

/* What stands before `://` or `:`, in lower case. */
static char *lower_case(struct slice name)
{
	char *text = slice_string(name);
	for (char *p = text; *p; p++)
		*p = octet_lower(*p);
	return text;
}

/* RFC 3986 section 3.1. */
static bool is_scheme(struct slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!octet_is_alnum(name.p[i]) && (i == 0 || memchr("+-.", name.p[i], 3) == NULL))
			return false;
	return name.n > 0 && octet_is_alpha(name.p[0]);
}

/* Where the authority of a URL ends (RFC 3986 section 3.2). */
static size_t authority_end(struct slice rest)
{
	size_t end = 0;
	while (end < rest.n && memchr("/?#", rest.p[end], 3) == NULL)
		end++;
	return end;
}

/* A password may hold a slash, and then the @ stands behind what looks like the authority. */
static bool holds_user(struct slice rest)
{
	struct slice authority = slice_part(rest, 0, authority_end(rest));
	size_t colon = slice_find_octet(authority, ':');
	if (slice_find_octet(authority, '@') < authority.n)
		return true;
	if (slice_find_octet(rest, '@') == rest.n || colon == authority.n || authority.p[0] == '[')
		return false;
	uint64_t port;
	return !slice_number(slice_part(authority, colon + 1, authority.n), &port);
}

/* The path of a URL with its query, without its fragment: that stays with the client (RFC 9110 4.2.1). */
static enum status set_path(struct target *target, struct slice whole, struct slice path, struct error *error)
{
	path.n = slice_find_octet(path, '#');
	if (path.n == 0)
		return STATUS_OK;
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] <= ' ' || (unsigned char)path.p[i] >= 0x7f)
			return refuse(error, whole,
			              "a space, a control or a letter beyond ASCII in a URL is written %20 and so on "
			              "(RFC 3986 2.1)");
	target->path = string_printf("%s" SLICE_FMT, path.p[0] == '/' ? "" : "/", SLICE_ARG(path));
	return STATUS_OK;
}

static enum status parse_url(struct slice text, size_t mark, struct target *target, struct error *error)
{
	struct slice scheme = slice_part(text, 0, mark), rest = slice_part(text, mark + 3, text.n);
	size_t end = authority_end(rest);
	if (holds_user(rest))
		return error_set(error, STATUS_USAGE, USER_IN_TARGET);
	if (!is_scheme(scheme))
		return refuse(error, text, "what stands before :// is not a scheme: write smtp://mail.example");
	target->scheme = lower_case(scheme);
	enum status status = parse_authority(slice_part(rest, 0, end), false, target, error);
	return status == STATUS_OK ? set_path(target, text, slice_part(rest, end, rest.n), error) : status;
}

static enum status parse_unix(struct slice path, struct target *target, struct error *error)
{
	if (slice_starts(path, SLICE("///")))
		path = slice_part(path, 2, path.n); /* unix:///run/x */
	if (path.n == 0)
		return error_set(error, STATUS_USAGE, "unix: the path is missing: write unix:/path/of/the/socket");
	target->unix_socket = true;
	target->path = slice_string(path);
	return STATUS_OK;
}

/* Words that are no host: `lab`, `lab:smtp`, `self`. */
static bool parse_word(struct slice text, struct target *target)
{
	if (slice_equal(text, SLICE("lab")) || slice_equal(text, SLICE("self"))) {
		target->scheme = slice_string(text);
		return true;
	}
	if (!slice_starts(text, SLICE("lab:")))
		return false;
	target->scheme = string_copy("lab");
	target->service = slice_string(slice_part(text, 4, text.n));
	return true;
}

static enum status parse_text(struct slice text, bool alone, struct target *target, struct error *error)
{
	size_t mark = slice_find(text, SLICE("://"));
	if (slice_starts(text, SLICE("unix:")))
		return parse_unix(slice_part(text, 5, text.n), target, error);
	if (mark < text.n)
		return parse_url(text, mark, target, error);
	if (!alone && parse_word(text, target))
		return STATUS_OK;
	if (holds_user(text))
		return error_set(error, STATUS_USAGE, USER_IN_TARGET);
	if (slice_find_octet(text, '/') < text.n)
		return refuse(error, text,
		              "a path needs a scheme before it (http://host/path), and a unix socket unix:/path");
	return parse_authority(text, alone, target, error);
}

/* The second word of `host port`. */
static enum status add_service(const char *text, const char *service, struct target *target, struct error *error)
{
	if (target->scheme || target->unix_socket || target->service)
		return refuse(error, slice_of(text), "has its port in it; write no second word behind it");
	return set_service(target, slice_of(service), slice_of(service), error);
}

enum status target_parse(const char *text, const char *service, struct target *target, struct error *error)
{
	*target = (struct target){ 0 };
	enum status status = parse_text(slice_of(text), service != NULL, target, error);
	if (status == STATUS_OK && service != NULL)
		status = add_service(text, service, target, error);
	if (status != STATUS_OK)
		target_free(target);
	return status;
}

void target_free(struct target *target)
{
	free(target->scheme);
	free(target->host);
	free(target->service);
	free(target->path);
	*target = (struct target){ 0 };
}
