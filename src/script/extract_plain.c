/*
 * A passage's lines without a prefix. What one is depends on what the conversation awaits: payload stays a line of its own, a
 * command or a reply that the document has folded is put together again, all else is a remark.
 */
#include "script/extract_speak.h"

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"

enum role { ROLE_REMARK, ROLE_FOLDED, ROLE_OWN };

/* Whether the lines without prefix from the `i`th on end with a lone dot. */
static bool ends_with_dot(const struct speaking *s, size_t i)
{
	struct slice last = { 0 };
	for (const struct item *item; (item = speak_item(s, i)) != NULL; i++) {
		if (item->kind == ITEM_HEADING)
			return false;
		if (item->kind == ITEM_SAID)
			return slice_equal(last, SLICE("."));
		if (item->kind == ITEM_PLAIN)
			last = item->text;
		if (slice_equal(last, SLICE(".")))
			return true;
	}
	return false;
}

/* `Name: value` */
static bool is_field(struct slice text)
{
	size_t colon = slice_find_octet(text, ':');
	for (size_t i = 0; i < colon; i++)
		if (!octet_is_alnum(text.p[i]) && text.p[i] != '-')
			return false;
	return colon > 0 && colon < text.n;
}

/* Whether the line that waits says that a literal's text comes next. */
static bool ends_with_count(struct slice line)
{
	size_t open = line.n;
	if (line.n < 3 || line.p[line.n - 1] != '}')
		return false;
	while (open > 0 && line.p[open - 1] != '{')
		open--;
	return open > 0 && octet_is_digit(line.p[open]);
}

/* More lines than a reply is ever folded into. */
#define REPLY_FOLDS_MAX 6

/* Whether so many lines without a prefix follow. */
static bool is_long(const struct speaking *s)
{
	size_t n = 0;
	for (const struct item *item; n < REPLY_FOLDS_MAX && (item = speak_item(s, s->i + n)) != NULL; n++)
		if (item->kind != ITEM_PLAIN && item->kind != ITEM_EMPTY)
			return false;
	return n == REPLY_FOLDS_MAX;
}

/* Whether the reply that waits asks for the client's text, and that stands here. */
static bool begins_text(const struct speaking *s, const struct item *item)
{
	struct slice line = buffer_slice(&s->line);
	struct slice rest = line;
	bool asks = s->side == SIDE_SERVER &&
	            (slice_starts(line, SLICE("354")) || slice_equal(slice_word(&rest), SLICE("+")));
	if (asks && draft_input(&s->t->draft) == INPUT_COUNTED)
		return true;
	return asks &&
	       (ends_with_dot(s, s->i) || is_field(item->text) || (slice_starts(line, SLICE("354")) && is_long(s)));
}

/* Whether the line is one of the same reply, or of the same command's header. */
static bool goes_on(const struct speaking *s, const struct item *item)
{
	struct slice line = buffer_slice(&s->line);
	const struct protocol *protocol = s->t->protocol;
	if (ends_with_count(line))
		return true;
	if (s->side == SIDE_SERVER && line_is_code(line) && line_is_code(item->text))
		return slice_equal(slice_part(line, 0, 3), slice_part(item->text, 0, 3));
	if (protocol && speak_is(s->t, "http"))
		return is_field(item->text) || item->indent <= s->column;
	return protocol && speaker_likes(protocol, s->side, item->text) >= 3;
}

/* Whether the reply says by its hyphen that another line of it comes, and that is this one (RFC 5321 4.2.1). */
static bool reply_goes_on(const struct speaking *s, const struct item *item)
{
	struct slice line = buffer_slice(&s->line);
	return s->side == SIDE_SERVER && line_is_code(line) && line.n > 3 && line.p[3] == '-' &&
	       line_is_code(item->text) && slice_equal(slice_part(line, 0, 3), slice_part(item->text, 0, 3));
}

