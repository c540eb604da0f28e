/*
 * What keys do at a terminal: lines that are typed, ^C, ^D and ^].
 */
#include <event2/event.h>

#include "talk/replay.h"
#include "talk/room.h"

/* ^C where the prompt is not: we wait for the goodbye. */
static void interrupted_waiting(void *context)
{
	struct talk *t = context;
	t->interrupted = true;
	t->status = STATUS_INTERRUPTED;
	talk_hang_up(t);
}

/* Runs the loop until the session is over: nothing more is typed. */
static void wait_for_goodbye(struct talk *t)
{
	t->leaving = true;
	while ((t->open || t->connector) && !t->done && event_base_loop(t->base, EVLOOP_ONCE) == 0)
		continue;
	t->done = true;
}

static void end_of_input(struct talk *t)
{
	if (transfer_typed(t)) {
		transfer_finish(t);
		return;
	}
	if (t->guide) {
		guide_leave(t);
		wait_for_goodbye(t);
		return;
	}
	if (!t->open) {
		talk_leave(t, t->status);
		return;
	}
	const struct protocol *protocol = talk_protocol(t);
	bool datagrams = protocol && protocol->datagrams;
	if (!t->options->quiet && !datagrams)
		talk_remark(t, "No more will be said: waiting for the server's goodbye (^C closes).");
	t->ended = true;
	if (t->held == NULL)
		lines_finish(t);
	wait_for_goodbye(t);
}

/* What one may be stuck in, then the ways out. */
static void say_how_to_leave(struct talk *t)
{
	struct buffer stuck = { 0 };
	if (t->open && awaits_sentences(t, &stuck))
		talk_remark(t, "What is awaited: " SLICE_FMT, SLICE_ARG(buffer_slice(&stuck)));
	buffer_free(&stuck);
	const struct entry *goodbye = t->open ? talk_goodbye(t) : NULL;
	if (goodbye)
		talk_remark(t, "To leave: say goodbye to the server (%s%s), or :quit, or ^C once more.",
		            talk_protocol(t)->tagged ? "a tag and " : "", goodbye->word);
	else
		talk_remark(t, "To leave: :quit, or ^C once more.");
}

static void interrupted(struct talk *t, struct slice typed)
{
	bool warned = t->warned;
	t->warned = false;
	if (replay_interrupted(t))
		return;
	if (typed.n)
		return; /* what was typed is dropped, no more */
	if (t->connector) {
		connect_cancel(t->connector);
		t->connector = NULL;
		lines_forget(t);
		talk_remark(t, "Given up. :reconnect tries again, :open TARGET goes elsewhere, :quit leaves.");
	} else if (t->open && session_shaking(t->session)) {
		lines_forget(t);
		talk_remark(t, "The handshake is given up.");
		talk_hang_up(t);
	} else if (t->held || (talk_waiting(t) && !t->hurried)) {
		lines_forget(t);
		t->hurried = true;
		talk_remark(
			t,
			"No longer waiting: what is typed next goes out at once, the reply is shown when it comes.%s",
			transfer_waits(t) ? " ABOR asks the server to give the transfer up (RFC 959 4.1.3)." : "");
	} else if (warned) {
		t->interrupted = true;
		t->status = STATUS_INTERRUPTED;
		talk_hang_up(t);
		wait_for_goodbye(t);
	} else {
		say_how_to_leave(t);
		t->warned = true;
	}
}

/* ^]: one line for parlance, wherever we are. */
static void reach(struct talk *t, struct slice typed)
{
	struct buffer kept = { 0 }, asked = { 0 };
	struct slice line;
	buffer_add_slice(&kept, typed);
	prompt_set(t->prompt, "parlance: ");
	t->reaching = true;
	bool got = prompt_read(t->prompt, &line) == PROMPT_LINE;
	t->reaching = false;
	if (got)
		buffer_add_slice(&asked, slice_trim(line));
	talk_prompt(t);
	struct slice text = buffer_slice(&asked);
	if (text.n)
		word_run(t, text.p[0] == ':' ? slice_part(text, 1, text.n) : text);
	prompt_put(t->prompt, buffer_slice(&kept));
	buffer_wipe(&asked);
	buffer_wipe(&kept);
}

/* Something happened that the prompt has to rest for. */
static void woken(struct talk *t, struct slice typed)
{
	word_later(t);
	replay_place(t, typed);
}

void typing_run(struct talk *t)
{
	struct buffer typed = { 0 };
	struct slice line;
	while (!t->done) {
		talk_prompt(t);
		enum prompt_result result = prompt_read(t->prompt, &line);
		buffer_clear(&typed);
		buffer_add_slice(&typed, line); /* the prompt's own line goes with its next call */
		if (result == PROMPT_LINE)
			t->warned = false;
		if (result == PROMPT_LINE)
			line_typed(t, buffer_slice(&typed));
		else if (result == PROMPT_EOF)
			end_of_input(t);
		else if (result == PROMPT_ESCAPE)
			reach(t, buffer_slice(&typed));
		else if (result == PROMPT_WOKEN)
			woken(t, buffer_slice(&typed));
		else if (result == PROMPT_INTERRUPTED)
			interrupted(t, buffer_slice(&typed));
	}
	buffer_wipe(&typed);
}

void typing_begin(struct talk *t)
{
	static const struct prompt_events events = { complete, interrupted_waiting };
	t->prompt = prompt_new(t->base, &events, t);
}
