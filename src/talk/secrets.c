/*
 * Logging in by hand: `:auth`, `:password`, `:base64`.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/escape.h"
#include "protocol/sasl.h"
#include "talk/room.h"

/* ---- :auth ---- */

/* How a protocol writes an exchange: the command before the mechanism, and what the server asks with. */
struct exchange {
	const char *protocol, *command, *asks;
};

static const struct exchange *exchange_of(const struct talk *t)
{
	static const struct exchange exchanges[] = {
		{ "smtp", "AUTH", "334" },
		{ "lmtp", "AUTH", "334" },
		{ "pop3", "AUTH", "+" },
		{ "imap", "a1 AUTHENTICATE", "+" },
	};
	const struct protocol *protocol = talk_protocol(t);
	for (size_t i = 1; protocol && i < sizeof exchanges / sizeof exchanges[0]; i++)
		if (strcmp(exchanges[i].protocol, protocol->name) == 0)
			return &exchanges[i];
	return &exchanges[0];
}

static void show_plain(struct talk *t)
{
	const struct exchange *x = exchange_of(t);
	struct buffer line = { 0 };
	sasl_plain(&line, SLICE("USER"), SLICE("PASSWORD"));
	talk_say(
		t,
		"PLAIN (RFC 4616): one line, the base64 of a NUL, the user name, a NUL, the password.\n"
		"C: %s PLAIN " SLICE_FMT "\n"
		"That is USER and PASSWORD. base64 hides nothing: it only makes the NULs fit a line. To log in: type %s "
		"PLAIN, and at the %s, :password NAME.",
		x->command, SLICE_ARG(buffer_slice(&line)), x->command, x->asks);
	buffer_free(&line);
}

static void show_login(struct talk *t)
{
	const struct exchange *x = exchange_of(t);
	struct buffer user = { 0 }, password = { 0 };
	base64_encode(&user, SLICE("USER"));
	base64_encode(&password, SLICE("PASSWORD"));
	talk_say(t,
	         "LOGIN (in no standard, only a draft): the server asks twice, each answer is base64.\n"
	         "C: %s LOGIN\nS: %s VXNlcm5hbWU6   (Username:)\nC: " SLICE_FMT "   (USER)\n"
	         "S: %s UGFzc3dvcmQ6   (Password:)\nC: " SLICE_FMT "   (PASSWORD)\n"
	         ":base64 NAME gives the first, :password asks for the second unseen.",
	         x->command, x->asks, SLICE_ARG(buffer_slice(&user)), x->asks, SLICE_ARG(buffer_slice(&password)));
	buffer_free(&user);
	buffer_free(&password);
}

static void show_cram_md5(struct talk *t)
{
	const struct exchange *x = exchange_of(t);
	talk_say(t,
	         "CRAM-MD5 (RFC 2195): the password itself never goes over the line.\n"
	         "C: %s CRAM-MD5\nS: %s and a challenge in base64\n"
	         "C: base64 of the user name, a space, and the HMAC-MD5 of the challenge under the password.\n"
	         "At the %s, :password NAME asks for the password and sends the answer.",
	         x->command, x->asks, x->asks);
}

static const struct {
	const char *name;
	void (*show)(struct talk *t);
} mechanisms[] = { { "plain", show_plain }, { "login", show_login }, { "cram-md5", show_cram_md5 } };

#define NMECHANISMS (sizeof mechanisms / sizeof mechanisms[0])

/* SMTP announces them behind AUTH, POP3 behind SASL, IMAP each by itself as AUTH=NAME. */
static void say_offered(struct talk *t, const struct dialogue *d)
{
	struct buffer offered = { 0 }, safe = { 0 };
	struct slice one;
	for (size_t i = 0; (one = dialogue_capability(d, i)).n; i++) {
		struct slice rest = one, name = slice_word(&rest);
		if (slice_equal_nocase(name, SLICE("AUTH")) || slice_equal_nocase(name, SLICE("SASL")))
			buffer_add_slice(&offered, rest);
		else if (slice_starts_nocase(name, SLICE("AUTH=")))
			buffer_printf(&offered, " " SLICE_FMT, SLICE_ARG(slice_part(name, 5, name.n)));
	}
	escape_text(&safe, slice_trim(buffer_slice(&offered)));
	if (safe.n)
		talk_say(t, "The server offers: " SLICE_FMT, SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&offered);
	buffer_free(&safe);
}

