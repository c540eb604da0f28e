/*
 * Reading an mbox file: a message begins with `From sender  Fri Feb 22 17:06:23 2008` (RFC 4155, appendix A).
 */
#include "script/import_mbox.h"

static bool is_from(struct slice line)
{
	return slice_starts(line, SLICE("From "));
}

/* The date of a `From ` line, word by word: day of the week, month, day, time, year, zone. */
static void add_date(struct slice line, struct buffer *date)
{
	struct slice rest = line, words[8] = { 0 };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		words[i] = slice_word(&rest);
	struct slice zone = words[7].n == 5 && (words[7].p[0] == '+' || words[7].p[0] == '-') ? words[7]
	                                                                                      : SLICE("+0000");
	if (words[6].n != 4)
		return;
	buffer_printf(date, "%s" SLICE_FMT "-" SLICE_FMT "-" SLICE_FMT " " SLICE_FMT " " SLICE_FMT,
	              words[4].n == 1 ? "0" : "", SLICE_ARG(words[4]), SLICE_ARG(words[3]), SLICE_ARG(words[6]),
	              SLICE_ARG(words[5]), SLICE_ARG(zone));
}

bool mbox_next(struct slice *rest, struct buffer *message, struct buffer *date)
{
	struct slice line = slice_row(rest);
	if (!is_from(line))
		return false;
	add_date(line, date);
	while (rest->n && !is_from(*rest)) {
		line = slice_row(rest);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		buffer_add_slice(message, line);
		buffer_add_string(message, "\r\n");
	}
	return true;
}
