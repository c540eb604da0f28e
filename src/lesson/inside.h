/*
 * What the files of this room share beside its doors, while a lesson is read.
 */
#ifndef PARLANCE_LESSON_INSIDE_H
#define PARLANCE_LESSON_INSIDE_H

#include <cmark.h>

#include "lesson/lesson.h"

/* A block marked transcript, and the item whose lines it holds. */
struct transcript_block {
	cmark_node *node;
	size_t item;
	unsigned line; /* of the file, of its first line inside the fence */
};

/* A lesson that is being read. */
struct reading {
	struct lesson *lesson;
	struct buffer source; /* the whole file, its lines ended by LF */
	struct slice *rows;   /* the same, line by line */
	size_t nrows;
	struct transcript_block *blocks;
	size_t nblocks;
};

/* ---- read.c ---- */
/* Adds a fault; the text is formatted. */
void lesson_blame(struct lesson *lesson, unsigned line, bool warning, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Adds an item, all zero but for these; good until the next is added. */
struct lesson_item *lesson_add(struct lesson *lesson, enum item_kind kind, unsigned line);
/* A transcript block belongs to the last item. */
void reading_block(struct reading *reading, cmark_node *block);
/* A line of the file, from 1, without its end; empty where there is none. */
struct slice reading_row(const struct reading *reading, unsigned line);
/* The number of a node's first line. */
unsigned node_line(cmark_node *node);
/* Appends the words of a node and of all below it, a space for each line end. */
void node_words(cmark_node *node, struct buffer *out);
/* The first word behind a block's fence; empty where it has none. */
struct slice block_word(cmark_node *block);
/* Which of the words is at most two slips away from `word`, and less than half of it; NULL. */
const char *word_near(struct slice word, const char *const *words, size_t n);

/* ---- quote.c ---- */
/* A block quote becomes an item, or a hint of the last one, where it begins with such a word; else it is prose, and false. */
bool quote_read(struct reading *reading, cmark_node *quote);

/* The word of ours that this is, as it is written; NULL. */
const char *directive_name(struct slice word);

/* ---- slips.c ---- */
/* Faults for what is in such a node of prose, and was meant to be more. */
void blame_slips(struct lesson *lesson, cmark_node *node);
/* A fault for a line that a quote swallows. */
void blame_lazy(const struct reading *reading, cmark_node *quote);
/* Whether a fence ends the block; at the end of the file none need be. */
bool block_closed(const struct reading *reading, cmark_node *block);

/* ---- goal.c ---- */
/* Reads the keys of a goal: what stands behind the word in its line. */
void goal_read_keys(struct lesson *lesson, struct lesson_item *goal, struct slice text);

/* ---- conversations.c ---- */
/* Parses what all blocks hold, and says of each item which lines are its own. */
void conversations_parse(struct reading *reading);

/* ---- stops.c ---- */
/* Finds where the lesson waits, and what is too long in between. */
void stops_find(struct lesson *lesson);

#endif
