#!/usr/bin/env bats
# The face of extract: what it prints, lists, writes and says. What it finds in which notation is tested beside the engine.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154
load helpers

# Two conversations, in Markdown.
two() {
	cat <<-'END'
		# A first session

		The server speaks first.

		    S: 220 foo.com ready
		    C: EHLO bar.com
		    S: 250 foo.com
		    C: QUIT
		    S: 221 bye

		# One that is *refused*

		    S: 220 foo.com ready
		    C: EHLO bar.com
		    S: 250 foo.com
		    C: MAIL FROM:<a@foo.com>
		    S: 250 OK
		    C: RCPT TO:<Green@foo.com>
		    S: 550 No such user here
		    C: QUIT
		    S: 221 bye
	END
}

document() {
	two >"$BATS_TEST_TMPDIR/two.md"
	cd "$BATS_TEST_TMPDIR" || return
}

# ---- transcripts ----

@test "each conversation is a transcript: title, protocol, source, lines" {
	document
	run -0 --separate-stderr "$PARLANCE" extract --notes off two.md
	same "Title: A first session
Protocol: smtp
Source: two.md, lines 5-9

S: 220 foo.com ready
C: EHLO bar.com
S: 250 foo.com
C: QUIT
S: 221 bye

Title: One that is refused
Protocol: smtp
Source: two.md, lines 13-21

S: 220 foo.com ready
C: EHLO bar.com
S: 250 foo.com
C: MAIL FROM:<a@foo.com>
S: 250 OK
C: RCPT TO:<Green@foo.com>
S: 550 No such user here
C: QUIT
S: 221 bye" "$output"
	same "" "$stderr"
}

@test "notes stand under their lines, as annotate puts them there" {
	document
	run -0 "$PARLANCE" extract two.md
	has $'\nC: EHLO bar.com\n# Says hello'
	has "RFC 5321"
	same "$output" "$("$PARLANCE" annotate - <<<"$output")"
	same "$output" "$("$PARLANCE" extract --notes off two.md | "$PARLANCE" annotate -)"
	same "$("$PARLANCE" extract --notes short two.md)" "$("$PARLANCE" annotate --notes short <("$PARLANCE" extract --notes off two.md))"
}

@test "a count that is wrong in the document stays as it is printed, and a note says so" {
	cat >"$BATS_TEST_TMPDIR/page.txt" <<-'END'
		   C: GET / HTTP/1.1
		   C: Host: foo.example
		   C:
		   S: HTTP/1.1 200 OK
		   S: Content-Length: 99
		   S:
		   S: Hello
	END
	run -0 "$PARLANCE" extract "$BATS_TEST_TMPDIR/page.txt"
	has $'\nS: Content-Length: 99\n'
	has "problem: the script prints 99"
	has_not "S: Content-Length: 7"
	run -1 "$PARLANCE" check - <<<"$output"
	has "99"
}

@test "from standard input, in pieces, and several documents one after the other" {
	document
	run -0 "$PARLANCE" extract --notes off - < <(two | while IFS= read -r -n 7 -d '' part || [[ $part ]]; do printf %s "$part"; done)
	has "Source: standard input, lines 5-9"
	cp two.md three.md
	run -0 "$PARLANCE" extract --notes off two.md three.md
	same 4 "$(grep -c ^Title: <<<"$output")"
	has $'S: 221 bye\n\nTitle: A first session\nProtocol: smtp\nSource: three.md, lines 5-9\n'
}

@test "one line is \"line N\"" {
	run -0 "$PARLANCE" extract --list --json - <<<$'\nC: EHLO bar.com S: 250 foo.com C: QUIT S: 221 bye'
	has '"first":2,"last":2'
	run -0 "$PARLANCE" extract --notes off - <<<$'\nC: EHLO bar.com S: 250 foo.com C: QUIT S: 221 bye'
	has "Source: standard input, line 2"
}

@test "what is extracted is checked, annotated, played and extracted again" {
	document
	"$PARLANCE" extract two.md >twice.txt
	run -0 "$PARLANCE" check twice.txt
	run -0 "$PARLANCE" replay twice.txt
	run -0 "$PARLANCE" extract --notes off two.md
	same "$(grep -E '^[CS]:' <<<"$output")" "$("$PARLANCE" extract --notes off twice.txt | grep -E '^[CS]:')"
}

