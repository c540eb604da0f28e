# TLS with programs that others wrote: Dovecot, Postfix, nginx and vsftpd talked to, in a pipe and at a terminal; and
# `parlance serve` talked to by Python's clients, curl, swaks and openssl. All certificates are made by tests/tls/authority.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers
load servers/all

# The servers are started once for the file: what a test changes in a mailbox, it made itself.
setup_file() {
	all_start
	export good=$BATS_FILE_TMPDIR/tls/good
}

teardown_file() {
	all_stop
}

setup() {
	all_setup
}

# talk OPTION... TARGET: says stdin to a server, whose certificate is vouched for.
talk() {
	timeout 60 "$PARLANCE" -w 10 --cacert "$ca" "$@"
}

# by_hand TEST ADDRESS: a person's session in a terminal (tests/pty/tlsreal.py).
by_hand() {
	run env CACERT="$ca" "$PYTHON" -B "$BATS_TEST_DIRNAME/pty/tlsreal.py" "$@"
	((status == 0)) || { echo "$output" && return 1; }
}

# finals: of the events in $output, each final reply as VERB CODE STATE, `+tls` after those that came encrypted, and each
# stage by its name.
finals() {
	jq -rs 'map(select(.final or .kind == "stage") | if .kind == "stage" then .text
		else ([.verb // "-", .code // .text, .state] | join(" ")) + (if .secure then "+tls" else "" end) end) | join(", ")' \
		<<<"$output"
}

# ---- IMAP and POP3: Dovecot ----

@test "Dovecot, imaps: everything is encrypted from the first octet" {
	require dovecot
	run -0 --separate-stderr talk --json "imaps://localhost:$imaps" <<<$'a1 LOGIN bob redqueen\na2 SELECT INBOX\na3 LOGOUT'
	run -0 finals
	same 'connect, tls, - OK not-authenticated+tls, LOGIN OK authenticated+tls, SELECT OK selected+tls, LOGOUT OK logout+tls, close' "$output"
}

@test "Dovecot, imaps: the plain output is a transcript that says so, and is told as a story" {
	require dovecot
	run -0 talk "imaps://127.0.0.1:$imaps" <<<'a1 LOGOUT'
	has $'\nTLS: implicit\n'
	has 'TLS 1.3'
	has 'Parlance Test R1'
	has_not 'NOT VERIFIED'
}

@test "Dovecot: a typed STARTTLS encrypts what follows, and what the server can do is another thing then" {
	require dovecot
	run -0 --separate-stderr talk --json "imap://localhost:$imap" <<-'END'
		a1 CAPABILITY
		a2 STARTTLS
		a3 CAPABILITY
		a4 LOGIN bob redqueen
		a5 LOGOUT
	END
	events=$output
	run -0 finals
	same 'connect, - OK not-authenticated, CAPABILITY OK not-authenticated, STARTTLS OK not-authenticated, tls, CAPABILITY OK not-authenticated+tls, LOGIN OK authenticated+tls, LOGOUT OK logout+tls, close' "$output"
	run -0 jq -rs 'map(select(.keyword == "CAPABILITY" and .code == "*") | (.secure // false, (.text | test("STARTTLS")))) | join(" ")' \
		<<<"$events"
	same 'false true true false true false' "$output" # the third: it was asked once, and tells again at the login
}

@test "Dovecot: --starttls says what is needed before the first typed line" {
	require dovecot
	run -0 --separate-stderr talk --starttls --json "imap://localhost:$imap" <<<$'a1 LOGIN bob redqueen\na2 LOGOUT'
	run -0 finals
	same 'connect, - OK not-authenticated, STARTTLS OK not-authenticated, tls, LOGIN OK authenticated+tls, LOGOUT OK logout+tls, close' "$output"
}

@test "Dovecot by hand, at a terminal: imaps" {
	require dovecot
	by_hand imaps "imaps://localhost:$imaps"
}

@test "Dovecot by hand, at a terminal: STARTTLS typed, capabilities forgotten and asked for anew" {
	require dovecot
	by_hand imap_typed "imap://localhost:$imap"
}

@test "Dovecot by hand, at a terminal: :starttls, then :auth plain" {
	require dovecot
	by_hand imap_word "imap://localhost:$imap"
}

@test "Dovecot by hand, at a terminal: :auth cram-md5, login and scram-sha-256 under TLS" {
	require dovecot
	by_hand imap_logins "imaps://localhost:$imaps"
}

@test "Dovecot: pop3s" {
	require dovecot
	run -0 --separate-stderr talk --json "pop3s://localhost:$pop3s" <<<$'USER bob\nPASS redqueen\nSTAT\nQUIT'
	has_not redqueen
	run -0 finals
	same 'connect, tls, - +OK authorization+tls, USER +OK authorization+tls, PASS +OK transaction+tls, STAT +OK transaction+tls, QUIT +OK update+tls, close' "$output"
}

@test "Dovecot: a typed STLS" {
	require dovecot
	run -0 --separate-stderr talk --json "pop3://localhost:$pop3" <<<$'STLS\nCAPA\nUSER bob\nPASS redqueen\nQUIT'
	run -0 finals
	same 'connect, - +OK authorization, STLS +OK authorization, tls, CAPA . authorization+tls, USER +OK authorization+tls, PASS +OK transaction+tls, QUIT +OK update+tls, close' "$output"
}

@test "Dovecot: --starttls over POP3 asks what there is, and takes it" {
	require dovecot
	run -0 --separate-stderr talk --starttls --json "pop3://localhost:$pop3" <<<$'USER bob\nPASS redqueen\nQUIT'
	run -0 finals
	same 'connect, - +OK authorization, CAPA . authorization, STLS +OK authorization, tls, USER +OK authorization+tls, PASS +OK transaction+tls, QUIT +OK update+tls, close' "$output"
}

@test "Dovecot by hand, at a terminal: STLS typed, then :auth login" {
	require dovecot
	by_hand pop3_typed "pop3://localhost:$pop3"
}

@test "Dovecot by hand, at a terminal: pop3s, and :auth user" {
	require dovecot
	by_hand pop3s "pop3s://localhost:$pop3s"
}

@test "Dovecot: no first letter is parlance's under TLS" {
	require dovecot
	run -0 --separate-stderr talk --json "imaps://localhost:$imaps" <<<$'Q NOOP\nR NOOP\nB NOOP\nK NOOP\nk NOOP\nQUIT NOOP\nRCPT LOGOUT'
	run -0 jq -rs 'map(select(.final and .tag) | [.tag, .verb, .code] | join(" ")) | join(", ")' <<<"$output"
	same 'Q NOOP OK, R NOOP OK, B NOOP OK, K NOOP OK, k NOOP OK, QUIT NOOP OK, RCPT LOGOUT OK' "$output"
}

# ---- SMTP: Postfix ----

@test "Postfix, smtps: a login, and no first letter is parlance's" {
	require_postfix
	run -0 --separate-stderr talk --json "smtps://localhost:$smtps" <<-'END'
		EHLO client.example
		AUTH PLAIN AGJvYgByZWRxdWVlbg==
		R
		Q
		B
		K
		k
		MAIL FROM:<bob@localhost>
		RCPT TO:<nobody@localhost>
		QUIT
	END
	has_not AGJvYgByZWRxdWVlbg==
	run -0 finals
	same 'connect, tls, - 220 connected+tls, EHLO 250 ready+tls, AUTH 235 ready+tls, R 500 ready+tls, Q 500 ready+tls, B 500 ready+tls, K 500 ready+tls, k 500 ready+tls, MAIL 250 mail+tls, RCPT 550 mail+tls, QUIT 221 closed+tls, close' \
		"$output"
}

@test "Postfix: STARTTLS typed, EHLO again, a message; Dovecot has it" {
	require_postfix
	run -0 --separate-stderr talk --json "smtp://localhost:$smtp" <<-'END'
		EHLO client.example
		STARTTLS
		EHLO client.example
		AUTH PLAIN AGJvYgByZWRxdWVlbg==
		MAIL FROM:<bob@localhost>
		RCPT TO:<alice@localhost>
		DATA
		Subject: under TLS

		Quite private.
		Q
		R
		.
		QUIT
	END
	events=$output
	run -0 finals
	same 'connect, - 220 connected, EHLO 250 ready, STARTTLS 220 ready, tls, EHLO 250 ready+tls, AUTH 235 ready+tls, MAIL 250 mail+tls, RCPT 250 rcpt+tls, DATA 354 data+tls, DATA 250 ready+tls, QUIT 221 closed+tls, close' "$output"
	run -0 jq -rs 'map(select(.verb == "EHLO" and .keyword == "AUTH") | .secure) | join(" ")' <<<"$events"
	same true "$output"
	run -0 jq -rs 'map(select(.verb == "EHLO" and .keyword == "STARTTLS") | .secure // false) | join(" ")' <<<"$events"
	same false "$output"
	wait_for 10 alice_has 'Quite private.'
}

# alice_has TEXT: whether one of her messages has it, as Dovecot gives it out under TLS.
alice_has() {
	talk "pop3s://localhost:$pop3s" <<<$'USER alice\nPASS wonderland\nRETR 1\nQUIT' | grep -q "^S: $1"
}

@test "Postfix: --starttls says EHLO and STARTTLS" {
	require_postfix
	run -0 --separate-stderr talk --starttls --json "smtp://localhost:$smtp" <<<$'EHLO client.example\nQUIT'
	run -0 finals
	same 'connect, - 220 connected, EHLO 250 ready, STARTTLS 220 ready, tls, EHLO 250 ready+tls, QUIT 221 closed+tls, close' "$output"
}

@test "Postfix by hand, at a terminal: STARTTLS typed, :auth plain, a message whose lines begin with R and Q" {
	require_postfix
	by_hand smtp_typed "smtp://localhost:$smtp"
}

@test "Postfix by hand, at a terminal: smtps, :auth login" {
	require_postfix
	by_hand smtps "smtps://localhost:$smtps"
}

@test "Postfix by hand, at a terminal: :starttls says EHLO first" {
	require_postfix
	by_hand smtp_word "smtp://localhost:$smtp"
}

# ---- HTTP: nginx ----

@test "nginx, https: two requests on one connection" {
	require nginx
	run -0 --separate-stderr talk --json "https://localhost:$https" <<-'END'
		GET / HTTP/1.1
		Host: localhost

		HEAD /nowhere HTTP/1.1
		Host: localhost
		Connection: close

	END
	has_event '{"kind": "data", "text": "<html><body>Hello from nginx</body></html>", "final": true, "secure": true}'
	run -0 jq -rs 'map(select(.kind == "reply") | "\(.code) \(.verb) \(.secure)") | join(", ")' <<<"$output"
	same '200 GET true, 404 HEAD true' "$output"
}

@test "nginx by hand, at a terminal: https" {
	require nginx
	by_hand https "https://localhost:$https"
}

@test "nginx: plain HTTP to the TLS port gets its 400, and what to do is said" {
	require nginx
	run -0 --separate-stderr talk -P http "127.0.0.1:$https" <<<$'GET / HTTP/1.1\nHost: localhost\nConnection: close\n'
	has 'S: HTTP/1.1 400 '
	has 'The plain HTTP request was sent to HTTPS port'
	run -0 grep -E '^# .*(https://|--tls)' <<<"$output"
}

# ---- FTP: vsftpd ----

@test "vsftpd, ftps: its close without close_notify after the goodbye is no failure" {
	require vsftpd
	run -0 --separate-stderr talk --json "ftps://localhost:$ftps" <<<$'USER anonymous\nPASS x\nPBSZ 0\nPROT P\nPWD\nQUIT'
	run -0 finals
	same 'connect, tls, - 220 connected+tls, USER 331 user+tls, PASS 230 ready+tls, PBSZ 200 ready+tls, PROT 200 ready+tls, PWD 257 ready+tls, QUIT 221 closed+tls, close' "$output"
}

@test "vsftpd: AUTH TLS, PBSZ 0 and PROT P typed" {
	require vsftpd
	run -0 --separate-stderr talk --json "ftp://localhost:$ftp" <<<$'AUTH TLS\nPBSZ 0\nPROT P\nUSER anonymous\nPASS x\nPASV\nQUIT'
	run -0 finals
	same 'connect, - 220 connected, AUTH 234 connected, tls, PBSZ 200 connected+tls, PROT 200 connected+tls, USER 331 user+tls, PASS 230 ready+tls, PASV 227 ready+tls, QUIT 221 closed+tls, close' "$output"
}

@test "vsftpd: --starttls says AUTH TLS, PBSZ 0 and PROT P" {
	require vsftpd
	run -0 --separate-stderr talk --starttls --json "ftp://localhost:$ftp" <<<$'USER anonymous\nPASS x\nQUIT'
	run -0 finals
	same 'connect, - 220 connected, AUTH 234 connected, tls, PBSZ 200 connected+tls, PROT 200 connected+tls, USER 331 user+tls, PASS 230 ready+tls, QUIT 221 closed+tls, close' "$output"
}

@test "vsftpd by hand, at a terminal: AUTH TLS typed" {
	require vsftpd
	by_hand ftp_typed "ftp://localhost:$ftp"
}

@test "vsftpd by hand, at a terminal: ftps" {
	require vsftpd
	by_hand ftps "ftps://localhost:$ftps"
}

# ---- whom to trust, and ports that were mixed up ----

@test "without the authority no server is trusted, and nothing is said to it" {
	require dovecot
	run -4 --separate-stderr timeout 60 "$PARLANCE" -w 10 --json "imaps://localhost:$imaps" <<<'a1 LOGIN bob redqueen'
	[[ $stderr == *parlance:* ]]
	run -0 jq -rs 'map(select(.side == "C" and .kind == "command")) | length' <<<"$output"
	same 0 "$output"
}

@test "without the authority --insecure goes on, and says that nothing was verified" {
	require dovecot
	run -0 timeout 60 "$PARLANCE" -w 10 --insecure "imaps://localhost:$imaps" <<<'a1 LOGOUT'
	has 'NOT VERIFIED'
	has 'S: a1 OK'
}

# to_plaintext SCHEME PORT GREETING ADVICE: TLS to a port where none is spoken: what came back is shown, and what to do.
to_plaintext() {
	run -4 talk "$1://localhost:$2" <<<'QUIT'
	has "$3"
	has "$4"
}

@test "TLS to a plaintext port: the greeting that came is shown, and how TLS begins there" {
	require dovecot
	to_plaintext imaps "$imap" '* OK' --starttls
	to_plaintext pop3s "$pop3" '+OK Dovecot' --starttls
	require vsftpd
	to_plaintext ftps "$ftp" '220 (vsFTPd' --starttls
	require_postfix
	to_plaintext smtps "$smtp" '220 mail.example ESMTP' --starttls
	require nginx
	to_plaintext https "$http" 'HTTP/1.1 400' 'http://'
}

# to_tls SCHEME PORT LINE: plaintext to a TLS port: whatever the server does, TLS is named.
to_tls() {
	run timeout 60 "$PARLANCE" -w 1 "$1://localhost:$2" <<<"$3"
	((status >= 3))
	run -0 grep -E 'TLS' <<<"$output"
}

@test "plaintext to a TLS port: an alert, a close or silence is explained" {
	require dovecot
	to_tls imap "$imaps" 'a1 NOOP'
	to_tls pop3 "$pop3s" 'NOOP'
	require vsftpd
	to_tls ftp "$ftps" 'NOOP'
	require_postfix
	to_tls smtp "$smtps" 'NOOP'
}

# ---- records and transcripts ----

# replayed NAME TARGET: a transcript or a record, spoken to the server.
replayed() {
	run -0 --separate-stderr timeout 60 "$PARLANCE" replay "$1" --to "$2" -w 10 --cacert "$ca" --json "${@:3}"
	has_not '"problem"'
	events=$output
	run -0 finals
}

@test "a record of a session that began TLS itself is replayed" {
	require dovecot
	run -0 talk --starttls -r "$BATS_TEST_TMPDIR/record.txt" "imap://localhost:$imap" <<<$'a1 LOGIN bob redqueen\na2 NOOP\na3 LOGOUT'
	run -0 cat "$BATS_TEST_TMPDIR/record.txt"
	has '<client starts TLS>'
	has '{{password}}'
	has_not redqueen
	has_not 'TLS: implicit'
	replayed "$BATS_TEST_TMPDIR/record.txt" "imap://localhost:$imap" --set password=redqueen
	[[ $output == *'STARTTLS OK not-authenticated, tls, LOGIN OK authenticated+tls, NOOP OK authenticated+tls, LOGOUT OK logout+tls'* ]]
}

@test "a record of a session under TLS from its first octet is replayed, also to itself" {
	require dovecot
	run -0 talk -r "$BATS_TEST_TMPDIR/record.txt" "pop3s://localhost:$pop3s" <<<$'USER bob\nPASS redqueen\nSTAT\nQUIT'
	run -0 cat "$BATS_TEST_TMPDIR/record.txt"
	has 'TLS: implicit'
	has_not redqueen
	replayed "$BATS_TEST_TMPDIR/record.txt" "pop3s://localhost:$pop3s" --set password=redqueen
	[[ $output == *'PASS +OK transaction+tls, STAT +OK transaction+tls, QUIT +OK update+tls'* ]]
	replayed "$BATS_TEST_TMPDIR/record.txt" self --set password=redqueen
	[[ $output == *'PASS +OK transaction+tls, STAT +OK transaction+tls, QUIT +OK update+tls'* ]]
}

@test "what was printed in a pipe is a transcript, and replays under TLS" {
	require vsftpd
	talk "ftps://localhost:$ftps" >"$BATS_TEST_TMPDIR/said.txt" <<<$'USER anonymous\nPASS x\nPWD\nQUIT'
	replayed "$BATS_TEST_TMPDIR/said.txt" "ftps://localhost:$ftps" --set password=x
	[[ $output == *'PASS 230 ready+tls, PWD 257 ready+tls, QUIT 221 closed+tls'* ]]
}

# letter: a transcript that begins TLS on the way.
letter() {
	transcript letter.txt <<-'END'
		Protocol: smtp

		S: 220 {{*}}
		C: EHLO client.example
		S*: 250-{{*}}
		S: 250-STARTTLS
		S*: 250-{{*}}
		S: 250 {{*}}
		C: STARTTLS
		S: 220 {{*}}
		<client starts TLS>
		C: EHLO client.example
		S!: 250-STARTTLS
		S: 250-AUTH {{*}}
		S*: 250-{{*}}
		S: 250 {{*}}
		C: AUTH PLAIN {{plain bob {{password}}}}
		S: 235 {{*}}
		C: QUIT
		S: 221 {{*}}
	END
}

@test "Postfix: a transcript with <client starts TLS> is replayed and verified" {
	require_postfix
	letter >/dev/null
	replayed "$BATS_TEST_TMPDIR/letter.txt" "smtp://localhost:$smtp" --set password=redqueen
	[[ $output == *'STARTTLS 220 ready, tls, EHLO 250 ready+tls, AUTH 235 ready+tls, QUIT 221 closed+tls'* ]]
}

@test "Dovecot: a transcript with TLS: implicit is replayed" {
	require dovecot
	transcript implicit.txt >/dev/null <<-'END'
		Protocol: imap
		TLS: implicit

		S: * OK {{*}}
		C: a1 LOGIN bob redqueen
		S: a1 OK {{*}}
		C: a2 LOGOUT
		S: * BYE {{*}}
		S: a2 OK {{*}}
	END
	replayed "$BATS_TEST_TMPDIR/implicit.txt" "localhost:$imaps"
	same 'connect, tls, - OK not-authenticated+tls, LOGIN OK authenticated+tls, LOGOUT OK logout+tls, close' "$output"
}

# ---- serve, and the clients that people use ----

# served TRANSCRIPT: `parlance serve` with the certificate that all trust.
served() {
	serve --cert "$good.pem" --key "$good.key" "$@"
}

# client: runs a Python program on stdin, as `client PORT CA`; `context` trusts the authority.
client() {
	run -0 timeout 20 "$PYTHON" -c "
import ssl, sys
port = int(sys.argv[1])
context = ssl.create_default_context(cafile=sys.argv[2])
$(cat)" "$served_port" "$ca"
}

mailbox() {
	transcript mailbox.txt <<-'END'
		Protocol: imap
		TLS: implicit

		S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
		C: a1 LOGIN bob redqueen
		S: a1 OK logged in
		C: a2 SELECT INBOX
		S: * 2 EXISTS
		S: a2 OK [READ-WRITE] selected
		C: a3 LOGOUT
		S: * BYE until later
		S: a3 OK done
		<server hangs up>
	END
}

upgraded_mailbox() {
	transcript upgraded.txt <<-'END'
		Protocol: imap

		S: * OK ready
		C: a0 CAPABILITY
		S: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED
		S: a0 OK listed
		C: a1 STARTTLS
		S: a1 OK begin
		<client starts TLS>
		C: a2 CAPABILITY
		S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
		S: a2 OK listed
		C: a3 LOGIN bob redqueen
		S: a3 OK logged in
		C: a4 LOGOUT
		S: * BYE until later
		S: a4 OK done
		<server hangs up>
	END
}

@test "serve: Python's IMAP4_SSL" {
	served "$(mailbox)"
	client <<-'END'
		import imaplib
		m = imaplib.IMAP4_SSL("localhost", port, ssl_context=context, timeout=10)
		print(m.socket().version(), m.login("bob", "redqueen"), m.select(), m.logout()[0])
	END
	same "TLSv1.3 ('OK', [b'logged in']) ('OK', [b'2']) BYE" "$output"
}

@test "serve: Python's imaplib and STARTTLS" {
	served "$(upgraded_mailbox)"
	client <<-'END'
		import imaplib
		m = imaplib.IMAP4("localhost", port, timeout=10)
		print(m.capabilities)
		print(m.starttls(context), m.socket().version(), m.capabilities)
		print(m.login("bob", "redqueen"), m.logout()[0])
	END
	same "('IMAP4REV1', 'STARTTLS', 'LOGINDISABLED')
('OK', [None]) TLSv1.3 ('IMAP4REV1', 'AUTH=PLAIN')
('OK', [b'logged in']) BYE" "$output"
}

@test "serve: Python's POP3_SSL, and stls" {
	served "$(transcript pop3s.txt <<-'END'
		Protocol: pop3
		TLS: implicit

		S: +OK ready
		C: USER bob
		S: +OK
		C: PASS redqueen
		S: +OK in
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK bye
		<server hangs up>
	END
	)"
	client <<-'END'
		import poplib
		p = poplib.POP3_SSL("localhost", port, context=context, timeout=10)
		print(p.user("bob"), p.pass_("redqueen"), p.stat(), p.quit())
	END
	same "b'+OK' b'+OK in' (2, 320) b'+OK bye'" "$output"
	stop_servers
	served "$(transcript stls.txt <<-'END'
		Protocol: pop3

		S: +OK ready
		C: CAPA
		S: +OK
		S: STLS
		S: .
		C: STLS
		S: +OK begin
		<client starts TLS>
		C: USER bob
		S: +OK
		C: QUIT
		S: +OK bye
		<server hangs up>
	END
	)"
	client <<-'END'
		import poplib
		p = poplib.POP3("localhost", port, timeout=10)
		print(p.stls(context), p.sock.version(), p.user("bob"), p.quit())
	END
	same "b'+OK begin' TLSv1.3 b'+OK' b'+OK bye'" "$output"
}

