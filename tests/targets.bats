#!/usr/bin/env bats
# Where parlance goes, and what it says where it cannot: every form of a target, every failure with its next step.

load helpers

# shellcheck disable=SC2154 # helpers.bash sets line

# Says "220 hi", then repeats what it hears in upper case, for each client; prints its address when it is ready.
upper_tcp() {
	start_server upper "$PYTHON" -c '
import socket, sys, threading
family, where = (socket.AF_UNIX, sys.argv[1]) if "/" in sys.argv[1] else (
    socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, (sys.argv[1], 0))
s = socket.socket(family)
s.bind(where)
s.listen()
print("ready", s.getsockname() if family == socket.AF_UNIX else s.getsockname()[1], flush=True)
def one(c):
    c.sendall(b"hello\r\n")
    while True:
        text = c.recv(4096)
        if not text:
            return c.close()
        c.sendall(text.upper())
while True:
    threading.Thread(target=one, args=(s.accept()[0],), daemon=True).start()
' "$1"
	wait_for_line upper '^ready'
	port=${line#ready }
}

upper_udp() {
	start_server upper "$PYTHON" -c '
import socket
s = socket.socket(type=socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print("ready", s.getsockname()[1], flush=True)
while True:
    text, peer = s.recvfrom(65536)
    s.sendto(text.upper(), peer)
'
	wait_for_line upper '^ready'
	port=${line#ready }
}

# talks TARGET...: says one line there over the plain protocol; fails where it does not come back in upper case.
talks() {
	run -0 "$PARLANCE" --connect-timeout 5 -w 5 "$@" <<<"good day"
	has "GOOD DAY"
}

@test "host:port, host and port, a URL" {
	upper_tcp 127.0.0.1
	talks -P tcp "127.0.0.1:$port"
	talks -P tcp 127.0.0.1 "$port"
	talks "tcp://127.0.0.1:$port"
	talks talk "tcp://127.0.0.1:$port"
}

@test "localhost needs no DNS, and both families are tried" {
	upper_tcp 127.0.0.1
	talks "tcp://localhost:$port"
	talks -4 "tcp://localhost:$port"
	run -3 "$PARLANCE" -6 "tcp://localhost:$port" </dev/null
	has "localhost port $port: "
}

@test "IPv6, in brackets or as a word of its own" {
	[[ -e /proc/net/if_inet6 ]] && grep -q '^0*1 ' /proc/net/if_inet6 || skip "no IPv6 loopback here"
	upper_tcp ::1
	talks "tcp://[::1]:$port"
	talks -P tcp "[::1]:$port"
	talks -P tcp ::1 "$port"
	talks "tcp://localhost:$port"
}

@test "a unix socket" {
	upper_tcp "$BATS_TEST_TMPDIR/socket"
	talks -P tcp "unix:$BATS_TEST_TMPDIR/socket"
}

@test "UDP" {
	upper_udp
	talks "udp://127.0.0.1:$port"
	talks "udp://localhost:$port"
	talks -P udp 127.0.0.1 "$port"
}

@test "nothing listens there: 3, and what to look at" {
	port=$(free_port)
	run -3 "$PARLANCE" "tcp://127.0.0.1:$port" </dev/null
	has "parlance: 127.0.0.1 port $port: connection refused: nothing listens there"
	run -3 "$PARLANCE" "unix:$BATS_TEST_TMPDIR/none" </dev/null
	has "no such socket"
	: >"$BATS_TEST_TMPDIR/file"
	run -3 "$PARLANCE" "unix:$BATS_TEST_TMPDIR/file" </dev/null
	has "not a socket"
}

@test "nothing listens on a UDP port: 3" {
	port=$(free_port udp)
	run -3 "$PARLANCE" -w 5 "udp://127.0.0.1:$port" <<<"anybody?"
	has "nothing listens on UDP port $port"
	has "a reply never came"
}

@test "an option of another command makes no sense where a TARGET alone is named" {
	run -2 "$PARLANCE" --strict 127.0.0.1:1
	same "parlance: --strict: makes no sense for talk: see parlance talk --help" "$output"
}

@test "without a standard output nothing of ours goes to the server, and that it could not be shown is said" {
	start_server sink "$PYTHON" -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print("port", s.getsockname()[1], flush=True)
c, _ = s.accept()
c.sendall(b"220 here\r\n")
said = b""
while b"QUIT\r\n" not in said:
    said += c.recv(100)
c.sendall(b"221 bye\r\n")
print("said", said, flush=True)
'
	wait_for_line sink '^port'
	status=0
	"$PARLANCE" -w 5 -P smtp "127.0.0.1:${line#port }" <<<QUIT 2>"$BATS_TEST_TMPDIR/complaint" >&- || status=$?
	same 2 "$status"
	grep -q '^parlance: output: ' "$BATS_TEST_TMPDIR/complaint"
	wait_for_line sink '^said'
	same "said b'QUIT\\r\\n'" "$line"
}

@test "a port that does not answer: 5, in the time given, with what works now" {
	start_server deaf "$PYTHON" -c '
import socket, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(0)
held = []
for _ in range(8):
    c = socket.socket()
    c.setblocking(False)
    c.connect_ex(s.getsockname())
    held.append(c)
print("ready", s.getsockname()[1], flush=True)
time.sleep(600)
'
	wait_for_line deaf '^ready'
	run "$PARLANCE" --connect-timeout 0.5 -w 1 "tcp://127.0.0.1:${line#ready }" </dev/null
	[[ $status -ne 0 ]] || skip "this system takes clients past a full queue"
	[[ $status -eq 5 ]]
	has "no answer"
	has "firewall"
	has "parlance lab:smtp"
}

@test "a name that does not exist: 3" {
	run -3 "$PARLANCE" --connect-timeout 3 smtp://no-such-name.invalid </dev/null
	has "no-such-name.invalid: "
}

@test "the wrong family: 3, and which option to leave out" {
	run -3 "$PARLANCE" -6 tcp://127.0.0.1:25 </dev/null
	has "127.0.0.1 is an IPv4 address: leave out -6"
	run -3 "$PARLANCE" -4 'tcp://[::1]:25' </dev/null
	has "::1 is an IPv6 address: leave out -4"
}

@test "what is no target: 2, and how to write it" {
	run -2 "$PARLANCE" mail.example:0
	has "from 1 to 65535"
	run -2 "$PARLANCE" mail.example:99999
	has "from 1 to 65535"
	run -2 "$PARLANCE" ::1:25
	has "[::1]:25"
	run -2 "$PARLANCE" '[::1'
	has "not closed"
	run -2 "$PARLANCE" mail.example:nosuchservice
	has "nosuchservice: no service is called that"
	run -2 "$PARLANCE" tcp://mail.example
	has "tcp has no port of its own"
	run -2 "$PARLANCE" unix:
	has "path is missing"
}

@test "a bare host needs a protocol: 2" {
	run -2 "$PARLANCE" talk mail.example
	has "smtp://mail.example"
	has "-P smtp mail.example"
}

@test "a password in a target is refused, and not repeated" {
	run -2 "$PARLANCE" smtp://bob:hungry@mail.example
	has "no user name or password"
	has_not hungry
}

@test "a protocol that is not here yet: 2, and what to write instead" {
	run -2 "$PARLANCE" gopher://mail.example
	has "gopher: this build does not speak it; it speaks smtp"
	has "-P tcp mail.example:70"
}

@test "self, and a server that the lab has not, are named for what they are: 2" {
	run -2 "$PARLANCE" lab:gopher
	has "lab:gopher: the lab has no such server: it has smtp submission"
	run -2 "$PARLANCE" self
	has "transcript"
}

@test "no octet of a target reaches the terminal as it is" {
	run -2 "$PARLANCE" $'\e[2J:25'
	has_not $'\e'
}
