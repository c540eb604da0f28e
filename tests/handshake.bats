# TLS cut at every octet, octet by octet, and with records that no library writes: it loses nothing, or ends in words.
#
# PLACES=all cuts at every octet of the handshake, PLACES=N at so many.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers
load tls/attacks

# ---- handshakes cut short ----

# sweep VERSION HOW SIDE PLACES: see tls/sweep.py. PLACES of the environment wins.
sweep() {
	hostile --version "$1" secure smtp
	run timeout 280 "$PYTHON" -B "$BATS_TEST_DIRNAME/tls/sweep.py" "$port" "$2" "$3" "${PLACES:-$4}" \
		--cacert "$AUTHORITY/ca.pem"
	echo "$output" | tail -n 30
	[[ $status == 0 && $output == *"tried "* && $output != *"tried 0 "* ]]
}

@test "handshake: TLS 1.3 closed after any octet of the server's" { sweep 1.3 close S 25; }
@test "handshake: TLS 1.3 closed after any octet of the client's" { sweep 1.3 close C 15; }
@test "handshake: TLS 1.2 closed after any octet of the server's" { sweep 1.2 close S 25; }
@test "handshake: TLS 1.2 closed after any octet of the client's" { sweep 1.2 close C 15; }
@test "handshake: TLS 1.3 reset after any octet" { sweep 1.3 reset S 15 && sweep 1.3 reset C 10; }
@test "handshake: TLS 1.2 reset after any octet" { sweep 1.2 reset S 15 && sweep 1.2 reset C 10; }
@test "handshake: TLS 1.3 stalled after any octet" { sweep 1.3 stall S 8 && sweep 1.3 stall C 4; }
@test "handshake: TLS 1.2 stalled after any octet" { sweep 1.2 stall S 8 && sweep 1.2 stall C 4; }
@test "handshake: TLS 1.3 with a bit flipped in any octet" { sweep 1.3 flip S 30 && sweep 1.3 flip C 20; }
@test "handshake: TLS 1.2 with a bit flipped in any octet" { sweep 1.2 flip S 30 && sweep 1.2 flip C 20; }

