/*
 * A login that is gone through line by line: before each line stands how it is built, the secret in it masked.
 */
#include "talk/login.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/escape.h"
#include "protocol/sasl.h"
#include "talk/room.h"

/* Where a login stands. */
enum stage_of_login {
	LOGIN_WAITS,     /* its first line was not sent yet */
	LOGIN_UNDER_WAY, /* the server has the last word, or is asked for it */
	LOGIN_GIVEN_UP   /* `*` was said */
};

struct login {
	enum stage_of_login stage;
	const struct procedure *procedure;
	char *user;
	struct buffer secret;
	struct sasl_login sasl; /* of a mechanism */
	struct buffer kept;     /* the client's first line, where it did not fit behind the command */
	unsigned lines;         /* commands that were said */
};

/* A way to log in. */
struct procedure {
	const char *way;
	const char *protocols; /* those that have it; NULL: mechanisms, in those that have exchanges */
	const char *verb;      /* of its first command */
	/* Says how the first line is built, and appends it; false where there is none to be sent, and why was said. */
	bool (*begin)(struct talk *t, struct login *login, struct buffer *line);
	/* A reply that ends a command has come; true where another line follows, which is appended. NULL: never. */
	bool (*replied)(struct talk *t, struct login *login, const struct dialogue_event *event, struct buffer *line);
};

/* ---- what is said and sent ---- */

static void say_built(struct talk *t, struct slice rows)
{
	for (struct slice row = slice_line(&rows); row.n; row = slice_line(&rows))
		talk_remark(t, SLICE_FMT, SLICE_ARG(slice_part(row, 0, row.n - 1)));
}

/* The secret as it is shown. The string is the login's, or a constant. */
static const char *secret_shown(const struct talk *t, struct login *login)
{
	if (session_masking(t->session)->spans)
		return "{{password}}";
	buffer_add_octet(&login->secret, '\0');
	login->secret.n--;
	return text_safe(buffer_slice(&login->secret), false) ? login->secret.p : "the password";
}

/* Puts a line before those that wait: they were typed for after the login. */
static void hold_first(struct talk *t, struct slice line)
{
	struct held *others = lines_set_aside(t);
	line_hold(t, line, false, true);
	lines_put_back(t, others);
	lines_stir(t);
}

static void give_up(struct talk *t, const char *why)
{
	talk_remark(t, "Given up with * (RFC 4422 3.5): %s.", why);
	t->login->stage = LOGIN_GIVEN_UP;
	hold_first(t, SLICE("*"));
}

/* ---- mechanisms ---- */

/* Whether the client's first line fits behind the command; where not, the server is waited for. */
static bool first_fits(struct talk *t, const struct buffer *line)
{
	const struct exchange *x = exchange_of(t);
	if (x->line_max == 0 || line->n + strlen("\r\n") <= x->line_max)
		return true;
	talk_remark(t,
	            "It is too long for the command's line of at most %zu octets (%s): it waits for the server's %s.",
	            x->line_max, x->ref, x->asks);
	return false;
}

static bool begin_mechanism(struct talk *t, struct login *login, struct buffer *line)
{
	const char *name = login->sasl.way->name;
	struct sasl_step step = { 0 };
	if (!login->sasl.way->speaks_first || !exchange_takes_first(t)) {
		exchange_command(t, name, SLICE(""), line);
		talk_remark(t, "%s (%s): %s; its %s is waited for.", name, login->sasl.way->ref,
		            login->sasl.way->speaks_first ? "the server has not announced SASL-IR (RFC 4959 3)"
		                                          : "the server speaks first",
		            exchange_of(t)->asks);
		return true;
	}
	if (!sasl_login_step(&login->sasl, SLICE(""), &step)) {
		talk_remark(t, "Nothing was sent: %s.", step.why);
		return false;
	}
	say_built(t, buffer_slice(&step.built));
	exchange_command(t, name, buffer_slice(&step.line), line);
	if (!first_fits(t, line)) {
		buffer_wipe(line);
		buffer_add_slice(&login->kept, buffer_slice(&step.line));
		exchange_command(t, name, SLICE(""), line);
	}
	sasl_step_free(&step);
	return true;
}

/* The server has asked: answers, or gives up. */
static void challenged(struct talk *t, const struct dialogue_event *event)
{
	struct login *login = t->login;
	struct sasl_step step = { 0 };
	struct slice base64 = SLICE("base64");
	if (t->hurried) {
		give_up(t, "by ^C");
	} else if (slice_find(event->problem, base64) < event->problem.n) {
		give_up(t, "what is no base64 must not be answered");
	} else if (login->kept.n) {
		hold_first(t, buffer_slice(&login->kept));
		buffer_wipe(&login->kept);
	} else if (sasl_login_step(&login->sasl, dialogue_challenge(session_dialogue(t->session)), &step)) {
		say_built(t, buffer_slice(&step.built));
		hold_first(t, buffer_slice(&step.line));
	} else {
		give_up(t, step.why);
	}
	sasl_step_free(&step);
}

