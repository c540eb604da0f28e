/*
 * SASL's server: the RFCs' own exchanges, all mechanisms against our own client, and whatever else a client may say.
 */
#include "test.h"

#include "base/crypto.h"
#include "protocol/sasl.h"
#include "protocol/sasl_server.h"

/* bob has two passwords, tim and user those of the RFCs. */
static const char *secret_of(void *context, struct slice user, size_t i)
{
	static const struct {
		const char *user, *secrets[3];
	} users[] = {
		{ "bob", { "hungry", "builder, \xC3\xA9 =", NULL } },
		{ "tim", { "tanstaaftanstaaf", NULL, NULL } },
		{ "user", { "pencil", NULL, NULL } },
		{ "a=b,c", { "x", NULL, NULL } },
	};
	(void)context;
	for (size_t u = 0; u < sizeof users / sizeof users[0]; u++)
		if (slice_equal_nocase(user, slice_of(users[u].user)))
			return users[u].secrets[i];
	return NULL;
}

static const char *verdict_name(enum sasl_verdict verdict)
{
	static const char *const names[] = { "go on", "good", "wrong", "malformed", "cancelled" };
	return names[verdict];
}

/* Adds what the server says: its challenge, decoded, or its verdict with the reason. */
static void add_said(struct buffer *out, enum sasl_verdict verdict, const struct buffer *challenge, const char *why)
{
	if (verdict == SASL_GO_ON)
		CHECK(base64_decode(out, buffer_slice(challenge)));
	else
		buffer_printf(out, "%s%s%s", verdict_name(verdict), *why ? ": " : "", why);
}

/* One exchange, written as it goes: SAYS plain octets to be encoded, LINE a line as it stands. The first row is the
 * initial response, or NO_INITIAL. `wants` is what the server says to each. */
struct row {
	const char *says;
	size_t n;
	bool as_it_stands;
	const char *wants;
};
#define SAYS(text, wants) \
	{ \
		text, sizeof(text) - 1, false, wants \
	}
#define LINE(text, wants) \
	{ \
		text, sizeof(text) - 1, true, wants \
	}
#define NO_INITIAL(wants) \
	{ \
		NULL, 0, false, wants \
	}

static void play(struct sasl_server *server, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buffer line = { 0 }, challenge = { 0 }, said = { 0 };
		const char *why = NULL;
		struct slice says = { rows[i].says, rows[i].n };
		if (rows[i].as_it_stands)
			buffer_add_slice(&line, says);
		else
			base64_encode(&line, says);
		struct slice given = buffer_slice(&line);
		enum sasl_verdict verdict = i > 0 ? sasl_server_step(server, given, &challenge, &why)
		                                  : sasl_server_begin(server, rows[i].says ? &given : NULL, &challenge,
		                                                      &why);
		add_said(&said, verdict, &challenge, why);
		CHECK_TEXT(buffer_slice(&said), rows[i].wants);
		CHECK(verdict == SASL_GO_ON || challenge.n == 0);
		buffer_free(&line);
		buffer_free(&challenge);
		buffer_free(&said);
	}
}

static void exchange(const char *mechanism, const char *nonce, const char *salt, const char *user,
                     const struct row *rows, size_t n)
{
	struct sasl_server *server = sasl_server_new(slice_of(mechanism), "lab.example", secret_of, NULL);
	struct buffer salt_octets = { 0 };
	CHECK(server != NULL);
	CHECK(base64_decode(&salt_octets, slice_of(salt)));
	sasl_server_fix(server, slice_of(nonce), buffer_slice(&salt_octets));
	play(server, rows, n);
	CHECK_TEXT(sasl_server_user(server), user);
	buffer_free(&salt_octets);
	sasl_server_free(server);
}

#define EXCHANGE(mechanism, nonce, salt, user, ...) \
	do { \
		static const struct row rows_[] = { __VA_ARGS__ }; \
		exchange(mechanism, nonce, salt, user, rows_, sizeof rows_ / sizeof rows_[0]); \
	} while (0)

#define WRONG "wrong: user name or password is wrong"

/* ---- the RFCs' own ---- */

