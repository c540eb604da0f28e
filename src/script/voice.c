/*
 * Each protocol's own kind of error for what is not in the script.
 */
#include "script/voice.h"

#include <string.h>

#define OFF_SCRIPT_TEXT "This is a script: expected here: " SLICE_FMT

/* ---- SMTP and LMTP: RFC 5321 4.2.4, RFC 3463 ---- */

static bool smtp_command(const struct off_script *off, struct buffer *out)
{
	struct slice verb = off->event->verb;
	if (slice_equal_nocase(verb, SLICE("QUIT"))) {
		buffer_add_string(out, "221 2.0.0 Bye\r\n");
		return true;
	}
	const struct table *commands = protocol_table(off->protocol, TABLE_COMMANDS);
	bool known = commands && table_find(commands, verb);
	const char *code = known ? "503 5.5.1" : "500 5.5.2 Unknown command.";
	if (slice_equal_nocase(verb, SLICE("NOOP")))
		code = "250 2.0.0";
	if (slice_equal_nocase(verb, SLICE("HELP")))
		code = "214 2.0.0";
	buffer_printf(out, "%s " OFF_SCRIPT_TEXT "\r\n", code, SLICE_ARG(off->expected));
	return false;
}

static void smtp_payload(const struct off_script *off, struct buffer *out)
{
	bool cancelled = slice_equal(off->event->text, SLICE("*"));
	buffer_printf(out, "%s " OFF_SCRIPT_TEXT "\r\n", cancelled ? "501 5.7.0 Cancelled." : "554 5.6.0",
	              SLICE_ARG(off->expected));
}

/* ---- any other: a line that says so ---- */

static void line_payload(const struct off_script *off, struct buffer *out)
{
	buffer_printf(out, OFF_SCRIPT_TEXT "%s", SLICE_ARG(off->expected), off->protocol->datagrams ? "" : "\r\n");
}

static bool line_command(const struct off_script *off, struct buffer *out)
{
	line_payload(off, out);
	return false;
}

#define SMTP_FAREWELL "421 4.3.2 Closing: parlance was stopped\r\n"

static const struct voice voices[] = {
	{ "lmtp", "220 parlance LMTP, a script without greeting\r\n", SMTP_FAREWELL, smtp_command, smtp_payload },
	{ "smtp", "220 parlance ESMTP, a script without greeting\r\n", SMTP_FAREWELL, smtp_command, smtp_payload },
	{ NULL, NULL, NULL, line_command, line_payload },
};

const struct voice *voice_of(const struct protocol *protocol)
{
	const struct voice *voice = voices;
	while (voice->protocol && strcmp(voice->protocol, protocol->name) != 0)
		voice++;
	return voice;
}
