/*
 * An extraction under way: what extract.c and extract_*.c share. Known to them alone.
 *
 * The document's lines are held in passages (a section at most), a passage is judged as a whole, what is said in it becomes items,
 * and the items are spoken into the talk under way.
 */
#ifndef PARLANCE_SCRIPT_EXTRACT_INSIDE_H
#define PARLANCE_SCRIPT_EXTRACT_INSIDE_H

#include "base/buffer.h"
#include "script/document.h"
#include "script/extract.h"
#include "script/import_draft.h"
#include "script/notation.h"

/* ---- lines that are held (extract_passage.c) ---- */

/* The most that is held at once. */
#define PASSAGE_LINES 4096
#define PASSAGE_OCTETS ((size_t)1 << 20)

struct held {
	unsigned number; /* of the document's line */
	unsigned block;  /* as struct document_line's */
	enum document_kind kind;
	bool row, page;
	size_t at, n;                                   /* where its text stands among the passage's */
	enum { FLAT_UNASKED, FLAT_NOT, FLAT_ALL } flat; /* whether it is a conversation by itself */
};

struct passage {
	struct buffer text;
	struct held *lines;
	size_t n, room;
	struct columns {
		unsigned block;
		unsigned rows;           /* of the table, so far */
		unsigned client, server; /* a table's cells that only this side fills, from 1; 0: none */
	} columns;
};

void passage_add(struct passage *p, const struct document_line *line);
bool passage_full(const struct passage *p);
struct slice passage_line(const struct passage *p, size_t i);
/* Drops the first `n` lines. */
void passage_drop(struct passage *p, size_t n);
void passage_free(struct passage *p);

/* Takes AsciiDoc's callouts (`data <5>`) off the ends of a block's lines, where their legend is right behind it; and the legend
 * (extract_callouts.c). */
void passage_callouts(struct passage *p);

/* ---- what speaks for lines (extract_verdict.c) ---- */

/* What speaks for a number of lines being a conversation. */
struct verdict {
	const struct protocol *protocol; /* NULL: none that is known */
	size_t lines[2];                 /* that each side says */
	size_t likely[2], sure[2];       /* of which that protocol likes 2 or more, 3 */
	size_t strange;                  /* in the place of a command, and none */
	size_t told;                     /* that tell what is done, and say nothing */
	size_t named;                    /* the client's that begin with a word of letters */
	size_t coded;                    /* the server's that begin with a code */
	size_t columns;                  /* that stand in columns */
	size_t begun;                    /* how often a side begins to speak, */
	size_t fields;                   /* and with a field of HTTP's, where no protocol is known; */
	bool version;                    /* whether a line names a protocol and its version, then */
	size_t turns;                    /* how often the other side goes on */
	bool greeted;                    /* the server begins as only this protocol's does */
	bool replies;                    /* a server's line looks like a reply of any protocol */
};

/* One line's prefix and text. */
struct spoken {
	enum side side;
	struct slice text;
};

/* `lines` are all that is said; what tells of the connection (`[open connection]`) speaks for nothing. */
void verdict_make(const struct spoken *lines, size_t n, const struct protocol *usual, struct verdict *verdict);
/* Whether the lines of a protocol that nobody knows tell what is done (`C: Opens connection`), or a picture shows it. */
bool verdict_tells(const struct verdict *v);
/* Whether a server of any protocol may say the line as a reply. */
bool verdict_reply(struct slice text);
/* Whether a word of the line names a protocol and its version: `RTSP/2.0`. */
bool names_version(struct slice line);

/* Where sessions of a log run at once, each line naming its own, brings the lines of each together, an empty heading above them
 * (extract_sessions.c). `goes_on`: with a passage that was too long to be held. */
void passage_sessions(struct passage *p, bool goes_on);

/* ---- what a passage is (extract_judge.c) ---- */

