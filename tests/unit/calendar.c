/*
 * The calendar: known days, and every day of some eras there and back.
 */
#include "test.h"

#include "base/calendar.h"

static void known_days(void)
{
	CHECK(calendar_days(1970, 1, 1) == 0 && calendar_days(1969, 12, 31) == -1 &&
	      calendar_days(2000, 3, 1) == 11017);
	CHECK(calendar_days(0, 1, 1) == -719528 && calendar_days(9999, 12, 31) == 2932896);
	CHECK(calendar_has(2000, 2, 29) && calendar_has(2024, 2, 29) && calendar_has(2023, 12, 31));
	CHECK(!calendar_has(1900, 2, 29) && !calendar_has(2023, 2, 29) && !calendar_has(2023, 4, 31));
	CHECK(!calendar_has(2023, 1, 0) && !calendar_has(2023, 12, 32));
}

static void shown_is(int64_t seconds, const char *wanted)
{
	struct buffer out = { 0 };
	struct calendar shown = calendar_at(seconds);
	buffer_printf(&out, "%s %d %s %d %02u:%02u:%02u", calendar_weekdays[shown.weekday], (int)shown.day,
	              calendar_months[shown.month - 1], (int)shown.year, shown.hour, shown.minute, shown.second);
	CHECK_TEXT(buffer_slice(&out), wanted);
	CHECK(calendar_seconds(&shown) == seconds);
	buffer_free(&out);
}

static void known_times(void)
{
	shown_is(0, "Thu 1 Jan 1970 00:00:00");
	shown_is(-1, "Wed 31 Dec 1969 23:59:59");
	shown_is(784111777, "Sun 6 Nov 1994 08:49:37"); /* RFC 9110 5.6.7 */
	shown_is(951782400, "Tue 29 Feb 2000 00:00:00");
	shown_is(-62167219200, "Sat 1 Jan 0 00:00:00");
	shown_is(253402300799, "Fri 31 Dec 9999 23:59:59");
}

/* From the year -400 to 2800. */
static void every_day_there_and_back(void)
{
	unsigned weekday = calendar_at((int64_t)-865625 * 86400).weekday;
	bool good = true;
	for (int64_t day = -865625; day < 303000; day++) {
		struct calendar shown = calendar_at(day * 86400);
		good = good && calendar_days(shown.year, shown.month, shown.day) == day && shown.weekday == weekday &&
		       calendar_has(shown.year, shown.month, shown.day);
		weekday = (weekday + 1) % 7;
	}
	CHECK(good);
}

static void months(void)
{
	CHECK(calendar_month(SLICE("Jan")) == 1 && calendar_month(SLICE("dEC")) == 12);
	CHECK(calendar_month(SLICE("Foo")) == 0 && calendar_month(SLICE("")) == 0 &&
	      calendar_month(SLICE("Janu")) == 0);
}

static void zone_is(const char *text, int wanted)
{
	int minutes = 1;
	struct buffer out = { 0 };
	CHECK(calendar_zone(slice_of(text), &minutes) && minutes == wanted);
	calendar_zone_write(&out, minutes);
	if (wanted != 0) /* -0000 is +0000 */
		CHECK_TEXT(buffer_slice(&out), text);
	buffer_free(&out);
}

static void zones(void)
{
	static const char *const bad[] = { "", "0100", "+100", "+01:0", "+0160", "*0100", "+0100 ", "+-100" };
	int minutes;
	zone_is("+0000", 0);
	zone_is("-0000", 0);
	zone_is("+0545", 345);
	zone_is("-0330", -210);
	zone_is("+9959", 5999);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!calendar_zone(slice_of(bad[i]), &minutes));
}

int main(void)
{
	TEST(known_days);
	TEST(known_times);
	TEST(every_day_there_and_back);
	TEST(months);
	TEST(zones);
	return test_end();
}
