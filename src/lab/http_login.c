/*
 * Two pages behind a password: by Basic, which sends it as good as readable (RFC 7617), and by Digest, which proves that it is
 * known (RFC 7616). The users are the store's.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/crypto.h"
#include "lab/http_exchange.h"
#include "protocol/http_syntax.h"

#define REALM "parlance lab"

/* Seconds for which a nonce is good; after them it is stale, and the client tries again with a new one by itself. */
#define NONCE_LIFE 300

/* Octets of the proof in a nonce that it is ours. */
#define PROOF 16

/* ---- both ---- */

/* Takes the scheme off the front of the credentials. False where there are none of that scheme (RFC 9110 11.4). */
static bool credentials(const struct exchange *x, struct slice scheme, struct slice *rest)
{
	if (!request_value(x->request, "Authorization", rest))
		return false;
	struct slice word = slice_word(rest);
	*rest = slice_trim(*rest);
	return slice_equal_nocase(word, scheme);
}

static void say_welcome(struct exchange *x, struct slice user, const char *how)
{
	struct buffer page = { 0 };
	html_begin(&page, SLICE("You are in"));
	buffer_add_string(&page, "<p>Logged in as <strong>");
	html_text(&page, user);
	buffer_printf(&page, "</strong>. %s</p>\n", how);
	html_end(&page);
	say_page(x, &page);
}

/* ---- Basic ---- */

/* The user whose name and password `credentials` hold; NULL. */
static const struct user *basic_user(const struct exchange *x, struct slice encoded)
{
	struct buffer pair = { 0 };
	const struct user *user = NULL;
	if (base64_decode(&pair, encoded)) {
		struct slice all = buffer_slice(&pair);
		size_t colon = slice_find_octet(all, ':');
		if (colon < all.n)
			user = store_user(x->store, slice_part(all, 0, colon));
		if (user && !user_password(user, slice_part(all, colon + 1, all.n)))
			user = NULL;
	}
	buffer_wipe(&pair);
	return user;
}

void basic_answer(struct exchange *x)
{
	struct slice encoded;
	const struct user *user = credentials(x, SLICE("Basic"), &encoded) ? basic_user(x, encoded) : NULL;
	if (user) {
		say_welcome(x, slice_of(user->name),
		            "Your password came in base64, which anybody on the way can read: use TLS with it.");
		return;
	}
	answer_field(x->answer, "WWW-Authenticate", "Basic realm=\"" REALM "\", charset=\"UTF-8\"");
	say_status(x, 401,
	           "A user of this lab is wanted, by Basic: curl -u bob:PASSWORD, or base64 of bob:PASSWORD behind "
	           "Authorization: Basic (RFC 7617).");
}

/* ---- Digest: nonces ---- */

/* What makes nonces ours; new with each run. */
static struct slice nonce_key(void)
{
	static unsigned char key[32];
	static bool made;
	if (!made)
		random_octets(key, sizeof key);
	made = true;
	return (struct slice){ (const char *)key, sizeof key };
}

/* Appends a nonce made at that time: the time, and a proof that nobody else can make. */
static void nonce_of(struct buffer *out, int64_t when)
{
	unsigned char proof[DIGEST_MAX];
	struct buffer words = { 0 };
	buffer_printf(&words, "%016llx", (unsigned long long)when);
	digest_hmac(DIGEST_SHA256, nonce_key(), buffer_slice(&words), proof);
	buffer_add_slice(out, buffer_slice(&words));
	hex_encode(out, proof, PROOF);
	buffer_free(&words);
}

enum nonce { NONCE_GOOD, NONCE_STALE, NONCE_FOREIGN };

static enum nonce nonce_judge(struct slice nonce)
{
	struct buffer same = { 0 };
	uint64_t when = 0;
	struct slice extensions;
	if (!http_chunk_parse(slice_part(nonce, 0, 16), &when, &extensions) || extensions.n)
		return NONCE_FOREIGN;
	nonce_of(&same, (int64_t)when);
	bool ours = slice_equal(nonce, buffer_slice(&same));
	buffer_free(&same);
	int64_t age = (int64_t)time(NULL) - (int64_t)when;
	return !ours ? NONCE_FOREIGN : age > NONCE_LIFE || age < 0 ? NONCE_STALE : NONCE_GOOD;
}

