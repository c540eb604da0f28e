/*
 * `:replay`: says the client's side of a transcript, from where the conversation stands.
 *
 * At a terminal the next line stands in the prompt as if it had been typed, and Enter sends it; `:replay all`, and a
 * pipe, send one after the other, each when the one before it was answered. What the transcript's server says is only
 * looked at for what its variables capture: the reply is on the screen.
 */
#include "talk/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "script/rehearse.h"
#include "talk/login.h"
#include "talk/room.h"

/* A line that is longer, in octets, does not stand in the prompt. */
#define OFFERED_MAX 2000

struct replay {
	struct script *scripts;
	size_t nscripts;
	struct rehearsal *r;
	struct variables values;
	size_t at;      /* the line of the script that comes next */
	size_t matched; /* the server's lines before this one have captured, or were passed */
	size_t already; /* the client's commands at its front that were said before it began */
	size_t said, lines;
	bool all;      /* Enter is not waited for */
	bool resting;  /* `:replay` goes on */
	bool skipping; /* payload is being skipped, and it was said so */
	bool ready;    /* the line `at` may be said now */
	bool placed;   /* and stands in the prompt: what is typed is it */
	bool template; /* as it is written, to be filled in when it is sent */
	bool exact;    /* escaped */
	struct buffer offered;
};

static const struct script_line *line_of(const struct replay *p)
{
	return &p->r->script->lines[p->at];
}

void replay_forget(struct talk *t)
{
	struct replay *p = t->replay;
	t->replay = NULL;
	if (p == NULL)
		return;
	rehearsal_free(p->r);
	variables_free(&p->values);
	scripts_free(p->scripts, p->nscripts);
	buffer_wipe(&p->offered);
	free(p);
}

static void rest(struct talk *t)
{
	t->replay->resting = true;
	t->replay->ready = t->replay->placed = false;
	talk_prompt(t);
}

/* ---- variables ---- */

/* Takes the next variable off the front of `*text`: the innermost `{{name}}`. Empty where there is none. */
static struct slice name_next(struct slice *text)
{
	while (text->n) {
		struct slice behind = slice_part(*text, 2, text->n);
		size_t end = slice_find(behind, SLICE("}}"));
		struct slice name = slice_part(behind, 0, end);
		bool quoted = slice_starts(*text, SLICE("{{{{"));
		if (!quoted && slice_starts(*text, SLICE("{{")) && end < behind.n && template_name_valid(name)) {
			*text = slice_part(behind, end + 2, behind.n);
			return name;
		}
		*text = slice_part(*text, quoted ? 4 : 1, text->n);
	}
	return (struct slice){ 0 };
}

static bool name_secret(struct slice name)
{
	static const char *const words[] = { "pass", "secret", "token", "credential", "cookie" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_find_nocase(name, slice_of(words[i])) < name.n)
			return true;
	return false;
}

/* Whether the line, filled in, may show what must not be shown. */
static bool line_secret(struct slice text)
{
	static const char *const calls[] = { "{{plain ", "{{cram-md5 ", "{{scram ", "{{apop " };
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (slice_find(text, slice_of(calls[i])) < text.n)
			return true;
	for (struct slice name = name_next(&text); name.n; name = name_next(&text))
		if (name_secret(name))
			return true;
	return false;
}

/* Whether a line of the server's before that one captures the name. */
static bool captured_before(const struct script *script, size_t line, struct slice name)
{
	for (size_t i = 0; i < line; i++) {
		struct slice text = { script->lines[i].text, script->lines[i].text_n };
		if (script->lines[i].kind != SCRIPT_SAID || script->lines[i].side != SIDE_SERVER)
			continue;
		for (struct slice one = name_next(&text); one.n; one = name_next(&text))
			if (slice_equal(one, name))
				return true;
	}
	return false;
}

/* Asks unseen for a value that the client will have to say. False where none was given. */
static bool ask_value(struct talk *t, struct slice name)
{
	struct buffer secret = { 0 };
	char *label = string_printf(SLICE_FMT ": ", SLICE_ARG(name)), *variable = slice_string(name);
	bool given = login_ask(t, label, &secret);
	given = given && t->replay; /* the conversation may have ended meanwhile */
	if (given) {
		char *value = slice_string(buffer_slice(&secret));
		variables_let(&t->replay->values, variable, value);
		memory_wipe(value, strlen(value));
		free(value);
	}
	buffer_wipe(&secret);
	free(label);
	free(variable);
	return given;
}

