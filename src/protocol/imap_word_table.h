/*
 * IMAP's capabilities, and the words that stand in commands and data, as data: tables of those in imap_tables.h.
 */
#ifndef PARLANCE_PROTOCOL_IMAP_WORD_TABLE_H
#define PARLANCE_PROTOCOL_IMAP_WORD_TABLE_H

#include "protocol/knowledge.h"

#define IMAP_KEYWORDS 98
#define IMAP_ITEMS 39
#define IMAP_FLAGS 40
#define IMAP_SEARCH_KEYS 53
#define IMAP_STATUS_ITEMS 12
#define IMAP_ATTRIBUTES 24
#define IMAP_PARAMETERS 69

/* Each sorted as a table is. */
extern const struct entry imap_keywords[IMAP_KEYWORDS];
extern const struct entry imap_items[IMAP_ITEMS];
extern const struct entry imap_flags[IMAP_FLAGS];
extern const struct entry imap_search_keys[IMAP_SEARCH_KEYS];
extern const struct entry imap_status_items[IMAP_STATUS_ITEMS];
extern const struct entry imap_attributes[IMAP_ATTRIBUTES];
extern const struct entry imap_parameters[IMAP_PARAMETERS];

#endif
