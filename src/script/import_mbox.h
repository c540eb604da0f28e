/*
 * Messages of an mbox file, one after the other. Known to the reader of imaptest's scripts.
 */
#ifndef PARLANCE_SCRIPT_IMPORT_MBOX_H
#define PARLANCE_SCRIPT_IMPORT_MBOX_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Takes the next message off the front of `*rest`: appends its lines to `message`, each ended by CR LF, and the date of its
 * `From ` line as IMAP writes it (`22-Feb-2008 17:06:23 +0000`, RFC 9051's date-time) to `date`; +0000 where the line has
 * no zone. False where there is none. */
bool mbox_next(struct slice *rest, struct buffer *message, struct buffer *date);

#endif
