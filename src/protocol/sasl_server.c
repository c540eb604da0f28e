/*
 * The server's side of a SASL exchange: what each line of the client's proves, and what is said to it.
 *
 * A mechanism is a row of two functions: what is asked before the client has said anything, and what each of its lines
 * leads to. They see and say plain octets; base64 is done around them. A name that nobody has goes the same way as any
 * other, with the same work done, up to the same failure. Names and passwords are taken as they are: no SASLprep (RFC 4013).
 */
#include "protocol/sasl_server_inside.h"

#include <stdlib.h>

/* Of each of the two numbers in CRAM-MD5's challenge. */
#define CHALLENGE_OCTETS 8

/* ---- verdicts ---- */

enum sasl_verdict sasl_malformed(const char **why, const char *what)
{
	*why = what;
	return SASL_MALFORMED;
}

enum sasl_verdict sasl_judge(const struct sasl_server *server, bool good, const char **why)
{
	if (good && !server->for_another)
		return SASL_GOOD;
	*why = good ? "this user may not act as another" : "user name or password is wrong";
	return SASL_WRONG;
}

static void user_set(struct sasl_server *server, struct slice user)
{
	buffer_clear(&server->user);
	buffer_add_slice(&server->user, user);
}

void sasl_acts_as(struct sasl_server *server, struct slice identity)
{
	server->for_another = identity.n && !slice_equal_nocase(identity, buffer_slice(&server->user));
}

bool sasl_any_secret(const struct sasl_server *server, bool (*proves)(const struct sasl_server *, struct slice, void *),
                     void *proof)
{
	struct slice user = buffer_slice(&server->user);
	const char *secret = server->secret(server->context, user, 0);
	bool good = false;
	if (secret == NULL)
		(void)proves(server, SLICE(""), proof);
	for (size_t i = 0; secret; secret = server->secret(server->context, user, ++i))
		good |= proves(server, slice_of(secret), proof);
	return good;
}

/* ---- PLAIN: authorization identity NUL user NUL password (RFC 4616) ---- */

static bool is_password(const struct sasl_server *server, struct slice secret, void *proof)
{
	const struct slice *given = proof;
	(void)server;
	return secret_equal(secret, *given);
}

static enum sasl_verdict hear_plain(struct sasl_server *server, struct slice said, struct buffer *asked,
                                    const char **why)
{
	(void)asked;
	size_t first = slice_find_octet(said, '\0');
	struct slice rest = slice_part(said, first + 1, said.n);
	size_t second = slice_find_octet(rest, '\0');
	struct slice user = slice_part(rest, 0, second), password = slice_part(rest, second + 1, rest.n);
	if (first == said.n || second == rest.n || slice_find_octet(password, '\0') < password.n)
		return sasl_malformed(why, "PLAIN's line is NUL, the user name, NUL and the password (RFC 4616 2)");
	if (user.n == 0 || password.n == 0)
		return sasl_malformed(why, "in PLAIN's line neither user name nor password may be empty (RFC 4616 2)");
	user_set(server, user);
	sasl_acts_as(server, slice_part(said, 0, first));
	return sasl_judge(server, sasl_any_secret(server, is_password, &password), why);
}

/* ---- LOGIN: the user name, then the password ---- */

static void ask_login(struct sasl_server *server, struct buffer *asked)
{
	(void)server;
	buffer_add_string(asked, "Username:");
}

static enum sasl_verdict hear_login(struct sasl_server *server, struct slice said, struct buffer *asked,
                                    const char **why)
{
	if (server->step > 0)
		return sasl_judge(server, sasl_any_secret(server, is_password, &said), why);
	user_set(server, said);
	buffer_add_string(asked, "Password:");
	return SASL_GO_ON;
}

/* ---- CRAM-MD5: user name, space, HMAC-MD5 of the challenge (RFC 2195) ---- */

/* A number that nobody can guess, in decimal digits. */
static void add_digits(struct buffer *out)
{
	unsigned char chance[CHALLENGE_OCTETS];
	uint64_t number = 0;
	random_octets(chance, sizeof chance);
	for (size_t i = 0; i < sizeof chance; i++)
		number = number << 8 | chance[i];
	buffer_printf(out, "%llu", (unsigned long long)number);
}

static void ask_cram_md5(struct sasl_server *server, struct buffer *asked)
{
	if (server->nonce.n == 0) {
		buffer_add_octet(&server->nonce, '<');
		add_digits(&server->nonce);
		buffer_add_octet(&server->nonce, '.');
		add_digits(&server->nonce);
		buffer_printf(&server->nonce, "@%s>", server->host);
	}
	buffer_add_slice(asked, buffer_slice(&server->nonce));
}

