/*
 * Holding replies against a script.
 */
#include "script/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "script/expected.h"
#include "script/sequence.h"
#include "script/untagged.h"

/* What is kept of a line in order to match it, of a reply in order to show it, and of several that were not expected,
 * in octets. */
#define LINE_KEPT (1U << 20)
#define REPLY_KEPT (16U << 10)
#define EXTRA_KEPT (1U << 10)

/* What came of one reply of the script. */
struct heard {
	bool complete;
	enum class class;
	struct buffer code, text, note;
	struct buffer unlisted; /* an untagged response of it that the script does not list, and must; empty: none */
	bool mixed;             /* its lines do not all have the same code, and must */
	size_t omitted;         /* lines that were not kept */
	struct sequence *sequence;
	size_t extra;          /* complete replies behind it that the script does not have, and lines that are none */
	struct buffer extras;  /* their text, lines divided by LF */
	struct buffer problem; /* what the protocol says is wrong with the first of them */
	struct judgement judgement;
};

/* Why a line of the client's was not said: the server did not ask for it, or there is none in the session. */
enum unsaid { UNSAID_NOT, UNSAID_SKIPPED, UNSAID_ABSENT };

/* Which line of the script a command event is. */
struct command {
	uint64_t n;
	size_t line;
};

struct judge {
	const struct rehearsal *r;
	enum match_level level;
	struct variables *v;
	size_t block;             /* that replies belong to; r->nblocks past the last */
	struct untagged *data;    /* untagged data of the block; NULL: not IMAP */
	struct heard *heard;      /* of each reply of the script */
	size_t lines;             /* since the last reply */
	struct heard coming;      /* the reply under way: it may turn out to be another than it seems */
	size_t current;           /* the one that it seems to be */
	struct buffer line;       /* that comes in pieces */
	struct command *commands; /* the latest, in a ring that grows up to OUTSTANDING_MAX */
	size_t ncommands, room;   /* told so far; that the ring holds */
	enum unsaid *unsaid;      /* of client's lines; NULL: all were said */
	bool ordered;             /* what answers what cannot be told any more from the script: order counts */
	bool differed, ended;
	size_t last;            /* the reply that came last; NO_LINE: none */
	size_t said;            /* lines of the script before this one were said, as far as they are the client's */
	struct buffer unlisted; /* an untagged response that the script does not list, of the reply under way */
	double said_at;         /* when the client spoke last, in seconds as events have them */
	size_t ready, given;    /* judgements that are out, and those that were given */
};

enum match_level match_level_named(const char *name)
{
	if (name && strcmp(name, "class") == 0)
		return LEVEL_CLASS;
	return name && strcmp(name, "text") == 0 ? LEVEL_TEXT : LEVEL_STATUS;
}

void judgement_free(struct judgement *judgement)
{
	buffer_free(&judgement->expected);
	buffer_free(&judgement->received);
	buffer_free(&judgement->note);
}

/* The replies of the block under way: from `*first` up to, not including, the index that is returned. */
static size_t block_replies(const struct judge *j, size_t *first)
{
	*first = j->r->nreplies;
	if (j->block >= j->r->nblocks)
		return j->r->nreplies;
	*first = j->r->blocks[j->block].reply;
	return *first + j->r->blocks[j->block].nreplies;
}

static bool whole(const struct judge *j)
{
	return j->level == LEVEL_TEXT;
}

/* ---- blocks ---- */

static void heard_forget(struct heard *heard)
{
	buffer_free(&heard->code);
	buffer_free(&heard->text);
	buffer_free(&heard->note);
	buffer_free(&heard->extras);
	buffer_free(&heard->problem);
	buffer_free(&heard->unlisted);
	sequence_free(heard->sequence);
	heard->sequence = NULL;
}

/* What compares the lines of a reply: made when it is needed. */
static struct sequence *sequence_of(struct judge *j, size_t i)
{
	const struct expected_reply *reply = &j->r->replies[i];
	if (j->heard[i].sequence == NULL)
		j->heard[i].sequence = sequence_new(j->r, reply->lines, reply->nlines, whole(j),
		                                    j->r->protocol->tagged);
	return j->heard[i].sequence;
}

