#!/usr/bin/env bats
# The shipped transcripts come from the documents: tests/extract/ holds what the documents print, and what a review by hand has
# changed in what extract finds there, as a diff of what is said (tests/extract/ID.review; where there is none, nothing was).

load helpers

# said FILE: what is said and done in a transcript, without header, comments and empty lines. A stage direction may stand behind
# the prefix of the side that it names.
said() {
	sed -nE 's/^(C: )?(<client .*)/\2/; s/^(S: )?(<server .*)/\2/; /^([CS]\\?:|<)/p' "$1"
}

# extracted DOCUMENT: its conversations, one a file, in $BATS_TEST_TMPDIR/DOCUMENT.
extracted() {
	[[ -d $BATS_TEST_TMPDIR/$1 ]] || "$PARLANCE" extract -q -d "$BATS_TEST_TMPDIR/$1" "$BATS_TEST_DIRNAME/extract/$1.txt"
}

# from_document ID: what is said there is what extract finds in the document, but for what the review changed.
from_document() {
	local document number id here=$BATS_TEST_DIRNAME/extract found
	read -r document number id < <(grep " $1\$" "$here/seeds")
	extracted "$document"
	found=("$BATS_TEST_TMPDIR/$document"/"$(printf %02d "$number")"*.txt)
	[[ -e ${found[0]} ]]
	diff <(said "${found[0]}") <(said "$BATS_TEST_DIRNAME/../transcripts/$id.txt") >"$BATS_TEST_TMPDIR/review" || true
	if [[ -e $here/$id.review ]]; then
		diff "$here/$id.review" "$BATS_TEST_TMPDIR/review"
	else
		[[ ! -s $BATS_TEST_TMPDIR/review ]] || {
			cat "$BATS_TEST_TMPDIR/review"
			false
		}
	fi
}

# protocol_of FILE
protocol_of() {
	sed -n 's/^Protocol: //p;/^$/q' "$1"
}

@test "each transcript says what its document prints, but for what a review has changed" {
	local document number id failed=
	while read -r document number id; do
		[[ $document != '#' ]] || continue
		from_document "$id" || {
			echo "$id differs"
			failed=yes
		}
	done <"$BATS_TEST_DIRNAME/extract/seeds"
	[[ -z $failed ]]
}

@test "in these documents nothing else is found, and every protocol is recognised" {
	local document number id
	for document in ewing clug inst346 cs2911 ch2; do
		extracted "$document"
		[[ $(find "$BATS_TEST_TMPDIR/$document" -name '*.txt' | wc -l) == "$(grep -c "^$document " "$BATS_TEST_DIRNAME/extract/seeds")" ]] || {
			ls "$BATS_TEST_TMPDIR/$document"
			false
		}
	done
	while read -r document number id; do
		[[ $document != '#' ]] || continue
		[[ $(protocol_of "$BATS_TEST_TMPDIR/$document/$(printf %02d "$number")"*.txt) == \
			"$(protocol_of "$BATS_TEST_DIRNAME/../transcripts/$id.txt")" ]] || {
			echo "$id"
			false
		}
	done <"$BATS_TEST_DIRNAME/extract/seeds"
}
