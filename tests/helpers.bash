# Shared by all bats files: `load helpers` at the top.
#
#     load helpers
#
#     @test "a 550 is explained" {
#             run -0 "$PARLANCE" explain 550
#             [[ $output == *"550"* ]]
#     }
#
# A test that starts something uses start_server or serve; teardown stops what was started, by process id. A file with
# a teardown of its own calls stop_servers there, one with a setup of its own setup_home.
#
# shellcheck shell=bash disable=SC2034,SC2154

bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export ROOT
export PARLANCE=${PARLANCE:-$ROOT/parlance}
[[ $PARLANCE == /* ]] || export PARLANCE=$ROOT/$PARLANCE

# The system's own Python: the one that Debian's python3-* packages are for.
PYTHON=python3
[[ ! -x /usr/bin/python3 ]] || PYTHON=/usr/bin/python3
export PYTHON

# Tests must not touch, nor depend on, what the user has at home.
setup_home() {
	export HOME=$BATS_TEST_TMPDIR/home XDG_STATE_HOME=$BATS_TEST_TMPDIR/state XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
	mkdir -p "$HOME" "$XDG_STATE_HOME" "$XDG_RUNTIME_DIR"
	chmod 700 "$XDG_RUNTIME_DIR"
	unset NO_COLOR COLUMNS LINES
	export LC_ALL=C.UTF-8 TERM=xterm
}

setup() {
	setup_home
}

teardown() {
	stop_servers
}

# ---- what may be missing ----

# require PROGRAM...: the test is skipped, with the reason, where one is not installed.
require() {
	local program
	for program; do
		PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin type -P "$program" >/dev/null ||
			skip "$program is not installed (make deps-interop)"
	done
}

# require_python MODULE...: the same for modules of $PYTHON.
require_python() {
	local module
	for module; do
		"$PYTHON" -c "import $module" 2>/dev/null ||
			skip "Python's $module is not installed (make deps-interop)"
	done
}

# program_path PROGRAM: where it is, administrators' folders included.
program_path() {
	PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin type -P "$1"
}

# ---- servers ----

# free_port [udp]: prints a loopback port that nobody listens on now.
free_port() {
	"$PYTHON" -c '
import socket, sys
s = socket.socket(type=socket.SOCK_DGRAM if sys.argv[1:] == ["udp"] else socket.SOCK_STREAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])' "$@"
}

# start_server NAME COMMAND...: runs it in the background, output in $BATS_TEST_TMPDIR/NAME.out (both streams), input
# from /dev/null; its process id goes to $server_pid.
start_server() {
	local name=$1
	shift
	: >"$BATS_TEST_TMPDIR/$name.out" # what another of that name has said is not this one's
	"$@" >"$BATS_TEST_TMPDIR/$name.out" 2>&1 </dev/null 3>&- 4>&- &
	server_pid=$!
	echo "$server_pid" >"$BATS_TEST_TMPDIR/$name.pid"
	echo "$server_pid" >>"$BATS_TEST_TMPDIR/servers"
}

# stop_server PID: ends it and waits until it is gone; after two seconds it is killed.
stop_server() {
	local pid=$1 i
	kill "$pid" 2>/dev/null || return 0
	for ((i = 0; i < 100; i++)); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.02
	done
	kill -KILL "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}

stop_servers() {
	local pid
	[[ -f $BATS_TEST_TMPDIR/servers ]] || return 0
	while read -r pid; do
		stop_server "$pid"
	done <"$BATS_TEST_TMPDIR/servers"
	rm -f "$BATS_TEST_TMPDIR/servers"
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails where it does not in that time.
wait_for() {
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@"; do
		((SECONDS < end)) || {
			echo "gave up waiting for: $*" >&2
			return 1
		}
		sleep 0.02
	done
}

port_answers() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# wait_for_port PORT: until something listens there on 127.0.0.1. It connects: a server that may serve only once is
# waited for by a line of its output instead.
wait_for_port() {
	wait_for 10 port_answers "$1"
}

# said_or_gone NAME REGEX: whether NAME has printed such a line, or has ended.
said_or_gone() {
	grep -Eqs -- "$2" "$BATS_TEST_TMPDIR/$1.out" || ! kill -0 "$(<"$BATS_TEST_TMPDIR/$1.pid")" 2>/dev/null
}

# wait_for_line NAME REGEX: until the server started as NAME has printed such a line; the line goes to $line.
wait_for_line() {
	wait_for 10 said_or_gone "$1" "$2" && line=$(grep -E -m1 -- "$2" "$BATS_TEST_TMPDIR/$1.out") || {
		cat "$BATS_TEST_TMPDIR/$1.out" >&2
		return 1
	}
}

# serve ARGUMENT...: starts `parlance serve` and waits until it listens: $served is ADDR:PORT of the first that does,
# $served_port its port; what it prints is in $BATS_TEST_TMPDIR/serve.out.
serve() {
	start_server serve "$PARLANCE" serve "$@"
	wait_for_line serve '^listening '
	served=$(cut -d' ' -f3 <<<"$line")
	served_port=${served##*:}
}

# lab OPTION...: starts `parlance lab` on free ports and waits until it is there; what it prints is in
# $BATS_TEST_TMPDIR/lab.out. lab_port NAME prints where one of its servers listens.
lab() {
	start_server lab "$PARLANCE" lab --port all=0 "$@"
	wait_for_line lab '^# try, in another terminal'
}

lab_port() {
	sed -n "s/^listening $1 .*:\([0-9]*\) lab:.*/\1/p" "$BATS_TEST_TMPDIR/lab.out"
}

# ---- what was printed ----

# transcript NAME: writes stdin to a file of that name in the test's folder and prints its path.
transcript() {
	cat >"$BATS_TEST_TMPDIR/$1"
	echo "$BATS_TEST_TMPDIR/$1"
}

# has TEXT: $output holds it; else both are shown.
has() {
	[[ $output == *"$1"* ]] || {
		printf 'expected to find: %s\nin:\n%s\n' "$1" "$output" >&2
		return 1
	}
}

# has_not TEXT: $output does not hold it.
has_not() {
	[[ $output != *"$1"* ]] || {
		printf 'expected not to find: %s\nin:\n%s\n' "$1" "$output" >&2
		return 1
	}
}

# same EXPECTED RECEIVED: both are equal; else the difference is shown.
same() {
	[[ $1 == "$2" ]] || {
		diff -u --label expected --label received <(printf '%s\n' "$1") <(printf '%s\n' "$2") >&2
		return 1
	}
}

# has_event OBJECT: one of the JSON lines in $output has all keys of OBJECT with these values (`null`: without the key).
has_event() {
	jq -en --argjson want "$1" '
		any(inputs; . as $got | all($want | to_entries[]; $got[.key] == .value))' <<<"$output" >/dev/null || {
		printf 'no event like %s in:\n%s\n' "$1" "$output" >&2
		return 1
	}
}

