/*
 * Is this a conversation that the protocol allows? A script's two sides go through a dialogue, and what is wrong is told with
 * its line, why, and where that is defined. No I/O.
 */
#ifndef PARLANCE_SCRIPT_CHECK_H
#define PARLANCE_SCRIPT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "protocol/protocol.h"
#include "script/script.h"
#include "script/template.h"

/* Warnings are three: a code that contradicts its text, an extension announced and never used, a line over the limit. */
enum check_level { CHECK_ERROR, CHECK_WARNING };

/* What would put it right, where that is certain. */
enum check_repair {
	REPAIR_NONE,
	REPAIR_REPLACE, /* `text` stands in the line's place: body lines as a transcript has them, LF between */
	REPAIR_BEFORE,  /* it is put in before the line */
	REPAIR_AFTER    /* behind it */
};

/* One thing that is wrong. Strings are owned by the findings. */
struct finding {
	size_t line;     /* index into the script's lines; NO_LINE (rehearse.h): its header */
	unsigned number; /* the file's line */
	enum check_level level;
	char *what; /* what is wrong, safe to print: "MAIL has a space after the colon"; begins in lower case unless a name does,
		     * no full stop */
	char *why; /* a sentence that begins with a capital, no full stop; "" where `what` says all */
	char *ref; /* "RFC 5321 3.3"; several with ", " between; "" where none defines it */
	enum check_repair repair;
	char *text;   /* of a repair; else NULL */
	char *errata; /* what the source printed, for the corrected copy's Errata line; NULL: `what` */
};

struct findings {
	struct finding *rows; /* by line, then in the order found; no two say the same of one line */
	size_t n;
	size_t errors, warnings;
	const struct protocol *protocol; /* as which it was checked: tcp where nothing tells */
};

/*
 * Checks `script` as `protocol` (NULL: the header's, else recognised); `given` are the variables of --set and --map (NULL: none).
 * What cannot be worked out offline is taken for the words that are written. `*found` is the caller's (findings_free).
 */
void check_script(const struct script *script, const struct protocol *protocol, const struct variables *given,
                  struct findings *found);
void findings_free(struct findings *found);

/*
 * Appends the script with every repair of `found` done, and an `Errata:` line for each in its header. Returns how many there
 * were. What is appended is a transcript: checking it again finds what could not be put right, and no more than that.
 */
size_t check_repair(const struct script *script, const struct findings *found, struct buffer *out);

#endif
