# parlance serve: the S: side of transcripts, spoken to real clients.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

# lines LINE...: says them to the server all at once, ends, and puts what it answered into $output.
lines() {
	output=$(printf '%s\r\n' "$@" | timeout 10 nc -N 127.0.0.1 "$served_port" | tr -d '\r')
}

# log REGEX: waits until the server's log has such a line.
log() {
	wait_for_line serve "$1"
}

# closed: waits until the first session's end is in the log.
closed() {
	log '^<(server|client) hangs up>'
}

@test "it says where it listens, before anything else" {
	serve ewing-smtp
	[[ $line =~ ^listening\ smtp\ 127\.0\.0\.1:[0-9]+\ ewing-smtp$ ]]
	same "$(head -n 1 "$BATS_TEST_TMPDIR/serve.out")" "$line"
}

@test "several transcripts listen on several ports, several conversations of one file too" {
	two=$(transcript two.txt <<-'END'
		Protocol: tcp

		C: a
		S: A

		Protocol: udp

		C: b
		S: B
	END
	)
	serve ewing-smtp "$two"
	wait_for_line serve '^listening udp'
	mapfile -t all < <(grep '^listening' "$BATS_TEST_TMPDIR/serve.out")
	same 3 "${#all[@]}"
	[[ ${all[1]} == "listening tcp 127.0.0.1:"*" $two#1" ]]
	[[ ${all[2]} == "listening udp 127.0.0.1:"*" $two#2" ]]
}

@test "with a port of its own the next transcript gets the next one" {
	# Below the ports that the system gives out by itself: nobody's client takes the second one meanwhile.
	port=$("$PYTHON" -c '
import random, socket
while True:
    port = random.randrange(10000, 30000)
    try:
        for each in port, port + 1:
            with socket.socket() as s:
                s.bind(("127.0.0.1", each))
    except OSError:
        continue
    print(port)
    break')
	serve --listen "127.0.0.1:$port" ewing-smtp ch2-smtp
	wait_for_line serve 'ch2-smtp$'
	[[ $line == "listening smtp 127.0.0.1:$((port + 1)) ch2-smtp" ]]
}

@test "a port that is taken is exit 3, a wrong --listen exit 2" {
	serve ewing-smtp
	run -3 "$PARLANCE" serve --listen "$served" ewing-smtp
	has "parlance: "
	run -2 "$PARLANCE" serve --listen 127.0.0.1:99999 ewing-smtp
	has "--listen"
	run -2 "$PARLANCE" serve --listen ::1 ewing-smtp
	has "--listen ::1: not ADDR:PORT"
}

@test "a client that asks and never reads the answers costs little memory, and is let go when it goes" {
	require_python socket
	[[ -r /proc/self/status ]] || skip "memory is read from /proc"
	local most=50000 # KiB; ASan keeps what was freed for a while
	[[ $PARLANCE != *asan* ]] || most=600000
	serve -q ewing-smtp
	sessions() {
		find "/proc/$server_pid/fd" -type l | wc -l
	}
	before=$(sessions)
	run -0 "$PYTHON" - "$served_port" "$server_pid" <<-'END'
		import socket, sys
		s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		s.settimeout(1)
		try:
		    for i in range(3000):
		        s.sendall(b"NOOP\r\n" * 2000)
		except socket.timeout:
		    print("the server has stopped reading")
		print(next(line for line in open(f"/proc/{sys.argv[2]}/status") if "VmRSS" in line))
	END
	has "the server has stopped reading"
	[[ $output =~ VmRSS:[[:space:]]+([0-9]+) ]]
	((BASH_REMATCH[1] < most))
	for ((i = 0; i < 100 && $(sessions) > before; i++)); do
		sleep 0.05
	done
	same "$before" "$(sessions)"
}

# idle N COMMAND ARGUMENT...: serves with those, connects N clients that say nothing, and asks; what clients/idle.py says
# goes to $output. Skipped where so many descriptors may not be open.
idle() {
	local n=$1 command=$2
	shift 2
	((n + 200 <= $(ulimit -Hn))) 2>/dev/null || [[ $(ulimit -Hn) == unlimited ]] || skip "only $(ulimit -Hn) descriptors may be open here"
	serve "$@"
	run -0 timeout 100 "$PYTHON" -B "$BATS_TEST_DIRNAME/clients/idle.py" "$served_port" "$n" "$command" "$server_pid" </dev/null
	has held
}

# told NAME: the number that clients/idle.py gives for it.
told() {
	awk -v name="$1" '$1 == name { print int($2) }' <<<"$output"
}

@test "ten thousand idle clients, by a soft limit of 256 descriptors: little memory, and one more is answered at once" {
	require_python selectors
	local n=10000 most=160000 script command
	[[ $PARLANCE != *asan* ]] || n=2000 most=1500000
	for script in ewing-smtp clug-imap-corrected; do
		command='EHLO a'
		[[ $script == ewing-smtp ]] || command='a CAPABILITY'
		ulimit -Sn 256
		idle "$n" "$command" "$script"
		same "$n" "$(told greeted)"
		(($(told answered) < 500)) # milliseconds
		(($(told resident) < most)) # KiB; 0 where nobody tells
		stop_servers
	done
}

@test "out of descriptors: said once, with the number; clients wait until others have gone" {
	require_python socket
	start_server serve bash -c 'ulimit -n 60 && exec "$@"' - "$PARLANCE" serve -q ewing-smtp
	wait_for_line serve '^listening '
	served_port=${line#*127.0.0.1:} served_port=${served_port%% *}
	run -0 timeout 30 "$PYTHON" - "$served_port" <<-'END'
		import select, socket, sys
		waiting = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10) for _ in range(80)]
		rounds, greeted = [], []
		while waiting:
		    while ready := select.select(waiting, [], [], 1)[0]: # until no more are greeted
		        for client in ready:
		            client.recv(4096)
		            waiting.remove(client)
		            greeted.append(client)
		    rounds.append(len(greeted))
		    for client in greeted:
		        client.close()
		    greeted = []
		print(len(rounds), sum(rounds), rounds[0] < 60)
	END
	same "2 80 True" "$output"
	run -0 grep '^parlance:' "$BATS_TEST_TMPDIR/serve.out"
	same 1 "${#lines[@]}"
	[[ $output == *"this process may have 60 files and connections open"* ]]
}

