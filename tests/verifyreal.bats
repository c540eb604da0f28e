# `verify` with servers that others wrote: every shipped transcript that a right server can follow, corrected or faultless
# as printed, against Dovecot, Postfix and nginx; and records of sessions with them and with vsftpd, verified against the
# server that they were made with.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers
load servers/all

# The people of the documents, with their passwords and mailboxes as the transcripts have them (see tests/servers/start).
# Where two transcripts change the same mailbox, each has its own. Jones is known at foo.com, Green is not.
people='
frobozz             xyzzy               new
username            password            S -
example             example-password    S S S S S S S S S S
bob.deletes         redqueen            new new
bob.ch2             hungry              new new
bob.inst346         hungry              new new
student             example-password    S S ST ST S S ST S S S ST S
student.closes      example-password    S S S S S S S S ST S S S S S S S new new
student.appends     example-password
student@msoe.edu    monkey
nice.try@gmail.com  noitsnotmypassword
Jones@foo.com       unused
'

setup_file() {
	all_start "$people"
}

teardown_file() {
	all_stop
}

setup() {
	all_setup
}

# verify ARGUMENT...: against a server whose certificate is vouched for.
verify() {
	timeout 60 "$PARLANCE" verify -w 10 --cacert "$ca" "$@"
}

# replies TRANSCRIPT: how many it has, as `annotate` counts them.
replies() {
	local file=$1
	[[ -f $file ]] || file=$ROOT/transcripts/$1.txt
	"$PARLANCE" annotate --json "$file" | jq -s 'map(select(.side == "S" and .final)) | length'
}

