/*
 * annotate: a transcript, or a recorded session, with every line explained; offline (FORMATS section 2).
 */
#include <stdlib.h>

#include "cmd/cmd.h"
#include "script/rehearse.h"

/* One conversation on its way through a dialogue. */
struct annotation {
	const struct script *script;
	const struct script_line *line; /* the one that is being fed */
	struct dialogue *dialogue;
	struct masking masking;
	struct mask_room room;
	struct face *face;
	enum side speaks;                 /* who spoke last */
	const struct script_line *listed; /* the line whose variables these are */
	struct slice *variables;
	size_t nvariables;
	struct buffer comments; /* lines that stand under a line that has not ended yet */
	struct slice hang_up;   /* a stage direction's words, which stand behind a line that it cuts */
};

/* ---- events ---- */

/* The length of a `{{name}}`, `{{*}}` or `{{plain bob {{password}}}}` at the front of `text`; 0 where there is none. */
static size_t variable_at(struct slice text)
{
	size_t depth = 0;
	if (!slice_starts(text, SLICE("{{")))
		return 0;
	for (size_t at = 0; at + 1 < text.n && (at == 0 || depth > 0); at++) {
		bool opens = text.p[at] == '{' && text.p[at + 1] == '{',
		     closes = text.p[at] == '}' && text.p[at + 1] == '}';
		if (!opens && !closes)
			continue;
		depth += opens ? 1U : 0U;
		depth -= closes ? 1U : 0U;
		at++;
		if (depth == 0)
			return at + 1;
	}
	return 0;
}

/* Lists the variables, also nested ones, that stand in what is written: not a literal `{{{{name}}`. */
static void list_variables(struct annotation *a)
{
	struct slice written = { a->line->text, a->line->text_n };
	if (a->listed == a->line)
		return;
	a->listed = a->line;
	a->nvariables = 0;
	for (size_t at = 0; at < written.n; at++) {
		struct slice rest = slice_part(written, at, written.n);
		bool literal = slice_starts(rest, SLICE("{{{{"));
		size_t n = literal ? 0 : variable_at(rest);
		if (literal)
			at += 3;
		if (n == 0)
			continue;
		a->variables = memory_grow(a->variables, a->nvariables + 1, sizeof *a->variables);
		a->variables[a->nvariables++] = slice_part(rest, 0, n);
	}
}

/* The one of them that begins `text`; empty where none does. */
static struct slice variable_that_begins(const struct annotation *a, struct slice text)
{
	for (size_t i = 0; i < a->nvariables; i++)
		if (slice_starts(text, a->variables[i]))
			return a->variables[i];
	return (struct slice){ NULL, 0 };
}

/* What the script writes as a variable, and no value replaced, is printed as one again: not as a literal `{{{{`. */
static void keep_variables(struct annotation *a, struct dialogue_event *event)
{
	if (a->line == NULL || a->line->kind != SCRIPT_SAID)
		return;
	list_variables(a);
	for (size_t at = 0; a->nvariables && at < event->text.n && event->nspans < EVENT_SPANS; at++) {
		struct slice variable = variable_that_begins(a, slice_part(event->text, at, event->text.n));
		if (variable.n == 0)
			continue;
		event->spans[event->nspans++] = (struct span){ SPAN_SECRET, at, at + variable.n, variable };
		at += variable.n - 1;
	}
}

static void tell_comments(struct annotation *a)
{
	for (struct slice rest = buffer_slice(&a->comments); rest.n;) {
		struct slice line = slice_line(&rest);
		face_comment(a->face, slice_part(line, 0, line.n - 1));
	}
	buffer_clear(&a->comments);
}

static void tell_hang_up(struct annotation *a)
{
	if (a->hang_up.n)
		face_direction(a->face, a->hang_up);
	a->hang_up.n = 0;
}

static void tell_events(struct annotation *a, bool stages)
{
	struct dialogue_event event, masked;
	while (dialogue_next(a->dialogue, &event)) {
		mask_event(&a->masking, &event, &a->room, &masked);
		keep_variables(a, &masked);
		if (event.kind == EVENT_STAGE)
			tell_hang_up(a);
		if (stages || event.kind != EVENT_STAGE)
			face_event(a->face, &masked);
		tell_comments(a);
	}
}

/* ---- lines ---- */

/* Before another speaks: what only silence ends has ended. */
static void turn_to(struct annotation *a, enum side side)
{
	if (a->speaks != side && dialogue_unfinished(a->dialogue, a->speaks).n) {
		dialogue_quiet(a->dialogue);
		tell_events(a, true);
	}
	a->speaks = side;
}

