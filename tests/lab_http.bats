# The lab's HTTP server: by hand, with the clients that people use, and with whatever else may come.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

PASSWORD=redqueen # bob's

start() {
	lab --only http,https
	URL=http://127.0.0.1:$(lab_port http)
}

# by_hand: says what stands on stdin as printf %b prints it, all at once, then says no more; prints what comes, CRs removed.
by_hand() {
	run -0 timeout 20 "$PYTHON" -c '
import socket, sys
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
peer.sendall(sys.stdin.read().rstrip("\n").encode("latin-1").decode("unicode_escape").encode("latin-1"))
peer.shutdown(socket.SHUT_WR)
heard = b""
while piece := peer.recv(65536):
    heard += piece
sys.stdout.write(heard.decode("latin-1").replace("\r\n", "\n"))
' "$(lab_port http)"
}

# statuses: the codes of all responses in $output, on one line.
statuses() {
	grep -oE 'HTTP/1\.1 [0-9]{3} ' <<<"$output" | cut -d' ' -f2 | paste -sd' ' -
}

# answers STATUSES REQUESTS...: each of the requests, said by hand on a connection of its own, gets these statuses.
answers() {
	run -0 timeout 20 "$PYTHON" -c '
import re, socket, sys
for said in sys.argv[3:]:
    peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
    peer.sendall(said.encode("latin-1", "surrogateescape").decode("unicode_escape").encode("latin-1"))
    peer.shutdown(socket.SHUT_WR)
    heard = b""
    while piece := peer.recv(65536):
        heard += piece
    statuses = " ".join(re.findall(r"HTTP/1\.1 (\d{3}) ", heard.decode("latin-1")))
    if statuses != sys.argv[2]:
        print(said[:300], "gets", statuses)
' "$(lab_port http)" "$@"
	same "" "$output"
}

# code CURL_OPTION...: the status that curl gets.
code() {
	curl -s -o /dev/null -w '%{http_code}' --max-time 10 "$@"
}

HOST='Host: a\r\n'

@test "a page by hand: HTTP/1.0 closes, HTTP/1.1 needs Host and stays" {
	start
	by_hand <<<'GET / HTTP/1.0\r\n\r\n'
	has "HTTP/1.1 200 OK" "Connection: close" "Content-Type: text/html; charset=utf-8" "Server: parlance-lab"
	grep -qE '^Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] [A-Z][a-z]{2} 20[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT$' <<<"$output"
	answers 400 'GET / HTTP/1.1\r\n\r\n'
	answers "200 200" "GET / HTTP/1.1\r\n${HOST}\r\nGET / HTTP/1.1\r\n${HOST}\r\n"
	answers "200 200" 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n'
	answers 200 "GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\nGET / HTTP/1.1\r\n${HOST}\r\n"
	answers 200 "GET http://www.example.com/ HTTP/1.0\r\n\r\n"
	answers "200 200" "GET http://a/ HTTP/1.1\r\nHost: other\r\n\r\nGET http://a HTTP/1.1\r\n${HOST}\r\n"
	answers "421 400" "GET https://a/ HTTP/1.1\r\n${HOST}\r\nGET http://u@a/ HTTP/1.1\r\n${HOST}\r\n"
}

@test "requests sent at once are answered in their order, bodies passed over exactly" {
	start
	by_hand <<<"POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nfirstPOST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nsec\r\n003\r\nond\r\n0\r\nX: y\r\n\r\nHEAD / HTTP/1.1\r\n${HOST}\r\nPOST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nthird"
	same "200 200 200 200" "$(statuses)"
	same "firstHTTP/1.1 secondHTTP/1.1 third" "$(grep -oE '^(first|second|third)(HTTP/1.1)?' <<<"$output" | paste -sd' ' -)"
}

