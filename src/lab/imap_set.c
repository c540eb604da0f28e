/*
 * Sequence sets against what a session sees (RFC 3501 section 9: sequence-set), and UIDs said as a set.
 */
#include <stdlib.h>

#include "lab/imap_view.h"

static int by_first(const void *a, const void *b)
{
	const struct imap_stretch *x = a, *y = b;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* `*` is the greatest in use; and a range may stand either way round once that is known. */
static struct imap_range resolved(struct imap_range range, uint64_t greatest)
{
	uint64_t first = range.first == UINT64_MAX ? greatest : range.first;
	uint64_t last = range.last == UINT64_MAX ? greatest : range.last;
	return first <= last ? (struct imap_range){ first, last } : (struct imap_range){ last, first };
}

static void stretch_add(struct imap_set *set, size_t *room, size_t first, size_t end)
{
	if (first >= end)
		return;
	if (set->n == *room) {
		*room = *room ? *room * 2 : 4;
		set->stretches = memory_grow(set->stretches, *room, sizeof set->stretches[0]);
	}
	set->stretches[set->n++] = (struct imap_stretch){ first, end };
}

/* In order, and joined where they touch: each mail is taken once. */
static void put_in_order(struct imap_set *set)
{
	size_t kept = 0;
	if (set->n == 0)
		return;
	qsort(set->stretches, set->n, sizeof set->stretches[0], by_first);
	for (size_t i = 1; i < set->n; i++) {
		struct imap_stretch *last = &set->stretches[kept], next = set->stretches[i];
		if (next.first > last->end)
			set->stretches[++kept] = next;
		else if (next.end > last->end)
			last->end = next.end;
	}
	set->n = kept + 1;
	set->at = set->stretches[0].first;
}

bool imap_set_read(struct imap_set *set, const struct imap_view *view, struct slice text, bool uid)
{
	struct imap_range range;
	size_t room = 0;
	*set = (struct imap_set){ 0 };
	if (slice_equal(text, SLICE("$")) || !imap_set_ok(text))
		return false;
	while (imap_range_next(&text, &range)) {
		range = resolved(range, uid ? imap_view_last_uid(view) : view->n);
		if (uid) {
			stretch_add(set, &room, imap_view_from_uid(view, range.first),
			            imap_view_from_uid(view, range.last + 1));
			continue;
		}
		if (range.last > view->n || range.first == 0)
			return false;
		stretch_add(set, &room, (size_t)range.first - 1, (size_t)range.last);
	}
	put_in_order(set);
	return true;
}

void imap_set_all(struct imap_set *set, const struct imap_view *view)
{
	size_t room = 0;
	*set = (struct imap_set){ 0 };
	stretch_add(set, &room, 0, view->n);
}

bool imap_set_next(struct imap_set *set, size_t *at)
{
	if (set->stretch == set->n)
		return false;
	*at = set->at++;
	if (set->at == set->stretches[set->stretch].end && ++set->stretch < set->n)
		set->at = set->stretches[set->stretch].first;
	return true;
}

void imap_set_free(struct imap_set *set)
{
	free(set->stretches);
	*set = (struct imap_set){ 0 };
}

void imap_uids_add(struct imap_uids *uids, struct buffer *out, uint32_t uid)
{
	if (uid && uids->last && uid == uids->last + 1) {
		uids->last = uid;
		return;
	}
	if (uids->last) {
		buffer_printf(out, "%s%u", uids->any ? "," : "", uids->first);
		if (uids->last > uids->first)
			buffer_printf(out, ":%u", uids->last);
		uids->any = true;
	}
	uids->first = uids->last = uid;
}
