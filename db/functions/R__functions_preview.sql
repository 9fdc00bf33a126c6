-- The dry run of a purge, and the reason for the place of each day. Both only read; the steps decide again when they
-- run.
set role tidemark_owner;

create or replace function tidemark.next_floors(replay_age interval, replay_events bigint)
returns table (
  session_key bigint, floor_cursor bigint, floor_at timestamptz, head_cursor bigint, next_cursor bigint,
  next_at timestamptz, policies bigint[], holds bigint[])
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  with candidate as (
    select h.*, now() - coalesce(r.replay_age, next_floors.replay_age) as oldest,
           coalesce(r.replay_events, next_floors.replay_events, 9223372036854775807) as max_events,
           array_remove(array[r.replay_age_policy, nullif(r.replay_events_policy, r.replay_age_policy)], null)
             as policies
      from tidemark.session_head h join tidemark.session_rule r using (session_key)
     where h.floor_cursor <= h.head_cursor
  )
  select c.session_key, c.floor_cursor, c.floor_at, c.head_cursor, f.next_cursor, f.next_at, c.policies,
         array(select x.hold_id from tidemark.held_session x where x.session_key = c.session_key order by 1)
    from candidate c
   cross join lateral next_floor(c.session_key, c.floor_cursor, c.floor_at, c.head_cursor, c.last_event_at,
     coalesce(c.oldest, '-infinity'), c.max_events) f
   where (c.floor_at < c.oldest or c.head_cursor - c.floor_cursor + 1 > c.max_events)
     and (f.next_cursor > c.floor_cursor or f.next_at > c.floor_at)
$$;
comment on function tidemark.next_floors(interval, bigint) is
  'Returns the floors that a purge would raise now, by the policies or else by the given window, and those that only '
  'holds keep from rising';

create or replace function tidemark.oldest_needed(replay_age interval, replay_events bigint, after_purge boolean)
returns timestamptz
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  retained record;
  needed timestamptz := 'infinity';
begin
  -- floor_at is a lower bound: once it is later than the oldest one found, nothing older follows.
  for retained in
    select h.session_key, coalesce(n.next_cursor, h.floor_cursor) as floor_cursor,
           coalesce(n.next_at, h.floor_at) as floor_at, h.last_event_at
      from tidemark.session_head h
      left join (select * from next_floors(oldest_needed.replay_age, oldest_needed.replay_events)
                  where oldest_needed.after_purge) n using (session_key)
     where coalesce(n.next_cursor, h.floor_cursor) <= h.head_cursor
       and not exists (select from tidemark.held_session x where x.session_key = h.session_key)
     order by 3
  loop
    exit when retained.floor_at >= needed;
    needed := least(needed, time_of_floor(retained.session_key, retained.floor_cursor, retained.last_event_at));
  end loop;
  return needed;
end
$$;
comment on function tidemark.oldest_needed(interval, bigint, boolean) is
  'Returns created_at of the oldest event that the floor of a session without a hold keeps in the log, now or, if '
  'after_purge is true, once floors were raised; infinity if there is none';
grant execute on function tidemark.oldest_needed(interval, bigint, boolean) to tidemark_auditor;

create or replace function tidemark.day_report(
  needed_from timestamptz, history_age interval, history_end text)
returns table (
  place text, partition text, day date, rows_estimate bigint, bytes bigint, holds bigint[], next_step text, reason text)
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  today date := (now() at time zone 'UTC')::date;
  longest interval := longest_history(day_report.history_age);
  ends timestamptz;