@test "Python's smtplib sends a message to ewing-smtp" {
	require_python smtplib
	serve ewing-smtp
	run -0 "$PYTHON" - "$served_port" <<-'END'
		import smtplib, sys
		s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), local_hostname="bar.com", timeout=10)
		print(s.sendmail("Smith@bar.com", ["Jones@foo.com", "Green@foo.com"], "Subject: hi\n\n.a dot\n"))
		print(s.quit())
	END
	has "{'Green@foo.com': (550, b'No such user here')}"
	has "(221, "
	closed
	run -0 cat "$BATS_TEST_TMPDIR/serve.out"
	has "# session 1 from 127.0.0.1:"
	has "C: ..a dot"
	has "<server hangs up>"
}

@test "swaks sends a message to ewing-smtp" {
	require swaks
	serve ewing-smtp
	run -0 timeout 20 swaks --server "$served" --from a@b --to c@d,e@f --ehlo me
	has "<** 550 No such user here"
	has "<-  221 foo.com"
}

@test "a client that says all at once is answered in order" {
	require nc
	serve ewing-smtp
	lines "EHLO a" "MAIL FROM:<a@b.example>" "RCPT TO:<c@d.example>" "RCPT TO:<e@f.example>" "DATA" "any" "text" "." "QUIT"
	same "220 foo.com Simple Mail Transfer Service Ready
250-foo.com greets bar.com
250-8BITMIME
250-SIZE
250-DSN
250 HELP
250 OK
250 OK
550 No such user here
354 Start mail input; end with <CRLF>.<CRLF>
250 OK
221 foo.com Service closing transmission channel" "$output"
}

@test "off-script input gets SMTP's own errors, and the place does not move" {
	require nc
	serve ewing-smtp
	lines "RCPT TO:<a@b.example>" "XYZZY" "EHLO a" "EHLO a" "MAIL FROM:<a@b.example>" "QUIT"
	same "220 foo.com Simple Mail Transfer Service Ready
503 5.5.1 This is a script: expected here: EHLO
500 5.5.2 Unknown command. This is a script: expected here: EHLO
250-foo.com greets bar.com
250-8BITMIME
250-SIZE
250-DSN
250 HELP
503 5.5.1 This is a script: expected here: MAIL
250 OK
221 2.0.0 Bye" "$output"
	log '^# not in the script: expected here \(ewing-smtp:[0-9]+\): MAIL'
}

@test "--strict wants whole lines" {
	require nc
	serve --strict ewing-smtp
	lines "EHLO other" "EHLO bar.com" "QUIT"
	has "503 5.5.1 This is a script: expected here: EHLO bar.com"
	has "250 HELP"
}