static void rfc_2195_cram_md5(void)
{
	EXCHANGE("CRAM-MD5", "<1896.697170952@postoffice.reston.mci.net>", "", "tim",
	         NO_INITIAL("<1896.697170952@postoffice.reston.mci.net>"),
	         LINE("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw", "good"));
}

static void rfc_4616_plain(void)
{
	EXCHANGE("PLAIN", "", "", "tim", NO_INITIAL(""), SAYS("\0tim\0tanstaaftanstaaf", "good"));
	EXCHANGE("PLAIN", "", "", "tim", SAYS("\0tim\0tanstaaftanstaaf", "good"));
}

static void rfc_5802_scram_sha1(void) /* section 5 */
{
	EXCHANGE("SCRAM-SHA-1", "3rfcNHYJY1ZVvWVs7j", "QSXCR+Q6sek8bf92", "user",
	         SAYS("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
	              "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"),
	         SAYS("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
	              "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="),
	         SAYS("", "good"));
}

static void rfc_7677_scram_sha256(void) /* section 3 */
{
	EXCHANGE("SCRAM-SHA-256", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "W22ZaJ0SNY7soEsUEjb6gQ==", "user", NO_INITIAL(""),
	         SAYS("n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
	              "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
	         SAYS("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+"
	              "Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	              "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
	         LINE("", "good"));
}

/* ---- our own client goes through all of them ---- */

/* The verdict of a client with that user and password, in as many steps as it takes. */
static enum sasl_verdict log_in(const char *mechanism, const char *user, const char *secret, bool initial)
{
	struct sasl_server *server = sasl_server_new(slice_of(mechanism), "lab.example", secret_of, NULL);
	struct sasl_login login;
	const struct sasl_way *way = sasl_way_named(slice_of(mechanism));
	sasl_login_begin(&login, way, slice_of(user), slice_of(secret));
	struct buffer challenge = { 0 }, asked = { 0 };
	struct sasl_step step = { 0 };
	const char *why = "";
	if (initial)
		CHECK(sasl_login_step(&login, SLICE(""), &step));
	struct slice first = buffer_slice(&step.line);
	enum sasl_verdict verdict = sasl_server_begin(server, initial ? &first : NULL, &challenge, &why);
	for (int turns = 0; verdict == SASL_GO_ON && turns < 9; turns++) {
		sasl_step_free(&step);
		buffer_clear(&asked);
		CHECK(base64_decode(&asked, buffer_slice(&challenge)));
		buffer_clear(&challenge);
		CHECK(sasl_login_step(&login, buffer_slice(&asked), &step));
		verdict = sasl_server_step(server, buffer_slice(&step.line), &challenge, &why);
	}
	CHECK(verdict != SASL_GOOD || login.proved == slice_starts(slice_of(mechanism), SLICE("SCRAM")));
	CHECK_TEXT(sasl_server_user(server), user);
	sasl_step_free(&step);
	buffer_free(&challenge);
	buffer_free(&asked);
	sasl_login_clear(&login);
	sasl_server_free(server);
	return verdict;
}

static void our_client_goes_through(void)
{
	size_t n = 0;
	for (; sasl_server_mechanism(n); n++) {
		const char *mechanism = sasl_server_mechanism(n);
		bool initial = sasl_way_named(slice_of(mechanism))->speaks_first;
		for (int with = 0; with <= initial; with++) {
			CHECK(log_in(mechanism, "bob", "hungry", with) == SASL_GOOD);
			CHECK(log_in(mechanism, "BOB", "builder, \xC3\xA9 =", with) == SASL_GOOD);
			CHECK(log_in(mechanism, "bob", "Hungry", with) == SASL_WRONG);
			CHECK(log_in(mechanism, "nobody", "hungry", with) == SASL_WRONG);
			CHECK(log_in(mechanism, "a=b,c", "x", with) == SASL_GOOD);
		}
	}
	CHECK(n == 5);
}

/* ---- what differs each time, and what does not ---- */

/* The first challenge to that initial response (NULL: none), decoded; the caller's. */
static struct buffer first_challenge(const char *mechanism, const char *initial)
{
	struct sasl_server *server = sasl_server_new(slice_of(mechanism), "lab.example", secret_of, NULL);
	struct buffer line = { 0 }, challenge = { 0 }, decoded = { 0 };
	const char *why;
	base64_encode(&line, slice_of(initial));
	struct slice given = buffer_slice(&line);
	CHECK(sasl_server_begin(server, initial ? &given : NULL, &challenge, &why) == SASL_GO_ON);
	CHECK(base64_decode(&decoded, buffer_slice(&challenge)));
	buffer_free(&line);
	buffer_free(&challenge);
	sasl_server_free(server);
	return decoded;
}

static void challenges_differ(void)
{
	struct buffer one = first_challenge("cram-md5", NULL), other = first_challenge("cram-md5", NULL);
	struct slice s = buffer_slice(&one), end = SLICE("@lab.example>");
	CHECK(!slice_equal(s, buffer_slice(&other)));
	CHECK(slice_starts(s, SLICE("<")) && slice_equal(slice_part(s, s.n - end.n, s.n), end));
	buffer_free(&one);
	buffer_free(&other);
}

/* The salt is the name's, known or not; the nonce is new. */
static void salts_stay(void)
{
	static const char *const names[] = { "n,,n=bob,r=abc", "n,,n=nobody,r=abc" };
	for (size_t i = 0; i < 2; i++) {
		struct buffer one = first_challenge("SCRAM-SHA-256", names[i]),
			      other = first_challenge("SCRAM-SHA-256", names[i]);
		struct slice a = buffer_slice(&one), b = buffer_slice(&other);
		size_t salt = slice_find(a, SLICE(",s="));
		CHECK(slice_starts(a, SLICE("r=abc")) && slice_starts(b, SLICE("r=abc")));
		CHECK(salt == 2 + 3 + 24 && !slice_equal(slice_part(a, 0, salt), slice_part(b, 0, salt)));
		CHECK(slice_equal(slice_part(a, salt, a.n), slice_part(b, salt, b.n)));
		CHECK(slice_equal(slice_part(a, a.n - 7, a.n), SLICE(",i=4096")));
		buffer_free(&one);
		buffer_free(&other);
	}
}

/* ---- what a client may also say ---- */

static void plain_otherwise(void)
{
	static const char form[] = "malformed: PLAIN's line is NUL, the user name, NUL and the password (RFC 4616 2)";
	static const char empty[] =
		"malformed: in PLAIN's line neither user name nor password may be empty (RFC 4616 2)";
	EXCHANGE("plain", "", "", "bob", SAYS("bob\0bob\0hungry", "good"), SAYS("", "malformed: the exchange is over"));
	EXCHANGE("plain", "", "", "bob", SAYS("tim\0bob\0hungry", "wrong: this user may not act as another"));
	EXCHANGE("plain", "", "", "bob", SAYS("tim\0bob\0thirsty", WRONG));
	EXCHANGE("plain", "", "", "bob", SAYS("\0bob\0hungr", WRONG));
	EXCHANGE("plain", "", "", "nobody", SAYS("\0nobody\0hungry", WRONG));
	EXCHANGE("plain", "", "", "", LINE("=", form));
	EXCHANGE("plain", "", "", "", SAYS("bob hungry", form));
	EXCHANGE("plain", "", "", "", SAYS("\0bob", form));
	EXCHANGE("plain", "", "", "", SAYS("\0bob\0hungry\0", form));
	EXCHANGE("plain", "", "", "", SAYS("\0\0hungry", empty));
	EXCHANGE("plain", "", "", "", SAYS("\0bob\0", empty));
	EXCHANGE("plain", "", "", "", LINE("AGJvYgBodW5ncnk", "malformed: this is not base64 (RFC 4648 4)"));
	EXCHANGE("plain", "", "", "", NO_INITIAL(""), LINE("*", "cancelled: the exchange was cancelled"),
	         SAYS("\0bob\0hungry", "malformed: the exchange is over"));
	EXCHANGE("plain", "", "", "", NO_INITIAL(""), LINE("=", "malformed: this is not base64 (RFC 4648 4)"));
}

static void login_otherwise(void)
{
	EXCHANGE("LOGIN", "", "", "bob", SAYS("bob", "Password:"), SAYS("hungry", "good"));
	EXCHANGE("LOGIN", "", "", "bob", NO_INITIAL("Username:"), SAYS("bob", "Password:"), SAYS("hungry\0", WRONG));
	EXCHANGE("LOGIN", "", "", "", NO_INITIAL("Username:"), SAYS("", "Password:"), SAYS("", WRONG));
	EXCHANGE("LOGIN", "", "", "bob", NO_INITIAL("Username:"), SAYS("bob", "Password:"),
	         LINE("*", "cancelled: the exchange was cancelled"));
}

static void cram_md5_otherwise(void)
{
	static const char form[] =
		"malformed: CRAM-MD5's answer is the user name, a space and 32 hexadecimal digits in "
		"lower case (RFC 2195 2)";
	EXCHANGE("CRAM-MD5", "<1@x>", "", "", NO_INITIAL("<1@x>"), SAYS("", form));
	EXCHANGE("CRAM-MD5", "<1@x>", "", "", NO_INITIAL("<1@x>"), SAYS(" b913a602c7eda7a495b4e6e7334d3890", form));
	EXCHANGE("CRAM-MD5", "<1@x>", "", "", NO_INITIAL("<1@x>"), SAYS("tim B913A602C7EDA7A495B4E6E7334D3890", form));
	EXCHANGE("CRAM-MD5", "<1@x>", "", "", NO_INITIAL("<1@x>"), SAYS("tim b913a602", form));
	EXCHANGE("CRAM-MD5", "<1@x>", "", "tim", NO_INITIAL("<1@x>"),
	         SAYS("tim b913a602c7eda7a495b4e6e7334d3890", WRONG));
	EXCHANGE(
		"CRAM-MD5", "<1@x>", "", "",
		LINE("",
	             "malformed: this mechanism begins with the server's challenge, so no initial response may stand behind "
	             "the command (RFC 4954 4, RFC 5034 4)"),
		SAYS("", "malformed: the exchange is over"));
}

#define ANY_PROOF "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="

static void scram_first_otherwise(void)
{
	static const char form[] = "malformed: SCRAM's first message is `n,,n=USER,r=NONCE` (RFC 5802 7)";
	static const char name[] = "malformed: in SCRAM's user name `,` is written =2C and `=` is =3D (RFC 5802 5.1)";
	EXCHANGE("SCRAM-SHA-1", "", "", "", LINE("=", form));
	EXCHANGE("SCRAM-SHA-1", "", "", "", SAYS("n=user,r=abc", form));
	EXCHANGE("SCRAM-SHA-1", "", "", "", SAYS("n,,n=,r=abc", form));
	EXCHANGE("SCRAM-SHA-1", "", "", "", SAYS("n,,r=abc,n=user", form));
	EXCHANGE("SCRAM-SHA-1", "", "", "", SAYS("n,,n=user,r=", form));
	EXCHANGE("SCRAM-SHA-1", "", "", "", SAYS("n,,n=user,r=a b", form));
	EXCHANGE("SCRAM-SHA-1", "", "", "", SAYS("n,user,n=user,r=abc", form));
	EXCHANGE("SCRAM-SHA-1", "", "", "", SAYS("x,,n=user,r=abc", form));
	EXCHANGE("SCRAM-SHA-1", "", "", "us", SAYS("n,,n=us=er,r=abc", name));
	EXCHANGE("SCRAM-SHA-1", "", "", "us", SAYS("n,,n=us\0er,r=abc", name));
	EXCHANGE(
		"SCRAM-SHA-1", "", "", "",
		SAYS("n,,m=x,n=user,r=abc",
	             "malformed: an extension of SCRAM that must be understood (m=) is not known here (RFC 5802 5.1)"));
	EXCHANGE(
		"SCRAM-SHA-1", "", "", "",
		SAYS("p=tls-unique,,n=user,r=abc",
	             "malformed: binding to the TLS connection is not offered here, so no p= may be asked for (RFC 5802 6)"));
	EXCHANGE("SCRAM-SHA-1", "X", "QUJD", "a=b,c",
	         SAYS("y,a=a=3Db=2cc,n=a=3Db=2Cc,r=abc,x=y", "r=abcX,s=QUJD,i=4096"));
}

static void scram_final_otherwise(void)
{
	static const char form[] = "malformed: SCRAM's final message is `c=BINDING,r=NONCE,p=PROOF` (RFC 5802 7)";
	static const char binding[] = "malformed: SCRAM's c= must be the front of the first message, up to its n=, in "
				      "base64 (RFC 5802 5.1)";
#define FIRST SAYS("n,,n=user,r=abc", "r=abcX,s=QUJD,i=4096")
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "user", FIRST, SAYS("", form));
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "user", FIRST, SAYS("c=biws,r=abcX", form));
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "user", FIRST, SAYS("c=biws," ANY_PROOF, form));
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "user", FIRST, SAYS("c=biws,r=abcX,p=AAAA", form));
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "user", FIRST, SAYS("c=biws,r=abcX," ANY_PROOF ",x=y", form));
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "user", FIRST, SAYS("c=eSws,r=abcX," ANY_PROOF, binding));
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "user", FIRST, SAYS("c=!,r=abcX," ANY_PROOF, binding));
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "user", FIRST,
	         SAYS("c=biws,r=abc," ANY_PROOF,
	              "malformed: SCRAM's r= must be the nonce of the challenge (RFC 5802 5.1)"));
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "user", FIRST, SAYS("c=biws,r=abcX," ANY_PROOF, WRONG));
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "user", FIRST, LINE("*", "cancelled: the exchange was cancelled"));
	EXCHANGE("SCRAM-SHA-256", "X", "QUJD", "nobody", SAYS("n,,n=nobody,r=abc", "r=abcX,s=QUJD,i=4096"),
	         SAYS("c=biws,r=abcX," ANY_PROOF, WRONG));
}