/* A run of lines in one notation. */
struct judged {
	const struct notation *notation;
	bool flipped;       /* who is printed as the client is the server */
	bool marked_ends;   /* `<CRLF>` and the like stands for the line's end */
	bool quoted;        /* quote marks stand around what is said */
	size_t first, last; /* indices of the first and last line with a prefix */
	size_t width[2];    /* columns of white space between prefix and text, of each side as it is printed */
	struct verdict verdict;
	size_t shown; /* turns in this notation that the document has shown up to here, of a protocol that is not known */
	bool tried;   /* the first line has a prefix of some notation */
	size_t again; /* where nothing convinces: no line before this one is worth a trial */
};

/* Where a mark for the line's end begins that the text ends with (`<CRLF>`; where most lines have one, `\r\n` too, and a full stop
 * behind it); text.n where none stands there. */
size_t end_mark(struct slice text, bool usual);
/* Whether the lines from the `i`th on are in a notation, and say enough to be a conversation. */
bool judge_passage(const struct passage *p, size_t i, const struct judged *usual, struct judged *judged);
/* Whether the document prints conversations in this notation of a protocol that is not known, so that what is too short to tell by itself
 * is one, too. */
bool judge_established(const struct judged *judged);
/* The same for lines that go on with a passage that was too long to be held, which was judged as `usual`; `payload`: they may
 * begin without a prefix. */
bool judge_rest(const struct passage *p, size_t i, const struct judged *usual, bool payload, struct judged *judged);

/* Takes the quote marks off that stand around the text; `*behind` gets what an author has written behind them, two blanks apart.
 * False: there are none (extract_quotes.c). */
bool quotes_off(struct slice *text, struct slice *behind);
/* Whether the lines of a run are meant so, of whose `lines` so many of each side are in quote marks. */
bool quotes_usual(const size_t quoted[2], size_t lines);

/* Whether the word is base64, and long enough for nothing else (extract_fold.c). */
bool is_base64(struct slice word);

/* ---- what is said (extract_items.c) ---- */

enum item_kind { ITEM_SAID, ITEM_PLAIN, ITEM_EMPTY, ITEM_HEADING };

struct item {
	enum item_kind kind;
	enum side side;
	bool both;           /* both do it */
	bool flat;           /* other prefixes stand in its line */
	bool glued;          /* prose stands before its prefix, in its line */
	bool cell;           /* of a table */
	bool page;           /* a page ended before it */
	bool logged;         /* a log's words stand before its prefix */
	struct slice text;   /* of the passage's */
	struct slice behind; /* what stands behind the quote marks around it */
	size_t indent;       /* columns before the prefix, or before a plain line's text */
	size_t column;       /* where the text begins */
	unsigned number, block;
	size_t index; /* of the held line */
};

struct items {
	struct item *rows;
	size_t n, room;
	const struct passage *passage;
	const struct judged *judged;
	size_t next;  /* the index of the held line behind those that are items */
	bool leaders; /* of the line before: more than white space stands before its prefix */
};

/* The passage's items, and some behind its last prefix; both are looked at, and must outlive the items. */
void items_make(struct items *items, const struct passage *p, const struct judged *judged);
/* Some more, where nobody's prefix comes; false at the end of what is held. */
bool items_more(struct items *items);
void items_free(struct items *items);

/* ---- titles (extract_title.c) ---- */

/* What stands above: the nearest heading, the nearest line that looks like one, and the line that announces what comes. */
struct titles {
	struct buffer heading, caption, announced;
	unsigned heading_at, caption_at, announced_at; /* the document's lines; 0: none */
};

/* Every line of the document in turn, but for what is said. */
void titles_see(struct titles *titles, struct slice line, unsigned number, bool heading);
/* What a conversation is called that begins at that line; empty where nothing near says it. */
struct slice titles_at(const struct titles *titles, unsigned number);
void titles_free(struct titles *titles);

/* ---- the conversation under way (extract_talk.c) ---- */

/* Remarks up to this many lines are kept as comments. */
#define GAP_KEPT 12

/* What stands between what was said last and what may be said next. */
struct gap {
	struct buffer text; /* its first lines, LF behind each */
	unsigned numbers[GAP_KEPT];
	unsigned kept;
	unsigned lines, empty, headings;
	unsigned prose;          /* lines that are no remark in brackets, and no dots */
	bool then;               /* prose begins with what a side does then */
	bool or ;                /* `or`, `might also`: what follows stands in the place of what was said */
	unsigned label, example; /* which of the lines of prose labels an example, or announces one, from 1; 0: none */
	bool connects;           /* the client connects: so it does */
	bool tls;                /* TLS has begun before what follows */
	unsigned empty_before;   /* empty lines before the remark that says so */
};

