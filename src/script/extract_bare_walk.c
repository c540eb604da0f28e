/*
 * A stretch of lines walked as one protocol: what is said by whom, what is a tool's, what fits nowhere.
 */
#include "script/extract_bare.h"

#include <string.h>

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"

/* A line is folded where it has about so many columns. */
#define WIDTH_LEAST 66
#define WIDTH_MOST 80

/* So many lines a document folds one into. */
#define FOLDS_MAX 5

/* So many lines are looked at to tell how long a literal is. */
#define LITERAL_LINES 512

/* So many lines that speak against it are enough. */
#define AGAINST_MAX 24

static bool is_protocol(const struct walk *w, const char *name)
{
	return slice_equal(slice_of(w->protocol->name), slice_of(name));
}

/* ---- looking ahead ---- */

bool walk_dot_ahead(struct walk *w, size_t i)
{
	if (i >= w->dot.from && i < w->dot.to)
		return w->dot.found;
	w->dot.from = i;
	w->dot.found = false;
	for (; i < w->s->end && !w->dot.found; i++) {
		struct slice text = stretch_line(w->s, i), rest;
		w->dot.found = slice_equal(text, SLICE(".")) ||
		               (stretch_marked(w->s, SIDE_CLIENT, text, &rest) && slice_equal(rest, SLICE(".")));
		if (line_starts(text, "+OK", NULL) || line_starts(text, "-ERR", NULL))
			break;
	}
	w->dot.to = i < w->s->end || w->dot.found ? i : i + 1;
	return w->dot.found;
}

/* Whether the server's line cannot be of a literal's text. */
static bool ends_literal(const struct walk *w, enum side side, struct slice text)
{
	struct slice rest = text, tag = slice_word(&rest);
	if (side == SIDE_CLIENT)
		return slice_equal(tag, SLICE("*")) || dialogue_in_flight(w->d, tag);
	return slice_starts(text, SLICE(")")) || slice_starts(text, SLICE("* ")) || slice_starts(text, SLICE("+ ")) ||
	       dialogue_in_flight(w->d, tag);
}

/* The count that has just begun is told to be as long as what is printed, where it is not. */
static void settle_literal(struct walk *w, size_t i)
{
	struct step *step = &w->steps[w->n - 1];
	enum side side = dialogue_due(w->d, SIDE_SERVER) ? SIDE_SERVER : SIDE_CLIENT;
	uint64_t due = dialogue_due(w->d, side), sum = 0;
	bool closes = false;
	if (due == 0 || step->recounted)
		return;
	for (size_t last = i + LITERAL_LINES; i < w->s->end && i < last; i++) {
		struct slice text = stretch_line(w->s, i);
		if (notation_left_out(text, NULL))
			return;
		if (side == SIDE_CLIENT && sum == 0 && slice_starts(text, SLICE("+")))
			continue;
		closes = slice_starts(text, SLICE(")"));
		if (ends_literal(w, side, text))
			break;
		sum += text.n + 2;
		if (sum < due)
			continue;
		uint64_t tail = sum - due;
		char at = tail > 2 && tail <= text.n + 2 ? text.p[text.n + 2 - tail] : 0;
		if (tail == 0 || tail == 2 || at == ' ' || at == ')')
			return;
	}
	if (sum == 0)
		return;
	step->recounted = true;
	step->count = sum - (closes ? 0 : 2);
	dialogue_recount(w->d, side, step->count);
}

/* ---- what is said ---- */

/* Whether the line's first word is that one, in any case. */
static bool line_starts_word(struct slice line, const char *word)
{
	return slice_equal_nocase(slice_word(&line), slice_of(word));
}

static void count_said(struct walk *w, enum side side, unsigned likes)
{
	w->said[side]++;
	w->asides = 0;
	w->likely[side] += likes >= 2;
	w->sure[side] += likes >= 3;
}

/* Brackets that a line leaves open. */
static unsigned left_open(struct slice text, unsigned open)
{
	for (size_t i = 0; i < text.n; i++) {
		open += text.p[i] == '[' || text.p[i] == '(';
		open -= open && (text.p[i] == ']' || text.p[i] == ')');
	}
	return open;
}

