#!/usr/bin/env bats
# annotate --beside: two conversations side by side, phase by phase; neither's order is broken, and nothing is lost.

load helpers

# columns WIDTHS LEFT RIGHT [OPTION]...: what is printed at these widths fits, and reads back as the two conversations.
columns() {
	"$PYTHON" "$ROOT/tests/beside/columns.py" "$PARLANCE" "$@"
}

pty() {
	run "$PYTHON" -B "$ROOT/tests/pty/beside.py" "$1"
	((status == 0)) || { echo "$output" && return 1; }
}

# headings: the phases of $output, in their order.
headings() {
	sed -n 's/^== \([a-z]*\): .*/\1/p' <<<"$output" | xargs
}

# ---- what stands beside what ----

@test "POP3 beside IMAP: each phase has a heading, and both under it" {
	COLUMNS=100 run -0 "$PARLANCE" annotate --notes off --beside - ewing-imap-corrected <<-'END'
		Protocol: pop3

		S: +OK ready
		C: USER bob
		S: +OK
		C: PASS secret
		S: +OK 2 messages
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	END
	same "greet identify authenticate ask transfer goodbye" "$(headings)"
	has "standard input (pop3)                            | ewing-imap-corrected (imap)"
	has "== identify: the client says who it is =============================================================
C: USER bob                                      | (nothing)
S: +OK                                           |

== authenticate: the client proves who it is =======================================================
C: PASS secret                                   | C: A0001 LOGIN \"frobozz\" \"xyzzy\"
S: +OK 2 messages                                | S: A0001 OK User frobozz authenticated
"
	has "(nothing)                                        | C: A0003 FETCH 1 RFC822.SIZE"
}

@test "SMTP beside POP3: who sends does not log in, nor ask" {
	run -0 "$PARLANCE" annotate --beside ewing-smtp ewing-pop3
	same "greet identify authenticate ask transfer goodbye" "$(headings)"
	COLUMNS=60 run -0 "$PARLANCE" annotate --beside ewing-smtp ewing-pop3
	has $'\n-- ewing-smtp (smtp) (nothing)\n-- ewing-pop3 (pop3)\nC: PASS redqueen\n'
}

@test "STARTTLS beside none: EHLO comes again behind it, where it was said" {
	run -0 "$PARLANCE" annotate --notes off --beside ch2-smtp-corrected cs2911-smtp-starttls-corrected
	same "greet identify encrypt identify authenticate transfer goodbye" "$(headings)"
	run -0 "$PARLANCE" annotate --notes off --beside cs2911-smtp-starttls-corrected ch2-smtp-corrected
	same "greet identify encrypt identify authenticate transfer goodbye" "$(headings)"
	[[ $(grep -c 'C: EHLO msoe.edu .* | (nothing)' <<<"$output") == 1 ]]
	[[ $(grep -c 'C: EHLO msoe.edu .* | C: HELO crepes.fr' <<<"$output") == 1 ]]
}

@test "HTTP beside FTP: what each does without, and a close is a goodbye" {
	run -0 "$PARLANCE" annotate --notes off --beside clug-http10-corrected ch2-ftp
	same "greet identify authenticate transfer ask transfer goodbye" "$(headings)"
	has "<server hangs up>                                | C: QUIT"
}

@test "IMAP's ask and transfer in turn come again in turn" {
	run -0 "$PARLANCE" annotate --notes off --beside - ewing-pop3-corrected <<-'END'
		Protocol: imap

		S: * PREAUTH ready
		C: a SELECT INBOX
		S: a OK done
		C: b FETCH 1 FLAGS
		S: b OK done
		C: c SELECT other
		S: * 3 EXISTS
		S: c OK done
		C: d FETCH 2 FLAGS
		S: d OK done
	END
	same "greet identify authenticate ask transfer ask transfer goodbye" "$(headings)"
	[[ $(grep -n ' | C: STAT' <<<"$output") < $(grep -n '^C: c SELECT' <<<"$output") ]]
}

@test "what serves no phase has a heading of its own" {
	run -0 "$PARLANCE" annotate --notes off --beside inst346-udp - <<<$'Protocol: smtp\n\nS: 220 ready\nC: XYZZY\nS: 500 what?'
	same "greet other" "$(headings)"
	has "| C: XYZZY"
}

@test "a comment stands with what it speaks of: with what comes next" {
	run -0 "$PARLANCE" annotate --notes off --beside - ewing-pop3 <<<$'# first\nS: 220 x\n# hello\nC: EHLO a\nS: 250 x\n# bye\nC: QUIT\nS: 221 x'
	[[ $output == *$'== greet'*$'\n# first '*$'== identify'*$'\n# hello '*$'== goodbye'*$'\n# bye '* ]]
}

# ---- how it is laid out ----

@test "every width from 40 to 200 columns is kept, nothing is lost and no order broken" {
	local pair
	for pair in "ewing-pop3-corrected ewing-imap-corrected" "ewing-smtp ewing-pop3" \
		"cs2911-smtp-starttls-corrected ch2-smtp" "clug-http11-corrected ch2-ftp"; do
		columns 40,60,80,99,100,120,200 $pair
		columns 40,80,100,120 $pair --notes full
		columns 40,80,100,120 $pair --notes off
	done
}

