/*
 * The client's part of a script.
 *
 * Its place is a line of the script. A block of the server's lines is awaited as a whole; replies are counted from the
 * end of the block before, since they may come while the client's lines still go out.
 */
#include "script/speak.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "script/expected.h"

struct speaker {
	const struct rehearsal *r;
	struct variables v;
	const struct buffer *files;
	struct judge *judge;
	size_t at;         /* the line of the script that comes next */
	size_t counted_at; /* lines of the block before this one have a count that was heard */
	size_t port_at;    /* the line whose {{port}} was asked for last; NO_LINE: none */
	size_t *said;      /* lines of the script whose command events are still to come, in order */
	size_t nsaid;
	bool piece;         /* the client's last event goes on */
	bool retagging;     /* it was said that the next command gets another tag */
	bool silent;        /* the server fell silent in this block */
	bool greeting_due;  /* the script begins with the client, the protocol with the server */
	bool skipping;      /* payload is being skipped, and it was said so */
	bool beginning_tls; /* it was asked for, where nobody had agreed on it */
	bool hung_up;
	enum class class;                    /* of the reply that is being heard */
	struct buffer octets, text, problem; /* of the last step */
};

static const struct script_line *line_at(const struct speaker *s, size_t i)
{
	return &s->r->script->lines[i];
}

static bool our_turn(const struct dialogue *d)
{
	return dialogue_turn(d) == SIDE_CLIENT && !dialogue_in_reply(d) && dialogue_unfinished(d, SIDE_CLIENT).n == 0;
}

/* The block that is being heard; NULL past the last. */
static const struct rehearsed_block *heard_block(const struct speaker *s)
{
	size_t block = judge_block(s->judge);
	return block < s->r->nblocks ? &s->r->blocks[block] : NULL;
}

static void block_begin(struct speaker *s)
{
	s->counted_at = heard_block(s) ? heard_block(s)->first : 0;
}

/* Whether a greeting stands behind the client's first lines, as in a record of one who did not wait for it. */
static bool has_greeting(const struct rehearsal *r)
{
	for (size_t i = 0; i < r->nreplies; i++)
		if (r->replies[i].complete && r->replies[i].answers == NO_LINE && !r->replies[i].unasked)
			return true;
	return false;
}

struct speaker *speaker_new(const struct rehearsal *rehearsal, const struct variables *given, enum match_level level,
                            const struct buffer *files)
{
	struct speaker *s = memory_zeroed(1, sizeof *s);
	s->r = rehearsal;
	s->files = files;
	s->port_at = NO_LINE;
	s->greeting_due = rehearsal->client_first && rehearsal->protocol->server_first && !has_greeting(rehearsal);
	rehearsal_variables(rehearsal, given, &s->v);
	s->judge = judge_new(rehearsal, level, &s->v);
	block_begin(s);
	return s;
}

void speaker_free(struct speaker *s)
{
	if (s == NULL)
		return;
	judge_free(s->judge);
	variables_free(&s->v);
	free(s->said);
	buffer_wipe(&s->octets);
	buffer_free(&s->text);
	buffer_free(&s->problem);
	free(s);
}

struct judge *speaker_judge(struct speaker *s)
{
	return s->judge;
}

/* ---- hearing ---- */

/* The line of the script's that says what the reply which ends there is: of POP3's and HTTP's its first. */
static size_t telling_line(const struct speaker *s, size_t last)
{
	size_t first = heard_block(s)->first, i = last;
	while (i > first && s->r->lines[i].kind != EVENT_REPLY && s->r->lines[i - 1].reply == s->r->lines[last].reply)
		i--;
	return i;
}

/* A reply of another class than the script's is worth a remark. */
static void compare(const struct speaker *s, enum class class, struct buffer *remark)
{
	const struct rehearsed_block *block = heard_block(s);
	size_t heard = judge_replies(s->judge);
	for (size_t i = block->first; i <= block->last && s->r->lines[i].reply <= heard; i++) {
		const struct rehearsed *line = &s->r->lines[i];
		if (!line->final || line->reply != heard || line->class == class)
			continue;
		const struct script_line *told = line_at(s, telling_line(s, i));
		buffer_printf(remark, "the script (line %u) has: S: ", told->number);
		escape_text(remark, slice_of(told->text));
	}
}

/* A count in the script that does not fit its text: the server's own does. The server's counts are those of the script,
 * one by one. */