static void sequence_drop(struct judge *j, size_t i)
{
	sequence_free(j->heard[i].sequence);
	j->heard[i].sequence = NULL;
}

static void block_enter(struct judge *j, size_t from)
{
	while (from < j->r->nblocks && j->r->blocks[from].side != SIDE_SERVER)
		from++;
	j->block = from;
	j->lines = 0;
	size_t first, end = block_replies(j, &first);
	if (j->r->protocol->tagged && end > first)
		j->data = untagged_new(j->r, &j->r->replies[first], end - first, whole(j));
}

struct judge *judge_new(const struct rehearsal *r, enum match_level level, struct variables *v)
{
	struct judge *j = memory_zeroed(1, sizeof *j);
	j->r = r;
	j->level = level;
	j->v = v;
	j->last = NO_LINE;
	j->heard = memory_zeroed(r->nreplies, sizeof *j->heard);
	block_enter(j, 0);
	return j;
}

void judge_free(struct judge *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < j->r->nreplies; i++) {
		heard_forget(&j->heard[i]);
		judgement_free(&j->heard[i].judgement);
	}
	heard_forget(&j->coming);
	untagged_free(j->data);
	free(j->heard);
	free(j->commands);
	free(j->unsaid);
	buffer_free(&j->line);
	buffer_free(&j->unlisted);
	free(j);
}

size_t judge_block(const struct judge *j)
{
	return j->block;
}

size_t judge_replies(const struct judge *j)
{
	size_t first, end = block_replies(j, &first), n = 0;
	for (size_t i = first; i < end; i++)
		n += j->heard[i].complete;
	return n;
}

size_t judge_lines(const struct judge *j)
{
	return j->lines;
}

bool judge_differed(const struct judge *j)
{
	return j->differed;
}

/* ---- what the client says ---- */

void judge_command(struct judge *j, uint64_t n, size_t line)
{
	if (j->ncommands == j->room && j->room < OUTSTANDING_MAX) {
		j->room = j->room ? 2 * j->room : 8;
		j->commands = memory_grow(j->commands, j->room, sizeof *j->commands);
	}
	j->commands[j->ncommands++ % OUTSTANDING_MAX] = (struct command){ n, line };
}

/* The line of the script that a command event is; NO_LINE where that was not told. */
static size_t line_of_command(const struct judge *j, uint64_t n)
{
	size_t kept = j->ncommands < OUTSTANDING_MAX ? j->ncommands : OUTSTANDING_MAX;
	for (size_t i = 1; n && i <= kept; i++) {
		const struct command *command = &j->commands[(j->ncommands - i) % OUTSTANDING_MAX];
		if (command->n == n)
			return command->line;
	}
	return NO_LINE;
}

static void unsaid(struct judge *j, size_t line, enum unsaid why)
{
	if (j->unsaid == NULL)
		j->unsaid = memory_zeroed(j->r->script->nlines, sizeof *j->unsaid);
	j->unsaid[line] = why;
}

void judge_skipped(struct judge *j, size_t line)
{
	unsaid(j, line, UNSAID_SKIPPED);
}

void judge_absent(struct judge *j, size_t line)
{
	unsaid(j, line, UNSAID_ABSENT);
}

void judge_said(struct judge *j, size_t line)
{
	size_t first;
	(void)block_replies(j, &first);
	j->ready = first;
	j->said = line + 1;
}

/* ---- which reply it is ---- */

/* The first reply that has not come, of this block and those behind it, from `from` on; j->r->nreplies where none is. */
static size_t awaited(const struct judge *j, size_t from)
{
	size_t first;
	(void)block_replies(j, &first);
	for (size_t i = from > first ? from : first; i < j->r->nreplies; i++)
		if (!j->heard[i].complete)
			return i;
	return j->r->nreplies;
}