@test "a title cannot move the cursor, nor begin a header field" {
	printf '# Red \e[31m\e]52;c;x\a alert\r\xe2\x80\xae\n\nC: EHLO bar.com\nS: 250 foo.com\nC: QUIT\nS: 221 bye\n' >"$BATS_TEST_TMPDIR/x.md"
	for way in "--notes off" "" --list "--list --json" --json; do
		# shellcheck disable=SC2086 # words
		"$PARLANCE" extract $way "$BATS_TEST_TMPDIR/x.md" >"$BATS_TEST_TMPDIR/out"
		safe_files "$BATS_TEST_TMPDIR/out"
	done
	run -0 "$PARLANCE" extract -d "$BATS_TEST_TMPDIR/d" "$BATS_TEST_TMPDIR/x.md"
	safe_files <(printf '%s\n' "$output")
}

@test "a file's name cannot either" {
	cd "$BATS_TEST_TMPDIR"
	two >$'a\e[31mb\n.md'
	"$PARLANCE" extract $'a\e[31mb\n.md' >out 2>&1
	"$PARLANCE" extract --list $'a\e[31mb\n.md' $'a\e[31mb\n.md' >>out 2>&1
	"$PARLANCE" extract -v --json $'a\e[31mb\n.md' >>out 2>&1
	safe_files out
	grep -qF 'Source: a\x1B[31mb\n.md, lines 5-9' out
}

@test "secrets are shown as the document shows them, or masked" {
	local text='S: +OK ready
C: USER bob
S: +OK
C: PASS redqueen
S: +OK in
C: QUIT
S: +OK bye'
	run -0 "$PARLANCE" extract --notes off - <<<"$text"
	has "C: PASS redqueen"
	for way in "" "--notes off" --json "--color always"; do
		# shellcheck disable=SC2086 # words
		run -0 "$PARLANCE" extract $way --secrets mask - <<<"$text"
		has "{{password}}"
		has_not redqueen
	done
}

@test "at a terminal it looks as annotate's does" {
	document
	run -0 "$PARLANCE" extract --color always two.md
	has $'# Title: A first session\n'
	has $'\e[1mC: EHLO bar.com\e[0m\n   # Says hello'
}

# ---- events ----

@test "--json: what a conversation is, then its events" {
	document
	run -0 "$PARLANCE" extract --json two.md
	has_event '{"kind":"conversation","n":1,"file":"two.md","first":5,"last":9,"protocol":"smtp","title":"A first session","client":2,"server":3,"tls":null,"errata":null}'
	has_event '{"kind":"conversation","n":2,"title":"One that is refused"}'
	has_event '{"kind":"reply","code":"550","class":"failure"}'
	same "$(jq -c 'select(.kind != "conversation")' <<<"$output")" \
		"$("$PARLANCE" extract --notes off two.md | "$PARLANCE" annotate --json - | jq -c .)"
}

# ---- a list ----

@test "--list: number, lines, protocol, lines of the client and of the server, title" {
	document
	run -0 "$PARLANCE" extract --list two.md
	same "1 5-9 smtp 2 3 A first session
2 13-21 smtp 4 5 One that is refused" "$output"
	cp two.md three.md
	run -0 "$PARLANCE" extract --list two.md three.md
	same "3 three.md:5-9 smtp 2 3 A first session" "${lines[2]}"
}

@test "--list in columns for people, cut at the width" {
	document
	run -0 "$PARLANCE" extract --list --color always two.md
	[[ ${lines[0]} =~ ^\ +1\ +5-9\ +smtp\ +C:2\ +S:3\ +A\ first\ session$ ]]
	[[ $(awk '{ print index($0, "S:") }' <<<"$output" | sort -u | wc -l) == 1 ]]
	run -0 env COLUMNS=50 "$PARLANCE" extract --list --color always two.md
	(($(wc -L <<<"$output") <= 50))
	cp two.md three.md
	run -0 "$PARLANCE" extract --list --color always two.md three.md
	same "two.md" "${lines[0]}"
	same "three.md" "${lines[3]}"
}

@test "--list --json: one object a conversation, and no events" {
	document
	run -0 "$PARLANCE" extract --list --json two.md
	events_are <<-'END'
		{"kind":"conversation","n":1,"first":5,"last":9}
		{"kind":"conversation","n":2,"first":13,"last":21}
	END
}

