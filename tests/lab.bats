#!/usr/bin/env bats
# The lab as a whole: what it prints, where it is found, who shares what with whom, and how it ends. Each of its servers
# has a file of its own.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

@test "each server is told in a line, with where it is and the target that leads there; then users and what to try" {
	lab
	for name in smtp submission smtps lmtp pop3 pop3s imap imaps http https ftp ftps tcp udp; do
		grep -Eq "^listening $name 127\.0\.0\.1:[0-9]+ lab:$name\$" "$BATS_TEST_TMPDIR/lab.out"
	done
	same 14 "$(grep -c '^listening ' "$BATS_TEST_TMPDIR/lab.out")"
	wait_for_line lab '^# users and passwords:.* bob:'
	wait_for_line lab 'parlance lab:smtp .*by hand'
}

@test "--only and --port choose; words that are none are told, with those that there are" {
	lab --only smtp,echo --only imaps
	same "smtp imaps tcp udp" "$(awk '$1 == "listening" { print $2 }' "$BATS_TEST_TMPDIR/lab.out" | paste -sd' ')"
	run -2 "$PARLANCE" lab --only smpt
	has "--only smpt: no such server: there are smtp submission"
	run -2 timeout 5 "$PARLANCE" lab --only ""
	has "no such server: there are smtp submission"
	run -2 "$PARLANCE" lab --port smtp
	has "--port smtp: not NAME=PORT"
	run -2 "$PARLANCE" lab --port smtp=65536
	has "not NAME=PORT"
	run -2 "$PARLANCE" lab --listen mail.example
	has "--listen mail.example: not an address"
	run -2 "$PARLANCE" lab --user eve
	has "--user eve: not NAME:PASSWORD"
	run -2 "$PARLANCE" lab --reset
	has "--keep"
	run -2 "$PARLANCE" lab smtp
	has "--only NAME"
	run -2 timeout 5 "$PARLANCE" lab --port all=0 --record "$BATS_TEST_FILENAME"
	has "Not a directory: name a folder"
	run -3 "$PARLANCE" lab --only tcp --port "tcp=$(lab_port tcp)"
	has "address already in use"
}

@test "lab:NAME is the running lab: both see the same mailbox" {
	require curl
	lab
	run -0 "$PARLANCE" replay - --to lab:smtp <<-'END'
		Protocol: smtp

		S: 220 {{*}}
		C: EHLO student.example
		S: 250 {{*}}
		C: MAIL FROM:<alice@crepes.fr>
		S: 250 {{*}}
		C: RCPT TO:<bob@localhost>
		S: 250 {{*}}
		C: DATA
		S: 354 {{*}}
		C: Subject: by hand 4711
		C:
		C: Do you like ketchup?
		C: .
		S: 250 {{*}}
		C: QUIT
		S: 221 {{*}}
	END
	run -0 "$PARLANCE" --notes off lab:pop3 <<<$'USER bob\nPASS hungry\nLIST\nTOP 1 0\nQUIT'
	has "S: +OK"
	count=$(curl -sS --max-time 10 --user bob:hungry "pop3://127.0.0.1:$(lab_port pop3)/" | wc -l)
	curl -sS --max-time 10 --user bob:hungry "pop3://127.0.0.1:$(lab_port pop3)/$count" | grep -q 'Subject: by hand 4711'
	curl -sS --max-time 10 --user bob:hungry "imap://127.0.0.1:$(lab_port imap)/INBOX" -X 'SEARCH SUBJECT 4711' |
		grep -Eq '^\* SEARCH [0-9]+'
	curl -sS --max-time 10 "http://127.0.0.1:$(lab_port http)/mail/bob/INBOX/" | grep -q 'by hand 4711'
}

@test "without a lab that runs, lab:NAME is a private one, which goes with whoever asked for it" {
	run -0 "$PARLANCE" --notes off lab:tcp <<<'ketchup'
	has "S: KETCHUP"
	# One that is killed in the middle of its conversation.
	mkfifo "$BATS_TEST_TMPDIR/typed"
	exec 4<>"$BATS_TEST_TMPDIR/typed"
	start_server talk bash -c 'exec "$0" lab:tcp <"$1"' "$PARLANCE" "$BATS_TEST_TMPDIR/typed"
	[[ -r /proc/self/stat ]] || skip "children are read from /proc"
	wait_for 5 has_child "$server_pid"
	kill -0 "$child"
	kill -KILL "$server_pid"
	wait "$server_pid" || true
	wait_for 5 is_gone "$child"
	exec 4>&-
}

# has_child PID: the process has one: $child.
has_child() {
	child=$(awk -v parent="$1" '{ sub(/.*\) /, ""); if ($2 == parent) { split(FILENAME, path, "/"); print path[3] } }' \
		/proc/[0-9]*/stat 2>/dev/null)
	[[ -n $child ]]
}

# Nobody may be there to take notice of its end: then it is a zombie.
is_gone() {
	[[ ! -e /proc/$1/status ]] || grep -q '^State:.*zombie' "/proc/$1/status"
}

