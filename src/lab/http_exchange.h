/*
 * What the rooms of the HTTP server share: an exchange, which is a whole request and the answer in the making; and the routes, by
 * which a path finds its room.
 */
#ifndef PARLANCE_LAB_HTTP_EXCHANGE_H
#define PARLANCE_LAB_HTTP_EXCHANGE_H

#include "store/files.h"
#include "lab/http_answer.h"
#include "lab/http_request.h"
#include "lab/visit.h"

struct exchange {
	struct visit *visit;
	struct store *store;
	struct request *request;
	struct slice path; /* of the target: decoded, "." and ".." resolved; ends in "/" where the target does */
	struct slice rest; /* what the route's path leaves of it */
	struct answer *answer;
};

/* Where a path leads. */
struct route {
	const char *path;
	bool below;       /* all that stands below it too: `rest` is what stands there */
	unsigned methods; /* METHOD_… that it knows; OPTIONS and TRACE are known everywhere */
	const char *what; /* for the start page; NULL: it is not told there */
	/* Answers. Where the method is HEAD, as to GET: the body is left out when it goes out. */
	void (*answer)(struct exchange *x);
};

/* The room's own pages, ended by a NULL path; they stand before the files of the site. */
extern const struct route routes[];
/* The last resort: the files of the site and of the users. */
extern const struct route route_site;

/* Answers where it is clear before the body comes: a method that is not known or not known here, a length that is missing, a
 * condition that fails. False where the body is wanted. */
bool exchange_refused(struct exchange *x);
/* Answers the whole request. */
void exchange_answer(struct exchange *x);

/* ---- answers that any room may give; http_exchange.c, http_conditions.c ---- */

/* A status with a line that says why, in plain text, and below it what the code means. `why` is what printf would print. */
void say_status(struct exchange *x, unsigned status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* 405, with Allow (RFC 9110 15.5.6). */
void say_not_allowed(struct exchange *x, unsigned methods);
/* A redirect to a path of ours, percent-encoded here; the query of the request goes with it. */
void say_redirect(struct exchange *x, unsigned status, struct slice path);
/* The body is all there is, of that type: adds Content-Type, the entity-tag and, where `changed` is not 0, Last-Modified, and
 * does what conditions and ranges ask (RFC 9110 13.2.2). For GET and HEAD. */
void say_content(struct exchange *x, const char *type, int64_t changed);
/* Whether a condition of the request stops a method that changes something; then 412 is said. `there`: what it would change,
 * NULL: nothing. */
bool condition_fails(struct exchange *x, struct slice there, bool exists, int64_t changed);

/* ---- pages; http_page.c ---- */

/* Appends text for HTML: marks as entities, octets that are no UTF-8 and characters that cannot be shown as U+FFFD. */
void html_text(struct buffer *out, struct slice text);
/* A path for an attribute: percent-encoded, then as text. */
void html_path(struct buffer *out, struct slice path);
/* Begins and ends a page. `title` is made safe here. */
void html_begin(struct buffer *out, struct slice title);
void html_end(struct buffer *out);
/* Says the page as content, with a policy that allows no script; the buffer is taken. */
void say_page(struct exchange *x, struct buffer *page);

/* ---- the rooms ---- */

void site_answer(struct exchange *x);  /* http_site.c: files */
void start_answer(struct exchange *x); /* http_try.c: practice pages */
void echo_answer(struct exchange *x);
void status_answer(struct exchange *x);
void redirect_answer(struct exchange *x);
void chunked_answer(struct exchange *x);
void cookies_answer(struct exchange *x);
void basic_answer(struct exchange *x); /* http_login.c: Basic and Digest */
void digest_answer(struct exchange *x);
void mail_answer(struct exchange *x); /* http_mail.c: the mailboxes */

/* Whether a PUT there is refused before its body is read; then the answer is made. */
bool site_refuses_put(struct exchange *x);

#endif
