#!/usr/bin/env bats
# The face of check: how findings are printed, --fix, exit statuses. Which mistakes are found is tested beside the engine.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154
load helpers

# One certain mistake in line 5: a space behind a colon.
space() {
	cat <<-'END'
		Title: A space
		Protocol: smtp

		S: 220 foo.com ready
		C: HELO bar.com
		S: 250 foo.com
		C: MAIL FROM: <a@bar.com>
		S: 250 OK
		C: QUIT
		S: 221 bye
	END
}

# Nothing is wrong.
clean() {
	space | sed 's/FROM: /FROM:/; s/^Title: .*/Title: Clean/'
}

# A line over the limit: a warning.
long_line() {
	clean | sed "s/^S: 250 OK/S: 250 OK $(printf 'x%.0s' {1..600})/"
}

files() {
	cd "$BATS_TEST_TMPDIR" || return
	space >space.txt
	clean >clean.txt
	long_line >long.txt
}

# ---- findings ----

@test "a mistake is FILE:LINE: error: what. why. (RFC), and exit 1" {
	files
	run -1 --separate-stderr "$PARLANCE" check space.txt
	same 1 "${#lines[@]}"
	[[ $output =~ ^space\.txt:7:\ error:\ [^.]*\.\ .*\.\ \(RFC\ 5321\ 3\.3.*\)$ ]]
	same "" "$stderr"
	run -1 "$PARLANCE" check - <space.txt
	[[ $output == "standard input:7: error: "* ]]
	run -0 --separate-stderr "$PARLANCE" check clean.txt
	same "" "$output$stderr"
}

@test "a warning is no error: exit 0" {
	files
	run -0 "$PARLANCE" check long.txt
	[[ $output == "long.txt:8: warning: "* ]]
}

@test "several conversations of a file, several files: lines are the file's, in order, and the largest status wins" {
	files
	cat space.txt <(echo) space.txt >both.txt
	run -1 "$PARLANCE" check both.txt
	[[ ${lines[0]} == both.txt:7:* && ${lines[1]} == both.txt:18:* ]]
	run -1 "$PARLANCE" check space.txt clean.txt long.txt
	[[ ${lines[0]} == space.txt:7:* && ${lines[1]} == long.txt:8:* ]]
	printf 'S: 220 x\nnonsense\n' >wrong.txt
	run -2 --separate-stderr "$PARLANCE" check nowhere.txt wrong.txt . space.txt
	[[ $output == space.txt:7:* ]]
	[[ $stderr == *"parlance: nowhere.txt: no such file"* && $stderr == *"parlance: wrong.txt:2: "* && $stderr == *"is a folder"* ]]
	run -2 "$PARLANCE" check - </dev/null
	has "parlance: standard input:1: no conversation stands here"
}

@test "transcripts that ship, other programs' recordings, and what is extracted" {
	cd "$BATS_TEST_TMPDIR"
	run -1 "$PARLANCE" check clug-smtp
	[[ $output == *"clug-smtp:20: error: "* ]]
	cat >pasted.log <<-'END'
		Trying 192.0.2.7...
		Connected to foo.com.
		Escape character is '^]'.
		220 foo.com ESMTP ready
		HELO bar.com
		250 foo.com
		MAIL FROM: <a@bar.com>
		250 OK
		QUIT
		221 bye
		Connection closed by foreign host.
	END
	run -1 "$PARLANCE" check pasted.log
	[[ $output == "pasted.log:7: error: "* ]]
	run -1 "$PARLANCE" check --from telnet - <pasted.log
	[[ $output == "standard input:7: error: "* ]]
	space | sed 's/^[CS]:/    &/' >page.txt
	"$PARLANCE" extract page.txt >extracted.txt
	run -1 "$PARLANCE" check extracted.txt
	same "extracted.txt:$(grep -n 'FROM: ' extracted.txt | cut -d: -f1)" "$(cut -d: -f1,2 <<<"$output")"
}

@test "--json: one object a finding" {
	files
	run -1 "$PARLANCE" check --json space.txt long.txt clean.txt
	same 2 "${#lines[@]}"
	has_event '{"file":"space.txt","line":7,"level":"error"}'
	has_event '{"file":"long.txt","line":8,"level":"warning"}'
	run -0 jq -r 'keys_unsorted | join(" ")' <<<"${lines[0]}"
	same "file line level what why ref" "$output"
}

@test "for people: colour, no line wider than the screen, and a sum" {
	files
	run -1 env COLUMNS=60 "$PARLANCE" check --color always space.txt long.txt
	has $'space.txt:7: \e[1;31merror\e[0m: '
	has $'long.txt:8: \e[35mwarning\e[0m: '
	same "1 error, 1 warning in 2 files" "${lines[-1]}"
	(($(sed $'s/\e\\[[0-9;]*m//g' <<<"$output" | wc -L) <= 60))
	run -0 "$PARLANCE" check --color always clean.txt
	same "no mistakes found" "$output"
	run -0 "$PARLANCE" check --color always clean.txt ewing-pop3-corrected
	same "no mistakes found in 2 files" "$output"
}