struct talk {
	struct extract_sink sink;
	struct draft draft;
	bool open;
	const struct notation *notation;
	const struct protocol *protocol; /* NULL: none that is known */
	struct buffer title;
	unsigned first, last;        /* the document's lines */
	uint64_t said[2];            /* lines of each side */
	bool begun;                  /* its beginning was seen: a connection, a greeting, who the client is */
	uint64_t blanked;            /* addresses that a web site has blanked */
	bool flat, glued;            /* how it is printed */
	const struct entry *command; /* the client's last, where it is known */
	struct buffer opening;       /* its first line */
	bool tls_now;                /* TLS has begun, and nothing was said since */
	uint64_t due[2];             /* octets by count that each side still had to say; what is more has just begun */
	struct rest {                /* payload without prefixes goes on where no more was held */
		bool goes_on;
		enum side side;
		size_t indent, column, strip;
	} rest;
	size_t margin[2];    /* columns before each side's last command or reply, which payload has, too */
	unsigned unrecorded; /* up to this line of the document no program's recording is one */
	unsigned unlogged;   /* and no log begins */
	struct buffer tags;  /* IMAP: the last ones that were used, a space before and behind each */
	struct gap gap;
};

void talk_begin(struct talk *t, const struct judged *judged, const struct protocol *protocol, struct slice title,
                unsigned number);
void talk_said(struct talk *t, enum side side, struct slice text, unsigned number);
/* The same; `end` is what ends the line on the wire: CR LF, LF, or nothing where a body's last line has no end. */
void talk_said_ended(struct talk *t, enum side side, struct slice text, struct slice end, unsigned number);
/* A line of a script that somebody else has read, as it is printed. */
void talk_line(struct talk *t, const struct script_line *line, struct slice printed, unsigned number);
void talk_comment(struct talk *t, struct slice text, unsigned number);
/* A stage direction, without < and >; what `side` sends, octets 0 where nobody knows. */
void talk_direction(struct talk *t, const char *text, unsigned number);
void talk_payload(struct talk *t, enum side side, struct slice what, unsigned number);
void talk_tls(struct talk *t, unsigned number);
void talk_hangs_up(struct talk *t, enum side side, unsigned number);
void talk_end(struct talk *t);
void talk_free(struct talk *t);

/* What the client's line commands, by the protocol's table; NULL where it is none. */
const struct entry *command_of(const struct protocol *protocol, struct slice line);

enum between { BETWEEN_PROSE, BETWEEN_ASIDE /* a remark among what is said */, BETWEEN_HEADING };

/* A line between; and what was between becomes comments. */
void gap_add(struct talk *t, struct slice text, unsigned number, enum between between);
void gap_empty(struct talk *t);
void gap_tell(struct talk *t);
void gap_forget(struct talk *t);
/* Whether an example is labelled, or announced, right before what follows. */
bool gap_label(const struct gap *gap);
bool gap_example(const struct gap *gap);
bool gap_any(const struct talk *t);

/* ---- what words on a stage direction mean (extract_direction.c) ---- */

enum connection_words {
	WORDS_NONE,
	WORDS_CONNECTS,
	WORDS_TLS,      /* TLS is negotiated */
	WORDS_HANGS_UP, /* who says or does it */
	WORDS_WAITS     /* nothing of the conversation */
};

/* What the text, without brackets, tells of the connection. */
enum connection_words connection_words(struct slice text);
/* The text between the brackets that it all stands in: `<…>`, `[…]`, `(…)`; empty where it does not. */
struct slice bracketed(struct slice text);
/* Whether the line is nothing but a word that parts alternatives: `or`, `-or-`. */
bool parts_alternatives(struct slice line);
/* Whether prose says what else might be said: `the server could also reply`. */
bool supposes(struct slice line);
/* Whether prose tells what a side does next: `The client then sends`. */
bool tells_next(struct slice line);
/* Whether it is an example's label (`Example:`, `Example 3`); whether prose announces one (`The following example shows`). */
bool labels_example(struct slice line);
bool announces_example(struct slice line);
/* Whether the text begins as the middle of a sentence does. */
bool is_prose(struct slice text);
/* Whether the line tells what one does, or is of a list of contents, where something said would stand: `Sends selector string`,
 * `{to I} The client marks the message`, `4.2.1 bind-credit-card`. */
