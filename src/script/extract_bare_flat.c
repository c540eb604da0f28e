/*
 * A line that a page has flattened, spoken: what was cut out of it becomes steps, as if each had stood on a line of its own.
 */
#include "script/extract_bare.h"
#include "script/extract_flat.h"

/* So many lines below are looked at for more of the same conversation. */
#define LINES_BELOW 8

/* ---- steps ---- */

static void add_count(struct walk *w, enum side side, size_t count)
{
	struct step *step = &w->steps[w->n - 1];
	uint64_t due = dialogue_due(w->d, side);
	if (due == 0 || due == count)
		return;
	step->recounted = true;
	step->count = count;
	dialogue_recount(w->d, side, count);
}

static void add_header_end(struct walk *w, const struct cut *cut, size_t i)
{
	walk_say(w, cut->side, SLICE(""), SLICE("\r\n"), i);
	w->steps[w->n - 1].kind = STEP_END;
	if (cut->count)
		add_count(w, cut->side, cut->count);
}

static void add_step(struct walk *w, const struct cut *cut, size_t i)
{
	struct step closed = { .kind = STEP_HANGS_UP, .side = cut->side, .index = i, .text = cut->text };
	switch (cut->kind) {
	case CUT_SAID:
	case CUT_COUNTED:
		walk_say(w, cut->side, cut->text, SLICE("\r\n"), i);
		if (cut->kind == CUT_COUNTED)
			add_count(w, cut->side, cut->count);
		break;
	case CUT_HEADER_END:
		add_header_end(w, cut, i);
		break;
	case CUT_BODY:
		walk_say(w, cut->side, cut->text, SLICE(""), i);
		break;
	case CUT_LEFT_OUT:
		walk_left_out(w, cut->side, cut->text, i);
		break;
	case CUT_CLOSED:
		walk_add(w, &closed);
		break;
	}
}

/* What the dialogue must have heard before it can follow. */
static void prepare(struct walk *w, const struct flat *flat)
{
	const struct protocol *protocol = flat->protocol;
	w->d = dialogue_new(protocol);
	if (flat->greeted)
		return;
	if (protocol->server_first)
		walk_feed(w, SIDE_SERVER,
		          protocol->tagged                                  ? SLICE("* OK\r\n")
		          : protocol->one_code || protocol->data_connection ? SLICE("220\r\n")
		                                                            : SLICE("+OK\r\n"));
	else if (flat->cuts[0].side == SIDE_SERVER)
		walk_feed(w, SIDE_CLIENT, SLICE("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
}

static void walk_flat(struct walk *w, const struct flat *flat, size_t i)
{
	prepare(w, flat);
	for (size_t k = 0; k < flat->n; k++)
		add_step(w, &flat->cuts[k], i);
	for (size_t k = 0; k < w->n; k++)
		w->steps[k].command = w->steps[k].side == SIDE_CLIENT;
}

/* ---- whether it is one ---- */

/* Whether the lines right below are flattened too, and all together are enough. */
static bool goes_on_below(const struct flat *flat, const struct passage *p, size_t i)
{
	size_t exchanges = flat->exchanges;
	for (size_t end = i + LINES_BELOW; ++i < p->n && i < end && exchanges < 3;) {
		struct flat below;
		bool more = flat_read(&below, passage_line(p, i)) && below.protocol == flat->protocol &&
		            below.before.n == 0;
		exchanges += more ? below.exchanges : 0;
		flat_free(&below);
		if (!more)
			break;
	}
	return exchanges > 2;
}

bool bare_is_flat(struct slice line)
{
	struct flat flat;
	bool is = flat_read(&flat, line) && flat_stands_alone(&flat);
	flat_free(&flat);
	return is;
}

static bool is_one(const struct bare *bare, const struct talk *t, const struct flat *flat, const struct walk *w,
                   const struct passage *p, size_t i)
{
	if (flat_stands_alone(flat))
		return true;
	if (flat->before.n)
		return false;
	return bare_continues(bare, t, w, &w->steps[0]) || goes_on_below(flat, p, i);
}

/* ---- the door ---- */

/* The shell's line, which telnet's own words follow. */
static struct slice shell_line(struct slice before)
{
	return slice_part(before, 0, slice_find(before, SLICE(" Trying ")));
}

static void say_around(struct talk *t, struct slice text, unsigned number)
{
	if (text.n)
		gap_add(t, text, number, BETWEEN_PROSE);
}

static void speak_flat(struct bare *bare, struct talk *t, const struct flat *flat, const struct walk *w,
                       const struct titles *titles)
{
	const struct held *held = &w->s->p->lines[w->s->first];
	if (flat_tool(flat->before))
		bare_see_tool(bare, shell_line(flat->before), held);
	else
		say_around(t, flat->before, held->number);
	bare_speak(bare, t, w, titles);
	t->flat = true;
	if (!w->protocol->server_first) /* a body is not looked for on other lines */
		buffer_clear(&bare->tail);
	say_around(t, flat->behind, held->number);
}

bool bare_flat(struct bare *bare, struct talk *t, const struct passage *p, size_t i, const struct titles *titles)
{
	const struct held *held = &p->lines[i];
	struct flat flat;
	struct stretch s = { .p = p, .first = i, .end = i + 1 };
	struct walk w = { .s = &s };
	if (held->kind == DOCUMENT_HEADING)
		return false;
	bool taken = flat_read(&flat, passage_line(p, i));
	if (taken) {
		w.protocol = flat.protocol;
		walk_flat(&w, &flat, i);
		taken = is_one(bare, t, &flat, &w, p, i);
	}
	if (taken)
		speak_flat(bare, t, &flat, &w, titles);
	walk_free(&w);
	flat_free(&flat);
	return taken;
}
