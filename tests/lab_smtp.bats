# The lab's SMTP, submission and LMTP servers: by hand, with the clients that people use, and with whatever else may come.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

PASSWORD=redqueen # bob's

# by_hand SERVER [tls]: says what stands on stdin to it, line by line and all at once, and prints what it answers. A line
# `\...` is said as printf %b prints it, without a line end.
by_hand() {
	run -0 timeout 60 "$PYTHON" -c '
import re, socket, ssl, sys
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)
if sys.argv[2:]:
    peer = ssl._create_unverified_context().wrap_socket(peer)
def octets(line):
    return line[1:].decode("unicode_escape").encode("latin-1") if line.startswith(b"\\") else line + b"\r\n"
try:
    peer.sendall(b"".join(map(octets, sys.stdin.buffer.read().split(b"\n")[:-1])))
    if not sys.argv[2:]:
        peer.shutdown(socket.SHUT_WR)
    heard = peer.makefile("rb").read()
except ConnectionResetError:
    sys.exit("reset")
assert not re.search(rb"[^\r]\n|\r[^\n]|[\0-\x09\x0b\x0c\x0e-\x1f\x7f]", heard), heard
sys.stdout.write(heard.decode().replace("\r\n", "\n"))
' "$(lab_port "$1")" "${@:2}"
}

# codes: what is left of $output where only final lines count, and of each its code and enhanced code, on one line.
codes() {
	sed -nE 's/^([0-9]{3})( ([245]\.[0-9]+\.[0-9]+))? .*/\1 \3/p; s/^([0-9]{3})$/\1/p' <<<"$output" | sed 's/ $//' | paste -sd, -
}

# answers WANTED: the codes are these, the greeting and the answer to QUIT left out.
answers() {
	local received
	received=$(codes)
	received=${received#220,}
	same "$1" "${received%,221 2.0.0}"
}

# newest USER [FOLDER]: the last message in the mailbox, as IMAP gives it, CRs removed, to $output. The outbox is a
# folder of everybody's.
newest() {
	run -0 timeout 60 "$PYTHON" -c '
import imaplib, sys
m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=10)
m.login(sys.argv[2], sys.argv[3])
count = int(m.select(sys.argv[4], True)[1][0])
if count == 0:
    sys.exit("nothing is there")
sys.stdout.write(m.fetch(str(count), "BODY.PEEK[]")[1][0][1].decode(errors="backslashreplace").replace("\r\n", "\n"))
' "$(lab_port imap)" "$1" "$2" "${3:-INBOX}"
}

newest_of_bob() {
	newest bob "$PASSWORD"
}

# ---- the session ----

@test "EHLO lists what the server can, STARTTLS in the clear alone" {
	lab --only smtp,smtps
	by_hand smtp <<-'END'
		EHLO bar.com
		QUIT
	END
	[[ ${lines[1]} == "250-"*" greets bar.com" ]]
	same "250-PIPELINING
250-SIZE 35882577
250-8BITMIME
250-SMTPUTF8
250-DSN
250-CHUNKING
250-LIMITS RCPTMAX=1000
250-STARTTLS" "$(sed -n '3,10p' <<<"$output")"
	for word in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256; do
		[[ ${lines[10]} == "250-AUTH "*"$word"* ]]
	done
	same "250-VRFY
250-EXPN
250-HELP
250 ENHANCEDSTATUSCODES" "$(sed -n '12,15p' <<<"$output")"
	by_hand smtps tls <<-'END'
		EHLO bar.com
		STARTTLS
		QUIT
	END
	has "250-AUTH "
	has_not "250-STARTTLS"
	answers "250,503 5.5.1"
}

@test "a hello needs a host's name or an address, and drops what was under way" {
	lab --only smtp
	by_hand smtp <<-'END'
		HELO
		EHLO
		EHLO a..b
		EHLO two words
		EHLO [1.2.3]
		MAIL FROM:<a@b.example>
		HELO my_machine
		MAIL FROM:<a@b.example>
		EHLO [127.0.0.1]
		RCPT TO:<bob@foo.com>
		ehlo [IPv6:::1]
		LHLO bar.com
		QUIT
	END
	answers "501,501,501,501,501,503 5.5.1,250,250 2.1.0,250,503 5.5.1,250,500 5.5.1"
}

@test "the order of a transaction" {
	lab --only smtp
	by_hand smtp <<-'END'
		RSET
		NOOP anything
		RCPT TO:<bob@foo.com>
		EHLO bar.com
		DATA
		RCPT TO:<bob@foo.com>
		MAIL FROM:<a@b.example>
		MAIL FROM:<c@d.example>
		DATA
		RCPT TO:<Green@foo.com>
		DATA
		RCPT TO:<bob@foo.com>
		AUTH PLAIN
		RSET
		DATA
		MAIL FROM:<>
		RCPT TO:<Postmaster>
		DATA
		.
		DATA
		QUIT
	END
	answers "250 2.0.0,250 2.0.0,503 5.5.1,250,503 5.5.1,503 5.5.1,250 2.1.0,503 5.5.1,503 5.5.1,550 5.1.1,554 5.5.1,250 2.1.5,503 5.5.1,250 2.0.0,503 5.5.1,250 2.1.0,250 2.1.5,354,250 2.0.0,503 5.5.1"
}

