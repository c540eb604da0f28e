/*
 * What stands before a line's text in comments, quotes, lists and listings, and what closes it at the line's end.
 */
#include "script/notation_inside.h"

#include <string.h>

/* What a word on its own at a line's front may be. */
static const char *const words[] = { "dnl", "REM", "rem", "//!", "///", "//", "/*", "**", "__", "--", "..", "###", "##",
	                             "#",   "*",   ";;",  ";",   "%%",  "%",  "|",  "│",  "!",  "+",  "-",  "–",   "—",
	                             "•",   "◦",   "▪",   "‣",   "❖",   "○",  "●",  "·",  "§",  ">",  NULL };

/* Quote marks, and what closes each. */
static const struct quote {
	const char *opens, *closes;
} quotes[] = {
	{ "\"", "\"" }, { "'", "'" }, { "`", "`" },   { "“", "”" },   { "”", "”" },
	{ "‘", "’" },   { "«", "»" }, { "**", "**" }, { "__", "__" },
};

/* Where white space ends, no-break spaces (U+00A0) too. */
static size_t white_from(struct slice line, size_t at)
{
	for (;;) {
		if (at < line.n && (line.p[at] == ' ' || line.p[at] == '\t'))
			at++;
		else if (slice_starts(slice_from(line, at), SLICE("\xC2\xA0")))
			at += 2;
		else
			return at;
	}
}

/* `12:`, `12.`, `12)`, `[12]`, `012`; a time: `57:04.83`, `[12:00:01]`; `a)`. The length, 0 where it is none. */
static size_t number_from(struct slice rest)
{
	size_t open = rest.n && (rest.p[0] == '[' || rest.p[0] == '('), i = open, digits = 0;
	for (; i < rest.n && i < 24 && (octet_is_digit(rest.p[i]) || (digits && strchr(":.,", rest.p[i]))); i++)
		digits += octet_is_digit(rest.p[i]);
	if (digits == 0 && i + 1 < rest.n && octet_is_alpha(rest.p[i]) && rest.p[i + 1] == ')' && !open)
		return 2;
	if (digits == 0)
		return 0;
	if (i < rest.n && (open ? rest.p[i] == ']' || rest.p[i] == ')' : rest.p[i] == ')' || rest.p[i] == '|'))
		return i + 1;
	return open ? 0 : i;
}

static size_t word_from(struct slice rest)
{
	/* most lines begin with a letter: only these words do, and `a)` */
	if (rest.n && octet_is_alpha(rest.p[0]) && strchr("dRr", rest.p[0]) == NULL)
		return number_from(rest);
	for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++)
		if (slice_starts(rest, slice_of(quotes[i].opens)))
			return strlen(quotes[i].opens);
	for (const char *const *word = words; *word; word++)
		if (slice_starts(rest, slice_of(*word)))
			return strlen(*word);
	return number_from(rest);
}

size_t leader_step(struct slice line, size_t at)
{
	size_t text = white_from(line, at);
	if (text > at)
		return text;
	size_t log = log_from(slice_from(line, at));
	return at + (log ? log : word_from(slice_from(line, at)));
}

/* Whether somebody says the line as it stands: then nothing of it is a leader (`* 3 EXISTS`, `+ Ready`, `250 OK`). */
static bool is_said(struct slice text)
{
	return prefix_likes(SIDE_SERVER, text) > 1 || prefix_likes(SIDE_CLIENT, text) > 1;
}

/* A number that no mark follows is text, and so is a word to which something is glued. */
static bool is_leader(struct slice line, size_t at, size_t end)
{
	struct slice piece = slice_part(line, at, end);
	bool bare = octet_is_digit(piece.p[piece.n - 1]);
	bool alone = end == line.n || line.p[end] == ' ' || line.p[end] == '\t';
	return !bare && (alone || piece.p[0] == '>' || piece.p[0] == '"');
}

size_t notation_leader(struct slice line)
{
	size_t at = 0;
	for (unsigned i = 0; i < LEADER_STEPS && at < line.n; i++) {
		size_t end = leader_step(line, at);
		bool white = line.p[at] == ' ' || line.p[at] == '\t';
		if (end == at || (!white && (is_said(slice_from(line, at)) || !is_leader(line, at, end))))
			break;
		at = end;
	}
	return at;
}

/* ---- what closes it ---- */

static bool ends(struct slice text, struct slice with)
{
	return text.n >= with.n && slice_equal(slice_part(text, text.n - with.n, text.n), with);
}

static struct slice trimmed(struct slice text)
{
	while (text.n && (strchr(" \t\r", text.p[text.n - 1]) || ends(text, SLICE("\xC2\xA0"))))
		text.n--;
	return text;
}

/* What a string of a program ends with: a quote; `,` `;` `+` `\` and `)` behind it. */
static struct slice unquoted(struct slice text, const struct quote *quote)
{
	struct slice rest = text;
	while (rest.n && strchr(",;+\\)", rest.p[rest.n - 1]))
		rest = trimmed(slice_part(rest, 0, rest.n - 1));
	if (!ends(rest, slice_of(quote->closes)))
		return text;
	rest.n -= strlen(quote->closes);
	return rest;
}

/* The quote mark that the leader has opened last; NULL where it has none. */
static const struct quote *opened(struct slice leader)
{
	for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++)
		if (ends(trimmed(leader), slice_of(quotes[i].opens)))
			return &quotes[i];
	return NULL;
}

/* Bars of a table: where one opened the line, or they stand apart. */
static struct slice unbarred(struct slice text, bool opened_so)
{
	for (;;) {
		struct slice rest = text.n ? slice_part(text, 0, text.n - 1) : text;
		if (!ends(text, SLICE("|")) || (!opened_so && !ends(rest, SLICE(" "))))
			return text;
		text = trimmed(rest);
	}
}

size_t leader_closed(struct slice line, size_t leader, size_t text)
{
	size_t end;
	struct slice before = slice_part(line, 0, leader), said = trimmed(slice_from(line, text));
	const struct quote *quote = opened(before);
	said = unbarred(said, slice_find_octet(before, '|') < before.n);
	if (quote)
		said = unquoted(said, quote);
	if (slice_find(before, SLICE("/*")) < before.n && ends(said, SLICE("*/")))
		said = trimmed(slice_part(said, 0, said.n - 2));
	end = text + said.n;
	return quote ? leader_unended(line, end) : end;
}

size_t leader_unended(struct slice line, size_t end)
{
	static const char *const marks[] = { "<CRLF>", "<CR><LF>", "<CR>", "\\r\\n", "\\n", NULL };
	struct slice text = slice_part(line, 0, end);
	for (const char *const *mark = marks; *mark; mark++) {
		struct slice one = slice_of(*mark),
			     before = slice_part(text, 0, text.n - (one.n < text.n ? one.n : text.n));
		if (!slice_starts_nocase(slice_from(text, before.n), one))
			continue;
		/* `end with <CRLF>.<CRLF>` says it, and does not end with it */
		bool dot = ends(before, SLICE("."));
		bool says = dot && ends(slice_part(before, 0, before.n - 1), one) && before.n > one.n + 1;
		return says ? end : trimmed(before).n;
	}
	return end;
}
