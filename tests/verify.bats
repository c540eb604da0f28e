# parlance verify: live servers and recorded sessions held against transcripts; what it prints, and how it ends.
# The servers are verify/server.py, which says what stands in the test; verify/tap.py reads TAP, strictly.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

# plays [OPTION...]: starts a server that says what stands on stdin; $port is where.
plays() {
	local file=$BATS_TEST_TMPDIR/tape-$((++tapes))
	cat >"$file"
	start_server "server-$tapes" "$PYTHON" -B "$BATS_TEST_DIRNAME/verify/server.py" "$@" "$file"
	wait_for_line "server-$tapes" '^listening '
	port=${line#listening }
}

# heard: what the last server has heard, without tags' and lines' ends.
heard() {
	grep '^C: ' "$BATS_TEST_TMPDIR/server-$tapes.out"
}

# verify STATUS ARGUMENT...: runs it; stdout is in $output, stderr in $stderr.
verify() {
	local status_due=$1
	shift
	run "-$status_due" --separate-stderr timeout 30 "$PARLANCE" verify --timeout 2 "$@"
}

# points: $output, which must be TAP 14, as one line for each point: `ok LINE NAME`, `not ok LINE NAME`,
# `skipped LINE NAME (skipped: why)`; above those of a transcript `ok: its name` or `not ok: its name`. Folders are left out.
points() {
	"$PYTHON" -B "$BATS_TEST_DIRNAME/verify/tap.py" <<<"$output" | jq -r '
		def verdict: if .ok then "ok" else "not ok" end;
		.points[]
		| "\(verdict): \(.name | sub("^.*/"; ""))",
		  (.points // [] | .[]
		    | (.name | capture("^.*?:(?<line>[0-9]+) (?<text>.*)$")) as $at
		    | if .skip then "skipped \($at.line) \($at.text) (skipped: \(.skip))" else "\(verdict) \($at.line) \($at.text)" end)'
}

# points_are: the points, but for the names of transcripts and the reasons of what was skipped, are those on stdin.
points_are() {
	same "$(cat)" "$(points | sed -E 's/^((not )?ok:) .*/\1/; s/ \(skipped: .*\)$//')"
}

# difference LINE: the YAML block under the first `not ok` at that line, as JSON, in $difference.
difference() {
	difference=$("$PYTHON" -B "$BATS_TEST_DIRNAME/verify/tap.py" <<<"$output" | jq -ec --arg line "$1" '
		[.points[].points[]? | select((.ok | not) and (.name | test(":" + $line + " ")))][0].yaml') || {
		echo "no difference at line $1 in: $output" >&2
		return 1
	}
}

# A transcript that most tests need, in $script.
short_script() {
	script=$(transcript short.txt <<-'END'
		Protocol: smtp

		S: 220 mail.example ready
		C: EHLO client.example
		S: 250-mail.example
		S: 250 HELP
		C: MAIL FROM:<a@example.org>
		S: 250 OK
		C: QUIT
		S: 221 goodbye
	END
	)
}

short_server() {
	plays "$@" <<-'END'
		S: 220 other.example ready
		C: EHLO
		S: 250-other.example
		S: 250-SIZE
		S: 250 HELP
		C: MAIL
		S: 250 2.1.0 sender
		C: QUIT
		S: 221 2.0.0 bye
		<server hangs up>
	END
}

# ---- what is printed ----

@test "a server as the script has it: TAP, a subtest, a point for each reply, status 0" {
	short_script
	short_server
	verify 0 "$script" --to "smtp://127.0.0.1:$port"
	same "" "$stderr"
	same "TAP version 14" "$(head -n 1 <<<"$output")"
	same "    ok 1 - $script:3 220 mail.example ready
    ok 2 - $script:5 250-mail.example
    ok 3 - $script:8 250 OK
    ok 4 - $script:10 221 goodbye
    1..4" "$(grep '^    ' <<<"$output")"
	same "1..1" "$(tail -n 1 <<<"$output")"
	points_are <<-'END'
		ok:
		ok 3 220 mail.example ready
		ok 5 250-mail.example
		ok 8 250 OK
		ok 10 221 goodbye
	END
	same "C: EHLO client.example
C: MAIL FROM:<a@example.org>
C: QUIT" "$(heard)"
}

@test "a difference: not ok, its YAML block says expected, received and what it means; the rest goes on; status 1" {
	short_script
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250 x
		C: MAIL
		S: 452 4.3.1 no room
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	verify 1 "$script" --to "smtp://127.0.0.1:$port"
	points_are <<-'END'
		not ok:
		ok 3 220 mail.example ready
		ok 5 250-mail.example
		not ok 8 250 OK
		ok 10 221 goodbye
	END
	difference 8
	same "250 OK" "$(jq -r .expected <<<"$difference")"
	same "452 4.3.1 no room" "$(jq -r .received <<<"$difference")"
	[[ $(jq -r .note <<<"$difference") == *" "* ]]
}

@test "prove counts the transcripts" {
	require prove
	short_script
	short_server
	verify 0 "$script" --to "smtp://127.0.0.1:$port"
	# Version 14 reads as 13 does; a prove that does not know its number says so.
	printf '%s\n' "${output/#TAP version 14/TAP version 13}" >"$BATS_TEST_TMPDIR/good.tap"
	verify 1 --match text "$script" "$script" --to "smtp://127.0.0.1:$port"
	printf '%s\n' "${output/#TAP version 14/TAP version 13}" >"$BATS_TEST_TMPDIR/bad.tap"
	run -0 prove --exec cat "$BATS_TEST_TMPDIR/good.tap"
	has "Tests=1,"
	run -1 prove --exec cat "$BATS_TEST_TMPDIR/bad.tap"
	has "Failed 2/2 subtests"
}

@test "names and differences survive whatever a server says: # and \\, escapes, quotes, invalid UTF-8" {
	script=$(transcript nasty.txt <<-'END'
		Protocol: tcp
		Match: text

		S: #1 \ queued # SKIP nothing
		C: a
		S: plain
		C: b
		S: last
	END
	)
	plays <<-'END'
		S\: #1 \\ queued # SKIP nothing\r\n
		C: a
		S\: \x1b]52;c;AAAA\x07"'\\ # \xff\xfe \xe2\x80\xae: - x\r\n
		C: b
		S: last
		<server hangs up>
	END
	verify 1 "$script" --to "tcp://127.0.0.1:$port"
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/out"
	safe_files "$BATS_TEST_TMPDIR/out"
	points_are <<-'END'
		not ok:
		ok 4 #1 \ queued # SKIP nothing
		not ok 6 plain
		ok 8 last
	END
	difference 6
	[[ $(jq -r .received <<<"$difference") == *"\"'"*" # "*": - x" ]]
}

