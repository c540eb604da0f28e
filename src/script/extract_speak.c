/*
 * Items spoken into the talk under way. What a line without a prefix is depends on what the conversation awaits: payload stays a
 * line of its own, a command or a reply that the document has folded is put together again, all else is a remark.
 */
#include "script/extract_speak.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"
#include "script/tool.h"

/* Shorter words of a program's may be anybody's. */
#define SHORT_MAX 12

/* So many lines a remark in brackets may be folded into. */
#define FOLDS_MAX 6

const struct item *speak_item(const struct speaking *s, size_t i)
{
	return i < s->items->n ? &s->items->rows[i] : NULL;
}

/* ---- the line that waits ---- */

void speak_flush(struct speaking *s)
{
	if (!s->waits)
		return;
	s->waits = false;
	struct slice line = buffer_slice(&s->line);
	line.n = end_mark(line, s->judged->marked_ends); /* of its last fold */
	talk_said(s->t, s->side, line, s->number);
	if (s->gloss.n)
		talk_comment(s->t, s->gloss, s->number);
	s->gloss = (struct slice){ 0 };
	count_settle(s, s->i);
}

void speak_line(struct speaking *s, enum side side, struct slice text, unsigned number)
{
	s->waits = true;
	s->side = side;
	s->number = number;
	buffer_clear(&s->line);
	buffer_add_slice(&s->line, text);
	if (speak_payload(s->t, side))
		speak_flush(s);
}

/* ---- what the conversation awaits ---- */

bool speak_is(const struct talk *t, const char *protocol)
{
	return slice_equal(slice_of(draft_following(&t->draft)), slice_of(protocol));
}

/* Whether what `side` says now is payload: message text, a literal, a header, a body, a list. */
bool speak_payload(const struct talk *t, enum side side)
{
	const struct dialogue *d = t->draft.dialogue;
	if (!t->open || d == NULL)
		return false;
	if (dialogue_due(d, side))
		return true;
	if (side == SIDE_SERVER)
		return dialogue_in_reply(d) && (speak_is(t, "pop3") || speak_is(t, "http"));
	enum input input = dialogue_input(d);
	return input == INPUT_TEXT || input == INPUT_FIELD ||
	       (input == INPUT_COUNTED && dialogue_turn(d) == SIDE_CLIENT);
}

/* Whether payload may stand here, of which side. */
bool speak_takes_payload(const struct talk *t, enum side side)
{
	const struct dialogue *d = t->draft.dialogue;
	if (d && slice_equal(slice_of(dialogue_state(d)), SLICE("closed")))
		return false;
	if (speak_payload(t, side) || (d && side == SIDE_SERVER && dialogue_in_reply(d)))
		return true;
	/* A text of POP3's whose +OK the document forgets. */
	return d && side == SIDE_SERVER && speak_is(t, "pop3") && dialogue_outstanding(d) > 0 && t->command &&
	       t->command->phase == PHASE_TRANSFER;
}

/* ---- what is said ---- */

size_t speak_unfold(const struct speaking *s, const struct item *item, struct buffer *all)
{
	buffer_add_slice(all, slice_trim(item->text));
	char opening = all->n ? all->p[0] : 0, closing = opening == '<'   ? '>'
	                                                 : opening == '[' ? ']'
	                                                 : opening == '(' ? ')'
	                                                                  : 0;
	size_t n = 1;
	if (!closing)
		return 1;
	while (slice_find_octet(buffer_slice(all), closing) == all->n && n <= FOLDS_MAX) {
		const struct item *next = speak_item(s, s->i + n);
		bool said = next && item->kind == ITEM_SAID && next->kind == ITEM_SAID && next->side == item->side &&
		            opening == '<';
		if (next == NULL || (next->kind != ITEM_PLAIN && !said) || next->glued)
			return 1;
		buffer_add_octet(all, ' ');
		buffer_add_slice(all, slice_trim(next->text));
		n++;
	}
	return n;
}

