/*
 * `:replay` itself: a transcript is read, and the person is told what it is; then it goes on, skips, or is put away.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "talk/replay.h"
#include "talk/room.h"

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
	for (; p->at < p->r->script->nlines; replay_pass(p)) {
		bool command = replay_line(p)->side == SIDE_CLIENT && p->r->lines[p->at].verb;
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
	         p->all ? "^C stops."
	                : "Enter sends each, edited or not; ^] takes a `:` word in between, ^C stops, "
	                  ":replay all says the rest.");
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
	if (!read_rest(t, words) || !replay_values(t)) {
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
		client = replay_line(p)->side == SIDE_CLIENT && p->r->lines[p->at].speaks;
		replay_pass(p);
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
