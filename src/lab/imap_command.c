/*
 * A command of IMAP as it comes to a server, joined from its lines and literals.
 */
#include "lab/imap_command.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

void imap_command_clear(struct imap_command_text *c)
{
	for (size_t i = 0; i < c->ngiven; i++)
		message_release(c->given[i].message);
	free(c->given);
	free(c->literals);
	buffer_wipe(&c->text);
	buffer_wipe(&c->held);
	buffer_free(&c->message);
	imap_tree_free(&c->tree);
	*c = (struct imap_command_text){ 0 };
}

void imap_command_refuse(struct imap_command_text *c, const char *reply, const char *wrong)
{
	if (c->wrong)
		return;
	c->reply = reply;
	c->wrong = wrong;
}

/* Takes tag, verb and arguments anew from the text: it may have moved. */
static void words_read(struct imap_command_text *c)
{
	imap_command_parse(buffer_slice(&c->text), &c->command);
}

void imap_command_line(struct imap_command_text *c, struct slice line, bool too_long)
{
	size_t room = IMAP_TEXT_MAX > c->text.n ? IMAP_TEXT_MAX - c->text.n : 0;
	if (c->open)
		imap_scan_literal_done(&c->scan);
	if (too_long || line.n > room)
		imap_command_refuse(c, "BAD", "the command's line is longer than 65,536 octets");
	if (slice_find_octet(line, '\r') < line.n)
		imap_command_refuse(c, "BAD", "CR stands only before LF, at a line's end");
	c->open = false;
	imap_scan(&c->scan, line);
	buffer_add_slice(&c->text, slice_part(line, 0, room));
	words_read(c);
}

/* ---- literals ---- */

/* Whether the literal that the text ends in is a message of APPEND's: it stands in no list, behind the mailbox's name. */
static bool is_message(struct imap_command_text *c)
{
	if (!slice_equal_nocase(c->command.verb, SLICE("APPEND")) || c->scan.depth > 0)
		return false;
	imap_tree_parse(&c->tree, c->command.arguments, NULL, 0);
	return c->tree.n > 1;
}

static void given_add(struct imap_command_text *c, uint64_t octets, bool message)
{
	if (c->ngiven == c->room) {
		c->room = c->room ? c->room * 2 : 4;
		c->given = memory_grow(c->given, c->room, sizeof c->given[0]);
	}
	c->given[c->ngiven++] = (struct imap_given){ .octets = octets, .start = c->held.n, .is_message = message };
}

/* The literal is whole. */
static void given_whole(struct imap_command_text *c)
{
	struct imap_given *given = &c->given[c->ngiven - 1];
	if (!given->is_message || c->wrong)
		return;
	given->message = message_new(buffer_slice(&c->message));
	buffer_free(&c->message);
}

bool imap_command_literal(struct imap_command_text *c, uint64_t octets)
{
	bool message = is_message(c), waits = !c->scan.waits_not;
	buffer_add_string(&c->text, "\r\n");
	words_read(c);
	c->open = true;
	if (!c->scan.apart)
		imap_command_refuse(c, "BAD", "a space stands before a literal");
	else if (c->scan.binary)
		imap_command_refuse(c, "BAD", "~{n} needs BINARY, which is not offered here");
	else if (message && (octets > MESSAGE_MAX || c->messages > MESSAGE_MAX - octets))
		imap_command_refuse(c, "NO [TOOBIG]", "a message may have 35,882,577 octets here");
	else if (message && octets == 0) /* RFC 3502 6.3.11 */
		imap_command_refuse(c, "NO", "a message without any octets cancels APPEND");
	else if (!message && octets > IMAP_LITERALS_MAX - c->held.n)
		imap_command_refuse(c, "BAD", "the literals of a command may have 65,536 octets together");
	c->messages += message && c->wrong == NULL ? octets : 0;
	given_add(c, octets, message);
	if (octets == 0)
		given_whole(c);
	return waits;
}

void imap_command_octets(struct imap_command_text *c, struct slice octets)
{
	if (c->ngiven == 0 || octets.n == 0)
		return;
	struct imap_given *given = &c->given[c->ngiven - 1];
	if (slice_find_octet(octets, '\0') < octets.n)
		imap_command_refuse(c, "BAD", "a literal holds no NUL");
	given->n += octets.n;
	if (c->wrong)
		buffer_free(&c->message);
	else
		buffer_add_slice(given->is_message ? &c->message : &c->held, octets);
	if (given->n == given->octets)
		given_whole(c);
}

const struct imap_given *imap_command_given(const struct imap_command_text *c, size_t node)
{
	size_t k = c->tree.nodes[node].literals;
	return k < c->ngiven ? &c->given[k] : NULL;
}

/* ---- the end ---- */

/* RFC 9051 lets quoted strings hold UTF-8, and clients of RFC 3501 do so too. */
static bool is_utf8(struct slice text)
{
	uint32_t character = 0;
	size_t n = 1;
	for (; text.n && n; text = slice_part(text, n, text.n))
		n = utf8_decode(text, &character);
	return text.n == 0;
}

/* What is wrong with the line as such (RFC 9051 section 9); NULL where nothing is. */
static const char *line_wrong(const struct imap_command_text *c)
{
	const struct imap_scan *scan = &c->scan;
	struct slice text = buffer_slice(&c->text);
	return scan->quoted                               ? "a quoted string is not closed by its \""
	       : scan->stray                              ? "a ) stands without its ("
	       : scan->depth                              ? "a ( is not closed"
	       : scan->too_deep                           ? "lists stand in lists, too deep"
	       : scan->bad_escape                         ? "in a quoted string \\ may stand only before \" and \\"
	       : scan->quoted_eight_bit && !is_utf8(text) ? "a quoted string is no UTF-8: send it as a literal"
	       : scan->eight_bit                          ? "octets above 127 may stand only in strings"
	       : scan->doubled                            ? "one space must stand between words, not two"
	       : scan->previous == ' '                    ? "a space stands at the line's end"
	       : slice_find_octet(text, '\0') < text.n    ? "a line holds no NUL"
	       : imap_scan_end(scan) != IMAP_END          ? "a literal's count must be {n} with n a number, or {n+}"
	                                                  : NULL;
}

static void tree_read(struct imap_command_text *c)
{
	struct imap_literal *literals = c->literals = memory_zeroed(c->ngiven + 1, sizeof *literals);
	for (size_t i = 0; i < c->ngiven; i++) {
		const struct imap_given *given = &c->given[i];
		literals[i].octets = given->octets;
		if (!given->is_message)
			literals[i].held = slice_part(buffer_slice(&c->held), given->start, given->start + given->n);
	}
	imap_tree_parse(&c->tree, c->command.arguments, literals, c->ngiven);
	if (c->tree.cut)
		imap_command_refuse(c, "BAD", "there are too many words in the command");
	else if (c->tree.problem)
		imap_command_refuse(c, "BAD", c->tree.problem);
}

void imap_command_end(struct imap_command_text *c)
{
	const char *wrong = line_wrong(c);
	if (wrong)
		imap_command_refuse(c, "BAD", wrong);
	if (c->wrong == NULL)
		tree_read(c);
}