/* A stage direction's words, of a side. True where they are one, or nothing that is said. */
static bool stage(struct speaking *s, const struct item *item, struct slice words, bool sided)
{
	struct talk *t = s->t;
	struct script_line line = { 0 };
	bool ours = script_direction(words, &line);
	free(line.name);
	if (ours && line.direction != DIRECTION_SENDS) {
		char *text = slice_string(words);
		talk_direction(t, text, item->number);
		free(text);
		return true;
	}
	switch (connection_words(words)) {
	case WORDS_CONNECTS:
		t->begun = true;
		talk_direction(t, "client connects", item->number);
		return true;
	case WORDS_TLS:
		talk_tls(t, item->number);
		return true;
	case WORDS_HANGS_UP:
		if (sided)
			talk_hangs_up(t, item->side, item->number);
		return sided;
	case WORDS_WAITS:
	case WORDS_NONE:
		break;
	}
	return false;
}

static void remark(struct speaking *s, const struct item *item, struct slice text)
{
	struct buffer out = { 0 };
	const char *prefix = item->kind != ITEM_SAID     ? ""
	                     : item->both                ? "C, S: "
	                     : item->side == SIDE_CLIENT ? "C: "
	                                                 : "S: ";
	buffer_add_string(&out, prefix);
	buffer_add_slice(&out, text);
	talk_comment(s->t, buffer_slice(&out), item->number);
	buffer_free(&out);
}

/* What stands between a line's brackets; of a remark on the connection its end may be lost. */
static struct slice inside_of(struct slice text)
{
	struct slice inside = bracketed(text);
	bool opens = inside.n == 0 && text.n && text.p[0] == '<' && slice_find_octet(text, '>') == text.n;
	return opens && connection_words(text) != WORDS_NONE ? aside_words(text) : inside;
}

/* Whether the words in brackets name what the client answers where it is asked for one line of an exchange: `[base64 of the
 * password]` behind 334. */
static bool names_answer(const struct speaking *s, const struct item *item, struct slice words)
{
	static const char *const answers[] = { "base64",      "encoded", "username", "user name", "password",
		                               "credentials", "token",   "digest",   NULL };
	if (item->both || item->side == SIDE_SERVER || !s->t->open || draft_input(&s->t->draft) != INPUT_ANSWER)
		return false;
	for (size_t i = 0; answers[i]; i++)
		if (slice_find_nocase(words, slice_of(answers[i])) < words.n)
			return connection_words(words) == WORDS_NONE;
	return false;
}

/* Whether the text, and the words in its brackets, stand in the place of payload of that side; `*what` gets what they say of it. */
static bool stands_for_payload(const struct speaking *s, const struct item *item, struct slice text, struct slice words,
                               struct slice *what)
{
	bool left_out = notation_left_out(text, what);
	bool named = what->n && slice_find_octet(*what, ' ') < what->n && connection_words(*what) == WORDS_NONE;
	bool payload = speak_takes_payload(s->t, item->side) || (s->t->protocol == NULL && named && !item->both);
	bool described = payload && !left_out && slice_starts(text, SLICE("<")) && describes_payload(words);
	if (described || names_answer(s, item, words)) {
		*what = words;
		return true;
	}
	return payload && left_out;
}

/* A line in brackets, or of dots: a direction, payload that is left out, or a remark. False: it is said. */
static bool not_said(struct speaking *s, const struct item *item, struct slice text)
{
	struct slice inside = inside_of(text), what = { 0 };
	bool sentence = slice_starts(text, SLICE("<")) && is_sentence(inside);
	if (stands_for_payload(s, item, text, inside, &what)) {
		talk_payload(s->t, item->side, what.n ? what : text, item->number);
		return true;
	}
	if (!sentence && !item->both && speak_takes_payload(s->t, item->side))
		return false;
	struct slice words = inside.n ? inside : slice_trim(text);
	if ((item->both || inside.n) && stage(s, item, words, !item->both))
		return true;
	bool told = inside.n && (s->t->protocol || connection_words(words) != WORDS_NONE);
	told = told || sentence || item->both || notation_left_out(text, NULL);
	if (told)
		remark(s, item, text);
	return told;
}

/* A shell's line that is printed as the client's: it starts what connects. */
static bool is_shell(const struct speaking *s, const struct item *item)
{
	struct slice arguments;
	return item->side == SIDE_CLIENT && s->t->said[SIDE_CLIENT] + s->t->said[SIDE_SERVER] == 0 &&
	       tool_of(item->text, &arguments).n;
}