@test "however a request is cut, the answer is the same; who says no more still hears all" {
	start
	run -0 timeout 20 "$PYTHON" -c '
import re, socket, sys
port = int(sys.argv[1])
def ask(said, pieces):
    peer = socket.create_connection(("127.0.0.1", port), 10)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for piece in pieces:
        peer.sendall(piece)
    peer.shutdown(socket.SHUT_WR)
    heard = b""
    while piece := peer.recv(1 << 20):
        heard += piece
    return re.sub(rb"(Date|Last-Modified|ETag): .*?\r\n", b"", heard)
said = (b"\r\nPUT /~bob/f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4;x=\"y\"\r\n\r\n\r\n\r\n0\r\nX: y\r\n\r\n"
        b"GET /~bob/f HTTP/1.1\r\nHost: a\r\nRange: bytes=1-2\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n\r\nTRACE / HTTP/1.1\r\nHost: a\r\n\r\n")
ask(said, [said])
whole = ask(said, [said])
print(re.findall(rb"HTTP/1\.1 (\d+)", whole))
print(ask(said, [said[i:i + 1] for i in range(len(said))]) == whole)
print(all(ask(said, [said[:i], said[i:]]) == whole for i in range(0, len(said), 7)))
big = b"PUT /~bob/big HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2000000
print(len(ask(big, [big, b"GET /~bob/big HTTP/1.1\r\nHost: a\r\n\r\n"])) > 2000000)
' "$(lab_port http)"
	same "[b'204', b'206', b'200', b'200']
True
True
True" "$output"
}

@test "the framing of a body is read by the letter: what could be smuggled gets 400 and the close" {
	start
	local next="GET / HTTP/1.1\r\n${HOST}\r\n" field body said=()
	for field in 'Content-Length: 5\r\nTransfer-Encoding: chunked' 'Content-Length: 5\r\nContent-Length: 6' \
		'Content-Length: 5, 6' 'Content-Length: +5' 'Content-Length: -1' 'Content-Length: 0x5' 'Content-Length: 5 5' \
		'Content-Length: ' 'Content-Length: 99999999999999999999' 'Content-Length : 5' 'Transfer-Encoding : chunked' \
		'Transfer-Encoding: chunked, gzip' 'Transfer-Encoding: chunked, chunked' 'Transfer-Encoding: ' \
		'Transfer-Encoding:\x0bchunked' 'Transfer-Encoding: chunked\x00' 'Transfer-Encoding:\r\n chunked' 'Transfer-Encoding: chunked;a=b'; do
		said+=("POST / HTTP/1.1\r\n${HOST}$field\r\n\r\nhello$next")
	done
	said+=("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$next")
	for body in '5\r\nhello!\r\n0\r\n\r\n' '5\r\nhello0\r\n\r\n' 'x\r\nhello\r\n0\r\n\r\n' '+5\r\nhello\r\n0\r\n\r\n' \
		'5 \r\nhello\r\n0\r\n\r\n' '5;\r\nhello\r\n0\r\n\r\n' '5\nhello\r\n0\r\n\r\n' '5\r\nhello\n0\r\n\r\n' \
		'FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n' '5\r\nhello\r\n0\r\nbad trailer\r\n\r\n' '5;a=\x01\r\nhello\r\n0\r\n\r\n'; do
		said+=("POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n$body$next")
	done
	answers 400 "${said[@]}"
	answers 501 "POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip\r\n\r\n$next" \
		"POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n$next"
	by_hand <<<"POST / HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\nhello"
	has "400 Bad Request" "The request is not complete."
}

@test "what is no request, or no field, is refused with the reason" {
	start
	local line said=()
	for line in 'GET /' 'GET' 'nonsense' 'GET  / HTTP/1.1' 'GET / HTTP/1.1 ' 'GET\t/ HTTP/1.1' 'GET /a b HTTP/1.1' 'GET / http/1.1' \
		'GET / HTTP/1' 'GET / HTTP/1.10' 'GET /#a HTTP/1.1' 'GET /\xc3\xa9 HTTP/1.1' 'GET /%zz HTTP/1.1' 'GET /%00 HTTP/1.1' \
		'GET * HTTP/1.1' 'GET a HTTP/1.1' 'GET a:80 HTTP/1.1' 'G{T / HTTP/1.1' 'CONNECT / HTTP/1.1'; do
		said+=("$line\r\n${HOST}\r\n")
	done
	for line in 'X : y' ' X: y' 'X' ': y' 'X[]: y' 'X: \x07' 'X: a\rb' 'X: \x00' 'Host: b' 'X: y\n' 'X: \x7f' '\xc3\xa9: y'; do
		said+=("GET / HTTP/1.1\r\n${HOST}$line\r\n\r\n")
	done
	for line in 'a b' 'a/b' 'u@a' 'a,b' '' 'a:x' '[::1'; do
		said+=("GET / HTTP/1.1\r\nHost: $line\r\n\r\n")
	done
	answers 400 "${said[@]}"
	answers 200 "\r\nGET / HTTP/1.1\r\nhOsT:\t[::1]:80 \r\nEmpty:\r\nX: \xff\r\n\r\n"
	answers 505 "GET / HTTP/2.0\r\n${HOST}\r\n"
	answers 200 "GET / HTTP/1.2\r\n${HOST}\r\n"
	answers "501 501 501" "get / HTTP/1.1\r\n${HOST}\r\nPATCH / HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\nxCONNECT a:1 HTTP/1.1\r\n${HOST}\r\n"
}

