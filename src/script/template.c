/*
 * Templates taken apart, checked and filled in.
 */
#include "script/template.h"

#include <string.h>

#include "base/crypto.h"
#include "base/escape.h"
#include "script/pieces.h"

#define ARGUMENTS_MAX 2

/* Braces nest at most this deep: a variable among the arguments of a function. */
#define DEPTH_MAX 2

/* ---- functions ---- */

/* Appends the result for the arguments, filled in. False with `*why` where there is none. */
typedef bool compute_function(struct variables *v, const struct slice *arguments, struct buffer *out, const char **why);

struct function {
	const char *name;
	size_t arguments; /* how many; the last takes all the rest where `rest` */
	bool rest;
	bool exchange; /* each call is the next step of an exchange */
	compute_function *compute;
	const char *usage;
};

static bool has_challenge(const struct variables *v, const char **why)
{
	*why = "the server has sent no challenge to answer";
	return v->challenge.n != 0;
}

static bool compute_base64(struct variables *v, const struct slice *arguments, struct buffer *out, const char **why)
{
	(void)v;
	(void)why;
	base64_encode(out, arguments[0]);
	return true;
}

static bool compute_plain(struct variables *v, const struct slice *arguments, struct buffer *out, const char **why)
{
	(void)v;
	(void)why;
	sasl_plain(out, arguments[0], arguments[1]);
	return true;
}

static bool compute_cram_md5(struct variables *v, const struct slice *arguments, struct buffer *out, const char **why)
{
	if (!has_challenge(v, why))
		return false;
	sasl_cram_md5(out, arguments[0], arguments[1], buffer_slice(&v->challenge));
	return true;
}

static bool compute_apop(struct variables *v, const struct slice *arguments, struct buffer *out, const char **why)
{
	if (!has_challenge(v, why))
		return false;
	sasl_apop(out, arguments[0], buffer_slice(&v->challenge));
	return true;
}

static bool compute_scram(struct variables *v, const struct slice *arguments, struct buffer *out, const char **why)
{
	return sasl_scram(&v->scram, out, arguments[0], arguments[1], buffer_slice(&v->challenge), why);
}

static const struct function functions[] = {
	{ "apop", 1, false, false, compute_apop, "write {{apop PASSWORD}}" },
	{ "base64", 1, true, false, compute_base64, "write {{base64 TEXT}}" },
	{ "cram-md5", 2, false, false, compute_cram_md5, "write {{cram-md5 USER PASSWORD}}" },
	{ "plain", 2, false, false, compute_plain, "write {{plain USER PASSWORD}}" },
	{ "scram", 2, false, true, compute_scram, "write {{scram USER PASSWORD}}" },
};

static const struct function *function_named(struct slice name)
{
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
		if (slice_equal(slice_of(functions[i].name), name))
			return &functions[i];
	return NULL;
}

bool template_name_valid(struct slice name)
{
	if (name.n == 0 || function_named(name))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!octet_is_alnum(name.p[i]) && (name.p[i] == '\0' || strchr("_-.", name.p[i]) == NULL))
			return false;
	return true;
}

/* ---- pieces ---- */

/* How many braces in a row open at the front. */
static size_t braces_at(struct slice s)
{
	size_t n = 0;
	while (n < s.n && n < 4 && s.p[n] == '{')
		n++;
	return n;
}

/* Where the braces that open at the front of `s` end, behind their `}}`; 0 where they do not, or nest too deep. */
static size_t braces_end(struct slice s)
{
	unsigned depth = 1;
	size_t i = 2;
	while (i < s.n) {
		struct slice rest = slice_part(s, i, s.n);
		size_t open = braces_at(rest);
		if (slice_starts(rest, SLICE("}}"))) {
			i += 2;
			if (--depth == 0)
				return i;
		} else if (open == 4) {
			i += 4;
		} else if (open == 2) {
			i += 2;
			if (++depth > DEPTH_MAX)
				return 0;
		} else {
			i++;
		}
	}
	return 0;
}

/* Takes the next argument off the front of `*rest`: a word, in which a variable's braces may hold spaces. */
static struct slice argument_next(const struct function *function, struct slice *rest)
{
	size_t start = 0, end;
	if (function->rest) {
		struct slice all = *rest;
		*rest = slice_part(*rest, rest->n, rest->n);
		return all;
	}
	while (start < rest->n && (rest->p[start] == ' ' || rest->p[start] == '\t'))
		start++;
	for (end = start; end < rest->n && rest->p[end] != ' ' && rest->p[end] != '\t';) {
		struct slice here = slice_part(*rest, end, rest->n);
		size_t open = braces_at(here), nested = open == 2 ? braces_end(here) : 0;
		end += nested ? nested : open == 4 ? 4 : 1;
	}
	struct slice word = slice_part(*rest, start, end);
	*rest = slice_part(*rest, end, rest->n);
	return word;
}

