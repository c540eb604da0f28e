/*
 * Conversations without prefixes, as terminals and books show them. Known to extract_bare*.c, and by its door to extract.c.
 *
 * Lines that stand together (a stretch: a literal block, or lines of text in a row) are walked as each protocol in turn: a dialogue
 * follows, who says a line is told by its look and by whose turn it is. The protocol that most lines speak for is it, if enough
 * do; only then is anything said into the talk.
 */
#ifndef PARLANCE_SCRIPT_EXTRACT_BARE_H
#define PARLANCE_SCRIPT_EXTRACT_BARE_H

#include "script/extract_inside.h"
#include "script/tool.h"

/* ---- what is known from line to line (extract_bare.c) ---- */

struct bare {
	/* The shell's line that has started a tool, until a conversation begins. */
	struct {
		unsigned number; /* the document's line; 0: none */
		struct buffer line;
		unsigned port;
		bool tls;
		const char *starttls;
	} shell;
	bool screen;      /* what a tool says stood here since the last conversation */
	unsigned refused; /* up to this line of the document it is none */
	unsigned tries;   /* how many lines among them might have been a beginning */
	/* What was said in the talk under way since nothing was awaited: a line each, `C` or `S` before it. */
	struct buffer tail;
	bool lost;            /* it was too much */
	struct slice mark[2]; /* what stands before the lines of each side in that talk; empty: nothing */
	/* Whether what was said last stood in a block; whether it was payload that the document leaves out. */
	bool literal, left_out;
};

/* Reads the conversation, or the part of one, that begins with the `i`th line; returns the line behind it, `i` where none begins. */
size_t bare_read(struct bare *bare, struct talk *t, const struct passage *p, size_t i, const struct titles *titles);
/* A line that was said with a prefix, or belongs to nothing: what was known of tools is forgotten. */
void bare_forget(struct bare *bare);
void bare_free(struct bare *bare);

struct walk;
struct step;

/* The line may start a tool, or be a tool's (extract_bare_tool.c). */
void bare_see_tool(struct bare *bare, struct slice line, const struct held *held);
/* Whether what is walked, whose first step that says something is `first`, goes on with the talk under way. */
bool bare_continues(const struct bare *bare, const struct talk *t, const struct walk *w, const struct step *first);
/* Speaks what is walked, as a conversation of its own or as more of the one under way. */
void bare_speak(struct bare *bare, struct talk *t, const struct walk *w, const struct titles *titles);

/* ---- lines that are flattened (extract_bare_flat.c) ---- */

/* Whether the line holds a conversation by itself, several lines of it in one. */
bool bare_is_flat(struct slice line);
/* The same of the `i`th line. What was found is kept: it is asked for each stretch that the line may belong to. */
bool bare_line_is_flat(const struct passage *p, size_t i);
/* Reads the `i`th line, where it is such a one, or more of the talk under way, or begins a paragraph that was flattened and then
 * wrapped (extract_flat.h); returns the line behind it, `i` where nothing is read. */
size_t bare_flat(struct bare *bare, struct talk *t, const struct passage *p, size_t i, const struct titles *titles);

/* ---- lines that stand together (extract_bare_stretch.c) ---- */

struct stretch {
	const struct passage *p;
	size_t first, end; /* of the passage's lines; the end is not included */
	size_t whole;      /* the end, were it not for the quote's */
	bool literal;
	size_t indent;        /* columns before all of them */
	bool ends;            /* they are printed with marks of their ends */
	bool hashes;          /* an author has written behind some of them, a `#` before it */
	struct slice quote;   /* what stands before each, as in quoted mail; empty: nothing */
	bool numbered;        /* each has its number */
	struct slice mark[2]; /* what stands before the lines of each side; empty: nothing */
};

/* The length of a line's number that stands before the text (`12. `, `3)  `); 0 where none does. */
size_t stretch_number(struct slice text);
/* Whether a sentence of the text goes on from the line above to the `i`th: what begins with a code is prose there (`The` / `257 reply
 * to the MKD command must ...`). */
bool stretch_amid_sentence(const struct passage *p, size_t i);
struct stretch stretch_of(const struct passage *p, size_t i);
/* Takes the mark of one side's lines, as another block has shown it, where lines with and without it stand here. */
void stretch_mark(struct stretch *s, const struct slice mark[2]);
/* The line without white space at its end, and without the bars there that a flattened table has left (`Host: a | |`). */
struct slice stretch_trim(struct slice text);
/* The line without Markdown's escape before IMAP's star: `\* OK ready`. */
struct slice stretch_unescaped(struct slice text);
/* The `i`th line without what all are indented by, bold's stars and white space at its end. */
struct slice stretch_line(const struct stretch *s, size_t i);
/* Whether the mark of that side stands before the text; `*rest` gets what stands behind it. True where it has no mark. */
bool stretch_marked(const struct stretch *s, enum side side, struct slice text, struct slice *rest);

/* ---- the walk (extract_bare_walk.c, extract_bare_steps.c, extract_bare_http.c) ---- */

