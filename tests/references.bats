# Each RFC section that lessons, transcripts, tables, notes and comments name is one that the RFC has: looked up in
# tests/rfc-sections.txt by tests/references.py.

load helpers

setup() {
	setup_home
	require python3
	look_up=$ROOT/tests/references.py
	lesson=$BATS_TEST_TMPDIR/lesson.md
}

@test "lessons, transcripts, the manual and the sources name only sections that there are" {
	# What it prints is the failure's own message.
	"$PYTHON" "$look_up"
}

@test "a section that the RFC does not have is named by file and line" {
	printf '%s\n' '# A lesson' '' 'The dot is doubled (RFC 5321 4.5.2), as it is' 'in RFC 5321 4.9.9.' >"$lesson"
	run -1 "$PYTHON" "$look_up" "$lesson"
	[[ $output == "$lesson:4: RFC 5321 has no section 4.9.9: "* ]]
}

@test "an RFC that the list does not have is named, with or without a section" {
	printf '%s\n' 'RFC 1 says so.' 'So does RFC 2 3.1.' >"$lesson"
	run -1 "$PYTHON" "$look_up" "$lesson"
	[[ ${lines[0]} == "$lesson:1: RFC 1 is not in tests/rfc-sections.txt"* ]]
	[[ ${lines[1]} == "$lesson:2: RFC 2 is not in tests/rfc-sections.txt"* ]]
}

@test "references are found in every form: broken over lines, enumerated, appendices, with the word section" {
	cat >"$lesson" <<-'END'
		See RFC
		5321 9.9.1, RFC 5321, section 9.9.2, and RFC 5321 4.2, 9.9.3 and 9.9.4.
		> It is quoted here from RFC 5321
		> 9.9.5; RFC 959, appendix IX; RFC 5321 D.99; RFC 5321 Z.
		RFC 1939 99 is too many.
	END
	run -1 "$PYTHON" "$look_up" "$lesson"
	found=$(sed -E 's/.*:([0-9]+): RFC ([0-9]+) has no section ([^ :]+):.*/\1 \2 \3/' <<<"$output")
	[[ $found == $'1 5321 9.9.1\n2 5321 9.9.2\n2 5321 9.9.3\n2 5321 9.9.4\n3 5321 9.9.5\n4 959 IX\n4 5321 D.99\n4 5321 Z\n5 1939 99' ]] || {
		echo "$found"
		return 1
	}
}

@test "what a conversation says is no reference of ours, and a number behind an RFC is not always a section" {
	printf '%s\n' 'Protocol: smtp' '' 'S: 250 see RFC 5321 9.9.9' '  C: NOOP RFC 5321 9.9.9' >"$lesson"
	printf '%s\n' 'RFC 5321, 45 pages after RFC 821. In RFC 959 A client asks. RFC 2822/5322.' >>"$lesson"
	run -0 "$PYTHON" "$look_up" "$lesson"
}

@test "the list has no doubles, and the title of each RFC before its sections" {
	rows=$(grep -v '^#' "$ROOT/tests/rfc-sections.txt")
	[[ -z $(cut -d' ' -f1,2 <<<"$rows" | sort | uniq -d) ]]
	# The RFCs whose text was not at hand stand behind the others.
	# shellcheck disable=SC2016
	run -0 awk '$1 != rfc { if ($2 != "-") print; rfc = $1 }' <<<"$rows"
	[[ -z $output ]]
	run -1 grep -nvE '^[0-9]+ (-|[A-Z]|[IVX]+|([A-Z]|[0-9]+)(\.[0-9]+)*) [^ ].*$' <<<"$rows"
}

@test "the table of what is taught where names each lesson, and none that is not there" {
	named=$(sed -n '/^## What is taught where/,$p' "$ROOT/lessons/README.md" | grep -oE '\b[0-9]{2}\b' | sort -u)
	there=$(basename -a "$ROOT"/lessons/[0-9]*.md | cut -c 1-2 | sort -u)
	[[ -n $there && $named == "$there" ]] || {
		diff <(echo "$named") <(echo "$there")
	}
}
