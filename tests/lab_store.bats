# What `parlance lab` is started with and what it keeps: --keep, --reset, --mbox, --files, --user, and what is full.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

# imap USER:PASSWORD PATH [COMMAND]: what the IMAP server says to a command, the mailbox of the path selected.
imap() {
	curl -sS --max-time 10 --user "$1" "imap://127.0.0.1:$(lab_port imap)/$2" ${3+-X "$3"} | tr -d '\r'
}

# post FROM TO TEXT: sends a message by SMTP.
post() {
	printf '%s' "$3" | curl -sS --max-time 10 --mail-from "$1" --mail-rcpt "$2" -T - "smtp://127.0.0.1:$(lab_port smtp)/here.example" 2>&1
}

@test "--keep: mail, flags, keywords, UIDs and folders are there again, though the lab was killed" {
	require curl
	keep=$BATS_TEST_TMPDIR/kept
	lab --only smtp,imap --keep "$keep"
	post alice@crepes.fr bob@localhost $'Subject: kept 4711\r\n\r\nAt noon?\r\n'
	same "* SEARCH 9" "$(imap bob:hungry INBOX 'SEARCH SUBJECT 4711')"
	imap bob:hungry INBOX 'STORE 9 FLAGS (\Flagged $Work)' >/dev/null
	imap bob:hungry '' 'CREATE "Lunch/At noon."' >/dev/null
	imap bob:hungry INBOX 'COPY 9 "Lunch/At noon."' >/dev/null
	imap bob:hungry '' 'DELETE Junk' >/dev/null
	before=$(imap bob:hungry '' 'STATUS INBOX (UIDVALIDITY UIDNEXT MESSAGES)')
	kill -KILL "$server_pid"
	wait "$server_pid" || true
	echo half >"$keep/bob/tmp/half"

	lab --only smtp,imap --keep "$keep"
	same "$before" "$(imap bob:hungry '' 'STATUS INBOX (UIDVALIDITY UIDNEXT MESSAGES)')"
	same "* SEARCH 9" "$(imap bob:hungry INBOX 'SEARCH SUBJECT 4711 FLAGGED KEYWORD $Work')"
	same "* SEARCH 1" "$(imap bob:hungry 'Lunch%2FAt%20noon%2E' 'SEARCH SUBJECT 4711 KEYWORD $Work')"
	same "" "$(imap bob:hungry '' 'LIST "" Junk')"
	[[ ! -e $keep/bob/tmp/half ]]
	grep -q 'kept 4711' "$keep"/bob/cur/*,U=9,*:2,Fb
	run -2 "$PARLANCE" lab --keep "$keep" --port all=0
	has "another lab keeps its mail there now"
	stop_server "$server_pid"

	lab --only smtp,imap --keep "$keep" --reset
	same "* SEARCH" "$(imap bob:hungry INBOX 'SEARCH SUBJECT 4711')"
	same '* LIST (\HasNoChildren \Junk) "/" Junk' "$(imap bob:hungry '' 'LIST "" Junk')"
}

@test "--reset takes nothing away that no lab has kept" {
	mkdir "$BATS_TEST_TMPDIR/mine"
	echo precious >"$BATS_TEST_TMPDIR/mine/letter"
	run -2 "$PARLANCE" lab --keep "$BATS_TEST_TMPDIR/mine" --reset
	has "no lab has kept its mail there"
	same precious "$(<"$BATS_TEST_TMPDIR/mine/letter")"
	run -2 "$PARLANCE" lab --keep "$BATS_TEST_TMPDIR/mine/letter"
	has "letter: Not a directory"
}

@test "--mbox goes to the first --user; what the file added is taken away" {
	require curl
	cat >"$BATS_TEST_TMPDIR/mbox" <<-'END'
		From alice@example.com Fri Feb 22 17:06:23 2008
		Subject: first 4711
		Status: RO

		>From the start

		From bob@example.com Sat Feb 23 17:06:23 2008
		Subject: second 4711

		End
	END
	lab --only imap --user eve:apple --mbox "$BATS_TEST_TMPDIR/mbox"
	run -0 imap eve:apple 'INBOX' 'SEARCH SUBJECT 4711'
	same "* SEARCH 5 6" "$output"
	run -0 imap eve:apple 'INBOX' 'FETCH 5 (FLAGS INTERNALDATE)'
	same '* 5 FETCH (FLAGS (\Seen) INTERNALDATE "22-Feb-2008 17:06:23 +0000")' "${output/ \\Recent/}"
	run -0 curl -sS --max-time 10 --user eve:apple "imap://127.0.0.1:$(lab_port imap)/INBOX;MAILINDEX=5;SECTION=TEXT"
	same "From the start" "${output//$'\r'/}"
	run -2 "$PARLANCE" lab --mbox "$BATS_TEST_TMPDIR/none"
	has "none: No such file or directory"
	run -2 "$PARLANCE" lab --mbox "$PARLANCE"
	has "not an mbox file"
	run -2 "$PARLANCE" lab --user ../eve:apple
	has "cannot be a user's name"
}

@test "--files is what HTTP and FTP show" {
	require curl
	mkdir -p "$BATS_TEST_TMPDIR/mine/deep"
	printf 'one\n' >"$BATS_TEST_TMPDIR/mine/deep/1.txt"
	ln -s /etc/passwd "$BATS_TEST_TMPDIR/mine/link"
	lab --only http,ftp --files "$BATS_TEST_TMPDIR/mine"
	same one "$(curl -sS --max-time 10 "http://127.0.0.1:$(lab_port http)/deep/1.txt")"
	same one "$(curl -sS --max-time 10 --user bob:hungry "ftp://127.0.0.1:$(lab_port ftp)/deep/1.txt")"
	run curl -sS -o /dev/null -w '%{http_code}' --max-time 10 "http://127.0.0.1:$(lab_port http)/link"
	same 404 "$output"
	run -2 "$PARLANCE" lab --files "$BATS_TEST_TMPDIR/none"
	has "none: No such file or directory"
}

@test "a mailbox that is full is said to be: 452 by SMTP, OVERQUOTA by IMAP" {
	require curl
	lab --only smtp,imap
	run post alice@crepes.fr full@localhost $'Subject: more\r\n\r\nAnd more.\r\n'
	has 452
	run -0 "$PARLANCE" --notes off lab:imap <<-'END'
		a LOGIN bob hungry
		b SELECT Samples
		c COPY 2 Quota
	END
	has "c NO [OVERQUOTA]"
}