static void say_server(struct walk *w, struct slice text, unsigned likes, size_t i)
{
	size_t waiting = dialogue_outstanding(w->d);
	bool in_reply = dialogue_in_reply(w->d), greets = w->n == 0 || w->said[SIDE_CLIENT] + w->said[SIDE_SERVER] == 0;
	w->greeted = w->greeted || (greets && w->protocol->greeting && w->protocol->greeting(text) >= 2);
	walk_say(w, SIDE_SERVER, text, SLICE("\r\n"), i);
	count_said(w, SIDE_SERVER, likes);
	if (waiting && w->client_last)
		w->exchanges++;
	else if (!waiting && !w->client_last && !in_reply && !greets && !w->protocol->tagged)
		w->unasked++;
	w->several += line_is_code(text) && text.n > 3 && text.p[3] == '-';
	w->asked = w->proves = w->client_last = false;
	w->open = w->protocol->tagged && dialogue_due(w->d, SIDE_SERVER) == 0 ? left_open(text, 0) : 0;
	w->folds = 0;
	settle_literal(w, i + 1);
}

static void say_client(struct walk *w, struct slice text, unsigned likes, size_t i)
{
	if (is_protocol(w, "pop3") && dialogue_in_reply(w->d))
		walk_assume(w, SLICE(".\r\n"));
	w->unheard += dialogue_outstanding(w->d) > 0 && !w->protocol->tagged;
	walk_say(w, SIDE_CLIENT, text, SLICE("\r\n"), i);
	w->steps[w->n - 1].command = true;
	count_said(w, SIDE_CLIENT, likes);
	w->asked = w->protocol->one_code && line_starts_word(text, "DATA");
	w->proves = w->protocol->one_code && line_starts_word(text, "AUTH");
	w->retrieves = is_protocol(w, "pop3") && (line_starts_word(text, "RETR") || line_starts_word(text, "TOP"));
	w->client_last = true;
	w->open = 0;
	settle_literal(w, i + 1);
}

/* Payload of that side, as it stands. */
static void say_payload(struct walk *w, enum side side, struct slice text, size_t i)
{
	w->payload = true;
	if (notation_left_out(text, NULL)) {
		walk_left_out(w, side, text, i);
		return;
	}
	walk_say(w, side, text, SLICE("\r\n"), i);
	w->client_last = side == SIDE_CLIENT;
	settle_literal(w, i + 1);
}

/* ---- tools ---- */

static void read_block(struct walk *w, struct slice text)
{
	if (line_starts(text, w->skipping->ends, NULL))
		w->skipping = NULL;
}

/* Whether the line is a tool's. */
static bool read_tool(struct walk *w, struct slice text, size_t i)
{
	struct slice arguments;
	enum side side;
	bool any = w->said[SIDE_CLIENT] + w->said[SIDE_SERVER] > 0;
	if (w->skipping) {
		read_block(w, text);
		return true;
	}
	if (tool_logs(text)) {
		walk_remark(w, text, i);
		return true;
	}
	if (any && tool_closes(text, &side)) {
		struct step step = { .kind = STEP_HANGS_UP, .side = side, .index = i, .text = text };
		walk_add(w, &step);
		w->over = w->screen = true;
		return true;
	}
	if (tool_of(text, &arguments).n && !w->protocol->machine)
		return false;
	bool starts = tool_of(text, &arguments).n && (tool_target(arguments).port || w->s->literal);
	if (starts && any) {
		w->over = true;
		return true;
	}
	w->skipping = w->tls ? tool_block(text) : NULL;
	bool says = starts || w->skipping || tool_says(text, w->tls);
	w->screen = w->screen || says;
	if (says)
		walk_remark(w, text, i);
	return says;
}

/* ---- commands and replies ---- */

