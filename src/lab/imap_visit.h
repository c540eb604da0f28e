/*
 * What the parts of the lab's IMAP server share. imap.c hears the client; imap_command.c joins its commands from lines and
 * literals; imap_dispatch.c says which may be carried out; each is carried out in one of imap_login.c (before a mailbox is
 * open), imap_mailbox.c (SELECT and what changes mailboxes), imap_list.c (LIST, LSUB), imap_status.c, imap_append.c,
 * imap_message.c (FETCH, SEARCH, STORE, EXPUNGE), imap_copy.c (COPY, MOVE) and imap_idle.c. imap_view.c and imap_set.c know
 * what the client was told of its mailbox, imap_visit.c how replies are said: in pieces, with what others have done before
 * the tagged line.
 */
#ifndef PARLANCE_LAB_IMAP_VISIT_H
#define PARLANCE_LAB_IMAP_VISIT_H

#include "lab/imap_command.h"
#include "lab/imap_view.h"
#include "lab/visit.h"
#include "protocol/sasl_server.h"

struct event;
struct imap_row;

/* A client's session. */
struct imap_visit {
	struct visit *visit;
	struct user *user; /* NULL: nobody is logged in */
	struct imap_view view;
	struct imap_command_text command; /* that is under way */
	const struct imap_row *row;       /* of it; NULL: none */
	struct sasl_server *sasl;         /* AUTHENTICATE is under way; NULL: not */
	struct buffer answer;             /* its line so far */
	bool idle;                        /* IDLE is */
	struct event *stir;               /* tells, while it idles, what has changed */
	unsigned bad;                     /* commands in a row that were answered with BAD */
	bool leaving;                     /* it is hung up on once all is said */
	/* The reply that is being said. */
	struct buffer out;                  /* not yet handed on */
	size_t effort;                      /* octets said since the loop last ran, or work that counts as much */
	bool (*work)(struct imap_visit *v); /* does the next piece of the command; false: it was the last. NULL: none */
	void *job;                          /* what it works on, */
	void (*job_end)(struct imap_visit *v); /* and what frees that */
	struct buffer final;                   /* the tagged line, said when the work is done; empty: none waits */
};

/* ---- replies (imap_visit.c) ---- */

/* Ends the command: its tag, OK, NO or BAD, and the text, which begins with a response code where one fits ("[CANNOT] …"). It
 * is said once the work is done and the client was told what has changed. What stands in it from the client must be clean. */
