/*
 * HTTP's grammar: first lines, targets, fields, lists, lengths, chunk sizes and dates.
 */
#include "test.h"

#include "protocol/common.h"
#include "protocol/http_syntax.h"

/* ---- first lines ---- */

static void request_lines(void)
{
	struct http_request r;
	http_request_parse(SLICE("GET /a?b HTTP/1.1"), &r);
	CHECK_TEXT(r.method, "GET");
	CHECK_TEXT(r.target, "/a?b");
	CHECK_TEXT(r.version, "HTTP/1.1");
	CHECK(r.single_spaces);
	http_request_parse(SLICE("GET /a b.html HTTP/1.1"), &r);
	CHECK_TEXT(r.target, "/a b.html");
	CHECK_TEXT(r.version, "HTTP/1.1");
	http_request_parse(SLICE(" GET  /\tHTTP/1.1 "), &r);
	CHECK_TEXT(r.method, "GET");
	CHECK_TEXT(r.target, "/");
	CHECK_TEXT(r.version, "HTTP/1.1");
	CHECK(!r.single_spaces);
	http_request_parse(SLICE("GET HTTP/1.1"), &r);
	CHECK_TEXT(r.target, "");
	CHECK_TEXT(r.version, "HTTP/1.1");
}

static void request_lines_without_version(void)
{
	struct http_request r;
	http_request_parse(SLICE("GET /"), &r);
	CHECK_TEXT(r.target, "/");
	CHECK_TEXT(r.version, "");
	CHECK(r.single_spaces);
	http_request_parse(SLICE("GET"), &r);
	CHECK_TEXT(r.method, "GET");
	CHECK(r.target.n == 0 && r.version.n == 0);
	http_request_parse(SLICE(""), &r);
	CHECK(r.method.n == 0);
}

static void versions(void)
{
	CHECK(http_version(SLICE("HTTP/1.1")) == 11);
	CHECK(http_version(SLICE("HTTP/1.0")) == 10);
	CHECK(http_version(SLICE("http/1.1")) == 11);
	CHECK(http_version(SLICE("HTTP/1")) == 0);
	CHECK(http_version(SLICE("HTTP/2")) == 20);
	CHECK(http_version(SLICE("HTTP/3")) == 30);
	CHECK(http_version(SLICE("HTTP/x")) == 0);
	CHECK(http_version(SLICE("HTTP/1.10")) == 0);
	CHECK(http_version(SLICE("HTTP/a.b")) == 0);
	CHECK(http_version_meant(SLICE("HTTP/x")) && !http_version_meant(SLICE("HTTPS")));
}

static void status_lines(void)
{
	struct http_status s;
	CHECK(http_status_parse(SLICE("HTTP/1.1 404 Not Found"), &s));
	CHECK_TEXT(s.version, "HTTP/1.1");
	CHECK_TEXT(s.code, "404");
	CHECK_TEXT(s.reason, "Not Found");
	CHECK(s.number == 404 && s.spaced && s.separated);
	CHECK(http_status_parse(SLICE("HTTP/1.1 200 "), &s));
	CHECK(s.number == 200 && s.separated && s.reason.n == 0);
	CHECK(http_status_parse(SLICE("HTTP/1.1 200"), &s));
	CHECK(s.number == 200 && !s.separated);
	CHECK(http_status_parse(SLICE("HTTP/1.1  200 OK"), &s));
	CHECK(s.number == 200 && !s.spaced);
	CHECK(http_status_parse(SLICE("HTTP/1.1 20 OK"), &s));
	CHECK(s.number > 999);
	CHECK(http_status_parse(SLICE("HTTP/1.1"), &s));
	CHECK(s.number > 999 && s.code.n == 0);
	CHECK(!http_status_parse(SLICE("200 OK"), &s));
}

/* ---- targets ---- */

static void forms_of_targets(void)
{
	CHECK(http_target_form(SLICE("/where?q=now")) == FORM_ORIGIN);
	CHECK(http_target_form(SLICE("http://www.example.org/pub/")) == FORM_ABSOLUTE);
	CHECK(http_target_form(SLICE("www.example.com:80")) == FORM_AUTHORITY);
	CHECK(http_target_form(SLICE("[::1]:443")) == FORM_AUTHORITY);
	CHECK(http_target_form(SLICE("*")) == FORM_ASTERISK);
	CHECK(http_target_form(SLICE("www.example.com")) == FORM_OTHER);
	CHECK(http_target_form(SLICE("index.html")) == FORM_OTHER);
	CHECK(http_target_form(SLICE(":80")) == FORM_OTHER);
	CHECK(http_target_form(SLICE("")) == FORM_OTHER);
}

static void users_in_urls(void)
{
	CHECK_TEXT(http_userinfo(SLICE("http://bob:secret@example.com/")), "bob:secret");
	CHECK_TEXT(http_userinfo(SLICE("http://example.com/a@b")), "");
	CHECK_TEXT(http_userinfo(SLICE("/a@b")), "");
}

