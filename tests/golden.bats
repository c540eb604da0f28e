# What is said of short conversations in every protocol, against what the RFCs say of them.
# Each file of golden/ reads as a table; golden/judge.py says how.

load helpers

# judge FILE: its sessions, each a point of TAP; what differs is shown with its line.
judge() {
	"$PYTHON" -B "$BATS_TEST_DIRNAME/golden/judge.py" "$BATS_TEST_DIRNAME/golden/$1.golden" >"$BATS_TEST_TMPDIR/tap" || {
		grep -v '^ok ' "$BATS_TEST_TMPDIR/tap" >&2
		return 1
	}
}

@test "the scenarios of RFC 5321 appendix D" {
	judge rfc5321
}

@test "commands, in the states where they may and may not stand" {
	judge commands
}

@test "replies: one line or many, well formed or not, asked for or not" {
	judge replies
}

@test "message text: what ends it, what does not" {
	judge data
}

@test "PIPELINING: commands outstanding are answered in order" {
	judge pipelining
}

@test "BDAT: text by count" {
	judge bdat
}

@test "AUTH: exchanges of any number of steps" {
	judge auth
}

@test "secrets are masked, and nothing of them is left" {
	judge secrets
}

@test "STARTTLS" {
	judge tls
}

@test "what somebody on the way can do before TLS, and TLS in the wrong place" {
	judge attacks
}

@test "LMTP: one reply for each recipient" {
	judge lmtp
}

@test "line ends, long lines, other services, stage directions" {
	judge lines
}

@test "POP3: replies of one line and of many, and what moves the session" {
	judge pop3
}

@test "POP3: lists, texts, and what is wrong with them" {
	judge pop3-lines
}

@test "POP3: CAPA and response codes" {
	judge pop3-capa
}

@test "POP3: APOP and AUTH" {
	judge pop3-auth
}

@test "IMAP: tags, states, and several commands in flight" {
	judge imap
}

@test "IMAP: what the server sends untagged" {
	judge imap-data
}

@test "IMAP: literals on both sides, at any depth" {
	judge imap-literals
}

@test "IMAP: logging in" {
	judge imap-auth
}

@test "IMAP: lines that are cut, too long, or none" {
	judge imap-lines
}

@test "HTTP: requests and responses" {
	judge http
}

@test "HTTP: bodies by length, in chunks, to the close" {
	judge http-bodies
}

@test "HTTP: connections kept, closed, pipelined, turned into tunnels" {
	judge http-connections
}

@test "HTTP: lines that are wrong" {
	judge http-lines
}

@test "HTTP: what is secret in a header" {
	judge http-secrets
}

@test "FTP: commands and replies" {
	judge ftp
}

@test "FTP: transfers and the second connection" {
	judge ftp-transfers
}

@test "FTP: lines, TLS, secrets" {
	judge ftp-lines
}

@test "the protocol is recognised by what is said" {
	judge recognise
}

@test "examples of RFCs, and of other programs' tests" {
	judge examples
}

@test "counts that do not fit their text" {
	judge counts
}

@test "every file of sessions is judged here, and there are nine hundred sessions at least" {
	local file count=0
	for file in "$BATS_TEST_DIRNAME"/golden/*.golden; do
		grep -q "^	judge $(basename "$file" .golden)\$" "$BATS_TEST_FILENAME" || {
			echo "not judged: $file" >&2
			return 1
		}
		count=$((count + $(grep -c '^=== ' "$file")))
	done
	((count >= 900))
}

@test "the judge sees what is wrong" {
	transcript wrong.golden >/dev/null <<-'END'
		=== everything that can differ | FORMATS 6
		Protocol: smtp

		S: 220 mx.example ESMTP
		   => reply 250 ready keyword=SIZE problem
		C: QUIT
		   => command connected octets=99 !note
		S: 221 bye
		   => data closed
	END
	run -1 "$PYTHON" -B "$BATS_TEST_DIRNAME/golden/judge.py" "$BATS_TEST_TMPDIR/wrong.golden"
	has 'wrong.golden:5: code is "220", expected ="250"'
	has 'wrong.golden:5: state is "connected", expected ="ready"'
	has 'wrong.golden:5: final is true, expected =false'
	has 'wrong.golden:5: keyword is absent, expected ="SIZE"'
	has 'wrong.golden:5: problem is absent, expected there'
	has 'wrong.golden:7: octets is 6, expected =99'
	has 'wrong.golden:7: note is "'
	has 'wrong.golden:9: kind is "reply", expected ="data"'
	has 'wrong.golden:9: answers is 2, expected absent'
	has 'not ok 1 - '
}
