/*
 * Entity-tags and ranges.
 */
#include "protocol/http_validators.h"

#include "protocol/http_syntax.h"

/* ---- entity-tags ---- */

/* An octet between the quotes: no control, space or quote (RFC 9110 8.8.3). */
static bool tag_octet(char c)
{
	unsigned char octet = (unsigned char)c;
	return octet == 0x21 || (octet >= 0x23 && octet != 0x7f);
}

static struct slice skip_empty(struct slice list)
{
	while (list.n && (list.p[0] == ' ' || list.p[0] == '\t' || list.p[0] == ','))
		list = slice_part(list, 1, list.n);
	return list;
}

bool http_tag_next(struct slice *list, struct http_tag *tag)
{
	struct slice rest = *list = skip_empty(*list);
	tag->weak = slice_starts(rest, SLICE("W/"));
	rest = slice_part(rest, tag->weak ? 2 : 0, rest.n);
	if (!slice_starts(rest, SLICE("\"")))
		return false;
	size_t end = 1;
	while (end < rest.n && tag_octet(rest.p[end]))
		end++;
	if (end == rest.n || rest.p[end] != '"')
		return false;
	tag->opaque = slice_part(rest, 0, end + 1);
	struct slice behind = slice_trim(slice_part(rest, end + 1, rest.n));
	if (behind.n && behind.p[0] != ',')
		return false;
	*list = skip_empty(behind);
	return true;
}

bool http_tags_match(struct slice value, const struct http_tag *tag, bool strong)
{
	struct http_tag one;
	bool found = false;
	if (tag == NULL)
		return false;
	if (slice_equal(slice_trim(value), SLICE("*")))
		return true;
	while (http_tag_next(&value, &one))
		found |= slice_equal(one.opaque, tag->opaque) && !(strong && (one.weak || tag->weak));
	return found && value.n == 0;
}

/* ---- ranges ---- */

enum spec { SPEC_INVALID, SPEC_OUTSIDE, SPEC_GOOD };

/* `first-last`, `first-` or `-suffix`, cut to what is there. */
static enum spec read_range(struct slice spec, uint64_t length, struct http_range *range)
{
	size_t hyphen = slice_find_octet(spec, '-');
	struct slice first = slice_part(spec, 0, hyphen), last = slice_part(spec, hyphen + 1, spec.n);
	uint64_t suffix = 0;
	if (hyphen == spec.n)
		return SPEC_INVALID;
	if (first.n == 0) {
		if (!slice_number(last, &suffix))
			return SPEC_INVALID;
		*range = (struct http_range){ suffix < length ? length - suffix : 0, length - 1 };
		return suffix > 0 && length > 0 ? SPEC_GOOD : SPEC_OUTSIDE;
	}
	range->last = UINT64_MAX;
	if (!slice_number(first, &range->first) || (last.n && !slice_number(last, &range->last)) ||
	    range->last < range->first)
		return SPEC_INVALID;
	if (range->first >= length)
		return SPEC_OUTSIDE;
	if (range->last >= length)
		range->last = length - 1;
	return SPEC_GOOD;
}

static size_t overlapping(const struct http_range *ranges, size_t n, const struct http_range *with)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		found += ranges[i].first <= with->last && with->first <= ranges[i].last;
	return found;
}

enum http_ranges http_ranges_parse(struct slice value, uint64_t length, struct http_range *ranges, size_t max,
                                   size_t *n)
{
	struct slice element;
	size_t asked = 0, overlaps = 0;
	size_t equals = slice_find_octet(value, '=');
	struct slice list = slice_part(value, equals + 1, value.n);
	*n = 0;
	if (!slice_equal_nocase(slice_part(value, 0, equals), SLICE("bytes")))
		return RANGES_NONE;
	while (http_element(&list, &element)) {
		struct http_range range;
		enum spec spec = read_range(element, length, &range);
		if (spec == SPEC_INVALID || asked == max)
			return RANGES_NONE;
		asked++;
		if (spec == SPEC_OUTSIDE)
			continue;
		overlaps += overlapping(ranges, *n, &range);
		if (overlaps > 2)
			return RANGES_NONE;
		ranges[(*n)++] = range;
	}
	return *n ? RANGES_GOOD : asked ? RANGES_UNSATISFIABLE : RANGES_NONE;
}
