#!/bin/sh
# Writes C source that holds files, for shipped.c:
#
#     shipped.sh transcripts transcripts/*.txt       defines shipped_transcripts[] and shipped_transcripts_count
#     shipped.sh lessons lessons/[0-9][0-9]-*.md     defines shipped_lessons[] and shipped_lessons_count
#
# The octets go through od, so that any file does, and no string is too long for a compiler.
set -eu
LC_ALL=C
export LC_ALL

table=$1
shift

# The files as `NAME PATH` lines.
files=
for file; do
	name=${file##*/}
	case $name in
	*[!A-Za-z0-9._-]*)
		echo "shipped.sh: $file: a shipped name is made of letters, digits, dots and dashes" >&2
		exit 1
		;;
	esac
	files="$files${name%.*} $file
"
done

# In the order of bare names: "a" stands before "a-b", which "a.txt" does not.
files=$(printf '%s' "$files" | sort -k 1,1)

echo "/* Made by shipped.sh: do not edit. */"
echo '#include "cmd/shipped.h"'

i=0
rows=
while read -r name path; do
	[ -n "$name" ] || continue
	printf '\nstatic const unsigned char %s_%d[] = {\n' "$table" "$i"
	od -A n -v -t u1 "$path" | sed 's/[0-9][0-9]*/&,/g'
	printf '\t0\n};\n'
	rows="$rows	{ \"$name\", ${table}_$i, sizeof ${table}_$i - 1 },
"
	i=$((i + 1))
done <<END
$files
END

printf '\nconst struct shipped_file shipped_%s[] = {\n%s\t{ 0 }\n};\n' "$table" "$rows"
printf 'const size_t shipped_%s_count = %d;\n' "$table" "$i"
