/*
 * What notation.c stands on: what may stand before a prefix and behind what is said, and one prefix at one place. Known to
 * notation_*.c, import_log.c and extract_recorded.c alone.
 */
#ifndef PARLANCE_SCRIPT_NOTATION_INSIDE_H
#define PARLANCE_SCRIPT_NOTATION_INSIDE_H

#include "script/notation.h"

/* ---- leaders (notation_leader.c) ---- */

/* No leader has more pieces. */
#define LEADER_STEPS 16

/* Where the leader's next piece ends that begins at `at`: a mark or white space; `at` where no piece stands there. */
size_t leader_step(struct slice line, size_t at);

/* Where in `line` the text ends that begins at `text`: before white space and what closes what its leader, the first `leader`
 * octets, has opened. */
size_t leader_closed(struct slice line, size_t leader, size_t text);

/* Where what ends at `end` ends without the printed mark of a line's end, `\r\n` or `<CRLF>`, that stands there. */
size_t leader_unended(struct slice line, size_t end);

/* ---- what a log puts before its lines (notation_log.c) ---- */

/* The length of a time, a level, an identifier in brackets, a program's name and number that stands at the front; 0 where none
 * does. */
size_t log_from(struct slice text);
/* The same of whom a mail server's line is from or for, behind `<` and `>`: ` unknown[192.0.2.1]:`. */
size_t log_peer_from(struct slice text);

/* ---- prefixes (notation_prefix.c) ---- */

struct prefix {
	enum side side;
	bool both;
	bool worded; /* other words stand before the one that names the side */
	size_t end;  /* behind its last octet */
};

/* Whether a prefix of that row stands at `at`, whatever is before and behind it; the longest is found. */
bool prefix_at(struct slice line, size_t at, const struct notation *row, struct prefix *prefix);

/* Whether what stands behind a prefix lets it be one: white space, nothing, or glued to it what a client or server says. */
bool prefix_parted(struct slice line, const struct notation *row, const struct prefix *prefix);

/* How much speaks for it that the side says the text, in whatever protocol (speaker_likes). */
unsigned prefix_likes(enum side side, struct slice text);

/* ---- arrows (notation_arrow.c), of rows of NOTATION_ARROW and of those whose arrow is one sign ---- */

/* Where the arrow ends that stands at `at`, whose shaft may be longer than the spelling's; 0 where none does. */
size_t arrow_at(struct slice line, size_t at, struct slice spelling);

/* Whether a client's arrow stands behind what the client says; `*said` gets that, its prefix empty. `usual`: the document has
 * such arrows, so that anything may be said before one that ends the line. */
bool arrow_behind(struct slice line, const struct notation *row, bool usual, struct said *said);

/* Where the text that ends at `end` ends, if a shaft is drawn on behind it. */
size_t arrow_drawn(struct slice line, const struct notation *row, size_t text, size_t end);

#endif
