/*
 * Scripted tests of Dovecot's imaptest (docs/scripted_test.md in its sources): a header that says in which state the test
 * begins, then commands, what is expected of each and what the untagged replies to it are.
 *
 * imaptest brings the server into that state by itself, with messages from a file beside the script: that is written out
 * here, with made-up messages.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "script/import_forms.h"
#include "script/import_imaptest.h"
#include "script/import_mbox.h"

enum state { STATE_NONAUTH, STATE_AUTH, STATE_CREATED, STATE_APPENDED, STATE_SELECTED };

static const char *const state_names[] = { "nonauth", "auth", "created", "appended", "selected" };

/* How deep !ifenv may stand in !ifenv. */
#define DEPTH_MAX 16

/* The most messages that are put into the mailbox. */
#define MESSAGES_MAX 100

/* A command whose reply is still to be written. */
struct waiting {
	unsigned number;     /* of the script's line */
	uint64_t script_tag; /* the N of `tagN`; 0: it has none */
	unsigned tag;        /* ours */
	const char *reply;   /* "ok", where it stands before the command; else NULL */
};

struct reader {
	struct imaptest shared;
	enum state state;
	uint64_t messages; /* UINT64_MAX: all that there are */
	struct slice mbox; /* messages that were not taken yet */
	bool set_up;       /* the server was brought into its state */
	bool logged_out;
	unsigned tags; /* used so far */
	struct waiting *waiting;
	size_t nwaiting;
	struct slice *comments; /* that come before what is read next */
	size_t ncomments;
	bool skip[DEPTH_MAX]; /* of each !ifenv that is open */
	unsigned depth;
};

/* ---- recognising ---- */

/* The word of a tagged reply, `""` for any; NULL where it is none. */
static const char *reply_word(struct slice word)
{
	static const char *const words[] = { "ok", "no", "bad", "\"\"" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_equal_nocase(word, slice_of(words[i])))
			return words[i];
	return NULL;
}

static bool is_command_word(struct slice word)
{
	static const char *const words[] = { "append", "capability", "check",    "close",  "copy",  "create",
		                             "delete", "enable",     "expunge",  "fetch",  "id",    "list",
		                             "login",  "logout",     "lsub",     "move",   "noop",  "rename",
		                             "search", "select",     "sort",     "status", "store", "subscribe",
		                             "thread", "uid",        "unselect", NULL };
	for (const char *const *w = words; *w; w++)
		if (slice_equal_nocase(word, slice_of(*w)))
			return true;
	return false;
}

static unsigned likes(struct slice line, bool first)
{
	static const char *const header[] = { "capabilities: ", "connections: ",           "messages: ",
		                              "state: ",        "ignore_extra_untagged: ", NULL };
	struct slice rest = line, word = slice_word(&rest);
	uint64_t number = 0;
	(void)first;
	for (size_t i = 0; line_starts(line, "state: ", NULL) && i < sizeof state_names / sizeof state_names[0]; i++)
		if (slice_equal_nocase(slice_trim(slice_part(line, 7, line.n)), slice_of(state_names[i])))
			return 3;
	if (line_starts_any(line, header))
		return 2;
	if (slice_number(word, &number))
		word = slice_word(&rest);
	return reply_word(word) && is_command_word(slice_word(&rest)) ? 3 : 0;
}

/* ---- saying ---- */

static void say(struct reader *r, enum side side, struct slice text)
{
	while (text.n) {
		struct slice line = slice_line(&text);
		size_t end = line.n;
		if (line.p[line.n - 1] == '\n')
			end -= line.n > 1 && line.p[line.n - 2] == '\r' ? 2 : 1;
		struct slice line_end = end < line.n ? slice_part(line, end, line.n) : SLICE("\r\n");
		draft_template(r->shared.d, side, MARK_NONE, slice_part(line, 0, end), line_end);
	}
}

static void say_reply(struct reader *r, const struct waiting *w, struct slice reply)
{
	struct buffer line = { 0 };
	buffer_printf(&line, "a%u ", w->tag);
	imaptest_tagged(&r->shared, reply, &line);
	say(r, SIDE_SERVER, buffer_slice(&line));
	buffer_free(&line);
}