/* Whether the line goes on with what the server has begun: a list, a text, the rest behind a literal. */
static bool reply_goes_on(struct walk *w, struct slice text, unsigned client, size_t i)
{
	if (!dialogue_in_reply(w->d))
		return false;
	if (is_protocol(w, "pop3"))
		return (client < 2 && w->kept) || walk_dot_ahead(w, i);
	if (w->protocol->tagged)
		return text.p[0] == ')' || text.p[0] == ' ';
	return w->protocol->data_connection && client < 2;
}

static void fold(struct walk *w, struct slice text, size_t i)
{
	struct step step = { .kind = STEP_FOLDED, .side = SIDE_SERVER, .index = i, .text = slice_trim(text) };
	w->open = left_open(text, w->open);
	w->folds++;
	walk_add(w, &step);
}

/* Whether the reply right above fills its line as text does that is folded there. */
static bool is_cut(const struct walk *w, size_t i)
{
	const struct step *last = w->n ? &w->steps[w->n - 1] : NULL;
	if (last == NULL || last->kind != STEP_SAID || last->side != SIDE_SERVER || last->index + 1 != i)
		return false;
	size_t width = w->s->p->lines[last->index].n;
	return width >= WIDTH_LEAST && width <= WIDTH_MOST;
}

static bool is_note(struct slice text)
{
	return text.p[0] == '#' || text.p[0] == '[' || text.p[0] == '(' || line_starts(text, "//", NULL) ||
	       line_starts(text, "$ ", NULL) || notation_left_out(text, NULL);
}

/* A greeting where the conversation has come to rest: another one begins. */
static bool greets_anew(const struct walk *w, struct slice text)
{
	return w->said[SIDE_CLIENT] && dialogue_outstanding(w->d) == 0 && !dialogue_in_reply(w->d) &&
	       w->protocol->greeting(text) >= 3 && !w->protocol->tagged;
}

/* Among lines of text: a reply where nothing was asked is prose that begins with a number. */
static bool is_unasked(const struct walk *w)
{
	return !w->s->literal && !w->protocol->tagged && w->said[SIDE_CLIENT] && dialogue_outstanding(w->d) == 0 &&
	       !dialogue_in_reply(w->d);
}

/* IMAP: whether the first word of a line that is no command comes back as a tag in the next one, as where somebody has typed none:
 * `login bob secret`, `login BAD …`. */
static bool comes_back(const struct walk *w, struct slice text, size_t i)
{
	struct slice tag = slice_word(&text),
		     next = i + 1 < w->s->end ? stretch_line(w->s, i + 1) : (struct slice){ 0 };
	struct slice rest = next, back = slice_word(&rest), status = slice_word(&rest);
	bool answers = slice_equal(status, SLICE("BAD")) || slice_equal(status, SLICE("NO")) ||
	               slice_equal(status, SLICE("OK"));
	return w->protocol->tagged && tag.n && octet_is_alnum(tag.p[0]) && slice_equal(tag, back) && answers && rest.n;
}

/* Whether the line is one word between two lines of the server's, the first of which ends a reply and the second begins one: a
 * command that the protocol does not know. */
static bool is_unknown_command(const struct walk *w, struct slice text, size_t i)
{
	const struct step *last = w->n ? &w->steps[w->n - 1] : NULL;
	struct slice next = i + 1 < w->s->end ? stretch_line(w->s, i + 1) : (struct slice){ 0 }, verb = text;
	bool alone = true;
	for (size_t k = 0; k < text.n; k++)
		alone = alone && octet_is_alpha(text.p[k]);
	return w->s->literal && alone && !parts_alternatives(text) && !w->protocol->tagged && last &&
	       last->kind == STEP_SAID && last->side == SIDE_SERVER && last->index + 1 == i &&
	       dialogue_input(w->d) == INPUT_COMMAND && dialogue_outstanding(w->d) == 0 && !dialogue_in_reply(w->d) &&
	       speaker_likes(w->protocol, SIDE_SERVER, next) >= 2 && slice_word(&verb).n > 2;
}

