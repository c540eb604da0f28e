/*
 * What single words of IMAP say: sequence sets, sections, dates, mailbox names.
 */
#include "base/calendar.h"
#include "base/escape.h"
#include "protocol/imap_syntax.h"

/* ---- sequence sets ---- */

/* seq-number: a number from 1, or `*`. */
static bool set_number(struct slice word, uint64_t *value)
{
	if (slice_equal(word, SLICE("*"))) {
		*value = UINT64_MAX;
		return true;
	}
	return slice_number(word, value) && *value > 0 && *value <= UINT32_MAX && word.p[0] != '0';
}

bool imap_range_next(struct slice *set, struct imap_range *range)
{
	size_t comma = slice_find_octet(*set, ',');
	struct slice word = slice_part(*set, 0, comma);
	size_t colon = slice_find_octet(word, ':');
	if (!set_number(slice_part(word, 0, colon), &range->first))
		return false;
	range->last = range->first;
	if (colon < word.n && !set_number(slice_part(word, colon + 1, word.n), &range->last))
		return false;
	if (comma + 1 == set->n) /* nothing stands behind the comma */
		return false;
	if (range->first > range->last)
		*range = (struct imap_range){ range->last, range->first };
	*set = slice_part(*set, comma + 1, set->n);
	return true;
}

bool imap_set_ok(struct slice word)
{
	struct imap_range range;
	if (slice_equal(word, SLICE("$")))
		return true;
	while (imap_range_next(&word, &range))
		if (word.n == 0)
			return true;
	return false;
}

/* ---- sections ---- */

/* `1.2.` off the front: numbers parted by dots. */
static struct slice section_part(struct slice *rest)
{
	size_t end = 0;
	while (end < rest->n && octet_is_digit(rest->p[end])) {
		while (end < rest->n && octet_is_digit(rest->p[end]))
			end++;
		if (end + 1 < rest->n && rest->p[end] == '.')
			end++;
	}
	struct slice part = slice_part(*rest, 0, end);
	*rest = slice_part(*rest, end, rest->n);
	if (part.n && part.p[part.n - 1] == '.')
		part.n--;
	return part;
}

/* Whether `part` is numbers from 1 (section-part, RFC 9051 section 9), and parted from what stands behind it by a dot. */
static bool section_part_ok(struct slice part, struct slice text)
{
	if (part.n && text.n && part.p[part.n] != '.')
		return false;
	while (part.n) {
		size_t dot = slice_find_octet(part, '.');
		uint64_t number = 0;
		if (part.p[0] == '0' || !slice_number(slice_part(part, 0, dot), &number) || number > UINT32_MAX)
			return false;
		part = slice_part(part, dot + 1, part.n);
	}
	return true;
}

/* `<start.length>`, or `<start>`. */
static bool section_partial(struct imap_section *section, struct slice rest)
{
	if (rest.n < 3 || rest.p[0] != '<' || rest.p[rest.n - 1] != '>')
		return false;
	rest = slice_part(rest, 1, rest.n - 1);
	size_t dot = slice_find_octet(rest, '.');
	section->partial = true;
	section->has_length = dot < rest.n;
	if (section->has_length && !slice_number(slice_part(rest, dot + 1, rest.n), &section->length))
		return false;
	return slice_number(slice_part(rest, 0, dot), &section->start);
}

static bool section_text_ok(const struct imap_section *section, bool has_fields)
{
	static const char *const words[] = { "HEADER", "TEXT", "MIME", NULL };
	static const char *const lists[] = { "HEADER.FIELDS", "HEADER.FIELDS.NOT", NULL };
	if (slice_equal_nocase(section->text, SLICE("MIME")) && section->part.n == 0)
		return false;
	if (has_fields)
		return imap_one_of(section->text, lists);
	return section->text.n == 0 || imap_one_of(section->text, words);
}

void imap_section_parse(struct slice item, struct imap_section *section)
{
	size_t open = slice_find_octet(item, '[');
	*section = (struct imap_section){ .name = slice_part(item, 0, open), .bracketed = open < item.n };
	section->ok = !section->bracketed;
	if (!section->bracketed)
		return;
	size_t close = item.n;
	while (close > open && item.p[close - 1] != ']')
		close--;
	section->closed = close > open;
	if (!section->closed)
		return;
	struct slice inside = slice_part(item, open + 1, close - 1);
	section->part = section_part(&inside);
	size_t paren = slice_find_octet(inside, '(');
	bool has_fields = paren < inside.n && inside.p[inside.n - 1] == ')';
	section->text = slice_trim(slice_part(inside, 0, paren));
	section->fields = slice_part(inside, paren + 1, inside.n - 1);
	struct slice partial = slice_part(item, close, item.n);
	section->ok = section_text_ok(section, has_fields) && section_part_ok(section->part, section->text) &&
	              (paren == inside.n || has_fields);
	if (partial.n && !section_partial(section, partial))
		section->ok = false;
}

/* ---- dates ---- */

static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
	                              "July",    "August",   "September", "October", "November", "December" };

const char *imap_month_name(unsigned month)
{
	return month >= 1 && month <= 12 ? months[month - 1] : "";
}

static bool small_number(struct slice word, unsigned limit, unsigned *value)
{
	uint64_t number = 0;
	if (!slice_number(word, &number) || number > limit)
		return false;
	*value = (unsigned)number;
	return true;
}