@test "every transcript that ships reads back from beside another" {
	local name before=inst346-udp
	for name in "$ROOT"/transcripts/*.txt; do
		name=$(basename "$name" .txt)
		columns 107 "$before" "$name"
		before=$name
	done
}

@test "in a pipe the width is that of COLUMNS, else 100" {
	run -0 "$PARLANCE" annotate --beside ewing-smtp ewing-pop3
	grep -Eq '^== greet: .{90}$' <<<"$output"
	COLUMNS=130 run -0 "$PARLANCE" annotate --beside ewing-smtp ewing-pop3
	grep -Eq '^== greet: .{120}$' <<<"$output"
	has_not $'\e'
	COLUMNS=99 run -0 "$PARLANCE" annotate --beside ewing-smtp ewing-pop3
	has_not ' | '
	has $'\n-- ewing-smtp (smtp)\n'
}

@test "in a terminal: stacked below 100 columns" {
	pty stacked_below_100_columns
}

@test "in a terminal: side by side from 100 columns on" {
	pty side_by_side_from_100_columns_on
}

@test "in a terminal: sides are told by weight" {
	pty sides_are_told_by_weight
}

@test "in a terminal: no escape sequence where none is wanted" {
	pty no_sequence_where_none_is_wanted
}

@test "every function of pty/beside.py is a test here" {
	local name
	for name in $("$PYTHON" -B "$ROOT/tests/pty/beside.py"); do
		grep -q "pty $name\$" "$BATS_TEST_FILENAME"
	done
}

@test "text, lists and literals are folded, each by itself, and their last line is shown" {
	run -0 "$PARLANCE" annotate --notes off --beside - ewing-smtp < <(
		printf 'Protocol: pop3\n\nS: +OK\nC: LIST\nS: +OK\n'
		printf 'S: %d 100\n' {1..1000}
		printf 'S: .\nC: RETR 1\nS: +OK\n'
		printf 'S: line %d\n' {1..5}
		printf 'S: .\nC: RETR 2\nS: +OK\n'
		printf 'S: line %d\n' {1..6}
		printf 'S: .\n'
	)
	[[ $output == *$'\nS: 3 100 '*$'\n   … 997 more lines '*$'\nS: . '*$'\nS: line 5 '*$'\nS: line 3 '*$'\n   … 3 more lines '*$'\nS: . '* ]]
}

@test "a long line is folded, and says by how much; a problem in what is folded is told" {
	run -0 "$PARLANCE" annotate --notes short --beside - ewing-smtp < <(
		printf 'Protocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250 x\nC: MAIL FROM:<a@b>\nS: 250 x\nC: RCPT TO:<a@b>\nS: 250 x\nC: DATA\nS: 354 x\n'
		printf 'C: %01240d\n' 0
		printf 'C\\: bare\\n\n%.0s' {1..10}
		printf 'C: .\nS: 250 x\n'
	)
	has '… 1,000 more octets'
	has '… 8 more lines, 8 with a problem'
}

# ---- notes, secrets, where it goes ----

@test "notes are short, full or off" {
	run -0 "$PARLANCE" annotate --beside ewing-smtp ewing-pop3
	has '   # The service is ready.'
	has_not 'RFC 5321'
	run -0 "$PARLANCE" annotate --notes full --beside ewing-smtp ewing-pop3
	has 'RFC 5321 4.2.3'
	has '# SIZE: this server'
	run -0 "$PARLANCE" annotate --notes off --beside ewing-smtp ewing-pop3
	run -1 grep '^   #' <<<"$output"
}

@test "secrets are shown and masked as annotate does" {
	local in=$'Protocol: pop3\nLet: password=secret\n\nS: +OK\nC: USER bob\nS: +OK\nC: PASS {{password}}\nS: +OK'
	run -0 "$PARLANCE" annotate --beside - ewing-pop3 <<<"$in"
	has 'C: PASS secret '
	run -0 "$PARLANCE" annotate --secrets mask --beside - ewing-pop3 <<<"$in"
	has 'C: PASS {{password}} '
	has_not secret
	has_not redqueen
	run -0 "$PARLANCE" annotate --set password=hunter2 --beside - ewing-pop3 <<<"$in"
	has 'C: PASS {{password}} '
	has_not hunter2
}

@test "-o writes to a file, and other programs' recordings are read" {
	printf '%s\n' '* Connected to localhost' '> GET / HTTP/1.1' '> Host: localhost' '> ' '< HTTP/1.1 200 OK' '< Content-Length: 0' '< ' \
		>"$BATS_TEST_TMPDIR/curl"
	run -0 "$PARLANCE" annotate --beside -o "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/curl" ewing-smtp
	[[ -z $output ]]
	grep -q '^C: GET / HTTP/1.1' "$BATS_TEST_TMPDIR/out"
}

@test "what makes no sense is said in one line" {
	local words
	for words in "" ewing-smtp "ewing-smtp ewing-pop3 ewing-imap"; do
		run -2 "$PARLANCE" annotate --beside $words
		[[ ${#lines[@]} == 1 && $output == "parlance: annotate --beside: "*"name two, not "? ]]
	done
	run -2 "$PARLANCE" annotate --beside - -
	[[ ${#lines[@]} == 1 && $output == "parlance: annotate --beside: standard input"* ]]
	run -2 "$PARLANCE" annotate --beside --json ewing-smtp ewing-pop3
	[[ ${#lines[@]} == 1 && $output == *"--json"* ]]
	run -2 "$PARLANCE" annotate --beside ewing-smtp - <<<$'Protocol: smtp\n\nS: 220 one\n\nProtocol: smtp\n\nS: 220 two'
	[[ ${#lines[@]} == 1 && $output == "parlance: standard input: holds 2 conversations"* ]]
	run -2 "$PARLANCE" annotate --beside ewing-smtp ewing-popp3
	has "nearest is ewing-pop3"
	run -2 "$PARLANCE" replay --beside ewing-smtp
	has "makes no sense for replay"
}

# ---- hostile ----

@test "no octet of a conversation, a title or a name reaches the screen as it is" {
	local name=$'evil\e[2J\u202e.txt' width
	{
		printf 'Title: a \033[2J title \342\200\256\nProtocol: smtp\n\n# a comment \033]52;c;x\007\nS: 220 \033[31m\t\001\n'
		printf 'C\\: NOOP \\xFF\\xC3\\n\nS: 250 \342\200\256 \357\273\277\n'
		printf 'S: 250 \344\270\255\346\226\207%.0s' {1..40}
		printf '\n<client sends \033[2J>\n<server hangs up>\n'
	} >"$BATS_TEST_TMPDIR/$name"
	cp "$BATS_TEST_TMPDIR/$name" "$BATS_TEST_TMPDIR/other.txt"
	for width in 1 12 40 99 100 101 120; do
		COLUMNS=$width "$PARLANCE" annotate --notes full --beside "$BATS_TEST_TMPDIR/$name" "$BATS_TEST_TMPDIR/other.txt" \
			>"$BATS_TEST_TMPDIR/out"
		safe_files "$BATS_TEST_TMPDIR/out"
		COLUMNS=$width "$PARLANCE" annotate --color always --beside "$BATS_TEST_TMPDIR/$name" "$BATS_TEST_TMPDIR/other.txt" |
			sed 's/\x1b\[[0-9;]*m//g' >"$BATS_TEST_TMPDIR/out"
		safe_files "$BATS_TEST_TMPDIR/out"
	done
}

@test "wide characters are counted as two columns" {
	{
		printf 'Protocol: tcp\n\n'
		printf 'S: \344\270\255%s\n' a aa aaa "$(printf '\346\226\207%.0s' {1..100})" $'e\u0301e\u0301'
	} >"$BATS_TEST_TMPDIR/wide"
	columns 40,41,80,100,101,103,120 "$BATS_TEST_TMPDIR/wide" ewing-smtp
	columns 40,41,80,100,101,103,120 ewing-smtp "$BATS_TEST_TMPDIR/wide"
}

@test "a line of 1 MB, and 30,000 lines, are folded" {
	{
		printf 'Protocol: smtp\n\nS: 220 x\nC: NOOP '
		head -c 1000000 /dev/zero | tr '\0' x
		printf '\nS: 250 x\n'
	} >"$BATS_TEST_TMPDIR/line"
	{
		printf 'Protocol: pop3\n\nS: +OK\nC: RETR 1\nS: +OK\n'
		seq -f 'S: line %g of a message that nobody reads' 30000
		printf 'S: .\n'
	} >"$BATS_TEST_TMPDIR/lines"
	COLUMNS=120 run -0 "$PARLANCE" annotate --beside "$BATS_TEST_TMPDIR/line" "$BATS_TEST_TMPDIR/lines"
	has '… 999,005 more octets'
	has '… 29,997 more lines'
	((${#lines[@]} < 80))
}

@test "conversations of many phases are aligned too" {
	{
		printf 'Protocol: imap\n\nS: * PREAUTH x\n'
		for i in {1..1200}; do
			printf 'C: a%d SELECT x\nS: a%d OK\nC: b%d FETCH 1 FLAGS\nS: b%d OK\n' "$i" "$i" "$i" "$i"
		done
	} >"$BATS_TEST_TMPDIR/many"
	columns 120 "$BATS_TEST_TMPDIR/many" "$BATS_TEST_TMPDIR/many"
	columns 80 "$BATS_TEST_TMPDIR/many" ewing-pop3-corrected
}

@test "an empty conversation stands beside another" {
	run -0 "$PARLANCE" annotate --beside - ewing-smtp <<<$'Protocol: smtp\n\n# nothing was said'
	has '# nothing was said'
	run -0 "$PARLANCE" annotate --beside - ewing-smtp <<<$'Protocol: smtp\n'
	has '(nothing)'
}
