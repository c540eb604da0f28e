#!/usr/bin/env bats
# parlance explain: what a word means. The notes are data and may be worded anew: what is looked for is the word, what it
# is, and where it is defined.

load helpers

explain() {
	run "$PARLANCE" explain "$@"
}

# sections_of ARGUMENT...: explains it, and prints the headings, each "WORD  what it is". Exit 1 where it is not known.
sections_of() {
	local output
	output=$("$PARLANCE" explain "$@" 2>&1) || {
		echo "not known: $output"
		return 1
	}
	grep '^[^ ]' <<<"$output"
}

# explained_as: for each pair of lines on stdin, an argument and the headings that it must get, parted by " | ".
explained_as() {
	local argument wanted
	while IFS= read -r argument && IFS= read -r wanted; do
		same "$argument: $wanted" "$argument: $(sections_of "$argument" | paste -sd'|' | sed 's/|/ | /g')" || return 1
	done
}

@test "a reply code: what it means, what its digits mean, and what it means behind each command" {
	explain 550
	[[ $status == 0 ]]
	has '550  SMTP reply code'
	has 'RFC 5321 4.2.3'
	grep -Eq '^ +5yz  ' <<<"$output"
	grep -Eq '^ +x5z  ' <<<"$output"
	grep -Eq '^ +after RCPT  ' <<<"$output"
	grep -Eq '^ +after DATA  ' <<<"$output"
}

@test "the same code in several protocols: a section each" {
	same '550  SMTP reply code (LMTP too) | 550  FTP reply code' "$(sections_of 550 | paste -sd'|' | sed 's/|/ | /')"
	explain 421
	[[ $status == 0 ]]
	has '421  SMTP reply code'
	has '421  HTTP status code'
	has 'Misdirected Request'
	has '421  FTP reply code'
	explain ftp 550
	has 'after RETR'
	has_not 'after RCPT'
	has_not 'HTTP'
	explain 418
	[[ $status == 0 ]]
	has '418  HTTP status code'
	has "I'm a teapot"
}

@test "the codes of POP3 and IMAP: what they mean behind each command" {
	explain pop3 -- -ERR
	[[ $status == 0 ]]
	has '-ERR  POP3 status indicator'
	grep -Eq '^ +after RETR  ' <<<"$output"
	explain 'RETR -ERR'
	[[ $status == 0 ]]
	has '-ERR after RETR  POP3 status indicator'
	grep -Eq '^ +-ERR  ' <<<"$output"
	explain pop3 RETR
	grep -Eq '^ +[+]OK  ' <<<"$output"
	grep -Eq '^ +-ERR  ' <<<"$output"
	explain NO
	[[ $status == 0 ]]
	has 'NO  IMAP status'
	grep -Eq '^ +after SELECT  ' <<<"$output"
	explain imap fetch
	has 'FETCH  IMAP command'
	grep -Eq '^ +BAD  ' <<<"$output"
}

@test "a command of two words answers as its second one does" {
	explain 'UID FETCH'
	[[ $status == 0 ]]
	has 'UID FETCH  IMAP command'
	grep -Eq '^ +NO  ' <<<"$output"
	explain uid fetch no
	[[ $status == 0 ]]
	has 'NO after FETCH  IMAP status'
}

@test "a word that begins with a hyphen works as it is typed" {
	explain -ERR
	[[ $status == 0 ]]
	has '-ERR  POP3 status indicator'
	same "$output" "$("$PARLANCE" explain -- -ERR)"
	explain pop3 -ERR
	[[ $status == 0 ]]
	explain --json -err
	[[ $status == 0 ]]
	has_event '{"protocol": "pop3", "what": "POP3 status indicator", "word": "-ERR"}'
	explain PASS -ERR
	[[ $status == 0 ]]
	has '-ERR after PASS  POP3 status indicator'
	explain '-ERR [IN-USE] the maildrop is locked'
	[[ $status == 0 ]]
	has 'IN-USE  POP3 response code'
	explain imap -FLAGS.SILENT
	[[ $status == 0 ]]
	run -2 "$PARLANCE" explain -ERRO
	has 'no such option'
}