@test "long lines: 414, 431, 413, and the next client is served" {
	start
	local long
	long=$(printf '%20000s' '' | tr ' ' a)
	answers 404 "GET /${long:0:8000} HTTP/1.1\r\n${HOST}\r\n"
	answers 414 "GET /$long HTTP/1.1\r\n${HOST}\r\n"
	answers 400 "$long\r\n\r\n"
	answers 200 "GET / HTTP/1.1\r\n${HOST}X: $long\r\n\r\n"
	answers 431 "GET / HTTP/1.1\r\n${HOST}A: $long\r\nB: $long\r\nC: $long\r\nD: $long\r\n\r\n"
	answers 431 "GET / HTTP/1.1\r\n${HOST}$(printf 'X: y\\r\\n%.0s' {1..300})\r\n"
	answers 413 "POST / HTTP/1.1\r\n${HOST}Content-Length: 999999999\r\n\r\n"
	answers 413 "POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nfffffff\r\n"
	answers 200 "GET / HTTP/1.1\r\n${HOST}\r\n"
}

@test "methods: HEAD, OPTIONS, TRACE, and 405 with Allow" {
	start
	by_hand <<<"HEAD / HTTP/1.1\r\n${HOST}\r\nOPTIONS * HTTP/1.1\r\n${HOST}\r\nOPTIONS /mail/ HTTP/1.1\r\n${HOST}\r\nDELETE / HTTP/1.1\r\n${HOST}\r\n"
	same "200 204 204 405" "$(statuses)"
	has "Allow: GET, HEAD, OPTIONS, TRACE" "Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE" "Allow: GET, HEAD, POST, OPTIONS, TRACE"
	has_not "<html"
	by_hand <<<"TRACE / HTTP/1.1\r\n${HOST}X: y\r\nAuthorization: Basic secret\r\nCookie: secret\r\n\r\n"
	has "Content-Type: message/http" "TRACE / HTTP/1.1" "X: y"
	has_not secret
	answers 400 "TRACE / HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\nx"
	answers 200 "TRACE / HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n"
	answers "411 411" "PUT /x HTTP/1.1\r\n${HOST}\r\nPOST / HTTP/1.0\r\n\r\n"
}

@test "Expect: 100-continue, or another, or from HTTP/1.0" {
	start
	answers "100 200" "POST / HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
	answers 405 "POST /mail/ HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
	answers 417 "POST / HTTP/1.1\r\n${HOST}Expect: wonders\r\nContent-Length: 1\r\n\r\nx"
	answers 200 "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
	answers 412 "PUT /index.html HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nIf-None-Match: *\r\nContent-Length: 9\r\n\r\n"
}

