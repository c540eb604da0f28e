/*
 * Which reply of the script it is that came: by the command that it answers, where both sides tell, else by the order.
 */
#include "script/judge_inside.h"

size_t judge_awaited(const struct judge *j, size_t from)
{
	size_t first;
	(void)judge_block_replies(j, &first);
	for (size_t i = from > first ? from : first; i < j->r->nreplies; i++)
		if (!j->heard[i].complete)
			return i;
	return j->r->nreplies;
}

/* A preliminary reply that the script need not have, and that is not what came: that is the next, where there is one. */
static bool is_passed(const struct judge *j, size_t i)
{
	const struct expected_reply *reply = &j->r->replies[i];
	return reply->optional && reply->class == CLASS_INFO && j->coming.class != CLASS_INFO;
}

/* The reply that answers that line and has not come. `*listed`: there is one that does, come or not. A reply may come
 * while the lines before its block still go out. */
static size_t answer_of(const struct judge *j, size_t line, bool *listed)
{
	size_t first;
	(void)judge_block_replies(j, &first);
	size_t found = j->r->nreplies;
	*listed = false;
	for (size_t i = first; i < j->r->nreplies; i++) {
		bool open = found < j->r->nreplies && !j->r->replies[i].complete; /* the script does not tell its end */
		if (j->r->replies[i].answers != line && !open)
			continue;
		*listed = true;
		if (j->heard[i].complete)
			continue;
		if (!is_passed(j, i))
			return i;
		found = found == j->r->nreplies ? i : found;
	}
	return found;
}

/* A reply that answers nothing: one that the script expects so, the greeting among them. */
static size_t unasked_reply(const struct judge *j)
{
	size_t first, end = judge_block_replies(j, &first);
	for (size_t i = judge_awaited(j, 0); i < end; i = judge_awaited(j, i + 1))
		if (j->ordered || !j->r->replies[i].complete || j->r->replies[i].answers == NO_LINE)
			return i;
	return j->r->nreplies;
}

bool judge_was_asked(const struct judge *j, size_t reply)
{
	const struct rehearsal *r = j->r;
	if (reply == r->nreplies)
		return false;
	size_t due = r->lines[r->replies[reply].last].due;
	size_t block = r->lines[r->replies[reply].first].block;
	if (r->replies[reply].answers == NO_LINE || j->ordered)
		due = block > 0 ? r->blocks[block - 1].first : NO_LINE;
	return due == NO_LINE || due < j->said;
}

/* Which reply of the script is told by the event, whether it is due or not. */
static size_t candidate_of(const struct judge *j, const struct dialogue_event *event)
{
	bool listed;
	if (j->r->protocol->bare)
		return judge_awaited(j, 0);
	if (event->answers == 0)
		return unasked_reply(j);
	/* A reply whose end the script leaves out: which one that is only the order tells. */
	size_t first, end = judge_block_replies(j, &first), next = judge_awaited(j, 0);
	if (next < end && !j->r->replies[next].complete && !j->r->replies[next].unasked)
		return next;
	size_t line = judge_command_line(j, event->answers);
	if (j->ordered || line == NO_LINE)
		return judge_awaited(j, 0);
	size_t found = answer_of(j, line, &listed);
	return listed ? found : judge_awaited(j, 0);
}

size_t judge_reply_of(const struct judge *j, const struct dialogue_event *event)
{
	size_t candidate = candidate_of(j, event);
	return judge_was_asked(j, candidate) ? candidate : j->r->nreplies;
}

static enum class class_of(const struct judge *j, size_t reply) {
	return reply < j->r->nreplies ? j->r->replies[reply].class : CLASS_NONE;
}

enum class judge_expected_class(const struct judge *j, const struct dialogue_event *event) {
	return class_of(j, judge_reply_of(j, event));
}
