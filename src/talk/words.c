/*
 * The `:` words: a row each, with what stands behind it, what it does in a sentence, and the function that does it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "talk/room.h"

/* ---- leaving and going elsewhere ---- */

static void word_quit(struct talk *t, struct slice arguments)
{
	(void)arguments;
	t->leaving = true;
	t->hung_up = true;
	if (t->open)
		session_hang_up(t->session);
	else
		talk_leave(t, t->status);
}

static void word_close(struct talk *t, struct slice arguments)
{
	(void)arguments;
	t->hung_up = true;
	if (t->open)
		session_hang_up(t->session);
	else
		talk_say(t, "The connection is closed already.");
}

static void word_reconnect(struct talk *t, struct slice arguments)
{
	(void)arguments;
	lines_forget(t);
	talk_connect(t);
}

static void word_open(struct talk *t, struct slice arguments)
{
	struct error error = { 0 };
	char *target = slice_string(slice_word(&arguments)), *service = slice_string(slice_word(&arguments));
	if (*target == '\0') {
		talk_say(t, ":open is followed by a TARGET: host:port, or a URL such as smtp://host.");
	} else if (t->hooks->find(t->hooks->context, target, *service ? service : NULL, &t->place, &error) ==
	           STATUS_OK) {
		t->guided = false;
		lines_forget(t);
		talk_connect(t);
	} else {
		talk_say(t, "%s", error.message);
	}
	error_clear(&error);
	free(target);
	free(service);
}

/* ---- how lines go out ---- */

static void word_pipeline(struct talk *t, struct slice arguments)
{
	struct slice choice = slice_word(&arguments);
	bool on = slice_equal_nocase(choice, SLICE("on"));
	if (choice.n && !on && !slice_equal_nocase(choice, SLICE("off"))) {
		talk_say(t, ":pipeline on|off says whether lines go out without waiting for replies.");
		return;
	}
	t->pipeline = choice.n ? on : !t->pipeline;
	if (t->pipeline)
		talk_say(
			t,
			"Pipelining: lines go out at once. A server that does not announce PIPELINING may take that ill "
			"(RFC 2920). :pipeline off waits again.");
	else
		talk_say(t, "Each line waits until the one before it was answered.");
	lines_stir(t);
}

static void word_eol(struct talk *t, struct slice arguments)
{
	static const struct {
		const char *name;
		enum talk_eol eol;
	} ends[] = { { "crlf", EOL_CRLF }, { "lf", EOL_LF }, { "none", EOL_NONE } };
	struct slice choice = slice_word(&arguments);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		if (!slice_equal_nocase(choice, slice_of(ends[i].name)))
			continue;
		t->eol = ends[i].eol;
		talk_say(t, "Behind each line goes %s.",
		         t->eol == EOL_CRLF ? "CRLF"
		         : t->eol == EOL_LF ? "a bare LF"
		                            : "nothing");
		return;
	}
	talk_say(t, ":eol crlf|lf|none says what is sent behind each line. Mail and web protocols want crlf.");
}

static void word_fix(struct talk *t, struct slice arguments)
{
	(void)arguments;
	if (t->fixed.n == 0) {
		talk_say(t, "There is nothing to fix: no line held characters that only look like ASCII.");
		return;
	}
	if (t->open) {
		line_hold(t, buffer_slice(&t->fixed), false, true);
		lines_stir(t);
	}
	buffer_clear(&t->fixed);
}

/* ---- how it is shown ---- */

static void word_notes(struct talk *t, struct slice arguments)
{
	static const struct {
		const char *name;
		enum notes notes;
	} levels[] = { { "full", NOTES_FULL }, { "short", NOTES_SHORT }, { "off", NOTES_OFF } };
	struct slice choice = slice_word(&arguments);
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		if (!slice_equal_nocase(choice, slice_of(levels[i].name)))
			continue;
		t->notes = levels[i].notes;
		if (t->face)
			face_notes(t->face, t->notes);
		talk_say(t, "Notes: %s.", levels[i].name);
		return;
	}
	talk_say(t, ":notes full|short|off says how much is explained.");
}

static void word_more(struct talk *t, struct slice arguments)
{
	(void)arguments;
	bool folds = t->prompt && t->options->show == SHOW_TERMINAL && t->face;
	if (page_show(t) || (folds && terminal_face_more(t->face)))
		return;
	talk_say(t, "Nothing was folded away.");
	(void)page_show(t);
}

