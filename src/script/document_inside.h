/*
 * What the files of document_*.c know of each other: the way of an octet from the file to a line that is handed on.
 *
 *   octets (UTF-8, LF) ─▶ the form is chosen ─┬▶ rows ─▶ pages ─▶ three rows of look-ahead ─▶ text, Markdown or RST ─┬▶ lines
 *                                             └▶ HTML's tokens ─▶ its lines ─▶ pages ────────────────────────────────┘
 */
#ifndef PARLANCE_SCRIPT_DOCUMENT_INSIDE_H
#define PARLANCE_SCRIPT_DOCUMENT_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "script/document.h"

/* How much of the beginning is looked at before anything is read. */
#define LOOK_MAX ((size_t)4096)

/* ---- octets: document_octets.c ---- */

typedef void octets_take(void *context, const char *octets, size_t n);

/* Makes UTF-8 without a byte order mark, its lines ended by LF, of what a file holds. */
struct octets {
	octets_take *take;
	void *context;
	enum { OCTETS_BEGIN, OCTETS_UTF8, OCTETS_UTF16_LITTLE, OCTETS_UTF16_BIG } as;
	unsigned char mark[3]; /* what may be a byte order mark, at the beginning */
	size_t nmark;
	size_t returns;        /* CRs that wait for what follows them */
	bool half;             /* of a UTF-16 unit, its first octet is `unit` */
	uint32_t unit, high;   /* `high`: a high surrogate that waits for its low one; 0: none */
	uint64_t passed, nuls; /* octets so far, and NULs among them */
	bool binary;           /* too many of those: nothing more is taken */
};

void octets_feed(struct octets *o, const char *octets, size_t n);
void octets_end(struct octets *o);

/* ---- rows: lines on their way ---- */

struct passing {
	struct document_line line;
	bool feed; /* a form feed stands before the text */
	bool rest; /* the text goes on with what the line before it holds: both are one line, too long to be handed on whole */
};

typedef void passing_take(void *context, const struct passing *row);

/* How much of a line of DOCUMENT_LINE_MAX octets or more is parted from its front: up to a space, never inside a character. */
size_t row_part(struct slice text);
/* Appends the spaces that a tab stands for (of 8 columns); `*counted` octets of the text have `*column` columns. */
void row_tab(struct buffer *text, size_t *counted, size_t *column);

/* Makes rows of text (document_rows.c): escape sequences are taken out, overstrikes made letters, tabs made spaces. */
struct rows {
	passing_take *take;
	void *context;
	struct buffer text;
	unsigned number;        /* of lines that are over */
	size_t counted, column; /* octets of `text` whose columns are counted, and how many those are */
	enum { ROWS_PLAIN, ROWS_ESCAPE, ROWS_CONTROL, ROWS_CHARSET, ROWS_STRING, ROWS_STRING_ESCAPE } state;
	char under[4]; /* the character that a backspace went over, */
	size_t nunder; /* its octets; 0: none */
	bool over;     /* what comes next is printed over it */
	bool feed, rest;
	bool feed_behind; /* a form feed stands behind the text */
};

void rows_feed(struct rows *r, const char *octets, size_t n);
void rows_end(struct rows *r);
void rows_free(struct rows *r);

/* Leaves out what only printed pages have (document_pages.c). */
struct pages {
	passing_take *take;
	void *context;
	struct passing empty;  /* the first of the empty lines that wait, */
	size_t nempty;         /* how many they are, */
	unsigned last_empty;   /* and the last one's number */
	struct passing footer; /* a line that is a footer if a form feed follows; its text is in `footer_text` */
	struct buffer footer_text;
	struct passing after; /* the first of the empty lines behind it, */
	size_t nafter;        /* how many they are, */
	unsigned last_after;  /* and the last one's number */
	bool waits;           /* there is such a line */
	bool broken;          /* a page ended here: the next line says so */
	bool top;             /* nothing but empty lines since then */
	bool header;          /* the line before was a page's header */
	bool second;          /* `footer_text` is the line behind that: the header's second, if an empty line follows */
	bool left;            /* the line before was left out, and so is what else it holds */
	struct buffer first_line; /* of the page before: what stands on every page is a header */
};

void pages_feed(struct pages *p, const struct passing *row);
void pages_end(struct pages *p);
void pages_free(struct pages *p);

/* ---- bars around a line: document_frames.c ---- */

/* Of the lines of a document, in their order. */
struct frames {
	bool barred; /* bars came off the end of the line before */
};

/* The text without the sides of a frame that it stands in, and without bars that a table leaves behind its lines. */
struct slice frames_off(struct frames *f, struct slice text);

/* ---- what a line is by its shape: document_shapes.c ---- */

