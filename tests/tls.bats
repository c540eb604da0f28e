# TLS as a person meets it: what is told of a good certificate, of each bad one, and what each option does. The
# certificates are made by tls/authority, and shown by tls/faults.py.
#
# The helpers and bats set what is not set here.
# shellcheck disable=SC2154

load helpers

setup_file() {
	export CA=$BATS_FILE_TMPDIR/ca
	type -P openssl >/dev/null || return 0
	"$PYTHON" "$BATS_TEST_DIRNAME/tls/authority" "$CA"
}

# What the tester's own surroundings trust or write is left out.
setup() {
	setup_home
	require openssl
	unset SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE
}

# ---- servers ----

# fresh COMMAND...: start_server tls, once what the server before it has said is gone.
fresh() {
	rm -f "$BATS_TEST_TMPDIR/tls.out"
	start_server tls "$@"
}

# tls_server NAME OPTION...: a server with that certificate; its port goes to $port.
tls_server() {
	fresh "$PYTHON" -B "$BATS_TEST_DIRNAME/tls/faults.py" "$CA" "$@"
	wait_for_line tls '^listening '
	port=${line#listening }
}

# s_server NAME OPTION...: OpenSSL's own, with that certificate, for what Python's ssl cannot do; it says each line
# backwards. Its port goes to $port.
s_server() {
	fresh openssl s_server -accept 127.0.0.1:0 -cert "$CA/$1.pem" -cert_chain "$CA/intermediate.pem" \
		-key "$CA/$1.key" -rev "${@:2}"
	wait_for_line tls '^ACCEPT '
	port=${line##*:}
}

# log REGEX: waits until the server has told of such a thing.
log() {
	wait_for_line tls "$1"
}

# never REGEX: the server has told of no such thing.
never() {
	! grep -E -- "$1" "$BATS_TEST_TMPDIR/tls.out" >&2
}

# ---- talking ----

# commands WORD...: what is said, in the protocol that one of the words names.
commands() {
	case "$*" in
	*imap* | *:993) printf 'a1 NOOP\na2 LOGOUT\n' ;;
	*) printf 'NOOP\nQUIT\n' ;;
	esac
}

# talk OPTION... TARGET: does nothing there and says goodbye, trusting the test's authority.
talk() {
	talk_only --cacert "$CA/ca.pem" "$@"
}

# talk_only OPTION... TARGET: the same, trusting nobody but whom the system or the options name.
talk_only() {
	commands "$@" | timeout 20 "$PARLANCE" -w 5 "$@"
}

# say LINES OPTION... TARGET: says those lines instead.
say() {
	timeout 20 "$PARLANCE" --cacert "$CA/ca.pem" -w 5 "${@:2}" <<<"$1"
}

# ---- what was printed ----

# one_line WORDS...: $stderr is one line of ours, safe to show, in which each regular expression is found.
one_line() {
	local words
	safe "$stderr"
	[[ $stderr == 'parlance: '* && $stderr != *$'\n'* ]] || {
		printf 'not one line of ours:\n%s\n' "$stderr" >&2
		return 1
	}
	for words; do
		grep -Eiq -- "$words" <<<"$stderr" || {
			printf 'not said: %s\nin: %s\n' "$words" "$stderr" >&2
			return 1
		}
	done
}

# told REGEX: a line of $output says it.
told() {
	grep -Eiq -- "$1" <<<"$output" || {
		printf 'not told: %s\nin:\n%s\n' "$1" "$output" >&2
		return 1
	}
}

# unforged TEXT: no line of it came out of a certificate.
unforged() {
	! grep -E '^(S: 250 forged|C: QUIT.)' <<<"$1" >&2
}

# explained TEXT: it holds none of OpenSSL's own words, which say little to whom they are new.
explained() {
	! grep -E 'error:[0-9A-F]{8}|SSL routines|lookup:|unable to (get|verify)|tlsv1|sslv3|X509_V_' <<<"$1" >&2
}

# safe TEXT: no control in it but LF and tab, no C1 control, no bidi mark, no invalid UTF-8.
safe() {
	printf '%s' "$1" | "$PYTHON" -c '
import re, sys
text = sys.stdin.buffer.read().decode()
found = re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", text)
if found:
    sys.exit(f"U+{ord(found[0]):04X} in {text[max(0, found.start() - 40):found.end() + 20]!r}")'
}

