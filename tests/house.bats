# The house around the code: make's targets, what is installed, the one-file build, who may include whom.
#
# A copy of the tree is built in, never this one: other tests use its binary meanwhile.

load helpers

# $built: a copy of the tree, up to date after plain `make`; for the tests that need one.
setup_file() {
	unset MAKEFLAGS MAKELEVEL
	export built=$BATS_FILE_TMPDIR/tree
	copy_tree "$built"
	# What `make` left here saves compiling it again.
	if [[ -f $ROOT/build/flags ]]; then
		mkdir "$built/build"
		cp -a "$ROOT"/build/{src,flags} "$built/build/"
	fi
	make -j2 --no-print-directory -C "$built" all
}

setup() {
	setup_home
	copy=$BATS_TEST_TMPDIR/tree
}

# copy_tree TO: the sources and their data, without what was built.
copy_tree() {
	mkdir -p "$1"
	cp -a "$ROOT"/{Makefile,.ci,src,transcripts,lessons,tests} "$1"/
}

@test "make help names every target that the README and DESIGN promise, one line each" {
	run -0 make --no-print-directory -C "$ROOT" help
	for target in all deps deps-interop demo check check-asan lint fmt bench fuzz dist install uninstall clean help; do
		[[ $(grep -Ec "^  $target +[^ ]" <<<"$output") == 1 ]] || {
			echo "no line, or several, for $target"
			return 1
		}
	done
}

@test "make leaves what is up to date alone, and flags that changed build anew" {
	run -0 make --no-print-directory -C "$built" all
	has_not 'cc    '
	# In a copy of its own: other tests find $built up to date.
	cp -a "$built" "$copy"
	run -0 make --no-print-directory -C "$copy" build/src/base/clock.o CFLAGS=-O0
	has 'cc    src/base/clock.c'
}

@test "flags given by the user are added to those that are needed, and do not replace them" {
	copy_tree "$copy"
	run -0 make --no-print-directory -C "$copy" build/src/base/slice.o CFLAGS='-O0 -DGIVEN=1' CPPFLAGS=-DALSO=1
	run -0 cat "$copy/build/flags"
	has '-std=c17'
	has '-Isrc'
	has '-DGIVEN=1'
	has '-DALSO=1'
}

@test "the data folder follows PREFIX" {
	copy_tree "$copy"
	run -0 make --no-print-directory -C "$copy" build/src/base/slice.o PREFIX=/opt/somewhere
	run -0 cat "$copy/build/flags"
	has '/opt/somewhere/share/parlance'
}

@test "without the libraries make says what to run" {
	copy_tree "$copy"
	run -2 make --no-print-directory -C "$copy" PKG_CONFIG=false all
	has 'run "make deps"'
}

@test "install puts program, page, transcripts and lessons under DESTDIR, and uninstall takes all of it away" {
	local to=$BATS_TEST_TMPDIR/root
	# The same prefix as it was built for, so that nothing is compiled.
	run -0 make --no-print-directory -C "$built" install DESTDIR="$to"
	[[ -x $to/usr/local/bin/parlance && -f $to/usr/local/share/man/man1/parlance.1 ]]
	run -0 diff -r "$ROOT/transcripts" "$to/usr/local/share/parlance/transcripts"
	run -0 diff -r -x README.md "$ROOT/lessons" "$to/usr/local/share/parlance/lessons"
	run -0 env -C / "$to/usr/local/bin/parlance" annotate --notes off ewing-smtp
	has 'C: EHLO bar.com'
	run -0 make --no-print-directory -C "$built" uninstall DESTDIR="$to"
	[[ -z $(find "$to" -type f) ]]
}

