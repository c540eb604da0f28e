/*
 * Stage directions: what happens in a conversation besides the lines that are said.
 */
#include "script/script.h"

#include "base/escape.h"

/* Takes the next word off `*rest` if it is that one. */
static bool take_word(struct slice *rest, struct slice word)
{
	struct slice after = *rest;
	if (!slice_equal_nocase(slice_word(&after), word))
		return false;
	*rest = after;
	return true;
}

static bool at_end(struct slice rest)
{
	return slice_trim(rest).n == 0;
}

/* Reads `2`, `0.5`: digits that a double holds exactly enough, so no more than nine on either side of the point. */
static bool read_seconds(struct slice s, double *seconds)
{
	size_t point = slice_find_octet(s, '.');
	uint64_t whole = 0, part = 0;
	struct slice fraction = slice_part(s, point + 1, s.n);
	if (point > 9 || fraction.n > 9 || !slice_number(slice_part(s, 0, point), &whole))
		return false;
	if (point < s.n && !slice_number(fraction, &part))
		return false;
	double scale = 1;
	for (size_t i = 0; i < fraction.n; i++)
		scale *= 10;
	*seconds = (double)whole + (double)part / scale;
	return true;
}

/* `2 s`, `2s`, `2 seconds`. */
static bool read_wait(struct slice rest, double *seconds)
{
	struct slice number = slice_word(&rest);
	if (number.n && octet_lower(number.p[number.n - 1]) == 's' && at_end(rest))
		return read_seconds(slice_part(number, 0, number.n - 1), seconds);
	if (!take_word(&rest, SLICE("s")) && !take_word(&rest, SLICE("second")) && !take_word(&rest, SLICE("seconds")))
		return false;
	return at_end(rest) && read_seconds(number, seconds);
}

/* The number that stands before `octets` or `bytes`, thousands parted by commas or not; 0 where there is none. */
static uint64_t read_octets(struct slice rest)
{
	struct slice word = slice_word(&rest), next = slice_word(&rest);
	for (; next.n; word = next, next = slice_word(&rest)) {
		if (!slice_starts_nocase(next, SLICE("octet")) && !slice_starts_nocase(next, SLICE("byte")))
			continue;
		struct buffer digits = { 0 };
		uint64_t value = 0;
		for (size_t i = 0; i < word.n; i++)
			if (word.p[i] != ',')
				buffer_add_octet(&digits, word.p[i]);
		bool good = slice_number(buffer_slice(&digits), &value);
		buffer_free(&digits);
		if (good)
			return value;
	}
	return 0;
}

/* What a side sends: a file that is named, or any payload. */
static bool read_sends(struct slice rest, struct script_line *line)
{
	struct slice after = rest;
	if (line->side == SIDE_CLIENT && take_word(&after, SLICE("file"))) {
		if (at_end(after) || !text_safe(after, true))
			return false;
		line->direction = DIRECTION_FILE;
		line->name = slice_string(slice_trim(after));
		return true;
	}
	line->direction = DIRECTION_SENDS;
	line->octets = read_octets(rest);
	return !at_end(rest);
}

bool script_direction(struct slice text, struct script_line *line)
{
	struct slice rest = text;
	struct slice side = slice_word(&rest), does = slice_word(&rest);
	bool client = slice_equal_nocase(side, SLICE("client"));
	if (!client && !slice_equal_nocase(side, SLICE("server")))
		return false;
	line->kind = SCRIPT_DIRECTION;
	line->side = client ? SIDE_CLIENT : SIDE_SERVER;
	if (slice_equal_nocase(does, SLICE("sends")))
		return read_sends(rest, line);
	if (slice_equal_nocase(does, SLICE("hangs"))) {
		line->direction = DIRECTION_HANGS_UP;
		return take_word(&rest, SLICE("up")) && at_end(rest);
	}
	if (client && slice_equal_nocase(does, SLICE("connects"))) {
		line->direction = DIRECTION_CONNECTS;
		return true;
	}
	if (client && slice_equal_nocase(does, SLICE("starts"))) {
		line->direction = DIRECTION_TLS;
		return take_word(&rest, SLICE("TLS")) && at_end(rest);
	}
	if (client && slice_equal_nocase(does, SLICE("waits"))) {
		line->direction = DIRECTION_WAITS;
		return read_wait(rest, &line->seconds);
	}
	return false;
}