static void read_line(struct walk *w, struct slice text, size_t i)
{
	struct slice said[2];
	unsigned likes[2] = { 0, 0 };
	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
		if (stretch_marked(w->s, side, text, &said[side]))
			likes[side] = walk_likes(w, side, said[side]);
	bool marks[2] = { w->s->mark[SIDE_CLIENT].n > 0, w->s->mark[SIDE_SERVER].n > 0 };
	bool goes_on = reply_goes_on(w, text, likes[SIDE_CLIENT], i);
	/* where both might say it */
	bool turn = likes[SIDE_SERVER] > 1 || dialogue_outstanding(w->d) > 0 || dialogue_in_reply(w->d);
	if (likes[SIDE_SERVER] && (greets_anew(w, said[SIDE_SERVER]) || (is_unasked(w) && likes[SIDE_CLIENT] == 0)))
		w->over = true;
	else if (marks[SIDE_CLIENT] && likes[SIDE_CLIENT])
		say_client(w, said[SIDE_CLIENT], likes[SIDE_CLIENT], i);
	else if (marks[SIDE_SERVER] && likes[SIDE_SERVER])
		say_server(w, said[SIDE_SERVER], likes[SIDE_SERVER], i);
	else if (goes_on && likes[SIDE_SERVER] == 0)
		say_payload(w, SIDE_SERVER, text, i);
	else if (!marks[SIDE_SERVER] && likes[SIDE_SERVER] &&
	         (likes[SIDE_SERVER] + turn > likes[SIDE_CLIENT] || goes_on))
		say_server(w, said[SIDE_SERVER], likes[SIDE_SERVER], i);
	else if (!marks[SIDE_CLIENT] && likes[SIDE_CLIENT])
		say_client(w, said[SIDE_CLIENT], likes[SIDE_CLIENT], i);
	else if (!marks[SIDE_CLIENT] && (comes_back(w, text, i) || is_unknown_command(w, text, i)))
		say_client(w, text, 0, i);
	else if ((w->open && w->folds < FOLDS_MAX) || is_cut(w, i))
		fold(w, text, i);
	else if (is_note(text))
		walk_remark(w, text, i);
	else
		walk_misfit(w, text, i);
}

/* ---- payload ---- */

/* Message text up to its dot. Where no dot comes, what surely is none of it ends it: a reply, a shell's line that connects. */
static void read_text(struct walk *w, struct slice text, size_t i)
{
	struct slice rest, arguments;
	bool dot = walk_dot_ahead(w, i), connects = tool_of(text, &arguments).n && tool_target(arguments).port;
	if (!dot && (line_is_code(text) || connects || !w->s->literal)) {
		if (speaker_likes(w->protocol, SIDE_SERVER, text) >= 2)
			say_server(w, text, 2, i);
		else
			w->over = true;
		return;
	}
	bool marked = stretch_marked(w->s, SIDE_CLIENT, text, &rest);
	say_payload(w, SIDE_CLIENT, marked ? rest : text, i);
}

/* What an author has written behind an answer, which has no spaces itself (RFC 4954 4); empty where nothing stands there. */
static struct slice answer_gloss(struct slice *text)
{
	struct slice rest = *text, answer = slice_word(&rest), words = slice_trim(rest);
	if (words.n == 0 || strchr("#(;", words.p[0]) == NULL || answer.n % 4)
		return (struct slice){ 0 };
	*text = answer;
	return words;
}

/* An answer to a challenge, or what ends IDLE. */
static void read_answer(struct walk *w, struct slice text, size_t i)
{
	struct slice rest;
	bool marked = stretch_marked(w->s, SIDE_CLIENT, text, &rest);
	if (slice_starts(text, SLICE("* ")) || (!marked && speaker_likes(w->protocol, SIDE_SERVER, text) >= 2)) {
		read_line(w, text, i);
		return;
	}
	struct slice answer = slice_trim(marked ? rest : text), gloss = answer_gloss(&answer);
	say_payload(w, SIDE_CLIENT, answer, i);
	if (gloss.n)
		walk_remark(w, gloss, i);
}

