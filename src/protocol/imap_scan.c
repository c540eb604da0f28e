/*
 * A line of IMAP as it comes, in pieces: what it stands in, and whether it ends in a literal's count.
 */
#include "protocol/imap_syntax.h"

static bool is_eight_bit(char c)
{
	return (unsigned char)c >= 0x80;
}

static void brace_opens(struct imap_scan *scan)
{
	char front = scan->previous;
	scan->binary = front == '~';
	if (scan->binary)
		front = scan->before;
	scan->apart = front == ' ' || front == '(' || front == '[';
	scan->brace = BRACE_OPEN;
	scan->waits_not = scan->huge = false;
	scan->count = 0;
}

static void brace_digit(struct imap_scan *scan, char c, size_t at)
{
	uint64_t digit = (uint64_t)(c - '0');
	if (scan->brace == BRACE_OPEN) {
		scan->digits_here = true;
		scan->digits_start = at;
	}
	scan->brace = BRACE_DIGITS;
	scan->digits_end = at + 1;
	if (scan->count > (IMAP_LITERAL_MAX - digit) / 10)
		scan->huge = true;
	else
		scan->count = scan->count * 10 + digit;
}

/* One octet behind a brace that is open or closed. */
static void scan_brace(struct imap_scan *scan, char c, size_t at)
{
	switch (scan->brace) {
	case BRACE_NONE:
		break;
	case BRACE_OPEN:
	case BRACE_DIGITS:
		if (octet_is_digit(c)) {
			brace_digit(scan, c, at);
		} else if (scan->brace == BRACE_DIGITS && c == '}') {
			scan->brace = BRACE_CLOSED;
		} else if (scan->brace == BRACE_DIGITS && c == '+') {
			scan->brace = BRACE_PLUS;
			scan->waits_not = true;
		} else {
			/* `{{name}}` stands for something else in a record. */
			scan->brace = c == '{' ? BRACE_NONE : BRACE_BAD;
		}
		break;
	case BRACE_PLUS:
		scan->brace = c == '}' ? BRACE_CLOSED : BRACE_BAD;
		break;
	case BRACE_CLOSED:
		scan->inside = true;
		scan->brace = BRACE_NONE;
		break;
	case BRACE_BAD:
		if (scan->previous == '}')
			scan->brace = BRACE_NONE;
		break;
	}
}

static void scan_quoted(struct imap_scan *scan, char c)
{
	if (scan->escaped) {
		scan->bad_escape |= c != '"' && c != '\\';
		scan->escaped = false;
	} else if (c == '\\') {
		scan->escaped = true;
	} else if (c == '"') {
		scan->quoted = false;
	}
	scan->quoted_eight_bit |= is_eight_bit(c);
}

static void scan_plain(struct imap_scan *scan, char c, size_t at)
{
	bool was_brace = scan->brace != BRACE_NONE;
	scan_brace(scan, c, at);
	scan->eight_bit |= is_eight_bit(c);
	scan->doubled |= c == ' ' && scan->previous == ' ';
	if (c == '"') {
		scan->quoted = true;
	} else if (c == '(') {
		scan->depth++;
		scan->too_deep |= scan->depth > IMAP_DEPTH_MAX;
	} else if (c == ')') {
		scan->stray |= scan->depth == 0;
		scan->depth -= scan->depth > 0;
	} else if (c == '{' && !was_brace && scan->previous != '{') {
		brace_opens(scan);
	}
}

void imap_scan(struct imap_scan *scan, struct slice piece)
{
	scan->digits_here = false;
	for (size_t i = 0; i < piece.n; i++) {
		char c = piece.p[i];
		if (scan->quoted)
			scan_quoted(scan, c);
		else
			scan_plain(scan, c, i);
		scan->before = scan->previous;
		scan->previous = c;
	}
}

enum imap_end imap_scan_end(const struct imap_scan *scan)
{
	if (scan->quoted || scan->brace == BRACE_NONE)
		return IMAP_END;
	return scan->brace == BRACE_CLOSED ? IMAP_END_LITERAL : IMAP_END_MALFORMED;
}

void imap_scan_literal_done(struct imap_scan *scan)
{
	scan->brace = BRACE_NONE;
	scan->previous = scan->before = '\0';
}
