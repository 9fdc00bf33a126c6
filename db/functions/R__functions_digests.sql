-- Digests of the records, one day at a time: when a day (UTC) is over, its records are hashed, and the hash is chained
-- to that of the day before. A row that is removed, changed or added later no longer fits. Rows belong to the day on
-- which they were written.
set role tidemark_owner;

-- by_time is indexed where the table is large, and is at most a day earlier than written: a client's leave, for
-- example, may wait for a database that is away. A row that is later than that is in no digest. mutable columns may
-- change later.
create or replace function tidemark.digested_records()
returns table (record text, key text, written text, by_time text, mutable text[], is_forgotten boolean)
language sql immutable
set search_path = pg_catalog, tidemark, pg_temp
as $$
  values
    ('admin_record', 'admin_id', 'acted_at', 'acted_at', '{}'::text[], true),
    ('archive_record', 'record_id', 'recorded_at', 'recorded_at', '{}', false),
    ('chain_acknowledgement', 'acknowledgement_id', 'acknowledged_at', 'acknowledged_at', '{}', false),
    ('epoch', 'epoch_number', 'began_at', 'began_at', '{}', false),
    ('join_record', 'join_id', 'joined_at', 'joined_at', '{}', true),
    ('leave_record', 'join_id', 'recorded_at', 'left_at', '{}', true),
    ('legal_hold', 'hold_id', 'placed_at', 'placed_at', '{lifted_at,lifted_by,lift_reason}', false),
    ('node_record', 'node collate "C"', 'started_at', 'started_at',
     '{seen_at,stopped_at,leaves_lost,access_until,access_lost}', true),
    ('privilege_record', 'record_id', 'noted_at', 'noted_at', '{}', false),
    ('purge_record', 'purge_id', 'purged_at', 'purged_at', '{}', false),
    ('read_progress', 'join_id, looked_at', 'written_at', 'looked_at', '{}', true),
    ('refusal_record', 'refusal_id', 'recorded_at', 'last_at', '{}', true),
    ('rest_reading_record', 'reading_id', 'recorded_at', 'last_at', '{}', true),
    ('resync_record', 'join_id, number', 'recorded_at', 'resynced_at', '{}', true),
    ('retention_policy', 'policy_id', 'set_at', 'set_at', '{}', false),
    ('retention_setting', 'setting_id', 'noted_at', 'noted_at', '{}', false),
    ('revocation', 'revocation_id', 'revoked_at', 'revoked_at', '{}', true),
    ('session', 'session_key', 'created_at', 'created_at', '{closed_at}', false),
    ('sign_in_record', 'sign_in_id', 'recorded_at', 'last_at', '{}', true),
    ('session_member', 'member_id', 'added_at', 'added_at', '{removed_at,removed_by}', false),
    ('verification', 'verification_id', 'began_at', 'began_at', '{}', false),
    ('verification_batch', 'verification_id, batch_number', 'verified_at', 'verified_at', '{}', false),
    ('verification_misfit', 'verification_id, session_key', 'found_at', 'found_at', '{}', false)
$$;
comment on function tidemark.digested_records() is
  'Returns the tables whose rows are digested: their key, the time of writing (null in a row that is not done), the '
  'time that is indexed, the columns that may change later, and whether the clean-up removes old rows';

-- The settings give a row the same text everywhere. A row is hashed before it is sorted (offset 0), so that only its
-- key, time and hash go through temporary files.
create or replace function tidemark.digests_of(record text, columns text, first_day date, last_day date)
returns table (day date, rows bigint, digest bytea)
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set jit = off
as $$
declare
  known record;
begin
  select * into strict known from digested_records() d where d.record = digests_of.record;
  return query execute format(
    'select hour.day, sum(hour.rows)::bigint, sha256(string_agg(hour.digest, '''' order by hour.hour))
       from (select date_trunc(''day'', written)::date as day, date_trunc(''hour'', written) as hour, count(*) as rows,
                    sha256(string_agg(row_digest, '''' order by %3$s)) as digest
               from (select %1$I as written, %6$s, sha256(convert_to(row(%2$s)::text, ''UTF8'')) as row_digest
                       from tidemark.%4$I
                      where %1$I >= $1 and %1$I < $2
                        and %5$I >= $1 - interval ''1 day'' and %5$I < $2 + interval ''1 day''
                        and %5$I >= date_trunc(''day'', %1$I) - interval ''1 day''
                        and %5$I < date_trunc(''day'', %1$I) + interval ''2 days''
                     offset 0) hashed
              group by 1, 2) hour
      group by hour.day', known.written, digests_of.columns, known.key, known.record, known.by_time,
    regexp_replace(known.key, ' collate "C"', ''))
    using digests_of.first_day::timestamptz, (digests_of.last_day + 1)::timestamptz;
end
$$;
comment on function tidemark.digests_of(text, text, date, date) is
  'Returns the digest of the rows of a table for each of the days (UTC) on which any were written: SHA-256 over the '
  'SHA-256 of each hour, which is over the SHA-256 of each row, as the text of its columns, in the order of the key';

create or replace function tidemark.chain_of_day(day date, previous bytea) returns bytea
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
set datestyle = 'ISO'
as $$
  select sha256(chain_of_day.previous || convert_to(
    chain_of_day.day || string_agg(format(E'\n%s %s %s %s', d.record, d.rows, encode(d.digest, 'hex'), d.columns), ''
                                   order by d.record collate "C"), 'UTF8'))
    from tidemark.record_digest d where d.day = chain_of_day.day
