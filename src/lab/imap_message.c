/*
 * IMAP and the messages of the mailbox that is selected: FETCH, SEARCH, STORE, EXPUNGE, also by UID. All but EXPUNGE work mail
 * by mail, so that what is kept for a client stays small, and others have their turn.
 */
#include <stdlib.h>

#include "lab/imap_fetch.h"
#include "lab/imap_search.h"
#include "lab/imap_visit.h"

/* Octets of a message that are handed on at once. */
#define PIECE 16384

/* What matching a mail costs, as octets said: so many, and one for so many octets of its text. */
#define MATCH_COST 8
#define MATCH_OCTETS 64

/* Reads the set that is the first argument. False, and the reply made, where it is wrong. */
static bool set_given(struct imap_visit *v, struct imap_set *set)
{
	const struct imap_node *node = imap_argument(v, 0);
	if (node && node->kind == IMAP_ATOM && imap_set_read(set, &v->view, node->content, imap_by_uid(v)))
		return true;
	imap_set_free(set);
	if (node && node->kind == IMAP_ATOM && imap_set_ok(node->content) && !slice_equal(node->content, SLICE("$")))
		imap_bad_value(v, "There are not so many messages");
	else
		imap_bad(v, "which messages: numbers from 1 on, as 2,4:7 or 9:*");
	return false;
}

/* ---- FETCH ---- */

struct fetching {
	struct fetch *fetch;
	struct imap_set set;
	struct fetch_reply reply;
	bool replying;
};

static void fetching_end(struct imap_visit *v)
{
	struct fetching *f = v->job;
	if (f->replying)
		fetch_reply_end(&f->reply);
	imap_set_free(&f->set);
	fetch_free(f->fetch);
	free(f);
}

/* Takes the next mail. What is read is marked as seen, and the reply says so. */
static bool fetch_begin(struct imap_visit *v, struct fetching *f)
{
	struct imap_view *view = &v->view;
	size_t at = 0;
	if (!imap_set_next(&f->set, &at))
		return false;
	const struct imap_seen *seen = &view->seen[at];
	struct mail *mail = seen->mail;
	bool marks = fetch_sees(f->fetch) && !view->read_only && !(mail->flags & MAIL_SEEN) && !mail->expunged &&
	             !view->lost;
	if (marks)
		mail_set_flags(view->mailbox, mail, mail->flags | MAIL_SEEN);
	if (marks)
		imap_view_told(view, at);
	fetch_reply_begin(&f->reply, f->fetch, view->mailbox, mail, (uint32_t)at + 1, seen->recent, marks);
	f->replying = true;
	return true;
}

static bool fetch_more(struct imap_visit *v)
{
	struct fetching *f = v->job;
	struct slice piece;
	if (!f->replying && !fetch_begin(v, f))
		return false;
	if (fetch_reply_next(&f->reply, PIECE, &piece)) {
		visit_send(v->visit, piece);
		v->effort += piece.n;
	} else {
		fetch_reply_end(&f->reply);
		f->replying = false;
	}
	return true;
}

void imap_do_fetch(struct imap_visit *v)
{
	const char *problem = "FETCH takes messages, and items: a1 FETCH 1:3 (FLAGS ENVELOPE)";
	struct imap_set set = { 0 };
	if (imap_argument_count(v) < 2) {
		imap_bad(v, problem);
		return;
	}
	if (!set_given(v, &set))
		return;
	struct fetch *fetch = fetch_new(&v->command.tree, imap_argument_at(v, 1), imap_by_uid(v), &problem);
	if (fetch == NULL) {
		imap_set_free(&set);
		imap_bad(v, problem);
		return;
	}
	struct fetching *f = memory_zeroed(1, sizeof *f);
	f->fetch = fetch;
	f->set = set;
	imap_view_tell_keywords(&v->view, &v->out);
	imap_work(v, fetch_more, f, fetching_end);
	imap_completed(v);
}

/* ---- SEARCH ---- */

