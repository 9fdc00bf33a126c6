#!/usr/bin/env bash
# Installs the schema in a database, or brings it up to date: the roles, each missing migration, then all functions and
# audit views as they are now. It is one transaction, all or nothing, and may be run again at any time. A superuser runs
# it with the arguments of psql, for example
#   db/install.sh -h db.example.com -U postgres -d tidemark
# It names the database, then each migration that it applies, and ends with one line that says what it did:
#   schema N, installed | schema N, up to date | schema M -> N: V…__…, V…__…
# Appends go on meanwhile: it waits a few seconds at most for a lock; then it gives up and has changed nothing.
set -euo pipefail
shopt -s nullglob
CDPATH= cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

[ $# -gt 0 ] || [ -n "${PGDATABASE:-}${PGSERVICE:-}" ] || {
  echo "install.sh: which database? Name it as for psql: db/install.sh -d tidemark" >&2
  exit 2
}

migrations() { printf '%s\n' migrations/V*.sql | sort -t V -k 2 -n; }
version() { sed -E 's/.*V([0-9]+)__.*/\1/' <<<"$1"; }

# 29801 names Tidemark's locks; 100 is this one: of two installations at the same time the second waits for the first.
script() {
  cat <<'SQL'
\echo database :DBNAME at :HOST, port :PORT
begin;
set local standard_conforming_strings = on;
-- A function that somebody has put into public is not run by the superuser in the place of PostgreSQL's own.
set local search_path = pg_catalog, pg_temp;
do $$
begin
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'the database % is encoded in %, which lacks characters: make one with encoding UTF8',
      current_database(), current_setting('server_encoding');
  elsif not (select rolsuper from pg_roles where rolname = current_user) then
    raise exception 'a superuser has to run this, and % is none', current_user;
  elsif current_database() in ('postgres', 'template0', 'template1') and to_regclass('tidemark.schema_version') is null
  then
    raise exception 'the database % is the server''s own: make one for Tidemark and name it with -d', current_database();
  end if;
end
$$;
set local client_min_messages = warning;
set local lock_timeout = '5s';
-- An append looks for a deadlock after a second, fails, and is sent again: this waits longer, so that it need not fail.
-- It still looks before lock_timeout, because only this look cancels an autovacuum that is in the way.
set local deadlock_timeout = '3s';
select pg_advisory_xact_lock(29801, 100) is not null as alone \gset
do $$
begin
  if to_regclass('public.tidemark_schema_history') is not null then
    raise exception 'Flyway keeps the schema of this database: go on with Flyway';
  end if;
end
$$;
\i roles/roles.sql
select to_regclass('tidemark.schema_version') is not null as installed \gset
\if :installed
  select array_agg(version) as applied, max(version) as newest from tidemark.schema_version \gset
\else
  \set applied '{}'
  \set newest 0
\endif
\set names ''
SQL
  local file newest
  local LC_ALL=C # the order of names is the one that Flyway has
  newest=$(version "$(migrations | tail -1)")
  cat <<SQL
select :newest > $newest as newer \gset
\if :newer
  do 'begin raise exception \$\$the schema is newer than these files, which end with version $newest:'
    ' use those of the newer application\$\$; end';
\endif
SQL
  while read -r file; do
    cat <<SQL
select $(version "$file") <> all (:'applied'::int[]) as missing \gset
\if :missing
  \i $file
  \echo $file
  \set names :names ', $(basename "$file" .sql)'
\endif
SQL
  done < <(migrations)
  for file in functions/*.sql audit/*.sql; do
    echo "\\i $file"
  done
  cat <<'SQL'
do $$
begin
  if to_regproc('tidemark.note_privileges') is not null then
    perform tidemark.note_privileges();
  end if;
end
$$;
SQL
  cat <<SQL
commit;
select :newest = 0 as fresh, :'names' <> '' as upgraded, substr(:'names', 3) as names \gset
\if :fresh
  \echo schema $newest, installed
\elif :upgraded
  \echo schema :newest -> $newest: :names
\else
  \echo schema $newest, up to date
\endif
SQL
}

script | psql -X -q -v ON_ERROR_STOP=1 "$@" -f -
