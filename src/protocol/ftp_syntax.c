/*
 * FTP's grammar, as far as a reader of both sides needs it.
 */
#include "protocol/ftp_syntax.h"

#include "base/calendar.h"

/* ---- Telnet ---- */

#define TELNET_SE 0xF0
#define TELNET_DM 0xF2
#define TELNET_SB 0xFA
#define TELNET_WILL 0xFB
#define TELNET_LAST 0xFF

const char *ftp_telnet_name(unsigned char command)
{
	static const char *const names[] = { "SE", "NOP", "DM", "BRK",  "IP",   "AO", "AYT",  "EC",
		                             "EL", "GA",  "SB", "WILL", "WONT", "DO", "DONT", "IAC" };
	return command >= TELNET_SE ? names[command - TELNET_SE] : NULL;
}

/* Where the subnegotiation that begins at `start` ends: behind its IAC SE, or at the line's end. */
static size_t subnegotiation_end(struct slice line, size_t start)
{
	for (size_t i = start + 2; i + 1 < line.n; i++) {
		if (line.p[i] != TELNET_IAC)
			continue;
		if ((unsigned char)line.p[i + 1] == TELNET_SE)
			return i + 2;
		i++;
	}
	return line.n;
}

/* The command whose IAC stands at `start`. */
static struct ftp_telnet telnet_at(struct slice line, size_t start)
{
	struct ftp_telnet found = { .start = start, .end = line.n };
	if (start + 1 == line.n)
		return found;
	found.command = (unsigned char)line.p[start + 1];
	found.end = start + 2;
	if (found.command == TELNET_SB) {
		found.end = subnegotiation_end(line, start);
	} else if (found.command >= TELNET_WILL && found.command < TELNET_LAST && start + 2 < line.n) {
		found.option = (unsigned char)line.p[start + 2];
		found.end = start + 3;
	} else if (found.command < TELNET_SE) { /* no command: the lone 0xFF goes, what follows is text */
		found.end = start + 1;
	}
	return found;
}

bool ftp_telnet_next(struct slice line, size_t from, struct ftp_telnet *found)
{
	if (from < line.n && (unsigned char)line.p[from] == TELNET_DM) {
		*found = (struct ftp_telnet){ .start = from, .end = from + 1, .command = TELNET_DM };
		return true;
	}
	size_t start = from + slice_find_octet(slice_part(line, from, line.n), TELNET_IAC);
	if (start >= line.n)
		return false;
	*found = telnet_at(line, start);
	return true;
}

/* Walks over the line's data octets; `out` gets them, or `stop` is where the n-th stands. */
static size_t telnet_walk(struct slice line, struct buffer *out, size_t n)
{
	size_t at = 0;
	struct ftp_telnet command;
	while (ftp_telnet_next(line, at, &command)) {
		size_t doubled = command.command == TELNET_LAST;
		if (out)
			buffer_add_slice(out, slice_part(line, at, command.start + doubled));
		if (n < command.start - at + doubled)
			return at + n;
		n -= command.start - at + doubled;
		at = command.end;
	}
	if (out)
		buffer_add_slice(out, slice_part(line, at, line.n));
	return n < line.n - at ? at + n : line.n;
}

void ftp_telnet_strip(struct buffer *out, struct slice line)
{
	(void)telnet_walk(line, out, SIZE_MAX);
}

size_t ftp_telnet_offset(struct slice line, size_t n)
{
	return telnet_walk(line, NULL, n);
}

/* ---- where the data connection goes ---- */

/* An IPv6 address has sixteen octets; with lengths and a port, so many numbers are the most. */
#define NUMBERS_MAX 32

/* A list of decimal numbers between commas. */
struct numbers {
	struct slice text;
	unsigned values[NUMBERS_MAX]; /* cut to 256: past that they are too large anyway */
	size_t n;                     /* how many there are; more than NUMBERS_MAX are not kept */
};

