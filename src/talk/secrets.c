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
	if (strcmp(talk_protocol(t)->name, "imap") == 0)
		talk_say(
			t,
			"LOGIN, the command (RFC 9051 6.2.3): name and password go as they are.\n"
			"C: a1 LOGIN NAME PASSWORD\n"
			":password a1 LOGIN NAME asks for the password unseen. LOGIN, the mechanism, is another thing:");
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

static void show_user(struct talk *t)
{
	bool ftp = strcmp(talk_protocol(t)->name, "ftp") == 0;
	talk_say(t,
	         "USER and PASS (%s): name and password go as they are.\n"
	         "C: USER NAME\nS: %s\nC: PASS PASSWORD\n"
	         ":password PASS asks for the password unseen, and sends it behind PASS.",
	         ftp ? "RFC 959 4.1.1" : "RFC 1939 7", ftp ? "331" : "+OK");
}

static void show_apop(struct talk *t)
{
	bool timestamp = t->open && dialogue_challenge(session_dialogue(t->session)).n > 0;
	talk_say(t, "APOP (RFC 1939 7): the password itself never goes over the line.\n"
	            "S: +OK and a timestamp in < and >: the greeting\n"
	            "C: APOP NAME and, in hexadecimal, the MD5 of the timestamp with the password behind it.\n"
	            ":password APOP NAME asks for the password and sends that.");
	if (t->open && !timestamp)
		talk_say(t, "This server's greeting held no timestamp: it does not take APOP.");
}

static void basic(struct buffer *out, struct slice user, struct slice password)
{
	struct buffer both = { 0 };
	buffer_add_slice(&both, user);
	buffer_add_octet(&both, ':');
	buffer_add_slice(&both, password);
	buffer_add_string(out, "Authorization: Basic ");
	base64_encode(out, buffer_slice(&both));
	buffer_wipe(&both);
}

static void show_basic(struct talk *t)
{
	struct buffer field = { 0 };
	basic(&field, SLICE("USER"), SLICE("PASSWORD"));
	talk_say(t,
	         "Basic (RFC 7617 2): a field of each request, the base64 of the user name, a colon, the password.\n"
	         "C: " SLICE_FMT "\n"
	         "base64 hides nothing. In a request's header, :password NAME asks for the password unseen, and sends "
	         "that field.",
	         SLICE_ARG(buffer_slice(&field)));
	buffer_free(&field);
}

/* The ways to log in, and who has them. */
static const struct {
	const char *name, *protocols;
	void (*show)(struct talk *t);
} ways[] = {
	{ "plain", "smtp lmtp pop3 imap", show_plain },
	{ "login", "smtp lmtp pop3 imap", show_login },
	{ "cram-md5", "smtp lmtp pop3 imap", show_cram_md5 },
	{ "user", "pop3 ftp", show_user },
	{ "apop", "pop3", show_apop },
	{ "basic", "http", show_basic },
};

#define NWAYS (sizeof ways / sizeof ways[0])

static bool has_way(const struct talk *t, size_t i)
{
	const struct protocol *protocol = talk_protocol(t);
	struct slice rest = slice_of(ways[i].protocols);
	for (struct slice name = slice_word(&rest); protocol && name.n; name = slice_word(&rest))
		if (slice_equal(name, slice_of(protocol->name)))
			return true;
	return false;
}

const char *auth_way(const struct talk *t, size_t n)
{
	for (size_t i = 0; i < NWAYS; i++)
		if (has_way(t, i) && n-- == 0)
			return ways[i].name;
	return NULL;
}

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

static void say_ways(struct talk *t)
{
	struct buffer names = { 0 };
	const char *name;
	for (size_t i = 0; (name = auth_way(t, i)); i++)
		buffer_printf(&names, "%s:auth %s", i ? ", " : "", name);
	if (names.n)
		talk_say(t, SLICE_FMT ": how the lines of such a login are built.", SLICE_ARG(buffer_slice(&names)));
	else
		talk_say(t, "parlance knows no way to log in to this service.");
	buffer_free(&names);
}

void word_auth(struct talk *t, struct slice arguments)
{
	struct slice name = slice_word(&arguments);
	for (size_t i = 0; i < NWAYS; i++) {
		if (!has_way(t, i) || !slice_equal_nocase(name, slice_of(ways[i].name)))
			continue;
		ways[i].show(t);
		return;
	}
	say_ways(t);
	if (t->open)
		say_offered(t, session_dialogue(t->session));
	if (t->open && !dialogue_secure(session_dialogue(t->session)))
		talk_say(t, "This connection is in the clear: whoever is on the way can read what is not a digest.");
}

/* ---- :password ---- */