/* A preliminary reply that the script need not have, and that is not what came: that is the next, where there is one. */
static bool is_passed(const struct judge *j, size_t i)
{
	const struct expected_reply *reply = &j->r->replies[i];
	return reply->optional && reply->class == CLASS_INFO && j->coming.class != CLASS_INFO;
}

/* The reply that answers that line and has not come. `*listed`: there is one that does, come or not. A reply may come
 * while the lines before its block still go out. */
static size_t answer_of(const struct judge *j, size_t line, bool *listed)
{
	size_t first;
	(void)block_replies(j, &first);
	size_t found = j->r->nreplies;
	*listed = false;
	for (size_t i = first; i < j->r->nreplies; i++) {
		bool open = found < j->r->nreplies && !j->r->replies[i].complete; /* the script does not tell its end */
		if (j->r->replies[i].answers != line && !open)
			continue;
		*listed = true;
		if (j->heard[i].complete)
			continue;
		if (!is_passed(j, i))
			return i;
		found = found == j->r->nreplies ? i : found;
	}
	return found;
}

/* A reply that answers nothing: one that the script expects so, the greeting among them. */
static size_t unasked_reply(const struct judge *j)
{
	size_t first, end = block_replies(j, &first);
	for (size_t i = awaited(j, 0); i < end; i = awaited(j, i + 1))
		if (j->ordered || !j->r->replies[i].complete || j->r->replies[i].answers == NO_LINE)
			return i;
	return j->r->nreplies;
}

/* Whether what a reply answers was said. Where that cannot be told from the script, the first line that was to be said
 * before it counts. */
static bool was_asked(const struct judge *j, size_t reply)
{
	const struct rehearsal *r = j->r;
	if (reply == r->nreplies)
		return false;
	size_t due = r->lines[r->replies[reply].last].due;
	size_t block = r->lines[r->replies[reply].first].block;
	if (r->replies[reply].answers == NO_LINE || j->ordered)
		due = block > 0 ? r->blocks[block - 1].first : NO_LINE;
	return due == NO_LINE || due < j->said;
}

/* Which reply of the script is told by the event, whether it is due or not. */
static size_t candidate_of(const struct judge *j, const struct dialogue_event *event)
{
	bool listed;
	if (j->r->protocol->bare)
		return awaited(j, 0);
	if (event->answers == 0)
		return unasked_reply(j);
	/* A reply whose end the script leaves out: which one that is only the order tells. */
	size_t first, end = block_replies(j, &first), next = awaited(j, 0);
	if (next < end && !j->r->replies[next].complete && !j->r->replies[next].unasked)
		return next;
	size_t line = line_of_command(j, event->answers);
	if (j->ordered || line == NO_LINE)
		return awaited(j, 0);
	size_t found = answer_of(j, line, &listed);
	return listed ? found : awaited(j, 0);
}

/* Which reply of the script is completed by the event; j->r->nreplies where it has none for it. */
static size_t reply_of(const struct judge *j, const struct dialogue_event *event)
{
	size_t candidate = candidate_of(j, event);
	return was_asked(j, candidate) ? candidate : j->r->nreplies;
}

static enum class class_of(const struct judge *j, size_t reply) {
	return reply < j->r->nreplies ? j->r->replies[reply].class : CLASS_NONE;
}

enum class judge_expected_class(const struct judge *j, const struct dialogue_event *event) {
	return class_of(j, reply_of(j, event));
}

/* ---- hearing ---- */

static void keep_line(struct heard *heard, struct slice text)
{
	if (heard->text.n + text.n > REPLY_KEPT) {
		heard->omitted++;
		return;
	}
	if (heard->text.n)
		buffer_add_octet(&heard->text, '\n');
	buffer_add_slice(&heard->text, text);
}