/* ---- a command each for name and password ---- */

static bool begin_user(struct talk *t, struct login *login, struct buffer *line)
{
	talk_remark(t, "USER and PASS (%s): name and password go as they are, each behind its command.",
	            speaks(t, "ftp") ? "RFC 959 4.1.1" : "RFC 1939 7");
	buffer_printf(line, "USER %s", login->user);
	return true;
}

static bool replied_user(struct talk *t, struct login *login, const struct dialogue_event *event, struct buffer *line)
{
	bool ftp = speaks(t, "ftp");
	if (event->class == CLASS_CONTINUE && slice_equal(event->code, SLICE("332")))
		talk_remark(t, "The server wants an account, too: ACCT NAME (RFC 959 4.1.1).");
	else if (ftp && login->lines == 1 && event->class == CLASS_SUCCESS)
		talk_remark(t, "The server wants no password of this user: nothing more is sent.");
	bool next = login->lines == 1 && event->class == (ftp ? CLASS_CONTINUE : CLASS_SUCCESS) &&
	            !slice_equal(event->code, SLICE("332"));
	if (!next)
		return false;
	talk_remark(t, "PASS %s: nothing hides it.", secret_shown(t, login));
	buffer_add_string(line, "PASS ");
	buffer_add_slice(line, buffer_slice(&login->secret));
	return true;
}

void apop_command(const struct talk *t, struct buffer *out, struct slice user, struct slice password)
{
	buffer_printf(out, "APOP " SLICE_FMT " ", SLICE_ARG(user));
	sasl_apop(out, password, dialogue_challenge(session_dialogue(t->session)));
}

static bool begin_apop(struct talk *t, struct login *login, struct buffer *line)
{
	struct slice timestamp = dialogue_challenge(session_dialogue(t->session));
	struct buffer safe = { 0 };
	if (timestamp.n == 0) {
		talk_remark(t, "Nothing was sent: the server's greeting held no timestamp, so it does not take APOP "
		               "(RFC 1939 7).");
		return false;
	}
	escape_text(&safe, timestamp);
	talk_remark(t, "APOP (RFC 1939 7): the greeting's timestamp, the password right behind it:");
	talk_remark(t, SLICE_FMT "%s", SLICE_ARG(buffer_slice(&safe)), secret_shown(t, login));
	talk_remark(t, "The MD5 of that, in hexadecimal, stands behind the name.");
	apop_command(t, line, slice_of(login->user), buffer_slice(&login->secret));
	buffer_free(&safe);
	return true;
}

void quoted(struct buffer *out, struct slice text)
{
	buffer_add_octet(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buffer_add_octet(out, '\\');
		buffer_add_octet(out, text.p[i]);
	}
	buffer_add_octet(out, '"');
}

static bool begin_login(struct talk *t, struct login *login, struct buffer *line)
{
	if (announced(t, "LOGINDISABLED")) {
		talk_remark(t, "Nothing was sent: the server has announced LOGINDISABLED, and then LOGIN must not be "
		               "used (RFC 9051 6.2.3). TLS first, or another way.");
		return false;
	}
	struct buffer user = { 0 }, secret = { 0 };
	quoted(&user, slice_of(login->user));
	quoted(&secret, slice_of(secret_shown(t, login)));
	talk_remark(
		t,
		"LOGIN (RFC 9051 6.2.3): name and password as strings, in quotes, with \\ before each \" and \\ in them:");
	talk_remark(t, "LOGIN " SLICE_FMT " " SLICE_FMT ": nothing hides it.", SLICE_ARG(buffer_slice(&user)),
	            SLICE_ARG(buffer_slice(&secret)));
	buffer_free(&user);
	buffer_wipe(&secret);
	exchange_tag(t, line);
	buffer_add_string(line, "LOGIN ");
	quoted(line, slice_of(login->user));
	buffer_add_octet(line, ' ');
	quoted(line, buffer_slice(&login->secret));
	return true;
}

void basic_field(struct buffer *out, struct slice user, struct slice password)
{
	struct buffer both = { 0 };
	buffer_add_slice(&both, user);
	buffer_add_octet(&both, ':');
	buffer_add_slice(&both, password);
	buffer_add_string(out, "Authorization: Basic ");
	base64_encode(out, buffer_slice(&both));
	buffer_wipe(&both);
}

