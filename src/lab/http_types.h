/*
 * What a file holds, by the end of its name.
 */
#ifndef PARLANCE_LAB_HTTP_TYPES_H
#define PARLANCE_LAB_HTTP_TYPES_H

#include "base/slice.h"

/* The media type of a file of that name, for Content-Type; "application/octet-stream" where the name tells nothing. */
const char *http_type_of(struct slice name);

#endif
