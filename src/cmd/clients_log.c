/*
 * The log of serve and of the lab.
 *
 * For people each line has its session's number in front, in that session's colour; who it is stands where the session
 * begins, and again where it goes on after that has left the screen. In a plain log that is said wherever another session
 * goes on. As JSON each event has the number.
 */
#include "cmd/clients_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"

/* More clients at once than a reader can follow with all that is to be said about each line. */
#define CROWD 4

/* Numbers stand on a ground of their own, so that they can be read on black and on white. */
static const char *const colors[] = { "\033[97;44m", "\033[30;43m", "\033[97;45m",
	                              "\033[30;46m", "\033[97;41m", "\033[30;42m" };
#define NCOLORS (sizeof colors / sizeof colors[0])
#define COLOR_END "\033[0m"

struct clients_log {
	const struct options *options;
	FILE *file;
	bool people; /* not plain, not JSON */
	struct terminal_options screen;
	unsigned sessions; /* that have come so far */
	size_t here;       /* that have not ended */
	unsigned shown;    /* whose lines were shown last; 0: nobody's */
	size_t rows;       /* lines printed so far */
	bool crowd_told;
	struct buffer out; /* lines on their way */
};

struct session_face {
	struct face face; /* first: a face is one of these */
	struct clients_log *log;
	struct face *inner; /* NULL: JSON */
	unsigned number;
	char *who;         /* "session 3 from 127.0.0.1:51234" */
	size_t introduced; /* the row where that was said last */
	double began;
	size_t commands;
	bool terse; /* its notes are short, for the crowd */
};

static struct session_face *session_of(struct face *face)
{
	return (struct session_face *)face;
}

/* ---- lines ---- */

static void gutter_add(const struct session_face *s, struct buffer *out)
{
	const struct clients_log *log = s->log;
	if (log->screen.color)
		buffer_printf(out, "%s%2u%s ", colors[s->number % NCOLORS], s->number, COLOR_END);
	else if (log->people)
		buffer_printf(out, "%2u|", s->number);
}

/* Columns of that. */
static size_t gutter_columns(const struct session_face *s)
{
	size_t columns = 3;
	for (unsigned n = s->number; n >= 100; n /= 10)
		columns++;
	return columns;
}

/* The sink of a session's face: whole lines. */
static void lines_write(void *context, struct slice text)
{
	struct session_face *s = context;
	struct clients_log *log = s->log;
	while (text.n) {
		gutter_add(s, &log->out);
		buffer_add_slice(&log->out, slice_line(&text));
		log->rows++;
	}
	struct sink sink = sink_of_file(log->file);
	sink.write(sink.context, buffer_slice(&log->out));
	buffer_clear(&log->out);
}

static size_t columns_left(void *context)
{
	struct session_face *s = context;
	size_t columns = s->log->screen.columns(s->log->screen.context), gutter = gutter_columns(s);
	return columns > 2 * gutter ? columns - gutter : columns;
}

/* A line about the session, by itself. */
static void say(struct session_face *s, struct slice words)
{
	struct buffer line = { 0 };
	buffer_add_string(&line, "# ");
	escape_text(&line, words);
	buffer_add_octet(&line, '\n');
	lines_write(s, buffer_slice(&line));
	buffer_free(&line);
}

/* ---- who speaks ---- */

/* Whether the reader has seen who the session is, and still does. */
static bool known(const struct session_face *s)
{
	const struct clients_log *log = s->log;
	return log->people && log->rows - s->introduced + 1 < log->screen.rows(log->screen.context);
}

static void introduce(struct session_face *s, const char *what)
{
	struct clients_log *log = s->log;
	if (!log->people && log->rows > 0)
		buffer_add_octet(&log->out, '\n');
	log->shown = s->number;
	s->introduced = log->rows;
	char *words = string_printf("%s%s", s->who, what);
	say(s, slice_of(words));
	free(words);
}

static void turn(struct session_face *s)
{
	bool another = s->log->shown != s->number;
	if (another && !known(s))
		introduce(s, "");
	s->log->shown = s->number;
}

/* Where more speak at once than a reader can follow, less is said about each; unless the user has said how much. */
static void adapt(struct session_face *s)
{
	struct clients_log *log = s->log;
	bool terse = log->people && !log->options->notes_given && log->here > CROWD;
	if (terse == s->terse)
		return;
	s->terse = terse;
	face_notes(s->inner, terse ? NOTES_SHORT : log->options->notes);
	if (terse && !log->crowd_told)
		say(s, SLICE("many clients: notes are short while they are here (--notes full: never)"));
	log->crowd_told |= terse;
}

/* ---- the face for people, and the plain one ---- */

static void text_event(struct face *face, const struct dialogue_event *event)
{
	struct session_face *s = session_of(face);
	s->commands += event->kind == EVENT_COMMAND;
	if (event->kind == EVENT_STAGE && event->stage == STAGE_CONNECT)
		return; /* the session's first line has said it */
	turn(s);
	adapt(s);
	face_event(s->inner, event);
}

