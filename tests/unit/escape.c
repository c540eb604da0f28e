/*
 * The ground floor: slices, buffers, escaping, base64, digests and spans of time.
 */
#include "test.h"

#include <locale.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/error.h"

/* ---- slices ---- */

static void slices(void)
{
	struct slice rest = SLICE("one\ntwo\r\n\nend"), words = SLICE(" a\tbc  ");
	uint64_t value = 7;
	CHECK_TEXT(slice_line(&rest), "one\n");
	CHECK_TEXT(slice_line(&rest), "two\r\n");
	CHECK_TEXT(slice_line(&rest), "\n");
	CHECK_TEXT(slice_line(&rest), "end");
	CHECK(slice_line(&rest).n == 0);
	CHECK_TEXT(slice_word(&words), "a");
	CHECK_TEXT(slice_word(&words), "bc");
	CHECK(slice_word(&words).n == 0 && words.n == 0);
	CHECK_TEXT(slice_trim(SLICE("\t a b ")), "a b");
	CHECK_TEXT(slice_part(SLICE("abc"), 1, 99), "bc");
	CHECK(slice_part(SLICE("abc"), 5, 9).n == 0 && slice_part(SLICE("abc"), 2, 1).n == 0);
	CHECK(slice_find(SLICE("abc"), SLICE("bc")) == 1 && slice_find(SLICE("abc"), SLICE("cd")) == 3);
	CHECK(slice_find(SLICE("a"), SLICE("abc")) == 1 && slice_find(SLICE("abc"), SLICE("")) == 0);
	CHECK(slice_find_nocase(SLICE("xAb"), SLICE("aB")) == 1 && slice_find_octet(SLICE("ab"), 'c') == 2);
	CHECK(slice_starts_nocase(SLICE("Mail"), SLICE("mA")) && !slice_starts(SLICE("Mail"), SLICE("mA")));
	CHECK(slice_compare_nocase(SLICE("a"), SLICE("B")) < 0 && slice_compare_nocase(SLICE("ab"), SLICE("A")) > 0);
	CHECK(!slice_equal_nocase(SLICE("\xE4"), SLICE("\xC4"))); /* ASCII alone */
	CHECK(slice_equal(slice_of(NULL), SLICE("")));
	CHECK(slice_number(SLICE("18446744073709551615"), &value) && value == UINT64_MAX);
	CHECK(!slice_number(SLICE("18446744073709551616"), &value) && !slice_number(SLICE(""), &value) &&
	      !slice_number(SLICE("-1"), &value) && !slice_number(SLICE("1 "), &value));
}

static void buffers(void)
{
	struct buffer b = { 0 };
	buffer_add_string(&b, "abc");
	buffer_add(&b, NULL, 0);
	buffer_drop(&b, 1);
	CHECK_TEXT(buffer_slice(&b), "bc");
	buffer_drop(&b, 99);
	CHECK(b.n == 0);
	buffer_printf(&b, "%s", "");
	CHECK(b.n == 0);
	for (int i = 0; i < 1000; i++)
		buffer_printf(&b, "%03d", i);
	CHECK(b.n == 3000 && memcmp(b.p + 2997, "999", 3) == 0);
	char *string = buffer_take(&b);
	CHECK(strlen(string) == 3000 && b.p == NULL && b.n == 0);
	free(string);
	string = buffer_take(&b); /* of an empty one */
	CHECK(*string == '\0');
	free(string);
	string = string_printf("%0500d", 7);
	CHECK(strlen(string) == 500);
	free(string);
	CHECK(string_copy(NULL) == NULL);
}

/* ---- UTF-8 ---- */

static void utf8(void)
{
	static const char *const wrong[] = {
		"\x80",
		"\xBF",
		"\xC0\x80",
		"\xC1\xBF",
		"\xC2",
		"\xC2x",
		"\xE0\x9F\xBF",
		"\xE2\x82",
		"\xED\xA0\x80",
		"\xED\xBF\xBF",
		"\xF0\x8F\xBF\xBF",
		"\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80",
		"\xF8\x88\x80\x80\x80",
		"\xFE",
		"\xFF",
	};
	uint32_t c;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK(utf8_decode(slice_of(wrong[i]), &c) == 0);
	CHECK(utf8_decode(SLICE(""), &c) == 0);
	CHECK(utf8_decode(SLICE("\0"), &c) == 1 && c == 0);
	for (uint32_t want = 0; want <= 0x10FFFF; want++) {
		if (want >= 0xD800 && want <= 0xDFFF)
			continue;
		struct buffer b = { 0 };
		utf8_encode(&b, want);
		if (utf8_decode(buffer_slice(&b), &c) != b.n || c != want) {
			printf("# U+%04X\n", (unsigned)want);
			CHECK(false);
		}
		buffer_free(&b);
	}
}

