/*
 * The octets of a file as UTF-8 with LF: what a byte order mark says, UTF-16 with one and without, and the line ends of other systems.
 */
#include "script/document_inside.h"

#include <string.h>

#include "base/escape.h"

/* CRs, each a line's end unless an LF ends the line behind them. */
static void returns_over(struct octets *o)
{
	for (; o->returns > 0; o->returns--)
		o->take(o->context, "\n", 1);
}

/* CR, CRLF and LF become LF. */
static void pass_lines(struct octets *o, const char *p, size_t n)
{
	while (n > 0) {
		if (*p == '\r') {
			o->returns++;
			p++, n--;
			continue;
		}
		if (*p == '\n')
			o->returns = 0;
		returns_over(o);
		const char *end = memchr(p, '\r', n);
		size_t length = end ? (size_t)(end - p) : n;
		o->take(o->context, p, length);
		p += length;
		n -= length;
	}
}

/* Hands UTF-8 on. A NUL at the beginning, or more than one in a thousand octets, stands in no text; old RFCs hold one or two. */
static void pass(struct octets *o, const char *p, size_t n)
{
	while (n > 0) {
		const char *nul = memchr(p, '\0', n);
		size_t length = nul ? (size_t)(nul - p) : n;
		pass_lines(o, p, length);
		o->passed += length;
		if (nul == NULL)
			return;
		o->binary = o->passed < LOOK_MAX || ++o->nuls > o->passed / 1000;
		if (o->binary)
			return;
		p += length + 1;
		n -= length + 1;
	}
}

static void add_unit(struct octets *o, struct buffer *out, uint32_t unit)
{
	if (unit >= 0xDC00 && unit <= 0xDFFF && o->high) {
		utf8_encode(out, 0x10000 + ((o->high - 0xD800) << 10) + (unit - 0xDC00));
		o->high = 0;
		return;
	}
	if (o->high)
		utf8_encode(out, 0xFFFD);
	o->high = 0;
	if (unit >= 0xD800 && unit <= 0xDBFF)
		o->high = unit;
	else
		utf8_encode(out, unit >= 0xDC00 && unit <= 0xDFFF ? 0xFFFD : unit);
}

static void pass_utf16(struct octets *o, const char *p, size_t n)
{
	struct buffer out = { 0 };
	for (size_t i = 0; i < n && !o->binary; i++) {
		uint32_t octet = (unsigned char)p[i];
		if (!o->half)
			o->unit = octet;
		else
			add_unit(o, &out, o->as == OCTETS_UTF16_BIG ? o->unit << 8 | octet : octet << 8 | o->unit);
		o->half = !o->half;
		if (out.n >= 4096 || i + 1 == n) {
			pass(o, out.p, out.n);
			buffer_clear(&out);
		}
	}
	buffer_free(&out);
}

static void pass_some(struct octets *o, const char *p, size_t n)
{
	if (o->as == OCTETS_UTF8)
		pass(o, p, n);
	else
		pass_utf16(o, p, n);
}

/* Whether a text may begin with the octet. */
static bool begins_text(unsigned char c)
{
	return (c >= ' ' && c < 0x7F) || c == '\t' || c == '\n' || c == '\r';
}

/* The first octets: a byte order mark says what all the others are; without one, in UTF-16 NULs stand beside the first letter. */
static void begin(struct octets *o)
{
	const unsigned char *mark = o->mark;
	size_t n = o->nmark, used = 2;
	if (n > 1 && memcmp(mark, "\xFF\xFE", 2) == 0)
		o->as = OCTETS_UTF16_LITTLE;
	else if (n > 1 && memcmp(mark, "\xFE\xFF", 2) == 0)
		o->as = OCTETS_UTF16_BIG;
	else if (n == 3 && memcmp(mark, "\xEF\xBB\xBF", 3) == 0)
		o->as = OCTETS_UTF8, used = 3;
	else if (n == 3 && begins_text(mark[0]) && mark[1] == 0 && mark[2] != 0)
		o->as = OCTETS_UTF16_LITTLE, used = 0;
	else if (n == 3 && mark[0] == 0 && begins_text(mark[1]) && mark[2] == 0)
		o->as = OCTETS_UTF16_BIG, used = 0;
	else
		o->as = OCTETS_UTF8, used = 0;
	if (n > used)
		pass_some(o, (const char *)mark + used, n - used);
}

void octets_feed(struct octets *o, const char *octets, size_t n)
{
	for (; o->as == OCTETS_BEGIN && n > 0; octets++, n--) {
		o->mark[o->nmark++] = (unsigned char)*octets;
		if (o->nmark == sizeof o->mark)
			begin(o);
	}
	if (n > 0 && !o->binary)
		pass_some(o, octets, n);
}

void octets_end(struct octets *o)
{
	if (o->as == OCTETS_BEGIN)
		begin(o);
	if (!o->binary)
		returns_over(o);
}