# submission: a server of SMTP that takes a login and a message under STARTTLS.
submission() {
	transcript submission.txt <<-'END'
		Protocol: smtp

		S: 220 mail.example ESMTP
		C: EHLO client.example
		S: 250-mail.example
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go ahead
		<client starts TLS>
		C: EHLO client.example
		S: 250-mail.example
		S: 250 AUTH PLAIN
		C: AUTH PLAIN AGJvYgByZWRxdWVlbg==
		S: 235 2.7.0 in
		C: MAIL FROM:<bob@mail.example>
		S: 250 2.1.0 OK
		C: RCPT TO:<alice@mail.example>
		S: 250 2.1.5 OK
		C: DATA
		S: 354 go on
		<client sends message>
		S: 250 2.0.0 taken
		C: QUIT
		S: 221 2.0.0 bye
		<server hangs up>
	END
}

@test "serve: Python's SMTP and starttls, with a login and a message" {
	served "$(submission)"
	client <<-'END'
		import smtplib
		s = smtplib.SMTP("localhost", port, "client.example", timeout=10)
		print(s.starttls(context=context), s.sock.version())
		print(s.login("bob", "redqueen"))
		print(s.sendmail("bob@mail.example", ["alice@mail.example"], "Subject: x\r\n\r\nhello\r\n"), s.quit())
	END
	same "(220, b'go ahead') TLSv1.3
(235, b'2.7.0 in')
{} (221, b'2.0.0 bye')" "$output"
	run -1 grep -E 'redqueen|AGJvYgByZWRxdWVlbg' "$BATS_TEST_TMPDIR/serve.out"
}