struct searching {
	struct search *search;
	struct search_found found;
	struct search_place place;
	size_t at; /* the next mail */
};

static void searching_end(struct imap_visit *v)
{
	struct searching *s = v->job;
	search_free(s->search);
	search_found_free(&s->found);
	free(s);
}

static bool search_more(struct imap_visit *v)
{
	struct searching *s = v->job;
	struct imap_view *view = &v->view;
	bool uid = imap_by_uid(v);
	if (s->at == s->place.mails) {
		search_say(&v->out, s->search, &s->found, v->command.command.tag, uid);
		return false;
	}
	const struct imap_seen *seen = &view->seen[s->at++];
	struct mail *mail = seen->mail;
	/* What another has expunged is not found any more (RFC 2180 4.3). */
	if (!mail->expunged && !view->lost && search_matches(s->search, &s->place, mail, (uint32_t)s->at, seen->recent))
		search_found(&s->found, uid ? mail->uid : (uint32_t)s->at);
	v->effort += MATCH_COST + mail_octets(mail) / MATCH_OCTETS;
	return true;
}

void imap_do_search(struct imap_visit *v)
{
	enum search_fault fault = SEARCH_GOOD;
	const char *problem = NULL;
	struct search *search = search_new(&v->command.tree, 0, &fault, &problem);
	if (search == NULL) {
		if (fault == SEARCH_CHARSET)
			imap_no(v, "[BADCHARSET (US-ASCII UTF-8)] That character set is not known here");
		else
			imap_bad(v, problem);
		return;
	}
	struct searching *s = memory_zeroed(1, sizeof *s);
	s->search = search;
	s->place = (struct search_place){ v->view.mailbox, (uint32_t)v->view.n, imap_view_last_uid(&v->view) };
	imap_work(v, search_more, s, searching_end);
	imap_completed(v);
}

/* ---- STORE ---- */

struct storing {
	struct imap_set set;
	enum { STORE_SET, STORE_ADD, STORE_REMOVE } kind;
	uint64_t flags;
	bool silent;
	bool stored, missed; /* a mail was there; one that another session has expunged was among them */
	struct fetch *fetch; /* what the reply says; the tree is `reply` */
};

static void storing_end(struct imap_visit *v)
{
	struct storing *s = v->job;
	imap_set_free(&s->set);
	fetch_free(s->fetch);
	free(s);
}

static void store_one(struct imap_visit *v, struct storing *s, size_t at)
{
	struct imap_view *view = &v->view;
	const struct imap_seen *seen = &view->seen[at];
	struct mail *mail = seen->mail;
	struct fetch_reply reply;
	struct slice piece;
	bool was_told = !seen->changed;
	uint64_t flags = s->kind == STORE_SET   ? s->flags
	                 : s->kind == STORE_ADD ? mail->flags | s->flags
	                                        : mail->flags & ~s->flags;
	if (flags != mail->flags)
		mail_set_flags(view->mailbox, mail, flags);
	if (s->silent) {
		/* What another session has changed before is still to be told. */
		if (was_told)
			imap_view_told(view, at);
		return;
	}
	imap_view_told(view, at);
	fetch_reply_begin(&reply, s->fetch, view->mailbox, mail, (uint32_t)at + 1, seen->recent, false);
	while (fetch_reply_next(&reply, PIECE, &piece))
		buffer_add_slice(&v->out, piece);
	fetch_reply_end(&reply);
}

/* What others have expunged is told of where the client can do something about it: RFC 2180 4.2; UIDs that are not there are
 * passed over (RFC 3501 6.4.8). */
static void store_done(struct imap_visit *v, const struct storing *s)
{
	if (!s->missed || s->silent || imap_by_uid(v))
		return;
	if (s->stored)
		imap_ok(v, "[EXPUNGEISSUED] STORE completed, but for messages that another session has expunged");
	else
		imap_no(v, "[EXPUNGEISSUED] These messages have been deleted by another session");
}

