/*
 * Conversations without prefixes: where one may begin, which protocol it is, and speaking it into the talk.
 */
#include "script/extract_bare.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"

/* So much is kept of what was said since nothing was awaited, in octets. */
#define TAIL_MAX ((size_t)16 * 1024)

/* So many lines of prose may stand between what the client says and what the server answers, each in a block of its own. */
#define LINES_BETWEEN 8

/* So often a beginning is looked for among lines that were found to be no conversation. */
#define TRIES_MAX 4

static const struct notation without = { .name = "none", .client = "", .server = "", .weight = 3 };
static const struct judged unmarked = { .notation = &without };

/* ---- what is known from line to line ---- */

void bare_free(struct bare *bare)
{
	buffer_free(&bare->shell.line);
	buffer_free(&bare->tail);
}

static void add_row(struct bare *bare, enum side side, struct slice text)
{
	bare->lost = bare->lost || bare->tail.n + text.n > TAIL_MAX;
	if (bare->lost)
		return;
	buffer_add_octet(&bare->tail, side == SIDE_CLIENT ? 'C' : 'S');
	buffer_add_slice(&bare->tail, text);
	buffer_add_octet(&bare->tail, '\n');
}

static void keep_tail(struct bare *bare, const struct talk *t, enum side side, struct slice text)
{
	const struct dialogue *d = t->draft.dialogue;
	bool rests = dialogue_outstanding(d) == 0 && !dialogue_in_reply(d) && dialogue_due(d, SIDE_SERVER) == 0 &&
	             dialogue_input(d) == INPUT_COMMAND;
	if (rests) {
		buffer_clear(&bare->tail);
		bare->lost = false;
		return;
	}
	add_row(bare, side, text);
}

/* ---- the walk's beginning ---- */

/* The dialogue has seen a greeting, or it takes the first reply for it. */
static void greet(struct walk *w)
{
	const struct protocol *protocol = w->protocol;
	if (protocol->server_first)
		walk_assume(w, protocol->tagged                                  ? SLICE("* OK\r\n")
		               : protocol->one_code || protocol->data_connection ? SLICE("220\r\n")
		                                                                 : SLICE("+OK\r\n"));
}

/* Whether the last row is the empty line behind a header: no line of a body was said. What has begun in one block does not go on
 * in the next. */
static bool ends_header(struct slice tail)
{
	static const struct slice empty = { "\nS\n", 3 };
	return tail.n > empty.n && slice_equal(slice_part(tail, tail.n - empty.n, tail.n), empty);
}