/* Whether an argument holds only text and variables. */
static bool argument_valid(struct slice argument, const char **why)
{
	struct piece piece;
	while (argument.n) {
		if (!piece_next(&argument, &piece, why))
			return false;
		if (piece.kind == PIECE_ANY || piece.kind == PIECE_CALL) {
			*why = "only {{name}} may stand among a function's arguments";
			return false;
		}
	}
	return true;
}

static bool arguments_valid(const struct function *function, struct slice rest, const char **why)
{
	for (size_t i = 0; i < function->arguments; i++) {
		struct slice argument = argument_next(function, &rest);
		if (argument.n == 0) {
			*why = function->usage;
			return false;
		}
		if (!argument_valid(argument, why))
			return false;
	}
	*why = function->usage;
	return slice_trim(rest).n == 0;
}

/* What stands in braces. */
static bool read_braces(struct slice inside, struct piece *piece, const char **why)
{
	struct slice rest = inside, word = slice_word(&rest);
	piece->text = word;
	piece->function = function_named(word);
	if (piece->function) {
		piece->kind = PIECE_CALL;
		piece->text = slice_part(rest, 1, rest.n); /* without the space that parts it from the name */
		return arguments_valid(piece->function, piece->text, why);
	}
	if (slice_trim(rest).n) {
		*why = "no such function in {{…}}: there are base64, plain, cram-md5, apop and scram; "
		       "a literal {{ is written {{{{";
		return false;
	}
	piece->kind = slice_equal(word, SLICE("*")) ? PIECE_ANY : PIECE_NAME;
	*why = "a variable's name is letters, digits, _, - and .; a literal {{ is written {{{{";
	return piece->kind == PIECE_ANY || template_name_valid(word);
}

bool piece_next(struct slice *rest, struct piece *piece, const char **why)
{
	struct slice s = *rest;
	size_t open = braces_at(s), end;
	*piece = (struct piece){ .kind = PIECE_TEXT };
	if (open == 2) {
		end = braces_end(s);
		if (end == 0) {
			*why = "a {{ that no }} ends, or that nests too deep: a literal {{ is written {{{{";
			return false;
		}
		if (!read_braces(slice_part(s, 2, end - 2), piece, why))
			return false;
	} else if (open == 4) { /* a literal {{ */
		end = 4;
		piece->text = slice_part(s, 0, 2);
	} else {
		/* One brace is text, and so is the first of three: the other two open. */
		end = open ? 1 : slice_find_octet(s, '{');
		piece->text = slice_part(s, 0, end);
	}
	piece->written = slice_part(s, 0, end);
	*rest = slice_part(s, end, s.n);
	return true;
}

bool template_valid(struct slice text, const char **why)
{
	struct piece piece;
	size_t variables = 0;
	while (text.n) {
		if (!piece_next(&text, &piece, why))
			return false;
		*why = "more than 256 variables in one line";
		if (piece.kind != PIECE_TEXT && ++variables > VARIABLES_MAX)
			return false;
	}
	return true;
}

bool template_has_variables(struct slice text)
{
	struct piece piece;
	const char *why;
	while (text.n && piece_next(&text, &piece, &why))
		if (piece.kind != PIECE_TEXT)
			return true;
	return false;
}

bool template_has_login(struct slice text)
{
	static const char *const calls[] = { "{{plain ", "{{cram-md5 ", "{{scram ", "{{apop " };
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (slice_find(text, slice_of(calls[i])) < text.n)
			return true;
	return false;
}

bool template_has_names(struct slice text)
{
	struct piece piece;
	const char *why;
	while (text.n && piece_next(&text, &piece, &why))
		if (piece.kind == PIECE_NAME)
			return true;
	return false;
}

/* ---- filling ---- */

/* Appends a function's arguments, what --map names replaced; a variable keeps its name and its value. */
static void map_arguments(struct slice arguments, const struct variables *v, struct buffer *out)
{
	struct piece piece;
	const char *why;
	while (arguments.n && piece_next(&arguments, &piece, &why)) {
		struct buffer written = { 0 };
		buffer_add_slice(&written, piece.written);
		if (piece.kind == PIECE_TEXT)
			variables_replace(v, &written);
		buffer_add_slice(out, buffer_slice(&written));
		buffer_wipe(&written);
	}
}

void template_map(struct buffer *template, const struct variables *v)
{
	struct buffer out = { 0 };
	struct slice rest = buffer_slice(template);
	struct piece piece;
	const char *why;
	while (v->nmaps && rest.n && piece_next(&rest, &piece, &why)) {
		if (piece.kind != PIECE_CALL) {
			buffer_add_slice(&out, piece.written);
			continue;
		}
		buffer_add_slice(&out, slice_part(piece.written, 0, (size_t)(piece.text.p - piece.written.p)));
		map_arguments(piece.text, v, &out);
		buffer_add_string(&out, "}}");
	}
	buffer_add_slice(&out, rest);
	buffer_wipe(template);
	*template = out;
}

