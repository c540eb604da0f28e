/*
 * What the lines of a SASL exchange say, and what stands in their place in a record.
 *
 * A mechanism is a row: how it reads a server's line and a client's. Notes are shown to everybody: they may name the
 * user, never what proves who it is.
 */
#include "protocol/sasl.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/escape.h"

/* Reads one decoded line: adds the note, and of a client's line the mask, where it is better than {{secret}}. */
typedef void read_function(struct sasl *sasl, struct slice decoded, struct sasl_line *line);

struct mechanism {
	const char *name;
	bool one_step;
	read_function *server, *client;
	const char *ref;
};

static void note(struct sasl_line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note(struct sasl_line *line, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&line->note, format, ap);
	va_end(ap);
}

/* ---- masks ---- */

/* Whether `s` may stand in braces: no controls but those that an exact line escapes, and no braces. */
static bool survives_in_braces(struct slice s)
{
	return s.n && slice_find_octet(s, '{') == s.n && slice_find_octet(s, '}') == s.n;
}

/* Whether `s` is read as one word of a function, and is easily read by people. */
static bool survives_as_word(struct slice s)
{
	return survives_in_braces(s) && text_safe(s, false) && slice_find_octet(s, ' ') == s.n &&
	       slice_find_octet(s, '"') == s.n && slice_find_octet(s, '\'') == s.n;
}

/* `{{FUNCTION USER {{password}}}}`; a user name that cannot stand there becomes {{user}}. */
static void mask_password(struct sasl_line *line, const char *function, struct slice user)
{
	if (!survives_as_word(user))
		user = SLICE("{{user}}");
	buffer_clear(&line->mask);
	buffer_printf(&line->mask, "{{%s " SLICE_FMT " {{password}}}}", function, SLICE_ARG(user));
}

/* `{{base64 BEFORE{{name}}AFTER}}`; stays as it is where the text cannot stand there. */
static void mask_base64(struct sasl_line *line, struct slice before, const char *variable, struct slice after)
{
	if ((before.n && !survives_in_braces(before)) || (after.n && !survives_in_braces(after)))
		return;
	buffer_clear(&line->mask);
	buffer_add_string(&line->mask, "{{base64 ");
	buffer_add_slice(&line->mask, before);
	buffer_add_string(&line->mask, variable);
	buffer_add_slice(&line->mask, after);
	buffer_add_string(&line->mask, "}}");
}

/* A name that is no secret, all of what the line says. */
static void mask_name(struct sasl_line *line, struct slice name)
{
	if (survives_in_braces(name) && text_safe(name, false))
		mask_base64(line, name, "", SLICE(""));
	else
		mask_base64(line, SLICE(""), "{{user}}", SLICE(""));
}

static void user_keep(struct sasl *sasl, struct slice user)
{
	free(sasl->user);
	sasl->user = slice_string(user);
}

/* A name for a note: safe to show, and short. */
static void note_name(struct sasl_line *line, const char *before, struct slice name, const char *after)
{
	size_t end = name.n < 64 ? name.n : 64;
	while (end < name.n && end > 0 && ((unsigned char)name.p[end] & 0xC0) == 0x80)
		end--;
	buffer_add_string(&line->note, before);
	escape_text(&line->note, slice_part(name, 0, end));
	buffer_add_string(&line->note, end < name.n ? "…" : "");
	buffer_add_string(&line->note, after);
}

/* ---- any mechanism ---- */

static void server_any(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	if (decoded.n == 0)
		note(line, "An empty challenge: the server waits for the client's message.");
	else
		note_name(line, "A challenge of ", slice_of(sasl->mechanism), ", which only its two ends understand.");
}

static void client_any(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	(void)decoded;
	note_name(line, "An answer of ", slice_of(sasl->mechanism), ", which only its two ends understand.");
}

/* ---- PLAIN: authorization identity NUL user NUL password ---- */

static void client_plain(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	size_t first = slice_find_octet(decoded, '\0');
	struct slice rest = slice_part(decoded, first + 1, decoded.n);
	size_t second = slice_find_octet(rest, '\0');
	struct slice user = slice_part(rest, 0, second), password = slice_part(rest, second + 1, rest.n);
	if (first == decoded.n || second == rest.n || slice_find_octet(password, '\0') < password.n) {
		note(line, "Not PLAIN's form, which is two NUL octets with the user name between and the password "
		           "after them.");
		return;
	}
	user_keep(sasl, user);
	if (first == 0)
		mask_password(line, "plain", user);
	else
		mask_base64(line, slice_part(decoded, 0, first + 1 + second + 1), "{{password}}", SLICE(""));
	note_name(line, first ? "Whom to act as, NUL, the user name " : "NUL, the user name ", user,
	          ", NUL, and the password, in base64, which hides nothing.");
}

