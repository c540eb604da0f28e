/*
 * Targets of requests: their parts, hosts, percent-encoding.
 */
#include "test.h"

#include "protocol/http_target.h"

static void targets_are_taken_apart(void)
{
	static const struct {
		const char *target;
		enum http_form form;
		const char *scheme, *authority, *path, *query;
	} rows[] = {
		{ "/", FORM_ORIGIN, "", "", "/", "" },
		{ "/a/b?c=d?e", FORM_ORIGIN, "", "", "/a/b", "c=d?e" },
		{ "http://www.example.com/", FORM_ABSOLUTE, "http", "www.example.com", "/", "" },
		{ "http://www.example.com", FORM_ABSOLUTE, "http", "www.example.com", "", "" },
		{ "http://h:80?q", FORM_ABSOLUTE, "http", "h:80", "", "q" },
		{ "HTTPS://[::1]:443/x", FORM_ABSOLUTE, "HTTPS", "[::1]:443", "/x", "" },
		{ "example.com:443", FORM_AUTHORITY, "", "example.com:443", "", "" },
		{ "*", FORM_ASTERISK, "", "", "", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct http_target t;
		CHECK(http_target_parse(slice_of(rows[i].target), &t));
		CHECK(t.form == rows[i].form);
		CHECK_TEXT(t.scheme, rows[i].scheme);
		CHECK_TEXT(t.authority, rows[i].authority);
		CHECK_TEXT(t.path, rows[i].path);
		CHECK_TEXT(t.query, rows[i].query);
	}
	struct http_target t;
	CHECK(http_target_parse(SLICE("/a?"), &t) && t.has_query && t.query.n == 0);
	CHECK(http_target_parse(SLICE("/a"), &t) && !t.has_query);
}

static void what_is_no_target(void)
{
	static const char *const rows[] = { "", "a", "/a b", "/a#b", "/caf\303\251", "/a\\b", "/a|b", "/\"", "/a\tb" };
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct http_target t;
		CHECK(!http_target_parse(slice_of(rows[i]), &t));
	}
	struct http_target t;
	CHECK(!http_target_parse(SLICE("/\0a"), &t));
}

static void hosts(void)
{
	static const char *const good[] = { "localhost", "a.example:80", "127.0.0.1:8080", "[::1]",
		                            "[::1]:80",  "a:",           "a%20b",          "x_y" };
	static const char *const bad[] = { "",     ":80", "a b", "a/b",     "user@a", "a,b",        "a:8o",
		                           "[::1", "[]",  "[x]", "a:80:80", "a%2",    "caf\303\251" };
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CHECK(http_host_valid(slice_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!http_host_valid(slice_of(bad[i])));
}

static void percent_signs(void)
{
	struct buffer out = { 0 };
	CHECK(http_percent_decode(&out, SLICE("a%20b%C3%a9%2F")));
	CHECK_TEXT(buffer_slice(&out), "a b\303\251/");
	CHECK(!http_percent_decode(&out, SLICE("%4")));
	CHECK(!http_percent_decode(&out, SLICE("ok%zz")));
	CHECK(!http_percent_decode(&out, SLICE("%")));
	CHECK_TEXT(buffer_slice(&out), "a b\303\251/");
	buffer_clear(&out);
	http_percent_encode(&out, SLICE("/~bob/a b\303\251%?#\r\n\"<"));
	CHECK_TEXT(buffer_slice(&out), "/~bob/a%20b%C3%A9%25%3F%23%0D%0A%22%3C");
	buffer_free(&out);
}

int main(void)
{
	TEST(targets_are_taken_apart);
	TEST(what_is_no_target);
	TEST(hosts);
	TEST(percent_signs);
	return test_end();
}