@test "commands: unknown, not implemented, with what may not stand there, too long, without CR" {
	lab --only smtp
	by_hand smtp < <(
		echo "FROB"
		echo "TURN"
		echo "ETRN foo.com"
		echo
		echo "RSET now"
		echo "QUIT now"
		echo "EHLO bar.com"
		echo "DATA now"
		echo "STARTTLS now"
		printf 'NOOP %012400d\n' 0
		echo '\NOOP\n'
		echo '\NO\x00OP \xff\r\n'
		echo "quit"
	)
	answers "500 5.5.2,502 5.5.1,502 5.5.1,500 5.5.2,501 5.5.4,501 5.5.4,250,501 5.5.4,501 5.5.4,500 5.5.2,250 2.0.0,500 5.5.2"
}

@test "HELP tells where one stands, and the form of a command" {
	lab --only smtp
	by_hand smtp <<-'END'
		HELP
		EHLO bar.com
		MAIL FROM:<a@b.example>
		HELP
		HELP rcpt
		HELP frob
		QUIT
	END
	has "214-2.0.0 You have not said who you are: EHLO your.host"
	has "214-2.0.0 The sender is noted, nobody gets it yet: RCPT TO:<bob@localhost>"
	has "214-2.0.0 RCPT TO:<forward-path> [parameters]"
	answers "214 2.0.0,250,250 2.1.0,214 2.0.0,214 2.0.0,504 5.5.4"
}

@test "with --teach a refusal says what was expected" {
	lab --only smtp --teach
	by_hand smtp <<-'END'
		MIAL FROM:<a@b.example>
		MAIL FROM:<a@b.example>
		EHLO bar.com
		MAIL a@b.example
		MAIL FROM:<a@b.example>
		RCPT TO:<x@elsewhere.example>
		QUIT
	END
	has "500 5.5.2 There is no such command (nearest is MAIL: MAIL FROM:<reverse-path> [parameters])"
	has "503 5.5.1 Say EHLO first (RFC 5321 4.1.4)"
	has "501 5.5.4 Syntax: MAIL must be followed by FROM:<address> (its form: MAIL FROM:<reverse-path> [parameters])"
	has "(AUTH says who you are; then it is taken, and lands in the outbox)"
}

# ---- the envelope ----

@test "addresses: what is one, and what is none" {
	lab --only smtp
	by_hand smtp <<-'END'
		EHLO bar.com
		MAIL bob@foo.com
		MAIL FROM:bob@foo.com
		MAIL FROM:<bob>
		MAIL FROM:<bob@foo..com>
		MAIL FROM:<bob@foo.com>x
		MAIL FROM:<bob@foo.com
		MAIL FROM: <a@b.example>
		RCPT TO:<>
		RCPT TO:<bob>
		RCPT TO:<bob smith@foo.com>
		RCPT TO:<b..b@foo.com>
		RCPT TO:<bob@[127.0.0.300]>
		RCPT TO: <bob@hamburger.edu>
		RCPT TO:<"bob"@foo.com>
		RCPT TO:<"b\ob"@foo.com>
		RCPT TO:<BOB+tag@FOO.com>
		RCPT TO:<bob@[127.0.0.1]>
		RCPT TO:<@a.example,@b.example:bob@foo.com>
		RCPT TO:<postmaster>
		rcpt to:<postMASTER@foo.com>
		RCPT TO:<"bob smith"@foo.com>
		RCPT TO:<Green@foo.com>
		RCPT TO:<bob%elsewhere.example@foo.com>
		RCPT TO:<bob@elsewhere.example>
		RCPT TO:<bob@[192.0.2.1]>
		RCPT TO:<full@foo.com>
		RCPT TO:<students@foo.com>
		QUIT
	END
	answers "250,501 5.5.4,501 5.1.7,501 5.1.7,501 5.1.7,501 5.1.7,501 5.1.7,250 2.1.0,501 5.1.3,501 5.1.3,501 5.1.3,501 5.1.3,501 5.1.3,250 2.1.5,250 2.1.5,250 2.1.5,250 2.1.5,250 2.1.5,250 2.1.5,250 2.1.5,250 2.1.5,550 5.1.1,550 5.1.1,550 5.1.1,550 5.7.1,550 5.7.1,452 4.2.2,250 2.1.5"
}