@test "every transcript is built into the binary, so that a copy of the file is enough" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	cd "$BATS_TEST_TMPDIR/empty"
	for file in "$ROOT"/transcripts/*.txt; do
		run -0 --separate-stderr "$PARLANCE" annotate --notes off "$(basename "$file" .txt)"
		same "$("$PARLANCE" annotate --notes off "$file")" "$output"
	done
}

@test "run in the source tree, an edited transcript counts at once" {
	mkdir -p "$copy/src/cmd" "$copy/transcripts"
	touch "$copy/src/cmd/shipped.sh"
	printf 'Protocol: smtp\n\nS: 220 edited.example\n' >"$copy/transcripts/ewing-smtp.txt"
	cd "$copy"
	run -0 "$PARLANCE" annotate --notes off ewing-smtp
	has 'S: 220 edited.example'
	rm src/cmd/shipped.sh
	run -0 "$PARLANCE" annotate --notes off ewing-smtp
	has_not 'edited.example'
}

@test "what is built in comes out octet by octet, in the order of bare names" {
	mkdir "$BATS_TEST_TMPDIR/data"
	cd "$BATS_TEST_TMPDIR/data"
	printf 'x' >a-b.txt
	printf '\000\377"\\?\n' >a.txt
	run -0 sh "$ROOT/src/cmd/shipped.sh" transcripts ./*.txt
	has '{ "a", transcripts_0, '
	has '{ "a-b", transcripts_1, '
	[[ $output =~ transcripts_0\[\]\ =\ \{[[:space:]]+0,\ +255,\ +34,\ +92,\ +63,\ +10, ]]
	touch 'a b.txt'
	run -1 sh "$ROOT/src/cmd/shipped.sh" transcripts ./*.txt
	has 'a b.txt'
}

@test "the include rules hold, and find what is planted" {
	local rows file line why
	run -0 "$ROOT/tests/include-rules"
	rows=$(cat <<-'END'
		src/base/slice.c|#include "protocol/dialogue.h"|stands above
		src/protocol/dialogue.c|#include "net/stream.h"|side by side
		src/net/connect.c|#include "protocol/protocol.h"|side by side
		src/session/session.c|#include "prompt/prompt.h"|stands above
		src/talk/talk.c|#include "cmd/cmd.h"|stands above
		src/view/json.c|#include "../base/slice.h"|named from src/
		src/view/json.c|#include "attic/old.h"|no such room
		src/protocol/smtp.c|#include <sys/socket.h>|no sockets
		src/script/print.c|#  include <stdio.h>|base/buffer.h
		src/script/script.c|#include <event2/event.h>|no loop
		src/session/session.c|#include <event2/bufferevent.h>|only in net/
		src/cmd/shared.c|#include <openssl/ssl.h>|only in net/
		src/protocol/sasl.c|#include <openssl/hmac.h>|base/crypto.h
		src/talk/talk.c|#include <histedit.h>|only in prompt/
		src/cmd/shared.c|#include <cmark.h>|only in lesson/
	END
	)
	mkdir -p "$copy"
	cp -a "$ROOT/src" "$copy/"
	while IFS='|' read -r file line why; do
		printf '%s\n' "$line" >>"$copy/$file"
	done <<<"$rows"
	run -1 "$ROOT/tests/include-rules" "$copy"
	[[ ${#lines[@]} == $(wc -l <<<"$rows") ]]
	while IFS='|' read -r file line why; do
		grep -F "$line" <<<"$output" | grep -F "$file:" | grep -Fq "$why" || {
			printf 'not found: %s: %s: %s\nin:\n%s\n' "$file" "$line" "$why" "$output"
			return 1
		}
	done <<<"$rows"
}

@test "the dependencies' script says nothing where nothing is missing, and knows its tasks" {
	type -P dpkg-query >/dev/null || skip "not a Debian"
	run -0 "$ROOT/.ci/deps" check
	same '' "$output"
	run -2 "$ROOT/.ci/deps" everything
	has 'no such task'
}

# A folder of programs in which there is no apt, and only what is named.
only_programs() {
	local program
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	for program; do
		ln -sf "$(type -P "$program")" "$BATS_TEST_TMPDIR/bin/$program"
	done
}

@test "without apt, the dependencies' script names what to install" {
	only_programs sh cat cut
	# Its own search in administrators' folders finds no compiler there.
	run -1 env -i PATH="$BATS_TEST_TMPDIR/bin" CC=no-such-compiler sh "$ROOT/.ci/deps" build
	has 'no-such-compiler'
	has 'libevent'
	has 'Fedora'
	has 'brew'
}

# fake_apt: apt-get and dpkg-query that say what they were asked; nothing is installed.
fake_apt() {
	only_programs sh cat cut mktemp env id rm tail
	cat >"$BATS_TEST_TMPDIR/bin/apt-get" <<-END
		#!/bin/sh
		echo "apt-get \$*: \$DEBIAN_FRONTEND" >>"$BATS_TEST_TMPDIR/asked"
	END
	printf '#!/bin/sh\n' >"$BATS_TEST_TMPDIR/bin/dpkg-query"
	printf '#!/bin/sh\nexec "$@"\n' >"$BATS_TEST_TMPDIR/bin/sudo"
	chmod +x "$BATS_TEST_TMPDIR/bin/"{apt-get,dpkg-query,sudo}
}

@test "with apt, what is missing is installed without a question, and said" {
	fake_apt
	run -0 env -i PATH="$BATS_TEST_TMPDIR/bin" sh "$ROOT/.ci/deps" build
	has 'apt-get -q update'
	has 'install --no-install-recommends gcc libc6-dev make pkgconf libevent-dev libedit-dev libssl-dev libcmark-dev'
	run -0 cat "$BATS_TEST_TMPDIR/asked"
	[[ ${lines[0]} == 'apt-get -q update: noninteractive' && ${lines[1]} == *'install'*': noninteractive' ]]
}

# commands: the names that `parlance --help` lists.
commands() {
	"$PARLANCE" --help | sed -nE 's/^  parlance \[?([a-z]+)\]? \[options\].*/\1/p'
}