/* Whether all that the client's lines name has a value by then; secrets are asked for at a terminal. Where not, why was
 * said. */
static bool values_there(struct talk *t)
{
	const struct replay *p = t->replay;
	const struct script *script = p->r->script;
	for (size_t i = p->at; i < script->nlines; i++) {
		struct slice text = { script->lines[i].text, script->lines[i].text_n };
		if (script->lines[i].kind != SCRIPT_SAID || script->lines[i].side != SIDE_CLIENT)
			continue;
		for (struct slice name = name_next(&text); name.n; name = name_next(&text)) {
			if (variables_get(&p->values, name) || captured_before(script, i, name))
				continue;
			if (t->prompt && name_secret(name)) {
				if (ask_value(t, name))
					continue;
				return false;
			}
			talk_say(t,
			         "{{" SLICE_FMT "}} in line %u has no value: :replay FILE " SLICE_FMT
			         "=VALUE gives it one.",
			         SLICE_ARG(name), script->lines[i].number, SLICE_ARG(name));
			return false;
		}
	}
	return true;
}

/* ---- what comes next ---- */

/* Goes behind the line that `at` names. */
static void pass(struct replay *p)
{
	p->matched = p->matched > p->at ? p->matched : p->at;
	p->said += line_of(p)->side == SIDE_CLIENT && p->r->lines[p->at].speaks;
	p->at++;
	p->ready = p->placed = false;
}

/* The transcript goes on under TLS, and we are in the clear. */
static bool stop_in_the_clear(struct talk *t)
{
	if (t->replay->resting)
		return false;
	talk_remark(t,
	            "From line %u on the transcript goes under TLS, which has not begun here: :starttls or :tls "
	            "begins it, then :replay goes on.",
	            line_of(t->replay)->number);
	rest(t);
	return false;
}

/* The server waits for something that the transcript does not say here. */
static bool stop_unasked(struct talk *t)
{
	struct buffer awaited = { 0 };
	(void)awaits_sentences(t, &awaited);
	talk_remark(t,
	            "The transcript has a command here (line %u), and the server waits for something else: " SLICE_FMT
	            " When that is said, :replay goes on.",
	            line_of(t->replay)->number, SLICE_ARG(buffer_slice(&awaited)));
	buffer_free(&awaited);
	rest(t);
	return false;
}

static void skip_unasked(struct talk *t)
{
	struct replay *p = t->replay;
	if (!p->skipping)
		talk_remark(t, "The server does not ask for what the transcript has here (line %u): it is skipped.",
		            line_of(p)->number);
	p->skipping = true;
	pass(p);
}

/* Whether the client's line may be said now. Where it never may, it is passed, or the replay rests. */
static bool may_say(struct talk *t)
{
	struct replay *p = t->replay;
	enum input wanted = p->r->lines[p->at].input, input = talk_input(t);
	const struct dialogue *d = session_dialogue(t->session);
	if (p->r->lines[p->at].secure && !dialogue_secure(d))
		return stop_in_the_clear(t);
	if (wanted == input || (wanted == INPUT_NOTHING && input == INPUT_COMMAND)) {
		p->skipping = false;
		return true;
	}
	if (wanted == INPUT_COMMAND || wanted == INPUT_NOTHING)
		return stop_unasked(t);
	skip_unasked(t);
	return false;
}

/* A direction: true where it is done with. */
static bool direct(struct talk *t)
{
	const struct script_line *line = line_of(t->replay);
	const struct rehearsed *what = &t->replay->r->lines[t->replay->at];
	switch (line->direction) {
	case DIRECTION_TLS:
		if (dialogue_secure(session_dialogue(t->session)))
			return true;
		if (!what->begins_tls)
			return stop_in_the_clear(t);
		t->replay->at++;
		session_begin_tls(t->session);
		return false;
	case DIRECTION_HANGS_UP:
		if (line->side == SIDE_CLIENT)
			talk_remark(t, "Here the transcript's client hangs up: :close does.");
		return true;
	case DIRECTION_FILE:
		talk_remark(t, "<%s>: files are not sent from here: it is yours to say, or :reconnect.", line->text);
		return true;
	case DIRECTION_CONNECTS:
	case DIRECTION_WAITS:
	case DIRECTION_SENDS:
		break;
	}
	return true;
}