/* ---- fields ---- */

static void fields(void)
{
	struct http_field f;
	CHECK(http_field_parse(SLICE("Host: example.com "), &f));
	CHECK_TEXT(f.name, "Host");
	CHECK_TEXT(f.value, "example.com");
	CHECK(!f.spaced);
	CHECK(http_field_parse(SLICE("Host : a:80"), &f));
	CHECK_TEXT(f.name, "Host");
	CHECK_TEXT(f.value, "a:80");
	CHECK(f.spaced);
	CHECK(http_field_parse(SLICE("X-Empty:"), &f));
	CHECK(f.value.n == 0);
	CHECK(!http_field_parse(SLICE("no colon"), &f));
	CHECK(!http_field_parse(SLICE(": no name"), &f));
	CHECK(!http_field_parse(SLICE("two words: x"), &f));
}

static void elements_of_lists(void)
{
	struct slice list = SLICE(" , a , \"b,\\\"c\" ,d;e=\",\","), element, rest;
	CHECK(http_element(&list, &element));
	CHECK_TEXT(element, "a");
	CHECK(http_element(&list, &element));
	CHECK_TEXT(element, "\"b,\\\"c\"");
	CHECK(http_element(&list, &element));
	CHECK_TEXT(http_element_word(element, &rest), "d");
	CHECK_TEXT(rest, "e=\",\"");
	CHECK(!http_element(&list, &element));
	CHECK(http_list_has(SLICE("keep-alive, Close"), SLICE("close")));
	CHECK(!http_list_has(SLICE("closed"), SLICE("close")));
}

static void parameters(void)
{
	struct slice rest = SLICE(" charset = utf-8 ;; q=\"0;1\"; flag"), name, value;
	CHECK(http_parameter(&rest, &name, &value));
	CHECK_TEXT(name, "charset");
	CHECK_TEXT(value, "utf-8");
	CHECK(http_parameter(&rest, &name, &value));
	CHECK_TEXT(value, "0;1");
	CHECK(http_parameter(&rest, &name, &value));
	CHECK_TEXT(name, "flag");
	CHECK_TEXT(value, "");
	CHECK(!http_parameter(&rest, &name, &value));
}

/* ---- lengths ---- */

static void lengths(void)
{
	uint64_t n = 0;
	CHECK(http_length_parse(SLICE("384"), &n) == LENGTH_GOOD && n == 384);
	CHECK(http_length_parse(SLICE("18446744073709551615"), &n) == LENGTH_GOOD && n == UINT64_MAX);
	CHECK(http_length_parse(SLICE("18446744073709551616"), &n) == LENGTH_INVALID);
	CHECK(http_length_parse(SLICE("42, 42"), &n) == LENGTH_REPEATED && n == 42);
	CHECK(http_length_parse(SLICE("42,43"), &n) == LENGTH_DIFFERING);
	CHECK(http_length_parse(SLICE("42,x"), &n) == LENGTH_INVALID);
	CHECK(http_length_parse(SLICE(""), &n) == LENGTH_INVALID);
	CHECK(http_length_parse(SLICE("-1"), &n) == LENGTH_INVALID);
	CHECK(http_length_parse(SLICE("+1"), &n) == LENGTH_INVALID);
	CHECK(http_length_parse(SLICE("0x10"), &n) == LENGTH_INVALID);
}

static void chunk_sizes(void)
{
	uint64_t n = 0;
	struct slice extensions;
	CHECK(http_chunk_parse(SLICE("1A"), &n, &extensions) && n == 26 && extensions.n == 0);
	CHECK(http_chunk_parse(SLICE("0"), &n, &extensions) && n == 0);
	CHECK(http_chunk_parse(SLICE("00000000000000000005"), &n, &extensions) && n == 5);
	CHECK(http_chunk_parse(SLICE("ffffffffffffffff"), &n, &extensions) && n == UINT64_MAX);
	CHECK(!http_chunk_parse(SLICE("10000000000000000"), &n, &extensions));
	CHECK(http_chunk_parse(SLICE("5 ; a=b"), &n, &extensions) && n == 5);
	CHECK_TEXT(extensions, "; a=b");
	CHECK(!http_chunk_parse(SLICE(""), &n, &extensions));
	CHECK(!http_chunk_parse(SLICE("0x5"), &n, &extensions));
	CHECK(!http_chunk_parse(SLICE("-5"), &n, &extensions));
	CHECK(!http_chunk_parse(SLICE("5 5"), &n, &extensions));
}

/* ---- dates ---- */

