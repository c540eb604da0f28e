/*
 * Speaking a script: the client's part, said to whatever server answers. No I/O and no clock: the caller does what
 * speaker_next says, and tells what was heard.
 */
#ifndef PARLANCE_SCRIPT_SPEAK_H
#define PARLANCE_SCRIPT_SPEAK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "protocol/dialogue.h"
#include "script/judge.h"
#include "script/rehearse.h"

struct speaker;

/* What the caller does next. */
enum speak_act {
	SPEAK_SEND, /* say `octets` */
	SPEAK_LISTEN, /* FTP: listen for a data connection, and tell where by speaker_port_is: `text` stands before `{{port}}` */
	SPEAK_AWAIT,       /* nothing now: ask again when something has been heard */
	SPEAK_AWAIT_CLOSE, /* nothing more but that the server hangs up (`expected`: the script says that it does) */
	SPEAK_TLS,         /* begin TLS here, which nobody has agreed on in the protocol's words */
	SPEAK_PAUSE,       /* show `text`, a stage direction that is no event, and say nothing for `seconds` */
	SPEAK_COMMENT,     /* show `text`, a comment of the script */
	SPEAK_REMARK,      /* show `text`, a remark about how the script is played */
	SPEAK_HANG_UP,     /* hang up, as the stage direction `text` says */
	SPEAK_DONE,        /* the script is done */
	SPEAK_FAILED       /* it cannot go on: `error` was filled */
};

struct speak_step {
	struct slice octets, text; /* good until the next call */
	struct slice problem; /* SEND: what is wrong with the line as the script has it, and was mended; or empty */
	double seconds;
	size_t line; /* index in the script that this is about, or NO_LINE */
	bool begins; /* SEND: the first of the lines that go out together */
	bool expected;
};

/* Speaks what was rehearsed; `given` is copied. What is heard is compared at that level. `files`: what each `<client sends
 * file …>` sends, by the line's index; looked at until the speaker is freed; NULL where the script has none. The speaker is
 * the caller's (speaker_free). */
struct speaker *speaker_new(const struct rehearsal *rehearsal, const struct variables *given, enum match_level level,
                            const struct buffer *files);
void speaker_free(struct speaker *s);

/* FTP: a transfer has begun in which the client sends. Appends what the script has it send over the data connection: a file,
 * or made-up text; nothing where the script has no direction for it. */
void speaker_payload(const struct speaker *s, struct buffer *out);

/* FTP: whether the script's next transfer goes over a connection that is there before its command, as 125 says; 150 says that
 * it is about to be opened. */
bool speaker_data_early(const struct speaker *s);

/* What `{{port}}` is in the line that asked for it (SPEAK_LISTEN). */
void speaker_port_is(struct speaker *s, struct slice value);

/* What to do now, `dialogue` being the live one. Called again and again until it says AWAIT, AWAIT_CLOSE, HANG_UP,
 * DONE or FAILED. */
enum speak_act speaker_next(struct speaker *s, const struct dialogue *dialogue, struct speak_step *step,
                            struct error *error);

/* What was heard or said, unmasked. Appends to `remark` where the script has something to say about it. */
void speaker_event(struct speaker *s, const struct dialogue *dialogue, const struct dialogue_event *event,
                   struct buffer *remark);

/* Whether it cannot be told from what was said that a reply is complete (tcp, udp), or whether one will come (the script
 * ends without it, or expects what it did not ask for): the caller watches for silence. */
bool speaker_needs_silence(const struct speaker *s);

/* The server has been silent for as long as the caller waits in such a case: what is awaited is taken to have come, if
 * anything of it has, or nothing is left to say; else false. `patient`: what was not asked for is worth waiting for. */
bool speaker_silent(struct speaker *s, bool patient);

/* What was made of the replies so far: judge_next, judge_end and judge_differed are the caller's to call. */
struct judge *speaker_judge(struct speaker *s);

/* The connection is gone. True where nothing of the script was left to do; else `*line` is the index of what was. */
bool speaker_closed(const struct speaker *s, size_t *line);

#endif
