/*
 * HTML, read as it comes: octets in, tags and text out. After the tokenizer of the standard (WHATWG HTML 13.2.5), but for its
 * thousand errors, which all end as something sensible here too.
 *
 * A library would build the tree of the whole page before anything could be read; here a page of any size is read in flat memory.
 * And it would take `<alice@crepes.fr>` and `<CRLF>`, which sloppy pages print as they are, for tags: a name that is no element
 * of HTML is text here.
 */
#include "script/document_html.h"

#include <string.h>

#define NAME_LONG ((size_t)20)
#define HOLD_LONG ((size_t)1024)
#define VALUE_LONG ((size_t)256)

static void step(struct html *h, char c);

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f';
}

/* What was held is text, but for its last octet, which is read anew. */
static void text_but_last(struct html *h, char last)
{
	h->state = h->raw ? HTML_RAW : HTML_TEXT;
	html_lines_text(&h->lines, h->held.p, h->held.n);
	buffer_clear(&h->held);
	step(h, last);
}

/* ---- attributes ---- */

static bool has_word(struct slice words, const char *const *list)
{
	for (struct slice word = slice_word(&words); word.n > 0; word = slice_word(&words))
		for (size_t i = 0; list[i]; i++)
			if (slice_equal_nocase(word, slice_of(list[i])))
				return true;
	return false;
}

/* Classes that the usual highlighters and wikis give to what is no text of the page. */
static const char *const out_classes[] = { "lineno",
	                                   "linenos",
	                                   "linenumber",
	                                   "line-number",
	                                   "blob-num",
	                                   "headerlink",
	                                   "header-anchor",
	                                   "hash-link",
	                                   "pilcrow",
	                                   "hljs-ln-numbers",
	                                   "line-numbers-wrapper",
	                                   "lnt",
	                                   "ln",
	                                   "mw-editsection",
	                                   "line-numbers-rows",
	                                   "ln-num",
	                                   "gutter",
	                                   "react-line-number",
	                                   NULL };
static const char *const gutter_classes[] = { "line-numbers", "rouge-gutter", NULL };
static const char *const line_classes[] = { "line", "code-line", "token-line", "view-line", NULL };

static void attribute_over(struct html *h)
{
	struct slice name = { h->name, h->nname }, value = buffer_slice(&h->value);
	for (size_t i = 0; i < h->value.n; i++)
		if (is_space(h->value.p[i]))
			h->value.p[i] = ' ';
	if (slice_equal_nocase(name, SLICE("class"))) {
		h->tag.out |= has_word(value, out_classes);
		h->tag.gutter |= has_word(value, gutter_classes);
		h->tag.line |= has_word(value, line_classes);
	} else if (slice_equal_nocase(name, SLICE("style"))) {
		h->tag.hidden |= slice_find_nocase(value, SLICE("display:none")) < value.n ||
		                 slice_find_nocase(value, SLICE("display: none")) < value.n;
		h->tag.kept |= slice_find_nocase(value, SLICE("white-space:pre")) < value.n ||
		               slice_find_nocase(value, SLICE("white-space: pre")) < value.n;
	}
	if (h->xml && (slice_equal(name, SLICE("name")) || slice_equal(name, SLICE("title")))) {
		buffer_clear(&h->title);
		buffer_add_slice(&h->title, value);
	}
	h->nname = 0;
	buffer_clear(&h->value);
}

/* Hands on the heading that an element has as an attribute. */
static void title_over(struct html *h)
{
	struct tag title = { .element = xml_element_find(SLICE("title")) };
	if (h->title.n && !h->tag.end && (h->tag.element->does & ELEMENT_TITLED)) {
		html_lines_tag(&h->lines, &title);
		html_lines_text(&h->lines, h->title.p, h->title.n);
		title.end = true;
		html_lines_tag(&h->lines, &title);
	}
	buffer_clear(&h->title);
}

static void tag_over(struct html *h)
{
	unsigned does = h->tag.element->does;
	bool nothing = h->xml && h->empty && !(does & (ELEMENT_BREAK | ELEMENT_CELL));
	h->state = HTML_TEXT;
	h->empty = false;
	buffer_clear(&h->held);
	if (nothing) {
		buffer_clear(&h->title);
		return;
	}
	html_lines_tag(&h->lines, &h->tag);
	title_over(h);
	if (!h->tag.end && (does & ELEMENT_RAW)) {
		h->raw = h->tag.element;
		h->state = HTML_RAW;
	}
}