static void dates(void)
{
	int64_t s = 0;
	CHECK(http_date_parse(SLICE("Sun, 06 Nov 1994 08:49:37 GMT"), &s) == DATE_FIXED && s == 784111777);
	CHECK(http_date_parse(SLICE("Sunday, 06-Nov-94 08:49:37 GMT"), &s) == DATE_RFC850 && s == 784111777);
	CHECK(http_date_parse(SLICE("Sun Nov  6 08:49:37 1994"), &s) == DATE_ASCTIME && s == 784111777);
	CHECK(http_date_parse(SLICE("Thu, 01 Jan 1970 00:00:00 GMT"), &s) == DATE_FIXED && s == 0);
	CHECK(http_date_parse(SLICE("Thu, 29 Feb 2024 23:59:60 GMT"), &s) == DATE_FIXED && s == 1709251200);
	CHECK(http_date_parse(SLICE("Sun, 06 Nov 1994 08:49:37 +0000"), &s) == DATE_NONE);
	CHECK(http_date_parse(SLICE("Wed, 29 Feb 2023 00:00:00 GMT"), &s) == DATE_NONE);
	CHECK(http_date_parse(SLICE("Wed Feb 29 00:00:00 2023"), &s) == DATE_NONE);
	CHECK(http_date_parse(SLICE("0"), &s) == DATE_NONE);
	CHECK(http_date_parse(SLICE("Sun, 06 Nov"), &s) == DATE_NONE);
}

static void durations(void)
{
	static const struct {
		uint64_t seconds;
		const char *words;
	} rows[] = {
		{ 0, "0 seconds" },        { 1, "1 second" },  { 90, "1 minute 30 seconds" }, { 3600, "1 hour" },
		{ 90000, "1 day 1 hour" }, { 86401, "1 day" }, { 31536000, "1 year" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer out = { 0 };
		http_duration(&out, rows[i].seconds);
		CHECK_TEXT(buffer_slice(&out), rows[i].words);
		buffer_free(&out);
	}
}

static void dates_are_written(void)
{
	static const struct {
		int64_t seconds;
		const char *wanted;
	} rows[] = {
		{ 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },  { 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },  { 4107542399, "Sun, 28 Feb 2100 23:59:59 GMT" },
		{ 4107542400, "Mon, 01 Mar 2100 00:00:00 GMT" }, { 1735689599, "Tue, 31 Dec 2024 23:59:59 GMT" },
		{ -1, "Thu, 01 Jan 1970 00:00:00 GMT" },         { 253402300800, "Fri, 31 Dec 9999 23:59:59 GMT" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer out = { 0 };
		http_date_write(&out, rows[i].seconds);
		CHECK_TEXT(buffer_slice(&out), rows[i].wanted);
		buffer_free(&out);
	}
	/* What is written is read as the same. */
	for (int64_t seconds = 0; seconds < 253402300800; seconds += 86400 * 29 + 3671) {
		struct buffer out = { 0 };
		int64_t read = -1;
		http_date_write(&out, seconds);
		CHECK(http_date_parse(buffer_slice(&out), &read) == DATE_FIXED && read == seconds);
		buffer_free(&out);
	}
}

static void chunk_lines_by_the_letter(void)
{
	static const char *const good[] = { "5", "A;x", "a;x=y", "5;x=\"a;\\\"b\"", "5 ; x = y ;z", "0;a;b=c" };
	static const char *const bad[] = { "",    "5 ",     "5;",     "5; ", "5;=y", "5;x=",      "5;x=\"y",
		                           "5 x", "5;b[=x", "5;x=y ", "+5",  "0x5",  "5;x=\"y\"z" };
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CHECK(http_chunk_exact(slice_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!http_chunk_exact(slice_of(bad[i])));
	CHECK(!http_chunk_exact(SLICE("5;a\0b")));
}

static void quotes_are_undone(void)
{
	struct buffer out = { 0 };
	http_unquote(&out, SLICE("\"a\\\"b\\\\\""));
	CHECK_TEXT(buffer_slice(&out), "a\"b\\");
	buffer_clear(&out);
	http_unquote(&out, SLICE("a\\b"));
	CHECK_TEXT(buffer_slice(&out), "a\\b");
	buffer_clear(&out);
	http_unquote(&out, SLICE("\""));
	CHECK_TEXT(buffer_slice(&out), "\"");
	buffer_free(&out);
}

static void octets_are_told_in_words(void)
{
	struct buffer out = { 0 };
	octets_in_words(&out, 1);
	buffer_add_string(&out, ", ");
	octets_in_words(&out, 384);
	buffer_add_string(&out, ", ");
	octets_in_words(&out, 35882577);
	CHECK_TEXT(buffer_slice(&out), "1 octet, 384 octets, 35882577 octets (34.2 MiB)");
	buffer_free(&out);
}

int main(void)
{
	TEST(request_lines);
	TEST(request_lines_without_version);
	TEST(versions);
	TEST(status_lines);
	TEST(forms_of_targets);
	TEST(users_in_urls);
	TEST(fields);
	TEST(elements_of_lists);
	TEST(parameters);
	TEST(lengths);
	TEST(chunk_sizes);
	TEST(dates);
	TEST(dates_are_written);
	TEST(chunk_lines_by_the_letter);
	TEST(quotes_are_undone);
	TEST(durations);
	TEST(octets_are_told_in_words);
	return test_end();
}
