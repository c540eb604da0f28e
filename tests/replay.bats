# parlance replay: the C: side of transcripts, spoken to real servers and to `self`.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

@test "every shipped transcript can be played against itself" {
	for file in "$ROOT"/transcripts/*.txt; do
		echo "$file"
		run -0 --separate-stderr timeout 20 "$PARLANCE" replay "$file"
		same "" "$stderr"
	done
}

@test "a script with TLS is encrypted against self, whose certificate is trusted, there and by nobody else" {
	run -0 "$PARLANCE" replay cs2911-smtp-starttls-corrected
	has $'<client starts TLS>\n# TLS 1.3 (RFC 8446)'
	has '# The certificate is for 127.0.0.1, whom we asked for'
	run -0 "$PARLANCE" replay --json clug-pop3s-corrected
	has_event '{"kind": "stage", "text": "tls", "secure": true}'
	has_event '{"verb": "USER", "secure": true}'
}

@test "TLS where nobody agreed on it in words: a text service" {
	file=$(transcript upgrade.txt <<-'END'
		Protocol: tcp

		C: encrypt
		S: go
		<client starts TLS>
		C: hello
		S: HELLO
	END
	)
	run -0 --separate-stderr timeout 20 "$PARLANCE" replay --json "$file"
	same "" "$stderr"
	has_event '{"side": "S", "text": "go", "secure": null}'
	has_event '{"side": "S", "text": "HELLO", "secure": true}'
}

@test "aiosmtpd takes the message; a 550 that it does not know is remarked on" {
	require_python aiosmtpd
	port=$(free_port)
	start_server aiosmtpd "$PYTHON" -u -m aiosmtpd -n -l "127.0.0.1:$port" -c aiosmtpd.handlers.Debugging stdout
	wait_for_port "$port"
	run -0 timeout 30 "$PARLANCE" replay ewing-smtp --to "127.0.0.1:$port" -P smtp --map foo.com=localhost
	has "C: RCPT TO:<Green@localhost>"
	[[ $output =~ "# the script (line "[0-9]+") has: S: 550 No such user here" ]]
	has "<server hangs up>"
	wait_for_line aiosmtpd '^Blah blah blah'
}

@test "Postfix smtp-sink takes the message; its address may be a word of its own" {
	require smtp-sink
	port=$(free_port)
	start_server sink "$(program_path smtp-sink)" -u "$(id -un)" "127.0.0.1:$port" 10
	wait_for_port "$port"
	run -0 timeout 30 "$PARLANCE" replay ewing-smtp 127.0.0.1 "$port"
	has "S: 354"
	has "S: 221"
}

@test "refused text is skipped, and a remark says so" {
	server=$(transcript server.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO a
		S: 250 x
		C: DATA
		S: 503 no
		C: QUIT
		S: 221 x
	END
	)
	serve "$server"
	client=$(transcript client.txt <<-'END'
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
	run -0 timeout 20 "$PARLANCE" replay "$client" --to "smtp://$served"
	has "# the server does not ask for this text: it is skipped"
	has_not "C: the text"
	has "S: 221 x"
}

@test "a server that goes in mid-script is exit 3, and the line is named" {
	server=$(transcript server.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO a
		S: 421 too busy
		<server hangs up>
	END
	)
	serve "$server"
	run -3 timeout 20 "$PARLANCE" replay ewing-smtp "$served" -P smtp
	has "parlance: ewing-smtp:"
	has "hung up before this line"
}

@test "nobody there is exit 3, a server that says nothing exit 5" {
	run -3 "$PARLANCE" replay ewing-smtp --to "127.0.0.1:$(free_port)"
	require_python socket
	port=$(free_port)
	start_server silent "$PYTHON" -c '
import socket, sys, time
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)' "$port"
	wait_for_port "$port"
	run -5 timeout 20 "$PARLANCE" replay ewing-smtp --to "127.0.0.1:$port" -P smtp -w 0.5
}

@test "captures, --set and Let fill what is said; --set wins" {
	server=$(transcript server.txt <<-'END'
		Protocol: smtp

		S: 220 mail.example ready
		C: EHLO {{a}}
		S: 250 x
		C: MAIL FROM:<{{b}}>
		S: 250 got {{a}} and {{b}}
		C: QUIT
		S: 221 x
	END
	)
	client=$(transcript client.txt <<-'END'
		Protocol: smtp
		Let: from=let@x

		S: 220 {{host}} ready
		C: EHLO {{host}}
		S: 250 {{*}}
		C: MAIL FROM:<{{from}}>
		S: 250 {{*}}
		C: QUIT
		S: 221 {{*}}
	END
	)
	serve "$server"
	run -0 timeout 20 "$PARLANCE" replay "$client" --to "smtp://$served"
	has "S: 250 got mail.example and let@x"
	run -0 timeout 20 "$PARLANCE" replay "$client" --to "smtp://$served" --set from=set@x
	has "S: 250 got mail.example and set@x"
}

@test "a name without a value is found before anything is sent" {
	client=$(transcript client.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO {{me}}
		S: 250 x
	END
	)
	run -2 --separate-stderr "$PARLANCE" replay "$client"
	same "" "$output"
	[[ $stderr == *"$client:4: {{me}}"* ]]
}

@test "a file is sent from beside the transcript, its dots stuffed" {
	client=$(transcript client.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO a.example
		S: 250 x
		C: MAIL FROM:<a@b.example>
		S: 250 x
		C: RCPT TO:<c@d.example>
		S: 250 x
		C: DATA
		S: 354 x
		<client sends file message.txt>
		C: .
		S: 250 x
		C: QUIT
		S: 221 x
	END
	)
	printf 'Subject: a file\n\n.dot\nend' >"$BATS_TEST_TMPDIR/message.txt"
	run -0 timeout 20 "$PARLANCE" replay --notes off "$client"
	has "C: Subject: a file
C:
C: ..dot
C: end
C: ."
	rm "$BATS_TEST_TMPDIR/message.txt"
	run -2 "$PARLANCE" replay "$client"
	has "$client:12: "
}

@test "described payload is made up in its size" {
	client=$(transcript client.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO a.example
		S: 250 x
		C: MAIL FROM:<a@b.example>
		S: 250 x
		C: RCPT TO:<c@d.example>
		S: 250 x
		C: DATA
		S: 354 x
		<client sends 1425 octets of text>
		C: .
		S: 250 x
		C: QUIT
		S: 221 x
	END
	)
	run -0 timeout 20 "$PARLANCE" replay --json "$client"
	same 1428 "$(jq -s 'map(select(.kind == "data") | .octets) | add' <<<"$output")"
}

@test "--step waits for Enter, and at the end of stdin plays on" {
	coproc PLAY { exec "$PARLANCE" replay --step ewing-smtp 2>&1; }
	pid=$PLAY_PID
	echo "$pid" >>"$BATS_TEST_TMPDIR/servers"
	exec 7>&"${PLAY[1]}" 8<&"${PLAY[0]}"
	until [[ $text == "S: 220"* ]]; do read -r -t 10 -u 8 text; done
	run ! timeout 0.5 grep -m 1 '^C:' <&8
	echo >&7
	until [[ $text == "C: EHLO"* ]]; do read -r -t 10 -u 8 text; done
	exec 7>&-
	eval "exec ${PLAY[1]}>&-"
	run -0 timeout 20 cat <&8
	has "<server hangs up>"
	run -0 timeout 20 "$PARLANCE" replay --step ewing-smtp </dev/null
	has "<server hangs up>"
}

@test "--delay pauses between the client's lines" {
	begun=$EPOCHREALTIME
	run -0 timeout 20 "$PARLANCE" replay --delay 0.1 ewing-smtp
	took=$(((${EPOCHREALTIME/./} - ${begun/./}) / 1000))
	((took >= 750)) # nine lines, eight pauses
}

@test "several transcripts are played in turn, and the largest exit status counts" {
	run -0 "$PARLANCE" replay ewing-smtp inst346-udp
	has "Protocol: smtp"
	has "Protocol: udp"
	run -2 "$PARLANCE" replay ewing-smtp nonsense-of-a-name ewing-smtp
	same 2 "$(grep -c '^<server hangs up>' <<<"$output")"
	run -2 "$PARLANCE" replay
}

@test "waits and hang-ups are the script's" {
	client=$(transcript client.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: NOOP
		S: 250 x
		<client waits 0.3 s>
		<client hangs up>
	END
	)
	begun=$EPOCHREALTIME
	run -0 timeout 20 "$PARLANCE" replay --notes off "$client"
	took=$(((${EPOCHREALTIME/./} - ${begun/./}) / 1000))
	((took >= 300))
	has "<client waits 0.3 s>
<client hangs up>"
}

@test "a script that has no greeting passes over the server's" {
	client=$(transcript client.txt <<-'END'
		Protocol: smtp

		C: NOOP
		S: 250 x
	END
	)
	serve ewing-smtp
	run -0 timeout 20 "$PARLANCE" replay "$client" --to "smtp://$served"
	has "# the script has no greeting: the server's is passed over"
}

@test "--fail is exit 1 where a reply was a failure" {
	run -1 "$PARLANCE" replay --fail ewing-smtp
	run -0 "$PARLANCE" replay --fail ch2-smtp-corrected
}

@test "-v tells how the script's own server was reached" {
	run -0 "$PARLANCE" replay -v ewing-smtp
	has "# trying 127.0.0.1 port "
	run -0 "$PARLANCE" replay ewing-smtp
	has_not "# trying"
}

@test "--secrets show holds for the record too" {
	run -0 "$PARLANCE" replay --secrets show -r "$BATS_TEST_TMPDIR/record.txt" cs2911-smtp-starttls-corrected
	run -0 cat "$BATS_TEST_TMPDIR/record.txt"
	has_not "{{"
}

@test "-r records, secrets masked, and does not overwrite" {
	run -0 "$PARLANCE" replay -r "$BATS_TEST_TMPDIR/record.txt" cs2911-smtp-starttls-corrected
	run -0 cat "$BATS_TEST_TMPDIR/record.txt"
	has "C: MAIL FROM"
	has "Date: "
	has_not "bW9ua2V5"
	run -2 "$PARLANCE" replay -r "$BATS_TEST_TMPDIR/record.txt" ewing-smtp
	has "--force"
	run -0 "$PARLANCE" replay --force -r "$BATS_TEST_TMPDIR/record.txt" ewing-smtp
}

@test "a literal that the server refuses is skipped, one that it asks for is said, written + or not" {
	file=$(transcript literals.txt <<-'END'
		Protocol: imap

		S: * OK ready
		C: a1 LOGIN bob {8}
		S: + password?
		C: redqueen
		S: a1 OK in
		C: a2 APPEND saved {5}
		C: hello
		S: a2 OK appended
		C: a3 LOGOUT
		S: * BYE x
		S: a3 OK y
	END
	)
	serve -q "$(transcript other.txt <<-'END'
		Protocol: imap

		S: * OK another server
		C: b LOGIN x {1}
		S: b NO [UNAVAILABLE] not now
		C: c APPEND x {1}
		S: * OK what a message
		S: + and now?
		C: x
		S: c OK done
		C: d LOGOUT
		S: * BYE until later
		S: d OK bye
	END
	)"
	run -0 --separate-stderr timeout 20 "$PARLANCE" replay --notes off "$file" "$served"
	has 'C: a1 LOGIN bob {8}
S: a1 NO [UNAVAILABLE] not now
# the script (line 5) has: S: + password?
# the server does not ask for this text: it is skipped
C: a2 APPEND saved {5}
S: * OK what a message
S: + and now?
C\: hello
C:
S: a2 OK done
C: a3 LOGOUT'
}

@test "a server that is silent, or goes, while a literal waits ends it in time" {
	require_python socket
	local fate
	for fate in silent gone; do
		start_server "$fate" "$PYTHON" -u -c '
import socket, sys, time
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])
peer = s.accept()[0]
peer.sendall(b"* PREAUTH ready\r\n")
peer.recv(99)
time.sleep(5 if sys.argv[1] == "silent" else 0)' "$fate"
		wait_for_line "$fate" '^[0-9]+$'
		run --separate-stderr timeout 20 "$PARLANCE" replay --timeout 0.5 cs2911-imap-append "127.0.0.1:$line"
		if [[ $fate == silent ]]; then
			same 5 "$status"
			[[ $stderr == *"the reply to APPEND did not come within 0.5 s"* ]]
		else
			same 3 "$status"
			[[ $stderr == *"the reply to APPEND never came"* ]]
		fi
	done
}

@test "preliminary replies that the script does not have are passed over; a differing one names the script's line" {
	file=$(transcript transfer.txt <<-'END'
		Protocol: ftp

		S: 220 ready
		C: RETR a
		S: 226 done
		C: RETR b
		S: 226 done
		C: QUIT
		S: 221 bye
	END
	)
	serve -q "$(transcript other.txt <<-'END'
		Protocol: ftp

		S: 220 ready
		C: RETR x
		S: 150 here it comes
		S: 226 done
		C: RETR x
		S: 150 here it comes
		S: 426 broken
		C: QUIT
		S: 221 bye
	END
	)"
	run -0 --separate-stderr timeout 20 "$PARLANCE" replay --notes off "$file" "$served"
	same 1 "$(grep -c '# the script' <<<"$output")"
	has 'S: 426 broken
# the script (line 7) has: S: 226 done'
	has 'S: 221 bye'
}

@test "^C is exit 130" {
	start_server play "$PARLANCE" replay --delay 5 ewing-smtp
	wait_for_line play '^S: 220'
	kill -INT "$server_pid"
	status=0
	wait "$server_pid" || status=$?
	same 130 "$status"
}

@test "Python's upper-case servers answer over UDP and TCP" {
	require_python socket
	start_server udp "$PYTHON" "$ROOT/tests/servers/upper_udp.py" "$(free_port udp | tee "$BATS_TEST_TMPDIR/udp")"
	start_server tcp "$PYTHON" "$ROOT/tests/servers/upper_tcp.py" "$(free_port | tee "$BATS_TEST_TMPDIR/tcp")"
	wait_for_line udp 'ready'
	wait_for_line tcp 'ready'
	run -0 timeout 20 "$PARLANCE" replay inst346-tcp --to "tcp://127.0.0.1:$(<"$BATS_TEST_TMPDIR/tcp")"
	has "HELLO FROM THE CLIENT"
	run -0 timeout 20 "$PARLANCE" replay inst346-udp --to "udp://127.0.0.1:$(<"$BATS_TEST_TMPDIR/udp")"
	has "HELLO FROM THE CLIENT"
}
