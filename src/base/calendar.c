/*
 * Days are counted in years that begin in March, so that a leap day is its year's last; and in eras of 400 years, which all
 * have the same number of days.
 */
#include "base/calendar.h"

#include <stdlib.h>

#define DAY 86400
#define ERA_DAYS 146097
#define TO_1970 719468 /* days from 1 March of the year 0 */

const char calendar_months[CALENDAR_MONTHS][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
const char calendar_weekdays[CALENDAR_WEEKDAYS][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

unsigned calendar_month(struct slice letters)
{
	for (unsigned month = 1; month <= CALENDAR_MONTHS; month++)
		if (slice_equal_nocase(letters, slice_of(calendar_months[month - 1])))
			return month;
	return 0;
}

/* What remains is never negative. */
static int64_t divide(int64_t number, int64_t by, int64_t *remains)
{
	int64_t quotient = number / by - (number % by < 0);
	*remains = number - quotient * by;
	return quotient;
}

int64_t calendar_days(int64_t year, unsigned month, unsigned day)
{
	int64_t of_era;
	int64_t era = divide(month <= 2 ? year - 1 : year, 400, &of_era);
	int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - TO_1970;
}

bool calendar_has(int64_t year, unsigned month, int64_t day)
{
	bool last = month == CALENDAR_MONTHS;
	return day >= 1 && day <= calendar_days(year + last, last ? 1 : month + 1, 1) - calendar_days(year, month, 1);
}

int64_t calendar_seconds(const struct calendar *shown)
{
	return calendar_days(shown->year, shown->month, shown->day) * DAY + (int64_t)shown->hour * 3600 +
	       (int64_t)shown->minute * 60 + (int64_t)shown->second;
}

static void set_date(struct calendar *shown, int64_t days)
{
	int64_t of_era;
	int64_t era = divide(days + TO_1970, ERA_DAYS, &of_era);
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100), from_march = (5 * of_year + 2) / 153;
	shown->day = (unsigned)(of_year - (153 * from_march + 2) / 5 + 1);
	shown->month = (unsigned)(from_march < 10 ? from_march + 3 : from_march - 9);
	shown->year = era * 400 + year + (shown->month <= 2);
}

struct calendar calendar_at(int64_t seconds)
{
	struct calendar shown;
	int64_t second, weekday;
	int64_t days = divide(seconds, DAY, &second);
	set_date(&shown, days);
	(void)divide(days + 4, CALENDAR_WEEKDAYS, &weekday); /* 1970 began on a Thursday */
	shown.weekday = (unsigned)weekday;
	shown.hour = (unsigned)(second / 3600);
	shown.minute = (unsigned)(second / 60 % 60);
	shown.second = (unsigned)(second % 60);
	return shown;
}

bool calendar_zone(struct slice text, int *minutes)
{
	uint64_t number = 0;
	if (text.n != 5 || (text.p[0] != '+' && text.p[0] != '-') || !slice_number(slice_part(text, 1, 5), &number) ||
	    number % 100 > 59)
		return false;
	int away = (int)(number / 100 * 60 + number % 100);
	*minutes = text.p[0] == '-' ? -away : away;
	return true;
}

void calendar_zone_write(struct buffer *out, int minutes)
{
	int away = abs(minutes);
	buffer_printf(out, "%c%02d%02d", minutes < 0 ? '-' : '+', away / 60, away % 60);
}
