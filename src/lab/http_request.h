/*
 * A request as it comes: the request line, the fields, the body by count or in chunks, gathered from what the dialogue tells,
 * with bounds, and judged as RFC 9112 wants it. What is wrong is kept as the status to answer with; nobody can know where such
 * a request ends, so the connection is closed behind the answer.
 */
#ifndef PARLANCE_LAB_HTTP_REQUEST_H
#define PARLANCE_LAB_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "lab/visit.h"
#include "protocol/http_target.h"

/* Octets of a request line, of all fields together, of one line behind the header (a chunk's size, a trailer), and how many
 * fields there may be. */
#define REQUEST_LINE_MAX 16384
#define REQUEST_HEADER_MAX ((size_t)65536)
#define REQUEST_TRAILER_MAX ((size_t)8192)
#define REQUEST_FIELDS_MAX 200

/* Methods that this server knows, as bits. */
enum {
	METHOD_GET = 1 << 0,
	METHOD_HEAD = 1 << 1,
	METHOD_POST = 1 << 2,
	METHOD_PUT = 1 << 3,
	METHOD_DELETE = 1 << 4,
	METHOD_OPTIONS = 1 << 5,
	METHOD_TRACE = 1 << 6
};

enum request_part {
	REQUEST_LINE,
	REQUEST_FIELDS,
	REQUEST_COUNTED,
	REQUEST_SIZE,
	REQUEST_CHUNK,
	REQUEST_CHUNK_END,
	REQUEST_TRAILERS
};

/* A field; offsets into the header. */
struct request_field {
	size_t name, name_n, value, value_n;
};

struct request {
	enum request_part part; /* what the next line is; REQUEST_LINE: none is under way */
	/* The request line. */
	struct buffer line;
	struct slice method;
	struct http_target target;
	unsigned known;   /* the method's bit; 0: unknown */
	unsigned version; /* 10, 11 */
	/* The fields as they came, line ends included, and where each stands. */
	struct buffer header;
	struct request_field *fields;
	size_t nfields, fields_room;
	struct buffer trailer; /* fields behind a chunked body, likewise */
	/* The body. */
	bool chunked, has_length, expects; /* Expect: 100-continue */
	uint64_t length, limit;            /* octets that it has by its count; that it may have */
	struct buffer body;
	uint64_t missing;    /* octets of the count or of the chunk */
	struct buffer piece; /* of a line that comes in pieces */
	/* What is wrong; the first fault counts. */
	unsigned fault; /* a status; 0: none */
	const char *why;
	bool full;     /* a bound is passed: nothing more is kept */
	bool persists; /* the client wants the connection kept */
};

/* What a line has brought. */
enum request_step {
	REQUEST_GOES_ON,
	REQUEST_HEADED, /* the header is complete, and a body follows: see `limit` and `expects` */
	REQUEST_WHOLE,  /* it is complete */
	REQUEST_FAULTY  /* `fault` is to be answered now */
};

/* All zero is a request that has not begun. The line of a command event begins it. */
enum request_step request_begin(struct request *r, const struct visit_line *line);
/* An event of its payload. */
enum request_step request_data(struct request *r, const struct dialogue_event *event);
/* Empties it for the next; and frees it. */
void request_clear(struct request *r);
void request_free(struct request *r);

/* The i-th field; false past the last. */
bool request_field_at(const struct request *r, size_t i, struct slice *name, struct slice *value);
/* The value of the first field of that name; false where there is none. */
bool request_value(const struct request *r, const char *name, struct slice *value);
/* Appends the values of all fields of that name, joined by commas; false where there is none (RFC 9110 5.3). */
bool request_values(const struct request *r, const char *name, struct buffer *out);
/* Whether a list field has that word. */
bool request_has(const struct request *r, const char *name, const char *word);

#endif
