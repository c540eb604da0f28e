# FTP's data connections: with vsftpd, with and without TLS, with servers that do something wrong (tests/ftp/mock.py), and
# with scripts that are served.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154
load helpers

setup() {
	setup_home
	require python3
}

# mock WAY: a server that does it; its address goes to $server.
mock() {
	start_server mock "$PYTHON" "$ROOT/tests/ftp/mock.py" "$1"
	wait_for_line mock '^port '
	server=127.0.0.1:${line#port }
}

# vsftpd_server: $server, and its files in $BATS_TEST_TMPDIR/v/ftp.
vsftpd_server() {
	require vsftpd
	port=$(free_port)
	start_server vsftpd "$BATS_TEST_DIRNAME/servers/start" vsftpd "$BATS_TEST_TMPDIR/v" "$port"
	wait_for_port "$port"
	server=127.0.0.1:$port
}

talk() {
	timeout 30 "$PARLANCE" --notes off "$@" "ftp://$server"
}

# what stands from the first line that begins with $1 up to the first with $2, without the comments on connecting
between() {
	sed -n "/^$1/,/^$2/p" <<<"$output" | grep -v ': connecting'
}

# ---- vsftpd ----

@test "vsftpd: a listing and a file in a pipe are shown, and what is printed is a transcript that can be said again" {
	vsftpd_server
	run -0 --separate-stderr talk <<<$'USER anonymous\nPASS x\nPASV\nLIST\nEPSV\nRETR readme.txt\nQUIT'
	has $'S: 150 Here comes the directory listing.\n# drwxrwxrwx'
	same "S: 150 Opening BINARY mode data connection for readme.txt (17 bytes).
# one line of text
<server sends 17 octets over the data connection>" "$(between 'S: 150 Opening' '<server sends')"
	grep -Eq '^# data 127\.0\.0\.1:[0-9]+ ▸ 17 octets$' <<<"$output"
	echo "$output" >"$BATS_TEST_TMPDIR/said.txt"
	run -0 "$PARLANCE" annotate --json "$BATS_TEST_TMPDIR/said.txt"
	has_event '{"kind": "data", "side": "S", "octets": 17, "verb": "RETR", "problem": null}'
	run -0 timeout 20 "$PARLANCE" verify "$BATS_TEST_TMPDIR/said.txt" --to "ftp://$server" --set password=x
	run -0 timeout 20 "$PARLANCE" verify "$BATS_TEST_TMPDIR/said.txt" --to self --set password=x
}

@test "vsftpd: as JSON each line is a data event with its octets" {
	vsftpd_server
	run -0 --separate-stderr talk --json <<<$'USER anonymous\nPASS x\nPASV\nRETR readme.txt\nQUIT'
	has_event '{"side": "S", "kind": "data", "text": "one line of text", "octets": 17, "verb": "RETR", "state": "transfer"}'
}

@test "vsftpd: :data saves and sends files; nothing is written over unless asked" {
	vsftpd_server
	head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/v/ftp/random"
	cd "$BATS_TEST_TMPDIR"
	echo precious >there
	run -0 --separate-stderr talk --colon <<-'END'
		USER anonymous
		PASS x
		TYPE I
		:data got
		PASV
		RETR random
		:data there
		PASV
		RETR readme.txt
		CWD incoming
		:data got
		:port
		STOR copy
		QUIT
	END
	cmp v/ftp/random got
	cmp v/ftp/random v/ftp/incoming/copy
	same precious "$(cat there)"
	has '# there: File exists: what comes is shown, and not saved (:data! FILE saves over it)'
	has '<client sends 300000 octets over the data connection>'
	grep -Eq '◂ 300,000 octets, from got$' <<<"$output"
}

@test "vsftpd: STOR in a pipe sends what follows on stdin; as ASCII with CRLF" {
	vsftpd_server
	run -0 --separate-stderr talk < <(printf 'USER anonymous\nPASS x\nCWD incoming\nTYPE I\nPASV\nSTOR image\nno end')
	run -0 --separate-stderr talk < <(printf 'USER anonymous\nPASS x\nCWD incoming\nPASV\nSTOR text\none\ntwo\r\n')
	same 'no end' "$(cat "$BATS_TEST_TMPDIR/v/ftp/incoming/image")"
	same $'one\r\ntwo\r' "$(cat "$BATS_TEST_TMPDIR/v/ftp/incoming/text")"
	has '<client sends 10 octets over the data connection>'
}

@test "STOR refused in a pipe: what becomes of the lines that were meant for the file is said" {
	run -0 "$PARLANCE" --notes off lab:ftp < <(printf 'USER bob\nPASS hungry\nCWD quota\nPASV\nSTOR x\nNOOP\nQUIT\n')
	has $'S: 452 Insufficient storage space: the file is not taken\n# STOR was refused: what follows on stdin is no file, and goes to the server as commands, line by line.\nC: NOOP\n'
	run -0 "$PARLANCE" --notes off lab:ftp < <(printf 'USER bob\nPASS hungry\nPASV\nSTOR x\nNOOP\n')
	has_not "was refused"
}

@test "vsftpd: TLS on the data connection goes on with the control connection's session, as require_ssl_reuse wants" {
	require vsftpd openssl
	mkdir -p "$BATS_TEST_TMPDIR/v"
	touch "$BATS_TEST_TMPDIR/v/reuse"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -keyout "$BATS_TEST_TMPDIR/v/server.key" \
		-out "$BATS_TEST_TMPDIR/v/server.pem" 2>/dev/null
	vsftpd_server
	server=localhost:$port
	for version in 1.2 1.3; do
		run -0 --separate-stderr talk --starttls --cacert "$BATS_TEST_TMPDIR/v/server.pem" --tls-max "$version" < <(printf \
			'USER anonymous\nPASS x\nPASV\nLIST\nPASV\nRETR readme.txt\nCWD incoming\nPASV\nSTOR t%s\nhello\n' "$version")
		grep -q "▸ 17 octets, under TLS $version, whose session is the control connection's\$" <<<"$output"
		grep -q "◂ 7 octets, under TLS $version, whose session is the control connection's\$" <<<"$output"
		same $'hello\r' "$(cat "$BATS_TEST_TMPDIR/v/ftp/incoming/t$version")"
	done
}

@test "vsftpd: verify: PORT and EPRT with {{port}}, and what the script only describes, goes over the data connection" {
	vsftpd_server
	file=$(transcript ports.txt <<-'END'
		Protocol: ftp

		S: 220 {{*}}
		C: USER anonymous
		S: 331 {{*}}
		C: PASS x
		S: 230 {{*}}
		C: PORT 127,0,0,1,{{port}}
		S: 200 ok
		C: LIST
		S: 150 list
		<server sends the list>
		S: 226 ok
		C: EPRT |1|127.0.0.1|{{port}}|
		S: 200 ok
		C: RETR readme.txt
		S: 150 file
		S: 226 ok
		C: CWD incoming
		S: 250 ok
		C: PASV
		S: 227 Entering (192,0,2,1,200,21)
		C: STOR made
		S: 150 go
		<client sends 2000 octets>
		S: 226 ok
		C: PORT {{port}}
		S: 200 ok
		C: STOR file
		S: 150 go
		<client sends file payload>
		S: 226 ok
		C: QUIT
		S: 221 bye
	END
	)
	echo 'from a file' >"$BATS_TEST_TMPDIR/payload"
	run -0 timeout 20 "$PARLANCE" verify "$file" --to "ftp://$server"
	same 2000 "$(stat -c %s "$BATS_TEST_TMPDIR/v/ftp/incoming/made")"
	same $'from a file\r' "$(cat "$BATS_TEST_TMPDIR/v/ftp/incoming/file")"
	run -0 timeout 20 "$PARLANCE" verify "$file" --to self
}

# ---- servers that do something wrong ----

@test "a 227 that names a third host is not followed, and that is explained; --follow-data does" {
	mock third-host
	run -0 --separate-stderr talk <<<$'USER a\nPASV\nLIST\nQUIT'
	has '# The server names 192.0.2.1, and this session goes to 127.0.0.1: that host is not gone to.'
	has $'# first\n# second\n<server sends 15 octets over the data connection>'
	run -0 --separate-stderr talk --follow-data --connect-timeout 0.2 <<<$'USER a\nPASV\nQUIT'
	grep -q '^# data 192\.0\.2\.1:[0-9]*: connecting' <<<"$output"
}

@test "1 GiB: memory stays flat, and what is too much to read is counted" {
	mock much
	run -0 --separate-stderr "$PYTHON" -B "$ROOT/tests/hostile/measured.py" "$BATS_TEST_TMPDIR/most" \
		"$PARLANCE" --notes off "ftp://$server" <<<$'USER a\nPASV\nRETR x\nQUIT'
	(($(cat "$BATS_TEST_TMPDIR/most") < 100000))
	has '# There is much of it: it is counted, and not shown (a file can hold it: :data FILE)'
	has '<server sends 1073741824 octets over the data connection>'
	grep -q '▸ 1,073,741,824 octets$' <<<"$output"
}

@test "a server that stalls and gives up: its reply is heard, and the data connection is let go" {
	mock stalls
	run -0 --separate-stderr talk <<<$'USER a\nPASV\nRETR x\nQUIT'
	has "# first"
	has 'S: 426 given up'
	has 'S: 221 bye'
}

@test "a data connection that is reset: what came is shown, and why no more did" {
	mock resets
	run -0 --separate-stderr talk <<<$'USER a\nPASV\nRETR x\nQUIT'
	same "# first
<server sends 7 octets over the data connection>" "$(between '# first' '<server')"
	grep -Eq '^# data 127\.0\.0\.1:[0-9]+: connection reset by peer: ▸ 7 octets$' <<<"$output"
	has 'S: 426 broken'
}

@test "a last reply that comes before the data waits for it" {
	mock early
	run -0 --separate-stderr talk <<<$'USER a\nPASV\nRETR x\nQUIT'
	same "# first
# second
<server sends 15 octets over the data connection>" "$(between '# first' '<server')"
	between '<server sends' 'S: 226' | grep -q 'S: 226 done'
}

@test "nobody listens where 227 says" {
	mock nobody
	run -0 --separate-stderr talk <<<$'USER a\nPASV\nRETR x\nQUIT'
	grep -Eq '^# data 127\.0\.0\.1 port [0-9]+: connection refused$' <<<"$output"
	has 'S: 425 nobody came'
}

@test "who else comes to the port of PORT is hung up on" {
	mock strangers
	run -0 --separate-stderr talk --colon <<<$'USER a\n:port\nRETR x\nQUIT'
	grep -Eq '^# data: 127\.0\.0\.2:[0-9]+ came to the port that the server was to come to, and was hung up on$' <<<"$output"
	has $'# first\n<server sends 7 octets over the data connection>'
}

@test "what is no text is shown safely, up to where it is none" {
	mock binary
	run -0 --separate-stderr talk <<<$'USER a\nPASV\nRETR x\nQUIT'
	has '# What comes now is no text: it is counted, and not shown'
	has '<server sends 21 octets over the data connection>'
	has_not $'\x1b'
}

@test "STOR: 552 while the client still sends is heard" {
	mock refuses-midway
	cd "$BATS_TEST_TMPDIR"
	head -c 20000000 /dev/zero >big
	run -0 --separate-stderr talk --colon <<<$'USER a\nTYPE I\n:data big\nPASV\nSTOR x\nQUIT'
	has 'S: 552 no room'
	has 'S: 221 bye'
}

# ---- scripts that are served ----

@test "serve ch2-ftp: curl is sent the list's text over a port of ours, and a made-up file of the printed size" {
	require curl
	serve -q "$(transcript get.txt <<-'END'
		Protocol: ftp

		S: 220 ready
		C: USER {{user}}
		S: 331 password
		C: PASS {{password}}
		S: 230 in
		C: PWD
		S: 257 "/"
		C: EPSV
		S: 229 Extended (|||6446|)
		C: TYPE I
		S: 200 type
		C: SIZE film
		S: 213 100000
		C: RETR film
		S: 150 ok
		<server sends 100000 octets>
		S: 226 done
		C: QUIT
		S: 221 bye
	END
	)"
	same 100000 "$(curl -s "ftp://bob:red@$served/film" | wc -c)"
}