enum step_kind {
	STEP_SAID,
	STEP_FOLDED,   /* goes on with what was said before */
	STEP_END,      /* the empty line that ends a header, which the document leaves out */
	STEP_LEFT_OUT, /* payload that is described */
	STEP_HANGS_UP,
	STEP_REMARK
};

struct step {
	enum step_kind kind;
	enum side side;
	size_t index; /* of the passage's line */
	struct slice text;
	struct slice end;     /* what ends the line on the wire */
	struct slice assumed; /* what the server must have said before it, and the document does not show */
	bool command;         /* a client's that stands where a command may */
	bool recounted;       /* the count that it begins is `count` octets as printed */
	uint64_t count;
};

struct walk {
	const struct stretch *s;
	const struct protocol *protocol;
	struct dialogue *d;
	bool goes_on; /* with the talk under way, which awaits something */
	bool headed;  /* a heading stands between */
	struct step *steps;
	size_t n, room;
	size_t kept;                 /* of the steps, up to the last that is said */
	size_t next;                 /* the passage's line behind it */
	size_t walked;               /* and behind all that was looked at */
	bool over;                   /* nothing of this conversation comes any more */
	bool asked;                  /* DATA was said, and no reply to it */
	bool proves, proved;         /* AUTH was said, and no reply to it; the answer too */
	bool tls;                    /* a tool that speaks TLS is at work */
	bool starttls;               /* the tool has asked for TLS itself */
	bool answered;               /* the lines of the server stand in the next block */
	bool retrieves, client_last; /* RETR or TOP was said; the client has spoken last */
	struct slice assumed;        /* for the next step */
	unsigned open, folds;        /* brackets that an IMAP line leaves open, and lines since */
	enum http { HTTP_START, HTTP_FIELDS, HTTP_BODY } http;
	enum side side;        /* of the header or body */
	bool announced;        /* the header says that a body comes */
	bool in_body;          /* a line of it was seen */
	size_t body_end;       /* the passage's line behind the body */
	struct slice line_end; /* of the body's lines */
	bool whole;            /* of the last too */
	bool counted;          /* its lines are as many octets as the header says */
	const struct tool_block *skipping;
	struct {
		size_t from, to;
		bool found;
	} dot; /* whether a lone dot comes behind lines from..to */
	/* what speaks for it, and against it */
	size_t said[2], likely[2], sure[2];
	size_t exchanges;                /* a reply to a command */
	size_t unasked, unheard;         /* a reply where none is due; a command where a reply is */
	size_t misfits, fields, several; /* replies of several lines */
	unsigned asides;                 /* lines of prose since something was said */
	bool greeted, screen, payload;
	bool named; /* the tool's port says that it is this protocol */
	bool other; /* or that it is not */
};

void walk_run(struct walk *w);
void walk_free(struct walk *w);
void walk_add(struct walk *w, const struct step *step);
void walk_say(struct walk *w, enum side side, struct slice text, struct slice end, size_t i);
/* Payload that the document only describes. */
void walk_left_out(struct walk *w, enum side side, struct slice text, size_t i);
/* The dialogue is told what somebody says; it is no step. */
void walk_feed(struct walk *w, enum side side, struct slice octets);
/* The server must have said it, and the document does not show it. */
void walk_assume(struct walk *w, struct slice octets);
void walk_remark(struct walk *w, struct slice text, size_t i);
/* What no role fits: in a block it is a remark, among lines of text the end. */
void walk_misfit(struct walk *w, struct slice text, size_t i);
/* Whether a lone dot ends the text that begins at the `i`th line. What was found is kept: it is asked for each line. */
bool walk_dot_ahead(struct walk *w, size_t i);
/* Before the `i`th line: what the server must have said for it to come, and the document does not print (extract_bare_unprinted.c). */
void walk_unprinted(struct walk *w, struct slice text, size_t i);
/* HTTP's lines. */
void walk_http(struct walk *w, struct slice text, size_t i);
void walk_http_end(struct walk *w);
/* What comes first may be the body of the response that the talk under way awaits. */
void walk_http_resume(struct walk *w);
/* Whether a request or a response begins with the line. */
bool http_begins(const struct walk *w, struct slice text, enum side *side);

/* How much the protocol likes the line as that side's, where the walk stands (extract_bare_likes.c). As speaker_likes. */
unsigned walk_likes(const struct walk *w, enum side side, struct slice text);

/* ---- what an author has written behind a line (extract_bare_gloss.c) ---- */

/* Takes it off the line's end: behind an arrow (`<- type this`), or behind two spaces and `#`, `//` or `->`. Its words; empty where
 * none stand there. */
struct slice bare_gloss(struct slice *text);
/* The same behind a `#` between single spaces, where the stretch has several such. */
struct slice bare_hash_gloss(struct slice *text);

/* ---- whether it is one (extract_bare_accept.c) ---- */

/* Whether the block behind the client's lines, little prose between, begins with what a server of the protocol says. */
bool walk_answered(const struct walk *w);
bool walk_accepted(const struct walk *w);
size_t walk_weight(const struct walk *w);

#endif
