# parlance serve: faults on request, and what real clients make of them.
#
# clients/octets.py tells what a client reads, read by read.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

GREETING='220 foo.com Simple Mail Transfer Service Ready'

# octets [--tls] [LINE...]: what a client reads that says the lines: one line a read, and then how it ended.
octets() {
	local how=()
	[[ ${1:-} != --tls ]] || how=("$1") && shift "${#how[@]}"
	run -0 timeout 30 "$PYTHON" -B "$BATS_TEST_DIRNAME/clients/octets.py" "${how[@]}" "$served_port" "$@"
}

# joined [OCTETS]: all that $output says was read (the first so many octets of it), as one text, line ends as `|`.
joined() {
	"$PYTHON" -c '
import ast, sys
read = b"".join(ast.literal_eval(line.split(" ", 1)[1]) for line in sys.stdin if line[0].isdigit())
print(read[:int(sys.argv[1]) if sys.argv[1:] else None].decode("latin-1").replace("\r\n", "|"))' "$@" <<<"$output"
}

# log REGEX: waits until the server's log has such a line.
log() {
	wait_for_line serve "$1"
}

# mailbox: a script that curl can fetch one message from; its path.
mailbox() {
	transcript mailbox.txt <<-'END'
		Protocol: imap

		S: * OK [CAPABILITY IMAP4rev1] ready
		C: a CAPABILITY
		S: * CAPABILITY IMAP4rev1
		S: a OK done
		C: b LOGIN bob {{password}}
		S: b OK in
		C: c SELECT INBOX
		S: * 1 EXISTS
		S: * OK [UIDVALIDITY 1] ok
		S: c OK [READ-WRITE] selected
		C: d UID FETCH 1 BODY[]
		S: * 1 FETCH (UID 1 BODY[] {28}
		S: Subject: lunch
		S:
		S: At noon?
		S: )
		S: d OK fetched
		C: e LOGOUT
		S: * BYE
		S: e OK bye
	END
}

# fetch SCHEME OPTION...: curl fetches that message.
fetch() {
	local scheme=$1
	shift
	run -"$status" timeout 30 curl -sSk --user bob:secret "$@" "$scheme://127.0.0.1:$served_port/INBOX;UID=1"
}

# ---- --drop-after ----

@test "--drop-after cuts behind the Nth octet, wherever that is, in order and without a goodbye" {
	local n went all
	serve ewing-smtp
	octets 'EHLO a' QUIT
	all=$output
	for n in 0 1 3 4 47 48 49 60; do
		serve --once --drop-after "$n" ewing-smtp
		octets 'EHLO a' QUIT
		same "end" "${lines[-1]}"
		went=$(joined)
		output=$all
		same "$(joined "$n")" "$went"
		log "^# --drop-after $n: the connection is cut here"
		log '^<server hangs up>'
		wait "$server_pid"
	done
}

@test "--drop-after under TLS counts what is said in it, and sends no close_notify" {
	serve --tls --drop-after 10 ewing-smtp
	octets --tls
	same "220 foo.co" "$(joined)"
	same "cut" "${lines[-1]}"
	serve --tls --drop-after 0 ewing-smtp
	octets --tls
	same "cut" "$output"
}

@test "the log has what went out of the line that was cut" {
	serve --once --drop-after 60 ewing-smtp
	octets 'EHLO a'
	wait "$server_pid"
	run -0 cat "$BATS_TEST_TMPDIR/serve.out"
	has 'S\: 250-foo.com '
	has '# --drop-after 60: the connection is cut here'
	has_not 'the client left before the script was done'
}

# ---- --split ----

@test "--split sends N octets at a time, each in a TLS record of its own" {
	serve --tls --split 3 ewing-smtp
	octets --tls QUIT
	same "$GREETING|221 2.0.0 Bye|" "$(joined)"
	same "b'220'" "${lines[0]#* }"
	same "b' fo'" "${lines[1]#* }"
	same 22 "${#lines[@]}" # 48 and 15 octets in threes, and the end
}

