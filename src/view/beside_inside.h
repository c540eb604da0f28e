/*
 * Known to beside*.c only: a conversation as it was taken in, and how two of them are aligned.
 */
#ifndef PARLANCE_VIEW_BESIDE_INSIDE_H
#define PARLANCE_VIEW_BESIDE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "protocol/dialogue.h"
#include "view/beside.h"
#include "view/notes.h"
#include "view/said.h"

/* "None": of an index. */
#define BESIDE_NONE SIZE_MAX

/* ---- beside_column.c: a conversation, taken in ---- */

enum part_kind {
	PART_SAID,      /* a line that was said */
	PART_DIRECTION, /* a stage direction, < and > included */
	PART_NOTE,      /* a note under what stands before it */
	PART_PROBLEM,   /* likewise */
	PART_COMMENT,   /* a comment of the script's */
	PART_REMARK,    /* a remark of ours */
	PART_FOLD       /* lines that are not shown */
};

/* One of them; its text stands in the column's. */
struct part {
	enum part_kind kind;
	const char *prefix;    /* SAID: by whom */
	bool client;           /* SAID, DIRECTION: it is the client's */
	bool blamed;           /* SAID: something is wrong with it */
	enum class class;      /* SAID */
	struct said_code code; /* SAID: in its text */
	size_t start, n;       /* its text, safe to show */
	uint64_t hidden;       /* SAID: octets at its end, FOLD: lines that are not shown */
	uint64_t nblamed;      /* FOLD: lines of these with which something is wrong */
};

/* Parts in a row that serve one phase: `first` up to the next run's. */
struct run {
	enum phase phase;
	size_t first;
};

/* What may be folded: lines of one kind in a row, of one side. */
enum group_kind { GROUP_NONE, GROUP_TEXT, GROUP_LINES };

struct group {
	enum group_kind kind;
	enum side side;
	size_t lines;      /* in it so far */
	size_t fold, last; /* where the fold begins or will begin, and its last line: indices of parts */
};

struct column {
	struct face common; /* first: it is a face */
	enum notes notes;
	struct buffer name, title; /* safe to show: "pop3.txt (pop3)" */
	struct buffer text;
	struct part *parts;
	size_t nparts, parts_room;
	struct run *runs;
	size_t nruns, runs_room;
	struct group group;
	size_t under_way[2]; /* of each side: the line that goes on in the next event, or BESIDE_NONE */
	struct buffer told;  /* a direction that waits for the event that it stands for */
	struct notes_said said;
};

void column_begin(struct column *column, enum notes notes, const struct beside_title *title);
void column_free(struct column *column);

/* The index behind the last part of a run. */
size_t run_end(const struct column *column, size_t run);

/* ---- beside_align.c ---- */

/* A row of the alignment: a run of either conversation, or of one (the other: BESIDE_NONE). */
struct aligned {
	enum phase phase;
	size_t runs[2];
};

/* Aligns the runs of two conversations; each comes once, in its order. The caller frees `*rows`; returns how many there are. */
size_t runs_align(const struct run *left, size_t nleft, const struct run *right, size_t nright, struct aligned **rows);

/* ---- beside_rows.c: parts as rows of a column ---- */

/* Goes through some parts row by row; laid out one part at a time, so that it takes no more room than the longest. */
struct cell {
	const struct column *column;
	size_t part, end;    /* the next part, and the last one's end */
	size_t width;        /* of a row, in columns */
	struct buffer rows;  /* of the part under way, safe to show */
	struct slice rest;   /* of these, what is still to come */
	const char *style;   /* in which they stand; "" for none */
	const char *marking; /* the colour of the code in the next row; "" for none */
	struct said_code code;
};

/* All parts of a run (BESIDE_NONE: there are none). The caller frees it with buffer_free(&cell->rows). */
struct cell cell_of(const struct column *column, size_t run, size_t width);

/* Appends the next row, without line end, and sets `*used` to the columns that it takes. False, and nothing is appended, where
 * there is none. */
bool cell_next(struct cell *cell, bool color, struct buffer *out, size_t *used);

#endif