/* What the program that connects says (`Trying 192.0.2.1...`), printed as the server's; whether it tells of the close. */
static bool is_tool(const struct speaking *s, const struct item *item, bool *closes)
{
	struct slice text = slice_trim(item->text);
	const struct protocol *protocol = s->t->protocol;
	enum side side;
	if (protocol == NULL || !protocol->server_first || speak_takes_payload(s->t, item->side))
		return false;
	*closes = text.n > SHORT_MAX && tool_closes(text, &side);
	return *closes || (tool_says(text, false) && speaker_likes(protocol, item->side, text) == 0);
}

/* What a shell or the program that connects says is no line of the conversation. True where it was that. */
static bool read_program(struct speaking *s, const struct item *item)
{
	bool closes = false, program = is_shell(s, item) || is_tool(s, item, &closes);
	if (program)
		remark(s, item, item->text);
	if (closes)
		talk_hangs_up(s->t, SIDE_SERVER, item->number);
	return program;
}

/* Whether white space at the line's front is said: in payload, and in FTP's lists (RFC 2389 3.2). */
static bool keeps_space(const struct talk *t, enum side side)
{
	const struct dialogue *d = t->draft.dialogue;
	bool listed = side == SIDE_SERVER && d && speak_is(t, "ftp") && dialogue_in_reply(d);
	return listed || speak_payload(t, side);
}

/* The text of a line, without what parts it from its prefix. Payload stands in the column of the line that it follows, and
 * only what is behind that is white space of its own. */
static struct slice without_margin(struct talk *t, enum side side, struct slice text)
{
	struct slice trimmed = slice_trim(text);
	size_t space = trimmed.n ? (size_t)(trimmed.p - text.p) : text.n;
	if (!keeps_space(t, side)) {
		t->margin[side] = space;
		return trimmed;
	}
	return slice_part(text, space < t->margin[side] ? space : t->margin[side], text.n);
}

/* How many columns of the passage's line stand before what begins at `at`. */
static size_t columns_before(const struct speaking *s, const char *at)
{
	struct slice line = passage_line(s->items->passage, s->index);
	return gloss_columns(slice_part(line, 0, (size_t)(at - line.p)));
}

/* What goes on with the remark of the line above, where that stands right above this one. */
static struct slice gloss_goes_on(const struct speaking *s, struct slice *text)
{
	size_t begins = columns_before(s, text->p);
	if (s->gloss_column <= begins || s->gloss_index + 1 != s->index)
		return (struct slice){ 0 };
	return column_gloss(text, s->gloss_column - begins);
}

/* Says what stands behind a prefix; of payload all is said, of other lines what an author has written behind it is not. */
static void say(struct speaking *s, enum side side, struct slice text, unsigned number)
{
	bool words = s->judged->notation->form == NOTATION_LETTER || s->judged->notation->form == NOTATION_WORD;
	text = without_margin(s->t, side, text);
	bool payload = speak_payload(s->t, side);
	if (words && s->t->protocol && !payload)
		s->gloss = said_gloss(&text, side);
	else if (words && payload && s->glossed)
		s->gloss = payload_gloss(&text);
	if (s->gloss.n == 0 && words && !payload)
		s->gloss = gloss_goes_on(s, &text);
	if (s->gloss.n) {
		s->gloss_column = columns_before(s, s->gloss.p);
		s->gloss_index = s->index;
	}
	s->glossed = s->glossed || s->gloss.n;
	speak_line(s, side, text, number);
}

/* Whether the end of the text stands behind its last line, as RFC 821 prints it with the line ends around it: `Bye. <CRLF>.<CRLF>`. */
static bool ends_text(const struct speaking *s, struct item *item)
{
	static const struct slice mark = { " <CRLF>.<CRLF>", 14 };
	struct slice text = slice_trim(item->text);
	if (item->side == SIDE_SERVER || draft_input(&s->t->draft) != INPUT_TEXT || text.n <= mark.n ||
	    !slice_equal(slice_part(text, text.n - mark.n, text.n), mark))
		return false;
	item->text.n = (size_t)(text.p - item->text.p) + text.n - mark.n;
	return true;
}

