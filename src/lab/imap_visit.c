/*
 * How the lab's IMAP server says its replies, and reads what most commands have for arguments.
 */
#include "lab/imap_visit.h"

#include <stdarg.h>
#include <stdlib.h>

#include "lab/imap_say.h"

/* Octets that are said, or effort that is made, before others have their turn. */
#define AT_ONCE 16384

/* Commands in a row that are answered with BAD before it is hung up. */
#define BAD_MAX 10

/* ---- replies ---- */

static void finish(struct imap_visit *v, const char *status, const char *format, va_list ap)
{
	struct slice tag = v->command.command.tag;
	buffer_clear(&v->final);
	buffer_printf(&v->final, SLICE_FMT " %s ", SLICE_ARG(tag), status);
	buffer_vprintf(&v->final, format, ap);
	buffer_add_string(&v->final, "\r\n");
}

void imap_ok(struct imap_visit *v, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	finish(v, "OK", format, ap);
	va_end(ap);
	v->bad = 0;
}

void imap_no(struct imap_visit *v, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	finish(v, "NO", format, ap);
	va_end(ap);
	v->bad = 0;
}

void imap_bad(struct imap_visit *v, const char *wrong)
{
	imap_command_refuse(&v->command, "BAD", wrong);
	imap_refuse(v);
}

void imap_bad_value(struct imap_visit *v, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	finish(v, "BAD", format, ap);
	va_end(ap);
	v->bad++;
	v->row = NULL; /* as where the form is wrong: see imap_refuse */
}

void imap_completed(struct imap_visit *v)
{
	imap_ok(v, "%s completed", v->row->verb);
}

/* ---- work ---- */

void imap_work(struct imap_visit *v, bool (*work)(struct imap_visit *v), void *job,
               void (*job_end)(struct imap_visit *v))
{
	v->work = work;
	v->job = job;
	v->job_end = job_end;
}

void imap_work_forget(struct imap_visit *v)
{
	if (v->job_end)
		v->job_end(v);
	v->work = NULL;
	v->job = NULL;
	v->job_end = NULL;
}

static void send_out(struct imap_visit *v)
{
	v->effort += v->out.n;
	if (v->out.n)
		visit_send(v->visit, buffer_slice(&v->out));
	buffer_clear(&v->out);
}

/* Whether the client may be told of EXPUNGE with the reply that is under way. */
static bool may_expunge(const struct imap_visit *v)
{
	return v->idle || (v->row && !v->row->keeps_numbers);
}

/* The tagged line, and what comes with it. */
static void say_final(struct imap_visit *v)
{
	buffer_add_slice(&v->out, buffer_slice(&v->final));
	buffer_clear(&v->final);
	imap_command_clear(&v->command);
	if (v->bad >= BAD_MAX) {
		buffer_add_string(&v->out, "* BYE Too many commands in a row were wrong\r\n");
		v->leaving = true;
	}
}

/* Does the next piece of what is to be done; false: nothing is. */
static bool go_on(struct imap_visit *v)
{
	bool ends = v->final.n > 0;
	if (v->work) {
		if (!v->work(v))
			imap_work_forget(v);
	} else if (ends && imap_view_stale(&v->view, may_expunge(v))) {
		imap_view_tell(&v->view, may_expunge(v), &v->out);
	} else if (ends) {
		say_final(v);
	} else {
		return false;
	}
	return true;
}

void imap_go(struct imap_visit *v)
{
	v->effort = 0;
	do
		send_out(v);
	while (v->effort < AT_ONCE && go_on(v));
	send_out(v);
	visit_busy(v->visit, v->work || v->final.n);
	if (v->leaving && v->final.n == 0)
		visit_hang_up(v->visit);
}

/* ---- arguments ---- */

size_t imap_argument_at(const struct imap_visit *v, size_t i)
{
	const struct imap_tree *tree = &v->command.tree;
	size_t at = 0;
	while (i-- > 0 && at < tree->n)
		at = tree->nodes[at].end;
	return at;
}

const struct imap_node *imap_argument(const struct imap_visit *v, size_t i)
{
	return imap_node_at(&v->command.tree, imap_argument_at(v, i), v->command.tree.n);
}

size_t imap_argument_count(const struct imap_visit *v)
{
	const struct imap_tree *tree = &v->command.tree;
	size_t n = 0;
	for (size_t at = 0; at < tree->n; at = tree->nodes[at].end)
		n++;
	return n;
}

