/*
 * A conversation is held against itself, and against itself with something in it changed. Nothing breaks; each reply of the
 * script is judged once and in its order; and what is the same word for word (`text`) is the same at a glance (`status`).
 *
 * The first octets say what is changed, the rest is the script.
 */
#include "fuzz.h"

#include <string.h>

#include "script/recorded.h"

/* What the first octets say: how the session is made from the script's lines. */
struct change {
	uint8_t kind; /* of a server's line: nothing is changed, it is left out, exchanged with the next line, or an octet of it changed */
	uint8_t line;   /* which of them, counted around */
	uint8_t at, to; /* the octet */
};

#define CHANGE_SIZE 4

/* How the judgements came. */
struct outcome {
	size_t judged, differing;
	size_t last; /* the line of the last reply, and one; 0: none */
};

static void judged(void *context, struct judge *judge)
{
	struct outcome *outcome = context;
	struct judgement judgement;
	while (judge_next(judge, &judgement)) {
		if (judgement.line < outcome->last)
			abort();
		outcome->last = judgement.line + 1;
		outcome->judged++;
		outcome->differing += judgement.verdict == VERDICT_DIFFERS;
		if (judgement.verdict == VERDICT_DIFFERS && judgement.note.n == 0)
			abort();
		judgement_free(&judgement);
	}
}

static void passed_over(void *context, unsigned line, struct slice command)
{
	(void)context;
	(void)line;
	(void)command;
}

static bool servers(const struct script_line *line)
{
	return line->kind == SCRIPT_SAID && line->side == SIDE_SERVER;
}

/* Changes the session's lines in their place: they are exchanged and edited, and go by `nlines`. */
static void change_make(struct script *session, const struct change *change)
{
	size_t nservers = 0, i = 0;
	for (size_t k = 0; k < session->nlines; k++)
		nservers += servers(&session->lines[k]);
	if (nservers == 0 || change->kind == 0)
		return;
	for (size_t left = change->line % nservers; left || !servers(&session->lines[i]); i++)
		left -= servers(&session->lines[i]);
	struct script_line *line = &session->lines[i], kept = *line;
	size_t behind = session->nlines - i - 1;
	if (change->kind == 1) { /* to the end, and off */
		memmove(line, line + 1, behind * sizeof *line);
		session->lines[--session->nlines] = kept;
	} else if (change->kind == 2 && behind) {
		*line = line[1];
		line[1] = kept;
	} else if (line->text_n) {
		char octet = (char)change->to;
		bool ends = octet == '\r' || octet == '\n' || octet == '\0';
		line->text[change->at % line->text_n] = ends ? '?' : octet;
	}
}

static struct outcome compare(const struct rehearsal *r, const struct script *session, enum match_level level)
{
	struct outcome outcome = { 0 };
	struct variables none = { 0 };
	struct recorded_events events = { judged, passed_over, &outcome };
	recorded_compare(r, session, level, &none, &events);
	if (outcome.judged != r->nreplies)
		abort();
	return outcome;
}

static void hold_against(const struct script *script, struct script *session, const struct change *change)
{
	struct variables none = { 0 };
	struct rehearsal *r = rehearse(script, NULL, &none);
	size_t nlines = session->nlines;
	change_make(session, change);
	struct outcome text = compare(r, session, LEVEL_TEXT);
	struct outcome status = compare(r, session, LEVEL_STATUS);
	struct outcome class = compare(r, session, LEVEL_CLASS);
	if (text.differing == 0 && (status.differing || class.differing))
		abort();
	session->nlines = nlines; /* what is left out is freed with the others */
	rehearsal_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct script *scripts = NULL, *sessions = NULL;
	size_t nscripts = 0, nsessions = 0;
	struct error error = { 0 };
	if (n < CHANGE_SIZE)
		return 0;
	struct change change = { data[0] % 4, data[1], data[2], data[3] };
	struct slice text = { (const char *)data + CHANGE_SIZE, n - CHANGE_SIZE };
	if (scripts_parse(text, "fuzz", &scripts, &nscripts, &error) == STATUS_OK &&
	    scripts_parse(text, "fuzz", &sessions, &nsessions, &error) == STATUS_OK && nscripts)
		hold_against(&scripts[0], &sessions[0], &change);
	error_clear(&error);
	scripts_free(scripts, nscripts);
	scripts_free(sessions, nsessions);
	return 0;
}
