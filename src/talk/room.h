/*
 * What the files of this room share: one talk, and what each of them does for it.
 */
#ifndef PARLANCE_TALK_ROOM_H
#define PARLANCE_TALK_ROOM_H

#include "base/buffer.h"
#include "prompt/prompt.h"
#include "protocol/protocol.h"
#include "talk/guide.h"
#include "talk/talk.h"

struct event;
struct event_base;
struct ftp_data;
struct record;

/* A line that waits to be sent. */
struct held {
	struct held *next;
	struct buffer text;
	bool as_is; /* exact octets: no line end is added */
	bool ours;  /* made by parlance (`:fix`, `:password` …): never a `:` word, never remembered */
};

/* stdin where it is not a terminal at which somebody types. */
struct feed {
	struct event *readable; /* NULL: it cannot be polled, and is read when a line is wanted */
	struct event *pace;     /* in a hurry (--no-wait): when the stream has taken some */
	struct buffer octets;
	size_t looked; /* octets in front that hold no line end */
	bool ended;
};

/* What faces have seen last, for `:why` and `:hex`. */
struct memory;

/* Where the message text stands that is being typed. */
enum text_part { TEXT_NONE, TEXT_START, TEXT_HEADER, TEXT_BODY };

/* Where the body of an HTTP request stands, if it is sent in chunks. */
enum body_part { BODY_NONE, BODY_CHUNKS, BODY_TRAILER };

struct talk {
	const struct talk_options *options;
	const struct talk_hooks *hooks;
	struct talk_place place;
	struct event_base *base;
	struct prompt *prompt; /* NULL: nobody sits there */
	struct feed feed;
	struct connector *connector;
	struct session *session;  /* the last one, also when it is over; NULL before the first */
	struct face *face;        /* where remarks go; the session's, once there is one */
	bool face_is_ours;        /* no session has it yet */
	struct memory *memory;    /* the session's as well */
	char *history;            /* whose history is open */
	struct record *record;    /* -r, :record; NULL: none */
	struct face *record_face; /* the session's */
	bool record_told;         /* that it is not whole */
	bool record_broken;       /* one was not */
	struct record *kept;      /* for `:save`: the last conversation; NULL: none */
	struct held *held, **held_end;
	size_t nheld;
	struct event *held_timer, *goodbye_timer, *person_timer, *interrupt;

	bool open;     /* the session is not over */
	bool was_open; /* there has been one */
	bool ended;    /* no more lines will come: half-close when all is said */
	bool shut;     /* half-closed */
	bool leaving;  /* the program ends with the session */
	bool done;     /* the program ends */
	bool hurried;  /* ^C: what is typed next waits for nothing */
	bool warned;   /* the last ^C at an empty prompt said how to leave */
	bool pipeline; /* lines do not wait for replies */
	bool hung_up;  /* we did, or will */
	bool reaching; /* ^]: the line being typed is for parlance */
	bool interrupted;
	bool encrypting;         /* what begins TLS was said: nothing may be said behind it before its reply */
	bool confirming;         /* the first line held waits for a yes, since it shows a password */
	bool confirmed;          /* in this conversation that was said already */
	bool kept_told;          /* that a line was not sent, since the last connection */
	double still_waiting_at; /* seconds of waiting at which it is said again */
	bool failed;             /* a reply was a failure */
	enum talk_eol eol;
	enum notes notes;
	enum status status;
	struct error error;
	double held_since;

	struct replay *replay; /* a transcript that is being said (replay.h); NULL: none */
	struct buffer verbs;   /* of the first commands that were said, a line each */
	struct login *login;   /* that is being gone through (login.h); NULL: none */
	char *later; /* a `:` word that asks for a secret, which it cannot until the prompt rests; NULL: none */

	bool said;        /* an event of the client's was told since its last line went */
	bool secret_said; /* the client's last event held a secret */
	size_t answered;  /* final replies since the client's last line */
	char *awaited;    /* verb of the client's last command; NULL: nothing was said yet */
	char *mechanism;  /* of the last AUTH */
	char *tag;        /* IMAP: of the client's last command */
	size_t tags_used; /* IMAP: the highest number behind the a of a tag */
	bool tag_warned;
	enum text_part text;
	bool text_warned;
	enum body_part body;
	enum input hinted;     /* of which kind of line it was said that it is waited for; INPUT_COMMAND: of none */
	struct ftp_data *data; /* FTP: the session's data connections; NULL: there is no session */
	struct buffer fixed;   /* what `:fix` sends */
	bool fixable;          /* it is the line that was sent just now */
	struct buffer page;    /* rows that a `:` word said and that were not shown yet */

	const struct talk_guide *guide; /* NULL: nobody guides */
	struct event *guide_timer;
	struct buffer untold; /* lines that the guide was not told of yet, a line each */
	bool guided;          /* the place is the guide's, not one that the person went to */
	bool asked;           /* the guide asks: the line is no command */
	bool unseen;          /* the conversation is not shown */
	bool pressed;         /* the guide has sent something that waits for no reply */
	bool fed_out;         /* stdin has ended, and the guide was told */
	size_t printed;       /* rows since the last line was typed */
};