# passes TRANSCRIPT [OPTION...]: all its replies are compared, and all are as the transcript has them. What is not so is
# told.
passes() {
	local results status=0 compared
	results=$(verify --json --match status "$@" 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
	compared=$(jq -s 'map(select(.kind == "result" and .ok)) | length' <<<"$results")
	((status == 0 && compared >= $(replies "$1"))) || {
		echo "verify $*: exit $status, $compared of $(replies "$1") replies as expected"
		cat "$BATS_TEST_TMPDIR/stderr"
		jq -c 'select(.kind == "result" and (.ok | not))' <<<"$results"
		return 1
	}
}

# all_pass: each line of stdin is TRANSCRIPT TARGET [OPTION...]; all are tried, and those that fail are named.
all_pass() {
	local row failed=0 tried=0
	while read -r -a row; do
		tried=$((tried + 1))
		passes "${row[0]}" --to "${row[@]:1}" || failed=$((failed + 1))
	done
	echo "$failed of $tried failed"
	((tried > 0 && failed == 0))
}

# ---- the shipped transcripts ----

@test "Postfix: the documents' SMTP" {
	require_postfix
	all_pass <<-END
		ewing-smtp                      smtp://localhost:$smtp
		ewing-smtp                      smtp://localhost:$smtp   --map Jones@foo.com=alice@localhost --map Green@foo.com=green@localhost
		clug-smtp-corrected             smtp://localhost:$smtp   --set to=alice@localhost --set to2=jones@foo.com
		inst346-smtp-corrected          smtp://localhost:$smtp   --set to=alice@localhost
		ch2-smtp-corrected              smtp://127.0.0.1:$smtp   --set to=alice@localhost --map crepes.fr=[127.0.0.1]
		cs2911-smtp-corrected           smtp://localhost:$smtp   --set to=jones@foo.com --set unknown=green@foo.com
		cs2911-smtp-starttls-corrected  smtp://localhost:$smtp   --set to=jones@foo.com --set unknown=green@foo.com
		ch2-smtps-auth-plain-corrected  smtps://localhost:$smtps --set to=alice@localhost
	END
}

@test "Dovecot: the documents' POP3" {
	require dovecot
	all_pass <<-END
		ewing-pop3-corrected            pop3://localhost:$pop3   --set user=bob.deletes
		ch2-pop3-corrected              pop3://localhost:$pop3   --set user=bob.ch2
		inst346-pop3-corrected          pop3://localhost:$pop3   --set user=bob.inst346
		clug-pop3s-corrected            pop3s://localhost:$pop3s
	END
}

@test "Dovecot: the documents' IMAP" {
	require dovecot
	all_pass <<-END
		ewing-imap-corrected            imap://localhost:$imap
		ewing-imaplib-corrected         imaps://localhost:$imaps
		clug-imap-corrected             imap://localhost:$imap
		cs2911-imap-expunge-corrected   imap://localhost:$imap
		cs2911-imap-close-corrected     imap://localhost:$imap   --set user=student.closes
		cs2911-imap-append-corrected    imap://localhost:$imap   --set user=student.appends
	END
}

@test "nginx: the documents' HTTP" {
	require nginx
	all_pass <<-END
		clug-http10-corrected           http://localhost:$http
		clug-http11-corrected           http://localhost:$http
		clug-http11-corrected           https://localhost:$https
		clug-http11-close-corrected     http://localhost:$http   --set host=localhost --set path=/index.html
	END
}

# FTP: ch2-ftp stands in data.bats.

# other TRANSCRIPT WAS IS: a copy in which one line is another one; its path goes to $copy.
other() {
	copy=$BATS_TEST_TMPDIR/$1.txt
	awk -v was="$2" -v is="$3" '$0 == was { $0 = is; changed++ } { print } END { exit changed != 1 }' \
		"$ROOT/transcripts/$1.txt" >"$copy"
}

# differs TARGET LINE [OPTION...]: $copy does not pass, and one reply differs: the one whose first line is that LINE of it.
differs() {
	run -1 --separate-stderr verify "$copy" --to "$1" "${@:3}"
	run -0 grep -E '^ +not ok ' <<<"$output"
	same 1 "${#lines[@]}"
	has "$copy:$2"
}

@test "a transcript that says otherwise does not pass: the line is named" {
	require_postfix
	other ewing-smtp 'S: 550 No such user here' 'S: 250 No such user here'
	differs "smtp://localhost:$smtp" '21 250 No such user here'
	other clug-pop3s-corrected 'S: +OK marked for deletion' 'S: -ERR marked for deletion'
	differs "pop3s://localhost:$pop3s" '75 -ERR marked for deletion'
	other clug-imap-corrected 'S: 1 OK CAPABILITY completed' 'S: 1 NO CAPABILITY completed'
	differs "imap://localhost:$imap" '7 * CAPABILITY IMAP4REV1'
	other cs2911-imap-close-corrected 'S: * 18 EXISTS' 'S: * 18 EXPUNGE'
	differs "imap://localhost:$imap" '11 * 18 EXPUNGE' --set user=student.closes
	require nginx
	other clug-http11-corrected 'S: HTTP/1.1 200 OK' 'S: HTTP/1.1 404 OK'
	differs "http://localhost:$http" '10 HTTP/1.1 404 OK'
}

@test "several transcripts in one run are several subtests" {
	require_postfix
	run -0 --separate-stderr verify ewing-smtp inst346-smtp-corrected ch2-smtp-corrected --to "smtp://localhost:$smtp" \
		--set to=alice@localhost
	run -0 grep -E '^(not )?ok ' <<<"$output"
	same 3 "${#lines[@]}"
	has_not 'not ok'
	[[ ${lines[0]} == 'ok 1 '*ewing-smtp* && ${lines[1]} == 'ok 2 '*inst346-smtp* && ${lines[2]} == 'ok 3 '*ch2-smtp* ]]
}

# ---- round trips: what was recorded is verified against the same server, with nothing but --set password=... ----

# talked TARGET [OPTION...]: records what talk says, from stdin, in $record.
talked() {
	record=$BATS_TEST_TMPDIR/record.txt
	timeout 60 "$PARLANCE" -w 10 --cacert "$ca" --force -r "$record" "$@" >/dev/null
}

# replayed TARGET [OPTION...]: records a transcript, from stdin, in $record; bob's password fills its variable.
replayed() {
	record=$BATS_TEST_TMPDIR/record.txt
	timeout 60 "$PARLANCE" replay -w 10 --cacert "$ca" --force -r "$record" - --to "$@" --set password=redqueen >/dev/null
}

# returns [WORD...]: the record holds each WORD and no password, in no form; it passes with bob's password, and
# does not with another.
returns() {
	local word
	run -0 cat "$record"
	for word; do
		has "$word"
	done
	has_not redqueen
	has_not "$(printf redqueen | base64)"
	has_not "$(printf '\0bob\0redqueen' | base64)"
	has_not "$(printf bob:redqueen | base64)"
	passes "$record" --set password=redqueen
	run verify "$record" --set password=cheshire
	((status == 1))
}

@test "round trip, POP3: USER and PASS, a list and a text" {
	require dovecot
	talked "pop3://localhost:$pop3" <<<$'CAPA\nUSER bob\nPASS redqueen\nLIST\nRETR 2\nQUIT'
	returns 'C: PASS {{password}}' 'S: ...and dotted'
}

@test "round trip, POP3: APOP" {
	require dovecot
	replayed "pop3://localhost:$pop3" <<-'END'
		Protocol: pop3

		S: +OK {{*}}
		C: APOP bob {{apop {{password}}}}
		S: +OK {{*}}
		C: STAT
		S: +OK {{*}}
		C: QUIT
		S: +OK {{*}}
	END
	returns 'C: APOP bob {{apop {{password}}}}'
}

@test "round trip, POP3: AUTH PLAIN, LOGIN, CRAM-MD5 and SCRAM-SHA-256" {
	require dovecot
	talked "pop3://localhost:$pop3" <<<$'AUTH PLAIN AGJvYgByZWRxdWVlbg==\nNOOP\nQUIT'
	returns 'C: AUTH PLAIN {{plain bob {{password}}}}'
	talked "pop3://localhost:$pop3" <<<$'AUTH LOGIN\nYm9i\ncmVkcXVlZW4=\nNOOP\nQUIT'
	returns 'C: AUTH LOGIN' 'C: {{base64 {{password}}}}'
	challenged pop3 "pop3://localhost:$pop3" 'C: AUTH CRAM-MD5' 'S: + {{*}}' 'C: {{cram-md5 bob {{password}}}}' 'S: +OK {{*}}'
	returns 'C: {{cram-md5 bob {{password}}}}'
	challenged pop3 "pop3://localhost:$pop3" 'C: AUTH SCRAM-SHA-256' 'S: + {{*}}' 'C: {{scram bob {{password}}}}' 'S: + {{*}}' \
		'C: {{scram bob {{password}}}}' 'S: + {{*}}' 'C: {{scram bob {{password}}}}' 'S: +OK {{*}}'
	returns 'C: {{scram bob {{password}}}}'
}

# challenged PROTOCOL TARGET LINE...: records a session of these lines, between the greeting and the goodbye.
challenged() {
	local greeting='S: +OK {{*}}' goodbye=$'C: QUIT\nS: +OK {{*}}'
	case $1 in
	imap)
		greeting='S: * OK {{*}}'
		goodbye=$'C: z LOGOUT\nS: * BYE {{*}}\nS: z OK {{*}}'
		;;
	smtp)
		greeting=$'S: 220 {{*}}\nC: EHLO client.example\nS*: 250-{{*}}\nS: 250 {{*}}'
		goodbye=$'C: QUIT\nS: 221 {{*}}'
		;;
	esac
	replayed "$2" < <(printf '%s\n' "Protocol: $1" '' "$greeting" "${@:3}" "$goodbye")
}

