/*
 * check: is what a transcript holds a conversation that the protocol allows? Offline.
 */
#include "cmd/check.h"

#include <stdlib.h>
#include <string.h>

/* ---- a file ---- */

/* What nothing tells the protocol of has no mistakes that could be found: that must not look like praise. */
static void complain_untold(const struct script *script, const struct findings *found)
{
	if (script->protocol == NULL && found->protocol->bare)
		complain("%s: nothing tells its protocol, so little can be checked: name it with -P or in a line "
		         "\"Protocol: smtp\"",
		         script->file);
}

/* Checks its conversations, and prints what was found in each. `found` has room for all. */
static enum status check_scripts(struct checks *checks, const struct script *scripts, size_t n, struct findings *found)
{
	const struct options *options = checks->options;
	enum status status = STATUS_OK;
	for (size_t i = 0; i < n; i++) {
		check_script(&scripts[i], options->protocol, &options->variables, &found[i]);
		if (options->protocol == NULL)
			complain_untold(&scripts[i], &found[i]);
		if (!options->quiet)
			checks_print(checks, &scripts[i], &found[i]);
		checks->errors += found[i].errors;
		checks->warnings += found[i].warnings;
		if (found[i].errors)
			status = STATUS_DIFFERED;
	}
	return status;
}

/* Whether the file's first line cannot be a transcript's: then it may be a document. */
static bool begins_otherwise(const char *name)
{
	struct buffer text = { 0 };
	struct error error = { 0 };
	struct script *scripts = NULL;
	size_t n = 0;
	struct slice rest = { NULL, 0 }, line = { NULL, 0 };
	if (read_input(name, &text, &error) == STATUS_OK)
		rest = buffer_slice(&text);
	while (rest.n && slice_trim(line).n == 0)
		line = slice_row(&rest);
	bool otherwise = line.n && scripts_parse(line, name, &scripts, &n, &error) != STATUS_OK;
	scripts_free(scripts, n);
	error_clear(&error);
	buffer_free(&text);
	return otherwise;
}

/* What is no transcript, but a document that holds some: the next step is named. */
static void name_document(const char *name, struct error *error)
{
	struct script *scripts = NULL;
	struct error none = { 0 };
	size_t n = 0;
	if (begins_otherwise(name) && read_transcript(name, "document", &scripts, &n, &none) == STATUS_OK && n > 0)
		(void)error_set(error, STATUS_USAGE,
		                "%s: no transcript, but a document: --from document checks what it holds", name);
	error_clear(&none);
	scripts_free(scripts, n);
}

static enum status check_file(struct checks *checks, const char *name)
{
	struct script *scripts = NULL;
	size_t n = 0;
	struct error error = { 0 };
	enum status status = read_transcript(name, checks->options->from, &scripts, &n, &error);
	if (status == STATUS_OK && n == 0)
		status = error_set(&error, STATUS_USAGE, "%s: no conversation in it", input_name(name));
	if (status != STATUS_OK && checks->options->from == NULL && strcmp(name, "-") != 0)
		name_document(name, &error);
	if (status == STATUS_OK) {
		struct findings *found = memory_zeroed(n, sizeof *found);
		checks->files++;
		status = check_scripts(checks, scripts, n, found);
		if (checks->options->verbose)
			checks_file(name, found, n);
		if (checks->options->fix && status != STATUS_USAGE &&
		    fix_file(checks, name, scripts, n, found, &error) != STATUS_OK)
			status = error.status;
		for (size_t i = 0; i < n; i++)
			findings_free(&found[i]);
		free(found);
	}
	error_report(&error);
	scripts_free(scripts, n);
	return status;
}

/* ---- the command ---- */

/* What was asked for must make sense together. */
static const char *nonsense(const struct options *options, int argc)
{
	if (argc == 0)
		return "no transcript: name a file, one that ships (ewing-smtp), or - for standard input";
	if (options->fix && options->output && argc > 1)
		return "--fix -o FILE: takes one transcript; without -o each copy stands beside its file";
	if (options->force && !options->fix)
		return "--force: is for the copy that --fix writes";
	return NULL;
}

/* Findings make room for a copy that goes to standard output. */
static FILE *output_of(const struct options *options, int argc, char **argv, struct error *error)
{
	for (int i = 0; options->fix && i < argc; i++)
		if (fix_to_stdout(options, argv[i]))
			return stderr;
	return options->fix ? stdout : options_output(options, error);
}

static enum status run(struct options *options, int argc, char **argv)
{
	struct error error = { 0 };
	enum status worst = STATUS_OK;
	const char *why = nonsense(options, argc);
	if (why) {
		complain("check: %s", why);
		return STATUS_USAGE;
	}
	struct checks checks = { .options = options, .out = output_of(options, argc, argv, &error) };
	if (checks.out == NULL) {
		error_report(&error);
		return STATUS_USAGE;
	}
	checks.people = options_for_people(options);
	for (int i = 0; i < argc; i++) {
		enum status status = check_file(&checks, argv[i]);
		if (status > worst)
			worst = status;
	}
	if (checks.people && checks.files && !options->quiet)
		checks_sum(&checks);
	return worst;
}

const struct command command_check = {
	.name = "check",
	.arguments = "[options] TRANSCRIPT...",
	.summary = "is this a conversation that the protocol allows? offline",
	.help = "TRANSCRIPT is a file, one that ships (ewing-pop3), or - for standard input; it\n"
		"may hold several conversations, or be what another program printed, or with\n"
		"--from document what extract finds: lines are then the document's. Both sides\n"
		"are listened to, and each mistake is a line:\n"
		"\n"
		"  FILE:LINE: error|warning: what. why. (RFC)\n"
		"\n"
		"commands that do not exist or not now, arguments, replies that no such command\n"
		"gets, or none at all, missing dots and empty lines, tags, counts, base64, sides\n"
		"mixed up. Only warnings are: a code that contradicts its text, an extension\n"
		"announced and not used, a line over the limit.\n"
		"\n"
		"--fix writes a copy beside the file (NAME-corrected.txt), of one that ships or\n"
		"standard input to standard output, with what could be put right for certain and\n"
		"an Errata line for each. Where nothing is certain it writes nothing.\n"
		"\n"
		"The exit status is 1 where there is an error, also where --fix put it right,\n"
		"and 0 where there are only warnings.\n"
		"\n"
		"  parlance check session.txt\n"
		"  parlance check --fix ewing-pop3 > mended.txt\n"
		"  parlance check --from document rfc1939.txt",
	.options = OPTIONS_PRINT | OPTIONS_SCRIPT | OPTIONS_OFFLINE | OPTIONS_CHECK,
	.run = run,
};
