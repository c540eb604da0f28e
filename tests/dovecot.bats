# POP3 and IMAP by hand, in a pipe and at a terminal, with Dovecot.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

# dovecot: starts it; $imap and $pop3 are its ports. It answers when it is ready, which takes a moment.
dovecot() {
	require dovecot
	imap=$(free_port) pop3=$(free_port)
	start_server dovecot "$BATS_TEST_DIRNAME/servers/start" dovecot "$BATS_TEST_TMPDIR/d" "$imap" "$pop3"
	wait_for_port "$imap"
	wait_for_port "$pop3"
	wait_for 10 greets
}

# Until the login processes have found the process that knows the users, Dovecot greets with "Waiting for ...".
greets() {
	timeout 5 "$PARLANCE" -P imap --plain "127.0.0.1:$imap" <<<'a LOGOUT' 2>/dev/null | grep -q 'S: \* OK \[CAPABILITY'
}

talk() {
	timeout 60 "$PARLANCE" -w 10 "$@"
}

# by_hand PROTOCOL PORT: a person's session in a terminal (tests/pty/real.py).
by_hand() {
	run "$PYTHON" -B "$BATS_TEST_DIRNAME/pty/real.py" "$1" "127.0.0.1:$2"
	((status == 0)) || { echo "$output" && return 1; }
}

@test "POP3 by hand, in a terminal" {
	dovecot
	by_hand pop3 "$pop3"
}

@test "IMAP by hand, in a terminal: a missing tag, a literal, IDLE" {
	dovecot
	by_hand imap "$imap"
}

# finals: of the events in $output, each final reply as VERB CODE STATE.
finals() {
	jq -rs 'map(select(.final) | [.verb // "-", .code // .text, .state] | join(" ")) | join(", ")' <<<"$output"
}

@test "POP3: a whole session, lists and texts in full" {
	dovecot
	run -0 --separate-stderr talk --json "pop3://127.0.0.1:$pop3" <<-'END'
		CAPA
		USER bob
		PASS redqueen
		STAT
		LIST
		LIST 1
		UIDL
		RETR 2
		TOP 1 0
		RETR 9
		DELE 1
		QUIT
	END
	run -0 finals
	same '- +OK authorization, CAPA . authorization, USER +OK authorization, PASS +OK transaction, STAT +OK transaction, LIST . transaction, LIST +OK transaction, UIDL . transaction, RETR . transaction, TOP . transaction, RETR -ERR transaction, DELE +OK transaction, QUIT +OK update' "$output"
}

@test "POP3: what is marked goes only at QUIT, and the state says so" {
	dovecot
	run -0 talk "pop3://127.0.0.1:$pop3" <<<$'USER bob\nPASS redqueen\nDELE 1\nRSET\nQUIT'
	run -0 talk "pop3://127.0.0.1:$pop3" <<<$'USER bob\nPASS redqueen\nSTAT\nDELE 1\nQUIT'
	has 'S: +OK 2 '
	run -0 talk "pop3://127.0.0.1:$pop3" <<<$'USER bob\nPASS redqueen\nSTAT\nQUIT'
	has 'S: +OK 1 '
	has_not redqueen
}

@test "POP3: CRAM-MD5 in a pipe is cancelled, then PLAIN is taken" {
	dovecot
	run -0 --separate-stderr talk --json "pop3://127.0.0.1:$pop3" <<-END
		AUTH CRAM-MD5
		*
		AUTH PLAIN
		$(printf '\0bob\0redqueen' | base64)
		QUIT
	END
	run -0 finals
	[[ $output == *"AUTH + authorization, AUTH -ERR authorization, AUTH + authorization, AUTH +OK transaction"* ]]
}

@test "POP3: pipelined commands are answered in order" {
	dovecot
	run -0 --separate-stderr talk --no-wait --json "pop3://127.0.0.1:$pop3" <<<$'USER bob\nPASS redqueen\nSTAT\nLIST\nQUIT'
	run -0 finals
	[[ $output == *"PASS +OK transaction, STAT +OK transaction, LIST . transaction, QUIT +OK update"* ]]
}