@test "--split: the pieces arrive apart in the clear too, and nothing is lost" {
	serve --split 1 ewing-smtp
	octets QUIT
	same "$GREETING|221 2.0.0 Bye|" "$(joined)"
	((${#lines[@]} > 30)) # 63, if the reader is never late
	log '^# --split 1: all goes out in pieces of 1 octet$'
}

# ---- --stall ----

@test "--stall pauses in the middle of each reply" {
	serve --stall 0.5 ewing-smtp
	octets QUIT
	same "b'${GREETING:0:24}'" "${lines[0]#* }"
	((${lines[1]%% *} >= 450))
	same "$GREETING|221 2.0.0 Bye|" "$(joined)"
	((${lines[2]%% *} >= 450)) # the goodbye's first half may have come with the greeting's second
	log '^# --stall 0.5: nothing for 0.5 s, after 24 of this reply.s 48 octets$'
	log '^# --stall 0.5: nothing for 0.5 s, after 7 of this reply.s 15 octets$'
}

# ---- --garble ----

@test "--garble changes one octet of each line, the same ones for every client, and no line end" {
	serve ewing-smtp
	octets 'EHLO a' 'MAIL FROM:<a@b.example>' QUIT
	plain=$(joined)
	serve --garble ewing-smtp
	octets 'EHLO a' 'MAIL FROM:<a@b.example>' QUIT
	garbled=$(joined)
	octets 'EHLO a' 'MAIL FROM:<a@b.example>' QUIT
	same "$garbled" "$(joined)"
	run -0 "$PYTHON" -c '
import sys
plain, garbled = (text.rstrip("|").split("|") for text in sys.argv[1:])
print([sum(a != b for a, b in zip(one, other, strict=True)) for one, other in zip(plain, garbled, strict=True)])' "$plain" "$garbled"
	same "[1, 1, 1, 1, 1, 1, 1, 1]" "$output"
}

@test "--garble: the log has the line as it went out, and says which octet it was" {
	serve --garble ewing-smtp
	octets QUIT
	went=$(joined) went=${went%%|*}
	log "^S: $went\$"
	log '^# --garble: octet [0-9]+ of this line is 0x[0-9A-F]{2}( \(.\))? and was 0x[0-9A-F]{2}( \(.\))?$'
	[[ $line =~ octet\ ([0-9]+)\ .*was\ 0x([0-9A-F]{2}) ]]
	same "$(printf '%b' "\\x${BASH_REMATCH[2]}")" "${GREETING:BASH_REMATCH[1]-1:1}"
	[[ ${went:BASH_REMATCH[1]-1:1} != "${GREETING:BASH_REMATCH[1]-1:1}" ]]
}

# ---- together ----

@test "faults combine: changed, in pieces, late and cut" {
	serve --garble ewing-smtp
	octets QUIT
	whole=$(joined)
	serve --once --garble --split 7 --stall 0.2 --drop-after 40 ewing-smtp
	octets QUIT
	same "${whole:0:40}" "$(joined)"
	wait "$server_pid"
	run -0 grep -Eo '^# --[a-z-]+' "$BATS_TEST_TMPDIR/serve.out"
	same "# --split
# --stall
# --garble
# --drop-after" "$output"
}

@test "--json: faults are events of their own, with the octets that had gone out" {
	serve --json --once --garble --split 7 --stall 0.1 --drop-after 60 ewing-smtp
	octets 'EHLO a'
	wait "$server_pid"
	output=$(grep -v '^listening' "$BATS_TEST_TMPDIR/serve.out")
	has_event '{"session":1,"kind":"fault","text":"split","octets":0}'
	has_event '{"session":1,"kind":"fault","text":"stall","octets":24}'
	has_event '{"session":1,"kind":"fault","text":"garble","octets":48}'
	has_event '{"session":1,"kind":"fault","text":"drop-after","octets":60,"note":"--drop-after 60: the connection is cut here"}'
	run -0 jq -s 'map(select(.kind == "fault") | .t) | . == sort and .[0] >= 0' <<<"$output"
	same true "$output"
}

@test "behind STARTTLS faults go on, and all octets of both count" {
	file=$(transcript upgrade.txt <<-'END'
		Protocol: smtp

		S: 220 x
		C: EHLO a
		S: 250-x
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go
		<client starts TLS>
		C: EHLO a
		S: 250 under TLS
		C: QUIT
		S: 221 bye
	END
	)
	serve --split 4 --drop-after 46 "$file" # 7, 21 and 8 octets in the clear, 10 of 15 under TLS
	require_python smtplib
	run -1 timeout 30 "$PYTHON" - "$served_port" <<-'END'
		import smtplib, ssl, sys
		context = ssl.create_default_context()
		context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
		s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=10)
		s.starttls(context=context)
		print("secured")
		print(s.ehlo()) # it takes half a line for a whole one
		s.noop()
	END
	has secured
	has "(250, b'under')"
	has SMTPServerDisconnected
	log '^<server hangs up>'
	run -0 cat "$BATS_TEST_TMPDIR/serve.out"
	has '<client starts TLS>'
	has 'S\: 250 under '
}

@test "datagrams: late and changed, but neither cut nor in pieces" {
	require_python socket
	run -2 "$PARLANCE" serve --split 3 inst346-udp
	has '--split: a datagram goes out whole'
	run -2 "$PARLANCE" serve --drop-after 3 inst346-udp
	has '--drop-after: a datagram goes out whole'
	serve --garble --stall 0.2 inst346-udp
	run -0 "$PYTHON" - "$served_port" <<-'END'
		import socket, sys, time
		s = socket.socket(type=socket.SOCK_DGRAM)
		s.settimeout(10)
		s.connect(("127.0.0.1", int(sys.argv[1])))
		begun = time.monotonic()
		s.send(b"hello from the client")
		answer = s.recv(99)
		print(time.monotonic() - begun >= 0.2, sum(a != b for a, b in zip(answer, b"HELLO FROM THE CLIENT", strict=True)))
	END
	same "True 1" "$output"
}

@test "a number that is none is a usage error" {
	run -2 "$PARLANCE" serve --drop-after x ewing-smtp
	same "parlance: --drop-after x: not a number of octets: write 0 or 300" "$output"
	run -2 "$PARLANCE" serve --split 0 ewing-smtp
	has '--split 0: not a number'
	run -2 "$PARLANCE" replay --garble ewing-smtp
	has '--garble: makes no sense for replay'
}

# ---- what real clients do ----

@test "curl fetches a message that comes octet by octet, in the clear and under TLS" {
	require curl
	serve --split 1 "$(mailbox)"
	status=0 fetch imap -m 20
	[[ $output == $'Subject: lunch\r'* ]]
	serve --tls --split 1 "$(mailbox)"
	status=0 fetch imaps -m 20
	[[ $output == *$'At noon?\r'* ]]
}

@test "curl says that a message was cut in the midst of its literal" {
	require curl
	serve --drop-after 195 "$(mailbox)" # the literal begins behind 183
	status=18 fetch imap -m 20
	has 'with 16 bytes remaining to read'
	has 'Subject: lun'
	has_not 'lunch'
	log '^S.: Subject: lun$'
}

@test "curl gives up on a server that stalls for longer than it waits, and the server goes on" {
	require curl
	serve --stall 3 "$(mailbox)"
	status=28 fetch imap -m 1
	log '^<client hangs up>'
	status=28 fetch imap -m 1
	log '^# session 2 '
}

@test "curl does not take a garbled greeting for a server that is ready" {
	require curl
	serve --garble "$(mailbox)"
	run timeout 30 curl -sS -m 2 --user bob:secret "imap://127.0.0.1:$served_port/INBOX;UID=1"
	((status != 0 && status < 124))
	has_not 'At noon?'
}

@test "curl tells that an HTTP body was cut short, and Python's client too" {
	require curl
	file=$(transcript page.txt <<-'END'
		Protocol: http

		C: GET / HTTP/1.1
		C: Host: x
		C:
		S: HTTP/1.1 200 OK
		S: Content-Length: 10
		S:
		S\: 0123456789
	END
	)
	serve --drop-after 43 "$file" # 17, 20 and 2 octets, and 4 of the body
	run -18 timeout 30 curl -sS -m 10 "http://$served/"
	has 0123
	has_not 01234
	run -0 "$PYTHON" - "$served" <<-'END'
		import http.client, sys
		c = http.client.HTTPConnection(sys.argv[1], timeout=10)
		c.request("GET", "/")
		try:
		    c.getresponse().read()
		except http.client.IncompleteRead as error:
		    print(error.partial)
	END
	same "b'0123'" "$output"
}

@test "swaks and smtplib send a message to a server that speaks octet by octet and stalls" {
	require swaks
	require_python smtplib
	serve --split 1 --stall 0.05 ewing-smtp
	run -0 timeout 30 swaks --server "$served" --from a@b --to c@d,e@f --ehlo me
	has "<** 550 No such user here"
	run -0 timeout 30 "$PYTHON" - "$served_port" <<-'END'
		import smtplib, sys
		s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), local_hostname="bar.com", timeout=10)
		print(s.sendmail("Smith@bar.com", ["Jones@foo.com", "Green@foo.com"], "Subject: hi\n\ntext\n"))
		print(s.quit())
	END
	has "{'Green@foo.com': (550, b'No such user here')}"
}

