/*
 * Records: `-r FILE` and `:record` write the conversation while it happens; `:save` writes what was said so far, which
 * is kept for it from the start.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "session/record.h"
#include "talk/room.h"

/* ---- all conversations ---- */

static struct record_about about(const struct talk *t)
{
	return (struct record_about){ .target = t->place.name,
		                      .port = t->place.connect.path ? 0 : t->place.connect.port,
		                      .tls = t->place.tls,
		                      .times = t->options->session.verbose,
		                      .masking = t->options->session.masking };
}

bool recording_begin(struct talk *t)
{
	const struct talk_options *o = t->options;
	return o->record == NULL || record_open(o->record, o->force, &t->record, &t->error) == STATUS_OK;
}

static void join(struct talk *t, bool late)
{
	struct record_about it = about(t);
	it.late = late;
	t->record_face = record_begin(t->record, &it);
	session_add_face(t->session, t->record_face);
}

/* What `:save` may be asked for: not where nobody can ask. */
static void keep(struct talk *t)
{
	struct record_about it = about(t);
	(void)record_close(t->kept, NULL);
	t->kept = NULL;
	if (t->prompt == NULL && !t->options->colon)
		return;
	it.masking.spans = true; /* whatever is shown: this is a file that nobody has asked for yet */
	t->kept = record_keep();
	session_add_face(t->session, record_begin(t->kept, &it));
}

void recording_attach(struct talk *t)
{
	keep(t);
	if (t->record)
		join(t, false);
}

void recording_watch(struct talk *t)
{
	const char *why = t->record ? record_failure(t->record) : NULL;
	if (why == NULL || t->record_told || t->prompt == NULL)
		return;
	t->record_told = true;
	talk_remark(t, "The record: %s", why);
}

/* Closes the record; false, with a message unless it was told already, where it is not whole. */
static bool close_record(struct talk *t, struct error *error)
{
	if (t->record_face && t->session)
		session_drop_face(t->session, t->record_face);
	t->record_face = NULL;
	bool whole = record_close(t->record, error) == STATUS_OK;
	t->record = NULL;
	if (t->record_told)
		error_clear(error);
	t->record_broken |= !whole;
	t->record_told = false;
	return whole;
}

void recording_end(struct talk *t)
{
	struct error error = { 0 };
	(void)close_record(t, &error);
	error_report(&error);
	(void)record_close(t->kept, NULL);
	t->kept = NULL;
	if (t->record_broken && t->status == STATUS_OK)
		t->status = STATUS_USAGE;
}

/* ---- :record ---- */

static bool stands_in_the_way(const char *file)
{
	struct stat found;
	return stat(file, &found) == 0 && S_ISREG(found.st_mode);
}

static void begin(struct talk *t, const char *file)
{
	struct error error = { 0 };
	bool late = t->open && t->kept && record_begun(t->kept);
	if (stands_in_the_way(file)) {
		talk_say(t, "%s: there is such a file already: a record needs one of its own.", file);
		return;
	}
	if (record_open(file, false, &t->record, &error) != STATUS_OK) {
		talk_say(t, "%s", error.message);
		error_clear(&error);
		return;
	}
	if (t->open)
		join(t, late);
	talk_say(t, "From now on recorded, secrets masked.%s",
	         late ? " What was said before is not in it: :save FILE writes the session from its start." : "");
}

static void off(struct talk *t)
{
	struct error error = { 0 };
	if (t->record == NULL)
		talk_say(t, "Nothing is recorded.");
	else if (close_record(t, &error))
		talk_say(t, "The record is closed.");
	else
		talk_say(t, "%s", error.message ? error.message : "The record is closed; it is not whole.");
	error_clear(&error);
}

void word_record(struct talk *t, struct slice arguments)
{
	char *file = slice_string(arguments);
	if (*file == '\0')
		talk_say(t, t->record ? "Recording; :record off ends it."
		                      : ":record FILE writes the conversation to FILE.");
	else if (strcmp(file, "off") == 0)
		off(t);
	else if (t->record)
		talk_say(t, "A record is being written already: :record off ends it.");
	else
		begin(t, file);
	free(file);
}

/* ---- :save ---- */

static void save(struct talk *t, struct slice arguments, bool over)
{
	struct error error = { 0 };
	char *file = slice_string(arguments);
	const char *broken = t->kept ? record_failure(t->kept) : NULL;
	if (*file == '\0')
		talk_say(t, ":save FILE writes this conversation to FILE, from its start, secrets masked.");
	else if (t->kept == NULL || !record_begun(t->kept))
		talk_say(t, "Nothing was said yet: there is nothing to save.");
	else if (!over && stands_in_the_way(file))
		talk_say(t, "%s: there is such a file already: :save! %s writes over it.", file, file);
	else if (record_save(t->kept, file, over, &error) != STATUS_OK)
		talk_say(t, "%s", error.message);
	else
		talk_say(t, "Saved, from the first line on, secrets masked.%s%s", broken ? " Not all of it: " : "",
		         broken ? broken : "");
	error_clear(&error);
	free(file);
}

void word_save(struct talk *t, struct slice arguments)
{
	save(t, arguments, false);
}

void word_save_over(struct talk *t, struct slice arguments)
{
	save(t, arguments, true);
}