@test "IMAP: a whole session, literals and untagged data" {
	dovecot
	run -0 --separate-stderr talk --json "imap://127.0.0.1:$imap" <<-'END'
		a1 CAPABILITY
		a2 LOGIN bob redqueen
		a3 LIST "" *
		a4 SELECT INBOX
		a5 FETCH 1:2 (FLAGS BODY[HEADER.FIELDS (SUBJECT)])
		a6 SEARCH SUBJECT roses
		a7 STORE 1 +FLAGS (\Deleted)
		a8 EXPUNGE
		a9 FETCH 1 BODY[TEXT]
		a10 SELECT nowhere
		a11 LOGOUT
	END
	events=$output
	run -0 finals
	same '- OK not-authenticated, CAPABILITY OK not-authenticated, LOGIN OK authenticated, LIST OK authenticated, SELECT OK selected, FETCH OK selected, SEARCH OK selected, STORE OK selected, EXPUNGE OK selected, FETCH OK selected, SELECT NO authenticated, LOGOUT OK logout' "$output"
	output=$events
	has_event '{"kind": "data", "text": "Subject: lunch", "side": "S", "final": false}'
	has_event '{"code": "*", "keyword": "EXPUNGE", "class": "info"}'
	has_event '{"kind": "data", "text": ".", "side": "S"}' # no dots are stuffed in IMAP
	run -1 grep -c redqueen <<<"$events"
}

@test "IMAP: a literal waits for its plus, the text goes as typed" {
	dovecot
	run -0 --separate-stderr talk --json "imap://127.0.0.1:$imap" <<-'END'
		a1 LOGIN {3}
		bob {8}
		redqueen
		a2 APPEND INBOX (\Seen) {36}
		Subject: by hand
		
		Typed in a pipe.
		a3 STATUS INBOX (MESSAGES)
		a4 LOGOUT
	END
	events=$output
	run -0 finals
	same '- OK not-authenticated, LOGIN + not-authenticated, LOGIN + not-authenticated, LOGIN OK authenticated, APPEND + authenticated, APPEND OK authenticated, STATUS OK authenticated, LOGOUT OK logout' "$output"
	has_not redqueen
	grep -q 'MESSAGES 3' <<<"$events"
}

@test "IMAP: a refused literal is not waited for" {
	dovecot
	run -0 --separate-stderr talk --json "imap://127.0.0.1:$imap" <<<$'a0 LOGIN bob redqueen\na1 APPEND nowhere {36}\na2 NOOP\na3 LOGOUT'
	has_event '{"tag": "a1", "code": "NO", "keyword": "TRYCREATE", "final": true}'
	run -0 finals
	[[ $output == *"APPEND NO authenticated, NOOP OK authenticated, LOGOUT OK logout"* ]]
}

@test "IMAP: IDLE tells of a new message, DONE ends it" {
	dovecot
	mkfifo "$BATS_TEST_TMPDIR/typed"
	talk --json "imap://127.0.0.1:$imap" <"$BATS_TEST_TMPDIR/typed" >"$BATS_TEST_TMPDIR/idle" 3>&- &
	local idler=$!
	exec 5>"$BATS_TEST_TMPDIR/typed"
	printf 'a LOGIN bob redqueen\nb SELECT INBOX\nc IDLE\n' >&5
	wait_for 10 grep -q '"code":"+"' "$BATS_TEST_TMPDIR/idle"
	run -0 talk "imap://127.0.0.1:$imap" 5>&- <<<$'x LOGIN bob redqueen\ny APPEND INBOX {14+}\nSubject: news\n\nz LOGOUT'
	wait_for 10 grep -q '\* 3 EXISTS' "$BATS_TEST_TMPDIR/idle"
	printf 'DONE\nd LOGOUT\n' >&5
	exec 5>&-
	wait "$idler"
	output=$(<"$BATS_TEST_TMPDIR/idle")
	has_event '{"kind": "data", "text": "DONE", "side": "C"}'
	has_event '{"code": "OK", "verb": "IDLE", "final": true, "tag": "c"}'
}

@test "IMAP: commands in flight at once are answered under their tags" {
	dovecot
	run -0 --separate-stderr talk --no-wait --json "imap://127.0.0.1:$imap" <<<$'a LOGIN bob redqueen\nb SELECT INBOX\nc FETCH 1 FLAGS\nd NOOP\ne LOGOUT'
	events=$output
	run -0 jq -rs 'map(select(.final and .tag) | [.tag, .verb, .code] | join(" ")) | sort | join(", ")' <<<"$events"
	same 'a LOGIN OK, b SELECT OK, c FETCH OK, d NOOP OK, e LOGOUT OK' "$output"
}

@test "the shipped conversations of bob speak to Dovecot" {
	dovecot
	run -0 timeout 60 "$PARLANCE" replay ewing-pop3-corrected --to "pop3://127.0.0.1:$pop3"
	has 'S: +OK Logged in.'
}
