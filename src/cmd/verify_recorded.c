/*
 * verify --recorded: sessions that others recorded, compared with a script. This is how a class hands in its work.
 */
#include "base/error.h"
#include "base/escape.h"
#include "cmd/verify.h"
#include "script/recorded.h"

struct session_compared {
	struct verifying *verifying;
	const struct script *script;
	size_t differing;
};

static void judged(void *context, struct judge *judge)
{
	struct session_compared *c = context;
	c->differing += verifying_tell(c->verifying, c->script, judge);
}

static void passed_over(void *context, unsigned line, struct slice command)
{
	const struct session_compared *c = context;
	struct buffer text = { 0 }, room = { 0 };
	struct masking masking = options_masking(c->verifying->options, false);
	if (c->verifying->options->quiet)
		return;
	(void)mask_values(&masking, &command, &room);
	buffer_printf(&text, "line %u of the session is not in the script, and is passed over with its reply: ", line);
	escape_text(&text, command);
	report_comment(c->verifying->report, buffer_slice(&text));
	buffer_free(&text);
	buffer_free(&room);
}

/* Who recorded it, and when. */
static void say_origin(struct verifying *v, const struct script *session)
{
	struct buffer text = { 0 };
	if (session->who)
		buffer_printf(&text, "Who: %s", session->who);
	if (session->date)
		buffer_printf(&text, "%sDate: %s", text.n ? ", " : "", session->date);
	if (text.n && !v->options->quiet)
		report_comment(v->report, buffer_slice(&text));
	buffer_free(&text);
}

/* The session cannot be read. */
static void tell_problem(struct verifying *v, const struct verified *session)
{
	struct outcome outcome = { .problem = slice_of(session->problem) };
	report_begin(v->report, session->name, NULL);
	if (!options_terminal(v->options)) /* there the report says it */
		complain("%s", session->problem);
	report_end(v->report, &outcome);
	v->status = STATUS_USAGE > v->status ? STATUS_USAGE : v->status;
}

static void compare(struct verifying *v, const struct rehearsal *r, const struct verified *session)
{
	struct session_compared c = { .verifying = v, .script = v->list[0].script };
	struct recorded_events events = { .judged = judged, .passed_over = passed_over, .context = &c };
	struct outcome outcome = { 0 };
	report_begin(v->report, session->name, session->script->title);
	say_origin(v, session->script);
	recorded_compare(r, session->script, verifying_level(v, c.script), &v->options->variables, &events);
	report_end(v->report, &outcome);
	if (c.differing > 0 && v->status < STATUS_DIFFERED)
		v->status = STATUS_DIFFERED;
}

void verify_recorded(struct verifying *v, struct verified *sessions, size_t n)
{
	struct rehearsal *r = rehearse(v->list[0].script, v->options->protocol, &v->options->variables);
	for (size_t i = 0; i < n && !v->interrupted; i++) {
		if (sessions[i].script)
			compare(v, r, &sessions[i]);
		else
			tell_problem(v, &sessions[i]);
		if (v->options->bail && v->status != STATUS_OK)
			break;
	}
	rehearsal_free(r);
}
