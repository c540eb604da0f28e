/*
 * Conditions and ranges: whether a request is carried out, and which octets of an answer go out (RFC 9110 13.2.2, 14.2).
 */
#include <time.h>

#include "base/crypto.h"
#include "lab/http_exchange.h"
#include "protocol/http_syntax.h"
#include "protocol/http_validators.h"

/* Ranges that one request may ask for. */
#define RANGES_MAX 64

/* What the conditions are about. */
struct state {
	const struct http_tag *tag; /* NULL: nothing is there */
	int64_t changed;            /* 0: not known */
};

enum verdict { GO_ON, NOT_MODIFIED, FAILED };

/* ---- entity-tags ---- */

/* A strong one: it changes with the octets, and with them alone. */
static void tag_of(struct slice octets, struct buffer *out)
{
	unsigned char digest[DIGEST_MAX];
	digest_of(DIGEST_SHA256, octets, digest);
	buffer_add_octet(out, '"');
	hex_encode(out, digest, 10);
	buffer_add_octet(out, '"');
}

/* ---- conditions ---- */

/* The date in the one field of that name (RFC 9110 13.1.3: of two, or of none that can be read, nothing is made). */
static bool date_of(const struct request *r, const char *name, int64_t *seconds)
{
	struct buffer values = { 0 };
	bool good = request_values(r, name, &values) && http_date_parse(buffer_slice(&values), seconds) != DATE_NONE;
	buffer_free(&values);
	return good;
}

/* Steps 3 and 4 of the order. */
static enum verdict modified(const struct request *r, const struct state *state, bool asks)
{
	struct buffer tags = { 0 };
	int64_t since = 0;
	enum verdict verdict = GO_ON;
	if (request_values(r, "If-None-Match", &tags)) {
		if (http_tags_match(buffer_slice(&tags), state->tag, false))
			verdict = asks ? NOT_MODIFIED : FAILED;
	} else if (asks && state->changed && date_of(r, "If-Modified-Since", &since) && state->changed <= since) {
		verdict = NOT_MODIFIED;
	}
	buffer_free(&tags);
	return verdict;
}

/* `asks`: the method is GET or HEAD. */
static enum verdict judge(const struct request *r, const struct state *state, bool asks)
{
	struct buffer tags = { 0 };
	int64_t since = 0;
	bool fails = false;
	if (request_values(r, "If-Match", &tags))
		fails = !http_tags_match(buffer_slice(&tags), state->tag, true);
	else if (state->changed && date_of(r, "If-Unmodified-Since", &since))
		fails = state->changed > since;
	buffer_free(&tags);
	return fails ? FAILED : modified(r, state, asks);
}

static void say_failed(struct exchange *x)
{
	say_status(x, 412, "What stands here is not in the state that the request makes its condition.");
}

bool condition_fails(struct exchange *x, struct slice there, bool exists, int64_t changed)
{
	struct buffer text = { 0 };
	struct http_tag tag = { 0 };
	tag_of(there, &text);
	tag.opaque = buffer_slice(&text);
	struct state state = { exists ? &tag : NULL, exists ? changed : 0 };
	bool fails = judge(x->request, &state, false) == FAILED;
	buffer_free(&text);
	if (fails)
		say_failed(x);
	return fails;
}

/* ---- ranges ---- */

/* If-Range: the range counts only if what stands here is still that; a date only where it is more than a second old, so
 * that it names one state (RFC 9110 13.1.5, 8.8.2.2). */
static bool same_still(const struct request *r, const struct state *state)
{
	struct buffer value = { 0 };
	struct http_tag tag;
	int64_t date = 0;
	bool same = true;
	if (request_values(r, "If-Range", &value)) {
		struct slice rest = buffer_slice(&value);
		if (http_date_parse(rest, &date) != DATE_NONE)
			same = state->changed && date == state->changed && (int64_t)time(NULL) > date + 1;
		else
			same = http_tag_next(&rest, &tag) && rest.n == 0 && !tag.weak &&
			       slice_equal(tag.opaque, state->tag->opaque);
	}
	buffer_free(&value);
	return same;
}

static void write_range(struct buffer *out, const struct http_range *range, uint64_t length)
{
	buffer_printf(out, "Content-Range: bytes %llu-%llu/%llu\r\n", (unsigned long long)range->first,
	              (unsigned long long)range->last, (unsigned long long)length);
}