/* Before an attribute's value, or in it. */
static void step_value(struct html *h, char c)
{
	if (h->state == HTML_VALUE) {
		if (is_space(c))
			return;
		h->quote = c;
		h->state = c == '"' || c == '\'' ? HTML_QUOTED : HTML_UNQUOTED;
		if (h->state == HTML_UNQUOTED)
			buffer_add_octet(&h->value, c);
		return;
	}
	if (h->state == HTML_QUOTED ? c == h->quote : is_space(c)) {
		h->state = HTML_ATTRIBUTES;
		attribute_over(h);
	} else if (h->value.n < VALUE_LONG) {
		buffer_add_octet(&h->value, c);
	}
}

static void step_attributes(struct html *h, char c)
{
	switch (h->state) {
	case HTML_ATTRIBUTES:
		if (is_space(c) || c == '/')
			break;
		h->state = HTML_ATTRIBUTE;
		h->tag.attributes = true;
		h->nname = 1;
		h->name[0] = c;
		break;
	case HTML_ATTRIBUTE:
		if (is_space(c) || c == '/')
			h->state = HTML_EQUALS;
		else if (c == '=')
			h->state = HTML_VALUE;
		else if (h->nname < sizeof h->name)
			h->name[h->nname++] = c;
		break;
	case HTML_EQUALS:
		if (is_space(c))
			break;
		h->state = c == '=' ? HTML_VALUE : HTML_ATTRIBUTES;
		if (c != '=') {
			attribute_over(h);
			step(h, c);
		}
		break;
	default:
		step_value(h, c);
		break;
	}
}

/* ---- tags ---- */

static void step_open(struct html *h, char c)
{
	if (octet_is_alpha(c) || (c == '/' && h->held.n == 1)) {
		buffer_add_octet(&h->held, c);
		if (c != '/')
			h->state = HTML_NAME;
		return;
	}
	if ((c == '!' || c == '?') && h->held.n == 1) {
		buffer_clear(&h->held);
		h->state = c == '!' ? HTML_DECLARATION : HTML_BOGUS;
		return;
	}
	text_but_last(h, c);
}

/* Namespaces that word processors and templates write. */
static bool is_prefixed(struct slice name)
{
	static const char *const prefixes[] = { "o:", "v:", "w:", "m:", "st1:", "g:", "fb:", "svg:", NULL };
	for (size_t i = 0; prefixes[i]; i++)
		if (slice_starts_nocase(name, slice_of(prefixes[i])))
			return true;
	return false;
}

/* The same in XML and SGML, where every name is an element's. */
static void xml_name_over(struct html *h, char c)
{
	struct slice held = buffer_slice(&h->held);
	bool end = held.p[1] == '/';
	if (!is_space(c) && c != '/' && c != '>') {
		text_but_last(h, c);
		return;
	}
	h->tag = (struct tag){ .element = xml_element_find(slice_part(held, end ? 2 : 1, held.n)), .end = end };
	h->state = c == '/' ? HTML_SLASH : HTML_ATTRIBUTES;
	if (c != '/')
		step(h, c);
}

/* `<br/>`, or SGML's `<tt/word/`, whose second slash stays. */
static void step_slash(struct html *h, char c)
{
	if (c != '>') {
		buffer_clear(&h->held);
		h->state = HTML_TEXT;
		step(h, c);
		return;
	}
	h->empty = true;
	tag_over(h);
}

/* The name is over: an element's, or what may be one of the page's own (`<my-tag class="x">`), or text. */
static void name_over(struct html *h, char c)
{
	struct slice held = buffer_slice(&h->held);
	bool end = held.p[1] == '/';
	struct slice name = slice_part(held, end ? 2 : 1, held.n);
	const struct element *element = element_find(name);
	bool own = is_prefixed(name) || slice_find_octet(name, '-') < name.n;
	bool ends = is_space(c) || c == '/' || c == '>';
	if (!ends || (element == NULL && !own)) {
		text_but_last(h, c);
		return;
	}
	h->tag = (struct tag){ .element = element, .end = end };
	bool word = element && (element->does & ELEMENT_WORD) && c == '>' && !end && h->lines.text.n > 0 &&
	            h->lines.text.p[h->lines.text.n - 1] == ':';
	/* Of the page itself, where text stands already: it is printed. */
	bool frame = element && (element->does & ELEMENT_FRAME) && (h->lines.literal > 0 || (h->lines.body && !end));
	if (word || (frame && c == '>')) {
		text_but_last(h, c);
	} else if (element == NULL || (frame && h->lines.literal > 0)) {
		h->state = HTML_HOLD;
		step(h, c);
	} else {
		h->state = HTML_ATTRIBUTES;
		step(h, c);
	}
}

