/*
 * FTP's second connection, over which files and lists go, as a person sees it: `:port` listens for it, `:data` names the
 * file, and what STOR sends may be typed.
 */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/escape.h"
#include "session/ftp_data.h"
#include "talk/room.h"

/* Octets of a typed file that may wait to be written before more is taken from stdin, and how long that is looked at. */
#define WAITING_MAX 262144
static const struct timeval pace = { .tv_usec = 10000 }, at_once = { 0 };

/* ---- what STOR sends ---- */

/* A STOR has begun, and no file was named: it is typed. */
static bool wanted(void *context, struct buffer *octets)
{
	struct talk *t = context;
	if (t->guide && t->guide->payload(t->guide->context, octets))
		return true;
	if (t->prompt && !t->options->quiet)
		talk_remark(t, "What you type now is the file, line by line; :data end, or ^D, ends it (:: sends a "
		               "colon). :data FILE before STOR sends a file.");
	else if (!t->prompt && !t->options->quiet)
		talk_remark(t, "What follows on stdin is the file, up to its end.");
	(void)evtimer_add(t->feed.pace, &at_once);
	return false;
}

/* A pipe was meant for the file to its end; whoever wrote it did not know that the file would be refused. */
void transfer_refused(struct talk *t, const struct dialogue_event *event)
{
	bool stores = slice_equal(event->verb, SLICE("STOR")) || slice_equal(event->verb, SLICE("APPE")) ||
	              slice_equal(event->verb, SLICE("STOU"));
	bool refused = event->class == CLASS_FAILURE || event->class == CLASS_TRANSIENT;
	if (talk_protocol(t)->data_connection && stores && refused && t->prompt == NULL && !t->options->quiet &&
	    feed_left(t))
		talk_remark(t,
		            SLICE_FMT " was refused: what follows on stdin is no file, and goes to the server as "
		                      "commands, line by line.",
		            SLICE_ARG(event->verb));
}

static void over(void *context)
{
	struct talk *t = context;
	talk_prompt(t);
	(void)evtimer_add(t->feed.pace, &at_once); /* lines that waited may end the session, which is at work here */
}

void transfer_begin(struct talk *t)
{
	const struct ftp_data_options options = {
		.quiet = t->options->quiet, .wanted = wanted, .over = over, .context = t
	};
	t->data = ftp_data_new(t->session, &options);
}

void transfer_end(struct talk *t)
{
	ftp_data_free(t->data);
	t->data = NULL;
}

bool transfer_typed(const struct talk *t)
{
	return t->data && ftp_data_wants(t->data);
}

/* What was typed leaves the prompt, and no face shows it before the transfer is over. */
static void echo(struct talk *t, struct slice text)
{
	struct buffer row = { 0 };
	buffer_add_string(&row, "# \xe2\x97\x82 ");
	escape_text(&row, text);
	buffer_add_octet(&row, '\n');
	prompt_print_above(t->prompt, buffer_slice(&row));
	buffer_free(&row);
}

void transfer_line(struct talk *t, struct slice text)
{
	if (t->prompt)
		echo(t, text);
	struct buffer line = { 0 };
	buffer_add_slice(&line, text);
	buffer_add_octet(&line, '\n'); /* TYPE A makes it CRLF */
	ftp_data_send(t->data, buffer_slice(&line));
	buffer_free(&line);
}

/* Lines, up to `:data end`; false where no whole line is there. */
static bool pour_lines(struct talk *t)
{
	struct slice line;
	while (transfer_typed(t) && ftp_data_waiting(t->data) < WAITING_MAX) {
		if (!feed_line(t, &line))
			return !t->feed.ended;
		struct buffer taken = { 0 };
		buffer_add_slice(&taken, line);
		feed_used(t, line);
		if (line_is_word(t, buffer_slice(&taken)))
			word_run(t, slice_part(buffer_slice(&taken), 1, taken.n));
		else
			transfer_line(t, slice_part(buffer_slice(&taken),
			                            slice_starts(buffer_slice(&taken), SLICE("::")), taken.n));
		buffer_wipe(&taken);
	}
	return true;
}