@test "serve: Python's SMTP_SSL" {
	served "$(transcript smtps.txt <<-'END'
		Protocol: smtp
		TLS: implicit

		S: 220 mail.example ESMTP
		C: EHLO client.example
		S: 250 mail.example
		C: QUIT
		S: 221 bye
		<server hangs up>
	END
	)"
	client <<-'END'
		import smtplib
		s = smtplib.SMTP_SSL("localhost", port, "client.example", timeout=10, context=context)
		print(s.ehlo(), s.quit())
	END
	same "(250, b'mail.example') (221, b'bye')" "$output"
}

@test "serve: swaks over STARTTLS" {
	require swaks
	perl -MNet::SSLeay -e1 2>/dev/null || skip "Perl's Net::SSLeay is not installed (make deps-interop)"
	served "$(submission)"
	run -0 timeout 20 swaks --server "localhost:$served_port" --tls --tls-verify --tls-ca-path "$ca" --ehlo client.example \
		--auth PLAIN -au bob -ap redqueen -f bob@mail.example -t alice@mail.example
	has '=== TLS started with cipher'
	has '<~  235 2.7.0 in'
	has '<~  250 2.0.0 taken'
}

@test "serve: Python's FTP_TLS" {
	served "$(transcript ftp.txt <<-'END'
		Protocol: ftp

		S: 220 ready
		C: AUTH TLS
		S: 234 begin
		<client starts TLS>
		C: USER anonymous
		S: 331 password
		C: PASS x
		S: 230 in
		C: PBSZ 0
		S: 200 PBSZ=0
		C: PROT P
		S: 200 private
		C: QUIT
		S: 221 bye
		<server hangs up>
	END
	)"
	client <<-'END'
		import ftplib
		f = ftplib.FTP_TLS(context=context, timeout=10)
		f.connect("localhost", port)
		print(f.login("anonymous", "x"), f.sock.version(), f.prot_p(), f.quit())
	END
	same '230 in TLSv1.3 200 private 221 bye' "$output"
}