/* What the command before still expects is written, then the comments that stand before what comes now. */
static void catch_up(struct reader *r, bool reply)
{
	unsigned number = r->shared.d->number;
	if (reply && r->nwaiting == 1 && r->waiting[0].reply) {
		r->shared.d->number = r->waiting[0].number;
		say_reply(r, &r->waiting[0], slice_of(r->waiting[0].reply));
		r->nwaiting = 0;
	}
	r->shared.d->number = number;
	for (size_t i = 0; i < r->ncomments; i++)
		draft_comment_text(r->shared.d, r->comments[i]);
	r->ncomments = 0;
}

/* A command of the set-up, and its reply. */
static void say_set_up(struct reader *r, const char *command, const char *reply)
{
	char *said = string_printf("a%u %s", ++r->tags, command), *heard = string_printf("a%u %s", r->tags, reply);
	say(r, SIDE_CLIENT, slice_of(said));
	say(r, SIDE_SERVER, slice_of(heard));
	free(said);
	free(heard);
}

/* Adds the next message as a literal, with its date where `dated`. Behind the last comes the first again; where there is
 * no mbox file, made-up ones do. */
static void add_message(struct reader *r, struct buffer *out, bool dated)
{
	struct buffer message = { 0 }, date = { 0 };
	if (r->mbox.n == 0)
		r->mbox = r->shared.d->beside;
	if (!mbox_next(&r->mbox, &message, &date))
		buffer_add_string(&message,
		                  "From: imaptest@example.com\r\nTo: imaptest@example.com\r\n"
		                  "Date: Mon, 5 Feb 2024 10:00:00 +0000\r\nSubject: made up\r\n\r\nText.\r\n");
	if (dated && date.n)
		buffer_printf(out, " \"" SLICE_FMT "\"", SLICE_ARG(buffer_slice(&date)));
	buffer_printf(out, " {%zu}\r\n", message.n);
	draft_quote(out, buffer_slice(&message));
	buffer_add_string(out, "\r\n"); /* the command's own */
	buffer_free(&message);
	buffer_free(&date);
}

/* That imaptest has messages where this script has none of its own. */
static void tell_made_up(struct reader *r)
{
	if (r->shared.d->beside.n == 0)
		draft_comment_text(r->shared.d,
		                   SLICE("imaptest takes this from the mbox file beside its script, which is not "
		                         "here: a made-up message stands for it"));
}

static void set_up_messages(struct reader *r)
{
	bool all = r->messages == UINT64_MAX;
	if (all && r->shared.d->beside.n == 0)
		draft_comment_text(r->shared.d,
		                   SLICE("imaptest takes all messages of the mbox file beside its script, which is "
		                         "not here: how many they are is not known"));
	r->mbox = r->shared.d->beside;
	for (uint64_t i = 0; i < MESSAGES_MAX && (all ? r->mbox.n > 0 : i < r->messages); i++) {
		struct buffer command = { 0 };
		tell_made_up(r);
		buffer_add_string(&command, "APPEND {{mailbox}}");
		add_message(r, &command, true);
		char *text = buffer_take(&command);
		say_set_up(r, text, "OK {{*}}");
		free(text);
	}
}

/* Brings the server into the state that the header asks for. `greeting`: none is expected by the script itself. */
static void set_up(struct reader *r, bool greeting)
{
	struct draft *d = r->shared.d;
	if (r->set_up)
		return;
	r->set_up = true;
	draft_field(d, "Let", SLICE("mailbox=imaptest"));
	if (greeting)
		draft_template(d, SIDE_SERVER, MARK_NONE, SLICE("* OK {{*}}"), SLICE("\r\n"));
	if (r->state == STATE_NONAUTH)
		return;
	draft_comment_text(d, SLICE("what imaptest does before the test: give it --set user=… --set password=…"));
	say_set_up(r, "LOGIN \"{{user}}\" \"{{password}}\"", "OK {{*}}");
	say_set_up(r, "DELETE {{mailbox}}", "{{*}}");
	say_set_up(r, "DELETE {{mailbox}}2", "{{*}}");
	if (r->state >= STATE_CREATED)
		say_set_up(r, "CREATE {{mailbox}}", "OK {{*}}");
	if (r->state >= STATE_CREATED)
		set_up_messages(r);
	if (r->state >= STATE_SELECTED)
		say_set_up(r, "SELECT {{mailbox}}", "OK {{*}}");
	draft_comment_text(d, SLICE("the test"));
}

