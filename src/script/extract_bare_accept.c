/*
 * Whether what was walked is a conversation: nothing marks who speaks, so much must speak for it. A table of commands, a list of reply
 * codes, a program's source have the same words.
 */
#include "script/extract_bare.h"

#include "protocol/protocol.h"
#include "script/speaker.h"

/* So many lines of prose may stand between what the client says and what the server answers, each in a block of its own. */
#define LINES_BETWEEN 8

size_t walk_weight(const struct walk *w)
{
	size_t weight = 2 * (w->likely[SIDE_CLIENT] + w->likely[SIDE_SERVER]) + w->sure[SIDE_CLIENT] +
	                w->sure[SIDE_SERVER];
	return weight + 2 * w->exchanges;
}

bool walk_answered(const struct walk *w)
{
	const struct passage *p = w->s->p;
	unsigned between = 0;
	if (!w->s->literal || w->said[SIDE_SERVER])
		return false;
	for (size_t i = w->s->end; i < p->n && between <= LINES_BETWEEN; i++) {
		struct slice line = slice_trim(passage_line(p, i));
		if (p->lines[i].kind == DOCUMENT_LITERAL && line.n)
			return speaker_likes(w->protocol, SIDE_SERVER, line) >= 2;
		between += line.n > 0;
	}
	return false;
}

/* A lone request line, whole, which nothing but white space surrounds. */
static bool stands_alone(const struct walk *w)
{
	const struct passage *p = w->s->p;
	size_t first = w->s->first, behind = w->next;
	bool before = first == 0 || p->lines[first - 1].n == 0 || p->lines[first - 1].kind != p->lines[first].kind;
	return before && (behind >= p->n || p->lines[behind].n == 0 || p->lines[behind].kind != p->lines[first].kind);
}

/* A block that is a response without fields: its status line, the empty line, and a body to the block's end. */
static bool is_response_with_body(const struct walk *w)
{
	return w->s->literal && w->payload && w->misfits == 0 && w->steps[0].side == SIDE_SERVER &&
	       w->steps[0].kind == STEP_SAID && w->n > 2 && w->steps[1].kind == STEP_SAID && w->steps[1].text.n == 0 &&
	       w->next == w->s->end;
}

static bool accept_http(const struct walk *w)
{
	size_t starts = w->sure[SIDE_CLIENT] + w->sure[SIDE_SERVER];
	if (starts == 0 || w->misfits > w->fields + starts)
		return false;
	if (w->fields || is_response_with_body(w))
		return true;
	if (w->misfits || w->said[SIDE_CLIENT] == 0)
		return false;
	return w->exchanges || (w->screen && w->s->literal) || stands_alone(w);
}

/* Whether the first that is said says who the client is, as nothing but a session begins: a table of contents has IMAP's commands
 * too, a number before each. */
static bool logs_in(const struct walk *w)
{
	size_t i = 0;
	while (i < w->n && w->steps[i].kind != STEP_SAID)
		i++;
	const struct entry *command = i < w->n ? command_of(w->protocol, w->steps[i].text) : NULL;
	return command && command->phase == PHASE_AUTHENTICATE;
}

/* `DATA - Starts the text of the message.`, `MAIL FROM:  Sender's address.`: a verb, and what it is for, as in a list of the commands. */
static bool is_explained(struct slice text)
{
	size_t dash = slice_find(text, SLICE(" - ")), wide = slice_find(text, SLICE("  "));
	struct slice front = slice_part(text, 0, dash < wide ? dash : wide), words = slice_from(text, front.n);
	for (size_t i = 0; i < front.n; i++)
		if (!octet_is_alpha(front.p[i]) && front.p[i] != ' ' && front.p[i] != ':')
			return false;
	words = slice_trim(dash < wide ? slice_from(words, 3) : words);
	size_t spaces = 0;
	for (size_t i = 0; i < words.n; i++)
		spaces += words.p[i] == ' ';
	return spaces > 1 && words.p[0] >= 'A' && words.p[0] <= 'Z' && slice_find_octet(words, '@') == words.n;
}

/* Whether most of what the client would say is explained. */
static bool is_list(const struct walk *w)
{
	size_t commands = 0, explained = 0;
	for (size_t i = 0; i < w->n; i++) {
		bool command = w->steps[i].kind == STEP_SAID && w->steps[i].command;
		commands += command;
		explained += command && is_explained(w->steps[i].text);
	}
	return explained * 2 > commands;
}

/* Commands alone: what somebody would type, in its order, with its arguments. */
static bool accept_commands(const struct walk *w)
{
	if (is_list(w))
		return false;
	if (w->misfits == 0 && w->answered)
		return true;
	bool named = w->named && w->s->literal; /* a block below the shell's line: commands in small letters too */
	if (w->misfits || (!named && w->likely[SIDE_CLIENT] < w->said[SIDE_CLIENT]))
		return false;
	if (w->screen)
		return w->sure[SIDE_CLIENT] > 0 || w->likely[SIDE_CLIENT] > 1 || named;
	if (w->protocol->tagged)
		return w->sure[SIDE_CLIENT] > 1 && (w->s->literal || logs_in(w));
	return w->payload && w->sure[SIDE_CLIENT] > (w->s->literal ? 0 : 1);
}

static bool accept_replies(const struct walk *w)
{
	if (w->greeted && w->screen && w->unasked == 0)
		return true;
	/* a program that prints what it gets, and nothing of what it sends */
	return w->s->literal && w->greeted && w->misfits == 0 && w->several > 1 && w->sure[SIDE_SERVER] > 3;
}

bool walk_accepted(const struct walk *w)
{
	size_t all = w->said[SIDE_CLIENT] + w->said[SIDE_SERVER], sure = w->sure[SIDE_CLIENT] + w->sure[SIDE_SERVER];
	if (w->goes_on && w->kept && w->misfits == 0)
		return true;
	if (all == 0 || w->misfits * 2 > all)
		return false;
	if (!w->protocol->server_first)
		return accept_http(w);
	/* at another port another service says +OK too: Redis */
	if (w->other && !w->protocol->one_code && !w->protocol->tagged && w->sure[SIDE_CLIENT] == 0 &&
	    w->likely[SIDE_CLIENT] < 2)
		return false;
	/* a list has one item for each command, or for each reply, but hardly both in turn */
	if (slice_equal(w->s->quote, SLICE("-")) && (w->exchanges < 2 || w->misfits))
		return false;
	if (w->said[SIDE_SERVER] == 0)
		return accept_commands(w);
	if (w->said[SIDE_CLIENT] == 0)
		return accept_replies(w);
	if (w->unasked > 1 + w->exchanges / 4 || w->unheard > 1 + w->exchanges / 2)
		return false;
	bool marked = w->s->mark[SIDE_CLIENT].n > 0 && w->exchanges > 1;
	if (w->exchanges == 0 || (sure == 0 && !w->screen && !marked))
		return false;
	return w->s->literal || w->exchanges > 1 || w->greeted || w->screen || sure > 3;
}