# refuses NAME WORDS...: the server's certificate is refused, before a word is said, in one line that holds the words,
# and the server is told by an alert.
refuses() {
	local name=$1
	shift
	tls_server "$name"
	run -4 --separate-stderr talk "smtps://localhost:$port"
	one_line "127\.0\.0\.1:$port: TLS: " "$@"
	[[ $stderr != *'?;'* ]] && ((${#stderr} <= 330))
	explained "$output$stderr"
	log '^refused .*ALERT'
	never '^heard'
}

# verbose REGEX: with -v OpenSSL's own words are told, too.
verbose() {
	run -4 --separate-stderr talk -v "smtps://localhost:$port"
	output+=$'\n'$stderr
	told "$1"
}

# passes WORDS...: with --insecure the conversation goes on, and what is wrong is told: each regular expression holds.
passes() {
	local words
	run -0 --separate-stderr talk -k "smtps://localhost:$port"
	same '' "$stderr"
	for words; do
		told "NOT VERIFIED:.*($words)"
	done
	has 'S: 250 2.0.0 Done'
	has 'S: 221 2.0.0 Bye'
	log "^heard 'QUIT'"
}

# date_of NAME startdate|enddate: the day from or until which that certificate is valid.
date_of() {
	openssl x509 -in "$CA/$1.pem" -noout "-$2" -dateopt iso_8601 | sed 's/.*=//; s/ .*//'
}

# ---- a good certificate ----

@test "a good certificate: what is told in about five lines" {
	tls_server good
	run -0 --separate-stderr talk "smtps://localhost:$port"
	same '' "$stderr"
	has 'TLS: implicit'
	told '^# .*TLS 1\.3.*TLS_AES_256_GCM_SHA384'
	told '^# .*(X25519|P-256).*'
	told '^# The certificate is for localhost, whom we asked for \(also for mail\.example, 127\.0\.0\.1 and 1 more\)\.$'
	told '^# .*Parlance Test R1.*Parlance Test Root'
	told "^# .*valid.*$(date_of good enddate).*P-256"
	has 'S: 220 mail.example ESMTP'
	has 'S: 221 2.0.0 Bye'
	(($(sed -n '/TLS 1/,/^S: 220/p' <<<"$output" | grep -c '^# ') <= 6))
	has_not '\n'
	has_not 'NOT VERIFIED'
	log '^tls TLSv1.3'
	log '^bye'
}

@test "--insecure where nothing is wrong: nothing is said to be" {
	tls_server good
	run -0 talk -k "smtps://localhost:$port"
	told '^# .*certificate is for localhost'
	has_not 'NOT VERIFIED'
}

@test "an RSA key, and key transport, which is not forward secret" {
	tls_server rsa
	run -0 talk --tls-max 1.2 --ciphers AES256-GCM-SHA384 "smtps://localhost:$port"
	told '^# .*TLS 1\.2'
	told '^# .*RSA, 2048 bits'
	told "^# .*(who|anybody|whoever).*(record|key).*"
	has_not 'cannot read it later'
	log '^tls TLSv1.2 AES256-GCM-SHA384'
}

@test "an address as the host: nothing is said by SNI, and the certificate names it" {
	tls_server good
	run -0 talk "smtps://127.0.0.1:$port"
	told 'certificate is for .*127\.0\.0\.1'
	log '^tls .* sni=- '
}

@test "a certificate without names of its own: its CN counts, and that is said to be past its time" {
	tls_server cnonly
	run -0 talk "smtps://localhost:$port"
	told '^# .*localhost'
	told '^# .*\b(CN|common name)\b'
}

@test "each scheme: TLS from the first octet" {
	local scheme
	for scheme in smtp imap pop3 ftp; do
		tls_server good --protocol "$scheme"
		run -0 --separate-stderr talk "${scheme}s://localhost:$port"
		same '' "$stderr"
		log '^tls TLSv1.3'
		log "^heard '.*NOOP'"
		stop_server "$server_pid"
	done
}

@test "https: a request and its answer" {
	tls_server good --protocol http
	run -0 --separate-stderr say $'GET / HTTP/1.1\nHost: localhost\nConnection: close\n' "https://localhost:$port"
	same '' "$stderr"
	has 'S: HTTP/1.1 200 OK'
	log '^tls TLSv1.3'
}

@test "tls: any text service" {
	tls_server good --protocol tcp
	run -0 --separate-stderr say $'good day\nquit' "tls://localhost:$port"
	same '' "$stderr"
	has 'S: GOOD DAY'
}

@test "--tls and a protocol: the same as the scheme" {
	tls_server good
	run -0 --separate-stderr talk --tls -P smtp "localhost:$port"
	same '' "$stderr"
	log "^heard 'QUIT'"
	run -0 --separate-stderr talk --tls "smtp://localhost:$port"
	same '' "$stderr"
}

@test "ports that are TLS's own: TLS without a word, and the protocol from the port" {
	"$PYTHON" -c '
import socket
for port in (465, 990, 993, 995):
    socket.create_server(("127.0.0.1", port)).close()' 2>/dev/null ||
		skip "may not listen on ports 465, 990, 993 and 995"
	local protocol port
	while read -r protocol port; do
		tls_server good --protocol "$protocol" --port "$port"
		run -0 --separate-stderr talk "localhost:$port"
		same '' "$stderr"
		has "Protocol: $protocol"
		has 'TLS: implicit'
		log '^tls TLSv1.3'
		stop_server "$server_pid"
	done <<-'END'
		smtp 465
		imap 993
		pop3 995
		ftp 990
	END
}

# ---- each fault ----

@test "expired: since when, and how long that is" {
	refuses expired expired "$(date_of expired enddate)" '10 days'
	log '^refused .*CERTIFICATE_EXPIRED'
	verbose 'certificate has expired'
	passes "expired.*$(date_of expired enddate)|$(date_of expired enddate).*expired"
}

@test "not yet valid: from when, and what this machine's clock says" {
	refuses notyet 'not (yet )?valid (yet|before|until)|not yet valid' "$(date_of notyet startdate)" 'clock'
	verbose 'certificate is not yet valid'
	passes "$(date_of notyet startdate)"
}

@test "a wrong name: the names that it has, and the option where another is meant" {
	refuses wrongname 'other\.example' localhost '--verify-name|--servername'
	verbose 'hostname mismatch'
	passes 'other\.example'
}

@test "self-signed: nobody vouches for it, and how it is trusted" {
	refuses selfsigned 'itself|self-signed' '--cacert'
	verbose 'self-signed certificate'
	passes 'itself|self-signed'
	run -0 talk_only --cacert "$CA/selfsigned.pem" "smtps://localhost:$port"
	has_not 'NOT VERIFIED'
}

@test "an unknown issuer: who that is" {
	refuses unknown 'Other Root|Somebody Else' '--cacert'
	log '^refused .*UNKNOWN_CA'
	verbose 'unable to (get local issuer|verify the first) certificate'
	passes 'Other Root|Somebody Else'
	run -0 talk_only --cacert "$CA/otherca.pem" "smtps://localhost:$port"
	has_not 'NOT VERIFIED'
}

@test "an unknown authority that is sent along" {
	refuses unknownsent 'Other Root|Somebody Else' '--cacert'
	verbose 'self-signed certificate in certificate chain'
	passes 'Other Root|Somebody Else'
}

@test "the intermediate is not sent: what is missing, and that the server is to send it" {
	refuses missing 'Parlance Test R1' 'intermediate' 'server'
	log '^refused .*UNKNOWN_CA'
	verbose 'unable to (get local issuer|verify the first) certificate'
	passes 'Parlance Test R1'
}

@test "a key that is too weak" {
	refuses weak RSA 1024 'weak|short|small'
	verbose 'key too weak'
	passes 1024
}

@test "where TLS 1.0 is let in, keys and signatures are to be no weaker than else" {
	local name
	for name in weak sha1; do
		tls_server "$name"
		run -4 --separate-stderr talk --tls-min 1.0 "smtps://localhost:$port"
		one_line '1024|SHA-?1'
		stop_server "$server_pid"
	done
}

@test "signed by SHA-1" {
	refuses sha1 'SHA-?1'
	verbose 'digest algorithm too weak'
	passes 'SHA-?1'
}

@test "a certificate for clients only" {
	refuses clientonly 'it is for TLS clients \(clientAuth\), not for TLS servers'
	verbose 'purpose'
	passes client
}

@test "issued by what is no authority" {
	refuses badca 'authority|\bCA\b'
	verbose 'invalid CA certificate|purpose|key usage'
	passes 'authority|\bCA\b'
}

@test "the intermediate is expired: that one, and not the server's" {
	refuses intermediate-expired 'Parlance Test R0' expired "$(date_of oldintermediate enddate)"
	verbose 'certificate has expired'
	passes 'Parlance Test R0'
}

@test "a signature that does not hold" {
	refuses badsignature signature
	verbose 'certificate signature failure'
	passes signature
}

@test "a NUL in a name hides nothing behind it" {
	refuses nulname 'name|for'
	verbose 'hostname mismatch'
	passes 'evil\.example'
}

@test "two faults: --insecure tells both" {
	tls_server expired
	run -4 --separate-stderr talk --verify-name shop.example "smtps://localhost:$port"
	one_line 'expired|shop\.example'
	run -0 talk -k --verify-name shop.example "smtps://localhost:$port"
	told 'NOT VERIFIED:.*shop\.example'
	told 'NOT VERIFIED:.*expired'
}

@test "what was refused is not spoken to, by any protocol" {
	local protocol
	for protocol in imap pop3 ftp http tcp; do
		tls_server selfsigned --protocol "$protocol"
		run -4 --separate-stderr talk --tls "$protocol://localhost:$port"
		one_line 'itself|self-signed'
		never '^heard'
		stop_server "$server_pid"
	done
}

# ---- whom to trust ----

@test "nobody is trusted but the system's authorities, --cacert, --capath and the environment's" {
	tls_server good
	run -4 --separate-stderr talk_only "smtps://localhost:$port"
	one_line 'Parlance Test Root|Parlance Test R1' '--cacert'
	run -0 talk_only --cacert "$CA/ca.pem" "smtps://localhost:$port"
	run -0 talk_only --capath "$CA/ca-dir" "smtps://localhost:$port"
	SSL_CERT_FILE=$CA/ca.pem run -0 talk_only "smtps://localhost:$port"
	SSL_CERT_DIR=$CA/ca-dir run -0 talk_only "smtps://localhost:$port"
}

@test "--cacert: who is in the file is trusted, also where another vouches for it" {
	tls_server good
	run -0 --separate-stderr talk_only --cacert "$CA/intermediate.pem" "smtps://localhost:$port"
	same '' "$stderr"
	told '^# .*Parlance Test R1.*which is trusted here, vouches for it\.$'
	has_not 'NOT VERIFIED'
	run -0 talk_only --cacert "$CA/good.pem" "smtps://localhost:$port"
	has_not 'NOT VERIFIED'
}

@test "--cacert takes the place of the system's authorities" {
	tls_server good
	SSL_CERT_FILE=$CA/ca.pem run -4 --separate-stderr talk_only --cacert "$CA/otherca.pem" "smtps://localhost:$port"
	one_line 'Parlance Test'
}

# ---- names ----

@test "--servername: what SNI says, and whom the certificate must name" {
	tls_server good
	run -0 talk --servername mail.example "smtps://127.0.0.1:$port"
	log 'sni=mail.example '
	told 'for mail\.example'
	run -4 --separate-stderr talk --servername other.example "smtps://localhost:$port"
	one_line 'other\.example'
	log 'refused'
}

@test "--verify-name: apart from what SNI says" {
	tls_server good
	run -0 talk --servername other.example --verify-name mail.example "smtps://localhost:$port"
	log 'sni=other.example '
	run -0 talk --verify-name LOCALHOST "smtps://127.0.0.1:$port"
	run -0 talk --verify-name ::1 "smtps://127.0.0.1:$port"
	run -4 --separate-stderr talk --verify-name 127.0.0.2 "smtps://127.0.0.1:$port"
	one_line '127\.0\.0\.2'
}

@test "--servername with nothing: no SNI, and the host is verified" {
	tls_server good
	run -0 talk --servername '' "smtps://localhost:$port"
	log 'sni=- '
}

@test "a star stands for one label, the first" {
	tls_server wildcard
	run -0 talk --verify-name mail.example.org "smtps://localhost:$port"
	local name
	for name in example.org a.mail.example.org mail.example.com; do
		run -4 --separate-stderr talk --verify-name "$name" "smtps://localhost:$port"
		one_line '\*\.example\.org' "${name//./\\.}"
	done
}

# ---- versions, ciphers, ALPN ----

@test "TLS 1.0 and 1.1 are refused, and reached by --tls-min" {
	local version
	for version in 1.0 1.1; do
		tls_server rsa --max "$version"
		run -4 --separate-stderr talk "smtps://localhost:$port"
		one_line 'TLS 1\.[01]' "--tls-min 1\.[01]"
		explained "$stderr"
		run -0 --separate-stderr talk --tls-min "$version" "smtps://localhost:$port"
		same '' "$stderr"
		told "^# .*TLS ${version/./\\.}"
		stop_server "$server_pid"
	done
}

@test "--tls-min 1.3: a server that goes to 1.2 is refused" {
	tls_server good --max 1.2
	run -4 --separate-stderr talk --tls-min 1.3 "smtps://localhost:$port"
	one_line 'your --tls-min 1\.3 keeps TLS 1\.2 out'
	run -0 talk --tls-min 1.2 "smtps://localhost:$port"
	told 'TLS 1\.2'
}

@test "--tls-max: a version of the past by will, and a server that wants a newer one" {
	tls_server good
	run -0 talk --tls-max 1.2 "smtps://localhost:$port"
	log '^tls TLSv1.2 '
	stop_server "$server_pid"
	tls_server good --min 1.3
	run -4 --separate-stderr talk --tls-max 1.2 "smtps://localhost:$port"
	one_line 'your --tls-max 1\.2 keeps TLS 1\.3 out'
	[[ $stderr != *--tls-min* ]]
}

@test "--ciphers: of TLS 1.2 and of TLS 1.3" {
	tls_server good
	run -0 talk --tls-max 1.2 --ciphers ECDHE-ECDSA-AES128-GCM-SHA256 "smtps://localhost:$port"
	log '^tls TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256 '
	told 'AES-128.*(ECDHE-ECDSA-AES128-GCM-SHA256|TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)'
	run -0 talk --ciphers TLS_CHACHA20_POLY1305_SHA256 "smtps://localhost:$port"
	log '^tls TLSv1.3 TLS_CHACHA20_POLY1305_SHA256 '
	told 'ChaCha20.*TLS_CHACHA20_POLY1305_SHA256'
}

@test "no cipher that both know" {
	tls_server good --max 1.2 --ciphers ECDHE-ECDSA-AES256-GCM-SHA384
	run -4 --separate-stderr talk --ciphers ECDHE-ECDSA-AES128-GCM-SHA256 "smtps://localhost:$port"
	one_line cipher '--ciphers|handshake_failure'
	explained "$stderr"
	run -4 --separate-stderr talk -v --ciphers ECDHE-ECDSA-AES128-GCM-SHA256 "smtps://localhost:$port"
	output+=$'\n'$stderr
	told 'handshake failure'
}

@test "--alpn: what was agreed on" {
	tls_server good --protocol http --alpn http/1.1
	run -0 say $'GET / HTTP/1.1\nHost: localhost\nConnection: close\n' --alpn h2,http/1.1 "https://localhost:$port"
	log ' alpn=http/1.1 '
	told '^# .*http/1\.1.*ALPN|^# .*ALPN.*http/1\.1'
}

@test "--alpn: a server that chooses none of them" {
	tls_server good
	run -0 talk --alpn h2,x "smtps://localhost:$port"
	told '^# The server chose none of the protocols that --alpn offered'
	run -0 talk "smtps://localhost:$port"
	has_not ALPN
}

@test "--alpn: a server that knows none of them" {
	s_server good -alpn h2
	run -4 --separate-stderr talk --alpn imap,pop3 "smtps://localhost:$port"
	one_line 'ALPN|application protocol' '--alpn|no_application_protocol'
}

# ---- a client's certificate ----

@test "--cert and --key: the server sees who we are" {
	tls_server good --client required
	run -0 --separate-stderr talk --cert "$CA/client.pem" --key "$CA/client.key" "smtps://localhost:$port"
	same '' "$stderr"
	log ' client=alice$'
	cat "$CA/client.pem" "$CA/client.key" >"$BATS_TEST_TMPDIR/both.pem"
	run -0 talk --cert "$BATS_TEST_TMPDIR/both.pem" --tls-max 1.2 "smtps://localhost:$port"
	log '^tls TLSv1.2 .* client=alice$'
}

@test "a certificate is required and none was given: what to give" {
	local version
	for version in 1.2 1.3; do
		tls_server good --client required --max "$version"
		run -4 --separate-stderr talk "smtps://localhost:$port"
		one_line 'client.*certificate|certificate of (ours|yours|the client)' '--cert'
		explained "$stderr"
		never '^heard'
		stop_server "$server_pid"
	done
}

@test "a certificate is required: whose it must be, shown safely" {
	local version
	for version in tls1_2 tls1_3; do
		s_server good -Verify 1 -CAfile "$CA/ca.pem" "-$version"
		run -4 --separate-stderr talk "tls://localhost:$port"
		one_line 'Parlance Test Root' '--cert'
		stop_server "$server_pid"
		s_server good -Verify 1 -CAfile "$CA/hostile.pem" "-$version"
		run -4 --separate-stderr talk "tls://localhost:$port"
		one_line '--cert'
		safe "$output"
		stop_server "$server_pid"
	done
}

@test "a certificate is asked for and none was given: the server goes on" {
	tls_server good --client asked
	run -0 --separate-stderr talk "smtps://localhost:$port"
	same '' "$stderr"
	log ' client=-$'
}

@test "the server does not trust our certificate" {
	tls_server good --client required
	run -4 --separate-stderr talk --cert "$CA/selfsigned.pem" --key "$CA/selfsigned.key" "smtps://localhost:$port"
	one_line 'certificate' '(our|your)s?\b|--cert'
}

@test "a key under a passphrase, and no terminal to ask at: 2" {
	tls_server good --client required
	run -2 --separate-stderr setsid -w timeout 20 "$PARLANCE" --cacert "$CA/ca.pem" --cert "$CA/client.pem" \
		--key "$CA/client-encrypted.key" "smtps://localhost:$port" </dev/null
	one_line 'client-encrypted\.key' 'passphrase' 'terminal'
}

# ---- OCSP ----

@test "a stapled response that says good" {
	s_server good -status_file "$CA/good.ocsp"
	run -0 --separate-stderr say abc "tls://localhost:$port"
	same '' "$stderr"
	told '^# .*OCSP|^# .*staple'
	has 'cba'
}

@test "a stapled response that says revoked" {
	s_server revoked -status_file "$CA/revoked.ocsp"
	run -4 --separate-stderr say abc "tls://localhost:$port"
	one_line 'revoked'
	run -0 say abc -k "tls://localhost:$port"
	told 'NOT VERIFIED:.*revoked'
}

@test "a stapled response that is too old, about another certificate, or not signed by who may: it counts for nothing" {
	local response good
	s_server good -status_file "$CA/good.ocsp"
	run -0 say abc "tls://localhost:$port"
	good=$(grep -Ei 'OCSP|staple' <<<"$output" | sed 's/[0-9]//g')
	for response in expired foreign forged unknown; do
		stop_servers
		s_server good -status_file "$CA/$response.ocsp"
		run -0 say abc "tls://localhost:$port"
		told '^# .*OCSP|^# .*staple'
		[[ $(grep -Ei 'OCSP|staple' <<<"$output" | sed 's/[0-9]//g') != "$good" ]]
	done
}

# ---- the chain in full ----

# pems: how many certificates in $output parse; all that begin must.
pems() {
	local n
	sed 's/^#* *//' <<<"$output" | sed -n '/-BEGIN CERTIFICATE-/,/-END CERTIFICATE-/p' >"$BATS_TEST_TMPDIR/chain.pem"
	n=$(grep -c BEGIN "$BATS_TEST_TMPDIR/chain.pem")
	openssl crl2pkcs7 -nocrl -certfile "$BATS_TEST_TMPDIR/chain.pem" | openssl pkcs7 -print_certs -noout |
		grep -c '^subject' | grep -qx "$n"
	echo "$n"
}

# fingerprint NAME: $output holds that certificate's, in two rows.
fingerprint() {
	local wanted
	wanted=$(openssl x509 -in "$CA/$1.pem" -noout -fingerprint -sha256 | cut -d= -f2)
	[[ -n $wanted && ${output//[$'\n #']/} == *"SHA-256:$wanted"* ]]
}

@test "--showcerts: names, issuer, validity, key, fingerprint, PEM" {
	tls_server good
	run -0 talk --showcerts "smtps://localhost:$port"
	same 2 "$(pems)"
	fingerprint good
	fingerprint intermediate
	told 'mail\.example'
	told '127\.0\.0\.1'
	told 'Parlance Test R1'
	told "$(date_of good enddate)"
	told 'P-256'
	same "$(openssl x509 -in "$CA/good.pem")" "$(openssl x509 -in "$BATS_TEST_TMPDIR/chain.pem")"
}

@test "--showcerts: also what was refused" {
	local name
	for name in expired selfsigned wrongname badsignature missing; do
		tls_server "$name"
		run -4 talk --showcerts "smtps://localhost:$port"
		same "$(grep -c BEGIN "$CA/$name.pem")" "$(pems)"
		fingerprint "$name"
		never '^heard'
		stop_server "$server_pid"
	done
}

# ---- certificates that mean harm ----

@test "hostile names: nothing of them reaches the screen as it is" {
	tls_server hostile
	local options
	for options in '' '-v' '--showcerts' '--json' '--raw' '-k'; do
		# The options are words.
		# shellcheck disable=SC2086
		run -0 --separate-stderr talk $options "smtps://localhost:$port"
		safe "${output//$'\r'/}$stderr"
		unforged "$output$stderr"
	done
}

@test "hostile names in what is refused" {
	tls_server hostile
	local options
	for options in '' '-v' '--showcerts' '--json'; do
		# shellcheck disable=SC2086
		run -4 --separate-stderr talk $options --verify-name shop.example "smtps://localhost:$port"
		safe "$output$stderr"
		unforged "$output$stderr"
		((${#stderr} < 4096))
	done
	run -4 --separate-stderr talk --verify-name shop.example "smtps://localhost:$port"
	one_line 'shop\.example'
	run -0 --separate-stderr talk -k --verify-name shop.example "smtps://localhost:$port"
	safe "$output$stderr"
	told 'NOT VERIFIED:.*shop\.example'
}

# ---- what it prints, it reads ----

@test "what was printed of TLS is a transcript" {
	tls_server hostile --upgrade offered
	run -0 --separate-stderr talk --starttls --showcerts "smtp://localhost:$port"
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/record"
	run -0 --separate-stderr "$PARLANCE" annotate "$BATS_TEST_TMPDIR/record"
	same '' "$stderr"
	has '<client starts TLS>'
	has 'S: 221 2.0.0 Bye'
	stop_server "$server_pid"
	tls_server expired
	run -4 --separate-stderr talk --showcerts "smtps://localhost:$port"
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/record"
	run -0 --separate-stderr "$PARLANCE" annotate "$BATS_TEST_TMPDIR/record"
}

@test "a record of TLS holds TLS, and no secret of it" {
	tls_server good --client required
	run -0 talk -r "$BATS_TEST_TMPDIR/record" --cert "$CA/client.pem" --key "$CA/client.key" "smtps://localhost:$port"
	grep -qx 'TLS: implicit' "$BATS_TEST_TMPDIR/record"
	grep -qx 'S: 221 2.0.0 Bye' "$BATS_TEST_TMPDIR/record"
	run ! grep -E 'PRIVATE KEY|SECRET' "$BATS_TEST_TMPDIR/record"
}

# ---- SSLKEYLOGFILE ----

@test "SSLKEYLOGFILE: the keys, for this user alone, added to what is there" {
	export SSLKEYLOGFILE=$BATS_TEST_TMPDIR/keys
	umask 022
	tls_server good
	run -0 talk "smtps://localhost:$port"
	same 600 "$(stat -c %a "$SSLKEYLOGFILE")"
	grep -Eq '^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]{64,}$' "$SSLKEYLOGFILE"
	local before
	before=$(wc -l <"$SSLKEYLOGFILE")
	run -0 talk --tls-max 1.2 "smtps://localhost:$port"
	grep -Eq '^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$' "$SSLKEYLOGFILE"
	(($(wc -l <"$SSLKEYLOGFILE") > before))
	run ! grep -Ev '^(#|[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]+$)' "$SSLKEYLOGFILE"
}

@test "without SSLKEYLOGFILE no keys are written" {
	tls_server good
	cd "$BATS_TEST_TMPDIR"
	run -0 talk "smtps://localhost:$port"
	run ! grep -rlE 'TRAFFIC_SECRET|CLIENT_RANDOM' "$BATS_TEST_TMPDIR"
}

# ---- STARTTLS ----

@test "--starttls: asked for in the protocol's words, and the conversation goes on under TLS" {
	local protocol command
	while read -r protocol command; do
		tls_server good --protocol "$protocol" --upgrade offered
		run -0 --separate-stderr talk --starttls "$protocol://localhost:$port"
		same '' "$stderr"
		has '<client starts TLS>'
		log "^heard '.*$command'"
		log '^tls TLSv1.3'
		log "^heard '.*NOOP'"
		same tls "$(sed -n '/^tls/s/ .*//p; /NOOP/s/ .*//p' "$BATS_TEST_TMPDIR/tls.out" | head -1)"
		stop_server "$server_pid"
	done <<-'END'
		smtp STARTTLS
		lmtp STARTTLS
		imap STARTTLS
		pop3 STLS
		ftp AUTH TLS
	END
}

@test "--starttls for FTP protects the data connections, too" {
	tls_server good --protocol ftp --upgrade offered
	run -0 talk --starttls "ftp://localhost:$port"
	log "^heard 'PBSZ 0'"
	log "^heard 'PROT P'"
}

@test "STARTTLS typed: the handshake begins by itself" {
	local protocol words
	while read -r protocol words; do
		tls_server good --protocol "$protocol" --upgrade offered
		run -0 --separate-stderr say "${words//,/$'\n'}" "$protocol://localhost:$port"
		same '' "$stderr"
		has '<client starts TLS>'
		told '^# .*TLS 1\.3'
		log '^tls TLSv1.3'
		log "^heard '${words##*,}'"
		stop_server "$server_pid"
	done <<-'END'
		smtp EHLO me.example,STARTTLS,EHLO me.example,QUIT
		lmtp LHLO me.example,STARTTLS,LHLO me.example,QUIT
		imap a1 STARTTLS,a2 CAPABILITY,a3 LOGOUT
		pop3 STLS,CAPA,QUIT
		ftp AUTH TLS,PBSZ 0,PROT P,QUIT
	END
}

@test "--starttls where it is not offered: 4, and nothing of ours is said in the clear" {
	local protocol
	for protocol in smtp lmtp imap pop3; do
		tls_server good --protocol "$protocol" --upgrade hidden
		run -4 --separate-stderr talk --starttls "$protocol://localhost:$port"
		one_line 'offer' 'TLS'
		never NOOP
		stop_server "$server_pid"
	done
}

@test "--starttls where it is refused: 4, and nothing of ours is said in the clear" {
	local protocol
	for protocol in smtp lmtp imap pop3 ftp; do
		tls_server good --protocol "$protocol" --upgrade refused
		run -4 --separate-stderr talk --starttls "$protocol://localhost:$port"
		one_line 'refuse|not available|\b(454|504)\b'
		never NOOP
		stop_server "$server_pid"
	done
}

@test "a bad certificate after STARTTLS: as bad as at once" {
	local protocol
	for protocol in smtp imap pop3 ftp; do
		tls_server expired --protocol "$protocol" --upgrade offered
		run -4 --separate-stderr talk --starttls "$protocol://localhost:$port"
		one_line expired "$(date_of expired enddate)"
		never NOOP
		run -0 talk --starttls -k "$protocol://localhost:$port"
		told 'NOT VERIFIED:.*expired'
		log "^heard '.*NOOP'"
		stop_server "$server_pid"
	done
}

# ---- how it ends ----

@test "a close without close_notify after the goodbye: a note, and 0" {
	local protocol
	for protocol in smtp pop3 ftp; do
		tls_server good --protocol "$protocol" --end cut
		run -0 --separate-stderr talk "${protocol}s://localhost:$port"
		same '' "$stderr"
		told '^# .*close_notify'
		stop_server "$server_pid"
	done
}

@test "a close in order after the goodbye: no such note" {
	tls_server good
	run -0 talk "smtps://localhost:$port"
	has 'S: 221 2.0.0 Bye'
	has_not 'close_notify'
}

@test "a close without close_notify before the goodbye: 3" {
	tls_server good --end cut --end-at NOOP
	run -3 --separate-stderr talk "smtps://localhost:$port"
	one_line 'close_notify'
	explained "$stderr"
}

@test "a reset in mid-session: 3" {
	tls_server good --end reset --end-at NOOP
	run -3 --separate-stderr talk "smtps://localhost:$port"
	one_line 'reset'
}

@test "HTTP: a body to the close that was cut off" {
	tls_server good --protocol http --end cut --end-at GET
	run -3 --separate-stderr say $'GET / HTTP/1.1\n' "https://localhost:$port"
	one_line 'close_notify'
}

# ---- JSON ----

@test "--json: a stage, and all that follows is secure" {
	tls_server good
	run -0 --separate-stderr talk --json "smtps://localhost:$port"
	has_event '{"kind":"stage","text":"tls","protocol":"smtp","secure":true}'
	has_event '{"kind":"reply","code":"220","secure":true}'
	has_event '{"kind":"command","verb":"NOOP","secure":true}'
	same connect "$(jq -rs '[.[] | select(.secure | not) | .text] | join(" ")' <<<"$output")"
}

@test "--json and --starttls: what was said before is not secure" {
	tls_server good --upgrade offered
	run -0 --separate-stderr talk --json --starttls "smtp://localhost:$port"
	has_event '{"kind":"command","verb":"STARTTLS","secure":null}'
	has_event '{"kind":"stage","text":"tls","secure":true}'
	has_event '{"kind":"command","verb":"NOOP","secure":true}'
	same true "$(jq -s 'map(.secure // false) | . == sort' <<<"$output")"
}

@test "--json: what was refused is told on stderr, and no event is secure" {
	tls_server expired
	run -4 --separate-stderr talk --json "smtps://localhost:$port"
	one_line expired
	jq -es 'all(.secure | not)' <<<"$output" >/dev/null
}

# ---- usage ----

# misused WORDS OPTION...: usage, in one line that holds the words, and nobody is connected to.
misused() {
	local words=$1
	shift
	run -2 --separate-stderr talk_only "$@"
	one_line "$words"
	same '' "$output"
}

@test "usage: files that cannot be read or used" {
	printf 'nothing of the kind\n' >"$BATS_TEST_TMPDIR/text"
	tls_server good
	local target=smtps://localhost:$port none=$BATS_TEST_TMPDIR/none text=$BATS_TEST_TMPDIR/text
	misused "none.*no such file" --cacert "$none" "$target"
	misused "text.*certificate" --cacert "$text" "$target"
	misused "none" --capath "$none" "$target"
	misused "none.*no such file" --cert "$none" --key "$CA/client.key" "$target"
	misused "none.*no such file" --cert "$CA/client.pem" --key "$none" "$target"
	misused "text.*certificate" --cert "$text" --key "$CA/client.key" "$target"
	misused "text.*key" --cert "$CA/client.pem" --key "$text" "$target"
	misused "client.pem.*key" --cert "$CA/client.pem" "$target"
	misused "--cert" --key "$CA/client.key" "$target"
	same listening "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/tls.out")"
}

@test "usage: a key that is another certificate's" {
	misused "is not the key of" --cert "$CA/client.pem" --key "$CA/good.key" smtps://localhost:1
}

@test "usage: versions and ciphers that there are not" {
	misused "2\.0.*1\.[0-3]" --tls-min 2.0 smtps://localhost:1
	misused "x.*1\.[0-3]" --tls-max x smtps://localhost:1
	misused "1\.3.*1\.2|1\.2.*1\.3" --tls-min 1.3 --tls-max 1.2 smtps://localhost:1
	misused "--tls-min" --tls-max 1.1 smtps://localhost:1
	misused "NONSENSE" --ciphers NONSENSE smtps://localhost:1
	misused "alpn" --alpn '' smtps://localhost:1
	misused "alpn" --alpn "h2,,imap" smtps://localhost:1
}

@test "usage: where TLS cannot be" {
	misused "UDP|datagrams" --tls udp://localhost:1
	misused "UDP|datagrams" --starttls udp://localhost:1
}

@test "--starttls where the protocol knows no such thing: nothing is said in the clear" {
	local protocol
	for protocol in http tcp; do
		tls_server good --protocol "$protocol" --upgrade offered
		run -2 --separate-stderr talk --starttls "$protocol://localhost:$port"
		one_line '--starttls' '--tls'
		never NOOP
		stop_server "$server_pid"
	done
}

@test "a unix socket has no name: it must be said whom the certificate is for" {
	require socat
	tls_server good --protocol imap
	start_server relay socat "UNIX-LISTEN:$BATS_TEST_TMPDIR/socket,fork" "TCP:127.0.0.1:$port"
	wait_for 5 test -S "$BATS_TEST_TMPDIR/socket"
	run -4 --separate-stderr talk -P imap --tls "unix:$BATS_TEST_TMPDIR/socket"
	one_line 'no name' '--verify-name'
	run -0 talk -P imap --tls --verify-name mail.example "unix:$BATS_TEST_TMPDIR/socket"
	told 'mail\.example, as --verify-name says'
}

# ---- at a terminal: each is a function of pty/tls.py, where what is typed and what must show stand ----

pty() {
	run "$PYTHON" "$ROOT/tests/pty/tls.py" "$1"
	((status == 0)) || { echo "$output" && return 1; }
}

@test "terminal: every function of tls.py is a test here" {
	run -0 "$PYTHON" "$ROOT/tests/pty/tls.py"
	local name
	for name in $output; do
		grep -q "pty $name\$" "$BATS_TEST_FILENAME" || { echo "not run: $name" && return 1; }
	done
}

@test "terminal: the prompt says that the line is encrypted" {
	pty prompt_says_tls
}

@test "terminal: behind :open the names that were given are forgotten" {
	pty names_are_for_the_first_host
}

@test "terminal: --insecure is said on every prompt" {
	pty prompt_says_insecure
}

@test "terminal: --insecure is said after STARTTLS, too" {
	pty insecure_is_said_after_starttls
}

@test "terminal: the story on a screen of 40 columns" {
	pty the_story_fits_a_projector
}

@test "terminal: STARTTLS typed" {
	pty starttls_typed
}

@test "terminal: what was announced before TLS is forgotten" {
	pty what_was_announced_before_is_forgotten
}

@test "terminal: :starttls, SMTP" {
	pty colon_starttls_smtp
}

@test "terminal: :starttls, IMAP" {
	pty colon_starttls_imap
}

@test "terminal: :starttls, POP3" {
	pty colon_starttls_pop3
}

@test "terminal: :starttls, FTP" {
	pty colon_starttls_ftp
}

@test "terminal: :starttls where it is not offered" {
	pty colon_starttls_not_offered
}

@test "terminal: STARTTLS typed and refused: the conversation goes on" {
	pty starttls_refused_by_the_server
}

@test "terminal: :tls begins it at once" {
	pty colon_tls
}

@test "terminal: :cert" {
	pty colon_cert
}

@test "terminal: :cert pem" {
	pty colon_cert_pem
}

@test "terminal: :cert pem FILE saves what --cacert takes" {
	pty colon_cert_pem_to_a_file
}

@test "terminal: :cert in the clear" {
	pty colon_cert_where_there_is_none
}

@test "terminal: :cert shows what was refused" {
	pty colon_cert_after_a_refusal
}

@test "terminal: hostile names in :cert" {
	pty hostile_names
}

@test "terminal: a key's passphrase is asked, and does not show" {
	pty passphrase_is_asked
}

@test "terminal: a wrong passphrase" {
	pty passphrase_that_is_wrong
}

@test "terminal: :reconnect is encrypted again" {
	pty reconnect_is_encrypted_again
}

@test "terminal: :open from the clear to TLS, and back" {
	pty open_goes_from_the_clear_to_tls
}

@test "terminal: what is typed in the handshake does not go out in the clear" {
	pty what_is_typed_in_the_handshake_does_not_go_out
}
