# Those who attack STARTTLS: what an intruder says in the clear and wants to be taken for encrypted, STARTTLS taken away, TLS
# accepted and then none; and what is no TLS where TLS is spoken. The attacks are those of "Why TLS Is Better Without
# STARTTLS" (Poddebniak, Ising, Böck and Schinzel, USENIX Security 2021).
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers
load tls/attacks

# ---- the servers themselves ----

@test "attacks: with an honest server every protocol is upgraded, by --starttls and by hand" {
	local protocol
	for protocol in $ALL; do
		hostile honest "$protocol"
		talk "$protocol" "$(going "$protocol")" --starttls
		told ends 0
		told heard 'secured TLSv1.3'
		told heard "heard tls b'$([[ $protocol == imap ]] && echo 'a8 ')NOOP'"
		talk "$protocol" "$(asking "$protocol")$(going "$protocol")"
		told ends 0
		told shows '^<client starts TLS>'
	done
}

@test "attacks: --starttls gives each IMAP command a tag of its own, so that no old reply answers a new one" {
	hostile honest imap
	talk imap 'x1 LOGOUT\r\n' --starttls
	told ends 0
	[[ $(grep -c '^heard' "$log") -ge 3 ]]
	[[ -z $(sed -n "s/^heard [a-z]* b'\([^ ]*\) .*/\1/p" "$log" | sort | uniq -d) ]] || told false
}

# ---- plaintext that is to be taken for encrypted ----

# injected WAY: whichever protocol, whether TLS was asked for by hand or by --starttls: nothing injected is a reply.
injected() {
	local protocol how
	for protocol in $ALL; do
		for how in hand option json; do
			hostile "$1" "$protocol"
			case $how in
			hand) talk "$protocol" "$(asking "$protocol")$(going "$protocol")" ;;
			option) talk "$protocol" "$(going "$protocol")" --starttls ;;
			json) talk "$protocol" "$(asking "$protocol")$(going "$protocol")" --json ;;
			esac
			fails 4
			told error_has 'TLS|encrypt'
			told heard_not 'heard tls'
			if [[ $how == json ]]; then
				told not_secure_event
			else
				told shows_not '^S: .*(injected|INJECTED)'
			fi
		done
	done
}

# No event says that it came encrypted, or that TLS began.
not_secure_event() {
	jq -en '[inputs | select(.secure == true or (.kind == "reply" and ((.text // "") | test("injected"; "i"))))] == []' \
		<"$BATS_TEST_TMPDIR/out" >/dev/null
}

@test "attacks: a reply injected in the segment that accepts TLS is never read as encrypted" {
	injected injected_same
}

@test "attacks: what was injected is shown" {
	local protocol
	for protocol in $ALL; do
		hostile injected_same "$protocol"
		talk "$protocol" "$(asking "$protocol")$(going "$protocol")"
		told says 'injected'
	done
}

@test "attacks: a reply injected when the handshake has begun" {
	injected injected_later
}

@test "attacks: a reply injected in two segments" {
	injected injected_torn
}

@test "attacks: a single octet injected behind the acceptance" {
	injected injected_octet
}

@test "attacks: TLS accepted twice in one segment" {
	local protocol
	for protocol in $ALL; do
		hostile answered_twice "$protocol"
		talk "$protocol" "$(going "$protocol")" --starttls
		fails 4
		told heard_not 'heard tls'
	done
}

@test "attacks: a reply in the clear between the records of a session" {
	local protocol version
	for version in 1.2 1.3; do
		for protocol in $ALL; do
			hostile --version "$version" injected_midst "$protocol"
			talk "$protocol" "$(going "$protocol")$(going "$protocol")" --starttls
			fails 4
			told shows_not '^S: .*(injected|INJECTED)'
		done
	done
}

@test "attacks: the first command under TLS is answered in the clear" {
	local protocol
	for protocol in $ALL; do
		hostile plaintext_answer "$protocol"
		talk "$protocol" "$(going "$protocol")" --starttls
		fails 4
		told shows_not '^S: .*(injected|INJECTED)'
	done
}

# played OPTION...: the transcript on standard input, against its own server side.
played() {
	status=0 log=/dev/null
	timeout 20 "$PARLANCE" replay - "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
}

@test "attacks: a script plays the attacker: what stands in its line behind the acceptance goes out in the clear" {
	played <<'END'
Protocol: imap

S: * OK [CAPABILITY IMAP4rev1 STARTTLS] Ready
C: a1 STARTTLS
S\: a1 OK Begin TLS now\r\na2 OK injected\r\n
C: a2 LOGIN bob sesame
S: a2 OK Done
END
	fails 4
	told error_has '16 octets in the clear'
	told shows_not '^S: .*injected|^C: a2|^<client starts TLS>'
}

