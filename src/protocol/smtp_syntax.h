/*
 * The grammar of SMTP's lines: replies, paths and parameters (RFC 5321 sections 4.1.2 and 4.2).
 */
#ifndef PARLANCE_PROTOCOL_SMTP_SYNTAX_H
#define PARLANCE_PROTOCOL_SMTP_SYNTAX_H

#include <stdbool.h>

#include "base/slice.h"
#include "protocol/coded_reply.h"

/* One line of a reply. */
struct smtp_reply {
	struct coded_reply line;
	struct slice enhanced; /* the enhanced status code that its text begins with (RFC 2034), or empty */
};

/* False where the line begins with no three-digit code of RFC 5321 4.2.1 (100 to 599). */
bool smtp_reply_parse(struct slice line, struct smtp_reply *reply);

/* What stands behind MAIL or RCPT. */
struct smtp_path {
	struct slice address;    /* between the angle brackets, or the word that stands without them */
	struct slice parameters; /* behind the path, spaces trimmed */
	const char *problem;     /* what is wrong with the path, the first thing found; NULL where nothing is */
	const char *ref;         /* of the problem */
	const char *fault;       /* the first that no server passes over, as they do a space behind the colon; NULL */
	const char *fault_ref;   /* of the fault */
	bool source_route;       /* `<@a,@b:user@c>`, which RFC 5321 appendix C makes obsolete */
};

/*
 * Takes apart the arguments of MAIL (`keyword` "FROM:") or RCPT ("TO:"). `null_allowed`: `<>` may stand there (MAIL);
 * elsewhere `<Postmaster>` may (RFC 5321 4.1.1.3).
 */
void smtp_path_parse(struct slice arguments, struct slice keyword, bool null_allowed, struct smtp_path *path);

/* Takes the next parameter off `*parameters`: `KEYWORD` or `KEYWORD=VALUE` (RFC 5321 4.1.2, esmtp-param). False at
 * the end. */
bool smtp_parameter(struct slice *parameters, struct slice *keyword, struct slice *value);

/* Whether an EHLO keyword looks overwritten on the way: X's and nothing else but one letter at the end perhaps, as
 * firewalls do with what they hide (`XXXXXXXX`, `XXXXXXXA`). What stands behind it does not matter. */
bool smtp_overwritten(struct slice keyword);

#endif