/* `02:44:25 -0700` */
static bool time_parse(struct slice text, struct imap_date *date)
{
	date->timed = true;
	if (text.n != 14 || text.p[2] != ':' || text.p[5] != ':' || text.p[8] != ' ')
		return false;
	date->zone = slice_part(text, 9, 14);
	int zone = 0;
	return small_number(slice_part(text, 0, 2), 23, &date->hour) &&
	       small_number(slice_part(text, 3, 5), 59, &date->minute) &&
	       small_number(slice_part(text, 6, 8), 60, &date->second) && calendar_zone(date->zone, &zone);
}

bool imap_date_parse(struct slice text, struct imap_date *date)
{
	*date = (struct imap_date){ 0 };
	if (text.n && text.p[0] == ' ') /* a day of one digit may be filled up so */
		text = slice_part(text, 1, text.n);
	size_t first = slice_find_octet(text, '-');
	struct slice rest = slice_part(text, first + 1, text.n);
	if (first > 2 || rest.n < 8 || rest.p[3] != '-' || !small_number(slice_part(text, 0, first), 31, &date->day) ||
	    !small_number(slice_part(rest, 4, 8), 9999, &date->year))
		return false;
	date->month = calendar_month(slice_part(rest, 0, 3));
	if (date->month == 0 || !calendar_has(date->year, date->month, date->day))
		return false;
	rest = slice_part(rest, 8, rest.n);
	return rest.n == 0 || (rest.p[0] == ' ' && time_parse(slice_part(rest, 1, rest.n), date));
}

bool imap_date_time(struct slice text, int64_t *seconds, int *zone)
{
	struct imap_date date;
	if (!imap_date_parse(text, &date) || !date.timed || !calendar_zone(date.zone, zone))
		return false;
	*seconds = calendar_seconds(&(struct calendar){ .year = date.year,
	                                                .month = date.month,
	                                                .day = date.day,
	                                                .hour = date.hour,
	                                                .minute = date.minute,
	                                                .second = date.second }) -
	           (int64_t)*zone * 60;
	return true;
}

/* ---- mailbox names ---- */

static int modified_base64(char c)
{
	if (octet_is_digit(c))
		return c - '0' + 52;
	if (octet_is_alpha(c))
		return c >= 'a' ? c - 'a' + 26 : c - 'A';
	return c == '+' ? 62 : c == ',' ? 63 : -1;
}

/* What stands between `&` and `-`: UTF-16 in base64. False where it is not well formed. */
static bool decode_shifted(struct buffer *out, struct slice shifted)
{
	uint32_t bits = 0, high = 0;
	unsigned nbits = 0;
	for (size_t i = 0; i < shifted.n; i++) {
		int value = modified_base64(shifted.p[i]);
		if (value < 0)
			return false;
		bits = (bits << 6 | (uint32_t)value) & 0x3FFFFF;
		nbits += 6;
		if (nbits < 16)
			continue;
		nbits -= 16;
		uint32_t unit = bits >> nbits & 0xFFFF;
		if ((unit & 0xFC00) == 0xDC00 ? high == 0 : high != 0)
			return false;
		if ((unit & 0xFC00) == 0xD800) {
			high = unit;
			continue;
		}
		utf8_encode(out, high ? 0x10000 + ((high & 0x3FF) << 10) + (unit & 0x3FF) : unit);
		high = 0;
	}
	return high == 0 && nbits < 6 && (bits & ((1U << nbits) - 1)) == 0;
}

bool imap_mailbox_decode(struct buffer *out, struct slice name)
{
	size_t before = out->n;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] != '&') {
			buffer_add_octet(out, name.p[i]);
			continue;
		}
		struct slice rest = slice_part(name, i + 1, name.n);
		size_t end = slice_find_octet(rest, '-');
		if (end == 0)
			buffer_add_octet(out, '&');
		if (end == rest.n || (end > 0 && !decode_shifted(out, slice_part(rest, 0, end)))) {
			out->n = before;
			return false;
		}
		i += end + 1;
	}
	return true;
}

/* UTF-16 in base64 under way: what of it does not yet fill six bits. */
struct shift {
	bool open;
	uint32_t bits;
	unsigned nbits;
};

static void shift_bits(struct buffer *out, struct shift *shift, uint32_t bits, unsigned nbits)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
	shift->bits = shift->bits << nbits | bits;
	shift->nbits += nbits;
	while (shift->nbits >= 6) {
		shift->nbits -= 6;
		buffer_add_octet(out, digits[shift->bits >> shift->nbits & 0x3F]);
	}
	shift->bits &= (1U << shift->nbits) - 1;
}

static void shift_end(struct buffer *out, struct shift *shift)
{
	if (!shift->open)
		return;
	if (shift->nbits)
		shift_bits(out, shift, 0, 6 - shift->nbits);
	buffer_add_octet(out, '-');
	*shift = (struct shift){ 0 };
}

static void shift_character(struct buffer *out, struct shift *shift, uint32_t character)
{
	if (!shift->open)
		buffer_add_octet(out, '&');
	shift->open = true;
	if (character >= 0x10000) {
		shift_bits(out, shift, 0xD800 + ((character - 0x10000) >> 10), 16);
		character = 0xDC00 + ((character - 0x10000) & 0x3FF);
	}
	shift_bits(out, shift, character, 16);
}

void imap_mailbox_encode(struct buffer *out, struct slice name)
{
	struct shift shift = { 0 };
	while (name.n) {
		uint32_t character = 0;
		size_t n = utf8_decode(name, &character);
		if (n == 0)
			character = 0xFFFD;
		if (character >= ' ' && character < 0x7F) {
			shift_end(out, &shift);
			buffer_add_string(out, character == '&' ? "&-" : (char[]){ (char)character, '\0' });
		} else {
			shift_character(out, &shift, character);
		}
		name = slice_part(name, n ? n : 1, name.n);
	}
	shift_end(out, &shift);
}
