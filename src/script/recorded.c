/*
 * A recorded session against a script.
 */
#include "script/recorded.h"

#include <stdlib.h>
#include <string.h>

/* The largest table by which commands are paired, in cells. What is larger is paired greedily. */
#define CELLS_MAX (1U << 18)

/* How much two commands have in common: the verb, and all of the line. */
#define SAME_VERB 2
#define SAME_LINE 3

struct comparison {
	const struct rehearsal *r; /* of the script */
	struct rehearsal *s;       /* of the session */
	size_t *script_lines, n;   /* where the commands of the script stand */
	size_t *session_lines, m;  /* and those of the session */
	size_t *paired;            /* of each of the session's: that of the script, an index in script_lines; n: none */
	size_t taken;              /* commands of the script that came, or were passed */
	size_t met;                /* commands of the session that came */
	struct judge *judge;
	struct variables v;
	struct dialogue *d;
	struct dialogue_event **kept; /* of the reply under way */
	size_t nkept;
	uint64_t *passed; /* events of commands that the script does not have, in order */
	size_t npassed;
	bool piece;                     /* the client's last event goes on */
	const struct script_line *last; /* of the session, that was said; NULL: none */
	const struct recorded_events *events;
};

/* ---- pairing ---- */

static size_t *commands_of(const struct rehearsal *r, size_t *n)
{
	size_t *lines = memory_zeroed(r->script->nlines, sizeof *lines);
	*n = 0;
	for (size_t i = 0; i < r->script->nlines; i++)
		if (r->lines[i].commands && r->lines[i].input != INPUT_REST)
			lines[(*n)++] = i;
	return lines;
}

/* Whether a command, whose first `tag_n` octets are an IMAP tag, is all that the script's line says; it may capture. */
static bool says_the_same(const struct comparison *c, size_t line, struct slice text, size_t tag_n, struct variables *v)
{
	size_t own = c->r->lines[line].tag_n;
	struct buffer retagged = { 0 };
	if (tag_n && own) {
		buffer_add_slice(&retagged, slice_part(slice_of(c->r->script->lines[line].text), 0, own));
		buffer_add_slice(&retagged, slice_part(text, tag_n, text.n));
		text = buffer_slice(&retagged);
	}
	bool same = rehearsal_match(c->r, line, text, v);
	buffer_free(&retagged);
	return same;
}

static unsigned alike(const struct comparison *c, size_t i, size_t j)
{
	size_t ours = c->script_lines[i], theirs = c->session_lines[j];
	const char *verb = c->r->lines[ours].verb, *other = c->s->lines[theirs].verb;
	const struct script_line *line = &c->s->script->lines[theirs];
	bool wordless = verb == NULL && other == NULL; /* tcp, udp: any line may be any other */
	if (!wordless && (verb == NULL || other == NULL || strcmp(verb, other) != 0))
		return 0;
	struct variables copy;
	variables_copy(&copy, &c->v);
	bool same = says_the_same(c, ours, (struct slice){ line->text, line->text_n }, c->s->lines[theirs].tag_n,
	                          &copy);
	variables_free(&copy);
	return same ? SAME_LINE : SAME_VERB;
}

/* Each command of the session gets the next of the script's that is like it. */
static void pair_greedily(struct comparison *c)
{
	size_t next = 0;
	for (size_t j = 0; j < c->m; j++) {
		size_t i = next;
		while (i < c->n && alike(c, i, j) == 0)
			i++;
		c->paired[j] = i;
		next = i < c->n ? i + 1 : next;
	}
}

/* The pairs in order that have most in common: the longest common subsequence, weighted. */
static void pair_best(struct comparison *c)
{
	size_t columns = c->m + 1;
	unsigned *best = memory_zeroed((c->n + 1) * columns, sizeof *best);
	for (size_t i = c->n; i-- > 0;) {
		for (size_t j = c->m; j-- > 0;) {
			unsigned skip = best[(i + 1) * columns + j], pass = best[i * columns + j + 1],
				 common = alike(c, i, j);
			unsigned pair = common ? common + best[(i + 1) * columns + j + 1] : 0;
			unsigned most = skip > pass ? skip : pass;
			best[i * columns + j] = pair > most ? pair : most;
		}
	}
	for (size_t i = 0, j = 0; j < c->m;) {
		unsigned here = i < c->n ? best[i * columns + j] : 0;
		unsigned common = i < c->n ? alike(c, i, j) : 0;
		c->paired[j] = c->n;
		if (common && here == common + best[(i + 1) * columns + j + 1])
			c->paired[j++] = i++;
		else if (i < c->n && here == best[(i + 1) * columns + j])
			i++;
		else
			j++;
	}
	free(best);
}

