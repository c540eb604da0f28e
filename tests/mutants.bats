# Mutation tests for verify: correct servers with one fault each (verify/mutations.py has the table). None survives, and
# what a level allows passes. A sample of them in each run; all: MUTANTS=all make check ONLY='*mutants*'
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

# none_survives [OPTION] [PROTOCOL]: of the mutants of that protocol's scripts.
none_survives() {
	run "$PYTHON" -B "$BATS_TEST_DIRNAME/verify/mutant.py" "$@"
	echo "$output"
	[[ $output =~ ([0-9]+)\ mutants:\ ([0-9]+)\ to\ be\ killed,\ ([0-9]+)\ to\ be\ let\ through ]]
	# The table has not lost its rows.
	((BASH_REMATCH[2] >= 15 && BASH_REMATCH[3] >= 10))
	same 0 "$status"
}

@test "SMTP" {
	none_survives smtp
}

@test "LMTP" {
	none_survives lmtp
}

@test "POP3" {
	none_survives pop3
}

@test "IMAP" {
	none_survives imap
}

@test "HTTP" {
	none_survives http
}

@test "FTP" {
	none_survives ftp
}

@test "TCP, line by line" {
	none_survives tcp
}

@test "UDP" {
	none_survives udp
}

@test "all of them, written down and compared offline" {
	MUTANTS=${MUTANTS:-1} none_survives --recorded
}
