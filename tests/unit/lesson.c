/*
 * Lessons: what a Markdown file is read into, what is wrong with it, which events meet a goal, and how prose is laid out.
 */
#include "test.h"

#include <locale.h>

#include "lesson/lesson.h"

static struct lesson *lesson;
static struct buffer shown;

static void read_text(const char *text)
{
	lesson = lesson_read(slice_of(text), "l.md");
}

static void end(void)
{
	lesson_free(lesson);
	lesson = NULL;
	buffer_clear(&shown);
}

/* What the node says, at so many columns. */
static struct slice show(struct cmark_node *node, size_t columns, bool styled)
{
	buffer_clear(&shown);
	lesson_show(node, columns, styled, &shown);
	return buffer_slice(&shown);
}

/* Of a lesson that is only that. */
static struct slice laid_out(const char *text, size_t columns)
{
	lesson_free(lesson);
	read_text(text);
	return show(lesson->nitems ? lesson->items[0].body : NULL, columns, false);
}

/* All faults, as `LINE text` up to the first colon, a semicolon between them; a warning has a ~. */
static struct slice faults(void)
{
	buffer_clear(&shown);
	for (size_t i = 0; i < lesson->nfaults; i++) {
		struct slice text = slice_of(lesson->faults[i].text);
		buffer_printf(&shown, "%s%s%u " SLICE_FMT, i ? "; " : "", lesson->faults[i].warning ? "~" : "",
		              lesson->faults[i].line, SLICE_ARG(slice_part(text, 0, slice_find_octet(text, ':'))));
	}
	return buffer_slice(&shown);
}

static struct slice faults_of(const char *text)
{
	lesson_free(lesson);
	read_text(text);
	return faults();
}

/* ---- items ---- */

static void items_stand_in_order(void)
{
	read_text("# Title\n\nProse.\n\n```transcript\nProtocol: smtp\n\nS: 220 x\nC: NOOP\nS: 250 y\n```\n\n"
	          "> **Question** Why?\n>\n> 1. this\n> 2. that\n>\n> **Hint** Look.\n>\n> **Answer** 2. That.\n\n"
	          "> **Goal** verb=RSET class=success\n> Do it.\n>\n> ```transcript\n> C: RSET\n> S: 250 z\n> ```\n\n"
	          "```parlance 4\nexplain 550\nstdin\n```\n");
	CHECK_TEXT(faults(), "");
	CHECK_TEXT(slice_of(lesson->title), "Title");
	static const enum item_kind kinds[] = { ITEM_HEADING,  ITEM_PROSE, ITEM_STEPS,
		                                ITEM_QUESTION, ITEM_GOAL,  ITEM_COMMAND };
	static const unsigned lines[] = { 1, 3, 5, 13, 22, 30 };
	CHECK(lesson->nitems == 6);
	for (size_t i = 0; i < 6 && lesson->nitems == 6; i++)
		CHECK(lesson->items[i].kind == kinds[i] && lesson->items[i].line == lines[i]);
	const struct lesson_item *item = lesson->items;
	CHECK(item[2].first == 0 && item[2].last == 3 && item[4].first == 3 && item[4].last == 5);
	CHECK(item[3].choices == 2 && item[3].right == 2 && item[3].nhints == 1 && item[3].answer);
	CHECK(item[4].nkeys == 2 && strcmp(item[4].keys[1].name, "class") == 0);
	CHECK_TEXT(show(item[4].body, 40, false), "Do it.\n");
	CHECK_TEXT(slice_of(item[5].text), "explain 550");
	CHECK_TEXT(slice_of(item[5].input), "stdin\n");
	CHECK(item[5].status == 4 && lesson->nscripts == 1 && lesson->scripts[0].lines[3].number == 26);
	CHECK(lesson->nstops == 4 && lesson->stops[0].kind == STOP_LINE && lesson->stops[3].kind == STOP_COMMAND);
	end();
}

