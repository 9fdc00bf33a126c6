-- The replay window: partitions made ahead, floors raised. Nothing here removes an event.
set role tidemark_owner;

-- Attaching instead of "create … partition of": appends go on meanwhile, only the default partition is locked.
create function tidemark.ensure_partitions(days_ahead int) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '1s'
as $$
declare
  today date := (clock_timestamp() at time zone 'UTC')::date;
  day date;
  name text;
  bound constant text := 'YYYY-MM-DD "00:00:00+00"';
  made int := 0;
begin
  if not pg_try_advisory_xact_lock(29801, 3) then
    return 0;
  end if;
  for ahead in 0..days_ahead loop
    day := today + ahead;
    name := 'event_' || to_char(day, 'YYYYMMDD');
    continue when to_regclass('tidemark.' || name) is not null;
    begin
      execute format(
        'create table tidemark.%I (like tidemark.event including defaults including constraints including comments)',
        name);
      execute format('comment on table tidemark.%I is %L', name, to_char(day, '"Events of" YYYY-MM-DD "(UTC)"'));
      execute format(
        'alter table tidemark.event attach partition tidemark.%I for values from (%L) to (%L)',
        name, to_char(day, bound), to_char(day + 1, bound));
      made := made + 1;
    exception
      when check_violation then
        raise warning 'event_default already holds events of %, they stay there', day;
      when lock_not_available then
        raise warning 'no partition for % yet: event_default was in use', day;
    end;
  end loop;
  return made;
end
$$;
comment on function tidemark.ensure_partitions(int) is
  'Makes the partitions of today and the given number of days ahead (UTC) that are missing; returns how many it '
  'made. Waits at most a second for a lock; what it could not make is a warning and is tried again by the next '
  'call. 0 while another node is at it';
grant execute on function tidemark.ensure_partitions(int) to tidemark_app;

