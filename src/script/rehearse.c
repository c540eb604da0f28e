/*
 * A script run once through an offline dialogue.
 */
#include "script/rehearse.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "script/counts.h"
#include "script/expected.h"

/* Made-up payload: a line's length on the wire, and how many lines where no size is printed. */
#define MADE_LINE 72
#define MADE_LINES 3

/* ---- lines ---- */

static struct slice line_text(const struct script_line *line)
{
	return (struct slice){ line->text, line->text_n };
}

static bool line_speaks(const struct script_line *line)
{
	if (line->kind == SCRIPT_SAID)
		return true;
	return line->kind == SCRIPT_DIRECTION &&
	       (line->direction == DIRECTION_FILE || line->direction == DIRECTION_SENDS);
}

/* The template of a said line, exact escapes resolved. */
static void line_template(const struct script_line *line, struct buffer *out)
{
	struct slice text = line_text(line);
	if (!line->exact || unescape_exact(out, text) != text.n)
		buffer_add_slice(out, text);
}

enum status rehearsal_text(const struct rehearsal *r, size_t line, struct variables *v, enum fill how,
                           struct buffer *out, struct error *error)
{
	const struct script_line *l = &r->script->lines[line];
	struct buffer template = { 0 }, filled = { 0 };
	struct error why = { 0 };
	line_template(l, &template);
	if (l->side == SIDE_CLIENT)
		template_map(&template, v);
	enum status status = template_fill(buffer_slice(&template), v, how, &filled, &why);
	buffer_wipe(&template);
	if (status != STATUS_OK) {
		(void)error_set(error, status, "%s:%u: %s", r->script->file, l->number, why.message);
		error_clear(&why);
		buffer_wipe(&filled);
		return status;
	}
	if (l->side == SIDE_CLIENT)
		variables_replace(v, &filled);
	buffer_add_slice(out, buffer_slice(&filled));
	if (!l->exact && !r->protocol->datagrams)
		buffer_add_string(out, "\r\n");
	buffer_wipe(&filled);
	return STATUS_OK;
}

void rehearsal_head(const struct rehearsal *r, size_t line, size_t n, struct variables *v, enum fill how,
                    struct buffer *out)
{
	const struct script_line *l = &r->script->lines[line];
	struct buffer template = { 0 }, filled = { 0 };
	struct error error = { 0 };
	buffer_add_slice(&template, slice_part(line_text(l), 0, n));
	if (l->side == SIDE_CLIENT)
		template_map(&template, v);
	if (template_fill(buffer_slice(&template), v, how, &filled, &error) != STATUS_OK)
		buffer_clear(&filled);
	buffer_wipe(&template);
	error_clear(&error);
	if (l->side == SIDE_CLIENT)
		variables_replace(v, &filled);
	buffer_add_slice(out, buffer_slice(&filled));
	buffer_wipe(&filled);
}

bool rehearsal_says(const struct rehearsal *r, size_t line, enum fill how)
{
	enum script_mark mark = r->script->lines[line].mark;
	if (mark == MARK_NONE || mark == MARK_NEVER)
		return mark == MARK_NONE;
	return how == FILL_OFFLINE || r->lines[line].final;
}

/* Puts another count where the last digits of the line stand. */
static void count_put(struct buffer *line, struct slice count)
{
	struct slice old = buffer_slice(line);
	size_t end = old.n;
	while (end && !octet_is_digit(old.p[end - 1]))
		end--;
	size_t start = end;
	while (start && octet_is_digit(old.p[start - 1]))
		start--;
	struct buffer new = { 0 };
	buffer_add_slice(&new, slice_part(old, 0, start));
	buffer_add_slice(&new, count);
	buffer_add_slice(&new, slice_part(old, end, old.n));
	buffer_wipe(line);
	*line = new;
}

