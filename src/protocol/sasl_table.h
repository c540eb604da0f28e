/*
 * The SASL mechanisms, as data, for the tables of every protocol that has them.
 */
#ifndef PARLANCE_PROTOCOL_SASL_TABLE_H
#define PARLANCE_PROTOCOL_SASL_TABLE_H

#include "protocol/knowledge.h"

#define SASL_MECHANISMS 46

/* Sorted as a table is. */
extern const struct entry sasl_mechanisms[SASL_MECHANISMS];

#endif