@test "parameters: known, unknown, twice, with a wrong value" {
	lab --only smtp
	local good
	good='MAIL FROM:<a@b.example> SIZE=1000 BODY=8bitmime RET=HDRS ENVID=QQ+2B1 AUTH=e+3Dmc2@example.com SMTPUTF8'
	by_hand smtp <<-END
		EHLO bar.com
		MAIL FROM:<a@b.example> FROB=1
		MAIL FROM:<a@b.example> NOTIFY=NEVER
		MAIL FROM:<a@b.example> SIZE
		MAIL FROM:<a@b.example> SIZE=-1
		MAIL FROM:<a@b.example> SIZE=1 SIZE=1
		MAIL FROM:<a@b.example> SIZE=35882578
		MAIL FROM:<a@b.example> SIZE=99999999999999999999
		MAIL FROM:<a@b.example> BODY=BINARYMIME
		MAIL FROM:<a@b.example> RET=SOME
		MAIL FROM:<a@b.example> ENVID=a=b
		MAIL FROM:<a@b.example> AUTH=e=mc2@example.com
		MAIL FROM:<a@b.example> SMTPUTF8=yes
		MAIL FROM:<a@b.example> =
		$good
		RCPT TO:<bob@foo.com> SIZE=1
		RCPT TO:<bob@foo.com> NOTIFY=NEVER,SUCCESS
		RCPT TO:<bob@foo.com> NOTIFY=DELAY NOTIFY=DELAY
		RCPT TO:<bob@foo.com> ORCPT=bob
		RCPT TO:<bob@foo.com> NOTIFY=SUCCESS,failure ORCPT=rfc822;Bob+2Bx@foo.com
		QUIT
	END
	answers "250,555 5.5.4,555 5.5.4,501 5.5.4,501 5.5.4,501 5.5.4,552 5.3.4,552 5.3.4,501 5.5.4,501 5.5.4,501 5.5.4,501 5.5.4,501 5.5.4,501 5.5.4,250 2.1.0,555 5.5.4,501 5.5.4,501 5.5.4,501 5.5.4,250 2.1.5"
}

@test "an address beyond ASCII needs SMTPUTF8" {
	lab --only smtp
	by_hand smtp <<-'END'
		EHLO bar.com
		MAIL FROM:<bób@foo.com>
		MAIL FROM:<a@b.example>
		RCPT TO:<bób@foo.com>
		RSET
		MAIL FROM:<bób@foo.com> SMTPUTF8
		RCPT TO:<bób@foo.com>
		RCPT TO:<bob@foo.com>
		QUIT
	END
	answers "250,550 5.6.7,250 2.1.0,553 5.6.7,250 2.0.0,250 2.1.0,550 5.1.1,250 2.1.5"
}

@test "a thousand recipients are taken, and no more" {
	lab --only smtp
	by_hand smtp < <(
		printf 'EHLO bar.com\nMAIL FROM:<a@b.example>\n'
		for i in {1..1001}; do echo "RCPT TO:<bob+$i@foo.com>"; done
		printf 'DATA\nSubject: once\n.\nQUIT\n'
	)
	same "1000" "$(grep -c '^250 2.1.5' <<<"$output")"
	has "452 4.5.3 Too many recipients"
	has "250 2.0.0 The message is taken"
}

@test "VRFY and EXPN: users, lists, who is meant" {
	lab --only smtp --user jürgen:secret
	by_hand smtp <<-'END'
		VRFY bob
		VRFY <Jones@foo.com>
		VRFY Foobar
		VRFY Green
		VRFY bob@elsewhere.example
		VRFY students
		VRFY user
		VRFY u
		VRFY
		EXPN students SMTPUTF8
		EXPN bob
		EXPN frob
		EXPN
		VRFY jürgen
		VRFY jürgen SMTPUTF8
		QUIT
	END
	has "250 2.1.5 Bob <bob@"
	has "250 2.1.5 Fred Foobar <fred@"
	has "553-5.1.4 Ambiguous"
	has "250-2.1.5 Bob <bob@"
	answers "250 2.1.5,250 2.1.5,250 2.1.5,550 5.1.1,550 5.7.1,550 5.1.1,250 2.1.5,553 5.1.4,501 5.5.4,250 2.1.5,550 5.1.1,550 5.1.1,501 5.5.4,252 2.6.8,250 2.1.5"
}

# ---- the message ----

@test "a message arrives with Return-Path and Received, its dots unstuffed" {
	lab --only smtp,imap
	by_hand smtp <<-'END'
		EHLO bar.com
		MAIL FROM:<@relay.example:Smith@bar.com>
		RCPT TO:<@here.example,@there.example:bob@foo.com>
		DATA
		Return-Path: <somebody@else.example>
		Subject: lunch
		Return-Path: <somebody@else.example>
		 folded

		At noon?
		..
		...two
		.x
		.
		QUIT
	END
	answers "250,250 2.1.0,250 2.1.5,354,250 2.0.0"
	local id
	id=$(sed -n 's/^250 2.0.0 The message is taken, as //p' <<<"$output")
	newest_of_bob
	[[ ${lines[0]} == "Return-Path: <Smith@bar.com>" ]]
	[[ ${lines[1]} == "Received: from bar.com ([127.0.0.1])" ]]
	[[ ${lines[2]} == "    by "*" with ESMTP id $id" ]]
	local date='^    for <bob@foo\.com>; (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]+ [A-Z][a-z][a-z] 20[0-9]{2} [0-9:]{8} [+-][0-9]{4}$'
	[[ ${lines[3]} =~ $date ]]
	same "Subject: lunch

At noon?
.
..two
x" "$(sed 1,4d <<<"$output")"
}

