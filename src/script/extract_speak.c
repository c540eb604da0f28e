/*
 * Items spoken into the talk under way. What a line without a prefix is depends on what the conversation awaits: payload stays a
 * line of its own, a command or a reply that the document has folded is put together again, all else is a remark.
 */
#include "script/extract_inside.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"
#include "script/tool.h"

/* So many lines of a run are looked at to tell what it is. */
#define RUN_JUDGED 128

/* Pages of text are so many columns wide. */
#define PAGE_WIDTH 72

/* A shorter word may be any. */
#define BASE64_MIN 20

/* So many lines a remark in brackets may be folded into. */
#define FOLDS_MAX 6

struct speaking {
	struct talk *t;
	const struct items *items;
	const struct judged *judged;
	struct titles *titles;
	size_t i; /* the item under way */
	/* The command or reply that may go on in the next line. */
	bool waits;
	struct buffer line;
	/* The line before: its side, where its prefix and its text begin. */
	enum side side;
	unsigned number;
	size_t indent, column;
	size_t index;   /* of the held line */
	bool own;       /* it had no prefix, and was payload */
	size_t strip;   /* columns that payload without prefixes has before its text */
	unsigned empty; /* empty lines since */
	bool behind;    /* no prefix comes any more: what is no part of the talk is not this passage's */
};

static const struct item *item_at(const struct speaking *s, size_t i)
{
	return i < s->items->n ? &s->items->rows[i] : NULL;
}

/* ---- the line that waits ---- */

/* The dialogue is told how long a counted text is as it is printed. */
static void settle_count(struct speaking *s, size_t next);

static void flush(struct speaking *s)
{
	if (!s->waits)
		return;
	s->waits = false;
	talk_said(s->t, s->side, buffer_slice(&s->line), s->number);
	settle_count(s, s->i);
}

/* ---- what the conversation awaits ---- */

static bool speaks(const struct talk *t, const char *protocol)
{
	return slice_equal(slice_of(draft_following(&t->draft)), slice_of(protocol));
}

/* Whether what `side` says now is payload: message text, a literal, a header, a body, a list. */
static bool in_payload(const struct talk *t, enum side side)
{
	const struct dialogue *d = t->draft.dialogue;
	if (!t->open || d == NULL)
		return false;
	if (dialogue_due(d, side))
		return true;
	if (side == SIDE_SERVER)
		return dialogue_in_reply(d) && (speaks(t, "pop3") || speaks(t, "http"));
	enum input input = dialogue_input(d);
	return input == INPUT_TEXT || input == INPUT_FIELD ||
	       (input == INPUT_COUNTED && dialogue_turn(d) == SIDE_CLIENT);
}

/* ---- counts ---- */

/* The text behind a count, as it is printed. */
struct counting {
	uint64_t printed, sum;
	size_t lines;
	bool fits, closes, body;
};

/* Whether the printed count ends in or behind this line. */
static bool count_line(struct counting *c, struct slice text)
{
	c->sum += text.n + 2;
	c->lines++;
	if (c->printed > c->sum)
		return false;
	uint64_t tail = c->sum - c->printed;
	c->fits = tail == 0 || (tail == 2 && !c->body);
	if (tail > 2 && tail <= text.n + 2 && !c->body)
		c->fits = text.p[text.n + 2 - tail] == ' ' || text.p[text.n + 2 - tail] == ')';
	return true;
}

/* Whether the server's line cannot be of the literal's text. */
static bool ends_literal(const struct speaking *s, struct slice text)
{
	struct slice rest = text, tag = slice_word(&rest);
	return slice_starts(text, SLICE(")")) || slice_starts(text, SLICE("* ")) || slice_starts(text, SLICE("+ ")) ||
	       dialogue_in_flight(s->t->draft.dialogue, tag);
}