/* Where the line under way stands. */
static void keep_place(struct speaking *s, const struct item *item)
{
	s->indent = item->indent;
	s->column = item->column;
	s->index = item->index;
	s->logged = item->logged;
	s->block = item->block;
	s->end = item->column + item->text.n;
	s->own = false;
	s->empty = 0;
}

static void read_said(struct speaking *s, const struct item *item)
{
	struct buffer all = { 0 };
	speak_flush(s);
	bool fresh = !s->t->open || gap_any(s->t);
	if (fresh && !speak_enter(s, item)) {
		bool aside = speak_stage(item->text) != WORDS_NONE;
		gap_add(s->t, item->text, item->number, aside ? BETWEEN_ASIDE : BETWEEN_PROSE);
		s->i++;
		return;
	}
	s->t->flat = s->t->flat || item->flat;
	s->t->glued = s->t->glued || item->glued;
	keep_place(s, item);
	struct slice prose = { 0 };
	struct item whole = *item;
	if (item->flat) {
		size_t end = flat_end(s->t, item->side, item->text);
		prose = slice_trim(slice_part(item->text, end, item->text.n));
		whole.text = prose.n ? slice_trim(slice_part(item->text, 0, end)) : item->text;
	}
	/* RFC 821 prints the end of the text with the line ends around it. */
	if (draft_input(&s->t->draft) == INPUT_TEXT && slice_equal(slice_trim(whole.text), SLICE("<CRLF>.<CRLF>")))
		whole.text = SLICE(".");
	bool ended = ends_text(s, &whole);
	size_t n = speak_unfold(s, &whole, &all);
	bool silent = read_program(s, &whole) || not_said(s, &whole, buffer_slice(&all));
	s->i += silent ? n : 1;
	if (!silent)
		say(s, item->side, whole.text, item->number);
	if (!silent && item->behind.n)
		s->gloss = item->behind;
	if (ended)
		say(s, item->side, SLICE("."), item->number);
	if (prose.n) {
		speak_flush(s);
		talk_comment(s->t, prose, item->number);
	}
	buffer_free(&all);
}

/* What no prefix marks: true where it was of the talk. */
static bool read_other(struct speaking *s, const struct item *item)
{
	if (item->kind == ITEM_PLAIN)
		return plain_read(s, item);
	speak_flush(s);
	s->empty += item->kind == ITEM_EMPTY;
	if (!s->behind && item->kind == ITEM_EMPTY)
		gap_empty(s->t);
	if (!s->behind && item->kind == ITEM_HEADING)
		plain_between(s, item);
	return false;
}

/* Whether there is another item: where payload goes on without prefixes, more of the lines that are held become items. */
static bool more(struct speaking *s)
{
	return s->i < s->items->n || (s->own && items_more(s->items));
}

/* Payload may go on behind what is held. */
static void keep_rest(struct speaking *s)
{
	bool end = s->items->next == s->items->passage->n && s->i == s->items->n;
	s->t->rest = (struct rest){ s->own && end, s->side, s->indent, s->column, s->strip };
}

static void take_rest(struct speaking *s)
{
	const struct rest *rest = &s->t->rest;
	s->own = rest->goes_on;
	s->side = rest->side;
	s->indent = rest->indent;
	s->column = rest->column;
	s->strip = rest->strip;
	s->t->rest.goes_on = false;
}

size_t speak(struct talk *t, struct items *items, const struct judged *judged, struct titles *titles)
{
	struct speaking s = { .t = t, .items = items, .judged = judged, .titles = titles };
	size_t end = judged->last + 1;
	if (t->rest.goes_on)
		take_rest(&s);
	while (more(&s)) {
		const struct item item = items->rows[s.i]; /* a copy: the rows move where more are made */
		s.behind = item.index > judged->last;
		if (item.kind == ITEM_SAID) {
			read_said(&s, &item); /* moves on */
			continue;
		}
		bool taken = read_other(&s, &item);
		if (taken)
			end = item.index + 1 > end ? item.index + 1 : end;
		else if (s.behind && item.kind != ITEM_EMPTY)
			break;
		s.i++;
	}
	speak_flush(&s);
	keep_rest(&s);
	buffer_free(&s.line);
	return end;
}
