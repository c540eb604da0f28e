/*
 * IMAP before and around mailboxes: CAPABILITY, NOOP, LOGOUT, ID, STARTTLS, LOGIN and AUTHENTICATE, ENABLE, NAMESPACE.
 */
#include <stdlib.h>

#include "lab/imap_visit.h"

/* Pairs that ID may hold, and octets of each name and value (RFC 2971 3.3). */
#define ID_PAIRS_MAX 30
#define ID_NAME_MAX 30
#define ID_VALUE_MAX 1024

/* ---- what is announced ---- */

/* STARTTLS and AUTH= are of use before the login alone. */
static void before_login(const struct imap_visit *v, struct buffer *out)
{
	const char *mechanism;
	if (!visit_secure(v->visit) && visit_tls(v->visit))
		buffer_add_string(out, " STARTTLS");
	for (size_t i = 0; (mechanism = sasl_server_mechanism(i)); i++)
		buffer_printf(out, " AUTH=%s", mechanism);
}

void imap_capabilities(const struct imap_visit *v, struct buffer *out)
{
	buffer_add_string(out, "IMAP4rev1 LITERAL+ SASL-IR ID ENABLE");
	if (v->user == NULL)
		before_login(v, out);
	buffer_printf(out,
	              " IDLE NAMESPACE CHILDREN UNSELECT UIDPLUS MOVE ESEARCH SPECIAL-USE CREATE-SPECIAL-USE "
	              "LIST-EXTENDED LIST-STATUS STATUS=SIZE MULTIAPPEND APPENDLIMIT=%zu",
	              MESSAGE_MAX);
}

static bool no_arguments(struct imap_visit *v)
{
	if (v->command.tree.n == 0)
		return true;
	imap_bad(v, "nothing stands behind this command's name");
	return false;
}

void imap_do_capability(struct imap_visit *v)
{
	if (!no_arguments(v))
		return;
	buffer_add_string(&v->out, "* CAPABILITY ");
	imap_capabilities(v, &v->out);
	buffer_add_string(&v->out, "\r\n");
	imap_completed(v);
}

void imap_do_noop(struct imap_visit *v)
{
	if (no_arguments(v))
		imap_completed(v);
}

void imap_do_check(struct imap_visit *v)
{
	imap_do_noop(v);
}

void imap_do_logout(struct imap_visit *v)
{
	if (!no_arguments(v))
		return;
	imap_view_close(&v->view);
	buffer_add_string(&v->out, "* BYE The lab says goodbye\r\n");
	imap_completed(v);
	v->leaving = true;
}