static void step_name(struct html *h, char c)
{
	bool more = h->xml && (c == '_' || c == '.');
	if ((octet_is_alnum(c) || c == '-' || c == ':' || more) && h->held.n < NAME_LONG)
		buffer_add_octet(&h->held, c);
	else if (h->xml)
		xml_name_over(h, c);
	else
		name_over(h, c);
}

/* A tag of the page's own has attributes, or is an end; else it is what a person wrote: `<reverse-path>`. */
static void step_hold(struct html *h, char c)
{
	struct slice held = buffer_slice(&h->held);
	if (c != '>' && held.n < HOLD_LONG) {
		buffer_add_octet(&h->held, c);
		return;
	}
	bool tag = h->tag.element == NULL &&
	           (h->tag.end || slice_find_octet(held, '=') < held.n || is_prefixed(slice_part(held, 1, held.n)));
	if (!tag) {
		text_but_last(h, c);
		return;
	}
	buffer_clear(&h->held);
	h->state = c == '>' ? HTML_TEXT : HTML_BOGUS;
}

/* ---- what is no text ---- */

static void step_declaration(struct html *h, char c)
{
	if (c == '-' && h->held.n == 0) {
		buffer_add_octet(&h->held, c);
		return;
	}
	bool cdata = h->xml && c == '[' && h->held.n == 0;
	h->state = c == '-' ? HTML_COMMENT : cdata ? HTML_CDATA : HTML_BOGUS;
	buffer_clear(&h->held);
	if (h->state == HTML_BOGUS)
		step(h, c);
	else if (h->state == HTML_COMMENT)
		buffer_add_string(&h->held, "--"); /* `<!-->` is all of a comment */
}

/* `CDATA[` is passed over, and then all is text before `]]>`: what may be either waits. */
static void step_cdata(struct html *h, char c)
{
	static const char opens[] = "CDATA[";
	size_t n = h->held.n;
	if (h->cdata < sizeof opens - 1) {
		bool is = c == opens[h->cdata++];
		h->state = is ? HTML_CDATA : HTML_BOGUS;
		h->cdata = is ? h->cdata : 0;
		if (!is)
			step(h, c);
	} else if (c == '>' && n == 2) {
		buffer_clear(&h->held);
		h->state = HTML_TEXT;
		h->cdata = 0;
	} else if (c == ']' && n < 2) {
		buffer_add_octet(&h->held, c);
	} else {
		size_t keep = c == ']' ? 2 : 0;
		html_lines_text(&h->lines, h->held.p, c == ']' ? 1 : n);
		h->held.n = keep;
		if (c != ']')
			html_lines_text(&h->lines, &c, 1);
	}
}

/* Over behind `-->` or `--!>`. */
static void step_comment(struct html *h, char c)
{
	if (c == '>' && h->held.n >= 2) {
		buffer_clear(&h->held);
		h->state = HTML_TEXT;
	} else if (c == '-' && h->held.n < 2) {
		buffer_add_octet(&h->held, c);
	} else if (c != '-' && !(c == '!' && h->held.n == 2)) {
		buffer_clear(&h->held);
	}
}

/* Whether what is held may become the end of what is raw: `</scr`. */
static bool may_end_raw(const struct html *h)
{
	struct slice held = buffer_slice(&h->held), name = slice_of(h->raw->name);
	if (held.n < 2)
		return true;
	return held.p[1] == '/' && held.n - 2 <= name.n &&
	       slice_equal_nocase(slice_part(held, 2, held.n), slice_part(name, 0, held.n - 2));
}

