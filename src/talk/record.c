/*
 * Records, and their inverse: `-r FILE` and `:record` write the conversation as a transcript; `:replay` says the
 * client's side of one.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "talk/room.h"

/* ---- recording ---- */

bool record_open(struct talk *t, const char *file, bool force, struct error *error)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), 0666);
	if (fd < 0) {
		if (errno == EEXIST)
			(void)error_set(error, STATUS_USAGE, "%s: there is such a file already: --force overwrites it",
			                file);
		else
			(void)error_set(error, STATUS_USAGE, "%s: %s", file, strerror(errno));
		return false;
	}
	t->record = fdopen(fd, "w");
	return true;
}

static const char *user_name(void)
{
	const struct passwd *user = getpwuid(getuid());
	return user ? user->pw_name : "unknown";
}

/* Title, Target, Date and Who; Protocol and TLS are the face's. */
static void header(const struct talk *t, struct buffer *out)
{
	char date[32] = "";
	time_t now = time(NULL);
	struct tm parts;
	if (gmtime_r(&now, &parts))
		(void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &parts);
	buffer_printf(out, "Title: A session with %s\nTarget: %s\nDate: %s\nWho: %s\n", t->place.name, t->place.name,
	              date, user_name());
}

void record_attach(struct talk *t)
{
	struct buffer lines = { 0 };
	if (t->record == NULL)
		return;
	header(t, &lines);
	t->record_face = plain_face(sink_of_file(t->record), NOTES_OFF, buffer_slice(&lines));
	session_add_face(t->session, t->record_face);
	buffer_free(&lines);
}

void record_close(struct talk *t)
{
	if (t->record_face && t->session)
		session_drop_face(t->session, t->record_face);
	t->record_face = NULL;
	if (t->record && fclose(t->record) != 0)
		complain("the record: %s", strerror(errno));
	t->record = NULL;
}

void word_record(struct talk *t, struct slice arguments)
{
	struct error error = { 0 };
	char *file = slice_string(arguments);
	if (*file == '\0') {
		talk_say(t, t->record ? "Recording; :record off ends it."
		                      : ":record FILE writes the conversation to FILE.");
	} else if (strcmp(file, "off") == 0) {
		talk_say(t, t->record ? "The record is closed." : "Nothing is recorded.");
		record_close(t);
	} else if (t->record) {
		talk_say(t, "A record is being written already: :record off ends it.");
	} else if (record_open(t, file, false, &error)) {
		if (t->open)
			record_attach(t);
		talk_say(t, "From now on recorded, secrets masked.");
	} else {
		talk_say(t, "%s", error.message);
	}
	error_clear(&error);
	free(file);
}

/* ---- :replay ---- */

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
