/*
 * The reader of imaptest's scripts in two halves: the commands (import_imaptest.c), and what is expected of the server
 * (import_imaptest_expected.c). Known to these two.
 */
#ifndef PARLANCE_SCRIPT_IMPORT_IMAPTEST_H
#define PARLANCE_SCRIPT_IMPORT_IMAPTEST_H

#include "script/import_draft.h"

/* What the two halves share. */
struct imaptest {
	struct draft *d;
	unsigned tag;           /* of the command under way, N of `aN`: what imaptest calls $tag */
	struct buffer messages; /* `1 FETCH` and a NUL for each message that a FETCH of the command's was listed for */
	bool expunges;          /* the command under way may expunge: numbers in untagged data are not known then */
};

/* Appends `text`, which has `$name`, `${name}`, `$1`, `$$`, `${case:…}` and `$`, as a template. `expected`: of what the server
 * says, where `$` is anything. */
void imaptest_expand(struct imaptest *t, struct slice text, bool expected, struct buffer *out);

/* One untagged line that is expected (`text` stands behind `* `, `! ` or `? `), literals as `{n}` CR LF octets. */
void imaptest_untagged(struct imaptest *t, enum script_mark mark, struct slice text);

/* Appends what a tagged reply is to say, `ok [read-write]`, as a template. */
void imaptest_tagged(struct imaptest *t, struct slice text, struct buffer *out);

#endif