static void finish(struct talk *t)
{
	replay_forget(t);
	if (!t->options->quiet)
		talk_remark(t, "The transcript is done.");
	talk_prompt(t);
}

static void show_comment(struct talk *t, const struct script_line *line)
{
	struct buffer safe = { 0 };
	escape_text(&safe, (struct slice){ line->text, line->text_n });
	if (!t->options->quiet)
		talk_remark(t, SLICE_FMT, SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&safe);
}

/* Goes on to the next line of the client's. True where it may be said now. */
static bool advance(struct talk *t)
{
	while (t->replay && !t->replay->resting) {
		struct replay *p = t->replay;
		if (p->at >= p->r->script->nlines) {
			finish(t);
			return false;
		}
		const struct script_line *line = line_of(p);
		bool client = line->side == SIDE_CLIENT && p->r->lines[p->at].speaks;
		if (client && line->kind != SCRIPT_COMMENT && !p->r->lines[p->at].elsewhere) {
			size_t before = p->at;
			if (may_say(t))
				return true;
			if (p->resting || p->at == before)
				return false;
			continue;
		}
		if (line->kind == SCRIPT_COMMENT)
			show_comment(t, line);
		if (line->kind == SCRIPT_DIRECTION && !client && !direct(t))
			return false;
		p->at++;
	}
	return false;
}

/* ---- saying it ---- */

/* The octets of the line. False, and the replay rests, where they cannot be made; why was said. */
static bool make_octets(struct talk *t, struct buffer *octets)
{
	struct replay *p = t->replay;
	struct error error = { 0 };
	const struct dialogue *d = session_dialogue(t->session);
	buffer_clear(&p->values.challenge);
	buffer_add_slice(&p->values.challenge, dialogue_challenge(d));
	if (line_of(p)->kind == SCRIPT_DIRECTION) {
		enum input input = talk_input(t);
		payload_made(octets, input == INPUT_COUNTED ? dialogue_counted(d) : line_of(p)->octets, input);
		return true;
	}
	if (rehearsal_wire(p->r, p->at, &p->values, FILL_STRICT, octets, NULL, &error) == STATUS_OK)
		return true;
	talk_remark(t, "Line %u: %s", line_of(p)->number, error.message);
	error_clear(&error);
	rest(t);
	return false;
}

/* Puts octets with the others that wait. A line is looked at like any that is typed: what gives a password away in
 * the clear is asked about. */
static void hold(struct talk *t, struct slice octets)
{
	const struct protocol *protocol = talk_protocol(t);
	bool usual = (t->eol == EOL_DEFAULT || t->eol == EOL_CRLF) && !(protocol && protocol->datagrams);
	struct slice text = slice_part(octets, 0, octets.n - 2);
	bool line = octets.n >= 2 && slice_equal(slice_part(octets, octets.n - 2, octets.n), SLICE("\r\n")) &&
	            slice_find_octet(text, '\n') == text.n && slice_find_octet(text, '\r') == text.n;
	bool as_typed = usual && line && talk_input(t) != INPUT_COUNTED;
	line_hold(t, as_typed ? text : octets, !as_typed, true);
}

bool replay_say(struct talk *t)
{
	struct buffer octets = { 0 };
	if (t->replay == NULL || !t->replay->all || talk_waiting(t) || !advance(t) || !make_octets(t, &octets))
		return false;
	hold(t, buffer_slice(&octets));
	pass(t->replay);
	buffer_wipe(&octets);
	return true;
}

/* ---- in the prompt ---- */

