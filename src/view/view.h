/*
 * Faces: what shows the events of a conversation. A face is told of each event in turn, after secrets are masked, and
 * decides nothing.
 */
#ifndef PARLANCE_VIEW_VIEW_H
#define PARLANCE_VIEW_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "protocol/dialogue.h"

/* How much is explained. Full: all. Short: what a complete reply comes to, that TLS has begun, and what is wrong with a
 * line; no references, no decoded text. Off: nothing. */
enum notes { NOTES_FULL, NOTES_SHORT, NOTES_OFF };

/* Where a face's text goes: whole lines, ended by LF. `line` may be called for a few lines at once. */
struct sink {
	void (*write)(void *context, struct slice text);
	void *context;
};

/* A sink that writes to a stdio stream and flushes it after each call. What one of them could not write first:
 * sink_failure, an errno; 0 where all arrived. */
struct sink sink_of_file(FILE *file);
int sink_failure(void);

struct face;
struct face_kind {
	/* One event. */
	void (*event)(struct face *face, const struct dialogue_event *event);
	/* A line of parlance's own (the story of the connection, a warning, a note): a comment in a transcript. */
	void (*remark)(struct face *face, struct slice text);
	/* A server's line that has not ended yet and may never ("login: "); NULL where a face does not show it. */
	void (*unfinished)(struct face *face, struct slice text);
	/* The conversation is over; frees the face. */
	void (*close)(struct face *face);
	/* What stands in a script and is no event, see face_comment and face_direction; NULL where a face shows neither. */
	void (*comment)(struct face *face, struct slice text);
	void (*direction)(struct face *face, struct slice text);
	/* Changes how much is explained; NULL where a face explains nothing. */
	void (*notes)(struct face *face, enum notes notes);
};

/* What every face begins with. */
struct face {
	const struct face_kind *kind;
};

void face_event(struct face *face, const struct dialogue_event *event);
void face_remark(struct face *face, struct slice text);
void face_unfinished(struct face *face, struct slice text);
/* A comment of a script that is being played or annotated, without its `# `. One that says what a note under the last
 * line says is not shown, at whatever level notes are. */
void face_comment(struct face *face, struct slice text);
/* A stage direction of a script, without `<` and `>`. Told before the event that it stands for (a stage, or a payload
 * that is only described), which the face then does not show in words of its own; its notes it does. */
void face_direction(struct face *face, struct slice text);
/* How much is explained from now on. */
void face_notes(struct face *face, enum notes notes);
/* NULL is allowed. */
void face_close(struct face *face);

/* FORMATS section 6: one object a line. A remark is not of the conversation and gives nothing here. */
struct face *json_face(struct sink sink);

/* Appends one event as a JSON object, without line end. */
void json_event(struct buffer *out, const struct dialogue_event *event);

/*
 * FORMATS section 5: a transcript. The header is printed with what is said first: the lines of `header` (may be empty;
 * copied), then `Protocol:` and, where the stream is secure before anything is said, `TLS: implicit`, unless `header`
 * has them. Where the first line leaves open which protocol it begins, there is no `Protocol:`, and a reader recognises
 * it as the session did. Remarks that come earlier stand under the header. A connect stage is not printed: that
 * something was said implies it.
 *
 * A record (`-r FILE`) is this face on a sink of the file, with `Title:`, `Date:`, `Target:` and `Who:` as its header;
 * the sink is written to once for each event.
 */
struct face *plain_face(struct sink sink, enum notes notes, struct slice header);

struct terminal_options {
	enum notes notes;
	bool color;                       /* weight and colours; else no escape sequence at all */
	size_t (*columns)(void *context); /* asked at each line: the terminal may change its size */
	size_t (*rows)(void *context);
	void *context;
	bool fold; /* the server's data longer than the screen becomes `… 1,204 more lines (:more)` */
};

/* For people: `C:` and `S:` told apart by word and weight, notes under their line, wrapped to the width, with what a
 * screen cannot hold folded away. columns and rows may be NULL, or return 0: no bound, and a small screen. */
struct face *terminal_face(struct sink sink, const struct terminal_options *options);

/* Prints what was folded away last (up to what is kept: 64 KiB), and forgets it. False where there is nothing. Only of a
 * terminal face. */
bool terminal_face_more(struct face *face);

/* `--raw`: server octets to `out` as they are, notes to `notes`. */
struct face *raw_face(FILE *out, FILE *notes, enum notes level);

/* Whether colour is wanted: `when` is auto, always or never; NO_COLOR and a `file` that is no terminal say no. */
bool color_wanted(const char *when, FILE *file);

#endif