/* Whether `s` is a digest in hexadecimal: "lower-case", says RFC 2195. */
static bool is_hexadecimal(struct slice s, size_t digits)
{
	for (size_t i = 0; i < s.n; i++)
		if (!octet_is_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return s.n == digits;
}

static bool is_cram_md5(const struct sasl_server *server, struct slice secret, void *proof)
{
	const struct slice *given = proof;
	unsigned char digest[DIGEST_MAX];
	struct buffer wanted = { 0 };
	digest_hmac(DIGEST_MD5, secret, buffer_slice(&server->nonce), digest);
	hex_encode(&wanted, digest, digest_length(DIGEST_MD5));
	bool good = secret_equal(buffer_slice(&wanted), *given);
	buffer_wipe(&wanted);
	return good;
}

static enum sasl_verdict hear_cram_md5(struct sasl_server *server, struct slice said, struct buffer *asked,
                                       const char **why)
{
	(void)asked;
	size_t space = said.n; /* the last: a user name may have some of its own */
	while (space > 0 && said.p[space - 1] != ' ')
		space--;
	struct slice digest = slice_part(said, space, said.n);
	if (space < 2 || !is_hexadecimal(digest, 2 * digest_length(DIGEST_MD5)))
		return sasl_malformed(
			why, "CRAM-MD5's answer is the user name, a space and 32 hexadecimal digits in lower case "
			     "(RFC 2195 2)");
	user_set(server, slice_part(said, 0, space - 1));
	return sasl_judge(server, sasl_any_secret(server, is_cram_md5, &digest), why);
}

/* ---- the table, in the order of preference ---- */

static const struct sasl_mechanism mechanisms[] = {
	{ .name = "SCRAM-SHA-256", .hear = sasl_hear_scram, .client_first = true, .digest = DIGEST_SHA256 },
	{ .name = "SCRAM-SHA-1", .hear = sasl_hear_scram, .client_first = true, .digest = DIGEST_SHA1 },
	{ .name = "CRAM-MD5", .ask = ask_cram_md5, .hear = hear_cram_md5 },
	{ .name = "PLAIN", .hear = hear_plain, .client_first = true },
	/* The server asks first, but no standard forbids what many clients do: the name stands behind the command. */
	{ .name = "LOGIN", .ask = ask_login, .hear = hear_login, .client_first = true },
};

#define MECHANISMS (sizeof mechanisms / sizeof mechanisms[0])

const char *sasl_server_mechanism(size_t i)
{
	return i < MECHANISMS ? mechanisms[i].name : NULL;
}

/* ---- the exchange ---- */

struct sasl_server *sasl_server_new(struct slice mechanism, const char *host, sasl_secret *secret, void *context)
{
	size_t i = 0;
	while (i < MECHANISMS && !slice_equal_nocase(mechanism, slice_of(mechanisms[i].name)))
		i++;
	if (i == MECHANISMS)
		return NULL;
	struct sasl_server *server = memory_zeroed(1, sizeof *server);
	server->mechanism = &mechanisms[i];
	server->host = string_copy(host);
	server->secret = secret;
	server->context = context;
	return server;
}

void sasl_server_fix(struct sasl_server *server, struct slice nonce, struct slice salt)
{
	buffer_clear(&server->nonce);
	buffer_add_slice(&server->nonce, nonce);
	buffer_clear(&server->salt);
	buffer_add_slice(&server->salt, salt);
}

void sasl_server_free(struct sasl_server *server)
{
	if (server == NULL)
		return;
	free(server->host);
	buffer_free(&server->user);
	buffer_free(&server->nonce);
	buffer_free(&server->salt);
	buffer_free(&server->header);
	buffer_free(&server->message);
	free(server);
}

/* A line in base64, which the mechanism hears. */
static enum sasl_verdict hear(struct sasl_server *server, struct slice line, struct buffer *challenge, const char **why)
{
	struct buffer said = { 0 }, asked = { 0 };
	enum sasl_verdict verdict = SASL_MALFORMED;
	if (base64_decode(&said, line))
		verdict = server->mechanism->hear(server, buffer_slice(&said), &asked, why);
	else
		*why = "this is not base64 (RFC 4648 4)";
	if (verdict == SASL_GO_ON)
		base64_encode(challenge, buffer_slice(&asked));
	server->step++;
	server->over = verdict != SASL_GO_ON;
	buffer_wipe(&said);
	buffer_free(&asked);
	return verdict;
}

enum sasl_verdict sasl_server_begin(struct sasl_server *server, const struct slice *initial, struct buffer *challenge,
                                    const char **why)
{
	*why = "";
	if (initial == NULL) {
		struct buffer asked = { 0 };
		if (server->mechanism->ask)
			server->mechanism->ask(server, &asked);
		base64_encode(challenge, buffer_slice(&asked));
		buffer_free(&asked);
		return SASL_GO_ON;
	}
	if (!server->mechanism->client_first) {
		server->over = true;
		return sasl_malformed(
			why, "this mechanism begins with the server's challenge, so no initial response may stand "
			     "behind the command (RFC 4954 4, RFC 5034 4)");
	}
	return hear(server, slice_equal(*initial, SLICE("=")) ? SLICE("") : *initial, challenge, why);
}

enum sasl_verdict sasl_server_step(struct sasl_server *server, struct slice line, struct buffer *challenge,
                                   const char **why)
{
	*why = "";
	if (server->over)
		return sasl_malformed(why, "the exchange is over");
	if (!slice_equal(line, SLICE("*")))
		return hear(server, line, challenge, why);
	server->over = true;
	*why = "the exchange was cancelled";
	return SASL_CANCELLED;
}

struct slice sasl_server_user(const struct sasl_server *server)
{
	return buffer_slice(&server->user);
}
