/*
 * What a line of IMAP is: a command with its tag, a response with its code.
 */
#include "protocol/imap_syntax.h"

/* What stands behind the first `n` octets; at its end an empty slice that begins there. */
static struct slice behind(struct slice s, size_t n)
{
	if (n > s.n)
		n = s.n;
	return (struct slice){ s.n ? s.p + n : s.p, s.n - n };
}

/* Takes the octets up to the next space off the front, and one space behind them. */
static struct slice word_take(struct slice *rest)
{
	size_t space = slice_find_octet(*rest, ' ');
	struct slice word = slice_part(*rest, 0, space);
	*rest = behind(*rest, space + 1);
	return word;
}

static struct slice spaces_passed(struct slice s)
{
	while (s.n && s.p[0] == ' ')
		s = behind(s, 1);
	return s;
}

bool imap_one_of(struct slice word, const char *const *words)
{
	for (; *words; words++)
		if (slice_equal_nocase(word, slice_of(*words)))
			return true;
	return false;
}

static bool all_digits(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!octet_is_digit(word.p[i]))
			return false;
	return word.n > 0;
}

bool imap_tag_ok(struct slice tag)
{
	for (size_t i = 0; i < tag.n; i++) {
		unsigned char c = (unsigned char)tag.p[i];
		if (c <= ' ' || c >= 0x7F || slice_find_octet(SLICE("(){%*\"\\+"), tag.p[i]) < 8)
			return false;
	}
	return tag.n > 0;
}

/* Where the `]` of a response code stands: not in a quoted string, unless that is not closed. The length of the text where
 * there is none. */
static size_t code_end(struct slice text)
{
	bool quoted = false;
	for (size_t i = 0; i < text.n; i++) {
		if (quoted && text.p[i] == '\\')
			i++;
		else if (text.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && text.p[i] == ']')
			return i;
	}
	return slice_find_octet(text, ']');
}

/* resp-text: `["[" code [SP arguments] "]" SP] text`. */
static void response_text(struct imap_response *response, struct slice rest)
{
	response->text = rest;
	if (rest.n == 0 || rest.p[0] != '[')
		return;
	response->bracketed = true;
	size_t close = code_end(rest);
	if (close == rest.n)
		return;
	response->code_arguments = slice_part(rest, 1, close);
	response->code = word_take(&response->code_arguments);
	response->text = spaces_passed(behind(rest, close + 1));
}

void imap_response_parse(struct slice line, struct imap_response *response)
{
	static const char *const tagged[] = { "OK", "NO", "BAD", NULL };
	static const char *const untagged[] = { "OK", "NO", "BAD", "BYE", "PREAUTH", NULL };
	struct slice rest = line;
	struct slice first = word_take(&rest);
	*response = (struct imap_response){ .kind = IMAP_NO_RESPONSE };
	if (slice_equal(first, SLICE("+"))) {
		response->kind = IMAP_CONTINUATION;
		response_text(response, rest);
		return;
	}
	struct slice second = word_take(&rest);
	if (slice_equal(first, SLICE("*"))) {
		response->kind = IMAP_UNTAGGED;
		response->numbered = all_digits(second);
		if (response->numbered && !slice_number(second, &response->number))
			response->number = UINT64_MAX;
		response->name = response->numbered ? word_take(&rest) : second;
		response->status = !response->numbered && imap_one_of(response->name, untagged);
	} else if (imap_tag_ok(first) && imap_one_of(second, tagged)) {
		response->kind = IMAP_TAGGED;
		response->tag = first;
		response->name = second;
		response->status = true;
	}
	if (response->status)
		response_text(response, rest);
	else
		response->text = rest;
}

void imap_command_parse(struct slice line, struct imap_command *command)
{
	struct slice rest = spaces_passed(line);
	*command = (struct imap_command){ .tag = word_take(&rest) };
	rest = spaces_passed(rest);
	command->verb = word_take(&rest);
	if (slice_equal_nocase(command->verb, SLICE("UID"))) {
		rest = spaces_passed(rest);
		command->second = word_take(&rest);
	}
	command->arguments = rest;
}