static void pair(struct comparison *c)
{
	c->script_lines = commands_of(c->r, &c->n);
	c->session_lines = commands_of(c->s, &c->m);
	c->paired = memory_zeroed(c->m, sizeof *c->paired);
	if (c->m && c->n + 1 > CELLS_MAX / (c->m + 1))
		pair_greedily(c);
	else
		pair_best(c);
}

/* ---- the script's side ---- */

/* The line of the script before its next command: so far a command's text may go. */
static size_t text_end(const struct comparison *c, size_t i)
{
	return (i + 1 < c->n ? c->script_lines[i + 1] : c->r->script->nlines) - 1;
}

/* The session does not have the command, nor what belongs to it. */
static void absent(struct comparison *c, size_t i)
{
	for (size_t line = c->script_lines[i]; line <= text_end(c, i); line++)
		if (c->r->script->lines[line].side == SIDE_CLIENT)
			judge_absent(c->judge, line);
}

/* Goes on in the script to the replies of a line of the client's. */
static void go_to(struct comparison *c, size_t line)
{
	const struct rehearsal *r = c->r;
	size_t block = r->lines[line].block + 1;
	while (judge_block(c->judge) < r->nblocks && judge_block(c->judge) < block)
		judge_leave(c->judge);
	judge_said(c->judge, line);
	c->events->judged(c->events->context, c->judge);
}

static void command_met(struct comparison *c, const struct dialogue_event *event, const struct script_line *said)
{
	size_t i = c->paired[c->met++];
	if (i == c->n) {
		c->passed = memory_one_more(c->passed, c->npassed, sizeof *c->passed);
		c->passed[c->npassed++] = event->n;
		c->events->passed_over(c->events->context, said->number, event->text);
		return;
	}
	for (; c->taken < i; c->taken++)
		absent(c, c->taken);
	c->taken = i + 1;
	go_to(c, c->script_lines[i]);
	(void)says_the_same(c, c->script_lines[i], event->text, event->tag.n, &c->v);
	judge_command(c->judge, event->n, c->script_lines[i]);
}

/* ---- the session's side ---- */

static bool was_passed(const struct comparison *c, uint64_t n)
{
	for (size_t i = c->npassed; n && i-- > 0 && c->passed[i] >= n;)
		if (c->passed[i] == n)
			return true;
	return false;
}

/* What has come since the last reply is the judge's, or of a command that was passed over. */
static void kept_tell(struct comparison *c, bool drop)
{
	for (size_t i = 0; i < c->nkept; i++) {
		if (!drop)
			judge_heard(c->judge, c->kept[i]);
		event_forget(c->kept[i]);
	}
	c->nkept = 0;
}

/* What asks for a literal, or comes before the reply proper, need not stand in the script. */
static bool unwritten(const struct comparison *c, const struct dialogue_event *event)
{
	enum class expected = judge_expected_class(c->judge, event);
	return (event->class == CLASS_INFO || event->class == CLASS_CONTINUE) && expected != CLASS_NONE &&
	       expected != CLASS_INFO && expected != CLASS_CONTINUE;
}

static void server_event(struct comparison *c, const struct dialogue_event *event)
{
	c->kept = memory_one_more(c->kept, c->nkept, sizeof *c->kept);
	c->kept[c->nkept++] = event_keep(event);
	if (!event->has_final || !event->final)
		return;
	kept_tell(c, was_passed(c, event->answers) || (event->answers && unwritten(c, event)));
}

static void client_event(struct comparison *c, const struct dialogue_event *event, const struct script_line *said)
{
	bool goes_on = c->piece;
	c->piece = event->more;
	if (event->kind == EVENT_DATA && c->taken > 0) {
		bool over = dialogue_input(c->d) != INPUT_TEXT; /* the text has its dot */
		size_t end = text_end(c, c->taken - 1);
		judge_said(c->judge, over || end == 0 ? end : end - 1);
	}
	if (event->kind != EVENT_COMMAND || goes_on || c->met == c->m)
		return;
	size_t line = c->session_lines[c->met];
	if (&c->s->script->lines[line] != said)
		return; /* the rest of a command */
	kept_tell(c, false);
	command_met(c, event, said);
}

