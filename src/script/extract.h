/*
 * Finds the conversations that a document holds, in whatever notation they are printed, and gives each as a transcript
 * (FORMATS section 1). No I/O: octets in, lines of transcripts out, in flat memory.
 *
 * document.h makes lines of text of it, notation.h finds who speaks in a line, passages are collected and judged here, and what
 * is said goes through a draft (import_draft.h), whose dialogue tells what a line without prefix is.
 */
#ifndef PARLANCE_SCRIPT_EXTRACT_H
#define PARLANCE_SCRIPT_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* What is known of a conversation when it is over: its header. All lives until the callback returns. */
struct extracted {
	struct slice title;         /* the nearest heading before it; empty: none */
	unsigned first, last;       /* the document's lines */
	const char *protocol;       /* its name */
	bool tls;                   /* from the first octet */
	const struct slice *errata; /* what is wrong with how it is printed, a sentence without full stop each */
	size_t nerrata;
	uint64_t client, server; /* lines that each side says */
};

struct extract_sink {
	/* A line of the conversation under way, as it stands in a transcript, without LF; `number` is the document's line. */
	void (*line)(void *context, struct slice line, unsigned number);
	/* The conversation is over. */
	void (*end)(void *context, const struct extracted *about);
	void *context;
};

struct extract;

/* `name` is the document's file name, by whose ending its form is known; NULL: by its look. `sink` is copied. Owned by the
 * caller (extract_free). */
struct extract *extract_new(const char *name, const struct extract_sink *sink);
void extract_free(struct extract *e);

void extract_feed(struct extract *e, const char *octets, size_t n);
/* The document is over: hands on what is still held. */
void extract_end(struct extract *e);

/* Whether the document is no text. */
bool extract_binary(const struct extract *e);

#endif
