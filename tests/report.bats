# The reports of `verify`, of real sessions: TAP, JSON, JUnit and the terminal say the same of them, each in a form that
# others read, and nothing that a server sends does anything in one.
#
# shellcheck disable=SC2154

load helpers

# What is expected: three replies of four come.
expected() {
	transcript wanted.txt <<-'END'
		Title: What is wanted
		Protocol: smtp

		S: 220 {{*}}
		C: EHLO me.example
		S: 250-mail.example
		S: 250 SIZE 1000
		C: MAIL FROM:<a@me.example>
		S: 250 OK # 1
		C: QUIT
		S: 221 {{*}}
		<server hangs up>
	END
}

# What is served: at text the second reply differs, at status the third.
served() {
	transcript served.txt <<-'END'
		Protocol: smtp

		S: 220 mail.example
		C: EHLO me.example
		S: 250-mail.example
		S: 250 SIZE 2000
		C: MAIL FROM:<a@me.example>
		S: 550 No
		C: QUIT
		S: 221 Bye
		<server hangs up>
	END
}

# nasty: what a server may send that is no text: escape sequences, a mark that turns text around, octets that are no UTF-8,
# what ends a CDATA section, and what begins a directive of TAP.
nasty() {
	transcript nasty.txt <<-'END'
		Protocol: smtp

		S: 220 mail.example
		C: EHLO me.example
		S\: 250 \x1b]52;c;eA==\x07\x1b[2J \xe2\x80\xae \xc2\x9b \xff ]]> & <a> # SKIP \\ {\r\n
		C: MAIL FROM:<a@me.example>
		S\: 451 \x00\x08\r\n
		C: QUIT
		S: 221 Bye
		<server hangs up>
	END
}

# in_terminal COLUMNS COMMAND...: runs it in a terminal so wide, and prints what it printed.
in_terminal() {
	# shellcheck disable=SC2016
	"$PYTHON" -c '
import os, pty, sys
shell = ["sh", "-c", "stty cols " + sys.argv[1] + " -opost; exec \"$@\"", "sh"]
sys.exit(os.waitstatus_to_exitcode(pty.spawn(shell + sys.argv[2:])))' "$@" </dev/null
}