-- Two probes decide that a session needs nothing: is the event at its floor young enough, can it hold too many events.
-- The first is a scalar subquery on purpose: the planner cannot turn it into a scan of the log.
create function tidemark.raise_floors(node text, replay_age interval, replay_events bigint, max_sessions int)
returns table (purge_id bigint, sessions int, events bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  oldest timestamptz := coalesce(began - raise_floors.replay_age, '-infinity');
  most bigint := coalesce(raise_floors.replay_events, 9223372036854775807);
  candidate record;
  wanted bigint;
  keys bigint[] := '{}';
  floors bigint[] := '{}';
  done int;
  passed bigint;
  raised jsonb;
begin
  if most < 0 or raise_floors.replay_age < interval '0' then
    raise exception 'the replay window cannot be negative' using errcode = 'invalid_parameter_value';
  end if;
  if not pg_try_advisory_xact_lock(29801, 2) then
    return;
  end if;
  for candidate in
    select h.session_key, h.floor_cursor, h.head_cursor
      from tidemark.session_head h
     where h.floor_cursor <= h.head_cursor
       and case when h.head_cursor - h.floor_cursor + 1 > most then true
                when h.last_event_at < oldest then true
                else (select e.cursor from tidemark.event e
                       where e.session_key = h.session_key and e.cursor = h.floor_cursor
                         and e.created_at >= oldest limit 1) is null
           end
  loop
    exit when cardinality(keys) >= max_sessions;
    wanted := floor_by_count(candidate.session_key, candidate.head_cursor, most,
      floor_by_age(candidate.session_key, candidate.floor_cursor, candidate.head_cursor, oldest), oldest);
    if wanted > candidate.floor_cursor then
      keys := keys || candidate.session_key;
      floors := floors || wanted;
    end if;
  end loop;

  -- Only now, and all at once, are rows locked; a session that is being appended to is left for the next run.
  with locked as (
    select h.session_key, h.floor_cursor as before, target.floor_cursor as after
      from unnest(keys, floors) target (session_key, floor_cursor)
      join tidemark.session_head h using (session_key)
     where h.floor_cursor < target.floor_cursor
       for update of h skip locked
  ), moved as (
    update tidemark.session_head h
       set floor_cursor = locked.after
      from locked
     where h.session_key = locked.session_key
    returning h.session_key, locked.before, locked.after
  )
  select count(*), coalesce(sum(after - before), 0),
         jsonb_agg(jsonb_build_object('session_key', session_key, 'before', before, 'after', after)
                   order by session_key)
    into done, passed, raised
    from moved;
  if done = 0 then
    return query select null::bigint, 0, 0::bigint;
    return;
  end if;
  return query
    insert into tidemark.purge_record as r (node, policy, sessions, floors, events, duration_ms)
    values (
      raise_floors.node,
      jsonb_build_object('replay_age_seconds', extract(epoch from raise_floors.replay_age),
        'replay_events', raise_floors.replay_events, 'max_sessions', raise_floors.max_sessions),
      done, raised, passed, round(extract(epoch from clock_timestamp() - began) * 1000, 3))
    returning r.purge_id, r.sessions, r.events;
end
$$;

create function tidemark.floor_by_age(session_key bigint, floor_cursor bigint, head_cursor bigint, oldest timestamptz)
returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_variable
begin
  -- A hole at the floor is damage. Raising the floor over it would hide it, so it is left for
  -- audit.invariant_violations.
  if not exists (select from tidemark.event e where e.session_key = session_key and e.cursor = floor_cursor) then
    return floor_cursor;
  end if;
  return coalesce(
    (select e.cursor from tidemark.event e
      where e.session_key = session_key and e.cursor >= floor_cursor and e.created_at >= oldest
      order by e.cursor limit 1),
    head_cursor + 1);
end
$$;
comment on function tidemark.floor_by_age(bigint, bigint, bigint, timestamptz) is
  'The first cursor from the floor on that is not older than the given time, head + 1 when all are older, the '
  'floor itself when its event is missing';

create function tidemark.floor_by_count(
  session_key bigint, head_cursor bigint, most bigint, floor_cursor bigint, oldest timestamptz)
returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_variable
declare
  running uuid;
begin
  if head_cursor - floor_cursor + 1 <= most then
    return floor_cursor;
  end if;
  select t.turn_id into running from tidemark.turn t where t.session_key = session_key and t.status = 'running';
  return coalesce(
    (select e.cursor + 1 from tidemark.event e
      where e.session_key = session_key and e.cursor >= floor_cursor and e.cursor <= head_cursor
        and e.created_at >= oldest
        and (e.turn_id is null or e.turn_id = running
             or e.type not in ('token_stream', 'reasoning_stream', 'tool_call_stream', 'tool_result_stream'))
      order by e.cursor desc offset most limit 1),
    floor_cursor);
end
$$;
comment on function tidemark.floor_by_count(bigint, bigint, bigint, bigint, timestamptz) is
  'The lowest floor, not below the given one, above which at most so many events count; deltas of turns that are '
  'not running do not count';

comment on function tidemark.raise_floors(text, interval, bigint, int) is
  'The purge: raises the floors of sessions that hold events older than replay_age or more than replay_events of '
  'them (deltas of finished turns not counted; null is no limit), of at most max_sessions sessions, and writes '
  'one purge_record. Never lowers a floor (R7), removes nothing, waits for no lock. Returns no row when another '
  'node is at it, and zeros when there was nothing to do';
grant execute on function tidemark.raise_floors(text, interval, bigint, int) to tidemark_app;

create function tidemark.raise_floor(session_id text, to_cursor bigint, tenant text default 'default') returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  head tidemark.session_head;
begin
  select h.* into head
    from tidemark.session s join tidemark.session_head h using (session_key)
   where s.session_id = raise_floor.session_id and s.tenant = raise_floor.tenant
     for update of h;
  if not found then
    raise exception 'no session % of tenant %', raise_floor.session_id, raise_floor.tenant
      using errcode = 'no_data_found';
  end if;
  if to_cursor > head.head_cursor + 1 then
    raise exception 'a floor cannot be above head + 1, here %', head.head_cursor + 1
      using errcode = 'invalid_parameter_value';
  end if;
  if to_cursor is null or to_cursor <= head.floor_cursor then
    return head.floor_cursor;
  end if;
  update tidemark.session_head set floor_cursor = to_cursor where session_key = head.session_key;
  insert into tidemark.purge_record (node, policy, sessions, floors, events, duration_ms)
  values (session_user, jsonb_build_object('to_cursor', to_cursor), 1,
    jsonb_build_array(jsonb_build_object(
      'session_key', head.session_key, 'before', head.floor_cursor, 'after', to_cursor)),
    to_cursor - head.floor_cursor, round(extract(epoch from clock_timestamp() - began) * 1000, 3));
  return to_cursor;
end
$$;
comment on function tidemark.raise_floor(text, bigint, text) is
  'For the DBA: raises the floor of one session, writes its purge_record, returns the floor; a lower cursor than '
  'the floor does nothing (R7)';

do $$ begin perform tidemark.ensure_partitions(7); end $$;

insert into tidemark.schema_version (version, description) values (7, 'retention');

reset role;