static void word_state(struct talk *t, struct slice arguments)
{
	(void)arguments;
	if (!t->open) {
		talk_say(t, "Not connected%s%s.", t->place.name ? "; the last target was " : "",
		         t->place.name ? t->place.name : "");
		return;
	}
	const struct dialogue *d = session_dialogue(t->session);
	size_t waiting = dialogue_outstanding(d);
	talk_say(t, "%s (%s), state %s, %s. Connected to %s for %.0f s.", dialogue_protocol(d)->name,
	         dialogue_protocol(d)->title, dialogue_state(d), dialogue_secure(d) ? "encrypted" : "in the clear",
	         session_peer(t->session), session_seconds(t->session));
	if (waiting)
		talk_say(t, "%zu command%s for a reply.", waiting, waiting == 1 ? " waits" : "s wait");
	if (t->nheld)
		talk_say(t, "%zu line%s to be sent.", t->nheld, t->nheld == 1 ? " waits" : "s wait");
	struct buffer awaited = { 0 };
	if (awaits_sentences(t, &awaited))
		talk_say(t, "What is awaited: " SLICE_FMT, SLICE_ARG(buffer_slice(&awaited)));
	buffer_free(&awaited);
}

/* ---- finding them ---- */

const struct word *word_named(struct slice name)
{
	for (const struct word *word = talk_words; word->name; word++)
		if (slice_equal_nocase(name, slice_of(word->name)))
			return word;
	return NULL;
}

static void consider(const char *word, struct slice name, size_t *least, const char **best)
{
	size_t distance = word_distance(name, slice_of(word));
	if (distance < *least && distance * 2 <= name.n) {
		*least = distance;
		*best = word;
	}
}

/* At most two slips away, and less than half of the word; NULL. */
static const char *word_nearest(const struct talk *t, struct slice name)
{
	const char *best = NULL;
	size_t least = 3;
	for (const struct guide_word *word = t->guide ? t->guide->words : NULL; word && word->name; word++)
		consider(word->name, name, &least, &best);
	for (const struct word *word = talk_words; word->name; word++)
		consider(word->name, name, &least, &best);
	return best;
}

static void word_unknown(struct talk *t, struct slice name)
{
	struct buffer safe = { 0 };
	const char *near = word_nearest(t, name);
	if (name.n == 0) {
		talk_say(t, "A colon alone asks for nothing: :help lists the words, :: sends a colon.");
		return;
	}
	escape_text(&safe, name);
	talk_say(t, ":" SLICE_FMT ": no such word%s%s; :help lists them, :: sends a colon.",
	         SLICE_ARG(buffer_slice(&safe)), near ? ": nearest is :" : "", near ? near : "");
	buffer_free(&safe);
}

/* ---- help ---- */

static void help_one(struct talk *t, struct slice name)
{
	const struct guide_word *guides = guide_word_named(t, name);
	const struct word *word = word_named(name);
	if (guides)
		talk_say(t, ":%s%s%s  %s", guides->name, *guides->arguments ? " " : "", guides->arguments,
		         guides->help);
	else if (word)
		talk_say(t, ":%s%s%s  %s", word->name, *word->arguments ? " " : "", word->arguments, word->help);
	else
		word_unknown(t, name);
}

static void help_guide(struct talk *t)
{
	struct buffer line = { 0 };
	for (const struct guide_word *word = t->guide->words; word->name; word++)
		buffer_printf(&line, " :%s", word->name);
	talk_say(t, "In the lesson:" SLICE_FMT, SLICE_ARG(buffer_slice(&line)));
	buffer_free(&line);
}

/* The words by what they are for, a line for each group, so that all of it fits a small screen. */
static void help_groups(struct talk *t)
{
	const struct word *word = talk_words;
	if (t->guide)
		help_guide(t);
	while (word->name) {
		struct buffer line = { 0 };
		const char *group = word->group;
		for (; word->name && word->group == group; word++)
			buffer_printf(&line, " :%s", word->name);
		talk_say(t, "%s" SLICE_FMT, group, SLICE_ARG(buffer_slice(&line)));
		buffer_free(&line);
	}
}

static void word_help(struct talk *t, struct slice arguments)
{
	struct slice name = slice_word(&arguments);
	if (name.n && name.p[0] == ':')
		name = slice_part(name, 1, name.n);
	if (name.n) {
		help_one(t, name);
		return;
	}
	talk_say(t, "Words for parlance (:: sends a colon). :help WORD says more.");
	help_groups(t);
	talk_say(t, "Keys: TAB completes, Up and ^R find old lines, ^C gives up, ^D ends, ^] is : in a message.");
}

