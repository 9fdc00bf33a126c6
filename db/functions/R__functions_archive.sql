-- The database's side of the commands in db/archive/.
set role tidemark_owner;

create or replace function tidemark.event_columns() returns text
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select string_agg(quote_ident(attname), ', ' order by attnum)
    from pg_attribute where attrelid = 'tidemark.event_history'::regclass and attnum > 0 and not attisdropped
$$;
comment on function tidemark.event_columns() is
  'Returns the columns of an event, in the order in which an archive has them';

create or replace function tidemark.archive_manifest(
  day date, file text, raw_bytes bigint, raw_sha256 text, file_bytes bigint, file_sha256 text)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  waiting tidemark.waiting_day;
  counted bigint;
  first_event jsonb;
  last_event jsonb;
  edge constant text :=
    'select jsonb_build_object(''session_key'', session_key, ''cursor'', cursor, ''event_id'', event_id,
              ''created_at'', to_char(created_at at time zone ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.US"Z"''),
              ''chain_hash'', encode(chain_hash, ''hex''))
       from tidemark.%I order by created_at %2$s, history_position %2$s limit 1';
begin
  select * into waiting from tidemark.waiting_day w where w.day = archive_manifest.day;
  if not found then
    raise exception 'there is no waiting day %', archive_manifest.day using errcode = 'no_data_found';
  end if;
  execute format('select count(*) from tidemark.%I', waiting.partition) into counted;
  execute format(edge, waiting.partition, 'asc') into first_event;
  execute format(edge, waiting.partition, 'desc') into last_event;
  return jsonb_build_object(
    'format', 'tidemark-archive-1', 'content', 'PostgreSQL COPY, text, ordered by session_key, cursor',
    'compression', 'gzip', 'partition', waiting.partition, 'day', waiting.day, 'rows', counted,
    'first_event', first_event, 'last_event', last_event, 'columns', event_columns(),
    'schema_version', (select max(version) from tidemark.schema_version),
    'file', archive_manifest.file,
    'raw_bytes', archive_manifest.raw_bytes, 'raw_sha256', archive_manifest.raw_sha256,
    'file_bytes', archive_manifest.file_bytes, 'file_sha256', archive_manifest.file_sha256,
    'system_identifier', (select system_identifier::text from pg_control_system()),
    'archived_at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
end
$$;
comment on function tidemark.archive_manifest(date, text, bigint, text, bigint, text) is
  'Returns the manifest that is written beside the file of a waiting day: what the day holds, and what the file is';

create or replace function tidemark.finish_archive(manifest jsonb) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  waiting tidemark.waiting_day;
  counted bigint;
  recorded bigint;
begin
  perform read_holds_committed();
  perform pg_advisory_xact_lock(29801, 2);
  perform pg_advisory_xact_lock_shared(29801, 4);
  select * into waiting from tidemark.waiting_day w
   where w.day = (finish_archive.manifest ->> 'day')::date and w.partition = finish_archive.manifest ->> 'partition';
  if not found then
    raise exception 'there is no waiting day %', finish_archive.manifest ->> 'day' using errcode = 'no_data_found';
  end if;
  if holds_of_day(waiting.partition) <> '{}' then
    raise exception 'day % is kept by holds %', waiting.day, holds_of_day(waiting.partition)
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'tidemark.return_day puts it back into the history.';
  end if;
  execute format('lock table tidemark.%I in share mode', waiting.partition);
  execute format('select count(*) from tidemark.%I', waiting.partition) into counted;
  if counted <> waiting.rows or counted is distinct from (finish_archive.manifest ->> 'rows')::bigint then
    raise exception 'day % has % events, % when it left the history, % in the manifest', waiting.day, counted,
      waiting.rows, finish_archive.manifest ->> 'rows' using errcode = 'data_corrupted';
  end if;
  insert into tidemark.archive_record (
    action, day, partition, file, rows, first_event_at, last_event_at, raw_bytes, raw_sha256, file_bytes, file_sha256,
    manifest, recorded_by)
  values (
    'archived', waiting.day, waiting.partition, finish_archive.manifest ->> 'file', counted, waiting.first_event_at,
    waiting.last_event_at, (finish_archive.manifest ->> 'raw_bytes')::bigint, finish_archive.manifest ->> 'raw_sha256',
    (finish_archive.manifest ->> 'file_bytes')::bigint, finish_archive.manifest ->> 'file_sha256',
    finish_archive.manifest, session_user)
  returning record_id into recorded;
  execute format('drop table tidemark.%I', waiting.partition);
  delete from tidemark.waiting_day where day = waiting.day;
  insert into tidemark.purge_record (step, node, policy, partitions_removed, rows_removed, duration_ms)
  values ('archive', session_user,
    jsonb_build_object('day', waiting.day, 'file_sha256', finish_archive.manifest ->> 'file_sha256'),
    array[waiting.partition], counted, round(extract(epoch from clock_timestamp() - began) * 1000, 3));
  return recorded;
end
$$;
comment on function tidemark.finish_archive(jsonb) is
  'For the archive command, once the file is written and verified: records the archive and drops the day, in one '
  'transaction; returns the record_id. Refuses a day that a hold keeps, or whose number of events is not that of the '
  'manifest';

create or replace function tidemark.begin_restore(manifest jsonb, unrecorded boolean default false) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  restored_day date := begin_restore.manifest ->> 'day';
  name text := 'event_' || to_char(restored_day, 'YYYYMMDD');
  known tidemark.archive_record;
begin
  if begin_restore.manifest ->> 'format' is distinct from 'tidemark-archive-1'
     or begin_restore.manifest ->> 'partition' is distinct from name then
    raise exception 'this is not the manifest of an archived day' using errcode = 'invalid_parameter_value';
  end if;
  if begin_restore.manifest ->> 'columns' is distinct from event_columns() then
    raise exception 'the archive has the columns (%), an event has (%)', begin_restore.manifest ->> 'columns',
      event_columns() using errcode = 'invalid_parameter_value';
  end if;
  if to_regclass('tidemark.' || name) is not null then
    raise exception 'day % is here already', restored_day using errcode = 'duplicate_table';
  end if;
  select * into known from tidemark.archive_record r
   where r.day = restored_day and r.action = 'archived' order by r.record_id desc limit 1;
  if known.record_id is null then
    if not begin_restore.unrecorded then
      raise exception 'this database has no record of an archive of day %', restored_day
        using errcode = 'object_not_in_prerequisite_state',
              hint = 'restore.sh --unrecorded restores it all the same: its file is only as good as its manifest.';
    end if;
  elsif known.file_sha256 is distinct from begin_restore.manifest ->> 'file_sha256' then
    raise exception 'the file of day % had the SHA-256 %, this one has %', restored_day, known.file_sha256,
      begin_restore.manifest ->> 'file_sha256' using errcode = 'data_corrupted';
  end if;
  execute format(
    'create table tidemark.%I (like tidemark.event_history including defaults including constraints '
    'including comments, constraint event_day check (created_at >= %L and created_at < %L))',
    name, day_start(restored_day), day_start(restored_day + 1));
  execute format('comment on table tidemark.%I is %L', name,
    to_char(restored_day, '"Events of" YYYY-MM-DD "(UTC), read back from their archive"'));
  return name;
end
$$;
comment on function tidemark.begin_restore(jsonb, boolean) is
  'For the restore command: creates the table into which the content of an archive is copied, in the same '
  'transaction, and returns its name. Refuses a file whose checksum is not the one recorded when the day was archived, '
  'and a day of which there is no such record, unless unrecorded is true';

create or replace function tidemark.finish_restore(manifest jsonb) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
#variable_conflict use_column
declare
  restored_day date := finish_restore.manifest ->> 'day';
  name text := 'event_' || to_char(restored_day, 'YYYYMMDD');
  counted bigint;
  strangers bigint;
  first_at timestamptz;
  last_at timestamptz;
  recorded bigint;
begin
  perform read_holds_committed();
  perform pg_advisory_xact_lock(29801, 2);
  execute format('select count(*), min(created_at), max(created_at) from tidemark.%I', name)
    into counted, first_at, last_at;
  if counted is distinct from (finish_restore.manifest ->> 'rows')::bigint then
    raise exception 'the archive of day % holds % events, its manifest says %', restored_day, counted,
      finish_restore.manifest ->> 'rows' using errcode = 'data_corrupted';
  end if;
  execute format(
    'select count(*) from tidemark.%I e '
    'where not exists (select from tidemark.session s where s.session_key = e.session_key)',
    name) into strangers;
  if strangers > 0 then
    raise exception 'the archive has % events of sessions that are not in this database', strangers
      using errcode = 'data_corrupted';
  end if;
  execute format(
    'alter table tidemark.event_history attach partition tidemark.%I for values from (%L) to (%L)',
    name, day_start(restored_day), day_start(restored_day + 1));
  insert into tidemark.archive_record (
    action, day, partition, file, rows, first_event_at, last_event_at, raw_bytes, raw_sha256, file_bytes, file_sha256,
    manifest, recorded_by)
  values (
    'restored', restored_day, name, finish_restore.manifest ->> 'file', counted, first_at, last_at,
    (finish_restore.manifest ->> 'raw_bytes')::bigint, finish_restore.manifest ->> 'raw_sha256',
    (finish_restore.manifest ->> 'file_bytes')::bigint, finish_restore.manifest ->> 'file_sha256',
    finish_restore.manifest, session_user)
  returning record_id into recorded;
  return recorded;
end
$$;
comment on function tidemark.finish_restore(jsonb) is
  'For the restore command: puts the day into event_history, where no purge takes it until it is released, and '
  'records that; returns the record_id. Refuses a number of events other than that of the manifest, and events of '
  'sessions that are not in this database';

create or replace function tidemark.release_day(day date) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  name text := 'event_' || to_char(release_day.day, 'YYYYMMDD');
  known tidemark.archive_record;
  counted bigint;
begin
  perform read_holds_committed();
  perform pg_advisory_xact_lock(29801, 2);
  perform pg_advisory_xact_lock_shared(29801, 4);
  if not is_restored(release_day.day) then
    raise exception 'day % was not read back from its file', release_day.day
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if holds_of_day(name) <> '{}' then
    raise exception 'day % is kept by holds %', release_day.day, holds_of_day(name)
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  select * into known from tidemark.archive_record r where r.day = release_day.day order by r.record_id desc limit 1;
  execute format('lock table tidemark.%I in share mode', name);
  execute format('select count(*) from tidemark.%I', name) into counted;
  if counted <> known.rows then
    raise exception 'day % has % events, its file has %', release_day.day, counted, known.rows
      using errcode = 'data_corrupted';
  end if;
  perform anchor_chains(name);
  execute format('alter table tidemark.event_history detach partition tidemark.%I', name);
  execute format('drop table tidemark.%I', name);
  insert into tidemark.archive_record (
    action, day, partition, file, rows, first_event_at, last_event_at, raw_bytes, raw_sha256, file_bytes, file_sha256,
    manifest, recorded_by)
  values ('released', known.day, known.partition, known.file, known.rows, known.first_event_at, known.last_event_at,
    known.raw_bytes, known.raw_sha256, known.file_bytes, known.file_sha256, known.manifest, session_user);
  insert into tidemark.purge_record (step, node, policy, partitions_removed, rows_removed, duration_ms)
  values ('release', session_user, jsonb_build_object('day', known.day, 'file_sha256', known.file_sha256),
    array[name], counted, round(extract(epoch from clock_timestamp() - began) * 1000, 3));
  return counted;
end
$$;
comment on function tidemark.release_day(date) is
  'For the DBA: drops a day that was read back from its file, and returns the number of its events. Keep the file, '
  'which is still the archive of the day';

reset role;
