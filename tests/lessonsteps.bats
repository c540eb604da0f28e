# Lessons, in a terminal: each test is a function of tests/pty/lesson.py, where what a student types and must see stand.
load helpers

setup() {
	setup_home
	require python3
	cd "$BATS_TEST_TMPDIR" || return 1
}

pty() {
	run "$PYTHON" -B "$ROOT/tests/pty/lesson.py" "$1"
	((status == 0)) || { echo "$output" && return 1; }
	[[ $output != SKIP* ]] || skip "${output#SKIP }"
}

@test "lesson steps: every function of lesson.py is a test here" {
	run -0 "$PYTHON" -B "$ROOT/tests/pty/lesson.py"
	local name
	for name in $output; do
		grep -q "pty $name\$" "$BATS_TEST_FILENAME" || { echo "not run: $name" && return 1; }
	done
}

@test "lesson steps: a clumsy student goes all the way through lesson 3, on SMTP" {
	pty smtp_by_a_clumsy_student
}

@test "lesson steps: a clumsy student goes all the way through lesson 5, on POP3" {
	pty pop3_by_a_clumsy_student
}

@test "lesson steps: where one is, the sections, back and again" {
	pty there_and_back
}

@test "lesson steps: hints until the line itself is told, and skip" {
	pty hints_until_the_end
}

@test "lesson steps: answers: none, no choice, wrong, and right" {
	pty answers_wrong_and_right
}

@test "lesson steps: a goal is reached by another way" {
	pty a_goal_by_another_way
}

@test "lesson steps: a conversation that begins right behind a question" {
	pty a_conversation_right_behind_a_question
}

@test "lesson steps: a slip in a word of the lesson's names the nearest" {
	pty a_slip_in_a_word
}

@test "lesson steps: ^C takes the line away, says how to leave, then leaves; the place is kept" {
	pty interrupted_once_and_twice
}

@test "lesson steps: ^D leaves, and keeps the place" {
	pty end_of_input_leaves
}

@test "lesson steps: quit keeps the place; another day what was said is said again" {
	pty quit_and_another_day
}

@test "lesson steps: QUIT too early: Enter connects again, and a line that is typed there is not lost" {
	pty quit_said_too_early
}

@test "lesson steps: ^Z stops, fg goes on with the half typed line" {
	pty stopped_and_continued
}

@test "lesson steps: a terminal that goes away: the lesson and its lab end" {
	pty a_terminal_that_goes_away
}

@test "lesson steps: the terminal is resized while a line is typed" {
	pty resized_in_mid_line
}

@test "lesson steps: five pasted lines go each to its step" {
	pty five_lines_pasted
}

@test "lesson steps: five lines of a bracketed paste go each to its step" {
	pty five_lines_pasted_in_brackets
}

@test "lesson steps: what is typed at the end of a page is not lost" {
	pty typed_at_a_page
}

@test "lesson steps: what is typed ahead of a slow server waits its turn" {
	pty typed_ahead_of_a_slow_server
}

@test "lesson steps: TAB fills in the line, its rest, and the lesson's words" {
	pty tab_fills_the_line_in
}

@test "lesson steps: ^] inside message text" {
	pty escape_inside_text
}

@test "lesson steps: 40x15: pages, and the line above the prompt" {
	pty small_terminal
}

@test "lesson steps: a dumb terminal gets no escape sequence" {
	pty dumb_terminal
}

@test "lesson steps: --demo waits, Enter goes on at once, quit leaves" {
	pty demo_at_a_terminal
}

@test "lesson steps: --demo: ^C says how to leave, then leaves" {
	pty demo_interrupted
}