/* ---- Digest: the response ---- */

/* The algorithms that are offered, the better first. */
static const struct algorithm {
	const char *name;
	enum digest digest;
} algorithms[] = { { "SHA-256", DIGEST_SHA256 }, { "MD5", DIGEST_MD5 } };

static const struct algorithm *algorithm_of(struct slice name)
{
	if (name.n == 0)
		return &algorithms[1]; /* RFC 7616 3.4: MD5 where nothing is said */
	for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
		if (slice_equal_nocase(name, slice_of(algorithms[i].name)))
			return &algorithms[i];
	return NULL;
}

enum parameter { USERNAME, REALM_SAID, NONCE, URI, RESPONSE, ALGORITHM, CNONCE, QOP, NC, OPAQUE, PARAMETERS };
static const char *const names[PARAMETERS] = {
	"username", "realm", "nonce", "uri", "response", "algorithm", "cnonce", "qop", "nc", "opaque",
};

struct login {
	struct buffer said[PARAMETERS];
	bool twice;
};

static void login_read(struct login *login, struct slice list)
{
	struct slice element;
	while (http_element(&list, &element)) {
		size_t equals = slice_find_octet(element, '=');
		struct slice name = slice_trim(slice_part(element, 0, equals));
		for (size_t i = 0; i < PARAMETERS; i++) {
			if (!slice_equal_nocase(name, slice_of(names[i])))
				continue;
			login->twice |= login->said[i].n > 0;
			http_unquote(&login->said[i], slice_trim(slice_part(element, equals + 1, element.n)));
		}
	}
}

static void login_free(struct login *login)
{
	for (size_t i = 0; i < PARAMETERS; i++)
		buffer_wipe(&login->said[i]);
}

static struct slice said(const struct login *login, enum parameter which)
{
	return buffer_slice(&login->said[which]);
}

/* Appends the hexadecimal digest of the parts, joined by colons. */
static void hash_joined(struct buffer *out, enum digest kind, const struct slice *parts, size_t n)
{
	unsigned char digest[DIGEST_MAX];
	struct buffer joined = { 0 };
	for (size_t i = 0; i < n; i++) {
		buffer_add_string(&joined, i ? ":" : "");
		buffer_add_slice(&joined, parts[i]);
	}
	digest_of(kind, buffer_slice(&joined), digest);
	hex_encode(out, digest, digest_length(kind));
	buffer_wipe(&joined);
}

/* Appends what `response` (with the method), or `rspauth` (without), must be for that password (RFC 7616 3.4.1, 3.5). */
static void login_proof(struct buffer *out, const struct login *login, enum digest kind, struct slice method,
                        struct slice password)
{
	struct buffer secret = { 0 }, what = { 0 };
	const struct slice first[] = { said(login, USERNAME), said(login, REALM_SAID), password };
	const struct slice second[] = { method, said(login, URI) };
	hash_joined(&secret, kind, first, 3);
	hash_joined(&what, kind, second, 2);
	const struct slice all[] = { buffer_slice(&secret), said(login, NONCE), said(login, NC),
		                     said(login, CNONCE),   said(login, QOP),   buffer_slice(&what) };
	hash_joined(out, kind, all, 6);
	buffer_wipe(&secret);
	buffer_free(&what);
}

/* The password by which the response is right; NULL. */
static const char *login_password(const struct exchange *x, const struct login *login, enum digest kind)
{
	const char *password;
	for (size_t i = 0; (password = store_secret(x->store, said(login, USERNAME), i)) != NULL; i++) {
		struct buffer proof = { 0 };
		login_proof(&proof, login, kind, x->request->method, slice_of(password));
		bool right = slice_equal_nocase(buffer_slice(&proof), said(login, RESPONSE));
		buffer_free(&proof);
		if (right)
			return password;
	}
	return NULL;
}