enum status rehearsal_wire(const struct rehearsal *r, size_t line, struct variables *v, enum fill how,
                           struct buffer *out, struct buffer *problem, struct error *error)
{
	const struct counted *counted = r->lines[line].counted;
	struct buffer text = { 0 };
	enum status status = rehearsal_text(r, line, v, how, &text, error);
	uint64_t count = counted ? counts_now(r, counted, v, how) : 0;
	if (status == STATUS_OK && counted && count != counted->printed) {
		char *digits = string_printf("%" PRIu64, count);
		count_put(&text, slice_of(digits));
		free(digits);
		if (problem && counted->octets != counted->printed)
			buffer_printf(problem,
			              "the script prints %" PRIu64 " here, but the text that follows has %" PRIu64
			              " octets, line ends included",
			              counted->printed, count);
	}
	buffer_add_slice(out, buffer_slice(&text));
	buffer_wipe(&text);
	return status;
}

/* Without the line end that an exact line, or a datagram, may hold. */
static struct slice without_end(struct slice text)
{
	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	if (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	return text;
}

/* Whether the count itself is a variable. */
static bool count_varies(struct slice template)
{
	size_t end = template.n;
	while (end && template.p[end - 1] != '}')
		end--;
	return end > 1 && template.p[end - 2] == '}';
}

/* The count is the text's, which is compared by itself: any matches. */
bool rehearsal_match(const struct rehearsal *r, size_t line, struct slice text, struct variables *v)
{
	const struct script_line *l = &r->script->lines[line];
	struct buffer template = { 0 };
	line_template(l, &template);
	if (r->lines[line].counted && !count_varies(buffer_slice(&template)))
		count_put(&template, SLICE("{{*}}"));
	if (l->side == SIDE_CLIENT)
		variables_replace(v, &template);
	bool matches = template_match(without_end(buffer_slice(&template)), without_end(text), v);
	buffer_free(&template);
	return matches;
}

/* ---- names in templates ---- */

static bool octet_is_name(char c)
{
	return octet_is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* Takes the next `{{name}}`, at any depth, off the front of `*rest`. False where there is none. */
static bool next_name(struct slice *rest, struct slice *name)
{
	while (rest->n > 4) {
		size_t at = slice_find(*rest, SLICE("{{"));
		*rest = slice_part(*rest, at, rest->n);
		if (slice_starts(*rest, SLICE("{{{{"))) {
			*rest = slice_part(*rest, 4, rest->n);
			continue;
		}
		*rest = slice_part(*rest, 2, rest->n);
		size_t n = 0;
		while (n < rest->n && octet_is_name(rest->p[n]))
			n++;
		*name = slice_part(*rest, 0, n);
		if (n && slice_starts(slice_part(*rest, n, rest->n), SLICE("}}")))
			return true;
	}
	return false;
}

bool rehearsal_captures(const struct rehearsal *r, size_t line)
{
	struct slice rest = line_text(&r->script->lines[line]), name;
	return r->script->lines[line].kind == SCRIPT_SAID && next_name(&rest, &name);
}

/* ---- payload ---- */

void payload_made(struct buffer *out, uint64_t octets, enum input input)
{
	if (octets == 0) {
		for (unsigned i = 1; i <= MADE_LINES; i++)
			buffer_printf(out, "Line %u of %u of text that the script only describes.\r\n", i, MADE_LINES);
		return;
	}
	size_t left = octets < PAYLOAD_MAX ? (size_t)octets : PAYLOAD_MAX;
	while (left > 1) {
		size_t take = left < MADE_LINE ? left : MADE_LINE;
		if (left - take == 1) /* one octet is too few for a line */
			take--;
		for (size_t i = 0; i + 2 < take; i++)
			buffer_add_octet(out, (char)('a' + i % 26));
		buffer_add_string(out, "\r\n");
		left -= take;
	}
	if (left)
		buffer_add_string(out, input == INPUT_TEXT ? "x\r\n" : "x");
}

void payload_of_file(struct buffer *out, struct slice file, enum input input)
{
	if (input != INPUT_TEXT) {
		buffer_add_slice(out, file);
		return;
	}
	while (file.n) {
		struct slice line = without_end(slice_line(&file));
		if (line.n && line.p[0] == '.')
			buffer_add_octet(out, '.');
		buffer_add_slice(out, line);
		buffer_add_string(out, "\r\n");
	}
}

bool input_goes_on(enum input input)
{
	return input == INPUT_TEXT || input == INPUT_FIELD || input == INPUT_COUNTED || input == INPUT_REST;
}

/* ---- the run ---- */

struct run {
	struct rehearsal *r;
	struct dialogue *d;
	struct variables v;
	uint64_t *numbers; /* of each line: its command's event */
	size_t *answers;   /* of each line that completes a reply: the line of the command that it answers */
	size_t last_said;  /* the last line of whoever spoke last, which silence may complete */
	size_t counts[2];  /* of each side: the line whose event had a count last, or NO_LINE */
	enum class class;  /* of the reply under way */
};

/* The line of the command that has that number: seldom far above the line that answers it. */
static size_t line_of_event(const struct run *run, size_t line, uint64_t n)
{
	for (size_t i = line + 1; n && i-- > 0;)
		if (run->numbers[i] == n)
			return i;
	return NO_LINE;
}

static void keep(char **word, struct slice text)
{
	free(*word);
	*word = text.n ? slice_string(text) : NULL;
}

/* A line of a reply. The rest of an IMAP response behind a literal is one too, but begins nothing. */
static void note_reply(struct rehearsed *l, const struct dialogue_event *event)
{
	bool tagged = event->tag.n && slice_starts(event->text, event->tag);
	keep(&l->code, event->code);
	keep(&l->keyword, event->keyword);
	keep(&l->note, event->note);
	l->begins = tagged || slice_starts(event->text, SLICE("* ")) || slice_starts(event->text, SLICE("+"));
}

/* What an event says about the line that made it. */
static void note_event(struct run *run, size_t line, const struct dialogue_event *event)
{
	struct rehearsed *l = &run->r->lines[line];
	if (event->kind == EVENT_STAGE)
		return;
	l->kind = event->kind;
	l->events += !event->more;
	l->commands += event->kind == EVENT_COMMAND && event->side == SIDE_CLIENT && !event->more;
	if (event->kind == EVENT_REPLY && event->side == SIDE_SERVER)
		note_reply(l, event);
	if (event_span(event, SPAN_COUNT)) {
		l->counts = true;
		run->counts[event->side] = line;
	}
	const struct span *tag = event_span(event, SPAN_TAG);
	if (tag && tag->start == 0)
		l->tag_n = tag->end;
	if (event->kind == EVENT_COMMAND && event->side == SIDE_CLIENT && l->verb == NULL) {
		l->verb = event->verb.n ? slice_string(event->verb) : NULL;
		l->phase = event->phase;
		run->numbers[line] = event->n;
	}
	if (event->kind == EVENT_REPLY)
		run->class = event->class;
	if (event->side == SIDE_SERVER && event->final) {
		l->final = true;
		l->class = run->class;
		run->answers[line] = line_of_event(run, line, event->answers);
	}
}

static void drain(struct run *run, size_t line)
{
	struct dialogue_event event;
	while (dialogue_next(run->d, &event))
		note_event(run, line, &event);
}

static void feed(struct run *run, size_t line, enum side side, struct slice octets)
{
	do {
		size_t took = dialogue_feed(run->d, side, octets.p, octets.n);
		drain(run, line);
		if (took == 0)
			break;
		octets = slice_part(octets, took, octets.n);
	} while (octets.n);
}

/* Who spoke pauses: in a protocol whose lines need no end this completes what was said. */
static void fall_silent(struct run *run)
{
	if (run->last_said == NO_LINE || dialogue_tls_pending(run->d))
		return;
	if (dialogue_unfinished(run->d, run->r->script->lines[run->last_said].side).n) {
		dialogue_quiet(run->d);
		drain(run, run->last_said);
	}
	run->last_said = NO_LINE;
}

static void block_enter(struct run *run, size_t line, enum side side)
{
	struct rehearsal *r = run->r;
	struct rehearsed_block *block = r->nblocks ? &r->blocks[r->nblocks - 1] : NULL;
	if (block == NULL || block->side != side) {
		fall_silent(run);
		r->blocks = memory_one_more(r->blocks, r->nblocks, sizeof *r->blocks);
		block = &r->blocks[r->nblocks++];
		*block = (struct rehearsed_block){ .side = side, .first = line };
	}
	block->last = line;
	r->lines[line].block = r->nblocks - 1;
}

static void run_payload(struct run *run, size_t line, const struct script_line *l)
{
	bool counted = l->side == SIDE_CLIENT && dialogue_input(run->d) == INPUT_COUNTED;
	dialogue_payload(run->d, l->side, line_text(l), counted ? dialogue_counted(run->d) : l->octets);
	drain(run, line);
}

/* A literal begins behind this line, or, where it is empty, a body: the count of it is made to fit the text that
 * follows. `counting`: octets by count were being said before already. */
static void count_settle(struct run *run, size_t line, const struct script_line *l, bool counting)
{
	size_t at = run->counts[l->side];
	bool literal = at == line && l->text_n && l->text[l->text_n - 1] == '}', body = l->text_n == 0 && !counting;
	if (!literal && !body)
		return;
	run->counts[l->side] = NO_LINE;
	uint64_t due = dialogue_due(run->d, l->side);
	if (due == 0 || at == NO_LINE || run->r->script->lines[at].exact)
		return;
	struct counted counted;
	if (!counts_find(run->r, run->d, line, due, &run->v, &counted))
		return;
	struct rehearsed *counts = &run->r->lines[at];
	free(counts->counted);
	counts->counted = memory_get(sizeof counted);
	*counts->counted = counted;
	uint64_t now = counts_now(run->r, &counted, &run->v, FILL_OFFLINE);
	if (now != due)
		dialogue_recount(run->d, l->side, now);
}

static void run_said(struct run *run, size_t line, const struct script_line *l)
{
	struct buffer wire = { 0 };
	bool counting = dialogue_due(run->d, l->side) > 0;
	struct error error = { 0 };
	struct slice challenge = dialogue_challenge(run->d);
	buffer_clear(&run->v.challenge);
	buffer_add_slice(&run->v.challenge, challenge);
	if (rehearsal_text(run->r, line, &run->v, FILL_OFFLINE, &wire, &error) != STATUS_OK) {
		/* A function that cannot be computed yet: for the dialogue its words are as good. */
		buffer_add_slice(&wire, line_text(l));
		buffer_add_string(&wire, l->exact || run->r->protocol->datagrams ? "" : "\r\n");
	}
	error_clear(&error);
	feed(run, line, l->side, buffer_slice(&wire));
	buffer_wipe(&wire);
	count_settle(run, line, l, counting);
}

/* Whether a literal, or a body, waits behind this line to be asked for; or whether the line asks for it, and then all lines
 * of its reply do: HTTP's has several. */
static void run_waiting(struct run *run, size_t line, enum input after)
{
	struct rehearsed *lines = run->r->lines;
	bool comes = after == INPUT_COUNTED || after == INPUT_REST || after == INPUT_FIELD;
	enum side turn = dialogue_turn(run->d);
	if (run->r->script->lines[line].side == SIDE_CLIENT) {
		lines[line].waits = comes && turn == SIDE_SERVER;
		return;
	}
	bool asks = lines[line].final && (run->class == CLASS_CONTINUE || run->class == CLASS_INFO);
	if (!asks || !comes || turn != SIDE_CLIENT)
		return;
	for (size_t i = line + 1; i-- > 0 && (i == line || !lines[i].final);) {
		lines[i].asks = run->r->script->lines[i].side == SIDE_SERVER;
		if (lines[i].kind == EVENT_REPLY || run->r->script->lines[i].side == SIDE_CLIENT)
			break;
	}
}

static void run_speaking(struct run *run, size_t line, const struct script_line *l)
{
	struct rehearsed *done = &run->r->lines[line];
	done->speaks = true;
	block_enter(run, line, l->side);
	if (dialogue_tls_pending(run->d)) {
		run->r->tls = true;
		dialogue_assume_tls(run->d);
	}
	done->input = dialogue_input(run->d);
	done->secure = dialogue_secure(run->d);
	if (l->mark == MARK_NEVER)
		return;
	done->unasked = !dialogue_protocol(run->d)->bare && l->side == SIDE_SERVER && l->mark == MARK_NONE &&
	                dialogue_turn(run->d) == SIDE_CLIENT && !dialogue_in_reply(run->d);
	if (done->unasked)
		run->r->blocks[done->block].unasked = true;
	if (l->kind == SCRIPT_SAID)
		run_said(run, line, l);
	else
		run_payload(run, line, l);
	run->last_said = line;
	enum input after = dialogue_input(run->d);
	if (l->side == SIDE_CLIENT)
		done->ends_input = done->input == INPUT_ANSWER || done->input == INPUT_OPAQUE ||
		                   (!input_goes_on(after) && after != done->input);
	run_waiting(run, line, after);
}

/* What goes over FTP's data connection: an event, but nothing that is said here. */
static bool run_elsewhere(struct run *run, size_t line, const struct script_line *l)
{
	if (!dialogue_protocol(run->d)->data_connection || l->kind != SCRIPT_DIRECTION)
		return false;
	run->r->lines[line].elsewhere = true;
	if (!dialogue_tls_pending(run->d))
		dialogue_payload(run->d, l->side, line_text(l), l->octets);
	drain(run, line);
	return true;
}

static void run_line(struct run *run, size_t line)
{
	const struct script_line *l = &run->r->script->lines[line];
	if (line_speaks(l) && run_elsewhere(run, line, l)) {
		return;
	} else if (line_speaks(l)) {
		run_speaking(run, line, l);
	} else if (l->kind == SCRIPT_DIRECTION && l->direction == DIRECTION_TLS) {
		run->r->tls = true;
		run->r->lines[line].begins_tls = !dialogue_secure(run->d) && !dialogue_tls_pending(run->d);
		fall_silent(run);
		if (!dialogue_secure(run->d))
			dialogue_assume_tls(run->d);
	} else if (l->kind == SCRIPT_DIRECTION && l->direction == DIRECTION_HANGS_UP) {
		fall_silent(run);
		dialogue_stage(run->d, STAGE_CLOSE, l->side);
		drain(run, line);
	}
}

/* ---- what follows from the run ---- */

/* After the payload of the command that a reply answers, as far as it stands before the reply. */
static size_t due_of_command(const struct rehearsal *r, size_t command, size_t reply)
{
	size_t due = command;
	for (size_t i = command + 1; i < reply; i++) {
		if (!r->lines[i].speaks || r->script->lines[i].side != SIDE_CLIENT)
			continue;
		if (r->lines[i].input == INPUT_COMMAND)
			break;
		due = i;
	}
	return due;
}

/* Counts the replies of a server's block, and finds for each line after which of the client's it is due. */
static void block_settle(struct rehearsal *r, struct rehearsed_block *block, const size_t *answers)
{
	size_t last_client = NO_LINE;
	for (size_t i = block->first; i-- > 0 && last_client == NO_LINE;)
		if (r->lines[i].speaks && r->script->lines[i].side == SIDE_CLIENT)
			last_client = i;
	for (size_t i = block->first; i <= block->last; i++) {
		if (!r->lines[i].speaks)
			continue;
		r->lines[i].reply = block->finals;
		block->trailing++;
		if (r->lines[i].final) {
			block->finals++;
			block->trailing = 0;
		}
	}
	size_t due = last_client;
	for (size_t i = block->last + 1; i-- > block->first;) {
		if (r->lines[i].final)
			due = answers[i] == NO_LINE ? last_client : due_of_command(r, answers[i], i);
		r->lines[i].due = due;
		r->lines[i].answers = answers[i];
	}
}

static void settle(struct rehearsal *r, const size_t *answers)
{
	for (size_t i = 0; i < r->nblocks; i++)
		if (r->blocks[i].side == SIDE_SERVER)
			block_settle(r, &r->blocks[i], answers);
	r->client_first = r->nblocks && r->blocks[0].side == SIDE_CLIENT;
}

static void run_all(struct rehearsal *r, const struct protocol *protocol, const struct variables *given)
{
	size_t n = r->script->nlines;
	struct run run = { .r = r, .last_said = NO_LINE, .counts = { NO_LINE, NO_LINE } };
	run.d = dialogue_new(protocol);
	run.numbers = memory_zeroed(n, sizeof *run.numbers);
	run.answers = memory_zeroed(n, sizeof *run.answers);
	for (size_t i = 0; i < n; i++)
		run.answers[i] = NO_LINE;
	rehearsal_variables(r, given, &run.v);
	if (r->tls_implicit)
		dialogue_assume_tls(run.d);
	for (size_t i = 0; i < n; i++)
		run_line(&run, i);
	fall_silent(&run);
	if (dialogue_tls_pending(run.d))
		r->tls = true;
	r->open_end = dialogue_outstanding(run.d) > 0;
	r->closes = dialogue_closing(run.d) || (dialogue_in_reply(run.d) && !dialogue_protocol(run.d)->server_first);
	r->protocol = dialogue_protocol(run.d);
	settle(r, run.answers);
	expected_make(r);
	variables_free(&run.v);
	free(run.numbers);
	free(run.answers);
	dialogue_free(run.d);
}

struct rehearsal *rehearse(const struct script *script, const struct protocol *protocol,
                           const struct variables *variables)
{
	struct rehearsal *r = memory_zeroed(1, sizeof *r);
	r->script = script;
	if (script->protocol)
		protocol = protocol_named(slice_of(script->protocol));
	r->protocol = protocol ? protocol : protocol_named(SLICE("tcp"));
	r->lines = memory_zeroed(script->nlines, sizeof *r->lines);
	for (size_t i = 0; i < script->nlines; i++) {
		r->lines[i].kind = EVENT_JUNK;
		r->lines[i].due = r->lines[i].answers = NO_LINE;
	}
	r->tls_implicit = script->tls && strcmp(script->tls, "implicit") == 0;
	r->tls = r->tls_implicit;
	run_all(r, protocol, variables);
	return r;
}

void rehearsal_free(struct rehearsal *r)
{
	if (r == NULL)
		return;
	expected_free(r);
	for (size_t i = 0; i < r->script->nlines; i++) {
		free(r->lines[i].verb);
		free(r->lines[i].code);
		free(r->lines[i].keyword);
		free(r->lines[i].note);
		free(r->lines[i].counted);
	}
	free(r->lines);
	free(r->blocks);
	free(r);
}

/* ---- variables ---- */

void rehearsal_variables(const struct rehearsal *r, const struct variables *given, struct variables *v)
{
	*v = (struct variables){ 0 };
	variables_copy(v, given);
	for (size_t i = 0; i < r->script->nlets; i++)
		variables_let(v, r->script->lets[i].name, r->script->lets[i].value);
}

/* Every name in a line gets a value, as if the line had captured it. */
static void capture_names(const struct script_line *line, struct variables *v)
{
	struct slice rest = line_text(line), name;
	while (next_name(&rest, &name))
		if (variables_get(v, name) == NULL)
			variables_capture(v, name, SLICE("captured"));
}

/* FTP: `{{port}}` of a client is where it listens for the data connection, which is known when it does. */
static bool names_data_port(const struct rehearsal *r, const struct script_line *line, struct slice name)
{
	return line->side == SIDE_CLIENT && r->protocol->data_connection && slice_equal(name, SLICE("port"));
}

static enum status check_names(const struct rehearsal *r, const struct script_line *line, const struct variables *v,
                               struct error *error)
{
	struct slice rest = line_text(line), name;
	while (next_name(&rest, &name)) {
		if (variables_get(v, name) || names_data_port(r, line, name))
			continue;
		return error_set(error, STATUS_USAGE,
		                 "%s:%u: {{" SLICE_FMT "}} has no value here: give it with --set " SLICE_FMT "=VALUE",
		                 r->script->file, line->number, SLICE_ARG(name), SLICE_ARG(name));
	}
	return STATUS_OK;
}

enum status rehearsal_check(const struct rehearsal *r, enum side side, const struct variables *given,
                            struct error *error)
{
	struct variables v;
	rehearsal_variables(r, given, &v);
	enum status status = STATUS_OK;
	for (size_t i = 0; i < r->script->nlines && status == STATUS_OK; i++) {
		const struct script_line *line = &r->script->lines[i];
		if (line->kind == SCRIPT_DIRECTION && line->direction == DIRECTION_SENDS && line->octets > PAYLOAD_MAX)
			status = error_set(error, STATUS_USAGE,
			                   "%s:%u: %" PRIu64 " octets are too many to make up: at most %u",
			                   r->script->file, line->number, line->octets, PAYLOAD_MAX);
		if (line->kind != SCRIPT_SAID)
			continue;
		if (line->side != side)
			capture_names(line, &v);
		else if (line->mark == MARK_NONE)
			status = check_names(r, line, &v, error);
	}
	variables_free(&v);
	return status;
}