void imap_ok(struct imap_visit *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
void imap_no(struct imap_visit *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same; `wrong` is a sentence that begins in lower case. */
void imap_bad(struct imap_visit *v, const char *wrong);
/* BAD for a command whose form is right: no hint tells it. The text is as imap_no's. */
void imap_bad_value(struct imap_visit *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* OK, and "SELECT completed", by the command's name. */
void imap_completed(struct imap_visit *v);

/* Begins work that is done in pieces: `work` is called again and again and says some KiB each time. `job` is its own, freed by
 * `job_end` (may be NULL) when it is done, or when the client goes. */
void imap_work(struct imap_visit *v, bool (*work)(struct imap_visit *v), void *job,
               void (*job_end)(struct imap_visit *v));
/* Goes on with the reply as far as it may now. */
void imap_go(struct imap_visit *v);
/* Forgets all that is under way. */
void imap_work_forget(struct imap_visit *v);

/* ---- arguments (imap_visit.c) ---- */

/* How many there are, what stands in lists not counted; the i-th, or NULL, and its index in the tree. */
size_t imap_argument_count(const struct imap_visit *v);
const struct imap_node *imap_argument(const struct imap_visit *v, size_t i);
size_t imap_argument_at(const struct imap_visit *v, size_t i);

/* Appends the mailbox name that the i-th argument is, in UTF-8. False, and the reply made, where it is none. */
bool imap_mailbox_name(struct imap_visit *v, size_t i, struct buffer *name);
/* The mailbox of that name that can be selected; NULL, and the reply made, where there is none. `code` begins the reply where
 * it is missing: "[NONEXISTENT]", "[TRYCREATE]". */
struct mailbox *imap_mailbox_given(struct imap_visit *v, size_t i, const char *code);
/* Appends a mailbox's name as it is said: modified UTF-7, quoted where it has to be. */
void imap_say_mailbox(struct buffer *out, struct slice name);

/* The flags that are the tree's nodes from `at` to `end`, as bits of that mailbox, whose keywords are entered where they are new
 * and `make`. False, and the reply made, where they are wrong or too many. */
bool imap_flags_given(struct imap_visit *v, size_t at, size_t end, struct mailbox *mailbox, bool make, uint64_t *flags);

/* Whether the mailbox that is selected may be changed; where not, the reply is made. */
bool imap_may_change(struct imap_visit *v);

/* ---- commands (imap_dispatch.c) ---- */

/* A command: its name, "UID FETCH" as one; the states that it belongs in; and what carries it out. */
enum { IMAP_IN_ANY = 7, IMAP_IN_LOGIN = 1, IMAP_IN_USER = 2, IMAP_IN_MAILBOX = 4 };
struct imap_row {
	const char *verb;
	unsigned states;
	void (*carry_out)(struct imap_visit *v);
	bool keeps_numbers; /* EXPUNGE is never told with it (RFC 3501 7.4.1) */
};

/* Looks at tag, name and state of the command that is under way: finds its row, or refuses it. */
void imap_judge_command(struct imap_visit *v);
/* Says why the command is refused. */
void imap_refuse(struct imap_visit *v);
/* Carries it out, complete as it is. */
void imap_carry_out(struct imap_visit *v);

/* Each carries out the command that stands in v->command and makes its reply. */
void imap_do_append(struct imap_visit *v);
void imap_do_authenticate(struct imap_visit *v);
void imap_do_capability(struct imap_visit *v);
void imap_do_check(struct imap_visit *v);
void imap_do_close(struct imap_visit *v);
void imap_do_copy(struct imap_visit *v);
void imap_do_create(struct imap_visit *v);
void imap_do_delete(struct imap_visit *v);
void imap_do_enable(struct imap_visit *v);
void imap_do_expunge(struct imap_visit *v);
void imap_do_fetch(struct imap_visit *v);
void imap_do_id(struct imap_visit *v);
void imap_do_idle(struct imap_visit *v);
void imap_do_list(struct imap_visit *v);
void imap_do_login(struct imap_visit *v);
void imap_do_logout(struct imap_visit *v);
void imap_do_lsub(struct imap_visit *v);
void imap_do_move(struct imap_visit *v);
void imap_do_namespace(struct imap_visit *v);
void imap_do_noop(struct imap_visit *v);
void imap_do_rename(struct imap_visit *v);
void imap_do_search(struct imap_visit *v);
void imap_do_select(struct imap_visit *v);
void imap_do_starttls(struct imap_visit *v);
void imap_do_status(struct imap_visit *v);
void imap_do_store(struct imap_visit *v);
void imap_do_subscribe(struct imap_visit *v);
void imap_do_uid_expunge(struct imap_visit *v);
void imap_do_unselect(struct imap_visit *v);
void imap_do_unsubscribe(struct imap_visit *v);

/* Whether the command is of the UID kind, whose sets and replies hold UIDs. */
bool imap_by_uid(const struct imap_visit *v);

/* ---- parts of others ---- */

/* Appends what the server announces now, without "CAPABILITY". (imap_login.c) */
void imap_capabilities(const struct imap_visit *v, struct buffer *out);
/* A line of the client's in a SASL exchange. (imap_login.c) */
void imap_answer(struct imap_visit *v, struct slice line);
/* A line of the client's while it idles; and that something has changed. (imap_idle.c) */
void imap_idle_said(struct imap_visit *v, struct slice line);
void imap_idle_stirred(void *visit);
/* Whether APPEND's message may be asked for: refuses the command where its mailbox is missing or full. (imap_append.c) */
void imap_append_expected(struct imap_visit *v);
/* Reads the items of STATUS, the tree's list at that index; false, and the reply made, where they are wrong. Appends the reply
 * for one mailbox. (imap_status.c) */
bool imap_status_given(struct imap_visit *v, size_t list, unsigned *items);
void imap_say_status(const struct mailbox *mailbox, unsigned items, struct buffer *out);

#endif
