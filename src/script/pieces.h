/*
 * A template taken apart: what filling and matching share. Only template.c and match.c know this door.
 */
#ifndef PARLANCE_SCRIPT_PIECES_H
#define PARLANCE_SCRIPT_PIECES_H

#include "script/template.h"

/* The most variables, functions and {{*}} that a line may hold: matching goes as deep as there are. */
#define VARIABLES_MAX 256

enum piece_kind {
	PIECE_TEXT, /* `text` stands for itself */
	PIECE_ANY,  /* {{*}} */
	PIECE_NAME, /* {{name}}: `text` is the name */
	PIECE_CALL  /* {{function arguments}}: `text` is the arguments */
};

struct function;

struct piece {
	enum piece_kind kind;
	struct slice text;
	struct slice written; /* as it stands in the template, braces included */
	const struct function *function;
};

/* Takes the next piece off the front of `*rest`, which is not empty. False, with `*why` a sentence that begins in lower
 * case, where it is not well formed. */
bool piece_next(struct slice *rest, struct piece *piece, const char **why);

/* What came of computing a call. */
enum computed {
	COMPUTED,
	COMPUTED_UNSET, /* `*name` has no value */
	COMPUTED_NOT    /* `*why` says why */
};

/* Appends what the call gives. `exchange`: a SCRAM exchange may go on a step; where not, it is not computed. */
enum computed piece_compute(const struct piece *call, struct variables *v, bool exchange, struct buffer *out,
                            struct slice *name, const char **why);

#endif
