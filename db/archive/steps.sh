# Shared by archive.sh and restore.sh.

fail() {
  echo "$*" >&2
  exit 1
}

# psql for scripts: without the user's settings, with plain rows; the first error ends it. It works as the owner of the
# schema, whatever else its login may do. The settings give an event the same text everywhere.
sql() {
  PGOPTIONS="${PGOPTIONS-} -c role=tidemark_owner -c search_path=pg_catalog -c client_min_messages=warning \
    -c timezone=UTC -c datestyle=ISO -c bytea_output=hex" \
    PGCLIENTENCODING=UTF8 psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

sha256() {
  sha256sum | cut -d ' ' -f 1
}

# Without its tables, the first statement would only say that one is missing; without its roles, no connection is made.
require_tidemark() {
  local found
  found=$(PGOPTIONS="${PGOPTIONS-} -c search_path=pg_catalog" psql -X -q -A -t -v ON_ERROR_STOP=1 -c "select to_regclass('tidemark.waiting_day') is not null || ' ' || current_database()")
  [ "${found%% *}" = true ] || fail "the database ${found#* } has no Tidemark: name its own in PGDATABASE"
}

# A field of the manifest on standard input. A file's text reaches psql as the value of a variable alone, and the
# database as a literal.
field() {
  sql -v manifest="$(cat)" -v field="$1" <<'SQL'
select :'manifest'::jsonb ->> :'field';
SQL
}

# Copies its input, one line per event, and shows its progress now and then. A line \., which ends the data of COPY and
# is in no archive, becomes one that COPY refuses.
progress() {
  LC_ALL=C awk -v all="$1" -v done="$2" '
    /^\\\.\r?$/ { $0 = "a line with the end of data in it" }
    { print }
    NR % 200000 == 0 { printf "  %d of %d events %s (%d %%)\n", NR, all, done, 100 * NR / all > "/dev/stderr" }'
}

# Checks the checksums of the file and of its content against the manifest.
check_file() {
  local file=$1 manifest=$2
  [ "$(sha256 < "$file")" = "$(field file_sha256 < "$manifest")" ] \
    || fail "$file: its SHA-256 is not the one in $manifest"
  [ "$(gzip -dc < "$file" | sha256)" = "$(field raw_sha256 < "$manifest")" ] \
    || fail "$file: the SHA-256 of its content is not the one in $manifest"
}