@test "the manual page names every option that the commands take" {
	run -0 commands
	[[ ${#lines[@]} -ge 6 ]]
	for command in "${lines[@]}"; do
		"$PARLANCE" "$command" --help
	done | grep -Eo '^ +(-[A-Za-z0-9], )?--[a-z0-9-]+' | grep -Eo '[-][-][a-z0-9-]+' | sort -u >"$BATS_TEST_TMPDIR/options"
	[[ $(wc -l <"$BATS_TEST_TMPDIR/options") -gt 20 ]]
	while read -r option; do
		grep -Fq -- "Fl -${option#--}" "$ROOT/src/parlance.1" || {
			echo "src/parlance.1 does not know $option"
			return 1
		}
	done <"$BATS_TEST_TMPDIR/options"
}

@test "the manual page names every command, and every form that --from takes" {
	run -0 commands
	for command in "${lines[@]}"; do
		grep -Eq "^\\.(Op )?Cm $command\$" "$ROOT/src/parlance.1" || {
			echo "src/parlance.1 does not know $command"
			return 1
		}
	done
	run -2 "$PARLANCE" annotate --from no-such-form /dev/null
	[[ $output == *'there are '* ]]
	local forms=${output##*there are }
	for form in ${forms//,/ }; do
		[[ $form == and ]] || sed -n '/^\.Sh OTHER/,/^\.Sh ENC/p' "$ROOT/src/parlance.1" | grep -Eq "^\.It Cm .*\b$form( |\$)" || {
			echo "src/parlance.1 does not know the form $form"
			return 1
		}
	done
}

@test "every help fits a screen of 80 columns" {
	run -0 commands
	for command in "" "${lines[@]}"; do
		"$PARLANCE" $command --help
	done >"$BATS_TEST_TMPDIR/help"
	run -0 awk 'length > 80' "$BATS_TEST_TMPDIR/help"
	same "" "$output"
}

# commands_printed: the commands of parlance's that README and manual page show, from its name to where the shell has the word;
# those that go on in the next line are joined.
commands_printed() {
	{
		sed -n 's/^    //p' "$ROOT/README.md"
		sed -nE 's/^\.Dl (\\ )*//p' "$ROOT/src/parlance.1" | sed -e 's/\\e$/\\/' -e 's/\\en/\\n/g' | sed -e ':more' -e '/\\$/{N;s/\\\n//;b more' -e '}'
	} | grep -Eo '(^|[|;] |\$ )parlance [^|<>;#]*' | sed -E 's/^.*(parlance )/\1/'
}

@test "README and manual page show no option that the command does not take" {
	local command words help option
	run -0 commands
	local commands=" ${lines[*]} "
	run -0 commands_printed
	[[ ${#lines[@]} -gt 40 ]]
	for command in "${lines[@]}"; do
		read -ra words <<<"$command"
		[[ $commands == *" ${words[1]} "* ]] || words=(parlance talk "${words[@]:1}")
		help=$("$PARLANCE" "${words[1]}" --help)
		for option in "${words[@]:2}"; do
			[[ $option != -[A-Za-z-]* ]] || grep -Eq -- "^ .* $option( |,|\$)" <<<"$help" || {
				echo "there is no $option: $command"
				return 1
			}
		done
	done
}