@test "words of each protocol" {
	explained_as <<-'EOF'
		TRYCREATE
		TRYCREATE  IMAP response code
		PASV
		PASV  FTP command | PASV  FTP feature
		UIDL
		UIDL  POP3 command | UIDL  POP3 capability
		418
		418  HTTP status code
		401
		401  HTTP status code
		150
		150  FTP reply code
		IN-USE
		IN-USE  POP3 response code
		+OK
		+OK  POP3 status indicator
		+
		+  POP3 status indicator | +  IMAP status
		*
		*  IMAP status | *  HTTP method | *  HTTP field
		PRI
		PRI  HTTP method
		Sec-Fetch-Mode
		Sec-Fetch-Mode  HTTP field
		SCRAM-SHA-256
		SCRAM-SHA-256  SASL mechanism (SMTP, LMTP, POP3, IMAP) | SCRAM-SHA-256  HTTP word in a field
		THREAD=REFERENCES
		THREAD=REFERENCES  IMAP capability
		STATUS=SIZE
		STATUS=SIZE  IMAP capability
		PASV 227
		227 after PASV  FTP reply code
		4xx
		4yz  SMTP reply code (LMTP too) | 4xx  HTTP status code | 4yz  FTP reply code
	EOF
}

@test "words as they are copied: brackets, quotes, colons, values; or without what a shell takes away" {
	explained_as <<-'EOF'
		[TRYCREATE]
		TRYCREATE  IMAP response code
		\Seen
		\Seen  flag of a message (IMAP)
		Seen
		\Seen  flag of a message (IMAP) | SEEN  SEARCH key (IMAP)
		noselect
		\Noselect  attribute of a mailbox (IMAP)
		mdnsent
		$MDNSent  flag of a message (IMAP)
		content-length:
		Content-Length  HTTP field
		content-length: 722
		Content-Length  HTTP field
		"RCPT 550"
		550 after RCPT  SMTP reply code (LMTP too)
		AUTH=PLAIN
		AUTH=  EHLO keyword (SMTP, LMTP) | AUTH=  IMAP capability | PLAIN  SASL mechanism (SMTP, LMTP, POP3, IMAP)
		max-age=3600,
		max-age  HTTP word in a field
		RET=FULL
		RET  parameter of MAIL or RCPT (SMTP, LMTP)
		BODY.PEEK[]
		BODY.PEEK[]  FETCH item (IMAP)
		BODY[HEADER.FIELDS
		BODY[HEADER.FIELDS]  FETCH item (IMAP)
		BODY[1.2.MIME]
		BODY[MIME]  FETCH item (IMAP)
		body.peek
		BODY.PEEK[]  FETCH item (IMAP)
		SYS/TEMP/DISK
		SYS/TEMP  POP3 response code
	EOF
	explain utf-8
	[[ $status == 0 ]]
	has 'UTF8  POP3 capability'
	has 'UTF8  FTP feature'
}

@test "an enhanced status code: detail, class and subject" {
	explain smtp 5.7.1
	[[ $status == 0 ]]
	has '5.7.1  enhanced status code'
	has 'RFC 3463 3.8'
	grep -Eq '^ +5.X.X  ' <<<"$output"
	grep -Eq '^ +X.7.X  ' <<<"$output"
	explain 2.1.5
	[[ $status == 0 ]]
	has '2.1.5  enhanced status code'
	has '2.X.X  '
}

@test "a word that is several things: each has its heading" {
	explain STARTTLS
	[[ $status == 0 ]]
	has 'STARTTLS  SMTP command'
	has 'RFC 3207 4'
	has 'STARTTLS  EHLO keyword'
	has 'announced by the server'
	explain size
	[[ $status == 0 ]]
	has 'SIZE  EHLO keyword'
	has 'SIZE  parameter of MAIL or RCPT'
	has 'MAIL FROM:<address> SIZE=octets'
	has 'RFC 1870 3'
}

@test "a command: its form, its phase, the states that allow it, and its answers" {
	explain rcpt
	[[ $status == 0 ]]
	has 'RCPT  SMTP command'
	has 'RCPT TO:<forward-path> [parameters]'
	grep -Eq '^ +phase +transfer$' <<<"$output"
	grep -Eq '^ +when +in state mail, rcpt$' <<<"$output"
	grep -Eq '^ +550  ' <<<"$output"
}

@test "a mechanism" {
	explain plain LOGIN
	[[ $status == 0 ]]
	has 'PLAIN  SASL mechanism'
	has 'RFC 4616 2'
	has 'LOGIN  SASL mechanism'
	has 'No RFC: draft-murchison-sasl-login, expired'
}

@test "a code behind a command, in one word or in two" {
	explain "RCPT 550"
	[[ $status == 0 ]]
	has '550 after RCPT  SMTP reply code'
	one=$output
	explain rcpt 550
	[[ $status == 0 ]]
	same "$one" "$output"
}

@test "lines as copied from a session" {
	explain 250-SIZE
	[[ $status == 0 ]]
	has '250  SMTP reply code'
	has 'SIZE  EHLO keyword'
	explain 'S: 250-SIZE 35882577'
	[[ $status == 0 ]]
	has 'SIZE  EHLO keyword'
	explain '550 5.1.1'
	[[ $status == 0 ]]
	has '550  SMTP reply code'
	has '5.1.1  enhanced status code'
	explain '550-5.1.1 The email account that you tried to reach does not exist'
	[[ $status == 0 ]]
	has '5.1.1  enhanced status code'
	explain 'RCPT TO:<jones@example.org> NOTIFY=NEVER'
	[[ $status == 0 ]]
	has 'RCPT  SMTP command'
	has 'NOTIFY  parameter of MAIL or RCPT'
}

@test "lines of every protocol: the words that it defines, and no others" {
	explained_as <<-'EOF'
		+OK 2 320
		+OK  POP3 status indicator
		227 Entering Passive Mode (127,0,0,1,200,21)
		227  FTP reply code
		HTTP/1.1 404 Not Found
		404  HTTP status code
		GET / HTTP/1.1
		GET  HTTP method
		C: RETR 1
		RETR  POP3 command | RETR  FTP command
		* 3 EXISTS
		EXISTS  untagged IMAP response | *  IMAP status
		a1 OK [READ-WRITE] done
		OK  IMAP status | READ-WRITE  IMAP response code
		* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN
		CAPABILITY  untagged IMAP response | *  IMAP status | IMAP4rev1  IMAP capability | IDLE  IMAP capability | AUTH=  IMAP capability | PLAIN  SASL mechanism (IMAP)
		* OK [PERMANENTFLAGS (\Seen \*)] Limited
		OK  untagged IMAP response | *  IMAP status | PERMANENTFLAGS  IMAP response code | \Seen  flag of a message (IMAP) | \*  flag of a message (IMAP)
		* LIST (\HasNoChildren) "/" Junk
		LIST  untagged IMAP response | *  IMAP status | \HasNoChildren  attribute of a mailbox (IMAP)
		a1 UID FETCH 1:* (FLAGS BODY.PEEK[HEADER])
		UID FETCH  IMAP command | FLAGS  FETCH item (IMAP) | BODY.PEEK[]  FETCH item (IMAP)
		a2 SELECT INBOX
		SELECT  IMAP command
		Cache-Control: no-cache, max-age=0
		Cache-Control  HTTP field | no-cache  HTTP word in a field | max-age  HTTP word in a field
		SITE CHMOD 644 notes.txt
		SITE  FTP command | SITE  FTP feature | CHMOD  FTP SITE command
		550 5.1.1 No such user; try HELP
		550  SMTP reply code (LMTP too) | 5.1.1  enhanced status code (SMTP, LMTP)
	EOF
}

@test "a line that nobody put into quotes" {
	same "$("$PARLANCE" explain '550 5.1.1 No such user')" "$("$PARLANCE" explain 550 5.1.1 No such user)"
	same "$("$PARLANCE" explain 'HTTP/1.1 404 Not Found')" "$("$PARLANCE" explain 404 Not Found)"
	same "$("$PARLANCE" explain 'GET / HTTP/1.1')" "$("$PARLANCE" explain GET / HTTP/1.1)"
	same "$("$PARLANCE" explain '+OK 2 320')" "$("$PARLANCE" explain +OK 2 320)"
	same "$("$PARLANCE" explain 'a1 OK [READ-WRITE] done')" "$("$PARLANCE" explain a1 OK '[READ-WRITE]' 'done')"
	same "$("$PARLANCE" explain 'Host: example.org')" "$("$PARLANCE" explain Host: example.org)"
	same "$("$PARLANCE" explain 'C: RETR 1')" "$("$PARLANCE" explain C: RETR 1)"
}

@test "in a protocol that is named, no other's words" {
	same 'AUTH=  IMAP capability | PLAIN  SASL mechanism (IMAP)' \
		"$(sections_of imap AUTH=PLAIN | paste -sd'|' | sed 's/|/ | /')"
	same 'Host  HTTP field' "$(sections_of http 'Host: example.org')"
	run -1 "$PARLANCE" explain smtp 'HTTP/1.1 404 Not Found'
	run -1 "$PARLANCE" explain pop3 '* 3 EXISTS'
	run -1 "$PARLANCE" explain tcp RETR
}

@test "what no RFC defines names who does" {
	explain XCLIENT X-Forwarded-For X-GM-RAW 520 XSHA1
	[[ $status == 0 ]]
	has 'No RFC: Cloudflare'
	[[ $(grep -c 'No RFC: ' <<<"$output") -ge 5 ]]
}

@test "a reply's own words are not taken for commands" {
	explain '550 5.7.1 HELP is far'
	[[ $status == 0 ]]
	has_not ' command'$'\n'
	run -1 "$PARLANCE" explain 'No such user here'
	run -1 "$PARLANCE" explain 'Relay access denied'
	[[ $output != *nearest* ]]
}

@test "several words, each in turn" {
	explain 421 ehlo
	[[ $status == 0 ]]
	has '421  SMTP reply code'
	has 'EHLO  SMTP command'
}

@test "SMTP and LMTP know the same code: it is said once" {
	explain 354
	[[ $status == 0 ]]
	[[ $(grep -c '^354  ' <<<"$output") == 1 ]]
}

@test "a protocol may be named first" {
	explain lmtp 354
	[[ $status == 0 ]]
	has '354  LMTP reply code'
	explain LHLO
	[[ $status == 0 ]]
	has 'LHLO  LMTP command'
	run --separate-stderr "$PARLANCE" explain smtp LHLO
	[[ $status == 1 && -z $output ]]
	[[ $stderr == 'parlance: explain: no "LHLO" is known in smtp'* ]]
	explain lmtp 250
	has 'after LHLO'
	has_not 'after EHLO'
}

@test "a word that nobody knows: the nearest ones, exit 1" {
	run --separate-stderr "$PARLANCE" explain STARTLS
	[[ $status == 1 && -z $output ]]
	same 'parlance: explain: no "STARTLS" is known: nearest: STARTTLS' "$stderr"
	run --separate-stderr "$PARLANCE" explain qqqqq
	[[ $status == 1 && -z $output ]]
	[[ $stderr == 'parlance: explain: no "qqqqq" is known: '* && $stderr != *nearest* ]]
	run -1 "$PARLANCE" explain Hots
	same 'parlance: explain: no "Hots" is known: nearest: Host' "$output"
	run -1 "$PARLANCE" explain 'RTER 1'
	same 'parlance: explain: no "RTER 1" is known: nearest: RETR' "$output"
	run -1 "$PARLANCE" explain smpt 250
	has 'nearest: smtp'
}

@test "one unknown word among known ones: they are explained, exit 1" {
	run --separate-stderr "$PARLANCE" explain 250 qqqqq QUIT
	[[ $status == 1 ]]
	has '250  SMTP reply code'
	has 'QUIT  SMTP command'
	[[ $stderr == *'"qqqqq"'* ]]
}

@test "an unregistered code: what its digits say" {
	explain 299
	[[ $status == 0 ]]
	has '299  SMTP reply code'
	has 'Not registered.'
	has '2yz  '
	has '299  HTTP status code'
	has '2xx  '
	explain 5.7.99
	[[ $status == 0 ]]
	has 'Not registered.'
	has 'X.7.X  '
}

@test "an unregistered code where another protocol has it: only if that protocol is named" {
	explain 550
	has_not 'Not registered.'
	has_not 'HTTP'
	explain http 550
	[[ $status == 0 ]]
	has '550  HTTP status code'
	has 'Not registered.'
}

@test "a number that is no code: exit 1" {
	for word in 999 099 1.2.3 5.7 55 5500; do
		run --separate-stderr "$PARLANCE" explain "$word"
		[[ $status == 1 && -z $output ]] || {
			echo "$word: exit $status: $output" >&2
			return 1
		}
	done
}

@test "no word: a usage error that shows how" {
	run --separate-stderr "$PARLANCE" explain
	[[ $status == 2 && -z $output ]]
	[[ $stderr == *'parlance explain 550'* ]]
}

@test "a protocol alone lists what is known of it" {
	run -0 --separate-stderr "$PARLANCE" explain smtp
	[[ $output == *'SMTP command: ATRN, AUTH'* && $output == *' RCPT, '* && $output == *'EHLO keyword: 8BITMIME'* ]]
	[[ $output != *'RCPT 550'* && -z $stderr ]]
	run -0 --separate-stderr "$PARLANCE" explain imap
	[[ $output == *'UID COPY'* && $output == *'BODY[HEADER.FIELDS]'* && $output != *'FETCH NO'* && -z $stderr ]]
	run -0 --separate-stderr "$PARLANCE" explain http
	grep -Eq '^    Range, RateLimit' <<<"$output" # each initial begins a line
	[[ -z $(awk 'length($0) > 80 || / $/' <<<"$output") ]]
	run -0 "$PARLANCE" explain tcp
	run -0 --separate-stderr "$PARLANCE" explain --json lmtp
	[[ $(jq -r 'select(.word == "LHLO") | .protocol' <<<"$output") == lmtp ]]
}

@test "a reader who has seen enough is no error, a full disk is one" {
	run -0 --separate-stderr bash -c '"$0" explain --json smtp | head -n 1' "$PARLANCE"
	[[ ${#lines[@]} == 1 && -z $stderr ]]
	[[ -c /dev/full ]] || skip "there is no /dev/full"
	run -2 --separate-stderr "$PARLANCE" explain -o /dev/full 550
	[[ $stderr == 'parlance: explain: /dev/full: '* ]]
	run -2 --separate-stderr bash -c '"$0" explain 550 >/dev/full' "$PARLANCE"
	[[ $stderr == 'parlance: output: '* ]]
}

@test "an unknown word cannot reach the terminal" {
	run --separate-stderr "$PARLANCE" explain $'x\e[31mred\rx'
	[[ $status == 1 ]]
	[[ $stderr != *$'\e'* && $stderr != *$'\r'* ]]
	[[ $stderr == *'\x1B[31mred\rx'* || $stderr == *'\x1b[31mred\rx'* ]]
}

@test "--json: an object a line, with all that is known" {
	explain --json STARTTLS
	[[ $status == 0 ]]
	has_event '{"kind": "explain", "protocol": "smtp", "what": "SMTP command", "word": "STARTTLS", "phase": "encrypt",
		"needs": "STARTTLS", "states": ["ready"], "ref": "RFC 3207 4"}'
	has_event '{"kind": "explain", "what": "EHLO keyword", "word": "STARTTLS", "ref": "RFC 3207 3", "phase": null}'
	explain --json 550 5.1.1
	[[ $status == 0 ]]
	has_event '{"what": "SMTP reply code", "word": "550", "ref": "RFC 5321 4.2.3"}'
	has_event '{"what": "SMTP reply code", "word": "RCPT 550"}'
	has_event '{"what": "SMTP reply code", "word": "5yz"}'
	has_event '{"what": "enhanced status code", "word": "5.1.1", "ref": "RFC 3463 3.2"}'
	[[ $(jq -r 'select(.note == null or .ref == null)' <<<"$output") == "" ]]
	explain --json 550
	has_event '{"protocol": "ftp", "what": "FTP reply code", "word": "RETR 550"}'
	explain --json imap 'UID FETCH'
	has_event '{"protocol": "imap", "what": "IMAP command", "word": "UID FETCH", "states": ["selected"]}'
	has_event '{"protocol": "imap", "what": "IMAP status", "word": "FETCH NO"}'
	explain --json 299
	has_event '{"word": "299", "registered": false}'
}

@test "lines fit into 80 columns, and nothing ends in a space" {
	explain 550 250 OK RCPT AUTH DATA LIMITS NOTIFY XCLIENT FETCH RETR PASV Content-Security-Policy SELECT
	[[ $status == 0 ]]
	[[ -z $(awk 'length($0) > 80 || / $/' <<<"$output") ]]
}

@test "a reference is not torn apart" {
	explain 250 RCPT
	has 'RFC 5321'
	run grep -E 'RFC$|RFC [0-9]+$' <<<"$output"
	[[ $status == 1 ]]
}

@test "no colour where it is not asked for, bold headings where it is" {
	explain 550
	has_not $'\e'
	explain --color always 550
	[[ $status == 0 ]]
	has $'\e[1m550\e[0m  SMTP reply code'
}

# protocol_of LIST: whose words it holds.
protocol_of() {
	case $(basename "$1") in
	smtp-* | ehlo-* | mail-* | enhanced-* | sasl-*) echo smtp ;;
	*) basename "$1" | cut -d- -f1 ;;
	esac
}

@test "every registered word is explained" {
	# One call a list: a word that is missing is an error.
	for list in "$ROOT"/tests/registry/*.txt; do
		mapfile -t words < <(grep -v '^#' "$list" | tr ' ' '\n')
		run --separate-stderr "$PARLANCE" explain "$(protocol_of "$list")" -- "${words[@]}"
		[[ $status == 0 && -z $stderr ]] || {
			echo "$list: $stderr" >&2
			return 1
		}
	done
}

@test "a word that only the notes use: where they do, exit 1" {
	run -1 "$PARLANCE" explain greylisting
	has 'no "greylisting" is known: it is spoken of under: RCPT 450, RCPT 451'
	run -1 "$PARLANCE" explain dot
	has "DATA"
	run -1 "$PARLANCE" explain hello
	has "nearest: HELO"
	has "; spoken of under: EHLO"
}
