# Shared by the tests of those who attack TLS: `load tls/attacks` behind `load helpers`. The servers are the functions of
# hostile.py; what reached them stands in their output (wire.py). One process starts them all, for Python starts slowly.
#
# shellcheck shell=bash disable=SC2034,SC2154

setup_file() {
	export AUTHORITY=$BATS_FILE_TMPDIR/authority SPAWN=$BATS_FILE_TMPDIR/spawn
	"$ROOT/tests/tls/authority" "$AUTHORITY"
	mkfifo "$SPAWN"
	"$PYTHON" -B "$ROOT/tests/tls/hostile.py" --spawn "$SPAWN" >"$SPAWN.out" 2>&1 </dev/null 3>&- 4>&- &
	echo $! >"$SPAWN.pid"
}

teardown_file() {
	stop_server "$(<"$SPAWN.pid")"
}

# hostile [--version V] [--size MIB] WAY PROTOCOL: starts that server; its port goes to $port, its output is $log.
hostile() {
	local name=$BATS_TEST_TMPDIR/hostile$((++hostiles))
	log=$name.out
	(IFS=$'\t' && set -- "$name" "$@" "$AUTHORITY" && echo "$*") >"$SPAWN"
	wait_for 10 grep -qs '^listening ' "$log" || {
		cat "$SPAWN.out" "$log" >&2
		return 1
	}
	cat "$name.pid" >>"$BATS_TEST_TMPDIR/servers"
	port=$(sed -n 's/^listening //p' "$log")
}

# talk PROTOCOL INPUT OPTION...: says INPUT (printf's) in a pipe; output, errors and exit status go to out, err, $status.
talk() {
	local protocol=$1 input=$2
	shift 2
	status=0
	# shellcheck disable=SC2059
	printf "$input" | timeout -k 5 30 "$PARLANCE" -P "$protocol" --cacert "$AUTHORITY/ca.pem" --connect-timeout 3 -w 2 \
		--max-time 15 "$@" 127.0.0.1:"$port" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
}

# told FUNCTION...: runs the checks; where one fails, all that there is to see is shown.
told() {
	"$@" && return
	{
		echo "not so: $*"
		echo "--- exit $status, stdout:"
		cat "$BATS_TEST_TMPDIR/out"
		echo "--- stderr:"
		cat "$BATS_TEST_TMPDIR/err"
		echo "--- the server:"
		cat "$log"
	} >&2
	return 1
}

ends() { [[ " $1 " == *" $status "* ]]; }
one_error() { [[ $(grep -c '' "$BATS_TEST_TMPDIR/err") == 1 ]] && grep -Eq '^parlance: ' "$BATS_TEST_TMPDIR/err"; }
error_has() { grep -Eiq -- "$1" "$BATS_TEST_TMPDIR/err"; }
says() { grep -Eiq -- "$1" "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"; }
says_not() { ! grep -Eiq -- "$1" "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"; }
shows() { grep -Eq -- "$1" "$BATS_TEST_TMPDIR/out"; }
shows_not() { ! grep -Eq -- "$1" "$BATS_TEST_TMPDIR/out"; }
heard() { wait_for 3 grep -Fqs -- "$1" "$log"; }
heard_not() { ! grep -Eq -- "$1" "$log"; }
# No octet that moves a cursor or turns text around, and none of the library's own words.
safe() { safe_files "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"; }
plain_words() { ! grep -Eiq 'error:[0-9a-f]|SSL routines|:ssl3_|\.c:[0-9]|_[a-z]+_record' "$BATS_TEST_TMPDIR/err"; }

# fails STATUS: that exit, one line on stderr, in words for people.
fails() {
	told ends "$1" && told one_error && told safe && told plain_words
}

# asking PROTOCOL: what a person types to begin TLS, with what it needs before; ready for printf.
asking() {
	case $1 in
	smtp) echo 'EHLO x\r\nSTARTTLS\r\n' ;;
	lmtp) echo 'LHLO x\r\nSTARTTLS\r\n' ;;
	imap) echo 'a1 CAPABILITY\r\na2 STARTTLS\r\n' ;;
	pop3) echo 'CAPA\r\nSTLS\r\n' ;;
	ftp) echo 'FEAT\r\nAUTH TLS\r\n' ;;
	esac
}

# going PROTOCOL: what is said after it, to the goodbye.
going() {
	case $1 in
	imap) echo 'a8 NOOP\r\na9 LOGOUT\r\n' ;;
	*) echo 'NOOP\r\nQUIT\r\n' ;;
	esac
}

ALL="smtp lmtp imap pop3 ftp"

# ---- in a terminal ----

# outside: makes the library that lets 192.0.2.7 be this machine, once a file; its path goes to $OUTSIDE. Skips where it
# cannot work.
outside() {
	require cc
	OUTSIDE=$BATS_FILE_TMPDIR/outside.so
	[[ -e $OUTSIDE ]] || cc -shared -fPIC -o "$OUTSIDE" "$ROOT/tests/tls/outside.c" -ldl ||
		skip "a library cannot be made here that is preloaded"
	! ldd "$PARLANCE" 2>&1 | grep -q 'not a dynamic' || skip "into a static program nothing can be preloaded"
	[[ $OSTYPE != darwin* ]] || skip "macOS preloads by other means"
	export OUTSIDE
}

# pty NAME: a function of pty/attacks.py.
pty() {
	outside
	FOLDER=$AUTHORITY run timeout 60 "$PYTHON" -B "$ROOT/tests/pty/attacks.py" "$1"
	((status == 0)) || { echo "$output" && return 1; }
}

# all PATTERN: all those functions whose name begins so.
all() {
	local name names failed=0
	names=$("$PYTHON" -B "$ROOT/tests/pty/attacks.py" | grep "^$1")
	[[ -n $names ]]
	for name in $names; do
		(pty "$name") || {
			echo "not so: $name"
			failed=1
		}
	done
	((failed == 0))
}
