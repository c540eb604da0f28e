/*
 * Where a document says that it leaves something out: what is not printed there is no mistake, and how far the session has come
 * behind it nobody knows.
 */
#include "script/check_hearing.h"

#include "script/notation.h"

/* `...`, `. . .`, `…` at the front, with words behind them perhaps. */
static bool begins_in_dots(struct slice text)
{
	return slice_starts(text, SLICE("...")) || slice_starts(text, SLICE(". . .")) ||
	       slice_starts(text, SLICE("\u2026"));
}

/* `S: ...` in a comment: what the server says is left out. */
static struct slice without_prefix(struct slice text)
{
	if (text.n > 2 && (text.p[0] == 'C' || text.p[0] == 'S') && text.p[1] == ':')
		return slice_trim(slice_part(text, 2, text.n));
	return text;
}

/* Whether a comment stands for what is left out: dots, `[... TLS negotiation ...]`, `<authentication exchange>`, which may be
 * folded over several comments; and what `extract` writes where it leaves prose out. */
static bool comment_leaves_out(struct slice comment)
{
	struct slice text = without_prefix(slice_trim(comment));
	if (begins_in_dots(text) || notation_left_out(text, NULL))
		return true;
	if (slice_starts(text, SLICE("(")))
		return slice_find(text, SLICE(" of the document are left out)")) < text.n;
	return slice_starts(text, SLICE("<")) ||
	       (slice_starts(text, SLICE("[")) && begins_in_dots(slice_part(text, 1, text.n)));
}

/* ---- words that stand for others ---- */

/* `uid`, `lastseenuid+1`, `recipient email address`: `inside` is what stands between the brackets. An address has an @ or a
 * dot, and one in SMTP's brackets may be a name alone. */
static bool is_name(struct slice inside, bool spaced)
{
	bool space = false;
	if (inside.n < 2 || !octet_is_alpha(inside.p[0]))
		return false;
	for (size_t i = 0; i < inside.n; i++) {
		char c = inside.p[i];
		space |= c == ' ';
		if (!octet_is_alnum(c) && c != ' ' && c != '-' && c != '_' && c != '+')
			return false;
	}
	return space || !spaced;
}

/* `$MECHANISM`: a shell's variable. IMAP's own keywords begin so, too, and its `$` is the last search's result. */
static bool is_shell_variable(struct slice word)
{
	size_t n = 1;
	while (n < word.n && ((word.p[n] >= 'A' && word.p[n] <= 'Z') || word.p[n] == '_'))
		n++;
	return word.n > 2 && word.p[0] == '$' && n == word.n;
}

bool gap_placeholder(const struct hearing *h, struct slice text)
{
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	if (hearing_line(h)->side != SIDE_CLIENT || !protocol->server_first || protocol->bare)
		return false;
	for (struct slice rest = text, word; !protocol->tagged && (word = slice_word(&rest)).n;)
		if (is_shell_variable(word))
			return true;
	for (size_t at = slice_find_octet(text, '<'); at < text.n;) {
		struct slice behind = slice_part(text, at + 1, text.n);
		size_t close = slice_find_octet(behind, '>');
		if (close < behind.n && is_name(slice_part(behind, 0, close), protocol->one_code))
			return true;
		at += 1 + slice_find_octet(behind, '<');
	}
	return false;
}

/* ---- what follows from it ---- */

static void gap_begins(struct hearing *h)
{
	struct waiting_command one;
	size_t n = dialogue_outstanding(h->c.d);
	if (n > 0 && dialogue_waiting(h->c.d, n - 1, &one))
		h->skipped = one.n;
	h->gap = h->hazy = h->begun;
}

void gap_comment(struct hearing *h)
{
	/* where a document breaks off, it leaves nothing out in its midst */
	if (h->c.line < h->final &&
	    comment_leaves_out((struct slice){ hearing_line(h)->text, hearing_line(h)->text_n }))
		gap_begins(h);
}

bool gap_direction(struct hearing *h)
{
	const struct script_line *line = hearing_line(h);
	struct slice words = { line->text, line->text_n };
	bool idle = h->begun && dialogue_outstanding(h->c.d) == 0 && !dialogue_in_reply(h->c.d) &&
	            dialogue_due(h->c.d, SIDE_SERVER) == 0 && dialogue_input(h->c.d) == INPUT_COMMAND;
	(void)slice_word(&words); /* server */
	(void)slice_word(&words); /* sends */
	if (!idle || line->direction != DIRECTION_SENDS || line->side != SIDE_SERVER || !text_elided(words))
		return false;
	gap_begins(h);
	return true;
}

/* ---- what goes on behind a payload that was described ---- */

/* Whether a line begins something of its own, and is no more of a body that was left out in part. */
static bool is_message(const struct hearing *h, struct slice text)
{
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	return protocol->greeting(text) || protocol->command(text) || dialogue_in_reply(h->c.d);
}

/* The same of a literal: what goes on with the line that it stands in, a command, a response. */
static bool is_behind_literal(const struct hearing *h, struct slice text)
{
	if (slice_starts(text, SLICE(")")))
		return true;
	if (hearing_line(h)->side == SIDE_CLIENT)
		return hearing_command_of(h, text) != NULL;
	return slice_starts(text, SLICE("* ")) || slice_starts(text, SLICE("+ ")) ||
	       dialogue_in_flight(h->c.d, slice_word(&text));
}

/* A response of IMAP's that went on behind its literal is not ended: what follows begins another. */
static void response_end(struct hearing *h)
{
	size_t line = h->c.line;
	if (h->left_closed) { /* `... FLAGS (\Seen))` was taken for more of the literal */
		hearing_invent(h, SIDE_SERVER, "\r\n");
		return;
	}
	h->c.line = h->last[SIDE_SERVER];
	hearing_feed(h, SIDE_SERVER, SLICE("\r\n"));
	h->c.line = line;
}

/* Whether the client's line that a literal stood in is over though nothing ends it: the server answers, or another command
 * comes, which has an answer of its own. */
static bool command_is_over(const struct hearing *h)
{
	struct slice text = hearing_text(h), rest = text;
	if (dialogue_input(h->c.d) != INPUT_REST)
		return false;
	if (hearing_line(h)->side == SIDE_SERVER)
		return !slice_starts(text, SLICE("+"));
	return hearing_command_of(h, text) && ahead_answers(h, slice_word(&rest), h->c.line, NULL);
}

/* Behind a literal the line that it stood in ends, if nothing goes on with it. */
static void literals_end(struct hearing *h, bool other)
{
	bool server = hearing_line(h)->side == SIDE_SERVER;
	if (slice_starts(hearing_text(h), SLICE(")")))
		return;
	if (h->left_out[SIDE_SERVER] && other && server)
		response_end(h);
	if ((h->left_out[SIDE_CLIENT] && (other || server)) ||
	    command_is_over(h)) /* documents do not print its line end */
		hearing_invent(h, SIDE_CLIENT, "\r\n");
}

bool gap_goes_on(struct hearing *h)
{
	enum side side = hearing_line(h)->side;
	struct slice text = hearing_text(h);
	bool other = hearing_is_http(h) ? is_message(h, text) : is_behind_literal(h, text);
	if (!hearing_is_http(h))
		literals_end(h, other);
	h->left_out[side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT] = false;
	h->left_out[side] &= !other;
	h->left_closed = h->left_out[side] && text.n && text.p[text.n - 1] == ')';
	return h->left_out[side];
}
