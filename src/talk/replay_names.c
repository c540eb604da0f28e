/*
 * The variables of a transcript that is said: which names a line holds, and where their values come from.
 */
#include <stdlib.h>
#include <string.h>

#include "talk/login.h"
#include "talk/replay.h"
#include "talk/room.h"

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

bool replay_hides(struct slice text)
{
	if (template_has_login(text))
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

bool replay_values(struct talk *t)
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