/* Whether the line is payload by the dialogue's state; it has been said then. */
static bool read_payload(struct walk *w, struct slice text, size_t i)
{
	enum input input = dialogue_input(w->d);
	bool client = dialogue_turn(w->d) == SIDE_CLIENT;
	if (dialogue_due(w->d, SIDE_SERVER)) {
		say_payload(w, SIDE_SERVER, text, i);
		return true;
	}
	if (!client)
		return false;
	if (input == INPUT_TEXT)
		read_text(w, text, i);
	else if (input == INPUT_ANSWER && text.n)
		read_answer(w, text, i);
	else if (input == INPUT_COUNTED || (input == INPUT_REST && text.n))
		say_payload(w, SIDE_CLIENT, text, i);
	else
		return false;
	return true;
}

/* Whether an empty line is of the text that the server's reply holds: more of it comes. */
static bool empty_counts(struct walk *w, size_t i)
{
	if (!dialogue_in_reply(w->d) || !is_protocol(w, "pop3"))
		return false;
	while (i < w->s->end && stretch_line(w->s, i).n == 0)
		i++;
	return i < w->s->end &&
	       (walk_dot_ahead(w, i) || speaker_likes(w->protocol, SIDE_CLIENT, stretch_line(w->s, i)) < 2);
}

/* What s_client prints of how it asked for TLS itself: one reply, before anything is said. */
static bool is_opening(const struct walk *w, struct slice text)
{
	return w->starttls && w->said[SIDE_CLIENT] + w->said[SIDE_SERVER] == 0 && !w->protocol->greeting(text) &&
	       speaker_likes(w->protocol, SIDE_SERVER, text) >= 1;
}

static bool is_over(const struct walk *w)
{
	return dialogue_closing(w->d) && dialogue_outstanding(w->d) == 0 && !dialogue_in_reply(w->d) &&
	       w->said[SIDE_CLIENT] + w->said[SIDE_SERVER] > 0;
}

/* HTTP's line: of a body it is as it stands. */
static void read_http(struct walk *w, struct slice text, size_t i)
{
	struct slice gloss = { 0 };
	if (w->http != HTTP_BODY)
		gloss = bare_gloss(&text);
	if (w->http != HTTP_START || text.n == 0 || !read_tool(w, text, i))
		walk_http(w, text, i);
	if (gloss.n)
		walk_remark(w, gloss, i);
}

/* A line that is no payload. */
static void read_spoken(struct walk *w, struct slice text, size_t i)
{
	struct slice gloss = bare_gloss(&text);
	if (gloss.n == 0 && w->s->hashes)
		gloss = bare_hash_gloss(&text);
	if (is_over(w))
		w->over = true;
	else if (is_opening(w, text))
		walk_remark(w, text, i);
	else
		read_line(w, text, i);
	if (gloss.n && !w->over)
		walk_remark(w, gloss, i);
}

static void read_any(struct walk *w, size_t i)
{
	struct slice text = stretch_line(w->s, i);
	if (!w->protocol->server_first) {
		read_http(w, text, i);
		return;
	}
	walk_unprinted(w, text, i);
	if (read_payload(w, text, i))
		return;
	if (text.n == 0) {
		if (empty_counts(w, i))
			say_payload(w, SIDE_SERVER, text, i);
	} else if (!read_tool(w, text, i)) {
		read_spoken(w, text, i);
	}
}

/* Whether it cannot be one any more: a list of replies, a table of commands, a program's text. */
static bool is_hopeless(const struct walk *w)
{
	size_t fits = w->exchanges + w->fields + w->said[SIDE_CLIENT] / 2;
	return w->misfits > AGAINST_MAX + 2 * fits || w->unasked > AGAINST_MAX + w->exchanges ||
	       w->unheard > AGAINST_MAX + 2 * w->exchanges;
}

void walk_run(struct walk *w)
{
	w->next = w->s->first;
	for (w->walked = w->s->first; w->walked < w->s->end && !w->over && !is_hopeless(w); w->walked++)
		read_any(w, w->walked);
	if (!w->protocol->server_first)
		walk_http_end(w);
}