/* ---- the header ---- */

static enum status read_header(struct reader *r, struct slice line)
{
	size_t colon = slice_find_octet(line, ':');
	struct slice key = slice_trim(slice_part(line, 0, colon)),
		     value = slice_trim(slice_part(line, colon + 1, line.n));
	uint64_t number = 0;
	bool counted = slice_number(value, &number);
	if (slice_equal_nocase(key, SLICE("connections")) && (!counted || number > 1))
		return draft_wrong(
			r->shared.d, line,
			"a transcript is one conversation: a test of several connections at once cannot be read as one");
	if (slice_equal_nocase(key, SLICE("messages")))
		r->messages = counted ? number : UINT64_MAX;
	if (slice_equal_nocase(key, SLICE("state"))) {
		size_t i = 0;
		while (i < sizeof state_names / sizeof state_names[0] &&
		       !slice_equal_nocase(value, slice_of(state_names[i])))
			i++;
		if (i == sizeof state_names / sizeof state_names[0])
			return draft_wrong(r->shared.d, line,
			                   "no such state: there are nonauth, auth, created, appended and selected");
		r->state = (enum state)i;
	}
	draft_comment_text(r->shared.d, line);
	if (slice_equal_nocase(key, SLICE("capabilities")))
		draft_comment_text(
			r->shared.d,
			SLICE("imaptest leaves the test out where the server lacks one of these: here it fails"));
	if (slice_equal_nocase(key, SLICE("ignore_extra_untagged")) && slice_starts_nocase(value, SLICE("n")))
		draft_comment_text(r->shared.d, SLICE("imaptest lets no other untagged replies pass: here they do"));
	return STATUS_OK;
}

/* ---- commands ---- */

/* Takes `tag3` off the front; 0 where none stands there. */
static uint64_t take_tag(struct slice *line)
{
	struct slice rest = *line, word = slice_word(&rest);
	uint64_t tag = 0;
	if (!slice_starts_nocase(word, SLICE("tag")) || !slice_number(slice_part(word, 3, word.n), &tag))
		return 0;
	*line = slice_trim(rest);
	return tag;
}

/* Whether an APPEND or REPLACE has no message of its own: imaptest then takes one from its mbox file. */
static bool lacks_message(struct slice command)
{
	struct slice rest = command, word = slice_word(&rest);
	if (slice_equal_nocase(word, SLICE("uid")))
		word = slice_word(&rest);
	if (!slice_equal_nocase(word, SLICE("append")) && !slice_equal_nocase(word, SLICE("replace")))
		return false;
	return slice_find(command, SLICE("}\r\n")) == command.n &&
	       slice_find_nocase(command, SLICE("catenate")) == command.n;
}

static bool mentions(struct slice command, const char *word)
{
	return slice_find_nocase(command, slice_of(word)) < command.n;
}

static void wait_for(struct reader *r, uint64_t script_tag, const char *reply)
{
	r->waiting = memory_one_more(r->waiting, r->nwaiting, sizeof *r->waiting);
	r->waiting[r->nwaiting++] = (struct waiting){ r->shared.d->number, script_tag, ++r->tags, reply };
}

static void read_command(struct reader *r, struct slice line)
{
	struct buffer command = { 0 };
	catch_up(r, true);
	uint64_t script_tag = take_tag(&line);
	struct slice rest = line;
	const char *reply = reply_word(slice_word(&rest));
	if (reply)
		line = slice_part(rest, rest.n && rest.p[0] == ' ', rest.n);
	if (r->nwaiting == 0)
		r->shared.tag = r->tags + 1;
	buffer_clear(&r->shared.messages);
	wait_for(r, script_tag, reply);
	r->shared.expunges = mentions(line, "expunge") || mentions(line, "move") || mentions(line, "replace");
	r->logged_out = r->logged_out || slice_equal_nocase(slice_trim(line), SLICE("logout"));
	buffer_printf(&command, "a%u ", r->tags);
	imaptest_expand(&r->shared, line, false, &command);
	if (lacks_message(line)) {
		bool bare = slice_equal_nocase(slice_trim(line), SLICE("append"));
		tell_made_up(r);
		buffer_add_string(&command, bare ? " {{mailbox}}" : "");
		add_message(r, &command, bare);
	} else {
		buffer_add_string(&command, "\r\n");
	}
	say(r, SIDE_CLIENT, buffer_slice(&command));
	buffer_free(&command);
}

