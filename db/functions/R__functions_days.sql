-- The days of the log: made ahead, moved to the history.
set role tidemark_owner;

create or replace function tidemark.day_start(day date) returns text
language sql stable
set search_path = pg_catalog, tidemark, pg_temp
return to_char(day, 'YYYY-MM-DD "00:00:00+00"');
comment on function tidemark.day_start(date) is
  'Returns the first moment of a day in UTC, as the bounds of partitions are written';

-- Attaches the table instead of using "create … partition of", so that appends go on: only the default partition is
-- locked.
create or replace function tidemark.make_partition(day date) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
declare
  name text := 'event_' || to_char(day, 'YYYYMMDD');
begin
  execute format(
    'create table tidemark.%I (like tidemark.event including defaults including constraints including comments, '
    'constraint event_day check (created_at >= %L and created_at < %L))',
    name, day_start(day), day_start(day + 1));
  execute format('comment on table tidemark.%I is %L', name, to_char(day, '"Events of" YYYY-MM-DD "(UTC)"'));
  execute format(
    'alter table tidemark.event attach partition tidemark.%I for values from (%L) to (%L)',
    name, day_start(day), day_start(day + 1));
end
$$;
comment on function tidemark.make_partition(date) is
  'Creates the partition of one day (UTC), with its bounds as a check';

-- A read without a bound on the time of its events needs the default partition and queues behind this lock, so the wait
-- for the lock is short. A day in the history keeps its name, so it is not made again.
create or replace function tidemark.ensure_partitions(days_ahead int) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '20ms'
as $$
declare
  today date := (clock_timestamp() at time zone 'UTC')::date;
  day date;
  made int := 0;
begin
  if not pg_try_advisory_xact_lock(29801, 3) then
    return 0;
  end if;
  for ahead in 0..days_ahead loop
    day := today + ahead;
    continue when to_regclass('tidemark.event_' || to_char(day, 'YYYYMMDD')) is not null;
    begin
      perform make_partition(day);
      made := made + 1;
    exception
      when check_violation then
        raise warning 'event_default already holds events of %; they stay there', day;
      when lock_not_available then
        raise warning 'no partition for % yet: event_default was in use', day;
    end;
  end loop;
  return made;
end
$$;
comment on function tidemark.ensure_partitions(int) is
  'Creates the missing partitions of today and of the given number of days ahead (UTC), and returns how many it '
  'created. Waits for each lock for a few milliseconds; a partition that it could not create is a warning, and the '
  'next call tries again. Returns 0 while another node does the same';
grant execute on function tidemark.ensure_partitions(int) to tidemark_app;

create or replace function tidemark.days_of(parent regclass) returns table (partition text, day date)
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select c.relname::text, to_date(right(c.relname, 8), 'YYYYMMDD')
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = days_of.parent and c.relname ~ '^event_[0-9]{8}$'
   order by 2
$$;
comment on function tidemark.days_of(regclass) is
  'Returns the partitions of event or event_history that are a day, the oldest first';

create or replace function tidemark.holds_of_day(partition text) returns bigint[]
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
declare
  holds bigint[];
begin
  execute format(
    'select coalesce(array_agg(h.hold_id order by h.hold_id), ''{}'')
       from tidemark.hold_in_force h
      where case when h.session_key is not null
                 then exists (select from tidemark.%1$I e where e.session_key = h.session_key)
                 else exists (select from tidemark.session s join tidemark.%1$I e using (session_key)
                               where s.tenant = h.tenant) end', partition) into holds;
  return holds;
end
$$;
comment on function tidemark.holds_of_day(text) is
  'Returns the holds in force on sessions that have events in the table of one day';

create or replace function tidemark.is_day_of_running_turn(day date) returns boolean
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select exists (select from turn t
                  where t.status = 'running' and t.started_at < day_start(is_day_of_running_turn.day + 1)::timestamptz)
$$;
comment on function tidemark.is_day_of_running_turn(date) is
  'Returns whether a turn is running that began on this day (UTC) or before';

-- Detaching locks event, its default partition and the day exclusively, and later statements queue behind that lock,
-- from the request until this transaction commits. (PostgreSQL refuses concurrent detaching where there is a default
-- partition.) Therefore
--  * the long work is done before, under a lock that only keeps appends out of the one day, which is over: from then
--    on no event of that day can appear, and the check of the floors stays valid;
--  * nothing is scanned under the exclusive lock, see event_day;
--  * the wait for the lock is as short as one append. Then the step gives up, the appends behind it go on, and the
--    purge tries again.
-- The day is detached and attached in one transaction, with its record: after a crash at any point it is in one place.
--
-- A day that a hold keeps lets newer days pass: a hold of years must not grow the log by a table a day. A day that a
-- floor needs does not let them pass, because floors rise.
create or replace function tidemark.retire_day(node text)
returns table (purge_id bigint, partition text, rows_removed bigint, busy boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5ms'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  today date := (began at time zone 'UTC')::date;
  candidate record;
  ends timestamptz;
  counted bigint;
begin
  if not begin_purge_step() then
    return;
  end if;
  for candidate in select d.partition, d.day from days_of('tidemark.event') d where d.day < today loop
    continue when holds_of_day(candidate.partition) <> '{}';
    ends := day_start(candidate.day + 1);
    begin
      execute format('lock table tidemark.%I in share mode', candidate.partition);
      -- Only under the lock is it certain that no more events of a held session come.
      continue when holds_of_day(candidate.partition) <> '{}';
      -- floor_at rules out nearly all sessions. It can be long ago if nothing was retained before a new event came.
      -- Sessions on hold have no event in this day, wherever their floors are.
      if exists (select from tidemark.session_head h
                  where h.floor_cursor <= h.head_cursor and h.floor_at < ends
                    and not exists (select from tidemark.held_session x where x.session_key = h.session_key)
                    and time_of_floor(h.session_key, h.floor_cursor, h.last_event_at) < ends) then
        return;
      end if;
      -- A running turn is folded into snapshots from its first event on, wherever the floor is.
      if is_day_of_running_turn(candidate.day) then
        return;
      end if;
      execute format('select count(*) from tidemark.%I', candidate.partition) into counted;
      execute format('alter table tidemark.event detach partition tidemark.%I', candidate.partition);
      execute format(
        'alter table tidemark.event_history attach partition tidemark.%I for values from (%L) to (%L)',
        candidate.partition, day_start(candidate.day), day_start(candidate.day + 1));
    exception when lock_not_available then
      return query select null::bigint, candidate.partition, 0::bigint, true;
      return;
    end;
    return query
      insert into tidemark.purge_record as r (step, node, policy, partitions_removed, rows_removed, duration_ms)
      values ('retire', retire_day.node, jsonb_build_object('day', candidate.day), array[candidate.partition], counted,
        round(extract(epoch from clock_timestamp() - began) * 1000, 3))
      returning r.purge_id, candidate.partition, r.rows_removed, false;
    return;
  end loop;
end
$$;
comment on function tidemark.retire_day(text) is
  'Moves the oldest day of event that is over and that no hold keeps to event_history, if no floor and no running turn '
  'needs it, and writes its purge_record. Copies nothing, and waits for a lock for a few milliseconds at most; busy is '
  'true if it did not get the lock: call again then. No row if there is nothing to do, or if '
  'begin_purge_step returns false';
grant execute on function tidemark.retire_day(text) to tidemark_app;

reset role;
