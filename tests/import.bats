# Other people's recordings, wherever a transcript is read. tests/import/ holds what the tools really printed of sessions with
# real servers (the two of test suites are written in their language); what is read of each line: tests/unit/import.c.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

samples="$BATS_TEST_DIRNAME/import"

# dovecot: starts it; $imap, $pop3, $imaps and $pop3s are its ports.
dovecot() {
	require dovecot openssl
	imap=$(free_port) pop3=$(free_port) imaps=$(free_port) pop3s=$(free_port)
	mkdir -p "$BATS_TEST_TMPDIR/d"
	openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
		-keyout "$BATS_TEST_TMPDIR/d/server.key" -out "$BATS_TEST_TMPDIR/d/server.pem" 2>/dev/null
	start_server dovecot "$BATS_TEST_DIRNAME/servers/start" dovecot "$BATS_TEST_TMPDIR/d" "$imap" "$pop3" "$imaps" "$pop3s"
	wait_for_port "$imap"
	wait_for 10 greets
}

greets() {
	timeout 5 "$PARLANCE" -P imap --plain "127.0.0.1:$imap" <<<'a LOGOUT' 2>/dev/null | grep -q 'S: \* OK \[CAPABILITY'
}

# sink: starts Postfix's smtp-sink, which takes any mail; $port is its port.
sink() {
	require smtp-sink
	port=$(free_port)
	start_server sink "$(program_path smtp-sink)" -u "$(id -un)" "127.0.0.1:$port" 10
	wait_for_port "$port"
}

# says TEXT...: each is a line of $output.
says() {
	local line
	for line; do
		grep -Fxq -- "$line" <<<"$output" || { has "$line" && has $'\n'"$line"$'\n'; }
	done
}

@test "every sample is recognised and read, and none has a problem that the session had not" {
	for file in "$samples"/*; do
		[[ $file != *.mbox && $file != */imaptest && $file != */exim.txt ]] || continue
		echo "$file"
		run -0 --separate-stderr "$PARLANCE" annotate --json "$file"
		same "" "$stderr"
		problems=$(jq -r 'select(.problem) | .problem' <<<"$output")
		case $file in
		*/smtplib.txt) # Python was given an octet above 127
			same "octets above 127 in the text, though MAIL did not say BODY=8BITMIME" "$problems"
			;;
		*) same "" "$problems" ;;
		esac
	done
}

@test "what was read, printed as a transcript, is read as the same" {
	for file in "$samples"/*; do
		[[ $file != *.mbox ]] || continue
		echo "$file"
		"$PARLANCE" annotate --plain --notes off "$file" >"$BATS_TEST_TMPDIR/once.txt"
		"$PARLANCE" annotate --plain --notes off --from transcript "$BATS_TEST_TMPDIR/once.txt" >"$BATS_TEST_TMPDIR/twice.txt"
		cmp "$BATS_TEST_TMPDIR/once.txt" "$BATS_TEST_TMPDIR/twice.txt"
		safe_files "$BATS_TEST_TMPDIR/once.txt"
	done
}

@test "every recording can be played against itself" {
	for file in "$samples"/*; do
		[[ $file != *.mbox && $file != */imaptest ]] || continue
		echo "$file"
		run -0 --separate-stderr timeout 20 "$PARLANCE" replay "$file" --set password=anything
		same "" "$stderr"
	done
}

@test "TLS is put where the recording has it" {
	run -0 "$PARLANCE" annotate --plain --notes off "$samples/s_client-imap.txt"
	says "TLS: implicit"
	for name in swaks smtplib curl-smtp s_client-smtp; do
		run -0 "$PARLANCE" annotate --plain --notes off "$samples/$name.txt"
		has $'\nC: STARTTLS\nS: 220 '
		says "<client starts TLS>"
		has_not "TLS: implicit"
	done
}

@test "--from says the form; a wrong one is told all that there are" {
	file=$(transcript mail.txt <<<'> QUIT')
	run -2 "$PARLANCE" annotate "$file"
	run -0 "$PARLANCE" annotate --plain --notes off --from curl "$file"
	says "C: QUIT"
	run -2 "$PARLANCE" annotate --from crul "$file"
	has "--from crul: no such form: there are transcript, imaplib, "
	run -2 "$PARLANCE" annotate --from swaks "$file"
	has "$file:1: read as swaks, this is not a conversation: nothing is said in it"
	run -2 "$PARLANCE" annotate --from transcript "$samples/swaks.txt"
	has "$samples/swaks.txt:1: \"=== Trying"
}

