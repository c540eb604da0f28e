/*
 * The hearing that a check gives a script, line by line: what check_*.c share beside the watchers. Each line is looked at before
 * the dialogue hears it: what is missing before it, or stands under the wrong side, is told, and then said in silence, so that
 * one mistake is one finding, and what follows is judged as it was meant.
 */
#ifndef PARLANCE_SCRIPT_CHECK_HEARING_H
#define PARLANCE_SCRIPT_CHECK_HEARING_H

#include "script/check_inside.h"

/* What stands behind a client's line, as it is printed. */
struct ahead {
	size_t commands; /* from it to the end of its run of lines: so many have the look of one */
	size_t finals;   /* replies that are complete in the server's lines behind these; SIZE_MAX: nobody can tell */
	size_t reply;    /* the first of those lines, or NO_LINE */
	bool surplus;    /* further on the server answers more commands at once than were sent just before */
};

/* A server's line that begins with a tag, by tag. */
struct tagged_line {
	struct slice tag;
	size_t line;
};

struct hearing {
	struct checking c;     /* what watchers see; `line` is the one that is being said */
	struct script *script; /* a copy: its lines are put right, where that is certain, as the hearing goes on */
	const struct script *original;
	struct variables v;
	void **memories;     /* of each watcher */
	struct ahead *ahead; /* of each line */
	struct tagged_line *tagged;
	size_t ntagged;
	size_t final;   /* the last line that is no comment; 0 where there is none */
	size_t ends[2]; /* behind the last line that each side says; 0 where it says none */
	/* The lines that said commands: an event's number and its line, both ascending. */
	struct hearing_command {
		uint64_t n;
		size_t line;
		bool strange; /* no command: nothing answers it */
	} * commands;
	size_t ncommands, commands_room;
	struct buffer wire; /* the line under way as it goes out, line end included */
	bool elided;        /* the document leaves some of it out: dots stand there */
	bool unknown;       /* something in it has no value: what it looks like is not its own look */
	bool passed_over;   /* it is no part of the conversation: the dialogue does not hear it */
	bool invented;      /* what is fed now stands in no line: nobody is told of it */
	bool begun;         /* something was said */
	bool fragment;      /* so far only the server has, though it was asked by what is not shown */
	bool one_sided;     /* the server says nothing anywhere: that was told */
	bool hazy;    /* the session may be further than is shown: the beginning is missing, or an unknown command was
			     * accepted */
	bool assumed; /* a command was accepted that the state does not allow, as if what must come before had been said */
	bool gap;     /* the document left something out since the client's last line */
	bool jumbled;        /* since the last command the server said a line that is no reply, in a reply's place */
	bool junk_told;      /* the line before was the server's, and no reply: that was told */
	bool strange_told;   /* the client's line before was no command: that was told */
	bool lost;           /* more commands wait than are followed here */
	bool unawaited_told; /* in this run of the client's lines it was told that it does not wait */
	bool restated;       /* the same: that a reply is no status, and what was meant */
	bool unasked_told;   /* since the client's last line it was told that a reply answers nothing */
	bool servers;        /* the server says something somewhere */
	bool clients;        /* the client says something somewhere */
	bool turned;         /* the two have changed their parts: what follows is not judged */
	bool over_told;      /* that something is said behind the end */
	bool left_out[2];    /* of each side: a body, or a literal, was described, and perhaps goes on */
	bool left_closed;    /* the last line of that ends in a parenthesis: perhaps it was behind the literal */
	bool closed;         /* the server has hung up */
	bool in_header[2];   /* HTTP: of each side: its header has not ended yet */
	size_t counts[2];    /* of each side: the line that printed a count last, or NO_LINE */
	size_t last[2];      /* of each side: the line that it said last, or NO_LINE */
	uint64_t answered;   /* the command that has had a reply last that does not complete it */
	uint64_t skipped;    /* up to this command the document may have left out what answers them */
	uint64_t answered_ahead; /* IMAP: up to this one, the replies to all commands that wait come further on */
	bool asked;              /* that reply asked the client to go on */
	char code[4];            /* of the server's last line, where codes have three digits */
};

