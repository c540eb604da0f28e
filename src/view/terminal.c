/*
 * The terminal's face: for people, at a desk or before a projector.
 *
 * Sides are told apart by `C:` and `S:`, and by weight; colour only adds. What is copied off the screen is still a
 * transcript: notes stand under their line as indented comments, and a line that was said is left to the terminal to
 * wrap, which knows that its rows are one line.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "view/notes.h"
#include "view/said.h"
#include "view/style.h"
#include "view/view.h"
#include "view/wrap.h"

/* How much of what is folded away is kept for `:more`, in octets. */
#define FOLD_KEPT (64 * 1024)

/* Rows of the screen that data leaves free for what stands around it, and how many it may always take. */
#define ROWS_FREE 6
#define ROWS_LEAST 5

/* Screens that a reply's own lines, and a header's, may take: they are read one by one. */
#define LINES_SCREENS 4

/* Seconds after which what comes is news, and shown: an IMAP server may tell of changes for hours. */
#define PAUSE 2.0

struct terminal_face {
	struct face common; /* first: a face is one of these */
	struct sink sink;
	struct terminal_options options;
	struct buffer out;
	struct notes_said said;
	struct buffer unfinished; /* the server's unfinished line as shown last */
	size_t data_rows;         /* rows that the text under way has taken */
	size_t line_rows;         /* rows that the lines of the reply under way have taken, or its header */
	bool folding_lines;       /* it is those that are folded away, and all behind them */
	double said_at;           /* when the last event was */
	size_t folding;           /* lines of it that were not shown */
	struct buffer folded;     /* what they were, as far as it is kept */
	size_t not_kept;          /* lines that did not fit into that */
	bool told;                /* a direction was shown: the event that it stands for is not shown again */
};

static struct terminal_face *terminal_of(struct face *face)
{
	return (struct terminal_face *)face;
}

static void flush(struct terminal_face *t)
{
	if (t->out.n)
		t->sink.write(t->sink.context, buffer_slice(&t->out));
	buffer_clear(&t->out);
}

static size_t columns_of(const struct terminal_face *t)
{
	return t->options.columns ? t->options.columns(t->options.context) : 0;
}

static size_t data_room(const struct terminal_face *t)
{
	size_t rows = t->options.rows ? t->options.rows(t->options.context) : 0;
	return rows > ROWS_FREE + ROWS_LEAST ? rows - ROWS_FREE : ROWS_LEAST;
}

static const char *style(const struct terminal_face *t, const char *sequence)
{
	return t->options.color ? sequence : "";
}

/* ---- lines ---- */

/* Rows that so many columns take. */
static size_t rows_of(const struct terminal_face *t, size_t width)
{
	size_t columns = columns_of(t);
	return columns && width > columns ? (width + columns - 1) / columns : 1;
}

/* Appends the line itself; how many rows it takes. */
static size_t line_add(const struct terminal_face *t, const struct dialogue_event *event, struct buffer *out)
{
	struct buffer text = { 0 };
	const char *weight = style(t, said_by_client(event) ? BOLD : ""), *mark = style(t, class_style(event->class));
	buffer_add_string(&text, said_prefix(event));
	if (event->text.n)
		buffer_add_octet(&text, ' ');
	struct said_code code = said_add(&text, event, event->text.n);
	struct slice line = buffer_slice(&text);
	marked_add(out, line, code, weight, mark);
	buffer_add_octet(out, '\n');
	size_t rows = rows_of(t, text_columns(line));
	buffer_free(&text);
	return rows;
}

/* Appends a stage direction, `<` and `>` included. */
static void direction_add(struct terminal_face *t, struct slice words, bool client)
{
	struct buffer safe = { 0 };
	escape_for_screen(&safe, words);
	styled_add(&t->out, style(t, client ? BOLD : ""), buffer_slice(&safe));
	buffer_add_octet(&t->out, '\n');
	buffer_free(&safe);
}