@test "-q: the exit status only; -v: a line for each file" {
	files
	run -1 "$PARLANCE" check -q space.txt
	same "" "$output"
	run -1 "$PARLANCE" check -q --color always space.txt
	same "" "$output"
	run -1 --separate-stderr "$PARLANCE" check -v space.txt clean.txt
	same "parlance: space.txt: 1 error
parlance: clean.txt: no mistakes found" "$stderr"
}

@test "-o FILE takes the findings" {
	files
	run -1 "$PARLANCE" check -o found.txt space.txt
	same "" "$output"
	grep -q '^space.txt:7: error' found.txt
}

@test "a name, a line and a secret are shown safely" {
	cd "$BATS_TEST_TMPDIR"
	space | sed 's/^C: QUIT/C\\: QU\\x1B[31mIT\\r\\n/' >$'x\e[31m\n.txt'
	"$PARLANCE" check $'x\e[31m\n.txt' >out 2>&1 || true
	"$PARLANCE" check --json $'x\e[31m\n.txt' >>out 2>&1 || true
	"$PARLANCE" check --color always $'x\e[31m\n.txt' >people 2>&1 || true
	safe_files out <(sed $'s/\e\\[\\(1;31\\|35\\|0\\)m//g' people)
	run -1 "$PARLANCE" check --set password=redqueen - <<<$'Protocol: pop3\n\nS: +OK\nC: PAS {{password}}\nS: -ERR no\nC: QUIT\nS: +OK'
	has_not redqueen
	run -1 "$PARLANCE" check --json --set password=redqueen - <<<$'Protocol: pop3\n\nS: +OK\nC: {{password}}\nS: -ERR no\nC: QUIT\nS: +OK'
	has_not redqueen
}

@test "a variable of the script may be set: what is checked is what would be said" {
	run -0 "$PARLANCE" check --set from=a@b - <<<$'Protocol: smtp\n\nS: 220 x\nC: HELO y\nS: 250 x\nC: MAIL FROM:<{{from}}>\nS: 250 ok\nC: QUIT\nS: 221 bye'
	run -1 "$PARLANCE" check --map 'FROM:=FROM: ' - < <(clean)
	has ":7: error"
}

# ---- corrected copies ----

@test "--fix: a copy beside the file, with an Errata line, and the exit status of what was checked" {
	files
	run -1 --separate-stderr "$PARLANCE" check --fix space.txt
	[[ $output == space.txt:7:* ]]
	same "parlance: space-corrected.txt: 1 correction, no error is left" "$stderr"
	same "$(space)" "$(cat space.txt)"
	grep -qx 'Title: A space (corrected)' space-corrected.txt
	grep -q '^Errata: ' space-corrected.txt
	grep -qx 'C: MAIL FROM:<a@bar.com>' space-corrected.txt
	run -0 "$PARLANCE" check space-corrected.txt
}

@test "--fix: a copy that is there is kept, unless it is the same or --force is given" {
	files
	"$PARLANCE" check -q --fix space.txt || true
	run -1 "$PARLANCE" check --fix space.txt
	echo mine >space-corrected.txt
	run -2 --separate-stderr "$PARLANCE" check --fix space.txt
	same "parlance: space-corrected.txt: there is such a file already: --force overwrites it" "$stderr"
	same mine "$(cat space-corrected.txt)"
	run -1 "$PARLANCE" check --fix --force space.txt
	grep -q '^Errata: ' space-corrected.txt
}

@test "--fix: to -o FILE, or with - to standard output, and findings then to standard error" {
	files
	run -1 "$PARLANCE" check --fix -o other.txt space.txt
	grep -q '^Errata: ' other.txt
	[[ ! -e space-corrected.txt ]]
	run -1 --separate-stderr "$PARLANCE" check --fix -o - space.txt
	same "$(cat other.txt)" "$output"
	[[ $stderr == space.txt:7:* && $stderr == *"parlance: standard output: 1 correction, no error is left" ]]
	run -1 --separate-stderr "$PARLANCE" check --fix -q - <space.txt
	same "$(cat other.txt)" "$output"
	same "" "$stderr"
	run -1 --separate-stderr "$PARLANCE" check --fix clug-smtp
	[[ ${lines[0]} == Title:* ]]
}

