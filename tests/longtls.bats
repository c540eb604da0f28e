# TLS for long: a session whose size is BIG MiB (1,024) costs no more memory than a short one.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers
load tls/attacks

# long PROTOCOL MIB INPUT OPTION...: a session in which the server says that much; it comes whole, and costs little.
long() {
	local protocol=$1 size=$2 input=$3 most
	shift 3
	hostile --size "$size" big "$protocol"
	: >"$BATS_TEST_TMPDIR/out"
	status=0
	# shellcheck disable=SC2059
	printf "$input" | "$PYTHON" -B "$ROOT/tests/hostile/measured.py" "$BATS_TEST_TMPDIR/most" timeout 200 "$PARLANCE" \
		-P "$protocol" --tls --notes off --cacert "$AUTHORITY/ca.pem" "$@" 127.0.0.1:"$port" \
		2>"$BATS_TEST_TMPDIR/err" | wc -c >"$BATS_TEST_TMPDIR/octets"
	status=${PIPESTATUS[1]}
	told ends 0
	(($(<"$BATS_TEST_TMPDIR/octets") > size * 1048576))
	most=$(<"$BATS_TEST_TMPDIR/most")
	((most < 64 * 1024)) || {
		echo "took $((most / 1024)) MiB" >&2
		return 1
	}
}

@test "a gibibyte under TLS costs flat memory" {
	long smtp "${BIG:-1024}" 'HELP\r\nQUIT\r\n' --raw
}

@test "so does a literal of an eighth of that, printed" {
	long imap "$((${BIG:-1024} / 8))" 'a1 FETCH 1 BODY[]\r\na2 LOGOUT\r\n'
}
