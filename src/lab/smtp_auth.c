/*
 * AUTH (RFC 4954): the exchange is SASL's, its lines go by here.
 */
#include "lab/smtp_inside.h"

void smtp_auth_clear(struct smtp_guest *guest)
{
	sasl_server_free(guest->sasl);
	guest->sasl = NULL;
	buffer_wipe(&guest->answer);
	guest->answer_too_long = false;
}

/* ---- how a step goes on ---- */

static void succeeded(struct smtp_guest *guest)
{
	guest->user = store_user(visit_store(guest->visit), sasl_server_user(guest->sasl));
	if (guest->user)
		smtp_say(guest, "235 2.7.0", "You are logged in");
	else
		smtp_refuse(guest, "535 5.7.8", NULL, "No such user");
}

static void stepped(struct smtp_guest *guest, enum sasl_verdict verdict, const struct buffer *challenge,
                    const char *why)
{
	switch (verdict) {
	case SASL_GO_ON: /* the space stands there even where nothing follows (RFC 4954 4) */
		smtp_say(guest, "334", SLICE_FMT, SLICE_ARG(buffer_slice(challenge)));
		return;
	case SASL_GOOD:
		succeeded(guest);
		break;
	case SASL_WRONG:
		smtp_refuse(guest, "535 5.7.8", why, "Name or password is wrong");
		break;
	case SASL_MALFORMED:
		smtp_refuse(guest, "501 5.5.2", why, "That is no answer of this mechanism, or no base64");
		break;
	case SASL_CANCELLED:
		smtp_say(guest, "501 5.7.0", "Cancelled, as you wish");
		break;
	}
	smtp_auth_clear(guest);
}

/* ---- the command ---- */

static bool may_begin(struct smtp_guest *guest)
{
	if (guest->name == NULL)
		smtp_refuse(guest, "503 5.5.1", "its answer lists the mechanisms", "Say hello first");
	else if (guest->user)
		smtp_refuse(guest, "503 5.5.1", "AUTH comes once (RFC 4954 4)", "You are logged in already");
	else if (guest->envelope.begun)
		smtp_refuse(guest, "503 5.5.1", "RFC 4954 4", "Not while a message is under way");
	else
		return true;
	return false;
}

void smtp_auth(struct smtp_guest *guest, struct slice arguments)
{
	struct slice mechanism = slice_word(&arguments), initial = slice_word(&arguments);
	struct buffer challenge = { 0 };
	const char *why = NULL;
	if (!may_begin(guest))
		return;
	if (mechanism.n == 0 || slice_trim(arguments).n) {
		smtp_syntax(guest, "501 5.5.4", "Syntax: AUTH mechanism [initial-response]");
		return;
	}
	guest->sasl = sasl_server_new(mechanism, guest->host, store_secret, visit_store(guest->visit));
	if (guest->sasl == NULL) {
		smtp_refuse(guest, "504 5.5.4", "the answer to EHLO lists those that are",
		            "That mechanism is not known here");
		return;
	}
	enum sasl_verdict verdict = sasl_server_begin(guest->sasl, initial.n ? &initial : NULL, &challenge, &why);
	stepped(guest, verdict, &challenge, why);
	buffer_wipe(&challenge);
}

void smtp_answer(struct smtp_guest *guest, const struct dialogue_event *event)
{
	struct buffer challenge = { 0 };
	const char *why = NULL;
	guest->answer_too_long = guest->answer_too_long || guest->answer.n + event->text.n > SMTP_LINE_MAX;
	if (!guest->answer_too_long)
		buffer_add_slice(&guest->answer, event->text);
	if (event->more || event->line_end.n == 0) /* the rest comes, or nothing more */
		return;
	if (guest->answer_too_long) {
		smtp_auth_clear(guest);
		smtp_say(guest, "500 5.5.6", "Line too long: %d octets at most", SMTP_LINE_MAX);
		return;
	}
	enum sasl_verdict verdict = sasl_server_step(guest->sasl, buffer_slice(&guest->answer), &challenge, &why);
	buffer_wipe(&guest->answer);
	stepped(guest, verdict, &challenge, why);
	buffer_wipe(&challenge);
}
