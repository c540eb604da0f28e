/*
 * SASL: the client's lines against the RFCs' own examples, and what each line of an exchange is said to be.
 */
#include "test.h"

#include "base/crypto.h"
#include "base/escape.h"
#include "protocol/sasl.h"

/* ---- lines that are built ---- */

static void plain(void)
{
	struct buffer out = { 0 }, decoded = { 0 };
	sasl_plain(&out, SLICE("tim"), SLICE("tanstaaftanstaaf")); /* RFC 4616 section 4 */
	CHECK(base64_decode(&decoded, buffer_slice(&out)));
	CHECK(slice_equal(buffer_slice(&decoded), SLICE("\0tim\0tanstaaftanstaaf")));
	buffer_free(&out);
	buffer_free(&decoded);
}

static void cram_md5(void)
{
	struct buffer out = { 0 };
	sasl_cram_md5(&out, SLICE("tim"), SLICE("tanstaaftanstaaf"),
	              SLICE("<1896.697170952@postoffice.reston.mci.net>")); /* RFC 2195 section 2 */
	CHECK_TEXT(buffer_slice(&out), "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw");
	buffer_free(&out);
}

static void apop(void)
{
	struct buffer out = { 0 };
	sasl_apop(&out, SLICE("tanstaaf"), SLICE("<1896.697170952@dbc.mtview.ca.us>")); /* RFC 1939 section 7 */
	CHECK_TEXT(buffer_slice(&out), "c4c9334bac560ecc979e58001b3e22fb");
	buffer_free(&out);
}

/* The next step's line, decoded, or the reason why there is none. */
static void step(struct scram *scram, const char *challenge, const char *want)
{
	struct buffer out = { 0 }, decoded = { 0 };
	const char *why = NULL;
	if (sasl_scram(scram, &out, SLICE("user"), SLICE("pencil"), slice_of(challenge), &why))
		CHECK(base64_decode(&decoded, buffer_slice(&out)));
	else
		buffer_add_string(&decoded, why);
	CHECK_TEXT(buffer_slice(&decoded), want);
	buffer_free(&out);
	buffer_free(&decoded);
}

