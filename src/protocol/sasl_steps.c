/*
 * A SASL client goes through an exchange: for each challenge the next line, and how that line is built, in sentences for
 * whoever wants to build it by hand.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/escape.h"
#include "protocol/sasl.h"

/* ---- what is said ---- */

static void say(struct sasl_step *step, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct sasl_step *step, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&step->built, format, ap);
	va_end(ap);
	buffer_add_octet(&step->built, '\n');
}

/* Text safe to show, owned by the caller (free). */
static char *safe(struct slice text)
{
	struct buffer out = { 0 };
	escape_text(&out, text);
	return buffer_take(&out);
}

/* The secret as it is shown, owned by the caller (secret_free). */
static char *secret_shown(const struct sasl_login *login)
{
	return login->show ? safe(buffer_slice(&login->secret)) : string_printf("{{%s}}", login->way->secret);
}

static void secret_free(char *shown)
{
	memory_wipe(shown, strlen(shown));
	free(shown);
}

static struct slice user_of(const struct sasl_login *login)
{
	return slice_of(login->user);
}

static struct slice secret_of(const struct sasl_login *login)
{
	return buffer_slice(&login->secret);
}

static bool refuse(struct sasl_step *step, const char *why)
{
	step->why = why;
	return false;
}

/* Whether the user is known; LOGIN and the others need it. */
static bool has_user(const struct sasl_login *login, struct sasl_step *step)
{
	return *login->user || refuse(step, "the user name is asked for, and none was given");
}

/* ---- PLAIN ---- */

static bool step_plain(struct sasl_login *login, struct slice challenge, struct sasl_step *step)
{
	(void)challenge;
	if (login->lines)
		return refuse(step, "PLAIN is one line, and the server asks for another (RFC 4616 section 2)");
	if (!has_user(login, step))
		return false;
	sasl_plain(&step->line, user_of(login), secret_of(login));
	char *user = safe(user_of(login)), *secret = secret_shown(login);
	say(step, "PLAIN is one line: NUL (an octet of value 0), the user name, NUL, the password (RFC 4616 2).");
	say(step, "NUL %s NUL %s, without the spaces, in base64, which hides nothing.", user, secret);
	secret_free(secret);
	free(user);
	return true;
}

/* ---- LOGIN ---- */

/* Whether the prompt is for the name. Servers have many words for it: where none is known, the prompts are counted. */
static bool wants_name(const struct sasl_login *login, struct slice challenge)
{
	if (slice_find_nocase(challenge, SLICE("pass")) < challenge.n)
		return false;
	return !login->asked_name || slice_find_nocase(challenge, SLICE("user")) < challenge.n;
}

static bool step_login(struct sasl_login *login, struct slice challenge, struct sasl_step *step)
{
	bool name = wants_name(login, challenge);
	if (login->lines > 1 || (name && login->asked_name))
		return refuse(step, "LOGIN asks for a name and a password, and the server asks for more");
	if (name && !has_user(login, step))
		return false;
	base64_encode(&step->line, name ? user_of(login) : secret_of(login));
	while (challenge.n && challenge.p[challenge.n - 1] == '\0') /* "User Name", as some servers end it */
		challenge.n--;
	char *asked = safe(challenge), *user = safe(user_of(login)), *secret = secret_shown(login);
	if (name)
		say(step, "The server asks “%s”. The answer is %s, in base64.", asked, user);
	else
		say(step, "The server asks “%s”. The answer is %s, in base64, which hides nothing.", asked, secret);
	login->asked_name |= name;
	secret_free(secret);
	free(user);
	free(asked);
	return true;
}

/* ---- CRAM-MD5 ---- */

static bool step_cram_md5(struct sasl_login *login, struct slice challenge, struct sasl_step *step)
{
	if (login->lines)
		return refuse(step, "CRAM-MD5 has one challenge, and the server sends another (RFC 2195 section 2)");
	if (challenge.n == 0)
		return refuse(step, "the server sent no challenge to answer (RFC 2195 section 2)");
	if (!has_user(login, step))
		return false;
	struct buffer plain = { 0 };
	sasl_cram_md5(&step->line, user_of(login), secret_of(login), challenge);
	(void)base64_decode(&plain, buffer_slice(&step->line));
	char *asked = safe(challenge), *user = safe(user_of(login)), *secret = secret_shown(login);
	char *digest = login->show ? slice_string(slice_part(buffer_slice(&plain), strlen(login->user) + 1, plain.n))
	                           : string_copy("{{digest}}");
	say(step, "The challenge is %s (RFC 2195 2).", asked);
	say(step, "Its HMAC-MD5, keyed with %s, is %s in hexadecimal.", secret, digest);
	say(step, "%s %s, in base64.", user, digest);
	secret_free(secret);
	secret_free(digest);
	free(user);
	free(asked);
	buffer_wipe(&plain);
	return true;
}

