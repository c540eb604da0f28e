# Lessons against servers that others wrote: those on mail, the web and FTP pass `lesson --check` there as they do against the
# lab, with --to for each protocol, and --map for what is called otherwise. What parlance's commands in them show, and what a
# lesson's own scripts play (`Target: self`), stays where it is. Which replies may be other ones there, and why, stands with each.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers
load servers/all

# Who the lessons need beside bob, and what is in their mailboxes (see tests/servers/start). The lesson on POP3 removes mail,
# so that its bob is another one.
people='
alice     wonderland  - - - - -
bob.pop3  hungry      - - - - - -
student   monkey      S S ST ST S S ST S S S ST - Work/ - Drafts/ Archive/
username  password    S - Expunge-me/ S S ST ST S S ST S S S ST -
'

# The bob of these servers has one password; in the lab he has another one, too, which some lessons use. It goes out in base64 as
# well: alone, and as PLAIN has it.
bob=(--map hungry=redqueen --map aHVuZ3J5=cmVkcXVlZW4= --map AGJvYgBodW5ncnk=AGJvYgByZWRxdWVlbg=)

setup_file() {
	all_start "$people"
	pages "$BATS_FILE_TMPDIR/nginx/www"
	files "$BATS_FILE_TMPDIR/ftp/ftp"
}

teardown_file() {
	all_stop
}

setup() {
	all_setup
	cd "$ROOT" || return 1
}

# pages FOLDER: what the lessons ask a web server for.
pages() {
	[[ -d $1 ]] || return 0
	mkdir -p "$1"/{notes,images,~bob,mail/bob/INBOX}
	echo 'a note' >"$1/notes/http.txt"
	printf '%-515s' '<img src="/images/bubble.png">' >"$1/index.html"
	printf '\211PNG' >"$1/images/bubble.png"
	seq 100 >"$1/numbers.txt"
	echo 'asked for by its whole URL' >"$1/example.html"
	echo 'ketchup' >"$1/mail/bob/INBOX/index.html"
}

# files FOLDER: what the one on FTP finds.
files() {
	[[ -d $1 ]] || return 0
	mkdir -p "$1"/{homework,quota}
	echo 'read me' >"$1/README.txt"
	echo 'Read chapter 2.' >"$1/homework/week1.txt"
}

# check NUMBER [OPTION...]: runs it; its results go to $results, its exit status to $status.
check() {
	local file to=() one
	file=$(echo "$ROOT/lessons/$1"-*.md)
	for one in "smtp ${smtp:-}" "submission ${submission:-}" "pop3 ${pop3:-}" "imap ${imap:-}" "imaps ${imaps:-}" \
		"http ${http:-}" "ftp ${ftp:-}"; do
		[[ $one == *' ' ]] || to+=(--to "${one% *}://localhost:${one#* }")
	done
	status=0
	results=$(timeout 60 "$PARLANCE" lesson --check --json -w 10 --cacert "$ca" "${file#"$ROOT/"}" "${to[@]}" "${@:2}" \
		2>"$BATS_TEST_TMPDIR/stderr") || status=$?
	results=$(jq -c 'select(.kind == "result")' <<<"$results")
}

# where NUMBER LINE: the line's number where the lesson expects the reply to that LINE, which is as the file has it; of a goal,
# its own.
where() {
	awk -v said="$2" '$0 == said { found = 1 } found && /^(> )?(S|\*\*Goal)/ { print NR; exit }' \
		"$ROOT/lessons/$1"-*.md
}

