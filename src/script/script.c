/*
 * Parsing transcripts: FORMATS section 1, line by line.
 *
 * What a file holds that must not reach a terminal is put into the notation of exact lines here, once, so that a
 * script in memory is always safe to print and prints as what it was read from.
 */
#include "script/script.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "script/template.h"

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* How much of a wrong line a message shows, in octets. */
#define EXCERPT_MAX 40

struct parser {
	const char *file;
	unsigned number; /* of the line under way */
	struct script *scripts;
	size_t n;
	bool in_header; /* header lines may still come for the last script */
	struct error *error;
};

/* ---- errors ---- */

/* `FILE:LINE: "excerpt": why`. */
static enum status wrong(struct parser *p, struct slice line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static enum status wrong(struct parser *p, struct slice line, const char *format, ...)
{
	struct buffer message = { 0 };
	struct slice shown = slice_trim(line);
	bool cut = shown.n > EXCERPT_MAX;
	size_t end = cut ? EXCERPT_MAX : shown.n;
	while (cut && end > 0 && ((unsigned char)shown.p[end] & 0xC0) == 0x80) /* not inside a character */
		end--;
	escape_text(&message, slice_of(p->file));
	buffer_printf(&message, ":%u: %s", p->number, shown.n ? "\"" : "");
	escape_text(&message, slice_trim(slice_part(shown, 0, end)));
	buffer_add_string(&message, cut ? "…\": " : shown.n ? "\": " : "");
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&message, format, ap);
	va_end(ap);
	char *text = buffer_take(&message);
	enum status status = error_set(p->error, STATUS_USAGE, "%s", text);
	free(text);
	return status;
}

/* ---- the conversation under way ---- */

static void script_free(struct script *s)
{
	char *const fields[] = {
		s->file, s->title, s->source, s->target, s->date, s->who, s->protocol, s->tls, s->match
	};
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
		free(fields[i]);
	for (size_t i = 0; i < s->nerrata; i++)
		free(s->errata[i]);
	for (size_t i = 0; i < s->nlets; i++) {
		free(s->lets[i].name);
		free(s->lets[i].value);
	}
	for (size_t i = 0; i < s->nlines; i++) {
		free(s->lines[i].text);
		free(s->lines[i].name);
	}
	free(s->errata);
	free(s->lets);
	free(s->lines);
}

void scripts_free(struct script *scripts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		script_free(&scripts[i]);
	free(scripts);
}

static struct script *script_add(struct parser *p)
{
	p->scripts = memory_one_more(p->scripts, p->n, sizeof *p->scripts);
	struct script *s = &p->scripts[p->n++];
	*s = (struct script){ .file = string_copy(p->file) };
	p->in_header = true;
	return s;
}

static struct script *script_now(struct parser *p)
{
	return p->n ? &p->scripts[p->n - 1] : script_add(p);
}

/* Adds a line whose text it takes over. */
static void line_add(struct parser *p, struct script_line line, struct buffer *text)
{
	struct script *s = script_now(p);
	line.number = p->number;
	line.text_n = text->n;
	line.text = buffer_take(text);
	s->lines = memory_one_more(s->lines, s->nlines, sizeof *s->lines);
	s->lines[s->nlines++] = line;
}

/* ---- header fields ---- */

static bool has_header(const struct script *s)
{
	return s->title || s->source || s->target || s->date || s->who || s->protocol || s->tls || s->match ||
	       s->nerrata || s->nlets;
}

/* A field that is kept as it is written. */
static enum status take_text(struct parser *p, struct slice line, struct slice value, char **field)
{
	if (*field)
		return wrong(p, line, "the header has this field already; only Let and Errata may be repeated");
	struct buffer safe = { 0 };
	escape_text_but_tabs(&safe, value);
	*field = buffer_take(&safe);
	return STATUS_OK;
}

