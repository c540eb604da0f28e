/*
 * Addresses of SMTP: local parts, domains, address literals.
 */
#include "protocol/smtp_address.h"

#include <string.h>

#include "base/escape.h"

/* ---- octets ---- */

static bool is_utf8(char c)
{
	return (unsigned char)c >= 0x80;
}

/* RFC 5322 3.2.3, and RFC 6531 3.3. */
static bool is_atext(char c)
{
	return octet_is_alnum(c) || is_utf8(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_hex(char c)
{
	return octet_is_digit(c) || (octet_lower(c) >= 'a' && octet_lower(c) <= 'f');
}

/* Takes what stands in front of the next dot off the front; at the end of `*rest` it sets `*last`. */
static struct slice dotted(struct slice *rest, bool *last)
{
	size_t dot = slice_find_octet(*rest, '.');
	struct slice part = slice_part(*rest, 0, dot);
	*last = dot == rest->n;
	*rest = slice_part(*rest, dot + 1, rest->n);
	return part;
}

/* ---- domains ---- */

static bool is_label(struct slice label, bool utf8)
{
	if (label.n == 0 || label.p[0] == '-' || label.p[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++)
		if (!octet_is_alnum(label.p[i]) && label.p[i] != '-' && !(utf8 && is_utf8(label.p[i])))
			return false;
	return true;
}

bool smtp_is_domain(struct slice domain, bool utf8)
{
	bool last = false;
	if (utf8 && !text_safe(domain, false))
		return false;
	while (!last)
		if (!is_label(dotted(&domain, &last), utf8))
			return false;
	return true;
}

/* Snum: up to 255, in one to three digits. */
static bool is_ipv4(struct slice text)
{
	bool last = false;
	int parts = 0;
	while (!last) {
		struct slice part = dotted(&text, &last);
		uint64_t number = 0;
		if (part.n > 3 || !slice_number(part, &number) || number > 255)
			return false;
		parts++;
	}
	return parts == 4;
}

/* Counts the groups of 16 bits between colons; an IPv4 address, which is two, may be the last where `end` says so. False
 * where one is none. An empty text has none. */
static bool count_groups(struct slice text, bool end, int *groups)
{
	while (text.n) {
		size_t colon = slice_find_octet(text, ':');
		struct slice group = slice_part(text, 0, colon);
		bool last = colon == text.n;
		if (last && end && is_ipv4(group)) {
			*groups += 2;
			return true;
		}
		if (group.n == 0 || group.n > 4 || colon + 1 == text.n)
			return false;
		for (size_t i = 0; i < group.n; i++)
			if (!is_hex(group.p[i]))
				return false;
		++*groups;
		text = slice_part(text, colon + 1, text.n);
	}
	return true;
}

static bool is_ipv6(struct slice text)
{
	int groups = 0;
	size_t gap = slice_find(text, SLICE("::"));
	if (gap == text.n)
		return count_groups(text, true, &groups) && groups == 8;
	return count_groups(slice_part(text, 0, gap), false, &groups) &&
	       count_groups(slice_part(text, gap + 2, text.n), true, &groups) && groups <= 6;
}

/* Standardized-tag ":" 1*dcontent */
static bool is_general(struct slice text)
{
	size_t colon = slice_find_octet(text, ':');
	if (!is_label(slice_part(text, 0, colon), false) || colon + 1 >= text.n)
		return false;
	for (size_t i = colon + 1; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~' || strchr("[\\]", text.p[i]))
			return false;
	return true;
}

bool smtp_is_literal(struct slice literal)
{
	if (literal.n < 3 || literal.p[0] != '[' || literal.p[literal.n - 1] != ']')
		return false;
	struct slice inside = slice_part(literal, 1, literal.n - 1);
	if (slice_starts_nocase(inside, SLICE("IPv6:")))
		return is_ipv6(slice_part(inside, 5, inside.n));
	return is_ipv4(inside) || is_general(inside);
}

/* ---- local parts ---- */

/* A space and what stands behind it in ASCII, but no control; of UTF-8 the caller sees to the rest. */
static bool is_graphic_or_space(char c)
{
	return (c >= ' ' && c <= '~') || is_utf8(c);
}

static const char *quoted_problem(struct slice local)
{
	for (size_t i = 1; i < local.n; i++) {
		if (local.p[i] == '"')
			return i + 1 == local.n ? NULL : "something stands behind the quoted local part";
		if (local.p[i] == '\\')
			i++;
		if (i < local.n && !is_graphic_or_space(local.p[i]))
			return "a control character stands in the quoted local part";
	}
	return "the quote that ends the local part is missing";
}

static const char *dot_string_problem(struct slice local)
{
	bool last = false;
	while (!last) {
		struct slice atom = dotted(&local, &last);
		if (atom.n == 0)
			return "a dot of the local part stands at its end or beside another";
		for (size_t i = 0; i < atom.n; i++)
			if (!is_atext(atom.p[i]))
				return "the local part holds a character that must be quoted";
	}
	return NULL;
}

void smtp_local_part(struct buffer *out, struct slice local)
{
	if (local.n < 2 || local.p[0] != '"') {
		buffer_add_slice(out, local);
		return;
	}
	for (size_t i = 1; i + 1 < local.n; i++) {
		if (local.p[i] == '\\')
			i++;
		buffer_add_octet(out, local.p[i]);
	}
}

/* ---- the whole ---- */

static const char *local_problem(struct slice local)
{
	if (local.n == 0)
		return "nothing stands before the @";
	if (local.n > SMTP_LOCAL_MAX)
		return "the local part is longer than 64 octets";
	return local.p[0] == '"' ? quoted_problem(local) : dot_string_problem(local);
}

static const char *domain_problem(const struct smtp_address *mailbox)
{
	if (mailbox->domain.n == 0)
		return "no domain stands after the @";
	if (mailbox->domain.n > SMTP_DOMAIN_MAX)
		return "the domain is longer than 255 octets";
	if (mailbox->literal)
		return smtp_is_literal(mailbox->domain) ? NULL : "this is no address literal";
	return smtp_is_domain(mailbox->domain, true) ? NULL : "this is no domain: letters, digits, hyphens and dots";
}

/* The index of the @ that parts local part and domain: the first that no quotes hold. s.n where there is none. */
static size_t find_at(struct slice s)
{
	size_t i = 0;
	if (s.n && s.p[0] == '"')
		for (i = 1; i < s.n && s.p[i] != '"'; i++)
			i += s.p[i] == '\\';
	while (i < s.n && s.p[i] != '@')
		i++;
	return i < s.n ? i : s.n;
}

/* `@a,@b:` in front of the mailbox (A-d-l). False where it is none. */
static bool route_skip(struct slice *address)
{
	size_t colon = slice_find_octet(*address, ':');
	struct slice route = slice_part(*address, 0, colon);
	if (colon == address->n)
		return false;
	while (route.n) {
		size_t comma = slice_find_octet(route, ',');
		if (route.p[0] != '@' || !smtp_is_domain(slice_part(route, 1, comma), true) || comma + 1 == route.n)
			return false;
		route = slice_part(route, comma + 1, route.n);
	}
	*address = slice_part(*address, colon + 1, address->n);
	return true;
}

void smtp_address_parse(struct slice address, struct smtp_address *mailbox)
{
	*mailbox = (struct smtp_address){ 0 };
	if (address.n + 2 > SMTP_PATH_MAX)
		mailbox->problem = "the path is longer than 256 octets";
	if (address.n && address.p[0] == '@' && !route_skip(&address) && mailbox->problem == NULL)
		mailbox->problem = "the source route is none: @host,@host: in front of the address";
	size_t at = find_at(address);
	mailbox->local = slice_part(address, 0, at);
	mailbox->domain = slice_part(address, at + 1, address.n);
	mailbox->literal = mailbox->domain.n && mailbox->domain.p[0] == '[';
	for (size_t i = 0; i < address.n; i++)
		mailbox->utf8 = mailbox->utf8 || is_utf8(address.p[i]);
	if (mailbox->problem)
		return;
	if (at == address.n)
		mailbox->problem = "the address has no @ and domain";
	else if (mailbox->utf8 && !text_safe(address, false))
		mailbox->problem = "the address is no UTF-8, or holds invisible characters";
	else
		mailbox->problem = local_problem(mailbox->local);
	if (mailbox->problem == NULL)
		mailbox->problem = domain_problem(mailbox);
}
