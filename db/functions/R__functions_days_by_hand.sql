-- What the DBA does with one day, with a reason, where the rules would have kept it longer.
set role tidemark_owner;

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
      (select 'It is in the log: raise the floors above its events, and call tidemark.retire_day until it moves.'
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