# safe FILE: it is UTF-8 without a character that a terminal or a reader could be fooled by.
safe() {
	"$PYTHON" -c '
import sys, unicodedata
text = open(sys.argv[1], encoding="utf-8", newline="").read()
bad = {hex(ord(c)) for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn")}
sys.exit("unsafe: " + ", ".join(bad) if bad else 0)' "$1"
}

# cases FILE: of a JUnit file, how many cases there are, and how many failed, broke and were skipped, by its elements; and
# that its own counts are these.
cases() {
	"$PYTHON" -c '
import sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
def count(of):
    return [len(list(of.iter(name))) for name in ("testcase", "failure", "error", "skipped")]
for suite in root:
    assert count(suite) == [int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")], suite.attrib
assert count(root)[:3] == [int(root.get(name)) for name in ("tests", "failures", "errors")], root.attrib
print(*count(root))' "$1"
}

@test "report: in a pipe TAP, point by point" {
	serve "$(served)"
	cd "$BATS_TEST_TMPDIR"
	expected >/dev/null
	run -1 --separate-stderr "$PARLANCE" verify wanted.txt --to "$served"
	same "$(sed '/^ *note:/d' <<<"$output")" 'TAP version 14
# Subtest: wanted.txt
    # What is wanted
    ok 1 - wanted.txt:4 220 {{*}}
    ok 2 - wanted.txt:6 250-mail.example
    not ok 3 - wanted.txt:9 250 OK \# 1
      ---
      command: "MAIL FROM:<a@me.example>"
      expected: "250 OK # 1"
      received: "550 No"
      file: "wanted.txt"
      line: 9
      ...
    ok 4 - wanted.txt:11 221 {{*}}
    1..4
not ok 1 - wanted.txt
1..1'
}

@test "report: every form counts the same" {
	local points junit=$BATS_TEST_TMPDIR/junit.xml
	serve "$(served)"
	run -1 --separate-stderr "$PARLANCE" verify "$(expected)" --match text --junit "$junit" --json --to "$served"
	points=$(jq -sr 'map(select(.kind == "result")) | "\(length) \(map(select(.ok | not)) | length)"' <<<"$output")
	same '4 2' "$points"
	same '4 2 0' "$(jq -r 'select(.kind == "outcome") | "\(.replies) \(.differ) \(.skipped)"' <<<"$output")"
	same '4 2 0 0' "$(cases "$junit")"
	run -1 --separate-stderr "$PARLANCE" verify "$(expected)" --match text --to "$served"
	same '4 2' "$(grep -cE '^    (not )?ok ' <<<"$output") $(grep -c '^    not ok ' <<<"$output")"
}

@test "report: at a terminal side by side" {
	serve "$(served)"
	cd "$BATS_TEST_TMPDIR"
	expected >/dev/null
	run -1 in_terminal 60 env NO_COLOR=1 "$PARLANCE" verify wanted.txt --match text --notes off --to "$served"
	same "$(sed -E 's/[0-9]+\.[0-9]{2} s$/T s/; s/  C: .*//' <<<"$output")" 'not ok  wanted.txt  4 replies, 2 differ  T s

  wanted.txt:6
  expected           received
  250-mail.example   250-mail.example
  250 SIZE 1000    | 250 SIZE 2000
           ^^^^               ^^^^

  wanted.txt:9
  expected     received
  250 OK # 1 | 550 No

1 transcript: 1 differs (4 replies: 2 as expected, 2 differ)'
	run -1 in_terminal 40 "$PARLANCE" verify wanted.txt --notes off --color always --to "$served"
	has $'\n  | \e[1m250 OK # 1\e[0m\n'
	has $'\n  | \e[1m550 No\e[0m\n'
}

@test "report: what a server sends does nothing in one" {
	local junit=$BATS_TEST_TMPDIR/junit.xml form
	serve "$(nasty)"
	"$PARLANCE" verify "$(expected)" --match text --junit "$junit" --to "$served" >"$BATS_TEST_TMPDIR/tap" || true
	"$PARLANCE" verify "$(expected)" --match text --json --to "$served" >"$BATS_TEST_TMPDIR/json" || true
	in_terminal 70 env NO_COLOR=1 "$PARLANCE" verify "$(expected)" --match text --to "$served" \
		>"$BATS_TEST_TMPDIR/terminal" || true
	for form in tap json terminal junit.xml; do
		safe "$BATS_TEST_TMPDIR/$form"
		grep -q '451' "$BATS_TEST_TMPDIR/$form"
	done
	same '4 2 0 0' "$(cases "$junit")"
	jq -es 'map(select(.kind == "result" and .lossy)) | length == 1' "$BATS_TEST_TMPDIR/json"
	grep -qF 'received: "250 \x1B]52;c;eA==\x07\x1B[2J \u202E \x9B \\xFF ]]>' "$BATS_TEST_TMPDIR/tap"
	grep -qF '250 \x1B]52;c;eA==\x07\x1B[2J \u{202E} \u{009B}' "$BATS_TEST_TMPDIR/terminal"
	grep -qF ']]&gt; &amp; &lt;a&gt;' "$junit"
}

@test "report: nobody listens, and all of them say why" {
	local port junit=$BATS_TEST_TMPDIR/junit.xml
	port=$(free_port)
	run -3 --separate-stderr "$PARLANCE" verify "$(expected)" --junit "$junit" --to "127.0.0.1:$port"
	has "  problem: \"127.0.0.1 port $port: connection refused"
	has $'\n1..1'
	same '5 0 1 4' "$(cases "$junit")"
	run -3 --separate-stderr "$PARLANCE" verify "$(expected)" --json --to "127.0.0.1:$port"
	jq -es 'map(select(.kind == "outcome" and (.problem | contains("connection refused")))) | length == 1' <<<"$output"
}

# prove learnt of version 14 in 2023; all that came before is older than subtests, and sees their last lines only.
@test "report: Perl's prove reads it" {
	require prove
	serve "$(served)"
	"$PARLANCE" verify ewing-smtp --to self >"$BATS_TEST_TMPDIR/good.tap"
	"$PARLANCE" verify "$(expected)" --match text --to "$served" >"$BATS_TEST_TMPDIR/bad.tap" || true
	sed -i.whole 's/^TAP version 14$/TAP version 13/' "$BATS_TEST_TMPDIR"/*.tap
	run -0 prove --exec cat "$BATS_TEST_TMPDIR/good.tap"
	has 'Tests=1'
	run ! prove --exec cat "$BATS_TEST_TMPDIR/bad.tap"
	has 'Failed 1/1 subtests'
	has_not 'Parse errors'
}