/* ---- talk.c: the conversation ---- */
void talk_connect(struct talk *t);
/* Ends the program with that status, now. */
void talk_leave(struct talk *t, enum status status);
/* Draws the prompt as the state is now. */
void talk_prompt(struct talk *t);
const struct protocol *talk_protocol(const struct talk *t);
/* What the next line will be taken for; INPUT_NOTHING where there is no session. */
enum input talk_input(const struct talk *t);
/* The command by which the protocol spoken says goodbye; NULL where it has none. */
const struct entry *talk_goodbye(const struct talk *t);
/* Whether something was asked that is not answered yet. */
bool talk_waiting(const struct talk *t);
/* Hangs up, where there is a session. */
void talk_hang_up(struct talk *t);

/* ---- say.c: what parlance itself says ---- */
/* A line of our own to the faces of the conversation: a comment in a transcript. */
void talk_remark(struct talk *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What a `:` word says: a paragraph, wrapped; a line end in it is kept. At a terminal it stands on a page, which is
 * shown when the word is done. */
void talk_say(struct talk *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for a row that must stay as it is: spaces count. */
void talk_say_row(struct talk *t, struct slice row);
/* Shows what stands on the page, as much as the screen holds; the rest is for the next call. False where there is
 * nothing. */
bool page_show(struct talk *t);
void page_forget(struct talk *t);

/* ---- typing.c: what keys do at a terminal ---- */
/* Makes the prompt; there is none where nobody can sit. */
void typing_begin(struct talk *t);
/* Reads lines until the program ends. */
void typing_run(struct talk *t);

/* ---- lines.c: lines on their way to the server ---- */
/* Puts a line behind those that wait; it goes out when it is its turn. */
void line_hold(struct talk *t, struct slice text, bool as_is, bool ours);
/* Sends what may go now; from my_turn, and where nothing is waited for. */
void lines_pump(struct talk *t, bool my_turn);
/* Has them looked at again. */
void lines_stir(struct talk *t);
void lines_forget(struct talk *t);
/* Takes those that wait out, so that others come before them, and puts them behind what waits now. */
struct held *lines_set_aside(struct talk *t);
void lines_put_back(struct talk *t, struct held *aside);
/* All was said: ends our side; what is still waited for may come. */
void lines_finish(struct talk *t);
/* Says that lines wait, and for what. */
void lines_are_held(struct talk *t);
/* A line as it was typed: a `:` word at once, anything else in its turn. */
void line_typed(struct talk *t, struct slice text);
bool line_is_word(const struct talk *t, struct slice text);

/* ---- feed.c: stdin without a terminal ---- */
void feed_begin(struct talk *t);
/* The next line, without its line feed; false where there is none yet. */
bool feed_line(struct talk *t, struct slice *line);
/* Takes the line that feed_line gave. */
void feed_used(struct talk *t, struct slice line);
/* Appends all that has been read and not taken; false where no more will come. */
bool feed_all(struct talk *t, struct buffer *octets);
/* Whether anything but white space is left. */
bool feed_left(struct talk *t);
void feed_end(struct talk *t);

/* ---- words.c: the `:` words ---- */
struct word {
	const char *group;     /* what it is for; words of one group have the same, and stand together */
	const char *name;      /* without the colon */
	const char *arguments; /* "[TARGET]", or "" */
	const char *help;      /* a sentence */
	void (*run)(struct talk *t, struct slice arguments);
	bool secret; /* what stands behind it is not remembered */
};
extern const struct word talk_words[]; /* ended by a NULL name */
/* Does what `text` (without its colon) asks for. */
void word_run(struct talk *t, struct slice text);
const struct word *word_named(struct slice name);

/* what they do; explain.c, encrypt.c, secrets.c, record.c, replay.c, and words.c itself */
void word_explain(struct talk *t, struct slice arguments);
void word_why(struct talk *t, struct slice arguments);
void word_next(struct talk *t, struct slice arguments);
void word_caps(struct talk *t, struct slice arguments);
void word_hex(struct talk *t, struct slice arguments);
void word_auth(struct talk *t, struct slice arguments);
void word_password(struct talk *t, struct slice arguments);
/* The n-th way to log in of which `:auth` knows in the protocol spoken; NULL past the last. */
const char *auth_way(const struct talk *t, size_t n);
/* Whether the word waits, since it asks for something: it was pasted among lines, and comes to its turn while the next is
 * being typed. It is then t->later. */
bool word_waits(struct talk *t, const char *word, struct slice arguments);
/* Runs the word that waits (t->later), from where no line is being read. */
void word_later(struct talk *t);
void word_base64(struct talk *t, struct slice arguments);
void word_starttls(struct talk *t, struct slice arguments);
void word_tls(struct talk *t, struct slice arguments);
void word_cert(struct talk *t, struct slice arguments);
void word_port(struct talk *t, struct slice arguments);
void word_data(struct talk *t, struct slice arguments);
void word_data_over(struct talk *t, struct slice arguments);
void word_record(struct talk *t, struct slice arguments);
void word_save(struct talk *t, struct slice arguments);
void word_save_over(struct talk *t, struct slice arguments);
void word_replay(struct talk *t, struct slice arguments);

/* ---- memory.c ---- */
struct memory *memory_face(void);
struct face *memory_as_face(struct memory *memory);
/* The last event of that side that was no stage, and the last that completed a reply; NULL where there is none. */
const struct dialogue_event *memory_last(const struct memory *memory, enum side side);
const struct dialogue_event *memory_final(const struct memory *memory);

/* ---- record.c ---- */
/* Opens what `-r` asks for; false with t->error. */
bool recording_begin(struct talk *t);
/* Adds the record's face to a session that begins, and that of what is kept for `:save`. */
void recording_attach(struct talk *t);
/* After each event: says, once, that the record cannot be written. */
void recording_watch(struct talk *t);
/* Closes what is open; t->status tells where a record is not whole. The session is over. */
void recording_end(struct talk *t);

/* ---- traps.c ---- */
/* What a person should know about the line before its reply comes: sentences, one a line; empty where it is as it
 * should be. To be asked before the line is sent. */
void traps_look(struct talk *t, struct slice line, struct buffer *warnings);
/* Behind the line: offers what from_slides has made of it, which is not shown where the line held a secret. */
void traps_offer_ascii(struct talk *t);
/* Follows the message text. */
void traps_follow(struct talk *t, const struct dialogue_event *event);

/* ---- bare.c: credentials in the clear ---- */
/* Whether what stands behind that command is a password, which is masked wherever it is shown. */
bool bare_hidden(const struct talk *t, struct slice command);
/* The line is the next. If it would give a password away to whoever is on the way, since the connection is in the clear
 * and leaves this machine, it waits for a yes at a terminal; elsewhere it is only warned of. True where it waits. */
bool bare_asks(struct talk *t, struct slice line);
/* What was typed while it waited. */
void bare_answered(struct talk *t, struct slice typed);

/* ---- strangers.c ---- */
/* What stands where the command belongs and is none of this protocol's; empty where there is no such thing. Of IMAP the
 * first word, if no command follows it: what stands behind a tag is the protocol's own matter. */
struct slice strange_word(const struct talk *t, struct slice line);
/* Whether it is known elsewhere; appends where, and what is said here instead. */
bool stranger_looks(struct talk *t, struct slice line, struct buffer *warning);

/* ---- patience.c: waiting, for a reply or for the person ---- */
/* The server has said something, or was asked: the waiting begins anew. */
void patience_begin(struct talk *t);
/* Seconds of silence after which patience_late is to be called; 0: never. */
double patience_seconds(const struct talk *t);
/* The session's `late`. */
bool patience_late(void *context, struct session *session, double seconds);
/* After each event: what waits for the person, as a header does for its empty line, is told of once, if nothing more
 * is typed for a while. */
void patience_person(struct talk *t);
void patience_person_passed(int fd, short what, void *context);

/* ---- awaits.c: what the next line will be taken for ---- */
/* Follows a request's body. */
void awaits_follow(struct talk *t, const struct dialogue_event *event);
/* Appends what the prompt says beside the protocol: the state, or "literal 36". For a session that is open. */
void awaits_word(const struct talk *t, struct buffer *out);
/* Appends what comes next, where it is no command; false where it is one. For a session that is open. */
bool awaits_sentences(const struct talk *t, struct buffer *out);
/* Appends what a person may have forgotten; false where there is nothing. */
bool awaits_hint(const struct talk *t, struct buffer *out);

/* ---- transfer.c: FTP's data connection ---- */
/* The session has begun; and is over. */
void transfer_begin(struct talk *t);
void transfer_end(struct talk *t);
/* A reply is complete: says what becomes of stdin where it refuses a file. */
void transfer_refused(struct talk *t, const struct dialogue_event *event);
/* Where the data connection goes that the reply which is waited for may wait for, too; NULL: it waits for none. */
const char *transfer_waits(const struct talk *t);
/* Whether what is typed now, or comes from stdin, is what STOR sends. */
bool transfer_typed(const struct talk *t);
/* Sends a line of it; sends what stdin has; that was all. */
void transfer_line(struct talk *t, struct slice text);
void transfer_pour(struct talk *t);
void transfer_finish(struct talk *t);

/* ---- guide.c: somebody who guides (guide.h) ---- */
void guide_begin(struct talk *t);
void guide_end(struct talk *t);
/* A line that is no word: true where it is kept for the guide. */
bool guide_takes(struct talk *t, struct slice text);
/* Rows went to the screen. */
void guide_print(struct talk *t, struct slice text);
/* The guide's word of that name; NULL. */
const struct guide_word *guide_word_named(const struct talk *t, struct slice name);

/* ---- complete.c ---- */
/* Whether a row is of the protocol itself: not an extension's, nor one vendor's, nor what is left of an older version. */
bool entry_basic(const struct protocol *protocol, const struct entry *row);
void complete(void *context, struct prompt *prompt, struct slice before_cursor);

#endif