static void comment_add(const struct terminal_face *t, const char *before, struct slice text, const char *in_style,
                        struct buffer *out)
{
	struct buffer safe = { 0 };
	escape_for_screen(&safe, text);
	struct wrapping how = {
		.first = before, .rest = before, .columns = columns_of(t), .style = style(t, in_style)
	};
	(void)wrap(out, buffer_slice(&safe), &how);
	buffer_free(&safe);
}

static void notes_add(struct terminal_face *t, const struct dialogue_event *event, struct buffer *out)
{
	notes_make(&t->said, event, t->options.notes);
	for (size_t i = 0; i < NOTE_LINES; i++) {
		struct slice rest = buffer_slice(&t->said.lines[i]);
		while (t->said.shown[i] && rest.n)
			comment_add(t, "   # ", slice_row(&rest), i == NOTE_PROBLEM ? BOLD : "", out);
	}
}

/* ---- folding ---- */

/* What the server says that may be too much: text, and the lines of a reply before its last. */
static bool foldable(const struct dialogue_event *event)
{
	bool reply = event->kind == EVENT_REPLY && event->has_final;
	return event->side == SIDE_SERVER && (reply || event->kind == EVENT_DATA || event->kind == EVENT_JUNK) &&
	       !(event->has_final && event->final);
}

/* Whether it is a line of the protocol, not of the text that it carries. */
static bool is_line(const struct dialogue_event *event)
{
	return event->kind == EVENT_REPLY || event->keyword.n > 0;
}

/* The data under way is over: says how much of it was folded away. */
static void fold_end(struct terminal_face *t)
{
	if (t->folding) {
		buffer_add_string(&t->out, "# … ");
		buffer_add_number(&t->out, t->folding);
		buffer_printf(&t->out, " more line%s (:more)\n", t->folding == 1 ? "" : "s");
	}
	t->data_rows = 0;
	t->folding = 0;
	t->folding_lines = false;
}

/* The reply under way is over. */
static void reply_end(struct terminal_face *t)
{
	fold_end(t);
	t->line_rows = 0;
}

/* Data begins to be folded away: what was kept of other data is forgotten. */
static void fold_keep(struct terminal_face *t, struct slice rows)
{
	if (t->folding == 0) {
		buffer_clear(&t->folded);
		t->not_kept = 0;
	}
	t->folding++;
	if (t->not_kept == 0 && t->folded.n + rows.n <= FOLD_KEPT)
		buffer_add_slice(&t->folded, rows);
	else
		t->not_kept++;
}

static void foldable_add(struct terminal_face *t, const struct dialogue_event *event)
{
	struct buffer rows = { 0 };
	bool line = is_line(event);
	size_t n = line_add(t, event, &rows), *taken = line ? &t->line_rows : &t->data_rows;
	size_t room = line ? LINES_SCREENS * data_room(t) : data_room(t);
	notes_add(t, event, &rows);
	if (line && !t->folding_lines)
		fold_end(t); /* the text before it */
	if (t->options.fold && (t->folding || *taken + n > room)) {
		fold_keep(t, buffer_slice(&rows));
		t->folding_lines |= line;
	} else {
		buffer_add_slice(&t->out, buffer_slice(&rows));
	}
	*taken += n;
	buffer_free(&rows);
}

/* The last line of a text is shown, unless it alone is too long. */
static void last_add(struct terminal_face *t, const struct dialogue_event *event)
{
	struct buffer rows = { 0 };
	bool text = event->kind == EVENT_DATA && event->side == SIDE_SERVER;
	size_t n = line_add(t, event, &rows);
	bool folds = t->options.fold && text && n > data_room(t);
	if (folds)
		fold_keep(t, buffer_slice(&rows));
	reply_end(t);
	if (!folds)
		buffer_add_slice(&t->out, buffer_slice(&rows));
	buffer_free(&rows);
}