@test "round trip, IMAP: LOGIN as words, quoted, and with literals" {
	require dovecot
	talked "imap://localhost:$imap" <<<$'a1 LOGIN bob redqueen\na2 LOGOUT'
	returns 'C: a1 LOGIN bob {{password}}'
	talked "imap://localhost:$imap" <<<$'a1 LOGIN "bob" "redqueen"\na2 NAMESPACE\na3 LOGOUT'
	returns 'C: a1 LOGIN "bob" "{{password}}"'
	talked "imap://localhost:$imap" <<<$'a1 LOGIN {3}\nbob {8}\nredqueen\na2 LOGOUT'
	returns '{{password}}'
	talked "imap://localhost:$imap" <<<$'a1 LOGIN {3+}\nbob {8+}\nredqueen\na2 LOGOUT'
	returns '{{password}}'
}

@test "round trip, IMAP: AUTHENTICATE PLAIN, LOGIN, CRAM-MD5 and SCRAM-SHA-256" {
	require dovecot
	talked "imap://localhost:$imap" <<<$'a1 AUTHENTICATE PLAIN AGJvYgByZWRxdWVlbg==\na2 LOGOUT'
	returns 'C: a1 AUTHENTICATE PLAIN {{plain bob {{password}}}}'
	talked "imap://localhost:$imap" <<<$'a1 AUTHENTICATE PLAIN\nAGJvYgByZWRxdWVlbg==\na2 LOGOUT'
	returns 'C: {{plain bob {{password}}}}'
	talked "imap://localhost:$imap" <<<$'a1 AUTHENTICATE LOGIN\nYm9i\ncmVkcXVlZW4=\na2 LOGOUT'
	returns 'C: {{base64 {{password}}}}'
	challenged imap "imap://localhost:$imap" 'C: a AUTHENTICATE CRAM-MD5' 'S: + {{*}}' 'C: {{cram-md5 bob {{password}}}}' \
		'S: a OK {{*}}'
	returns 'C: {{cram-md5 bob {{password}}}}'
	challenged imap "imap://localhost:$imap" 'C: a AUTHENTICATE SCRAM-SHA-256' 'S: + {{*}}' 'C: {{scram bob {{password}}}}' \
		'S: + {{*}}' 'C: {{scram bob {{password}}}}' 'S: + {{*}}' 'C: {{scram bob {{password}}}}' 'S: a OK {{*}}'
	returns 'C: {{scram bob {{password}}}}'
}

