/*
 * Two conversations side by side, phase by phase: what one protocol does where another does something else, or nothing.
 *
 *     pop3.txt (pop3)                  | smtp.txt (smtp)
 *
 *     == greet: the server says that it is there =========
 *     S: +OK ready                     | S: 220 ready
 *
 *     == authenticate: the client proves who it is =======
 *     C: PASS secret                   | (nothing)
 *     S: +OK                           |
 *
 * A conversation does not go through the phases in one pass: behind STARTTLS a client says EHLO again, IMAP asks and transfers in
 * turn. To sort its lines by phase would show an order in which nobody spoke. So each conversation is divided into runs, lines
 * in a row that serve one phase, and the runs of both are aligned as diff(1) aligns lines: by a longest common subsequence. As
 * many runs as can stand side by side do, a phase comes again where it comes again, and down either column everything stands in
 * the order in which it was said.
 *
 *     struct beside *b = beside_new(NOTES_SHORT);
 *     struct face *face = beside_face(b, BESIDE_LEFT, &title);     // tell it of one conversation, then face_close
 *     …                                                            // the same with BESIDE_RIGHT
 *     beside_print(b, &page, sink);
 *     beside_free(b);
 */
#ifndef PARLANCE_VIEW_BESIDE_H
#define PARLANCE_VIEW_BESIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "view/view.h"

/* From so many columns on the conversations stand side by side; in fewer, one below the other under each phase. */
#define BESIDE_LEAST 100

struct beside;

enum beside_place { BESIDE_LEFT, BESIDE_RIGHT };

/* What it is printed on. */
struct beside_page {
	bool color;     /* weight and colours; else no escape sequence at all */
	size_t columns; /* how wide it is */
};

/* What a conversation goes by; need not be safe to show. */
struct beside_title {
	struct slice name;     /* of its file */
	struct slice protocol; /* its name */
	struct slice title;    /* "Reading mail by hand"; empty: it has none */
};

/* With so much explained. Owned by the caller (beside_free). */
struct beside *beside_new(enum notes notes);
void beside_free(struct beside *b);

/* The face that takes in one of the conversations; it shows nothing by itself. It lives until it is closed, which must be before
 * beside_print. What is long (text, lists, literals, a line without end) is folded as it comes in, and not kept. */
struct face *beside_face(struct beside *b, enum beside_place place, const struct beside_title *title);

/* Aligns both, and prints them. Once. */
void beside_print(struct beside *b, const struct beside_page *page, struct sink sink);

#endif