/* A document may not show where TLS begins. */
static void pass_tls(struct annotation *a)
{
	if (dialogue_tls_pending(a->dialogue))
		dialogue_assume_tls(a->dialogue);
}

/* What comes after the close is no part of the conversation, but is not passed over in silence. */
static void remark_unheard(struct annotation *a, struct slice octets)
{
	struct buffer remark = { 0 };
	while (octets.n && (octets.p[octets.n - 1] == '\n' || octets.p[octets.n - 1] == '\r'))
		octets.n--;
	(void)mask_values(&a->masking, &octets, &a->room.text);
	buffer_add_string(&remark, "problem: said after the close: ");
	buffer_add_slice(&remark, octets);
	face_remark(a->face, buffer_slice(&remark));
	buffer_free(&remark);
}

static void feed(struct annotation *a, enum side side, struct slice octets)
{
	do {
		pass_tls(a);
		size_t took = dialogue_feed(a->dialogue, side, octets.p, octets.n);
		tell_events(a, true);
		if (took == 0 && octets.n) {
			remark_unheard(a, octets);
			return;
		}
		octets = slice_part(octets, took, octets.n);
	} while (octets.n);
}

static enum status say(struct annotation *a, const struct rehearsal *r, size_t i, struct variables *v,
                       struct error *error)
{
	struct buffer octets = { 0 }, problem = { 0 };
	if (a->line->mark == MARK_NEVER)
		return STATUS_OK;
	enum status status = rehearsal_wire(r, i, v, FILL_OFFLINE, &octets, &problem, error);
	if (status == STATUS_OK) {
		turn_to(a, a->line->side);
		if (problem.n)
			dialogue_blame(a->dialogue, a->line->side, buffer_slice(&problem));
		feed(a, a->line->side, buffer_slice(&octets));
	}
	buffer_free(&octets);
	buffer_free(&problem);
	return status;
}

static void direct(struct annotation *a)
{
	const struct script_line *line = a->line;
	struct slice words = { line->text, line->text_n };
	struct buffer shown = { 0 };
	turn_to(a, line->side);
	if (line->direction == DIRECTION_HANGS_UP)
		a->hang_up = words;
	else
		face_direction(a->face, words);
	switch (line->direction) {
	case DIRECTION_CONNECTS:
		dialogue_stage(a->dialogue, STAGE_CONNECT, line->side);
		break;
	case DIRECTION_TLS:
		dialogue_stage(a->dialogue, STAGE_TLS, line->side);
		break;
	case DIRECTION_HANGS_UP:
		dialogue_stage(a->dialogue, STAGE_CLOSE, line->side);
		break;
	case DIRECTION_WAITS:
		break;
	case DIRECTION_FILE:
	case DIRECTION_SENDS:
		pass_tls(a);
		buffer_printf(&shown, "<" SLICE_FMT ">", SLICE_ARG(words));
		dialogue_payload(a->dialogue, line->side, buffer_slice(&shown), line->octets);
		break;
	}
	tell_events(a, true);
	tell_hang_up(a); /* there was nothing left to hang up */
	buffer_free(&shown);
}

/* ---- a conversation ---- */

/* At the end of the text no close is invented; but a line that never ended is shown. */
static void finish(struct annotation *a)
{
	bool unfinished = dialogue_unfinished(a->dialogue, SIDE_SERVER).n ||
	                  dialogue_unfinished(a->dialogue, SIDE_CLIENT).n;
	if (!unfinished)
		return;
	dialogue_quiet(a->dialogue);
	tell_events(a, true);
	dialogue_stage(a->dialogue, STAGE_CLOSE, SIDE_SERVER);
	tell_events(a, false);
}

/* A comment stands under what was said: of a line that goes on behind it, under what of it is an event of its own. */
static void comment(struct annotation *a, size_t i)
{
	bool first = i == 0 || a->script->lines[i - 1].kind != SCRIPT_COMMENT;
	size_t next = first ? i : a->script->nlines; /* for those behind it that was done */
	while (next < a->script->nlines && a->script->lines[next].kind == SCRIPT_COMMENT)
		next++;
	if (next < a->script->nlines)
		turn_to(a, a->script->lines[next].side);
	buffer_add(&a->comments, a->line->text, a->line->text_n);
	buffer_add_octet(&a->comments, '\n');
	if (dialogue_unfinished(a->dialogue, a->speaks).n == 0)
		tell_comments(a);
}