@test "handshake: an octet a segment: the whole session is the same" {
	local version
	for version in 1.2 1.3; do
		hostile --version "$version" secure imap
		talk imap "$(going imap)" --tls
		told ends 0
		grep -v '^# \(trying\|connected\)' "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/whole"
		start_server relay "$PYTHON" -B "$BATS_TEST_DIRNAME/tls/relay.py" "$port" octets
		wait_for_line relay '^listening '
		port=${line#listening }
		talk imap "$(going imap)" --tls
		told ends 0
		grep -q '^S: a9 OK' "$BATS_TEST_TMPDIR/whole"
		diff "$BATS_TEST_TMPDIR/whole" <(grep -v '^# \(trying\|connected\)' "$BATS_TEST_TMPDIR/out")
	done
}

# ---- records that no library writes ----

# forged VERSION WAY STATUS [OPTION...]: a session in which the server forges records before it answers NOOP.
forged() {
	local version=$1 way=$2 wanted=$3
	shift 3
	hostile --version "$version" "$way" smtp
	talk smtp 'NOOP\r\nRSET\r\nQUIT\r\n' --tls --ciphers \
		TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305 "$@"
	if [[ $wanted == 0 ]]; then
		told ends 0
		told heard "heard tls b'RSET'"
		[[ $(grep -c '^S: 250 2.0.0 Done' "$BATS_TEST_TMPDIR/out") == 2 ]] || told false "$way $version"
		told shows '^S: 221 '
	else
		fails "$wanted"
		told error_has 'TLS|encrypt|alert'
		told heard_not 'RSET'
	fi
}

@test "handshake: forged records that are none the less right change nothing" {
	local version way
	for version in 1.2 1.3; do
		for way in nothing_forged empty_records whole_records small_records user_canceled; do
			forged "$version" "$way" 0
		done
	done
	forged 1.3 padded_record 0
	forged 1.3 key_updates 0
}

@test "handshake: records that may not be end the session with exit 4" {
	local version way
	for version in 1.2 1.3; do
		for way in endless_empty_records long_record change_cipher_spec sealed_change_cipher_spec heartbeat \
			unknown_record endless_warnings tampered_record replayed_record clear_record certificate_request; do
			forged "$version" "$way" 4
		done
	done
	forged 1.3 hello_request 4
	forged 1.2 key_updates 4
	forged 1.2 new_session_tickets 4
}

@test "handshake: a fatal alert in mid-session is named" {
	local version
	for version in 1.2 1.3; do
		forged "$version" fatal_alert 4
		told error_has 'internal.error'
	done
}

@test "handshake: a close in the clear is no orderly end" {
	local version
	for version in 1.2 1.3; do
		forged "$version" clear_alert 4
	done
}

@test "handshake: the warning no_renegotiation harms nothing, or is told" {
	local version
	for version in 1.2 1.3; do
		hostile --version "$version" no_renegotiation smtp
		talk smtp 'NOOP\r\nRSET\r\nQUIT\r\n' --tls --ciphers TLS_CHACHA20_POLY1305_SHA256:ECDHE+CHACHA20
		told ends "0 4"
		((status == 0)) || fails 4
		((status != 0)) || told heard "heard tls b'RSET'"
	done
}

@test "handshake: after close_notify nothing more is read" {
	local version
	for version in 1.2 1.3; do
		hostile --version "$version" data_after_close smtp
		talk smtp 'NOOP\r\nRSET\r\nQUIT\r\n' --tls --ciphers TLS_CHACHA20_POLY1305_SHA256:ECDHE+CHACHA20
		fails 3
		told shows_not '^S: 250 2.0.0 Done'
	done
}

@test "handshake: 2,000 key updates, 2,000 session tickets: the session goes on, or ends in a message" {
	local way
	for way in endless_key_updates new_session_tickets; do
		hostile --version 1.3 "$way" smtp
		talk smtp 'NOOP\r\nRSET\r\nQUIT\r\n' --tls --ciphers TLS_CHACHA20_POLY1305_SHA256
		told ends "0 4"
		((status == 0)) || fails 4
		((status != 0)) || told heard "heard tls b'RSET'"
	done
	hostile --version 1.3 tickets smtp
	talk smtp 'NOOP\r\nQUIT\r\n' --tls
	told ends 0
}

# pressed VERSION KEY: an openssl s_server whose operator presses that key in mid-session.
pressed() {
	local name=keys$1$2
	log=$BATS_TEST_TMPDIR/$name.out
	start_server "$name" "$PYTHON" -B "$BATS_TEST_DIRNAME/tls/keys.py" "$1" "$2" "$AUTHORITY"
	wait_for_line "$name" '^listening '
	port=${line#listening }
	talk smtp 'NOOP\r\nRSET\r\nQUIT\r\n' --tls
}

@test "handshake: a new handshake in mid-session (TLS 1.2) is made without loss, or refused in words" {
	require openssl
	local key
	for key in r R; do
		pressed 1.2 "$key"
		told ends "0 4"
		((status == 0)) || fails 4
		((status != 0)) || told heard 'heard QUIT'
		((status != 0)) || told shows '^S: 221 '
	done
}

@test "handshake: new keys in mid-session (TLS 1.3) lose nothing" {
	require openssl
	local key
	for key in K k; do
		pressed 1.3 "$key"
		told ends 0
		told heard 'heard QUIT'
		told shows '^S: 221 '
	done
}

# ---- letters ----

@test "handshake: no first letter is magic under TLS" {
	hostile secure smtp
	talk smtp 'RCPT TO:<x>\r\nRSET\r\nQ\r\nR\r\nB\r\nK\r\nk\r\nY\r\nC\r\nP\r\nS\r\nr\r\nq\r\nQUIT\r\n' --tls
	told ends 0
	wait_for 3 grep -q '^gone' "$log"
	same "RCPT TO:<x> RSET Q R B K k Y C P S r q QUIT" \
		"$(sed -n "s/^heard tls b'\(.*\)'$/\1/p" "$log" | tr '\n' ' ' | sed 's/ $//')"
}

@test "handshake: letters typed at the prompt reach the server under TLS" {
	pty first_letters_reach_the_server
}