/* ---- check_mend.c ---- */

/* The copy's line has other text from here on, which becomes the hearing's; and the finding says so. */
void line_mend(struct hearing *h, size_t line, struct finding *row, char *text);
/* The same: the other side says it; it is a comment. */
void line_turn(struct hearing *h, size_t line, struct finding *row);
void line_hush(struct hearing *h, size_t line, struct finding *row);

/* A line of `side` is put in before or behind the finding's. */
void line_insert(struct finding *row, enum check_repair where, enum side side, const char *text);

/* An exact line that ends in CR alone, or in several, is told, and heard with the line end that belongs there. */
void end_judge(struct hearing *h);

/* Puts right what a dialogue has found wrong with the line under way, where that is certain. */
void problem_mend(struct hearing *h, struct slice problem, struct finding *row);

/* What watchers put into the findings from that one on, in a line's place, becomes the copy's too: several repairs of a line
 * meet there. */
void repairs_adopt(struct hearing *h, size_t from);

/* All is heard: what stands in the place of the lines that were mended is put into the findings. */
void mended_print(struct hearing *h);

/* ---- check_hearing.c ---- */

/* Hears all lines. */
void hearing_run(struct hearing *h);

/* Another conversation begins: what was said so far is forgotten. */
void hearing_restart(struct hearing *h);

/* Feeds what the line under way says, and tells of it. */
void hearing_feed(struct hearing *h, enum side side, struct slice octets);

/* Feeds octets as if `side` had said them, though no line does. */
void hearing_invent(struct hearing *h, enum side side, const char *octets);

/* The line that said the command of that event; NO_LINE where none did. */
size_t hearing_command_line(const struct hearing *h, uint64_t n);

/* Whether that line was no command at all, which was told. */
bool hearing_command_strange(const struct hearing *h, uint64_t n);

/* Takes the line under way for what it is now that it was mended. */
void hearing_take(struct hearing *h);

/* Whether a command with that verb asks what the server can do. */
bool hearing_asks_abilities(struct slice verb);

/* Whether dots stand in the text where a document leaves something out. */
bool text_elided(struct slice text);

/* Whether the protocol is HTTP. */
bool hearing_is_http(const struct hearing *h);

/* The line under way: itself, and what it says, without its line end. */
const struct script_line *hearing_line(const struct hearing *h);
struct slice hearing_text(const struct hearing *h);

/* ---- check_watch.c ---- */

void watchers_begin(struct hearing *h);
/* Shows them an event of the line under way. */
void watchers_see(struct hearing *h, const struct dialogue_event *event);
void watchers_end(struct hearing *h);

/* ---- check_problem.c ---- */

/* Tells each problem of an event at the line under way, with what puts it right where that is certain. */
void problems_tell(struct hearing *h, const struct dialogue_event *event);

/* Tells one problem, in a dialogue's words. `refs` are its references where neither a row nor its words have any. */
void problem_tell(struct hearing *h, struct slice problem, struct slice refs);

/* ---- check_counts.c ---- */

/* A literal, or a body, begins behind that line perhaps, and its count does not fit the text: tells that, and what follows is
 * taken for what it is. */
void counts_judge(struct hearing *h, size_t behind, bool literal);

/* ---- check_gaps.c ---- */

/* The line under way is a comment: where it stands for what is left out, nothing is missing there, and what follows may be said
 * in any state. */
void gap_comment(struct hearing *h);

/* The same of `<server sends ...>` where nothing is asked of the server; true where that is so. */
bool gap_direction(struct hearing *h);

/* Whether the client's text holds words that stand for others, as documents write them: `<uid>`, `$NAME`. */
bool gap_placeholder(const struct hearing *h, struct slice text);

