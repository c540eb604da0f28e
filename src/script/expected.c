/*
 * From the lines of a script to the replies that it expects.
 */
#include "script/expected.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "protocol/ftp_syntax.h"

/* ---- making ---- */

static struct expected_line *line_add(struct expected_reply *reply, size_t line, enum script_mark mark)
{
	reply->lines = memory_one_more(reply->lines, reply->nlines, sizeof *reply->lines);
	struct expected_line *new = &reply->lines[reply->nlines++];
	*new = (struct expected_line){ .line = line, .mark = mark };
	return new;
}

static void end_trim(struct buffer *text)
{
	if (text->n && text->p[text->n - 1] == '\n')
		text->n--;
	if (text->n && text->p[text->n - 1] == '\r')
		text->n--;
}

/* An exact line of several wire lines becomes as many. */
static void exact_add(struct expected_reply *reply, size_t line, enum script_mark mark, struct slice text)
{
	do {
		struct slice one = slice_line(&text);
		struct expected_line *new = line_add(reply, line, mark);
		buffer_add_slice(&new->text, one);
	} while (text.n);
}

/* Adds a said line, or a part of one: `joined` says that the last one goes on in it. */
static void said_add(const struct rehearsal *r, struct expected_reply *reply, size_t i, bool joined)
{
	const struct script_line *l = &r->script->lines[i];
	struct slice text = { l->text, l->text_n };
	struct buffer template = { 0 };
	if (!l->exact || unescape_exact(&template, text) != text.n) {
		buffer_clear(&template);
		buffer_add_slice(&template, text);
	}
	if (joined)
		buffer_add_slice(&reply->lines[reply->nlines - 1].text, buffer_slice(&template));
	else if (l->exact && r->lines[i].events > 1)
		exact_add(reply, i, l->mark, buffer_slice(&template));
	else
		buffer_add_slice(&line_add(reply, i, l->mark)->text, buffer_slice(&template));
	if (!joined && r->lines[i].events <= 1)
		reply->lines[reply->nlines - 1].whole = true;
	if (joined)
		reply->lines[reply->nlines - 1].whole = false;
	buffer_free(&template);
}

/* FTP: each server names an address of its own for the data connection, each time another (RFC 959 4.1.2, RFC 2428 3): it
 * is no part of what is compared, and what a variable captures stays one. */
static void address_open(const struct rehearsal *r, struct expected_line *line)
{
	const char *code = r->lines[line->line].code;
	bool extended = code && strcmp(code, "229") == 0;
	struct ftp_address address;
	struct buffer open = { 0 };
	if (!r->protocol->data_connection || !code || line->varies || !(extended || strcmp(code, "227") == 0))
		return;
	struct slice text = buffer_slice(&line->text);
	ftp_address_parse(text, extended ? FTP_EXTENDED : FTP_SHORT, true, &address);
	if (address.text.n) {
		size_t start = (size_t)(address.text.p - text.p);
		buffer_add_slice(&open, slice_part(text, 0, start));
		buffer_add_string(&open, "{{*}}");
		buffer_add_slice(&open, slice_part(text, start + address.text.n, text.n));
		buffer_clear(&line->text);
		buffer_add_slice(&line->text, buffer_slice(&open));
		line->whole = false;
	}
	buffer_free(&open);
	ftp_address_free(&address);
}

/* What is known of a line once all of it is there. */
static void line_settle(const struct rehearsal *r, struct expected_line *line, bool imap, bool *untagged)
{
	const struct rehearsed *rehearsed = &r->lines[line->line];
	const struct script_line *written = &r->script->lines[line->line];
	end_trim(&line->text);
	if (written->kind == SCRIPT_DIRECTION) {
		line->mark = MARK_REPEATED;
		buffer_add_string(&line->text, "{{*}}");
	}
	line->varies = template_has_variables(buffer_slice(&line->text));
	line->captures = template_has_names(buffer_slice(&line->text));
	address_open(r, line);
	line->begins = imap && rehearsed->begins;
	if (line->mark == MARK_NEVER)
		return;
	if (line->begins || !imap)
		*untagged = line->begins && !rehearsed->final;
	line->untagged = *untagged;
}

/* The code by which the reply is told: of its last line, else of the first that has one (POP3, HTTP). */
static const char *code_of(const struct rehearsal *r, const struct expected_reply *reply, bool imap)
{
	if (r->lines[reply->last].code && (reply->complete || !imap))
		return r->lines[reply->last].code;
	for (size_t i = reply->first; i <= reply->last && !imap; i++)
		if (r->lines[i].code && r->script->lines[i].side == SIDE_SERVER)
			return r->lines[i].code;
	return NULL;
}

static void reply_settle(const struct rehearsal *r, struct expected_reply *reply)
{
	bool imap = r->protocol->tagged, untagged = false;
	reply->optional = true;
	for (size_t i = 0; i < reply->nlines; i++) {
		line_settle(r, &reply->lines[i], imap, &untagged);
		reply->optional &= reply->lines[i].mark != MARK_NONE;
	}
	reply->complete = r->lines[reply->last].final;
	reply->class = reply->complete ? r->lines[reply->last].class : CLASS_NONE;
	reply->code = code_of(r, reply, imap);
	reply->answers = r->lines[reply->last].answers;
	reply->unasked = r->lines[reply->last].unasked;
}