/* What is wrong with the form of the credentials; NULL: nothing. */
static const char *login_malformed(const struct exchange *x, const struct login *login,
                                   const struct algorithm *algorithm)
{
	uint64_t count = 0;
	struct slice extensions, nc = said(login, NC);
	if (login->twice)
		return "a parameter stands there twice";
	if (algorithm == NULL)
		return "algorithm is neither SHA-256 nor MD5";
	if (!slice_equal(said(login, QOP), SLICE("auth")))
		return "qop is auth, as the challenge offers it";
	if (nc.n != 8 || !http_chunk_parse(nc, &count, &extensions) || extensions.n || login->said[CNONCE].n == 0)
		return "with qop come cnonce and nc, eight hexadecimal digits";
	if (login->said[USERNAME].n == 0 || login->said[RESPONSE].n == 0 || login->said[NONCE].n == 0)
		return "username, nonce and response must be there";
	struct slice line = buffer_slice(&x->request->line),
		     behind = slice_part(line, x->request->method.n + 1, line.n);
	if (!slice_equal(said(login, URI), slice_word(&behind)))
		return "uri is the target of the request line, octet for octet";
	return NULL;
}

/* Some clients know MD5 alone, and look at the first challenge only: for them is /digest-md5. */
static void say_challenges(struct exchange *x, bool stale)
{
	struct buffer nonce = { 0 };
	size_t first = slice_equal(x->path, SLICE("/digest-md5")) ? 1 : 0;
	nonce_of(&nonce, (int64_t)time(NULL));
	for (size_t i = first; i < sizeof algorithms / sizeof algorithms[0]; i++)
		answer_field(x->answer, "WWW-Authenticate",
		             "Digest realm=\"" REALM "\", qop=\"auth\", algorithm=%s, nonce=\"" SLICE_FMT
		             "\", opaque=\"lab\", charset=UTF-8%s",
		             algorithms[i].name, SLICE_ARG(buffer_slice(&nonce)), stale ? ", stale=true" : "");
	buffer_free(&nonce);
	say_status(x, 401, "%s",
	           stale ? "The nonce is too old: the same once more with the new one."
	                 : "A user of this lab is wanted, by Digest: curl --digest -u bob:PASSWORD (RFC 7616).");
}

/* The server proves that it knows the password too (RFC 7616 3.5). */
static void say_in(struct exchange *x, const struct login *login, enum digest kind, const char *password)
{
	struct buffer proof = { 0 };
	login_proof(&proof, login, kind, SLICE(""), slice_of(password));
	answer_field(x->answer, "Authentication-Info",
	             "rspauth=\"" SLICE_FMT "\", qop=auth, cnonce=\"" SLICE_FMT "\", nc=" SLICE_FMT,
	             SLICE_ARG(buffer_slice(&proof)), SLICE_ARG(said(login, CNONCE)), SLICE_ARG(said(login, NC)));
	buffer_free(&proof);
	say_welcome(x, said(login, USERNAME), "Your password was not sent: only a digest of it and of our nonce.");
}

static void login_answer(struct exchange *x, const struct login *login)
{
	const struct algorithm *algorithm = algorithm_of(said(login, ALGORITHM));
	const char *why = login_malformed(x, login, algorithm);
	if (why) {
		say_status(x, 400, "Authorization: %s (RFC 7616 3.4).", why);
		return;
	}
	enum nonce nonce = nonce_judge(said(login, NONCE));
	bool realm = slice_equal(said(login, REALM_SAID), SLICE(REALM));
	const char *password = nonce != NONCE_FOREIGN && realm ? login_password(x, login, algorithm->digest) : NULL;
	if (password && nonce == NONCE_GOOD)
		say_in(x, login, algorithm->digest, password);
	else
		say_challenges(x, password != NULL);
}

void digest_answer(struct exchange *x)
{
	struct login login = { 0 };
	struct slice list;
	if (credentials(x, SLICE("Digest"), &list)) {
		login_read(&login, list);
		login_answer(x, &login);
	} else {
		say_challenges(x, false);
	}
	login_free(&login);
}
