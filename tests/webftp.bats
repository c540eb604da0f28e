# HTTP and FTP by hand, in a pipe, with nginx, Python's http.server and vsftpd.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

web() {
	require nginx
	port=$(free_port)
	start_server nginx "$BATS_TEST_DIRNAME/servers/start" nginx "$BATS_TEST_TMPDIR/n" "$port"
	wait_for_port "$port"
}

python_web() {
	port=$(free_port)
	mkdir -p "$BATS_TEST_TMPDIR/www"
	echo 'Hello from Python' >"$BATS_TEST_TMPDIR/www/index.html"
	start_server web "$PYTHON" -B -m http.server --bind 127.0.0.1 --directory "$BATS_TEST_TMPDIR/www" "$port"
	wait_for_port "$port"
}

ftp_server() {
	require vsftpd
	port=$(free_port)
	start_server vsftpd "$BATS_TEST_DIRNAME/servers/start" vsftpd "$BATS_TEST_TMPDIR/v" "$port"
	wait_for_port "$port"
}

talk() {
	timeout 60 "$PARLANCE" -w 10 "$@" "127.0.0.1:$port"
}

# finals: of the events in $output, each reply's code and class, and where it is complete.
finals() {
	jq -rs 'map(select(.final) | [.verb // "-", .kind, .state, (.answers // "-" | tostring)] | join(" ")) | join(", ")' <<<"$output"
}

# by_hand PROTOCOL: a person's session in a terminal (tests/pty/real.py).
by_hand() {
	run "$PYTHON" -B "$BATS_TEST_DIRNAME/pty/real.py" "$1" "127.0.0.1:$port"
	((status == 0)) || { echo "$output" && return 1; }
}

@test "nginx by hand, in a terminal: a header, a body, what is not there" {
	web
	by_hand http
}

@test "vsftpd by hand, in a terminal" {
	ftp_server
	by_hand ftp
}

@test "nginx: three requests on one connection, bodies by length" {
	web
	run -0 --separate-stderr talk -P http --json <<-'END'
		GET / HTTP/1.1
		Host: localhost

		HEAD / HTTP/1.1
		Host: localhost

		GET /nowhere HTTP/1.1
		Host: localhost
		Connection: close

	END
	events=$output
	run -0 jq -rs 'map(select(.kind == "reply") | .code + " " + .verb) | join(", ")' <<<"$events"
	same '200 GET, 200 HEAD, 404 GET' "$output"
	run -0 jq -rs 'map(select(.final)) | length' <<<"$events"
	same 3 "$output"
	output=$events
	has_event '{"kind": "data", "text": "<html><body>Hello from nginx</body></html>", "final": true, "answers": 2, "state": "idle"}'
	has_event '{"keyword": "content-length", "kind": "data", "side": "S"}'
}

@test "nginx: a body in chunks" {
	web
	run -0 --separate-stderr talk -P http --json <<<$'GET /chunked.html HTTP/1.1\nHost: localhost\n\nGET /chunked HTTP/1.1\nHost: localhost\nConnection: close\n\n'
	has_event '{"keyword": "transfer-encoding", "side": "S"}'
	run -0 jq -rs 'map(select(.final)) | last | [.text, .kind, .verb] | join("|")' <<<"$output"
	same '|data|GET' "$output"
}

@test "nginx: HTTP/1.0, what is moved, and what a teapot says" {
	web
	run -0 talk -P http <<<$'GET /moved HTTP/1.0\n\n'
	has 'S: HTTP/1.1 301 '
	has 'S: Location: '
	has '<server hangs up>'
	run -0 talk -P http <<<$'GET /teapot HTTP/1.0\n\n'
	has 'S: HTTP/1.1 418'
}

@test "nginx: a missing Host and a lower-case method are told before the server refuses them" {
	web
	run -0 --separate-stderr talk -P http --json <<<$'GET / HTTP/1.1\n\n'
	run -0 jq -rs 'map(select(.side == "C" and .problem) | .problem) | join(" ") | ascii_downcase' <<<"$output"
	has host
	run -0 --separate-stderr talk -P http --json <<<$'get / HTTP/1.1\nHost: x\n\n'
	run -0 jq -rs 'map(select(.side == "C" and .problem)) | length > 0' <<<"$output"
	same true "$output"
}

@test "nginx: an unknown port is recognised by what the client says" {
	web
	run -0 --separate-stderr talk --json <<<$'GET / HTTP/1.0\n\n'
	has_event '{"protocol": "http", "verb": "GET", "kind": "command"}'
	has_event '{"code": "200", "protocol": "http"}'
}

@test "http.server: HTTP/1.0, a file and what is not there" {
	python_web
	run -0 --separate-stderr talk -P http --json <<<$'GET /index.html HTTP/1.1\nHost: localhost\n\n'
	has_event '{"code": "200", "verb": "GET", "class": "success"}'
	has_event '{"kind": "data", "text": "Hello from Python", "final": true}'
	run -1 --separate-stderr talk -P http --fail --json <<<$'GET /none HTTP/1.0\n\n'
	has_event '{"code": "404", "class": "failure"}'
}

@test "http.server: a body that is posted is counted, and no line end follows it" {
	python_web
	run -0 --separate-stderr talk -P http --json <<<$'POST / HTTP/1.1\nHost: localhost\nContent-Length: 5\n\nhello'
	has_event '{"kind": "data", "side": "C", "text": "hello", "octets": 5}'
	has_event '{"code": "501", "class": "failure"}'
}

@test "vsftpd: who one is, where one is, what it can do" {
	ftp_server
	run -0 --separate-stderr talk -P ftp --json <<-'END'
		USER anonymous
		PASS guest@example.org
		FEAT
		PWD
		TYPE I
		SIZE readme.txt
		PASV
		EPSV
		CWD nowhere
		RNFR nothing
		QUIT
	END
	events=$output
	run -0 jq -rs 'map(select(.final) | [.verb // "-", .code, .state] | join(" ")) | join(", ")' <<<"$events"
	same '- 220 connected, USER 331 user, PASS 230 ready, FEAT 211 ready, PWD 257 ready, TYPE 200 ready, SIZE 213 ready, PASV 227 ready, EPSV 229 ready, CWD 550 ready, RNFR 550 ready, QUIT 221 closed' "$output"
	output=$events
	has_event '{"keyword": "EPSV", "code": "211", "final": false}'
	run -0 jq -rs 'map(select(.code == "227") | .note) | join("")' <<<"$events"
	has '127.0.0.1'
	has_not 'guest@example.org'
}

@test "vsftpd: a list over the second connection, which curl opens" {
	ftp_server
	require curl
	run -0 curl -s "ftp://127.0.0.1:$port/readme.txt"
	same 'one line of text' "$output"
	run -0 --separate-stderr talk -P ftp --json <<<$'USER anonymous\nPASS x\nLIST\nQUIT'
	has_event '{"code": "425", "verb": "LIST", "class": "transient", "state": "ready"}'
}

@test "vsftpd: a greeting that names its program is FTP" {
	ftp_server
	run -0 --separate-stderr talk --json <<<$'QUIT'
	has_event '{"code": "220", "protocol": "ftp"}'
}