@test "a file that is verified begins with a fresh lab, whatever the last one left" {
	run -0 "$PARLANCE" verify ch2-pop3-corrected ch2-pop3-corrected --to lab
	has "ok 2 - ch2-pop3-corrected"
	has_not "not ok"
}

@test "a second lab says that targets lead to the first; a socket that a killed one left is taken over" {
	lab --only tcp
	run -130 timeout --preserve-status -s INT 1 "$PARLANCE" lab --only echo --port all=0
	has "#     parlance udp://127.0.0.1:"
	has "targets such as lab:smtp do not lead to this lab: another lab of yours is running"
	kill -KILL "$server_pid"
	wait "$server_pid" || true
	[[ -S $XDG_RUNTIME_DIR/parlance/lab ]]
	lab --only tcp
	run -0 "$PARLANCE" --notes off lab:tcp <<<'again'
	has "# connected to 127.0.0.1:$(lab_port tcp)"
	has "S: AGAIN"
}

@test "a lab that ends leaves the place to one that has it by now" {
	local first
	lab --only tcp
	first=$server_pid
	rm "$XDG_RUNTIME_DIR/parlance/lab"
	lab --only tcp
	stop_server "$first"
	run -0 "$PARLANCE" --notes off lab:tcp <<<'later'
	has "# connected to 127.0.0.1:$(lab_port tcp)"
}

@test "a folder that others may write to is not trusted to say where the lab is" {
	unset XDG_RUNTIME_DIR
	export TMPDIR=$BATS_TEST_TMPDIR
	mkdir -m 777 "$TMPDIR/parlance-$(id -u)"
	start_server lab "$PARLANCE" lab --only tcp --port all=0
	wait_for_line lab 'is not a folder that is yours alone'
	run -0 "$PARLANCE" --notes off lab:tcp <<<'still'
	has "S: STILL"
	has_not "# connected to 127.0.0.1:$(lab_port tcp)"
}

@test "a server that the running lab was started without is told" {
	lab --only tcp
	run -3 "$PARLANCE" lab:smtp </dev/null
	has "lab:smtp: the lab that is running was started without it (--only)"
	run -2 "$PARLANCE" lab:gopher </dev/null
	has "lab:gopher: the lab has no such server: it has smtp"
	run -2 "$PARLANCE" lab </dev/null --to x
	has "--to"
}

@test "--teach: each server tells a student what was expected, and nothing that is not so" {
	lab --teach
	run -0 "$PARLANCE" lab:pop3 <<<$'HELP\nUSER bob\nPASS hungry\nDELE 1\nRETR 1\nQUIT now\nQUIT'
	has "S: -ERR unknown command (CAPA asks what there is)"
	has "S: -ERR message 1 is marked as deleted"
	has "S: +OK goodbye (7 messages left)"
	run -0 "$PARLANCE" lab:imap <<<$'LOGIN bob hungry\na1 UID\na2 HELP\na3 GETQUOTA ""\n a4 NOOP\na5 LOGOUT'
	has "S: LOGIN BAD No such command: a tag of your choice stands before it, as in a1 NOOP"
	has "S: a1 BAD Behind UID stands FETCH, SEARCH, STORE, COPY, MOVE or EXPUNGE"
	has "S: a2 BAD No such command (CAPABILITY asks what there is)"
	has "S: * BAD A command begins with a tag of your choice: a1 NOOP"
	has "S: a3 BAD No such command (the protocol has it, this server has not)"
	run -0 "$PARLANCE" lab:ftp <<<$'PASS x\nUSER bob\nPWD\nPASS x\nUSER bob\nPASS hungry\nRETR nope\nTYPE X\nget x\nQUIT'
	has "S: 503 USER comes first"
	has "S: 530 Not logged in: PASS comes next"
	has "S: 530 Login incorrect: USER begins it anew"
	has "S: 550 No such file"
	has "S: 501 The type is A, I or L 8 (its form: TYPE A|E|I|L [format|size])"
	has "S: 500 get: no such command (HELP asks what there is)"
	has_not "the user is logged in already"
	run -0 "$PARLANCE" lab:http <<<$'get / HTTP/1.0\n'
	has "does not know the method get. Methods are case-sensitive: GET is meant."
}

@test "TLS: the lab's own targets trust its authority, others by --ca-out; nobody else does" {
	lab --ca-out "$BATS_TEST_TMPDIR/lab.pem"
	run -0 "$PARLANCE" --notes off lab:imaps <<<'a1 LOGOUT'
	has "S: a1 OK"
	run -0 "$PARLANCE" --notes off --starttls lab:smtp <<<'QUIT'
	has "S: 221"
	run -0 "$PARLANCE" --notes off --cacert "$BATS_TEST_TMPDIR/lab.pem" "imaps://localhost:$(lab_port imaps)" <<<'a1 LOGOUT'
	has "S: a1 OK"
	run -4 "$PARLANCE" --notes off "imaps://localhost:$(lab_port imaps)" <<<'a1 LOGOUT'
	run -0 openssl verify -CAfile "$BATS_TEST_TMPDIR/lab.pem" "$BATS_TEST_TMPDIR/lab.pem"
	run -2 "$PARLANCE" lab --ca-out "$BATS_TEST_TMPDIR/no/lab.pem" --port all=0
	has "--ca-out"
}