@test "round trip, IMAP: a message is put into a new mailbox, searched, fetched and removed" {
	require dovecot
	talked "imaps://localhost:$imaps" <<-'END'
		a1 LOGIN bob redqueen
		a2 CREATE drafts
		a3 APPEND drafts (\Seen $Work) {29}
		Subject: tea

		At {{six}}.

		a4 SELECT drafts
		a5 SEARCH SUBJECT {3}
		tea
		a6 FETCH 1 (FLAGS BODY.PEEK[TEXT])
		a7 STORE 1 +FLAGS (\Deleted)
		a8 EXPUNGE
		a9 CLOSE
		b1 DELETE drafts
		b2 LOGOUT
	END
	returns 'TLS: implicit' 'C: At {{{{six}}.' 'S: * 1 EXPUNGE'
}

@test "round trip, IMAP: commands that go out together, and IDLE" {
	require dovecot
	challenged imap "imap://localhost:$imap" 'C: a LOGIN bob {{password}}' 'C: b STATUS INBOX (MESSAGES)' 'C: c LIST "" *' \
		'S: a OK {{*}}' 'S: * STATUS INBOX {{*}}' 'S: b OK {{*}}' 'S*: * LIST {{*}}' 'S: c OK {{*}}'
	returns 'S: * STATUS INBOX (MESSAGES 2)'
	talked "imap://localhost:$imap" <<<$'a1 LOGIN bob redqueen\na2 SELECT INBOX\na3 IDLE\nDONE\na4 LOGOUT'
	returns 'C: DONE'
}

@test "round trip, IMAP: STARTTLS, then a login" {
	require dovecot
	talked --starttls "imap://localhost:$imap" <<<$'a1 LOGIN bob redqueen\na2 LOGOUT'
	returns '<client starts TLS>'
}

@test "round trip, SMTP: STARTTLS, AUTH PLAIN, a message" {
	require_postfix
	talked "smtp://localhost:$smtp" <<-'END'
		EHLO client.example
		STARTTLS
		EHLO client.example
		AUTH PLAIN AGJvYgByZWRxdWVlbg==
		MAIL FROM:<bob@localhost>
		RCPT TO:<green@localhost>
		RCPT TO:<alice@localhost>
		DATA
		Subject: a round trip

		C: is no prefix here,
		<client hangs up>
		{{neither is this a variable}}
		..
		.
		QUIT
	END
	returns '<client starts TLS>' 'C: AUTH PLAIN {{plain bob {{password}}}}' 'C\: <client hangs up>\r\n'
}