/* ---- LOGIN: the user name, then the password ---- */

static bool login_prompt(struct slice decoded, const char *const *words)
{
	while (decoded.n && decoded.p[decoded.n - 1] == '\0')
		decoded.n--;
	for (; *words; words++)
		if (slice_equal_nocase(decoded, slice_of(*words)))
			return true;
	return false;
}

static void server_login(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	static const char *const user[] = { "Username:", "User Name", "Username", NULL };
	static const char *const password[] = { "Password:", "Password", NULL };
	(void)sasl;
	if (login_prompt(decoded, user))
		note_name(line, "Says “", decoded, "” in base64: the client answers with the user name.");
	else if (login_prompt(decoded, password))
		note_name(line, "Says “", decoded, "” in base64: the client answers with the password.");
	else
		note_name(line, "Says “", decoded,
		          "”, which is not the usual “Username:” (VXNlcm5hbWU6) or “Password:” "
		          "(UGFzc3dvcmQ6); clients that count the prompts do not mind.");
}

static void client_login(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	struct slice asked = buffer_slice(&sasl->challenge);
	bool asked_password = slice_find_nocase(asked, SLICE("pass")) < asked.n;
	if (sasl->step > 0 || asked_password) {
		mask_base64(line, SLICE(""), "{{password}}", SLICE(""));
		note(line, "The password in base64, which hides nothing: anybody can decode it.");
		return;
	}
	user_keep(sasl, decoded);
	mask_name(line, decoded);
	note_name(line, "The user name in base64: ", decoded, ".");
}

/* ---- CRAM-MD5: user name, space, HMAC-MD5 of the challenge ---- */

static void server_cram_md5(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	bool angled = decoded.n > 2 && decoded.p[0] == '<' && decoded.p[decoded.n - 1] == '>';
	(void)sasl;
	if (angled)
		note(line,
		     "A challenge, new each time: the client answers with the user name and this text's HMAC-MD5, "
		     "keyed with the password.");
	else
		note(line, "A challenge, though not in CRAM-MD5's form <digits.digits@host>.");
}

static void client_cram_md5(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	size_t space = decoded.n;
	while (space > 0 && decoded.p[space - 1] != ' ')
		space--;
	if (space < 2 || decoded.n - space != 2 * digest_length(DIGEST_MD5)) {
		note(line, "Not CRAM-MD5's form: a user name, a space and 32 hexadecimal digits.");
		return;
	}
	struct slice user = slice_part(decoded, 0, space - 1);
	user_keep(sasl, user);
	mask_password(line, "cram-md5", user);
	note_name(line, "The user name ", user, ", and a digest that proves the password without showing it.");
}

/* ---- SCRAM: attributes, each a letter, parted by commas ---- */

/* The value of attribute `name`; empty where it is not there. */
static struct slice attribute(struct slice message, char name)
{
	while (message.n) {
		size_t comma = slice_find_octet(message, ',');
		if (comma >= 2 && message.p[0] == name && message.p[1] == '=')
			return slice_part(message, 2, comma);
		message = slice_part(message, comma + 1, message.n);
	}
	return SLICE("");
}

static void server_scram(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	struct slice count = attribute(decoded, 'i'), refused = attribute(decoded, 'e');
	uint64_t iterations;
	if (decoded.n == 0)
		server_any(sasl, decoded, line);
	else if (attribute(decoded, 'v').n)
		note(line,
		     "The server's signature (v), which proves that it has a key made from the password; the client "
		     "answers with an empty line.");
	else if (refused.n)
		note_name(line, "The server refuses: ", refused, ".");
	else if (attribute(decoded, 'r').n && attribute(decoded, 's').n && slice_number(count, &iterations))
		note(line,
		     "The nonce of both sides (r), the salt (s), and how often the password is hashed with it: "
		     "%llu times (i)%s.",
		     (unsigned long long)iterations, iterations < 4096 ? ", fewer than the 4096 of RFC 5802" : "");
	else
		note(line, "Not a message of SCRAM's server, which begins with r= or v=.");
}

/* `=2C` and `=3D` are `,` and `=` (RFC 5802 section 5.1). */
static void add_saslname_decoded(struct buffer *out, struct slice name)
{
	while (name.n) {
		bool comma = slice_starts_nocase(name, SLICE("=2C")), equals = slice_starts_nocase(name, SLICE("=3D"));
		buffer_add_octet(out, comma ? ',' : equals ? '=' : name.p[0]);
		name = slice_part(name, comma || equals ? 3 : 1, name.n);
	}
}

