/*
 * Literals of both sides: text by count, before which the client waits for the server's `+`, or does not.
 */
#include "protocol/imap_machine.h"

/* A literal without waiting may be so long where the server announced only LITERAL- (RFC 7888 section 5). */
#define LITERAL_MINUS_MAX 4096

enum imap_end imap_line_end(struct dialogue *d, const struct imap_spoken *spoken, const struct line *line,
                            struct dialogue_event *event)
{
	enum imap_end end = line->cut ? IMAP_END : imap_scan_end(&spoken->scan);
	if (end != IMAP_END_LITERAL || !spoken->scan.huge)
		return end;
	event_problem(d, event, "no literal can be so long: its count is a number below 2^63");
	event_ref(d, event, "RFC 9051 9");
	return IMAP_END_MALFORMED;
}

/* What is told of a line that ends in a count, whoever says it. */
static void count_told(struct dialogue *d, const struct imap_scan *scan, const char *when, const char *rest,
                       struct dialogue_event *event)
{
	unsigned long long n = scan->count;
	if (scan->digits_here)
		event_span_add(event, SPAN_COUNT, scan->digits_start, scan->digits_end);
	if (!scan->apart)
		event_problem(d, event, "a space must stand before a literal");
	event_note(d, event, "{%llu%s} begins a literal: %s%llu octet%s, then the rest of the %s.", n,
	           scan->waits_not ? "+" : "", when, n, n == 1 ? "" : "s", rest);
}

/* {n+}: whether the server has said that it takes it. */
static void check_unwaited(struct dialogue *d, const struct imap_scan *scan, struct dialogue_event *event)
{
	bool known = dialogue_capability(d, 0).n > 0;
	bool minus = dialogue_announced(d, SLICE("LITERAL-"), NULL) || dialogue_announced(d, SLICE("IMAP4rev2"), NULL);
	if (!known || dialogue_announced(d, SLICE("LITERAL+"), NULL))
		return;
	if (!minus)
		event_problem(d, event,
		              "{%llu+} does not wait for the server's +, which needs LITERAL+ or LITERAL-: "
		              "the server announced neither",
		              (unsigned long long)scan->count);
	else if (scan->count > LITERAL_MINUS_MAX)
		event_problem(d, event,
		              "LITERAL- allows {n+} up to %d octets: a longer literal waits for the server's +",
		              LITERAL_MINUS_MAX);
	else
		return;
	event_ref(d, event, minus ? "RFC 7888 5" : "RFC 7888 3");
}

void imap_client_literal(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	const struct imap_scan *scan = &s->client.scan;
	if (scan->waits_not)
		check_unwaited(d, scan, event);
	count_told(d, scan, scan->waits_not ? "at once follow " : "once the server has said +, follow ", "command",
	           event);
	event_ref(d, event, scan->waits_not ? "RFC 7888 3" : "RFC 9051 4.3");
	s->waits = !scan->waits_not;
	s->owed = s->waits ? s->command : 0;
	s->early_told = false;
	spoken_literal_begins(&s->client, event);
	s->client.secret = s->secret_from != SIZE_MAX && imap_arguments_so_far(&s->client) > s->secret_from;
	counted_begin(d, SIDE_CLIENT, scan->count);
	if (scan->count == 0)
		spoken_literal_ends(&s->client);
}

/* Literals of a server never wait. */
void imap_server_literal(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	const struct imap_scan *scan = &s->server.scan;
	count_told(d, scan, "", "line", event);
	event_ref(d, event, "RFC 9051 4.3");
	if (scan->waits_not)
		event_problem(d, event, "a server's literal must be {n}, without a +");
	spoken_literal_begins(&s->server, event);
	counted_begin(d, SIDE_SERVER, scan->count);
	if (scan->count == 0)
		spoken_literal_ends(&s->server);
}

void imap_literal_asked(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	if (!s->waits || s->early_told)
		return;
	s->early_told = true;
	event_problem(d, event, "the literal was sent without waiting for the server's +");
	event_ref(d, event, "RFC 9051 4.3");
}

void imap_literal_octets(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	bool client = line->side == SIDE_CLIENT;
	struct imap_spoken *spoken = client ? &s->client : &s->server;
	event->kind = EVENT_DATA;
	event->has_final = !client;
	if (client)
		imap_literal_asked(d, s, event);
	if (!line->described) {
		spoken_octets(spoken, line->text);
		spoken_octets(spoken, line->end);
	}
	if (spoken->secret && event->text.n)
		event_secret(event, 0, event->text.n, SLICE("{{password}}"));
	unsigned long long n = spoken->scan.count;
	if (!spoken->began)
		event_note(d, event, "%s: %llu octet%s.", line->last ? "The whole literal" : "Here the literal begins",
		           n, n == 1 ? "" : "s");
	else if (line->last)
		event_note(d, event, "Here the literal's count is reached.");
	if (line->last || !spoken->began)
		event_ref(d, event, "RFC 9051 4.3");
	spoken->began = true;
	if (line->last)
		spoken_literal_ends(spoken);
}

void imap_literal_cancel(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	if (event->class == CLASS_SUCCESS)
		event_problem(d, event, "OK came though the command's literal was not yet asked for");
	else
		event_note(d, event, "The literal is not sent: the command ends here.");
	event_ref(d, event, "RFC 9051 7.6");
	counted_begin(d, SIDE_CLIENT, 0);
	spoken_clear(&s->client);
	s->waits = false;
}

void imap_scan_problems(struct dialogue *d, const struct imap_scan *scan, struct dialogue_event *event)
{
	bool string = scan->quoted || scan->brace != BRACE_NONE || scan->inside;
	const char *wrong = scan->quoted  ? "a quoted string is not closed by its \""
	                    : scan->stray ? "a ) stands without its ("
	                    : scan->depth ? "a ( is not closed"
	                    : imap_scan_end(scan) == IMAP_END_MALFORMED
	                            ? "a literal's count must be {n} with n a number, or {n+}"
	                    : scan->inside ? "a literal's count must end its line: its octets begin on the next"
	                                   : NULL;
	if (wrong == NULL)
		return;
	event_problem(d, event, "%s", wrong);
	event_ref(d, event, string ? "RFC 9051 4.3" : "RFC 9051 4.4");
}