static const char see[] = "To see:", login[] = "To log in:", send[] = "To send:", data[] = "FTP data:",
		  script[] = "Scripts:", go[] = "To go:", encrypt[] = "To encrypt:";

const struct word talk_words[] = {
	{ see, "next", "", "lists what the protocol allows now, and why not the rest.", word_next, false },
	{ see, "why", "", "explains the last reply at length.", word_why, false },
	{ see, "explain", "WORD", "says what a code, command or keyword means.", word_explain, false },
	{ see, "caps", "", "lists what the server announced.", word_caps, false },
	{ see, "state", "", "says where the conversation stands.", word_state, false },
	{ see, "hex", "", "shows the octets of the last line of each side.", word_hex, false },
	{ see, "more", "", "shows what was folded away.", word_more, false },
	{ see, "notes", "full|short|off", "says how much is explained.", word_notes, false },
	{ see, "help", "[WORD]", "says what can be done.", word_help, false },
	{ encrypt, "starttls", "", "upgrades the conversation to TLS, as the protocol does.", word_starttls, false },
	{ encrypt, "tls", "", "begins TLS now, on this connection, without asking the server for it.", word_tls,
	  false },
	{ encrypt, "cert", "[pem [FILE]]", "shows the server's certificates in full, or saves them.", word_cert,
	  false },
	{ login, "auth", "[WAY [NAME]]", "shows how the lines of a login are built; with a NAME, logs in.", word_auth,
	  true },
	{ login, "password", "[NAME|COMMAND]", "asks for a password unseen, and sends it as the protocol wants it.",
	  word_password, true },
	{ login, "base64", "[-d] TEXT", "encodes, or decodes.", word_base64, true },
	{ send, "fix", "", "sends the last line again, its typographic characters made ASCII.", word_fix, false },
	{ send, "eol", "crlf|lf|none", "says what is sent behind each line.", word_eol, false },
	{ send, "pipeline", "[on|off]", "sends lines without waiting for replies.", word_pipeline, false },
	{ data, "port", "", "FTP: listens for the data connection, and says where: PORT, or EPRT.", word_port, false },
	{ data, "data", "[FILE|end|follow]",
	  "FTP: saves the next transfer to FILE, or sends it from there; ends what is typed.", word_data, false },
	{ data, "data!", "FILE", "the same, over what is there already.", word_data_over, false },
	{ script, "replay", "[TRANSCRIPT [all] [NAME=VALUE]|skip|all|off]",
	  "says the client's lines of a transcript: each stands in the prompt, and Enter sends it.", word_replay,
	  false },
	{ script, "record", "[FILE|off]", "writes the conversation to a file, from now on.", word_record, false },
	{ script, "save", "FILE", "writes the conversation to a file, from its start.", word_save, false },
	{ script, "save!", "FILE", "the same, over what is there already.", word_save_over, false },
	{ go, "open", "TARGET", "connects elsewhere.", word_open, false },
	{ go, "reconnect", "", "connects again.", word_reconnect, false },
	{ go, "close", "", "hangs up, and stays here.", word_close, false },
	{ go, "quit", "", "hangs up, and leaves.", word_quit, false },
	{ NULL, NULL, NULL, NULL, NULL, false },
};

/* Shows what was asked, so that the screen says what the answer is about. */
static void echo(struct talk *t, struct slice text)
{
	struct buffer row = { 0 };
	buffer_add_string(&row, "# :");
	escape_text(&row, text);
	buffer_add_octet(&row, '\n');
	prompt_print_above(t->prompt, buffer_slice(&row));
	buffer_wipe(&row);
}

void word_run(struct talk *t, struct slice text)
{
	struct slice arguments = text, name = slice_word(&arguments);
	const struct guide_word *guides = guide_word_named(t, name);
	const struct word *word = guides ? NULL : word_named(name);
	bool valued = word && word->run == word_replay && slice_find_octet(arguments, '=') < arguments.n;
	bool secret = valued || (word && word->secret);
	if (t->prompt)
		echo(t, secret ? name : text);
	if (word == NULL || word->run != word_more)
		page_forget(t);
	if (t->prompt && !secret) {
		char *typed = string_printf(":" SLICE_FMT, SLICE_ARG(text));
		prompt_remember(t->prompt, slice_of(typed));
		free(typed);
	}
	if (guides)
		guides->run(t->guide->context, slice_trim(arguments));
	else if (word)
		word->run(t, slice_trim(arguments));
	else
		word_unknown(t, name);
	if (word == NULL || word->run != word_more)
		(void)page_show(t);
}