static void a_quote_may_be_written_in_many_ways(void)
{
	static const char *const ways[] = {
		"# T\n\n> **Question** Why?\n> **Answer** So.\n",
		"# T\n\n> **Question:** Why?\n>\n> **Answer**: So.\n",
		"# T\n\n>__question__ Why?\n>\n>__ANSWER__ So.\n",
		"\xef\xbb\xbf# T\r\n\r\n> **Question** Why?\r\n>\r\n> **Answer** So.\r\n",
		"# T\r\r> **Question** Why?\r>\r> **Answer** So.\r",
	};
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		read_text(ways[i]);
		CHECK_TEXT(faults(), "");
		CHECK(lesson->nitems == 2 && lesson->items[1].kind == ITEM_QUESTION && lesson->items[1].line == 3);
		CHECK_TEXT(show(lesson->items[1].body, 40, false), "Why?\n");
		CHECK_TEXT(show(lesson->items[1].answer, 40, false), "So.\n");
		end();
	}
}

static void an_answer_names_its_choice_or_none(void)
{
	CHECK(choice_named(SLICE("3. The dot"), 3) == 3 && choice_named(SLICE("(b) that"), 3) == 2);
	CHECK(choice_named(SLICE("a"), 3) == 1 && choice_named(SLICE("A. The dot"), 3) == 1);
	CHECK(choice_named(SLICE("A dot it is"), 3) == 0 && choice_named(SLICE("4"), 3) == 0);
	CHECK(choice_named(SLICE(""), 3) == 0 && choice_named(SLICE("0"), 3) == 0);
	read_text("# T\n\n> **Question** Which?\n>\n> 1. a\n> 2. b\n>\n> **Answer**\n>\n> 2. That.\n");
	CHECK(lesson->items[1].right == 2 && lesson->nfaults == 0);
	end();
}

static void a_way_to_a_goal_goes_on_with_the_conversation(void)
{
	read_text(
		"# T\n\n~~~ transcript\nProtocol: tcp\n\nC: a\n~~~\n\n> **Goal** kind=reply\n> Words.\n\n```transcript\nC: b\n```\n\n"
		"```transcript\nProtocol: udp\n\nC: c\n```\n");
	CHECK_TEXT(faults(), "");
	CHECK(lesson->nscripts == 2 && lesson->items[2].script == 0 && lesson->items[2].first == 1);
	CHECK(lesson->items[3].first == 1 && lesson->items[3].last == 2 && lesson->items[4].script == 1);
	buffer_clear(&shown);
	lesson_protocols(lesson, &shown);
	CHECK_TEXT(buffer_slice(&shown), "tcp udp");
	end();
}

/* ---- faults ---- */

static void each_fault_has_its_line(void)
{
	CHECK_TEXT(faults_of(""), "1 no heading");
	CHECK_TEXT(faults_of("#\n"), "1 no heading");
	CHECK_TEXT(faults_of("# T\n\n> **Question** Why?\n"), "3 a question without an answer");
	CHECK_TEXT(faults_of("# T\n\n> **Answer** So.\n"), "3 an answer without a question");
	CHECK_TEXT(faults_of("# T\n\n> **Goal** verb=NOOP\n> Words.\n"), "3 a goal without a conversation");
	CHECK_TEXT(faults_of("# T\n\n> **Hint** So.\n"), "3 a hint for nothing");
	CHECK_TEXT(faults_of("# T\n\n> **Gaol** verb=NOOP\n"), "3 **Gaol**");
	CHECK_TEXT(faults_of("# T\n\n> **Note** This is prose.\n"), "");
	CHECK_TEXT(faults_of("# T\n\n```transcrip\nC: a\n```\n"), "3 transcrip");
	CHECK_TEXT(faults_of("# T\n\n```transcript\n```\n"), "3 no conversation stands here");
	CHECK_TEXT(faults_of("# T\n\n```parlance x\nexplain 550\n```\n"), "3 x");
	CHECK_TEXT(faults_of("# T\n\n- ```transcript\n  C: a\n  ```\n"), "3 a block marked transcript inside a list");
	CHECK_TEXT(faults_of("# T\n\n```transcript\nC: a\n\nWords.\n"), "3 a block that nothing closes");
	end();
}

