#!/usr/bin/env bash
# Reads an archived day back into tidemark.event_history, where audit and event_all see it, and no purge takes it until
#   select tidemark.release_day('YYYY-MM-DD')
# drops it again. All or nothing. A file is refused if its checksum differs from that of its manifest, or from the
# record of its archiving; if this database has no such record, it only warns.
#
#   restore.sh DIRECTORY/event_YYYYMMDD.copy.gz …
#
# PGHOST, PGPORT, PGDATABASE, PGUSER … name the database, as for psql, and a superuser, or a member of tidemark_owner.
# Needs psql, gzip and sha256sum. Of several days give the newest first: the chain then verifies over all of them.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

[ $# -ge 1 ] || fail "usage: restore.sh DIRECTORY/event_YYYYMMDD.copy.gz …"

restore_day() {
  local file=$1 manifest partition columns rows
  manifest="${file%.copy.gz}.manifest.json"
  [ -f "$file" ] || fail "$file: no such file"
  [ -f "$manifest" ] || fail "$manifest: no such file"
  check_file "$file" "$manifest"
  partition=$(field partition < "$manifest")
  columns=$(field columns < "$manifest")
  rows=$(field rows < "$manifest")
  echo "$partition: $rows events"
  # Without the commit at the end nothing is changed, wherever this stops.
  {
    echo "begin;"
    echo "select tidemark.begin_restore(:'manifest');"
    echo "copy tidemark.\"$partition\" ($columns) from stdin;"
    gzip -dc "$file" | progress "$rows" read
    echo "\\."
    echo "select tidemark.finish_restore(:'manifest');"
    echo "commit;"
  } | sql -v manifest="$(cat "$manifest")" -f - > /dev/null
  echo "  read back into tidemark.event_history"
}

require_tidemark
for file in "$@"; do
  restore_day "$file"
done