static enum status run_lines(struct annotation *a, const struct rehearsal *r, struct variables *v, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < a->script->nlines && status == STATUS_OK; i++) {
		a->line = &a->script->lines[i];
		if (a->line->kind == SCRIPT_COMMENT)
			comment(a, i);
		else if (a->line->kind == SCRIPT_DIRECTION)
			direct(a);
		else
			status = say(a, r, i, v, error);
	}
	return status;
}

/* Whether a header line gives a secret its value. */
static bool gives_secret(struct slice line)
{
	struct slice name = slice_part(line, 0, slice_find_octet(line, '='));
	return slice_starts(name, SLICE("Let:")) &&
	       (slice_find_nocase(name, SLICE("pass")) < name.n || slice_find_nocase(name, SLICE("secret")) < name.n ||
	        slice_find_nocase(name, SLICE("token")) < name.n);
}

/* What stands at the head of what is printed: the script's header, without secrets where they are hidden, and what was
 * recognised where it names no protocol. */
static void header_make(const struct script *script, const struct rehearsal *r, bool hide, struct buffer *header)
{
	struct buffer whole = { 0 };
	struct script named = *script;
	char *recognised = string_copy(r->protocol->name);
	named.protocol = script->protocol ? script->protocol : recognised;
	script_print_header(&named, &whole);
	for (struct slice rest = buffer_slice(&whole); rest.n;) {
		struct slice line = slice_line(&rest);
		if (!hide || !gives_secret(line))
			buffer_add_slice(header, line);
	}
	free(recognised);
	buffer_free(&whole);
}

static enum status annotate_rehearsed(const struct options *options, const struct script *script,
                                      const struct rehearsal *r, struct error *error)
{
	if (script->protocol && protocol_named(slice_of(script->protocol)) == NULL)
		complain("%s: %s is not known yet: its lines are shown as those of any text service", script->file,
		         script->protocol);
	struct annotation a = { .script = script, .masking = options_masking(options, false) };
	struct buffer header = { 0 };
	struct variables v = { 0 };
	header_make(script, r, a.masking.spans, &header);
	a.face = options_face(options, buffer_slice(&header), error);
	buffer_free(&header);
	if (a.face == NULL)
		return error->status;
	/* What no header names is recognised here too, so that lines before that are shown as what they were then. */
	a.dialogue = dialogue_new(script->protocol ? r->protocol : options->protocol);
	if (r->tls_implicit)
		dialogue_assume_tls(a.dialogue);
	rehearsal_variables(r, &options->variables, &v);
	enum status status = run_lines(&a, r, &v, error);
	finish(&a);
	tell_comments(&a);
	buffer_free(&a.comments);
	free(a.variables);
	face_close(a.face);
	mask_free(&a.room);
	dialogue_free(a.dialogue);
	variables_free(&v);
	return status;
}

static enum status annotate_file(const struct options *options, const char *name)
{
	struct script *scripts = NULL;
	size_t n = 0;
	struct error error = { 0 };
	enum status status = read_transcript(name, options->from, &scripts, &n, &error);
	for (size_t i = 0; i < n && status == STATUS_OK; i++) {
		struct rehearsal *r = rehearse(&scripts[i], options->protocol, &options->variables);
		status = annotate_rehearsed(options, &scripts[i], r, &error);
		rehearsal_free(r);
	}
	error_report(&error);
	scripts_free(scripts, n);
	return status;
}

static enum status annotate(struct options *options, int argc, char **argv)
{
	enum status worst = STATUS_OK;
	if (argc == 0) {
		complain("annotate: no transcript: name a file, one that ships (ewing-smtp), or - for standard input");
		return STATUS_USAGE;
	}
	for (int i = 0; i < argc; i++) {
		enum status status = annotate_file(options, argv[i]);
		if (status > worst)
			worst = status;
	}
	return worst;
}

const struct command command_annotate = {
	.name = "annotate",
	.arguments = "[options] FILE|-...",
	.summary = "annotate a transcript or recorded session, offline",
	.help = "FILE is a transcript: lines that begin with C: and S:, as RFCs print them. It\n"
		"may hold several, may be one that ships (ewing-smtp), or - for standard input;\n"
		"or it is what another program printed, which --from lists.\n"
		"\n"
		"Each line is printed with what it means and where that is defined; comments,\n"
		"stage directions and the header stay. What is printed is again a transcript.\n"
		"Nothing is connected to.\n"
		"\n"
		"  parlance annotate session.txt\n"
		"  curl -sv http://localhost/ 2>&1 >/dev/null | parlance annotate -",
	.options = OPTIONS_SHOW | OPTIONS_SCRIPT | OPTIONS_OFFLINE,
	.run = annotate,
};