/* How many columns it is indented. */
size_t shape_indent(struct slice text);
/* Whether nothing but spaces stands there. */
bool shape_blank(struct slice text);
/* The punctuation mark that the line is made of, at least `least` times, indentation and spaces at its end apart; 0: it is not. */
char shape_rule(struct slice text, size_t least);
/* The heading of a `#` line, closing hashes left out. False: it is none. */
bool shape_hashes(struct slice text, struct slice *title);
/* Whether `under` underlines `text`, as plain text and reStructuredText do it: with one mark, about as long. */
bool shape_underlined(struct slice text, struct slice under);
/* Whether the line begins as something that is said: `C:`, `Server:`, a reply's code. It is no heading then. */
bool shape_said(struct slice text);
/* A section's number (`4.3.`, `A.1`, `Appendix A.`, `10.`) with the spaces behind it, as a length; 0: none. */
size_t shape_section(struct slice text);
/* The heading without a section's number and without the mark of a link to itself. */
struct slice shape_title(struct slice text);

/* A fence of code: `mark` of `length`, `info` what stands behind it. */
struct fence {
	char mark; /* 0: none */
	size_t length;
	struct slice info;
};
struct fence shape_fence(struct slice text);
/* Whether the line closes it. */
bool shape_fence_closes(const struct fence *open, struct slice text);

/* ---- the form ---- */

/* FORM_XML is a manual in XML or SGML, which is read as HTML is. */
enum document_form { FORM_UNKNOWN, FORM_TEXT, FORM_MARKDOWN, FORM_RST, FORM_HTML, FORM_XML };

/* By the name's ending, and by the beginning of the text where that says nothing, or `.txt` alone (document_look.c). */
enum document_form look_name(const char *name);
enum document_form look_text(enum document_form named, struct slice text);
/* Whether it is an RFC or an Internet-Draft. */
bool look_rfc(struct slice text);

/* ---- readers ---- */

/* How raw HTML within Markdown ends: with the tag or comment that closes it, or with an empty line. */
enum raw_html { RAW_HTML_NONE, RAW_HTML_CLOSED, RAW_HTML_EMPTY_LINE };

/* What the readers of text, Markdown and reStructuredText keep; each uses what it needs. */
struct blocks {
	struct fence fence;  /* open */
	size_t fence_quotes; /* the block quote that it stands in */
	bool empty_before;   /* an empty line, a heading or nothing stands before */
	bool rfc;
	unsigned literal;   /* the literal block's or table's number; 0: none is open */
	size_t indent;      /* of what the block belongs to */
	size_t offsets[16]; /* Markdown: where the text of the list items under way begins */
	size_t noffsets;
	bool coming;        /* reStructuredText: a literal block follows */
	bool parsed;        /* and is marked up within its lines */
	bool options;       /* and may be preceded by a directive's options */
	bool skipping;      /* what is indented is left out: a comment */
	char quoting;       /* the mark of a quoted literal block; 0: none */
	bool table;         /* Markdown */
	enum raw_html html; /* Markdown: raw HTML under way */
	bool front;         /* Markdown: the lines before the text, between --- and --- */
};

/* Reads `now`, which two rows may follow (NULL: none does). Sets d->skip to how many of them it has used up. */
typedef void reader_row(struct document *d, const struct passing *now, const struct passing *next,
                        const struct passing *after);
reader_row text_row, markdown_row, rst_row;
/* The rows of an RFC within <pre>: its headings are found there too. */
reader_row rfc_row;

/* What `markdown` marks up within a line (document_inline.c), appended without it; <br> becomes LF. */
void inline_markdown(struct buffer *out, struct slice text);
void inline_rst(struct buffer *out, struct slice text);

/* HTML, and raw HTML within Markdown (document_html.h): made when it is asked for, d's own. */
struct html;
struct html *document_html(struct document *d);
/* Reads the row as raw HTML within Markdown (document_markdown_html.c). False: it is none. */
bool markdown_html(struct document *d, const struct passing *now, const struct passing *next);

struct held_row {
	struct passing row;
	struct buffer text;
};

struct document {
	document_take *take;
	void *context;
	enum document_form form;
	struct octets octets;
	struct buffer head; /* what stands at the beginning, until the form is known */
	bool known;
	struct rows rows;
	struct pages pages;
	struct held_row room[3], *held[3]; /* rows that are looked ahead to, in their order */
	size_t nheld, skip;
	reader_row *reader;
	struct blocks blocks;
	struct buffer scratch; /* a line without its markup */
	unsigned nblocks;      /* numbers given so far */
	bool page_due;         /* the row that came behind a page was left out itself */
	struct document_line last;
	/* Of HTML: the block of the line before (0: it had none); a block that goes on behind a page, and the number that it
	 * had before. */
	unsigned block_last, block_now, block_before;
	struct frames frames;
	bool handed;       /* of the row under way, something */
	struct html *html; /* NULL until HTML is read */
};

/* Hands the text on as a line of `row`. */
void document_hand(struct document *d, const struct passing *row, enum document_kind kind, struct slice text,
                   unsigned block);
/* The number of a new block. */
unsigned document_block(struct document *d);

#endif