static bool begin_basic(struct talk *t, struct login *login, struct buffer *line)
{
	if (strchr(login->user, ':')) {
		talk_remark(t, "Nothing was sent: a user name of Basic may hold no colon, which ends it (RFC 7617 2).");
		return false;
	}
	talk_remark(t, "Basic (RFC 7617 2): the user name, a colon, the password:");
	talk_remark(t, "%s:%s, in base64, which hides nothing.", login->user, secret_shown(t, login));
	basic_field(line, slice_of(login->user), buffer_slice(&login->secret));
	return true;
}

/* ---- ways ---- */

static const struct procedure procedures[] = {
	{ "user", "pop3 ftp", "USER", begin_user, replied_user },
	{ "apop", "pop3", "APOP", begin_apop, NULL },
	{ "login", "imap", "LOGIN", begin_login, NULL },
	{ "basic", "http", NULL, begin_basic, NULL },
};

static const struct procedure by_mechanism = { NULL, NULL, NULL, begin_mechanism, NULL };

static const struct procedure *procedure_of(const struct talk *t, const char *way)
{
	for (size_t i = 0; i < sizeof procedures / sizeof procedures[0]; i++) {
		struct slice rest = slice_of(procedures[i].protocols);
		for (struct slice name = slice_word(&rest); name.n; name = slice_word(&rest))
			if (strcmp(procedures[i].way, way) == 0 && slice_equal(name, slice_of(talk_protocol(t)->name)))
				return &procedures[i];
	}
	return &by_mechanism;
}

/* NULL where it begins with no command: a field of HTTP's. */
static const char *verb_of(const struct talk *t, const struct login *login)
{
	return login->procedure == &by_mechanism ? exchange_of(t)->command : login->procedure->verb;
}

/* ---- before it begins ---- */

/* Whether the protocol has a place for it now; where not, why was said. */
static bool has_place(struct talk *t)
{
	enum input input = talk_input(t);
	bool http = speaks(t, "http");
	if (!t->open)
		talk_say(t, "Not connected.");
	else if (input == INPUT_ANSWER)
		talk_say(t, "An exchange is under way already: :password NAME answers it, * alone gives it up.");
	else if (http && (input != INPUT_FIELD || t->body != BODY_NONE))
		talk_say(
			t,
			"The field stands in a request's header: first the request line, GET / HTTP/1.1 say; then this.");
	else if (!http && input != INPUT_COMMAND)
		talk_say(t, "No command can be said now; :next says what is awaited.");
	else
		return true;
	return false;
}

/* What the server has announced against it. It is tried all the same: the person has asked for it. */
static void say_doubts(struct talk *t, const struct login *login)
{
	const struct dialogue *d = session_dialogue(t->session);
	const struct table *commands = protocol_table(dialogue_protocol(d), TABLE_COMMANDS);
	const char *verb = verb_of(t, login), *why = "";
	const struct entry *row = commands && verb ? table_find(commands, slice_of(verb)) : NULL;
	struct buffer offered = { 0 }, safe = { 0 };
	mechanisms_offered(t, &offered);
	escape_text(&safe, slice_trim(buffer_slice(&offered)));
	if (row && dialogue_allows(d, row, &why) != ALLOWED)
		talk_remark(t, "%s has no place now: %s. It is tried all the same.", verb, why);
	if (login->sasl.way && safe.n && !mechanism_offered(t, slice_of(login->sasl.way->name)))
		talk_remark(t, "The server does not offer %s, but: " SLICE_FMT ". It is tried all the same.",
		            login->sasl.way->name, SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&offered);
	buffer_free(&safe);
}

bool login_ask(struct talk *t, const char *label, struct buffer *secret)
{
	struct slice typed;
	enum input asked = talk_input(t);
	const struct session *session = t->session;
	if (prompt_secret(t->prompt, label, &typed) != PROMPT_LINE || typed.n == 0) {
		talk_say(t, "Given up: nothing was sent.");
		return false;
	}
	buffer_add_slice(secret, typed);
	if (t->session == session && talk_input(t) == asked)
		return true;
	buffer_wipe(secret);
	talk_say(t, "Meanwhile the server waits for it no longer: nothing was sent.");
	return false;
}

/* A login of which only the secret is missing: asks for it. NULL where there is none; why was said. */
static struct login *login_new(struct talk *t, const struct procedure *procedure, const struct sasl_way *way,
                               struct slice user)
{
	struct buffer secret = { 0 };
	if (!login_ask(t, way && strcmp(way->secret, "token") == 0 ? "token: " : "password: ", &secret))
		return NULL;
	struct login *login = memory_zeroed(1, sizeof *login);
	login->procedure = procedure;
	login->user = slice_string(user);
	login->secret = secret;
	if (way) {
		sasl_login_begin(&login->sasl, way, user, buffer_slice(&secret));
		login->sasl.show = !session_masking(t->session)->spans;
		login->sasl.host = string_copy(t->place.connect.host);
		login->sasl.port = t->place.connect.port;
	}
	return login;
}