static void step_raw(struct html *h, char c)
{
	bool whole = h->held.n == strlen(h->raw->name) + 2;
	if (whole && (is_space(c) || c == '/' || c == '>')) {
		h->tag = (struct tag){ .element = h->raw, .end = true };
		h->raw = NULL;
		h->state = HTML_ATTRIBUTES;
		step(h, c);
		return;
	}
	if (h->held.n > 0 || c == '<') {
		buffer_add_octet(&h->held, c);
		if (!whole && may_end_raw(h))
			return;
		h->held.n--;
		if (h->held.n > 0) {
			text_but_last(h, c);
			return;
		}
	}
	bool references = !(h->raw->does & ELEMENT_OUT) && strcmp(h->raw->name, "xmp") != 0;
	if (c == '&' && references) {
		h->state = HTML_ENTITY;
		buffer_add_octet(&h->held, c);
		return;
	}
	html_lines_text(&h->lines, &c, 1);
}

/* ---- character references ---- */

static void entity_over(struct html *h, bool end)
{
	struct buffer character = { 0 };
	size_t n = entity_read(&character, buffer_slice(&h->held), end);
	if (n == (size_t)-1)
		return;
	char again[64];
	size_t nagain = 0;
	h->state = h->raw ? HTML_RAW : HTML_TEXT;
	if (n == 0)
		html_lines_text(&h->lines, h->held.p, n = 1);
	else
		html_lines_referred(&h->lines, buffer_slice(&character));
	buffer_free(&character);
	nagain = h->held.n - n < sizeof again ? h->held.n - n : sizeof again;
	memcpy(again, h->held.p + n, nagain);
	buffer_clear(&h->held);
	for (size_t i = 0; i < nagain; i++)
		step(h, again[i]);
}

/* ---- each octet ---- */

static void step_text(struct html *h, char c)
{
	if (c == '<' || c == '&') {
		buffer_add_octet(&h->held, c);
		h->state = c == '<' ? HTML_OPEN : HTML_ENTITY;
		return;
	}
	html_lines_text(&h->lines, &c, 1);
}

static void step(struct html *h, char c)
{
	bool in_tag = h->state >= HTML_ATTRIBUTES && h->state <= HTML_UNQUOTED;
	if (in_tag && c == '>' && h->state != HTML_QUOTED) {
		attribute_over(h);
		tag_over(h);
	} else if (in_tag) {
		h->empty = c == '/' && h->state != HTML_QUOTED;
		step_attributes(h, c);
	} else if (h->state == HTML_TEXT) {
		step_text(h, c);
	} else if (h->state == HTML_ENTITY) {
		buffer_add_octet(&h->held, c);
		entity_over(h, false);
	} else if (h->state == HTML_OPEN) {
		step_open(h, c);
	} else if (h->state == HTML_NAME) {
		step_name(h, c);
	} else if (h->state == HTML_HOLD) {
		step_hold(h, c);
	} else if (h->state == HTML_DECLARATION) {
		step_declaration(h, c);
	} else if (h->state == HTML_COMMENT) {
		step_comment(h, c);
	} else if (h->state == HTML_CDATA) {
		step_cdata(h, c);
	} else if (h->state == HTML_SLASH) {
		step_slash(h, c);
	} else if (h->state == HTML_RAW) {
		step_raw(h, c);
	} else if (c == '>') { /* HTML_BOGUS */
		h->state = HTML_TEXT;
	}
}

void html_reader_feed(struct html *h, const char *octets, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t from = i;
		while (h->state == HTML_TEXT && i < n && octets[i] != '<' && octets[i] != '&' && octets[i] != '\n')
			i++;
		if (i > from)
			html_lines_text(&h->lines, octets + from, i - from);
		if (i == n)
			break;
		step(h, octets[i]);
		h->lines.number += octets[i++] == '\n';
	}
}

void html_reader_end(struct html *h)
{
	if (h->state == HTML_ENTITY)
		entity_over(h, true);
	if (h->state == HTML_OPEN || h->state == HTML_NAME || h->state == HTML_HOLD)
		html_lines_text(&h->lines, h->held.p, h->held.n);
	buffer_clear(&h->held);
	h->state = HTML_TEXT;
	h->raw = NULL;
	html_lines_over(&h->lines);
}

void html_reader_free(struct html *h)
{
	buffer_free(&h->held);
	buffer_free(&h->value);
	buffer_free(&h->title);
	buffer_free(&h->lines.text);
}