# passes NUMBER [LINE...] [-- OPTION...]: all its points are as the lesson has them, but the replies to those LINEs, and goals, may
# be other ones. What is not so is told.
passes() {
	local number=$1 others=() line not_so
	shift
	for (( ; $# > 0; )); do
		line=$1
		shift
		[[ $line != -- ]] || break
		others+=("$(where "$number" "$line")")
		[[ -n ${others[-1]} ]] || { echo "lesson $number has no line: $line" && return 1; }
	done
	check "$number" "$@"
	not_so=$(jq -c 'select(.ok or IN(.line | tostring; $ARGS.positional[]) | not)' --args "${others[@]}" <<<"$results")
	# 0 and 1 are all and not all; and it was played
	[[ -n $not_so || ! $status =~ ^[01]$ ]] || (($(jq -s length <<<"$results") < 9)) || return 0
	printf 'lesson %s, exit %s:\n%s\n' "$number" "$status" "$not_so"
	cat "$BATS_TEST_TMPDIR/stderr"
	return 1
}

# in_mailbox TEXT: one of bob's messages holds it.
in_mailbox() {
	grep -rqF -- "$1" "$BATS_FILE_TMPDIR/dovecot/mail/bob/Maildir"/{new,cur}
}

# ---- mail ----

@test "lesson 01: what a protocol is" {
	require_postfix
	# To VRFY Postfix answers 252 for those whom it knows: that it would take mail for them (RFC 5321 3.5.3).
	passes 01 'C: VRFY bob' '> C: VRFY alice' '> **Goal** verb=VRFY code=250' \
		-- --map 'VRFY bob=VRFY bob@localhost' --map 'VRFY alice=VRFY alice@localhost' --map 'VRFY queen=VRFY queen@localhost'
}

@test "lessons 03 and 04: SMTP by hand, and what a message is" {
	require_postfix
	passes 03 'C: HELP' # Postfix has none
	passes 04
	wait_for 5 in_mailbox 'Do you like ketchup?'
}

@test "lesson 05: POP3 by hand" {
	require dovecot
	passes 05 -- --map bob=bob.pop3 --map redqueen=hungry
}

@test "lesson 06: IMAP by hand" {
	require dovecot
	passes 06
}

@test "lesson 07: three mail protocols" {
	require_postfix
	passes 07 -- --map test@localhost=alice@localhost --map 'USER test=USER alice' --map 'PASS test=PASS wonderland' \
		--map 'LOGIN test test=LOGIN alice wonderland'
}

@test "lesson 14: what your library says, under TLS from the first octet" {
	require dovecot
	passes 14
}

@test "lesson 15: from Alice to Bob" {
	require_postfix
	require nginx
	# Postfix does not relay, either, and says 554 where RFC 5321 3.6.2 has 550.
	passes 15 '> C: RCPT TO:<queen@palace.example>' -- "${bob[@]}" --map bob@someschool.edu=bob@localhost
	wait_for 5 in_mailbox 'with ESMTPSA id 4QmX7'
}

@test "lesson 16: line endings, dots and smuggling" {
	require_postfix
	require nginx
	passes 16 -- "${bob[@]}"
	wait_for 5 in_mailbox 'MAIL FROM:<boss@crepes.fr>'
}

@test "lesson 18: how a server does it that has no fault" {
	require dovecot
	passes 18 -- --map 'USER teacher=USER bob' --map 'PASS lab=PASS redqueen'
}

# ---- TLS, and who one is ----

@test "lesson 11: TLS and STARTTLS" {
	require_postfix
	require vsftpd
	# No RFC says by which code: Postfix has 554.
	passes 11 '> C: STARTTLS' -- "${bob[@]}"
}

@test "lessons 12, 13 and 17: AUTH, at the server for submission; TLS where it is not expected; STARTTLS attacked" {
	require_postfix
	passes 12 -- "${bob[@]}"
	passes 13
	passes 17 -- "${bob[@]}"
}

# ---- the web, and FTP ----

@test "lessons 08 and 09: HTTP/1.0 and HTTP/1.1" {
	require nginx
	# A method in small letters is to nginx no request at all: 400, though RFC 9110 9.1 would have 501.
	passes 08 '> C: get /robots.txt HTTP/1.0' '> **Goal** code=501'
	passes 09
}

@test "lesson 10: FTP and its two connections" {
	require vsftpd
	# vsftpd calls nobody who has said no PORT, so that a list without one is refused; it opens a connection with 150 and never
	# with 125; and to its users no room is measured out.
	passes 10 'C: LIST' 'C: RETR homework/week1.txt' '> C: STOR more.txt' '> **Goal** code=452' \
		-- --map alice=anonymous --map /quota=../quota
}

# ---- and where they do not pass ----

@test "a lesson that a server cannot follow: the line is named" {
	require dovecot
	check 06 --map monkey=cheshire
	((status == 1))
	run -0 jq -s "map(select(.ok | not) | .line) | index($(where 06 'C: a1 LOGIN student monkey'))" <<<"$results"
	same 0 "$output"
}
