/*
 * Stepping through a lesson without I/O: what is typed and what the server answers stand in the test.
 */
#include "test.h"

#include "lesson/stepper.h"
#include "protocol/protocol.h"

static struct lesson *lesson;
static struct stepper *stepper;
static struct dialogue *dialogue;
static struct lesson_progress progress;
static struct variables given;
static struct buffer shown, said; /* since the last turn: rows, and octets to the server */

static void feed(enum side side, const char *octets)
{
	struct slice rest = slice_of(octets);
	struct dialogue_event event;
	for (size_t took = 1; rest.n && took; rest = slice_part(rest, took, rest.n)) {
		took = dialogue_feed(dialogue, side, rest.p, rest.n);
		while (dialogue_next(dialogue, &event))
			stepper_event(stepper, &event);
	}
}

/* Does what the stepper wants until it waits, or is done. */
static enum stepper_act turn(void)
{
	struct stepper_what what;
	enum stepper_act act;
	while ((act = stepper_next(stepper, dialogue, &what)) != STEPPER_AWAIT && act != STEPPER_DONE) {
		if (act == STEPPER_SHOW)
			buffer_add_slice(&shown, what.text);
		if (act == STEPPER_SAY) {
			char *octets = slice_string(what.text);
			buffer_add_string(&said, octets);
			feed(SIDE_CLIENT, octets);
			free(octets);
		}
		if (act == STEPPER_CONNECT) {
			dialogue_free(dialogue);
			dialogue = dialogue_new(protocol_named(slice_of("smtp")));
			stepper_connected(stepper, false);
			feed(SIDE_SERVER, "220 x\r\n");
		}
	}
	return act;
}

static void begin(const char *text, bool alone)
{
	lesson = lesson_read(slice_of(text), "l.md");
	CHECK(lesson_error(lesson) == NULL);
	const struct stepper_options options = {
		.lesson = lesson, .given = &given, .progress = &progress, .alone = alone
	};
	stepper = stepper_new(&options);
	(void)turn();
}

static void end(void)
{
	stepper_free(stepper);
	dialogue_free(dialogue);
	lesson_free(lesson);
	lesson_progress_free(&progress);
	progress = (struct lesson_progress){ 0 };
	dialogue = NULL;
	buffer_free(&shown);
	buffer_free(&said);
}

/* The person types the line, and the server answers; what is shown then. */
static struct slice type(const char *line, const char *reply)
{
	struct buffer out = { 0 };
	buffer_clear(&shown);
	if (stepper_typed(stepper, dialogue, slice_of(line), &out) == TYPED_SEND) {
		char *octets = string_printf("%s\r\n", line);
		feed(SIDE_CLIENT, octets);
		feed(SIDE_SERVER, reply);
		free(octets);
	}
	buffer_add_slice(&shown, buffer_slice(&out));
	buffer_free(&out);
	(void)turn();
	return buffer_slice(&shown);
}

static bool shows(const char *text)
{
	return slice_find(buffer_slice(&shown), slice_of(text)) < shown.n;
}

#define STEPS \
	"# T\n\n```transcript\nProtocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250 y\nC: MAIL FROM:<b>\nS: 250 z\n```\n\n"

static void the_lessons_line_goes_on_and_another_does_not(void)
{
	struct buffer line = { 0 };
	begin(STEPS, false);
	stepper_line(stepper, &line);
	CHECK_TEXT(buffer_slice(&line), "EHLO a");
	CHECK(stepper_awaits(stepper) == AWAITS_LINE && stepper_stop(stepper) == 0);
	(void)type("NOOP", "250 ok\r\n");
	CHECK(stepper_stop(stepper) == 0 && shows("not the lesson's line"));
	(void)type("", "");
	CHECK(stepper_stop(stepper) == 0 && shows("Enter alone sends nothing"));
	(void)type("EHLO b", "500 no\r\n"); /* the lesson's command, but it was refused */
	CHECK(stepper_stop(stepper) == 0 && shows("yours"));
	(void)type("EHLO b", "250 y\r\n");
	CHECK(stepper_stop(stepper) == 1 && progress.said == 1);
	(void)type("MAIL FROM:<b>", "250 z\r\n");
	CHECK(stepper_stop(stepper) == 2 && progress.done);
	buffer_free(&line);
	end();
}

static void a_step_is_skipped_and_gone_back_to(void)
{
	begin(STEPS, false);
	stepper_skip(stepper);
	(void)turn();
	CHECK_TEXT(buffer_slice(&said), "EHLO a\r\n");
	feed(SIDE_SERVER, "250 y\r\n");
	(void)turn();
	CHECK(stepper_stop(stepper) == 1 && progress.skipped == 1);
	stepper_back(stepper);
	(void)turn();
	CHECK(stepper_stop(stepper) == 0 && stepper_awaits(stepper) == AWAITS_LINE);
	CHECK(!stepper_go(stepper, 0) && !stepper_go(stepper, 9) && stepper_go(stepper, 1));
	end();
}

static void a_question_waits_for_a_choice(void)
{
	begin("# T\n\n> **Question** Which?\n>\n> 1. a\n> 2. b\n>\n> **Answer** 2. It is b.\n", false);
	CHECK(stepper_awaits(stepper) == AWAITS_ANSWER && shows("Which?") && !shows("It is b."));
	(void)type("", "");
	CHECK(stepper_stop(stepper) == 0 && shows("Your guess first"));
	(void)type("7", "");
	CHECK(stepper_stop(stepper) == 0 && shows("1 to 2"));
	(void)type("2", "");
	CHECK(stepper_stop(stepper) == 1 && shows("Right.") && shows("It is b."));
	end();
}

static void a_goal_is_met_by_any_way(void)
{
	begin(STEPS "> **Goal** class=failure\n> Be refused.\n", false);
	(void)type("EHLO b", "250 y\r\n");
	(void)type("MAIL FROM:<b>", "250 z\r\n");
	CHECK(stepper_awaits(stepper) == AWAITS_GOAL && shows("Be refused."));
	(void)type("RSET", "250 ok\r\n");
	CHECK(stepper_awaits(stepper) == AWAITS_GOAL);
	(void)type("XYZZY", "500 what\r\n");
	CHECK(stepper_stop(stepper) == 3 && shows("The goal is reached.") && progress.goals == 1);
	end();
}

static void a_lost_connection_keeps_the_place(void)
{
	begin(STEPS, false);
	(void)type("EHLO a", "250 y\r\n");
	stepper_closed(stepper);
	dialogue_free(dialogue);
	dialogue = NULL;
	(void)turn();
	CHECK(stepper_lost(stepper) && stepper_stop(stepper) == 1);
	struct buffer out = { 0 };
	CHECK(stepper_typed(stepper, NULL, SLICE(""), &out) == TYPED_AGAIN && !stepper_lost(stepper));
	(void)turn();
	CHECK_TEXT(buffer_slice(&said), "EHLO a\r\n"); /* what was said before is said again */
	buffer_free(&out);
	end();
}

int main(void)
{
	TEST(the_lessons_line_goes_on_and_another_does_not);
	TEST(a_step_is_skipped_and_gone_back_to);
	TEST(a_question_waits_for_a_choice);
	TEST(a_goal_is_met_by_any_way);
	TEST(a_lost_connection_keeps_the_place);
	return test_end();
}
