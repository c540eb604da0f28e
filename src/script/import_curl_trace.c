/*
 * What `curl --trace` and `--trace-ascii` write: `=> Send header, 75 bytes (0x4b)`, and behind it the octets, 16 in a line as hex
 * digits or a line of text each, their offset before them. In text curl prints a dot for what is no letter: of a body it is not
 * known what stood there.
 */
#include "script/import_forms.h"

/* So many octets stand in a line of hex digits. */
#define OCTETS_IN_LINE 16
/* An offset has four digits or more, and `: ` behind it. */
#define OFFSET_DIGITS 4

struct record {
	struct draft *d;
	enum side side;
	bool open, data; /* octets of a body */
	bool hex;
	uint64_t total;       /* octets, as its first line says */
	uint64_t seen;        /* the offset behind what was read */
	struct buffer octets; /* what was read */
	bool sure;            /* that these are they */
};

static unsigned hex_digit(char c)
{
	c = octet_lower(c);
	return octet_is_digit(c) ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16;
}

/* `0049: `; what stands behind it. */
static bool read_offset(struct slice line, uint64_t *offset, struct slice *rest)
{
	size_t i = 0;
	*offset = 0;
	for (; i < line.n && i < 12 && hex_digit(line.p[i]) < 16; i++)
		*offset = *offset * 16 + hex_digit(line.p[i]);
	if (i < OFFSET_DIGITS || i == line.n || line.p[i] != ':')
		return false;
	i += i + 1 < line.n && line.p[i + 1] == ' ' ? 2 : 1;
	*rest = slice_part(line, i, line.n);
	return true;
}

bool curl_trace_octets(struct slice line)
{
	uint64_t offset;
	struct slice rest;
	return read_offset(slice_trim(line), &offset, &rest);
}

/* `12:34:56.123456 `, which --trace-time puts before a record. */
static struct slice without_time(struct slice line)
{
	struct slice rest = line, word = slice_word(&rest);
	for (size_t i = 0; i < word.n; i++)
		if (!octet_is_digit(word.p[i]) && word.p[i] != ':' && word.p[i] != '.')
			return line;
	return word.n > 8 ? slice_trim(rest) : line;
}

/* `=> Send header, 75 bytes (0x4b)`; false where it is not the beginning of a record, or one of TLS's. */
static bool read_head(struct slice line, struct record *record)
{
	struct slice rest = { 0 };
	bool sends = line_starts(line, "=> Send ", &rest), comes = !sends && line_starts(line, "<= Recv ", &rest);
	bool data = line_starts(rest, "data, ", NULL);
	if ((!sends && !comes) || (!data && !line_starts(rest, "header, ", NULL)))
		return false;
	rest = slice_part(rest, slice_find(rest, SLICE(", ")) + 2, rest.n);
	record->side = sends ? SIDE_CLIENT : SIDE_SERVER;
	record->data = data;
	return slice_number(slice_word(&rest), &record->total);
}

static unsigned likes(struct slice line, bool first)
{
	struct record record;
	(void)first;
	line = without_time(slice_trim(line));
	return read_head(line, &record) ? 2 : line_starts(line, "== Info: ", NULL) ? 1 : 0;
}

/* Whether the line's octets stand there as hex digits, as many as there must be. */
static bool is_hex(const struct record *record, struct slice text)
{
	uint64_t left = record->total - record->seen, n = left < OCTETS_IN_LINE ? left : OCTETS_IN_LINE;
	for (uint64_t i = 0; i < n; i++)
		if (i * 3 + 1 >= text.n || hex_digit(text.p[i * 3]) > 15 || hex_digit(text.p[i * 3 + 1]) > 15 ||
		    (i * 3 + 2 < text.n && text.p[i * 3 + 2] != ' '))
			return false;
	return n > 0;
}

static void add_hex(struct record *record, struct slice text)
{
	for (size_t i = 0; i < OCTETS_IN_LINE && record->seen < record->total; i++, record->seen++)
		buffer_add_octet(&record->octets, (char)(hex_digit(text.p[i * 3]) * 16 + hex_digit(text.p[i * 3 + 1])));
}

/* The text of a line, whose end is told by the offset of the next. */
static void add_text(struct record *record, uint64_t offset, struct slice text)
{
	if (record->octets.n && offset > record->seen)
		buffer_add_string(&record->octets, "\r\n");
	buffer_add_slice(&record->octets, text);
	record->seen = offset + text.n;
	record->sure = record->sure && slice_find_octet(text, '.') == text.n;
}

static void end_record(struct record *record)
{
	bool whole = record->seen == record->total;
	if (record->open && record->data && !record->hex && !(record->sure && whole)) {
		draft_payload(record->d, record->side, NULL, record->total);
	} else if (record->open && record->octets.n + record->total) {
		if (!record->hex && !whole)
			buffer_add_string(&record->octets, "\r\n");
		draft_octets(record->d, record->side, buffer_slice(&record->octets));
	}
	record->open = false;
	buffer_clear(&record->octets);
}

/* `== Info: Connected to example.com (192.0.2.1) port 443 (#0)`, `== Info: SSL connection using …` */
static void read_info(struct draft *d, struct slice info)
{
	size_t at = slice_find(info, SLICE(" port "));
	struct slice rest = slice_part(info, at + 6, info.n);
	uint64_t port;
	if (line_starts(info, "Connected to ", NULL) && slice_number(slice_word(&rest), &port) && port < 65536)
		draft_port(d, (unsigned)port);
	if (line_starts(info, "SSL connection using", NULL))
		draft_tls(d);
	draft_comment_text(d, info);
}

static void read_octets(struct record *record, uint64_t offset, struct slice text)
{
	if (!record->open || offset > record->total)
		return;
	if (offset == 0)
		record->hex = is_hex(record, text);
	if (!record->hex)
		add_text(record, offset, text);
	else if (is_hex(record, text))
		add_hex(record, text);
}

static enum status read(struct draft *d, struct slice text)
{
	struct record record = { .d = d };
	struct slice line, end, rest;
	uint64_t offset;
	while (draft_line(d, &text, &line, &end)) {
		struct slice head = without_time(slice_trim(line));
		if (read_offset(slice_trim(line), &offset, &rest)) {
			read_octets(&record, offset, rest);
			continue;
		}
		end_record(&record);
		record.seen = 0;
		record.sure = true;
		record.open = read_head(head, &record);
		if (line_starts(head, "== Info: ", &rest))
			read_info(d, slice_trim(rest));
	}
	end_record(&record);
	buffer_free(&record.octets);
	return STATUS_OK;
}

const struct import_form import_curl_trace = { "curl-trace", "what curl --trace and --trace-ascii write", likes, read };
