/*
 * The line that comes next, and Enter.
 */
#include "cmd/pace.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"

struct pace {
	const struct options *options;
	void (*go)(void *context);
	void *context;
	struct event *enter; /* stdin */
	struct buffer next;  /* what comes next, safe to print, one row; empty: nothing waits */
	bool shown;          /* it stands on the screen */
	bool people;         /* somebody looks on */
	bool ended;          /* nobody is left to press Enter */
};

struct pace_face {
	struct face face;
	struct pace *pace;
};

/* ---- the highlighted line ---- */

static void show(struct pace *pace)
{
	struct terminal_options screen = options_screen(pace->options, stderr);
	if (!pace->people || pace->next.n == 0 || pace->shown)
		return;
	(void)fprintf(stderr, "%s" SLICE_FMT "%s", screen.color ? "\033[7m" : "", SLICE_ARG(buffer_slice(&pace->next)),
	              screen.color ? "\033[0m" : "");
	(void)fflush(stderr);
	pace->shown = true;
}

/* `rows`: how far the cursor has moved on since. */
static void hide(struct pace *pace, unsigned rows)
{
	if (!pace->shown)
		return;
	if (rows)
		(void)fprintf(stderr, "\033[%uA", rows);
	(void)fputs("\r\033[J", stderr);
	(void)fflush(stderr);
	pace->shown = false;
}

static void forget(struct pace *pace)
{
	buffer_wipe(&pace->next);
	pace->next = (struct buffer){ 0 };
}

/* The first of the lines, as far as it goes into one row; one that is masked when it is said is not shown before. */
static void prepare(struct pace *pace, const char *label, struct slice octets)
{
	struct terminal_options screen = options_screen(pace->options, stderr);
	size_t room = screen.columns(screen.context) - 1;
	struct masking masking = options_masking(pace->options, false);
	struct buffer masked = { 0 }, safe = { 0 };
	struct slice line = slice_row(&octets);
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	(void)mask_values(&masking, &line, &masked);
	forget(pace);
	buffer_printf(&pace->next, "%s C: ", label);
	if (!masking.spans)
		escape_text(&safe, line);
	struct slice rest = buffer_slice(&safe);
	size_t columns = pace->next.n;
	while (rest.n) {
		uint32_t character = 0;
		size_t n = utf8_decode(rest, &character), width = n ? (size_t)character_columns(character) : 1;
		n = n ? n : 1;
		if (columns + width > room)
			break;
		buffer_add_slice(&pace->next, slice_part(rest, 0, n));
		rest = slice_part(rest, n, rest.n);
		columns += width;
	}
	buffer_free(&masked);
	buffer_wipe(&safe);
}

/* ---- as a face ---- */

static void face_told(struct face *face, const struct dialogue_event *event)
{
	(void)event;
	hide(((struct pace_face *)face)->pace, 0);
}

static void face_remarked(struct face *face, struct slice text)
{
	(void)text;
	hide(((struct pace_face *)face)->pace, 0);
}

static void face_over(struct face *face)
{
	hide(((struct pace_face *)face)->pace, 0);
	free(face);
}

struct face *pace_face(struct pace *pace)
{
	static const struct face_kind kind = {
		.event = face_told, .remark = face_remarked, .unfinished = face_remarked, .close = face_over
	};
	struct pace_face *face = memory_zeroed(1, sizeof *face);
	face->face.kind = &kind;
	face->pace = pace;
	return &face->face;
}

void pace_event(struct pace *pace, const struct dialogue_event *event)
{
	if (event->side == SIDE_CLIENT && event->kind != EVENT_STAGE)
		forget(pace);
	show(pace);
}

/* ---- --delay ---- */

void pace_delay(struct pace *pace, struct slice octets)
{
	prepare(pace, "next", octets);
	show(pace);
}

/* ---- --step ---- */

/* Reads what Enter ends. False at the end of stdin: from then on nothing is waited for. */
static bool read_enter(struct pace *pace, bool *entered)
{
	char octet = 0;
	ssize_t n = read(STDIN_FILENO, &octet, 1);
	*entered = n == 1 && octet == '\n';
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		pace->ended = true;
	return !pace->ended;
}

static void stdin_readable(evutil_socket_t fd, short what, void *context)
{
	struct pace *pace = context;
	bool entered;
	(void)fd;
	(void)what;
	if (read_enter(pace, &entered) && !entered)
		return;
	hide(pace, isatty(STDIN_FILENO) && entered ? 1 : 0); /* the terminal has echoed the line end */
	forget(pace);
	(void)event_del(pace->enter);
	pace->go(pace->context);
}

/* A file cannot be polled: its lines are there already. */
static bool can_be_polled(void)
{
	struct stat about;
	if (isatty(STDIN_FILENO))
		return true;
	return fstat(STDIN_FILENO, &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode));
}

bool pace_step(struct pace *pace, struct slice octets)
{
	bool entered = false;
	if (pace->ended)
		return false;
	if (isatty(STDIN_FILENO)) {
		prepare(pace, "[Enter]", octets);
		show(pace);
	}
	if (can_be_polled()) {
		(void)event_add(pace->enter, NULL);
		return true;
	}
	while (!entered && read_enter(pace, &entered))
		;
	return false;
}

/* ---- its life ---- */

struct pace *pace_new(const struct options *options, struct event_base *base, void (*go)(void *context), void *context)
{
	struct pace *pace = memory_zeroed(1, sizeof *pace);
	pace->options = options;
	pace->go = go;
	pace->context = context;
	pace->people = options_terminal(options) && isatty(STDERR_FILENO);
	pace->enter = event_new(base, STDIN_FILENO, EV_READ | EV_PERSIST, stdin_readable, pace);
	return pace;
}

void pace_free(struct pace *pace)
{
	if (pace == NULL)
		return;
	event_free(pace->enter);
	forget(pace);
	free(pace);
}
