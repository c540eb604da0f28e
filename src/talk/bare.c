/*
 * Credentials in the clear: a line that would show a password to whoever is on the way is asked about first.
 */
#include <stdlib.h>

#include "protocol/upgrade.h"
#include "talk/room.h"

/* Mechanisms by which the password itself never goes over the line, or there is none. */
static bool hides_password(struct slice name)
{
	static const char *const hiding[] = { "ANONYMOUS", "CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "GSSAPI" };
	for (size_t i = 0; i < sizeof hiding / sizeof hiding[0]; i++)
		if (slice_equal_nocase(name, slice_of(hiding[i])))
			return true;
	return slice_starts_nocase(name, SLICE("SCRAM-"));
}

/* Whether the secret of a command is none that gives the password away: a digest, or a mechanism's that hides it. */
static bool command_hides(const struct dialogue_event *event)
{
	struct slice rest = event->text;
	if (event->tag.n)
		(void)slice_word(&rest);
	(void)slice_word(&rest);
	if (slice_equal(event->verb, SLICE("AUTH")) || slice_equal(event->verb, SLICE("AUTHENTICATE")))
		return hides_password(slice_word(&rest));
	return slice_equal(event->verb, SLICE("APOP"));
}

/* HTTP's Digest (RFC 7616) likewise. */
static bool field_hides(const struct dialogue_event *event)
{
	struct slice rest = event->text;
	bool authorization = slice_equal(event->keyword, SLICE("authorization")) ||
	                     slice_equal(event->keyword, SLICE("proxy-authorization"));
	(void)slice_word(&rest);
	return authorization && slice_equal_nocase(slice_word(&rest), SLICE("Digest"));
}

/* The protocol spoken; NULL while that is not decided, so that the line may decide it. */
static const struct protocol *decided(const struct talk *t)
{
	return dialogue_undecided(session_dialogue(t->session)) ? NULL : talk_protocol(t);
}

/* Whether a dialogue that begins with `before` takes the line for one that holds a secret. */
static bool marks_secret(const struct protocol *protocol, struct slice before, struct slice line)
{
	struct buffer said = { 0 };
	struct dialogue_event event;
	struct dialogue *d = dialogue_new(protocol);
	bool secret = false;
	buffer_add_slice(&said, before);
	buffer_add_slice(&said, line);
	buffer_add_string(&said, "\r\n");
	for (size_t at = 0, took = 1; at < said.n && took > 0; at += took) {
		took = dialogue_feed(d, SIDE_CLIENT, said.p + at, said.n - at);
		while (dialogue_next(d, &event))
			secret |= event_span(&event, SPAN_SECRET) != NULL && !command_hides(&event) &&
			          !field_hides(&event);
	}
	dialogue_free(d);
	buffer_wipe(&said);
	return secret;
}

bool bare_hidden(const struct talk *t, struct slice command)
{
	struct buffer line = { 0 };
	buffer_add_slice(&line, command);
	buffer_add_string(&line, " x");
	bool hidden = marks_secret(decided(t), SLICE(""), buffer_slice(&line));
	buffer_free(&line);
	return hidden;
}

/* Whether the line would give a secret away: the connection is in the clear, and leaves this machine. */
static bool bare_secret(const struct talk *t, struct slice line)
{
	if (!t->open || dialogue_secure(session_dialogue(t->session)) || session_local(t->session))
		return false;
	switch (talk_input(t)) {
	case INPUT_ANSWER:
		return line.n > 0 && !slice_equal(line, SLICE("*")) && t->mechanism &&
		       !hides_password(slice_of(t->mechanism));
	case INPUT_COMMAND:
		return marks_secret(decided(t), SLICE(""), line);
	case INPUT_FIELD:
		return marks_secret(talk_protocol(t), SLICE("GET / HTTP/1.1\r\n"), line);
	case INPUT_COUNTED: /* LOGIN's literals */
	case INPUT_REST:
		return slice_equal(slice_of(t->awaited), SLICE("LOGIN"));
	case INPUT_TEXT:
	case INPUT_OPAQUE:
	case INPUT_NOTHING:
		break;
	}
	return false;
}

/* What would make it safe. */
static const char *remedy(const struct talk *t)
{
	if (!upgrade_possible(talk_protocol(t)))
		return "https://, or --tls, encrypts from the first octet.";
	if (t->prompt == NULL)
		return "--starttls encrypts first, where the server can.";
	return ":starttls encrypts first, where the server can; a port with TLS from the first octet is better.";
}

bool bare_asks(struct talk *t, struct slice line)
{
	if (t->confirming)
		return true;
	if (t->confirmed || line_is_word(t, line) || !bare_secret(t, line))
		return false;
	if (t->prompt == NULL) {
		t->confirmed = true; /* once is enough */
		if (!t->options->quiet)
			talk_remark(
				t,
				"A password, or another secret, goes in the clear to %s: whoever is on the way can read it. %s",
				t->place.name, remedy(t));
		return false;
	}
	t->confirming = true;
	talk_remark(
		t,
		"This line shows a password, or another secret, and goes in the clear to %s: whoever is on the way can read it. %s Type "
		"yes to send it all the same; anything else drops it.",
		t->place.name, remedy(t));
	talk_prompt(t);
	return true;
}

void bare_answered(struct talk *t, struct slice typed)
{
	bool yes = slice_equal_nocase(slice_trim(typed), SLICE("yes"));
	t->confirming = false;
	t->confirmed = yes;
	if (yes) {
		lines_stir(t);
	} else {
		lines_forget(t);
		talk_remark(t, "Not sent.%s", talk_input(t) == INPUT_ANSWER ? " A lone * gives this login up." : "");
	}
	talk_prompt(t);
}