# ---- files ----

@test "-d: a file each, numbered in the document's order, its title in the name" {
	document
	run -0 --separate-stderr "$PARLANCE" extract -d out two.md
	same "out/01-a-first-session.txt
out/02-one-that-is-refused.txt" "$output"
	same "$("$PARLANCE" extract --notes off two.md | sed -n '1,/^$/p' | head -3)" "$(head -3 out/01-a-first-session.txt)"
	same "$("$PARLANCE" extract --notes off two.md)" "$(cat out/01* <(echo) out/02*)"
	run -0 "$PARLANCE" extract --notes full -d noted two.md
	grep -q '^# Says hello' noted/01-a-first-session.txt
}

@test "-d: numbers go on over several documents; without a title the protocol" {
	cd "$BATS_TEST_TMPDIR"
	two >two.md
	printf 'S: +OK ready\nC: QUIT\nS: +OK bye\n' >three.txt
	run -0 "$PARLANCE" extract -d out/ two.md three.txt
	same "out/03-pop3.txt" "${lines[2]}"
}

@test "-d: what was there is kept, unless --force is given" {
	document
	mkdir out
	echo mine >out/02-one-that-is-refused.txt
	run -2 --separate-stderr "$PARLANCE" extract -d out two.md
	same "parlance: out/02-one-that-is-refused.txt: there is such a file already: --force overwrites it" "$stderr"
	same mine "$(cat out/02-one-that-is-refused.txt)"
	run -0 "$PARLANCE" extract --force -d out two.md
	grep -q '^S: 550 No such user here' out/02-one-that-is-refused.txt
	run -0 "$PARLANCE" extract -q --force -d out two.md
	same "" "$output"
	run -0 "$PARLANCE" extract --json --force -d out two.md
	has_event '{"n":2,"written":"out/02-one-that-is-refused.txt"}'
}

@test "-d: a folder whose parent is missing, and one that is a file" {
	document
	run -2 "$PARLANCE" extract -d no/where two.md
	has "parlance: -d no/where: No such file or directory"
	run -2 "$PARLANCE" extract -d two.md two.md
	has "parlance: -d two.md: is no folder"
	run -1 "$PARLANCE" extract -d none - <<<"Nothing here."
	[[ ! -e none ]]
}

@test "-d: whatever a title is, the name is short, and below the folder" {
	cd "$BATS_TEST_TMPDIR"
	local title
	for title in '../../etc/passwd' "$(printf 'x%.0s' {1..300})" '.-_ /' "It's \"50 %\" – done; rm -rf *" 'Grüße'; do
		printf '# %s\n\nS: +OK ready\nC: QUIT\nS: +OK bye\n' "$title" | "$PARLANCE" extract --force -d out -
	done
	run -0 ls out
	same "01-etc-passwd.txt
01-grüße.txt
01-it-s-50-done-rm-rf.txt
01-pop3.txt
01-$(printf 'x%.0s' {1..48}).txt" "$output"
}

# ---- what goes wrong ----

@test "a document without a conversation: exit 1, and a line that says so" {
	cd "$BATS_TEST_TMPDIR"
	printf 'The drive C: is full.\n\nS: small, M: medium\n' >none.txt
	run -1 --separate-stderr "$PARLANCE" extract none.txt
	same "" "$output"
	[[ $stderr == "parlance: none.txt: no conversation in it: "* && $stderr != *$'\n'* ]]
	run -1 --separate-stderr "$PARLANCE" extract -q none.txt
	same "" "$output$stderr"
	two >two.md
	run -1 --separate-stderr "$PARLANCE" extract --list none.txt two.md
	same 2 "${#lines[@]}"
	run -1 "$PARLANCE" extract - </dev/null
	run -0 --separate-stderr "$PARLANCE" extract -v --list two.md
	same "parlance: two.md: 2 conversations" "$stderr"
}

@test "what is no text is named, and the others are read" {
	cd "$BATS_TEST_TMPDIR"
	two >two.md
	cp "$(type -P sh)" program
	printf '%%PDF-1.7\nC: EHLO x\nS: 250 x\n' >slides.pdf
	printf '\037\213\010abc' >doc.gz
	run -2 --separate-stderr "$PARLANCE" extract --list program slides.pdf doc.gz two.md
	same 2 "${#lines[@]}"
	[[ $stderr == *"parlance: program: no text: "* ]]
	[[ $stderr == *"parlance: slides.pdf: no text: it is a PDF: make text of it first, as pdftotext does"* ]]
	[[ $stderr == *"parlance: doc.gz: no text: it is compressed"* ]]
}