/* A reply on a line of its own, to a command that waits for one; false where it is none. */
static bool read_reply(struct reader *r, struct slice line)
{
	struct slice rest = line;
	uint64_t script_tag = take_tag(&rest);
	struct slice after = rest, word = slice_word(&after);
	if (reply_word(word) == NULL)
		return false;
	for (size_t i = 0; i < r->nwaiting; i++) {
		if (r->waiting[i].reply || r->waiting[i].script_tag != script_tag)
			continue;
		catch_up(r, false);
		say_reply(r, &r->waiting[i], rest);
		r->waiting[i] = r->waiting[--r->nwaiting];
		return true;
	}
	return false;
}

/* ---- directives ---- */

static bool skipping(const struct reader *r)
{
	for (unsigned i = 0; i < r->depth; i++)
		if (r->skip[i])
			return true;
	return false;
}

/* `!sleep 100ms`. */
static void read_sleep(struct reader *r, struct slice value)
{
	size_t digits = 0;
	uint64_t number = 0;
	while (digits < value.n && octet_is_digit(value.p[digits]))
		digits++;
	struct slice unit = slice_trim(slice_part(value, digits, value.n));
	bool thousandths = slice_starts_nocase(unit, SLICE("ms")) || slice_starts_nocase(unit, SLICE("mill"));
	if (!slice_number(slice_part(value, 0, digits), &number) || number > 99999999 ||
	    (!thousandths && !slice_starts_nocase(unit, SLICE("s")))) {
		draft_comment(r->shared.d, "!sleep " SLICE_FMT, SLICE_ARG(value));
		return;
	}
	unsigned long long n = number;
	char *text = thousandths ? string_printf("client waits %llu.%03llu s", n / 1000, n % 1000)
	                         : string_printf("client waits %llu s", n);
	draft_direction(r->shared.d, text);
	free(text);
}

static void read_directive(struct reader *r, struct slice line)
{
	struct slice value;
	bool unless = line_starts(line, "!ifnenv ", NULL);
	if ((unless || line_starts(line, "!ifenv ", NULL)) && r->depth < DEPTH_MAX)
		r->skip[r->depth++] = !unless;
	else if (slice_equal(line, SLICE("!else")) && r->depth)
		r->skip[r->depth - 1] = !r->skip[r->depth - 1];
	else if (slice_equal(line, SLICE("!endif")) && r->depth)
		r->depth--;
	catch_up(r, true);
	if (line_starts(line, "!sleep ", &value))
		read_sleep(r, value);
	else
		draft_comment(r->shared.d, SLICE_FMT "%s", SLICE_ARG(line),
		              line_starts(line, "!if", NULL) ? " (no variable of the environment is taken to be set)"
		                                             : "");
}

/* ---- lines ---- */

static void read_test(struct reader *r, struct slice line)
{
	static const struct {
		const char *begins;
		enum script_mark mark;
	} untagged[] = { { "* ", MARK_NONE }, { "! ", MARK_NEVER }, { "? ", MARK_OPTIONAL } };
	struct slice rest;
	if (line.p[0] == '!' && line.n > 1 && line.p[1] != ' ') {
		read_directive(r, line);
		return;
	}
	if (skipping(r)) {
		catch_up(r, true);
		draft_comment(r->shared.d, "left out: " SLICE_FMT, SLICE_ARG(line));
		return;
	}
	for (size_t i = 0; i < sizeof untagged / sizeof untagged[0]; i++) {
		if (!line_starts(line, untagged[i].begins, &rest))
			continue;
		set_up(r, false);
		catch_up(r, false);
		imaptest_untagged(&r->shared, untagged[i].mark, rest);
		return;
	}
	set_up(r, true);
	if (!read_reply(r, line))
		read_command(r, line);
}