@test "--bail stops at the first difference; what is left is skipped, with the reason" {
	short_script
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 500 x
		C: MAIL
		S: 250 x
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	verify 1 --bail "$script" --to "smtp://127.0.0.1:$port"
	points_are <<-'END'
		not ok:
		ok 3 220 mail.example ready
		not ok 5 250-mail.example
		skipped 8 250 OK
		skipped 10 221 goodbye
	END
	[[ $(heard) != *MAIL* ]]
}

@test "--bail leaves out the transcripts that come after, too" {
	short_script
	plays <<-'END'
		S: 554 no service here
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	verify 1 --bail "$script" "$script" "$script" --to "smtp://127.0.0.1:$port"
	run -0 points
	same 1 "$(grep -c '^not ok [0-9]' <<<"$output")"
	has_not $'\nok '
}

@test "--json: the events, and a result after each point" {
	short_script
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250 x
		C: MAIL
		S: 550 no
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	verify 1 --json "$script" --to "smtp://127.0.0.1:$port"
	jq -e . <<<"$output" >/dev/null
	has_event '{"kind": "command", "verb": "MAIL"}'
	has_event '{"kind": "reply", "code": "550"}'
	results=$(jq -c 'select(.kind == "result")' <<<"$output")
	same "3 true
5 true
8 false
10 true" "$(jq -r '"\(.line) \(.ok)"' <<<"$results")"
	difference=$(jq -c 'select(.ok | not)' <<<"$results")
	same "$script" "$(jq -r .file <<<"$difference")"
	same "250 OK" "$(jq -r .expected <<<"$difference")"
	same "550 no" "$(jq -r .received <<<"$difference")"
	[[ $(jq -r .note <<<"$difference") == *" "* ]]
	# The result stands behind the event that it is about.
	same '["reply","result"]' "$(jq -sc '[.[] | select(.kind == "reply" or .kind == "result")] | map(.kind)[0:2]' <<<"$output")"
}

@test "--junit FILE: suites, cases and failures as build servers read them; TAP is still printed" {
	short_script
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250 x
		C: MAIL
		S: 550 <no> & ]]> no
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	verify 1 --junit "$BATS_TEST_TMPDIR/out.xml" "$script" --to "smtp://127.0.0.1:$port"
	points_are <<-'END'
		not ok:
		ok 3 220 mail.example ready
		ok 5 250-mail.example
		not ok 8 250 OK
		ok 10 221 goodbye
	END
	run -0 "$PYTHON" - "$BATS_TEST_TMPDIR/out.xml" <<-'END'
		import sys, xml.etree.ElementTree as tree
		suite = tree.parse(sys.argv[1]).getroot()
		suite = suite if suite.tag == "testsuite" else suite.find("testsuite")
		print(suite.get("tests"), suite.get("failures"), suite.get("errors", "0"))
		for case in suite.iter("testcase"):
		    failure = case.find("failure")
		    print("failed" if failure is not None else "passed", case.get("name").split(": ")[-1])
		    if failure is not None:
		        print("<no> & ]]> no" in "".join(failure.itertext()) + failure.get("message", ""))
	END
	same "4 1 0
passed 220 mail.example ready
passed 250-mail.example
failed 250 OK
True
passed 221 goodbye" "$output"
}

@test "--junit where no file can be is told before anything is said to a server" {
	short_script
	short_server
	verify 2 --junit "$BATS_TEST_TMPDIR/no/such/folder.xml" "$script" --to "smtp://127.0.0.1:$port"
	[[ $stderr == *"parlance: "*"folder.xml"* ]]
	run -1 heard
}

@test "-q and -v change what is printed, never the verdict" {
	short_script
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250 x
		C: MAIL
		S: 550 no
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	verify 1 -v "$script" --to "smtp://127.0.0.1:$port"
	run -0 points
	has "not ok 8 250 OK"
	verify 1 -q "$script" --to "smtp://127.0.0.1:$port"
	run -0 points
	has "not ok 8 250 OK"
}

# ---- which transcripts, and where to ----

@test "several files, in the order of the arguments; the largest status" {
	short_script
	other=$(transcript other.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: QUIT
		S: 250 not 221
	END
	)
	plays <<-'END'
		S: 220 x
		C: a line
		S: 221 x
		<server hangs up>
	END
	second=$port
	short_server
	sed -i "2i Target: smtp://127.0.0.1:$second" "$other"
	sed -i "2i Target: smtp://127.0.0.1:$port" "$script"
	verify 1 "$script" "$other" "$script"
	points_are <<-'END'
		ok:
		ok 4 220 mail.example ready
		ok 6 250-mail.example
		ok 9 250 OK
		ok 11 221 goodbye
		not ok:
		ok 4 220 x
		not ok 6 250 not 221
		ok:
		ok 4 220 mail.example ready
		ok 6 250-mail.example
		ok 9 250 OK
		ok 11 221 goodbye
	END
}