@test "attacks: --starttls goes by what a script's own server says, unless the script begins TLS" {
	played --starttls <<'END'
Protocol: imap

S: * PREAUTH Ready
C: a1 SELECT INBOX
S: a1 OK Done
END
	fails 4
	told error_has PREAUTH
	told shows_not SELECT
	played --starttls <<'END'
Protocol: imap

S: * OK Ready
C: a1 STARTTLS
S: a1 OK Begin TLS now
C: a2 LOGOUT
S: * BYE
S: a2 OK Done
END
	told ends 0
	told shows '^C: a1 STARTTLS'
}

# ---- STARTTLS taken away ----

@test "attacks: STARTTLS stripped from the list: --starttls stops, and not one octet of the input went out" {
	local protocol
	for protocol in $ALL; do
		hostile stripped "$protocol"
		talk "$protocol" 'AUTH PLAIN AGJvYgBzZXNhbWU=\r\nSECRET sesame\r\n' --starttls
		fails 4
		told error_has 'TLS|encrypt'
		told heard_not 'AGJvYgBzZXNhbWU|sesame|SECRET'
	done
}

@test "attacks: STARTTLS overwritten with XXXXXXXX: --starttls stops, and it is told what the X's are" {
	local protocol
	for protocol in smtp lmtp; do
		hostile overwritten "$protocol"
		talk "$protocol" 'SECRET sesame\r\n' --starttls
		fails 4
		told heard_not 'sesame|SECRET'
		told error_has 'overwritten|XXXX'
		talk "$protocol" "$(asking "$protocol" | sed 's/STARTTLS.*//')QUIT\r\n"
		told ends 0
		grep -A2 '^S: 250 XXXXXXXX' "$BATS_TEST_TMPDIR/out" | grep -Eq '^#.*(STARTTLS|firewall|encrypt)' || told false
	done
	for protocol in imap pop3 ftp; do
		hostile overwritten "$protocol"
		talk "$protocol" 'SECRET sesame\r\n' --starttls
		fails 4
		told heard_not 'sesame|SECRET'
	done
}

@test "attacks: TLS announced and refused, or unknown: --starttls stops" {
	local protocol way
	for way in refused unknown; do
		for protocol in $ALL; do
			hostile "$way" "$protocol"
			talk "$protocol" 'SECRET sesame\r\n' --starttls
			fails 4
			told heard_not 'sesame|SECRET'
			told heard_not '^hello'
		done
	done
}

@test "attacks: TLS refused to one who asks by hand: the conversation goes on in the clear, with exit 0" {
	local protocol
	for protocol in $ALL; do
		hostile refused "$protocol"
		talk "$protocol" "$(asking "$protocol")$(going "$protocol")"
		told ends 0
		told heard_not '^hello'
		told shows_not '^<client starts TLS>'
	done
}

@test "attacks: IMAP's PREAUTH makes STARTTLS impossible: --starttls stops" {
	hostile preauth imap
	talk imap 'a1 SECRET sesame\r\n' --starttls
	fails 4
	told error_has 'PREAUTH'
	told heard_not 'sesame'
}

@test "attacks: IMAP's PREAUTH in the clear is explained to one who types" {
	hostile preauth imap
	talk imap 'a1 NOOP\r\na2 LOGOUT\r\n'
	told ends 0
	told shows '^#.*(TLS|encrypt|STARTTLS)'
}

@test "attacks: TLS accepted before it was asked for counts for nothing: no ClientHello is sent" {
	local protocol
	for protocol in $ALL; do
		hostile answered_early "$protocol"
		talk "$protocol" 'SECRET sesame\r\n' --starttls -w 1
		fails "4 5"
		told heard_not '^hello'
		told heard_not 'sesame'
	done
}

@test "attacks: a success that is not the one that accepts TLS begins none" {
	local protocol
	for protocol in smtp lmtp ftp; do
		hostile answered_otherwise "$protocol"
		talk "$protocol" 'SECRET sesame\r\n' --starttls
		fails 4
		told heard_not '^hello'
		told heard_not 'sesame'
	done
}