/* The code is the final line's, else the first that there is (POP3, HTTP). */
static void keep_code(struct judge *j, const struct dialogue_event *event)
{
	struct heard *coming = &j->coming;
	if (event->kind != EVENT_REPLY)
		return;
	if (event->class != CLASS_NONE)
		coming->class = event->class;
	if (j->r->protocol->one_code && coming->code.n && event->code.n &&
	    !slice_equal(buffer_slice(&coming->code), event->code))
		coming->mixed = true;
	if (event->code.n == 0 || (!event->final && coming->code.n))
		return;
	buffer_clear(&coming->code);
	buffer_add_slice(&coming->code, event->code);
	buffer_clear(&coming->note);
	buffer_add_slice(&coming->note, event->note);
}

static void untagged_heard(struct judge *j, const struct dialogue_event *event)
{
	struct untagged_part part = { .text = buffer_slice(&j->line), .keyword = event->keyword };
	part.begins = event->kind == EVENT_REPLY && slice_starts(part.text, SLICE("* "));
	part.ends = event->kind == EVENT_REPLY && !event_span(event, SPAN_COUNT);
	/* What comes when all that was asked is answered belongs to no reply, however soon it comes. */
	size_t first, end = block_replies(j, &first);
	if (j->current >= end)
		return;
	if (j->data)
		untagged_line(j->data, &part, j->v, j->unlisted.n ? NULL : &j->unlisted);
	sequence_forbid(sequence_of(j, j->current), part.text, 0, j->v);
}

/* A whole line has come: it is compared with those of the reply that it seems to belong to. */
static void line_heard(struct judge *j, const struct dialogue_event *event)
{
	struct slice text = buffer_slice(&j->line);
	bool tagged = event->tag.n && slice_starts(text, event->tag);
	j->current = awaited(j, 0);
	keep_line(&j->coming, text);
	j->lines++;
	if (j->r->protocol->tagged && !event->final) {
		untagged_heard(j, event);
		return;
	}
	size_t which = j->r->protocol->tagged ? reply_of(j, event) : j->current;
	if (which < j->r->nreplies)
		sequence_line(sequence_of(j, which), text, tagged ? event->tag.n : 0, j->v);
}

/* The lines were compared with another reply's than the one that they turn out to be. */
static void tell_again(struct judge *j, size_t which, const struct heard *coming)
{
	struct slice rest = buffer_slice(&coming->text);
	sequence_drop(j, j->current);
	while (which < j->r->nreplies && rest.n)
		sequence_line(sequence_of(j, which), slice_row(&rest), 0, j->v);
}

/* What the script does not have makes a reply differ: that one, or the last that came, if it is not out yet. */
static void extra_heard(struct judge *j, size_t which, struct slice text, struct slice problem)
{
	if (which >= j->r->nreplies || which < j->ready)
		which = j->last;
	if (which >= j->r->nreplies || which < j->ready)
		return;
	struct heard *heard = &j->heard[which];
	if (heard->extra++ == 0)
		buffer_add_slice(&heard->problem, problem);
	if (heard->extras.n < EXTRA_KEPT && heard->extras.n)
		buffer_add_octet(&heard->extras, '\n');
	if (heard->extras.n < EXTRA_KEPT)
		buffer_add_slice(&heard->extras, text);
	j->differed = true;
}

/* Whether the script itself has such lines here, as some documents print them. */
static bool has_junk(const struct judge *j, size_t reply)
{
	const struct expected_reply *expected = &j->r->replies[reply];
	for (size_t i = 0; reply < j->r->nreplies && i < expected->nlines; i++)
		if (j->r->lines[expected->lines[i].line].kind == EVENT_JUNK)
			return true;
	return false;
}

/* A line with no possible role: it came for the reply that is awaited, if one is. True where it was dealt with: the script has
 * none such here. */
static bool junk_heard(struct judge *j, const struct dialogue_event *event)
{
	if (event->kind != EVENT_JUNK || has_junk(j, awaited(j, 0)) || (j->last != NO_LINE && has_junk(j, j->last)))
		return false;
	size_t which = awaited(j, 0);
	extra_heard(j, was_asked(j, which) ? which : j->last, buffer_slice(&j->line), event->problem);
	return true;
}