@test "a folder is all transcripts in it" {
	mkdir "$BATS_TEST_TMPDIR/folder"
	for name in b a c; do
		printf 'Protocol: tcp\n\nC: %s\nS: %s\n' $name $name >"$BATS_TEST_TMPDIR/folder/$name.txt"
	done
	echo "no transcript" >"$BATS_TEST_TMPDIR/folder/README.md"
	plays <<-'END'
		C: x
		S: x
		<server hangs up>
	END
	verify 0 "$BATS_TEST_TMPDIR/folder" --to "tcp://127.0.0.1:$port"
	points_are <<-'END'
		ok:
		ok 4 a
		ok:
		ok 4 b
		ok:
		ok 4 c
	END
	mkdir "$BATS_TEST_TMPDIR/empty"
	verify 2 "$BATS_TEST_TMPDIR/empty" --to "tcp://127.0.0.1:$port"
	[[ $stderr == *"parlance: "*"empty"* ]]
}

@test "several conversations in one file are a subtest each, and lines are the file's" {
	file=$(transcript two.txt <<-'END'
		Protocol: tcp

		C: a
		S: a

		Protocol: tcp
		Match: text

		C: b
		S: b
	END
	)
	plays <<-'END'
		C: x
		S: a
		<server hangs up>
	END
	verify 1 "$file" --to "tcp://127.0.0.1:$port"
	points_are <<-'END'
		ok:
		ok 4 a
		not ok:
		not ok 10 b
	END
}

@test "without --to and Target: it is told where to go, and that there is a lab: status 2" {
	short_script
	verify 2 "$script"
	[[ $stderr == *"parlance: "*"--to lab"* ]]
	run -2 "$PARLANCE" verify
	has "parlance verify"
}

@test "--to wins over Target:, and a TARGET may stand after the file" {
	short_script
	sed -i '2i Target: smtp://127.0.0.1:1' "$script"
	short_server
	verify 0 "$script" --to "smtp://127.0.0.1:$port"
	verify 0 "$script" "smtp://127.0.0.1:$port"
	verify 3 "$script"
}