@test "the log shows every session; the lab's own passwords stand there, a user's own is masked" {
	lab --user eve:topsecret4711
	printf 'USER bob\nPASS hungry\nQUIT\n' | "$PARLANCE" -q lab:pop3
	printf 'USER eve\nPASS topsecret4711\nQUIT\n' | "$PARLANCE" -q lab:pop3
	wait_for_line lab '^# session 2 is over'
	grep -q '^C: PASS hungry$' "$BATS_TEST_TMPDIR/lab.out"
	grep -q '^C: PASS {{password}}$' "$BATS_TEST_TMPDIR/lab.out"
	run -1 grep topsecret4711 "$BATS_TEST_TMPDIR/lab.out"
}

@test "--record keeps each session as a transcript without its secrets, which the lab verifies" {
	lab --record "$BATS_TEST_TMPDIR/kept"
	printf 'USER bob\nPASS hungry\nSTAT\nQUIT\n' | "$PARLANCE" -q lab:pop3
	printf 'a1 LOGOUT\n' | "$PARLANCE" -q lab:imaps
	wait_for_line lab '^# session 2 is over'
	same "0001-pop3.txt 0002-imaps.txt" "$(cd "$BATS_TEST_TMPDIR/kept" && echo *)"
	grep -q '^C: PASS {{password}}$' "$BATS_TEST_TMPDIR/kept/0001-pop3.txt"
	grep -q '^Who: 127\.0\.0\.1:[0-9]*$' "$BATS_TEST_TMPDIR/kept/0001-pop3.txt"
	run -0 "$PARLANCE" verify "$BATS_TEST_TMPDIR/kept/0001-pop3.txt" --to lab --set password=hungry
	run -0 "$PARLANCE" verify "$BATS_TEST_TMPDIR/kept/0002-imaps.txt" --to lab
}

@test "-q prints where things are and no more; --json is events with the number of their session" {
	start_server lab "$PARLANCE" lab -q --port all=0
	wait_for_line lab '^listening udp'
	printf 'x\n' | "$PARLANCE" -q "tcp://127.0.0.1:$(lab_port tcp)"
	run -1 grep -v '^listening ' "$BATS_TEST_TMPDIR/lab.out"
	stop_server "$server_pid"
	start_server lab "$PARLANCE" lab --json --port all=0
	wait_for_line lab '^listening udp'
	printf 'x\n' | "$PARLANCE" -q "tcp://127.0.0.1:$(lab_port tcp)"
	wait_for_line lab '"text":"X"'
	output=$(grep '^{' "$BATS_TEST_TMPDIR/lab.out")
	has_event '{"session": 1, "side": "C", "kind": "command", "text": "x"}'
}

@test "^C says goodbye in each protocol's words, and ends it: exit 130" {
	lab
	pid=$server_pid
	start_server imap "$PARLANCE" --notes off "imap://127.0.0.1:$(lab_port imap)"
	start_server smtp "$PARLANCE" --notes off --colon "smtp://127.0.0.1:$(lab_port smtp)"
	exec 4<>"/dev/tcp/127.0.0.1/$(lab_port smtp)" 5<>"/dev/tcp/127.0.0.1/$(lab_port imap)" 6<>"/dev/tcp/127.0.0.1/$(lab_port ftp)"
	read -r -u 4 _ && read -r -u 5 _ && read -r -u 6 _
	kill -INT "$pid"
	read -r -u 4 smtp && read -r -u 5 imap && read -r -u 6 ftp
	[[ $smtp == "421 "* && $imap == "* BYE "* && $ftp == "421 "* ]]
	exec 4>&- 5>&- 6>&-
	status=0
	wait "$pid" || status=$?
	same 130 "$status"
	[[ ! -e $XDG_RUNTIME_DIR/parlance/lab ]]
}

@test "every transcript of the documents that needs no correction, and every corrected one, verifies against the lab" {
	names=()
	for file in "$ROOT"/transcripts/*.txt; do
		name=$(basename "$file" .txt)
		[[ $name == *-corrected || ! -e $ROOT/transcripts/$name-corrected.txt ]] && names+=("$name")
	done
	((${#names[@]} >= 22))
	run -0 "$PARLANCE" verify "${names[@]}" --to lab
	has_not "not ok"
	has_not "# SKIP"
	has "1..${#names[@]}"
}

@test "2,000 sessions at once: none fails, each has its own mailbox" {
	limit=$(ulimit -Hn)
	[[ $limit == unlimited ]] || ((limit > 4500)) || skip "the system allows $limit open files"
	run -0 "$PARLANCE" verify ch2-pop3-corrected --to lab --jobs 2000 --repeat 2000
	has "2,000 sessions in"
	has ", 0 failed"
}
