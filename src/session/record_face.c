/*
 * What stands in a record: the face that a session is told to.
 *
 * It is the plain face on a sink of the record's, made when the first line is said: only then is the protocol known,
 * which the header tells and the target may depend on.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "protocol/protocol.h"
#include "session/attempts.h"
#include "session/record.h"
#include "session/record_inside.h"

/* ---- the header ---- */

static const char *user_name(void)
{
	const struct passwd *user = getpwuid(getuid());
	const char *name = user ? user->pw_name : getenv("LOGNAME");
	return name && *name ? name : "unknown";
}

static void field(struct buffer *out, const char *name, const char *value)
{
	buffer_printf(out, "%s: ", name);
	escape_text(out, slice_of(value));
	buffer_add_octet(out, '\n');
}

/* The scheme without which the target would be taken for something else; NULL where it needs none. A greeting of 220 may
 * be of several protocols: whoever reads the record finds it as the session did, by what is said then. */
static const struct scheme *scheme_needed(const struct record_about *about, const struct dialogue_event *first)
{
	const struct protocol *protocol = protocol_named(slice_of(first->protocol));
	bool undecided = protocol && strcmp(protocol->name, "tcp") == 0 && slice_starts(first->text, SLICE("220"));
	if (about->port == 0 || protocol == NULL || undecided)
		return NULL;
	const struct protocol *found = protocol_of_port(about->port);
	if (found == protocol && port_implies_tls(about->port) == about->tls)
		return NULL;
	for (const struct scheme *row = protocol->schemes; row->name; row++)
		if (row->tls == about->tls)
			return row;
	return NULL;
}

static void header_make(const struct record_about *about, const struct dialogue_event *first, struct buffer *out)
{
	char date[32] = "";
	time_t now = time(NULL);
	struct tm parts;
	if (gmtime_r(&now, &parts))
		(void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &parts);
	const struct scheme *scheme = scheme_needed(about, first);
	char *title = about->target ? string_printf("A session with %s", about->target) : string_copy("A session");
	field(out, "Title", about->title && *about->title ? about->title : title);
	free(title);
	if (about->target && scheme)
		buffer_printf(out, "Target: %s://%s\n", scheme->name, about->target);
	else if (about->target)
		buffer_printf(out, "Target: %s\n", about->target);
	buffer_printf(out, "Date: %s\n", date);
	field(out, "Who", about->who ? about->who : user_name());
	/* The face would take TLS that began in mid-session for TLS from the first octet. */
	if (about->late && first->secure && !about->tls)
		buffer_add_string(out, "TLS: none\n");
}

/* ---- the face ---- */

struct record_face {
	struct face face; /* first: a face is one of these */
	struct record *record;
	struct record_about about;
	char *title, *target, *who;
	struct mask_room room;
	struct face *inner;       /* NULL: nothing was said yet */
	struct buffer remarks;    /* that came before, a line each */
	struct buffer time, last; /* as it stands in a comment: now, and in the one before */
	bool midway;              /* a piece of a longer line was said last */
	struct attempts attempts;
	bool proving;     /* a secret was said, and not answered yet */
	uint64_t proof;   /* by that command; 0: in an exchange, or a field */
	enum class class; /* of the reply that is being heard */
};

static struct record_face *record_of(struct face *face)
{
	return (struct record_face *)face;
}

/* The face's sink. */
static void face_write(void *context, struct slice text)
{
	struct record_face *r = context;
	struct buffer named = { 0 };
	if (!record_patches(r->record) || record_failure(r->record)) {
		record_write(r->record, text);
		return;
	}
	attempts_name(&r->attempts, text, record_end(r->record), &named, record_patch, r->record);
	record_write(r->record, buffer_slice(&named));
	buffer_free(&named);
}