/* A name is written in one way alone: `&AGE-` is no other way to write `a` (RFC 3501 5.1.3). */
static bool name_decode(struct buffer *name, struct slice said)
{
	struct buffer again = { 0 };
	bool good = imap_mailbox_decode(name, said);
	if (good) {
		imap_mailbox_encode(&again, buffer_slice(name));
		good = slice_equal(buffer_slice(&again), said);
	}
	buffer_free(&again);
	return good;
}

bool imap_mailbox_name(struct imap_visit *v, size_t i, struct buffer *name)
{
	struct buffer said = { 0 };
	bool good = imap_node_astring(imap_argument(v, i), false, &said);
	if (!good) {
		imap_bad(v, "a mailbox's name is an atom or a string");
	} else if (!name_decode(name, buffer_slice(&said))) {
		imap_no(v,
		        "[CANNOT] Not a mailbox name: what is not ASCII stands in modified UTF-7 (&AOQ- is a-umlaut)");
		good = false;
	}
	buffer_free(&said);
	return good;
}

struct mailbox *imap_mailbox_given(struct imap_visit *v, size_t i, const char *code)
{
	struct buffer name = { 0 };
	struct mailbox *mailbox = NULL;
	if (imap_mailbox_name(v, i, &name)) {
		mailbox = user_mailbox(v->user, buffer_slice(&name));
		if (mailbox == NULL) {
			imap_no(v, "%s No mailbox has that name", code);
		} else if (mailbox->noselect) {
			imap_no(v, "[CANNOT] That is only a name with others below it (\\Noselect)");
			mailbox = NULL;
		}
	}
	buffer_free(&name);
	return mailbox;
}

void imap_say_mailbox(struct buffer *out, struct slice name)
{
	struct buffer encoded = { 0 };
	imap_mailbox_encode(&encoded, name);
	imap_say_astring(out, buffer_slice(&encoded));
	buffer_free(&encoded);
}

/* ---- flags ---- */

static uint64_t system_flag(struct slice word)
{
	static const struct {
		const char *word;
		uint64_t flag;
	} flags[] = {
		{ "\\Answered", MAIL_ANSWERED }, { "\\Deleted", MAIL_DELETED }, { "\\Draft", MAIL_DRAFT },
		{ "\\Flagged", MAIL_FLAGGED },   { "\\Seen", MAIL_SEEN },
	};
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (slice_equal_nocase(word, slice_of(flags[i].word)))
			return flags[i].flag;
	return 0;
}

/* The bit of a flag; 0, and the reply made, where it is none. */
static uint64_t flag_of(struct imap_visit *v, const struct imap_node *node, struct mailbox *mailbox)
{
	uint64_t flag = 0;
	if (node->kind == IMAP_ATOM && node->content.p[0] == '\\') {
		flag = system_flag(node->content);
		if (flag == 0)
			imap_bad(v, slice_equal_nocase(node->content, SLICE("\\Recent"))
			                    ? "\\Recent is the server's to set"
			                    : "flags of the system are \\Answered \\Flagged \\Deleted \\Seen \\Draft; "
			                      "a keyword has no \\");
	} else if (node->kind != IMAP_ATOM || !imap_atom_ok(node->content)) {
		imap_bad(v, "a flag is an atom, as \\Seen or $Forwarded");
	} else {
		flag = mailbox_keyword(mailbox, node->content, true);
		if (flag == 0)
			imap_no(v, "[LIMIT] A mailbox has at most %d keywords here", KEYWORDS_MAX);
	}
	return flag;
}

bool imap_flags_given(struct imap_visit *v, size_t at, size_t end, struct mailbox *mailbox, bool make, uint64_t *flags)
{
	const struct imap_tree *tree = &v->command.tree;
	*flags = 0;
	for (; at < end; at = tree->nodes[at].end) {
		const struct imap_node *node = &tree->nodes[at];
		/* What is not there need not be made to be taken away. */
		if (!make && node->kind == IMAP_ATOM && imap_atom_ok(node->content)) {
			*flags |= mailbox_keyword(mailbox, node->content, false);
			continue;
		}
		uint64_t flag = flag_of(v, node, mailbox);
		if (flag == 0)
			return false;
		*flags |= flag;
	}
	return true;
}

bool imap_may_change(struct imap_visit *v)
{
	if (v->view.read_only)
		imap_no(v, "[READ-ONLY] EXAMINE opened this mailbox for reading alone: SELECT opens it for changes");
	return !v->view.read_only;
}
