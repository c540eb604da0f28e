/*
 * What stands further on in a script: whether a command's reply comes, and how many replies follow so many commands.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "protocol/knowledge.h"
#include "script/check_hearing.h"

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
		bool spoken = line->kind == SCRIPT_SAID;
		if (is_said(line, protocol) && line->side == SIDE_CLIENT) {
			client = h->clients = true;
			now.commands += spoken && looks_like_command(protocol, text_of(line));
		} else if (is_said(line, protocol)) {
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
		if (line->kind != SCRIPT_SAID || line->mark == MARK_NEVER || line->side != SIDE_SERVER ||
		    !is_status(slice_word(&rest)))
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
