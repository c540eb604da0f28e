# The list of lessons: what ships, how far one is, what a person may type for one, and forgetting.

load helpers

setup() {
	setup_home
	kept=$XDG_STATE_HOME/parlance/lessons
}

# keep NAME LINE...: what is kept of a lesson.
keep() {
	mkdir -p "$kept"
	printf '%s\n' "${@:2}" >"$kept/$1"
}

# names: of the lessons in the folder, in order.
names() {
	local file
	for file in "$ROOT"/lessons/[0-9][0-9]-*.md; do
		basename "$file" .md
	done
}

@test "the list: every lesson in order, with its title and what it speaks" {
	run -0 "$PARLANCE" lesson
	local name number
	while read -r name; do
		number=$((10#${name%%-*}))
		grep -Eq "^ {0,1}$number +$(sed -n 's/^# //p;1q' "$ROOT/lessons/$name.md" | cut -c 1-20)" <<<"$output" || {
			echo "not in the list: $name"
			return 1
		}
	done < <(names)
	has 'SMTP by hand'
	[[ $output =~ "SMTP by hand"\ +smtp ]]
	same "To begin: parlance lesson 1" "${lines[-1]}"
}

@test "the list: marks tell what is done and how far one is, and the last line how to go on" {
	keep 01-what-a-protocol-is 'items: 12' 'place: 12' 'visited: 2026-11-20 10:00:00' 'done: 2026-11-20 10:00:00'
	run -0 "$PARLANCE" lesson
	[[ ${lines[0]} =~ ^\ 1\ \ done\ +What ]]
	same "The next one: parlance lesson 2" "${lines[-1]}"
	keep 03-smtp-by-hand 'items: 15' 'place: 4' 'visited: 2026-11-21 10:00:00'
	keep 02-sockets 'items: 9' 'place: 0' 'visited: 2026-11-20 23:59:59'
	run -0 "$PARLANCE" lesson
	[[ ${lines[1]} =~ ^\ 2\ \ 1/9\ +Sockets && ${lines[2]} =~ ^\ 3\ \ 5/15\ +SMTP\ by\ hand ]]
	same "To go on: parlance lesson 3" "${lines[-1]}"
}

@test "the list: when all are done it says so" {
	while read -r name; do
		keep "$name" 'items: 3' 'place: 3' 'visited: 2026-11-20 10:00:00' 'done: 2026-11-20 10:00:00'
	done < <(names)
	run -0 "$PARLANCE" lesson
	same "All are done. To take one again: parlance lesson 1" "${lines[-1]}"
}

@test "the list fits 80 and 40 columns, and a pipe gets no escape sequences" {
	keep 02-sockets 'items: 9' 'place: 8' 'visited: 2026-11-20 23:59:59'
	local columns
	for columns in 80 40; do
		run -0 env COLUMNS=$columns "$PARLANCE" lesson
		has_not $'\e'
		run -0 awk -v columns=$columns 'length > columns' <<<"$output"
		same "" "$output"
	done
	run -0 env COLUMNS=40 "$PARLANCE" lesson
	has '(smtp)'
	run -0 "$PARLANCE" lesson --color always
	[[ ${lines[1]} == *$'\e[1m'Sockets* && ${lines[0]} != *$'\e'* ]]
}

@test "the list as JSON: an object each" {
	keep 01-what-a-protocol-is 'items: 12' 'place: 12' 'visited: 2026-11-20 10:00:00' 'done: 2026-11-20 10:00:00'
	keep 03-smtp-by-hand 'items: 15' 'place: 4' 'visited: 2026-11-21 10:00:00'
	run -0 "$PARLANCE" lesson --json
	same "$(names)" "$(jq -r .name <<<"$output")"
	same '["done",12,12,"2026-11-20 10:00:00"]' "$(jq -c 'select(.name[:2] == "01") | [.progress, .place, .items, .finished]' <<<"$output")"
	same '["begun",4,15,["smtp"]]' "$(jq -c 'select(.name[:2] == "03") | [.progress, .place, .items, .protocols]' <<<"$output")"
	same '["lesson","new",null]' "$(jq -c 'select(.name[:2] == "02") | [.kind, .progress, .place]' <<<"$output")"
}

@test "a damaged file of progress is told, and the lesson counts as not begun" {
	keep 03-smtp-by-hand 'items: 15' 'place: four'
	run -0 --separate-stderr "$PARLANCE" lesson
	[[ ${lines[2]} =~ ^\ 3\ +SMTP ]]
	same "parlance: $kept/03-smtp-by-hand:2: damaged: the lesson begins anew" "$stderr"
}

@test "a lesson is meant by its number, or its name with or without the number" {
	local word
	for word in 3 03 003 03-smtp-by-hand smtp-by-hand SMTP-by-hand smtp-by-hand.md; do
		keep 03-smtp-by-hand 'items: 15' 'place: 4'
		run -0 "$PARLANCE" lesson --reset "$word"
		same "forgotten: 03-smtp-by-hand" "$output"
	done
	[[ ! -e $kept/03-smtp-by-hand ]]
}

@test "what is no lesson is told, with one that is near" {
	run -2 "$PARLANCE" lesson smtp-by-hnd
	same "parlance: smtp-by-hnd: no such lesson: nearest is 03-smtp-by-hand" "$output"
	run -2 "$PARLANCE" lesson sokets
	has "nearest is 02-sockets"
	run -2 "$PARLANCE" lesson imap
	has "nearest is 06-imap-by-hand"
	run -2 "$PARLANCE" lesson 99
	same "parlance: 99: no such lesson: parlance lesson lists them" "$output"
	run -2 "$PARLANCE" lesson ./3
	same "parlance: ./3: no such file" "$output"
}

@test "--reset forgets one lesson, or all; a lesson by its path too" {
	keep 03-smtp-by-hand 'items: 15' 'place: 4'
	keep 05-pop3-by-hand 'items: 15' 'place: 4'
	run -0 "$PARLANCE" lesson --reset 3
	same "forgotten: 03-smtp-by-hand" "$output"
	run -0 "$PARLANCE" lesson 3 --reset
	same "nothing to forget: 03-smtp-by-hand was not begun" "$output"
	keep 'mine.md@0123456789abcdef' 'items: 15' 'place: 4'
	run -0 "$PARLANCE" lesson --reset
	same $'forgotten: 05-pop3-by-hand\nforgotten: mine.md@0123456789abcdef' "$output"
	run -0 "$PARLANCE" lesson --reset
	same "nothing to forget: no lesson was begun" "$output"
	keep 'mine.md@0123456789abcdef' 'items: 15' 'place: 4'
	run -0 "$PARLANCE" lesson --reset mine.md@0123456789abcdef
	same "forgotten: mine.md@0123456789abcdef" "$output"
	run -2 "$PARLANCE" lesson --reset nothing-like-it
	has "no such lesson"
}

@test "every lesson is built into the binary; in the source tree an edited one counts at once" {
	mkdir -p "$BATS_TEST_TMPDIR/tree/src/cmd" "$BATS_TEST_TMPDIR/tree/lessons"
	cd "$BATS_TEST_TMPDIR/tree"
	printf '# Edited\n' >lessons/03-smtp-by-hand.md
	run -0 "$PARLANCE" lesson --json
	same "$(names)" "$(jq -r .name <<<"$output")"
	same "SMTP by hand" "$(jq -r 'select(.name[:2] == "03") | .title' <<<"$output")"
	touch src/cmd/shipped.sh
	run -0 "$PARLANCE" lesson --json
	same "Edited" "$(jq -r 'select(.name[:2] == "03") | .title' <<<"$output")"
}

# mine: a lesson in mine.md, of two sections with two steps each.
mine() {
	cat >mine.md <<'END'
# Mine

## Hello

```transcript
Protocol: smtp

S: 220 {{*}}
C: HELO student.example
S: 250 {{*}}
C: NOOP
S: 250 {{*}}
```

## Goodbye

```transcript
C: VRFY bob
S: 250 {{*}}
C: QUIT
S: 221 {{*}}
```
END
}

@test "what is kept: the place, what was met, and no word that is no command" {
	cd "$BATS_TEST_TMPDIR"
	mine
	run -0 "$PARLANCE" lesson mine.md <<-'END'
		HELO student.example
		hungry
		NOOP
	END
	run -0 cat "$kept"/mine.md@*
	has 'place: 2'
	has 'items: 4'
	has 'heading: Goodbye'
	has 'said: 2'
	has 'code: 250 2'
	has 'code: 500 1'
	has 'verb: HELO 1'
	has 'verb: NOOP 1'
	has 'read: RFC 5321 4.1.1.1'
	has_not 'hungry'
	run -0 "$PARLANCE" lesson --reset mine.md
	has 'forgotten: mine.md@'
}

@test "one goes on in the same section of a lesson that was changed since" {
	cd "$BATS_TEST_TMPDIR"
	mine
	printf 'HELO student.example\nNOOP\nVRFY bob\n' | "$PARLANCE" lesson mine.md
	sed -i 's/^## Hello/> **Question** Why?\n>\n> **Answer** So.\n\n&/' mine.md
	run -0 "$PARLANCE" lesson mine.md </dev/null
	has 'step 5 of 5'
	has 'QUIT'
	sed -i 's/^C: VRFY bob/&by/' mine.md
	run -0 "$PARLANCE" lesson mine.md </dev/null
	has 'step 5 of 5'
}

@test "where nothing can be kept the lesson says so once, and goes on" {
	cd "$BATS_TEST_TMPDIR"
	mine
	touch plain
	run -0 env XDG_STATE_HOME="$PWD/plain" "$PARLANCE" lesson mine.md <<-'END'
		HELO student.example
		NOOP
		VRFY bob
	END
	has 'not kept'
	[[ $(grep -c 'not kept' <<<"$output") == 1 ]]
	has 'You were at step 4 of 4; your place could not be kept.'
}
