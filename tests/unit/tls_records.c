/*
 * Records of TLS followed from outside: wherever they are cut, the same octets belong to them, and the same do not.
 */
#include "net/tls_records.h"

#include "test.h"

/* Gives the octets in pieces of `size`; how many of them belonged to records. */
static size_t follow(struct tls_records *r, const char *p, size_t n, size_t size)
{
	size_t good = 0;
	for (size_t at = 0; at < n;) {
		size_t end = at + size < n ? at + size : n;
		while (at < end && !r->alien) {
			size_t before = r->nheader, took = tls_records_take(r, p + at, end - at);
			if (r->alien) {
				tls_records_alien(r, p + at, n - at, before);
				return good - before;
			}
			good += took;
			at += took;
		}
	}
	return good;
}

static void check(const char *octets, size_t n, size_t good, const char *plaintext)
{
	for (size_t size = 1; size <= n; size++) {
		struct tls_records r = { 0 };
		CHECK(follow(&r, octets, n, size) == good);
		CHECK(r.alien == (plaintext != NULL));
		CHECK_TEXT(buffer_slice(&r.plaintext), plaintext ? plaintext : "");
		buffer_free(&r.plaintext);
	}
}

#define HANDSHAKE \
	"\x16\x03\x01\x00\x04" \
	"abcd"
#define EMPTY "\x17\x03\x03\x00\x00"
#define ALERT "\x15\x03\x03\x00\x02\x01\x00"

static void records_one_after_the_other(void)
{
	check(HANDSHAKE ALERT, 16, 16, NULL);
	check(HANDSHAKE EMPTY EMPTY ALERT, 26, 26, NULL);
}

static void text_behind_a_record(void)
{
	check(HANDSHAKE "250 ok", 15, 9, "250 ok");
	check("220 ready", 9, 0, "220 ready");
}

/* It may begin like one: type and version of a record, and then no length that it can have. */
static void what_only_begins_like_a_record(void)
{
	check("\x16\x16x", 3, 0, "\x16\x16x");
	check("\x17\x03\x03\xff\xff", 5, 0, "\x17\x03\x03\xff\xff");
}

static void much_text_is_kept_in_part(void)
{
	char text[2000];
	struct tls_records r = { 0 };
	memset(text, 'x', sizeof text);
	CHECK(follow(&r, text, sizeof text, sizeof text) == 0);
	CHECK(r.plaintext.n == 512);
	buffer_free(&r.plaintext);
}

int main(void)
{
	TEST(records_one_after_the_other);
	TEST(text_behind_a_record);
	TEST(what_only_begins_like_a_record);
	TEST(much_text_is_kept_in_part);
	return test_end();
}