@test "attacks: with --no-wait too nothing goes out in the clear behind the command that asks for TLS" {
	local protocol
	for protocol in $ALL; do
		hostile honest "$protocol"
		talk "$protocol" "$(asking "$protocol")SECRET sesame\r\n$(going "$protocol")" --no-wait
		told ends 0
		told heard 'heard tls'
		told heard_not 'heard clear.*sesame|refused'
	done
}

@test "attacks: one who leaves says so with close_notify" {
	hostile honest smtp
	talk smtp 'NOOP\r\n' --starttls
	told ends 0
	wait_for 3 grep -q '^gone' "$log"
	told heard ' closed'
}

@test "attacks: a tagged OK for another tag is no answer to STARTTLS" {
	hostile answered_for_another imap
	talk imap 'a9 SECRET sesame\r\n' --starttls
	fails 4
	told heard_not '^hello'
	told heard_not 'sesame'
}

# ---- what the clear part may tempt to ----

@test "attacks: alerts and mailbox data in the clear are told to be anybody's" {
	hostile alert imap
	talk imap 'a1 STARTTLS\r\na2 NOOP\r\na3 LOGOUT\r\n'
	told ends 0
	told heard "heard tls b'a2 NOOP'"
	# What stands before TLS, with its notes.
	sed '/^<client starts TLS>/,$d' "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/clear"
	grep -A4 'ALERT' "$BATS_TEST_TMPDIR/clear" | grep -Eiq '^#.*(clear|encrypt|anybody|TLS)'
}

@test "attacks: a referral in the clear is not followed" {
	hostile referral imap
	talk imap 'a9 SECRET sesame\r\n' --starttls
	fails 4
	told says 'evil\.example'
	told heard_not 'sesame'
}

# ---- TLS accepted, and then none ----

@test "attacks: TLS accepted, and then a greeting, capabilities, a web server or garbage: exit 4" {
	local protocol way
	for protocol in $ALL; do
		for way in then_greeting then_capabilities then_http then_garbage; do
			hostile "$way" "$protocol"
			talk "$protocol" "$(asking "$protocol")SECRET sesame\r\n"
			fails 4
			told heard_not 'sesame'
			told error_has 'TLS'
		done
	done
}

@test "attacks: TLS accepted, and then the connection closed or reset" {
	local protocol way
	for protocol in $ALL; do
		for way in then_close then_reset; do
			hostile "$way" "$protocol"
			talk "$protocol" "$(asking "$protocol")SECRET sesame\r\n"
			fails "3 4"
			told heard_not 'sesame'
		done
	done
}

@test "attacks: TLS accepted, and then silence: the timeout ends it" {
	hostile then_silence smtp
	SECONDS=0
	talk smtp "$(asking smtp)SECRET sesame\r\n"
	fails 5
	((SECONDS < 10))
	told heard_not 'sesame'
}

# ---- TLS spoken to a plaintext port, and the other way round ----

@test "attacks: TLS spoken to a port that greets in the clear: the greeting and what to do are told" {
	local protocol
	for protocol in $ALL; do
		hostile clear_port "$protocol"
		talk "$protocol" 'NOOP\r\n' --tls
		fails 4
		told error_has '--starttls'
		told says 'mx\.example|FTP server ready'
	done
}

@test "attacks: TLS spoken to SSH, to a web server in the clear, to silence" {
	hostile ssh_port smtp
	talk smtp 'NOOP\r\n' --tls
	fails 4
	told says 'SSH-2\.0'
	hostile http_port smtp
	talk http 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' --tls
	fails 4
	told says 'HTTP/1\.1 400|http://|in the clear|plain'
	hostile silent_port smtp
	talk smtp 'NOOP\r\n' --tls
	fails 5
}

@test "attacks: plaintext spoken to a TLS port: an alert, a close, silence, HTTP's 400" {
	hostile tls_port_alert smtp
	talk smtp 'EHLO x\r\n' --no-wait
	told ends 3
	told says 'TLS'
	told safe
	hostile tls_port_close smtp
	talk smtp 'EHLO x\r\n' --no-wait
	told ends 3
	hostile tls_port_http smtp
	talk http 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
	told ends 0
	told shows '^#.*(https://|--tls)'
	hostile silent_port imap
	talk imap 'a1 NOOP\r\n'
	fails 5
	told error_has 'TLS'
}

# ---- scripts ----