/* How the line stands there: filled in, but for what must not be seen; what has octets that cannot be typed, escaped. */
static bool make_offer(struct talk *t)
{
	struct replay *p = t->replay;
	struct slice written = { line_of(p)->text, line_of(p)->text_n };
	struct buffer octets = { 0 };
	bool made = true;
	buffer_clear(&p->offered);
	p->exact = line_of(p)->exact;
	p->template = line_of(p)->kind == SCRIPT_SAID && line_secret(written);
	if (p->template) {
		buffer_add_slice(&p->offered, written);
	} else if ((made = make_octets(t, &octets))) {
		struct slice text = buffer_slice(&octets);
		bool ended = !p->exact && text.n >= 2 && text.p[text.n - 1] == '\n';
		struct slice line = ended ? slice_part(text, 0, text.n - 2) : text;
		p->exact = !ended || !text_safe(line, false);
		if (p->exact)
			escape_exact(&p->offered, text);
		else
			buffer_add_slice(&p->offered, line);
	}
	if (p->offered.n > OFFERED_MAX) {
		talk_remark(t, "The next line of the transcript (%u) is too long for the prompt: Enter sends it.",
		            line_of(p)->number);
		buffer_wipe(&p->offered);
	}
	buffer_wipe(&octets);
	return made;
}

void replay_turn(struct talk *t)
{
	struct replay *p = t->replay;
	if (p == NULL || p->all || p->resting || p->placed || t->held || t->prompt == NULL || talk_waiting(t) ||
	    t->later)
		return;
	if (!p->ready && (!advance(t) || !make_offer(t)))
		return;
	p->ready = true;
	if (prompt_asks(t->prompt))
		prompt_wake(t->prompt);
}

void replay_place(struct talk *t, struct slice typed)
{
	struct replay *p = t->replay;
	if (p == NULL || !p->ready || p->placed || p->resting || t->held || typed.n)
		return;
	p->placed = true;
	prompt_put(t->prompt, buffer_slice(&p->offered));
	talk_prompt(t);
}

/* What was made of the line by typing. False where that cannot be read; why was said. */
static bool read_edited(struct talk *t, struct slice typed, struct buffer *octets)
{
	struct replay *p = t->replay;
	struct error error = { 0 };
	struct buffer filled = { 0 };
	bool good = true;
	if (!p->template)
		buffer_add_slice(&filled, typed);
	else if (template_fill(typed, &p->values, FILL_STRICT, &filled, &error) != STATUS_OK)
		good = false;
	if (good && p->exact)
		good = unescape_exact(octets, buffer_slice(&filled)) == filled.n;
	else if (good)
		buffer_printf(octets, SLICE_FMT "\r\n", SLICE_ARG(buffer_slice(&filled)));
	if (!good)
		talk_remark(t, "Not sent: %s.",
		            error.message ? error.message : "a backslash begins \\r \\n \\t \\0 \\\\ or \\xHH here");
	error_clear(&error);
	buffer_wipe(&filled);
	return good;
}

bool replay_typed(struct talk *t, struct slice typed)
{
	struct replay *p = t->replay;
	struct buffer octets = { 0 };
	if (p == NULL || !p->placed)
		return false;
	bool unchanged = slice_equal(typed, buffer_slice(&p->offered));
	if (!unchanged && line_is_word(t, typed)) {
		p->placed = false; /* when the word is done, it stands there again */
		return false;
	}
	bool made = unchanged ? make_octets(t, &octets) : read_edited(t, typed, &octets);
	if (made && t->replay) {
		pass(p);
		hold(t, buffer_slice(&octets));
		lines_stir(t);
	} else if (t->replay && !p->resting) {
		prompt_put(t->prompt, typed);
	}
	buffer_wipe(&octets);
	return true;
}

bool replay_interrupted(struct talk *t)
{
	if (t->replay == NULL || t->replay->resting || (t->held && !t->replay->all))
		return false;
	rest(t);
	lines_forget(t);
	talk_remark(t, "The transcript rests before its line %u: :replay goes on, :replay off ends it.",
	            t->replay->at < t->replay->r->script->nlines ? line_of(t->replay)->number : 0);
	return true;
}

bool replay_goes_on(const struct talk *t)
{
	return t->replay && !t->replay->resting;
}