static void text_remark(struct face *face, struct slice text)
{
	struct session_face *s = session_of(face);
	turn(s);
	face_remark(s->inner, text);
}

static void text_comment(struct face *face, struct slice text)
{
	struct session_face *s = session_of(face);
	if (s->terse)
		return;
	turn(s);
	face_comment(s->inner, text);
}

static void say_end(struct session_face *s)
{
	size_t left = s->log->here;
	struct buffer words = { 0 };
	buffer_printf(&words, "session %u is over: %zu command%s in %.1f s; ", s->number, s->commands,
	              s->commands == 1 ? "" : "s", clock_now() - s->began);
	if (left)
		buffer_printf(&words, "%zu other%s here", left, left == 1 ? " is" : "s are");
	else
		buffer_add_string(&words, "nobody else is here");
	say(s, buffer_slice(&words));
	buffer_free(&words);
}

static void text_close(struct face *face)
{
	struct session_face *s = session_of(face);
	turn(s);
	face_close(s->inner);
	s->log->here--;
	say_end(s);
	free(s->who);
	free(s);
}

static const struct face_kind text_kind = {
	.event = text_event, .remark = text_remark, .comment = text_comment, .close = text_close
};

/* ---- JSON ---- */

/* Prints an object with the session's number in front. */
static void json_print(const struct session_face *s, const struct buffer *object)
{
	struct clients_log *log = s->log;
	struct sink sink = sink_of_file(log->file);
	buffer_printf(&log->out, "{\"session\":%u,", s->number);
	buffer_add_slice(&log->out, slice_part(buffer_slice(object), 1, object->n));
	buffer_add_octet(&log->out, '\n');
	sink.write(sink.context, buffer_slice(&log->out));
	buffer_clear(&log->out);
}

static void json_face_event(struct face *face, const struct dialogue_event *event)
{
	struct buffer object = { 0 };
	json_event(&object, event);
	json_print(session_of(face), &object);
	buffer_free(&object);
}

static void json_face_remark(struct face *face, struct slice text)
{
	struct buffer object = { 0 };
	buffer_add_string(&object, "{\"kind\":\"remark\",\"text\":");
	(void)escape_json(&object, text);
	buffer_add_octet(&object, '}');
	json_print(session_of(face), &object);
	buffer_free(&object);
}

static void json_fault(struct session_face *s, const struct fault *fault, double seconds)
{
	struct buffer object = { 0 };
	unsigned long long microseconds = (unsigned long long)(seconds * 1e6 + 0.5);
	buffer_printf(&object, "{\"t\":%llu.%06llu,\"kind\":\"fault\",\"text\":\"%s\",\"octets\":%llu,\"note\":",
	              microseconds / 1000000, microseconds % 1000000, fault->name, (unsigned long long)fault->octets);
	(void)escape_json(&object, fault->words);
	buffer_add_octet(&object, '}');
	json_print(s, &object);
	buffer_free(&object);
}

static void json_close(struct face *face)
{
	session_of(face)->log->here--;
	free(session_of(face)->who);
	free(face);
}

static const struct face_kind json_kind = { .event = json_face_event, .remark = json_face_remark, .close = json_close };

/* ---- the log ---- */

enum status clients_log_new(const struct options *options, struct clients_log **log, struct error *error)
{
	FILE *file = options_output(options, error);
	if (file == NULL)
		return STATUS_USAGE;
	struct clients_log *l = memory_zeroed(1, sizeof *l);
	l->options = options;
	l->file = file;
	l->people = options_for_people(options);
	if (l->people)
		l->screen = options_screen(options, file);
	*log = l;
	return STATUS_OK;
}

void clients_log_free(struct clients_log *log)
{
	if (log == NULL)
		return;
	buffer_free(&log->out);
	free(log);
}

static struct face *inner_face(struct session_face *s)
{
	const struct clients_log *log = s->log;
	struct sink sink = { lines_write, s };
	if (log->options->json)
		return NULL;
	if (!log->people)
		return plain_face(sink, log->options->notes, (struct slice){ NULL, 0 });
	struct terminal_options how = log->screen;
	how.columns = columns_left;
	how.context = s;
	return terminal_face(sink, &how);
}

struct face *clients_log_face(struct clients_log *log, const char *peer, const char *name)
{
	unsigned number = ++log->sessions;
	if (log->options->quiet)
		return NULL;
	struct session_face *s = memory_zeroed(1, sizeof *s);
	s->log = log;
	s->number = number;
	s->who = string_printf("session %u from %s%s%s", number, peer, name ? " to " : "", name ? name : "");
	s->began = clock_now();
	s->inner = inner_face(s);
	s->face.kind = s->inner ? &text_kind : &json_kind;
	log->here++;
	if (s->inner)
		introduce(s, " begins");
	return &s->face;
}

void clients_log_fault(struct face *face, const struct fault *fault, double seconds)
{
	struct session_face *s = session_of(face);
	if (s->inner)
		text_remark(face, fault->words);
	else
		json_fault(s, fault, seconds);
}
