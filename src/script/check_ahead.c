/*
 * What stands further on in a script: whether a command's reply comes, and how many replies follow so many commands.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "protocol/knowledge.h"
#include "script/check_hearing.h"
#include "script/speaker.h"

static struct slice text_of(const struct script_line *line)
{
	return (struct slice){ line->text, line->text_n };
}

/* What goes over FTP's data connection is said elsewhere. */
static bool is_said(const struct script_line *line, const struct protocol *protocol)
{
	if (line->kind == SCRIPT_DIRECTION)
		return (line->direction == DIRECTION_SENDS || line->direction == DIRECTION_FILE) &&
		       !protocol->data_connection;
	return line->kind == SCRIPT_SAID && line->mark != MARK_NEVER;
}

/* ---- by its look ---- */

static bool looks_like_command(const struct protocol *protocol, struct slice line)
{
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	if (!protocol->server_first)
		return protocol->command && protocol->command(line) == 3;
	if (slice_equal(line, SLICE("."))) /* message text ends, which is answered too */
		return true;
	return commands && table_find(commands, slice_word(&line)) != NULL;
}

/* Whether the line completes a reply that completes a command, or asks for what the client says next. */
static bool looks_final(const struct protocol *protocol, struct slice line)
{
	if (!protocol->server_first)
		return slice_starts(line, SLICE("HTTP/")) &&
		       slice_find(line, SLICE(" 1")) != slice_find_octet(line, ' ');
	if (protocol->one_code || protocol->data_connection)
		return is_three_digits(slice_part(line, 0, 3)) && (line.n == 3 || line.p[3] == ' ') && line.p[0] != '1';
	return slice_starts_nocase(line, SLICE("+OK")) || slice_starts_nocase(line, SLICE("-ERR")) ||
	       slice_starts(line, SLICE("+ ")) || slice_equal(line, SLICE("+"));
}

/* A client's line that only a server says, which is printed under the wrong side. */
static bool is_servers(const struct hearing *h, const struct script_line *line)
{
	const struct protocol *protocol = h->c.r->protocol;
	return line->kind == SCRIPT_SAID && line->mark == MARK_NONE && !line->exact && protocol->server_first &&
	       speaker_likes(protocol, SIDE_SERVER, text_of(line)) >= 2 &&
	       speaker_likes(protocol, SIDE_CLIENT, text_of(line)) == 0;
}

/* The nearest line that somebody says before the `i`th, or behind it; NULL where there is none. */
static const struct script_line *neighbour(const struct hearing *h, size_t i, bool before)
{
	while (before ? i-- > 0 : ++i < h->script->nlines)
		if (is_said(&h->script->lines[i], h->c.r->protocol))
			return &h->script->lines[i];
	return NULL;
}

/* POP3: whether the client's line is one of a list or text of the server's, of which both lines are. */
static bool is_listed(const struct hearing *h, const struct script_line *line, const struct script_line *before,
                      const struct script_line *behind)
{
	const struct protocol *protocol = h->c.r->protocol;
	bool pop3 = protocol->server_first && !protocol->tagged && !protocol->one_code && !protocol->data_connection;
	if (!pop3 || protocol->bare || line->kind != SCRIPT_SAID || line->exact || line->mark != MARK_NONE ||
	    before->side == SIDE_CLIENT || behind->side == SIDE_CLIENT)
		return false;
	bool ends = slice_equal(text_of(line), SLICE("."));
	return ends ? !looks_final(protocol, text_of(before))
	            : !looks_like_command(protocol, text_of(line)) && !looks_final(protocol, text_of(behind));
}

/* Who says the line: where a reply is printed under the client's side amid the server's lines, the server. Behind 354 it is
 * message text. */
static enum side side_of(const struct hearing *h, size_t i)
{
	const struct script_line *line = &h->script->lines[i], *before, *behind;
	if (line->side == SIDE_SERVER)
		return SIDE_SERVER;
	before = neighbour(h, i, true);
	behind = neighbour(h, i, false);
	if (before && behind && is_listed(h, line, before, behind))
		return SIDE_SERVER;
	if (!is_servers(h, line))
		return SIDE_CLIENT;
	bool asked = before && before->side == SIDE_SERVER && slice_starts(text_of(before), SLICE("3"));
	bool amid = (before && before->side == SIDE_SERVER) || (behind && behind->side == SIDE_SERVER);
	return amid && !asked ? SIDE_SERVER : line->side;
}

/* ---- runs of lines ---- */

