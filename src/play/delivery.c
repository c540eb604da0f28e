/*
 * How what a server says goes out, faults included.
 *
 * A reply is gathered in one text, with marks at the places where something is to be said about it. What goes out next
 * reaches to the nearest of: the next mark, the reply's middle (--stall), the connection's last octet (--drop-after), and
 * as many octets as go out at a time (--split).
 */
#include "play/delivery.h"

#include <stdlib.h>

#include "base/buffer.h"

/* Seconds between two pieces, so that they arrive apart. */
#define APART 0.002

enum mark_kind {
	MARK_LINE /* text that was added begins: `words` is its problem */,
	MARK_GARBLED /* a line has ended */
};

struct mark {
	enum mark_kind kind;
	size_t at;    /* octets of the reply in front of it */
	size_t since; /* GARBLED: where the octet that was changed has gone out */
	struct buffer words;
};

struct delivery {
	const struct faults *faults;
	bool datagrams;
	struct buffer text; /* the reply */
	struct mark *marks;
	size_t nmarks, next_mark;
	size_t sent;                       /* octets of it that have gone out */
	bool begins;                       /* it is the reply's first part */
	bool delayed, stall_told, stalled; /* it was */
	bool apart;                        /* the last piece was paused after */
	bool split_told, drop_told;
	uint64_t before;     /* octets that went out before it */
	uint64_t lines;      /* lines so far, in the whole connection */
	struct buffer words; /* of the last fault */
};

struct delivery *delivery_new(const struct faults *faults, bool datagrams)
{
	bool any = faults->delay > 0 || faults->stall > 0 || faults->split || faults->garble || faults->drop;
	if (!any)
		return NULL;
	struct delivery *d = memory_zeroed(1, sizeof *d);
	d->faults = faults;
	d->datagrams = datagrams;
	d->apart = true;
	return d;
}

/* All of the reply has gone out. */
static void forget(struct delivery *d)
{
	for (size_t i = 0; i < d->nmarks; i++)
		buffer_free(&d->marks[i].words);
	free(d->marks);
	d->marks = NULL;
	d->nmarks = d->next_mark = 0;
	d->before += d->sent;
	d->sent = 0;
	d->delayed = d->stall_told = d->stalled = d->begins = false;
	buffer_wipe(&d->text);
}

void delivery_free(struct delivery *d)
{
	if (d == NULL)
		return;
	forget(d);
	buffer_free(&d->words);
	free(d);
}

static struct mark *mark_add(struct delivery *d, enum mark_kind kind)
{
	d->marks = memory_grow(d->marks, d->nmarks + 1, sizeof *d->marks);
	d->marks[d->nmarks] = (struct mark){ .kind = kind, .at = d->text.n };
	return &d->marks[d->nmarks++];
}

/* ---- garbling ---- */

/* Numbers that look like chance, and are the same in every run (the finisher of splitmix64). */
static uint64_t scatter(uint64_t n)
{
	n = (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ (n >> 27)) * UINT64_C(0x94d049bb133111eb);
	return n ^ (n >> 31);
}

static bool ends_lines(char octet)
{
	return octet == '\r' || octet == '\n';
}

/* The octet with one bit of it changed, so that it neither was nor is a line end. */
static char garbled(char octet, uint64_t bit)
{
	for (;; bit++) {
		char other = (char)((unsigned char)octet ^ (1U << bit % 8));
		if (!ends_lines(other))
			return other;
	}
}

static void octet_add(struct buffer *out, char octet)
{
	buffer_printf(out, "0x%02X", (unsigned char)octet);
	if (octet > ' ' && octet < 0x7f)
		buffer_printf(out, " (%c)", octet);
}

/* Changes one octet of the line that was added last, from `start` on, and says so behind it. */
static void garble(struct delivery *d, size_t start)
{
	uint64_t chance = scatter(d->lines++);
	size_t end = d->text.n;
	while (end > start && ends_lines(d->text.p[end - 1]))
		end--;
	if (end == start)
		return;
	size_t at = start + (size_t)(chance % (end - start));
	while (at > start && ends_lines(d->text.p[at])) /* a CR in the midst of it */
		at--;
	char *octet = &d->text.p[at], was = *octet;
	if (ends_lines(was))
		return;
	*octet = garbled(was, chance >> 32);
	struct mark *mark = mark_add(d, MARK_GARBLED);
	mark->since = at + 1;
	buffer_printf(&mark->words, "--garble: octet %zu of this line is ", at + 1 - start);
	octet_add(&mark->words, *octet);
	buffer_add_string(&mark->words, " and was ");
	octet_add(&mark->words, was);
}

void delivery_add(struct delivery *d, struct slice text, struct slice problem, bool begins)
{
	d->begins |= begins;
	buffer_add_slice(&mark_add(d, MARK_LINE)->words, problem);
	while (d->faults->garble && text.n) {
		size_t start = d->text.n;
		buffer_add_slice(&d->text, slice_line(&text));
		garble(d, start);
	}
	buffer_add_slice(&d->text, text);
}