void replay_progress(const struct talk *t, struct buffer *out)
{
	if (t->replay && !t->replay->resting)
		buffer_printf(out, " %zu/%zu",
		              t->replay->said < t->replay->lines ? t->replay->said + 1 : t->replay->lines,
		              t->replay->lines);
}

/* ---- what is heard ---- */

void replay_follow(struct talk *t, const struct dialogue_event *event)
{
	struct replay *p = t->replay;
	if (p == NULL || event->side != SIDE_SERVER || event->kind == EVENT_STAGE || event->more)
		return;
	bool behind = false; /* the lines that answer what was said end with the next block of the server's */
	for (size_t i = p->matched; i < p->r->script->nlines; i++) {
		const struct script_line *line = &p->r->script->lines[i];
		bool server = line->kind == SCRIPT_SAID && line->side == SIDE_SERVER;
		if (i >= p->at && !server && behind)
			return;
		behind |= server && i >= p->at;
		if (!server || line->mark == MARK_NEVER || !rehearsal_captures(p->r, i) ||
		    !rehearsal_match(p->r, i, event->text, &p->values))
			continue;
		p->matched = line->mark == MARK_REPEATED ? i : i + 1;
		return;
	}
}

void replay_lost(struct talk *t)
{
	struct replay *p = t->replay;
	if (p == NULL)
		return;
	size_t left = p->lines - p->said;
	if (left && t->prompt)
		talk_remark(t, "%zu line%s of the transcript %s not said.", left, left == 1 ? "" : "s",
		            left == 1 ? "was" : "were");
	replay_forget(t);
}

/* ---- :replay ---- */

static void count_lines(struct replay *p)
{
	for (size_t i = 0; i < p->r->script->nlines; i++)
		p->lines += p->r->script->lines[i].side == SIDE_CLIENT && p->r->lines[i].speaks &&
		            !p->r->lines[i].elsewhere;
}

/* How many commands at the transcript's front are those that were said in this conversation, one by one. */
static size_t count_already(const struct talk *t)
{
	const struct replay *p = t->replay;
	struct slice said = buffer_slice(&t->verbs);
	size_t n = 0;
	for (size_t i = 0; i < p->r->script->nlines; i++) {
		const char *verb = p->r->lines[i].verb;
		if (p->r->script->lines[i].side != SIDE_CLIENT || verb == NULL)
			continue;
		if (!slice_equal(slice_row(&said), slice_of(verb)))
			break;
		n++;
	}
	return n;
}

/* Goes behind the first `n` commands and their payload. */
static void skip_commands(struct replay *p, size_t n)
{
	for (; p->at < p->r->script->nlines; pass(p)) {
		bool command = line_of(p)->side == SIDE_CLIENT && p->r->lines[p->at].verb;
		if (command && n-- == 0)
			return;
	}
}

static void say_already(struct talk *t)
{
	const struct replay *p = t->replay;
	struct buffer verbs = { 0 };
	struct slice said = buffer_slice(&t->verbs);
	for (size_t i = 0; i < p->already; i++) {
		buffer_add_string(&verbs, i ? ", " : "");
		buffer_add_slice(&verbs, slice_row(&said));
	}
	talk_say(t, "It begins with what was said already: " SLICE_FMT ". :replay skip passes over that; %s.",
	         SLICE_ARG(buffer_slice(&verbs)), p->all ? ":replay all says it again" : "Enter says it again");
	buffer_free(&verbs);
}

static void set_going(struct talk *t)
{
	t->replay->resting = false;
	if (t->replay->all)
		session_nudge(t->session);
	else
		replay_turn(t);
	if (t->replay && t->prompt && !prompt_asks(t->prompt))
		replay_place(t, SLICE(""));
	lines_stir(t);
	talk_prompt(t);
}