@test "round trip, SMTP: AUTH LOGIN, CRAM-MD5 and SCRAM-SHA-256 under TLS" {
	require_postfix
	talked "smtps://localhost:$smtps" <<<$'EHLO client.example\nAUTH LOGIN\nYm9i\ncmVkcXVlZW4=\nQUIT'
	returns 'TLS: implicit' 'C: {{base64 {{password}}}}'
	talked "smtps://localhost:$smtps" <<<$'EHLO client.example\nAUTH LOGIN Ym9i\ncmVkcXVlZW4=\nQUIT'
	returns 'C: {{base64 {{password}}}}'
	challenged smtp "smtps://localhost:$smtps" 'C: AUTH CRAM-MD5' 'S: 334 {{*}}' 'C: {{cram-md5 bob {{password}}}}' 'S: 235 {{*}}'
	returns 'C: {{cram-md5 bob {{password}}}}'
	challenged smtp "smtps://localhost:$smtps" 'C: AUTH SCRAM-SHA-256' 'S: 334 {{*}}' 'C: {{scram bob {{password}}}}' \
		'S: 334 {{*}}' 'C: {{scram bob {{password}}}}' 'S: 334 {{*}}' 'C: {{scram bob {{password}}}}' 'S: 235 {{*}}'
	returns 'C: {{scram bob {{password}}}}'
}

@test "round trip, SMTP: commands that go out together" {
	require_postfix
	challenged smtp "smtps://localhost:$smtps" 'C: AUTH PLAIN {{plain bob {{password}}}}' 'S: 235 {{*}}' \
		'C: MAIL FROM:<bob@localhost>' 'C: RCPT TO:<green@localhost>' 'C: RCPT TO:<alice@localhost>' 'C: RSET' 'C: NOOP' \
		'S: 250 {{*}}' 'S: 550 {{*}}' 'S: 250 {{*}}' 'S: 250 {{*}}' 'S: 250 {{*}}'
	returns $'C: RSET\nC: NOOP\nS: 250 '
}

@test "round trip, HTTP: Basic on a connection that is kept" {
	require nginx
	talked "http://localhost:$http" <<-END
		GET /private/ HTTP/1.1
		Host: localhost

		GET /private/ HTTP/1.1
		Host: localhost
		Authorization: Basic $(printf bob:redqueen | base64)

		HEAD /chunked HTTP/1.1
		Host: localhost

		GET /chunked HTTP/1.1
		Host: localhost
		Connection: close

	END
	returns 'S: HTTP/1.1 401 ' 'C: Authorization: Basic {{base64 bob:{{password}}}}' 'Only for bob'
	run -0 grep -o '^S: HTTP/1.1 [0-9]*' "$record"
	same 'S: HTTP/1.1 401 S: HTTP/1.1 200 S: HTTP/1.1 200 S: HTTP/1.1 200' "${lines[*]}"
}

@test "round trip, HTTP: a cookie that is another one each time is given back" {
	require nginx
	replayed "http://localhost:$http" <<-'END'
		Protocol: http

		C: GET /cookie HTTP/1.1
		C: Host: localhost
		C:
		S: HTTP/1.1 200 OK
		S*: {{*}}
		S: Set-Cookie: visit={{visit}}; Path=/
		S*: {{*}}
		C: HEAD / HTTP/1.1
		C: Host: localhost
		C: Cookie: visit={{visit}}
		C: Connection: close
		C:
		S: HTTP/1.1 200 OK
		S*: {{*}}
	END
	run -1 grep -E 'visit=[0-9a-f]{32}' "$record"
	passes "$record"
}

# Who is anonymous gets in with any password.
@test "round trip, FTP: a login, in the clear and under TLS" {
	require vsftpd
	for way in "ftp://localhost:$ftp" "--starttls ftp://localhost:$ftp" "ftps://localhost:$ftps"; do
		# The words are an option and a target.
		# shellcheck disable=SC2086
		talked $way <<<$'USER anonymous\nPASS redqueen\nPWD\nTYPE I\nSIZE readme.txt\nCWD nowhere\nQUIT'
		run -0 cat "$record"
		has 'C: PASS {{password}}'
		has_not redqueen
		passes "$record" --set password=guest
	done
}