static void reply_heard(struct judge *j, const struct dialogue_event *event)
{
	size_t which = reply_of(j, event), at;
	if (!j->r->protocol->tagged && j->current < j->r->nreplies && which != j->current)
		tell_again(j, which, &j->coming);
	j->lines = 0;
	if (which == j->r->nreplies) {
		bool pending = j->last != NO_LINE && j->last >= j->ready;
		extra_heard(j, pending ? j->last : awaited(j, 0), buffer_slice(&j->coming.text), event->problem);
		heard_forget(&j->coming);
		j->coming = (struct heard){ 0 };
		return;
	}
	struct heard *heard = &j->heard[which], *coming = &j->coming;
	heard->complete = true;
	heard->class = coming->class;
	heard->code = coming->code;
	heard->text = coming->text;
	heard->note = coming->note;
	heard->omitted = coming->omitted;
	heard->mixed = coming->mixed;
	heard->unlisted = j->unlisted;
	j->unlisted = (struct buffer){ 0 };
	*coming = (struct heard){ 0 };
	heard->judgement.seconds = event->t > j->said_at ? event->t - j->said_at : 0;
	(void)sequence_end(sequence_of(j, which), j->v, &at); /* captures */
	j->last = which;
}

void judge_heard(struct judge *j, const struct dialogue_event *event)
{
	if (event->side == SIDE_CLIENT)
		j->said_at = event->t;
	if (j->ended || event->side != SIDE_SERVER || (event->kind == EVENT_STAGE && !event->final))
		return;
	if (event->kind != EVENT_STAGE) {
		if (j->line.n < LINE_KEPT)
			buffer_add_slice(&j->line, event->text);
		if (event->more)
			return;
		keep_code(j, event);
		if (!junk_heard(j, event))
			line_heard(j, event);
		buffer_clear(&j->line);
	}
	if (event->has_final && event->final)
		reply_heard(j, event);
}

void judge_extra(struct judge *j, struct slice octets, struct slice problem)
{
	extra_heard(j, j->last, octets, problem);
}

void judge_passed(struct judge *j)
{
	size_t current = awaited(j, 0);
	if (current < j->r->nreplies)
		sequence_drop(j, current);
	heard_forget(&j->coming);
	j->coming = (struct heard){ 0 };
	j->lines = 0;
}

bool judge_awaits_unasked(const struct judge *j)
{
	size_t first, end = block_replies(j, &first);
	for (size_t i = first; i < end && j->r->blocks[j->block].unasked; i++) {
		const struct expected_reply *reply = &j->r->replies[i];
		if (!reply->unasked || reply->optional || j->heard[i].complete)
			continue;
		if (reply->complete || !j->data || !untagged_complete(j->data, i - first))
			return true;
	}
	return false;
}

/* ---- judging ---- */

/* Makes the reply differ, for a reason; the first counts. */
static bool differs(struct judge *j, struct heard *heard, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool differs(struct judge *j, struct heard *heard, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&heard->judgement.note, format, ap);
	va_end(ap);
	heard->judgement.verdict = VERDICT_DIFFERS;
	j->differed = true;
	return true;
}

static void add_quoted(struct buffer *out, struct slice text)
{
	buffer_add_octet(out, '"');
	escape_text(out, text);
	buffer_add_octet(out, '"');
}

/* "250 (success)"; the class by itself where it says all. */
static void add_code(struct buffer *out, struct slice code, enum class class)
{
	escape_text(out, code);
	if (class != CLASS_NONE)
		buffer_printf(out, " (%s)", class_name(class));
}