static void unsafe_characters(void)
{
	static const uint32_t unsafe[] = { 0,      7,      '\t',   '\n',   0x1B,    0x7F,    0x80,    0x9B,   0x9F,
		                           0x061C, 0x200B, 0x200E, 0x200F, 0x2028,  0x2029,  0x202A,  0x202E, 0x2066,
		                           0x2069, 0xFEFF, 0xFFFE, 0xFFFF, 0xE0001, 0x1FFFF, 0x10FFFF };
	static const uint32_t safe[] = { ' ', '~', '\\', 0xA0, 0xE9, 0x2013, 0x2027, 0x202F, 0x65E5, 0xFFFD, 0x1F600 };
	for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
		CHECK(character_unsafe(unsafe[i]));
	for (size_t i = 0; i < sizeof safe / sizeof safe[0]; i++)
		CHECK(!character_unsafe(safe[i]));
	CHECK(text_safe(SLICE("a\tb"), true) && !text_safe(SLICE("a\tb"), false) && !text_safe(SLICE("\xFF"), true));
}

/* ---- escaping ---- */

static void check_escape(void (*escape)(struct buffer *, struct slice), struct slice in, const char *want)
{
	struct buffer b = { 0 };
	escape(&b, in);
	CHECK_TEXT(buffer_slice(&b), want);
	buffer_free(&b);
}

static void for_people(void)
{
	check_escape(escape_text, SLICE("a\\b é\r\n\t\0\x1B\x7F"), "a\\b é\\r\\n\\t\\0\\x1B\\x7F");
	check_escape(escape_text, SLICE("\xFF\xC2\x9B\xE2\x80\xAE\xF3\xA0\x80\x81"),
	             "\\xFF\\u{009B}\\u{202E}\\u{E0001}");
	check_escape(escape_text, SLICE("\xE2\x82"), "\\xE2\\x82");
	check_escape(escape_text_but_tabs, SLICE("\ta\t\x1B\t"), "\ta\t\\x1B\t");
}

static void for_exact_lines(void)
{
	check_escape(escape_exact, SLICE("a\\b é\r\n\t\0\x1B"), "a\\\\b é\\r\\n\\t\\0\\x1B");
	check_escape(escape_exact,
	             SLICE("\0"
	                   "1\xE2\x80\xAE"),
	             "\\01\\xE2\\x80\\xAE");
	struct buffer b = { 0 };
	CHECK(unescape_exact(&b, SLICE("\\x4a\\x4A\\\\x\\01")) == 14);
	CHECK(slice_equal(buffer_slice(&b), SLICE("JJ\\x\0"
	                                          "1")));
	static const struct {
		const char *text;
		size_t at;
	} wrong[] = { { "\\", 0 },    { "ab\\", 2 },  { "\\q", 0 },     { "a\\x", 1 },
		      { "a\\x4", 1 }, { "\\xg0", 0 }, { "\\r\\x0g", 2 } };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		CHECK(unescape_exact(&b, slice_of(wrong[i].text)) == wrong[i].at);
		CHECK(b.n == 6);
	}
	buffer_free(&b);
}

static void exact_both_ways(void)
{
	uint32_t seed = 1;
	for (unsigned i = 0; i < 20000; i++) {
		struct buffer in = { 0 }, escaped = { 0 }, out = { 0 };
		for (unsigned n = i % 9; n; n--) {
			seed = seed * 1664525U + 1013904223U;
			if (seed >> 31)
				utf8_encode(&in, (seed >> 8) % 0xD800);
			else
				buffer_add_octet(&in, (char)(seed >> 16 & 0xFF));
		}
		escape_exact(&escaped, buffer_slice(&in));
		CHECK(text_safe(buffer_slice(&escaped), false));
		CHECK(unescape_exact(&out, buffer_slice(&escaped)) == escaped.n);
		CHECK(slice_equal(buffer_slice(&in), buffer_slice(&out)));
		buffer_clear(&out);
		escape_text(&out, buffer_slice(&in));
		CHECK(text_safe(buffer_slice(&out), false));
		buffer_clear(&out);
		(void)escape_json(&out, buffer_slice(&in));
		CHECK(text_safe(buffer_slice(&out), false));
		buffer_free(&in);
		buffer_free(&escaped);
		buffer_free(&out);
	}
}

static void for_json(void)
{
	struct buffer b = { 0 };
	CHECK(!escape_json(&b, SLICE("a\"\\/é\n\x1B\x7F\xE2\x80\xAE\xF3\xA0\x80\x81")));
	CHECK_TEXT(buffer_slice(&b), "\"a\\\"\\\\/é\\u000a\\u001b\\u007f\\u202e\\udb40\\udc01\"");
	buffer_clear(&b);
	CHECK(escape_json(&b, SLICE("a\xFF\xE2\x82z")));
	CHECK_TEXT(buffer_slice(&b), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"");
	buffer_free(&b);
}

static void columns(void)
{
	CHECK(text_columns(SLICE("abc")) == 3);
	if (setlocale(LC_CTYPE, "C.UTF-8")) {
		CHECK(text_columns(SLICE("é")) == 1 && text_columns(SLICE("日本")) == 4);
		CHECK(character_columns(0x0301) == 0); /* a combining accent */
		(void)setlocale(LC_CTYPE, "C");
	}
}

/* ---- base64 and digests ---- */

