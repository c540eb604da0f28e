# Counts fit the text (FORMATS section 1), where octets are sent: what replay says to a server, what serve says to a
# client, with variables and without. What annotate says of such lines is judged in golden/counts.golden.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

# plays OPTION...: the transcript on stdin is replayed against itself; $output has the lines that were said.
plays() {
	local file
	file=$(transcript counts.txt)
	run -0 --separate-stderr timeout 20 "$PARLANCE" replay --notes off "$@" "$file"
	output=$(grep -E '^[CS]\\?:' <<<"$output")
}

# problems: of the transcript on stdin, what annotate says is wrong.
problems() {
	run -0 "$PARLANCE" annotate --json "$@" -
	output=$(jq -r 'select(.problem) | .problem' <<<"$output")
}

login() {
	cat <<-'END'
		Protocol: imap
		Let: user=bob
		Let: password=redqueen

		S: * OK ready
		C: a1 LOGIN {3}
		S: + name?
		C: {{user}} {8}
		S: + password?
		C: {{password}}
		S: a1 OK in
	END
}

@test "counts that fit are said as they are printed" {
	plays < <(login)
	same 'S: * OK ready
C: a1 LOGIN {3}
S: + name?
C\: bob
C:  {8}
S: + password?
C\: redqueen
C:
S: a1 OK in' "$output"
}

@test "a value of another length: the true count is said, and nothing is wrong with the script" {
	local given
	plays --set user=alice --set password=12345 < <(login)
	same 'S: * OK ready
C: a1 LOGIN {5}
S: + name?
C\: alice
C:  {5}
S: + password?
C\: {{password}}
C:
S: a1 OK in' "$output"
	# lengths with which the printed count would fit elsewhere
	for given in "" 1 123456 1234567 123456789 "1234567 9"; do
		problems --set "password=$given" --set "user=$given" < <(login)
		same "" "$output"
		plays --set "user=$given" --set "password=$given" --secrets show < <(login)
		has "C: a1 LOGIN {${#given}}"
		has "{${#given}}
S: + password?"
		has "S: a1 OK in"
	done
}

@test "the same without a default, and in what stands behind the literal in its line" {
	plays --set user=alice --set password=123456 --secrets show < <(login | sed '/^Let/d')
	has 'C: a1 LOGIN {5}'
	has 'C:  {6}'
	has 'S: a1 OK in'
	plays --set user=alice --set password=123456 --secrets show < <(
		login | sed '/^S: + pass/d; /^C: {{password/d; s/ {8}$/ {{password}}/'
	)
	same 'S: * OK ready
C: a1 LOGIN {5}
S: + name?
C\: alice
C:  123456
S: a1 OK in' "$output"
}

@test "--map changes a literal's length: the true count is said" {
	login | sed '/^Let/d; s/{{user}}/bob/; s/{{password}}/redqueen/' >"$BATS_TEST_TMPDIR/fixed"
	problems --map bob=alice --map redqueen=x <"$BATS_TEST_TMPDIR/fixed"
	same "" "$output"
	plays --map bob=alice --map redqueen=x <"$BATS_TEST_TMPDIR/fixed"
	has 'C: a1 LOGIN {5}'
	has 'C:  {1}'
	has 'S: a1 OK in'
}

@test "a captured value is counted when it is known" {
	file=$(transcript captures.txt <<-'END'
		Protocol: imap

		S: * OK {{greeting}}
		C: a1 LOGIN {3}
		S: + name?
		C: {{greeting}} {8}
		S: + password?
		C: redqueen
		S: a1 OK in
	END
	)
	serve -q "$(sed 's/{{greeting}}/hello/' "$file" | transcript said.txt)"
	run -0 --separate-stderr timeout 20 "$PARLANCE" replay --notes off "$file" "$served"
	has 'C: a1 LOGIN {5}'
	has 'C\: hello
C:  {8}'
	has 'S: a1 OK in'
}