/* Whether the codes, or the classes, are not the same. */
static bool code_differs(struct judge *j, const struct expected_reply *reply, struct heard *heard)
{
	if (heard->mixed)
		return differs(
			j, heard,
			"The lines of this reply have different codes, and must all have the same (RFC 5321 4.2.1).");
	struct slice wanted = slice_of(reply->code), came = buffer_slice(&heard->code);
	bool same = j->level == LEVEL_CLASS ? reply->class == heard->class : slice_equal_nocase(wanted, came);
	if (reply->code == NULL || same || (j->level == LEVEL_CLASS && reply->class == CLASS_NONE))
		return false;
	struct buffer words = { 0 };
	add_code(&words, came.n ? came : SLICE("no code"), heard->class);
	buffer_add_string(&words, " instead of ");
	add_code(&words, wanted, reply->class);
	buffer_add_octet(&words, '.');
	if (heard->note.n)
		buffer_printf(&words, " " SLICE_FMT, SLICE_ARG(buffer_slice(&heard->note)));
	differs(j, heard, SLICE_FMT, SLICE_ARG(buffer_slice(&words)));
	buffer_free(&words);
	return true;
}

static unsigned number_of(const struct judge *j, const struct expected_line *line)
{
	return j->r->script->lines[line->line].number;
}

/* What an expected line says, by itself. */
static void add_meaning(const struct judge *j, const struct expected_line *line, struct heard *heard)
{
	const char *note = j->r->lines[line->line].note;
	if (note)
		buffer_printf(&heard->judgement.note, " It says: %s", note);
}

/* Whether a line is missing, or one too many. */
static bool lines_differ(struct judge *j, size_t i)
{
	const struct expected_reply *reply = &j->r->replies[i];
	struct heard *heard = &j->heard[i];
	size_t at = 0;
	enum fault fault = sequence_end(sequence_of(j, i), j->v, &at);
	struct buffer line = { 0 };
	if (fault == FAULT_NONE)
		return false;
	if (fault == FAULT_EXTRA)
		differs(j, heard, "Line %zu of the reply is not in the script.", at + 1);
	if (fault != FAULT_EXTRA)
		add_quoted(&line, buffer_slice(&reply->lines[at].text));
	if (fault == FAULT_MISSING)
		differs(j, heard, "No line that came is " SLICE_FMT " (line %u of the script)%s.",
		        SLICE_ARG(buffer_slice(&line)), number_of(j, &reply->lines[at]),
		        whole(j) ? ", at its place" : "");
	if (fault == FAULT_NEVER)
		differs(j, heard, "A line came that must not: " SLICE_FMT " (line %u of the script).",
		        SLICE_ARG(buffer_slice(&line)), number_of(j, &reply->lines[at]));
	if (fault != FAULT_EXTRA)
		add_meaning(j, &reply->lines[at], heard);
	buffer_free(&line);
	return true;
}

/* Whether untagged data is missing, or some came that may not. */
static bool data_differs(struct judge *j, const struct expected_reply *reply, struct heard *heard, size_t number)
{
	size_t at = 0;
	struct buffer line = { 0 };
	if (j->data == NULL)
		return false;
	bool there = untagged_end(j->data, number, j->v, &at);
	struct slice extra = buffer_slice(&heard->unlisted);
	if (!there) {
		const char *keyword = j->r->lines[reply->lines[at].line].keyword;
		add_quoted(&line, buffer_slice(&reply->lines[at].text));
		if (whole(j) || reply->lines[at].varies || keyword == NULL)
			differs(j, heard, "No untagged response came that is " SLICE_FMT " (line %u of the script).",
			        SLICE_ARG(buffer_slice(&line)), number_of(j, &reply->lines[at]));
		else
			differs(j, heard,
			        "No untagged %s came for " SLICE_FMT
			        " (line %u of the script) since the command was said.",
			        keyword, SLICE_ARG(buffer_slice(&line)), number_of(j, &reply->lines[at]));
	} else if (extra.n) {
		add_quoted(&line, extra);
		differs(j, heard, "The script does not list the untagged response " SLICE_FMT ".",
		        SLICE_ARG(buffer_slice(&line)));
	}
	buffer_free(&line);
	return !there || extra.n;
}

static void skip(struct heard *heard, const char *why)
{
	heard->judgement.verdict = VERDICT_SKIPPED;
	buffer_add_string(&heard->judgement.note, why);
}

