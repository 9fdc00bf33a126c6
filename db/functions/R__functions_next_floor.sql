-- Where the floor of a session is to be. Nothing here changes it.
set role tidemark_owner;

-- A floor and its time move together. The time is that of the event at the new floor or, when there is none, that of
-- the newest event at this moment: an event that is appended before the row is locked is not earlier.
create or replace function tidemark.time_of_floor(session_key bigint, floor_cursor bigint, last_event_at timestamptz)
returns timestamptz
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select coalesce(
    (select e.created_at from tidemark.event e
      where e.session_key = time_of_floor.session_key and e.cursor >= time_of_floor.floor_cursor
      order by e.cursor limit 1),
    time_of_floor.last_event_at)
$$;
comment on function tidemark.time_of_floor(bigint, bigint, timestamptz) is
  'Returns created_at of the first event from a floor on; last_event_at if there is none';

create or replace function tidemark.floor_by_count(
  session_key bigint, head_cursor bigint, most bigint, floor_cursor bigint)
returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_variable
declare
  running uuid;
  started bigint;
begin
  if head_cursor - floor_cursor + 1 <= most then
    return floor_cursor;
  end if;
  select t.turn_id, greatest(t.started_cursor, floor_cursor) into running, started
    from tidemark.turn t
   where t.session_key = session_key and t.status = 'running';
  return coalesce(
    (select counted.cursor + 1
       from (
         select e.cursor from tidemark.event e
          where e.session_key = session_key and e.cursor >= floor_cursor and e.cursor <= head_cursor
            and (e.type not in ('token_stream', 'reasoning_stream', 'tool_call_stream', 'tool_result_stream')
                 or e.turn_id is null)
         union all
         select e.cursor from tidemark.event e
          where e.session_key = session_key and e.cursor >= started and e.cursor <= head_cursor
            and e.turn_id = running
            and e.type in ('token_stream', 'reasoning_stream', 'tool_call_stream', 'tool_result_stream')
       ) counted
      order by counted.cursor desc offset most limit 1),
    floor_cursor);
end
$$;
comment on function tidemark.floor_by_count(bigint, bigint, bigint, bigint) is
  'Returns the lowest floor, not below the given one, from which on no more events count than the argument most; '
  'deltas of turns that are not running do not count';

create or replace function tidemark.next_floor(
  session_key bigint, floor_cursor bigint, floor_at timestamptz, head_cursor bigint, last_event_at timestamptz,
  oldest timestamptz, most bigint, out next_cursor bigint, out next_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_variable
declare
  counted bigint;
begin
  -- A hole at the floor is damage. Raising the floor over it would hide it from audit.invariant_violations, so the
  -- floor stays.
  if not exists (
    select from tidemark.event e
     where e.session_key = session_key and e.cursor = floor_cursor
       and e.created_at between floor_at and last_event_at) then
    return;
  end if;
  -- Time bounds on both sides exclude the days before and the days ahead, which are half of all partitions.
  select e.cursor, e.created_at into next_cursor, next_at
    from tidemark.event e
   where e.session_key = session_key and e.cursor >= floor_cursor
     and e.created_at between greatest(oldest, floor_at) and last_event_at
   order by e.cursor limit 1;
  next_cursor := coalesce(next_cursor, head_cursor + 1);
  next_at := coalesce(next_at, last_event_at);
  counted := floor_by_count(session_key, head_cursor, most, next_cursor);
  if counted > next_cursor then
    next_cursor := counted;
    next_at := time_of_floor(session_key, counted, last_event_at);
  end if;
end
$$;
comment on function tidemark.next_floor(bigint, bigint, timestamptz, bigint, timestamptz, timestamptz, bigint) is
  'Returns the next floor of a session and its time: from there on, no event is older than the argument oldest, and '
  'no more events count than the argument most. Null if the event at its present floor is missing';

reset role;
