/*
 * The forms that import.c knows: a row each. Known to import_*.c alone.
 */
#ifndef PARLANCE_SCRIPT_IMPORT_FORMS_H
#define PARLANCE_SCRIPT_IMPORT_FORMS_H

#include <stdbool.h>

#include "script/import_draft.h"

struct import_form {
	const char *name; /* as --from takes it */
	const char *what; /* in a few words */
	/* How much a line, without its end, speaks for the form: 0 nothing, 3 surely. `first`: nothing but empty lines stands
	 * before it. */
	unsigned (*likes)(struct slice line, bool first);
	/* Reads all of the text into the draft. STATUS_USAGE by draft_wrong where it cannot go on. */
	enum status (*read)(struct draft *d, struct slice text);
};

/* The forms, each beside its reader. */
extern const struct import_form import_imaplib, import_smtplib, import_poplib, import_ftplib, import_http_client,
	import_curl, import_swaks, import_s_client, import_telnet, import_nc, import_exim, import_imaptest,
	import_document;
/* Those that only documents have (extract_recorded.c). */
extern const struct import_form import_ruby, import_nodemailer, import_curl_trace, import_ftp, import_log;
/* Whether octets stand in the line as curl --trace writes them: it belongs to the line above. */
bool curl_trace_octets(struct slice line);
/* How many lines of the text are a log that import_log reads, which begins with the first; 0: it does not. `*barren`: no two sides
 * speak in its first lines, so that none begins soon behind the first either. */
size_t log_lines(struct slice text, bool *barren);
/* Where in the line something begins that a side surely says, with a log's front before it; 0 where nothing does. */
size_t log_says(struct slice line, enum side *side);
/* Whether the line may stand below what the program ftp says: a reply, a listing, a command that it shows. */
bool ftp_goes_on(struct slice line);

/* ---- what several readers ask of a line ---- */

/* Whether the line begins with that word, given as a string; `*rest` (may be NULL) is what stands behind it. */
bool line_starts(struct slice line, const char *word, struct slice *rest);
/* Whether the line begins with three digits and then a space, a hyphen or nothing: a reply of SMTP's or FTP's. */
bool line_is_code(struct slice line);
/* How many of these words, ended by NULL, the line begins with: 0 or 1. */
bool line_starts_any(struct slice line, const char *const *words);

#endif
