/*
 * How a failure is said: `parlance: what: why`, on stderr.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/escape.h"

enum status error_set(struct error *error, enum status status, const char *format, ...)
{
	struct buffer b = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&b, format, ap);
	va_end(ap);
	free(error->message); /* only now: an argument may be the old message */
	error->message = buffer_take(&b);
	error->status = status;
	return status;
}

void complain(const char *format, ...)
{
	struct buffer b = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&b, format, ap);
	va_end(ap);
	struct buffer safe = { 0 }; /* an argument of ours may hold anything too */
	escape_text(&safe, buffer_slice(&b));
	(void)fflush(stdout);
	(void)fprintf(stderr, "parlance: " SLICE_FMT "\n", SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&safe);
	buffer_free(&b);
}

void error_report(struct error *error)
{
	if (error->message)
		complain("%s", error->message);
	error_clear(error);
}

void error_clear(struct error *error)
{
	free(error->message);
	*error = (struct error){ 0 };
}
