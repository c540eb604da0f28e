/*
 * Replies of the SMTP server: code, enhanced status code, words (RFC 5321 4.2, RFC 2034).
 */
#include <stdarg.h>

#include "lab/smtp_inside.h"

/* Octets of a reply line, CRLF included (RFC 5321 4.5.3.1.5). */
#define REPLY_MAX 512

/* `code` is "250", or "250 2.1.0". */
static void say(struct smtp_guest *guest, const char *code, char separator, const struct buffer *words)
{
	struct slice all = slice_of(code);
	struct slice digits = slice_part(all, 0, 3), enhanced = slice_trim(slice_part(all, 3, all.n));
	struct slice fitting = slice_part(buffer_slice(words), 0, REPLY_MAX - 2 - all.n - 1);
	visit_say(guest->visit, SLICE_FMT "%c" SLICE_FMT "%s" SLICE_FMT, SLICE_ARG(digits), separator,
	          SLICE_ARG(enhanced), enhanced.n ? " " : "", SLICE_ARG(fitting));
}

void smtp_say(struct smtp_guest *guest, const char *code, const char *format, ...)
{
	struct buffer words = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&words, format, ap);
	va_end(ap);
	say(guest, code, ' ', &words);
	buffer_free(&words);
}

void smtp_say_more(struct smtp_guest *guest, const char *code, const char *format, ...)
{
	struct buffer words = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&words, format, ap);
	va_end(ap);
	say(guest, code, '-', &words);
	buffer_free(&words);
}

void smtp_refuse(struct smtp_guest *guest, const char *code, const char *teaching, const char *format, ...)
{
	struct buffer words = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&words, format, ap);
	va_end(ap);
	if (teaching)
		visit_teach(guest->visit, teaching, &words);
	say(guest, code, ' ', &words);
	buffer_free(&words);
}

void smtp_syntax(struct smtp_guest *guest, const char *code, const char *format, ...)
{
	struct buffer words = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&words, format, ap);
	va_end(ap);
	visit_hint(guest->visit, HINT_SYNTAX, guest->verb, &words);
	say(guest, code, ' ', &words);
	buffer_free(&words);
}
