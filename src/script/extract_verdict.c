/*
 * What speaks for a number of lines, whose sides are known, being a conversation, and of which protocol.
 */
#include "script/extract_inside.h"

#include <stdlib.h>

#include "base/memory.h"
#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"
#include "script/tool.h"

/* So many blanks part columns. */
#define COLUMN_BLANKS 3

/* ---- what lines say ---- */

bool verdict_reply(struct slice text)
{
	static const char *const words[] = { "+OK", "-ERR", "OK", "NO", "BAD", "BYE", "ERR", "*", NULL };
	struct slice rest = text, first = slice_word(&rest);
	for (const char *const *word = words; *word; word++)
		if (slice_equal_nocase(first, slice_of(*word)))
			return true;
	return line_is_code(text) && slice_trim(rest).n && !is_measure(text);
}

/* Whether the client has been asked for something that is no command: 334, 354, `+`. */
static bool asks_for_more(struct slice text)
{
	struct slice rest = text, word = slice_word(&rest);
	return slice_equal(word, SLICE("+")) || (line_is_code(text) && text.p[0] == '3');
}

/* Whether the server repeats the tag that the client has begun with, and says how its command ended: `N01 OK`. */
static bool is_tagged_reply(struct slice command, struct slice reply)
{
	struct slice tag = slice_word(&command);
	bool same = tag.n && slice_equal(tag, slice_word(&reply)) && slice_trim(command).n;
	struct slice status = slice_word(&reply);
	return same && (slice_equal(status, SLICE("OK")) || slice_equal(status, SLICE("NO")) ||
	                slice_equal(status, SLICE("BAD")) || slice_equal(status, SLICE("BYE")));
}

bool names_version(struct slice line)
{
	for (struct slice word; (word = slice_word(&line)).n;) {
		size_t slash = slice_find_octet(word, '/');
		bool version = slash > 0 && slash + 4 == word.n && octet_is_digit(word.p[slash + 1]) &&
		               word.p[slash + 2] == '.' && octet_is_digit(word.p[slash + 3]);
		if (version)
			return true;
	}
	return false;
}

/* Whether it is a field of HTTP's, but for the length, with which other protocols' messages begin. */
static bool is_http_field(struct slice text)
{
	if (slice_starts_nocase(text, SLICE("Content-Length:")))
		return false;
	for (const struct protocol *const *protocol = protocols; *protocol; protocol++)
		if (!(*protocol)->server_first && !(*protocol)->bare)
			return speaker_likes(*protocol, SIDE_SERVER, text) == 1;
	return false;
}

/* Whether the text stands in three columns, as a picture of several things at once does: `GET /a    GET /b    GET /c`. */
static bool is_in_columns(struct slice text)
{
	size_t blanks = 0, gaps = 0;
	for (size_t i = 0; i < text.n; i++) {
		gaps += text.p[i] != ' ' && blanks >= COLUMN_BLANKS;
		blanks = text.p[i] == ' ' ? blanks + 1 : 0;
	}
	return gaps >= 2;
}

/* Whether it begins with a word of letters, as commands do in whatever protocol. */
static bool begins_with_name(struct slice text)
{
	struct slice word = slice_word(&text);
	for (size_t i = 0; i < word.n; i++)
		if (!octet_is_alpha(word.p[i]))
			return false;
	return word.n >= 3;
}

static void look(struct verdict *v, const struct spoken *line, bool command)
{
	unsigned likes = v->protocol ? speaker_likes(v->protocol, line->side, line->text) : 0;
	v->lines[line->side] += line->text.n > 0;
	v->likely[line->side] += likes >= 2;
	v->sure[line->side] += likes >= 3;
	v->strange += command && likes == 0;
	v->told += is_told(line->text);
	v->named += line->side == SIDE_CLIENT && begins_with_name(line->text);
	v->coded += line->side == SIDE_SERVER && line_is_code(line->text);
	v->columns += is_in_columns(line->text);
	v->version = v->version || (v->protocol == NULL && names_version(line->text));
	v->replies = v->replies || (line->side == SIDE_SERVER && verdict_reply(line->text));
}