bool is_told(struct slice line);
/* Whether the line is a number and its unit: `250 GB`. */
bool is_measure(struct slice line);
/* Whether words in angle brackets are a sentence: nobody says that; and whether it describes a payload: `<the document in
 * .pdf format>`. */
bool is_sentence(struct slice inside);
bool describes_payload(struct slice inside);
/* Whether a remark begins with it that stands among what is said: `(note that …`, `... TLS negotiation proceeds`. */
bool begins_aside(struct slice line);
/* A remark's words, without the brackets, dots or dashes around it. */
struct slice aside_words(struct slice line);
/* Whether it is a remark between what is said, not prose: in brackets, or dots. */
bool is_aside(struct slice line);

/* ---- other programs' recordings (extract_recorded.c) ---- */

/* Reads a recording that begins at the `i`th line into conversations of its own; returns the index of the line behind it, `i`
 * where none begins. */
size_t recorded_passage(struct talk *t, const struct passage *p, size_t i, struct titles *titles);

/* ---- changes (extract_diff.c) ---- */

/* The line behind the change to a text that diff prints from the `i`th on; `i` where it prints none. */
size_t diff_end(const struct passage *p, size_t i);

/* ---- lines that are flattened (extract_flat.c) ---- */

/* How many octets of the text that side says, where others stand in its line: what is behind them is prose. */
size_t flat_end(const struct talk *t, enum side side, struct slice text);

/* ---- what an author has written behind a line (extract_gloss.c) ---- */

/* Takes it off the end of what `side` says behind a prefix: what bare_gloss() takes, a remark behind two blanks and a semicolon,
 * or one in brackets behind wide space. Its words, empty where none stand there. Not to be asked of payload. */
struct slice said_gloss(struct slice *text, enum side side);
/* The same for payload of a conversation that has such remarks: behind wide space and an arrow, `<- `. */
struct slice payload_gloss(struct slice *text);
/* The same of what goes on with the remark of the line above, in its column, counted from where the text begins. */
struct slice column_gloss(struct slice *text, size_t column);
/* How many columns the text takes, each character one. */
size_t gloss_columns(struct slice text);

/* ---- whether it goes on (extract_join.c) ---- */

/* Whether what is said next, behind a gap, belongs to the talk under way. */
bool talk_continues(const struct talk *t, const struct judged *judged, const struct protocol *protocol, enum side side,
                    struct slice text);

/* ---- what only the rest of the document explains (extract_early.c) ---- */

/* How many lines, from the `i`th on, are a paragraph or a block by themselves, each with a prefix of the notation in the same column,
 * and say something, none of which tells or explains; 0 where they are not. */
size_t lines_alone(const struct passage *p, size_t i, const struct notation *notation);

/* Such paragraphs before the first conversation of the document. */
#define EARLY_MAX 32
struct early {
	const struct notation *notation;
	struct passage lines;
	struct early_title {
		struct buffer title;
		size_t first, n; /* of the lines */
	} titles[EARLY_MAX];
	size_t ntitles;
	unsigned looks;
	bool over; /* too many, or a conversation was read */
};

/* The `i`th line, which nobody is known to say, before the first conversation. */
void early_see(struct early *early, const struct passage *p, size_t i, const struct titles *titles);
/* The first conversation begins, in that notation: what is held is spoken where it is of such, and nothing more will be. */
void early_speak(struct early *early, struct talk *t, const struct judged *like);
void early_free(struct early *early);

/* ---- speaking (extract_speak.c) ---- */

/* Speaks a passage's items into the talk, ends it and begins others where need be. Returns the index of the first held line that
 * does not belong to it. */
size_t speak(struct talk *t, struct items *items, const struct judged *judged, struct titles *titles);

#endif