$$;
comment on function tidemark.chain_of_day(date, bytea) is
  'Returns the chain_hash of a day from its digests and the chain_hash of the day before, 32 zero bytes for the first '
  'day: SHA-256 over that and, as text, the day and a line for each table with its name, rows, digest and columns';

create or replace function tidemark.oldest_record() returns date
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
declare
  known record;
  one date;
  oldest date;
begin
  for known in select * from digested_records() loop
    execute format('select (min(%I) at time zone ''UTC'')::date from tidemark.%I', known.by_time, known.record)
      into one;
    oldest := least(oldest, one);
  end loop;
  return oldest;
end
$$;
comment on function tidemark.oldest_record() is 'Returns the day (UTC) of the oldest row of all digested tables';

create or replace function tidemark.record_writers() returns text[]
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select coalesce(array_agg(distinct l.virtualtransaction), '{}')
    from pg_locks l
   where l.locktype = 'relation' and l.mode = 'RowExclusiveLock'
     and l.database = (select d.oid from pg_database d where d.datname = current_database())
     and l.relation in (select ('tidemark.' || r.record)::regclass from digested_records() r)
$$;
comment on function tidemark.record_writers() is
  'Returns the open transactions that have written to a digested table, or are about to, as pg_locks names them';

-- A row has the day on which it was written, and is seen when its transaction commits. So a day is digested when all
-- transactions have ended that had written to a digested table when the day was first found to be over, an hour after
-- its end. Later ones write rows of later days. Lock (29801, 15) makes one node the owner of all this.
create or replace function tidemark.digest_records(max_days int) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  last_over date := (clock_timestamp() at time zone 'UTC' - interval '1 hour')::date - 1;
  open_writers text[] := '{}';
  look tidemark.digest_look;
  next date;
  previous bytea;
  done int := 0;
begin
  if not pg_try_advisory_xact_lock(29801, 15) then
    return null;
  end if;
  select l.* into look from tidemark.digest_look l;
  if look.over_until is distinct from last_over then
    open_writers := record_writers();
  elsif look.writers <> '{}' then
    open_writers := array(select unnest(look.writers) intersect select unnest(record_writers()));
  end if;
  insert into tidemark.digest_look (looked_at, over_until, writers) values (clock_timestamp(), last_over, open_writers)
      on conflict (only_row) do update
     set looked_at = excluded.looked_at, over_until = excluded.over_until, writers = excluded.writers;
  if open_writers <> '{}' then
    return 0;
  end if;
  select d.day + 1, d.chain_hash into next, previous from tidemark.record_day d order by d.day desc limit 1;
  next := coalesce(next, oldest_record(), last_over);
  while next <= last_over and done < digest_records.max_days loop
    insert into tidemark.record_digest (day, record, columns, rows, digest)
    select next, r.record, c.columns, coalesce(d.rows, 0), coalesce(d.digest, sha256(''))
      from digested_records() r
     cross join lateral (
       select string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
         from pg_attribute a
        where a.attrelid = ('tidemark.' || r.record)::regclass and a.attnum > 0 and not a.attisdropped
          and a.attname <> all (r.mutable)) c
      left join lateral digests_of(r.record, c.columns, next, next) d on true;
    previous := chain_of_day(next, coalesce(previous, decode(repeat('00', 32), 'hex')));
    insert into tidemark.record_day (day, chain_hash) values (next, previous);
    next := next + 1;
    done := done + 1;
  end loop;
  return done;
end
$$;
comment on function tidemark.digest_records(int) is
  'Makes the digests of the records of the days that are over and have none, at most of the given number of days, and '
  'returns of how many: 0 while a transaction is open that may have written a row of such a day. Returns null while '
  'another node does the same';
grant execute on function tidemark.digest_records(int) to tidemark_app;

-- Sums of rows that a digest counted: a piece is about most_rows rows, or one day.
create or replace function tidemark.digest_pieces(first_day date, last_day date, most_rows bigint)
returns table (record text, columns text, days date[])
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select kept.record, kept.columns, array_agg(kept.day order by kept.day)
    from (select r.record, r.columns, r.day,
                 div(sum(r.rows) over (partition by r.record, r.columns order by r.day) - r.rows, most_rows) as piece
            from tidemark.record_digest r
            join tidemark.record_day d using (day)
            join digested_records() known using (record)
           where r.day between first_day and last_day and (d.forgotten_at is null or not known.is_forgotten)) kept
   group by kept.record, kept.columns, kept.piece
   order by kept.record, min(kept.day)
$$;
comment on function tidemark.digest_pieces(date, date, bigint) is
  'Returns the digests of the days that are to be compared, in pieces of one table with about most_rows rows or of one '
  'day, so that what is sorted at once does not grow with the number of days';

create or replace function tidemark.note_forgotten_days(until timestamptz) returns void
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  update tidemark.record_day
     set forgotten_at = clock_timestamp()
   where forgotten_at is null and day <= (note_forgotten_days.until at time zone 'UTC')::date + 1
$$;
comment on function tidemark.note_forgotten_days(timestamptz) is
  'Notes that the clean-up has removed records from before the given time, which were written up to a day later, so '
  'that their absence is no finding';

reset role;
