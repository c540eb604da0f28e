/*
 * Logging in to POP3: USER and PASS, APOP (RFC 1939 7), AUTH (RFC 5034). Whether a name is unknown or a password is wrong is
 * never told, neither by words nor by how long it takes.
 */
#include "lab/pop3_inside.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "protocol/pop3_syntax.h"
#include "protocol/sasl.h"

/* Octets of a line in a SASL exchange: far more than any mechanism here needs. */
#define ANSWER_MAX 16384

#define WRONG "[AUTH] user name or password is wrong"

void pop3_login_forget(struct pop3_visit *post)
{
	free(post->name);
	post->name = NULL;
	sasl_server_free(post->sasl);
	post->sasl = NULL;
	buffer_wipe(&post->answer);
	post->answer_too_long = false;
}

static void fail(struct pop3_visit *post, const char *why)
{
	pop3_login_forget(post);
	visit_say(post->visit, "-ERR %s", why);
}

/* The proof was good: the maildrop is opened. */
static void enter(struct pop3_visit *post, const struct user *user)
{
	struct mailbox *inbox = user ? user_mailbox(user, SLICE("INBOX")) : NULL;
	struct buffer name = { 0 };
	if (inbox == NULL) {
		fail(post, "[SYS/TEMP] the maildrop cannot be opened");
		return;
	}
	if (!maildrop_open(&post->maildrop, inbox, post->utf8)) {
		fail(post, "[IN-USE] another session holds this maildrop");
		return;
	}
	pop3_login_forget(post);
	visit_clean(&name, slice_of(user->name));
	visit_say(post->visit, "+OK " SLICE_FMT "'s maildrop has %zu message%s (%llu octets)",
	          SLICE_ARG(buffer_slice(&name)), post->maildrop.n, post->maildrop.n == 1 ? "" : "s",
	          (unsigned long long)post->maildrop.octets);
	buffer_free(&name);
}

/* Whether the proof fits one of the passwords of that name. All are tried, and of a name that nobody has an empty one, in
 * vain. */
static bool proves(const struct pop3_visit *post, struct slice name,
                   bool (*fits)(const struct pop3_visit *post, struct slice secret, struct slice proof),
                   struct slice proof)
{
	struct store *store = visit_store(post->visit);
	const char *secret = store_secret(store, name, 0);
	bool good = false;
	if (secret == NULL)
		(void)fits(post, SLICE(""), proof);
	for (size_t i = 0; secret; secret = store_secret(store, name, ++i))
		good |= fits(post, slice_of(secret), proof);
	return good;
}

static void enter_or_fail(struct pop3_visit *post, struct slice name, bool good)
{
	if (good)
		enter(post, store_user(visit_store(post->visit), name));
	else
		fail(post, WRONG);
}

/* ---- USER and PASS ---- */

void pop3_user(struct pop3_visit *post, const struct slice *arguments)
{
	free(post->name);
	post->name = slice_string(arguments[0]);
	visit_say(post->visit, "+OK now the password, by PASS");
}

static bool is_password(const struct pop3_visit *post, struct slice secret, struct slice proof)
{
	(void)post;
	return secret_equal(secret, proof);
}

void pop3_pass(struct pop3_visit *post, const struct slice *arguments)
{
	struct slice name = slice_of(post->name);
	if (post->name)
		enter_or_fail(post, name, proves(post, name, is_password, arguments[0]));
	else
		fail(post, "USER must be accepted before PASS");
}

/* ---- APOP ---- */

static bool is_digest(const struct pop3_visit *post, struct slice secret, struct slice proof)
{
	struct buffer wanted = { 0 };
	sasl_apop(&wanted, secret, slice_of(post->timestamp));
	bool good = secret_equal(buffer_slice(&wanted), proof);
	buffer_wipe(&wanted);
	return good;
}

void pop3_apop(struct pop3_visit *post, const struct slice *arguments)
{
	if (pop3_digest(arguments[1])) {
		enter_or_fail(post, arguments[0], proves(post, arguments[0], is_digest, arguments[1]));
		return;
	}
	pop3_login_forget(post);
	pop3_refuse(post, "the digest is 32 hexadecimal digits in lower case", HINT_SYNTAX, "APOP");
}

/* ---- AUTH ---- */

/* Without a mechanism old clients ask so for a list (RFC 5034 has CAPA for it). */
static void list_mechanisms(struct pop3_visit *post)
{
	visit_say(post->visit, "+OK mechanisms follow");
	for (size_t i = 0; sasl_server_mechanism(i); i++)
		visit_say(post->visit, "%s", sasl_server_mechanism(i));
	visit_say(post->visit, ".");
}

/* What the exchange has come to. */
static void turn(struct pop3_visit *post, enum sasl_verdict verdict, struct slice challenge, const char *why)
{
	switch (verdict) {
	case SASL_GO_ON:
		visit_say(post->visit, "+ " SLICE_FMT, SLICE_ARG(challenge));
		break;
	case SASL_GOOD:
		enter(post, store_user(visit_store(post->visit), sasl_server_user(post->sasl)));
		break;
	case SASL_WRONG:
		pop3_login_forget(post);
		visit_say(post->visit, "-ERR [AUTH] %s", why);
		break;
	case SASL_MALFORMED:
	case SASL_CANCELLED:
		fail(post, why);
		break;
	}
}

void pop3_auth(struct pop3_visit *post, const struct slice *arguments)
{
	struct buffer challenge = { 0 };
	const char *why;
	if (arguments[0].n == 0) {
		list_mechanisms(post);
		return;
	}
	post->sasl = sasl_server_new(arguments[0], "localhost", store_secret, visit_store(post->visit));
	if (post->sasl == NULL) {
		fail(post, "this mechanism is not offered: CAPA's line SASL names those that are");
		return;
	}
	enum sasl_verdict verdict = sasl_server_begin(post->sasl, arguments[1].n ? &arguments[1] : NULL, &challenge,
	                                              &why);
	turn(post, verdict, buffer_slice(&challenge), why);
	buffer_free(&challenge);
}

void pop3_answer(struct pop3_visit *post, struct slice piece, bool more)
{
	struct buffer line = { 0 }, challenge = { 0 };
	const char *why = NULL;
	size_t room = ANSWER_MAX - post->answer.n;
	post->answer_too_long |= piece.n > room;
	buffer_add_slice(&post->answer, slice_part(piece, 0, room));
	if (more)
		return;
	if (post->answer_too_long) {
		fail(post, "this line is longer than any mechanism here needs");
		return;
	}
	line = post->answer;
	post->answer = (struct buffer){ 0 };
	enum sasl_verdict verdict = sasl_server_step(post->sasl, buffer_slice(&line), &challenge, &why);
	turn(post, verdict, buffer_slice(&challenge), why);
	buffer_wipe(&line);
	buffer_free(&challenge);
}