void word_auth(struct talk *t, struct slice arguments)
{
	struct slice name = slice_word(&arguments);
	for (size_t i = 0; i < NMECHANISMS; i++) {
		if (!slice_equal_nocase(name, slice_of(mechanisms[i].name)))
			continue;
		mechanisms[i].show(t);
		return;
	}
	talk_say(t, ":auth plain, :auth login and :auth cram-md5 show how the lines of each are built.");
	if (t->open)
		say_offered(t, session_dialogue(t->session));
	if (t->open && !dialogue_secure(session_dialogue(t->session)))
		talk_say(t, "This connection is in the clear: whoever is on the way can read PLAIN and LOGIN.");
}

/* ---- :password ---- */

/* The answer that the mechanism under way wants; false where it needs a name that was not given. */
static bool answer(const struct talk *t, struct slice user, struct slice password, struct buffer *out)
{
	struct slice mechanism = slice_of(t->mechanism);
	if (slice_equal_nocase(mechanism, SLICE("PLAIN"))) {
		sasl_plain(out, user, password);
		return user.n > 0;
	}
	if (slice_equal_nocase(mechanism, SLICE("CRAM-MD5"))) {
		sasl_cram_md5(out, user, password, dialogue_challenge(session_dialogue(t->session)));
		return user.n > 0;
	}
	base64_encode(out, password);
	return true;
}

/* LOGIN asks twice, and only its words say for what. */
static bool asks_for_name(const struct talk *t)
{
	struct slice challenge = dialogue_challenge(session_dialogue(t->session));
	return slice_equal_nocase(slice_of(t->mechanism), SLICE("LOGIN")) &&
	       slice_starts_nocase(challenge, SLICE("user"));
}

/* As a command of its own ("PASS "), where no exchange is under way. */
static void as_argument(struct slice command, struct slice password, struct buffer *out)
{
	buffer_add_slice(out, command);
	buffer_add_octet(out, ' ');
	buffer_add_slice(out, password);
}

void word_password(struct talk *t, struct slice arguments)
{
	struct slice typed;
	enum input input = talk_input(t);
	if (t->prompt == NULL || !t->open) {
		talk_say(t, t->open ? ":password needs a terminal to ask at." : "Not connected.");
		return;
	}
	if (input != INPUT_ANSWER && (input != INPUT_COMMAND || arguments.n == 0)) {
		talk_say(
			t,
			"No password is asked for now: begin with %s LOGIN or %s PLAIN, and use :password at the server's "
			"%s. Elsewhere :password COMMAND sends COMMAND with the password behind it.",
			exchange_of(t)->command, exchange_of(t)->command, exchange_of(t)->asks);
		return;
	}
	if (input == INPUT_ANSWER && asks_for_name(t)) {
		talk_say(t, "The server asks for the user name first. :base64 NAME gives the line; then :password.");
		return;
	}
	if (prompt_secret(t->prompt, "password: ", &typed) != PROMPT_LINE) {
		talk_say(t, "Given up: nothing was sent.");
		return;
	}
	struct buffer line = { 0 };
	bool good = true;
	if (talk_input(t) == INPUT_ANSWER)
		good = answer(t, arguments, typed, &line);
	else
		as_argument(arguments, typed, &line);
	if (good) {
		line_hold(t, buffer_slice(&line), false, true);
		lines_stir(t);
	} else {
		talk_say(t, "%s needs the name as well: :password NAME", t->mechanism);
	}
	buffer_wipe(&line);
}

/* ---- :base64 ---- */

void word_base64(struct talk *t, struct slice arguments)
{
	struct buffer out = { 0 }, safe = { 0 };
	struct slice rest = arguments, first = slice_word(&rest);
	bool decode = slice_equal(first, SLICE("-d"));
	struct slice text = decode ? slice_trim(rest) : arguments;
	if (text.n == 0)
		buffer_add_string(&out, ":base64 TEXT encodes it, :base64 -d TEXT decodes it.");
	else if (!decode)
		base64_encode(&out, text);
	else if (!base64_decode(&out, text))
		buffer_add_string(&out, "This is no base64 (RFC 4648 4).");
	escape_text(&safe, buffer_slice(&out));
	talk_say(t, SLICE_FMT, SLICE_ARG(buffer_slice(&safe)));
	buffer_wipe(&out);
	buffer_wipe(&safe);
}