void imap_do_namespace(struct imap_visit *v)
{
	if (!no_arguments(v))
		return;
	buffer_add_string(&v->out, "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
	imap_completed(v);
}

/* Nothing that is offered here has to be switched on; what is not offered is passed over (RFC 5161 3.1). */
void imap_do_enable(struct imap_visit *v)
{
	const struct imap_node *word = imap_argument(v, 0);
	for (size_t i = 0; word; word = imap_argument(v, ++i)) {
		if (word->kind != IMAP_ATOM || !imap_atom_ok(word->content)) {
			imap_bad(v, "ENABLE takes names of capabilities");
			return;
		}
	}
	if (v->command.tree.n == 0) {
		imap_bad(v, "ENABLE takes the names of capabilities, one at least");
		return;
	}
	buffer_add_string(&v->out, "* ENABLED\r\n");
	imap_completed(v);
}

/* ---- ID (RFC 2971) ---- */

static bool id_string_ok(const struct imap_node *node, bool may_be_nil, size_t most)
{
	if (may_be_nil && imap_node_is(node, SLICE("NIL")))
		return true;
	return (node->kind == IMAP_QUOTED || node->kind == IMAP_LITERAL) && node->whole && node->content.n <= most;
}

static bool id_ok(const struct imap_visit *v)
{
	const struct imap_tree *tree = &v->command.tree;
	size_t n = 0;
	if (imap_argument_count(v) != 1)
		return false;
	if (tree->nodes[0].kind != IMAP_LIST)
		return imap_node_is(&tree->nodes[0], SLICE("NIL"));
	for (size_t at = 1; at < tree->n; at = tree->nodes[at].end, n++)
		if (!id_string_ok(&tree->nodes[at], n % 2 == 1, n % 2 ? ID_VALUE_MAX : ID_NAME_MAX))
			return false;
	return n % 2 == 0 && n / 2 <= ID_PAIRS_MAX;
}

void imap_do_id(struct imap_visit *v)
{
	if (!id_ok(v)) {
		imap_bad(v, "ID takes NIL, or a list of at most 30 names and values: (\"name\" \"parlance\")");
		return;
	}
	buffer_add_string(&v->out, "* ID (\"name\" \"parlance lab\")\r\n");
	imap_completed(v);
}

/* ---- TLS ---- */

void imap_do_starttls(struct imap_visit *v)
{
	if (!no_arguments(v))
		return;
	if (visit_secure(v->visit))
		imap_bad(v, "TLS has begun already");
	else if (visit_tls(v->visit) == NULL)
		imap_bad(v, "TLS is not offered here");
	else
		imap_ok(v, "Begin TLS now");
}

/* ---- logging in ---- */

static void logged_in(struct imap_visit *v, struct user *user)
{
	struct buffer capabilities = { 0 };
	v->user = user;
	imap_capabilities(v, &capabilities);
	imap_ok(v, "[CAPABILITY " SLICE_FMT "] %s completed", SLICE_ARG(buffer_slice(&capabilities)), v->row->verb);
	buffer_free(&capabilities);
}

static void refused(struct imap_visit *v)
{
	imap_no(v, "[AUTHENTICATIONFAILED] User or password is wrong");
}

void imap_do_login(struct imap_visit *v)
{
	struct buffer name = { 0 }, password = { 0 };
	if (imap_argument_count(v) != 2 || !imap_node_astring(imap_argument(v, 0), false, &name) ||
	    !imap_node_astring(imap_argument(v, 1), false, &password)) {
		imap_bad(v, "LOGIN takes a user's name and a password");
	} else {
		struct user *user = store_user(visit_store(v->visit), buffer_slice(&name));
		if (user && user_password(user, buffer_slice(&password)))
			logged_in(v, user);
		else
			refused(v);
	}
	buffer_free(&name);
	buffer_wipe(&password);
}

/* ---- SASL ---- */

/* What the mechanism says to the client's last line. */
static void step_done(struct imap_visit *v, enum sasl_verdict verdict, const struct buffer *challenge, const char *why)
{
	struct user *user = NULL;
	switch (verdict) {
	case SASL_GO_ON:
		buffer_printf(&v->out, "+ " SLICE_FMT "\r\n", SLICE_ARG(buffer_slice(challenge)));
		return;
	case SASL_GOOD:
		user = store_user(visit_store(v->visit), sasl_server_user(v->sasl));
		if (user)
			logged_in(v, user);
		else
			refused(v);
		break;
	case SASL_WRONG:
		refused(v);
		break;
	case SASL_MALFORMED:
		imap_bad(v, why ? why : "that is no line of this mechanism");
		break;
	case SASL_CANCELLED:
		imap_bad(v, "the exchange was cancelled");
		break;
	}
	sasl_server_free(v->sasl);
	v->sasl = NULL;
}

void imap_answer(struct imap_visit *v, struct slice line)
{
	struct buffer challenge = { 0 };
	const char *why = NULL;
	step_done(v, sasl_server_step(v->sasl, line, &challenge, &why), &challenge, why);
	buffer_wipe(&challenge);
}

void imap_do_authenticate(struct imap_visit *v)
{
	const struct imap_node *mechanism = imap_argument(v, 0), *initial = imap_argument(v, 1);
	struct buffer challenge = { 0 };
	const char *why = NULL;
	if (mechanism == NULL || mechanism->kind != IMAP_ATOM || imap_argument_count(v) > 2 ||
	    (initial && initial->kind != IMAP_ATOM)) {
		imap_bad(v, "AUTHENTICATE takes a mechanism's name, and perhaps its first answer in base64");
		return;
	}
	v->sasl = sasl_server_new(mechanism->content, "localhost", store_secret, visit_store(v->visit));
	if (v->sasl == NULL) {
		imap_no(v, "[CANNOT] That mechanism is not offered: CAPABILITY names those that are");
		return;
	}
	step_done(v, sasl_server_begin(v->sasl, initial ? &initial->content : NULL, &challenge, &why), &challenge, why);
	buffer_wipe(&challenge);
}