/* Reads the list that begins at `*at`, and moves `*at` behind it. */
static void numbers_read(struct slice text, size_t *at, struct numbers *list)
{
	size_t start = *at, i = *at;
	*list = (struct numbers){ 0 };
	while (i < text.n && octet_is_digit(text.p[i])) {
		unsigned value = 0;
		for (; i < text.n && octet_is_digit(text.p[i]); i++)
			value = value > 255 ? 256 : value * 10 + (unsigned)(text.p[i] - '0');
		if (list->n < NUMBERS_MAX)
			list->values[list->n] = value > 255 ? 256 : value;
		list->n++;
		*at = i;
		if (i < text.n && text.p[i] == ',')
			i++;
	}
	list->text = slice_part(text, start, *at);
}

/* The list that the text holds: all of a command's argument; of a reply's text the longest of those that it holds,
 * the first of them from its first digit (RFC 1123 4.1.2.6). */
static void numbers_find(struct slice text, bool in_reply, struct numbers *best)
{
	*best = (struct numbers){ 0 };
	for (size_t at = 0; at < text.n;) {
		struct numbers list;
		if (octet_is_digit(text.p[at])) {
			numbers_read(text, &at, &list);
			if (list.n > best->n)
				*best = list;
		} else if (in_reply) {
			at++;
		} else {
			return;
		}
		if (!in_reply)
			return;
	}
}

static void address_problem(struct ftp_address *address, const char *problem)
{
	if (address->problem == NULL)
		address->problem = problem;
}

static void port_of_two(struct ftp_address *address, unsigned high, unsigned low)
{
	address->in_two = true;
	address->high = high;
	address->low = low;
	address->port = high * 256UL + low;
}

static bool any_over_255(const struct numbers *list)
{
	for (size_t i = 0; i < list->n && i < NUMBERS_MAX; i++)
		if (list->values[i] > 255)
			return true;
	return false;
}

static void host_of_octets(struct buffer *out, const unsigned *octets, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (n == 16 && i % 2 == 0)
			buffer_printf(out, "%s%x", i ? ":" : "", octets[i] * 256 + octets[i + 1]);
		else if (n != 16)
			buffer_printf(out, "%s%u", i ? "." : "", octets[i]);
	}
}

static void short_parse(struct slice text, bool in_reply, struct ftp_address *address)
{
	struct numbers list;
	numbers_find(text, in_reply, &list);
	address->text = list.text;
	if (list.n != 6) {
		address_problem(address, "six numbers with commas between them must stand here: four of the host's "
		                         "address, two of the port");
		return;
	}
	if (!in_reply && list.text.n != text.n)
		address_problem(address, "nothing may follow the six numbers");
	if (any_over_255(&list)) {
		address_problem(address, "each of the six numbers stands for one octet: 255 is the most");
		return;
	}
	host_of_octets(&address->host, list.values, 4);
	port_of_two(address, list.values[4], list.values[5]);
}

/* `af,hal,h1…,pal,p1…` (RFC 1639 section 2). */
static void long_parse(struct slice text, bool in_reply, struct ftp_address *address)
{
	struct numbers list;
	numbers_find(text, in_reply, &list);
	address->text = list.text;
	size_t host = list.n > 1 ? list.values[1] : NUMBERS_MAX;
	size_t port = host + 2 < list.n && host + 2 < NUMBERS_MAX ? list.values[host + 2] : 0;
	if (list.n > NUMBERS_MAX || port == 0 || host + port + 3 != list.n) {
		address_problem(address, "numbers with commas between them must stand here: the address family, how "
		                         "many octets the address has, these, how many the port has, these");
		return;
	}
	if (!in_reply && list.text.n != text.n)
		address_problem(address, "nothing may follow the numbers");
	if (any_over_255(&list)) {
		address_problem(address, "each number stands for one octet: 255 is the most");
		return;
	}
	if (port != 2) {
		address_problem(address, "a port of TCP has two octets");
		return;
	}
	host_of_octets(&address->host, list.values + 2, host);
	port_of_two(address, list.values[host + 3], list.values[host + 4]);
}