begin
  for place, partition, day in
    select 'log', d.partition, d.day from days_of('tidemark.event') d
    union all
    select 'history', d.partition, d.day from days_of('tidemark.event_history') d
    union all
    select 'waiting', w.partition, w.day from tidemark.waiting_day w
    union all
    select 'log', 'event_default', null
    order by 3, 2
  loop
    select nullif(c.reltuples, -1)::bigint, pg_total_relation_size(c.oid) into rows_estimate, bytes
      from pg_class c where c.oid = to_regclass(format('tidemark.%I', partition));
    ends := day_start(day + 1);
    next_step := null;
    -- A table can disappear between the listing of the days and the look into one; the next call shows its new place.
    begin
      holds := case when day < today then holds_of_day(partition) else '{}' end;
    exception when undefined_table then
      holds := '{}';
      reason := 'goes right now';
      return next;
      continue;
    end;
    if day is null then
      reason := 'for events of a day that has no partition; they stay here';
    elsif day >= today then
      reason := 'not over yet';
    elsif holds <> '{}' then
      reason := 'holds ' || array_to_string(holds, ', ') || ' are on sessions with events in it';
    elsif place = 'log' and ends > needed_from then
      reason := 'a floor needs events in it';
    elsif place = 'log' and is_day_of_running_turn(day) then
      reason := 'a turn is running that began on it or before';
    elsif place = 'log' then
      next_step := 'retire';
      reason := 'no floor needs it';
    elsif place = 'history' and is_restored(day) then
      reason := 'read back from its file and not released';
    elsif longest is null or history_end is null then
      reason := 'no node has said yet how long history is kept';
    elsif ends > now() - longest then
      reason := format('kept for %s, until %s', longest, to_char((ends + longest) at time zone 'UTC', 'YYYY-MM-DD'));
    elsif place = 'history' and history_end = 'keep' then
      reason := format('past %s, and the end of history is keep', longest);
    elsif place = 'history' then
      next_step := 'leave';
      reason := format('past %s', longest);
    elsif history_end = 'drop' then
      next_step := 'drop';
      reason := 'waits for the next purge';
    else
      reason := 'waits for the archive command';
    end if;
    return next;
  end loop;
end
$$;
comment on function tidemark.day_report(timestamptz, interval, text) is
  'Returns the place of each day, the step that the next purge would take with it, and the reason why it stays or goes';
grant execute on function tidemark.day_report(timestamptz, interval, text) to tidemark_auditor;

create or replace function tidemark.purge_preview(
  replay_age interval default null, replay_events bigint default null, history_age interval default null,
  history_end text default null)
returns table (
  step text, day date, partition text, policies bigint[], holds bigint[], sessions bigint, events bigint, goes boolean,
  reason text)
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  noted tidemark.retention_setting;
begin
  if purge_preview.history_end not in ('keep', 'archive', 'drop') then
    raise exception 'history_end is keep, archive or drop, not "%"', purge_preview.history_end
      using errcode = 'invalid_parameter_value';
  end if;
  if purge_preview.replay_age < interval '0' or purge_preview.replay_events < 0
     or purge_preview.history_age < interval '0' then
    raise exception 'a limit cannot be negative' using errcode = 'invalid_parameter_value';
  end if;
  select * into noted from tidemark.retention_setting order by setting_id desc limit 1;
  noted.replay_age := coalesce(purge_preview.replay_age, noted.replay_age);
  noted.replay_events := coalesce(purge_preview.replay_events, noted.replay_events);
  noted.history_age := coalesce(purge_preview.history_age, noted.history_age);
  noted.history_end := coalesce(purge_preview.history_end, noted.history_end);
  if num_nulls(noted.replay_age, noted.replay_events, noted.history_age, noted.history_end) > 0 then
    raise exception 'no node has purged yet: give replay_age, replay_events, history_age and history_end'
      using errcode = 'invalid_parameter_value';
  end if;
  return query
    select 'floors', null::date, null, n.policies, n.holds, count(*), sum(n.next_cursor - n.floor_cursor)::bigint,
           n.holds = '{}',
           case when n.holds <> '{}' then 'on hold'
                when n.policies = '{}' then 'past the settings of the application'
                else 'past its policies' end
      from next_floors(noted.replay_age, noted.replay_events) n
     where n.next_cursor > n.floor_cursor
     group by n.policies, n.holds
     order by 8 desc, 4, 5;
  return query
    select coalesce(d.next_step, case d.place when 'log' then 'retire' when 'history' then 'leave'
             else case noted.history_end when 'drop' then 'drop' else 'archive' end end),
           d.day, d.partition, '{}'::bigint[], d.holds, null::bigint, d.rows_estimate, d.next_step is not null, d.reason
      from day_report(oldest_needed(noted.replay_age, noted.replay_events, true), noted.history_age,
             noted.history_end) d
     where d.next_step is not null or d.holds <> '{}' or d.place = 'waiting'
     order by d.day;
end
$$;
comment on function tidemark.purge_preview(interval, bigint, interval, text) is
  'Dry run of the next purge: what it would do by the policies and holds in force and by the newest settings, each of '
  'which an argument replaces, and what holds keep from it. Floors are grouped by policies and holds, days are one by '
  'one. A purge goes on with a day after each step, so a day that leaves the log now may leave the history in the '
  'same run. Looks at every session, changes nothing';
grant execute on function tidemark.purge_preview(interval, bigint, interval, text) to tidemark_auditor;

reset role;