/* A right proof, and then something else than the empty line; and one that would act for another. */
static void scram_last_line_is_empty(void)
{
	EXCHANGE("SCRAM-SHA-1", "3rfcNHYJY1ZVvWVs7j", "QSXCR+Q6sek8bf92", "user",
	         SAYS("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
	              "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"),
	         SAYS("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
	              "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="),
	         SAYS("x", "malformed: the server's signature (v=) is answered by an empty line (RFC 4422 5)"));
	EXCHANGE("SCRAM-SHA-1", "3rfcNHYJY1ZVvWVs7j", "QSXCR+Q6sek8bf92", "user",
	         SAYS("n,a=tim,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
	              "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"),
	         SAYS("c=bixhPXRpbSw=,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=tRUMgYbAD7fobHcZ5gC0lagWooo=",
	              "wrong: this user may not act as another"));
}

static void unknown_mechanisms(void)
{
	CHECK(sasl_server_new(SLICE("GSSAPI"), "x", secret_of, NULL) == NULL);
	CHECK(sasl_server_new(SLICE("PLAI"), "x", secret_of, NULL) == NULL);
	CHECK(sasl_server_new(SLICE(""), "x", secret_of, NULL) == NULL);
	sasl_server_free(NULL);
}

/* ---- the comparison ---- */

static void secrets_are_compared(void)
{
	CHECK(secret_equal(SLICE("hungry"), SLICE("hungry")));
	CHECK(secret_equal(SLICE(""), (struct slice){ NULL, 0 }));
	CHECK(!secret_equal(SLICE("hungry"), SLICE("hungr")));
	CHECK(!secret_equal(SLICE("hungry"), SLICE("hungrz")));
	CHECK(!secret_equal(SLICE("hungry"), SLICE("hungry\0")));
	CHECK(!secret_equal(SLICE("hungry"), SLICE("")));
}

int main(void)
{
	TEST(rfc_2195_cram_md5);
	TEST(rfc_4616_plain);
	TEST(rfc_5802_scram_sha1);
	TEST(rfc_7677_scram_sha256);
	TEST(our_client_goes_through);
	TEST(challenges_differ);
	TEST(salts_stay);
	TEST(plain_otherwise);
	TEST(login_otherwise);
	TEST(cram_md5_otherwise);
	TEST(scram_first_otherwise);
	TEST(scram_final_otherwise);
	TEST(scram_last_line_is_empty);
	TEST(unknown_mechanisms);
	TEST(secrets_are_compared);
	return test_end();
}