static struct expected_reply *reply_add(struct rehearsal *r, size_t first)
{
	r->replies = memory_one_more(r->replies, r->nreplies, sizeof *r->replies);
	struct expected_reply *reply = &r->replies[r->nreplies++];
	*reply = (struct expected_reply){ .first = first, .last = first };
	return reply;
}

static void block_make(struct rehearsal *r, struct rehearsed_block *block)
{
	struct expected_reply *reply = NULL;
	bool joined = false;
	block->reply = r->nreplies;
	for (size_t i = block->first; i <= block->last; i++) {
		const struct rehearsed *line = &r->lines[i];
		if (!line->speaks)
			continue;
		bool never = r->script->lines[i].mark == MARK_NEVER;
		if (reply == NULL)
			reply = reply_add(r, i);
		if (r->script->lines[i].kind == SCRIPT_SAID)
			said_add(r, reply, i, joined && !never);
		else
			(void)line_add(reply, i, MARK_REPEATED);
		joined = joined ? line->events == 0 : !never && line->events == 0 && r->script->lines[i].exact;
		if (!never)
			reply->last = i;
		if (line->final && !never)
			reply = NULL;
	}
	block->nreplies = r->nreplies - block->reply;
	for (size_t i = 0; i < block->nreplies; i++)
		reply_settle(r, &r->replies[block->reply + i]);
}

void expected_make(struct rehearsal *r)
{
	for (size_t i = 0; i < r->nblocks; i++)
		if (r->blocks[i].side == SIDE_SERVER)
			block_make(r, &r->blocks[i]);
}

void expected_free(struct rehearsal *r)
{
	for (size_t i = 0; i < r->nreplies; i++) {
		for (size_t j = 0; j < r->replies[i].nlines; j++)
			buffer_free(&r->replies[i].lines[j].text);
		free(r->replies[i].lines);
	}
	free(r->replies);
}

/* ---- looking ---- */

static bool match_line(const struct rehearsal *r, const struct expected_line *line, struct slice text,
                       struct variables *v)
{
	if (line->whole && r->script->lines[line->line].kind == SCRIPT_SAID)
		return rehearsal_match(r, line->line, text, v);
	return template_match(buffer_slice(&line->text), text, v);
}

/* The words behind a code, and the space before them, may be missing (RFC 5321 4.2): `250 {{*}}` matches `250`. `S: +`
 * matches `+ `. */
static bool match_short(const struct rehearsal *r, const struct expected_line *line, struct buffer *text,
                        struct variables *v)
{
	struct slice template = buffer_slice(&line->text), open = SLICE("}}");
	if (slice_equal(template, SLICE("+")) && slice_equal(buffer_slice(text), SLICE("+ ")))
		return true;
	bool ends_open = template.n > open.n &&
	                 slice_starts(slice_part(template, template.n - open.n, template.n), open);
	if (!ends_open || (text->n && text->p[text->n - 1] == ' '))
		return false;
	buffer_add_octet(text, ' ');
	return match_line(r, line, buffer_slice(text), v);
}

bool expected_match(const struct rehearsal *r, const struct expected_line *line, struct slice text, size_t tag_n,
                    struct variables *v)
{
	struct slice template = buffer_slice(&line->text);
	struct buffer own_tagged = { 0 };
	size_t own = r->lines[line->line].tag_n;
	bool tagged = tag_n && own && line->whole;
	if (tagged)
		buffer_add_slice(&own_tagged, slice_part(template, 0, own));
	buffer_add_slice(&own_tagged, slice_part(text, tagged ? tag_n : 0, text.n));
	bool matches = match_line(r, line, buffer_slice(&own_tagged), v) || match_short(r, line, &own_tagged, v);
	buffer_free(&own_tagged);
	return matches;
}

void expected_print(const struct rehearsal *r, const struct expected_reply *reply, struct variables *v,
                    struct buffer *out)
{
	static const char *const marks[] = { "", "S?: ", "S*: ", "S!: " };
	for (size_t i = 0; i < reply->nlines; i++) {
		const struct expected_line *line = &reply->lines[i];
		const struct script_line *written = &r->script->lines[line->line];
		struct error error = { 0 };
		struct buffer filled = { 0 };
		if (i)
			buffer_add_octet(out, '\n');
		if (written->kind == SCRIPT_DIRECTION) {
			buffer_printf(out, "<%s>", written->text);
			continue;
		}
		if (template_fill(buffer_slice(&line->text), v, FILL_OFFLINE, &filled, &error) != STATUS_OK) {
			buffer_clear(&filled);
			buffer_add_slice(&filled, buffer_slice(&line->text));
		}
		buffer_add_string(out, marks[line->mark]);
		buffer_add_slice(out, buffer_slice(&filled));
		buffer_wipe(&filled);
		error_clear(&error);
	}
}
