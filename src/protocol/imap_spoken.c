/*
 * A line that literals interrupt, kept so that what stands on both sides of them is read together.
 */
#include "protocol/imap_machine.h"

/* What is kept of a line, and of one literal, in octets. */
#define TEXT_KEPT 65536
#define LITERAL_KEPT 1024

void spoken_clear(struct imap_spoken *spoken)
{
	buffer_wipe(&spoken->text); /* it may have held a password */
	buffer_wipe(&spoken->octets);
	event_forget(spoken->name);
	*spoken = (struct imap_spoken){ 0 };
}

static void keep(struct imap_spoken *spoken, struct slice text)
{
	if (spoken->lost || text.n > TEXT_KEPT - spoken->text.n)
		spoken->lost = true;
	else
		buffer_add_slice(&spoken->text, text);
}

void spoken_add(struct imap_spoken *spoken, struct slice text)
{
	imap_scan(&spoken->scan, text);
	keep(spoken, text);
}

void spoken_literal_begins(struct imap_spoken *spoken, const struct dialogue_event *event)
{
	keep(spoken, SLICE("\r\n"));
	spoken->open = true;
	spoken->began = false;
	if (spoken->name == NULL)
		spoken->name = event_keep(event);
	if (spoken->nliterals == LITERALS_KEPT) {
		spoken->lost = true;
		return;
	}
	spoken->literals[spoken->nliterals].n = spoken->scan.count;
	spoken->literals[spoken->nliterals].start = spoken->octets.n;
	spoken->literals[spoken->nliterals++].held = 0;
}

void spoken_octets(struct imap_spoken *spoken, struct slice octets)
{
	if (spoken->lost || spoken->literals[spoken->nliterals - 1].n > LITERAL_KEPT)
		return;
	buffer_add_slice(&spoken->octets, octets);
	spoken->literals[spoken->nliterals - 1].held += octets.n;
}

void spoken_literal_ends(struct imap_spoken *spoken)
{
	imap_scan_literal_done(&spoken->scan);
}

void spoken_name(const struct imap_spoken *spoken, struct dialogue *d, struct dialogue_event *event)
{
	const struct dialogue_event *name = spoken->name;
	event->kind = name->kind;
	event->verb = event_text(d, name->verb);
	event->phase = name->phase;
	event->tag = event_text(d, name->tag);
	event->code = event_text(d, name->code);
	event->keyword = event_text(d, name->keyword);
	event->class = name->class;
	event->has_final = name->has_final;
}

bool spoken_tree(const struct imap_spoken *spoken, struct imap_tree *tree)
{
	struct imap_literal literals[LITERALS_KEPT];
	if (spoken->lost)
		return false;
	for (size_t i = 0; i < spoken->nliterals; i++) {
		size_t start = spoken->literals[i].start;
		literals[i].octets = spoken->literals[i].n;
		literals[i].held = slice_part(buffer_slice(&spoken->octets), start, start + spoken->literals[i].held);
	}
	struct slice text = buffer_slice(&spoken->text);
	imap_tree_parse(tree, slice_part(text, spoken->arguments, text.n), literals, spoken->nliterals);
	return true;
}