/* ---- SCRAM ---- */

/* "SHA-256", of a mechanism "SCRAM-SHA-256". */
static const char *scram_digest(const struct sasl_login *login)
{
	return login->way->name + strlen("SCRAM-");
}

static void say_first(const struct sasl_login *login, struct sasl_step *step, const char *line)
{
	char *nonce = safe(slice_of(login->scram.nonce)), *user = safe(user_of(login));
	say(step, "%s proves that the password is known, and never sends it (RFC 5802 3). First name and nonce:",
	    login->way->name);
	say(step,
	    "n,, means: not bound to TLS, and acting for nobody else. n=%s is the name, its = as =3D and its , as =2C.",
	    user);
	say(step, "r=%s is the nonce, made by chance, new each time.", nonce);
	say(step, "%s, in base64.", line);
	free(nonce);
	free(user);
}

/* The client's final message without its proof, which is a secret: who has it can try passwords on it. */
static char *final_shown(const struct sasl_login *login, const char *line)
{
	const char *proof = strstr(line, ",p=");
	if (login->show || proof == NULL)
		return string_copy(line);
	return string_printf("%.*s,p={{proof}}", (int)(proof - line), line);
}

static void say_final(const struct sasl_login *login, struct slice challenge, struct sasl_step *step, const char *line)
{
	const char *digest = scram_digest(login);
	char *asked = safe(challenge), *secret = secret_shown(login), *shown = final_shown(login, line);
	say(step, "The challenge is %s: both nonces (r), salt (s), rounds (i).", asked);
	say(step, "SaltedPassword = PBKDF2 by HMAC-%s of %s, salt s, i rounds", digest, secret);
	say(step, "ClientKey = HMAC(SaltedPassword, “Client Key”)");
	say(step, "StoredKey = %s(ClientKey)", digest);
	say(step,
	    "AuthMessage = our first line without its n,, then the challenge, then this line without its p; commas "
	    "between");
	say(step, "p = ClientKey XOR HMAC(StoredKey, AuthMessage), in base64; c=biws is n,, in base64");
	say(step, "%s, in base64.", shown);
	secret_free(shown);
	secret_free(secret);
	free(asked);
}

static void say_proved(const struct sasl_login *login, struct sasl_step *step)
{
	char *user = safe(user_of(login));
	say(step,
	    "The server's signature (v) is the one that was computed here: it has a key made from the password of %s.",
	    user);
	free(user);
	say(step, "v = HMAC(HMAC(SaltedPassword, “Server Key”), AuthMessage), in base64. The answer is an empty line.");
}

static bool step_scram(struct sasl_login *login, struct slice challenge, struct sasl_step *step)
{
	if (login->proved)
		return refuse(step, "the exchange is over, and the server asks for more");
	if (!has_user(login, step))
		return false;
	if (login->lines == 0 && challenge.n)
		return refuse(step, "the first message was not parlance's, so it does not know the nonce");
	if (!sasl_scram(&login->scram, &step->line, user_of(login), secret_of(login), challenge, &step->why))
		return false;
	struct buffer plain = { 0 };
	(void)base64_decode(&plain, buffer_slice(&step->line));
	char *line = safe(buffer_slice(&plain));
	if (login->lines == 0)
		say_first(login, step, line);
	else if (login->lines == 1)
		say_final(login, challenge, step, line);
	else
		say_proved(login, step);
	login->proved = login->lines == 2;
	secret_free(line);
	buffer_wipe(&plain);
	return true;
}

/* ---- tokens ---- */