# replayed WAY: replays a script with <client starts TLS> and a password behind it against that server.
replayed() {
	hostile "$1" smtp
	status=0
	timeout -k 5 30 "$PARLANCE" replay --to 127.0.0.1:"$port" --cacert "$AUTHORITY/ca.pem" -w 2 --connect-timeout 3 - \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" <<-'END' || status=$?
		Protocol: smtp

		S: 220 {{*}}
		C: EHLO client.example
		S: 250 {{*}}
		C: STARTTLS
		S: 220 {{*}}
		<client starts TLS>
		C: AUTH PLAIN AGJvYgBzZXNhbWU=
		S: 235 {{*}}
		C: QUIT
		S: 221 {{*}}
	END
}

@test "attacks: replay starts TLS where its script says so" {
	replayed honest
	told ends 0
	told heard "heard tls b'AUTH PLAIN AGJvYgBzZXNhbWU='"
}

@test "attacks: replay ends with exit 4 where the server injects, or speaks in the clear" {
	local way
	for way in injected_same injected_later injected_midst then_greeting answered_twice; do
		replayed "$way"
		fails 4
		told shows_not '^S: .*injected'
	done
}

@test "attacks: replay ends with exit 4 where TLS is refused or stripped, and no password goes out" {
	local way
	for way in refused unknown stripped; do
		replayed "$way"
		told heard_not 'AGJvYgBzZXNhbWU='
		fails 4
	done
}

# ---- clients that attack ----

# intruder WAY: attacks the server at $served_port; what it was told goes to $output, and the server still serves.
intruder() {
	run -0 timeout 20 "$PYTHON" -B "$BATS_TEST_DIRNAME/tls/intruder.py" "$1" "$served_port"
}

still_serves() {
	intruder honest
	has $'secured\ntls 250 mx.example\ntls 221 Bye\nclosed'
}

serves_upgrade() {
	serve "$(transcript upgrade.txt <<-'END'
		Protocol: smtp

		S: 220 mx.example ESMTP
		C: EHLO {{name}}
		S: 250-mx.example
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 Go ahead
		<client starts TLS>
		C: EHLO {{name}}
		S: 250 mx.example
		C: QUIT
		S: 221 Bye
	END
	)"
}

@test "attacks: serve reads no command injected before TLS as encrypted" {
	serves_upgrade
	still_serves
	intruder injected
	has_not $'\ntls 2'
	intruder injected_later
	has_not $'\ntls 2'
	still_serves
}

@test "attacks: serve reads no command in the clear between two records" {
	serves_upgrade
	intruder injected_midst
	has 'tls 250 mx.example'
	has_not 'tls 221'
	has_not 'clear 221'
	still_serves
}

@test "attacks: serve survives half a ClientHello, a reset in it, garbage and plaintext" {
	local way
	serve "$(transcript implicit.txt <<-'END'
		Protocol: smtp
		TLS: implicit

		S: 220 mx.example ESMTP
		C: QUIT
		S: 221 Bye
	END
	)"
	for way in half_hello reset_hello garbage clear half_hello; do
		intruder "$way"
		has_not ' 220 '
		has_not ' 221 '
	done
	log=$BATS_TEST_TMPDIR/serve.out
	cp "$log" "$BATS_TEST_TMPDIR/out"
	: >"$BATS_TEST_TMPDIR/err"
	status=0
	told safe
	port=$served_port
	talk smtp 'QUIT\r\n' --tls --insecure
	told ends 0
	told shows '^S: 221 Bye'
}

# ---- in a terminal ----

@test "attacks: every function of pty/attacks.py is a test here" {
	local name
	for name in $("$PYTHON" -B "$BATS_TEST_DIRNAME/pty/attacks.py"); do
		grep -Eqs "(pty $name|all ${name%%_*}_)\$" "$ROOT"/tests/{attacks,handshake,passwords}.bats || {
			echo "not run: $name"
			return 1
		}
	done
}

@test "attacks: what was announced before TLS is gone after it: SMTP" {
	pty smtp_forgets_what_was_announced
}

@test "attacks: what was announced before TLS is gone after it: LMTP" {
	pty lmtp_forgets_what_was_announced
}

@test "attacks: what was announced before TLS is gone after it: IMAP" {
	pty imap_forgets_what_was_announced
}

@test "attacks: what was announced before TLS is gone after it: POP3" {
	pty pop3_forgets_what_was_announced
}

@test "attacks: what was announced before TLS is gone after it: FTP" {
	pty ftp_forgets_what_was_announced
}

@test "attacks: injection at the prompt: what is typed next does not go out" {
	pty injection_is_seen_at_the_prompt
}

@test "attacks: plaintext after the acceptance at the prompt: what is typed next does not go out" {
	pty plaintext_after_acceptance_at_the_prompt
}