/* Whether the line begins with a code as a reply does, in the column of the prefixes, and the reply that waits is whole: a program has
 * written there what it makes of it (`550 <bob@example.org>... User unknown` below `<<< 550 ...`). */
static bool is_second_reply(const struct speaking *s, const struct item *item)
{
	struct slice line = buffer_slice(&s->line);
	return s->side == SIDE_SERVER && s->judged->notation->form == NOTATION_MARK && item->indent == s->indent &&
	       line_is_code(line) && line.n > 3 && line.p[3] == ' ' && (line.p[0] == '4' || line.p[0] == '5') &&
	       line_is_code(item->text);
}

/* Whether a protocol that is not known says things of several lines: fields as HTTP's, XML, JSON. */
static bool has_lines(const struct speaking *s, const struct item *item)
{
	struct slice line = buffer_slice(&s->line);
	bool address = slice_find_octet(item->text, '@') < item->text.n;
	bool object = slice_starts(line, SLICE("{")) && slice_find_octet(line, '}') == line.n;
	bool markup = object || slice_starts(line, SLICE("<")) || (slice_starts(item->text, SLICE("<")) && !address);
	return markup || s->own || (is_field(item->text) && (names_version(line) || !fold_full(s, item)));
}

/* Whether the line is of a picture made of letters: `+-----+`, `| relay |`, an arrow with a long shaft, what a program calls at
 * either end of it (`accept()`). */
static bool is_drawing(struct slice text)
{
	char begin = text.p[0], end = text.p[text.n - 1];
	bool box = text.n > 2 && (begin == '+' || begin == '|') && (end == '+' || end == '|');
	bool arrow = slice_find(text, SLICE("----->")) < text.n || slice_find(text, SLICE("<-----")) < text.n;
	bool calls = true;
	for (struct slice rest = text, word; (word = slice_word(&rest)).n && calls;)
		calls = word.n > 2 && slice_equal(slice_part(word, word.n - 2, word.n), SLICE("()"));
	return box || arrow || calls;
}

/* Whether the line, right of what is said above, points at it: `<- this is the port`. */
static bool points_back(const struct speaking *s, const struct item *item)
{
	static const char *const arrows[] = { "\xE2\x86\x90 ", "<- ", "<-- ", "^-- ", NULL };
	for (size_t i = 0; arrows[i]; i++)
		if (item->indent > s->column && slice_starts(item->text, slice_of(arrows[i])))
			return true;
	return false;
}

/* What the line is that stands behind one that waits. */
static enum role role_behind(struct speaking *s, const struct item *item, enum side *side)
{
	*side = s->side;
	if (item->cell || points_back(s, item))
		return ROLE_REMARK;
	if (reply_goes_on(s, item))
		return ROLE_OWN;
	if (is_second_reply(s, item))
		return ROLE_REMARK;
	if (item->indent < s->indent)
		return fold_wraps(s, item) && !is_drawing(item->text) ? ROLE_FOLDED : ROLE_REMARK;
	if (begins_text(s, item)) {
		*side = SIDE_CLIENT;
		return ROLE_OWN;
	}
	if (goes_on(s, item) || (s->side == SIDE_SERVER && speak_is(s->t, "pop3") && ends_with_dot(s, s->i)))
		return ROLE_OWN;
	if (item->indent == s->indent && fold_wraps(s, item))
		return ROLE_FOLDED;
	if (item->indent <= s->indent || notation_left_out(item->text, NULL) || begins_aside(item->text) ||
	    (bracketed(item->text).n && connection_words(bracketed(item->text)) != WORDS_NONE))
		return ROLE_REMARK;
	if (is_drawing(item->text))
		return ROLE_REMARK;
	return s->t->protocol == NULL && has_lines(s, item) ? ROLE_OWN : ROLE_FOLDED;
}

/* Whether octets of an IMAP literal of that side's are still due. */
static bool speaks_literal(const struct speaking *s, enum side side)
{
	return s->t->protocol && s->t->protocol->tagged && dialogue_due(s->t->draft.dialogue, side) > 0;
}