bool terminal_face_more(struct face *face)
{
	struct terminal_face *t = terminal_of(face);
	if (t->folded.n == 0 && t->not_kept == 0)
		return false;
	buffer_add_slice(&t->out, buffer_slice(&t->folded));
	if (t->not_kept) {
		buffer_add_string(&t->out, "# … ");
		buffer_add_number(&t->out, t->not_kept);
		buffer_add_string(&t->out, " more were not kept: a record (-r FILE) keeps all\n");
	}
	buffer_free(&t->folded);
	t->not_kept = 0;
	flush(t);
	return true;
}

/* ---- the row ---- */

static void stage_add(struct terminal_face *t, const struct dialogue_event *event)
{
	struct buffer words = { 0 };
	if (!t->told && stage_words(event, &words))
		direction_add(t, buffer_slice(&words), event->side == SIDE_CLIENT);
	buffer_free(&words);
	notes_add(t, event, &t->out);
}

static void terminal_event(struct face *face, const struct dialogue_event *event)
{
	struct terminal_face *t = terminal_of(face);
	bool told = t->told && event->kind == EVENT_DATA && event->line_end.n == 0;
	/* What was shown of the line while it rested, and is all of it, is not shown again. */
	bool shown = event->side == SIDE_SERVER && t->unfinished.n &&
	             slice_equal(event->text, buffer_slice(&t->unfinished));
	if (event->side == SIDE_SERVER)
		buffer_clear(&t->unfinished);
	if (event->t - t->said_at > PAUSE)
		reply_end(t);
	t->said_at = event->t;
	if (event->kind == EVENT_STAGE) {
		reply_end(t);
		stage_add(t, event);
	} else if (foldable(event) && !told && !shown) {
		foldable_add(t, event);
	} else {
		if (told || shown)
			reply_end(t);
		else
			last_add(t, event);
		notes_add(t, event, &t->out);
	}
	t->told = false;
	flush(t);
}

static void terminal_remark(struct face *face, struct slice text)
{
	struct terminal_face *t = terminal_of(face);
	comment_add(t, "# ", text, "", &t->out);
	flush(t);
}

static void terminal_comment(struct face *face, struct slice text)
{
	if (!notes_repeat(&terminal_of(face)->said, text))
		terminal_remark(face, text);
}

static void terminal_direction(struct face *face, struct slice text)
{
	struct terminal_face *t = terminal_of(face);
	struct buffer words = { 0 };
	reply_end(t);
	buffer_add_octet(&words, '<');
	buffer_add_slice(&words, text);
	buffer_add_octet(&words, '>');
	direction_add(t, buffer_slice(&words), slice_starts(text, SLICE("client")));
	buffer_free(&words);
	t->told = stands_for_event(text);
	flush(t);
}

static void terminal_unfinished(struct face *face, struct slice text)
{
	struct terminal_face *t = terminal_of(face);
	struct dialogue_event event = { .side = SIDE_SERVER, .kind = EVENT_REPLY, .text = text };
	reply_end(t);
	(void)line_add(t, &event, &t->out);
	buffer_clear(&t->unfinished);
	buffer_add_slice(&t->unfinished, text);
	flush(t);
}

static void terminal_close(struct face *face)
{
	struct terminal_face *t = terminal_of(face);
	fold_end(t);
	flush(t);
	buffer_free(&t->out);
	buffer_free(&t->folded);
	buffer_free(&t->unfinished);
	notes_free(&t->said);
	free(t);
}

static void terminal_notes(struct face *face, enum notes notes)
{
	terminal_of(face)->options.notes = notes;
}

static const struct face_kind terminal_kind = {
	.event = terminal_event,
	.remark = terminal_remark,
	.unfinished = terminal_unfinished,
	.close = terminal_close,
	.comment = terminal_comment,
	.direction = terminal_direction,
	.notes = terminal_notes,
};

struct face *terminal_face(struct sink sink, const struct terminal_options *options)
{
	struct terminal_face *t = memory_zeroed(1, sizeof *t);
	t->common.kind = &terminal_kind;
	t->sink = sink;
	t->options = *options;
	return &t->common;
}
