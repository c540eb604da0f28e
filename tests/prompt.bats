# The prompt, in a terminal: each test is a function of tests/pty/prompt.py, where what is typed and what must show stand.
load helpers

setup() {
	setup_home
	require python3
}

pty() {
	run "$PYTHON" "$ROOT/tests/pty/prompt.py" "$1"
	((status == 0)) || { echo "$output" && return 1; }
	[[ $output != SKIP* ]] || skip "${output#SKIP }"
}

@test "prompt: every function of prompt.py is a test here" {
	run -0 "$PYTHON" "$ROOT/tests/pty/prompt.py"
	local name
	for name in $output; do
		grep -q "pty $name\$" "$BATS_TEST_FILENAME" || { echo "not run: $name" && return 1; }
	done
}

@test "prompt: a reply appears above a half typed line" {
	pty reply_above_half_typed_line
}

@test "prompt: a reply appears above a line that wraps at 40 columns" {
	pty reply_above_wrapped_line_of_40_columns
}

@test "prompt: wide characters that wrap leave no ghost" {
	pty wide_characters_wrap
}

@test "prompt: the terminal is resized while a line is typed" {
	pty resize_while_typing
}

@test "prompt: a terminal that says 0 columns has 80" {
	pty no_columns_are_80
}

@test "prompt: a dumb terminal gets no escape sequence" {
	pty dumb_terminal
}

@test "prompt: TAB completes commands, parameters, mechanisms and : words" {
	pty tab_completes
}

@test "prompt: history: up, ^R, kept for the user alone" {
	pty history_up_and_search
}

@test "prompt: a lone ESC takes nothing away, M-x does nothing" {
	pty lone_escape
}

@test "prompt: seven pasted lines wait for each reply" {
	pty paste_of_seven_lines
}

@test "prompt: a bracketed paste keeps its tab" {
	pty bracketed_paste
}

@test "prompt: a line that cannot be sent stays at the prompt" {
	pty nothing_typed_is_lost
}

@test "prompt: ^C gives up what is under way, then says how to leave, then leaves" {
	pty interrupt
}

@test "prompt: ^C while connecting leads back to the prompt" {
	pty interrupt_while_connecting
}

@test "prompt: ^D half-closes and waits for the goodbye" {
	pty end_of_input
}

@test "prompt: ^] reaches parlance inside message text" {
	pty escape_to_parlance
}

@test "prompt: : words, and :: for a colon" {
	pty colons
}

@test "prompt: ^Z stops, fg goes on with the half typed line" {
	pty stop_and_continue
}

@test "prompt: a terminal is restored when parlance is killed" {
	pty killed
}

@test "prompt: a password is on the screen and in the history no more" {
	pty password_is_masked
}

@test "prompt: trap: curly quotes" {
	pty trap_curly_quotes
}

@test "prompt: trap: a no-break space" {
	pty trap_no_break_space
}

@test "prompt: trap: en dash and em dash" {
	pty trap_dashes
}

@test "prompt: trap: a zero-width space" {
	pty trap_zero_width
}

@test "prompt: trap: what was typed goes as typed, :fix sends the ASCII line" {
	pty ascii_is_offered
}

@test "prompt: trap: QUIT inside message text" {
	pty trap_command_in_text
}

@test "prompt: trap: a dot with a space inside message text" {
	pty trap_dot_with_a_space
}

@test "prompt: trap: a header that waits for its empty line" {
	pty trap_header_without_empty_line
}

@test "prompt: trap: a space after the colon of MAIL FROM:" {
	pty trap_space_after_colon
}

@test "prompt: trap: an address without angle brackets" {
	pty trap_no_angle_brackets
}

@test "prompt: trap: MAIL before EHLO" {
	pty trap_command_before_hello
}

@test "prompt: trap: DATA before RCPT" {
	pty trap_data_without_recipient
}

@test "prompt: trap: HELO without a name" {
	pty trap_hello_without_name
}

@test "prompt: trap: a space before the command" {
	pty trap_leading_space
}

@test "prompt: after ten seconds it says that it still waits" {
	pty still_waiting
}

@test "prompt: what stands on the screen is a transcript" {
	pty scrollback_is_a_transcript
}

@test "prompt: a long line is left to the terminal to wrap" {
	pty long_lines_are_left_to_the_terminal
}

@test "prompt: help fits 40x15, what is longer is shown in pages" {
	pty help_fits_a_small_screen
}

@test "prompt: next explains what leads on, and names the rest" {
	pty next_names_what_leads_on
}

@test "prompt: words with odd arguments or none" {
	pty odd_arguments
}

@test "prompt: going elsewhere is told, and what to do where it fails" {
	pty going_elsewhere_is_told
}

@test "prompt: what is typed before the greeting waits, and why" {
	pty typed_before_the_greeting
}

@test "prompt: ^D ends a talk over UDP" {
	pty end_of_datagrams
}

@test "prompt: a password on the first row is not kept by the scrollback" {
	pty password_on_the_first_row_is_not_scrolled_back
}

@test "prompt: password waits until LOGIN asks for it" {
	pty login_asks_for_the_name_first
}

@test "prompt: trap: a word for parlance inside message text" {
	pty trap_word_in_text
}