@test "a count that does not fit its literal: the whole text is meant, and a problem says so" {
	plays <<-'END'
		Protocol: imap

		S: * PREAUTH ready
		C: a1 APPEND saved {310}
		S: + Ready
		C: Subject: hi
		C:
		C: Hello.
		S: a1 OK done
		C: a2 LOGIN {99}
		S: + name?
		C: bob {99}
		S: + password?
		C: redqueen
		S: a2 BAD why?
	END
	same 'S: * PREAUTH ready
C: a1 APPEND saved {21}
S: + Ready
C: Subject: hi
C:
C\: Hello.
C:
S: a1 OK done
C: a2 LOGIN {3}
S: + name?
C\: bob
C:  {8}
S: + password?
C\: redqueen
C:
S: a2 BAD why?' "$output"
	run -0 "$PARLANCE" annotate "$BATS_TEST_TMPDIR/counts.txt"
	has "# problem: the script prints 310 here, but the text that follows has 21 octets, line ends included"
}

@test "a literal that nobody waits for ends before the next command; the protocol may be recognised" {
	plays <<-'END'
		S: * PREAUTH ready
		C: a1 APPEND saved {310+}
		C: Hello,
		C: world
		C: a2 NOOP
		S: a1 OK done
		S: a2 OK done
	END
	has 'C: a1 APPEND saved {13+}'
	has 'C\: world
C:
C: a2 NOOP'
}

@test "a server's literal ends before ), before untagged data and before an outstanding tag" {
	plays <<-'END'
		Protocol: imap

		S: * PREAUTH ready
		C: a1 SELECT INBOX
		S: a1 OK selected
		C: a2 FETCH 1:4 BODY[]
		S: * 1 FETCH (BODY[] {342}
		S: one
		S: )
		S: * 2 FETCH (BODY[] {342}
		S: two)
		S: * 3 FETCH (BODY[] {342}
		S: )
		S: * 4 FETCH (BODY[] {6}
		S: four FLAGS ())
		S: a2 OK done
		C: a3 LIST "" *
		S: * LIST () "/" {99}
		S: Drafts
		S: a3 OK done
	END
	has 'S: * 1 FETCH (BODY[] {5}
S: one
S: )'
	has 'S: * 2 FETCH (BODY[] {4}
S\: two)'
	has 'S: * 3 FETCH (BODY[] {0}
S: )'
	has 'S: * LIST () "/" {6}
S\: Drafts
S:
S: a3 OK done'
}

@test "a body's length: all its lines with their line ends, whatever is printed" {
	plays <<-'END'
		Protocol: http

		C: POST / HTTP/1.1
		C: Host: x
		C: Content-Length: 722
		C: Expect: 100-continue
		C:
		S: HTTP/1.1 100 Continue
		S:
		C: hello
		S: HTTP/1.1 200 OK
		S: Content-Length: 1
		S:
		S: one
		S:
		S\: two
	END
	has 'C: Content-Length: 7'
	has 'C:
S: HTTP/1.1 100 Continue
S:
C: hello
S: HTTP/1.1 200 OK
S: Content-Length: 10
S:
S: one
S:
S\: two'
}

@test "no length is changed where no body comes, nor on an exact line, nor a chunk's size" {
	plays <<-'END'
		Protocol: http

		C: HEAD / HTTP/1.1
		C: Host: x
		C:
		S: HTTP/1.1 200 OK
		S: Content-Length: 722
		S:
		C: GET /1 HTTP/1.1
		C: Host: x
		C:
		S: HTTP/1.1 304 Not Modified
		S: Content-Length: 722
		S:
		C: GET /2 HTTP/1.1
		C: Host: x
		C:
		S: HTTP/1.1 200 OK
		S: Transfer-Encoding: chunked
		S:
		S: 7
		S: hello
		S:
		S: 0
		S:
		C: GET /3 HTTP/1.1
		C: Host: x
		C:
		S: HTTP/1.1 200 OK
		S\: Content-Length: 5\r\n
		S:
		S\: hello
	END
	same 2 "$(grep -c 'Content-Length: 722' <<<"$output")"
	has 'S: 7
S: hello
S:
S: 0'
	has 'S: Content-Length: 5
S:
S\: hello'
}