/* The first message: GS2 header `n,authzid,`, then `n=user,r=nonce`. */
static void client_scram_first(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	struct slice name = attribute(decoded, 'n');
	if (name.n == 0 || attribute(decoded, 'r').n == 0) {
		note(line, "Not SCRAM's first message, which is `n,,n=USER,r=NONCE`.");
		return;
	}
	struct buffer user = { 0 };
	add_saslname_decoded(&user, name);
	user_keep(sasl, buffer_slice(&user));
	note_name(line, "The user name ", buffer_slice(&user),
	          ", and the client's nonce (r); the password stays at home.");
	/* What {{scram}} cannot say again: channel binding, and another identity. */
	if (slice_starts(decoded, SLICE("n,,")) || slice_starts(decoded, SLICE("y,,")))
		mask_password(line, "scram", buffer_slice(&user));
	buffer_free(&user);
}

static void client_scram(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	struct slice binding = attribute(decoded, 'c');
	if (sasl->step == 0) {
		client_scram_first(sasl, decoded, line);
	} else if (attribute(decoded, 'p').n == 0 || binding.n == 0) {
		note(line, "Not SCRAM's final message, which is `c=BINDING,r=NONCE,p=PROOF`.");
	} else {
		note(line,
		     "The client's proof (p), which only somebody who knows the password can make, and which is good "
		     "only once.");
		/* base64 of "n,,", and of "y,,": no channel binding */
		if (sasl->user && (slice_equal(binding, SLICE("biws")) || slice_equal(binding, SLICE("eSws"))))
			mask_password(line, "scram", slice_of(sasl->user));
	}
}

/* ---- tokens: XOAUTH2 and OAUTHBEARER ---- */

static void server_token(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	bool bearer = slice_equal(slice_of(sasl->mechanism), SLICE("OAUTHBEARER"));
	if (decoded.n == 0)
		server_any(sasl, decoded, line);
	else
		note(line,
		     "The token was refused, and this says why; the client answers with %s and the failure follows.",
		     bearer ? "AQ== (an octet of value 1)" : "an empty line");
}

/* Fields parted by octets of value 1; `auth=Bearer TOKEN` is one of them. */
static void client_token(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	struct slice bearer = SLICE("auth=Bearer ");
	size_t start = slice_find_nocase(decoded, bearer) + bearer.n;
	if (slice_equal(decoded, SLICE("\x01")) && sasl->step > 0) {
		note(line, "Heard: the refused exchange ends.");
		return;
	}
	if (start >= decoded.n) {
		note(line, "No `auth=Bearer TOKEN` stands in it.");
		return;
	}
	size_t length = slice_find_octet(slice_part(decoded, start, decoded.n), '\x01');
	mask_base64(line, slice_part(decoded, 0, start), "{{token}}", slice_part(decoded, start + length, decoded.n));
	struct slice user = slice_starts_nocase(decoded, SLICE("user=")) ? slice_part(decoded, 5, decoded.n)
	                                                                 : SLICE("");
	user = slice_part(user, 0, slice_find_octet(user, '\x01'));
	if (user.n)
		user_keep(sasl, user);
	note(line,
	     "An access token, given out by a login elsewhere, in place of a password; whoever holds it is believed.");
}

/* ---- EXTERNAL, ANONYMOUS ---- */

static void client_external(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	user_keep(sasl, decoded);
	mask_name(line, decoded);
	note_name(line, "Wants to act as ", decoded, "; the proof lies outside, in the TLS certificate say.");
}

static void client_anonymous(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	(void)sasl;
	mask_name(line, decoded);
	note_name(line, "No login; a trace for the server's log: ", decoded, ".");
}

/* ---- DIGEST-MD5 ---- */

static void server_digest_md5(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	if (decoded.n == 0)
		server_any(sasl, decoded, line);
	else if (slice_starts(decoded, SLICE("rspauth=")))
		note(line,
		     "The server's proof (rspauth) that it has the password too, or a hash of it; the client answers "
		     "with an empty line.");
	else
		note(line,
		     "Realm, nonce and what the server can do; DIGEST-MD5 is obsolete since RFC 6331, SCRAM took its "
		     "place.");
}

static void client_digest_md5(struct sasl *sasl, struct slice decoded, struct sasl_line *line)
{
	(void)sasl;
	(void)decoded;
	note(line, "User name, nonces and a digest that proves the password; DIGEST-MD5 is obsolete since RFC 6331.");
}

/* ---- the table, sorted ---- */