@test "recordings of IMAP and POP3 are played against a real Dovecot, and a test of imaptest's is verified" {
	dovecot
	run -0 timeout 30 "$PARLANCE" replay "$samples/imaplib.txt" --to "127.0.0.1:$imap" -P imap
	has " OK [READ-WRITE] Select completed"
	has "OK [APPENDUID "
	run -0 timeout 30 "$PARLANCE" replay "$samples/poplib.txt" --to "127.0.0.1:$pop3" -P pop3
	has "S: Painted."
	run -0 timeout 30 "$PARLANCE" replay "$samples/s_client-imap.txt" --to "127.0.0.1:$imaps" -P imap --insecure
	has "d OK Logout completed"
	run -0 timeout 30 "$PARLANCE" verify "$samples/imaptest" --to "127.0.0.1:$imap" -P imap --set user=bob \
		--set password=redqueen
	has "ok 13 - $samples/imaptest:22 * {{*}}SEARCH 1"
	sed 's/^\* search 1$/* search 2/' "$samples/imaptest" >"$BATS_TEST_TMPDIR/changed"
	cp "$samples/imaptest.mbox" "$BATS_TEST_TMPDIR/changed.mbox"
	run -1 timeout 30 "$PARLANCE" verify "$BATS_TEST_TMPDIR/changed" --to "127.0.0.1:$imap" -P imap --set user=bob \
		--set password=redqueen
	has "not ok 13 - $BATS_TEST_TMPDIR/changed:22 * {{*}}SEARCH 2"
}

@test "recordings of SMTP are played against a real server, and a script of Exim's is verified" {
	sink
	run -0 timeout 30 "$PARLANCE" replay "$samples/telnet.txt" --to "127.0.0.1:$port" -P smtp
	has "S: 221"
	file=$(transcript exim.txt <<-'END'
		client 127.0.0.1 PORT_D
		??? 220
		HELO client.example
		??? 250
		MAIL FROM:<me@localhost>
		??? 250
		RCPT TO:<bob@localhost>
		??? 250
		DATA
		??? 354
		Subject: from\x20Exim

		..text
		.
		??? 250
		QUIT
		??? 221
		****
	END
	)
	run -0 timeout 30 "$PARLANCE" verify "$file" --to "127.0.0.1:$port" -P smtp
	has "ok 5 - $file:10 354 {{*}}"
	sed -i 's/^??? 354/??? 353/' "$file"
	run -1 timeout 30 "$PARLANCE" verify "$file" --to "127.0.0.1:$port" -P smtp
	has "not ok 5 - $file:10 353 {{*}}"
}

@test "recordings of HTTP and FTP are played against nginx and vsftpd; a password of stars is asked for" {
	require nginx vsftpd
	http=$(free_port) ftp=$(free_port)
	start_server nginx "$BATS_TEST_DIRNAME/servers/start" nginx "$BATS_TEST_TMPDIR/n" "$http"
	start_server vsftpd "$BATS_TEST_DIRNAME/servers/start" vsftpd "$BATS_TEST_TMPDIR/f" "$ftp"
	wait_for_port "$http"
	wait_for_port "$ftp"
	for name in curl-http nc-http http.client; do
		run -0 timeout 30 "$PARLANCE" replay "$samples/$name.txt" --to "127.0.0.1:$http" -P http
		has "S: HTTP/1.1 200 OK"
	done
	head -n 7 "$samples/ftplib.txt" >"$BATS_TEST_TMPDIR/ftplib.txt" # what comes then needs a data connection
	run -2 timeout 30 "$PARLANCE" replay "$BATS_TEST_TMPDIR/ftplib.txt" --to "127.0.0.1:$ftp" -P ftp
	has "ftplib.txt:4: {{password}} has no value here"
	run -0 timeout 30 "$PARLANCE" replay "$BATS_TEST_TMPDIR/ftplib.txt" --to "127.0.0.1:$ftp" -P ftp --set password=me@
	has "S: 230 Login successful."
}

@test "serve takes a recording" {
	serve --once "$samples/swaks-pipeline.txt"
	run -0 timeout 20 "$PARLANCE" --plain --notes off -P smtp "$served" <<-'END'
		EHLO client.example
		MAIL FROM:<me@localhost>
	END
	says "S: 250 CHUNKING" "S: 250 2.1.0 Ok"
}

@test "what Python's smtplib prints now is read from a pipe" {
	sink
	run -0 bash -c '"$1" -c "
import smtplib, sys
server = smtplib.SMTP()
server.set_debuglevel(2)
server.connect(\"127.0.0.1\", int(sys.argv[1]))
server.sendmail(\"me@localhost\", [\"bob@localhost\"], \"Subject: {{now}}\\r\\n\\r\\n.dot\\r\\n\")
server.quit()
" "$2" 2>&1 | "$PARLANCE" annotate --plain --notes off -' - "$PYTHON" "$port"
	says "Protocol: smtp" "C: rcpt TO:<bob@localhost>" "C: Subject: {{{{now}}" "C: ..dot" "C: quit"
	has "S: 354 "
}

@test "what curl prints now is read, with its upload and its output" {
	require curl nginx
	port=$(free_port)
	start_server nginx "$BATS_TEST_DIRNAME/servers/start" nginx "$BATS_TEST_TMPDIR/n" "$port"
	wait_for_port "$port"
	run -0 bash -c 'curl -sv -d a=b "http://127.0.0.1:$1/" --next -sv "http://127.0.0.1:$1/index.html" 2>&1 |
		"$PARLANCE" annotate --plain --notes off -' - "$port"
	says "C: POST / HTTP/1.1" "<client sends 3 octets>" "C: GET /index.html HTTP/1.1" "S: HTTP/1.1 200 OK" \
		"S\\: <html><body>Hello from nginx</body></html>\\n"
}
