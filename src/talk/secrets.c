/*
 * Logging in by hand: `:auth`, `:password`, `:base64`.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/escape.h"
#include "protocol/sasl.h"
#include "talk/login.h"
#include "talk/room.h"

/* ---- :auth: how a login's lines are built, by an example ---- */

/* The RFCs' own examples, where they have one, so that they can be found again. */
static const struct example {
	const char *mechanism, *user, *secret;
	const char *host; /* and port 143 */
	const char *nonce;
	const char *challenges[3]; /* decoded; "" where the client speaks first */
} examples[] = {
	{ "PLAIN", "USER", "PASSWORD", NULL, NULL, { "" } },
	{ "LOGIN", "USER", "PASSWORD", NULL, NULL, { "Username:", "Password:" } },
	{ "CRAM-MD5", "tim", "tanstaaftanstaaf", NULL, NULL, { "<1896.697170952@postoffice.reston.mci.net>" } },
	{ "SCRAM-SHA-1",
	  "user",
	  "pencil",
	  NULL,
	  "fyko+d2lbbFgONRv9qkxdawL",
	  { "", "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
	    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" } },
	{ "SCRAM-SHA-256",
	  "user",
	  "pencil",
	  NULL,
	  "rOprNGfwEbeRWgbNEkqO",
	  { "", "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" } },
	{ "XOAUTH2", "someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg", NULL, NULL, { "" } },
	{ "OAUTHBEARER",
	  "user@example.com",
	  "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
	  "server.example.com",
	  NULL,
	  { "" } },
};

static void say_rows(struct talk *t, struct slice rows)
{
	talk_say(t, SLICE_FMT, SLICE_ARG(slice_part(rows, 0, rows.n ? rows.n - 1 : 0)));
}

static void say_challenge(struct talk *t, const char *challenge)
{
	struct buffer encoded = { 0 };
	base64_encode(&encoded, slice_of(challenge));
	talk_say(t, "S: %s " SLICE_FMT, exchange_of(t)->asks, SLICE_ARG(buffer_slice(&encoded)));
	buffer_free(&encoded);
}

/* The example's command; behind it the client's first line, if it may stand there. */
static void say_command(struct talk *t, const struct sasl_way *way, struct slice first)
{
	struct buffer line = { 0 };
	bool with = way->speaks_first && exchange_takes_first(t);
	exchange_command(t, way->name, with ? first : SLICE(""), &line);
	talk_say(t, "C: " SLICE_FMT, SLICE_ARG(buffer_slice(&line)));
	if (way->speaks_first && !with)
		talk_say(t, "S: %s\nC: " SLICE_FMT, exchange_of(t)->asks, SLICE_ARG(first));
	buffer_free(&line);
}

static void show_mechanism(struct talk *t, const struct sasl_way *way, const struct example *example)
{
	struct sasl_login login;
	struct sasl_step step;
	sasl_login_begin(&login, way, slice_of(example->user), slice_of(example->secret));
	login.show = true; /* everybody knows it */
	login.scram.nonce = string_copy(example->nonce);
	login.host = string_copy(example->host);
	login.port = example->host ? 143 : 0;
	talk_say(t, "%s (%s), by an example: the user is %s, the %s %s.", way->name, way->ref, example->user,
	         way->secret, example->secret);
	if (!way->speaks_first)
		say_command(t, way, SLICE(""));
	for (size_t i = 0; i < 3 && example->challenges[i]; i++) {
		if (*example->challenges[i])
			say_challenge(t, example->challenges[i]);
		bool built = sasl_login_step(&login, slice_of(example->challenges[i]), &step);
		if (built)
			say_rows(t, buffer_slice(&step.built));
		if (built && i == 0 && way->speaks_first)
			say_command(t, way, buffer_slice(&step.line));
		else if (built)
			talk_say(t, "C:%s" SLICE_FMT, step.line.n ? " " : "", SLICE_ARG(buffer_slice(&step.line)));
		sasl_step_free(&step);
	}
	sasl_login_clear(&login);
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

static void show_basic(struct talk *t)
{
	struct buffer field = { 0 };
	basic_field(&field, SLICE("USER"), SLICE("PASSWORD"));
	talk_say(t,
	         "Basic (RFC 7617 2): a field of each request, the base64 of the user name, a colon, the password.\n"
	         "C: " SLICE_FMT "\n"
	         "base64 hides nothing. In a request's header, :password NAME asks for the password unseen, and sends "
	         "that field.",
	         SLICE_ARG(buffer_slice(&field)));
	buffer_free(&field);
}

static void show_login_command(struct talk *t)
{
	if (strcmp(talk_protocol(t)->name, "imap") == 0)
		talk_say(
			t,
			"LOGIN, the command (RFC 9051 6.2.3): name and password go as they are.\n"
			"C: a1 LOGIN NAME PASSWORD\n"
			"LOGIN, the mechanism, is another thing: for it say a1 AUTHENTICATE LOGIN, then :password NAME.");
}

/* ---- the ways to log in, and who has them ---- */

static const struct {
	const char *name, *protocols;
	void (*show)(struct talk *t); /* of a mechanism, before its example; NULL: nothing */
} ways[] = {
	{ "plain", "smtp lmtp pop3 imap", NULL },
	{ "login", "smtp lmtp pop3 imap", show_login_command },
	{ "cram-md5", "smtp lmtp pop3 imap", NULL },
	{ "scram-sha-1", "smtp lmtp pop3 imap", NULL },
	{ "scram-sha-256", "smtp lmtp pop3 imap", NULL },
	{ "xoauth2", "smtp lmtp pop3 imap", NULL },
	{ "oauthbearer", "smtp lmtp pop3 imap", NULL },
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

/* Those that the server has announced come first. */
const char *auth_way(const struct talk *t, size_t n)
{
	for (int offered = 1; offered >= 0; offered--)
		for (size_t i = 0; i < NWAYS; i++)
			if (has_way(t, i) && mechanism_offered(t, slice_of(ways[i].name)) == (offered == 1) && n-- == 0)
				return ways[i].name;
	return NULL;
}

static void show_way(struct talk *t, size_t i)
{
	if (ways[i].show)
		ways[i].show(t);
	for (size_t k = 0; k < sizeof examples / sizeof examples[0]; k++) {
		struct slice name = slice_of(examples[k].mechanism);
		if (slice_equal_nocase(name, slice_of(ways[i].name)))
			show_mechanism(t, sasl_way_named(name), &examples[k]);
	}
	talk_say(t, ":auth %s NAME asks for the secret unseen, and goes through it line by line.", ways[i].name);
}

static void say_offered(struct talk *t)
{
	struct buffer offered = { 0 }, safe = { 0 };
	mechanisms_offered(t, &offered);
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
		buffer_printf(&names, "%s%s", i ? ", " : "", name);
	if (names.n)
		talk_say(t,
		         "Ways to log in: " SLICE_FMT
		         ". :auth WAY shows how the lines of one are built, :auth WAY NAME "
		         "asks for the secret and goes through it.",
		         SLICE_ARG(buffer_slice(&names)));
	else
		talk_say(t, "parlance knows no way to log in to this service.");
	buffer_free(&names);
}

/* A mechanism that there is, and that parlance does not go through. */
static void say_other_mechanism(struct talk *t, struct slice name)
{
	const struct protocol *protocol = talk_protocol(t);
	const struct table *mechanisms = protocol ? protocol_table(protocol, TABLE_MECHANISMS) : NULL;
	const struct entry *row = mechanisms && name.n ? table_find(mechanisms, name) : NULL;
	if (row)
		talk_say(t, "%s: %s (%s) parlance does not build its lines.", row->word, row->note, row->ref);
}

bool word_waits(struct talk *t, const char *word, struct slice arguments)
{
	if (t->prompt == NULL || !prompt_asks(t->prompt))
		return false;
	free(t->later);
	t->later = string_printf("%s " SLICE_FMT, word, SLICE_ARG(arguments));
	prompt_wake(t->prompt);
	return true;
}

void word_later(struct talk *t)
{
	char *text = t->later;
	t->later = NULL;
	if (text == NULL)
		return;
	struct slice rest = slice_of(text), name = slice_word(&rest);
	struct held *others = lines_set_aside(t);
	word_named(name)->run(t, slice_trim(rest));
	(void)page_show(t);
	lines_put_back(t, others);
	if (!t->open)
		lines_forget(t);
	lines_stir(t);
	free(text);
}

/* With a NAME: goes through the login. */
static void go_through(struct talk *t, size_t i, struct slice user, struct slice rest)
{
	if (rest.n)
		talk_say(
			t,
			"Behind the way stands one NAME, no more: the password is asked for unseen. Nothing was sent.");
	else if (t->prompt == NULL)
		talk_say(t, ":auth %s NAME needs a terminal to ask for the secret at; nothing was sent.", ways[i].name);
	else
		login_begin(t, ways[i].name, user);
}

void word_auth(struct talk *t, struct slice arguments)
{
	struct slice all = arguments, name = slice_word(&arguments), user = slice_word(&arguments);
	if (user.n && word_waits(t, "auth", all))
		return;
	for (size_t i = 0; i < NWAYS; i++) {
		if (!has_way(t, i) || !slice_equal_nocase(name, slice_of(ways[i].name)))
			continue;
		if (user.n == 0 || t->prompt == NULL)
			show_way(t, i);
		if (user.n)
			go_through(t, i, user, slice_trim(arguments));
		return;
	}
	say_other_mechanism(t, name);
	say_ways(t);
	if (t->open)
		say_offered(t);
	if (t->open && !dialogue_secure(session_dialogue(t->session)))
		talk_say(t, "This connection is in the clear: whoever is on the way can read what is not a digest.");
}

/* ---- :password ---- */

/* LOGIN asks twice, and only its words say for what. */
static bool asks_for_name(struct talk *t)
{
	struct slice challenge = dialogue_challenge(session_dialogue(t->session));
	if (!slice_starts_nocase(challenge, SLICE("user")))
		return false;
	talk_say(t, "The server asks for the user name first. :password NAME answers both.");
	return true;
}

/* Whether the exchange under way can be answered with that name; where not, why was said. */
static bool can_answer(struct talk *t, struct slice user)
{
	const struct sasl_way *way = t->mechanism ? sasl_way_named(slice_of(t->mechanism)) : NULL;
	struct buffer names = { 0 };
	for (size_t i = 0; sasl_way_at(i); i++)
		buffer_printf(&names, "%s%s", i ? ", " : "", sasl_way_at(i)->name);
	bool login = way && strcmp(way->name, "LOGIN") == 0;
	if (way == NULL)
		talk_say(t, ":password answers " SLICE_FMT ". * alone gives this exchange up.",
		         SLICE_ARG(buffer_slice(&names)));
	else if (user.n == 0 && !login)
		talk_say(t, "%s needs the name as well: :password NAME", way->name);
	buffer_free(&names);
	return way && (user.n || (login && !asks_for_name(t)));
}

static bool asks_apop(const struct talk *t, struct slice command)
{
	return strcmp(talk_protocol(t)->name, "pop3") == 0 && slice_equal_nocase(slice_word(&command), SLICE("APOP"));
}

/* Behind a command ("PASS", "a1 LOGIN bob", "APOP bob"), where no exchange is under way. */
static void as_argument(const struct talk *t, struct slice command, struct slice password, struct buffer *out)
{
	const char *protocol = talk_protocol(t)->name;
	struct slice rest = command;
	if (asks_apop(t, command)) {
		(void)slice_word(&rest);
		apop_command(t, out, slice_trim(rest), password);
		return;
	}
	buffer_add_slice(out, command);
	buffer_add_octet(out, ' ');
	if (strcmp(protocol, "imap") == 0)
		quoted(out, password);
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
		return can_answer(t, arguments);
	if (arguments.n && input == INPUT_FIELD && t->body == BODY_NONE)
		return true;
	if (arguments.n && input == INPUT_COMMAND && (asks_apop(t, arguments) || bare_hidden(t, arguments)))
		return true;
	if (strcmp(talk_protocol(t)->name, "http") == 0)
		talk_say(t,
		         "In a request's header, :password NAME sends Authorization with that name and the password.");
	else if (strcmp(talk_protocol(t)->name, "imap") != 0 && !bare_hidden(t, SLICE("PASS")))
		talk_say(
			t,
			"No password is asked for now. :auth lists the ways to log in; :auth WAY NAME goes through one.");
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
	struct buffer secret = { 0 }, line = { 0 };
	if (word_waits(t, "password", arguments) || !may_ask(t, arguments))
		return;
	enum input asked = talk_input(t);
	if (asked == INPUT_ANSWER) {
		login_answer(t, arguments);
		return;
	}
	if (!login_ask(t, "password: ", &secret))
		return;
	if (asked == INPUT_FIELD)
		basic_field(&line, arguments, buffer_slice(&secret));
	else
		as_argument(t, arguments, buffer_slice(&secret), &line);
	line_hold(t, buffer_slice(&line), false, true);
	lines_stir(t);
	buffer_wipe(&secret);
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