static void miscounted(struct speaker *s, struct buffer *remark)
{
	size_t i = s->counted_at, end = heard_block(s) ? heard_block(s)->last + 1 : 0;
	while (i < end && !s->r->lines[i].counts)
		i++;
	s->counted_at = i + 1;
	const struct counted *counted = i < end ? s->r->lines[i].counted : NULL;
	if (counted == NULL || counted->printed == counted->octets)
		return;
	buffer_printf(remark,
	              "the script (line %u) prints %" PRIu64 " here, but its own text has %" PRIu64
	              " octets, line ends included",
	              line_at(s, i)->number, counted->printed, counted->octets);
}

/* What asks for a literal, or a request's body, need not stand in the script. */
static bool asks_unwritten(const struct speaker *s, const struct dialogue *d)
{
	enum input input = dialogue_input(d);
	if (s->class != CLASS_CONTINUE && s->class != CLASS_INFO)
		return false;
	if ((input != INPUT_COUNTED && input != INPUT_REST) || s->at >= s->r->script->nlines)
		return false;
	return line_at(s, s->at)->side == SIDE_CLIENT && s->r->lines[s->at].input == input;
}

/* Nor need a preliminary reply, where a final one follows (HTTP's 1xx, FTP's 1yz). */
static bool preliminary_unwritten(const struct speaker *s)
{
	const struct rehearsed_block *block = heard_block(s);
	for (size_t i = block->first; s->class == CLASS_INFO && i <= block->last; i++)
		if (s->r->lines[i].final && s->r->lines[i].reply == judge_replies(s->judge))
			return s->r->lines[i].class != CLASS_INFO;
	return false;
}

/* Which line of the script a command of the client's is: those that were said make their events in the same order. */
static void command_said(struct speaker *s, const struct dialogue_event *event)
{
	bool goes_on = s->piece;
	s->piece = event->more;
	if (event->kind != EVENT_COMMAND || goes_on || s->nsaid == 0)
		return;
	size_t line = s->said[0];
	memmove(s->said, s->said + 1, --s->nsaid * sizeof *s->said);
	if (s->r->lines[line].input != INPUT_REST)
		judge_command(s->judge, event->n, line);
}

/* The script has no greeting: the server's own is passed over. True where the event is of it. */
static bool pass_greeting(struct speaker *s, const struct dialogue_event *event, struct buffer *remark)
{
	if (!s->greeting_due)
		return false;
	if (event->final && s->class != CLASS_INFO) { /* FTP's 120: the greeting is still to come */
		s->greeting_due = false;
		buffer_add_string(remark, "the script has no greeting: the server's is passed over");
	}
	return true;
}

void speaker_event(struct speaker *s, const struct dialogue *dialogue, const struct dialogue_event *event,
                   struct buffer *remark)
{
	struct slice challenge = dialogue_challenge(dialogue);
	if (challenge.n && event->side == SIDE_SERVER) {
		buffer_clear(&s->v.challenge);
		buffer_add_slice(&s->v.challenge, challenge);
	}
	if (event->side == SIDE_CLIENT && event->kind != EVENT_STAGE) {
		command_said(s, event);
		judge_heard(s->judge, event);
	}
	if (event->side != SIDE_SERVER || (event->kind == EVENT_STAGE && !event->final))
		return;
	if (event->kind == EVENT_REPLY)
		s->class = event->class;
	if (pass_greeting(s, event, remark) || asks_unwritten(s, dialogue))
		return;
	if (event_span(event, SPAN_COUNT))
		miscounted(s, remark);
	bool preliminary = event->final && heard_block(s) && preliminary_unwritten(s);
	if (event->final && heard_block(s) && !preliminary)
		compare(s, s->class, remark);
	if (preliminary)
		judge_passed(s->judge);
	else
		judge_heard(s->judge, event);
}

/* What was not asked for may still come, and is waited for. */
static bool unasked_due(const struct speaker *s)
{
	return !s->silent && judge_awaits_unasked(s->judge);
}

/* Nothing is said any more behind the block that is being heard, or all is said. */
static bool at_end(const struct speaker *s)
{
	return judge_block(s->judge) + 1 >= s->r->nblocks;
}

bool speaker_needs_silence(const struct speaker *s)
{
	return s->r->protocol->bare || (s->r->open_end && at_end(s)) || unasked_due(s);
}

bool speaker_silent(struct speaker *s, bool patient)
{
	bool unasked = unasked_due(s) && !s->r->protocol->bare;
	if (unasked)
		s->silent = !patient;
	else
		s->silent = judge_replies(s->judge) || judge_lines(s->judge) || s->at >= s->r->script->nlines;
	return s->silent;
}

/* ---- waiting ---- */

