/*
 * The `:` words of a lesson.
 */
#include "cmd/lesson_stepping.h"

static void word_hint(void *context, struct slice arguments)
{
	struct stepping *g = context;
	struct buffer rows = { 0 };
	(void)arguments;
	if (guide_stores(g->talk))
		buffer_add_string(&rows, "Hint: type the lines of your file, and then :data end\n");
	else
		stepper_hint(g->stepper, &rows);
	stepping_show_now(g, &rows);
}

static void word_skip(void *context, struct slice arguments)
{
	struct stepping *g = context;
	(void)arguments;
	stepping_forget_page(g);
	stepper_skip(g->stepper);
	stepping_keep_place(g);
}

static void word_back(void *context, struct slice arguments)
{
	struct stepping *g = context;
	(void)arguments;
	stepping_forget_page(g);
	stepper_back(g->stepper);
	stepping_keep_place(g);
}

static void word_again(void *context, struct slice arguments)
{
	struct stepping *g = context;
	(void)arguments;
	stepping_forget_page(g);
	stepper_again(g->stepper);
}

static void word_where(void *context, struct slice arguments)
{
	struct stepping *g = context;
	struct buffer rows = { 0 };
	(void)arguments;
	stepper_where(g->stepper, guide_dialogue(g->talk), &rows);
	stepping_show_now(g, &rows);
}

static void word_contents(void *context, struct slice arguments)
{
	struct stepping *g = context;
	struct buffer rows = { 0 };
	uint64_t section = 0;
	if (arguments.n && slice_number(arguments, &section) && stepper_go(g->stepper, (size_t)section)) {
		stepping_forget_page(g);
		stepping_keep_place(g);
		return;
	}
	stepper_contents(g->stepper, &rows);
	stepping_show_now(g, &rows);
}

static void word_reconnect(void *context, struct slice arguments)
{
	struct stepping *g = context;
	(void)arguments;
	stepping_forget_page(g);
	stepper_anew(g->stepper);
}

const struct guide_word lesson_words[] = {
	{ "hint", "", "helps a little; asked again, more.", word_hint },
	{ "skip", "", "has the lesson do this step, and goes on.", word_skip },
	{ "back", "", "goes back a step.", word_back },
	{ "again", "", "shows this step again, and comes back to the lesson's server.", word_again },
	{ "where", "", "says where you are.", word_where },
	{ "contents", "[NUMBER]", "lists the sections, or goes to one.", word_contents },
	{ "reconnect", "", "connects again, and says what was said before this place.", word_reconnect },
	{ NULL, NULL, NULL, NULL },
};
