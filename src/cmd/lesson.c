/*
 * lesson: a course in the terminal.
 */
#include "cmd/lesson.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lesson/progress.h"

/* ---- finding one ---- */

enum status lesson_take(const char *name, struct taken_lesson *taken, struct error *error)
{
	char *shipped = NULL;
	struct stat about;
	bool path = stat(name, &about) == 0 && !S_ISDIR(about.st_mode);
	enum status status = path ? read_input(name, &taken->text, error) : shipped_lesson_find(name, &shipped, error);
	if (status == STATUS_OK && !path)
		buffer_add_slice(&taken->text, shipped_lesson(shipped));
	if (status == STATUS_OK) {
		char *file = path ? string_copy(name) : string_printf("lessons/%s.md", shipped);
		taken->lesson = lesson_read(buffer_slice(&taken->text), file);
		taken->key = path ? lesson_progress_key(name) : string_copy(shipped);
		taken->name = string_copy(path ? name : shipped);
		free(file);
	}
	for (size_t i = 0; shipped && shipped_lesson_name(i); i++)
		if (strcmp(shipped_lesson_name(i), shipped) == 0 && shipped_lesson_name(i + 1))
			taken->next = string_copy(shipped_lesson_name(i + 1));
	free(shipped);
	return status;
}

void taken_lesson_free(struct taken_lesson *taken)
{
	lesson_free(taken->lesson);
	buffer_free(&taken->text);
	free(taken->name);
	free(taken->key);
	free(taken->next);
	*taken = (struct taken_lesson){ 0 };
}

/* ---- where its conversations go ---- */

/* The lab's server that a conversation is for; a scheme may be called so, too: submission, imaps. */
static const char *server_for(const struct script *script, const struct rehearsal *r)
{
	const struct scheme *scheme = r->tls_implicit ? protocol_tls_scheme(r->protocol) : NULL;
	if (script->target && strncmp(script->target, "lab:", 4) == 0)
		return script->target + 4;
	return scheme ? scheme->name : r->protocol->name;
}

/* How well a --to suits a conversation: 0 not at all, 1 it speaks its protocol, 2 and begins TLS as it does, 3 it is called
 * like the server. One alone whose protocol is not known suits. */
static unsigned suits(const struct options *options, const char *to, const struct script *script,
                      const struct rehearsal *r)
{
	const char *server = server_for(script, r);
	struct where where = { 0 };
	struct error none = { 0 };
	unsigned how = 0;
	if (strcmp(to, "lab") == 0)
		return 1;
	if (where_find(options, to, NULL, NULL, &where, &none) == STATUS_OK &&
	    (where.protocol ? strcmp(where.protocol->name, r->protocol->name) == 0 : options->targets.n == 1)) {
		how = where.tls == r->tls_implicit ? 2 : 1;
		if (strncmp(to, server, strlen(server)) == 0 && strncmp(to + strlen(server), "://", 3) == 0)
			how = 3;
	}
	where_free(&where);
	error_clear(&none);
	return how;
}

/* The --to that suits best; the first of those that do alike. NULL: none does. */
static const char *given_target(const struct options *options, const struct script *script, const struct rehearsal *r)
{
	const char *best = NULL;
	unsigned most = 0;
	for (size_t i = 0; i < options->targets.n; i++) {
		unsigned how = suits(options, options->targets.list[i], script, r);
		if (how > most) {
			most = how;
			best = options->targets.list[i];
		}
	}
	return best;
}

char *lesson_target(const struct options *options, const struct script *script, const struct rehearsal *rehearsal,
                    struct error *error)
{
	if (script->target && strcmp(script->target, "self") == 0)
		return string_copy("self");
	if (options->targets.n) {
		const char *to = given_target(options, script, rehearsal);
		if (to == NULL)
			(void)error_set(error, STATUS_USAGE,
			                "%s:%u: this conversation speaks %s, and no --to does: give one more, as --to "
			                "%s://127.0.0.1:PORT",
			                script->file, script->nlines ? script->lines[0].number : 1,
			                rehearsal->protocol->name, rehearsal->protocol->name);
		return to ? string_copy(to) : NULL;
	}
	struct buffer target = { 0 };
	if (lesson_fill_lab(options, slice_of(script->target ? script->target : "lab"), &target, error) == STATUS_OK)
		return buffer_take(&target);
	buffer_free(&target);
	return NULL;
}

/* ---- the command ---- */

static enum status step(struct options *options, const char *name)
{
	struct taken_lesson taken = { 0 };
	struct error error = { 0 };
	enum status status = lesson_take(name, &taken, &error);
	error_report(&error);
	if (status == STATUS_OK)
		status = lesson_step(options, &taken);
	taken_lesson_free(&taken);
	return status;
}

static enum status lesson(struct options *options, int argc, char **argv)
{
	options->practice->fresh = true;
	if (options->check && (options->demo || options->reset)) {
		complain("lesson: --check does not go with %s: one at a time", options->demo ? "--demo" : "--reset");
		return STATUS_USAGE;
	}
	if (options->check)
		return lesson_check(options, argc, argv);
	if (options->reset)
		return lesson_forget(options, argc, argv);
	if (argc == 0 && options->demo) {
		complain("lesson: --demo of which? parlance lesson NAME --demo; parlance lesson lists them");
		return STATUS_USAGE;
	}
	if (argc == 0)
		return lesson_list(options);
	if (argc > 1) {
		complain("lesson: one at a time: parlance lesson %s, then the next", argv[0]);
		return STATUS_USAGE;
	}
	return step(options, argv[0]);
}

const struct command command_lesson = {
	.name = "lesson",
	.arguments = "[options] [NAME]",
	.summary = "list the lessons, or step through one; they keep your place",
	.help = "Without NAME: the course, with how far you are. NAME is a lesson's number, its\n"
		"name (smtp-by-hand), or a Markdown file of your own.\n"
		"\n"
		"A lesson tells, asks, and has you talk to a real server: the lab's, which it\n"
		"starts, or with --to TARGET (once for each protocol) one of yours, with --map\n"
		"and --set for what is called otherwise there. The line that the lesson has\n"
		"stands above the prompt, and TAB fills it in; what you type goes out as typed,\n"
		"and the lesson waits where you left it. :hint :skip :back :again :where\n"
		":contents and :quit steer it; :help lists all words. Your place is kept.\n"
		"\n"
		"  parlance lesson                the list\n"
		"  parlance lesson 3              SMTP by hand, from where you were\n"
		"  parlance lesson 3 --reset      forgets where you were\n"
		"  parlance lesson 3 --demo       plays by itself, for a projector\n"
		"  parlance lesson --check        all of them, unattended: TAP\n"
		"  parlance lesson 3 --to mail.example:25 --map bob=me\n"
		"\n"
		"--check names each fault of a lesson by file and line, and exits with 1 where\n"
		"there is one. How to write a lesson: lessons/README.md.",
	.options = OPTIONS_LESSON | OPTIONS_TO | OPTIONS_CONNECT | OPTIONS_ENCRYPT | OPTIONS_SHOW | OPTIONS_SCRIPT |
	           OPTIONS_RECORD,
	.run = lesson,
};