/* Looks at the lines from the `next`th item on that `side` says. */
static void count(const struct speaking *s, enum side side, size_t next, struct counting *c)
{
	for (const struct item *item; (item = item_at(s, next)) != NULL; next++) {
		bool asked = side == SIDE_CLIENT && c->lines == 0 && slice_starts(item->text, SLICE("+"));
		if (item->kind == ITEM_HEADING || (item->kind == ITEM_SAID && item->side != side && !asked))
			return;
		if (item->kind == ITEM_EMPTY || asked || (item->kind == ITEM_PLAIN && item->indent < s->indent))
			continue;
		if (side == SIDE_SERVER && !c->body && ends_literal(s, item->text)) {
			c->closes = slice_starts(item->text, SLICE(")"));
			return;
		}
		if (notation_left_out(item->text, NULL)) {
			c->fits = true;
			return;
		}
		if (count_line(c, item->text))
			if (c->fits)
				return;
	}
}

static void settle_count(struct speaking *s, size_t next)
{
	struct dialogue *d = s->t->draft.dialogue;
	struct counting c = { 0 };
	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		c = (struct counting){ .printed = dialogue_due(d, side), .body = speaks(s->t, "http") };
		if (c.printed == 0)
			continue;
		count(s, side, next, &c);
		if (c.fits || c.lines == 0)
			continue;
		uint64_t end = c.body || c.closes ? 0 : 2;
		if (side == s->side)
			dialogue_recount(d, side, c.sum - end);
	}
}

/* ---- beginning a talk ---- */

/* The lines up to the next gap that holds more than empty lines. */
static size_t run_lines(const struct speaking *s, struct spoken *lines)
{
	size_t n = 0;
	for (size_t i = s->i; i < s->items->n && n < RUN_JUDGED; i++) {
		const struct item *item = &s->items->rows[i];
		if (item->kind == ITEM_HEADING ||
		    (item->kind == ITEM_PLAIN && item->indent <= s->items->rows[s->i].indent))
			break;
		if (item->kind == ITEM_SAID && !item->both)
			lines[n++] = (struct spoken){ item->side, slice_trim(item->text) };
	}
	return n;
}

/* Whether the run that begins here is spoken: in the talk under way, or one of its own. */
static bool enter(struct speaking *s, const struct item *item)
{
	struct talk *t = s->t;
	struct spoken lines[RUN_JUDGED];
	if (t->open && t->notation == s->judged->notation && t->gap.lines == 0 && in_payload(t, item->side)) {
		gap_forget(t);
		return true;
	}
	struct verdict v, *group = (struct verdict *)&s->judged->verdict;
	size_t n = run_lines(s, lines);
	const struct protocol *usual = t->open && t->notation == s->judged->notation ? t->protocol : group->protocol;
	verdict_make(lines, n, usual, &v);
	bool sure = v.greeted || v.sure[SIDE_CLIENT] + v.sure[SIDE_SERVER] > 0;
	if (group->protocol == NULL && !sure)
		v.protocol = NULL;
	if (talk_continues(t, s->judged, v.protocol, item->side, slice_trim(item->text))) {
		gap_tell(t);
		return true;
	}
	if (group->protocol && v.protocol == NULL && v.turns == 0)
		return false;
	bool tls = t->gap.tls;
	talk_end(t);
	gap_forget(t);
	talk_begin(t, s->judged, v.protocol, titles_at(s->titles, item->number), item->number);
	t->draft.tls = tls;
	const struct item *before = s->i ? &s->items->rows[s->i - 1] : NULL;
	if (before && before->glued && before->kind == ITEM_PLAIN && before->index == item->index)
		talk_comment(t, before->text, item->number);
	return true;
}

/* ---- what is said ---- */

/* A remark in brackets that is folded: all of it, and how many items it takes. */
static size_t unfold(const struct speaking *s, const struct item *item, struct buffer *all)
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
		const struct item *next = item_at(s, s->i + n);
		if (next == NULL || next->kind != ITEM_PLAIN || next->glued)
			return 1;
		buffer_add_octet(all, ' ');
		buffer_add_slice(all, next->text);
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

/* Whether payload may stand here, of which side. */
static bool takes_payload(const struct talk *t, enum side side)
{
	const struct dialogue *d = t->draft.dialogue;
	if (in_payload(t, side) || (d && side == SIDE_SERVER && dialogue_in_reply(d)))
		return true;
	/* A text of POP3's whose +OK the document forgets. */
	return d && side == SIDE_SERVER && speaks(t, "pop3") && dialogue_outstanding(d) > 0 && t->command &&
	       t->command->phase == PHASE_TRANSFER;
}