@test "text without a header is body, and its first line no field" {
	TZ=XYZ-5:45 lab --only smtp,imap
	by_hand smtp <<-'END'
		HELO bar.com
		MAIL FROM:<>
		RCPT TO:<bob@foo.com>
		RCPT TO:<jones@foo.com>
		DATA
		Blah blah blah...
		...etc. etc. etc.
		.
		QUIT
	END
	newest_of_bob
	[[ ${lines[0]} == "Return-Path: <>" ]]
	has " with SMTP id "
	has " +0545"
	has_not "for <"
	same "
Blah blah blah...
..etc. etc. etc." "$(sed 1,4d <<<"$output")"
}

@test "only CRLF, a dot and CRLF end the text: nothing can be smuggled in" {
	lab --only smtp,imap
	for end in '\\n.\\n' '\\n.\\r\\n' '\\r\\n.\\n' '\\r.\\r' '\\r\\n.\\r' '\\r\\n\\x00.\\r\\n' '\\r.\\r\\n'; do
		by_hand smtp <<-END
			EHLO bar.com
			MAIL FROM:<a@b.example>
			RCPT TO:<bob@foo.com>
			DATA
			Subject: $end

			\\text${end//\\\\/\\}MAIL FROM:<evil@b.example>\\r\\n
			RCPT TO:<bob@foo.com>
			DATA
			Subject: smuggled
			.
			QUIT
		END
		same "220,250,250 2.1.0,250 2.1.5,354,250 2.0.0,221 2.0.0" "$(codes)"
		newest_of_bob
		has "Return-Path: <a@b.example>"
		has "MAIL FROM:<evil@b.example>"
	done
}

@test "long lines, eight bits, NULs and no last line end arrive" {
	lab --only smtp,imap
	by_hand smtp < <(
		printf 'EHLO bar.com\nMAIL FROM:<a@b.example> BODY=8BITMIME\nRCPT TO:<bob@foo.com>\nDATA\n'
		printf 'Subject: long\n\n.%020000d\n' 1
		printf 'Grüße\n.\nQUIT\n'
	)
	answers "250,250 2.1.0,250 2.1.5,354,250 2.0.0"
	newest_of_bob
	same "20000" "$(grep -E '^0+1$' <<<"$output" | tr -d '\n' | wc -c | tr -d ' ')"
	has "Grüße"
}

# large OCTETS: a message of so many, CRs counted and not printed.
large() {
	"$PYTHON" -c '
import sys
octets = int(sys.argv[1]) - len("Subject: large\r\n\r\n")
print("Subject: large\n")
sys.stdout.write(("x" * 15998 + "\n") * (octets // 16000) + "x" * (octets % 16000 - 2) + "\n")' "$1"
}

@test "a message of the largest size is taken; a larger one is read to its end, then refused" {
	lab --only smtp
	by_hand smtp < <(
		printf 'EHLO bar.com\nMAIL FROM:<a@b.example>\nRCPT TO:<bob@foo.com>\nDATA\n'
		large 35882577
		printf '.\nMAIL FROM:<a@b.example>\nRCPT TO:<bob@foo.com>\nDATA\n'
		large 35882578
		printf '.\nNOOP\nQUIT\n'
	)
	answers "250,250 2.1.0,250 2.1.5,354,250 2.0.0,250 2.1.0,250 2.1.5,354,552 5.3.4,250 2.0.0"
}

@test "BDAT: chunks, cut anywhere, without dots; an empty last one" {
	lab --only smtp,imap
	by_hand smtp <<-'END'
		EHLO bar.com
		MAIL FROM:<a@b.example>
		RCPT TO:<bob@foo.com>
		BDAT 16
		\Subject: chunks\r
		BDAT 3
		\\n\r\n
		BDAT 9
		\.\r\n..\r\nMA
		RCPT TO:<bob@foo.com>
		DATA
		MAIL FROM:<a@b.example>
		BDAT 0 LAST
		BDAT 0 LAST
		QUIT
	END
	answers "250,250 2.1.0,250 2.1.5,250 2.0.0,250 2.0.0,250 2.0.0,503 5.5.1,503 5.5.1,503 5.5.1,250 2.0.0,503 5.5.1"
	newest_of_bob
	same "Subject: chunks

.
..
MA" "$(sed 1,4d <<<"$output")"
}

@test "BDAT that is refused: its octets are no commands, and only RSET helps" {
	lab --only smtp
	by_hand smtp <<-'END'
		EHLO bar.com
		BDAT 6
		\QUIT\r\n
		BDAT
		BDAT x
		BDAT 6 SOON
		\QUIT\r\n
		BDAT 99999999999999999999999
		MAIL FROM:<a@b.example>
		BDAT 6 LAST
		\QUIT\r\n
		RCPT TO:<bob@foo.com>
		BDAT 6 SOON
		\QUIT\r\n
		BDAT 6 LAST
		\QUIT\r\n
		BDAT 6 LAST
		\QUIT\r\n
		MAIL FROM:<a@b.example>
		RCPT TO:<Green@foo.com>
		BDAT 6 LAST
		\QUIT\r\n
		RSET
		QUIT
	END
	answers "250,503 5.5.1,501 5.5.4,501 5.5.4,501 5.5.4,501 5.5.4,250 2.1.0,554 5.5.1,250 2.1.5,501 5.5.4,503 5.5.1,503 5.5.1,250 2.1.0,550 5.1.1,554 5.5.1,250 2.0.0"
}

@test "a client that leaves in the middle of a message has sent none" {
	lab --only smtp,imap
	by_hand smtp <<-'END'
		EHLO bar.com
		MAIL FROM:<a@b.example>
		RCPT TO:<jones@foo.com>
		DATA
		Subject: half a message
		\.
	END
	answers "250,250 2.1.0,250 2.1.5,354"
	by_hand smtp <<-'END'
		EHLO bar.com
		MAIL FROM:<a@b.example>
		RCPT TO:<jones@foo.com>
		BDAT 30 LAST
		Subject: half a chunk
	END
	answers "250,250 2.1.0,250 2.1.5"
	newest jones lab
	has_not "half a"
}

@test "a message that has gone round a hundred times is refused" {
	lab --only smtp
	by_hand smtp < <(
		printf 'EHLO bar.com\nMAIL FROM:<a@b.example>\nRCPT TO:<bob@foo.com>\nDATA\n'
		for i in {1..101}; do echo "Received: from a by b; Sat, 21 Nov 2026 00:00:00 +0000"; done
		printf '\nround and round\n.\nQUIT\n'
	)
	answers "250,250 2.1.0,250 2.1.5,354,554 5.4.6"
}

# ---- AUTH, the outbox, submission ----

@test "AUTH: each mechanism by hand, cancelled, wrong, malformed, twice, too long" {
	lab --only smtp
	by_hand smtp < <(
		printf 'AUTH PLAIN\nEHLO bar.com\nAUTH\nAUTH FROB\nAUTH PLAIN a b\nAUTH PLAIN ====\n'
		printf 'AUTH PLAIN\n*\nAUTH CRAM-MD5\n*\nAUTH SCRAM-SHA-256\nbm9uc2Vuc2U=\n'
		printf 'AUTH PLAIN %s\n' "$(printf '\0bob\0wrong' | base64)"
		printf 'AUTH LOGIN\n%013000d\nAUTH PLAIN %013000d\n' 0 0
		printf 'AUTH LOGIN\n%s\n%s\n' "$(printf bob | base64)" "$(printf redqueen | base64)"
		printf 'AUTH PLAIN\nQUIT\n'
	)
	answers "503 5.5.1,250,501 5.5.4,504 5.5.4,501 5.5.4,501 5.5.2,334,501 5.7.0,334,501 5.7.0,334,501 5.5.2,535 5.7.8,334,500 5.5.6,500 5.5.6,334,334,235 2.7.0,503 5.5.1"
	has "334 VXNlcm5hbWU6"
	has "334 UGFzc3dvcmQ6"
}

@test "after AUTH mail for other domains is taken, and lands in the outbox with its envelope" {
	lab --only smtp,imap
	by_hand smtp < <(
		printf 'EHLO bar.com\nAUTH PLAIN %s\n' "$(printf '\0bob\0redqueen' | base64)"
		cat <<-'END'
			MAIL FROM:<bob@foo.com> RET=HDRS ENVID=one
			RCPT TO:<x@elsewhere.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;x@old.example
			RCPT TO:<y@[192.0.2.1]>
			RCPT TO:<bob@foo.com>
			DATA
			Subject: out

			far away
			.
			QUIT
		END
	)
	answers "250,235 2.7.0,250 2.1.0,250 2.1.5,250 2.1.5,250 2.1.5,354,250 2.0.0"
	newest bob "$PASSWORD" Outbox
	same "Return-Path: <bob@foo.com>
X-Envelope-To: <x@elsewhere.example>
X-Envelope-To: <y@[192.0.2.1]>
X-Envelope-Parameters: MAIL FROM:<bob@foo.com>
 RET=HDRS ENVID=one
X-Envelope-Parameters: RCPT TO:<x@elsewhere.example>
 NOTIFY=FAILURE,DELAY ORCPT=rfc822;x@old.example" "$(head -7 <<<"$output")"
	has " with ESMTPA id "
	same "Subject: out

far away" "$(sed 1,10d <<<"$output")"
	newest_of_bob
	has_not "X-Envelope"
	has "far away"
}

@test "NOTIFY=SUCCESS: the sender is told who has got the message" {
	lab --only smtp,imap
	by_hand smtp <<-'END'
		EHLO bar.com
		MAIL FROM:<bob@foo.com> RET=HDRS ENVID=QQ+2B1
		RCPT TO:<jones@foo.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Jones+2Bx@old.example
		RCPT TO:<smith@foo.com> NOTIFY=FAILURE
		DATA
		Subject: arrived?

		not repeated
		.
		MAIL FROM:<>
		RCPT TO:<jones@foo.com> NOTIFY=SUCCESS
		DATA
		Subject: nobody is told
		.
		QUIT
	END
	answers "250,250 2.1.0,250 2.1.5,250 2.1.5,354,250 2.0.0,250 2.1.0,250 2.1.5,354,250 2.0.0"
	newest_of_bob
	same "Return-Path: <>" "${lines[0]}"
	run -0 "$PYTHON" -c '
import email, sys
from email.policy import default
m = email.message_from_string(sys.stdin.read(), policy=default)
print(m.get_content_type(), m["Content-Type"].params["report-type"], m["To"])
words, status, header = m.iter_parts()
print([list(block.items()) for block in status.get_payload()][1])
print(status.get_payload(0)["Original-Envelope-Id"], header.get_content_type(), "Subject: arrived?" in header.get_payload())
' <<<"$output"
	same "multipart/report delivery-status bob@foo.com
[('Original-Recipient', 'rfc822;Jones+x@old.example'), ('Final-Recipient', 'rfc822;jones@foo.com'), ('Action', 'delivered'), ('Status', '2.0.0')]
QQ+1 text/rfc822-headers True" "$output"
}

@test "submission wants AUTH first, and completes the header" {
	lab --only submission,imap
	by_hand submission <<-'END'
		NOOP
		MAIL FROM:<bob@foo.com>
		EHLO bar.com
		MAIL FROM:<bob@foo.com>
		RCPT TO:<bob@foo.com>
		DATA
		VRFY bob
		BDAT 6 LAST
		\QUIT\r\n
		RSET
		QUIT
	END
	answers "250 2.0.0,530 5.7.0,250,530 5.7.0,530 5.7.0,530 5.7.0,530 5.7.0,530 5.7.0,250 2.0.0"
	by_hand submission < <(
		printf 'EHLO bar.com\nAUTH PLAIN %s\n' "$(printf '\0bob\0redqueen' | base64)"
		printf 'MAIL FROM:<bob@foo.com>\nRCPT TO:<bob@foo.com>\nDATA\nSubject: short\n\nhello\n.\nQUIT\n'
	)
	answers "250,235 2.7.0,250 2.1.0,250 2.1.5,354,250 2.0.0"
	newest_of_bob
	[[ ${lines[4]} == "From: <bob@"*">" ]]
	[[ ${lines[5]} == "Date: "* ]]
	[[ ${lines[6]} == "Message-ID: <"*"@"*">" ]]
	[[ ${lines[7]} == "Subject: short" ]]
}

@test "STARTTLS: what was said before is forgotten, and what was sent behind it is never read" {
	lab --only smtp
	run -0 timeout 20 "$PYTHON" - "$(lab_port smtp)" <<-'END'
		import smtplib, ssl, sys
		s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=10)
		s.login("bob", "redqueen")
		s.docmd("RSET")
		print(s.starttls(context=ssl._create_unverified_context())[0])
		print(s.docmd("MAIL", "FROM:<a@b.example>"))
		s.ehlo()
		print(s.has_extn("starttls"))
		print(s.docmd("MAIL", "FROM:<a@b.example>")[0], s.docmd("RCPT", "TO:<x@elsewhere.example>")[0])
	END
	same "220
(503, b'5.5.1 Say EHLO first')
False
250 550" "$output"
	by_hand smtp <<-'END'
		EHLO bar.com
		STARTTLS
		MAIL FROM:<evil@b.example>
	END
	answers "250,220 2.0.0"
}

# ---- LMTP ----

@test "LMTP: LHLO alone, and a reply for each recipient" {
	lab --only lmtp
	by_hand lmtp <<-'END'
		EHLO bar.com
		HELO bar.com
		MAIL FROM:<a@b.example>
		LHLO bar.com
		MAIL FROM:<a@b.example>
		RCPT TO:<Green@foo.com>
		DATA
		RCPT TO:<bob@foo.com>
		RCPT TO:<jones@foo.com>
		RCPT TO:<bob@foo.com>
		RCPT TO:<x@elsewhere.example>
		DATA
		Subject: three

		hello
		.
		MAIL FROM:<a@b.example>
		RCPT TO:<bob@foo.com>
		RCPT TO:<jones@foo.com>
		BDAT 5
		hel
		BDAT 2 LAST
		\lo
		QUIT
	END
	answers "500 5.5.1,500 5.5.1,503 5.5.1,250,250 2.1.0,550 5.1.1,503 5.5.1,250 2.1.5,250 2.1.5,250 2.1.5,550 5.7.1,354,250 2.1.5,250 2.1.5,250 2.1.5,250 2.1.0,250 2.1.5,250 2.1.5,250 2.0.0,250 2.1.5,250 2.1.5"
	has "250 2.1.5 <jones@foo.com> It is delivered"
}

@test "a mailbox that the message does not fit into: LMTP says it of that one, SMTP keeps it for nobody" {
	lab --only smtp,lmtp,imap
	run -0 timeout 20 "$PYTHON" - "$(lab_port imap)" <<-'END'
		import imaplib, sys
		m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=10)
		m.login("full", "lab")
		m.select()
		m.store("1:*", "+FLAGS", "\\Deleted")
		m.expunge()
	END
	message() {
		printf 'MAIL FROM:<a@b.example>\nRCPT TO:<bob@foo.com>\nRCPT TO:<full@foo.com>\nDATA\nSubject: %s\n\n%02000d\n.\n' "$1" 0
	}
	by_hand lmtp < <(printf 'LHLO bar.com\n' && message "by LMTP" && printf 'QUIT\n')
	answers "250,250 2.1.0,250 2.1.5,250 2.1.5,354,250 2.1.5,452 4.2.2"
	newest_of_bob
	has "Subject: by LMTP"
	by_hand smtp < <(
		printf 'EHLO bar.com\n' && message "by SMTP"
		printf 'MAIL FROM:<a@b.example> SIZE=2500\nRCPT TO:<full@foo.com>\nRCPT TO:<bob@foo.com>\nQUIT\n'
	)
	answers "250,250 2.1.0,250 2.1.5,250 2.1.5,354,452 4.2.2,250 2.1.0,452 4.2.2,250 2.1.5"
	newest_of_bob
	has_not "Subject: by SMTP"
}

@test "LMTP: a thousand replies" {
	lab --only lmtp
	by_hand lmtp < <(
		printf 'LHLO bar.com\nMAIL FROM:<a@b.example>\n'
		for i in {1..1000}; do echo "RCPT TO:<bob+$i@foo.com>"; done
		printf 'DATA\nSubject: once\n.\nNOOP\nQUIT\n'
	)
	same "1000" "$(grep -c '^250 2.1.5 <bob+[0-9]*@foo.com> It is delivered' <<<"$output")"
	same "250 2.0.0 OK" "$(tail -2 <<<"$output" | head -1)"
}

@test "garbage, cut anywhere: the server stays, and takes the next message" {
	lab --only smtp,lmtp,submission
	run -0 timeout 60 "$PYTHON" - "$(lab_port smtp)" "$(lab_port lmtp)" "$(lab_port submission)" <<-'END'
		import random, socket, sys
		chance = random.Random(5321)
		def piece():
		    octets = bytes(chance.randrange(256) for _ in range(chance.randrange(40)))
		    return chance.choice([b"EHLO ", b"LHLO x\r\n", b"EHLO x\r\n", b"MAIL FROM:<", b"MAIL FROM:<>\r\n", b"RCPT TO:<",
		        b"RCPT TO:<bob@foo.com>", b"DATA\r\n", b"\r\n.\r\n", b"\r\n", b"BDAT 9", b" LAST", b"AUTH PLAIN ", b"AUTH LOGIN\r\n",
		        b"VRFY ", b"EXPN ", b"HELP ", b"RSET\r\n", b"SIZE=", b"\"@\\", b"x" * 20000, octets, octets])
		for i in range(200):
		    peer = socket.create_connection(("127.0.0.1", int(chance.choice(sys.argv[1:]))), 30)
		    try:
		        peer.sendall(b"".join(piece() for _ in range(chance.randrange(60))))
		        if chance.random() < 0.7:
		            peer.shutdown(socket.SHUT_WR)
		            while peer.recv(65536):
		                pass
		    except ConnectionError:
		        pass
		    peer.close()
	END
	by_hand smtp <<-'END'
		EHLO bar.com
		MAIL FROM:<a@b.example>
		RCPT TO:<bob@foo.com>
		DATA
		.
		QUIT
	END
	answers "250,250 2.1.0,250 2.1.5,354,250 2.0.0"
}

# ---- the clients that people use ----

@test "smtplib: SMTP, LMTP, STARTTLS, each mechanism that it has, UTF-8" {
	lab --only smtp,smtps,lmtp,submission,imap
	run -0 timeout 20 "$PYTHON" - "$(lab_port smtp)" "$(lab_port lmtp)" "$(lab_port submission)" "$(lab_port smtps)" <<-'END'
		import smtplib, ssl, sys
		smtp, lmtp, submission, smtps = map(int, sys.argv[1:])
		from email.message import EmailMessage
		m = EmailMessage()
		m["From"], m["To"], m["Subject"] = "a@b.example", "bob@foo.com", "smtplib"
		m.set_content("hello\n.\n.dots\n")
		tls = ssl._create_unverified_context()
		with smtplib.SMTP("127.0.0.1", smtp) as s:
		    print(s.send_message(m), s.verify("bob")[0], s.expn("staff")[0], len(s.help()) > 100)
		    print(s.sendmail("a@b.example", ["bob@foo.com", "Green@foo.com"], "Subject: x\n\nx"))
		with smtplib.LMTP("127.0.0.1", lmtp) as s:
		    print(s.send_message(m))
		for mechanism in "auth_plain", "auth_login", "auth_cram_md5":
		    with smtplib.SMTP("127.0.0.1", submission) as s:
		        s.starttls(context=tls)
		        s.ehlo()
		        s.user, s.password = "bob", "redqueen"
		        print(s.auth(mechanism[5:].upper().replace("_", "-"), getattr(s, mechanism))[0])
		        print(s.sendmail("a@b.example", ["x@elsewhere.example"], "Subject: x\n\nx"))
		with smtplib.SMTP_SSL("127.0.0.1", smtps, context=tls) as s:
		    print(s.sendmail("a@b.example", ["bob@foo.com"], "Subject: grüße\n\nx".encode(), ["SMTPUTF8", "BODY=8BITMIME"]))
	END
	same "{} 250 250 True
{'Green@foo.com': (550, b'5.1.1 No such user here')}
{}
235
{}
235
{}
235
{}
{}" "$output"
	newest_of_bob
	has " with UTF8SMTPS id "
	has "Subject: grüße"
}

@test "swaks: TLS, and AUTH by each mechanism" {
	require swaks
	lab --only smtp,smtps,submission,lmtp
	common=(--server 127.0.0.1 --from a@b.example --to bob@foo.com --body hello --timeout 10)
	run -0 swaks "${common[@]}" --port "$(lab_port smtp)" --pipeline
	has "<-  250 2.0.0 The message is taken"
	run -0 swaks "${common[@]}" --port "$(lab_port smtp)" --tls
	run -0 swaks "${common[@]}" --port "$(lab_port smtps)" --tls-on-connect
	run -0 swaks "${common[@]}" --port "$(lab_port lmtp)" --protocol LMTP
	for mechanism in PLAIN LOGIN CRAM-MD5; do
		run -0 swaks "${common[@]}" --port "$(lab_port submission)" --auth "$mechanism" --auth-user bob --auth-password "$PASSWORD"
		has "235 2.7.0"
	done
	run -28 swaks "${common[@]}" --port "$(lab_port submission)" --auth PLAIN --auth-user bob --auth-password wrong
	run -23 swaks "${common[@]}" --port "$(lab_port submission)"
}

@test "curl: smtp, smtps, STARTTLS, AUTH, VRFY, EXPN and HELP" {
	require curl
	lab --only smtp,smtps
	smtp=smtp://127.0.0.1:$(lab_port smtp) smtps=smtps://127.0.0.1:$(lab_port smtps)
	mail=(-sS -k --max-time 10 --mail-from a@b.example -T -)
	run -0 curl "${mail[@]}" --mail-rcpt bob@foo.com "$smtp/bar.com" <<<$'Subject: curl\n\n.\n..x'
	run -0 curl "${mail[@]}" --mail-rcpt bob@foo.com "$smtps" <<<"hello"
	run -0 curl "${mail[@]}" --mail-rcpt bob@foo.com --ssl-reqd "$smtp" <<<"hello"
	for mechanism in PLAIN LOGIN CRAM-MD5; do
		run -0 curl "${mail[@]}" --mail-rcpt x@elsewhere.example -u "bob:$PASSWORD" --login-options "AUTH=$mechanism" "$smtp" <<<"hello"
	done
	run -55 curl "${mail[@]}" --mail-rcpt Green@foo.com "$smtp" <<<"hello"
	run -67 curl "${mail[@]}" --mail-rcpt bob@foo.com -u bob:wrong "$smtp" <<<"hello"
	run -0 curl -sS --mail-rcpt bob "$smtp"
	has "Bob <bob@"
	run -0 curl -sS -X EXPN --mail-rcpt staff "$smtp"
	has "The teacher <teacher@"
	run -0 curl -sS -X HELP "$smtp"
	has "MAIL RCPT DATA"
}

@test "msmtp submits" {
	require msmtp
	lab --only submission,imap
	run -0 msmtp --host=127.0.0.1 "--port=$(lab_port submission)" --auth=scram-sha-256 --user=bob "--passwordeval=echo $PASSWORD" \
		--tls=on --tls-starttls=on --tls-certcheck=off --timeout=10 --from=bob@foo.com x@elsewhere.example <<<$'Subject: msmtp\n\n.\nhello'
	newest bob "$PASSWORD" Outbox
	has " with ESMTPSA id "
	has "X-Envelope-To: <x@elsewhere.example>"
	same ".
hello" "$(tail -2 <<<"$output")"
}