/* Whether the lines of a list of POP3's, or of a text, have not begun yet where an empty line stands behind its +OK, and no dot ends
 * them: it is left open, and what follows is the document's. */
static bool breaks_list(const struct speaking *s, enum side side)
{
	return side == SIDE_SERVER && speak_is(s->t, "pop3") && s->empty && !s->own && !ends_with_dot(s, s->i);
}

/* Where nothing waits: payload goes on, or it is a remark. */
static enum role role_alone(struct speaking *s, const struct item *item, enum side *side)
{
	*side = s->side;
	if (s->own && item->indent >= s->indent && slice_starts(item->text, SLICE(")")))
		return ROLE_OWN; /* behind a literal */
	if (s->own && reply_goes_on(s, item))
		return ROLE_OWN; /* behind lines of it that are left out */
	*side = speak_payload(s->t, s->side) ? s->side : 1 - s->side;
	if (!speak_payload(s->t, *side) || item->cell || breaks_list(s, *side))
		return ROLE_REMARK;
	if (item->indent > s->indent || ends_with_dot(s, s->i))
		return ROLE_OWN;
	if (item->indent == s->indent && draft_input(&s->t->draft) == INPUT_COUNTED)
		return ROLE_OWN;
	/* a log puts its prefix before the first line of a literal alone */
	if (s->logged && speaks_literal(s, *side) && (s->own || item->index == s->index + 1))
		return ROLE_OWN;
	const struct item *next = speak_item(s, s->i + 1);
	bool midst = next && next->kind == ITEM_SAID && next->side == *side;
	return item->indent == s->indent && (midst || s->own) ? ROLE_OWN : ROLE_REMARK;
}

/* Columns that all of the payload's lines have before their text, from this item on. */
static size_t strip_of(const struct speaking *s)
{
	bool deeper = s->items->rows[s->i].indent > s->indent;
	size_t strip = s->column, least = s->indent + deeper;
	for (size_t i = s->i; i < s->items->n && s->items->rows[i].kind != ITEM_SAID; i++) {
		const struct item *item = &s->items->rows[i];
		if (item->kind == ITEM_PLAIN && item->indent < least)
			break;
		if (item->kind == ITEM_PLAIN && item->indent < strip)
			strip = item->indent;
	}
	return strip;
}

/* A line of payload: what it is indented by more than the others is text. */
static void say_own(struct speaking *s, enum side side, const struct item *item)
{
	struct slice text = item->text;
	if (!s->own)
		s->strip = strip_of(s);
	size_t more = item->indent > s->strip ? item->indent - s->strip : 0;
	for (; s->empty; s->empty--)
		if (s->own || speak_payload(s->t, side))
			talk_said(s->t, side, SLICE(""), item->number);
	text = (struct slice){ text.p - more, text.n + more };
	s->own = true;
	gap_forget(s->t);
	speak_line(s, side, text, item->number);
	if (s->t->protocol)
		speak_flush(s); /* else the next may go on with it */
}

/* A line that is nobody's. */
void plain_between(struct speaking *s, const struct item *item)
{
	bool heading = item->kind == ITEM_HEADING;
	bool drawing = item->kind == ITEM_PLAIN && is_drawing(item->text);
	bool aside = drawing || begins_aside(item->text) || (item->indent > s->indent && s->t->open && s->empty == 0);
	gap_add(s->t, item->text, item->number, heading ? BETWEEN_HEADING : aside ? BETWEEN_ASIDE : BETWEEN_PROSE);
	if (!item->glued && !drawing && (heading || item->block == 0))
		titles_see(s->titles, item->text, item->number, heading);
}

/* Whether TLS may begin now: it was asked for, or nothing has been said. */
static bool tls_begins(const struct talk *t)
{
	if (!t->open || t->draft.dialogue == NULL || t->protocol == NULL)
		return t->open;
	return dialogue_tls_pending(t->draft.dialogue) || (t->command && t->command->phase == PHASE_ENCRYPT);
}