/* Why what a reply answers was not said, `*line` of the client's. */
static enum unsaid why_unsaid(const struct judge *j, const struct expected_reply *reply, size_t *line)
{
	*line = j->r->lines[reply->last].due;
	if (j->unsaid == NULL)
		return UNSAID_NOT;
	if (*line != NO_LINE && j->unsaid[*line] != UNSAID_NOT)
		return j->unsaid[*line];
	*line = reply->answers;
	return *line != NO_LINE ? j->unsaid[*line] : UNSAID_NOT;
}

/* A reply that has not come, because what it answers was not said. */
static bool unasked_for(struct judge *j, const struct expected_reply *reply, struct heard *heard)
{
	size_t line;
	enum unsaid why = heard->complete ? UNSAID_NOT : why_unsaid(j, reply, &line);
	if (why == UNSAID_SKIPPED)
		skip(heard, "the server did not ask for the text that it answers");
	if (why == UNSAID_ABSENT) {
		struct buffer command = { 0 };
		add_quoted(&command, slice_of(j->r->script->lines[line].text));
		differs(j, heard,
		        "The session does not have the command that this answers: " SLICE_FMT
		        " (line %u of the script).",
		        SLICE_ARG(buffer_slice(&command)), j->r->script->lines[line].number);
		buffer_free(&command);
	}
	return why != UNSAID_NOT;
}

/* What came where the script has a preliminary reply was final: no other answers the command (RFC 959 4.2, RFC 9110 15.2). */
static bool answered_before(const struct judge *j, size_t i)
{
	size_t first, end = block_replies(j, &first);
	size_t line = j->r->replies[i].answers;
	for (size_t k = first; k < i && k < end && line != NO_LINE && !j->heard[i].complete; k++)
		if (j->r->replies[k].answers == line && j->r->replies[k].class == CLASS_INFO && j->heard[k].complete &&
		    j->heard[k].class != CLASS_INFO)
			return true;
	return false;
}

/* One of several replies to a command (LMTP's after the text, RFC 2033 4.2): how many are due was decided before, and that
 * went another way than in the script. */
static bool fewer_due(const struct judge *j, size_t i)
{
	const struct expected_reply *reply = &j->r->replies[i];
	return j->differed && !j->heard[i].complete && i > 0 && reply->answers != NO_LINE &&
	       j->r->replies[i - 1].answers == reply->answers && j->heard[i - 1].complete;
}

/* A reply that the script does not complete is there where its lines are. */
static bool there_in_part(struct judge *j, size_t i, size_t number)
{
	const struct expected_reply *reply = &j->r->replies[i];
	const struct heard *heard = &j->heard[i];
	size_t at;
	if (reply->complete || heard->complete)
		return heard->complete;
	if (j->data && !untagged_complete(j->data, number))
		return false;
	return j->lines > 0 || j->data || sequence_end(sequence_of(j, i), j->v, &at) == FAULT_NONE;
}

/* Fills in what stands side by side. */
static void show(struct judge *j, const struct expected_reply *reply, struct heard *heard)
{
	struct judgement *judgement = &heard->judgement;
	struct slice text = buffer_slice(heard->complete ? &heard->text : &j->coming.text);
	size_t omitted = heard->complete ? heard->omitted : j->coming.omitted;
	expected_print(j->r, reply, j->v, &judgement->expected);
	buffer_add_slice(&judgement->received, text);
	if (omitted)
		buffer_printf(&judgement->received, "%s… %zu more line%s", text.n ? "\n" : "", omitted,
		              omitted == 1 ? "" : "s");
}

/* The first that differs says why. What untagged data captures counts in any case: the script may go on with it. */
static void compare_all(struct judge *j, size_t i, size_t number)
{
	const struct expected_reply *reply = &j->r->replies[i];
	struct heard *heard = &j->heard[i];
	size_t at = 0;
	if (j->data)
		(void)untagged_end(j->data, number, j->v, &at);
	if ((!heard->complete || !code_differs(j, reply, heard)) && !data_differs(j, reply, heard, number))
		(void)lines_differ(j, i);
}

