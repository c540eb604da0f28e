/*
 * SCRAM's server (RFC 5802, RFC 7677): messages of attributes, each a letter, parted by commas.
 */
#include "protocol/sasl_server_inside.h"

/* RFC 7677 4: "at least 4096". */
#define ITERATIONS 4096

/* Of our half of the nonce (24 characters of base64), and of a salt. */
#define NONCE_OCTETS 18
#define SALT_OCTETS 16

static struct slice octets(const unsigned char *p, size_t n)
{
	return (struct slice){ (const char *)p, n };
}

/* Takes `x=value` and the comma behind it off the front of `*rest`. */
static bool take_attribute(struct slice *rest, char name, struct slice *value)
{
	size_t comma = slice_find_octet(*rest, ',');
	if (comma < 2 || rest->p[0] != name || rest->p[1] != '=')
		return false;
	*value = slice_part(*rest, 2, comma);
	*rest = slice_part(*rest, comma + 1, rest->n);
	return true;
}

/* Appends what a saslname says: `=2C` and `=3D` are `,` and `=`. False where another `=` stands in it, or a NUL. */
static bool add_saslname_decoded(struct buffer *out, struct slice name)
{
	while (name.n) {
		bool comma = slice_starts_nocase(name, SLICE("=2C")), equals = slice_starts_nocase(name, SLICE("=3D"));
		if ((name.p[0] == '=' && !comma && !equals) || name.p[0] == '\0')
			return false;
		buffer_add_octet(out, comma ? ',' : equals ? '=' : name.p[0]);
		name = slice_part(name, comma || equals ? 3 : 1, name.n);
	}
	return true;
}

/* Takes the GS2 header, `n,,` or `y,a=NAME,`, off the front; the identity of its `a=` is decoded. */
static bool take_gs2_header(struct sasl_server *server, struct slice *rest, struct buffer *identity, const char **why)
{
	struct slice said = *rest;
	size_t comma = slice_find_octet(said, ',');
	struct slice binding = slice_part(said, 0, comma), behind = slice_part(said, comma + 1, said.n);
	*why = "binding to the TLS connection is not offered here, so no p= may be asked for (RFC 5802 6)";
	if (slice_starts(binding, SLICE("p=")))
		return false;
	size_t end = slice_find_octet(behind, ',');
	struct slice name = slice_part(behind, 0, end);
	*why = "SCRAM's first message is `n,,n=USER,r=NONCE` (RFC 5802 7)";
	if ((!slice_equal(binding, SLICE("n")) && !slice_equal(binding, SLICE("y"))) || end == behind.n)
		return false;
	if (name.n && (!slice_starts(name, SLICE("a=")) || name.n == 2 ||
	               !add_saslname_decoded(identity, slice_part(name, 2, name.n))))
		return false;
	*rest = slice_part(behind, end + 1, behind.n);
	buffer_add(&server->header, said.p, said.n - rest->n);
	return true;
}

/* Printable, without commas. */
static bool is_nonce(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return s.n > 0;
}

/* Reads `n=USER,r=NONCE`; extensions behind them are passed over, but one that must be understood (`m=`) is not. */
static bool read_first_bare(struct sasl_server *server, struct slice said, struct slice *nonce, const char **why)
{
	struct slice name = { 0 };
	*why = "an extension of SCRAM that must be understood (m=) is not known here (RFC 5802 5.1)";
	if (slice_starts(said, SLICE("m=")))
		return false;
	*why = "SCRAM's first message is `n,,n=USER,r=NONCE` (RFC 5802 7)";
	if (!take_attribute(&said, 'n', &name) || !take_attribute(&said, 'r', nonce) || name.n == 0 ||
	    !is_nonce(*nonce))
		return false;
	*why = "in SCRAM's user name `,` is written =2C and `=` is =3D (RFC 5802 5.1)";
	return add_saslname_decoded(&server->user, name);
}

/* A salt that is always the same for a name, whether it is known or not, and that nobody can foretell. */
static void make_salt(struct sasl_server *server)
{
	static unsigned char key[DIGEST_MAX];
	static bool made;
	unsigned char digest[DIGEST_MAX];
	if (!made)
		random_octets(key, sizeof key);
	made = true;
	digest_hmac(DIGEST_SHA256, octets(key, sizeof key), buffer_slice(&server->user), digest);
	buffer_add(&server->salt, digest, SALT_OCTETS);
}

static void add_nonce(struct sasl_server *server, struct slice client)
{
	struct buffer both = { 0 };
	buffer_add_slice(&both, client);
	if (server->nonce.n == 0) {
		unsigned char chance[NONCE_OCTETS];
		random_octets(chance, sizeof chance);
		base64_encode(&both, octets(chance, sizeof chance));
	}
	buffer_add_slice(&both, buffer_slice(&server->nonce));
	buffer_free(&server->nonce);
	server->nonce = both;
}

