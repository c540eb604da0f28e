/*
 * The talk's side of a guide: lines wait for it, and it stirs from the loop, never from inside what it is told.
 */
#include "talk/guide.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "base/escape.h"
#include "talk/room.h"

static const struct timeval at_once = { 0 };

/* ---- stirring it ---- */

void guide_wake(struct talk *t)
{
	if (t->guide && t->guide_timer && !t->done)
		(void)evtimer_add(t->guide_timer, &at_once);
}

/* A line from stdin, where nobody sits at it. */
static bool take_fed(struct talk *t)
{
	struct slice line;
	if (t->prompt || t->untold.n)
		return t->untold.n != 0;
	if (feed_line(t, &line)) {
		buffer_add_slice(&t->untold, line);
		buffer_add_octet(&t->untold, '\n');
		feed_used(t, line);
		return true;
	}
	if (t->feed.ended && !t->fed_out) {
		t->fed_out = true;
		t->guide->ended(t->guide->context);
	}
	return false;
}

static void tell_line(struct talk *t)
{
	struct slice all = buffer_slice(&t->untold), row = slice_row(&all);
	struct buffer line = { 0 };
	buffer_add_slice(&line, row);
	buffer_drop(&t->untold, row.n + 1);
	t->printed = 0;
	if (line_is_word(t, buffer_slice(&line)))
		word_run(t, slice_part(buffer_slice(&line), 1, line.n));
	else
		t->guide->typed(t->guide->context, buffer_slice(&line));
	buffer_wipe(&line);
	guide_wake(t);
}

static void stir(evutil_socket_t fd, short what, void *context)
{
	struct talk *t = context;
	(void)fd;
	(void)what;
	if (t->done)
		return;
	t->guide->stir(t->guide->context);
	if (!t->done && t->guide->ready(t->guide->context) && take_fed(t))
		tell_line(t);
	talk_prompt(t);
}

void guide_begin(struct talk *t)
{
	t->guide = t->options->guide;
	if (t->guide == NULL)
		return;
	t->guide_timer = evtimer_new(t->base, stir, t);
	t->guide->begin(t->guide->context, t);
	guide_wake(t);
}

void guide_end(struct talk *t)
{
	if (t->guide) {
		t->guide->end(t->guide->context);
		event_free(t->guide_timer);
	}
	t->guide_timer = NULL;
	buffer_wipe(&t->untold);
}

bool guide_takes(struct talk *t, struct slice text)
{
	if (t->guide == NULL || t->hurried || t->pipeline || transfer_typed(t))
		return false;
	buffer_add_slice(&t->untold, text);
	buffer_add_octet(&t->untold, '\n');
	guide_wake(t);
	return true;
}

const struct guide_word *guide_word_named(const struct talk *t, struct slice name)
{
	for (const struct guide_word *word = t->guide ? t->guide->words : NULL; word && word->name; word++)
		if (slice_equal_nocase(name, slice_of(word->name)))
			return word;
	return NULL;
}

/* ---- what it does ---- */

size_t guide_rows_of(const struct talk *t, struct slice text)
{
	size_t columns = guide_columns(t), rows = 0;
	while (text.n) {
		size_t width = text_columns(slice_row(&text));
		rows += 1 + (width ? (width - 1) / columns : 0);
	}
	return rows;
}

void guide_print(struct talk *t, struct slice text)
{
	t->printed += guide_rows_of(t, text);
}

void guide_show(struct talk *t, struct slice rows)
{
	if (rows.n == 0)
		return;
	guide_print(t, rows);
	if (t->prompt) {
		prompt_print_above(t->prompt, rows);
		return;
	}
	(void)fwrite(rows.p, 1, rows.n, stdout);
	(void)fflush(stdout);
}

/* A guide sends when it is time: where that is before the server has answered, it means it. */
static void press(struct talk *t)
{
	t->pressed = talk_waiting(t);
	if (t->pressed)
		lines_pump(t, false);
	t->pressed = false;
	lines_stir(t);
}

void guide_send(struct talk *t, struct slice line)
{
	line_hold(t, line, false, false);
	press(t);
}

void guide_send_octets(struct talk *t, struct slice octets)
{
	line_hold(t, octets, true, true);
	press(t);
}

/* The line comes to the guide once more, before those that came behind it. */
static void tell_again(struct talk *t, struct slice text)
{
	struct buffer all = { 0 };
	buffer_add_slice(&all, text);
	buffer_add_octet(&all, '\n');
	buffer_add_slice(&all, buffer_slice(&t->untold));
	buffer_wipe(&t->untold);
	t->untold = all;
	guide_wake(t);
}

void guide_put(struct talk *t, struct slice text)
{
	if (text.n == 0)
		return;
	if (t->prompt == NULL || t->untold.n || prompt_input_waits(t->prompt)) {
		tell_again(t, text);
		return;
	}
	prompt_put(t->prompt, text);
	prompt_wake(t->prompt);
}

void guide_go(struct talk *t, const struct talk_place *place)
{
	t->place = *place;
	t->guided = true;
	t->eol = t->options->eol;
	lines_forget(t);
	talk_connect(t);
}

void guide_hang_up(struct talk *t)
{
	talk_hang_up(t);
}

void guide_begin_tls(struct talk *t)
{
	if (t->open)
		session_begin_tls(t->session);
}

void guide_port(struct talk *t)
{
	word_port(t, SLICE(""));
	(void)page_show(t);
}

void guide_shows(struct talk *t, enum guide_shows what)
{
	t->unseen = what == GUIDE_NOTHING;
	if (t->face)
		face_notes(t->face, what == GUIDE_ALL ? t->notes : NOTES_OFF);
}

void guide_leave(struct talk *t)
{
	t->leaving = t->hung_up = true;
	if (t->open)
		session_hang_up(t->session);
	else
		talk_leave(t, t->status);
}

const struct dialogue *guide_dialogue(const struct talk *t)
{
	return t->open ? session_dialogue(t->session) : NULL;
}

bool guide_waits(const struct talk *t)
{
	return t->connector || t->held || t->confirming || transfer_typed(t) ||
	       (t->open && (session_shaking(t->session) || session_upgrading(t->session)));
}

bool guide_stores(const struct talk *t)
{
	return transfer_typed(t);
}

struct event_base *guide_base(struct talk *t)
{
	return t->base;
}

size_t guide_columns(const struct talk *t)
{
	return t->prompt ? prompt_columns(t->prompt) : 80;
}

size_t guide_rows(const struct talk *t)
{
	return t->prompt ? prompt_rows(t->prompt) : 0;
}

size_t guide_printed(const struct talk *t)
{
	return t->printed;
}