@test "serve: curl stores a file, and by PORT" {
	require curl
	serve "$(transcript put.txt <<-'END'
		Protocol: ftp

		S: 220 ready
		C: USER {{user}}
		S: 331 password
		C: PASS {{password}}
		S: 230 in
		C: PWD
		S: 257 "/"
		C: EPRT |1|127.0.0.1|1|
		S: 200 ok
		C: TYPE I
		S: 200 type
		C: STOR film
		S: 150 ok
		<client sends the film>
		S: 226 done
		C: QUIT
		S: 221 bye
	END
	)"
	run -0 curl -sS --ftp-port - -T "$ROOT/README.md" "ftp://bob:red@$served/film"
	wait_for_line serve '◂'
	[[ $line == *"◂ $(sed ':a;s/\B[0-9]\{3\}\>/,&/;ta' <<<"$(stat -c %s "$ROOT/README.md")") octets" ]]
}

@test "replay and verify of ch2-ftp against itself go over data connections" {
	run -0 --separate-stderr timeout 20 "$PARLANCE" replay ch2-ftp --to self --notes off
	has '<server sends 159 octets over the data connection>'
	has '<client sends 159 octets over the data connection>'
	run -0 timeout 20 "$PARLANCE" verify ch2-ftp --to self
}

@test "verify ch2-ftp against the lab: 150, 125 and 425 as the slides have them" {
	lab --only ftp
	for _ in 1 2 3; do
		run -0 timeout 20 "$PARLANCE" verify ch2-ftp --to "ftp://127.0.0.1:$(lab_port ftp)"
	done
}

# vsftpd wants PORT or PASV before each transfer, says 150 where the script has 125, and knows no 452.
@test "verify ch2-ftp against vsftpd: with a PORT before its first listing, and without what needs a full disk" {
	vsftpd_server
	mkdir -m 777 "$BATS_TEST_TMPDIR/v/ftp/homework"
	echo 'What is a port?' >"$BATS_TEST_TMPDIR/v/ftp/homework/week1.txt"
	awk '$0 == "C: LIST" { print "C: PORT {{port}}\nS: 200 ok" }
		$0 == "C: STOR film.mpg" || /^S: 452/ { next } { print }' \
		"$ROOT/transcripts/ch2-ftp.txt" >"$BATS_TEST_TMPDIR/ch2.txt"
	run -0 timeout 20 "$PARLANCE" verify "$BATS_TEST_TMPDIR/ch2.txt" --to "ftp://$server" --map alice=anonymous --match class
	same 159 "$(stat -c %s "$BATS_TEST_TMPDIR/v/ftp/homework/answers.txt")"
}
