/*
 * Which command of IMAP it is, whether it may come now, and why not.
 */
#include <stdlib.h>

#include "lab/imap_visit.h"

/* Sorted. */
static const struct imap_row rows[] = {
	{ "APPEND", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_append, false },
	{ "AUTHENTICATE", IMAP_IN_LOGIN, imap_do_authenticate, false },
	{ "CAPABILITY", IMAP_IN_ANY, imap_do_capability, false },
	{ "CHECK", IMAP_IN_MAILBOX, imap_do_check, false },
	{ "CLOSE", IMAP_IN_MAILBOX, imap_do_close, false },
	{ "COPY", IMAP_IN_MAILBOX, imap_do_copy, false },
	{ "CREATE", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_create, false },
	{ "DELETE", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_delete, false },
	{ "ENABLE", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_enable, false },
	{ "EXAMINE", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_select, false },
	{ "EXPUNGE", IMAP_IN_MAILBOX, imap_do_expunge, false },
	{ "FETCH", IMAP_IN_MAILBOX, imap_do_fetch, true },
	{ "ID", IMAP_IN_ANY, imap_do_id, false },
	{ "IDLE", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_idle, false },
	{ "LIST", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_list, false },
	{ "LOGIN", IMAP_IN_LOGIN, imap_do_login, false },
	{ "LOGOUT", IMAP_IN_ANY, imap_do_logout, true },
	{ "LSUB", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_lsub, false },
	{ "MOVE", IMAP_IN_MAILBOX, imap_do_move, false },
	{ "NAMESPACE", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_namespace, false },
	{ "NOOP", IMAP_IN_ANY, imap_do_noop, false },
	{ "RENAME", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_rename, false },
	{ "SEARCH", IMAP_IN_MAILBOX, imap_do_search, true },
	{ "SELECT", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_select, false },
	{ "STARTTLS", IMAP_IN_LOGIN, imap_do_starttls, false },
	{ "STATUS", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_status, false },
	{ "STORE", IMAP_IN_MAILBOX, imap_do_store, true },
	{ "SUBSCRIBE", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_subscribe, false },
	{ "UID COPY", IMAP_IN_MAILBOX, imap_do_copy, false },
	{ "UID EXPUNGE", IMAP_IN_MAILBOX, imap_do_uid_expunge, false },
	{ "UID FETCH", IMAP_IN_MAILBOX, imap_do_fetch, false },
	{ "UID MOVE", IMAP_IN_MAILBOX, imap_do_move, false },
	{ "UID SEARCH", IMAP_IN_MAILBOX, imap_do_search, false },
	{ "UID STORE", IMAP_IN_MAILBOX, imap_do_store, false },
	{ "UNSELECT", IMAP_IN_MAILBOX, imap_do_unselect, false },
	{ "UNSUBSCRIBE", IMAP_IN_USER | IMAP_IN_MAILBOX, imap_do_unsubscribe, false },
};

/* The command's name, "UID FETCH" as one. */
static void verb_of(const struct imap_command *command, struct buffer *verb)
{
	buffer_add_slice(verb, command->verb);
	if (command->second.n) {
		buffer_add_octet(verb, ' ');
		buffer_add_slice(verb, command->second);
	}
}

static int by_verb(const void *key, const void *row)
{
	const struct imap_row *one = row;
	return slice_compare_nocase(*(const struct slice *)key, slice_of(one->verb));
}

static const struct imap_row *row_of(struct slice verb)
{
	return bsearch(&verb, rows, sizeof rows / sizeof rows[0], sizeof rows[0], by_verb);
}

static unsigned state_of(const struct imap_visit *v)
{
	return v->user == NULL ? IMAP_IN_LOGIN : v->view.mailbox ? IMAP_IN_MAILBOX : IMAP_IN_USER;
}

static const char *misplaced(const struct imap_visit *v)
{
	if (v->row->states == IMAP_IN_LOGIN)
		return "you are logged in already";
	if (v->user == NULL)
		return "nobody is logged in: LOGIN or AUTHENTICATE comes first";
	return "no mailbox is selected: SELECT or EXAMINE comes first";
}

static bool tag_ok(const struct imap_visit *v)
{
	const struct imap_command_text *c = &v->command;
	return c->text.n && c->text.p[0] != ' ' && imap_tag_ok(c->command.tag);
}

static bool is_uid(const struct imap_command *command)
{
	return slice_equal_nocase(command->verb, SLICE("UID"));
}

static const char *unknown(const struct imap_command *command)
{
	if (is_uid(command))
		return "behind UID stands FETCH, SEARCH, STORE, COPY, MOVE or EXPUNGE";
	if (row_of(command->tag))
		return "no such command: a tag of your choice stands before it, as in a1 NOOP";
	return "no such command";
}

void imap_judge_command(struct imap_visit *v)
{
	struct imap_command_text *c = &v->command;
	struct buffer verb = { 0 };
	verb_of(&c->command, &verb);
	v->row = row_of(buffer_slice(&verb));
	buffer_free(&verb);
	if (!tag_ok(v))
		imap_command_refuse(c, "BAD", "a command begins with a tag of your choice: a1 NOOP");
	else if (c->command.verb.n == 0)
		imap_command_refuse(c, "BAD", "behind the tag stands a command: a1 NOOP");
	else if (v->row == NULL)
		imap_command_refuse(c, "BAD", unknown(&c->command));
	else if (!(v->row->states & state_of(v)))
		imap_command_refuse(c, "BAD", misplaced(v));
}

/* What is in the way of a command that comes at the wrong time says its refusal. */
static void hint_at(const struct imap_visit *v, struct slice verb, struct buffer *hint)
{
	const struct imap_command *command = &v->command.command;
	if (v->row == NULL && !is_uid(command) && row_of(command->tag) == NULL)
		visit_hint(v->visit, HINT_UNKNOWN, verb, hint);
	else if (v->row && v->row->states & state_of(v))
		visit_hint(v->visit, HINT_SYNTAX, verb, hint);
}

void imap_refuse(struct imap_visit *v)
{
	struct imap_command_text *c = &v->command;
	struct buffer verb = { 0 }, hint = { 0 };
	bool bad = slice_equal(slice_of(c->reply), SLICE("BAD"));
	if (bad && tag_ok(v)) {
		verb_of(&c->command, &verb);
		hint_at(v, buffer_slice(&verb), &hint);
	}
	buffer_clear(&v->final);
	buffer_add_slice(&v->final, tag_ok(v) ? c->command.tag : SLICE("*"));
	buffer_printf(&v->final, " %s %c%s" SLICE_FMT "\r\n", c->reply, octet_upper(c->wrong[0]), c->wrong + 1,
	              SLICE_ARG(buffer_slice(&hint)));
	v->bad = bad ? v->bad + 1 : 0;
	v->row = NULL; /* nothing is carried out, so nothing is told of others' EXPUNGE */
	buffer_free(&verb);
	buffer_free(&hint);
}

void imap_carry_out(struct imap_visit *v)
{
	imap_judge_command(v);
	imap_command_end(&v->command);
	if (v->command.wrong)
		imap_refuse(v);
	else
		v->row->carry_out(v);
}

bool imap_by_uid(const struct imap_visit *v)
{
	return v->command.command.second.n > 0;
}
