#!/usr/bin/env bash
# Reads an archived day back into tidemark.event_history, where audit and event_all see it, and no purge takes it until
#   select tidemark.release_day('YYYY-MM-DD')
# drops it again. All or nothing. A file is refused if its checksum differs from that of its manifest, or from the
# record of its archiving. If this database has no such record, it is refused too, unless --unrecorded says that you
# vouch for the file and its manifest.
#
#   restore.sh [--unrecorded] DIRECTORY/event_YYYYMMDD.copy.gz …
#
# PGHOST, PGPORT, PGDATABASE, PGUSER … name the database, as for psql, and a superuser, or a member of tidemark_owner.
# Needs psql, gzip and sha256sum. Nobody else may write to the files meanwhile. Of several days give the newest first:
# the chain then verifies over all of them.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/steps.sh"

usage="usage: restore.sh [--unrecorded] DIRECTORY/event_YYYYMMDD.copy.gz …"
unrecorded=false
while [ $# -gt 0 ]; do
  case $1 in
    --unrecorded) unrecorded=true ;;
    --)
      shift
      break
      ;;
    -*) fail "$usage" ;;
    *) break ;;
  esac
  shift
done
[ $# -ge 1 ] || fail "$usage"

# The commands of psql come from descriptor 3 and the events from its standard input, so no byte of a file is a command.
# The name of the table is checked, because \copy takes no variables; the columns are those of this database, and
# begin_restore compares them with the manifest's.
restore_day() {
  local file=$1 manifest said partition rows
  manifest="${file%.copy.gz}.manifest.json"
  [ -f "$file" ] || fail "$file: no such file"
  [ -f "$manifest" ] || fail "$manifest: no such file"
  check_file "$file" "$manifest"
  said=$(cat < "$manifest")
  partition=$(field partition <<< "$said")
  rows=$(field rows <<< "$said")
  [[ $partition =~ ^event_[0-9]{8}$ && $rows =~ ^[0-9]+$ ]] || fail "$manifest is not the manifest of an archived day"
  echo "$partition: $rows events"
  # Without the commit at the end nothing is changed, wherever this stops.
  gzip -dc < "$file" | progress "$rows" read |
    sql -v manifest="$said" -v unrecorded="$unrecorded" -f /dev/fd/3 3<<SQL > /dev/null
begin;
select tidemark.begin_restore(:'manifest', :'unrecorded');
\\copy tidemark.$partition ($columns) from pstdin
select tidemark.finish_restore(:'manifest');
commit;
SQL
  echo "  read back into tidemark.event_history"
}

require_tidemark
columns=$(sql -c "select tidemark.event_columns()")
for file in "$@"; do
  restore_day "$file"
done