static bool store_more(struct imap_visit *v)
{
	struct storing *s = v->job;
	size_t at = 0;
	if (!imap_set_next(&s->set, &at)) {
		store_done(v, s);
		return false;
	}
	if (v->view.seen[at].mail->expunged || v->view.lost) {
		s->missed = true;
	} else {
		store_one(v, s, at);
		s->stored = true;
	}
	v->effort += MATCH_COST;
	return true;
}

/* `FLAGS`, `+FLAGS.SILENT` and the like. */
static bool kind_read(const struct imap_node *node, struct storing *s)
{
	if (node == NULL || node->kind != IMAP_ATOM)
		return false;
	struct slice word = node->content;
	char sign = word.p[0];
	s->kind = sign == '+' ? STORE_ADD : sign == '-' ? STORE_REMOVE : STORE_SET;
	if (s->kind != STORE_SET)
		word = slice_part(word, 1, word.n);
	s->silent = slice_equal_nocase(word, SLICE("FLAGS.SILENT"));
	return s->silent || slice_equal_nocase(word, SLICE("FLAGS"));
}

/* What a STORE that is not silent replies with: FLAGS, and with UID STORE the UID. */
static struct fetch *flags_fetch(bool uid)
{
	struct imap_tree tree = { 0 };
	const char *problem = NULL;
	imap_tree_parse(&tree, SLICE("FLAGS"), NULL, 0);
	struct fetch *fetch = fetch_new(&tree, 0, uid, &problem);
	imap_tree_free(&tree);
	return fetch;
}

void imap_do_store(struct imap_visit *v)
{
	struct storing s = { 0 };
	const struct imap_tree *tree = &v->command.tree;
	size_t at = imap_argument_at(v, 2), n = imap_argument_count(v);
	bool list = n == 3 && tree->nodes[at].kind == IMAP_LIST;
	if (n < 3 || !kind_read(imap_argument(v, 1), &s)) {
		imap_bad(v, "STORE takes messages, FLAGS, +FLAGS or -FLAGS, and flags: a1 STORE 1 +FLAGS (\\Deleted)");
		return;
	}
	if (!set_given(v, &s.set))
		return;
	if (!imap_may_change(v) ||
	    !imap_flags_given(v, at + list, tree->n, v->view.mailbox, s.kind != STORE_REMOVE, &s.flags)) {
		imap_set_free(&s.set);
		return;
	}
	struct storing *job = memory_get(sizeof *job);
	*job = s;
	job->fetch = flags_fetch(imap_by_uid(v));
	imap_view_tell_keywords(&v->view, &v->out);
	imap_work(v, store_more, job, storing_end);
	imap_completed(v);
}

/* ---- EXPUNGE ---- */

/* Takes out those of the set that are marked \Deleted, the last first: so each costs little. The client is told before the
 * tagged line, as of what others have expunged. */
static void expunge(struct imap_visit *v, struct imap_set *set)
{
	struct imap_view *view = &v->view;
	for (size_t k = set->n; k-- > 0;) {
		for (size_t i = set->stretches[k].end; i-- > set->stretches[k].first;) {
			struct mail *mail = view->seen[i].mail;
			if (mail->flags & MAIL_DELETED && !mail->expunged && !view->lost)
				mailbox_expunge(view->mailbox, mail);
		}
	}
	imap_set_free(set);
	imap_completed(v);
}

void imap_do_expunge(struct imap_visit *v)
{
	struct imap_set set;
	if (imap_argument_count(v)) {
		imap_bad(v, "nothing stands behind EXPUNGE; UID EXPUNGE takes UIDs");
		return;
	}
	if (!imap_may_change(v))
		return;
	imap_set_all(&set, &v->view);
	expunge(v, &set);
}

void imap_do_uid_expunge(struct imap_visit *v)
{
	struct imap_set set;
	if (imap_argument_count(v) != 1) {
		imap_bad(v, "UID EXPUNGE takes UIDs, and nothing else");
		return;
	}
	if (!set_given(v, &set))
		return;
	if (imap_may_change(v))
		expunge(v, &set);
	else
		imap_set_free(&set);
}
