/*
 * parlance explain: what a code, a command or a keyword means.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/explain.h"

/* ---- where it goes ---- */

static size_t terminal_columns(const struct options *options)
{
	struct winsize size = { 0 };
	if (options->output || !isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col == 0)
		return 80;
	return size.ws_col < 20 ? 20 : size.ws_col;
}

static enum status write_out(const struct options *options, struct slice text)
{
	if (options->output == NULL) { /* main tells what did not arrive */
		struct sink sink = sink_of_file(stdout);
		sink.write(sink.context, text);
		return STATUS_OK;
	}
	FILE *file = fopen(options->output, "w");
	bool good = file && (text.n == 0 || fwrite(text.p, 1, text.n, file) == text.n);
	if (file)
		good = fclose(file) == 0 && good;
	if (good)
		return STATUS_OK;
	complain("explain: %s: %s", options->output, strerror(errno));
	return STATUS_USAGE;
}

/* ---- the words ---- */

/* Says what was found; false where that is nothing. */
static bool say(struct page *page, struct meanings *meanings)
{
	bool found = meanings->n > 0;
	page_findings(page, meanings);
	meanings_free(meanings);
	return found;
}

/* Several arguments may be one thing: `explain RCPT 550`, or a line that is not quoted. */
static bool explain_together(struct page *page, const struct protocol *only, int argc, char **argv)
{
	struct meanings meanings = { 0 };
	struct scope all = { .only = only, .kinds = KINDS_ALL };
	struct buffer words = { 0 };
	for (int i = 0; i < argc; i++)
		buffer_printf(&words, "%s%s", i ? " " : "", argv[i]);
	struct slice joined = slice_trim(buffer_slice(&words));
	if (argc > 1 && !find_word(&all, joined, &meanings) && is_bare_line(only, joined))
		(void)find_argument(only, joined, &meanings);
	bool found = say(page, &meanings);
	buffer_free(&words);
	return found;
}

static enum status explain_all(struct page *page, const struct protocol *only, int argc, char **argv)
{
	enum status status = STATUS_OK;
	if (explain_together(page, only, argc, argv))
		return STATUS_OK;
	for (int i = 0; i < argc; i++) {
		struct meanings meanings = { 0 };
		(void)find_argument(only, slice_of(argv[i]), &meanings);
		if (say(page, &meanings))
			continue;
		not_found(only, slice_of(argv[i]));
		status = STATUS_DIFFERED;
	}
	return status;
}

/* ---- the command ---- */

static enum status run(struct options *options, int argc, char **argv)
{
	const struct protocol *only = options->protocol;
	struct page page = { .json = options->json };
	if (argc > 0 && protocol_named(slice_of(argv[0]))) {
		only = protocol_named(slice_of(argv[0]));
		argc--;
		argv++;
	}
	if (argc == 0 && only == NULL) {
		complain("explain: a word is missing, as in: parlance explain 550");
		return STATUS_USAGE;
	}
	page.bold = !options->output && !options->plain && color_wanted(options->color, stdout);
	page.columns = terminal_columns(options);
	enum status status = STATUS_OK;
	if (argc > 0)
		status = explain_all(&page, only, argc, argv);
	else
		page_protocol(&page, only);
	enum status written = write_out(options, buffer_slice(&page.out));
	buffer_free(&page.out);
	return written == STATUS_OK ? status : written;
}

const struct command command_explain = {
	.name = "explain",
	.arguments = "[options] [PROTOCOL] WORD... | PROTOCOL",
	.summary = "what a code, a command or a keyword means, and where that is defined",
	.help = "Each WORD is a reply code (550, -ERR, 404), an enhanced status code (5.7.1), a\n"
		"command (STARTTLS, UIDL, PASV), a capability (SIZE, IDLE), a response code\n"
		"(TRYCREATE), a header field (Host) or a way to log in (PLAIN). A code behind a\n"
		"command is what it means there: RCPT 550, \"UID FETCH NO\". A line copied from a\n"
		"session works too: \"550 5.1.1 No such user\", \"* OK [READ-WRITE] done\". Quotes\n"
		"keep it from the shell.\n"
		"\n"
		"With PROTOCOL (smtp lmtp pop3 imap http ftp), only that protocol is asked;\n"
		"PROTOCOL alone lists all words that are known of it. The exit status is 1 where\n"
		"a word is not known; the nearest words are named then.",
	.options = OPTIONS_SHOW | OPTIONS_OFFLINE,
	.run = run,
};