static void base64(void)
{
	/* RFC 4648 section 10 */
	static const char *const rows[][2] = { { "", "" },
		                               { "f", "Zg==" },
		                               { "fo", "Zm8=" },
		                               { "foo", "Zm9v" },
		                               { "foob", "Zm9vYg==" },
		                               { "fooba", "Zm9vYmE=" },
		                               { "foobar", "Zm9vYmFy" } };
	static const char *const wrong[] = { "Z",    "Zg",       "Zg=",    "Zg===", "=",    "====",
		                             "Z===", "Zg==Zg==", "Zm9v\n", "Zm 9v", "Zm9-", "Z=9v" };
	struct buffer b = { 0 };
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buffer_clear(&b);
		base64_encode(&b, slice_of(rows[i][0]));
		CHECK_TEXT(buffer_slice(&b), rows[i][1]);
		buffer_clear(&b);
		CHECK(base64_decode(&b, slice_of(rows[i][1])));
		CHECK_TEXT(buffer_slice(&b), rows[i][0]);
	}
	buffer_clear(&b);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK(!base64_decode(&b, slice_of(wrong[i])) && b.n == 0);
	buffer_free(&b);
}

static void base64_of_any_length(void)
{
	static const size_t lengths[] = { 9215, 9216, 9217, 12287, 12288, 12289, 40000 };
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct buffer in = { 0 }, coded = { 0 }, out = { 0 };
		for (size_t k = 0; k < lengths[i]; k++)
			buffer_add_octet(&in, (char)(k * 7));
		base64_encode(&coded, buffer_slice(&in));
		CHECK(coded.n == (lengths[i] + 2) / 3 * 4);
		CHECK(base64_decode(&out, buffer_slice(&coded)) && slice_equal(buffer_slice(&in), buffer_slice(&out)));
		buffer_free(&in);
		buffer_free(&coded);
		buffer_free(&out);
	}
}

static void check_digest(const unsigned char *p, size_t n, const char *want)
{
	struct buffer b = { 0 };
	hex_encode(&b, p, n);
	CHECK_TEXT(buffer_slice(&b), want);
	buffer_free(&b);
}

static void digests(void)
{
	unsigned char d[DIGEST_MAX];
	digest_of(DIGEST_MD5, SLICE(""), d); /* RFC 1321 A.5 */
	check_digest(d, digest_length(DIGEST_MD5), "d41d8cd98f00b204e9800998ecf8427e");
	digest_of(DIGEST_SHA1, SLICE("abc"), d); /* RFC 3174 section 7.3 */
	check_digest(d, digest_length(DIGEST_SHA1), "a9993e364706816aba3e25717850c26c9cd0d89d");
	digest_hmac(DIGEST_MD5, SLICE("Jefe"), SLICE("what do ya want for nothing?"), d); /* RFC 2104 appendix */
	check_digest(d, 16, "750c783e6ab0b503eaa86e310a5db738");
	digest_hmac(DIGEST_SHA256, SLICE("Jefe"), SLICE("what do ya want for nothing?"), d); /* RFC 4231 section 4.3 */
	check_digest(d, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	digest_hmac(DIGEST_SHA1, SLICE(""), SLICE(""), d);
	check_digest(d, 20, "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
	digest_pbkdf2(DIGEST_SHA1, SLICE("password"), SLICE("salt"), 4096, d); /* RFC 6070 */
	check_digest(d, 20, "4b007901b765489abead49d926f721d065a429c1");
	digest_pbkdf2(DIGEST_SHA1, SLICE(""), SLICE(""), 1, d); /* nothing is no error */
}

/* ---- errors ---- */

static void errors(void)
{
	struct error error = { 0 };
	CHECK(error_set(&error, STATUS_USAGE, "a: %d", 1) == STATUS_USAGE);
	CHECK(error_set(&error, STATUS_TLS, "b: %s", error.message) ==
	      STATUS_TLS); /* the old message may be an argument */
	CHECK_TEXT(slice_of(error.message), "b: a: 1");
	error_clear(&error);
	CHECK(error.message == NULL && error.status == STATUS_OK);
}

/* ---- spans of time ---- */

static bool lasts(double seconds, long whole, long micro)
{
	struct timeval span = clock_span(seconds);
	return span.tv_sec == whole && span.tv_usec == micro;
}

static void spans_of_time(void)
{
	CHECK(lasts(0, 0, 0));
	CHECK(lasts(0.25, 0, 250000));
	CHECK(lasts(86400.5, 86400, 500000));
	CHECK(lasts(0.0000001, 0, 1));
	CHECK(lasts(0.9999999, 1, 0));
}

int main(void)
{
	TEST(slices);
	TEST(buffers);
	TEST(utf8);
	TEST(unsafe_characters);
	TEST(for_people);
	TEST(for_exact_lines);
	TEST(exact_both_ways);
	TEST(for_json);
	TEST(columns);
	TEST(base64);
	TEST(base64_of_any_length);
	TEST(digests);
	TEST(errors);
	TEST(spans_of_time);
	return test_end();
}
