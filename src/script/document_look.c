/*
 * Which form a document has: by its name's ending, and by what stands at its beginning.
 */
#include "script/document_inside.h"

#include <string.h>

static const struct {
	const char *ending;
	enum document_form form;
} endings[] = {
	{ ".htm", FORM_HTML },     { ".html", FORM_HTML },      { ".markdown", FORM_MARKDOWN },
	{ ".md", FORM_MARKDOWN },  { ".mdown", FORM_MARKDOWN }, { ".mdx", FORM_MARKDOWN },
	{ ".mkd", FORM_MARKDOWN }, { ".mkdn", FORM_MARKDOWN },  { ".rest", FORM_RST },
	{ ".rst", FORM_RST },      { ".xhtml", FORM_HTML },     { ".xml", FORM_XML },
	{ ".sgml", FORM_XML },     { ".sgm", FORM_XML },        { ".docbook", FORM_XML },
	{ ".dbk", FORM_XML },
};

enum document_form look_name(const char *name)
{
	const char *base = name ? strrchr(name, '/') : NULL;
	const char *dot = name ? strrchr(base ? base : name, '.') : NULL;
	for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
		if (slice_equal_nocase(slice_of(dot), slice_of(endings[i].ending)))
			return endings[i].form;
	return FORM_UNKNOWN;
}

static bool is_html(struct slice text)
{
	static const char *const begins[] = { "<!doctype html", "<html", "<head>", "<body", "<?xml ", "<!--", NULL };
	while (text.n > 0 && strchr(" \t\n", text.p[0]))
		text = slice_part(text, 1, text.n);
	for (size_t i = 0; begins[i]; i++)
		if (slice_starts_nocase(text, slice_of(begins[i])))
			return i < 4 || slice_find_nocase(text, SLICE("<html")) < text.n;
	return false;
}

/* Whether it is a piece of a page: it begins with an element that pages are built of, and has ends of such. */
static bool is_piece_of_html(struct slice text)
{
	static const char *const begins[] = { "<h1",  "<h2",    "<h3", "<p>", "<p ", "<pre",
		                              "<div", "<table", "<ul", "<ol", NULL };
	static const char *const ends[] = { "</h1>",  "</h2>",    "</h3>", "</p>", "</pre>",
		                            "</div>", "</table>", "</li>", NULL };
	struct slice rest = text;
	bool begun = false, ended = false;
	while (rest.n > 0 && strchr(" \t\n", rest.p[0]))
		rest = slice_from(rest, 1);
	for (size_t i = 0; begins[i]; i++)
		begun = begun || slice_starts_nocase(rest, slice_of(begins[i]));
	for (size_t i = 0; begun && ends[i]; i++)
		ended = ended || slice_find_nocase(rest, slice_of(ends[i])) < rest.n;
	return ended;
}

/* Whether it is a manual: it has paragraphs, or sections. Other XML (data, a test's) is text to its reader. */
static bool is_manual(enum document_form named, struct slice text)
{
	static const char *const elements[] = { "<para>",   "<p>",      "<section", "<sect",
		                                "<chapter", "<article", "<t>",      NULL };
	struct slice rest = slice_trim(text);
	bool xml = named == FORM_XML || slice_starts(rest, SLICE("<?xml ")) ||
	           slice_starts_nocase(rest, SLICE("<!doctype "));
	for (size_t i = 0; xml && elements[i]; i++)
		if (slice_find_nocase(text, slice_of(elements[i])) < text.n)
			return true;
	return false;
}

/* How many lines speak for Markdown and for reStructuredText. */
static void count(struct slice text, unsigned *markdown, unsigned *rst)
{
	bool empty = true;
	while (text.n > 0) {
		struct slice line = slice_row(&text), title;
		struct fence fence = shape_fence(line);
		if (fence.mark && fence.info.n < 16)
			++*markdown;
		if (empty && shape_hashes(line, &title) && title.n > 0 && text.n > 0 && text.p[0] == '\n')
			++*markdown;
		if (slice_find(line, SLICE("](http")) < line.n)
			++*markdown;
		if (slice_starts(line, SLICE(".. ")) && slice_find(line, SLICE("::")) < line.n)
			*rst += 2;
		if (line.n > 2 && slice_starts(slice_part(line, line.n - 2, line.n), SLICE("::")) && text.n > 0 &&
		    text.p[0] == '\n')
			++*rst;
		empty = shape_blank(line);
	}
}

enum document_form look_text(enum document_form named, struct slice text)
{
	unsigned markdown = 0, rst = 0;
	if (named != FORM_UNKNOWN && named != FORM_XML)
		return named;
	if (is_html(text))
		return FORM_HTML;
	if (is_manual(named, text))
		return FORM_XML;
	count(text, &markdown, &rst);
	if (rst >= 2 && rst > markdown)
		return FORM_RST;
	if (markdown >= 2)
		return FORM_MARKDOWN;
	return is_piece_of_html(text) ? FORM_HTML : FORM_TEXT;
}

/* An RFC's number and its title on one line: how the oldest begin. */
static bool is_number_line(struct slice line)
{
	uint64_t number;
	if (!slice_equal(slice_word(&line), SLICE("RFC")) || !slice_number(slice_word(&line), &number))
		return false;
	return shape_blank(line) || slice_starts(line, SLICE("   "));
}

bool look_rfc(struct slice text)
{
	static const char *const words[] = { "Request for Comments", "Network Working Group",
		                             "Internet-Draft",       "Internet Engineering Task Force",
		                             "<title>RFC ",          NULL };
	for (size_t i = 0; words[i]; i++)
		if (slice_find_nocase(text, slice_of(words[i])) < text.n)
			return true;
	while (text.n > 0)
		if (is_number_line(slice_row(&text)))
			return true;
	return false;
}