@test "--fix: nothing to correct, and nothing that is certain" {
	files
	run -0 --separate-stderr "$PARLANCE" check --fix clean.txt
	same "parlance: clean.txt: no mistakes found: nothing was written" "$stderr"
	printf 'Protocol: smtp\n\nS: 220 x\nC: FROBNICATE\nS: 500 no\nC: QUIT\nS: 221 bye\n' >unknown.txt
	run -1 --separate-stderr "$PARLANCE" check --fix unknown.txt
	same "parlance: unknown.txt: no correction is certain: nothing was written" "$stderr"
	[[ -z $(find . -name '*-corrected.txt') ]]
}

@test "--fix: all conversations of a file, and names of any kind" {
	files
	mkdir -p a.b
	cat space.txt <(echo) clean.txt >a.b/both
	cp space.txt talk.log
	run -1 "$PARLANCE" check --fix a.b/both talk.log ./.hidden space.txt 2>/dev/null || true
	run -1 --separate-stderr "$PARLANCE" check --fix --force a.b/both talk.log
	[[ -e a.b/both-corrected.txt && -e talk-corrected.txt ]]
	same 2 "$(grep -c ^Title: a.b/both-corrected.txt)"
	grep -qx 'Title: Clean' a.b/both-corrected.txt
	run -0 "$PARLANCE" check a.b/both-corrected.txt
}

# ---- what goes wrong ----

@test "what makes no sense together is refused in a line, with the nearest word" {
	files
	run -2 "$PARLANCE" check
	has "parlance: check: no transcript: name a file"
	run -2 "$PARLANCE" check --fix -o x.txt space.txt clean.txt
	has "takes one transcript"
	run -2 "$PARLANCE" check --force space.txt
	has "is for the copy that --fix writes"
	run -2 "$PARLANCE" check --fixx space.txt
	has "nearest is --fix: see parlance check --help"
	run -2 "$PARLANCE" check --list space.txt
	has "--list: makes no sense for check"
	run -2 "$PARLANCE" check ewing-smpt
	has "nearest is ewing-smtp"
	run -2 "$PARLANCE" chekc space.txt
	has "nearest is check"
}

@test "a reader who has seen enough is no error, a full disk is" {
	files
	for i in {1..300}; do
		cat space.txt
		echo
	done >many.txt
	run -1 --separate-stderr bash -o pipefail -c '"$1" check many.txt | head -n 1' - "$PARLANCE"
	same "" "$stderr"
	[[ -w /dev/full ]] || return 0
	run -2 bash -c '"$1" check long.txt >/dev/full' - "$PARLANCE"
	has "No space left"
}

# many COUNT LINE...: each line so often before the next.
many() {
	local count=$1 line
	shift
	for line; do
		yes "$line" | head -n "$count"
	done
}

@test "long transcripts that are wrong in every line take no longer than right ones" {
	local n=100000
	[[ $PARLANCE != *asan* ]] || n=10000
	cd "$BATS_TEST_TMPDIR"
	{
		printf 'Protocol: http\n\nC: GET / HTTP/1.1\n'
		many "$n" "C: no field"
		echo "C:"
	} >fields.txt
	{
		printf 'Protocol: smtp\n\nS: 220 a ESMTP\nC: QUIT\nS: 221 bye\n'
		many "$n" "S: 220 a ESMTP"
	} >greetings.txt
	{
		printf 'Protocol: http\n\n'
		for ((i = 0; i < n / 50; i++)); do printf 'C: GET / HTTP/1.1\nC: Host: a\nC:\n'; done
		many "$n" "S: HTTP/1.1 200 OK" "S: X-A: b"
	} >pipelined.txt
	for name in fields greetings pipelined; do
		run -1 bash -c 'ulimit -t 12 && exec "$1" check -q "$2"' - "$PARLANCE" "$name.txt"
	done
}

@test "what is only described takes no room, however long it is said to be" {
	cd "$BATS_TEST_TMPDIR"
	{
		printf 'Protocol: imap\n\nS: * OK ready\nC: a LOGIN bob x\nS: a OK in\n'
		for i in {1..100}; do
			printf 'C: a%d APPEND INBOX {99999999}\nS: + go\n<client sends it>\nC:\nS: a%d OK done\n' "$i" "$i"
		done
		printf 'C: z LOGOUT\nS: * BYE bye\nS: z OK bye\n'
	} >described.txt
	run -0 bash -c 'ulimit -t 12 && exec "$1" check described.txt' - "$PARLANCE"
	same "" "$output"
}

@test "where nothing tells the protocol, that is said: silence is no praise" {
	run --separate-stderr -0 "$PARLANCE" check - <<<$'C: FROB\nS: done'
	[[ $output == '' ]]
	[[ $stderr == "parlance: standard input: nothing tells its protocol, so little can be checked: name it with -P or in a line \"Protocol: smtp\"" ]]
	run --separate-stderr -0 "$PARLANCE" check -P tcp - <<<$'C: FROB\nS: done'
	[[ $stderr == '' ]]
}