@test "a folder, a file that is missing, one that cannot be read: each a line, and the others are read" {
	cd "$BATS_TEST_TMPDIR"
	two >two.md
	run -2 --separate-stderr "$PARLANCE" extract --list . none.md two.md
	same 2 "${#lines[@]}"
	same "parlance: .: is a folder: name a file in it
parlance: none.md: no such file" "$stderr"
}

@test "a transcript that ships is one too, where there is no such file" {
	cd "$BATS_TEST_TMPDIR"
	run -0 "$PARLANCE" extract --list ewing-smtp
	has "smtp"
	run -2 "$PARLANCE" extract ewing-smpt
	has "nearest is ewing-smtp"
}

@test "what makes no sense together is refused in a line, with the nearest word" {
	document
	run -2 "$PARLANCE" extract
	has "parlance: extract: no document: name a text"
	run -2 "$PARLANCE" extract --list -d out two.md
	has "--list writes no files"
	run -2 "$PARLANCE" extract -d out -o out.txt two.md
	has "leave one of them out"
	run -2 "$PARLANCE" extract -d "" two.md
	has "which folder"
	run -2 "$PARLANCE" extract --lists two.md
	has "nearest is --list: see parlance extract --help"
	run -2 "$PARLANCE" extract --from curl two.md
	has "--from: makes no sense for extract"
	run -2 "$PARLANCE" xtract two.md
	has "nearest is extract"
}

@test "-o FILE takes all of it, but is never the document itself" {
	document
	run -0 "$PARLANCE" extract --notes off -o out.txt two.md
	same "" "$output"
	same "$("$PARLANCE" extract --notes off two.md)" "$(cat out.txt)"
	run -2 "$PARLANCE" extract -o two.md two.md
	has "-o two.md: is the document itself"
	same "$(two)" "$(cat two.md)"
	run -2 "$PARLANCE" extract -o two.md - <two.md
	has "is the document itself"
	run -2 "$PARLANCE" extract -o no/where two.md
	has "parlance: no/where: No such file or directory"
}

@test "a reader who has seen enough is no error" {
	document
	for i in {1..200}; do two; done >many.md
	for way in "" "--notes off" --list --json; do
		# shellcheck disable=SC2086 # words
		run -0 --separate-stderr bash -o pipefail -c '"$@" many.md | head -n 2' - "$PARLANCE" extract $way
		same "" "$stderr"
		same 2 "${#lines[@]}"
	done
}

@test "a full disk is told" {
	[[ -w /dev/full ]] || skip "no /dev/full"
	document
	run -2 "$PARLANCE" extract -o /dev/full two.md
	has "No space left"
	run -2 bash -c '"$1" extract --list two.md >/dev/full' - "$PARLANCE"
	has "No space left"
}

# ---- large documents ----