static void drain(struct comparison *c, const struct script_line *said)
{
	struct dialogue_event event;
	while (dialogue_next(c->d, &event)) {
		struct slice challenge = dialogue_challenge(c->d);
		buffer_clear(&c->v.challenge);
		buffer_add_slice(&c->v.challenge, challenge);
		if (event.kind == EVENT_STAGE && !(event.has_final && event.final))
			continue;
		if (event.side == SIDE_SERVER)
			server_event(c, &event);
		else
			client_event(c, &event, said);
	}
}

static void feed(struct comparison *c, const struct script_line *line, struct slice octets)
{
	size_t took;
	do {
		if (dialogue_tls_pending(c->d))
			dialogue_assume_tls(c->d);
		took = dialogue_feed(c->d, line->side, octets.p, octets.n);
		drain(c, line);
		octets = slice_part(octets, took, octets.n);
	} while (octets.n && took);
}

/* Where lines need no end (tcp), what was said is over when the other side speaks. */
static void fall_silent(struct comparison *c)
{
	if (c->last == NULL || dialogue_tls_pending(c->d) || dialogue_unfinished(c->d, c->last->side).n == 0)
		return;
	dialogue_quiet(c->d);
	drain(c, c->last);
}

static void line_said(struct comparison *c, size_t i)
{
	const struct script_line *line = &c->s->script->lines[i];
	if (c->last && c->last->side != line->side)
		fall_silent(c);
	c->last = line;
	struct buffer wire = { 0 };
	struct error error = { 0 };
	if (rehearsal_wire(c->s, i, &c->v, FILL_OFFLINE, &wire, NULL, &error) != STATUS_OK) {
		buffer_clear(&wire);
		buffer_add(&wire, line->text, line->text_n);
		buffer_add_string(&wire, line->exact ? "" : "\r\n");
	}
	error_clear(&error);
	feed(c, line, buffer_slice(&wire));
	buffer_wipe(&wire);
}

static void directed(struct comparison *c, size_t i, const struct script_line *line)
{
	struct dialogue_event event;
	fall_silent(c);
	if (line->direction == DIRECTION_SENDS || line->direction == DIRECTION_FILE)
		dialogue_payload(c->d, line->side, (struct slice){ line->text, line->text_n }, line->octets);
	else if (line->direction == DIRECTION_TLS)
		dialogue_assume_tls(c->d);
	else if (line->direction == DIRECTION_HANGS_UP)
		dialogue_stage(c->d, STAGE_CLOSE, line->side);
	while (c->s->lines[i].elsewhere && dialogue_next(c->d, &event))
		; /* what went over the data connection is no part of a reply */
	drain(c, line);
}

static void line_happened(struct comparison *c, size_t i)
{
	const struct script_line *line = &c->s->script->lines[i];
	if (line->kind == SCRIPT_SAID && rehearsal_says(c->s, i, FILL_OFFLINE))
		line_said(c, i);
	else if (line->kind == SCRIPT_DIRECTION)
		directed(c, i, line);
}

/* ---- the whole ---- */

static void finish(struct comparison *c)
{
	kept_tell(c, false);
	if (c->taken == c->n) {
		while (judge_block(c->judge) < c->r->nblocks)
			judge_leave(c->judge);
		judge_end(c->judge, "the session ends here", BLAME_NONE);
		return;
	}
	const struct script_line *next = &c->r->script->lines[c->script_lines[c->taken]];
	char *why = string_printf("the session ends before the command of line %u of the script, \"%s\"", next->number,
	                          next->text);
	judge_end(c->judge, why, BLAME_FIRST);
	free(why);
}

static void forget(struct comparison *c)
{
	judge_free(c->judge);
	variables_free(&c->v);
	dialogue_free(c->d);
	rehearsal_free(c->s);
	free(c->kept);
	free(c->passed);
	free(c->script_lines);
	free(c->session_lines);
	free(c->paired);
}

void recorded_compare(const struct rehearsal *r, const struct script *session, enum match_level level,
                      const struct variables *given, const struct recorded_events *events)
{
	struct comparison c = { .r = r, .events = events };
	rehearsal_variables(r, given, &c.v);
	c.s = rehearse(session, r->protocol, given);
	pair(&c);
	c.judge = judge_new(r, level, &c.v);
	c.d = dialogue_new(c.s->protocol);
	if (c.s->tls_implicit)
		dialogue_assume_tls(c.d);
	for (size_t i = 0; i < session->nlines; i++)
		line_happened(&c, i);
	fall_silent(&c);
	finish(&c);
	events->judged(events->context, c.judge);
	forget(&c);
}
