/*
 * What a conversation is called: by the nearest heading; where a document marks none, by a line that looks like one; else by the
 * line right above that announces it.
 */
#include "script/extract_inside.h"
#include "script/tool.h"

#include <string.h>

/* A heading farther away than so many lines says little; what looks like one must be nearer; what announces stands right above. */
#define HEADING_NEAR 120
#define CAPTION_NEAR 40
#define ANNOUNCED_NEAR 4

/* What looks like a heading is no longer, in octets and in words. */
#define CAPTION_MAX 60
#define CAPTION_WORDS 8

/* A longer line announces nothing, in octets. */
#define ANNOUNCED_MAX 100

static void keep(struct buffer *kept, struct slice text)
{
	while (text.n && text.p[text.n - 1] == ':')
		text.n--;
	buffer_clear(kept);
	buffer_add_slice(kept, slice_trim(text));
}

/* Whether the line is a word that says nothing of what comes. */
static bool is_label(struct slice text)
{
	static const char *const labels[] = { "Example",  "Examples",  "For example", "Possible Responses",
		                              "Response", "Responses", "Output",      "Note",
		                              "Notes" };
	while (text.n && text.p[text.n - 1] == ':')
		text.n--;
	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
		if (slice_equal_nocase(text, slice_of(labels[i])))
			return true;
	return false;
}

/* Whether the line is no sentence that has an end. */
static bool announces(struct slice line)
{
	return line.n && line.n < ANNOUNCED_MAX && strchr(".,;", line.p[line.n - 1]) == NULL;
}

static size_t words_of(struct slice line)
{
	size_t n = 0;
	while (slice_word(&line).n)
		n++;
	return n;
}

/* Whether the line looks like a heading: a few words that begin with a capital, and no end of a sentence. */
static bool looks_like_heading(struct slice line)
{
	size_t words = words_of(line), letters = 0;
	for (size_t i = 0; i < line.n; i++)
		letters += octet_is_alpha(line.p[i]);
	if (!announces(line) || line.n > CAPTION_MAX || words > CAPTION_WORDS || letters * 2 < line.n ||
	    line.p[line.n - 1] == '?')
		return false;
	return line.p[0] >= 'A' && line.p[0] <= 'Z';
}

/* Whether a heading of two lines goes on behind this one: its last word joins it to another. */
static bool is_half(struct slice line)
{
	static const char *const joins[] = { "and", "or",  "of",   "with", "without", "for", "to",
		                             "in",  "the", "from", "by",   "a",       "on" };
	struct slice word = { 0 };
	for (struct slice next = slice_word(&line); next.n; next = slice_word(&line))
		word = next;
	for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++)
		if (slice_equal(word, slice_of(joins[i])))
			return true;
	return false;
}

/* A line that looks like a heading, or the second half of one. */
static void see_caption(struct titles *titles, struct slice text, unsigned number)
{
	bool half = titles->caption_at + 1 == number && is_half(buffer_slice(&titles->caption));
	if (half) {
		buffer_add_octet(&titles->caption, ' ');
		buffer_add_slice(&titles->caption, text);
	} else {
		keep(&titles->caption, text);
	}
	titles->caption_at = number;
}

void titles_see(struct titles *titles, struct slice line, unsigned number, bool heading)
{
	struct slice text = slice_trim(heading ? line : slice_part(line, notation_leader(line), line.n));
	if (text.n == 0 || is_label(text) || tool_logs(slice_trim(line)) || (!heading && !octet_is_alnum(text.p[0])))
		return;
	titles->announced_at = 0;
	if (heading) {
		keep(&titles->heading, text);
		titles->heading_at = number;
		titles->caption_at = 0;
	} else if (looks_like_heading(text)) {
		see_caption(titles, text, number);
	} else if (announces(text)) {
		keep(&titles->announced, text);
		titles->announced_at = number;
	}
}

struct slice titles_at(const struct titles *titles, unsigned number)
{
	bool near = titles->heading_at && number - titles->heading_at <= HEADING_NEAR;
	if (!near && titles->caption_at && number - titles->caption_at <= CAPTION_NEAR)
		return buffer_slice(&titles->caption);
	if (!near && titles->announced_at && number - titles->announced_at <= ANNOUNCED_NEAR)
		return buffer_slice(&titles->announced);
	return titles->heading_at ? buffer_slice(&titles->heading) : (struct slice){ 0 };
}

void titles_free(struct titles *titles)
{
	buffer_free(&titles->heading);
	buffer_free(&titles->caption);
	buffer_free(&titles->announced);
}