static bool load(struct talk *t, const char *name)
{
	struct error error = { 0 };
	struct script *scripts = NULL;
	size_t n = 0;
	enum status status = t->hooks->script(t->hooks->context, name, &scripts, &n, &error);
	if (status == STATUS_OK && n == 0)
		status = error_set(&error, STATUS_USAGE, "%s: no conversation in it", name);
	if (status != STATUS_OK) {
		talk_say(t, "%s", error.message);
		error_clear(&error);
		scripts_free(scripts, n);
		return false;
	}
	replay_forget(t);
	struct replay *p = t->replay = memory_zeroed(1, sizeof *p);
	p->scripts = scripts;
	p->nscripts = n;
	p->r = rehearse(&scripts[0], talk_protocol(t), t->options->variables);
	rehearsal_variables(p->r, t->options->variables, &p->values);
	p->resting = true;
	count_lines(p);
	return true;
}

/* What stands behind the name: `all`, and values. False where something does not belong there; why was said. */
static bool read_rest(struct talk *t, struct slice words)
{
	struct error error = { 0 };
	bool good = true;
	for (struct slice word = slice_word(&words); good && word.n; word = slice_word(&words)) {
		char *one = slice_string(word);
		if (slice_equal(word, SLICE("all")))
			t->replay->all = true;
		else
			good = variables_set(&t->replay->values, one, &error) == STATUS_OK;
		free(one);
	}
	if (!good)
		talk_say(t, "%s", error.message);
	error_clear(&error);
	return good;
}

static void say_what_it_is(struct talk *t, const char *name)
{
	const struct replay *p = t->replay;
	const struct script *script = p->r->script;
	struct buffer safe = { 0 };
	escape_text(&safe, slice_of(script->title ? script->title : name));
	talk_say(t, SLICE_FMT ": %zu line%s to say. %s", SLICE_ARG(buffer_slice(&safe)), p->lines,
	         p->lines == 1 ? "" : "s",
	         p->all ? "^C stops." : "Enter sends each, edited or not; ^C stops, :replay all says the rest.");
	if (script->protocol && strcmp(script->protocol, talk_protocol(t)->name) != 0)
		talk_say(t, "It is a transcript of %s, and here %s is spoken.", script->protocol,
		         talk_protocol(t)->name);
	buffer_free(&safe);
}

static void start(struct talk *t, const char *name, struct slice words)
{
	if (!load(t, name))
		return;
	struct replay *p = t->replay;
	p->all = t->prompt == NULL;
	if (!read_rest(t, words) || !values_there(t)) {
		replay_forget(t);
		return;
	}
	bool asks = t->prompt && talk_protocol(t)->server_first;
	p->already = asks ? count_already(t) : 0;
	if (t->prompt && !t->options->quiet)
		say_what_it_is(t, name);
	if (p->already)
		say_already(t);
	if (p->already == 0 || !p->all)
		set_going(t);
}

/* Goes behind the client's next line. */
static void skip_line(struct replay *p)
{
	bool client = false;
	while (p->at < p->r->script->nlines && !client) {
		client = line_of(p)->side == SIDE_CLIENT && p->r->lines[p->at].speaks;
		pass(p);
	}
}

static void skip(struct talk *t)
{
	struct replay *p = t->replay;
	if (p->already)
		skip_commands(p, p->already);
	else
		skip_line(p);
	p->already = 0;
	set_going(t);
}

/* A word for the replay under way. */
static void steer(struct talk *t, struct slice word)
{
	if (slice_equal(word, SLICE("off"))) {
		replay_forget(t);
		talk_say(t, "The transcript is put away.");
	} else if (slice_equal(word, SLICE("skip"))) {
		skip(t);
	} else {
		t->replay->all |= slice_equal(word, SLICE("all"));
		t->replay->ready = t->replay->placed = false;
		set_going(t);
	}
}

static bool is_steering(struct slice word)
{
	return word.n == 0 || slice_equal(word, SLICE("off")) || slice_equal(word, SLICE("skip")) ||
	       slice_equal(word, SLICE("all"));
}

void word_replay(struct talk *t, struct slice arguments)
{
	struct slice words = arguments, name = slice_word(&words);
	if (!t->open)
		talk_say(t, "Not connected.");
	else if (t->replay && is_steering(name))
		steer(t, name);
	else if (is_steering(name))
		talk_say(t, ":replay is followed by a transcript's file or name.");
	else if (!word_waits(t, "replay", arguments)) {
		char *file = slice_string(name);
		start(t, file, words);
		free(file);
	}
}