/* A field whose value is one of a few words, separated by spaces in `words`; kept in lower case. */
static enum status take_word_of(struct parser *p, struct slice line, struct slice value, const char *words,
                                char **field)
{
	struct slice rest = slice_of(words), word = slice_word(&rest);
	while (word.n && !slice_equal_nocase(word, value))
		word = slice_word(&rest);
	if (word.n == 0)
		return wrong(p, line, "no such value: write one of %s", words);
	return take_text(p, line, word, field);
}

static enum status take_let(struct parser *p, struct slice line, struct slice value)
{
	struct script *s = script_now(p);
	size_t equals = slice_find_octet(value, '=');
	struct slice name = slice_trim(slice_part(value, 0, equals));
	if (equals == value.n)
		return wrong(p, line, "a variable's default is written Let: NAME=VALUE");
	if (!template_name_valid(name))
		return wrong(p, line, "a variable's name is letters, digits, _, - and ., and no function's name");
	value = slice_part(value, equals + 1, value.n);
	if (!text_safe(value, true))
		return wrong(p, line, "a value holds no control characters");
	for (size_t i = 0; i < s->nlets; i++)
		if (slice_equal(slice_of(s->lets[i].name), name))
			return wrong(p, line, "the variable has a default already, in line %u", s->lets[i].number);
	s->lets = memory_one_more(s->lets, s->nlets, sizeof *s->lets);
	s->lets[s->nlets++] = (struct script_let){ slice_string(name), slice_string(value), p->number };
	return STATUS_OK;
}

static enum status take_errata(struct parser *p, struct slice value)
{
	struct script *s = script_now(p);
	struct buffer safe = { 0 };
	escape_text_but_tabs(&safe, value);
	s->errata = memory_one_more(s->errata, s->nerrata, sizeof *s->errata);
	s->errata[s->nerrata++] = buffer_take(&safe);
	return STATUS_OK;
}

static const char field_names[] = "Title, Protocol, Source, Target, TLS, Let, Match, Errata, Date and Who";

static enum status take_field(struct parser *p, struct slice line, struct slice name, struct slice value)
{
	struct script *s = script_now(p);
	struct {
		const char *name;
		char **field;
		const char *words; /* NULL: any text */
	} const fields[] = {
		{ "Title", &s->title, NULL },
		{ "Protocol", &s->protocol, "smtp lmtp pop3 imap http ftp tcp udp" },
		{ "Source", &s->source, NULL },
		{ "Target", &s->target, NULL },
		{ "TLS", &s->tls, "none implicit" },
		{ "Match", &s->match, "status class text" },
		{ "Date", &s->date, NULL },
		{ "Who", &s->who, NULL },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
		if (!slice_equal_nocase(name, slice_of(fields[i].name)))
			continue;
		return fields[i].words ? take_word_of(p, line, value, fields[i].words, fields[i].field)
		                       : take_text(p, line, value, fields[i].field);
	}
	if (slice_equal_nocase(name, SLICE("Let")))
		return take_let(p, line, value);
	if (slice_equal_nocase(name, SLICE("Errata")))
		return take_errata(p, value);
	return wrong(p, line,
	             "no such header field: there are %s; a line that is said begins with C: or S:", field_names);
}

/* Whether the line looks like `Name: value`. */
static bool split_field(struct slice line, struct slice *name, struct slice *value)
{
	size_t colon = slice_find_octet(line, ':');
	*name = slice_part(line, 0, colon);
	*value = slice_trim(slice_part(line, colon + 1, line.n));
	for (size_t i = 0; i < name->n; i++)
		if (!octet_is_alnum(name->p[i]) && (i == 0 || name->p[i] != '-'))
			return false;
	return name->n && colon < line.n;
}

/* A header line; one that follows a body, or a header that has ended, begins the next conversation. */
static enum status parse_field(struct parser *p, struct slice line, struct slice name, struct slice value)
{
	if (!p->in_header || p->n == 0)
		script_add(p);
	return take_field(p, line, name, value);
}

/* ---- body lines ---- */