/* Whether a login was accepted: the reply that answers a secret tells. */
static void judge(struct record_face *r, const struct dialogue_event *masked)
{
	if (masked->side == SIDE_CLIENT && event_span(masked, SPAN_SECRET)) {
		r->proving = true;
		r->proof = masked->kind == EVENT_COMMAND ? masked->n : 0;
	}
	if (masked->side == SIDE_SERVER && masked->kind == EVENT_REPLY)
		r->class = masked->class;
	bool open = r->class == CLASS_NONE || r->class == CLASS_INFO || r->class == CLASS_CONTINUE;
	if (masked->side != SIDE_SERVER || !masked->final || !r->proving || open || masked->answers < r->proof)
		return;
	r->proving = false;
	attempts_judged(&r->attempts, r->class == CLASS_SUCCESS || r->class == CLASS_REDIRECT, record_patch, r->record);
}

/* The first line is being said. */
static void begin(struct record_face *r, const struct dialogue_event *first)
{
	struct buffer header = { 0 };
	struct sink sink = { face_write, r };
	header_make(&r->about, first, &header);
	if (record_begun(r->record))
		record_write(r->record, SLICE("\n"));
	r->inner = plain_face(sink, NOTES_OFF, buffer_slice(&header));
	buffer_free(&header);
	if (r->about.late)
		face_remark(r->inner,
		            SLICE("The record begins here, in mid-session: what was said before is not in it."));
	struct slice rest = buffer_slice(&r->remarks);
	while (rest.n)
		face_remark(r->inner, slice_row(&rest));
	buffer_free(&r->remarks);
}

/* When it was said, where that is another time than that of the line before, as far as it is printed. */
static void say_time(struct record_face *r, const struct dialogue_event *event)
{
	if (!r->about.times || event->t < 0 || r->midway)
		return;
	buffer_clear(&r->time);
	buffer_printf(&r->time, "%.3f s", event->t);
	if (slice_equal(buffer_slice(&r->time), buffer_slice(&r->last)))
		return;
	face_remark(r->inner, buffer_slice(&r->time));
	buffer_clear(&r->last);
	buffer_add_slice(&r->last, buffer_slice(&r->time));
}

static void record_event(struct face *face, const struct dialogue_event *event)
{
	struct record_face *r = record_of(face);
	struct dialogue_event masked;
	/* That it has connected is implied, and TLS from the first octet is told by the header. */
	if (r->inner == NULL && event->kind == EVENT_STAGE && event->stage != STAGE_CLOSE)
		return;
	if (r->inner == NULL)
		begin(r, event);
	say_time(r, event);
	mask_event(&r->about.masking, event, &r->room, &masked);
	face_event(r->inner, &masked);
	judge(r, &masked);
	r->midway = event->more;
}

static void record_remark(struct face *face, struct slice text)
{
	struct record_face *r = record_of(face);
	if (r->inner) {
		face_remark(r->inner, text);
		return;
	}
	buffer_add_slice(&r->remarks, text);
	buffer_add_octet(&r->remarks, '\n');
}

static void record_comment(struct face *face, struct slice text)
{
	struct record_face *r = record_of(face);
	if (r->inner)
		face_comment(r->inner, text);
}

static void record_direction(struct face *face, struct slice text)
{
	struct record_face *r = record_of(face);
	if (r->inner)
		face_direction(r->inner, text);
}

static void record_over(struct face *face)
{
	struct record_face *r = record_of(face);
	face_close(r->inner);
	mask_free(&r->room);
	attempts_free(&r->attempts);
	buffer_free(&r->remarks);
	buffer_free(&r->time);
	buffer_free(&r->last);
	free(r->title);
	free(r->target);
	free(r->who);
	free(r);
}

static const struct face_kind record_kind = {
	.event = record_event,
	.remark = record_remark,
	.close = record_over,
	.comment = record_comment,
	.direction = record_direction,
};

struct face *record_begin(struct record *record, const struct record_about *about)
{
	struct record_face *r = memory_zeroed(1, sizeof *r);
	r->face.kind = &record_kind;
	r->record = record;
	r->about = *about;
	r->about.title = r->title = string_copy(about->title);
	r->about.target = r->target = string_copy(about->target);
	r->about.who = r->who = string_copy(about->who);
	return &r->face;
}
