#!/usr/bin/env bats
# The transcripts that ship: each is read, annotated, and reads again as what was printed; those that are as printed in
# a document say what is wrong with them, those that are corrected have nothing wrong left.

load helpers

shopt -s nullglob

# described FILE: as printed in, or described by, a document; not the corrected form.
described() {
	[[ $1 != *-corrected.txt ]]
}

@test "the conversations of the documents are all there" {
	local name missing=()
	for name in ewing-smtp inst346-udp inst346-tcp ch2-ftp \
		{ewing-pop3,ewing-imap,ewing-imaplib,clug-smtp,clug-pop3s,clug-imap}{,-corrected} \
		{clug-http10,clug-http11,clug-http11-close}{,-corrected} \
		{inst346-smtp,inst346-pop3,ch2-smtp,ch2-pop3,ch2-smtps-auth-plain}{,-corrected} \
		{cs2911-imap-close,cs2911-imap-expunge,cs2911-imap-append}{,-corrected} \
		{cs2911-smtp,cs2911-smtp-starttls}{,-corrected}; do
		[[ -f $ROOT/transcripts/$name.txt ]] || missing+=("$name")
	done
	same "" "${missing[*]}"
}

@test "each has a title, a protocol and a source, and no target" {
	local file field
	for file in "$ROOT"/transcripts/*.txt; do
		for field in Title Protocol Source; do
			grep -q "^$field: ." "$file" || { echo "$file: no $field" >&2; return 1; }
		done
		! grep -q '^Target:' "$file" || { echo "$file: has a Target" >&2; return 1; }
	done
}

@test "each that is as a document has it says what is wrong there; each corrected one names it" {
	local file
	for file in "$ROOT"/transcripts/*.txt; do
		if described "$file"; then
			grep -q '^Errata: .' "$file" || { echo "$file: no Errata" >&2; return 1; }
		else
			[[ -f ${file%-corrected.txt}.txt ]]
			grep -q "^Source: $(basename "${file%-corrected.txt}"), corrected: " "$file" || {
				echo "$file: its Source does not say what was corrected" >&2
				return 1
			}
		fi
	done
}

@test "each annotates by its bare name, with the exit status 0" {
	local file
	for file in "$ROOT"/transcripts/*.txt; do
		run -0 --separate-stderr "$PARLANCE" annotate "$(basename "$file" .txt)"
		[[ -z $stderr ]] || { echo "$file: $stderr" >&2; return 1; }
		grep -q '^Protocol: ' <<<"$output"
	done
}

@test "each, annotated, annotates again to the same" {
	local file once twice
	for file in "$ROOT"/transcripts/*.txt; do
		once=$("$PARLANCE" annotate "$file")
		twice=$("$PARLANCE" annotate - <<<"$once")
		same "$once" "$twice" || { echo "$file" >&2; return 1; }
	done
}

# said FILE: the lines that are said there; a stage direction behind a prefix is none.
said() {
	grep -E '^[CS]\\?:' "$1" | grep -Ev '^[CS]: *<(client|server) (connects|starts|hangs|waits|sends)( .*)?>$'
}

@test "what is said survives: annotated without notes, the lines of both sides are those of the file" {
	local file
	for file in "$ROOT"/transcripts/*.txt; do
		# variables have been filled in there
		! grep -q '^Let:' "$file" || continue
		"$PARLANCE" annotate --notes off "$file" >"$BATS_TEST_TMPDIR/annotated"
		# a count that does not fit its text is made to fit
		same "$(said "$file" | sed 's/\(Content-Length:\|{\).*//')" \
			"$(said "$BATS_TEST_TMPDIR/annotated" | sed 's/\(Content-Length:\|{\).*//')" || {
			echo "$file" >&2
			return 1
		}
	done
}

@test "each is played against itself, under TLS where that is printed; corrected ones without a problem" {
	local file
	for file in "$ROOT"/transcripts/*.txt; do
		run -0 --separate-stderr timeout 60 "$PARLANCE" replay --json --timeout 5 "$(basename "$file" .txt)"
		[[ -z $stderr ]] || { echo "$file: $stderr" >&2; return 1; }
		described "$file" || same "" "$(jq -r 'select(.problem) | "\(.text): \(.problem)"' <<<"$output")" || {
			echo "$file" >&2
			return 1
		}
	done
}

@test "corrected ones have no problem left" {
	local file
	for file in "$ROOT"/transcripts/*-corrected.txt; do
		run -0 "$PARLANCE" annotate --json "$file"
		[[ -z $(jq -r 'select(.problem) | "\(.text): \(.problem)"' <<<"$output") ]] || {
			echo "$file" >&2
			jq -r 'select(.problem) | "\(.text): \(.problem)"' <<<"$output" >&2
			return 1
		}
	done
}

@test "a space after the colon of MAIL and RCPT is named where it is printed" {
	local name
	for name in clug-smtp inst346-smtp ch2-smtp cs2911-smtp cs2911-smtp-starttls ch2-smtps-auth-plain; do
		run -0 "$PARLANCE" annotate --json "$name"
		[[ -n $(jq -r 'select(.verb == "MAIL" and .kind == "command" and .problem) | .n' <<<"$output") ]] || {
			echo "$name: no problem at MAIL" >&2
			return 1
		}
	done
}

@test "AUTH LOGIN's prompts are decoded, the misspelt one too" {
	run -0 "$PARLANCE" annotate --json cs2911-smtp-starttls
	has_event '{"code": "334", "decoded": "Usurname:"}'
	run -0 "$PARLANCE" annotate --json cs2911-smtp-starttls-corrected
	has_event '{"code": "334", "decoded": "Username:"}'
	has_event '{"code": "334", "decoded": "Password:"}'
	has_event '{"side": "C", "kind": "data", "text": "c3R1ZGVudEBtc29lLmVkdQ==", "decoded": "student@msoe.edu"}'
	has_event '{"side": "C", "kind": "data", "text": "bW9ua2V5", "decoded": "monkey"}'
}

@test "AUTH PLAIN's corrected key is the one that was sent" {
	run -0 "$PARLANCE" annotate --json ch2-smtps-auth-plain-corrected
	has_event '{"text": "AUTH PLAIN AG5pY2UudHJ5QGdtYWlsLmNvbQBub2l0c25vdG15cGFzc3dvcmQ="}'
}

@test "the upper-case server is a datagram each way, and over TCP no line end" {
	run -0 "$PARLANCE" annotate --notes off inst346-udp
	has 'S: HELLO FROM THE CLIENT'
	run -0 "$PARLANCE" annotate --json inst346-tcp
	has_event '{"side": "S", "text": "HELLO FROM THE CLIENT", "octets": 21}'
}

@test "a mistake in a transcript is named by file and line, and nothing is read" {
	local file
	file=$(transcript wrong.txt <<<$'Protocol: smtp\n\nS: 220 x\nHELO there')
	run -2 --separate-stderr "$PARLANCE" annotate "$file"
	[[ -z $output ]]
	[[ $stderr == "parlance: $file:4: \"HELO there\": neither said, nor done, nor a comment: "* ]]
}
