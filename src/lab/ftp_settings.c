/*
 * How data goes: the transfer parameters of RFC 959 4.1.2, EPRT and EPSV (RFC 2428), ALLO and REST.
 */
#include <arpa/inet.h>
#include <string.h>

#include "lab/ftp_inside.h"
#include "protocol/ftp_syntax.h"

/* Ports below this belong to other services (RFC 2577 3). */
#define PORTS_FREE 1024

/* ---- representation ---- */

static char letter_of(struct slice word)
{
	return word.n == 1 ? octet_upper(word.p[0]) : 0;
}

/* TYPE A, with the formats N and T, which make no difference where nothing is printed (RFC 1123 4.1.2.2). */
static void type_ascii(struct ftp_session *s, struct slice format)
{
	char letter = format.n ? letter_of(format) : 'N';
	if (letter == 'N' || letter == 'T') {
		s->image = false;
		visit_say(s->visit, "200 Type is A: text, its lines end in CRLF");
	} else if (letter == 'C') {
		ftp_error(s, HINT_SYNTAX, "504 Carriage control for printers is not implemented: the format is N");
	} else {
		ftp_error(s, HINT_SYNTAX, "501 The format is N, T or C");
	}
}

static void type_local(struct ftp_session *s, struct slice size)
{
	uint64_t bits;
	if (!slice_number(size, &bits) || bits < 1 || bits > 255) {
		ftp_error(s, HINT_SYNTAX, "501 Behind L stands the number of bits: L 8");
	} else if (bits != 8) {
		ftp_error(s, HINT_SYNTAX, "504 Bytes have 8 bits here");
	} else {
		s->image = true;
		visit_say(s->visit, "200 Type is L 8: the same as I");
	}
}

void ftp_type(struct ftp_session *s, struct slice argument)
{
	struct slice rest = argument, type = slice_word(&rest), second = slice_word(&rest);
	char letter = letter_of(type);
	if (slice_trim(rest).n || (letter == 'I' && second.n)) {
		ftp_error(s, HINT_SYNTAX, "501 Nothing more may stand behind the type");
	} else if (letter == 'A') {
		type_ascii(s, second);
	} else if (letter == 'L') {
		type_local(s, second);
	} else if (letter == 'I') {
		s->image = true;
		visit_say(s->visit, "200 Type is I: every octet as it is");
	} else if (letter == 'E') {
		ftp_error(s, HINT_SYNTAX, "504 EBCDIC is not implemented: the types are A, I and L 8");
	} else {
		ftp_error(s, HINT_SYNTAX, "501 The type is A, I or L 8");
	}
}

/* One letter of several, of which only the first is implemented. */
static void only_one(struct ftp_session *s, struct slice argument, const char *letters, const char *what)
{
	char letter = letter_of(slice_trim(argument));
	if (letter == letters[0])
		visit_say(s->visit, "200 %s is %c", what, letter);
	else if (letter && strchr(letters, letter))
		ftp_error(s, HINT_SYNTAX, "504 %s %c is not implemented: only %c", what, letter, letters[0]);
	else
		ftp_error(s, HINT_SYNTAX, "501 %s is %c, %c or %c", what, letters[0], letters[1], letters[2]);
}

void ftp_stru(struct ftp_session *s, struct slice argument)
{
	only_one(s, argument, "FRP", "Structure");
}

void ftp_mode(struct ftp_session *s, struct slice argument)
{
	only_one(s, argument, "SBC", "Mode");
}

void ftp_allo(struct ftp_session *s, struct slice argument)
{
	uint64_t octets;
	struct slice rest = argument, size = slice_word(&rest), letter = slice_word(&rest), record = slice_word(&rest);
	bool records = slice_equal_nocase(letter, SLICE("R")) && slice_number(record, &octets);
	if (!slice_number(size, &octets) || (letter.n && !records) || slice_trim(rest).n)
		ftp_error(s, HINT_SYNTAX, "501 A number of octets stands here, and perhaps R and the size of a record");
	else
		visit_say(s->visit, "202 Nothing needs to be reserved here");
}

void ftp_rest(struct ftp_session *s, struct slice argument)
{
	uint64_t octets;
	if (!slice_number(argument, &octets)) {
		ftp_error(s, HINT_SYNTAX, "501 A number of octets stands here");
		return;
	}
	s->restart = octets;
	visit_say(s->visit, "350 Restarting at %llu: RETR or STOR comes next", (unsigned long long)octets);
}

/* ---- where data connections go ---- */