@test "self: every shipped transcript verifies against itself, to the letter" {
	verify 0 --match text "$ROOT"/transcripts/*.txt --to self
	same "" "$stderr"
	run -0 points
	has_not "not ok"
	has_not "skipped"
	same "$(find "$ROOT/transcripts" -name '*.txt' | wc -l)" "$(grep -c '^ok: ' <<<"$output")"
}

@test "a transcript that ships is found by its name" {
	verify 0 ewing-smtp --to self
	has "ewing-smtp:8 220 foo.com Simple Mail Transfer Service Ready"
}

@test "what cannot be read, and what is no transcript, is status 2 and named with its line" {
	short_script
	short_server
	verify 2 "$BATS_TEST_TMPDIR/none.txt" --to "smtp://127.0.0.1:$port"
	[[ $stderr == *"parlance: "*"none.txt"* ]]
	bad=$(transcript bad.txt <<-'END'
		Protocol: smtp

		S: 220 x
		Q: what is this
	END
	)
	verify 2 "$bad" --to "smtp://127.0.0.1:$port"
	[[ $stderr == *"$bad:4: "* ]]
	verify 2 "$script" "$bad" --to "smtp://127.0.0.1:$port"
	[[ $stderr == *"$bad:4: "* ]]
}

@test "an unknown level is status 2, before anything is said" {
	short_script
	verify 2 --match words "$script" --to smtp://127.0.0.1:1
	[[ $stderr == *"status"*"class"*"text"* ]]
}

# ---- how it ends ----

@test "a server that is not there: status 3, and nothing is green" {
	short_script
	verify 3 "$script" --to "smtp://127.0.0.1:$(free_port)"
	[[ $stderr$output == *"127.0.0.1"* ]]
	run -0 points
	has_not "ok [0-9]"
	[[ $output == "not ok: "* ]]
}

@test "a server that does not speak TLS: status 4" {
	short_script
	short_server
	verify 4 --tls "$script" --to "127.0.0.1:$port" -P smtp
	run -0 points
	[[ $output == "not ok: "* ]]
}

@test "one of several servers is not there: the others are verified, the status is the largest" {
	short_script
	short_server
	cp "$script" "$BATS_TEST_TMPDIR/gone.txt"
	sed -i "2i Target: smtp://127.0.0.1:$(free_port)" "$BATS_TEST_TMPDIR/gone.txt"
	sed -i "2i Target: smtp://127.0.0.1:$port" "$script"
	verify 3 "$BATS_TEST_TMPDIR/gone.txt" "$script"
	has "ok 4 - $script:11 221 goodbye"
}

@test "silence: --timeout ends it, not ok where the reply is missing, the rest is skipped with the reason; status 1" {
	short_script
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250-x
		<server goes silent>
	END
	SECONDS=0
	verify 1 --timeout 0.5 "$script" --to "smtp://127.0.0.1:$port"
	((SECONDS < 5))
	points_are <<-'END'
		not ok:
		ok 3 220 mail.example ready
		not ok 5 250-mail.example
		skipped 8 250 OK
		skipped 10 221 goodbye
	END
	difference 5
	same "250-x" "$(jq -r .received <<<"$difference")"
	[[ $(points) =~ "skipped 8 250 OK (skipped: "[^\)]+ ]]
}

@test "a server that hangs up in mid-session is status 1, at the reply that did not come" {
	short_script
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250 x
		C: MAIL
		S: 421 4.3.0 going down
		<server hangs up>
	END
	verify 1 "$script" --to "smtp://127.0.0.1:$port"
	run -0 points
	has "not ok 8 250 OK"
	[[ $output == *"skipped 10 221 goodbye"* || $output == *"not ok 10 221 goodbye"* ]]
}

@test "a server that does not hang up where the script has it: a difference of its own, behind the replies" {
	script=$(transcript stays.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	)
	plays <<-'END'
		S: 220 x
		C: QUIT
		S: 221 x
		<server goes silent>
	END
	verify 1 --timeout 0.5 "$script" --to "smtp://127.0.0.1:$port"
	points_are <<-'END'
		not ok:
		ok 3 220 x
		ok 5 221 x
		not ok 6 <server hangs up>
	END
}

@test "^C is status 130" {
	short_script
	plays <<-'END'
		S: 220 x
		C: EHLO
		<server goes silent>
	END
	"$PARLANCE" verify "$script" --to "smtp://127.0.0.1:$port" >"$BATS_TEST_TMPDIR/out" 2>&1 &
	wait_for 5 heard
	kill -INT $!
	status=0
	wait $! || status=$?
	same 130 "$status"
}

# ---- levels ----

@test "Match: says how closely; --match wins" {
	short_script
	sed -i '2i Match: text' "$script"
	short_server
	verify 1 "$script" --to "smtp://127.0.0.1:$port"
	points_are <<-'END'
		not ok:
		not ok 4 220 mail.example ready
		not ok 6 250-mail.example
		not ok 9 250 OK
		not ok 11 221 goodbye
	END
	verify 0 --match status "$script" --to "smtp://127.0.0.1:$port"
}

@test "class: POP3's and IMAP's refusals for now are another class than those for good" {
	pop3=$(transcript pop3.txt <<-'END'
		Protocol: pop3

		S: +OK x
		C: STAT
		S: -ERR log in first
		C: QUIT
		S: +OK x
	END
	)
	plays <<-'END'
		S: +OK x
		C: STAT
		S: -ERR [SYS/TEMP] come back later
		C: QUIT
		S: +OK x
		<server hangs up>
	END
	verify 0 "$pop3" --to "pop3://127.0.0.1:$port"
	verify 1 --match class "$pop3" --to "pop3://127.0.0.1:$port"
	run -0 points
	has "not ok 5 -ERR log in first"
}

# ---- variables ----

@test "--set, Let and captures fill what is said and expected; --map changes client lines only" {
	script=$(transcript vars.txt <<-'END'
		Protocol: smtp
		Let: rcpt=let@example.org

		S: 220 {{host}} ready
		C: EHLO client.example
		S: 250-{{host}} hello
		S: 250 HELP
		C: MAIL FROM:<{{from}}>
		S: 250 OK
		C: RCPT TO:<{{rcpt}}>
		S: 250 OK
		C: VRFY {{host}}
		S: 250 x
		C: QUIT
		S: 221 client.example
	END
	)
	plays <<-'END'
		S: 220 mail.example ready
		C: EHLO
		S: 250-mail.example hello
		S: 250 HELP
		C: MAIL
		S: 250 x
		C: RCPT
		S: 250 x
		C: VRFY
		S: 250 x
		C: QUIT
		S: 221 client.example
		<server hangs up>
	END
	verify 0 "$script" --to "smtp://127.0.0.1:$port" --set from=set@example.org --map client.example=me.example
	same "C: EHLO me.example
C: MAIL FROM:<set@example.org>
C: RCPT TO:<let@example.org>
C: VRFY mail.example
C: QUIT" "$(heard)"
	verify 1 "$script" --to "smtp://127.0.0.1:$port" --set from=x --set host=other.example
	run -0 points
	has "not ok 4 220 {{host}} ready"
	sed -i 's/^S: 250 OK$/S: 250 x/' "$script"
	verify 0 --match text "$script" --to "smtp://127.0.0.1:$port" --set from=x --map client.example=me
}

@test "a variable without a value in a client line is status 2, and names line and variable" {
	script=$(transcript unset.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: MAIL FROM:<{{from}}>
		S: 250 x
	END
	)
	verify 2 "$script" --to smtp://127.0.0.1:1
	[[ $stderr == *"$script:4: "*"from"* ]]
}

@test "a value that was captured must come again; what was captured in one conversation is not known in the next" {
	script=$(transcript again.txt <<-'END'
		Protocol: tcp

		S: session {{id}}
		C: who
		S: session {{id}}

		Protocol: tcp

		S: session {{id}}
		C: who
		S: session {{id}}
	END
	)
	plays <<-'END'
		S: session 17
		C: who
		S: session 17
		<server hangs up>
	END
	verify 0 "$script" --to "tcp://127.0.0.1:$port"
	plays <<-'END'
		S: session 17
		C: who
		S: session 71
		<server hangs up>
	END
	verify 1 "$script" --to "tcp://127.0.0.1:$port"
	points_are <<-'END'
		not ok:
		ok 3 session {{id}}
		not ok 5 session {{id}}
		not ok:
		ok 9 session {{id}}
		not ok 11 session {{id}}
	END
	difference 5
	same "session 17" "$(jq -r .expected <<<"$difference")"
	same "session 71" "$(jq -r .received <<<"$difference")"
}

@test "a computed answer goes out: CRAM-MD5 from the challenge that came" {
	script=$(transcript cram.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO a
		S: 250-x
		S: 250 AUTH CRAM-MD5
		C: AUTH CRAM-MD5
		S: 334 {{*}}
		C: {{cram-md5 tim {{password}}}}
		S: 235 x
		C: QUIT
		S: 221 x
	END
	)
	# The example of RFC 2195 section 2.
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250-x
		S: 250 AUTH CRAM-MD5
		C: AUTH
		S: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
		C: digest
		S: 235 x
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	verify 0 "$script" --to "smtp://127.0.0.1:$port" --set password=tanstaaftanstaaf
	[[ $(heard) == *"C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"* ]]
	has_not tanstaaf
}

# ---- SMTP ----

@test "SMTP: commands that stand together go out together, in one write" {
	script=$(transcript pipelining.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO a
		S: 250 x
		C: MAIL FROM:<a@b.example>
		C: RCPT TO:<c@d.example>
		C: DATA
		S: 250 x
		S: 250 x
		S: 354 x
		C: text
		C: .
		S: 250 x
	END
	)
	# A server that answers none before it has heard all three.
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250 x
		C: MAIL
		C: RCPT
		C: DATA
		S: 250 x
		S: 250 x
		S: 354 x
		C: text
		C: .
		S: 250 x
	END
	verify 0 "$script" --to "smtp://127.0.0.1:$port"
	points_are <<-'END'
		ok:
		ok 3 220 x
		ok 5 250 x
		ok 9 250 x
		ok 10 250 x
		ok 11 354 x
		ok 14 250 x
	END
}

@test "SMTP: DATA refused: the text is not sent, and its reply is skipped, with the reason" {
	script=$(transcript data.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO a
		S: 250 x
		C: DATA
		S: 354 go on
		C: the text
		C: .
		S: 250 taken
		C: QUIT
		S: 221 x
	END
	)
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250 x
		C: DATA
		S: 503 no
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	verify 1 "$script" --to "smtp://127.0.0.1:$port"
	points_are <<-'END'
		not ok:
		ok 3 220 x
		ok 5 250 x
		not ok 7 354 go on
		skipped 10 250 taken
		ok 12 221 x
	END
	[[ $(heard) != *"the text"* ]]
}

@test "SMTP: a reply too many is not ok at the reply that it follows, the next one's command is not judged by it" {
	short_script
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250 x
		S: 250 once more
		C: MAIL
		S: 250 x
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	verify 1 "$script" --to "smtp://127.0.0.1:$port"
	run -0 points
	has "ok 3 220"
	has "not ok 5 250-mail.example"
}

@test "SMTP: a reply to the text that comes before the text is not ok, and no text that was not sent is green" {
	script=$(transcript early.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: DATA
		S: 354 x
		C: text
		C: .
		S: 250 x
	END
	)
	plays <<-'END'
		S: 220 x
		C: DATA
		S: 354 x
		S: 250 early
		C: text
		C: .
	END
	verify 1 --timeout 0.5 "$script" --to "smtp://127.0.0.1:$port"
	run -0 points
	[[ $output == *"not ok 5 354 x"* || $output == *"not ok 8 250 x"* ]]
}

@test "TCP: a line before its command is not ok" {
	script=$(transcript early.txt <<-'END'
		Protocol: tcp

		C: a
		S: A
		C: b
		S: B
		C: c
		S: C
	END
	)
	plays <<-'END'
		C: a
		S: A
		S: B
		C: b
		C: c
		S: C
		<server hangs up>
	END
	verify 1 --timeout 0.5 "$script" --to "tcp://127.0.0.1:$port"
	run -0 points
	[[ $output == *"not ok 4 A"* || $output == *"not ok 6 B"* ]]
}

@test "a reply that was never written, seen at the end, is a failure" {
	script=$(transcript end.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	)
	plays <<-'END'
		S: 220 x
		C: QUIT
		S: 221 x
		<server waits 0.1 s>
		S: 250 one more thing
		<server hangs up>
	END
	verify 1 "$script" --to "smtp://127.0.0.1:$port"
	run -0 points
	has "not ok 5 221 x"
}

@test "a greeting that the script does not have is passed over" {
	script=$(transcript headless.txt <<-'END'
		Protocol: smtp

		C: EHLO a
		S: 250 x
		C: QUIT
		S: 221 x
	END
	)
	plays <<-'END'
		S: 220 x
		C: EHLO
		S: 250 x
		C: QUIT
		S: 221 x
		<server hangs up>
	END
	verify 0 "$script" --to "smtp://127.0.0.1:$port"
	points_are <<-'END'
		ok:
		ok 4 250 x
		ok 6 221 x
	END
}

@test "octet by octet is the same" {
	short_script
	short_server
	verify 0 -v "$script" --to "smtp://127.0.0.1:$port"
	whole=$(points)
	short_server --octets
	verify 0 -v "$script" --to "smtp://127.0.0.1:$port"
	same "$whole" "$(points)"
}

# ---- IMAP ----

@test "IMAP: a tag goes out as written, and another where it is still in flight" {
	script=$(transcript tags.txt <<-'END'
		Protocol: imap

		S: * OK x
		C: a NOOP
		S: a OK x
		C: a NOOP
		C: a CAPABILITY
		S: a OK x
		S: * CAPABILITY IMAP4rev1
		S: a OK y
		C: b LOGOUT
		S: * BYE x
		S: b OK x
	END
	)
	plays <<-'END'
		S: * OK x
		C: 1 NOOP
		S: 1 OK x
		C: 2 NOOP
		C: 3 CAPABILITY
		S: 2 OK x
		S: * CAPABILITY IMAP4rev1
		S: 3 OK y
		C: 4 LOGOUT
		S: * BYE x
		S: 4 OK x
		<server hangs up>
	END
	verify 0 --match text "$script" --to "imap://127.0.0.1:$port"
	mapfile -t said < <(heard)
	same "C: a NOOP" "${said[0]}"
	same "C: a NOOP" "${said[1]}"
	[[ ${said[2]} == "C: "*" CAPABILITY" && ${said[2]} != "C: a CAPABILITY" ]]
	same "C: b LOGOUT" "${said[3]}"
}

@test "IMAP: commands that went out together may be answered in another order" {
	script=$(transcript order.txt <<-'END'
		Protocol: imap

		S: * PREAUTH x
		C: a NOOP
		C: b FETCH 1 UID
		C: c NOOP
		S: a OK x
		S: * 1 FETCH (UID 1)
		S: b OK x
		S: c BAD x
		C: d LOGOUT
		S: * BYE x
		S: d OK x
	END
	)
	plays <<-'END'
		S: * PREAUTH x
		C: a
		C: b
		C: c
		S: c BAD x
		S: * 1 FETCH (UID 1)
		S: a OK x
		S: b OK x
		C: d
		S: * BYE x
		S: d OK x
		<server hangs up>
	END
	verify 0 --match text "$script" --to "imap://127.0.0.1:$port"
	points_are <<-'END'
		ok:
		ok 3 * PREAUTH x
		ok 7 a OK x
		ok 8 * 1 FETCH (UID 1)
		ok 10 c BAD x
		ok 12 * BYE x
	END
	plays <<-'END'
		S: * PREAUTH x
		C: a
		C: b
		C: c
		S: c OK x
		S: * 1 FETCH (UID 1)
		S: a BAD x
		S: b OK x
		C: d
		S: * BYE x
		S: d OK x
		<server hangs up>
	END
	verify 1 "$script" --to "imap://127.0.0.1:$port"
	points_are <<-'END'
		not ok:
		ok 3 * PREAUTH x
		not ok 7 a OK x
		ok 8 * 1 FETCH (UID 1)
		not ok 10 c BAD x
		ok 12 * BYE x
	END
}

@test "IMAP: data that nobody asked for may come at any time, but not at level text" {
	script=$(transcript quiet.txt <<-'END'
		Protocol: imap

		S: * PREAUTH x
		C: a NOOP
		S: a OK x
		C: b LOGOUT
		S: * BYE x
		S: b OK x
	END
	)
	plays <<-'END'
		S: * PREAUTH x
		S: * 4 EXISTS
		C: a
		S: * 5 EXISTS
		S: a OK x
		S: * 1 EXPUNGE
		C: b
		S: * BYE x
		S: b OK x
		<server hangs up>
	END
	verify 0 "$script" --to "imap://127.0.0.1:$port"
	verify 0 --match class "$script" --to "imap://127.0.0.1:$port"
	verify 1 --match text "$script" --to "imap://127.0.0.1:$port"
	run -0 points
	has "not ok 5 a OK x"
}

@test "IMAP: IDLE: an untagged line that is written is waited for, however late; DONE goes out after it" {
	script=$(transcript idle.txt <<-'END'
		Protocol: imap

		S: * PREAUTH x
		C: a SELECT INBOX
		S: * 2 EXISTS
		S: a OK x
		C: b IDLE
		S: + idling
		S: * 3 EXISTS
		C: DONE
		S: b OK x
		C: c LOGOUT
		S: * BYE x
		S: c OK x
	END
	)
	plays <<-'END'
		S: * PREAUTH x
		C: a
		S: * 2 EXISTS
		S: a OK x
		C: b
		S: + idling
		<server waits 0.7 s>
		S: * 3 EXISTS
		C: DONE
		S: b OK x
		C: c
		S: * BYE x
		S: c OK x
		<server hangs up>
	END
	verify 0 "$script" --to "imap://127.0.0.1:$port"
	run -0 points
	has_not skipped
	plays <<-'END'
		S: * PREAUTH x
		C: a
		S: * 2 EXISTS
		S: a OK x
		C: b
		S: + idling
		C: DONE
		S: b OK x
		<server goes silent>
	END
	verify 1 --timeout 0.5 "$script" --to "imap://127.0.0.1:$port"
	run -0 points
	[[ $output =~ not\ ok\ (8|9)\  ]]
}

@test "IMAP: literals are of the length that the server has; a literal of the client's waits to be asked for" {
	script=$(transcript literal.txt <<-'END'
		Protocol: imap

		S: * PREAUTH x
		C: a FETCH 1 BODY[TEXT]
		S: * 1 FETCH (BODY[TEXT] {11}
		S: some text
		S:  UID {{uid}})
		S: a OK x
		C: b APPEND Sent {5}
		C: hello
		S: b OK x
		C: c LOGOUT
		S: * BYE x
		S: c OK x
	END
	)
	plays <<-'END'
		S: * PREAUTH x
		C: a
		S: * 1 FETCH (BODY[TEXT] {21}
		S: a OK no tagged line
		S:  UID 7)
		S: a OK x
		C: b
		S: + go on
		C: hello
		S: b OK x
		C: c
		S: * BYE x
		S: c OK x
		<server hangs up>
	END
	verify 0 "$script" --to "imap://127.0.0.1:$port"
	points_are <<-'END'
		ok:
		ok 3 * PREAUTH x
		ok 5 * 1 FETCH (BODY[TEXT] {11}
		ok 11 b OK x
		ok 13 * BYE x
	END
	same "C: a FETCH 1 BODY[TEXT]
C: b APPEND Sent {5}
C: hello
C: c LOGOUT" "$(heard)"
}

@test "IMAP: an untagged line with a variable must be there, and it may be a later one of its keyword" {
	script=$(transcript fetch.txt <<-'END'
		Protocol: imap

		S: * PREAUTH x
		C: a FETCH 1:3 (UID)
		S: * 3 FETCH (UID {{uid}})
		S: a OK x
		C: b UID FETCH {{uid}} FLAGS
		S: * 3 FETCH (FLAGS {{*}} UID {{uid}})
		S: b OK x
	END
	)
	plays <<-'END'
		S: * PREAUTH x
		C: a
		S: * 1 FETCH (UID 11)
		S: * 3 FETCH (UID 13)
		S: * 2 FETCH (UID 12)
		S: a OK x
		C: b
		S: * 3 FETCH (FLAGS () UID 13)
		S: b OK x
	END
	verify 0 "$script" --to "imap://127.0.0.1:$port"
	[[ $(heard) == *"C: b UID FETCH 13 FLAGS"* ]]
	plays <<-'END'
		S: * PREAUTH x
		C: a
		S: * 1 FETCH (UID 11)
		S: * 2 FETCH (UID 12)
		S: a OK x
		C: b
		S: b OK x
	END
	verify 1 "$script" --to "imap://127.0.0.1:$port"
	run -0 points
	has "not ok 5 * 3 FETCH (UID {{uid}})"
}

# ---- HTTP, POP3, FTP ----

@test "HTTP: several requests on one connection; chunks where the script has Content-Length" {
	script=$(transcript http.txt <<-'END'
		Protocol: http

		C: GET /a HTTP/1.1
		C: Host: x.example
		C:
		S: HTTP/1.1 200 OK
		S: Content-Length: 7
		S:
		S: hello
		C: POST /b HTTP/1.1
		C: Host: x.example
		C: Content-Length: 3
		C:
		C\: abc
		S: HTTP/1.1 404 Not Found
		S: Content-Length: 0
		S:
	END
	)
	plays <<-'END'
		C: GET
		C: Host
		C:
		S: HTTP/1.1 200 Fine
		S: Transfer-Encoding: chunked
		S:
		S: 3
		S: hel
		S: 4
		S\: lo\r\n\r\n
		S: 0
		S:
		C: POST
		C: Host
		C: Content-Length
		C:
		C\: abc
		S: HTTP/1.1 100 Continue
		S:
		S: HTTP/1.1 404 Nothing
		S: Content-Length: 0
		S:
	END
	verify 0 "$script" --to "http://127.0.0.1:$port"
	points_are <<-'END'
		ok:
		ok 6 HTTP/1.1 200 OK
		ok 15 HTTP/1.1 404 Not Found
	END
}

@test "POP3: a list of another length is no difference but at level text; -ERR in its place is one" {
	script=$(transcript pop3.txt <<-'END'
		Protocol: pop3

		S: +OK x
		C: LIST
		S: +OK 2 messages
		S: 1 120
		S: 2 200
		S: .
		C: QUIT
		S: +OK x
	END
	)
	plays <<-'END'
		S: +OK x
		C: LIST
		S: +OK 1 message
		S: 1 1
		S: .
		C: QUIT
		S: +OK x
		<server hangs up>
	END
	verify 0 "$script" --to "pop3://127.0.0.1:$port"
	verify 1 --match text "$script" --to "pop3://127.0.0.1:$port"
	run -0 points
	has "not ok 5 +OK 2 messages"
	plays <<-'END'
		S: +OK x
		C: LIST
		S: -ERR no list today
		C: QUIT
		S: +OK x
		<server hangs up>
	END
	verify 1 "$script" --to "pop3://127.0.0.1:$port"
	points_are <<-'END'
		not ok:
		ok 3 +OK x
		not ok 5 +OK 2 messages
		ok 10 +OK x
	END
}

@test "POP3: what stands behind a text that ended too early is waited for by its lines, not by the clock" {
	script=$(transcript pop3.txt <<-'END'
		Protocol: pop3

		S: +OK x
		C: TOP 1 9
		S: +OK
		S: One.
		S: .
		S: Two.
		S: .
		C: QUIT
		S: +OK x
	END
	)
	SECONDS=0
	verify 0 "$script" --to self --timeout 30
	((SECONDS < 15))
}

@test "marks: S? may be missing, S* may come often, S! must not come, at every level" {
	script=$(transcript marks.txt <<-'END'
		Protocol: pop3

		S: +OK x
		C: CAPA
		S: +OK x
		S?: TOP
		S*: X-{{*}}
		S!: STLS{{*}}
		S: UIDL
		S: .
	END
	)
	local level
	plays <<-'END'
		S: +OK x
		C: CAPA
		S: +OK x
		S: UIDL
		S: .
	END
	for level in status class text; do
		verify 0 --match "$level" "$script" --to "pop3://127.0.0.1:$port"
	done
	plays <<-'END'
		S: +OK x
		C: CAPA
		S: +OK x
		S: TOP
		S: X-A
		S: X-B
		S: UIDL
		S: .
	END
	for level in status class text; do
		verify 0 --match "$level" "$script" --to "pop3://127.0.0.1:$port"
	done
	plays <<-'END'
		S: +OK x
		C: CAPA
		S: +OK x
		S: UIDL
		S: STLS
		S: .
	END
	for level in status class text; do
		verify 1 --match "$level" "$script" --to "pop3://127.0.0.1:$port"
		run -0 points
		has "not ok 5 +OK x"
	done
}

@test "UDP: a datagram each; one that does not come is not ok" {
	script=$(transcript udp.txt <<-'END'
		Protocol: udp

		C: a
		S: {{x}} of a
		C: b
		S: {{x}} of b
	END
	)
	plays --udp <<-'END'
		C: a
		S: 1 of a
		C: b
		S: 1 of b
	END
	verify 0 "$script" --to "udp://127.0.0.1:$port"
	plays --udp <<-'END'
		C: a
		S: 1 of a
		C: b
	END
	verify 1 --timeout 0.5 "$script" --to "udp://127.0.0.1:$port"
	points_are <<-'END'
		not ok:
		ok 4 {{x}} of a
		not ok 6 {{x}} of b
	END
}

# ---- recorded sessions ----

@test "--recorded: a session that replay recorded is held against the script, with no server" {
	short_script
	short_server
	run -0 timeout 20 "$PARLANCE" replay "$script" --to "smtp://127.0.0.1:$port" -r "$BATS_TEST_TMPDIR/session.txt"
	verify 0 "$script" --recorded "$BATS_TEST_TMPDIR/session.txt"
	points_are <<-'END'
		ok:
		ok 3 220 mail.example ready
		ok 5 250-mail.example
		ok 8 250 OK
		ok 10 221 goodbye
	END
	verify 1 --match text "$script" --recorded "$BATS_TEST_TMPDIR/session.txt"
	run -0 points
	has "not ok 8 250 OK"
}

@test "--recorded: a session spoken by hand, in a pipe" {
	short_script
	short_server
	run -0 timeout 20 "$PARLANCE" -r "$BATS_TEST_TMPDIR/session.txt" "smtp://127.0.0.1:$port" <<-'END'
		EHLO me
		MAIL FROM:<me@example.org>
		QUIT
	END
	verify 0 "$script" --recorded "$BATS_TEST_TMPDIR/session.txt"
	run -0 points
	has "ok 10 221 goodbye"
}

@test "--recorded: several sessions are a subtest each, in the order given; each is named" {
	short_script
	good=$(transcript good.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO me
		S: 250 x
		C: MAIL FROM:<me@example.org>
		S: 250 x
		C: QUIT
		S: 221 x
	END
	)
	sed 's/^C: QUIT/C: RSET/; s/^S: 221/S: 250/' "$good" >"$BATS_TEST_TMPDIR/wrong.txt"
	head -n 7 "$good" >"$BATS_TEST_TMPDIR/short-session.txt"
	verify 1 "$script" --recorded "$good" "$BATS_TEST_TMPDIR/wrong.txt" "$BATS_TEST_TMPDIR/short-session.txt"
	points_are <<-'END'
		ok:
		ok 3 220 mail.example ready
		ok 5 250-mail.example
		ok 8 250 OK
		ok 10 221 goodbye
		not ok:
		ok 3 220 mail.example ready
		ok 5 250-mail.example
		ok 8 250 OK
		not ok 10 221 goodbye
		not ok:
		ok 3 220 mail.example ready
		ok 5 250-mail.example
		ok 8 250 OK
		not ok 10 221 goodbye
	END
	[[ $(points) == *"ok: "*good.txt*"not ok: "*wrong.txt*"not ok: "*short-session.txt* ]]
}

@test "--recorded: another code is not ok at the script's line, and a lost middle too" {
	short_script
	edited=$(transcript edited.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO me
		S: 250 x
		C: MAIL FROM:<me@example.org>
		S: 550 no
		C: QUIT
		S: 221 x
	END
	)
	verify 1 "$script" --recorded "$edited"
	points_are <<-'END'
		not ok:
		ok 3 220 mail.example ready
		ok 5 250-mail.example
		not ok 8 250 OK
		ok 10 221 goodbye
	END
	difference 8
	same "550 no" "$(jq -r .received <<<"$difference")"
}

@test "--recorded: sessions of text services, which have no verbs" {
	for protocol in tcp udp; do
		script=$(printf 'Protocol: %s\n\nC: a\nS: {{x}} of a\nC: b\nS: {{x}} of b\n' "$protocol" | transcript script.txt)
		good=$(printf 'Protocol: %s\n\nC: a\nS: 1 of a\nC: b\nS: 1 of b\n' "$protocol" | transcript good.txt)
		bad=$(sed 's/1 of b/2 of b/' "$good" | transcript bad.txt)
		verify 1 "$script" --recorded "$good" "$bad"
		points_are <<-'END'
			ok:
			ok 4 {{x}} of a
			ok 6 {{x}} of b
			not ok:
			ok 4 {{x}} of a
			not ok 6 {{x}} of b
		END
	done
}

@test "--recorded: what the script does not have is passed over, with a comment" {
	short_script
	session=$(transcript longer.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: HELP
		S: 214 no
		C: EHLO me
		S: 250 x
		C: NOOP
		S: 250 x
		C: MAIL FROM:<me@example.org>
		S: 250 x
		C: QUIT
		S: 221 x
	END
	)
	verify 0 "$script" --recorded "$session"
	has "# line 4 of the session "
	has "# line 8 of the session "
	points_are <<-'END'
		ok:
		ok 3 220 mail.example ready
		ok 5 250-mail.example
		ok 8 250 OK
		ok 10 221 goodbye
	END
}

@test "--recorded: masked passwords in the record are no difference" {
	script=$(transcript login.txt <<-'END'
		Protocol: pop3
		Let: password=secret

		S: +OK x
		C: USER bob
		S: +OK x
		C: PASS {{password}}
		S: +OK x
		C: QUIT
		S: +OK x
	END
	)
	session=$(transcript session.txt <<-'END'
		Protocol: pop3

		S: +OK x
		C: USER alice
		S: +OK x
		C: PASS {{password}}
		S: +OK x
		C: QUIT
		S: +OK x
		<server hangs up>
	END
	)
	verify 0 "$script" --recorded "$session"
	points_are <<-'END'
		ok:
		ok 4 +OK x
		ok 6 +OK x
		ok 8 +OK x
		ok 10 +OK x
	END
}

@test "--recorded: a session that cannot be read is status 2, the others are compared" {
	short_script
	good=$(transcript good.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO me
		S: 250 x
		C: MAIL FROM:<me@example.org>
		S: 250 x
		C: QUIT
		S: 221 x
	END
	)
	verify 2 "$script" --recorded "$BATS_TEST_TMPDIR/none.txt" "$good"
	[[ $stderr == *none.txt* ]]
	has "ok 4 - $script:10 221 goodbye"
}