static void scram_sha1(void) /* RFC 5802 section 5 */
{
	struct scram scram = { .nonce = string_copy("fyko+d2lbbFgONRv9qkxdawL") };
	step(&scram, "", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
	step(&scram, "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
	     "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
	step(&scram, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "");
	CHECK(scram.step == 0 && scram.nonce == NULL); /* the next exchange may begin */
	scram_clear(&scram);
}

static void scram_sha256(void) /* RFC 7677 section 3 */
{
	struct scram scram = { .sha256 = true, .nonce = string_copy("rOprNGfwEbeRWgbNEkqO") };
	step(&scram, "", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
	step(&scram, "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	     "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	     "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
	step(&scram, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "");
	CHECK(scram.sha256);
	scram_clear(&scram);
}

static void scram_refuses(void)
{
	static const char form[] =
		"the server's challenge is no SCRAM message `r=NONCE,s=SALT,i=ITERATIONS` (RFC 5802 section 5)";
	struct scram scram = { .nonce = string_copy("abc") };
	step(&scram, "", "n,,n=user,r=abc");
	step(&scram, "", form);
	step(&scram, "r=abcd,s=QSXCR+Q6sek8bf92", form);
	step(&scram, "r=abcd,s=QSXCR+Q6sek8bf92,i=-1", form);
	step(&scram, "m=x,r=abcd,s=QSXCR+Q6sek8bf92,i=1", form); /* an extension that must be understood */
	step(&scram, "r=abc,s=QSXCR+Q6sek8bf92,i=4096",
	     "the server's nonce does not continue ours, so this is no answer to our message (RFC 5802 section 5)");
	step(&scram, "r=xabc,s=QSXCR+Q6sek8bf92,i=4096",
	     "the server's nonce does not continue ours, so this is no answer to our message (RFC 5802 section 5)");
	step(&scram, "r=abcd,s=QSXCR+Q6sek8bf92,i=0",
	     "the server asks for no iteration at all, or for more than 1,000,000");
	step(&scram, "r=abcd,s=QSXCR+Q6sek8bf92,i=18446744073709551615",
	     "the server asks for no iteration at all, or for more than 1,000,000");
	step(&scram, "r=abcd,s=!,i=1", "the server's salt is not base64");
	CHECK(scram.step == 1);
	struct buffer out = { 0 };
	const char *why;
	CHECK(sasl_scram(&scram, &out, SLICE("user"), SLICE("pencil"), SLICE("r=abcd,s=QSXCR+Q6sek8bf92,i=1,x=y"),
	                 &why));
	step(&scram, "e=invalid-proof", "the server refuses (e=), and proves nothing (RFC 5802 section 7)");
	step(&scram, "x=y", "the server's last message is no `v=SIGNATURE`: it does not prove who it is");
	step(&scram, "v=AAAA",
	     "the server's signature is wrong: it has no key made from this password, and may be an impostor");
	buffer_free(&out);
	scram_clear(&scram);
}

static void scram_names_and_nonces(void)
{
	struct scram a = { 0 }, b = { 0 };
	struct buffer out = { 0 }, decoded = { 0 };
	const char *why;
	CHECK(sasl_scram(&a, &out, SLICE("a=b,c"), SLICE("x"), SLICE(""), &why));
	CHECK(base64_decode(&decoded, buffer_slice(&out)));
	CHECK(slice_starts(buffer_slice(&decoded), SLICE("n,,n=a=3Db=2Cc,r=")));
	CHECK(sasl_scram(&b, &out, SLICE("a"), SLICE("x"), SLICE(""), &why));
	CHECK(strlen(a.nonce) == 24 && strcmp(a.nonce, b.nonce) != 0 && strchr(a.nonce, ',') == NULL);
	buffer_free(&out);
	buffer_free(&decoded);
	scram_clear(&a);
	scram_clear(&b);
}

/* ---- exchanges that are gone through ---- */

/* A challenge, and what the client says to it, decoded; or, in `why`, why it says nothing. `built` is something that is
 * said of it. */
struct turn {
	const char *challenge;
	const char *said, *built, *why;
};

static void turn(struct sasl_login *login, const struct turn *turn)
{
	struct sasl_step step;
	struct buffer said = { 0 };
	bool good = sasl_login_step(login, slice_of(turn->challenge), &step);
	struct slice built = buffer_slice(&step.built), secret = buffer_slice(&login->secret);
	CHECK(good == (turn->why == NULL));
	if (turn->why)
		CHECK_TEXT(slice_of(step.why), turn->why);
	if (good) {
		CHECK(base64_decode(&said, buffer_slice(&step.line)));
		CHECK_TEXT(buffer_slice(&said), turn->said);
		CHECK(slice_find(built, slice_of(turn->built)) < built.n && built.p[built.n - 1] == '\n');
		CHECK(login->show || slice_find(built, secret) == built.n);
		const char *proof = strstr(turn->said, ",p=");
		CHECK(login->show || proof == NULL || slice_find(built, slice_of(proof)) == built.n);
	}
	buffer_free(&said);
	sasl_step_free(&step);
}

static void through(const char *mechanism, const char *user, const char *secret, const char *nonce,
                    const struct turn *turns, size_t n)
{
	for (int show = 0; show < 2; show++) {
		struct sasl_login login;
		sasl_login_begin(&login, sasl_way_named(slice_of(mechanism)), slice_of(user), slice_of(secret));
		login.show = show;
		login.scram.nonce = string_copy(nonce);
		login.host = string_copy("server.example.com");
		login.port = 143;
		for (size_t i = 0; i < n; i++)
			turn(&login, &turns[i]);
		sasl_login_clear(&login);
	}
}

#define THROUGH(mechanism, user, secret, nonce, ...) \
	do { \
		static const struct turn turns_[] = { __VA_ARGS__ }; \
		through(mechanism, user, secret, nonce, turns_, sizeof turns_ / sizeof turns_[0]); \
	} while (0)

static void goes_through_login(void)
{
	THROUGH("login", "bob", "hungry", NULL, { "Username:", "bob", "asks “Username:”. The answer is bob", NULL },
	        { "Password:", "hungry", "hides nothing", NULL },
	        { "Shoe size:", NULL, NULL, "LOGIN asks for a name and a password, and the server asks for more" });
	/* prompts in other words are counted; one that ends in NUL is shown without it */
	THROUGH("LOGIN", "bob", "hungry", NULL, { "Wer da?", "bob", "Wer da?", NULL },
	        { "Und?", "hungry", "Und?", NULL });
	THROUGH("LOGIN", "", "hungry", NULL, { "Password:", "hungry", "asks “Password:”", NULL });
	THROUGH("LOGIN", "bob", "hungry", NULL, { "Username:", "bob", "bob", NULL },
	        { "Username:", NULL, NULL, "LOGIN asks for a name and a password, and the server asks for more" });
	THROUGH("LOGIN", "", "hungry", NULL,
	        { "Username:", NULL, NULL, "the user name is asked for, and none was given" });
}

static void goes_through_cram_md5(void) /* RFC 2195 section 2 */
{
	THROUGH("CRAM-MD5", "tim", "tanstaaftanstaaf", NULL,
	        { "", NULL, NULL, "the server sent no challenge to answer (RFC 2195 section 2)" },
	        { "<1896.697170952@postoffice.reston.mci.net>", "tim b913a602c7eda7a495b4e6e7334d3890",
	          "The challenge is <1896.697170952@postoffice.reston.mci.net>", NULL },
	        { "<1@x>", NULL, NULL,
	          "CRAM-MD5 has one challenge, and the server sends another (RFC 2195 section 2)" });
}

static void goes_through_scram(void) /* RFC 5802 section 5, RFC 7677 section 3 */
{
	THROUGH("SCRAM-SHA-1", "user", "pencil", "fyko+d2lbbFgONRv9qkxdawL",
	        { "", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", "n=user is the name", NULL },
	        { "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
	          "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
	          "PBKDF2 by HMAC-SHA-1", NULL },
	        { "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "", "it has a key made from the password of user", NULL },
	        { "", NULL, NULL, "the exchange is over, and the server asks for more" });
	THROUGH("SCRAM-SHA-256", "user", "pencil", "rOprNGfwEbeRWgbNEkqO",
	        { "", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO", "r=rOprNGfwEbeRWgbNEkqO is the nonce", NULL },
	        { "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", NULL, NULL,
	          "the server's nonce does not continue ours, so this is no answer to our message (RFC 5802 section 5)" },
	        { "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	          "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	          "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	          "StoredKey = SHA-256(ClientKey)", NULL },
	        { "v=AAAA", NULL, NULL,
	          "the server's signature is wrong: it has no key made from this password, and may be an impostor" },
	        { "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "", "The answer is an empty line", NULL });
	THROUGH("SCRAM-SHA-1", "user", "pencil", NULL,
	        { "r=abc,s=QSXCR+Q6sek8bf92,i=1", NULL, NULL,
	          "the first message was not parlance's, so it does not know the nonce" });
}

static void goes_through_tokens(void)
{
	/* RFC 7628 section 4.1 */
	THROUGH("OAUTHBEARER", "user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", NULL,
	        { "",
	          "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
	          "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01",
	          "^Ahost=server.example.com^Aport=143^Aauth=Bearer ", NULL },
	        { "{\"status\":\"invalid_token\"}", "\x01", "octet of value 1", NULL },
	        { "", NULL, NULL, "the token was refused, and the server asks for more" });
	THROUGH("OAUTHBEARER", "a,b=c", "hungry", NULL,
	        { "",
	          "n,a=a=2Cb=3Dc,\x01host=server.example.com\x01port=143\x01"
	          "auth=Bearer hungry\x01\x01",
	          "n,a=a=2Cb=3Dc,^A", NULL });
	/* Google's own example */
	THROUGH("xoauth2", "someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg", NULL,
	        { "",
	          "user=someuser@example.com\x01"
	          "auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01",
	          "user=someuser@example.com^Aauth=Bearer ", NULL },
	        { "{\"status\":\"401\"}", "", "an empty line", NULL });
}

static void goes_through_plain(void) /* RFC 4616 section 4 */
{
	struct sasl_login login;
	struct sasl_step step;
	sasl_login_begin(&login, sasl_way_named(SLICE("plain")), SLICE("t\x1Bim"), SLICE("tanstaaftanstaaf"));
	CHECK(sasl_login_step(&login, SLICE(""), &step));
	struct buffer decoded_line = { 0 };
	CHECK(base64_decode(&decoded_line, buffer_slice(&step.line)));
	CHECK(slice_equal(buffer_slice(&decoded_line), SLICE("\0t\x1Bim\0tanstaaftanstaaf")));
	CHECK_TEXT(buffer_slice(&step.built),
	           "PLAIN is one line: NUL (an octet of value 0), the user name, NUL, the password (RFC 4616 2).\n"
	           "NUL t\\x1Bim NUL {{password}}, without the spaces, in base64, which hides nothing.\n");
	sasl_step_free(&step);
	CHECK(!sasl_login_step(&login, SLICE(""), &step));
	CHECK_TEXT(slice_of(step.why), "PLAIN is one line, and the server asks for another (RFC 4616 section 2)");
	sasl_step_free(&step);
	sasl_login_clear(&login);
	buffer_free(&decoded_line);
}

/* What a client goes through is what the reader of lines knows: it masks each line as one of its own. */
static void ways_are_read_too(void)
{
	for (size_t i = 0; sasl_way_at(i); i++) {
		const struct sasl_way *way = sasl_way_at(i);
		struct sasl_login login;
		struct sasl_step step;
		struct sasl sasl = { 0 };
		struct sasl_line line = { 0 };
		sasl_login_begin(&login, way, SLICE("bob"), SLICE("hungry"));
		const char *challenge = way->speaks_first ? "" : "<1@x>";
		CHECK(sasl_login_step(&login, slice_of(challenge), &step));
		sasl_begin(&sasl, slice_of(way->name));
		sasl_client(&sasl, buffer_slice(&step.line), &line);
		CHECK(line.ok && line.mask.n && !slice_equal(buffer_slice(&line.mask), SLICE("{{secret}}")));
		CHECK(sasl_way_named(slice_of(way->name)) == way && *way->ref && *way->secret);
		sasl_line_free(&line);
		sasl_clear(&sasl);
		sasl_step_free(&step);
		sasl_login_clear(&login);
	}
	CHECK(sasl_way_named(SLICE("GSSAPI")) == NULL && sasl_way_named(SLICE("")) == NULL);
}

/* ---- lines that are read ---- */

/* One exchange: what is said, decoded, and what is checked of it. */
struct row {
	char side; /* 'C', 'S'; 'c' and 's': as it stands, not to be encoded */
	struct slice said;
	const char *mask; /* of the client's */
	const char *note; /* something that the note says */
};

#define SAID(text) \
	{ \
		(text), sizeof(text) - 1 \
	}

static void exchange(const char *mechanism, const struct row *rows, size_t n)
{
	struct sasl sasl = { 0 };
	sasl_begin(&sasl, slice_of(mechanism));
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &rows[i];
		struct buffer text = { 0 };
		struct sasl_line line = { 0 };
		bool encoded = row->side == 'C' || row->side == 'S';
		if (encoded)
			base64_encode(&text, row->said);
		else
			buffer_add_slice(&text, row->said);
		if (row->side == 'S' || row->side == 's')
			sasl_server(&sasl, buffer_slice(&text), &line);
		else
			sasl_client(&sasl, buffer_slice(&text), &line);
		struct slice note = buffer_slice(&line.note);
		bool noted = slice_find(note, slice_of(row->note)) < note.n;
		if (!noted)
			printf("# %s: " SLICE_FMT "\n", mechanism, SLICE_ARG(note));
		CHECK(noted && note.p[note.n - 1] == '.' && text_safe(note, false));
		CHECK(line.ref != NULL && *line.ref);
		CHECK_TEXT(buffer_slice(&line.mask), row->mask ? row->mask : "");
		CHECK(!encoded || (line.ok && slice_equal(buffer_slice(&line.decoded), row->said)));
		/* notes are for everybody */
		CHECK(slice_find(note, SLICE("hungry")) == note.n);
		sasl_line_free(&line);
		buffer_free(&text);
	}
	sasl_clear(&sasl);
}

#define EXCHANGE(mechanism, ...) \
	do { \
		static const struct row rows_[] = { __VA_ARGS__ }; \
		exchange(mechanism, rows_, sizeof rows_ / sizeof rows_[0]); \
	} while (0)

static void reads_plain(void)
{
	EXCHANGE("plain", { 'S', SAID(""), NULL, "waits" },
	         { 'C', SAID("\0bob\0hungry"), "{{plain bob {{password}}}}",
	           "the user name bob, NUL, and the password" });
	EXCHANGE("PLAIN", { 'C', SAID("\0a b\0hungry"), "{{plain {{user}} {{password}}}}", "a b" });
	EXCHANGE("PLAIN", { 'C', SAID("\0a{b\0hungry"), "{{plain {{user}} {{password}}}}", "a{b" });
	EXCHANGE("PLAIN", { 'C', SAID("\0a\"b\0hungry"), "{{plain {{user}} {{password}}}}", "a\"b" });
	EXCHANGE("PLAIN", { 'C',
	                    SAID("\0a\x1B"
	                         "b\0hungry"),
	                    "{{plain {{user}} {{password}}}}", "a\\x1Bb" });
	EXCHANGE("PLAIN", { 'C', SAID("\0\0hungry"), "{{plain {{user}} {{password}}}}", "user name" });
	EXCHANGE("PLAIN", { 'C', SAID("hungry"), "{{secret}}", "Not PLAIN's form" });
	EXCHANGE("PLAIN", { 'C', SAID("bob\0hungry"), "{{secret}}", "Not PLAIN's form" });
	EXCHANGE("PLAIN", { 'C', SAID("\0bob\0hungry\0x"), "{{secret}}", "Not PLAIN's form" });
	EXCHANGE("PLAIN", { 'c', SAID("hungry"), "{{secret}}", "Not base64" });
	EXCHANGE("PLAIN", { 's', SAID("hungry"), NULL, "Not base64" });
}

/* An authorization identity is kept: the mask holds NUL octets, which an exact line spells out. */
static void reads_plain_for_another(void)
{
	struct sasl sasl = { 0 };
	struct sasl_line line = { 0 };
	struct buffer text = { 0 };
	sasl_begin(&sasl, SLICE("PLAIN"));
	base64_encode(&text, SLICE("root\0bob\0hungry"));
	sasl_client(&sasl, buffer_slice(&text), &line);
	CHECK(slice_equal(buffer_slice(&line.mask), SLICE("{{base64 root\0bob\0{{password}}}}")));
	sasl_line_free(&line);
	sasl_clear(&sasl);
	buffer_free(&text);
}

static void reads_login(void)
{
	EXCHANGE("LOGIN", { 'S', SAID("Username:"), NULL, "answers with the user name" },
	         { 'C', SAID("bob"), "{{base64 bob}}", "bob" },
	         { 'S', SAID("Password:"), NULL, "answers with the password" },
	         { 'C', SAID("hungry"), "{{base64 {{password}}}}", "The password" });
	/* the user name as initial response; other spellings; a name with a space */
	EXCHANGE("LOGIN", { 'C', SAID("a b"), "{{base64 a b}}", "a b" },
	         { 'S', SAID("Password\0"), NULL, "answers with the password" },
	         { 'C', SAID("hungry"), "{{base64 {{password}}}}", "The password" });
	EXCHANGE("LOGIN", { 'S', SAID("User Name\0"), NULL, "answers with the user name" },
	         { 'C', SAID("a}}b"), "{{base64 {{user}}}}", "a}}b" });
	EXCHANGE("LOGIN", { 's', SAID("VXN1cm5hbWU6"), NULL, "“Usurname:”, which is not the usual" });
	/* whatever the second prompt says, what answers it may be the password */
	EXCHANGE("LOGIN", { 'C', SAID("bob"), "{{base64 bob}}", "bob" }, { 'S', SAID("Username:"), NULL, "user name" },
	         { 'C', SAID("hungry"), "{{base64 {{password}}}}", "The password" });
	EXCHANGE("LOGIN", { 'S', SAID("Your PASSphrase?"), NULL, "not the usual" },
	         { 'C', SAID("hungry"), "{{base64 {{password}}}}", "The password" });
}

static void reads_cram_md5(void)
{
	EXCHANGE("CRAM-MD5", { 'S', SAID("<1896.697170952@postoffice.reston.mci.net>"), NULL, "HMAC-MD5" },
	         { 'C', SAID("tim b913a602c7eda7a495b4e6e7334d3890"), "{{cram-md5 tim {{password}}}}", "tim" });
	EXCHANGE("CRAM-MD5", { 'S', SAID("hello"), NULL, "not in CRAM-MD5's form" },
	         { 'C', SAID("t m b913a602c7eda7a495b4e6e7334d3890"), "{{cram-md5 {{user}} {{password}}}}", "t m" });
	EXCHANGE("CRAM-MD5", { 'C', SAID("tim hungry"), "{{secret}}", "Not CRAM-MD5's form" });
}

static void reads_scram(void)
{
	EXCHANGE("SCRAM-SHA-1", { 'S', SAID(""), NULL, "waits" },
	         { 'C', SAID("n,,n=user,r=fyko"), "{{scram user {{password}}}}", "The user name user" },
	         { 'S', SAID("r=fyko3rfc,s=QSXCR+Q6sek8bf92,i=4096"), NULL, "4096 times (i)." },
	         { 'C', SAID("c=biws,r=fyko3rfc,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="), "{{scram user {{password}}}}",
	           "proof" },
	         { 'S', SAID("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), NULL, "has a key made from the password" },
	         { 'c', SAID(""), NULL, "empty" });
	EXCHANGE("scram-sha-256", { 'C', SAID("y,,n=a=2Cb=3Dc,r=x"), "{{scram a,b=c {{password}}}}", "a,b=c" },
	         { 'S', SAID("r=xy,s=QSXCR+Q6sek8bf92,i=100"), NULL, "100 times (i), fewer than the 4096" },
	         { 'C', SAID("c=eSws,r=xy,p=AAAA"), "{{scram a,b=c {{password}}}}", "proof" },
	         { 'S', SAID("e=invalid-proof"), NULL, "refuses: invalid-proof" });
	/* what {{scram}} could not say again */
	EXCHANGE("SCRAM-SHA-256-PLUS", { 'C', SAID("p=tls-exporter,,n=bob,r=x"), "{{secret}}", "bob" },
	         { 'C', SAID("c=cD10bHMtZXhwb3J0ZXIsLA==,r=xy,p=AAAA"), "{{secret}}", "proof" });
	EXCHANGE("SCRAM-SHA-1", { 'C', SAID("n,a=root,n=bob,r=x"), "{{secret}}", "bob" });
	EXCHANGE("SCRAM-SHA-1", { 'C', SAID("hungry"), "{{secret}}", "Not SCRAM's first message" },
	         { 'S', SAID("what"), NULL, "Not a message of SCRAM's server" },
	         { 'C', SAID("hungry"), "{{secret}}", "Not SCRAM's final message" });
}

static void reads_tokens(void)
{
	EXCHANGE("XOAUTH2",
	         { 'C',
	           SAID("user=bob@x.org\x01"
	                "auth=Bearer hungry\x01\x01"),
	           "{{base64 user=bob@x.org\x01"
	           "auth=Bearer {{token}}\x01\x01}}",
	           "access token" },
	         { 'S', SAID("{\"status\":\"401\"}"), NULL, "refused" }, { 'c', SAID(""), NULL, "empty" });
	EXCHANGE("OAUTHBEARER",
	         { 'C',
	           SAID("n,a=bob@x.org,\x01host=h\x01"
	                "auth=Bearer hungry\x01\x01"),
	           "{{base64 n,a=bob@x.org,\x01host=h\x01"
	           "auth=Bearer {{token}}\x01\x01}}",
	           "access token" },
	         { 'S', SAID("{\"status\":\"invalid_token\"}"), NULL, "AQ==" },
	         { 'C', SAID("\x01"), "{{secret}}", "ends" });
	EXCHANGE("XOAUTH2", { 'C', SAID("hungry"), "{{secret}}", "No `auth=Bearer TOKEN`" });
	EXCHANGE("XOAUTH2", { 'C',
	                      SAID("user=a}}b\x01"
	                           "auth=Bearer hungry\x01\x01"),
	                      "{{secret}}", "access token" });
}

static void reads_the_rest(void)
{
	EXCHANGE("EXTERNAL", { 'c', SAID("="), NULL, "initial response that is empty" });
	EXCHANGE("EXTERNAL", { 'S', SAID(""), NULL, "waits" }, { 'C', SAID("bob"), "{{base64 bob}}", "act as bob" });
	EXCHANGE("ANONYMOUS", { 'C', SAID("sirhc"), "{{base64 sirhc}}", "sirhc" });
	EXCHANGE("DIGEST-MD5", { 'S', SAID("realm=\"x\",nonce=\"y\""), NULL, "RFC 6331" },
	         { 'C', SAID("username=\"bob\",response=hungry"), "{{secret}}", "obsolete" },
	         { 'S', SAID("rspauth=ea40"), NULL, "rspauth" }, { 'c', SAID(""), NULL, "empty" });
	EXCHANGE("GSSAPI", { 'S', SAID("\x60\x00"), NULL, "GSSAPI" }, { 'C', SAID("hungry"), "{{secret}}", "GSSAPI" });
	EXCHANGE("\x1B[2J", { 'C', SAID("x"), "{{secret}}", "\\x1B[2J" });
	EXCHANGE("PLAIN", { 'c', SAID("*"), NULL, "cancels" });
	EXCHANGE("LOGIN", { 'S', SAID("Username:"), NULL, "user name" }, { 'c', SAID("*"), NULL, "cancels" });
	/* a record that is read again */
	EXCHANGE("PLAIN", { 'c', SAID("{{plain bob {{password}}}}"), "{{plain bob {{password}}}}", "Masked" });
	/* = means that only first */
	EXCHANGE("LOGIN", { 'C', SAID("bob"), "{{base64 bob}}", "bob" },
	         { 'c', SAID("="), "{{secret}}", "Not base64" });
}

static void one_step(void)
{
	CHECK(sasl_one_step(SLICE("plain")) && sasl_one_step(SLICE("EXTERNAL")) && sasl_one_step(SLICE("XOAUTH2")));
	CHECK(!sasl_one_step(SLICE("LOGIN")) && !sasl_one_step(SLICE("SCRAM-SHA-1")) && !sasl_one_step(SLICE("X")));
}

/* Nothing that a line may hold makes it fall, and no note holds what it must not. */
static void any_octets(void)
{
	static const char *const names[] = { "PLAIN",   "LOGIN",       "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS",
		                             "XOAUTH2", "OAUTHBEARER", "EXTERNAL", "ANONYMOUS",   "DIGEST-MD5",
		                             "X" };
	static const char *const scraps[] = { "n=",           "r=",    "i=",   ",", "c=", "p=", "=",
		                              "auth=Bearer ", "user=", "\x01", "<", ">",  " ",  "\x1B",
		                              "{{",           "}}",    "\xFF", "a", "*" };
	uint32_t seed = 7;
	for (unsigned i = 0; i < 40000; i++) {
		struct sasl sasl = { 0 };
		sasl_begin(&sasl, slice_of(names[i % 11]));
		for (unsigned k = 0; k < 3; k++) {
			struct buffer plain_text = { 0 }, text = { 0 };
			struct sasl_line line = { 0 };
			for (unsigned m = 0; m < 5; m++) {
				seed = seed * 1664525U + 1013904223U;
				if (seed >> 31)
					buffer_add_octet(&plain_text, '\0');
				buffer_add_string(&plain_text, scraps[(seed >> 16) % 19]);
			}
			if (seed >> 30 & 1)
				base64_encode(&text, buffer_slice(&plain_text));
			else
				buffer_add_slice(&text, buffer_slice(&plain_text));
			if (seed >> 29 & 1)
				sasl_server(&sasl, buffer_slice(&text), &line);
			else
				sasl_client(&sasl, buffer_slice(&text), &line);
			CHECK(text_safe(buffer_slice(&line.note), false) && line.note.n);
			sasl_line_free(&line);
			buffer_free(&plain_text);
			buffer_free(&text);
		}
		sasl_clear(&sasl);
	}
}

/* Whatever a server asks, what is told of the answer is safe to show and does not hold the secret. */
static void any_challenges(void)
{
	static const char *const scraps[] = { "r=",      "abcd", "s=QSXCR+Q6sek8bf92",
		                              "i=1",     ",",    "v=",
		                              "e=",      "x",    "\n",
		                              "\x1B[2J", "\xFF", "User",
		                              "pass",    "\x01", "{\"" };
	uint32_t seed = 11;
	size_t said = 0, refused = 0;
	for (unsigned i = 0; i < 7000; i++) {
		struct sasl_login login;
		sasl_login_begin(&login, sasl_way_at(i % 7), SLICE("b\x1Bob\n"), SLICE("hungry"));
		login.scram.nonce = string_copy("abc");
		for (unsigned k = 0; k < 4; k++) {
			struct buffer challenge = { 0 };
			struct sasl_step step;
			for (unsigned m = 0; m < 6 && (k || i % 2); m++) {
				seed = seed * 1664525U + 1013904223U;
				buffer_add_string(&challenge,
				                  scraps[(seed >> 16) % (sizeof scraps / sizeof scraps[0])]);
			}
			bool good = sasl_login_step(&login, buffer_slice(&challenge), &step);
			struct slice rest = buffer_slice(&step.built);
			CHECK(good ? rest.n > 0 : step.why && step.line.n == 0);
			CHECK(slice_find(rest, SLICE("hungry")) == rest.n);
			for (struct slice row = slice_line(&rest); row.n; row = slice_line(&rest))
				CHECK(row.p[row.n - 1] == '\n' && text_safe(slice_part(row, 0, row.n - 1), false));
			said += good;
			refused += !good;
			sasl_step_free(&step);
			buffer_free(&challenge);
		}
		sasl_login_clear(&login);
	}
	CHECK(said > 1000 && refused > 1000);
}

int main(void)
{
	TEST(plain);
	TEST(cram_md5);
	TEST(apop);
	TEST(scram_sha1);
	TEST(scram_sha256);
	TEST(scram_refuses);
	TEST(scram_names_and_nonces);
	TEST(goes_through_plain);
	TEST(goes_through_login);
	TEST(goes_through_cram_md5);
	TEST(goes_through_scram);
	TEST(goes_through_tokens);
	TEST(ways_are_read_too);
	TEST(reads_plain);
	TEST(reads_plain_for_another);
	TEST(reads_login);
	TEST(reads_cram_md5);
	TEST(reads_scram);
	TEST(reads_tokens);
	TEST(reads_the_rest);
	TEST(one_step);
	TEST(any_octets);
	TEST(any_challenges);
	return test_end();
}
