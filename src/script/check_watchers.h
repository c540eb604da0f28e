/*
 * The watchers of a check, and what they share. Known to check*.c alone.
 */
#ifndef PARLANCE_SCRIPT_CHECK_WATCHERS_H
#define PARLANCE_SCRIPT_CHECK_WATCHERS_H

#include "script/check_inside.h"

extern const struct watcher watch_codes;      /* codes that belong to other commands */
extern const struct watcher watch_extensions; /* announced and never used, used and never announced */
extern const struct watcher watch_http;       /* the absolute form that no proxy is sent */
extern const struct watcher watch_imap;       /* what SELECT must say, and message numbers */
extern const struct watcher watch_limits;     /* lines that are longer than others need take */
extern const struct watcher watch_message;    /* a header that is none, and dots */
extern const struct watcher watch_pop3;       /* numbers that contradict each other */
extern const struct watcher watch_smtp;       /* who says hello, addresses that were blanked, messages to nobody */
extern const struct watcher watch_words;      /* codes that contradict their words */

/* Tells it where the code is no good answer to that command of SMTP's or FTP's (check_codes.c); true where it is not. */
bool codes_judge(struct checking *c, struct slice verb, struct slice code);

/* The line under way, as it is written. */
const struct script_line *watched_line(const struct checking *c);

/* Whether it stands for other words than are seen: it has a variable, a mark, or is a direction. */
bool watched_is_open(const struct checking *c);

/* The number that a line of the script has in its file. */
unsigned watched_number(const struct checking *c, size_t line);

/* Whether `text` has those words, whole and in any case: "no such user" stands in "550 No such user here". */
bool has_words(struct slice text, const char *words);
/* The same of any of them; `words` is ended by a NULL. */
bool has_any_words(struct slice text, const char *const *words);

#endif