static bool block_heard(const struct speaker *s, const struct dialogue *d)
{
	const struct rehearsed_block *block = heard_block(s);
	size_t heard = judge_replies(s->judge);
	if (s->silent)
		return true;
	if (unasked_due(s))
		return false;
	if (!s->r->protocol->bare && our_turn(d))
		return true;
	/* At the end there is time for a reply of more lines than are written. */
	if (block->trailing && at_end(s) && dialogue_in_reply(d))
		return false;
	return heard > block->finals || (heard == block->finals && judge_lines(s->judge) >= block->trailing);
}

static void block_leave(struct speaker *s)
{
	s->at = heard_block(s)->last + 1;
	s->silent = false;
	judge_leave(s->judge);
	block_begin(s);
}

/* ---- saying ---- */

static enum speak_act show(struct speaker *s, enum speak_act act, struct slice text, struct speak_step *step)
{
	buffer_clear(&s->text);
	buffer_add_slice(&s->text, text);
	step->text = buffer_slice(&s->text);
	return act;
}

/* A new exchange begins with its first command; the command says which digest it uses. */
static void scram_prepare(struct speaker *s, const struct rehearsed *line, const struct script_line *written)
{
	if (line->input != INPUT_COMMAND)
		return;
	struct slice text = slice_of(written->text);
	scram_clear(&s->v.scram);
	s->v.scram.sha256 = slice_find_nocase(text, SLICE("SCRAM-SHA-256")) < text.n;
}

/* The tag of an IMAP command that is being said; empty: there is none. */
static struct slice tag_of(const struct speaker *s)
{
	const struct rehearsed *line = &s->r->lines[s->at];
	bool tagged = s->r->protocol->tagged && line->input == INPUT_COMMAND;
	return slice_part(buffer_slice(&s->octets), 0, tagged ? line->tag_n : 0);
}

/* A tag whose command is not answered yet cannot be used again (RFC 9051 2.2.1): another one goes out. Returns whether that
 * is so; then `octets` hold it. */
static bool retag(struct speaker *s, const struct dialogue *d, struct buffer *words)
{
	struct slice tag = tag_of(s);
	struct buffer fresh = { 0 };
	if (tag.n == 0 || !dialogue_in_flight(d, tag))
		return false;
	for (unsigned i = 2; fresh.n == 0 || dialogue_in_flight(d, buffer_slice(&fresh)); i++) {
		buffer_clear(&fresh);
		buffer_printf(&fresh, SLICE_FMT "-%u", SLICE_ARG(tag), i);
	}
	buffer_add_string(words, "the tag ");
	escape_text(words, tag);
	buffer_add_string(words, " is still in use: the command goes out as ");
	escape_text(words, buffer_slice(&fresh));
	buffer_add_slice(&fresh, slice_part(buffer_slice(&s->octets), tag.n, s->octets.n));
	buffer_wipe(&s->octets);
	s->octets = fresh;
	return true;
}

static enum speak_act say(struct speaker *s, const struct dialogue *d, struct speak_step *step, struct error *error)
{
	const struct script_line *written = line_at(s, s->at);
	const struct rehearsed *line = &s->r->lines[s->at];
	enum input input = dialogue_input(d);
	buffer_clear(&s->octets);
	buffer_clear(&s->problem);
	if (written->kind == SCRIPT_SAID) {
		scram_prepare(s, line, written);
		if (rehearsal_wire(s->r, s->at, &s->v, FILL_STRICT, &s->octets, &s->problem, error) != STATUS_OK)
			return SPEAK_FAILED;
	} else if (written->direction == DIRECTION_FILE && s->files) {
		payload_of_file(&s->octets, buffer_slice(&s->files[s->at]), input);
	} else {
		payload_made(&s->octets, input == INPUT_COUNTED ? dialogue_counted(d) : written->octets, input);
	}
	struct buffer words = { 0 };
	bool retagged = retag(s, d, &words), told = s->retagging;
	s->retagging = retagged && !told;
	if (s->retagging) {
		enum speak_act remark = show(s, SPEAK_REMARK, buffer_slice(&words), step);
		buffer_free(&words);
		return remark;
	}
	buffer_free(&words);
	step->octets = buffer_slice(&s->octets);
	step->problem = buffer_slice(&s->problem);
	step->begins = s->at == s->r->blocks[line->block].first;
	for (size_t i = 0; i < line->commands; i++) {
		s->said = memory_grow(s->said, s->nsaid + 1, sizeof *s->said);
		s->said[s->nsaid++] = s->at;
	}
	judge_said(s->judge, s->at);
	s->skipping = false;
	s->at++;
	return SPEAK_SEND;
}

