/*
 * Variables in a line: `{{name}}`, `{{*}}`, `{{plain USER PASSWORD}}`, `{{{{`. Filled in what is sent, matched and
 * captured in what is expected.
 *
 * Of an exact line (`C\:`) the caller undoes the escapes first (unescape_exact) and fills or matches then, so that a
 * variable's value is never read again, neither for escapes nor for braces.
 *
 * Arguments are words parted by spaces; a variable may stand in a word (`bob@{{host}}`). Only base64 takes all the rest,
 * spaces too. A single brace before a variable is text: `{{{name}}}` is the value in braces.
 */
#ifndef PARLANCE_SCRIPT_TEMPLATE_H
#define PARLANCE_SCRIPT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "protocol/sasl.h"

/* Values by name, and the state that the functions need. Owned by the caller (variables_free). All zero is empty. */
struct variables {
	struct variable {
		char *name, *value;
		size_t value_n;
		bool set;    /* by --set: no capture changes it */
		bool secret; /* by --set, and its name holds pass, secret or token */
	} * rows;
	size_t n;
	struct buffer challenge; /* last seen, decoded: what cram-md5, scram and apop answer to */
	struct scram scram;
	struct mapping {
		char *old, *new;
	} * maps; /* --map OLD=NEW, applied to client lines */
	size_t nmaps;
};

/* `--set NAME=VALUE`, `Let: NAME=VALUE`, and a capture. A Let does not change what is set; a capture changes a Let. */
enum status variables_set(struct variables *v, const char *assignment, struct error *error);
enum status variables_map(struct variables *v, const char *mapping, struct error *error);
/* Replaces each string that --map names, wherever it stands in the text. */
void variables_replace(const struct variables *v, struct buffer *text);
void variables_let(struct variables *v, const char *name, const char *value);
void variables_capture(struct variables *v, struct slice name, struct slice value);
/* NULL where the variable has no value. */
const struct variable *variables_get(const struct variables *v, struct slice name);
void variables_copy(struct variables *to, const struct variables *from);
void variables_free(struct variables *v);

/* How `{{*}}` and names without a value are treated by template_fill. */
enum fill {
	FILL_STRICT, /* an unset name is an error; {{*}} is too */
	FILL_SERVE,  /* {{*}} gives nothing, an unset name is an error */
	FILL_OFFLINE /* both stay as they are written */
};

/* Appends `text` with its variables and functions filled in. Returns STATUS_USAGE with a message that names the
 * variable (the caller adds file and line) where one has no value. */
enum status template_fill(struct slice text, struct variables *v, enum fill how, struct buffer *out,
                          struct error *error);

/* Replaces what --map names among the arguments of functions, which are computed: what they give holds it no more. */
void template_map(struct buffer *template, const struct variables *v);

/* Whether the text holds a variable, function or `{{*}}`. */
bool template_has_variables(struct slice text);

/* Whether it holds a function that works out what logs in: `{{plain …}} {{cram-md5 …}} {{scram …}} {{apop …}}`. */
bool template_has_login(struct slice text);

/* Whether it holds a variable with a name, not counting a function's arguments: matching may capture. */
bool template_has_names(struct slice text);

/* Whether that may be a variable's name: letters, digits, `_`, `-` and `.`, and no function's name. */
bool template_name_valid(struct slice name);

/* Whether the words of a template are all well formed; `why` gets a sentence. Parsing asks it of every line. */
bool template_valid(struct slice text, const char **why);

/* Whether `line` (a whole wire line without its end) is what the template expects. Names without a value capture the
 * shortest text that lets the rest match; captured only where all of it matches. */
bool template_match(struct slice text, struct slice line, struct variables *v);

#endif
