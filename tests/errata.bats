# Each mistake that a shipped transcript names is reported by `parlance check`, or tests/check/errata.txt says why it cannot be.
# Each error that is reported of a shipped transcript stands there, too; what is corrected has none.

load helpers

setup() {
	setup_home
	table=$ROOT/tests/check/errata.txt
}

fail() {
	echo "$1"
	return 1
}

# begins_with TEXT: whether it begins with one of the lines of standard input.
begins_with() {
	local begin
	while IFS= read -r begin; do
		[[ -z $begin || $1 != "$begin"* ]] || return 0
	done
	return 1
}

# column N FILE: of the rows of that transcript: 2 the errata's first words, 3 what is said of them.
column() {
	awk -F '\t' -v n="$1" -v file="$2" '$1 == file { print $n }' "$table"
}

# reported LEVELS FILE: what check says of it, `LINE what …`; LEVELS is an extended regular expression.
reported() {
	"$PARLANCE" check --plain "$ROOT/transcripts/$2.txt" | sed -nE "s/^[^ ]*:([0-9]+): ($1): /\1 /p"
}

@test "each errata of a transcript has a row, and each row an errata" {
	for path in "$ROOT"/transcripts/*.txt; do
		file=$(basename "$path" .txt)
		errata=$(sed -n 's/^Errata: //p' "$path")
		while IFS= read -r one; do
			[[ -z $one ]] || begins_with "$one" < <(column 2 "$file") || fail "$file: $one: no row in $table"
		done <<<"$errata"
		while IFS= read -r words; do
			[[ $'\n'$errata == *$'\n'"$words"* ]] || fail "$file has no errata that begins: $words"
		done < <(column 2 "$file")
	done
}

@test "what the table says is reported" {
	while IFS= read -r file; do
		said=$(reported 'error|warning' "$file")
		while IFS= read -r what; do
			[[ $what == "- "* || $'\n'$said == *$'\n'"$what"* ]] || fail "$file: not reported: $what"
		done < <(column 3 "$file")
	done < <(grep -v '^#' "$table" | cut -f 1 | uniq)
}

@test "no other error is, and what is corrected has none" {
	for path in "$ROOT"/transcripts/*.txt; do
		file=$(basename "$path" .txt)
		while IFS= read -r error; do
			begins_with "$error" < <(column 3 "$file") || fail "$file: no row for: $error"
		done < <(reported error "$file")
	done
}