/* Whose payload may stand here, though it be left out; false where nobody's may. */
static bool payload_side(const struct speaking *s, enum side *side)
{
	if (speak_takes_payload(s->t, s->side))
		*side = s->side;
	else if (speak_payload(s->t, 1 - s->side))
		*side = 1 - s->side;
	else
		return false;
	return true;
}

/* `[Server closes connection.]`: a remark that is a direction. */
static bool closes(struct speaking *s, const struct item *item)
{
	struct slice words = aside_words(item->text);
	bool server = slice_starts_nocase(words, SLICE("server")), client = slice_starts_nocase(words, SLICE("client"));
	if (!s->t->open || bracketed(item->text).n == 0 || (!server && !client) ||
	    connection_words(words) != WORDS_HANGS_UP)
		return false;
	gap_tell(s->t);
	talk_hangs_up(s->t, server ? SIDE_SERVER : SIDE_CLIENT, item->number);
	return true;
}

/* Whether the remark tells that TLS begins, and it may. */
static bool tells_tls(const struct speaking *s, struct slice text)
{
	bool aside = is_aside(text) || begins_aside(text);
	return aside && tls_begins(s->t) && connection_words(aside_words(text)) == WORDS_TLS;
}

/* A line that nobody says; one in brackets takes those with it that it is folded into. */
static void read_remark(struct speaking *s, const struct item *item)
{
	struct buffer all = { 0 };
	size_t n = speak_unfold(s, item, &all);
	struct slice text = buffer_slice(&all);
	bool folded = n > 1 && bracketed(text).n;
	if (tells_tls(s, folded ? text : item->text) || tells_tls(s, item->text)) {
		gap_tell(s->t);
		talk_comment(s->t, folded ? text : item->text, item->number);
		talk_tls(s->t, item->number);
	} else if (!s->behind && folded) {
		for (size_t i = 0; i < n; i++)
			gap_add(s->t, speak_item(s, s->i + i)->text, speak_item(s, s->i + i)->number, BETWEEN_ASIDE);
	} else if (!s->behind) {
		plain_between(s, item);
	}
	s->i += folded ? n - 1 : 0;
	buffer_free(&all);
}

/* Payload that is left out where the line stands. */
static void leave_out(struct speaking *s, enum side side, const struct item *item, struct slice what)
{
	gap_tell(s->t);
	talk_payload(s->t, side, what, item->number);
	s->own = true;
	s->side = side;
	s->strip = item->indent;
}

/* `<the document in .pdf format>`, perhaps folded, in the place of the payload. */
static bool describes(struct speaking *s, const struct item *item, enum side side)
{
	struct buffer all = { 0 };
	size_t n = slice_starts(item->text, SLICE("<")) ? speak_unfold(s, item, &all) : 0;
	struct slice inside = bracketed(buffer_slice(&all));
	bool described = n && describes_payload(inside);
	if (described) {
		leave_out(s, side, item, inside);
		s->i += n - 1;
	}
	buffer_free(&all);
	return described;
}

/* False where the line does not belong to the conversation. */
bool plain_read(struct speaking *s, const struct item *item)
{
	enum side side = s->side;
	enum role role = item->glued ? ROLE_REMARK
	                 : s->waits  ? role_behind(s, item, &side)
	                             : role_alone(s, item, &side);
	struct slice what;
	s->end = item->indent + item->text.n;
	if (role == ROLE_FOLDED) {
		fold_join(s, item);
		return true;
	}
	speak_flush(s);
	if (notation_left_out(item->text, &what) && s->t->open && payload_side(s, &side)) {
		leave_out(s, side, item, what.n ? what : item->text);
		return true;
	}
	if (role == ROLE_REMARK) {
		bool closed = closes(s, item);
		if (!closed)
			read_remark(s, item);
		return closed;
	}
	if (!describes(s, item, side))
		say_own(s, side, item);
	return true;
}
