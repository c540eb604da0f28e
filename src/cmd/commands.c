/*
 * The table of commands, and running one by its words; each has its file in this room.
 */
#include "cmd/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "cmd/cmd.h"
#include "net/target.h"

#define PARLANCE_VERSION "0.1.0"

static const struct command *const commands[] = {
	&command_talk,    &command_lesson,   &command_replay, &command_verify,  &command_serve, &command_lab,
	&command_explain, &command_annotate, &command_check,  &command_extract, NULL,
};

static const struct command *command_named(const char *word)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, word) == 0)
			return commands[i];
	return NULL;
}

static const char *command_nearest(const char *word)
{
	const char *best = NULL;
	size_t least = 3;
	for (size_t i = 0; commands[i]; i++) {
		size_t distance = word_distance(slice_of(word), slice_of(commands[i]->name));
		if (distance < least && distance * 2 < strlen(word) + 1) {
			least = distance;
			best = commands[i]->name;
		}
	}
	return best;
}

static void help_all(void)
{
	(void)puts("parlance: talk text-based Internet protocols by hand, and be told what every\nline means\n");
	for (size_t i = 0; commands[i]; i++) {
		bool talk = commands[i] == &command_talk;
		(void)printf("  parlance %s %s\n      %s\n", talk ? "[talk]" : commands[i]->name,
		             commands[i]->arguments, commands[i]->summary);
	}
	(void)puts("\nTARGET: host:port, host port, [::1]:25, unix:/path, or a URL: smtp://host,\n"
	           "submission:// lmtp:// pop3:// imap:// http:// ftp://, tcp://host:port,\n"
	           "udp://host:port. Over TLS: smtps:// pop3s:// imaps:// https:// ftps://,\n"
	           "tls://host:port, or --starttls. The lab on this machine: lab:smtp, lab:imaps …\n\n"
	           "parlance COMMAND --help tells more; man parlance tells all. To begin with:\n\n"
	           "  parlance replay ewing-imap-corrected   a conversation that ships, explained\n"
	           "  parlance lab                           servers to practise with\n"
	           "  parlance lab:smtp                      talk to one of them\n"
	           "  parlance explain 550                   what a code or a word means\n"
	           "  parlance imaps://mail.example          talk to a server by hand");
}

static void help_command(const struct command *command)
{
	(void)printf("parlance %s %s\n%s\n\n%s\n", command->name, command->arguments, command->summary, command->help);
	options_help(command);
}

/* Whether the words can be a TARGET: what is none is a command mistyped. */
static bool names_target(const struct options *options, int argc, char **argv)
{
	if (strpbrk(argv[0], ":/[") || options->protocol || strcmp(argv[0], "lab") == 0 || strcmp(argv[0], "self") == 0)
		return true;
	return argc > 1 && service_port(argv[1], false) != 0;
}

static enum status no_command(const char *word)
{
	const char *near = command_nearest(word);
	if (near)
		complain("%s: no such command: nearest is %s; a TARGET is written host:port", word, near);
	else
		complain("%s: neither a command nor a TARGET: write host:port, or see parlance --help", word);
	return STATUS_USAGE;
}

static enum status run(struct options *options, const struct command *command, int argc, char **argv)
{
	if (command)
		return command->run(options, argc, argv);
	if (argc == 0) {
		complain("nothing to do: write parlance host:port, or see parlance --help");
		return STATUS_USAGE;
	}
	if (strcmp(argv[0], "help") == 0 && (argc == 1 || command_named(argv[1]))) { /* as most programs take it */
		argc == 1 ? help_all() : help_command(command_named(argv[1]));
		return STATUS_OK;
	}
	if (!names_target(options, argc, argv))
		return no_command(argv[0]);
	return command_talk.run(options, argc, argv);
}

/* What was printed must have arrived, but a reader who has seen enough (`| head`) is no error. */
static enum status finish_output(enum status status)
{
	errno = 0;
	if (fflush(stdout) == 0)
		errno = sink_failure();
	if (errno == EPIPE || errno == 0)
		return status;
	complain("output: %s", strerror(errno));
	return status == STATUS_OK ? STATUS_USAGE : status;
}

enum status commands_run(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	const struct command *command = NULL;
	bool help = false, version = false;
	enum status status = options_parse(&options, &command, command_named, &argc, argv, &help, &version, &error);
	if (status != STATUS_OK)
		error_report(&error);
	else if (version)
		(void)printf("parlance %s\n", PARLANCE_VERSION);
	else if (help && command)
		help_command(command);
	else if (help && argc > 0 && !names_target(&options, argc, argv) && strcmp(argv[0], "help") != 0)
		status = no_command(argv[0]);
	else if (help)
		help_all();
	else
		status = run(&options, command, argc, argv);
	options_free(&options);
	return finish_output(status);
}