/* Takes `C:`, `S?:`, `S\:` … and the separator off the front of `*rest`. `*line` gets side, mark and exactness. */
static bool take_prefix(struct slice *rest, struct script_line *line)
{
	struct slice s = *rest;
	size_t i = 1;
	if (s.n < 2 || (s.p[0] != 'C' && s.p[0] != 'S'))
		return false;
	line->kind = SCRIPT_SAID;
	line->side = s.p[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER;
	if (s.p[i] == '?' || s.p[i] == '*' || s.p[i] == '!') {
		line->mark = s.p[i] == '?' ? MARK_OPTIONAL : s.p[i] == '*' ? MARK_REPEATED : MARK_NEVER;
		i++;
	}
	if (i < s.n && s.p[i] == '\\') {
		line->exact = true;
		i++;
	}
	if (i >= s.n || s.p[i] != ':')
		return false;
	i++;
	if (i < s.n && s.p[i] == ' ')
		i++;
	*rest = slice_part(s, i, s.n);
	return true;
}

/* Whether `text` is `<…>` and a stage direction; `*line` is filled where it is, else left as it was. */
static bool read_direction(struct slice text, struct script_line *line)
{
	struct script_line direction = { 0 };
	if (text.n < 2 || text.p[0] != '<' || text.p[text.n - 1] != '>' ||
	    !script_direction(slice_part(text, 1, text.n - 1), &direction))
		return false;
	*line = direction;
	return true;
}

/* Adds a direction; `text` has its < and >. */
static enum status add_direction(struct parser *p, struct slice text, struct script_line direction)
{
	struct buffer safe = { 0 };
	escape_text_but_tabs(&safe, slice_part(text, 1, text.n - 1));
	line_add(p, direction, &safe);
	return STATUS_OK;
}

/* What an exact line's text may not hold as it is becomes escapes; those that are there stay as they are written. */
static void escape_unsafe(struct buffer *out, struct slice text)
{
	while (text.n) {
		uint32_t character = 0;
		size_t length = utf8_decode(text, &character);
		struct slice one = slice_part(text, 0, length);
		if (character_unsafe(character))
			escape_exact(out, one);
		else
			buffer_add_slice(out, one);
		text = slice_part(text, length, text.n);
	}
}

/* Checks that `text`, which may be escaped, is a template. */
static enum status check_template(struct parser *p, struct slice line, struct slice text, bool exact)
{
	struct buffer plain = { 0 };
	const char *why = NULL;
	enum status status = STATUS_OK;
	size_t good = exact ? unescape_exact(&plain, text) : text.n;
	if (good < text.n)
		status = wrong(p, line,
		               "no such escape at octet %zu of the text: there are \\r \\n \\t \\0 \\\\ and \\xHH",
		               good + 1);
	else if (!template_valid(exact ? buffer_slice(&plain) : text, &why))
		status = wrong(p, line, "%s", why);
	buffer_free(&plain);
	return status;
}

/* A line that is said: `text` is what stands behind the separator. */
static enum status add_said(struct parser *p, struct slice line, struct slice text, struct script_line said)
{
	struct buffer kept = { 0 };
	enum status status = check_template(p, line, text, said.exact);
	if (status != STATUS_OK)
		return status;
	if (said.exact) {
		escape_unsafe(&kept, text);
	} else if (text_safe(text, true)) {
		buffer_add_slice(&kept, text);
	} else {
		said.exact = true;
		escape_exact(&kept, text);
		escape_exact(&kept, SLICE("\r\n"));
	}
	line_add(p, said, &kept);
	return STATUS_OK;
}

static enum status parse_prefixed(struct parser *p, struct slice line, struct slice text, struct script_line said)
{
	struct script_line direction = { 0 };
	if (said.side == SIDE_CLIENT && said.mark != MARK_NONE)
		return wrong(p, line, "the marks ?, * and ! are for what a server says; a client's line has none");
	if (said.exact || !read_direction(text, &direction))
		return add_said(p, line, text, said);
	if (direction.side != said.side) { /* the other side does that: text */
		free(direction.name);
		return add_said(p, line, text, said);
	}
	if (said.mark != MARK_NONE) {
		free(direction.name);
		return wrong(p, line, "a stage direction takes no mark: write it without a prefix");
	}
	return add_direction(p, text, direction);
}

static enum status parse_bare_direction(struct parser *p, struct slice line)
{
	struct slice text = slice_trim(line);
	struct script_line direction = { 0 };
	if (!read_direction(text, &direction))
		return wrong(p, line,
		             "no such stage direction: there are <client connects …>, <client starts TLS>, "
		             "<client hangs up>, <server hangs up>, <client waits 2 s>, <client sends file NAME>, "
		             "<server sends …> and <client sends …>");
	return add_direction(p, text, direction);
}

/* A comment belongs to the conversation under way; one before or among its header lines does not end the header. */
static void add_comment(struct parser *p, struct slice line)
{
	struct buffer safe = { 0 };
	bool separated = line.n > 1 && line.p[1] == ' ';
	escape_text_but_tabs(&safe, slice_part(line, separated ? 2 : 1, line.n));
	line_add(p, (struct script_line){ .kind = SCRIPT_COMMENT }, &safe);
}

/* ---- the file ---- */

static enum status parse_line(struct parser *p, struct slice line)
{
	struct script_line said = { 0 };
	struct slice name, value, text = line;
	if (line.p[0] == '#') {
		add_comment(p, line);
		return STATUS_OK;
	}
	if (take_prefix(&text, &said) || line.p[0] == '<') {
		(void)script_now(p);
		p->in_header = false;
		return line.p[0] == '<' ? parse_bare_direction(p, line) : parse_prefixed(p, line, text, said);
	}
	if (split_field(line, &name, &value))
		return parse_field(p, line, name, value);
	return wrong(p, line,
	             "neither said, nor done, nor a comment: a line begins with C: or S:, with < for a stage "
	             "direction, with # for a comment, or with a header field's name");
}

/* Text is UTF-8, and holds no NUL. */
static enum status check_octets(struct parser *p, struct slice line)
{
	struct slice rest = line;
	while (rest.n) {
		uint32_t character = 0;
		size_t length = utf8_decode(rest, &character);
		size_t octet = line.n - rest.n + 1;
		if (length == 0)
			return wrong(
				p, line,
				"octet %zu is not UTF-8: write it as \\xHH in an exact line (C\\: or S\\:), or convert "
				"the file with iconv",
				octet);
		if (character == 0)
			return wrong(
				p, line,
				"octet %zu is NUL, which no text file holds: write it as \\0 in an exact line (C\\: or "
				"S\\:)",
				octet);
		rest = slice_part(rest, length, rest.n);
	}
	return STATUS_OK;
}

/* The line without its end and the white space before it: an RFC's page break is white space too. */
static struct slice strip(struct slice line)
{
	if (line.n && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	while (line.n && (line.p[0] == ' ' || line.p[0] == '\t' || line.p[0] == '\f'))
		line = slice_part(line, 1, line.n);
	return line;
}

static enum status parse_all(struct parser *p, struct slice text)
{
	if (slice_starts(text, SLICE("\xEF\xBB\xBF")))
		text = slice_part(text, 3, text.n);
	while (text.n) {
		struct slice line = strip(slice_line(&text));
		p->number++;
		enum status status = check_octets(p, line);
		if (status == STATUS_OK && line.n)
			status = parse_line(p, line);
		if (status != STATUS_OK)
			return status;
		if (line.n == 0 && p->n && has_header(&p->scripts[p->n - 1]))
			p->in_header = false;
	}
	if (p->n)
		return STATUS_OK;
	p->number = p->number ? p->number : 1;
	return wrong(p, SLICE(""), "no conversation stands here: write lines that begin with C: and S:");
}

enum status scripts_parse(struct slice text, const char *file, struct script **scripts, size_t *n, struct error *error)
{
	struct parser p = { .file = file, .error = error };
	enum status status = parse_all(&p, text);
	if (status != STATUS_OK) {
		scripts_free(p.scripts, p.n);
		p = (struct parser){ 0 };
	}
	*scripts = p.scripts;
	*n = p.n;
	return status;
}
