/*
 * How a reply goes out, faults included: what comes out of a delivery, step by step, as a text.
 */
#include "test.h"

#include "play/delivery.h"

static struct buffer told; /* `<octets>`, `(pause 2)`, `[fault]`, `{problem}`, `CUT`, one behind the other */
static struct buffer went; /* the octets alone */

/* Has all go out that can. */
static bool run(struct delivery *d)
{
	struct delivery_step step;
	enum delivery_act act;
	while ((act = delivery_next(d, &step)) != DELIVER_NOTHING && act != DELIVER_CUT) {
		if (act == DELIVER_OCTETS) {
			CHECK(step.text.n > 0);
			buffer_add_slice(&went, step.text);
			buffer_add_octet(&told, '<');
			escape_exact(&told, step.text);
			buffer_add_octet(&told, '>');
		} else if (act == DELIVER_PAUSE) {
			buffer_printf(&told, "(%g)", step.seconds);
		} else if (act == DELIVER_FAULT) {
			buffer_printf(&told, "[%s %llu]", step.fault.name, (unsigned long long)step.fault.octets);
		} else if (step.text.n) {
			buffer_printf(&told, "{" SLICE_FMT "}", SLICE_ARG(step.text));
		}
	}
	if (act == DELIVER_CUT)
		buffer_add_string(&told, "CUT");
	return act == DELIVER_CUT;
}

static void forget(void)
{
	buffer_free(&told);
	buffer_free(&went);
}

static void say(struct delivery *d, const char *line, bool begins)
{
	delivery_add(d, slice_of(line), SLICE(""), begins);
}

/* A reply of two lines goes out with these faults; what was told. */
static void check_reply(struct faults faults, const char *wanted)
{
	struct delivery *d = delivery_new(&faults, false);
	say(d, "250-ab\r\n", true);
	say(d, "250 cd\r\n", false);
	(void)run(d);
	CHECK_TEXT(buffer_slice(&told), wanted);
	forget();
	delivery_free(d);
}

static void nothing_to_do(void)
{
	struct faults none = { 0 };
	CHECK(delivery_new(&none, false) == NULL);
	delivery_free(NULL);
	CHECK(!delivery_under_way(NULL));
}

static void each_by_itself(void)
{
	check_reply((struct faults){ .delay = 2 }, "(2)<250-ab\\r\\n><250 cd\\r\\n>");
	check_reply((struct faults){ .stall = 3 }, "<250-ab\\r\\n>[stall 8](3)<250 cd\\r\\n>");
	check_reply((struct faults){ .split = 6 }, "[split 0]<250-ab>(0.002)<\\r\\n>(0.002)<250 cd>(0.002)<\\r\\n>");
	check_reply((struct faults){ .drop = true, .drop_after = 10 }, "<250-ab\\r\\n><25>[drop-after 10]CUT");
	check_reply((struct faults){ .drop = true, .drop_after = 0 }, "[drop-after 0]CUT");
	check_reply((struct faults){ .drop = true, .drop_after = 16 },
	            "<250-ab\\r\\n><250 cd\\r\\n>[drop-after 16]CUT");
	check_reply((struct faults){ .drop = true, .drop_after = 17 }, "<250-ab\\r\\n><250 cd\\r\\n>");
}

static void the_middle_may_be_in_a_line(void)
{
	struct faults faults = { .stall = 1 };
	struct delivery *d = delivery_new(&faults, false);
	say(d, "220 x\r\n", true);
	CHECK(!delivery_under_way(d));
	CHECK(!run(d));
	CHECK_TEXT(buffer_slice(&told), "<220>[stall 3](1)< x\\r\\n>");
	forget();
	/* What goes on with a reply that has begun has no middle of its own. */
	say(d, "more\r\n", false);
	CHECK(!run(d));
	CHECK_TEXT(buffer_slice(&told), "<more\\r\\n>");
	forget();
	delivery_free(d);
}

static void a_datagram_is_whole(void)
{
	struct faults faults = { .stall = 1, .delay = 2 };
	struct delivery *d = delivery_new(&faults, true);
	say(d, "one", true);
	say(d, "two", false);
	CHECK(!run(d));
	CHECK_TEXT(buffer_slice(&told), "(2)[stall 0](1)<one><two>");
	forget();
	delivery_free(d);
}

static void problems_stand_before_their_line(void)
{
	struct faults faults = { .split = 100 };
	struct delivery *d = delivery_new(&faults, false);
	say(d, "one\r\n", true);
	delivery_add(d, SLICE("two\r\n"), SLICE("wrong"), false);
	CHECK(!run(d));
	CHECK_TEXT(buffer_slice(&told), "[split 0]<one\\r\\n>{wrong}(0.002)<two\\r\\n>");
	forget();
	delivery_free(d);
}

/* Whichever line: one octet differs, by one bit, and no line end comes or goes. */
static void garbling(void)
{
	struct faults faults = { .garble = true };
	struct delivery *d = delivery_new(&faults, false), *again = delivery_new(&faults, false);
	struct buffer first = { 0 };
	for (unsigned i = 0; i < 2000; i++) {
		char line[] = "aJ\x0cK\x0b\x8a\x8d\r\n";
		size_t differ = 0, n = i % 7;
		memmove(line + n, line + 7, 3); /* of every length, the empty line too */
		say(d, line, true);
		CHECK(!run(d));
		CHECK(went.n == n + 2 && went.p[n] == '\r' && went.p[n + 1] == '\n');
		for (size_t k = 0; k < n; k++) {
			unsigned bits = (unsigned char)went.p[k] ^ (unsigned char)line[k];
			differ += bits != 0;
			CHECK((bits & (bits - 1)) == 0 && went.p[k] != '\r' && went.p[k] != '\n');
		}
		CHECK(differ == (n > 0));
		buffer_add_slice(&first, buffer_slice(&went));
		forget();
		say(again, line, true);
		CHECK(!run(again));
		CHECK(slice_equal(buffer_slice(&went), slice_part(buffer_slice(&first), first.n - went.n, first.n)));
		forget();
	}
	buffer_free(&first);
	delivery_free(d);
	delivery_free(again);
}

/* With any of them together the octets are the same as without cuts and pauses, up to where it is cut. */
static void together(void)
{
	struct faults garble = { .garble = true };
	struct buffer whole = { 0 };
	struct delivery *d = delivery_new(&garble, false);
	say(d, "250-ab\r\n", true);
	say(d, "250 cd\r\n", false);
	(void)run(d);
	buffer_add_slice(&whole, buffer_slice(&went));
	forget();
	delivery_free(d);
	for (uint64_t split = 0; split < 18; split++)
		for (uint64_t cut = 0; cut < 18; cut++) {
			struct faults f = { .garble = true, .stall = 1, .delay = 1, .split = split };
			f.drop = true;
			f.drop_after = cut;
			d = delivery_new(&f, false);
			say(d, "250-ab\r\n", true);
			say(d, "250 cd\r\n", false);
			CHECK(run(d) == (cut <= 16));
			CHECK(slice_equal(buffer_slice(&went), slice_part(buffer_slice(&whole), 0, (size_t)cut)));
			forget();
			delivery_free(d);
		}
	buffer_free(&whole);
}

int main(void)
{
	TEST(nothing_to_do);
	TEST(each_by_itself);
	TEST(the_middle_may_be_in_a_line);
	TEST(a_datagram_is_whole);
	TEST(problems_stand_before_their_line);
	TEST(garbling);
	TEST(together);
	return test_end();
}
