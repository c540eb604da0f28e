/*
 * The fields of HTTP's header, and words that stand in them, as data: two of the tables in http_tables.h.
 */
#ifndef PARLANCE_PROTOCOL_HTTP_FIELD_TABLE_H
#define PARLANCE_PROTOCOL_HTTP_FIELD_TABLE_H

#include "protocol/knowledge.h"

#define HTTP_FIELDS 408
#define HTTP_TOKENS 100

/* Sorted as a table is. */
extern const struct entry http_fields[HTTP_FIELDS], http_tokens[HTTP_TOKENS];

#endif