static struct slice range_octets(struct slice whole, const struct http_range *range)
{
	return slice_part(whole, (size_t)range->first, (size_t)range->last + 1);
}

/* Puts ranges in place of the whole body, which stays where it is: they look into it. */
static void cut(struct answer *a, const char *type, const struct http_range *ranges, size_t n)
{
	struct slice whole = a->pieces[0].octets;
	struct buffer kept = a->pieces[0].made, boundary = { 0 };
	unsigned char octets[12];
	random_octets(octets, sizeof octets);
	hex_encode(&boundary, octets, sizeof octets);
	a->npieces = 0;
	a->status = 206;
	for (size_t i = 0; i < n; i++) {
		struct buffer head = { 0 };
		if (n > 1) {
			buffer_printf(&head, "%s--" SLICE_FMT "\r\nContent-Type: %s\r\n", i ? "\r\n" : "",
			              SLICE_ARG(buffer_slice(&boundary)), type);
			write_range(&head, &ranges[i], whole.n);
			buffer_add_string(&head, "\r\n");
		}
		answer_take(a, &head);
		answer_look(a, range_octets(whole, &ranges[i]));
	}
	if (n > 1) {
		struct buffer end = { 0 };
		buffer_printf(&end, "\r\n--" SLICE_FMT "--\r\n", SLICE_ARG(buffer_slice(&boundary)));
		answer_take(a, &end);
		answer_field(a, "Content-Type", "multipart/byteranges; boundary=" SLICE_FMT,
		             SLICE_ARG(buffer_slice(&boundary)));
	} else {
		answer_field(a, "Content-Type", "%s", type);
		write_range(&a->fields, &ranges[0], whole.n);
	}
	answer_take(a, &kept);
	a->pieces[a->npieces - 1].octets.n = 0; /* it is only kept */
	buffer_free(&boundary);
}

/* Whether a range was asked for, and is answered. */
static bool say_ranges(struct exchange *x, const char *type, const struct state *state)
{
	struct http_range ranges[RANGES_MAX];
	struct buffer value = { 0 };
	size_t n = 0;
	uint64_t length = answer_octets(x->answer);
	enum http_ranges what = RANGES_NONE;
	if (x->request->known == METHOD_GET && length > 0 && request_values(x->request, "Range", &value) &&
	    same_still(x->request, state))
		what = http_ranges_parse(buffer_slice(&value), length, ranges, RANGES_MAX, &n);
	buffer_free(&value);
	if (what == RANGES_GOOD) {
		cut(x->answer, type, ranges, n);
	} else if (what == RANGES_UNSATISFIABLE) {
		answer_field(x->answer, "Content-Range", "bytes */%llu", (unsigned long long)length);
		say_status(x, 416, "There are %llu octets here, and none in the range asked for.",
		           (unsigned long long)length);
	}
	return what != RANGES_NONE;
}

/* ---- content ---- */

/* What stands here, or the ranges of it that were asked for. */
static void say_state(struct exchange *x, const char *type, const struct state *state)
{
	answer_field(x->answer, "Accept-Ranges", "bytes");
	if (!say_ranges(x, type, state))
		answer_field(x->answer, "Content-Type", "%s", type);
	if (x->answer->status != 416)
		answer_field(x->answer, "X-Content-Type-Options", "nosniff");
}

void say_content(struct exchange *x, const char *type, int64_t changed)
{
	struct answer *a = x->answer;
	struct buffer text = { 0 };
	struct http_tag tag = { 0 };
	int64_t now = (int64_t)time(NULL);
	changed = changed > now ? now : changed; /* RFC 9110 8.8.2.1 */
	if (a->npieces == 0)
		answer_add(a, "");
	tag_of(a->pieces[0].octets, &text);
	tag.opaque = buffer_slice(&text);
	struct state state = { &tag, changed };
	enum verdict verdict = judge(x->request, &state, true);
	a->status = verdict == NOT_MODIFIED ? 304 : 200;
	if (verdict == FAILED) {
		say_failed(x);
	} else {
		answer_field(a, "ETag", SLICE_FMT, SLICE_ARG(tag.opaque));
		answer_field(a, "Cache-Control", "no-cache");
		if (changed)
			answer_date(a, "Last-Modified", changed);
		if (verdict == NOT_MODIFIED)
			answer_drop_body(a);
		else
			say_state(x, type, &state);
	}
	buffer_free(&text);
}