void login_begin(struct talk *t, const char *way, struct slice user)
{
	const struct procedure *procedure = has_place(t) ? procedure_of(t, way) : NULL;
	const struct sasl_way *mechanism = procedure == &by_mechanism ? sasl_way_named(slice_of(way)) : NULL;
	struct buffer line = { 0 };
	if (procedure == NULL)
		return;
	if (!text_safe(user, false)) {
		talk_say(t, "A user name without control characters is needed.");
		return;
	}
	struct login *login = login_new(t, procedure, mechanism, user);
	if (login == NULL)
		return;
	login_forget(t);
	t->login = login;
	say_doubts(t, login);
	bool sent = procedure->begin(t, login, &line);
	if (sent) {
		line_hold(t, buffer_slice(&line), false, true);
		login->lines = 1;
	}
	if (!sent || speaks(t, "http"))
		login_forget(t); /* a field of a request is not answered by itself */
	if (sent)
		lines_stir(t);
	buffer_wipe(&line);
}

void login_answer(struct talk *t, struct slice user)
{
	const struct sasl_way *way = sasl_way_named(slice_of(t->mechanism));
	struct sasl_step step = { 0 };
	struct login *login = way ? login_new(t, &by_mechanism, way, user) : NULL;
	if (login == NULL)
		return;
	login_forget(t);
	t->login = login;
	login->stage = LOGIN_UNDER_WAY;
	if (sasl_login_step(&login->sasl, dialogue_challenge(session_dialogue(t->session)), &step)) {
		say_built(t, buffer_slice(&step.built));
		hold_first(t, buffer_slice(&step.line));
	} else {
		talk_say(t, "Nothing was sent: %s. * alone gives the exchange up.", step.why);
		login_forget(t);
	}
	sasl_step_free(&step);
}

/* ---- while it goes on ---- */

/* The server has said yes or no to the last command. */
static void replied(struct talk *t, const struct dialogue_event *event)
{
	struct login *login = t->login;
	struct buffer line = { 0 };
	bool given_up = login->stage != LOGIN_UNDER_WAY || t->hurried; /* ^C */
	bool scram = login->sasl.way && slice_starts(slice_of(login->sasl.way->name), SLICE("SCRAM-"));
	bool more = !given_up && login->procedure->replied && login->procedure->replied(t, login, event, &line);
	if (more) {
		login->lines++;
		hold_first(t, buffer_slice(&line));
	} else if (event->class == CLASS_SUCCESS && scram && !login->sasl.proved && !given_up) {
		talk_remark(t, "Take care: the server said yes, and has not proved by its signature (v) who it "
		               "is (RFC 5802 5).");
	} else if (!given_up && (event->class == CLASS_FAILURE || event->class == CLASS_TRANSIENT)) {
		talk_remark(t, "The login was refused; :why says more.");
	}
	if (!more)
		login_forget(t);
	buffer_wipe(&line);
}

/* Whether the event is the command that the login began with. */
static bool is_first(const struct talk *t, const struct dialogue_event *event)
{
	return event->kind == EVENT_COMMAND && slice_equal_nocase(event->verb, slice_of(verb_of(t, t->login)));
}

void login_follow(struct talk *t, const struct dialogue_event *event)
{
	struct login *login = t->login;
	if (login == NULL || event->kind == EVENT_STAGE || event->more)
		return;
	if (login->stage == LOGIN_WAITS) {
		if (event->side == SIDE_CLIENT && is_first(t, event))
			login->stage = LOGIN_UNDER_WAY;
		else if (t->held == NULL)
			login_forget(t); /* its line was dropped */
		return;
	}
	if (event->side == SIDE_CLIENT)
		return;
	bool ours = event->tag.n == 0 || (t->tag && slice_equal(event->tag, slice_of(t->tag)));
	if (talk_input(t) == INPUT_ANSWER && event->class == CLASS_CONTINUE && login->stage != LOGIN_GIVEN_UP)
		challenged(t, event);
	else if (event->has_final && event->final && event->class != CLASS_CONTINUE && ours && event->answers)
		replied(t, event);
	else if (event->has_final && event->final && event->class == CLASS_CONTINUE && login->procedure->replied)
		replied(t, event);
}

void login_forget(struct talk *t)
{
	struct login *login = t->login;
	t->login = NULL;
	if (login == NULL)
		return;
	sasl_login_clear(&login->sasl);
	buffer_wipe(&login->secret);
	buffer_wipe(&login->kept);
	free(login->user);
	free(login);
}
