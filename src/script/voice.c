/*
 * Each protocol's own kind of error for what is not in the script.
 */
#include "script/voice.h"

#include <string.h>

#define OFF_SCRIPT_TEXT "This is a script: expected here: " SLICE_FMT

/* The command's word as in events; empty where none was said. */
static struct slice verb_of(const struct off_script *off)
{
	return off->command ? off->command->verb : SLICE("");
}

static bool is_verb(const struct off_script *off, struct slice verb)
{
	return slice_equal_nocase(verb_of(off), verb);
}

static bool is_known(const struct off_script *off)
{
	const struct table *commands = protocol_table(off->protocol, TABLE_COMMANDS);
	return commands && table_find(commands, verb_of(off));
}

/* ---- SMTP and LMTP: RFC 5321 4.2.4, RFC 3463 ---- */

static const char *smtp_code(const struct off_script *off)
{
	if (off->what == STRAYED_CANCEL)
		return "501 5.7.0 Cancelled.";
	if (off->what == STRAYED_PAYLOAD)
		return "554 5.6.0";
	if (is_verb(off, SLICE("NOOP")))
		return "250 2.0.0";
	if (is_verb(off, SLICE("HELP")))
		return "214 2.0.0";
	return is_known(off) ? "503 5.5.1" : "500 5.5.2 Unknown command.";
}

static bool smtp_answer(const struct off_script *off, struct buffer *out)
{
	bool leaves = off->what == STRAYED_COMMAND && is_verb(off, SLICE("QUIT"));
	if (leaves)
		buffer_add_string(out, "221 2.0.0 Bye\r\n");
	else
		buffer_printf(out, "%s " OFF_SCRIPT_TEXT "\r\n", smtp_code(off), SLICE_ARG(off->expected));
	return leaves;
}

/* ---- POP3: RFC 1939 3; CAPA, RFC 2449 5, is what clients ask before anything else ---- */

static bool pop3_answer(const struct off_script *off, struct buffer *out)
{
	bool command = off->what == STRAYED_COMMAND, leaves = command && is_verb(off, SLICE("QUIT"));
	if (leaves)
		buffer_add_string(out, "+OK Bye\r\n");
	else if (command && is_verb(off, SLICE("CAPA")))
		buffer_add_string(out, "+OK This is a script\r\nUSER\r\n.\r\n");
	else
		buffer_printf(out, "%s " OFF_SCRIPT_TEXT "\r\n",
		              command && is_verb(off, SLICE("NOOP")) ? "+OK" : "-ERR", SLICE_ARG(off->expected));
	return leaves;
}

/* ---- IMAP: RFC 9051 7.1; CAPABILITY, NOOP and LOGOUT are allowed in any state (6.1) ---- */

static bool imap_answer(const struct off_script *off, struct buffer *out)
{
	bool command = off->what == STRAYED_COMMAND, leaves = command && is_verb(off, SLICE("LOGOUT"));
	bool asks = command && is_verb(off, SLICE("CAPABILITY"));
	bool good = leaves || asks || (command && is_verb(off, SLICE("NOOP")));
	struct slice tag = off->command ? off->command->tag : SLICE("");
	if (tag.n == 0) { /* nobody can be told which command it was */
		buffer_printf(out, "* BAD " OFF_SCRIPT_TEXT "\r\n", SLICE_ARG(off->expected));
		return false;
	}
	if (leaves)
		buffer_add_string(out, "* BYE This was a script\r\n");
	if (asks)
		buffer_add_string(out, "* CAPABILITY IMAP4rev1\r\n");
	buffer_printf(out, SLICE_FMT " %s " OFF_SCRIPT_TEXT "\r\n", SLICE_ARG(tag), good ? "OK" : "BAD",
	              SLICE_ARG(off->expected));
	return leaves;
}

/* ---- HTTP: RFC 9110 15.5.5, with the words as its body ---- */

static bool http_answer(const struct off_script *off, struct buffer *out)
{
	struct buffer body = { 0 };
	buffer_printf(&body, OFF_SCRIPT_TEXT "\n", SLICE_ARG(off->expected));
	buffer_printf(out,
	              "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
	              "Connection: close\r\n\r\n",
	              body.n);
	if (!is_verb(off, SLICE("HEAD")))
		buffer_add_slice(out, buffer_slice(&body));
	buffer_free(&body);
	return true;
}

/* ---- FTP: RFC 959 4.2 and 5.4 ---- */

static const char *ftp_code(const struct off_script *off)
{
	if (off->what != STRAYED_COMMAND)
		return "503";
	if (is_verb(off, SLICE("NOOP")))
		return "200";
	if (is_verb(off, SLICE("HELP")))
		return "214";
	if (is_verb(off, SLICE("FEAT")))
		return "211 No features."; /* RFC 2389 3.2 */
	return is_known(off) ? "503" : "500 Unknown command.";
}

static bool ftp_answer(const struct off_script *off, struct buffer *out)
{
	bool leaves = off->what == STRAYED_COMMAND && is_verb(off, SLICE("QUIT"));
	if (leaves)
		buffer_add_string(out, "221 Bye\r\n");
	else
		buffer_printf(out, "%s " OFF_SCRIPT_TEXT "\r\n", ftp_code(off), SLICE_ARG(off->expected));
	return leaves;
}

/* ---- any other: a line that says so ---- */

static bool line_answer(const struct off_script *off, struct buffer *out)
{
	buffer_printf(out, OFF_SCRIPT_TEXT "%s", SLICE_ARG(off->expected), off->protocol->datagrams ? "" : "\r\n");
	return false;
}

static const struct voice voices[] = {
	{ .protocol = "smtp",
	  .greeting = "220 parlance ESMTP, a script without greeting\r\n",
	  .farewell = "421 4.3.2 Closing: parlance was stopped\r\n",
	  .answer = smtp_answer },
	{ .protocol = "lmtp",
	  .greeting = "220 parlance LMTP, a script without greeting\r\n",
	  .farewell = "421 4.3.2 Closing: parlance was stopped\r\n",
	  .answer = smtp_answer },
	{ .protocol = "pop3", .greeting = "+OK parlance, a script without greeting\r\n", .answer = pop3_answer },
	{ .protocol = "imap",
	  .greeting = "* OK parlance, a script without greeting\r\n",
	  .farewell = "* BYE Closing: parlance was stopped\r\n",
	  .continuation = "+ Go ahead\r\n",
	  .answer = imap_answer },
	{ .protocol = "http", .continuation = "HTTP/1.1 100 Continue\r\n\r\n", .answer = http_answer },
	{ .protocol = "ftp",
	  .greeting = "220 parlance FTP, a script without greeting\r\n",
	  .farewell = "421 Closing: parlance was stopped\r\n",
	  .answer = ftp_answer },
	{ .answer = line_answer },
};

const struct voice *voice_of(const struct protocol *protocol)
{
	const struct voice *voice = voices;
	while (voice->protocol && strcmp(voice->protocol, protocol->name) != 0)
		voice++;
	return voice;
}
