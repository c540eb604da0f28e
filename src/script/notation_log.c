/*
 * What a log puts before its lines: when, how important, which program, which connection.
 */
#include "script/notation_inside.h"

#include <string.h>

/* What stands in brackets before a line is no longer, in octets. */
#define BRACKETS_MAX 40
/* Nor is what stands in angle brackets shorter. */
#define ANGLES_MIN 6
/* Nor are a program's name and number. */
#define NAME_MAX 48

static size_t digits_from(struct slice text, size_t at)
{
	size_t n = 0;
	while (at + n < text.n && octet_is_digit(text.p[at + n]))
		n++;
	return n;
}

static bool is_name(char c)
{
	return octet_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '/' || c == ':';
}

static size_t name_from(struct slice text)
{
	size_t n = 0;
	while (n < text.n && n < NAME_MAX && is_name(text.p[n]))
		n++;
	return n;
}

/* Whether a word ends there. */
static bool ended(struct slice text, size_t at)
{
	return at == text.n || text.p[at] == ' ' || text.p[at] == '\t' || text.p[at] == ':' || text.p[at] == ',';
}

/* `2017-04-13`, `2017/04/13`, `13.04.2017`, `10:17:23.123`, and both with a T between; a zone behind them: `Z`, `+0200`. */
static size_t stamp_from(struct slice text)
{
	size_t at = 0, numbers = 0, n;
	while (numbers < 8 && (n = digits_from(text, at)) > 0 && n <= 9) {
		at += n;
		numbers++;
		if (at + 1 < text.n && strchr("-/:.,TZ+", text.p[at]) && octet_is_digit(text.p[at + 1]))
			at++;
		else
			break;
	}
	if (numbers < 3)
		return 0;
	at += at < text.n && text.p[at] == 'Z';
	if (!ended(text, at))
		return 0;
	return at + slice_starts(slice_from(text, at), SLICE(": "));
}

/* `Sep 25 07:16:14`, as syslog has it (RFC 3164 4.1.2). */
static size_t syslog_from(struct slice text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct slice month = slice_part(text, 0, 3);
	if (month.n < 3 || slice_find(SLICE(months), month) % 3 ||
	    slice_find(SLICE(months), month) >= sizeof months - 1)
		return 0;
	size_t at = 3;
	while (at < 5 && at < text.n && text.p[at] == ' ')
		at++;
	size_t day = digits_from(text, at);
	if (day == 0 || day > 2 || at + day >= text.n || text.p[at + day] != ' ')
		return 0;
	size_t time = stamp_from(slice_from(text, at + day + 1));
	return time ? at + day + 1 + time : 0;
}

/* `Sat`, before a date. */
static size_t weekday_from(struct slice text)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	struct slice day = slice_part(text, 0, 3);
	bool dated = text.n > 4 && text.p[3] == ' ' && octet_is_digit(text.p[4]);
	return dated && slice_find(SLICE(days), day) % 3 == 0 && slice_find(SLICE(days), day) < sizeof days - 1 ? 3 : 0;
}

/* Words of a log's lines: how important they are, half of the day, a program that says nothing else of itself. */
static size_t log_word_from(struct slice text)
{
	static const char *const words[] = { "DEBUG", "INFO",    "TRACE", "NOTICE",     "WARNING", "WARN",
		                             "ERROR", "VERBOSE", "FINE",  "AM",         "PM",      "debug",
		                             "info",  "GMT",     "UTC",   "fetchmail:", NULL };
	if (text.n == 0 || strchr("ADEFGINPTUVWdfi", text.p[0]) == NULL)
		return 0;
	for (const char *const *word = words; *word; word++) {
		size_t n = strlen(*word);
		if (!slice_starts(text, slice_of(*word)) || !ended(text, n))
			continue;
		return n + (n < text.n && text.p[n] == ':');
	}
	return 0;
}

/* `[2017-04-13 10:17:23]`, `[DEBUG]`, `[Eq2GrfKYDg]`: not `[C]`, which says who speaks. */
static size_t brackets_from(struct slice text)
{
	size_t close = slice_find_octet(slice_part(text, 0, BRACKETS_MAX), ']');
	if (close < 3 || close >= text.n || close >= BRACKETS_MAX)
		return 0;
	struct slice inside = slice_part(text, 1, close);
	for (size_t i = 0; i < inside.n; i++)
		if (!is_name(inside.p[i]) && inside.p[i] != ' ' && inside.p[i] != ',' && inside.p[i] != '+')
			return 0;
	bool number = digits_from(inside, 0) > 0, word = slice_find_octet(inside, ' ') == inside.n;
	bool colon = number && slice_starts(slice_from(text, close + 1), SLICE(": "));
	return number || word ? close + 1 + colon : 0;
}

/* `<ap4afc2a>`: which connection, where other pieces stand before it. */
static size_t angles_from(struct slice text)
{
	size_t close = slice_find_octet(slice_part(text, 0, BRACKETS_MAX), '>'), digits = 0;
	if (close < ANGLES_MIN || close + 1 >= text.n || close >= BRACKETS_MAX || text.p[close + 1] != ' ')
		return 0;
	for (size_t i = 1; i < close; i++) {
		if (!octet_is_alnum(text.p[i]))
			return 0;
		digits += octet_is_digit(text.p[i]);
	}
	return digits ? close + 1 : 0;
}

/* `postfix/smtpd[2551]:`, `mail postfix/smtpd[2551]:`, `Net::SMTP=GLOB(0x1c3e5a8)`: who has written the line. */
static size_t program_from(struct slice text)
{
	size_t n = name_from(text), host = 0;
	if (n == 0 || !octet_is_alpha(text.p[0]))
		return 0;
	if (n < text.n && text.p[n] == ' ') {
		host = n + 1;
		n = host + name_from(slice_from(text, host));
	}
	if (slice_starts(slice_from(text, n), SLICE("=GLOB(0x"))) {
		size_t close = slice_find_octet(slice_part(text, n, n + NAME_MAX), ')');
		return n + close < text.n && text.p[n + close] == ')' ? n + close + 1 : 0;
	}
	size_t digits = n > host && n < text.n && text.p[n] == '[' ? digits_from(text, n + 1) : 0;
	return digits && slice_starts(slice_from(text, n + 1 + digits), SLICE("]:")) ? n + digits + 3 : 0;
}

size_t log_from(struct slice text)
{
	if (text.n == 0)
		return 0;
	if (text.p[0] == '[')
		return brackets_from(text);
	if (text.p[0] == '<')
		return angles_from(text);
	if (octet_is_digit(text.p[0]))
		return stamp_from(text);
	if (!octet_is_alpha(text.p[0]))
		return 0;
	size_t day = weekday_from(text), word = day ? day : log_word_from(text), time = word ? word : syslog_from(text);
	return time ? time : program_from(text);
}

size_t log_peer_from(struct slice text)
{
	size_t space = text.n && text.p[0] == ' ', n = name_from(slice_from(text, space)), at = space + n;
	if (n == 0 || at >= text.n || text.p[at] != '[')
		return 0;
	size_t close = slice_find(slice_part(text, at, at + NAME_MAX), SLICE("]:"));
	return at + close + 2 <= text.n && close + 2 <= NAME_MAX && close > 1 ? at + close + 2 : 0;
}