@test "conditions are judged in the order of the RFC" {
	require curl
	start
	local page=$URL/index.html tag changed
	tag=$(curl -sI "$page" | tr -d '\r' | sed -n 's/^ETag: //p')
	changed=$(curl -sI "$page" | tr -d '\r' | sed -n 's/^Last-Modified: //p')
	[[ $tag == \"*\" && $changed == *GMT ]]
	local old='Sun, 06 Nov 1994 08:49:37 GMT'
	same 304 "$(code -H "If-None-Match: $tag" "$page")"
	same 304 "$(code -H "If-None-Match: \"x\", W/$tag" "$page")"
	same 200 "$(code -H "If-None-Match: ${tag//\"/}" "$page")"
	same 200 "$(code -H 'If-None-Match: "x"' -H "If-Modified-Since: $changed" "$page")"
	same 304 "$(code -H "If-Modified-Since: $changed" "$page")"
	same 200 "$(code -H "If-Modified-Since: $old" "$page")"
	same 200 "$(code -H "If-Modified-Since: nonsense" "$page")"
	same 412 "$(code -H "If-Unmodified-Since: $old" "$page")"
	same 200 "$(code -H "If-Unmodified-Since: $old" -H "If-Match: $tag" "$page")"
	same 412 "$(code -H "If-Match: W/$tag" "$page")"
	same 304 "$(code -H "If-Match: *" -H "If-None-Match: $tag" "$page")"
	same 412 "$(code -H "If-Match: \"x\"" -X DELETE "$page")"
	same 412 "$(code -H "If-None-Match: *" -X PUT -d x "$page")"
	same 412 "$(code -H "If-Match: *" -T - "$URL/nothing" <<<x)"
}

@test "ranges: one, several, none, and only where the file is still the same" {
	require curl
	start
	seq -w 0 999 >"$BATS_TEST_TMPDIR/numbers"
	local file=$URL/~bob/numbers tag
	same 201 "$(code -T "$BATS_TEST_TMPDIR/numbers" "$file")"
	same 206 "$(code -r 4-7 "$file")"
	same 001 "$(curl -s -r 4-6 "$file")"
	same 999 "$(curl -s -r -4 "$file")"
	run -0 curl -si -r 0-2,4-6 "$file"
	has "Content-Type: multipart/byteranges; boundary=" "Content-Range: bytes 0-2/4000" "Content-Range: bytes 4-6/4000"
	run -0 "$PYTHON" -c '
import email, sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Range": "bytes=0-3,-4"})
answer = urllib.request.urlopen(request)
message = email.message_from_bytes(b"Content-Type: " + answer.headers["Content-Type"].encode() + b"\r\n\r\n" + answer.read())
print([(p["Content-Range"], p.get_payload(decode=True)) for p in message.get_payload()])' "$file"
	same "[('bytes 0-3/4000', b'000\\n'), ('bytes 3996-3999/4000', b'999\\n')]" "$output"
	run -0 curl -si -r 4000- "$file"
	has "416 Range Not Satisfiable" "Content-Range: bytes */4000"
	same 200 "$(code -H 'Range: lines=1-2' "$file")"
	same 200 "$(code -r "$(printf '0-,%.0s' {1..100})0-" "$file")"
	tag=$(curl -sI "$file" | tr -d '\r' | sed -n 's/^ETag: //p')
	same "206 200 200" "$(code -r 0-1 -H "If-Range: $tag" "$file") $(code -r 0-1 -H 'If-Range: "x"' "$file") $(code -r 0-1 -I "$file")"
	# A download that was cut off goes on.
	head -c 1000 "$BATS_TEST_TMPDIR/numbers" >"$BATS_TEST_TMPDIR/part"
	curl -s -C - -o "$BATS_TEST_TMPDIR/part" "$file"
	cmp "$BATS_TEST_TMPDIR/numbers" "$BATS_TEST_TMPDIR/part"
	head -c 2000 "$BATS_TEST_TMPDIR/numbers" >"$BATS_TEST_TMPDIR/wget"
	require wget
	wget -q -c -O "$BATS_TEST_TMPDIR/wget" "$file"
	cmp "$BATS_TEST_TMPDIR/numbers" "$BATS_TEST_TMPDIR/wget"
}

@test "PUT and DELETE change the files; what stands in the way is said" {
	require curl
	start
	local file=$URL/~bob/a%20b%C3%BC.txt
	same "201 204" "$(code -T - "$file" <<<one) $(code -T - "$file" <<<two)"
	same two "$(curl -s "$file")"
	run -0 curl -s "$URL/~bob/"
	has '<a href="./a%20b%C3%BC.txt">a bü.txt</a>'
	same "204 404" "$(code -X DELETE "$file") $(code -X DELETE "$file")"
	same "409 409 409" "$(code -T - "$URL/~bob/none/x" <<<x) $(code -T - "$URL/~bob/homework" <<<x) $(code -X DELETE "$URL/~bob/homework/")"
	same 507 "$(head -c 100000 /dev/zero | code -T - "$URL/~bob/quota/x")"
	same "400 404" "$(code -H 'Content-Range: bytes 0-1/9' -T - "$URL/~bob/x" <<<x) $(code -T - "$URL/~nobody/x" <<<x)"
	same "200 200" "$(code --path-as-is "$URL/~bob/../../../index.html") $(code --path-as-is "$URL/~bob/%2e%2e/index.html")"
	same "301 /~bob/homework/?q" "$(curl -s -o /dev/null -w '%{http_code}' "$URL/~bob/homework?q") $(curl -sI "$URL/~bob/homework?q" | tr -d '\r' | sed -n 's/^Location: //p')"
}

@test "30 MB go up and come down in pieces, over TLS too" {
	require curl
	start_server lab "$PARLANCE" lab --port all=0 --only http,https --quiet
	wait_for_line lab '^listening https '
	URL=http://127.0.0.1:$(lab_port http)
	local big=$BATS_TEST_TMPDIR/big
	head -c 30000000 /dev/urandom >"$big"
	same 201 "$(code --max-time 60 -T "$big" "$URL/~bob/big")"
	curl -s "$URL/~bob/big" | cmp - "$big"
	curl -sk "https://127.0.0.1:$(lab_port https)/~bob/big" | cmp - "$big"
	same "$(tail -c 10 "$big" | base64)" "$(curl -s -r -10 "$URL/~bob/big" | base64)"
	same 204 "$(code -X DELETE "$URL/~bob/big")"
}

@test "Basic and Digest let the lab's users in, and nobody else" {
	require curl
	start
	same "401 200 401 401" "$(code "$URL/basic") $(code -u "bob:$PASSWORD" "$URL/basic") $(code -u bob:wrong "$URL/basic") $(code -H 'Authorization: Basic !' "$URL/basic")"
	same "401 200 401" "$(code "$URL/digest") $(code --digest -u "bob:$PASSWORD" "$URL/digest") $(code --digest -u bob:wrong "$URL/digest")"
	run -0 curl -si "$URL/digest"
	has 'WWW-Authenticate: Digest realm="parlance lab", qop="auth", algorithm=SHA-256' 'algorithm=MD5'
	run -0 "$PYTHON" -c '
import sys, urllib.request as u
passwords = u.HTTPPasswordMgrWithDefaultRealm()
passwords.add_password(None, sys.argv[1], "bob", sys.argv[2])
print(u.build_opener(u.HTTPDigestAuthHandler(passwords)).open(sys.argv[1] + "/digest-md5").status)' "$URL" "$PASSWORD"
	same 200 "$output"
	# A nonce that was never ours gives no "stale"; one parameter twice is malformed.
	run -0 curl -si -H 'Authorization: Digest username="bob", realm="parlance lab", nonce="00", uri="/digest", qop=auth, nc=00000001, cnonce="a", response="00"' "$URL/digest"
	has "401 Unauthorized"
	has_not "stale"
	same 400 "$(code -H 'Authorization: Digest username="bob", username="eve"' "$URL/digest")"
}

@test "practice pages: every status, redirects, chunks, cookies, the request as it came" {
	require curl
	start
	local status
	for status in 204 205 300 304 401 404 405 407 408 418 426 500 503 599; do
		same $status "$(code "$URL/status/$status")"
	done
	same "404 404 404" "$(code "$URL/status/600") $(code "$URL/status/x") $(code "$URL/redirect/404")"
	by_hand <<<"GET /status/103 HTTP/1.1\r\n${HOST}\r\nGET /status/103 HTTP/1.0\r\n\r\n"
	same "103 200 200" "$(statuses)"
	for status in 301 302 303; do
		same "GET /echo HTTP/1.1" "$(curl -sL -d x=y "$URL/redirect/$status" | head -1 | tr -d '\r')"
	done
	for status in 307 308; do
		same "POST /echo HTTP/1.1 x=y" "$(curl -sL -d x=y "$URL/redirect/$status" | tr -d '\r' | sed -n '1p;$p' | paste -sd' ' -)"
	done
	by_hand <<<"GET /chunked HTTP/1.1\r\n${HOST}\r\nGET /chunked HTTP/1.0\r\n\r\n"
	has "Transfer-Encoding: chunked" "Trailer: Repr-Digest" "Repr-Digest: sha-256=:"
	same 2 "$(grep -c "^This page comes in chunks" <<<"$output")"
	same 1 "$(grep -c "^Transfer-Encoding" <<<"$output")"
	curl -s -c "$BATS_TEST_TMPDIR/jar" "$URL/cookies" >/dev/null
	same "visits=1 visits=2" "$(curl -s -b "$BATS_TEST_TMPDIR/jar" -c "$BATS_TEST_TMPDIR/jar" "$URL/cookies") $(curl -s -b "$BATS_TEST_TMPDIR/jar" "$URL/cookies")"
	run -0 curl -si -H 'X: <script>' -d '<b>' "$URL/echo"
	has "Content-Type: text/plain; charset=utf-8" "X-Content-Type-Options: nosniff" "X: <script>" "<b>"
}

@test "the mailboxes are pages: lists, a message read, its source and its parts; nothing of it becomes HTML" {
	require curl
	printf '%s\n' 'From eve Thu Jan  1 00:00:00 2026' 'From: =?utf-8?q?E=CC=88ve?= <eve@example.com>' 'Subject: <script>alert(1)</script>' \
		'MIME-Version: 1.0' 'Content-Type: multipart/mixed; boundary=b' '' '--b' 'Content-Type: text/plain; charset=iso-8859-1' \
		'Content-Transfer-Encoding: quoted-printable' '' 'Gr=FC=DFe <b>&amp; "' '--b' 'Content-Type: text/html' \
		'Content-Disposition: attachment; filename="a\"b.html"' '' '<script>alert(2)</script>' '--b--' >"$BATS_TEST_TMPDIR/mbox"
	lab --only http --user eve:secret --mbox "$BATS_TEST_TMPDIR/mbox"
	URL=http://127.0.0.1:$(lab_port http)
	run -0 curl -s "$URL/mail/"
	has '<a href="/mail/eve/">eve</a>' '<a href="/mail/outbox/">outbox</a>'
	same "301 301 404 404 200" "$(code "$URL/mail") $(code "$URL/mail/eve/INBOX") $(code "$URL/mail/nobody/") $(code "$URL/mail/eve/INBOX/99") $(code "$URL/mail/eve/")"
	run -0 curl -s "$URL/mail/eve/INBOX/"
	has '&lt;script&gt;alert(1)&lt;/script&gt;' 'Ëve &lt;eve@example.com&gt;'
	has_not '<script'
	local uid
	uid=$(grep -oE 'href="[0-9]+"' <<<"$output" | head -1 | tr -dc 0-9)
	run -0 curl -si "$URL/mail/eve/INBOX/$uid"
	has "Content-Security-Policy: default-src 'none'" 'Grüße &lt;b&gt;&amp;amp; &quot;' "$uid/part-2"
	has_not '<script'
	run -0 curl -si "$URL/mail/eve/INBOX/$uid/part-2"
	has "Content-Disposition: attachment; filename=\"a_b.html\"" "Content-Security-Policy: sandbox" '<script>alert(2)</script>'
	run -0 curl -si "$URL/mail/eve/INBOX/$uid/raw"
	has "Content-Type: message/rfc822" "Subject: <script>alert(1)</script>"
}

@test "a file put there by FTP and a message sent by SMTP are there at once" {
	require curl
	lab --only http,ftp,smtp
	URL=http://127.0.0.1:$(lab_port http)
	echo "by FTP" | curl -s -T - "ftp://bob:$PASSWORD@127.0.0.1:$(lab_port ftp)/up.txt"
	same "by FTP" "$(curl -s "$URL/~bob/up.txt")"
	printf 'From: a@b.c\r\nSubject: by SMTP\r\n\r\nhi\r\n' |
		curl -s "smtp://127.0.0.1:$(lab_port smtp)" --mail-from a@b.c --mail-rcpt bob@localhost -T -
	run -0 curl -s "$URL/mail/bob/INBOX/"
	has "by SMTP"
}

@test "Python's http.client keeps its connection; wget takes the site with all that hangs on it" {
	start
	run -0 "$PYTHON" -c '
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
seen = []
for method, path, body in [("GET", "/", None), ("POST", "/", b"x" * 100000), ("PUT", "/~bob/p", iter([b"a", b"b"])), ("HEAD", "/~bob/p", None), ("GET", "/~bob/p", None), ("DELETE", "/~bob/p", None)]:
    c.request(method, path, body, encode_chunked=not isinstance(body, (bytes, type(None))), headers={"Transfer-Encoding": "chunked"} if method == "PUT" else {})
    r = c.getresponse()
    seen.append((r.status, len(r.read())))
    socket = c.sock
    assert socket is not None
print(seen[1:2], [s for s, n in seen], seen[4])' "$(lab_port http)"
	same "[(200, 100000)] [200, 200, 201, 200, 200, 204] (200, 2)" "$output"
	require wget
	cd "$BATS_TEST_TMPDIR" || return
	run wget -q -r -nH -l 2 -P site "$URL/index.html"
	same "0" "$status"
	[[ -s site/index.html && -s site/numbers.txt && -s site/images/bubble.png ]]
}

@test "the documents' conversations get the status that they print" {
	run -0 "$PARLANCE" verify --to lab clug-http10 clug-http10-corrected clug-http11 clug-http11-corrected clug-http11-close clug-http11-close-corrected
	has_not "not ok"
}

@test "an answer that closes is read to its end, though the body was not" {
	require curl
	start
	head -c 3000000 /dev/zero >"$BATS_TEST_TMPDIR/big"
	for _ in 1 2 3 4 5; do
		same 413 "$(code -H Expect: --data-binary "@$BATS_TEST_TMPDIR/big" "$URL/")"
	done
}
