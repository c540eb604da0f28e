# Lessons: the format (FORMATS section 7), what --check finds, stepping in a pipe, --demo, and that every lesson which ships can be
# stepped through. What a person sees at a terminal stands in lessonsteps.bats; the list and the places kept in lesson_list.bats.
load helpers

setup() {
	setup_home
	cd "$BATS_TEST_TMPDIR" || return 1
}

# have TEXT...: $output holds each.
have() {
	local text
	for text; do
		has "$text" || return 1
	done
}

# lesson NAME: writes what comes from stdin to NAME.md.
lesson() {
	cat >"$1.md"
}

# The lesson that FORMATS.md prints.
of_formats() {
	lesson formats <<'END'
# Sending mail by hand

What SMTP is for, in two paragraphs …

```transcript
Protocol: smtp

S: 220 {{*}}
C: EHLO student.example
S: 250 {{*}}
```

The number carries the meaning, the words are for you.

> **Question** Which would a program read: the number or the words?
> **Answer** The number. RFC 5321 4.2 lets the words be anything.

> **Goal** verb=RCPT class=failure
> Make the server refuse a recipient, by any way you find.
END
}

@test "lesson: the lesson of FORMATS.md passes; a goal without a way is skipped" {
	of_formats
	run -0 "$PARLANCE" lesson --check formats.md
	has 'ok 1 - formats.md:8 220 {{*}}'
	has 'ok 2 - formats.md:10 250 {{*}}'
	has '    ok 3 - formats.md:18 goal verb=RCPT class=failure # SKIP'
	has '1..3'
	has_not 'not ok'
}

@test "lesson --check: a step that the server answers otherwise is named by file and line" {
	lesson wrong <<'END'
# A wrong step

```transcript
Protocol: smtp

S: 220 {{*}}
C: HELO student.example
S: 251 {{*}}
```
END
	run -1 "$PARLANCE" lesson --check wrong.md
	has 'not ok 2 - wrong.md:8 251 {{*}}'
	has 'received: "250 '
	has 'not ok 1 - wrong.md'
}

@test "lesson --check: each fault of the author's is named by file and line" {
	lesson faulty <<'END'
Words before any heading.

> **Quiz** Is this a question?

> **Qestion** And this?
>
> **Answer** Nearly.

> **Question** Without an answer?

> **Goal** verbs=RCPT
> A key that no event has.

> **Goal**
> No key at all.

```transcrpt
C: NOOP
```

```transcript
Protocol: smtp

S: 220 {{*}}
C: NOOP
S: 250 {{*}}
<client dances>
X: what is this?
```
END
	run -1 --separate-stderr "$PARLANCE" lesson --check faulty.md
	have 'not ok 1 - faulty.md:1 ' 'no heading'
	have 'not ok 2 - faulty.md:3 ' '**Quiz**: an unknown directive'
	have 'not ok 3 - faulty.md:5 ' 'nearest is Question'
	have 'not ok 4 - faulty.md:9 ' 'a question without an answer'
	have 'not ok 5 - faulty.md:11 ' 'verbs: no key of an event' 'nearest is verb'
	have 'not ok 6 - faulty.md:14 ' 'a goal without a key'
	have 'not ok 7 - faulty.md:17 ' 'transcrpt: an unknown kind of block: nearest is transcript'
	have 'not ok 8 - faulty.md:27 ' 'dances'
	has 'not ok 9 - faulty.md:28 '
	# what can be played is played all the same
	have 'ok 10 - faulty.md:24 220 {{*}}' 'ok 11 - faulty.md:26 250 {{*}}'
}

# faults NAME: what --check finds in the lesson NAME: FILE:LINE and the words behind, into the file faults.
faults() {
	"$PARLANCE" lesson --check "$1.md" | grep -E "^ *(not ok [0-9]+ - $1.md:|# $1.md:)" | tee faults
}

