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
	bool cancelled = off->event && slice_equal(off->event->text, SLICE("*"));
	buffer_printf(out, "%s " OFF_SCRIPT_TEXT "\r\n", cancelled ? "501 5.7.0 Cancelled." : "554 5.6.0",
	              SLICE_ARG(off->expected));
}

/* ---- POP3: RFC 1939 3; CAPA, RFC 2449 5, is what clients ask before anything else ---- */

static bool pop3_command(const struct off_script *off, struct buffer *out)
{
	struct slice verb = off->event->verb;
	if (slice_equal_nocase(verb, SLICE("CAPA"))) {
		buffer_add_string(out, "+OK This is a script\r\nUSER\r\n.\r\n");
		return false;
	}
	bool leaves = slice_equal_nocase(verb, SLICE("QUIT"));
	if (leaves)
		buffer_add_string(out, "+OK Bye\r\n");
	else
		buffer_printf(out, "%s " OFF_SCRIPT_TEXT "\r\n",
		              slice_equal_nocase(verb, SLICE("NOOP")) ? "+OK" : "-ERR", SLICE_ARG(off->expected));
	return leaves;
}

static void pop3_payload(const struct off_script *off, struct buffer *out)
{
	buffer_printf(out, "-ERR " OFF_SCRIPT_TEXT "\r\n", SLICE_ARG(off->expected));
}

/* ---- IMAP: RFC 9051 7.1; CAPABILITY, NOOP and LOGOUT are allowed in any state (6.1) ---- */

static bool imap_command(const struct off_script *off, struct buffer *out)
{
	struct slice verb = off->event->verb, tag = off->event->tag;
	bool leaves = slice_equal_nocase(verb, SLICE("LOGOUT")), good = leaves;
	if (tag.n == 0) {
		buffer_printf(out, "* BAD " OFF_SCRIPT_TEXT "\r\n", SLICE_ARG(off->expected));
		return false;
	}
	if (leaves) {
		buffer_add_string(out, "* BYE This was a script\r\n");
	} else if (slice_equal_nocase(verb, SLICE("CAPABILITY"))) {
		buffer_add_string(out, "* CAPABILITY IMAP4rev1\r\n");
		good = true;
	} else if (slice_equal_nocase(verb, SLICE("NOOP"))) {
		good = true;
	}
	buffer_printf(out, SLICE_FMT " %s " OFF_SCRIPT_TEXT "\r\n", SLICE_ARG(tag), good ? "OK" : "BAD",
	              SLICE_ARG(off->expected));
	return leaves;
}

/* Under the tag of the command that the payload belongs to, where it has one. */
static void imap_payload(const struct off_script *off, struct buffer *out)
{
	struct slice tag = off->event && off->event->tag.n ? off->event->tag : SLICE("*");
	buffer_printf(out, SLICE_FMT " BAD " OFF_SCRIPT_TEXT "\r\n", SLICE_ARG(tag), SLICE_ARG(off->expected));
}

/* ---- HTTP: RFC 9110 15.5.5, with the words as its body ---- */

static void http_payload(const struct off_script *off, struct buffer *out)
{
	struct buffer body = { 0 };
	buffer_printf(&body, OFF_SCRIPT_TEXT "\n", SLICE_ARG(off->expected));
	bool head = off->event && slice_equal(off->event->verb, SLICE("HEAD"));
	buffer_printf(out,
	              "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
	              "Connection: close\r\n\r\n",
	              body.n);
	if (!head)
		buffer_add_slice(out, buffer_slice(&body));
	buffer_free(&body);
}

static bool http_command(const struct off_script *off, struct buffer *out)
{
	http_payload(off, out);
	return true;
}

/* ---- FTP: RFC 959 4.2 and 5.4 ---- */

static bool ftp_command(const struct off_script *off, struct buffer *out)
{
	struct slice verb = off->event->verb;
	if (slice_equal_nocase(verb, SLICE("QUIT"))) {
		buffer_add_string(out, "221 Bye\r\n");
		return true;
	}
	const struct table *commands = protocol_table(off->protocol, TABLE_COMMANDS);
	bool known = commands && table_find(commands, verb);
	const char *code = known ? "503" : "500 Unknown command.";
	if (slice_equal_nocase(verb, SLICE("NOOP")))
		code = "200";
	if (slice_equal_nocase(verb, SLICE("HELP")))
		code = "214";
	if (slice_equal_nocase(verb, SLICE("FEAT")))
		code = "211 No features."; /* RFC 2389 3.2 */
	buffer_printf(out, "%s " OFF_SCRIPT_TEXT "\r\n", code, SLICE_ARG(off->expected));
	return false;
}

static void ftp_payload(const struct off_script *off, struct buffer *out)
{
	buffer_printf(out, "503 " OFF_SCRIPT_TEXT "\r\n", SLICE_ARG(off->expected));
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

static const struct voice voices[] = {
	{ .protocol = "smtp",
	  .greeting = "220 parlance ESMTP, a script without greeting\r\n",
	  .farewell = "421 4.3.2 Closing: parlance was stopped\r\n",
	  .command = smtp_command,
	  .payload = smtp_payload },
	{ .protocol = "lmtp",
	  .greeting = "220 parlance LMTP, a script without greeting\r\n",
	  .farewell = "421 4.3.2 Closing: parlance was stopped\r\n",
	  .command = smtp_command,
	  .payload = smtp_payload },
	{ .protocol = "pop3",
	  .greeting = "+OK parlance, a script without greeting\r\n",
	  .command = pop3_command,
	  .payload = pop3_payload },
	{ .protocol = "imap",
	  .greeting = "* OK parlance, a script without greeting\r\n",
	  .farewell = "* BYE Closing: parlance was stopped\r\n",
	  .continuation = "+ Go ahead\r\n",
	  .command = imap_command,
	  .payload = imap_payload },
	{ .protocol = "http",
	  .continuation = "HTTP/1.1 100 Continue\r\n\r\n",
	  .command = http_command,
	  .payload = http_payload },
	{ .protocol = "ftp",
	  .greeting = "220 parlance FTP, a script without greeting\r\n",
	  .farewell = "421 Closing: parlance was stopped\r\n",
	  .command = ftp_command,
	  .payload = ftp_payload },
	{ .command = line_command, .payload = line_payload },
};

const struct voice *voice_of(const struct protocol *protocol)
{
	const struct voice *voice = voices;
	while (voice->protocol && strcmp(voice->protocol, protocol->name) != 0)
		voice++;
	return voice;
}