/* Payload that the server did not ask for; said once for all its lines. */
static enum speak_act skip(struct speaker *s, struct speak_step *step)
{
	bool answer = s->r->lines[s->at].input == INPUT_ANSWER;
	judge_skipped(s->judge, s->at++);
	if (s->skipping)
		return SPEAK_PAUSE;
	s->skipping = true;
	return show(s, SPEAK_REMARK,
	            answer ? SLICE("the server does not ask for this answer: it is skipped")
	                   : SLICE("the server does not ask for this text: it is skipped"),
	            step);
}

/* The server asks for payload that the script does not have. */
static enum speak_act unasked(struct speaker *s, const struct dialogue *d, struct error *error)
{
	const struct script_line *written = line_at(s, s->at);
	static const char *const waits_for[] = {
		[INPUT_TEXT] = "the message's text",
		[INPUT_ANSWER] = "an answer of the SASL exchange",
		[INPUT_FIELD] = "a header field, or the empty line that ends the header",
		[INPUT_COUNTED] = "octets by count",
		[INPUT_REST] = "the rest of the command",
		[INPUT_OPAQUE] = "what the tunnel is for",
	};
	const char *what = waits_for[dialogue_input(d)];
	struct buffer shown = { 0 };
	escape_text(&shown, slice_of(written->text));
	(void)error_set(error, STATUS_DIFFERED, "%s:%u: the server waits for %s here, and the script says " SLICE_FMT,
	                s->r->script->file, written->number, what, SLICE_ARG(buffer_slice(&shown)));
	buffer_free(&shown);
	return SPEAK_FAILED;
}

/* A line of the client's: said, waited with, or skipped. */
/* What the script says under TLS is not for a connection in the clear: there may be passwords in it. */
static enum speak_act not_in_the_clear(const struct speaker *s, struct error *error)
{
	(void)error_set(
		error, STATUS_TLS,
		"%s:%u: from here on the script goes under TLS, which has not begun: the server did not agree on it",
		s->r->script->file, line_at(s, s->at)->number);
	return SPEAK_FAILED;
}

/* FTP: `{{port}}` in PORT and EPRT is where the client listens, unless somebody has said what it is: what stands before it. */
static bool port_wanted(const struct speaker *s, struct slice *head)
{
	const struct script_line *line = line_at(s, s->at);
	struct slice text = { line->text, line->text_n }, rest = text, verb = slice_word(&rest);
	const struct variable *given = variables_get(&s->v, SLICE("port"));
	bool names = slice_equal_nocase(verb, SLICE("PORT")) || slice_equal_nocase(verb, SLICE("EPRT"));
	size_t at = slice_find(text, SLICE("{{port}}"));
	*head = slice_part(text, 0, at);
	return s->r->protocol->data_connection && line->kind == SCRIPT_SAID && names && at < text.n &&
	       s->port_at != s->at && !(given && given->set);
}

static enum speak_act client_line(struct speaker *s, const struct dialogue *d, struct speak_step *step,
                                  struct error *error)
{
	enum input wanted = s->r->lines[s->at].input, input = dialogue_input(d);
	bool waits = input != INPUT_TEXT && input_goes_on(input) && !our_turn(d); /* a literal, for its `+` */
	if (s->greeting_due || input == INPUT_NOTHING || waits)
		return SPEAK_AWAIT;
	if (s->r->lines[s->at].secure && !dialogue_secure(d) && our_turn(d))
		return s->beginning_tls ? SPEAK_AWAIT : not_in_the_clear(s, error);
	bool fits = wanted == input || (wanted == INPUT_NOTHING && input == INPUT_COMMAND);
	struct slice head;
	if (fits && port_wanted(s, &head)) {
		s->port_at = s->at;
		return show(s, SPEAK_LISTEN, head, step);
	}
	if (fits)
		return say(s, d, step, error);
	if (!our_turn(d))
		return SPEAK_AWAIT;
	return wanted == INPUT_COMMAND || wanted == INPUT_NOTHING ? unasked(s, d, error) : skip(s, step);
}