# big KIND OCTETS: a document of that size: `many` conversations with 64 KB of text between, or `one`.
big() {
	"$PYTHON" -c '
import sys
kind, size = sys.argv[1], int(sys.argv[2])
prose = "Here is what this part is about, and that it is not about much.\n" * 1024
turn = "    C: NOOP\n    S: 250 OK\n"
begin, end = "    S: 220 foo.com ready\n    C: EHLO bar.com\n    S: 250 foo.com\n", "    C: QUIT\n    S: 221 bye\n\n"
write, written, part = sys.stdout.write, 0, 0
if kind == "one":
    write("# One\n\n" + begin + turn * (size // len(turn)) + end)
while kind == "many" and written < size:
    part += 1
    written += write(f"# Part {part}\n\n" + prose + "\n" + begin + turn * 4 + end)
' "$@"
}

# memory COMMAND...: what it prints goes to $BATS_TEST_TMPDIR/out, its exit status to $status, and the most memory that it had, in
# KiB, to $memory.
memory() {
	run "$PYTHON" -c '
import resource, subprocess, sys
with open(sys.argv[1], "wb") as out:
    status = subprocess.run(sys.argv[2:], stdout=out).returncode
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(most // 1024 if sys.platform == "darwin" else most)
sys.exit(status)' "$BATS_TEST_TMPDIR/out" "$@"
	memory=${lines[-1]}
}

# flat KIND OCTETS: all that such a document says is found, in less than 64 MiB.
flat() {
	local most=65536
	[[ $PARLANCE != *asan* ]] || most=600000
	cd "$BATS_TEST_TMPDIR" || return
	big "$1" "$2" >big.md
	memory "$PARLANCE" extract --notes off big.md
	((status == 0 && memory < most)) || { echo "$memory KiB, status $status: $output" && return 1; }
	same "$(grep -c '^    [CS]:' big.md)" "$(grep -c '^[CS]:' out)"
	rm big.md out
}

@test "a document of 100 MB in flat memory" {
	local size=100000000
	[[ $PARLANCE != *asan* ]] || size=5000000
	flat many "$size"
}

@test "a conversation of 200,000 lines in flat memory" {
	local size=2500000
	[[ $PARLANCE != *asan* ]] || size=400000
	flat one "$size"
}

@test "a conversation that is too long for notes is printed without them, and no secret of it where they are masked" {
	cd "$BATS_TEST_TMPDIR"
	big one 500000 >big.md
	"$PARLANCE" extract big.md >out.txt
	grep -qx "# Too long for notes under its lines: parlance annotate puts them there." out.txt
	same "$(grep -c '^    [CS]:' big.md)" "$(grep -c '^[CS]:' out.txt)"
	run -2 --separate-stderr "$PARLANCE" extract --secrets mask big.md
	same "" "$output"
	[[ $stderr == "parlance: big.md:3: the conversation that begins here is too long to look for secrets in: "* ]]
	run -2 --separate-stderr "$PARLANCE" extract --json big.md
	same 1 "${#lines[@]}"
	[[ $stderr == "parlance: big.md:3: the conversation that begins here is too long for --json: "* ]]
	run -0 "$PARLANCE" extract -d out big.md
	same "$(grep -c '^    [CS]:' big.md)" "$(grep -c '^[CS]:' out/01-one.txt)"
}

# repeated TEXT OCTETS: the text without end in one line, so many octets of it.
repeated() {
	"$PYTHON" -c 'import sys; text, n = sys.argv[1], int(sys.argv[2]); print((text * (n // len(text) + 1))[:n])' "$@"
}

@test "whatever a line repeats, it takes time and memory as any line does" {
	local octets=500000 text
	[[ $PARLANCE != *asan* ]] || octets=200000
	cd "$BATS_TEST_TMPDIR"
	for text in "220 a " "250 ok QUIT 221 bye " "<" "C: NOOP S: 250 ok " "a1 NOOP * OK " "[](" ' `a`:b:'; do
		repeated "$text" "$octets" >line.md
		memory bash -c 'ulimit -t 15 && exec "$1" extract -q --list line.md' - "$PARLANCE"
		((status < 2)) || { echo "$text: status $status" && return 1; }
		[[ $PARLANCE == *asan* ]] || ((memory < 65536))
	done
}

@test "tabs in a listing of HTML are columns, however many they are" {
	local octets=10000000
	[[ $PARLANCE != *asan* ]] || octets=200000
	cd "$BATS_TEST_TMPDIR"
	{
		echo "<pre>"
		head -c "$octets" /dev/zero | tr '\0' '\t'
		printf '\n\tC: NOOP\n\tS: 250 ok\n</pre>\n'
	} >tabs.html
	memory "$PARLANCE" extract --list tabs.html
	((status == 0))
	[[ $PARLANCE == *asan* ]] || ((memory < 65536))
}

@test "lines of 10 MB, broken UTF-8 and NULs do no harm" {
	cd "$BATS_TEST_TMPDIR"
	{
		two
		head -c 10000000 /dev/zero | tr '\0' x
		printf '\n\xff\xfe \xc3\n\n'
		two
	} >long.md
	memory "$PARLANCE" extract --list long.md
	((status == 0))
	[[ $PARLANCE == *asan* ]] || ((memory < 65536))
	same "A first session
One that is refused
A first session
One that is refused" "$(cut -d' ' -f6- out)"
	{
		two
		printf '\0\0\0'
	} >nul.md
	run -2 "$PARLANCE" extract --list nul.md
	has "no text"
}