/* A line in brackets, or of dots: a direction, payload that is left out, or a remark. False: it is said. */
static bool not_said(struct speaking *s, const struct item *item, struct slice text)
{
	struct slice inside = bracketed(text), what = { 0 };
	bool left_out = notation_left_out(text, &what);
	bool payload = takes_payload(s->t, item->side);
	if (payload && left_out) {
		talk_payload(s->t, item->side, what.n ? what : text, item->number);
		return true;
	}
	if (payload && !item->both)
		return false;
	if (item->both || inside.n) {
		struct slice words = inside.n ? inside : slice_trim(text);
		if (stage(s, item, words, !item->both))
			return true;
		bool known = s->t->protocol != NULL;
		if (!item->both && !left_out && !known && connection_words(words) == WORDS_NONE)
			return false;
		remark(s, item, text);
		return true;
	}
	if (left_out)
		remark(s, item, text);
	return left_out;
}

/* A shell's line that is printed as the client's: it starts what connects. */
static bool is_shell(struct speaking *s, const struct item *item)
{
	struct slice arguments;
	bool shell = item->side == SIDE_CLIENT && s->t->said[SIDE_CLIENT] + s->t->said[SIDE_SERVER] == 0 &&
	             tool_of(item->text, &arguments).n;
	if (shell)
		remark(s, item, item->text);
	return shell;
}

static void say(struct speaking *s, enum side side, struct slice text, unsigned number)
{
	s->waits = true;
	s->side = side;
	s->number = number;
	buffer_clear(&s->line);
	buffer_add_slice(&s->line, text);
	if (in_payload(s->t, side))
		flush(s);
}

static void read_said(struct speaking *s, const struct item *item)
{
	struct buffer all = { 0 };
	flush(s);
	bool fresh = !s->t->open || gap_any(s->t);
	if (fresh && !enter(s, item)) {
		gap_add(s->t, item->text, item->number, BETWEEN_PROSE);
		s->i++;
		return;
	}
	s->t->flat = s->t->flat || item->flat;
	s->t->glued = s->t->glued || item->glued;
	s->indent = item->indent;
	s->column = item->column;
	s->index = item->index;
	s->own = false;
	s->empty = 0;
	struct slice prose = { 0 };
	struct item whole = *item;
	if (item->flat) {
		size_t end = flat_end(s->t, item->side, item->text);
		prose = slice_trim(slice_part(item->text, end, item->text.n));
		whole.text = prose.n ? slice_trim(slice_part(item->text, 0, end)) : item->text;
	}
	size_t n = unfold(s, &whole, &all);
	bool silent = is_shell(s, &whole) || not_said(s, &whole, buffer_slice(&all));
	s->i += silent ? n : 1;
	if (!silent)
		say(s, item->side, in_payload(s->t, item->side) ? whole.text : slice_trim(whole.text), item->number);
	if (prose.n) {
		flush(s);
		talk_comment(s->t, prose, item->number);
	}
	buffer_free(&all);
}

/* ---- lines without a prefix ---- */

enum role { ROLE_REMARK, ROLE_FOLDED, ROLE_OWN };