static void each_line_of_steps_that_cannot_be_read_is_told_and_left_out(void)
{
	CHECK_TEXT(faults_of("# T\n\n```transcript\nProtocol: smtp\n\nS: 220 x\n<client dances>\nC: NOOP\nX: y\n```\n"),
	           "7 \"<client dances>\"; 9 \"X");
	CHECK(lesson->nscripts == 1 && lesson->scripts[0].nlines == 2);
	end();
}

#define TALK "# T\n\n```transcript\nProtocol: tcp\n\nC: a\n```\n\n"

static void the_keys_of_a_goal_are_read_narrowly(void)
{
	CHECK_TEXT(faults_of("# T\n\n> **Goal** vreb=NOOP\n> Words.\n"), "3 vreb");
	CHECK_TEXT(faults_of("# T\n\n> **Goal**\n> Words.\n"), "3 a goal without a key");
	CHECK_TEXT(faults_of("# T\n\n> **Goal** class=failed|failure\n> Words.\n"), "3 class=failed");
	CHECK_TEXT(faults_of(TALK "> **Goal** class=fail* side=c\n> Words.\n"), "");
	CHECK_TEXT(faults_of("# T\n\n> **Goal** verb=A, code=1\n> Words.\n"), "3 verb=A,");
	CHECK_TEXT(faults_of("# T\n\n> **Goal** text=\"a b\n> Words.\n"), "3 text=\"a b");
	CHECK_TEXT(faults_of(TALK "> **Goal** text=\"a b\" verb=A|B\n> Words.\n"), "");
	CHECK(strcmp(lesson->items[2].keys[0].value, "a b") == 0 && lesson->items[2].nkeys == 2);
	end();
}

/* ---- goals ---- */

/* Whether a reply with that text meets `text=PATTERN`. */
static bool meets(const char *pattern, const char *text)
{
	char *source = string_printf("# T\n\n> **Goal** text=\"%s\"\n> Words.\n", pattern);
	struct dialogue_event event = { .kind = EVENT_REPLY, .text = slice_of(text), .protocol = "smtp", .state = "" };
	read_text(source);
	bool met = lesson->nitems == 2 && goal_met(&lesson->items[1], &event);
	free(source);
	end();
	return met;
}

static void a_pattern_has_stars_and_either(void)
{
	CHECK(meets("* BYE*", "* bye bye") && meets("*", "") && meets("*", "x") && meets("a*c", "abc") &&
	      meets("a*c", "ac"));
	CHECK(meets("*b*", "abc") && meets("x|*c", "abc") && meets("*ab", "aab") && meets("a**c", "abbc"));
	CHECK(!meets("a*c", "abcd") && !meets("abc", "abcd") && !meets("*x*", "abc") && !meets("a*a", "a") &&
	      !meets("x|y", ""));
	CHECK(meets("*", "\xff\x01"));
}

static void all_keys_must_be_met(void)
{
	struct dialogue_event event = { .kind = EVENT_REPLY,
		                        .class = CLASS_FAILURE,
		                        .code = SLICE("550"),
		                        .verb = SLICE("RCPT"),
		                        .protocol = "smtp",
		                        .state = "mail" };
	read_text("# T\n\n> **Goal** verb=rcpt class=failure code=5* secure=false protocol=smtp\n> Words.\n");
	CHECK(goal_met(&lesson->items[1], &event));
	event.class = CLASS_TRANSIENT;
	CHECK(!goal_met(&lesson->items[1], &event));
	end();
	read_text("# T\n\n> **Goal** vreb=RCPT\n> Words.\n");
	CHECK(!goal_met(&lesson->items[1], &event)); /* no key is left: nothing meets it */
	end();
}

/* ---- prose ---- */

static void a_paragraph_is_wrapped_to_the_columns(void)
{
	const char *text =
		"The quick brown fox jumps over the lazy dog and\nruns into the wide `green` wood, never to be seen "
		"again by anybody who lived in that village.\n";
	CHECK_TEXT(laid_out(text, 40),
	           "The quick brown fox jumps over the lazy\ndog and runs into the wide `green` wood,\n"
	           "never to be seen again by anybody who\nlived in that village.\n");
	CHECK_TEXT(laid_out(text, 80),
	           "The quick brown fox jumps over the lazy dog and runs into the wide `green` wood,\n"
	           "never to be seen again by anybody who lived in that village.\n");
	CHECK_TEXT(laid_out(text, 120),
	           "The quick brown fox jumps over the lazy dog and runs into the wide `green` wood, never to "
	           "be seen again by anybody who\nlived in that village.\n");
	end();
}