/* ---- text over several lines ---- */

/* Whether the line ends in `{{{`, or `~{{{`, which keeps LF alone; what stands before is added to `out`. */
static bool opens_text(struct slice line, bool *binary, struct buffer *out)
{
	size_t end = line.n;
	if (end < 3 || !slice_equal(slice_part(line, end - 3, end), SLICE("{{{")))
		return false;
	end -= 3;
	*binary = end && line.p[end - 1] == '~';
	buffer_add_slice(out, slice_part(line, 0, *binary ? end - 1 : end));
	return true;
}

/* Adds the lines up to `}}}` as a literal. False where there is no such line; what follows it is `*after`. */
static bool read_text(struct draft *d, struct slice *text, bool binary, struct slice *after, struct buffer *out)
{
	struct buffer octets = { 0 };
	struct slice line, end;
	size_t last = 0;
	while (draft_line(d, text, &line, &end)) {
		if (line_starts(line, "}}}", after)) {
			octets.n = last;
			buffer_printf(out, "%s{%zu}\r\n", binary ? "~" : "", octets.n);
			buffer_add_slice(out, buffer_slice(&octets));
			buffer_free(&octets);
			return true;
		}
		buffer_add_slice(&octets, line);
		if (binary && end.n > 1)
			buffer_add_octet(&octets, '\r');
		last = octets.n;
		buffer_add_string(&octets, binary ? "\n" : "\r\n");
	}
	buffer_free(&octets);
	return false;
}

/* One line of the test, with the texts that it opens. False where one has no end. */
static bool read_whole(struct draft *d, struct slice *text, struct slice line, struct buffer *out)
{
	bool binary = false;
	while (opens_text(line, &binary, out))
		if (!read_text(d, text, binary, &line, out))
			return false;
	buffer_add_slice(out, line);
	return true;
}

static enum status read_body(struct reader *r, struct slice *text, struct slice line)
{
	struct buffer whole = { 0 };
	struct draft *d = r->shared.d;
	unsigned number = d->number;
	enum status status = STATUS_OK;
	if (!read_whole(d, text, line, &whole)) {
		d->number = number;
		status = draft_wrong(d, line, "the text that {{{ opens has no }}}");
	} else {
		unsigned end = d->number;
		d->number = number;
		read_test(r, buffer_slice(&whole));
		d->number = end;
	}
	buffer_free(&whole);
	return status;
}

static void end_test(struct reader *r)
{
	catch_up(r, true);
	for (size_t i = 0; i < r->nwaiting; i++)
		draft_comment(r->shared.d, "the script has no reply to its line %u", r->waiting[i].number);
	if (r->logged_out || !r->set_up)
		return;
	draft_comment_text(r->shared.d, SLICE("imaptest logs out at the end"));
	say_set_up(r, "LOGOUT", "OK {{*}}");
}

static enum status read(struct draft *d, struct slice text)
{
	struct reader r = { .shared = { .d = d }, .state = STATE_SELECTED };
	struct slice line, end;
	bool header = true;
	enum status status = STATUS_OK;
	draft_protocol(d, "imap");
	while (status == STATUS_OK && draft_line(d, &text, &line, &end)) {
		if (line.n == 0) {
			header = false;
		} else if (line.p[0] == '#') {
			r.comments = memory_one_more(r.comments, r.ncomments, sizeof *r.comments);
			r.comments[r.ncomments++] = slice_trim(slice_part(line, 1, line.n));
		} else if (header && slice_find_octet(line, ':') < slice_find_octet(line, ' ')) {
			status = read_header(&r, line);
		} else {
			header = false;
			status = read_body(&r, &text, line);
		}
	}
	if (status == STATUS_OK)
		end_test(&r);
	buffer_free(&r.shared.messages);
	free(r.waiting);
	free(r.comments);
	return status;
}

const struct import_form import_imaptest = { "imaptest", "a scripted test of Dovecot's imaptest", likes, read };