/* Where the address of a 229 begins: behind its parenthesis, or, without one, at its first three like delimiters. */
static struct slice extended_find(struct slice text, struct ftp_address *address)
{
	size_t open = slice_find_octet(text, '(');
	if (open < text.n) {
		struct slice rest = slice_part(text, open + 1, text.n);
		return slice_part(rest, 0, slice_find_octet(rest, ')'));
	}
	address_problem(address, "|||port| must stand here, in parentheses");
	for (size_t i = 0; i + 2 < text.n; i++)
		if (!octet_is_alnum(text.p[i]) && text.p[i] > ' ' && text.p[i] == text.p[i + 1] &&
		    text.p[i] == text.p[i + 2])
			return slice_part(text, i, text.n);
	return slice_part(text, text.n, text.n);
}

/* Takes what stands before the next delimiter off `*rest`; false where none follows. */
static bool field_take(struct slice *rest, char delimiter, struct slice *field)
{
	size_t end = slice_find_octet(*rest, delimiter);
	*field = slice_part(*rest, 0, end);
	if (end == rest->n)
		return false;
	*rest = slice_part(*rest, end + 1, rest->n);
	return true;
}

static bool is_ipv4(struct slice text)
{
	for (int part = 0; part < 4; part++) {
		struct slice number;
		uint64_t value;
		bool more = field_take(&text, '.', &number);
		if (number.n > 3 || !slice_number(number, &value) || value > 255 || more != (part < 3))
			return false;
	}
	return true;
}

/* By its letters alone: digits of base 16, colons, dots, and two colons at least. */
static bool is_ipv6(struct slice text)
{
	size_t colons = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = octet_lower(text.p[i]);
		colons += c == ':';
		if (!octet_is_digit(c) && !(c >= 'a' && c <= 'f') && c != ':' && c != '.')
			return false;
	}
	return colons >= 2;
}

/* Family and address must be there in a command and be missing in a reply (RFC 2428 sections 2 and 3). */
static void extended_host(struct slice family, struct slice host, bool in_reply, struct ftp_address *address)
{
	uint64_t number;
	buffer_add_slice(&address->host, host);
	if (!in_reply && slice_number(family, &number))
		address->family = number > UINT16_MAX ? UINT16_MAX : (unsigned)number;
	if (in_reply && (family.n || host.n))
		address_problem(address, "the first two fields must be empty");
	if (in_reply)
		return;
	if (slice_equal(family, SLICE("1")) && !is_ipv4(host))
		address_problem(address, "family 1 is IPv4: four numbers up to 255 with dots between them");
	else if (slice_equal(family, SLICE("2")) && !is_ipv6(host))
		address_problem(address, "family 2 is IPv6: groups of digits with colons between them");
	else if (!slice_equal(family, SLICE("1")) && !slice_equal(family, SLICE("2")))
		address_problem(address, "the family must be 1 (IPv4) or 2 (IPv6)");
	if (address->problem) /* what it means nobody can say */
		address->text.n = 0;
}

static void extended_parse(struct slice text, bool in_reply, struct ftp_address *address)
{
	static const char *const form = "the form must be |family|address|port|, between four identical delimiters";
	static const char *const reply_form = "the form must be (|||port|)";
	struct slice rest = in_reply ? extended_find(text, address) : text;
	address->text = rest;
	char delimiter = rest.n ? rest.p[0] : ' ';
	struct slice family, host, port;
	uint64_t number = 0;
	rest = slice_part(rest, 1, rest.n);
	if (delimiter <= ' ' || delimiter > '~' || !field_take(&rest, delimiter, &family) ||
	    !field_take(&rest, delimiter, &host) || !field_take(&rest, delimiter, &port)) {
		address->text.n = 0;
		address_problem(address, in_reply ? reply_form : form);
		return;
	}
	if (rest.n && (!in_reply || slice_find_octet(text, '(') < text.n))
		address_problem(address, "nothing may follow the last delimiter");
	address->text.n -= rest.n;
	if (!slice_number(port, &number) || number > 65535) {
		address_problem(address, "the port must be a number up to 65535");
		return;
	}
	address->port = (unsigned long)number;
	extended_host(family, host, in_reply, address);
}

