#!/usr/bin/env bats
# parlance explain: what a word means. The notes are data and may be worded anew: what is looked for is the word, what it
# is, and where it is defined.

load helpers

explain() {
	run "$PARLANCE" explain "$@"
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

@test "a reply's own words are not taken for commands" {
	explain '550 5.7.1 HELP is far'
	[[ $status == 0 ]]
	has_not 'SMTP command'
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
	run --separate-stderr "$PARLANCE" explain xyzzy
	[[ $status == 1 && -z $output ]]
	[[ $stderr == 'parlance: explain: no "xyzzy" is known: '* && $stderr != *nearest* ]]
}

@test "one unknown word among known ones: they are explained, exit 1" {
	run --separate-stderr "$PARLANCE" explain 250 xyzzy QUIT
	[[ $status == 1 ]]
	has '250  SMTP reply code'
	has 'QUIT  SMTP command'
	[[ $stderr == *'"xyzzy"'* ]]
}

@test "an unregistered code: what its digits say" {
	explain 299
	[[ $status == 0 ]]
	has '299  SMTP reply code'
	has 'Not registered.'
	has '2yz  '
	explain 5.7.99
	[[ $status == 0 ]]
	has 'Not registered.'
	has 'X.7.X  '
}

@test "a number that is no code: exit 1" {
	for word in 999 099 150 1.2.3 5.7 55 5500; do
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
	[[ $output == *'SMTP command: ATRN AUTH'* && $output == *' RCPT '* && $output == *'EHLO keyword: 8BITMIME'* ]]
	[[ $output != *'RCPT 550'* && -z $stderr ]]
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
	explain --json 299
	has_event '{"word": "299", "registered": false}'
}

@test "lines fit into 80 columns, and nothing ends in a space" {
	explain 550 250 RCPT AUTH DATA LIMITS NOTIFY XCLIENT
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

@test "every registered word is explained" {
	# One call a list: a word that is missing is an error.
	for list in "$ROOT"/tests/registry/*.txt; do
		protocol=smtp
		[[ $list != */lmtp-* ]] || protocol=lmtp
		# shellcheck disable=SC2046
		run --separate-stderr "$PARLANCE" explain $protocol $(grep -v '^#' "$list")
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