static const struct mechanism mechanisms[] = {
	{ "ANONYMOUS", true, server_any, client_anonymous, "RFC 4505 2" },
	{ "CRAM-MD5", false, server_cram_md5, client_cram_md5, "RFC 2195 2" },
	{ "DIGEST-MD5", false, server_digest_md5, client_digest_md5, "RFC 2831 2.1" },
	{ "EXTERNAL", true, server_any, client_external, "RFC 4422 A" },
	{ "LOGIN", false, server_login, client_login, "No RFC: draft-murchison-sasl-login, expired" },
	{ "OAUTHBEARER", true, server_token, client_token, "RFC 7628 3" },
	{ "PLAIN", true, server_any, client_plain, "RFC 4616 2" },
	{ "SCRAM-SHA-1", false, server_scram, client_scram, "RFC 5802 5" },
	{ "SCRAM-SHA-1-PLUS", false, server_scram, client_scram, "RFC 5802 6" },
	{ "SCRAM-SHA-256", false, server_scram, client_scram, "RFC 7677 3" },
	{ "SCRAM-SHA-256-PLUS", false, server_scram, client_scram, "RFC 7677 3" },
	{ "XOAUTH2", true, server_token, client_token, "No RFC: Google" },
};

static const struct mechanism mechanism_any = { "", false, server_any, client_any, "RFC 4422 3" };

static const struct mechanism *mechanism_named(struct slice name)
{
	for (size_t i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++)
		if (slice_equal_nocase(slice_of(mechanisms[i].name), name))
			return &mechanisms[i];
	return &mechanism_any;
}

bool sasl_one_step(struct slice mechanism)
{
	return mechanism_named(mechanism)->one_step;
}

/* ---- the exchange ---- */

void sasl_clear(struct sasl *sasl)
{
	free(sasl->mechanism);
	free(sasl->user);
	buffer_free(&sasl->challenge);
	*sasl = (struct sasl){ 0 };
}

void sasl_begin(struct sasl *sasl, struct slice mechanism)
{
	sasl_clear(sasl);
	sasl->mechanism = slice_string(mechanism);
	for (char *c = sasl->mechanism; *c; c++)
		*c = octet_upper(*c);
}

void sasl_line_free(struct sasl_line *line)
{
	buffer_wipe(&line->decoded);
	buffer_free(&line->note);
	buffer_free(&line->mask);
	*line = (struct sasl_line){ 0 };
}

void sasl_server(struct sasl *sasl, struct slice text, struct sasl_line *line)
{
	const struct mechanism *mechanism = mechanism_named(slice_of(sasl->mechanism));
	*line = (struct sasl_line){ .ref = mechanism->ref };
	buffer_clear(&sasl->challenge);
	line->ok = base64_decode(&line->decoded, text);
	if (!line->ok) {
		note(line, "Not base64, which a challenge must be.");
		return;
	}
	buffer_add_slice(&sasl->challenge, buffer_slice(&line->decoded));
	mechanism->server(sasl, buffer_slice(&line->decoded), line);
}

/* Lines that mean the same in every mechanism. False where it is none of them. */
static bool client_common(const struct sasl *sasl, struct slice text, struct sasl_line *line)
{
	line->ok = true;
	if (slice_equal(text, SLICE("*"))) {
		line->ref = "RFC 4422 3.5";
		note(line, "The client cancels the exchange; the server must now refuse the command.");
	} else if (slice_equal(text, SLICE("=")) && sasl->step == 0) {
		line->ref = "RFC 4422 4";
		note(line, "A single = is an initial response that is empty.");
	} else if (text.n == 0) {
		note(line, "An empty answer.");
	} else if (text.n > 4 && slice_starts(text, SLICE("{{")) &&
	           slice_starts(slice_part(text, text.n - 2, text.n), SLICE("}}"))) {
		buffer_add_slice(&line->mask, text); /* a record that is read again */
		note(line, "Masked: here stood an answer of the exchange, in base64.");
	} else {
		return false;
	}
	return true;
}

void sasl_client(struct sasl *sasl, struct slice text, struct sasl_line *line)
{
	const struct mechanism *mechanism = mechanism_named(slice_of(sasl->mechanism));
	*line = (struct sasl_line){ .ref = mechanism->ref };
	if (!client_common(sasl, text, line)) {
		buffer_add_string(&line->mask, "{{secret}}");
		line->ok = base64_decode(&line->decoded, text);
		if (line->ok)
			mechanism->client(sasl, buffer_slice(&line->decoded), line);
		else
			note(line, "Not base64, which every answer must be.");
	}
	sasl->step++;
}