# events_are: the JSON lines in $output are, one by one and no more, like the objects on stdin: each has at least
# these keys with these values (`null`: without the key).
events_are() {
	local wanted difference
	wanted=$(jq -cs .) || return 1
	difference=$(jq -rn --argjson want "$wanted" '
		[inputs] as $got
		| range([($got | length), ($want | length)] | max) as $i
		| if $i >= ($got | length) then "line \($i + 1): expected \($want[$i] | tojson), received nothing"
		  elif $i >= ($want | length) then "line \($i + 1): expected nothing, received \($got[$i] | tojson)"
		  else $want[$i] | to_entries[] | select($got[$i][.key] != .value)
		    | "line \($i + 1): expected \(.key) \(.value | tojson), received \($got[$i][.key] | tojson)"
		  end' <<<"$output") || return 1
	[[ -z $difference ]] || {
		printf '%s\n--- received:\n%s\n' "$difference" "$output" >&2
		return 1
	}
}

# safe_files FILE...: no octet in it is a control (but LF, and tab), a C1 control, a bidi mark or invalid UTF-8.
safe_files() {
	"$PYTHON" -c '
import re, sys
unsafe = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
for name in sys.argv[1:]:
    text = open(name, "rb").read().decode()
    found = unsafe.search(text)
    if found:
        sys.exit(f"{name}: U+{ord(found[0]):04X} in {text[max(0, found.start() - 40):found.end() + 20]!r}")
' "$@"
}

# ---- what extract makes of a document ----

# What stands in a conversation whose document has no prefixes.
told='# the document does not print who says which line: guessed from what each line says'

# document_says ENDING EXPECTED: the document's text, in the form of files with that ending, is standard input; what is extracted,
# without Source, is as expected, and is a transcript.
document_says() {
	cat >"$BATS_TEST_TMPDIR/document.$1"
	"$PARLANCE" extract --notes off "$BATS_TEST_TMPDIR/document.$1" | sed '/^Source: /d' >"$BATS_TEST_TMPDIR/extracted"
	diff <(printf '%s\n' "$2") "$BATS_TEST_TMPDIR/extracted" || return 1
	"$PARLANCE" annotate --notes off "$BATS_TEST_TMPDIR/extracted" >/dev/null
}