@test "a stage direction in the text's place has the printed count; marked lines count where they are said" {
	plays <<-'END'
		Protocol: http

		C: PUT / HTTP/1.1
		C: Host: x
		C: Content-Length: 10
		C:
		<client sends the page>
		S: HTTP/1.1 200 OK
		S: Content-Length: 20
		S:
		<server sends 20 octets>
		C: GET / HTTP/1.1
		C: Host: x
		C:
		S: HTTP/1.1 200 OK
		S: Content-Length: 14
		S:
		S: hello
		S?: world
	END
	has 'C:
C: abcdefgh
S: HTTP/1.1 200 OK
S: Content-Length: 20
S:
S: abcdefghijklmnopqr'
	has 'C: GET / HTTP/1.1'
}

@test "variables in a body are counted for each client anew" {
	require curl
	serve -q "$(transcript hello.txt <<-'END'
		Protocol: http

		C: GET {{path}} HTTP/1.1
		C: Host: {{host}}
		C:
		S: HTTP/1.1 200 OK
		S: Content-Length: 1
		S:
		S: {{path}} of {{host}}{{*}}
	END
	)"
	local path
	for path in / /a /longer; do
		run -0 --separate-stderr timeout 20 curl -sS -H "Host: there" "http://$served$path"
		same "$path of there"$'\r' "$output"
	done
}

@test "what serve wants strictly is what replay says: the true count" {
	login | sed 's/{8}/{77}/' >"$BATS_TEST_TMPDIR/counts.txt"
	serve -q --strict "$BATS_TEST_TMPDIR/counts.txt"
	run -0 --separate-stderr timeout 20 "$PARLANCE" replay --notes off "$BATS_TEST_TMPDIR/counts.txt" "$served"
	has 'S: a1 OK in'
}

@test "what a server's own count says is no difference, and captures beside it are kept" {
	file=$(transcript capture.txt <<-'END'
		Protocol: imap

		S: * PREAUTH ready
		C: a1 SELECT INBOX
		S: a1 OK selected
		C: a2 FETCH 1 (UID BODY[])
		S: * 1 FETCH (UID {{uid}} BODY[] {5}
		S: one
		S: )
		S: a2 OK done
		C: a3 UID STORE {{uid}} FLAGS ()
		S: a3 OK done
	END
	)
	serve -q "$(sed 's/{{uid}}/77/; s/one/another one/' "$file" | transcript other.txt)"
	run -0 --separate-stderr timeout 20 "$PARLANCE" replay --notes off "$file" "$served"
	has 'S: * 1 FETCH (UID 77 BODY[] {13}'
	has 'C: a3 UID STORE 77 FLAGS ()'
	has_not '# the script'
}

@test "more than 1 MiB is not looked ahead: the printed count is believed there" {
	{
		printf '%s\n' 'Protocol: imap' '' 'S: * PREAUTH ready' 'C: a1 APPEND saved {1500000}' 'S: + Ready'
		yes 'C: 0123456789012345678901234567' | head -n 50000
		printf '%s\n' C: 'S: a1 OK done'
	} >"$BATS_TEST_TMPDIR/large.txt"
	run -0 "$PARLANCE" annotate --json "$BATS_TEST_TMPDIR/large.txt"
	same '{"text":"a1 APPEND saved {1500000}","problem":null}' \
		"$(jq -c 'select(.verb == "APPEND" and .kind == "command" and .tag == "a1") | {text, problem}' <<<"$output" | head -n 1)"
	same '"a1 OK done"' "$(tail -n 1 <<<"$output" | jq .text)"
}
