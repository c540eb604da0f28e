/*
 * Where things stand on the screen: how many rows a prompt and what is typed after it take.
 *
 * libedit draws the same way: a wide character that does not fit at the end of a row goes to the next one, a control
 * is shown as ^X, what cannot be printed as \U+0000, and a row that is exactly full has the cursor below it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <wctype.h>

#include "base/escape.h"
#include "prompt/room.h"

#define TAB_STOP 8

/* The cursor, walking over a screen. */
struct walk {
	size_t columns, row, column;
};

static void walk_over(struct walk *walk, size_t width)
{
	if (walk->column + width > walk->columns) {
		walk->row++;
		walk->column = 0;
	}
	walk->column += width;
	if (walk->column >= walk->columns) {
		walk->row++;
		walk->column = 0;
	}
}

static void walk_cells(struct walk *walk, size_t cells)
{
	while (cells-- > 0)
		walk_over(walk, 1);
}

static void walk_character(struct walk *walk, uint32_t character)
{
	if (character == '\n') {
		walk->row++;
		walk->column = 0;
	} else if (character == '\t') {
		do
			walk_over(walk, 1);
		while (walk->column % TAB_STOP);
	} else if (character < 0x20 || character == 0x7f) {
		walk_cells(walk, 2);
	} else if (!iswprint((wint_t)character)) {
		walk_cells(walk, character > 0xffff ? 8 : 7);
	} else {
		int width = character_columns(character);
		if (width > 0)
			walk_over(walk, (size_t)width);
	}
}

static void walk_text(struct walk *walk, struct slice text)
{
	while (text.n) {
		uint32_t character = 0;
		size_t n = utf8_decode(text, &character);
		if (n == 0) {
			n = 1;
			walk_over(walk, 1);
		} else {
			walk_character(walk, character);
		}
		text = slice_part(text, n, text.n);
	}
}

size_t screen_rows(struct slice prompt, struct slice typed, size_t columns)
{
	struct walk walk = { .columns = columns ? columns : 1 };
	walk_text(&walk, prompt);
	walk_text(&walk, typed);
	return walk.row;
}

/* On a terminal that can only go forward, the row is written over. */
static void erase_by_spaces(size_t columns)
{
	struct buffer b = { 0 };
	buffer_add_octet(&b, '\r');
	for (size_t i = 1; i < columns; i++)
		buffer_add_octet(&b, ' ');
	buffer_add_octet(&b, '\r');
	terminal_say(buffer_slice(&b));
	buffer_free(&b);
}

void screen_erase(const struct prompt *p, struct slice prompt, struct slice typed)
{
	size_t rows = screen_rows(prompt, typed, p->columns);
	if (p->plain_terminal) {
		erase_by_spaces(p->columns);
		return;
	}
	/* Row by row from below: terminals that are told to clear all of the screen at once (as they are where the line
	 * stands at its top) keep what stood there in their scrollback, a typed password too. */
	struct buffer sequence = { 0 };
	buffer_add_string(&sequence, "\033[J\r\033[K");
	while (rows-- > 0)
		buffer_add_string(&sequence, "\033[A\033[K");
	terminal_say(buffer_slice(&sequence));
	buffer_free(&sequence);
}