/* Appends an argument with its variables filled in. */
static enum computed fill_argument(struct slice argument, const struct variables *v, struct buffer *out,
                                   struct slice *name, const char **why)
{
	struct piece piece;
	while (argument.n) {
		if (!piece_next(&argument, &piece, why))
			return COMPUTED_NOT;
		const struct variable *row = piece.kind == PIECE_NAME ? variables_get(v, piece.text) : NULL;
		*name = piece.text;
		if (piece.kind == PIECE_NAME && row == NULL)
			return COMPUTED_UNSET;
		buffer_add_slice(out, row ? (struct slice){ row->value, row->value_n } : piece.text);
	}
	return COMPUTED;
}

enum computed piece_compute(const struct piece *call, struct variables *v, bool exchange, struct buffer *out,
                            struct slice *name, const char **why)
{
	const struct function *function = call->function;
	struct buffer filled[ARGUMENTS_MAX] = { { 0 } };
	struct slice arguments[ARGUMENTS_MAX] = { { 0 } }, rest = call->text;
	enum computed result = COMPUTED;
	if (function->exchange && !exchange)
		return COMPUTED_NOT;
	for (size_t i = 0; i < function->arguments && result == COMPUTED; i++) {
		result = fill_argument(argument_next(function, &rest), v, &filled[i], name, why);
		arguments[i] = buffer_slice(&filled[i]);
	}
	if (result == COMPUTED && !function->compute(v, arguments, out, why))
		result = COMPUTED_NOT;
	for (size_t i = 0; i < ARGUMENTS_MAX; i++)
		buffer_wipe(&filled[i]);
	return result;
}

/* A line that asks for a SCRAM mechanism begins an exchange: the steps of {{scram …}} start again, with its digest. */
static void notice_mechanism(struct slice text, struct variables *v)
{
	struct slice rest = text;
	struct slice word = slice_word(&rest);
	if (!slice_equal_nocase(word, SLICE("AUTH"))) { /* IMAP: TAG AUTHENTICATE */
		word = slice_word(&rest);
		if (!slice_equal_nocase(word, SLICE("AUTHENTICATE")))
			return;
	}
	word = slice_word(&rest);
	if (!slice_starts_nocase(word, SLICE("SCRAM-SHA-")))
		return;
	scram_clear(&v->scram);
	v->scram.sha256 = slice_starts_nocase(word, SLICE("SCRAM-SHA-256"));
}

static enum status unset(struct slice name, struct error *error)
{
	return error_set(error, STATUS_USAGE,
	                 "{{" SLICE_FMT "}} has no value: give one with --set " SLICE_FMT "=VALUE, or in "
	                 "the header with Let: " SLICE_FMT "=VALUE",
	                 SLICE_ARG(name), SLICE_ARG(name), SLICE_ARG(name));
}

static enum status not_computed(const struct piece *call, const char *why, struct error *error)
{
	struct buffer shown = { 0 };
	escape_text(&shown, call->written);
	enum status status = error_set(error, STATUS_USAGE, SLICE_FMT " cannot be computed: %s",
	                               SLICE_ARG(buffer_slice(&shown)), why);
	buffer_free(&shown);
	return status;
}

static enum status fill_any(const struct piece *piece, enum fill how, struct buffer *out, struct error *error)
{
	if (how == FILL_STRICT)
		return error_set(error, STATUS_USAGE,
		                 "{{*}} stands for anything and cannot be sent: give it a name, and the name a "
		                 "value with --set or Let:");
	if (how == FILL_OFFLINE)
		buffer_add_slice(out, piece->written);
	return STATUS_OK;
}

/* A variable or a function. */
static enum status fill_value(const struct piece *piece, struct variables *v, enum fill how, struct buffer *out,
                              struct error *error)
{
	struct slice name = piece->text;
	const char *why = "";
	enum computed result;
	if (piece->kind == PIECE_CALL) {
		result = piece_compute(piece, v, true, out, &name, &why);
	} else {
		const struct variable *row = variables_get(v, name);
		result = row ? COMPUTED : COMPUTED_UNSET;
		if (row)
			buffer_add(out, row->value, row->value_n);
	}
	if (result == COMPUTED)
		return STATUS_OK;
	if (how == FILL_OFFLINE) {
		buffer_add_slice(out, piece->written);
		return STATUS_OK;
	}
	return result == COMPUTED_UNSET ? unset(name, error) : not_computed(piece, why, error);
}

enum status template_fill(struct slice text, struct variables *v, enum fill how, struct buffer *out,
                          struct error *error)
{
	enum status status = STATUS_OK;
	notice_mechanism(text, v);
	while (text.n && status == STATUS_OK) {
		struct piece piece;
		const char *why = NULL;
		if (!piece_next(&text, &piece, &why))
			return error_set(error, STATUS_USAGE, "%s", why);
		if (piece.kind == PIECE_TEXT)
			buffer_add_slice(out, piece.text);
		else if (piece.kind == PIECE_ANY)
			status = fill_any(&piece, how, out, error);
		else
			status = fill_value(&piece, v, how, out, error);
	}
	return status;
}
