/*
 * The grammar of FTP's lines: the addresses of data connections, quoted paths, times and facts, and the Telnet
 * commands that may stand among them. Nothing here owns what it looks at; buffers that are filled belong to the caller.
 */
#ifndef PARLANCE_PROTOCOL_FTP_SYNTAX_H
#define PARLANCE_PROTOCOL_FTP_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* ---- Telnet (RFC 854), whose conventions the control connection follows ---- */

/* The octet that begins a Telnet command, and, doubled, stands for itself. */
#define TELNET_IAC '\xFF'

/* One Telnet command in a line. */
struct ftp_telnet {
	size_t start, end;     /* its octets; IAC IAC is one, too */
	unsigned char command; /* the octet behind IAC; 0: cut off by the line's end */
	unsigned char option;  /* of WILL, WONT, DO, DONT */
};

/* The next Telnet command of `line` at or behind `from`. A lone DM (0xF2) counts where `from` is its place and another
 * command ended there, or the line begins: the Synch's IAC is urgent, and may have been taken out of the stream. False
 * where there is none. */
bool ftp_telnet_next(struct slice line, size_t from, struct ftp_telnet *found);

/* The word for a Telnet command: "IP", "DM", "DO" …, or NULL. */
const char *ftp_telnet_name(unsigned char command);

/* Appends `line` without its Telnet commands, IAC IAC as one octet. */
void ftp_telnet_strip(struct buffer *out, struct slice line);

/* Where in `line` the octet stands that ftp_telnet_strip makes the n-th (from 0); line.n past the last. */
size_t ftp_telnet_offset(struct slice line, size_t n);

/* ---- where the data connection goes ---- */

enum ftp_address_form {
	FTP_SHORT,    /* h1,h2,h3,h4,p1,p2: PORT and 227 (RFC 959 4.1.2) */
	FTP_LONG,     /* af,hal,h1,h2…,pal,p1,p2…: LPRT and 228 (RFC 1639 2) */
	FTP_EXTENDED, /* |family|address|port|: EPRT and 229 (RFC 2428 2) */
};

/* An address taken apart. */
struct ftp_address {
	struct slice text;   /* as it stands; empty where none was found */
	struct buffer host;  /* in the usual form; empty where it is that of the control connection */
	unsigned family;     /* of EPRT, as it stands there: 1 IPv4, 2 IPv6, others are none that FTP has; else 0 */
	unsigned long port;  /* 0 to 65535 */
	bool in_two;         /* it was written as two numbers: */
	unsigned high, low;  /* port = high x 256 + low */
	const char *problem; /* what is wrong, the first thing found; NULL where nothing is */
	const char *ref;     /* of the form, and so of the problem */
};

/* Reads an address in that form: the argument of a command, or, with `in_reply`, one that stands somewhere in a reply's
 * text, with or without parentheses (RFC 1123 4.1.2.6). ftp_address_free frees what it holds. */
void ftp_address_parse(struct slice text, enum ftp_address_form form, bool in_reply, struct ftp_address *address);
void ftp_address_free(struct ftp_address *address);

/* ---- words in replies ---- */

/* Appends the path that stands in quotes at the front of a 257, its doubled quotes made single (RFC 959 appendix II).
 * False where the text does not begin with a quoted path, or the path does not end. */
bool ftp_quoted_path(struct buffer *out, struct slice text);

/* Appends a time (RFC 3659 2.3: YYYYMMDDHHMMSS, perhaps with a fraction) as "2024-05-06 07:08:09 UTC". False where it is
 * none: nothing is appended then. */
bool ftp_time_words(struct buffer *out, struct slice text);

/* Takes the next `name=value;` off `*facts` (RFC 3659 7.2). False at the end, and where it is no fact. */
bool ftp_fact(struct slice *facts, struct slice *name, struct slice *value);

/* The number in the first "(1204 bytes)" of a reply's text; false where there is none. */
bool ftp_size_told(struct slice text, uint64_t *octets);

#endif