/* Whether the lines without prefix from the `i`th on end with a lone dot. */
static bool ends_with_dot(const struct speaking *s, size_t i)
{
	struct slice last = { 0 };
	for (const struct item *item; (item = item_at(s, i)) != NULL; i++) {
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

/* Whether the reply that waits asks for the client's text, and that stands here. */
static bool begins_text(const struct speaking *s, const struct item *item)
{
	struct slice line = buffer_slice(&s->line);
	bool asks = s->side == SIDE_SERVER && (slice_starts(line, SLICE("354")) || slice_starts(line, SLICE("+")));
	if (asks && draft_input(&s->t->draft) == INPUT_COUNTED)
		return true;
	return asks && (ends_with_dot(s, s->i) || is_field(item->text));
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
	if (protocol && speaks(s->t, "http"))
		return is_field(item->text) || item->indent <= s->column;
	return protocol && speaker_likes(protocol, s->side, item->text) >= 3;
}

static bool is_encoded(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!octet_is_alnum(text.p[i]) && text.p[i] != '+' && text.p[i] != '/' && text.p[i] != '=')
			return false;
	return text.n > 0;
}

/* Whether the word is long enough for nothing else. */
static bool is_base64(struct slice text)
{
	return text.n >= BASE64_MIN && is_encoded(text);
}

static struct slice last_word(struct slice line)
{
	size_t at = line.n;
	while (at > 0 && line.p[at - 1] != ' ')
		at--;
	return slice_part(line, at, line.n);
}

/* Whether the line goes on with one that is too long for the page, though it is indented no more than its prefix. */
static bool is_wrapped(const struct speaking *s, const struct item *item)
{
	struct slice line = buffer_slice(&s->line), rest = item->text, first = slice_word(&rest);
	if (rest.n == 0 && is_base64(item->text) && (slice_equal(line, SLICE("334")) || slice_equal(line, SLICE("+"))))
		return true;
	const struct item *next = item_at(s, s->i + 1);
	size_t width = s->column + line.n;
	bool full = width <= PAGE_WIDTH && width + 1 + first.n > PAGE_WIDTH && item->index == s->index + 1;
	return full && s->t->protocol && next && next->kind == ITEM_SAID && !is_aside(item->text);
}

/* What the line is that stands behind one that waits. */
static enum role role_behind(struct speaking *s, const struct item *item, enum side *side)
{
	*side = s->side;
	if (item->indent < s->indent || item->cell)
		return ROLE_REMARK;
	if (begins_text(s, item)) {
		*side = SIDE_CLIENT;
		return ROLE_OWN;
	}
	if (goes_on(s, item) || (s->side == SIDE_SERVER && speaks(s->t, "pop3") && ends_with_dot(s, s->i)))
		return ROLE_OWN;
	if (item->indent == s->indent && is_wrapped(s, item))
		return ROLE_FOLDED;
	if (item->indent <= s->indent || notation_left_out(item->text, NULL) || begins_aside(item->text) ||
	    (bracketed(item->text).n && connection_words(bracketed(item->text)) != WORDS_NONE))
		return ROLE_REMARK;
	return ROLE_FOLDED;
}

/* Where nothing waits: payload goes on, or it is a remark. */
static enum role role_alone(struct speaking *s, const struct item *item, enum side *side)
{
	*side = in_payload(s->t, s->side) ? s->side : 1 - s->side;
	if (!in_payload(s->t, *side) || item->cell)
		return ROLE_REMARK;
	if (item->indent > s->indent || ends_with_dot(s, s->i) || draft_input(&s->t->draft) == INPUT_COUNTED)
		return ROLE_OWN;
	const struct item *next = item_at(s, s->i + 1);
	bool midst = next && next->kind == ITEM_SAID && next->side == *side;
	return item->indent == s->indent && (midst || s->own) ? ROLE_OWN : ROLE_REMARK;
}

/* Columns that all of the payload's lines have before their text, from this item on. */
static size_t strip_of(const struct speaking *s)
{
	size_t strip = s->column;
	for (size_t i = s->i; i < s->items->n && s->items->rows[i].kind != ITEM_SAID; i++)
		if (s->items->rows[i].kind == ITEM_PLAIN && s->items->rows[i].indent < strip)
			strip = s->items->rows[i].indent;
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
		if (s->own || in_payload(s->t, side))
			talk_said(s->t, side, SLICE(""), item->number);
	text = (struct slice){ text.p - more, text.n + more };
	s->own = true;
	gap_forget(s->t);
	say(s, side, text, item->number);
	flush(s);
}

/* The word without the quotes and brackets around it. */
static struct slice bare_word(struct slice word)
{
	while (word.n && strchr("\"()<>", word.p[0]))
		word = slice_part(word, 1, word.n);
	while (word.n && strchr("\"()<>", word.p[word.n - 1]))
		word.n--;
	return word;
}

/* Whether a word is parted where the line is: an encoded text is anywhere, an address at its punctuation. */
static bool parts_word(struct slice line, struct slice next)
{
	struct slice last = last_word(line), rest = next, first = slice_word(&rest);
	char end = line.n ? line.p[line.n - 1] : ' ', begin = next.p[0];
	size_t quotes = 0;
	for (size_t i = 0; i < line.n; i++)
		quotes += line.p[i] == '"';
	if (is_base64(bare_word(last)) && is_encoded(bare_word(first)) && rest.n == 0)
		return strchr("\")>", end) == NULL;
	return strchr(";/?&|", begin) || strchr("/|", end) ||
	       (begin == ':' && slice_find(last, SLICE("://")) < last.n) || (quotes % 2 == 1 && strchr(";=", end));
}

static void fold(struct speaking *s, const struct item *item)
{
	if (!parts_word(buffer_slice(&s->line), item->text))
		buffer_add_octet(&s->line, ' ');
	buffer_add_slice(&s->line, item->text);
	gap_forget(s->t);
}

/* A line that is nobody's. */
static void between(struct speaking *s, const struct item *item)
{
	bool heading = item->kind == ITEM_HEADING;
	bool aside = begins_aside(item->text) || (item->indent > s->indent && s->t->open && s->empty == 0);
	gap_add(s->t, item->text, item->number, heading ? BETWEEN_HEADING : aside ? BETWEEN_ASIDE : BETWEEN_PROSE);
	if (!item->glued && (heading || item->block == 0))
		titles_see(s->titles, item->text, item->number, heading);
}

/* Whether TLS may begin now: it was asked for, or nothing has been said. */
static bool tls_begins(const struct talk *t)
{
	if (!t->open || t->draft.dialogue == NULL || t->protocol == NULL)
		return t->open;
	return dialogue_tls_pending(t->draft.dialogue) || (t->command && t->command->phase == PHASE_ENCRYPT);
}

/* False where the line does not belong to the conversation. */
static bool read_plain(struct speaking *s, const struct item *item)
{
	enum side side = s->side;
	enum role role = item->glued ? ROLE_REMARK
	                 : s->waits  ? role_behind(s, item, &side)
	                             : role_alone(s, item, &side);
	struct slice what;
	if (role == ROLE_FOLDED) {
		fold(s, item);
		return true;
	}
	flush(s);
	if (notation_left_out(item->text, &what) && s->t->open && takes_payload(s->t, s->side)) {
		gap_tell(s->t);
		talk_payload(s->t, s->side, what.n ? what : item->text, item->number);
		return true;
	}
	bool aside = is_aside(item->text) || begins_aside(item->text);
	if (role == ROLE_REMARK && aside && tls_begins(s->t) &&
	    connection_words(aside_words(item->text)) == WORDS_TLS) {
		gap_tell(s->t);
		talk_comment(s->t, item->text, item->number);
		talk_tls(s->t, item->number);
		return true;
	}
	if (role == ROLE_OWN)
		say_own(s, side, item);
	else if (!s->behind)
		between(s, item);
	return role == ROLE_OWN;
}

/* What no prefix marks: true where it was of the talk. */
static bool read_other(struct speaking *s, const struct item *item)
{
	if (item->kind == ITEM_PLAIN)
		return read_plain(s, item);
	flush(s);
	s->empty += item->kind == ITEM_EMPTY;
	if (!s->behind && item->kind == ITEM_EMPTY)
		gap_empty(s->t);
	if (!s->behind && item->kind == ITEM_HEADING)
		between(s, item);
	return false;
}

size_t speak(struct talk *t, const struct items *items, const struct judged *judged, struct titles *titles)
{
	struct speaking s = { .t = t, .items = items, .judged = judged, .titles = titles };
	size_t end = judged->last + 1;
	while (s.i < items->n) {
		const struct item *item = &items->rows[s.i];
		s.behind = item->index > judged->last;
		if (item->kind == ITEM_SAID) {
			read_said(&s, item); /* moves on */
			continue;
		}
		bool taken = read_other(&s, item);
		if (taken)
			end = item->index + 1 > end ? item->index + 1 : end;
		else if (s.behind && item->kind != ITEM_EMPTY)
			break;
		s.i++;
	}
	flush(&s);
	buffer_free(&s.line);
	return end;
}