static void lists_and_quotes_keep_their_marks(void)
{
	CHECK_TEXT(laid_out("1. one\n2. two words that are long\n   - inner\n", 20),
	           "  1. one\n  2. two words that\n     are long\n       - inner\n");
	CHECK_TEXT(laid_out("- a\n\n- b\n\n  more\n", 20), "  - a\n\n  - b\n\n    more\n");
	CHECK_TEXT(laid_out("> said by somebody else\n>\n> twice\n", 20),
	           "  | said by somebody\n  | else\n  |\n  | twice\n");
	end();
}

static void code_is_not_broken_and_nothing_moves_the_cursor(void)
{
	CHECK_TEXT(laid_out("```\na  b\n\tlong long long\n```\n", 10), "    a  b\n            long long long\n");
	CHECK_TEXT(laid_out("A\033[31m `\033]0;x\007` b\n", 60), "A\\x1B[31m `\\x1B]0;x\\x07` b\n");
	CHECK_TEXT(laid_out("Bold \xe2\x81\xa1here.\n", 60), "Bold \\u{2061}here.\n");
	end();
}

static void a_link_shows_where_it_leads_once(void)
{
	CHECK_TEXT(laid_out("See [this](http://a.example/).\n", 60), "See this <http://a.example/>.\n");
	CHECK_TEXT(laid_out("See <http://a.example/>.\n", 60), "See http://a.example/.\n");
	end();
}

static void wide_characters_take_two_columns(void)
{
	CHECK_TEXT(laid_out("\xe4\xb8\xad\xe6\x96\x87 \xe4\xb8\xad\xe6\x96\x87 ab\n", 9),
	           "\xe4\xb8\xad\xe6\x96\x87 \xe4\xb8\xad\xe6\x96\x87\nab\n");
	CHECK_TEXT(laid_out("# \xe4\xb8\xad\xe6\x96\x87\n", 40), "\xe4\xb8\xad\xe6\x96\x87\n====\n");
	end();
}

static void weight_is_the_terminals_where_styled(void)
{
	read_text("Some **bold words** and `code`.\n");
	CHECK_TEXT(show(lesson->items[0].body, 12, true), "Some \033[1mbold\nwords\033[0m and\n\033[1mcode\033[0m.\n");
	end();
}

static void an_endless_nest_is_cut(void)
{
	struct buffer deep = { 0 };
	for (int i = 0; i < 2000; i++)
		buffer_add_string(&deep, "> ");
	buffer_add_string(&deep, "x\n");
	lesson = lesson_read(buffer_slice(&deep), "l.md");
	CHECK(show(lesson->items[0].body, 40, false).n < 1000);
	buffer_free(&deep);
	end();
}

int main(void)
{
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	TEST(items_stand_in_order);
	TEST(a_quote_may_be_written_in_many_ways);
	TEST(an_answer_names_its_choice_or_none);
	TEST(a_way_to_a_goal_goes_on_with_the_conversation);
	TEST(each_fault_has_its_line);
	TEST(each_line_of_steps_that_cannot_be_read_is_told_and_left_out);
	TEST(the_keys_of_a_goal_are_read_narrowly);
	TEST(a_pattern_has_stars_and_either);
	TEST(all_keys_must_be_met);
	TEST(a_paragraph_is_wrapped_to_the_columns);
	TEST(lists_and_quotes_keep_their_marks);
	TEST(code_is_not_broken_and_nothing_moves_the_cursor);
	TEST(a_link_shows_where_it_leads_once);
	TEST(wide_characters_take_two_columns);
	TEST(weight_is_the_terminals_where_styled);
	TEST(an_endless_nest_is_cut);
	buffer_free(&shown);
	return test_end();
}