@test "imaplib tells a connection that is cut, and a line that is no reply" {
	require_python imaplib
	serve --drop-after 80 "$(mailbox)"
	run -1 "$PYTHON" -c '
import imaplib, sys
imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=10).login("bob", "x")' "$served_port"
	has 'imaplib.IMAP4.abort'
	serve --garble "$(mailbox)"
	run -1 "$PYTHON" -c '
import imaplib, sys
imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=10)' "$served_port"
	has 'imaplib'
}

# ---- clients that are at fault themselves ----

@test "clients that reset after each octet, faults under way, leave nothing behind" {
	require_python socket
	serve --garble --split 2 --stall 0.01 -q ewing-smtp
	wait_for_line serve '^listening'
	before=$(find "/proc/$server_pid/fd" -type l 2>/dev/null | wc -l)
	run -0 timeout 60 "$PYTHON" - "$served_port" <<-'END'
		import socket, struct, sys, time
		said = b"EHLO a\r\nMAIL FROM:<a@b>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n"
		for n in range(len(said) + 1):
		    for abort in (True, False):
		        s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
		        s.sendall(said[:n])
		        if n % 3 == 0:
		            s.recv(1 + n)
		        if abort:
		            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		        s.close()
		print("all done")
	END
	has "all done"
	octets QUIT
	same end "${lines[-1]}"
	for ((i = 0; i < 250 && $(find "/proc/$server_pid/fd" -type l 2>/dev/null | wc -l) > before; i++)); do
		sleep 0.05
	done
	same "$before" "$(find "/proc/$server_pid/fd" -type l 2>/dev/null | wc -l)"
}
