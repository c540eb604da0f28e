/*
 * POP3's grammar, as far as a reader of both sides needs it.
 */
#include "protocol/pop3_syntax.h"

/* RFC 1939 7: the longest unique-id; an MD5 digest in hexadecimal. */
#define UNIQUE_ID_MAX 70
#define DIGEST_DIGITS 32

/* ---- status lines ---- */

/* What stands in the brackets at the front of `text`: levels parted by `/`, none of them empty (RFC 2449 3). */
static struct slice response_code(struct slice text)
{
	size_t end = slice_find_octet(text, ']');
	if (text.n == 0 || text.p[0] != '[' || end == text.n)
		return slice_part(text, 0, 0);
	struct slice code = slice_part(text, 1, end);
	bool level = false;
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];
		if (c == '/' ? !level : c <= ' ' || c > '~')
			return slice_part(text, 0, 0);
		level = c != '/';
	}
	return level ? code : slice_part(text, 0, 0);
}

bool pop3_status_parse(struct slice line, struct pop3_status *status)
{
	static const struct {
		const char *code;
		enum pop3_indicator indicator;
	} indicators[] = { { "+OK", POP3_OK }, { "-ERR", POP3_ERR }, { "+", POP3_MORE } };
	for (size_t i = 0; i < sizeof indicators / sizeof indicators[0]; i++) {
		struct slice code = slice_of(indicators[i].code);
		if (!slice_starts_nocase(line, code))
			continue;
		bool ended = line.n == code.n, space = !ended && line.p[code.n] == ' ';
		*status = (struct pop3_status){ .indicator = indicators[i].indicator,
			                        .code = slice_part(line, 0, code.n),
			                        .separated = ended || space,
			                        .upper = slice_starts(line, code) };
		status->text = slice_part(line, code.n + space, line.n);
		if (status->indicator != POP3_MORE)
			status->response_code = response_code(status->text);
		return true;
	}
	return false;
}

bool pop3_response_code_is(struct slice code_sent, struct slice code)
{
	return slice_starts_nocase(code_sent, code) && (code_sent.n == code.n || code_sent.p[code.n] == '/');
}

struct slice pop3_timestamp(struct slice greeting)
{
	size_t start = slice_find_octet(greeting, '<');
	struct slice rest = slice_part(greeting, start, greeting.n);
	size_t end = slice_find_octet(rest, '>');
	struct slice inside = slice_part(rest, 1, end);
	size_t at = slice_find_octet(inside, '@');
	bool whole = end < rest.n && at > 0 && at + 1 < inside.n && slice_find_octet(inside, ' ') == inside.n;
	return slice_part(rest, 0, whole ? end + 1 : 0);
}

/* ---- commands ---- */

bool pop3_keyword(struct slice line, struct slice *keyword, struct slice *behind)
{
	size_t space = slice_find_octet(line, ' ');
	*keyword = slice_part(line, 0, space);
	*behind = slice_part(line, space + 1, line.n);
	return space < line.n;
}

static bool is_argument(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '\x7F')
			return false;
	return s.n > 0;
}

size_t pop3_arguments(struct slice behind, struct slice *arguments, size_t room)
{
	size_t n = 0;
	for (bool last = false; !last; n++) {
		size_t space = slice_find_octet(behind, ' ');
		struct slice argument = slice_part(behind, 0, space);
		if (n == room || !is_argument(argument))
			return POP3_NO_ARGUMENTS;
		arguments[n] = argument;
		last = space == behind.n;
		behind = slice_part(behind, space + 1, behind.n);
	}
	return n;
}

bool pop3_language_range(struct slice range, struct slice language)
{
	return slice_equal(range, SLICE("*")) || (range.n && slice_starts_nocase(language, range) &&
	                                          (range.n == language.n || language.p[range.n] == '-'));
}

/* ---- numbers and names ---- */

bool pop3_message_number(struct slice s, uint64_t *number)
{
	return slice_number(s, number) && *number > 0;
}

bool pop3_numbers(struct slice s, uint64_t *first, uint64_t *second)
{
	size_t space = slice_find_octet(s, ' ');
	struct slice rest = slice_part(s, space + 1, s.n);
	return slice_number(slice_part(s, 0, space), first) &&
	       slice_number(slice_part(rest, 0, slice_find_octet(rest, ' ')), second);
}

bool pop3_unique_id(struct slice s, uint64_t *message, struct slice *id)
{
	size_t space = slice_find_octet(s, ' ');
	*id = slice_part(s, space + 1, s.n);
	for (size_t i = 0; i < id->n; i++)
		if (id->p[i] <= ' ' || id->p[i] > '~')
			return false;
	return pop3_message_number(slice_part(s, 0, space), message) && id->n > 0 && id->n <= UNIQUE_ID_MAX;
}

bool pop3_digest(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!octet_is_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return s.n == DIGEST_DIGITS;
}
