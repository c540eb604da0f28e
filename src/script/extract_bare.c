/*
 * Sessions without prefixes, as terminals show them: who says a line is known by its look, and by what stands before it. A block
 * of the document (or in plain text a run of lines) is walked as each protocol in turn; the one that most lines fit is it.
 */
#include "script/extract_inside.h"

#include <stdlib.h>

#include "base/memory.h"
#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"

/* Brackets that a folded line closes are opened at most so many lines before. */
#define FOLDS_MAX 4

static const struct notation bare = { .name = "none", .client = "", .server = "", .weight = 3 };

/* What the next line is taken for. */
enum mode {
	MODE_LINES,   /* commands and replies */
	MODE_ASKED,   /* DATA was said: text, unless a reply stands there */
	MODE_TEXT,    /* of one side, up to a lone dot */
	MODE_ANSWER,  /* one line of a SASL exchange */
	MODE_LITERAL, /* counted text of one side */
	MODE_FIELDS,  /* a header of HTTP's, up to an empty line */
	MODE_BODY
};

enum what { WHAT_SAID, WHAT_PAYLOAD, WHAT_REMARK, WHAT_FOLDED, WHAT_EMPTY, WHAT_NOTHING };

/* One line of a walk. */
struct step {
	enum what what;
	enum side side;
	size_t from; /* where its text begins, behind a mark of the client's (`> `) */
};

struct walk {
	const struct passage *p;
	const struct protocol *protocol;
	size_t first, end, last; /* lines: the block's, and the last that is of the conversation */
	bool block;              /* it is one; else lines of text */
	size_t indent;           /* columns before all of its lines */
	struct step *steps;
	enum mode mode;
	enum side side;  /* of the payload under way */
	bool lists;      /* POP3: the command under way is answered by several lines */
	bool has_body;   /* HTTP: a field of the header under way says so */
	bool in_body;    /* a line of it was seen */
	bool client_last, answered;
	size_t said[2], sure[2], likely[2], misfits, exchanges, replies;
	unsigned folds, open;
};

/* ---- lines ---- */

static struct slice text_of(const struct walk *w, size_t i)
{
	struct slice line = passage_line(w->p, i);
	while (line.n && line.p[line.n - 1] == ' ')
		line.n--;
	return slice_part(line, w->indent, line.n);
}

