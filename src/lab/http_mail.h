/*
 * What the two rooms of the mailboxes' pages share: http_mail.c, users, mailboxes and lists; http_letter.c, one message.
 */
#ifndef PARLANCE_LAB_HTTP_MAIL_H
#define PARLANCE_LAB_HTTP_MAIL_H

#include "lab/http_exchange.h"

/* Appends what the header's field of that name says, decoded, for HTML; nothing where there is none. */
void html_field(struct buffer *out, struct slice header, struct slice name);

/* A message as a page; its source; and one of its parts to download, by its section number (RFC 9051 6.4.5). */
void say_letter(struct exchange *x, const struct mail *mail);
void say_source(struct exchange *x, const struct mail *mail);
void say_part(struct exchange *x, const struct mail *mail, struct slice section);

#endif
