/*
 * What came of each reply, when its block is over: whether it is as expected, and in words why not.
 */
#include "script/judge_inside.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/escape.h"

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
	enum fault fault = sequence_end(judge_sequence(j, i), j->v, &at);
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
		        judge_whole(j) ? ", at its place" : "");
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
		if (judge_whole(j) || reply->lines[at].varies || keyword == NULL)
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
	size_t first, end = judge_block_replies(j, &first);
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
	return j->lines > 0 || j->data || sequence_end(judge_sequence(j, i), j->v, &at) == FAULT_NONE;
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
		judge_sequence_drop(j, i);
	} else if (!there_in_part(j, i, number)) {
		if (!reply->optional)
			differs(j, heard, "This reply did not come, and nothing that was said still waits for one.");
	} else {
		compare_all(j, i, number);
	}
	if (heard->judgement.verdict == VERDICT_DIFFERS)
		show(j, reply, heard);
	judge_sequence_drop(j, i);
}

void judge_leave(struct judge *j)
{
	size_t first, end = judge_block_replies(j, &first);
	for (size_t i = first; i < end; i++) {
		judge_reply(j, i, i - first);
		j->ordered |= !j->r->protocol->tagged && !j->r->replies[i].complete;
	}
	untagged_free(j->data);
	j->data = NULL;
	heard_forget(&j->coming);
	j->coming = (struct heard){ 0 };
	judge_block_enter(j, j->block + 1);
}

/* The replies that nothing was heard of. */
static void end_rest(struct judge *j, const char *why, bool blame)
{
	size_t first;
	char *ended = NULL;
	(void)judge_block_replies(j, &first);
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
	size_t first, end = judge_block_replies(j, &first);
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