/* The fields of both forms, parted by octets of value 1; `token` as it is, or as it is shown. */
static void token_line(const struct sasl_login *login, bool bearer, struct slice token, struct buffer *out)
{
	if (bearer) {
		buffer_add_string(out, "n,a=");
		saslname_add(out, user_of(login));
		buffer_add_string(out, ",\x01");
	} else {
		buffer_printf(out, "user=%s\x01", login->user);
	}
	if (bearer && login->host)
		buffer_printf(out, "host=%s\x01", login->host);
	if (bearer && login->port)
		buffer_printf(out, "port=%u\x01", login->port);
	buffer_add_string(out, "auth=Bearer ");
	buffer_add_slice(out, token);
	buffer_add_string(out, "\x01\x01");
}

/* Appends text in which an octet of value 1 is written ^A, as RFC 7628 does. */
static void add_caret(struct buffer *out, struct slice text)
{
	while (text.n) {
		size_t end = slice_find_octet(text, '\x01');
		escape_text(out, slice_part(text, 0, end));
		if (end < text.n)
			buffer_add_string(out, "^A");
		text = slice_part(text, end + 1, text.n);
	}
}

static bool answer_refusal(struct sasl_login *login, bool bearer, struct sasl_step *step)
{
	if (login->lines > 1)
		return refuse(step, "the token was refused, and the server asks for more");
	if (bearer)
		base64_encode(&step->line, SLICE("\x01"));
	say(step, "The token was refused, and the challenge says why. The answer is %s; the failure follows.",
	    bearer ? "^A, an octet of value 1, in base64 (RFC 7628 3.2.3)" : "an empty line");
	return true;
}

static bool step_token(struct sasl_login *login, struct slice challenge, struct sasl_step *step)
{
	bool bearer = strcmp(login->way->name, "OAUTHBEARER") == 0;
	(void)challenge;
	if (login->lines)
		return answer_refusal(login, bearer, step);
	if (!has_user(login, step))
		return false;
	struct buffer plain = { 0 }, shown = { 0 };
	char *secret = secret_shown(login);
	token_line(login, bearer, secret_of(login), &plain);
	token_line(login, bearer, slice_of(secret), &shown);
	base64_encode(&step->line, buffer_slice(&plain));
	say(step,
	    "%s takes a token that a login elsewhere has given out (%s). ^A is an octet of value 1:", login->way->name,
	    bearer ? "RFC 7628 3.1" : "Google's, in no RFC");
	add_caret(&step->built, buffer_slice(&shown));
	say(step, ", in base64, which hides nothing.");
	secret_free(secret);
	buffer_wipe(&plain);
	buffer_wipe(&shown);
	return true;
}

/* ---- the table, in the order in which people meet them ---- */

static const struct sasl_way ways[] = {
	{ "PLAIN", "password", true, "RFC 4616 2", step_plain },
	{ "LOGIN", "password", false, "in no standard", step_login },
	{ "CRAM-MD5", "password", false, "RFC 2195 2", step_cram_md5 },
	{ "SCRAM-SHA-1", "password", true, "RFC 5802 3", step_scram },
	{ "SCRAM-SHA-256", "password", true, "RFC 7677 3", step_scram },
	{ "XOAUTH2", "token", true, "Google's, in no RFC", step_token },
	{ "OAUTHBEARER", "token", true, "RFC 7628 3", step_token },
};

const struct sasl_way *sasl_way_at(size_t i)
{
	return i < sizeof ways / sizeof ways[0] ? &ways[i] : NULL;
}

const struct sasl_way *sasl_way_named(struct slice name)
{
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (slice_equal_nocase(name, slice_of(ways[i].name)))
			return &ways[i];
	return NULL;
}

/* ---- the exchange ---- */

void sasl_login_begin(struct sasl_login *login, const struct sasl_way *way, struct slice user, struct slice secret)
{
	*login = (struct sasl_login){ .way = way, .user = slice_string(user) };
	buffer_add_slice(&login->secret, secret);
	login->scram.sha256 = strcmp(way->name, "SCRAM-SHA-256") == 0;
}

void sasl_login_clear(struct sasl_login *login)
{
	free(login->user);
	free(login->host);
	buffer_wipe(&login->secret);
	scram_clear(&login->scram);
	*login = (struct sasl_login){ 0 };
}

bool sasl_login_step(struct sasl_login *login, struct slice challenge, struct sasl_step *step)
{
	*step = (struct sasl_step){ 0 };
	if (!login->way->step(login, challenge, step))
		return false;
	login->lines++;
	return true;
}

void sasl_step_free(struct sasl_step *step)
{
	buffer_wipe(&step->line);
	buffer_wipe(&step->built);
	*step = (struct sasl_step){ 0 };
}