static bool pour_octets(struct talk *t)
{
	struct buffer octets = { 0 };
	bool more = feed_all(t, &octets);
	ftp_data_send(t->data, buffer_slice(&octets));
	buffer_wipe(&octets);
	return more;
}

void transfer_pour(struct talk *t)
{
	bool room = ftp_data_waiting(t->data) < WAITING_MAX;
	if (room && !(t->options->colon ? pour_lines(t) : pour_octets(t)))
		transfer_finish(t);
	else if (transfer_typed(t) && (!room || t->feed.readable == NULL))
		(void)evtimer_add(t->feed.pace, &pace);
}

void transfer_finish(struct talk *t)
{
	if (transfer_typed(t))
		ftp_data_finish(t->data);
}

const char *transfer_waits(const struct talk *t)
{
	static const char *const verbs[] = { "APPE", "LIST", "MLSD", "NLST", "RETR", "STOR", "STOU" };
	for (size_t i = 0; t->data && t->awaited && i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcmp(t->awaited, verbs[i]) == 0)
			return ftp_data_place(t->data);
	return NULL;
}

/* ---- the words ---- */

/* Whether FTP is spoken here; says so where not. */
static bool speaks_ftp(struct talk *t)
{
	const struct protocol *protocol = talk_protocol(t);
	bool ftp = t->open && protocol && strcmp(protocol->name, "ftp") == 0;
	if (!ftp)
		talk_say(t, t->open ? "Only FTP has a second connection, for its data."
		                    : "Not connected: :reconnect connects again, :open TARGET elsewhere.");
	return ftp;
}

void word_port(struct talk *t, struct slice arguments)
{
	struct buffer command = { 0 };
	struct error error = { 0 };
	(void)arguments;
	if (!speaks_ftp(t))
		return;
	if (ftp_data_listen(t->data, &command, &error) == STATUS_OK) {
		line_hold(t, buffer_slice(&command), false, true);
		lines_stir(t);
	} else {
		talk_say(t, "%s", error.message);
	}
	error_clear(&error);
	buffer_free(&command);
}

static void name_file(struct talk *t, struct slice path, bool force)
{
	struct buffer safe = { 0 };
	char *name = slice_string(path);
	ftp_data_file(t->data, name, force);
	escape_text(&safe, path);
	talk_say(t,
	         "The next RETR or list is saved to " SLICE_FMT
	         "; the next STOR or APPE sends it. :data alone forgets it.",
	         SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&safe);
	free(name);
}

static void forget_file(struct talk *t)
{
	bool there = ftp_data_named(t->data) != NULL;
	ftp_data_file(t->data, NULL, false);
	talk_say(t,
	         "%sWhat the next transfer brings is shown, and what STOR sends is typed. :data FILE saves or sends "
	         "a file.",
	         there ? "No file. " : "");
}

void word_data(struct talk *t, struct slice arguments)
{
	if (!speaks_ftp(t))
		return;
	if (slice_equal(arguments, SLICE("end")) && !transfer_typed(t)) {
		talk_say(t, "No STOR waits for what is typed.");
	} else if (slice_equal(arguments, SLICE("end"))) {
		transfer_finish(t);
	} else if (slice_equal(arguments, SLICE("follow"))) {
		ftp_data_follow(t->data, true);
		talk_say(t, "Data connections go to whatever host the server names.");
	} else if (arguments.n) {
		name_file(t, arguments, false);
	} else {
		forget_file(t);
	}
}

void word_data_over(struct talk *t, struct slice arguments)
{
	if (!speaks_ftp(t))
		return;
	if (arguments.n)
		name_file(t, arguments, true);
	else
		talk_say(t, ":data! FILE saves the next transfer to FILE, over what is there.");
}