/* ---- what to do next ---- */

static enum delivery_act pause_for(struct delivery_step *step, double seconds)
{
	step->seconds = seconds;
	return DELIVER_PAUSE;
}

/* Tells the fault whose words stand in `d->words`. */
static enum delivery_act tell(const struct delivery *d, const char *name, struct delivery_step *step)
{
	step->fault = (struct fault){ name, d->before + d->sent, buffer_slice(&d->words) };
	return DELIVER_FAULT;
}

static enum delivery_act tell_mark(struct delivery *d, struct delivery_step *step)
{
	struct mark *mark = &d->marks[d->next_mark++];
	buffer_free(&d->words);
	d->words = mark->words;
	mark->words = (struct buffer){ 0 };
	if (mark->kind == MARK_GARBLED)
		return tell(d, "garble", step);
	step->text = buffer_slice(&d->words);
	return DELIVER_PROBLEM;
}

static const struct mark *mark_next(const struct delivery *d)
{
	return d->next_mark < d->nmarks ? &d->marks[d->next_mark] : NULL;
}

static bool at_mark(const struct delivery *d)
{
	const struct mark *mark = mark_next(d);
	return mark && mark->at == d->sent;
}

static enum delivery_act drop(struct delivery *d, struct delivery_step *step)
{
	const struct mark *mark = mark_next(d);
	if (d->drop_told)
		return DELIVER_CUT;
	if (mark && mark->kind == MARK_GARBLED && mark->since <= d->sent) /* its line's end will not go out */
		return tell_mark(d, step);
	d->drop_told = true;
	buffer_clear(&d->words);
	buffer_printf(&d->words, "--drop-after %llu: the connection is cut here",
	              (unsigned long long)d->faults->drop_after);
	return tell(d, "drop-after", step);
}

static enum delivery_act stall(struct delivery *d, struct delivery_step *step)
{
	if (d->stall_told) {
		d->stalled = true;
		return pause_for(step, d->faults->stall);
	}
	d->stall_told = true;
	buffer_clear(&d->words);
	buffer_printf(&d->words, "--stall %g: nothing for %g s, after %zu of this reply's %zu octets", d->faults->stall,
	              d->faults->stall, d->sent, d->text.n);
	return tell(d, "stall", step);
}

static enum delivery_act tell_split(struct delivery *d, struct delivery_step *step)
{
	d->split_told = true;
	buffer_clear(&d->words);
	buffer_printf(&d->words, "--split %llu: all goes out in pieces of %llu octet%s",
	              (unsigned long long)d->faults->split, (unsigned long long)d->faults->split,
	              d->faults->split == 1 ? "" : "s");
	return tell(d, "split", step);
}

/* Where the reply's silence is; behind its end where there is none. A datagram has no middle. */
static size_t middle(const struct delivery *d)
{
	if (d->faults->stall <= 0 || d->stalled || !d->begins)
		return d->text.n + 1;
	return d->datagrams ? 0 : d->text.n / 2;
}

static size_t least(size_t a, uint64_t b)
{
	return b < a ? (size_t)b : a;
}

/* The next piece. */
static enum delivery_act octets(struct delivery *d, struct delivery_step *step)
{
	const struct faults *f = d->faults;
	const struct mark *mark = mark_next(d);
	size_t end = mark ? mark->at : d->text.n;
	if (middle(d) > d->sent)
		end = least(end, middle(d));
	if (f->drop)
		end = least(end, f->drop_after - d->before);
	if (f->split)
		end = least(end, d->sent + f->split);
	step->text = slice_part(buffer_slice(&d->text), d->sent, end);
	d->sent = end;
	d->apart = f->split == 0;
	return DELIVER_OCTETS;
}

enum delivery_act delivery_next(struct delivery *d, struct delivery_step *step)
{
	const struct faults *f = d->faults;
	*step = (struct delivery_step){ 0 };
	if (at_mark(d))
		return tell_mark(d, step);
	if (f->drop && d->before + d->sent == f->drop_after)
		return drop(d, step);
	if (d->sent == d->text.n) {
		forget(d);
		return DELIVER_NOTHING;
	}
	if (f->delay > 0 && d->begins && !d->delayed) {
		d->delayed = true;
		return pause_for(step, f->delay);
	}
	if (f->split && !d->split_told)
		return tell_split(d, step);
	if (middle(d) == d->sent)
		return stall(d, step);
	if (!d->apart) {
		d->apart = true;
		return pause_for(step, APART);
	}
	return octets(d, step);
}

bool delivery_under_way(const struct delivery *d)
{
	return d && d->sent > 0 && d->sent < d->text.n;
}
