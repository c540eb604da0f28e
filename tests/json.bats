#!/usr/bin/env bats
# JSON lines: what programs read. FORMATS section 6.

load helpers

@test "every line is an object that jq reads, keys in the order of the table" {
	for name in "$ROOT"/transcripts/*.txt; do
		"$PARLANCE" annotate --json "$name" >"$BATS_TEST_TMPDIR/json"
		# shellcheck disable=SC2016 # the dollars are jq's
		run -0 jq -r '
			["n", "t", "side", "kind", "text", "octets", "more", "protocol", "state", "secure", "verb", "phase", "tag",
			 "code", "enhanced", "keyword", "class", "final", "answers", "decoded", "masked", "note", "ref", "problem",
			 "lossy"] as $known
			| [keys_unsorted[] | . as $key | $known | index($key) // error("unknown key " + $key)]
			| if . == sort then empty else "out of order: \(.)" end' "$BATS_TEST_TMPDIR/json"
		same "" "$output"
	done
}

@test "events are numbered from 1, and a reply names the command that it answers" {
	run -0 "$PARLANCE" annotate --json - <<<$'Protocol: smtp\n\nS: 220 ready\nC: EHLO a\nS: 250-b\nS: 250 SIZE 10'
	events_are <<-'END'
		{"n":1,"side":"S","kind":"reply","code":"220","class":"success","final":true,"answers":null,"octets":11,"t":null}
		{"n":2,"side":"C","kind":"command","text":"EHLO a","verb":"EHLO","phase":"identify","final":null,"octets":8}
		{"n":3,"final":false,"answers":null,"verb":"EHLO","state":"connected"}
		{"n":4,"final":true,"answers":2,"keyword":"SIZE","state":"ready","secure":null,"more":null,"masked":null}
	END
}

@test "controls and bidi marks are escapes; invalid UTF-8 is marked" {
	printf 'Protocol: smtp\n\nC\\: \\xFF\\x1B \xe2\x80\xae\xf3\xa0\x80\x81\\r\\n\n' >"$BATS_TEST_TMPDIR/in"
	"$PARLANCE" annotate --json "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/json"
	grep -qF '\u001b \u202e\udb40\udc01' "$BATS_TEST_TMPDIR/json"
	run -0 jq -r '.lossy, (.text | explode | tostring)' "$BATS_TEST_TMPDIR/json"
	same "$output" $'true\n[65533,27,32,8238,917505]'
}

@test "a masked event has no octets" {
	run -0 "$PARLANCE" annotate --json --secrets mask - <<<$'Protocol: smtp\n\nS: 220 ready\nC: AUTH PLAIN AGJvYgBzZWNyZXQ='
	has_event '{"kind":"command","verb":"AUTH","masked":true,"octets":null,"text":"AUTH PLAIN {{plain bob {{password}}}}"}'
	has_not secret
	has_not AGJv
}

@test "a long line comes in pieces" {
	printf 'Protocol: smtp\n\nS: 220 ready\nC: NOOP %020000d\n' 0 >"$BATS_TEST_TMPDIR/in"
	"$PARLANCE" annotate --json "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/json"
	run -0 jq -sc '[.[1:][] | [.more, .octets]]' "$BATS_TEST_TMPDIR/json"
	same "$output" '[[true,16384],[null,3623]]'
}

@test "the colour of notes and remarks has no place in it" {
	run -0 "$PARLANCE" annotate --json --color always - <<<$'Title: x\nProtocol: smtp\n\n# a comment\nS: 220 ready'
	events_are <<<'{"n":1,"text":"220 ready"}'
	has_not $'\e'
}

@test "an empty datagram has 0 octets" {
	run -0 "$PARLANCE" annotate --json - <<<$'Protocol: udp\n\nC:\nS: x'
	has_event '{"kind":"command","octets":0}'
	has_event '{"kind":"reply","octets":1}'
}
