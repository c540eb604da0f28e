/*
 * The Gregorian calendar in Greenwich, and the time of day: without the machine's zone, without its language.
 */
#ifndef PARLANCE_BASE_CALENDAR_H
#define PARLANCE_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* What calendar and clock show. */
struct calendar {
	int64_t year;
	unsigned month, day;           /* from 1 */
	unsigned weekday;              /* of `calendar_weekdays`; to read alone */
	unsigned hour, minute, second; /* a leap second is 60 */
};

/* "Jan", "Sun" and so on, as the protocols write them. */
#define CALENDAR_MONTHS 12
#define CALENDAR_WEEKDAYS 7
extern const char calendar_months[CALENDAR_MONTHS][4], calendar_weekdays[CALENDAR_WEEKDAYS][4];

/* The month, from 1, of these three letters, in capitals or not; 0: none. */
unsigned calendar_month(struct slice letters);

/* Days from 1970-01-01 to that day; months and days from 1. */
int64_t calendar_days(int64_t year, unsigned month, unsigned day);
/* Whether the month, from 1 to 12, has that day. */
bool calendar_has(int64_t year, unsigned month, int64_t day);

/* Seconds from 1970 on, and back. */
int64_t calendar_seconds(const struct calendar *shown);
struct calendar calendar_at(int64_t seconds);

/* `+0100`, `-0330` in minutes east of Greenwich; false where it is no zone. */
bool calendar_zone(struct slice text, int *minutes);
void calendar_zone_write(struct buffer *out, int minutes);

#endif
