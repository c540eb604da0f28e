/*
 * The values of the parameters of MAIL and RCPT (RFC 5321 4.1.2, RFC 3461 4, RFC 4954 5, RFC 6533 3).
 */
#ifndef PARLANCE_PROTOCOL_SMTP_VALUES_H
#define PARLANCE_PROTOCOL_SMTP_VALUES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Whether it is an esmtp-keyword; an esmtp-value (RFC 6531: UTF-8 too). */
bool smtp_is_keyword(struct slice keyword);
bool smtp_is_value(struct slice value);

/* Appends what xtext stands for (RFC 3461 4). False, with `*out` as it was, where it is none. */
bool smtp_xtext(struct buffer *out, struct slice xtext);

/* ENVID: xtext of printable ASCII, up to 100 octets of it (RFC 3461 4.4). */
bool smtp_is_envid(struct slice value);
/* RET: FULL or HDRS. */
bool smtp_is_ret(struct slice value);
/* NOTIFY: NEVER alone, or some of SUCCESS, FAILURE and DELAY (RFC 3461 4.1). */
bool smtp_is_notify(struct slice value);
/* ORCPT: `type;xtext`, up to 500 octets of it (RFC 3461 4.2); of the type utf-8 RFC 6533 3's forms instead. */
bool smtp_is_orcpt(struct slice value);
/* AUTH: xtext of a mailbox, or `<>` (RFC 4954 5). Whether a mailbox stands there is not looked at: clients send bare names,
 * and nobody here trusts them. */
bool smtp_is_auth(struct slice value);

#endif