void ftp_address_parse(struct slice text, enum ftp_address_form form, bool in_reply, struct ftp_address *address)
{
	*address = (struct ftp_address){ .ref = form == FTP_SHORT  ? "RFC 959 4.1.2"
		                                : form == FTP_LONG ? "RFC 1639 2"
		                                : in_reply         ? "RFC 2428 3"
		                                                   : "RFC 2428 2" };
	if (form == FTP_SHORT)
		short_parse(text, in_reply, address);
	else if (form == FTP_LONG)
		long_parse(text, in_reply, address);
	else
		extended_parse(text, in_reply, address);
	if (address->port == 0)
		address_problem(address, "nobody can listen at port 0");
}

void ftp_address_free(struct ftp_address *address)
{
	buffer_free(&address->host);
}

/* ---- words in replies ---- */

bool ftp_quoted_path(struct buffer *out, struct slice text)
{
	if (text.n == 0 || text.p[0] != '"')
		return false;
	for (size_t i = 1; i < text.n; i++) {
		if (text.p[i] != '"')
			buffer_add_octet(out, text.p[i]);
		else if (i + 1 < text.n && text.p[i + 1] == '"')
			buffer_add_octet(out, text.p[i++]);
		else
			return true;
	}
	return false;
}

/* The number of the digits from `start` to `end`; above `most` where they are none. */
static unsigned digits(struct slice text, size_t start, size_t end, unsigned most)
{
	uint64_t value = 0;
	return slice_number(slice_part(text, start, end), &value) && value <= most ? (unsigned)value : most + 1;
}

bool ftp_time_words(struct buffer *out, struct slice text)
{
	struct slice whole = slice_part(text, 0, slice_find_octet(text, '.'));
	struct slice fraction = slice_part(text, whole.n, text.n);
	uint64_t ignored;
	if (whole.n != 14 || (fraction.n && !slice_number(slice_part(fraction, 1, fraction.n), &ignored)))
		return false;
	unsigned year = digits(whole, 0, 4, 9999), month = digits(whole, 4, 6, 12), day = digits(whole, 6, 8, 31);
	if (year < 1000 || year > 9999 || month < 1 || month > 12 || !calendar_has(year, month, day))
		return false;
	if (digits(whole, 8, 10, 23) > 23 || digits(whole, 10, 12, 59) > 59 || digits(whole, 12, 14, 60) > 60)
		return false;
	buffer_printf(out, "%.4s-%.2s-%.2s %.2s:%.2s:%.2s" SLICE_FMT " UTC", whole.p, whole.p + 4, whole.p + 6,
	              whole.p + 8, whole.p + 10, whole.p + 12, SLICE_ARG(fraction));
	return true;
}

bool ftp_fact(struct slice *facts, struct slice *name, struct slice *value)
{
	struct slice fact;
	if (!field_take(facts, ';', &fact))
		return false;
	size_t equals = slice_find_octet(fact, '=');
	*name = slice_part(fact, 0, equals);
	*value = slice_part(fact, equals + 1, fact.n);
	return equals > 0 && equals < fact.n;
}

bool ftp_size_told(struct slice text, uint64_t *octets)
{
	for (size_t open = slice_find_octet(text, '('); open < text.n; open = slice_find_octet(text, '(')) {
		text = slice_part(text, open + 1, text.n);
		struct slice inside = slice_part(text, 0, slice_find_octet(text, ')'));
		if (slice_number(slice_word(&inside), octets) &&
		    (slice_starts_nocase(slice_trim(inside), SLICE("byte")) ||
		     slice_starts_nocase(slice_trim(inside), SLICE("octet"))))
			return true;
	}
	return false;
}