/* The verdict of all lines, as of one protocol (NULL: unknown). */
static struct verdict verdict_of(const struct spoken *lines, size_t n, const struct protocol *protocol)
{
	struct verdict v = { .protocol = protocol };
	bool command = true;
	for (size_t i = 0; i < n; i++) {
		bool client = lines[i].side == SIDE_CLIENT;
		v.turns += i && lines[i].text.n && lines[i - 1].text.n && lines[i].side != lines[i - 1].side;
		bool begins = i == 0 || lines[i].side != lines[i - 1].side;
		v.begun += begins;
		v.fields += begins && protocol == NULL && is_http_field(lines[i].text);
		look(&v, &lines[i], client && command);
		v.replies = v.replies || (i && !client && lines[i - 1].side == SIDE_CLIENT &&
		                          is_tagged_reply(lines[i - 1].text, lines[i].text));
		command = !client && !asks_for_more(lines[i].text);
	}
	return v;
}

/* The protocol that the server greets in, where nothing else begins so; NULL: none. */
static const struct protocol *greeted(const struct spoken *lines, size_t n)
{
	size_t i = 0;
	while (i < n && lines[i].side != SIDE_SERVER)
		i++;
	const struct protocol *protocol = i < n && i < 2 ? protocol_of_greeting(lines[i].text) : NULL;
	return protocol && protocol->greeting && protocol->greeting(lines[i].text) >= 3 ? protocol : NULL;
}

/* Whether the program that connects says the line, whoever it is printed for: `C: Trying 192.0.2.1...`. */
static bool is_tools(struct slice text)
{
	enum side side;
	return tool_says(text, false) || tool_closes(text, &side);
}

/* The lines without those that tell of the connection; how many they are. */
static size_t without_stages(const struct spoken *lines, size_t n, struct spoken *said)
{
	size_t m = 0;
	for (size_t i = 0; i < n; i++)
		if (connection_words(bracketed(lines[i].text)) == WORDS_NONE && !is_tools(lines[i].text))
			said[m++] = lines[i];
	return m;
}

static const struct protocol *protocol_spoken(const struct spoken *lines, size_t n)
{
	struct speaker_line *said = memory_zeroed(n ? n : 1, sizeof *said);
	for (size_t i = 0; i < n; i++)
		said[i] = (struct speaker_line){ lines[i].side, lines[i].text };
	const struct protocol *found = speaker_protocol(said, n, NULL);
	free(said);
	return found;
}

void verdict_make(const struct spoken *all, size_t nall, const struct protocol *usual, struct verdict *verdict)
{
	struct spoken *lines = memory_zeroed(nall ? nall : 1, sizeof *lines);
	size_t n = without_stages(all, nall, lines);
	const struct protocol *found = protocol_spoken(lines, n), *greeting = greeted(lines, n);
	if (found == NULL)
		found = greeting;
	*verdict = verdict_of(lines, n, found);
	verdict->greeted = greeting && greeting == found;
	if (usual && usual != found) {
		struct verdict as_usual = verdict_of(lines, n, usual);
		size_t sure = verdict->sure[SIDE_CLIENT] + verdict->sure[SIDE_SERVER];
		if (sure == 0 && as_usual.likely[SIDE_CLIENT] + as_usual.likely[SIDE_SERVER] > 0)
			*verdict = as_usual;
	}
	if (!verdict->greeted && verdict->strange > verdict->likely[SIDE_CLIENT] + verdict->likely[SIDE_SERVER] / 2)
		*verdict = verdict_of(lines, n, NULL);
	free(lines);
}

bool verdict_tells(const struct verdict *v)
{
	size_t lines = v->lines[SIDE_CLIENT] + v->lines[SIDE_SERVER],
	       sure = v->sure[SIDE_CLIENT] + v->sure[SIDE_SERVER];
	if (lines && v->columns == lines && sure == 0)
		return true;
	/* fields of a message stand behind the line that it begins with */
	bool fields = v->fields * 2 > v->begun && !v->version;
	return v->protocol == NULL && (fields || v->told * 2 > lines);
}