/* Whether two texts are the same address; the forms of IPv6 are many. */
static bool same_host(const char *a, const char *b)
{
	unsigned char one[sizeof(struct in6_addr)], other[sizeof(struct in6_addr)];
	if (inet_pton(AF_INET, a, one) == 1)
		return inet_pton(AF_INET, b, other) == 1 && memcmp(one, other, sizeof(struct in_addr)) == 0;
	return inet_pton(AF_INET6, a, one) == 1 && inet_pton(AF_INET6, b, other) == 1 &&
	       memcmp(one, other, sizeof one) == 0;
}

static bool is_ipv6(const char *host)
{
	return strchr(host, ':') != NULL;
}

/* After EPSV ALL only EPSV is left (RFC 2428 3); false then, and 501 was said. */
static bool may_set_up(struct ftp_session *s)
{
	if (s->passive_only)
		ftp_error(s, HINT_NOT_NOW, "501 Not after EPSV ALL: only EPSV may say where data connections go");
	return !s->passive_only;
}

/* The network protocol is another than the control connection's (RFC 2428 2: the number in parentheses is for programs). */
static void other_family(struct ftp_session *s)
{
	visit_say(s->visit, "522 Network protocol not supported, use (%c)",
	          is_ipv6(visit_peer_host(s->visit)) ? '2' : '1');
}

/*
 * The bounce attack (RFC 2577): who may name any host and port lets the server speak to them in its own name. So data goes to
 * the client alone, and to no port of a known service.
 */
static void set_active(struct ftp_session *s, const struct ftp_address *address, const char *host)
{
	if (!same_host(host, visit_peer_host(s->visit))) {
		ftp_error(s, HINT_SYNTAX,
		          "501 Data connections go to the client alone (%s): a server that connects to others can be "
		          "used to attack them, which is the bounce attack",
		          visit_peer_host(s->visit));
		return;
	}
	if (address->port < PORTS_FREE) {
		ftp_error(s, HINT_SYNTAX,
		          "504 No data connection to a port below 1024: other services are there, and a server that "
		          "speaks to them can be used to attack them, which is the bounce attack");
		return;
	}
	ftp_drop_data(s);
	s->route = ROUTE_ACTIVE;
	buffer_add_string(&s->host, host);
	buffer_add_octet(&s->host, '\0');
	s->port = (unsigned)address->port;
	visit_say(s->visit, "200 The server connects to port %u for the next transfer", s->port);
}

static void active(struct ftp_session *s, struct slice argument, enum ftp_address_form form)
{
	struct ftp_address address;
	ftp_address_parse(argument, form, false, &address);
	buffer_add_octet(&address.host, '\0');
	if (form == FTP_EXTENDED && address.family && address.family != (is_ipv6(visit_peer_host(s->visit)) ? 2 : 1))
		other_family(s);
	else if (address.problem)
		ftp_error(s, HINT_SYNTAX, "501 %s", address.problem);
	else
		set_active(s, &address, address.host.p);
	ftp_address_free(&address);
}

void ftp_port(struct ftp_session *s, struct slice argument)
{
	if (may_set_up(s))
		active(s, argument, FTP_SHORT);
}

void ftp_eprt(struct ftp_session *s, struct slice argument)
{
	if (may_set_up(s))
		active(s, argument, FTP_EXTENDED);
}

void ftp_pasv(struct ftp_session *s, struct slice argument)
{
	unsigned char h[sizeof(struct in_addr)];
	(void)argument;
	if (!may_set_up(s))
		return;
	if (inet_pton(AF_INET, visit_local_host(s->visit), h) != 1) {
		ftp_error(s, HINT_NOT_NOW, "502 PASV has no room for an address of IPv6: EPSV does the same");
		return;
	}
	if (!ftp_listen(s))
		return;
	unsigned port = data_port(s->data);
	visit_say(s->visit, "227 Entering Passive Mode (%u,%u,%u,%u,%u,%u)", h[0], h[1], h[2], h[3], port / 256,
	          port % 256);
}

void ftp_epsv(struct ftp_session *s, struct slice argument)
{
	struct slice word = slice_trim(argument);
	bool six = is_ipv6(visit_local_host(s->visit));
	uint64_t family;
	if (slice_equal_nocase(word, SLICE("ALL"))) {
		s->passive_only = true;
		visit_say(s->visit, "200 From now on only EPSV says where data connections go");
	} else if (word.n && !slice_number(word, &family)) {
		ftp_error(s, HINT_SYNTAX, "501 Behind EPSV stands nothing, 1 (IPv4), 2 (IPv6) or ALL");
	} else if (word.n && family != (six ? 2 : 1)) {
		other_family(s);
	} else if (ftp_listen(s)) {
		visit_say(s->visit, "229 Entering Extended Passive Mode (|||%u|)", data_port(s->data));
	}
}
