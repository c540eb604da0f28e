/*
 * `:replay`: says the client's side of a transcript, from where the conversation stands.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "talk/room.h"

/* Puts one line of the script's client behind those that wait. */
static bool hold_script_line(struct talk *t, const struct script_line *line, struct variables *values,
                             struct error *error)
{
	struct buffer text = { 0 }, octets = { 0 };
	if (template_fill((struct slice){ line->text, line->text_n }, values, FILL_STRICT, &text, error) != STATUS_OK) {
		buffer_wipe(&text);
		return false;
	}
	if (line->exact)
		(void)unescape_exact(&octets, buffer_slice(&text));
	else
		buffer_add_slice(&octets, buffer_slice(&text));
	line_hold(t, buffer_slice(&octets), line->exact, true);
	buffer_wipe(&text);
	buffer_wipe(&octets);
	return true;
}

static void replay(struct talk *t, const struct script *script)
{
	struct error error = { 0 };
	struct variables values = { 0 };
	bool good = true;
	variables_copy(&values, t->options->variables);
	for (size_t i = 0; i < script->nlets; i++)
		variables_let(&values, script->lets[i].name, script->lets[i].value);
	for (size_t i = 0; good && i < script->nlines; i++)
		if (script->lines[i].kind == SCRIPT_SAID && script->lines[i].side == SIDE_CLIENT)
			good = hold_script_line(t, &script->lines[i], &values, &error);
	if (!good) {
		talk_say(t, "%s", error.message);
		lines_forget(t);
	}
	lines_stir(t);
	error_clear(&error);
	variables_free(&values);
}

void word_replay(struct talk *t, struct slice arguments)
{
	struct error error = { 0 };
	struct script *scripts = NULL;
	size_t n = 0;
	char *name = slice_string(slice_word(&arguments));
	if (!t->open || *name == '\0')
		talk_say(t, t->open ? ":replay is followed by a transcript's file or name." : "Not connected.");
	else if (t->hooks->script(t->hooks->context, name, &scripts, &n, &error) != STATUS_OK)
		talk_say(t, "%s", error.message);
	else if (n > 0)
		replay(t, &scripts[0]);
	scripts_free(scripts, n);
	error_clear(&error);
	free(name);
}
