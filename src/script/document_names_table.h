/*
 * The names of HTML: its elements and its characters; those of the markup of manuals. Known to document_*.c alone.
 */
#ifndef PARLANCE_SCRIPT_DOCUMENT_NAMES_TABLE_H
#define PARLANCE_SCRIPT_DOCUMENT_NAMES_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* What an element does to the text, as flags. */
enum element_does {
	ELEMENT_PHRASE = 1, /* marks up words within a line, and nothing else */
	ELEMENT_BLOCK = 2,  /* its text begins and ends a line */
	ELEMENT_APART = 4,  /* and an empty line stands before and behind it */
	ELEMENT_HEADING = 8,
	ELEMENT_LITERAL = 16, /* its spaces and line ends stay */
	ELEMENT_BREAK = 32,   /* ends a line */
	ELEMENT_TABLE = 64,
	ELEMENT_ROW = 128,
	ELEMENT_CELL = 256,
	ELEMENT_OUT = 512,     /* what it holds is left out */
	ELEMENT_RAW = 1024,    /* what it holds is no markup */
	ELEMENT_FRAME = 2048,  /* of the page itself: where it stands among text, it is text */
	ELEMENT_TITLED = 8192, /* an attribute holds its heading: <section name="Installation"> */
	ELEMENT_WORD = 4096,   /* a word that stands for something: behind a colon it is text, `MAIL FROM:<address>` */
};

struct element {
	const char *name;
	unsigned does;
};

struct entity {
	const char *name;
	uint32_t character;
};

/* Sorted by name, ended by a row without one. */
extern const struct element document_elements[];
extern const struct entity document_entities[];
/* The same of manuals in XML and SGML (document_xml_table.c). */
extern const struct element document_xml_elements[];

/* The element of that name, letters compared without their case; NULL: HTML has none. */
const struct element *element_find(struct slice name);

/* The element of that name in a manual; one that marks up words where none is known. */
const struct element *xml_element_find(struct slice name);

/* The character (or two) that `&name;` stands for, its name without `&` and `;`; 0: none. */
uint32_t entity_find(struct slice name);

/* Reads `&lt;`, `&#60;` or `&#x3c;` at the front of `text` and appends what it stands for; a no-break space is a space. Returns
 * its length; 0 where it is none, and (size_t)-1 where more octets could make it one. `end`: there are no more. */
size_t entity_read(struct buffer *out, struct slice text, bool end);

#endif
