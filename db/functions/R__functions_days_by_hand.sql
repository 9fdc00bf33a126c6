-- What the DBA does with one day, with a reason, where the rules would have kept it longer.
set role tidemark_owner;

create or replace function tidemark.raise_floors_of_day(
  day date, reason text, max_sessions int default 1000, above_key bigint default 0)
returns table (purge_id bigint, sessions int, events bigint, done_to bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
set jit = off
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  ends timestamptz := day_start(raise_floors_of_day.day + 1);
  holds bigint[];
  keys bigint[];
  floors bigint[];
  times timestamptz[];
begin
  if coalesce(btrim(raise_floors_of_day.reason), '') = '' then
    raise exception 'a day that leaves by hand needs a reason' using errcode = 'invalid_parameter_value';
  end if;
  perform read_holds_committed();
  perform pg_advisory_xact_lock(29801, 2);
  perform pg_advisory_xact_lock_shared(29801, 4);
  if not exists (select from days_of('tidemark.event') d where d.day = raise_floors_of_day.day) then
    raise exception 'day % is not in the log', raise_floors_of_day.day using errcode = 'no_data_found',
      hint = 'audit.partition_status says where each day is.';
  end if;
  if ends > began then
    raise exception 'day % is not over', raise_floors_of_day.day using errcode = 'object_not_in_prerequisite_state';
  end if;
  holds := holds_of_day('event_' || to_char(raise_floors_of_day.day, 'YYYYMMDD'));
  if holds <> '{}' then
    raise exception 'day % is kept by holds %', raise_floors_of_day.day, holds
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  select array_agg(c.session_key order by c.session_key), array_agg(c.next_cursor order by c.session_key),
         array_agg(c.next_at order by c.session_key)
    into keys, floors, times
    from (select h.session_key, f.next_cursor, f.next_at
            from tidemark.session_head h
           cross join lateral next_floor(
             h.session_key, h.floor_cursor, h.floor_at, h.head_cursor, h.last_event_at, ends, 9223372036854775807) f
           where h.session_key > raise_floors_of_day.above_key
             and h.floor_cursor <= h.head_cursor and h.floor_at < ends
             and not exists (select from tidemark.held_session x where x.session_key = h.session_key)
             and (f.next_cursor > h.floor_cursor or f.next_at > h.floor_at)
           order by h.session_key limit raise_floors_of_day.max_sessions) c;
  return query
    select w.purge_id, w.sessions, w.events,
           coalesce(w.left_out - 1,
             case when cardinality(keys) = raise_floors_of_day.max_sessions then keys[cardinality(keys)] end)
      from write_floors(session_user,
        jsonb_build_object('until_day', raise_floors_of_day.day, 'reason', btrim(raise_floors_of_day.reason)),
        began, coalesce(keys, '{}'), coalesce(floors, '{}'), coalesce(times, '{}'), '{}') w;
end
$$;
comment on function tidemark.raise_floors_of_day(date, text, int, bigint) is
  'For the DBA, who calls tidemark.leave_log: raises the floors of at most max_sessions sessions, with keys above '
  'above_key, over all their events up to the end of a day of the log. done_to is the above_key of the next call; null '
  'if all is done. Refuses a day that is not over, and one with a hold';

-- It runs with the rights of its caller, because a procedure that commits cannot be security definer.
create or replace procedure tidemark.leave_log(day date, reason text)
language plpgsql
as $$
#variable_conflict use_column
declare
  batch record;
  moved record;
  above bigint := 0;
  tries int := 0;
begin
  commit;
  loop
    select * into batch from tidemark.raise_floors_of_day(leave_log.day, leave_log.reason, above_key => above);
    commit;
    exit when batch.done_to is null;
    above := batch.done_to;
  end loop;
  while exists (select from tidemark.days_of('tidemark.event') d where d.day = leave_log.day) loop
    select r.partition, r.busy into moved from tidemark.retire_day(session_user) r;
    if found and not moved.busy then
      raise notice '% moved to the history', moved.partition;
      tries := 0;
    elsif tries < 50 then
      tries := tries + 1;
      perform pg_sleep(0.1);
    else
      raise exception 'day % stays in the log', leave_log.day using errcode = 'object_in_use',
        hint = 'A floor or the day was in use: audit.partition_status says why, audit.locks who uses it. What was done '
               'is kept: call this again.';
    end if;
    commit;
  end loop;
end
$$;
comment on procedure tidemark.leave_log(date, text) is
  'For the DBA: moves a day that is over, and the days before it, from the log to the history before their time. '
  'Raises the floors of all sessions over their events of these days, a thousand sessions in a transaction, with a '
  'reason that audit.purge_history shows, and waits a few seconds for a day that is in use. Commits, so the caller '
  'cannot be in a transaction';

create or replace function tidemark.leave_day(day date, reason text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  name text := 'event_' || to_char(leave_day.day, 'YYYYMMDD');
  holds bigint[];
  older date;
  counted bigint;
  first_at timestamptz;
  last_at timestamptz;
begin
  if coalesce(btrim(leave_day.reason), '') = '' then
    raise exception 'a day that leaves by hand needs a reason' using errcode = 'invalid_parameter_value';
  end if;
  perform read_holds_committed();
  perform pg_advisory_xact_lock(29801, 2);
  perform pg_advisory_xact_lock_shared(29801, 4);
  if not exists (select from days_of('tidemark.event_history') d where d.day = leave_day.day) then
    raise exception 'day % is not in the history', leave_day.day using errcode = 'no_data_found', hint = coalesce(
      (select 'It is in the log: call tidemark.leave_log(day, reason) moves it to the history.'
         from days_of('tidemark.event') d where d.day = leave_day.day),
      (select 'It waits already: archive.sh or tidemark.drop_waiting_day are next.'
         from tidemark.waiting_day w where w.day = leave_day.day),
      'audit.partition_status says where each day is.');
  end if;
  if is_restored(leave_day.day) then
    raise exception 'day % was read back from its file', leave_day.day
      using errcode = 'object_not_in_prerequisite_state', hint = 'tidemark.release_day drops it again.';
  end if;
  -- The chain of what stays verifies from the newest event that left, so days leave in their order.
  for older in
    select d.day from days_of('tidemark.event_history') d where d.day < leave_day.day and not is_restored(d.day)
  loop
    if holds_of_day('event_' || to_char(older, 'YYYYMMDD')) = '{}' then
      raise exception 'day % is older and still in the history: it leaves first', older
        using errcode = 'object_not_in_prerequisite_state';
    end if;
  end loop;
  execute format('lock table tidemark.%I in share mode', name);
  holds := holds_of_day(name);
  if holds <> '{}' then
    raise exception 'day % is kept by holds %', leave_day.day, holds using errcode = 'object_not_in_prerequisite_state';
  end if;
  execute format('select count(*), min(created_at), max(created_at) from tidemark.%I', name)
    into counted, first_at, last_at;
  perform anchor_chains(name);
  execute format('alter table tidemark.event_history detach partition tidemark.%I', name);
  insert into tidemark.waiting_day (day, partition, rows, first_event_at, last_event_at)
  values (leave_day.day, name, counted, first_at, last_at);
  insert into tidemark.purge_record (step, node, policy, partitions_removed, rows_removed, duration_ms)
  values ('leave', session_user, jsonb_build_object('day', leave_day.day, 'reason', btrim(leave_day.reason)),
    array[name], counted, round(extract(epoch from clock_timestamp() - began) * 1000, 3));
  return counted;
end
$$;
comment on function tidemark.leave_day(date, text) is
  'For the DBA: takes the oldest day out of event_history before its time, with a reason that audit.purge_history '
  'shows, and returns the number of its events. The day waits as if the purge had taken it: archive.sh writes it to a '
  'file, tidemark.drop_waiting_day drops it, tidemark.return_day puts it back. Refuses a day with a hold, and one that '
  'is not in the history';

create or replace function tidemark.drop_waiting_day(day date, reason text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  waiting tidemark.waiting_day;
  holds bigint[];
begin
  if coalesce(btrim(drop_waiting_day.reason), '') = '' then
    raise exception 'a day that is dropped by hand needs a reason' using errcode = 'invalid_parameter_value';
  end if;
  perform read_holds_committed();
  perform pg_advisory_xact_lock(29801, 2);
  perform pg_advisory_xact_lock_shared(29801, 4);
  delete from tidemark.waiting_day w where w.day = drop_waiting_day.day returning * into waiting;
  if not found then
    raise exception 'there is no waiting day %', drop_waiting_day.day using errcode = 'no_data_found',
      hint = 'tidemark.leave_day takes a day out of the history.';
  end if;
  holds := holds_of_day(waiting.partition);
  if holds <> '{}' then
    raise exception 'day % is kept by holds %', waiting.day, holds
      using errcode = 'object_not_in_prerequisite_state', hint = 'tidemark.return_day puts it back into the history.';
  end if;
  execute format('drop table tidemark.%I', waiting.partition);
  insert into tidemark.purge_record (step, node, policy, partitions_removed, rows_removed, duration_ms)
  values ('drop', session_user, jsonb_build_object('day', waiting.day, 'reason', btrim(drop_waiting_day.reason)),
    array[waiting.partition], waiting.rows, round(extract(epoch from clock_timestamp() - began) * 1000, 3));
  return waiting.rows;
end
$$;
comment on function tidemark.drop_waiting_day(date, text) is
  'For the DBA: drops a waiting day without an archive, for good, with a reason that audit.purge_history shows, and '
  'returns the number of its events. Refuses a day with a hold';

reset role;