page() {
	transcript page.txt <<-'END'
		Protocol: http
		TLS: implicit

		C: GET / HTTP/1.1
		C: Host: localhost
		C:
		S: HTTP/1.1 200 OK
		S: Content-Length: 7
		S:
		S\: hello\r\n
	END
}

@test "serve: curl, which trusts the authority, and curl, which does not" {
	require curl
	served "$(page)"
	run -0 timeout 20 curl -sS --cacert "$ca" "https://localhost:$served_port/"
	same $'hello\r' "$output"
	stop_servers
	served "$(page)"
	run -60 timeout 20 curl -sS "https://localhost:$served_port/"
	wait_for_line serve 'unknown_ca|does not trust'
}

@test "serve: without --cert a certificate is made for localhost, and printed for who wants to trust it" {
	require curl
	serve "$(page)"
	openssl s_client -connect "127.0.0.1:$served_port" -showcerts </dev/null 2>/dev/null |
		openssl x509 >"$BATS_TEST_TMPDIR/made.pem"
	run -0 timeout 20 curl -sS --cacert "$BATS_TEST_TMPDIR/made.pem" "https://localhost:$served_port/"
	same $'hello\r' "$output"
}

@test "serve: openssl s_client, from the first octet and by STARTTLS" {
	served "$(mailbox)"
	run -0 timeout 20 openssl s_client -quiet -verify_quiet -verify_return_error -CAfile "$ca" -verify_hostname localhost \
		-crlf -connect "127.0.0.1:$served_port" <<<$'a1 LOGIN bob redqueen\na2 SELECT INBOX\na3 LOGOUT'
	has 'a3 OK done'
	stop_servers
	served "$(letter_served)"
	run -0 timeout 20 openssl s_client -quiet -verify_quiet -verify_return_error -CAfile "$ca" -starttls smtp \
		-name client.example -crlf -connect "127.0.0.1:$served_port" <<<$'EHLO client.example\nQUIT'
	has '250 second'
	has '221 bye'
}

letter_served() {
	transcript served.txt <<-'END'
		Protocol: smtp

		S: 220 mail.example ESMTP
		C: EHLO client.example
		S: 250-first
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go ahead
		<client starts TLS>
		C: EHLO client.example
		S: 250 second
		C: QUIT
		S: 221 bye
		<server hangs up>
	END
}
