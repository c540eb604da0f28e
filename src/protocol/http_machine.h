/*
 * What the parts of the HTTP machine share. http_client.c reads request lines, http_server.c status lines; the rest of
 * a message is read alike on both sides: http_message.c reads its header, http_body.c its body, http_fields.c says
 * what a field means. http.c holds the row and what is asked of the session as a whole.
 */
#ifndef PARLANCE_PROTOCOL_HTTP_MACHINE_H
#define PARLANCE_PROTOCOL_HTTP_MACHINE_H

#include "protocol/http.h"
#include "protocol/http_tables.h"
#include "protocol/machine.h"

/* What the next line of a message is. */
enum http_part {
	PART_START,     /* none is under way: a request line, or a status line */
	PART_FIELDS,    /* the header */
	PART_COUNTED,   /* the body, by its Content-Length */
	PART_SIZE,      /* a chunk's size */
	PART_CHUNK,     /* its octets */
	PART_CHUNK_END, /* the CRLF behind them */
	PART_TRAILERS,  /* fields behind the last chunk */
	PART_TO_CLOSE   /* the body, up to the close */
};

/* Versions as http_version gives them. */
#define VERSION_0_9 9U
#define VERSION_1_0 10U
#define VERSION_1_1 11U

/* A time that a field said. */
struct http_time {
	bool said;
	int64_t seconds; /* since 1970 */
};

/* A request or a response under way. All zero, none is. */
struct http_message {
	enum http_part part;
	bool response;
	unsigned version;
	/* Values of the fields that decide how the message ends, each field's joined by commas. */
	struct buffer length, coding, connection;
	bool length_said, coding_said;
	bool framing_cut; /* one of them was too long to be kept */
	/* The field under way, for its later pieces and folded lines. */
	struct buffer *open; /* one of the three above, or NULL */
	struct buffer name;  /* the last field's, in lower case; empty before the first */
	bool secret;         /* it is one that is masked */
	/* What other fields have said. */
	unsigned hosts;        /* how many there were */
	struct buffer target;  /* of a request: the authority in its target, which Host repeats; or empty */
	bool expect;           /* Expect: 100-continue */
	struct buffer upgrade; /* protocols of Upgrade, joined by commas */
	struct buffer media;   /* Content-Type's type/subtype */
	struct http_time date, modified, expires;
	/* The body. */
	bool body_begun;
	bool size_bad; /* of the chunk-size line under way */
	bool lost;     /* nobody can tell where the chunks end */
	bool invalid;  /* of a response: its Content-Length cannot be read, and it is discarded */
	uint64_t size; /* of the chunk under way */
	uint64_t chunks, octets;
	/* Of a response: */
	unsigned code;     /* 0: raw text, as of HTTP/0.9 */
	bool bodiless;     /* it has no body, and must not have the fields that announce one */
	const char *needs; /* a field that must come with this code, and has not yet; else NULL */
	uint64_t answers;  /* the request's number; 0: none waits */
	unsigned flags;    /* the request's, below */
};

/* outstanding.flags */
#define FLAG_HEAD 0x01U
#define FLAG_CONNECT 0x02U
#define FLAG_SIMPLE 0x04U  /* HTTP/0.9: its response has no header */
#define FLAG_OLD 0x08U     /* it said HTTP/1.0 */
#define FLAG_CLOSE 0x10U   /* the server closes behind its response */
#define FLAG_UPGRADE 0x20U /* it offered another protocol */

struct http {
	struct http_message request, response;
	uint64_t request_n;     /* the number of the request under way */
	bool waits;             /* its body waits to be asked for (Expect: 100-continue) */
	const char *tunnel_ref; /* both sides speak something else, by this section; else NULL */
	bool tunnel_told;
	bool binary;  /* the client speaks HTTP/2 from here on */
	bool closing; /* no further response comes */
	bool unread_told;
	bool tls_told;         /* that the server wants TLS at this port */
	bool client_gone;      /* the client has hung up */
	struct buffer offered; /* protocols that the last request with Upgrade offered */
	char tail[16];         /* the end of a request line that comes in pieces */
	size_t tail_n;
};

/* ---- the session: http.c ---- */

/* Moves the state to what the two messages and the queue say; called behind every line. */
void http_settle(struct dialogue *d);

/* Why no request may begin now, a sentence that begins in lower case; NULL where one may. */
const char *http_refuses(const struct dialogue *d);

/* The request of that number that waits, and its place in the queue in `*i` (may be NULL); NULL where it does not wait. */
struct outstanding *http_waiting(const struct dialogue *d, uint64_t n, size_t *i);

/* Both sides speak something else from here on, as section `ref` says (RFC 9110 7.8 or 9.3.6). */
void http_tunnel_begin(struct dialogue *d, const char *ref);

/* The server closes: what still waits is not answered, and what the client still says is not read (RFC 9112 9.6). */
void http_closing(struct dialogue *d, struct dialogue_event *event);

/* A line of the tunnel. */
void http_opaque_line(struct dialogue *d, const struct line *line, struct dialogue_event *event);

/* ---- a message's header: http_message.c ---- */

void http_message_begin(struct http_message *m, bool response, unsigned version);
void http_message_end(struct http_message *m);

/* Reads a line of the header, or of the trailer. True at the empty line that ends it. */
bool http_header_line(struct dialogue *d, struct http_message *m, const struct line *line,
                      struct dialogue_event *event);

/* How a body ends, by the fields alone (RFC 9112 6.3). */
enum http_framing {
	FRAMED_NONE,  /* no field says that one comes */
	FRAMED_COUNT, /* `*octets` */
	FRAMED_CHUNKS,
	FRAMED_UNKNOWN /* the fields contradict each other, or cannot be read */
};
enum http_framing http_framing(const struct http_message *m, uint64_t *octets);

/* Whether the connection stays open behind this message, as far as its own words go (RFC 9112 9.3). */
bool http_persists(const struct http_message *m);

/* ---- its body: http_body.c ---- */

/* Begins the body that the fields announce, says so in the event of the empty line, and returns whether one comes. For
 * a response that no field frames it is the text up to the close. */
bool http_body_begin(struct dialogue *d, struct http_message *m, enum side side, struct dialogue_event *event);

/* Reads a line behind the header. True where the message is complete with it. */
bool http_body_line(struct dialogue *d, struct http_message *m, const struct line *line, struct dialogue_event *event);

/* Says what is missing of a message that a close has cut off (RFC 9112 8). */
void http_body_cut(struct dialogue *d, const struct http_message *m, enum side side, struct dialogue_event *event);

/* ---- what a field means: http_fields.c, http_secrets.c ---- */

/* Notes and problems of a field, if its line is whole; what later lines need is kept in `m`. `value` lies in the event's
 * text, event->keyword is its name. */
void http_field_notes(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event);

/* Whether a field of that name holds what is masked. */
bool http_field_secret(struct slice name);

/* Marks what is secret in the value of such a field, and decodes it. */
void http_field_mask(struct dialogue *d, struct slice name, struct slice value, struct dialogue_event *event);

/* ---- the two sides ---- */

void http_client(struct dialogue *d, const struct line *line, struct dialogue_event *event);
void http_server(struct dialogue *d, const struct line *line, struct dialogue_event *event);

#endif