static size_t indent_of(struct slice line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

/* `>`, `>>`, `$ `: what marks the client's lines where the server's have nothing; the length of it. */
static size_t mark_of(struct slice text)
{
	size_t n = 0;
	while (n < text.n && n < 3 && text.p[n] == '>')
		n++;
	if (n == 0 || n == text.n || text.p[n] != ' ')
		return 0;
	return n + indent_of(slice_part(text, n, text.n));
}

/* What programs say that connect by hand, and shells. */
bool tool_says(struct slice line)
{
	static const char *const words[] = { "Trying ", "Connected to ", "Escape character is ", "Connection closed", "CONNECTED(",
		                             "Connection to ", "Ncat: ", "telnet> ", "read:errno=", "depth=", "verify return:",
		                             "verify error:", "closed", "DONE", NULL };
	return line_starts_any(slice_trim(line), words);
}

bool tool_starts(struct slice line)
{
	static const char *const tools[] = { "telnet", "nc", "ncat", "netcat", "openssl", "gnutls-cli", "socat", NULL };
	struct slice rest = slice_trim(line);
	for (unsigned i = 0; i < 4 && rest.n; i++) {
		struct slice word = slice_word(&rest);
		for (const char *const *tool = tools; *tool; tool++)
			if (slice_equal(word, slice_of(*tool)) && slice_trim(rest).n)
				return true;
	}
	return false;
}

/* ---- what a line does to the next ---- */

static bool ends_with_count(struct slice text)
{
	size_t open = text.n;
	if (text.n < 3 || text.p[text.n - 1] != '}')
		return false;
	while (open > 0 && text.p[open - 1] != '{')
		open--;
	return open > 0 && octet_is_digit(text.p[open]);
}

static bool is_protocol(const struct walk *w, const char *name)
{
	return slice_equal(slice_of(w->protocol->name), slice_of(name));
}

static bool is_verb(struct slice line, const char *const *verbs)
{
	struct slice verb = slice_word(&line);
	while (*verbs && !slice_equal_nocase(verb, slice_of(*verbs)))
		verbs++;
	return *verbs != NULL;
}

static void payload(struct walk *w, enum mode mode, enum side side)
{
	w->mode = mode;
	w->side = side;
}

static void after_client(struct walk *w, struct slice text)
{
	static const char *const data[] = { "DATA", NULL };
	static const char *const texts[] = { "RETR", "TOP", NULL };
	static const char *const lists[] = { "LIST", "UIDL", "CAPA", "AUTH", NULL };
	struct slice rest = text;
	(void)slice_word(&rest);
	w->lists = is_protocol(w, "pop3") && (is_verb(text, texts) || (is_verb(text, lists) && slice_trim(rest).n == 0));
	if (w->protocol->one_code && is_verb(text, data))
		w->mode = MODE_ASKED;
	if (w->protocol->tagged && ends_with_count(text)) {
		w->mode = MODE_LITERAL;
		w->side = SIDE_CLIENT;
	}
	if (!w->protocol->server_first)
		payload(w, MODE_FIELDS, SIDE_CLIENT);
	w->has_body = false;
}

static void after_server(struct walk *w, struct slice text)
{
	w->mode = MODE_LINES;
	if (!w->protocol->server_first)
		payload(w, MODE_FIELDS, SIDE_SERVER);
	else if (w->protocol->one_code && slice_starts(text, SLICE("354")))
		payload(w, MODE_TEXT, SIDE_CLIENT);
	else if (slice_starts(text, SLICE("334")) || slice_equal(text, SLICE("+")) || slice_starts(text, SLICE("+ ")))
		payload(w, MODE_ANSWER, SIDE_CLIENT);
	else if (w->lists && slice_starts(text, SLICE("+OK")))
		payload(w, MODE_TEXT, SIDE_SERVER);
	else if (w->protocol->tagged && ends_with_count(text))
		payload(w, MODE_LITERAL, SIDE_SERVER);
	w->lists = false;
}

/* ---- one line ---- */

static struct step step(enum what what, enum side side)
{
	return (struct step){ .what = what, .side = side };
}

/* How many brackets a server's line leaves open. */
static unsigned left_open(struct slice text)
{
	unsigned open = 0;
	for (size_t i = 0; i < text.n; i++) {
		open += text.p[i] == '[' || text.p[i] == '(';
		open -= open && (text.p[i] == ']' || text.p[i] == ')');
	}
	return open;
}

static struct step said(struct walk *w, enum side side, unsigned likes, struct slice text)
{
	w->said[side]++;
	w->likely[side] += likes >= 2;
	w->sure[side] += likes >= 3;
	bool first = side == SIDE_SERVER && (w->client_last || w->said[SIDE_SERVER] == 1);
	w->exchanges += side == SIDE_SERVER && w->client_last;
	/* another reply, though nothing was asked */
	w->replies += side == SIDE_SERVER && !first && w->answered && !w->protocol->tagged && w->protocol->server_first;
	w->client_last = side == SIDE_CLIENT;
	w->answered = side == SIDE_SERVER && (text.n < 4 || text.p[3] != '-');
	w->open = w->protocol->tagged && side == SIDE_SERVER && !ends_with_count(text) ? left_open(text) : 0;
	w->folds = 0;
	if (side == SIDE_CLIENT)
		after_client(w, text);
	else
		after_server(w, text);
	return step(WHAT_SAID, side);
}

/* A command, a reply, or nothing of the conversation. */
static struct step read_line(struct walk *w, struct slice text)
{
	size_t mark = mark_of(text);
	struct slice marked = slice_part(text, mark, text.n);
	unsigned server = speaker_likes(w->protocol, SIDE_SERVER, text), client = speaker_likes(w->protocol, SIDE_CLIENT, marked);
	bool asks = w->protocol->server_first || client >= 2;
	if (client >= 1 && client >= server && asks && (mark == 0 || client >= 1)) {
		struct step row = said(w, SIDE_CLIENT, client, marked);
		row.from = mark;
		return row;
	}
	if (server >= 1 && (w->protocol->server_first || server >= 2))
		return said(w, SIDE_SERVER, server, text);
	if (w->open && w->folds++ < FOLDS_MAX) {
		w->open += left_open(text);
		w->open -= w->open && slice_find_octet(text, ']') < text.n;
		return step(WHAT_FOLDED, SIDE_SERVER);
	}
	return step(tool_says(text) || tool_starts(text) || text.p[0] == '#' || text.p[0] == '[' || notation_left_out(text, NULL) ?
	                    WHAT_REMARK :
	                    WHAT_NOTHING,
	            SIDE_CLIENT);
}

/* Whether a list or a text of POP3's is over though no dot stands there: a command, and its status behind it. */
static bool lacks_dot(const struct walk *w, size_t i)
{
	struct slice text = text_of(w, i);
	if (w->side == SIDE_CLIENT || speaker_likes(w->protocol, SIDE_CLIENT, slice_part(text, mark_of(text), text.n)) < 2)
		return false;
	for (i++; i < w->end; i++) {
		struct slice next = text_of(w, i);
		if (next.n)
			return slice_starts(next, SLICE("+OK")) || slice_starts(next, SLICE("-ERR"));
	}
	return false;
}

static struct step read_text(struct walk *w, struct slice text, size_t i)
{
	if (lacks_dot(w, i)) {
		w->mode = MODE_LINES;
		return read_line(w, text);
	}
	if (slice_equal(text, SLICE(".")))
		w->mode = MODE_LINES;
	w->client_last = w->side == SIDE_CLIENT;
	return step(WHAT_PAYLOAD, w->side);
}

static struct step read_literal(struct walk *w, struct slice text)
{
	unsigned server = speaker_likes(w->protocol, SIDE_SERVER, text);
	if (w->side == SIDE_CLIENT && (server >= 2 || slice_starts(text, SLICE("+")))) {
		bool asks = slice_starts(text, SLICE("+"));
		struct step row = said(w, SIDE_SERVER, server ? server : 2, text);
		w->mode = asks ? MODE_LITERAL : MODE_LINES;
		w->side = SIDE_CLIENT;
		return row;
	}
	if (w->side == SIDE_SERVER && (server >= 2 || slice_starts(text, SLICE(")")))) {
		w->mode = MODE_LINES;
		return slice_starts(text, SLICE(")")) ? step(WHAT_PAYLOAD, SIDE_SERVER) : said(w, SIDE_SERVER, server, text);
	}
	return step(WHAT_PAYLOAD, w->side);
}

static bool is_start(const struct walk *w, struct slice text)
{
	return speaker_likes(w->protocol, SIDE_CLIENT, text) >= 2 || speaker_likes(w->protocol, SIDE_SERVER, text) >= 2;
}

/* In a block all that follows is the body; in lines of text what looks like one, up to an empty line. */
static struct step read_body(struct walk *w, struct slice text)
{
	if (!w->block && text.p[0] != '<' && text.p[0] != '{' && !w->in_body) {
		w->mode = MODE_LINES;
		return read_line(w, text);
	}
	if (line_starts(text, "Connection closed", NULL)) {
		w->mode = MODE_LINES;
		return step(WHAT_REMARK, w->side);
	}
	w->in_body = true;
	return step(WHAT_PAYLOAD, w->side);
}

static struct step read_http(struct walk *w, struct slice text)
{
	size_t colon = slice_find_octet(text, ':');
	if (is_start(w, text) && (w->protocol->command(text) || line_starts(text, "HTTP/", NULL)))
		return read_line(w, text);
	if (w->mode == MODE_BODY)
		return read_body(w, text);
	bool field = colon > 0 && colon < text.n && slice_find_octet(slice_part(text, 0, colon), ' ') == colon;
	if (!field && text.p[0] != ' ')
		return step(notation_left_out(text, NULL) ? WHAT_REMARK : WHAT_NOTHING, w->side);
	w->has_body = w->has_body || slice_starts_nocase(text, SLICE("Content-")) ||
	              slice_starts_nocase(text, SLICE("Transfer-Encoding:"));
	w->likely[w->side]++;
	w->said[w->side]++;
	return step(WHAT_PAYLOAD, w->side);
}

static struct step read_empty(struct walk *w)
{
	switch (w->mode) {
	case MODE_FIELDS:
		w->mode = w->has_body || w->side == SIDE_SERVER ? MODE_BODY : MODE_LINES;
		w->in_body = false;
		return step(WHAT_PAYLOAD, w->side);
	case MODE_BODY:
		if (!w->block)
			break;
		return step(WHAT_PAYLOAD, w->side);
	case MODE_TEXT:
	case MODE_LITERAL:
		return step(WHAT_PAYLOAD, w->side);
	case MODE_ASKED:
	case MODE_LINES:
	case MODE_ANSWER:
		break;
	}
	if (w->mode == MODE_BODY && w->in_body)
		w->mode = MODE_LINES;
	return step(WHAT_EMPTY, w->side);
}

static struct step read_any(struct walk *w, size_t i)
{
	struct slice text = text_of(w, i);
	if (text.n == 0)
		return read_empty(w);
	if (w->mode == MODE_ASKED)
		payload(w, line_is_code(text) ? MODE_LINES : MODE_TEXT, SIDE_CLIENT);
	switch (w->mode) {
	case MODE_TEXT:
		return read_text(w, text, i);
	case MODE_LITERAL:
		return read_literal(w, text);
	case MODE_FIELDS:
	case MODE_BODY:
		return read_http(w, text);
	case MODE_ANSWER:
		if (speaker_likes(w->protocol, SIDE_SERVER, text) >= 2)
			break;
		w->mode = MODE_LINES;
		w->client_last = true;
		return step(WHAT_PAYLOAD, SIDE_CLIENT);
	case MODE_LINES:
	case MODE_ASKED:
		break;
	}
	return read_line(w, text);
}

/* ---- a block, or lines of text ---- */

/* Where the block ends that begins at the `i`th line. */
static void bound(struct walk *w, size_t i)
{
	const struct held *lines = w->p->lines;
	w->first = i;
	w->block = lines[i].kind == DOCUMENT_LITERAL;
	w->indent = indent_of(passage_line(w->p, i));
	for (w->end = i; w->end < w->p->n; w->end++) {
		const struct held *line = &lines[w->end];
		struct slice text = passage_line(w->p, w->end);
		bool empty = slice_trim(text).n == 0;
		if (line->kind == DOCUMENT_HEADING || line->kind == DOCUMENT_CELL ||
		    (!empty && w->block != (line->kind == DOCUMENT_LITERAL)) || (w->block && !empty && line->block != lines[i].block))
			break;
		if (!empty && w->block && indent_of(text) < w->indent)
			w->indent = indent_of(text);
	}
}

/* Walks until what stands there is nothing of the conversation; a block is walked to its end. */
static void walk(struct walk *w)
{
	for (size_t i = w->first; i < w->end; i++) {
		struct step *row = &w->steps[i - w->first];
		bool header = w->mode == MODE_FIELDS;
		*row = read_any(w, i);
		if (row->what == WHAT_NOTHING) {
			if (!w->block)
				return;
			w->misfits++;
			row->what = WHAT_REMARK;
		} else if (row->what != WHAT_EMPTY && row->what != WHAT_REMARK && (text_of(w, i).n || header)) {
			w->last = i;
		}
	}
}

static size_t weight(const struct walk *w)
{
	return 2 * (w->likely[SIDE_CLIENT] + w->likely[SIDE_SERVER]) + w->sure[SIDE_CLIENT] + w->sure[SIDE_SERVER];
}

/* Whether a program that connects by hand has said something right before the line. */
static bool tool_before(const struct passage *p, size_t i)
{
	for (unsigned k = 0; k < 4 && i-- > 0; k++) {
		struct slice line = passage_line(p, i);
		if (tool_says(line) || tool_starts(line))
			return true;
	}
	return false;
}

/* Whether nothing stands right above and below the line. */
static bool stands_alone(const struct passage *p, size_t i)
{
	bool above = i == 0 || slice_trim(passage_line(p, i - 1)).n == 0;
	return above && (i + 1 >= p->n || slice_trim(passage_line(p, i + 1)).n == 0);
}

static bool accept_http(const struct walk *w)
{
	size_t fields = w->said[SIDE_CLIENT] + w->said[SIDE_SERVER];
	bool start = w->sure[SIDE_CLIENT] + w->sure[SIDE_SERVER] > 0;
	return start && (fields > 1 || w->block || stands_alone(w->p, w->first)) && w->misfits <= fields / 2;
}

/* Whether what was walked is a conversation. */
static bool accept(const struct walk *w, bool goes_on)
{
	size_t sure = w->sure[SIDE_CLIENT] + w->sure[SIDE_SERVER], all = w->said[SIDE_CLIENT] + w->said[SIDE_SERVER];
	struct slice first = text_of(w, w->first);
	if (w->replies > 1 + w->exchanges / 4 || w->misfits * 2 > all)
		return false;
	if (goes_on && w->block && w->misfits == 0 && (all || w->last > w->first || stands_alone(w->p, w->first)))
		return true;
	if (all == 0)
		return false;
	if (!w->protocol->server_first)
		return accept_http(w);
	if (w->exchanges && sure)
		return true;
	if (protocol_of_greeting(first) && tool_before(w->p, w->first))
		return true;
	return w->block && sure && w->misfits == 0;
}

/* ---- the door ---- */

/* What the talk under way awaits. */
static void await(const struct dialogue *d, struct walk *w)
{
	enum input input = dialogue_input(d);
	bool client = dialogue_turn(d) == SIDE_CLIENT;
	if (client && input == INPUT_TEXT)
		payload(w, MODE_TEXT, SIDE_CLIENT);
	else if (client && input == INPUT_ANSWER)
		payload(w, MODE_ANSWER, SIDE_CLIENT);
	else if (input == INPUT_FIELD)
		payload(w, MODE_FIELDS, SIDE_CLIENT);
}

/* Whether the walk may go on with the talk under way, as far as that tells before it has begun. */
static bool may_go_on(const struct talk *t, struct walk *w)
{
	const struct dialogue *d = t->draft.dialogue;
	if (!t->open || t->notation != &bare || d == NULL || t->protocol != w->protocol || dialogue_closing(d))
		return false;
	await(d, w);
	return true;
}

/* Whether it does: by what is said first. */
static bool goes_on(const struct talk *t, const struct walk *w)
{
	const struct judged judged = { .notation = &bare };
	const struct step *first = &w->steps[0];
	if (first->what == WHAT_PAYLOAD)
		return true;
	return first->what == WHAT_SAID && talk_continues(t, &judged, w->protocol, first->side, text_of(w, w->first));
}

static void add_items(struct items *items, const struct walk *w)
{
	for (size_t i = w->first; i <= w->last; i++) {
		const struct step *row = &w->steps[i - w->first];
		const struct held *held = &w->p->lines[i];
		struct slice text = text_of(w, i);
		struct item *item = item_new(items);
		*item = (struct item){ .side = row->side, .number = held->number, .block = held->block, .index = i };
		item->indent = row->what == WHAT_FOLDED ? w->indent + 1 : w->indent;
		item->column = w->indent;
		item->text = slice_part(text, row->from, text.n);
		item->kind = row->what == WHAT_EMPTY                                  ? ITEM_EMPTY :
		             row->what == WHAT_REMARK || row->what == WHAT_FOLDED ? ITEM_PLAIN :
		                                                                    ITEM_SAID;
		item->glued = row->what == WHAT_REMARK;
	}
}

/* Whether a conversation may begin with the line, in any protocol. */
static bool may_begin(const struct passage *p, const struct talk *t, size_t i)
{
	const struct held *held = &p->lines[i];
	struct slice line = slice_trim(passage_line(p, i)), text = slice_part(line, mark_of(line), line.n);
	if (line.n == 0 || held->kind == DOCUMENT_HEADING || held->kind == DOCUMENT_CELL || tool_starts(line))
		return false;
	if (held->kind == DOCUMENT_LITERAL && t->open && t->notation == &bare)
		return true;
	const struct protocol *asked = protocol_of_command(text, SLICE(""));
	if (protocol_of_greeting(line) || (asked && !asked->server_first) || line_starts(line, "HTTP/", NULL))
		return true;
	for (const struct protocol *const *protocol = protocols; *protocol; protocol++)
		if (speaker_likes(*protocol, SIDE_CLIENT, text) >= 2 || speaker_likes(*protocol, SIDE_SERVER, line) >= 3)
			return true;
	return false;
}

bool bare_passage(const struct passage *p, const struct talk *t, size_t i, struct judged *judged, struct items *items)
{
	struct walk best = { 0 };
	if (!may_begin(p, t, i))
		return false;
	for (const struct protocol *const *protocol = protocols; *protocol; protocol++) {
		struct walk w = { .p = p, .protocol = *protocol };
		if (w.protocol->bare)
			continue;
		bound(&w, i);
		w.last = i;
		w.steps = memory_zeroed(w.end - i, sizeof *w.steps);
		bool may = may_go_on(t, &w);
		walk(&w);
		bool good = accept(&w, may && goes_on(t, &w)) && (best.protocol == NULL || weight(&w) > weight(&best));
		free(good ? best.steps : w.steps);
		if (good)
			best = w;
	}
	if (best.protocol == NULL)
		return false;
	*judged = (struct judged){ .notation = &bare, .bare = true, .first = i, .last = best.last };
	judged->verdict.protocol = best.protocol;
	add_items(items, &best);
	free(best.steps);
	return true;
}