/* Exact lines may hold several replies, or parts of one. */
static size_t finals_with(const struct ahead *now, const struct script_line *line, const struct protocol *protocol)
{
	if (line->exact || now->finals == SIZE_MAX)
		return SIZE_MAX;
	return now->finals + (line->kind == SCRIPT_SAID && looks_final(protocol, text_of(line)));
}

static void runs_make(struct hearing *h)
{
	const struct protocol *protocol = h->c.r->protocol;
	struct ahead now = { .reply = NO_LINE };
	bool client = false; /* the run that is looked through */
	for (size_t i = h->script->nlines; i-- > 0;) {
		const struct script_line *line = &h->script->lines[i];
		if (h->final == 0 && line->kind != SCRIPT_COMMENT)
			h->final = i;
		bool spoken = line->kind == SCRIPT_SAID, said = is_said(line, protocol);
		if (spoken && line->mark != MARK_NEVER && h->ends[line->side] == 0)
			h->ends[line->side] = i + 1;
		h->servers |= said && line->side == SIDE_CLIENT && is_servers(h, line);
		if (said && side_of(h, i) == SIDE_CLIENT) {
			client = h->clients = true;
			now.commands += spoken && looks_like_command(protocol, text_of(line));
		} else if (said) {
			if (client) {
				now.surplus |= now.finals > (now.commands ? now.commands : 1);
				now.commands = now.finals = 0;
			}
			client = false;
			h->servers = true;
			now.finals = finals_with(&now, line, protocol);
			now.reply = i;
		}
		h->ahead[i] = now;
	}
}

/* ---- tags ---- */

static int by_tag(const void *a, const void *b)
{
	const struct tagged_line *x = a, *y = b;
	int tags = slice_compare(x->tag, y->tag);
	return tags ? tags : (x->line > y->line) - (x->line < y->line);
}

static bool is_status(struct slice word)
{
	return slice_equal_nocase(word, SLICE("OK")) || slice_equal_nocase(word, SLICE("NO")) ||
	       slice_equal_nocase(word, SLICE("BAD"));
}

static void tags_make(struct hearing *h)
{
	size_t room = 0;
	for (size_t i = 0; i < h->script->nlines; i++) {
		const struct script_line *line = &h->script->lines[i];
		struct slice rest = text_of(line), tag = slice_word(&rest);
		/* no client says `a1 OK`: where one does, it is printed under the wrong side */
		if (line->kind != SCRIPT_SAID || line->mark == MARK_NEVER || !is_status(slice_word(&rest)))
			continue;
		if (h->ntagged == room) {
			room = room ? room * 2 : 16;
			h->tagged = memory_grow(h->tagged, room, sizeof *h->tagged);
		}
		h->tagged[h->ntagged++] = (struct tagged_line){ tag, i };
	}
	if (h->ntagged)
		qsort(h->tagged, h->ntagged, sizeof *h->tagged, by_tag);
}

bool ahead_answers(const struct hearing *h, struct slice tag, size_t from, size_t *line)
{
	const struct tagged_line key = { tag, from };
	size_t low = 0, high = h->ntagged;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_tag(&h->tagged[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == h->ntagged || !slice_equal(h->tagged[low].tag, tag))
		return false;
	if (line)
		*line = h->tagged[low].line;
	return true;
}

/* ---- the door ---- */

void ahead_make(struct hearing *h)
{
	h->ahead = memory_zeroed(h->script->nlines, sizeof *h->ahead);
	runs_make(h);
	if (h->c.r->protocol->tagged)
		tags_make(h);
}

void ahead_free(struct hearing *h)
{
	free(h->ahead);
	free(h->tagged);
}

static bool is_refusal(const struct protocol *protocol, struct slice line)
{
	if (protocol->tagged) {
		(void)slice_word(&line);
		return !slice_equal_nocase(slice_word(&line), SLICE("OK"));
	}
	if (protocol->one_code || protocol->data_connection)
		return line.n && (line.p[0] == '4' || line.p[0] == '5');
	return slice_starts_nocase(line, SLICE("-ERR"));
}

bool ahead_accepts(const struct hearing *h)
{
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	struct slice rest = hearing_text(h);
	size_t reply = h->ahead[h->c.line].reply;
	if (protocol->tagged && !ahead_answers(h, slice_word(&rest), h->c.line, &reply))
		return true;
	return reply == NO_LINE || !is_refusal(protocol, text_of(&h->script->lines[reply]));
}
