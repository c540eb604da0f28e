/*
 * Records: a conversation written as a transcript (FORMATS section 1) while it happens, secrets masked, to a file or
 * kept for later. Each event is in the file before the next is looked at, so that whatever happens to us loses at most
 * the line under way.
 */
#ifndef PARLANCE_SESSION_RECORD_H
#define PARLANCE_SESSION_RECORD_H

#include <stdbool.h>

#include "base/error.h"
#include "session/mask.h"
#include "view/view.h"

struct record;

/* One conversation of a record. Texts are copied; the masking's arrays outlive its face.
 *
 * `target` is where to, as struct where and struct talk_place name it ("[::1]:25"); NULL: nowhere that can be gone to
 * again, and there is no Target:. `masking` is applied to what the session has masked already, too: nothing is changed
 * twice. */
struct record_about {
	const char *title; /* a line; NULL: "A session with TARGET", or "A session" */
	const char *target;
	const char *who; /* whose session it is; NULL: the user's who runs this program */
	unsigned port;   /* of the target; 0: it has none (unix:/path) */
	bool tls;        /* the conversation has TLS from its first octet */
	bool late;       /* the face joins in mid-session: a comment says that what came before is not there */
	bool times;      /* -v: seconds since connecting as comments (`# 0.012 s`), where they have changed */
	struct masking masking;
};

/* Opens `path` for a record, to be closed by record_close. What is there already is not touched without `force`
 * (STATUS_USAGE), and with it not before the first line is written; pipes and devices hold nothing that could be lost.
 * Other failures: STATUS_USAGE, `PATH: why`. */
enum status record_open(const char *path, bool force, struct record **record, struct error *error);

/* A record that is no file yet: up to 256 KiB in memory, all of it in an unlinked temporary file beyond that. */
struct record *record_keep(void);

/* Writes whole lines behind what is there, at once. A failure is kept (record_failure), and nothing is written after it. */
void record_write(struct record *record, struct slice text);

/* Gives what has been kept so far to `sink`, in pieces that may end within a line. STATUS_USAGE with the reason where it
 * cannot be read back. */
enum status record_read(const struct record *kept, struct sink sink, struct error *error);

/* Writes what has been kept so far to a file, under the conditions of record_open. */
enum status record_save(const struct record *kept, const char *path, bool force, struct error *error);

/* A face that writes a session's conversation into the record, for session_add_face; it is closed before the record is.
 * One conversation at a time; the next begins behind an empty line with a header of its own. Where nothing is said,
 * nothing is written.
 *
 * The header holds Title, Target, Date and Who, then what is known when the first line is said: Protocol and TLS. Target
 * becomes a URL where its port alone would lead to another protocol, or to TLS where there was none. */
struct face *record_begin(struct record *record, const struct record_about *about);

/* Whether anything was written. */
bool record_begun(const struct record *record);

/* Why the record is not whole (`PATH: why`): what was said after that is not in it. NULL as long as all was written. */
const char *record_failure(const struct record *record);

/* Closes and frees; a file that we made and that holds nothing is taken away again. STATUS_USAGE with the message where
 * not all was written, which is for the caller to tell if record_failure was not told before. NULL is allowed. */
enum status record_close(struct record *record, struct error *error);

#endif