static enum speak_act direction(struct speaker *s, const struct dialogue *d, struct speak_step *step,
                                struct error *error)
{
	const struct script_line *line = line_at(s, s->at);
	switch (line->direction) {
	case DIRECTION_HANGS_UP:
		if (line->side == SIDE_SERVER) {
			step->expected = true;
			return SPEAK_AWAIT_CLOSE;
		}
		s->at++;
		s->hung_up = true;
		return show(s, SPEAK_HANG_UP, slice_of(line->text), step);
	case DIRECTION_WAITS:
		step->seconds = line->seconds;
		s->at++;
		return show(s, SPEAK_PAUSE, slice_of(line->text), step);
	case DIRECTION_FILE:
	case DIRECTION_SENDS:
		break; /* over the data connection */
	case DIRECTION_TLS:
		if (dialogue_tls_pending(d))
			return SPEAK_AWAIT;
		if (!dialogue_secure(d) && !s->r->lines[s->at].begins_tls)
			return not_in_the_clear(s, error);
		s->at++;
		s->beginning_tls = true;
		return dialogue_secure(d) ? SPEAK_PAUSE : SPEAK_TLS;
	case DIRECTION_CONNECTS:
		break;
	}
	s->at++;
	return SPEAK_PAUSE;
}

/* Behind the last line: what was asked is still answered. */
static enum speak_act finish(struct speaker *s, const struct dialogue *d)
{
	if (s->hung_up)
		return SPEAK_DONE;
	if (dialogue_closing(d) && our_turn(d))
		return SPEAK_AWAIT_CLOSE;
	if (!our_turn(d) && !s->silent)
		return SPEAK_AWAIT;
	return SPEAK_DONE;
}

/* One step; a pause of no seconds where there is nothing for the caller to do. */
static enum speak_act next_step(struct speaker *s, const struct dialogue *d, struct speak_step *step,
                                struct error *error)
{
	*step = (struct speak_step){ .line = s->at < s->r->script->nlines ? s->at : NO_LINE };
	if (s->at >= s->r->script->nlines)
		return finish(s, d);
	const struct script_line *line = line_at(s, s->at);
	if (line->kind == SCRIPT_COMMENT) {
		s->at++;
		return show(s, SPEAK_COMMENT, slice_of(line->text), step);
	}
	if (!s->r->lines[s->at].speaks)
		return direction(s, d, step, error);
	if (line->side == SIDE_CLIENT)
		return client_line(s, d, step, error);
	if (!block_heard(s, d))
		return SPEAK_AWAIT;
	block_leave(s);
	return SPEAK_PAUSE;
}

enum speak_act speaker_next(struct speaker *s, const struct dialogue *dialogue, struct speak_step *step,
                            struct error *error)
{
	enum speak_act act;
	do
		act = next_step(s, dialogue, step, error);
	while (act == SPEAK_PAUSE && step->text.n == 0);
	return act;
}

/* ---- FTP's data connection ---- */

static bool is_client_line(const struct speaker *s, size_t i)
{
	return s->r->lines[i].speaks && line_at(s, i)->side == SIDE_CLIENT;
}

/* The client's payload for the transfer under way: behind its command, and before the next one. */
static size_t aside_line(const struct speaker *s)
{
	size_t first = s->at, n = s->r->script->nlines;
	while (first > 0 && !is_client_line(s, first - 1))
		first--;
	for (size_t i = first; i < n && !is_client_line(s, i); i++)
		if (s->r->lines[i].elsewhere && line_at(s, i)->side == SIDE_CLIENT)
			return i;
	return NO_LINE;
}

void speaker_payload(const struct speaker *s, struct buffer *out)
{
	size_t i = aside_line(s);
	if (i == NO_LINE)
		return;
	if (line_at(s, i)->direction == DIRECTION_FILE && s->files)
		buffer_add_slice(out, buffer_slice(&s->files[i]));
	else
		payload_made(out, line_at(s, i)->octets, INPUT_OPAQUE);
}

bool speaker_data_early(const struct speaker *s)
{
	for (size_t i = s->at; i < s->r->script->nlines; i++) {
		const char *code = s->r->lines[i].code;
		if (s->r->lines[i].final && code && (*code == '1' || *code == '4' || *code == '5'))
			return strcmp(code, "150") != 0;
	}
	return true;
}

void speaker_port_is(struct speaker *s, struct slice value)
{
	variables_capture(&s->v, SLICE("port"), value);
}

/* ---- the end ---- */

bool speaker_closed(const struct speaker *s, size_t *line)
{
	size_t heard = judge_replies(s->judge), block = judge_block(s->judge);
	for (size_t i = s->at; i < s->r->script->nlines; i++) {
		const struct rehearsed *l = &s->r->lines[i];
		*line = i;
		if (!l->speaks || line_at(s, i)->mark != MARK_NONE)
			continue;
		if (line_at(s, i)->side == SIDE_CLIENT)
			return false;
		/* Of the server's lines, those that complete a reply must have come. */
		if (l->block != block ? l->final : l->final && l->reply >= heard)
			return false;
	}
	return true;
}
