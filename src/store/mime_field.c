/*
 * The fields of a header, and the parameters that some of them have (RFC 5322 section 2.2, RFC 2045 section 5.1, RFC 2231).
 */
#include <stdlib.h>

#include "store/mime.h"
#include "store/mime_lexer.h"

/* ---- fields ---- */

static bool is_folded(struct slice line)
{
	return line.n && (line.p[0] == ' ' || line.p[0] == '\t');
}

/* Without its CRLF or LF. */
static struct slice without_end(struct slice line)
{
	if (line.n && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

bool mime_field_next(struct slice *header, struct mime_field *field)
{
	while (header->n) {
		struct slice all = *header;
		struct slice line = slice_line(header), rest = *header;
		size_t colon = slice_find_octet(line, ':');
		struct slice name = slice_trim(slice_part(line, 0, colon));
		bool is_field = colon < line.n && name.n && !is_folded(line);
		for (line = slice_line(&rest); is_field && is_folded(line); line = slice_line(&rest))
			*header = rest;
		if (!is_field)
			continue;
		*field = (struct mime_field){ .name = name, .whole = slice_part(all, 0, all.n - header->n) };
		field->value = without_end(slice_part(field->whole, colon + 1, field->whole.n));
		return true;
	}
	return false;
}

struct slice mime_looked_at(struct slice header)
{
	return slice_part(header, 0, MIME_LOOKED_AT);
}

bool mime_field(struct slice header, struct slice name, struct mime_field *field)
{
	header = mime_looked_at(header);
	while (mime_field_next(&header, field))
		if (slice_equal_nocase(field->name, name))
			return true;
	*field = (struct mime_field){ 0 };
	return false;
}

void mime_unfold(struct buffer *out, struct slice value)
{
	while (value.n && lexer_is_blank(value.p[0]))
		value = slice_part(value, 1, value.n);
	while (value.n && lexer_is_blank(value.p[value.n - 1]))
		value.n--;
	while (value.n) {
		struct slice line = slice_line(&value);
		buffer_add_slice(out, value.n ? without_end(line) : line);
	}
}

/* ---- parameters ---- */

/* What ends a name: specials of RFC 2045 that could stand behind it. */
#define NAME_ENDS "=;(\""

struct slice mime_word(struct slice *value)
{
	(void)lexer_blanks(value, NULL);
	return lexer_word(value, ";(\"");
}

struct slice mime_list_word(struct slice *list)
{
	while (lexer_blanks(list, NULL) || lexer_takes(list, ','))
		continue;
	return lexer_word(list, ",(");
}

bool mime_parameter(struct slice *parameters, struct slice *name, struct buffer *value)
{
	buffer_clear(value);
	while (parameters->n) {
		lexer_skip(parameters, ";", NULL);
		while (lexer_takes(parameters, ';'))
			(void)lexer_blanks(parameters, NULL);
		*name = lexer_word(parameters, NAME_ENDS);
		(void)lexer_blanks(parameters, NULL);
		if (name->n == 0 || !lexer_takes(parameters, '='))
			continue;
		(void)lexer_blanks(parameters, NULL);
		if (parameters->n && parameters->p[0] == '"')
			lexer_quoted(parameters, value);
		else
			buffer_add_slice(value, lexer_word(parameters, ";(\""));
		return true;
	}
	return false;
}

/* ---- continuations (RFC 2231) ---- */

/* A parameter's name taken apart: `name*1*`. */
struct piece {
	struct slice name;
	bool numbered, encoded;
	uint64_t number;
};

static struct piece piece_of(struct slice name)
{
	struct piece piece = { .name = name };
	size_t star = slice_find_octet(name, '*');
	struct slice number = slice_part(name, star + 1, name.n);
	if (number.n && number.p[number.n - 1] == '*')
		number.n--;
	if (star == 0 || !slice_number(number, &piece.number))
		return piece;
	piece.numbered = true;
	piece.name.n = star;
	piece.encoded = name.p[name.n - 1] == '*';
	return piece;
}

/* Appends a value that is not %-encoded to one that is (attribute-char, RFC 2231 section 7). */
static void add_encoded(struct buffer *out, struct slice value)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (octet_is_alnum(c) || slice_find_octet(SLICE("!#$&+-.^_`{|}~"), c) < 14)
			buffer_add_octet(out, c);
		else
			buffer_printf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

/* Appends the piece with that number to `value`, and returns whether there is one. */
static bool add_piece(struct mime_parameters *all, const bool *joined, struct piece wanted, struct buffer *value)
{
	for (size_t i = 0; i < all->n; i++) {
		struct piece piece = piece_of(buffer_slice(&all->rows[i].name));
		if (joined[i] || !piece.numbered || piece.number != wanted.number ||
		    !slice_equal_nocase(piece.name, wanted.name))
			continue;
		if (wanted.encoded && !piece.encoded)
			add_encoded(value, buffer_slice(&all->rows[i].value));
		else
			buffer_add_slice(value, buffer_slice(&all->rows[i].value));
		return true;
	}
	return false;
}

static void row_free(struct mime_parameter *row)
{
	buffer_free(&row->name);
	buffer_free(&row->value);
	*row = (struct mime_parameter){ 0 };
}

/* The row whose piece is number 0 gets all that go on behind it. */
static void join_row(struct mime_parameters *all, bool *joined, size_t first)
{
	struct buffer value = { 0 };
	struct mime_parameter *row = &all->rows[first];
	struct piece wanted = piece_of(buffer_slice(&row->name));
	for (wanted.number = 0; add_piece(all, joined, wanted, &value);)
		wanted.number++;
	for (size_t i = 0; i < all->n; i++) {
		struct piece piece = piece_of(buffer_slice(&all->rows[i].name));
		if (i != first && piece.numbered && piece.number < wanted.number &&
		    slice_equal_nocase(piece.name, wanted.name))
			joined[i] = true;
	}
	row->name.n = wanted.name.n + wanted.encoded;
	if (wanted.encoded)
		row->name.p[wanted.name.n] = '*';
	buffer_free(&row->value);
	row->value = value;
}

static void join(struct mime_parameters *all)
{
	bool joined[MIME_PARAMETERS_MAX] = { 0 };
	size_t kept = 0;
	for (size_t i = 0; i < all->n; i++) {
		struct piece piece = piece_of(buffer_slice(&all->rows[i].name));
		if (!joined[i] && piece.numbered && piece.number == 0)
			join_row(all, joined, i);
	}
	for (size_t i = 0; i < all->n; i++) {
		struct mime_parameter row = all->rows[i];
		if (joined[i])
			row_free(&row);
		else
			all->rows[kept++] = row;
	}
	all->n = kept;
}

struct mime_parameters *mime_parameters(struct slice parameters)
{
	struct mime_parameters *all = memory_zeroed(1, sizeof *all);
	struct slice name;
	while (all->n < MIME_PARAMETERS_MAX && mime_parameter(&parameters, &name, &all->rows[all->n].value))
		buffer_add_slice(&all->rows[all->n++].name, name);
	if (all->n < MIME_PARAMETERS_MAX)
		buffer_free(&all->rows[all->n].value);
	join(all);
	return all;
}

void mime_parameters_free(struct mime_parameters *parameters)
{
	for (size_t i = 0; parameters && i < parameters->n; i++)
		row_free(&parameters->rows[i]);
	free(parameters);
}

struct slice mime_parameter_named(const struct mime_parameters *parameters, struct slice name)
{
	for (size_t i = 0; i < parameters->n; i++)
		if (slice_equal_nocase(buffer_slice(&parameters->rows[i].name), name))
			return buffer_slice(&parameters->rows[i].value);
	return (struct slice){ 0 };
}
