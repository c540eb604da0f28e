/*
 * What a request's target says (RFC 9112 3.2, RFC 3986): its parts, percent-encoding, and the host of a Host field.
 */
#ifndef PARLANCE_PROTOCOL_HTTP_TARGET_H
#define PARLANCE_PROTOCOL_HTTP_TARGET_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "protocol/http_syntax.h"

/* A target taken apart. Parts that are missing are empty. */
struct http_target {
	enum http_form form;
	struct slice scheme;    /* of a whole URL, "http" */
	struct slice authority; /* of a whole URL, and of host:port: without the user */
	struct slice path;      /* as it stands there, with its percent signs */
	struct slice query;     /* behind the ?; it may be empty and still be said */
	bool has_query;
};
/* False where it is none of the four forms, or an octet in it may not stand in a URL, a # included (RFC 9112 3.2). */
bool http_target_parse(struct slice target, struct http_target *parts);

/* Whether that is `host[:port]` with a host that is not empty: a name, an address, or an IPv6 address in brackets (RFC 9110
 * 7.2, RFC 3986 3.2.2). */
bool http_host_valid(struct slice value);

/* Appends what percent-encoded text stands for (RFC 3986 2.1). False, and nothing appended, where two hexadecimal digits are
 * missing behind a percent sign. */
bool http_percent_decode(struct buffer *out, struct slice text);
/* Appends a path so that a URL can hold it: letters, digits and -._~!$&'()*+,;=:@/ stay, all else is encoded. */
void http_percent_encode(struct buffer *out, struct slice path);

#endif
