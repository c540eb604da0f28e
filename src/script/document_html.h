/*
 * HTML on its way to lines: tokens (document_html.c), and what they make of the text (document_html_lines.c). Known to document_*.c
 * alone.
 */
#ifndef PARLANCE_SCRIPT_DOCUMENT_HTML_H
#define PARLANCE_SCRIPT_DOCUMENT_HTML_H

#include "script/document_inside.h"
#include "script/document_names_table.h"

/* A tag as it is read: `<td class="code">`, `</pre>`. */
struct tag {
	const struct element *element;
	bool end;
	bool attributes; /* it has some */
	bool out;        /* a class says that it holds no text of the page: a line's number, a link to itself */
	bool gutter;     /* the same, but only of words and cells */
	bool line;       /* a class says that it is one line of code */
	bool hidden;     /* a style says that it is not shown */
	bool kept;       /* a style says that spaces and line ends stay */
};

/* An element whose end is awaited, and how many of its name stand within it. */
struct inside {
	const struct element *element; /* NULL: none */
	unsigned depth;
};

/* A table under way. */
struct table_here {
	unsigned block, cell;
	bool row;    /* a row begins with the next cell that holds something */
	bool layout; /* the cell holds more than words: it parts the page, and is no table's */
	bool open;   /* in a cell */
};

#define TABLES_MAX ((size_t)16)

/* The lines that the text makes. */
struct html_lines {
	passing_take *take;
	void *context;
	unsigned *blocks; /* numbers given so far */
	unsigned number;  /* of the line that is read */
	struct buffer text;
	unsigned begins;         /* the number of the line where the text begins */
	size_t counted, column;  /* octets of the text whose columns are counted, and those */
	bool space;              /* a space is due before the next word */
	bool rest;               /* the text goes on with what was handed on before */
	bool feed;               /* a form feed stood there */
	bool some, gap;          /* something was handed on; an empty line is due before the next */
	bool body;               /* the page's text has begun */
	unsigned heading;        /* within a heading */
	unsigned literal, block; /* within that many <pre>; the number of that block */
	bool fresh;              /* a <pre> begins: a line end right behind it is none */
	struct inside out, kept; /* what is left out; what keeps its spaces by its style */
	struct table_here tables[TABLES_MAX];
	size_t ntables;
	uint64_t gutter, gutter_first; /* lines of a <pre> in a cell that number other lines, and the first number */
	unsigned gutter_begins;
	bool may_be_gutter;
};

void html_lines_text(struct html_lines *l, const char *text, size_t n);
/* What a character reference stands for: a line end counts in <pre> alone. */
void html_lines_referred(struct html_lines *l, struct slice text);
void html_lines_tag(struct html_lines *l, const struct tag *tag);
/* Hands on what is held. */
void html_lines_over(struct html_lines *l);

enum html_state {
	HTML_TEXT,
	HTML_ENTITY,     /* `&` */
	HTML_OPEN,       /* `<` */
	HTML_NAME,       /* `<pr`, `</pr` */
	HTML_SLASH,      /* `<tt/`: SGML's short form, unless `>` follows */
	HTML_HOLD,       /* `<my-word `: a tag or text, as its end shows */
	HTML_ATTRIBUTES, /* between them */
	HTML_ATTRIBUTE,  /* in the name of one */
	HTML_EQUALS,     /* behind its name */
	HTML_VALUE,      /* before its value */
	HTML_QUOTED,
	HTML_UNQUOTED,
	HTML_DECLARATION, /* `<!`, `<!-` */
	HTML_COMMENT,
	HTML_CDATA, /* text as it stands, until `]]>` */
	HTML_BOGUS, /* until `>` */
	HTML_RAW    /* in <script>, <title> and such */
};

struct html {
	struct html_lines lines;
	bool xml; /* it is XML or SGML: all names are elements */
	enum html_state state;
	struct buffer held; /* octets that may be a tag, a reference, a comment's end */
	struct tag tag;
	bool empty;    /* it ends with a slash: in XML it holds nothing */
	char name[16]; /* of the attribute, as far as it matters */
	size_t nname;
	struct buffer value;
	struct buffer title; /* the tag's, where an attribute holds it */
	char quote;
	const struct element *raw; /* what HTML_RAW is in */
	size_t cdata;              /* octets of `CDATA[` that were read */
};

/* Text of the document; `lines.number` is the first line's, and is counted on. */
void html_reader_feed(struct html *h, const char *octets, size_t n);
void html_reader_end(struct html *h);
void html_reader_free(struct html *h);

#endif