@test "--strict says where a line leaves the script's, and not what came there" {
	require nc
	file=$(transcript login.txt <<-'END'
		Protocol: pop3

		S: +OK
		C: USER bob
		S: +OK
		C: PASS secret
		S: +OK
		C: QUIT
		S: +OK
	END
	)
	serve --strict "$file"
	lines "USER bobby" "USER bo" "USER Bob" "STAT" "USER bob" "PASS secrecy" "PASS secret" "QUIT"
	closed
	run -0 grep '^# not in the script' "$BATS_TEST_TMPDIR/serve.out"
	same "# not in the script: expected here ($file:4): USER bob; what came goes on behind that, from octet 9 on
# not in the script: expected here ($file:4): USER bob; what came ends after octet 7
# not in the script: expected here ($file:4): USER bob; what came differs from octet 6 on
# not in the script: expected here ($file:4): USER bob
# not in the script: expected here ($file:6): PASS secret; what came differs from octet 11 on" "$output"
	run -0 cat "$BATS_TEST_TMPDIR/serve.out"
	has_not secrecy
}

@test "clients have their own place and variables" {
	require_python smtplib
	file=$(transcript names.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO {{name}}
		S: 250 hello {{name}}
		C: NOOP
		S: 250 still {{name}}
		C: QUIT
		S: 221 bye {{name}}
	END
	)
	serve "$file"
	run -0 "$PYTHON" - "$served_port" <<-'END'
		import smtplib, sys
		def client(name):
		    s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), local_hostname=name, timeout=10)
		    s.ehlo()
		    return s
		a, b = client("anna"), client("bob")
		print(a.noop()[1], b.noop()[1], b.quit()[1], a.quit()[1])
	END
	same "b'still anna' b'still bob' b'bye bob' b'bye anna'" "$output"
	run -0 grep -c '^# session' "$BATS_TEST_TMPDIR/serve.out"
	((output >= 3))
}

@test "a client that leaves in mid-script is said, and the next is served" {
	require nc
	serve ewing-smtp
	lines "EHLO a"
	log '^# the client left before the script was done: ewing-smtp:[0-9]+ comes next'
	lines "QUIT"
	has "221 2.0.0 Bye"
}

@test "a server without a value for a name does not start" {
	file=$(transcript unset.txt <<-'END'
		Protocol: smtp

		S: 220 {{host}}
		C: QUIT
		S: 221 x
	END
	)
	run -2 "$PARLANCE" serve "$file"
	has "$file:3: {{host}}"
}

@test "a script with TLS is served with a certificate that is made on the spot, and can be trusted from a file" {
	serve --tls --showcerts --once clug-imap-corrected
	wait_for 5 grep -q 'END CERTIFICATE' "$BATS_TEST_TMPDIR/serve.out"
	sed -n 's/^# //p' "$BATS_TEST_TMPDIR/serve.out" | sed -n '/BEGIN CERT/,/END CERT/p' >"$BATS_TEST_TMPDIR/made.pem"
	run -4 "$PARLANCE" "imaps://localhost:$served_port" <<<'a LOGOUT'
	has 'vouches for itself'
	serve --tls --showcerts --once clug-imap-corrected
	wait_for 5 grep -q 'END CERTIFICATE' "$BATS_TEST_TMPDIR/serve.out"
	sed -n 's/^# //p' "$BATS_TEST_TMPDIR/serve.out" | sed -n '/BEGIN CERT/,/END CERT/p' >"$BATS_TEST_TMPDIR/made.pem"
	run -0 "$PARLANCE" --cacert "$BATS_TEST_TMPDIR/made.pem" "imaps://localhost:$served_port" <<<$'A001 CAPABILITY\nA002 LOGOUT'
	has 'TLS: implicit'
}

@test "a fragment gets a greeting, and says so" {
	require nc
	file=$(transcript fragment.txt <<-'END'
		Protocol: smtp

		C: NOOP
		S: 250 fine
	END
	)
	serve "$file"
	lines "NOOP" "NOOP" "MAIL FROM:<a@b.example>" "QUIT"
	same "220 parlance ESMTP, a script without greeting
250 fine
250 2.0.0 This is a script: expected here: nothing more, the script has ended
503 5.5.1 This is a script: expected here: nothing more, the script has ended
221 2.0.0 Bye" "$output"
	log '^# the script has no greeting'
}

@test "a line service over TCP, line ends or none" {
	require_python socket
	file=$(transcript upper.txt <<-'END'
		Protocol: tcp

		C: hello
		S: HELLO
		C: bye
		S: BYE
		<server hangs up>
	END
	)
	serve "$file"
	run -0 "$PYTHON" - "$served_port" <<-'END'
		import socket, sys
		s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
		f = s.makefile("rb")
		s.sendall(b"what?\nhello\r\n")
		print(f.readline(), f.readline())
		s.sendall(b"bye")
		print(f.readline(), f.read())
	END
	same "b'This is a script: expected here: hello\r\n' b'HELLO\r\n'
b'BYE\r\n' b''" "$output"
}

