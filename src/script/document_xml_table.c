/*
 * The names of the markup in which manuals are written: DocBook, linuxdoc, the xdoc of Maven's sites, the RFC editor's XML. All that is
 * not here marks up words within a line.
 */
#include "script/document_names_table.h"

#include <stdlib.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define PARAGRAPH (ELEMENT_BLOCK | ELEMENT_APART)
#define HEADING (PARAGRAPH | ELEMENT_HEADING)
#define LISTING (PARAGRAPH | ELEMENT_LITERAL)

/* Sorted. linuxdoc's sections hold their title, up to the first paragraph; DocBook's have it in an element of its own. */
const struct element document_xml_elements[] = {
	{ "abstract", PARAGRAPH },
	{ "answer", PARAGRAPH },
	{ "article", ELEMENT_BLOCK },
	{ "artwork", LISTING },
	{ "attribution", ELEMENT_BLOCK },
	{ "author", ELEMENT_BLOCK },
	{ "blockquote", PARAGRAPH },
	{ "body", ELEMENT_BLOCK },
	{ "book", ELEMENT_BLOCK },
	{ "br", ELEMENT_BREAK },
	{ "bridgehead", HEADING },
	{ "caption", ELEMENT_BLOCK },
	{ "chapt", HEADING },
	{ "chapter", ELEMENT_BLOCK },
	{ "date", ELEMENT_BLOCK },
	{ "dd", ELEMENT_BLOCK },
	{ "descrip", PARAGRAPH },
	{ "div", ELEMENT_BLOCK },
	{ "dl", PARAGRAPH },
	{ "dt", ELEMENT_BLOCK },
	{ "entry", ELEMENT_CELL },
	{ "enum", PARAGRAPH },
	{ "example", LISTING },
	{ "figure", PARAGRAPH },
	{ "footnote", PARAGRAPH },
	{ "formalpara", PARAGRAPH },
	{ "h1", HEADING },
	{ "h2", HEADING },
	{ "h3", HEADING },
	{ "h4", HEADING },
	{ "indexterm", ELEMENT_OUT },
	{ "informaltable", PARAGRAPH | ELEMENT_TABLE },
	{ "item", ELEMENT_BLOCK },
	{ "itemize", PARAGRAPH },
	{ "itemizedlist", PARAGRAPH },
	{ "li", ELEMENT_BLOCK },
	{ "listitem", ELEMENT_BLOCK },
	{ "literallayout", LISTING },
	{ "member", ELEMENT_BLOCK },
	{ "note", PARAGRAPH },
	{ "ol", PARAGRAPH },
	{ "orderedlist", PARAGRAPH },
	{ "p", PARAGRAPH },
	{ "para", PARAGRAPH },
	{ "pre", LISTING },
	{ "programlisting", LISTING },
	{ "question", PARAGRAPH },
	{ "revision", ELEMENT_BLOCK },
	{ "row", ELEMENT_BLOCK | ELEMENT_ROW },
	{ "screen", LISTING },
	{ "script", ELEMENT_OUT | ELEMENT_RAW },
	{ "sect", HEADING },
	{ "sect1", HEADING },
	{ "sect2", HEADING },
	{ "sect3", HEADING },
	{ "sect4", HEADING },
	{ "section", PARAGRAPH | ELEMENT_TITLED },
	{ "simpara", PARAGRAPH },
	{ "source", LISTING },
	{ "sourcecode", LISTING },
	{ "style", ELEMENT_OUT | ELEMENT_RAW },
	{ "subsection", PARAGRAPH | ELEMENT_TITLED },
	{ "synopsis", LISTING },
	{ "t", PARAGRAPH },
	{ "table", PARAGRAPH | ELEMENT_TABLE },
	{ "tag", ELEMENT_BLOCK },
	{ "td", ELEMENT_CELL },
	{ "term", ELEMENT_BLOCK },
	{ "th", ELEMENT_CELL },
	{ "title", HEADING },
	{ "tr", ELEMENT_BLOCK | ELEMENT_ROW },
	{ "tscreen", PARAGRAPH },
	{ "ul", PARAGRAPH },
	{ "variablelist", PARAGRAPH },
	{ "varlistentry", ELEMENT_BLOCK },
	{ "verb", LISTING | ELEMENT_RAW },
	{ NULL, 0 },
};

static int compare_element(const void *name, const void *row)
{
	return slice_compare_nocase(*(const struct slice *)name, slice_of(((const struct element *)row)->name));
}

const struct element *xml_element_find(struct slice name)
{
	static const struct element phrase = { "", ELEMENT_PHRASE };
	const struct element *found = bsearch(&name, document_xml_elements, ROWS(document_xml_elements) - 1,
	                                      sizeof document_xml_elements[0], compare_element);
	return found ? found : &phrase;
}
