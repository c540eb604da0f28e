/*
 * Writing YAML scalars (YAML 1.2, chapters 7 and 8).
 */
#include "view/yaml.h"

#include <stdbool.h>

#include "base/escape.h"

static void indent_add(struct buffer *out, size_t indent)
{
	buffer_printf(out, "%*s", (int)indent, "");
}

/* An unsafe character in double quotes (YAML 1.2, 5.7). */
static void escape_add(struct buffer *out, uint32_t character)
{
	if (character == '\n')
		buffer_add_string(out, "\\n");
	else if (character == '\r')
		buffer_add_string(out, "\\r");
	else if (character == '\t')
		buffer_add_string(out, "\\t");
	else if (character < 0x100)
		buffer_printf(out, "\\x%02X", (unsigned)character);
	else if (character < 0x10000)
		buffer_printf(out, "\\u%04X", (unsigned)character);
	else
		buffer_printf(out, "\\U%08X", (unsigned)character);
}

/* In YAML \xHH is a character, not an octet: one that is no UTF-8 is spelled out. */
static void quoted_add(struct buffer *out, struct slice text)
{
	buffer_add_octet(out, '"');
	while (text.n) {
		uint32_t character = 0;
		size_t length = utf8_decode(text, &character);
		if (length == 0)
			buffer_printf(out, "\\\\x%02X", (unsigned char)text.p[0]);
		else if (character_unsafe(character))
			escape_add(out, character);
		else if (character == '"' || character == '\\')
			buffer_printf(out, "\\%c", (char)character);
		else
			buffer_add(out, text.p, length);
		text = slice_part(text, length ? length : 1, text.n);
	}
	buffer_add_octet(out, '"');
}

/* Whether a line shows itself as it is in a block: something, nothing unsafe, no space at its end that nobody sees, and nothing that a
 * hasty reader takes for the end of the document. */
static bool line_plain(struct slice line)
{
	struct slice trimmed = slice_trim(line);
	bool space = line.n && line.p[line.n - 1] == ' ';
	return line.n && text_safe(line, false) && !space && !slice_equal(trimmed, SLICE("...")) &&
	       !slice_equal(trimmed, SLICE("---"));
}

/* Whether several lines may stand as a block. Its first line must not be indented, since the indentation is told by it;
 * and no line may be empty, where Perl's reader sees the end. */
static bool block_possible(struct slice text)
{
	if (slice_find_octet(text, '\n') == text.n || text.p[text.n - 1] == '\n' || text.p[0] == ' ')
		return false;
	while (text.n)
		if (!line_plain(slice_row(&text)))
			return false;
	return true;
}

void yaml_text(struct buffer *out, size_t indent, const char *key, struct slice text)
{
	indent_add(out, indent);
	buffer_printf(out, "%s: ", key);
	if (!block_possible(text)) {
		quoted_add(out, text);
		buffer_add_octet(out, '\n');
		return;
	}
	/* Not `|-`: prove knows it only since 2024, and loses all that follows. */
	buffer_add_string(out, "|\n");
	while (text.n) {
		indent_add(out, indent + 2);
		buffer_add_slice(out, slice_row(&text));
		buffer_add_octet(out, '\n');
	}
}

void yaml_number(struct buffer *out, size_t indent, const char *key, size_t number)
{
	indent_add(out, indent);
	buffer_printf(out, "%s: %zu\n", key, number);
}