/* What the talk under way awaits is what comes next. */
static void resume(struct walk *w, const struct bare *bare)
{
	struct slice rest = buffer_slice(&bare->tail);
	greet(w);
	while (rest.n) {
		struct slice row = slice_row(&rest);
		enum side side = row.p[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER;
		walk_feed(w, side, slice_part(row, 1, row.n));
		walk_feed(w, side, SLICE("\r\n"));
		struct slice verb = slice_part(row, 1, row.n);
		w->asked = w->protocol->one_code && side == SIDE_CLIENT &&
		           slice_equal_nocase(slice_word(&verb), SLICE("DATA"));
	}
	w->assumed = (struct slice){ 0 };
	struct slice tail = buffer_slice(&bare->tail);
	w->announced = slice_find_nocase(tail, SLICE("\nSContent-Type:")) < tail.n;
	if (!w->protocol->server_first && ends_header(tail))
		walk_http_resume(w);
}

/* Whether the talk under way is one without prefixes, and may go on: nobody has connected again. */
static bool is_under_way(const struct bare *bare, const struct talk *t)
{
	const struct dialogue *d = t->draft.dialogue;
	return bare->shell.number <= t->last && t->open && t->notation == &without && d && t->protocol &&
	       dialogue_input(d) != INPUT_NOTHING;
}

/* Whether POP3's talk awaits more of a list or a text. */
static bool awaits_text(const struct talk *t)
{
	const struct protocol *protocol = t->protocol;
	return t->open && protocol && !protocol->one_code && !protocol->tagged && protocol->server_first &&
	       t->draft.dialogue && dialogue_in_reply(t->draft.dialogue);
}

/* Whether that is over though no dot ends it: dots stood for it, a heading stands behind it, or it began in a block and that is
 * closed. */
static bool is_cut_short(const struct bare *bare, const struct talk *t, const struct stretch *s)
{
	return awaits_text(t) && (bare->left_out || t->gap.headings || (bare->literal && !s->literal));
}

/* Whether the talk awaits a reply or payload, and what stands between leaves room for it. */
static bool awaits(const struct bare *bare, const struct talk *t)
{
	return is_under_way(bare, t) && bare->tail.n && !bare->lost && !t->gap.or &&t->gap.lines <= 2 * LINES_BETWEEN;
}

/* Whether the tool's port or -starttls says that it is this one. */
static bool is_named(const struct bare *bare, const struct protocol *protocol)
{
	if (bare->shell.starttls)
		return slice_equal(slice_of(bare->shell.starttls), slice_of(protocol->name));
	return bare->shell.port && protocol_of_port(bare->shell.port) == protocol;
}

static void start(struct walk *w, const struct bare *bare)
{
	w->d = dialogue_new(w->protocol);
	w->tls = bare->shell.tls;
	w->starttls = bare->shell.starttls != NULL || bare->shell.tls;
	w->screen = bare->screen;
	w->named = is_named(bare, w->protocol);
	w->other = bare->shell.port && !w->named;
	struct slice first = stretch_line(w->s, w->s->first), said;
	if (w->goes_on)
		resume(w, bare);
	else if (!stretch_marked(w->s, SIDE_SERVER, first, &said) || !w->protocol->greeting ||
	         !w->protocol->greeting(said))
		greet(w);
}

/* ---- which protocol ---- */

static size_t weigh(const struct walk *w, const struct bare *bare)
{
	return walk_weight(w) * (is_named(bare, w->protocol) ? 3 : 1) * (w->goes_on ? 2 : 1);
}

/* Where replies are not printed, or told of in prose, a command may follow the last: the dialogue is told that it was answered. Who
 * says hello begins anew. */
static bool goes_on_unanswered(const struct talk *t, const struct walk *w, const struct step *first)
{
	const struct dialogue *d = t->draft.dialogue;
	const struct entry *command = first->command ? command_of(w->protocol, first->text) : NULL;
	if (w->protocol->tagged || !w->protocol->server_first || dialogue_outstanding(d) == 0 || dialogue_in_reply(d) ||
	    !t->begun || !first->command || t->gap.lines > LINES_BETWEEN || t->gap.or)
		return false;
	bool step = w->s->literal && t->gap.headings == 0 && command && command->phase != PHASE_IDENTIFY;
	if (!w->protocol->one_code)
		return step;
	return t->said[SIDE_SERVER] <= 1 || step;
}

static bool is_response(const struct walk *w, struct slice text)
{
	enum side side;
	return !w->protocol->server_first && http_begins(w, text, &side) && side == SIDE_SERVER;
}

/* Whether a request waits for its response, and none has begun. */
static bool is_due(const struct talk *t)
{
	const struct dialogue *d = t->draft.dialogue;
	return dialogue_outstanding(d) > 0 && !dialogue_in_reply(d);
}

/* Whether what is said first goes on with the talk under way. Each of HTTP's requests can stand by itself, and so can a second
 * response: those that a document shows apart are conversations of their own. */
bool bare_continues(const struct bare *bare, const struct talk *t, const struct walk *w, const struct step *first)
{
	if (!is_under_way(bare, t) || w->protocol != t->protocol)
		return false;
	if (!w->protocol->server_first && first->side == SIDE_CLIENT && (t->gap.lines || t->gap.empty))
		return false;
	if (is_response(w, first->text) && !is_due(t))
		return false;
	return goes_on_unanswered(t, w, first) || talk_continues(t, &unmarked, w->protocol, first->side, first->text);
}

/* Whether the lines go on with the talk under way, though too few to be a conversation by themselves. */
static bool fits_talk(const struct walk *w, const struct bare *bare, const struct talk *t)
{
	if (w->n == 0 || w->misfits || w->kept == 0)
		return false;
	size_t i = 0;
	while (i < w->n && w->steps[i].kind == STEP_REMARK)
		i++;
	bool alone = w->n == 1 && w->steps[0].command; /* a block of its own */
	bool answers = w->likely[SIDE_SERVER] && (w->likely[SIDE_CLIENT] || w->exchanges > 1);
	bool alike = w->s->literal ? w->likely[w->steps[i].side] > 0 || w->exchanges || alone
	                           : w->exchanges && (w->sure[SIDE_SERVER] || answers);
	return alike && bare_continues(bare, t, w, &w->steps[i]);
}

/* HTTP: whether a message stands first that waits for nothing: a request, or a response where none is due. */
static bool comes_anew(const struct walk *w, const struct talk *t)
{
	struct slice first = stretch_line(w->s, w->s->first);
	enum side side;
	if (w->protocol->server_first || !http_begins(w, first, &side))
		return false;
	return side == SIDE_CLIENT || !is_due(t);
}

/* Whether what comes first is what the talk awaits: the server's line, or payload. */
static bool is_resumed(const struct walk *w, const struct talk *t)
{
	size_t i = 0;
	while (i < w->kept && w->steps[i].kind == STEP_REMARK)
		i++;
	if (!w->goes_on || i >= w->kept)
		return false;
	return w->steps[i].side == SIDE_SERVER || (!w->steps[i].command && !t->gap.headings);
}

/* Whether the protocol likes what stands first. */
static bool likes_first(const struct walk *w)
{
	struct slice first = stretch_line(w->s, w->s->first), said;
	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
		if (stretch_marked(w->s, side, first, &said) && speaker_likes(w->protocol, side, said))
			return true;
	return false;
}

/* Whether a command of the protocol stands first. */
static bool asks_first(const struct walk *w)
{
	struct slice first = stretch_line(w->s, w->s->first), said;
	return w->s->literal && stretch_marked(w->s, SIDE_CLIENT, first, &said) &&
	       speaker_likes(w->protocol, SIDE_CLIENT, said) >= 2;
}

/* The walk of the protocol that most speaks for; false where none is accepted: `*walked` gets the line behind all that was looked
 * at. */
static bool choose(const struct bare *bare, const struct talk *t, const struct stretch *s, struct walk *best,
                   size_t *walked)
{
	*walked = s->first + 1;
	*best = (struct walk){ 0 };
	for (const struct protocol *const *protocol = protocols; *protocol; protocol++) {
		struct walk w = { .s = s, .protocol = *protocol, .headed = t->gap.headings > 0 };
		if ((*protocol)->bare)
			continue;
		w.goes_on = awaits(bare, t) && *protocol == t->protocol && !comes_anew(&w, t) &&
		            (!is_cut_short(bare, t, s) || asks_first(&w));
		if (!w.goes_on && !likes_first(&w))
			continue;
		start(&w, bare);
		walk_run(&w);
		*walked = w.walked > *walked ? w.walked : *walked;
		w.answered = walk_answered(&w);
		w.goes_on = is_resumed(&w, t);
		bool good = w.kept && (walk_accepted(&w) || fits_talk(&w, bare, t)) &&
		            (best->protocol == NULL || weigh(&w, bare) > weigh(best, bare));
		struct walk other = good ? *best : w;
		if (good)
			*best = w;
		walk_free(&other);
	}
	return best->protocol != NULL;
}

/* ---- speaking ---- */

static void begin(struct bare *bare, struct talk *t, const struct walk *w, const struct titles *titles, unsigned number)
{
	talk_end(t);
	gap_forget(t);
	talk_begin(t, &unmarked, w->protocol, titles_at(titles, number), number);
	buffer_clear(&bare->tail);
	bare->lost = false;
	if (bare->shell.number && bare->shell.line.n)
		talk_comment(t, buffer_slice(&bare->shell.line), bare->shell.number);
	if (bare->shell.tls && bare->shell.starttls == NULL)
		talk_tls(t, number);
	const struct slice *mark = w->s->mark;
	struct buffer text = { 0 };
	if (mark[SIDE_CLIENT].n || mark[SIDE_SERVER].n) {
		enum side side = mark[SIDE_CLIENT].n ? SIDE_CLIENT : SIDE_SERVER;
		buffer_printf(&text,
		              "the document prints \"" SLICE_FMT
		              "\" before what the %s says, and nothing before the other side's lines",
		              SLICE_ARG(slice_trim(mark[side])), side == SIDE_CLIENT ? "client" : "server");
	} else {
		buffer_add_string(&text,
		                  "the document does not print who says which line: guessed from what each line says");
	}
	talk_comment(t, buffer_slice(&text), number);
	buffer_free(&text);
	bare->shell.line.n = 0;
	bare_forget(bare);
}

static void say(struct bare *bare, struct talk *t, const struct step *step, struct slice text, unsigned number)
{
	struct slice rest = step->assumed;
	if (step->assumed.n)
		draft_assume(&t->draft, SIDE_SERVER, step->assumed);
	while (rest.n && bare->tail.n)
		add_row(bare, SIDE_SERVER, slice_trim(slice_row(&rest)));
	talk_said_ended(t, step->side, text, step->end, number);
	if (step->recounted && dialogue_due(t->draft.dialogue, step->side))
		dialogue_recount(t->draft.dialogue, step->side, step->count);
	keep_tail(bare, t, step->side, text);
}

/* A step, and those that are folded into it; returns the next. */
static size_t speak_step(struct bare *bare, struct talk *t, const struct walk *w, size_t k)
{
	const struct step *step = &w->steps[k];
	size_t last = w->s->p->n - 1;
	unsigned number = w->s->p->lines[step->index < last ? step->index : last].number;
	struct buffer whole = { 0 };
	switch (step->kind) {
	case STEP_END:
		talk_comment(t, SLICE("the document leaves out the empty line that ends the header"), number);
		/* fall through */
	case STEP_SAID:
		buffer_add_slice(&whole, step->text);
		for (; k + 1 < w->kept && w->steps[k + 1].kind == STEP_FOLDED; k++) {
			buffer_add_octet(&whole, ' ');
			buffer_add_slice(&whole, w->steps[k + 1].text);
		}
		say(bare, t, step, buffer_slice(&whole), number);
		break;
	case STEP_LEFT_OUT:
		talk_payload(t, step->side, step->text, number);
		break;
	case STEP_HANGS_UP:
		talk_comment(t, step->text, number);
		if (!dialogue_closing(t->draft.dialogue)) /* behind the goodbye it is in order */
			talk_hangs_up(t, step->side, number);
		break;
	case STEP_FOLDED:
	case STEP_REMARK:
		talk_comment(t, step->text, number);
		break;
	}
	buffer_free(&whole);
	return k + 1;
}

/* The talk's dialogue is told that the last command was answered; of POP3's lists and texts the end too. */
static void assume_answer(struct talk *t, const struct protocol *protocol)
{
	draft_assume(&t->draft, SIDE_SERVER, protocol->one_code ? SLICE("250\r\n") : SLICE("+OK\r\n"));
	if (!protocol->one_code && dialogue_in_reply(t->draft.dialogue))
		draft_assume(&t->draft, SIDE_SERVER, SLICE(".\r\n"));
}

void bare_speak(struct bare *bare, struct talk *t, const struct walk *w, const struct titles *titles)
{
	size_t k = 0;
	while (k < w->kept && w->steps[k].kind == STEP_REMARK)
		k++;
	const struct step *first = &w->steps[k];
	unsigned number = w->s->p->lines[first->index < w->s->p->n ? first->index : w->s->p->n - 1].number;
	if (first->command && bare->left_out && awaits_text(t))
		draft_assume(&t->draft, SIDE_SERVER, SLICE(".\r\n"));
	if (w->goes_on || bare_continues(bare, t, w, first)) {
		if (goes_on_unanswered(t, w, first))
			assume_answer(t, w->protocol);
		gap_tell(t);
	} else
		begin(bare, t, w, titles, number);
	while (k < w->kept)
		k = speak_step(bare, t, w, k);
	bare->literal = w->s->literal;
	bare->left_out = w->steps[w->kept - 1].kind == STEP_LEFT_OUT;
}

/* ---- the door ---- */

/* Whether the line right below is what surely a server says. */
static bool is_replied(const struct passage *p, size_t i)
{
	struct slice line = i + 1 < p->n ? slice_trim(passage_line(p, i + 1)) : (struct slice){ 0 };
	for (const struct protocol *const *protocol = protocols; line.n && *protocol; protocol++)
		if (!(*protocol)->bare && speaker_likes(*protocol, SIDE_SERVER, line) >= 3)
			return true;
	return false;
}

/* Whether a conversation begins so, even among lines that are none: a greeting, a message of HTTP's. */
static bool begins_surely(struct slice text)
{
	const struct protocol *asked = protocol_of_command(text, SLICE(""));
	return protocol_of_greeting(text) || (asked && !asked->server_first);
}

/* Whether a conversation, or the next part of one, may begin with the line. */
static bool may_begin(const struct bare *bare, const struct talk *t, const struct passage *p, size_t i)
{
	const struct held *held = &p->lines[i];
	struct slice line = stretch_trim(passage_line(p, i));
	static const char marks[] = ">-C$<#* ";
	struct slice text = stretch_unescaped(slice_trim(line));
	if (text.n == 0 || held->kind == DOCUMENT_HEADING || held->kind == DOCUMENT_CELL)
		return false;
	if (stretch_amid_sentence(p, i) && (line_is_code(text) || !begins_surely(text)) &&
	    !(t->open && p->lines[i - 1].number <= t->last))
		return false;
	if (held->kind == DOCUMENT_LITERAL && awaits(bare, t))
		return true;
	bool likely = held->kind == DOCUMENT_LITERAL || is_under_way(bare, t) || is_replied(p, i);
	unsigned least = likely ? 1 : 2;
	for (unsigned pass = 0; pass < 2; pass++) {
		for (const struct protocol *const *protocol = protocols; *protocol; protocol++)
			if (!(*protocol)->bare && (speaker_likes(*protocol, SIDE_CLIENT, text) >= least ||
			                           speaker_likes(*protocol, SIDE_SERVER, text) >= 2))
				return true;
		size_t n = stretch_number(text);
		while (n < text.n && n < 5 && slice_find_octet(SLICE(marks), text.p[n]) < sizeof marks - 1)
			n++;
		if (n == 0)
			return false;
		text = slice_trim(slice_part(text, n, text.n));
	}
	return false;
}

size_t bare_read(struct bare *bare, struct talk *t, const struct passage *p, size_t i, const struct titles *titles)
{
	const struct held *held = &p->lines[i];
	struct slice line = passage_line(p, i);
	struct walk w;
	size_t flat = bare_flat(bare, t, p, i, titles);
	if (flat > i)
		return flat;
	bare_see_tool(bare, line, held);
	struct slice text = slice_trim(line);
	bool tool = tool_of(text, &(struct slice){ 0 }).n || tool_says(text, false) || tool_logs(text);
	if (tool || !may_begin(bare, t, p, i))
		return i;
	bool anew = held->number > bare->refused;
	if (!anew && !begins_surely(slice_trim(line)))
		return i;
	bare->tries = anew ? 0 : bare->tries + 1;
	if (bare->tries > TRIES_MAX)
		return i;
	struct stretch s = stretch_of(p, i);
	if (s.literal && is_under_way(bare, t))
		stretch_mark(&s, bare->mark);
	size_t walked;
	if (!choose(bare, t, &s, &w, &walked)) {
		walked = s.quote.n && s.whole > walked ? s.whole : walked;
		if (held->number > bare->refused)
			bare->refused = p->lines[walked - 1].number;
		return i;
	}
	bare->refused = 0;
	memcpy(bare->mark, s.mark, sizeof s.mark);
	bare_speak(bare, t, &w, titles);
	size_t next = w.next;
	walk_free(&w);
	return next > i ? next : i + 1;
}