@test "a service over UDP, for several clients" {
	require_python socket
	serve inst346-udp
	run -0 "$PYTHON" - "$served_port" <<-'END'
		import socket, sys
		def client():
		    s = socket.socket(type=socket.SOCK_DGRAM)
		    s.settimeout(10)
		    s.connect(("127.0.0.1", int(sys.argv[1])))
		    return s
		a, b = client(), client()
		for s in (a, b):
		    s.send(b"hello from the client")
		print(a.recv(99), b.recv(99))
	END
	same "b'HELLO FROM THE CLIENT' b'HELLO FROM THE CLIENT'" "$output"
}

@test "--once serves one client and ends" {
	require nc
	serve --once ewing-smtp
	lines "QUIT"
	has "221 2.0.0 Bye"
	wait_for 5 eval "! kill -0 $server_pid 2>/dev/null"
	wait "$server_pid"
}

@test "--once with several transcripts serves one client of each" {
	require nc
	serve --once ewing-smtp ch2-smtp
	wait_for_line serve 'ch2-smtp$'
	second=${line#listening smtp 127.0.0.1:} second=${second%% *}
	lines QUIT
	has "221 2.0.0 Bye"
	log '^# session 1 is over'
	kill -0 "$server_pid"
	served_port=$second lines QUIT
	has "221"
	wait_for 5 eval "! kill -0 $server_pid 2>/dev/null"
	wait "$server_pid"
	run -0 cat "$BATS_TEST_TMPDIR/serve.out"
	has "to ewing-smtp begins"
	has "to ch2-smtp begins"
}

@test "--delay waits before each reply" {
	require nc
	serve --delay 0.2 ewing-smtp
	begun=$EPOCHREALTIME
	lines "EHLO a" "NOOP" "QUIT"
	took=$(((${EPOCHREALTIME/./} - ${begun/./}) / 1000))
	((took >= 750)) # greeting, EHLO, NOOP, QUIT
	has "221 2.0.0 Bye"
}

@test "^C says goodbye to the clients: 421, exit 130" {
	require_python socket
	serve ewing-smtp
	start_server client "$PYTHON" -u -c '
import socket, sys
f = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10).makefile("rb")
print(f.readline())
print(f.read())' "$served_port"
	wait_for_line client '^b.220'
	pid=$(head -n 1 "$BATS_TEST_TMPDIR/servers")
	kill -INT "$pid"
	wait_for_line client '^b.421 4\.3\.2'
	status=0
	wait "$pid" || status=$?
	same 130 "$status"
}

@test "--json names the session of each event" {
	require nc
	serve --json ewing-smtp
	lines "QUIT"
	log '"kind":"stage","text":"close"'
	output=$(grep -v '^listening' "$BATS_TEST_TMPDIR/serve.out")
	has_event '{"session":1,"kind":"command","verb":"QUIT"}'
	has_event '{"session":1,"kind":"reply","code":"221","final":true}'
}

@test "passwords that clients say are masked in the log" {
	require nc
	file=$(transcript auth.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO a
		S: 250-x
		S: 250 AUTH PLAIN
		C: AUTH PLAIN AGJvYgB4
		S: 235 in
	END
	)
	serve "$file"
	lines "EHLO a" "AUTH PLAIN AGFubmEAc2VjcmV0" "QUIT"
	has "235 in"
	closed
	run -0 cat "$BATS_TEST_TMPDIR/serve.out"
	has "{{plain anna {{password}}}}"
	has_not "AGFubmEAc2VjcmV0"
	has_not "secret"
}

# ---- the log at a terminal: each test is a function of pty/serving.py ----

pty() {
	require python3
	run "$PYTHON" "$ROOT/tests/pty/serving.py" "$1"
	((status == 0)) || { echo "$output" && return 1; }
}

@test "terminal: every function of serving.py is a test here" {
	run -0 "$PYTHON" "$ROOT/tests/pty/serving.py"
	local name
	for name in $output; do
		grep -q "pty $name\$" "$BATS_TEST_FILENAME" || { echo "not run: $name" && return 1; }
	done
}

@test "terminal: each line has its session's number" {
	pty each_line_has_its_session
}

@test "terminal: sessions have colours of their own, to be read on black and on white" {
	pty colours_tell_sessions_apart
}

@test "terminal: a session that goes on after its name has left the screen is named again" {
	pty who_has_left_the_screen_is_named_again
}

@test "terminal: thirty students get short notes, and the last one long ones again" {
	pty a_class_gets_short_notes
}

@test "terminal: thirty students get long notes by --notes full" {
	pty a_class_gets_long_notes_where_they_were_asked_for
}

@test "terminal: at 40 columns notes wrap beside their number" {
	pty on_a_small_screen_notes_stay_beside_their_number
}

@test "terminal: faults are told where they were done" {
	pty faults_show_where_they_are_done
}
