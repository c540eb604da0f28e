/*
 * Replies with three-digit codes.
 */
#include "protocol/coded_reply.h"

bool coded_reply_parse(struct slice line, char last, struct coded_reply *reply)
{
	*reply = (struct coded_reply){ 0 };
	if (line.n < 3 || line.p[0] < '1' || line.p[0] > last || !octet_is_digit(line.p[1]) ||
	    !octet_is_digit(line.p[2]))
		return false;
	char after = line.n > 3 ? line.p[3] : ' ';
	if (octet_is_digit(after))
		return false;
	reply->code = slice_part(line, 0, 3);
	reply->continues = after == '-';
	reply->separated = after == ' ' || after == '-';
	reply->text = slice_part(line, reply->separated ? 4 : 3, line.n);
	return true;
}

enum class coded_reply_class(char first_digit) {
	static const enum class classes[] = { CLASS_INFO, CLASS_SUCCESS, CLASS_CONTINUE, CLASS_TRANSIENT, CLASS_FAILURE,
	                                      CLASS_SUCCESS };
	return classes[first_digit - '1'];
}

struct dialogue_event coded_reply_unended(struct dialogue *d, const char *code, const struct outstanding *one,
                                          struct dialogue_event *event, const char *ref)
{
	struct dialogue_event last = { .side = SIDE_SERVER, .kind = EVENT_REPLY };
	last.code = event_text(d, slice_of(code));
	last.class = coded_reply_class(code[0]);
	last.verb = one ? event_text(d, slice_of(one->verb)) : slice_of("");
	event_problem(d, event, "the reply before this one was never ended: its last line has %s and a space", code);
	event_ref(d, event, ref);
	return last;
}