static void judge_reply(struct judge *j, size_t i, size_t number)
{
	const struct expected_reply *reply = &j->r->replies[i];
	struct heard *heard = &j->heard[i];
	if (answered_before(j, i)) {
		skip(heard, "the answer before it was final already");
	} else if (fewer_due(j, i)) {
		skip(heard, "fewer replies are due than in the script, since one before it differs");
	} else if (unasked_for(j, reply, heard)) {
		sequence_drop(j, i);
	} else if (!there_in_part(j, i, number)) {
		if (!reply->optional)
			differs(j, heard, "This reply did not come, and nothing that was said still waits for one.");
	} else {
		compare_all(j, i, number);
	}
	if (heard->judgement.verdict == VERDICT_DIFFERS)
		show(j, reply, heard);
	sequence_drop(j, i);
}

void judge_leave(struct judge *j)
{
	size_t first, end = block_replies(j, &first);
	for (size_t i = first; i < end; i++) {
		judge_reply(j, i, i - first);
		j->ordered |= !j->r->protocol->tagged && !j->r->replies[i].complete;
	}
	untagged_free(j->data);
	j->data = NULL;
	heard_forget(&j->coming);
	j->coming = (struct heard){ 0 };
	block_enter(j, j->block + 1);
}

/* The replies that nothing was heard of. */
static void end_rest(struct judge *j, const char *why, bool blame)
{
	size_t first;
	char *ended = NULL;
	(void)block_replies(j, &first);
	for (size_t i = first; i < j->r->nreplies; i++) {
		struct heard *heard = &j->heard[i];
		if (heard->complete)
			continue;
		if (!blame || j->r->replies[i].optional) {
			skip(heard, ended ? ended : why);
			continue;
		}
		ended = string_printf("the conversation ended at line %u",
		                      j->r->script->lines[j->r->replies[i].first].number);
		differs(j, heard, "%s%s", slice_starts(slice_of(why), SLICE("the ")) ? "The " : "",
		        slice_starts(slice_of(why), SLICE("the ")) ? why + 4 : why);
		buffer_add_octet(&heard->judgement.note, '.');
		show(j, &j->r->replies[i], heard);
		blame = false;
	}
	free(ended);
}

void judge_end(struct judge *j, const char *why, enum blame blame)
{
	size_t first, end = block_replies(j, &first);
	if (j->ended)
		return;
	j->ended = true;
	for (size_t i = first; i < end; i++)
		if (j->heard[i].complete)
			judge_reply(j, i, i - first);
	end_rest(j, why, blame == BLAME_FIRST || (blame == BLAME_ONCE && !j->differed));
	j->ready = j->r->nreplies;
}

/* Replies too many came behind it. */
static void add_extras(struct judge *j, size_t i)
{
	struct heard *heard = &j->heard[i];
	struct judgement *judgement = &heard->judgement;
	if (heard->extra == 0)
		return;
	if (judgement->verdict != VERDICT_DIFFERS)
		show(j, &j->r->replies[i], heard);
	judgement->verdict = VERDICT_DIFFERS;
	buffer_add_string(&judgement->received, judgement->received.n ? "\n" : "");
	buffer_add_slice(&judgement->received, buffer_slice(&heard->extras));
	bool junk = heard->problem.n > 0;
	buffer_printf(&judgement->note, "%sMore came than the script has here: ", judgement->note.n ? " " : "");
	if (junk)
		buffer_printf(&judgement->note, SLICE_FMT ".", SLICE_ARG(buffer_slice(&heard->problem)));
	else
		buffer_add_string(&judgement->note, "nothing that was said waited for it.");
}

bool judge_next(struct judge *j, struct judgement *judgement)
{
	if (j->given >= j->ready)
		return false;
	struct heard *heard = &j->heard[j->given];
	add_extras(j, j->given);
	*judgement = heard->judgement;
	judgement->line = j->r->replies[j->given].first;
	judgement->answers = j->r->replies[j->given].answers;
	heard->judgement = (struct judgement){ 0 };
	heard_forget(heard);
	j->given++;
	return true;
}