static enum sasl_verdict hear_scram_first(struct sasl_server *server, struct slice said, struct buffer *asked,
                                          const char **why)
{
	struct slice nonce = { 0 };
	struct buffer identity = { 0 };
	bool good = take_gs2_header(server, &said, &identity, why) && read_first_bare(server, said, &nonce, why);
	if (good) {
		sasl_acts_as(server, buffer_slice(&identity));
		add_nonce(server, nonce);
		if (server->salt.n == 0)
			make_salt(server);
		buffer_add_string(asked, "r=");
		buffer_add_slice(asked, buffer_slice(&server->nonce));
		buffer_add_string(asked, ",s=");
		base64_encode(asked, buffer_slice(&server->salt));
		buffer_printf(asked, ",i=%d", ITERATIONS);
		buffer_add_slice(&server->message, said);
		buffer_add_octet(&server->message, ',');
		buffer_add_slice(&server->message, buffer_slice(asked));
		buffer_add_octet(&server->message, ',');
	}
	buffer_free(&identity);
	return good ? SASL_GO_ON : SASL_MALFORMED;
}

/* What a proof is tried with, and the signature that answers it. */
struct proof {
	struct slice given;
	struct buffer *signature;
};

/* ClientKey is what the proof hides by a signature that StoredKey makes; it is the right one where StoredKey is its
 * digest (RFC 5802 3). */
static bool is_scram(const struct sasl_server *server, struct slice secret, void *context)
{
	const struct proof *proof = context;
	enum digest kind = server->mechanism->digest;
	struct slice message = buffer_slice(&server->message);
	size_t n = digest_length(kind);
	unsigned char salted[DIGEST_MAX], key[DIGEST_MAX], stored[DIGEST_MAX], signature[DIGEST_MAX];
	digest_pbkdf2(kind, secret, buffer_slice(&server->salt), ITERATIONS, salted);
	digest_hmac(kind, octets(salted, n), SLICE("Client Key"), key);
	digest_of(kind, octets(key, n), stored);
	digest_hmac(kind, octets(stored, n), message, signature);
	for (size_t i = 0; i < n; i++)
		signature[i] ^= (unsigned char)proof->given.p[i];
	bool good = secret_equal(octets(signature, n), octets(key, n));
	digest_hmac(kind, octets(salted, n), SLICE("Server Key"), key);
	digest_hmac(kind, octets(key, n), message, signature);
	if (good) {
		buffer_clear(proof->signature);
		base64_encode(proof->signature, octets(signature, n));
	}
	memory_wipe(salted, sizeof salted);
	memory_wipe(key, sizeof key);
	memory_wipe(stored, sizeof stored);
	return good;
}

/* Reads `c=BINDING,r=NONCE,…,p=PROOF`: the proof comes last, and is made of all before it. */
static bool read_final(struct sasl_server *server, struct slice said, struct buffer *proof, const char **why)
{
	struct slice rest = said, binding = { 0 }, nonce = { 0 };
	struct buffer header = { 0 };
	size_t last = said.n;
	while (last > 0 && said.p[last - 1] != ',')
		last--;
	*why = "SCRAM's final message is `c=BINDING,r=NONCE,p=PROOF` (RFC 5802 7)";
	if (!take_attribute(&rest, 'c', &binding) || !take_attribute(&rest, 'r', &nonce) || rest.n == 0 ||
	    !slice_starts(slice_part(said, last, said.n), SLICE("p=")) ||
	    !base64_decode(proof, slice_part(said, last + 2, said.n)) ||
	    proof->n != digest_length(server->mechanism->digest))
		return false;
	*why = "SCRAM's c= must be the front of the first message, up to its n=, in base64 (RFC 5802 5.1)";
	bool same = base64_decode(&header, binding) &&
	            slice_equal(buffer_slice(&header), buffer_slice(&server->header));
	buffer_free(&header);
	if (!same)
		return false;
	buffer_add(&server->message, said.p, last - 1);
	*why = "SCRAM's r= must be the nonce of the challenge (RFC 5802 5.1)";
	return slice_equal(nonce, buffer_slice(&server->nonce));
}

static enum sasl_verdict hear_scram_final(struct sasl_server *server, struct slice said, struct buffer *asked,
                                          const char **why)
{
	struct buffer octets_of_proof = { 0 }, signature = { 0 };
	enum sasl_verdict verdict = SASL_MALFORMED;
	if (read_final(server, said, &octets_of_proof, why)) {
		struct proof proof = { buffer_slice(&octets_of_proof), &signature };
		verdict = sasl_judge(server, sasl_any_secret(server, is_scram, &proof), why);
	}
	if (verdict == SASL_GOOD) {
		buffer_add_string(asked, "v=");
		buffer_add_slice(asked, buffer_slice(&signature));
		verdict = SASL_GO_ON;
	}
	buffer_free(&octets_of_proof);
	buffer_free(&signature);
	return verdict;
}

enum sasl_verdict sasl_hear_scram(struct sasl_server *server, struct slice said, struct buffer *asked, const char **why)
{
	if (server->step == 0)
		return hear_scram_first(server, said, asked, why);
	if (server->step == 1)
		return hear_scram_final(server, said, asked, why);
	return said.n == 0
	               ? SASL_GOOD
	               : sasl_malformed(why, "the server's signature (v=) is answered by an empty line (RFC 4422 5)");
}
