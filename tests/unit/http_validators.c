/*
 * Entity-tags and ranges.
 */
#include "test.h"

#include "protocol/http_validators.h"

static void lists_of_tags(void)
{
	struct slice list = SLICE(", \"a\" ,W/\"b\",,\"\"");
	struct http_tag tag;
	CHECK(http_tag_next(&list, &tag) && !tag.weak);
	CHECK_TEXT(tag.opaque, "\"a\"");
	CHECK(http_tag_next(&list, &tag) && tag.weak);
	CHECK_TEXT(tag.opaque, "\"b\"");
	CHECK(http_tag_next(&list, &tag));
	CHECK_TEXT(tag.opaque, "\"\"");
	CHECK(!http_tag_next(&list, &tag) && list.n == 0);
}

static void what_matches(void)
{
	/* The table of RFC 9110 8.8.3.2, and what is no list. */
	static const struct {
		const char *value, *opaque;
		bool weak, strongly, weakly;
	} rows[] = {
		{ "W/\"1\"", "\"1\"", true, false, true },
		{ "W/\"1\"", "\"2\"", true, false, false },
		{ "W/\"1\"", "\"1\"", false, false, true },
		{ "\"1\"", "\"1\"", false, true, true },
		{ "\"2\", \"1\"", "\"1\"", false, true, true },
		{ "*", "\"1\"", false, true, true },
		{ "*", "\"1\"", true, true, true },
		{ "1", "\"1\"", false, false, false },
		{ "\"1\" \"2\"", "\"1\"", false, false, false },
		{ "\"1", "\"1\"", false, false, false },
		{ "w/\"1\"", "\"1\"", false, false, false },
		{ "", "\"1\"", false, false, false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct http_tag tag = { rows[i].weak, slice_of(rows[i].opaque) };
		CHECK(http_tags_match(slice_of(rows[i].value), &tag, true) == rows[i].strongly);
		CHECK(http_tags_match(slice_of(rows[i].value), &tag, false) == rows[i].weakly);
	}
	CHECK(!http_tags_match(SLICE("*"), NULL, true));
}

/* Ranges as "0-4,7-9"; "none" and "416". */
static void write(struct buffer *out, const char *value, uint64_t length)
{
	struct http_range ranges[4];
	size_t n = 0;
	enum http_ranges what = http_ranges_parse(slice_of(value), length, ranges, 4, &n);
	if (what != RANGES_GOOD)
		buffer_add_string(out, what == RANGES_NONE ? "none" : "416");
	for (size_t i = 0; what == RANGES_GOOD && i < n; i++)
		buffer_printf(out, "%s%llu-%llu", i ? "," : "", (unsigned long long)ranges[i].first,
		              (unsigned long long)ranges[i].last);
}

static void ranges(void)
{
	static const struct {
		const char *value;
		uint64_t length;
		const char *wanted;
	} rows[] = {
		{ "bytes=0-4", 10, "0-4" },
		{ "Bytes=0-4", 10, "0-4" },
		{ "bytes=0-99", 10, "0-9" },
		{ "bytes=9-", 10, "9-9" },
		{ "bytes=-3", 10, "7-9" },
		{ "bytes=-99", 10, "0-9" },
		{ "bytes=10-", 10, "416" },
		{ "bytes=-0", 10, "416" },
		{ "bytes=20-30, 0-0", 10, "0-0" },
		{ "bytes= 0-0 , ,5-6", 10, "0-0,5-6" },
		{ "bytes=5-6,0-0", 10, "5-6,0-0" },
		{ "bytes=4-2", 10, "none" },
		{ "bytes=a-b", 10, "none" },
		{ "bytes=1", 10, "none" },
		{ "bytes=-", 10, "none" },
		{ "bytes=", 10, "none" },
		{ "lines=0-4", 10, "none" },
		{ "0-4", 10, "none" },
		{ "bytes=0-,0-,0-,0-", 10, "none" },
		{ "bytes=0-0,2-2,4-4,6-6,8-8", 10, "none" },
		{ "bytes=0-18446744073709551615", 10, "0-9" },
		{ "bytes=0-18446744073709551616", 10, "none" },
		{ "bytes=-18446744073709551615", 10, "0-9" },
		{ "bytes=0-0", 0, "416" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer out = { 0 };
		write(&out, rows[i].value, rows[i].length);
		CHECK_TEXT(buffer_slice(&out), rows[i].wanted);
		buffer_free(&out);
	}
}

int main(void)
{
	TEST(lists_of_tags);
	TEST(what_matches);
	TEST(ranges);
	return test_end();
}