/* Whether the line under way is more of a body or a literal that was described in part; what was behind that is ended where it
 * is not. */
bool gap_goes_on(struct hearing *h);

/* ---- check_ahead.c ---- */

/* Looks along the whole script once. */
void ahead_make(struct hearing *h);
void ahead_free(struct hearing *h);

/* Whether the server answers, from that line on, what has this tag; `*line` (may be NULL) gets where first. */
bool ahead_answers(const struct hearing *h, struct slice tag, size_t from, size_t *line);

/* Whether the first reply behind the line under way accepts it, or none is printed. */
bool ahead_accepts(const struct hearing *h);

/* ---- check_assume.c ---- */

/* The row of the command that a client's line says, or NULL. */
const struct entry *hearing_command_of(const struct hearing *h, struct slice line);

/* The good reply to a command, with its line end; a `%` in it stands for the command's tag. NULL: not known. */
const char *good_reply(const struct hearing *h, struct slice verb);

/* Says, in silence, the good reply to a command that waits. */
void assume_reply(struct hearing *h, const struct waiting_command *waiting);

/* Says, in silence, what must come before a command until it is allowed; `names` (may be NULL) gets what that is: "the
 * greeting, EHLO and MAIL". False where nothing leads there. */
bool assume_before(struct hearing *h, const struct entry *command, struct buffer *names);

/* ---- check_missing.c ---- */

/* Tells what is missing before the line under way, and says it. */
void missing_before(struct hearing *h);

/* Tells which replies are missing before a side hangs up, as the line under way says. */
void missing_before_close(struct hearing *h);

/* The same before TLS begins, as the line under way says. */
void missing_before_tls(struct hearing *h);

/* Tells what is missing at the end. */
void missing_at_end(struct hearing *h);

/* Where it stands that each command has its reply. */
const char *missing_ref(const struct hearing *h);

/* Says a line that is missing behind the finding's, and puts it in there: not where the line before has no end, which it would
 * only end. */
void missing_put(struct hearing *h, struct finding *row, enum side side, const char *text);

/* ---- check_headers.c ---- */

/* HTTP: tells that the empty line behind the side's header is missing, and says it. */
void header_end_missing(struct hearing *h, enum side side);

/* HTTP: a line that is no field, where fields stand: a body begins without the empty line before it. */
void headers_judge(struct hearing *h);

/* HTTP: a request without its version, and fields without a request, which are passed over. */
void requests_judge(struct hearing *h);

/* ---- check_doubled.c ---- */

/* The server's line comes though the client is to go on: tells that it is one too many, and passes over it (true), or that the
 * client's answer is missing. */
bool doubled_judge(struct hearing *h);

/* ---- check_tags.c ---- */

/* IMAP: a reply, or a command, whose tag is wrong or missing is told, and heard with the right one. */
void tag_judge(struct hearing *h);

/* ---- check_replies.c ---- */

/* A client's line that is nearly a command, which the server took, is told, and heard as that command. */
void stranger_judge(struct hearing *h);

/* A server's line that the command cannot get is told, and heard as the good reply that it can; so is a line of a reply that
 * looks like its last. */
void reply_hear(struct hearing *h);

/* ---- check_begin.c ---- */

/* The conversation begins with the line under way: tells whether its beginning is missing. Later lines: whether they stand
 * behind its end. */
void begin_judge(struct hearing *h);

/* A command that the state does not allow, and the server accepts all the same: tells it, and goes on as the server does. */
void state_judge(struct hearing *h);

/* ---- check_sides.c ---- */

/* A line that stands under the wrong side is told, and turned; one that a shell understands is told, and passed over. */
void side_judge(struct hearing *h);

/* The same of the line `i`, which comes next in a text that is counted: whether the other side's text goes on with it. */
bool side_strays(struct hearing *h, size_t i);

/* IMAP: a client's literal begins after that line: the + and the tagged reply among its lines are the server's. */
void literal_sides(struct hearing *h, size_t behind);

#endif
