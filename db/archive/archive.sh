#!/usr/bin/env bash
# Writes each day that waits (tidemark.waiting_day) to a compressed file with a manifest beside it, reads it again,
# compares it with the table, records it and only then drops the day. It can be stopped and run again at any time: a day
# that was not recorded is written again.
#
#   archive.sh DIRECTORY [YYYY-MM-DD …]      all days that wait, or only these
#
# PGHOST, PGPORT, PGDATABASE, PGUSER … name the database, as for psql, and a superuser, or a member of tidemark_owner.
# Needs psql, gzip, sha256sum and sync (coreutils). DIRECTORY must hold nothing but the archive of this database.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/steps.sh"

[ $# -ge 1 ] || fail "usage: archive.sh DIRECTORY [YYYY-MM-DD …]"
directory=$1
shift
case $directory in -*) directory=./$directory ;; esac
[ -d "$directory" ] || fail "$directory: no such directory"
for day in "$@"; do
  [[ $day =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] || fail "$day is not a day: name it as YYYY-MM-DD"
done
partial=
trap '[ -z "$partial" ] || rm -f "$partial"' EXIT

# The content of a day, the same bytes each time.
content() {
  sql -v partition="$1" -v columns="$columns" <<'SQL'
copy (select :columns from tidemark.:"partition" order by session_key, cursor, created_at) to stdout;
SQL
}

# Synced to disk under a temporary name, then renamed: no half-written file has the real name.
publish() {
  sync "$partial"
  mv -f "$partial" "$1"
  partial=
  sync "$directory"
}

archive_day() {
  local day=$1 partition=$2 rows=$3 file manifest raw_bytes raw_sha file_bytes file_sha said
  file="$directory/$partition.copy.gz"
  manifest="$directory/$partition.manifest.json"
  echo "$day: $rows events of $partition"

  partial="$file.$$.partial"
  content "$partition" | progress "$rows" written | gzip > "$partial"
  raw_bytes=$(gzip -dc < "$partial" | wc -c | tr -d ' ')
  raw_sha=$(gzip -dc < "$partial" | sha256)
  file_bytes=$(wc -c < "$partial" | tr -d ' ')
  file_sha=$(sha256 < "$partial")
  if [ -e "$manifest" ] && [ "$(field raw_sha256 < "$manifest")" != "$raw_sha" ]; then
    fail "$manifest is of a file with other content: is it another database's? Nothing was changed"
  fi
  publish "$file"

  partial="$manifest.$$.partial"
  sql -v day="$day" -v file="$(basename "$file")" -v raw_bytes="$raw_bytes" -v raw_sha="$raw_sha" \
    -v file_bytes="$file_bytes" -v file_sha="$file_sha" > "$partial" <<'SQL'
select jsonb_pretty(tidemark.archive_manifest(:'day', :'file', :'raw_bytes', :'raw_sha', :'file_bytes', :'file_sha'));
SQL
  publish "$manifest"

  echo "  comparing the file with the table"
  check_file "$file" "$manifest"
  said=$(content "$partition" | sha256)
  [ "$said" = "$raw_sha" ] || fail "$file does not hold what $partition holds: nothing was dropped, run this again"

  sql -v manifest="$(cat "$manifest")" > /dev/null <<'SQL'
select tidemark.finish_archive(:'manifest');
SQL
  echo "  $file: $file_bytes bytes, SHA-256 $file_sha; $partition was dropped"
}

require_tidemark
columns=$(sql -c "select tidemark.event_columns()")
days=$(sql -F ' ' -v wanted="$*" <<'SQL'
select day, partition, rows, array_to_string(tidemark.holds_of_day(partition), ',') from tidemark.waiting_day
 where :'wanted' = '' or day::text = any (string_to_array(:'wanted', ' ')) order by day;
SQL
)
for day in "$@"; do
  grep -q "^$day " <<< "$days" || echo "$day does not wait: audit.partition_status says where it is" >&2
done
[ -n "$days" ] || { echo "No day waits."; exit 0; }
while read -r day partition rows holds <&3; do
  if [ -n "$holds" ]; then
    echo "$day: kept by the holds $holds; tidemark.return_day('$day') puts it back into the history"
  else
    archive_day "$day" "$partition" "$rows"
  fi
done 3<<< "$days"