# found TEXT...: the faults hold each, and there are no more.
found() {
	local text
	for text; do
		grep -qF -e "$text" faults || { echo "not found: $text" && return 1; }
	done
	(($(wc -l <faults) == $#)) || { echo "not $# faults" && return 1; }
}

@test "lesson --check: what asks nothing, since it stands wrong, is named by its line" {
	lesson stray <<'END'
# Stray

> Question: Without the bold word?
>
> *Answer* Slanted.

**Question** Without a quote?

> Let me ask.
>
> **Question** Not at the beginning?

> > **Goal** verb=NOOP

1. In a list:

   ```transcript
   C: NOOP
   ```

> ```parlance
> explain 550
> ```

    ```transcript
    C: NOOP
    ```

```
C: NOOP
S: 250 OK
```
END
	faults stray
	found 'stray.md:3 Question is only prose here' 'stray.md:5 Answer is only prose' 'stray.md:7 Question is only prose' \
		'stray.md:11 Question is only prose' 'stray.md:13 Goal is only prose' 'stray.md:17 a block marked transcript inside a list' \
		'stray.md:21 a block marked parlance inside a quote' 'stray.md:25 a fence that is indented' \
		'stray.md:29: warning: a block that looks like steps'
}

@test "lesson --check: a quote that asks twice, says nothing, or swallows a line is named" {
	lesson quotes <<'END'
# Quotes

> **Question** One?
> **Answer** Yes.
And a paragraph that was to follow.

> **Question** One?
>
> **Answer** Yes.
>
> **Question** Two?

> **Question**
>
> **Answer**

> **Goal** verb=NOOP
>
> **Answer** NOOP.

> **Question** Which?
>
> - this
> - that
>
> **Answer** A dot.
END
	faults quotes
	found 'quotes.md:5: warning: a line without > right behind a quote' 'quotes.md:11 a second **Question**' \
		'quotes.md:13 a question without words' 'quotes.md:13 an answer without words' \
		'quotes.md:17: warning: a goal without words' 'quotes.md:19 an answer in a goal' \
		'quotes.md:23: warning: choices that are not numbered' \
		"quotes.md:21: warning: the answer does not begin with a choice's number"
}

@test "lesson --check: a goal's values are read as narrowly as its keys" {
	lesson values <<'END'
# Values

> **Goal** class=failed|success kind=comand secure=yes phase=hello side=client protocol=stmp
> Values that no event has.

> **Goal** verb=RCPT, class=failure
> A comma.

> **Goal** text="no such
> A quote.

> **Goal** verb = RCPT
> Spaces.

> **Goal** text=no such user
> More of them.
END
	faults values
	found 'values.md:3 class=failed: no event has that' 'values.md:3 kind=comand: no' 'values.md:3 secure=yes: no' \
		'values.md:3 phase=hello: no' 'values.md:3 side=client: no' 'values.md:3 protocol=stmp: no' \
		'values.md:6 verb=RCPT,: the comma' 'values.md:9 text="no such: one double quote alone' \
		'values.md:12 verb: no key=value' 'values.md:15 such: no key=value'
}

@test "lesson --check: a block left open, a header in the middle, a wrong count, a name without a value" {
	lesson steps <<'END'
# Steps

```transcript
Target: self

S: 220 x
C: NOOP
S: 250 y
Protocol: imap

S: * OK {{*}}
C: a LOGIN student monkey
S: a OK {{*}}
C: b APPEND INBOX {500}
S: + {{*}}
C: Subject: x
C:
C: short
S: b OK {{*}}
```

```transcript
Protocol: smtp

S: 220 {{*}}
C: HELO {{unknown}}
S: 250 {{*}}
```

```transcript
C: NOOP

Words.
END
	faults steps
	found 'steps.md:6: warning: a conversation without a protocol' 'steps.md:11 a header before this line' \
		'steps.md:14 the wrong count: 500 are announced, and what follows has 19 octets' \
		'steps.md:26 the conversation can be played' 'steps.md:30 a block that nothing closes'
}

@test "lesson --check: HTML and tables, which a terminal does not show, are warnings; a comment is the author's own" {
	printf '# Shown\n\n<details>\nHidden.\n</details>\n\nA <b>word.\n\n| a | b |\n| - | - |\n\n<!-- mine -->\n' >shown.md
	faults shown
	found 'shown.md:3: warning: HTML' 'shown.md:7: warning: HTML' 'shown.md:10: warning: a table'
}

@test "lesson --check: lines may end with CR LF, and a byte order mark go before them" {
	of_formats
	{ printf '\357\273\277' && sed 's/$/\r/' formats.md; } >windows.md
	run -0 "$PARLANCE" lesson --check windows.md
	has 'windows.md:18 goal verb=RCPT class=failure # SKIP'
	has_not 'not ok'
}

@test "lesson --check: over 60 words of prose between two steps are a warning, and no failure" {
	words() { yes word | head -n "$1" | tr '\n' ' '; }
	# of an introduction nobody counts
	printf '# Long\n\n%s\n\n```transcript\nProtocol: smtp\n\nS: 220 {{*}}\nC: NOOP\nS: 250 {{*}}\n```\n\n%s\n\n%s\n\n```transcript\nC: NOOP\nS: 250 {{*}}\n```\n' \
		"$(words 200)" "$(words 30)" "$(words 31)" >long.md
	run -0 "$PARLANCE" lesson --check long.md
	has '# long.md:13: warning: 61 words of prose between two steps'
	sed 's/^word word/word/' long.md >shorter.md
	run -0 "$PARLANCE" lesson --check shorter.md
	has_not 'warning'
}

@test "lesson --check: a goal is met by the way that is written, or is not" {
	lesson goals <<'END'
# Goals

```transcript
Protocol: smtp

S: 220 {{*}}
C: HELO student.example
S: 250 {{*}}
```

> **Goal** verb=MAIL code=250|251 text="*2.1.*"
> **Hint** A sender.
>
> ```transcript
> C: MAIL FROM:<student@localhost>
> S: 250 {{*}}
> ```

> **Goal** verb=RCPT class=success
>
> ```transcript
> C: RCPT TO:<nobody.at.all@localhost>
> S: 550 {{*}}
> ```
END
	run -1 "$PARLANCE" lesson --check goals.md
	has '    ok 5 - goals.md:11 goal verb=MAIL code=250|251 text=*2.1.*'
	have '    not ok 6 - goals.md:19 goal verb=RCPT class=success' 'does not reach the goal'
}

@test "lesson --check: a conversation that is cut, or cannot be had, is told at its line" {
	lesson cut <<'END'
# Cut

```transcript
Protocol: smtp
Target: self

S: 220 x
C: NOOP
<server hangs up>
```

```transcript
Protocol: smtp
Target: 127.0.0.1:1

S: 220 x
C: NOOP
S: 250 y
```
END
	run -1 "$PARLANCE" lesson --check cut.md
	have 'not ok' 'cut.md:16 ' '127.0.0.1 port 1: connection refused'
}

@test "lesson --check: a command is run, at the lesson's lab, and its exit status counts" {
	lesson commands <<'END'
# Commands

```parlance
explain 550
```

```parlance 4
lab:smtp --tls
```

```parlance
tcp://{{lab:smtp}} --notes off
QUIT
```

```parlance 1
explain pop3 TOP
```
END
	run -1 "$PARLANCE" lesson --check commands.md
	has '    ok 1 - commands.md:3 parlance explain 550'
	has '    ok 2 - commands.md:7 parlance lab:smtp --tls'
	has '    ok 3 - commands.md:11 parlance tcp://{{lab:smtp}} --notes off'
	have '    not ok 4 - commands.md:16 parlance explain pop3 TOP' 'exit status 1' 'exit status 0'
}

@test "lesson --check: several conversations share one lab: what is sent is there to be fetched" {
	lesson both <<'END'
# Both

```transcript
Protocol: smtp

S: 220 {{*}}
C: EHLO student.example
S: 250 {{*}}
C: MAIL FROM:<alice@localhost>
S: 250 {{*}}
C: RCPT TO:<student@localhost>
S: 250 {{*}}
C: DATA
S: 354 {{*}}
C: Subject: over to POP3
C:
C: Found?
C: .
S: 250 {{*}}
C: QUIT
S: 221 {{*}}
```

```transcript
Protocol: imap

S: * OK {{*}}
C: a LOGIN student monkey
S: a OK {{*}}
C: b SELECT INBOX
S: b OK {{*}}
C: c SEARCH SUBJECT "over to POP3"
S: * SEARCH {{number}}
S: c OK {{*}}
C: d LOGOUT
S: * BYE {{*}}
S: d OK {{*}}
```
END
	run -0 "$PARLANCE" lesson --check both.md
	has_not 'not ok'
}

@test "lesson --check: --json prints a result for each point" {
	of_formats
	run -0 "$PARLANCE" lesson --check --json formats.md
	[[ $(jq -c 'select(.kind == "result") | [.line, .ok]' <<<"$output" | head -n 2) == $'[8,true]\n[10,true]' ]]
}

@test "lesson: a lesson that is not there names the nearest, and exits with 2" {
	run -2 "$PARLANCE" lesson smtp-by-hnd
	has 'smtp-by-hand'
	run -2 "$PARLANCE" lesson 99
	run -2 "$PARLANCE" lesson ./nowhere.md
	run -2 "$PARLANCE" lesson 3 4
	run -2 "$PARLANCE" lesson --demo
}

@test "lesson: in a pipe the lines are the student's; answers, Enter and wrong turns too; the place is kept" {
	of_formats
	printf '%s\n' '' 'HELO wrong.example' 'EHLO student.example' 'the number' ':where' >typed
	run -0 "$PARLANCE" lesson formats.md <typed
	have 'Sending mail by hand' '» EHLO student.example' 'Enter alone sends nothing here' 'C: HELO wrong.example'
	have 'lesson waits' 'C: EHLO student.example' 'The number carries the meaning' 'Which would a program read' '> the number'
	have 'lets the words be anything' 'Make the server refuse a recipient' 'Step 3 of 3: a goal' 'Your place is kept: step 3 of 3'
	# on another day: the conversation is brought to where it was, and any way is right
	printf '%s\n' 'MAIL FROM:<student@localhost>' 'RCPT TO:<green@nowhere@twice>' >typed
	run -0 "$PARLANCE" lesson formats.md <typed
	have 'You were at step 3 of 3' 'C: EHLO student.example' 'The goal is reached.' '1 of 1' 'Codes you met:' 'Done.'
}

@test "lesson: a refused login is begun anew at its command, though a question stands in between" {
	lesson login <<'END'
# Login

```transcript
Protocol: smtp

S: 220 {{*}}
C: EHLO student.example
S: 250 {{*}}
C: AUTH LOGIN
S: 334 {{*}}
```

> **Question** What does it ask for?
>
> **Answer** The name.

```transcript
C: Ym9i
S: 334 {{*}}
C: aHVuZ3J5
S: 235 {{*}}
```
END
	printf '%s\n' 'EHLO student.example' 'AUTH LOGIN' 'the name' 'Ym9i' 'hungry' 'AUTH LOGIN' 'again' 'Ym9i' 'aHVuZ3J5' >typed
	run -0 "$PARLANCE" lesson login.md <typed
	have 'S: 501 ' 'S: 235 ' 'Done.'
	[[ $output == *'» aHVuZ3J5'*'S: 501 '*'» AUTH LOGIN'*'> again'*'S: 235 '* ]]
}

@test "lesson: what a word says for the person counts as typed; an exact line is not done by its like" {
	lesson words <<'END'
# Words

```transcript
Protocol: smtp

S: 220 {{*}}
C: EHLO student.example
S: 250 {{*}}
C: STARTTLS
S: 220 {{*}}
<client starts TLS>
C: EHLO student.example
S: 250 {{*}}
C\: NOOP\n
S: 250 {{*}}
C: QUIT
S: 221 {{*}}
```
END
	printf '%s\n' 'EHLO student.example' ':starttls' 'EHLO student.example' 'NOOP' ':where' 'NOOP\n' 'QUIT' >typed
	run -0 "$PARLANCE" lesson words.md <typed
	[[ $output == *'C: STARTTLS'*'» EHLO student.example'*'Step 4 of 5'*'» QUIT'*'S: 221 '*'Done.'* ]]
}

@test "lesson: an empty row parts the lesson's words from the lines behind them" {
	run -0 "$PARLANCE" lesson 10 --demo=0
	has $'come back to\n  that.\n\nC: PWD'
	has $'code that\n  says so.\n\nC: CWD /quota'
}

@test "lesson: what differs is told, and why; :hint, :skip, :back, :again and :contents steer" {
	lesson steer <<'END'
# Steering

## First

```transcript
Protocol: smtp

S: 220 {{*}}
C: HELO student.example
S: 250 {{*}}
C: MAIL FROM:<student@localhost>
S: 250 {{*}}
```

> **Hint** Angle brackets.

## Second

> **Question** Which of these?
>
> 1. this one
> 2. that one
>
> **Answer** 2. That one.

```transcript
C: RCPT TO:<bob@localhost>
S: 250 {{*}}
```
END
	printf '%s\n' ':skip' 'MAIL FROM student@localhost' ':hint' ':hint' ':skip' '3' '1' ':contents' ':back' '2' ':again' ':skip' >typed
	run -0 "$PARLANCE" lesson steer.md <typed
	have 'C: HELO student.example' 'What you typed differs' 'lesson  MAIL FROM:<student@localhost>' 'yours   MAIL FROM student@localhost' \
		'Angle brackets.' 'Hint: MAIL:' 'C: MAIL FROM:<student@localhost>' 'Type the number of your choice, 1 to 2.' 'Not 1.' \
		'>  3    Second' 'Right.' 'C: RCPT TO:<bob@localhost>' 'Done.'
}

@test "lesson: a lost connection keeps the place: Enter connects again, and says what was said" {
	of_formats
	printf '%s\n' 'QUIT' '' 'EHLO student.example' ':quit' >typed
	run -0 "$PARLANCE" lesson formats.md <typed
	have 'S: 221' 'The number carries the meaning'
}

@test "lesson: where a conversation begins anew, what earlier ones did is done once, not twice" {
	lesson anew <<'END'
# Anew

```transcript
Protocol: pop3

S: +OK {{*}}
C: USER bob
S: +OK {{*}}
C: PASS redqueen
S: +OK {{*}}
C: DELE 1
S: +OK {{*}}
C: QUIT
S: +OK {{*}}
```

```transcript
Protocol: pop3

S: +OK {{*}}
C: USER bob
S: +OK {{*}}
C: PASS redqueen
S: +OK {{*}}
C: STAT
S: +OK {{*}}
```
END
	printf '%s\n' 'USER bob' 'PASS redqueen' 'DELE 1' 'QUIT' 'USER bob' 'PASS redqueen' ':reconnect' 'STAT' >typed
	run -0 "$PARLANCE" lesson anew.md <typed
	have 'S: +OK 7 '
	has_not 'S: +OK 6 '
}

@test "lesson: the caret passes over the case of a command" {
	lesson rows <<'END'
# Rows

```transcript
Protocol: pop3

S: +OK {{*}}
C: USER bob
S: +OK {{*}}
C: PASS redqueen
S: +OK {{*}}
```
END
	printf '%s\n' 'USER bob' 'pass RedQueen' >typed
	run -0 "$PARLANCE" lesson rows.md <typed
	has $'  yours   pass RedQueen\n               ^'
}

@test "lesson: a server that always hangs up is not asked for ever, in a pipe; the lesson's exit status is its own" {
	lesson lost <<'END'
# Lost

```transcript
Protocol: smtp
Target: self

S: 220 x
C: NOOP
<server hangs up>
C: RSET
S: 250 y
```
END
	printf '%s\n' NOOP again 'and again' >typed
	run -0 timeout 20 "$PARLANCE" lesson lost.md <typed
	has 'Your place is kept: step 1 of 2'
}

@test "lesson --demo: plays by itself, answers and goals too, and keeps no place" {
	of_formats
	run -0 "$PARLANCE" lesson formats.md --demo=0 </dev/null
	have 'C: EHLO student.example' 'The number. RFC 5321 4.2' 'Make the server refuse' 'What you did'
	run -0 "$PARLANCE" lesson formats.md </dev/null
	has_not 'You were at step'
	run -3 "$PARLANCE" lesson formats.md --demo=0 --to 127.0.0.1:1 </dev/null
}

@test "lesson --to: each conversation goes to the one that speaks its protocol" {
	of_formats
	lab --only smtp,pop3
	run -0 "$PARLANCE" lesson --check formats.md --to "pop3://127.0.0.1:$(lab_port pop3)" --to "smtp://127.0.0.1:$(lab_port smtp)" \
		--map student.example=pupil.example
	has 'ok 2 - formats.md:10'
	run -1 "$PARLANCE" lesson --check formats.md --to "pop3://127.0.0.1:$(lab_port pop3)"
	have 'formats.md:8' 'this conversation speaks smtp, and no --to does'
}

@test "lesson: what nobody can answer does not keep the lesson waiting: a server that hangs up, a goal or command without one" {
	lesson hangs <<'END'
# Hangs up

```transcript
Protocol: smtp

S: 220 {{*}}
C: QUIT
S: 221 {{*}}
C: NOOP
S: 250 {{*}}
```

The last words.
END
	run -0 timeout 20 "$PARLANCE" lesson hangs.md --demo=0 </dev/null
	have 'The connection ends before this place each time' 'The last words.'
	printf '# Alone\n\n> **Goal** verb=NOOP\n> Words.\n\n```parlance\nexplain 550\n```\n' >alone.md
	run -0 timeout 20 "$PARLANCE" lesson alone.md < <(printf 'NOOP\nRSET\n')
	have 'Words.' 'nobody to say that to'
	run -1 "$PARLANCE" lesson --check alone.md
	has 'alone.md:3 a goal without a conversation'
}

@test "lesson --to: of several that speak the protocol, the one that is called like the lab's server, or begins TLS likewise" {
	lesson several <<'END'
# Several

```transcript
Protocol: imap
TLS: implicit

S: * OK {{*}}
```

```transcript
Protocol: smtp
Target: lab:submission

S: 220 {{*}}
C: HELO student.example
S: 250 {{*}}
C: MAIL FROM:<student@localhost>
S: 530 {{*}}
```

```transcript
Protocol: smtp

S: 220 {{*}}
C: HELO student.example
S: 250 {{*}}
C: MAIL FROM:<student@localhost>
S: 250 {{*}}
```
END
	lab --only smtp,smtps,submission,imap,imaps --ca-out ca.pem
	run -0 "$PARLANCE" lesson --check several.md --cacert ca.pem --to "imap://127.0.0.1:$(lab_port imap)" \
		--to "smtps://127.0.0.1:$(lab_port smtps)" --to "submission://127.0.0.1:$(lab_port submission)" \
		--to "smtp://127.0.0.1:$(lab_port smtp)" --to "imaps://127.0.0.1:$(lab_port imaps)"
	has '1..7'
}

@test "lesson: octets of a lesson that would move the cursor are shown as escapes" {
	printf '# Bad \033[31m title\n\nProse \033]0;x\007 and `code \033[2J`.\n\n    \033[1;1H\n\n```transcript\nProtocol: tcp\n\nC: a\nS: A\n```\n' >bad.md
	run -0 "$PARLANCE" lesson bad.md --demo=0 </dev/null
	[[ $output != *$'\033'* ]]
	has 'title'
}

@test "lesson: no file of any kind brings it down" {
	printf '\0\377\376> **Goal** =\n> **Question**\n```transcript' >binary.md
	: >empty.md
	head -c 200000 /dev/zero | tr '\0' '>' >deep.md
	local file
	for file in binary empty deep; do
		run "$PARLANCE" lesson --check $file.md
		((status == 1)) || { echo "$file: $status: $output" && return 1; }
		run "$PARLANCE" lesson $file.md --demo=0 </dev/null
		((status == 0)) || { echo "$file: $status: $output" && return 1; }
	done
}

@test "lessons: every one that ships passes --check against the lab, without a warning" {
	cd "$ROOT" || return 1
	run -0 "$PARLANCE" lesson --check
	has_not 'warning'
	((${#lines[@]} > 18 * 10))
	local file
	for file in lessons/[0-9]*.md; do
		has "ok $((10#${file:8:2})) - $file"
	done
}
