/*
 * The Date field (RFC 5322 sections 3.3 and 4.3).
 */
#include "base/calendar.h"
#include "store/mime.h"
#include "store/mime_lexer.h"

static bool take_number(struct slice *rest, size_t most_digits, int64_t *value)
{
	size_t n = 0;
	uint64_t number = 0;
	(void)lexer_blanks(rest, NULL);
	while (n < rest->n && octet_is_digit(rest->p[n]))
		n++;
	if (n == 0 || n > most_digits || !slice_number(slice_part(*rest, 0, n), &number))
		return false;
	*value = (int64_t)number;
	*rest = slice_part(*rest, n, rest->n);
	return true;
}

static bool take_month(struct slice *rest, unsigned *month)
{
	(void)lexer_blanks(rest, NULL);
	*month = calendar_month(slice_part(lexer_word(rest, ",(-"), 0, 3));
	return *month != 0;
}

/* Two digits and three mean a year near 2000 (section 4.3). */
static int64_t full_year(int64_t year, size_t digits)
{
	if (digits == 2)
		return year + (year < 50 ? 2000 : 1900);
	return digits == 3 ? year + 1900 : year;
}

static bool take_year(struct slice *rest, int64_t *year)
{
	(void)lexer_blanks(rest, NULL);
	size_t before = rest->n;
	if (!take_number(rest, 4, year) || before - rest->n < 2)
		return false;
	*year = full_year(*year, before - rest->n);
	return true;
}

/* `02:44[:25]` */
static bool take_time(struct slice *rest, int64_t *seconds)
{
	int64_t hour = 0, minute = 0, second = 0;
	if (!take_number(rest, 2, &hour))
		return false;
	(void)lexer_blanks(rest, NULL);
	if (!lexer_takes(rest, ':') || !take_number(rest, 2, &minute))
		return false;
	(void)lexer_blanks(rest, NULL);
	if (lexer_takes(rest, ':') && !take_number(rest, 2, &second))
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second <= 60;
}

/* `-0700`, `EST`, or nothing that is known, which is taken for -0000 (section 4.3); in minutes east. */
static int take_zone(struct slice *rest)
{
	static const struct {
		const char *name;
		int hours;
	} zones[] = { { "EDT", -4 }, { "EST", -5 }, { "CDT", -5 }, { "CST", -6 },
		      { "MDT", -6 }, { "MST", -7 }, { "PDT", -7 }, { "PST", -8 } };
	int minutes;
	(void)lexer_blanks(rest, NULL);
	struct slice word = lexer_word(rest, "(;,");
	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
		if (slice_equal_nocase(word, slice_of(zones[i].name)))
			return zones[i].hours * 60;
	return calendar_zone(word, &minutes) ? minutes : 0;
}

bool mime_date(struct slice value, int64_t *seconds, int *zone)
{
	int64_t day = 0, year = 0, time = 0;
	unsigned month = 0;
	(void)lexer_blanks(&value, NULL);
	if (value.n && octet_is_alpha(value.p[0])) { /* the day of the week, with its comma or without */
		(void)lexer_word(&value, ",(");
		(void)lexer_blanks(&value, NULL);
		(void)lexer_takes(&value, ',');
	}
	if (!take_number(&value, 2, &day))
		return false;
	(void)lexer_takes(&value, '-');
	if (!take_month(&value, &month))
		return false;
	(void)lexer_takes(&value, '-');
	if (!take_year(&value, &year) || !calendar_has(year, month, day))
		return false;
	(void)lexer_blanks(&value, NULL);
	if (value.n && !take_time(&value, &time))
		return false;
	*zone = take_zone(&value);
	*seconds = calendar_days(year, month, (unsigned)day) * 86400 + time - *zone * 60;
	return true;
}