/* The mechanisms that `:password` answers, and whether they want the name as well. */
static const struct {
	const char *name;
	bool named;
} answered[] = { { "PLAIN", true }, { "LOGIN", false }, { "CRAM-MD5", true } };

/* Whether the mechanism under way can be answered with that name; where not, why was said. */
static bool can_answer(struct talk *t, struct slice user)
{
	for (size_t i = 0; i < sizeof answered / sizeof answered[0]; i++) {
		if (!slice_equal_nocase(slice_of(t->mechanism), slice_of(answered[i].name)))
			continue;
		if (answered[i].named && user.n == 0)
			talk_say(t, "%s needs the name as well: :password NAME", answered[i].name);
		return !answered[i].named || user.n > 0;
	}
	talk_say(t, ":password answers PLAIN, LOGIN and CRAM-MD5 only. * alone gives this exchange up.");
	return false;
}

static void answer(const struct talk *t, struct slice user, struct slice password, struct buffer *out)
{
	struct slice mechanism = slice_of(t->mechanism);
	if (slice_equal_nocase(mechanism, SLICE("PLAIN")))
		sasl_plain(out, user, password);
	else if (slice_equal_nocase(mechanism, SLICE("CRAM-MD5")))
		sasl_cram_md5(out, user, password, dialogue_challenge(session_dialogue(t->session)));
	else
		base64_encode(out, password);
}

/* LOGIN asks twice, and only its words say for what. */
static bool asks_for_name(struct talk *t)
{
	struct slice challenge = dialogue_challenge(session_dialogue(t->session));
	if (!slice_equal_nocase(slice_of(t->mechanism), SLICE("LOGIN")) ||
	    !slice_starts_nocase(challenge, SLICE("user")))
		return false;
	talk_say(t, "The server asks for the user name first. :base64 NAME gives the line; then :password.");
	return true;
}

/* As a quoted string (RFC 9051 4.3). */
static void quote(struct slice text, struct buffer *out)
{
	buffer_add_octet(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buffer_add_octet(out, '\\');
		buffer_add_octet(out, text.p[i]);
	}
	buffer_add_octet(out, '"');
}

/* Behind a command ("PASS", "a1 LOGIN bob", "APOP bob"), where no exchange is under way. */
static void as_argument(const struct talk *t, struct slice command, struct slice password, struct buffer *out)
{
	const char *protocol = talk_protocol(t)->name;
	struct slice rest = command;
	bool digest = strcmp(protocol, "pop3") == 0 && slice_equal_nocase(slice_word(&rest), SLICE("APOP"));
	buffer_add_slice(out, command);
	buffer_add_octet(out, ' ');
	if (digest)
		sasl_apop(out, password, dialogue_challenge(session_dialogue(t->session)));
	else if (strcmp(protocol, "imap") == 0)
		quote(password, out);
	else
		buffer_add_slice(out, password);
}

/* Whether a password can be asked for now; where not, why was said. */
static bool may_ask(struct talk *t, struct slice arguments)
{
	enum input input = talk_input(t);
	if (t->prompt == NULL || !t->open) {
		talk_say(t, t->open ? ":password needs a terminal to ask at." : "Not connected.");
		return false;
	}
	if (input == INPUT_ANSWER)
		return can_answer(t, arguments) && !asks_for_name(t);
	if (arguments.n && (input == INPUT_COMMAND || (input == INPUT_FIELD && t->body == BODY_NONE)))
		return true;
	if (strcmp(talk_protocol(t)->name, "http") == 0)
		talk_say(t,
		         "In a request's header, :password NAME sends Authorization with that name and the password.");
	else
		talk_say(
			t,
			"No password is asked for now. :password COMMAND sends COMMAND with the password behind it, as in "
			":password %s. In a login by %s, :password answers the server's %s.",
			strcmp(talk_protocol(t)->name, "imap") == 0 ? "a1 LOGIN NAME" : "PASS", exchange_of(t)->command,
			exchange_of(t)->asks);
	return false;
}

void word_password(struct talk *t, struct slice arguments)
{
	struct slice typed;
	if (!may_ask(t, arguments))
		return;
	enum input asked = talk_input(t);
	if (prompt_secret(t->prompt, "password: ", &typed) != PROMPT_LINE) {
		talk_say(t, "Given up: nothing was sent.");
		return;
	}
	if (talk_input(t) != asked) {
		talk_say(t, "Meanwhile the server waits for it no longer: nothing was sent.");
		return;
	}
	struct buffer line = { 0 };
	if (asked == INPUT_ANSWER)
		answer(t, arguments, typed, &line);
	else if (asked == INPUT_FIELD)
		basic(&line, arguments, typed);
	else
		as_argument(t, arguments, typed, &line);
	line_hold(t, buffer_slice(&line), false, true);
	lines_stir(t);
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
