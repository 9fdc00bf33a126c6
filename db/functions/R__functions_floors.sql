-- The replay window: the policies or the DBA raise floors. Nothing here removes an event.
--
-- A pass visits the sessions in the order of their keys, one batch per transaction. Everything is decided before the
-- first row is locked, and a batch holds its locks only while it writes: appends skip a locked session and come back to
-- it. A batch waits only for its first session, while it holds no other lock; a later session that is locked by another
-- transaction begins the next batch. So a session with constant appends is not passed over for ever, and no transaction
-- waits for two. A batch is the first few of many sessions in the order of their keys, so the settings of raise_floors
-- keep the planner from joining all of them first.
set role tidemark_owner;

create or replace function tidemark.write_floors(
  node text, policy jsonb, began timestamptz, keys bigint[], floors bigint[], times timestamptz[], policies jsonb[])
returns table (purge_id bigint, sessions int, events bigint, left_out bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  done int;
  passed bigint;
  raised jsonb;
  first_left_out bigint;
begin
  begin
    perform from tidemark.session_head h where h.session_key = keys[1] for no key update;
  exception when lock_not_available then
    null; -- the next run tries again
  end;
  with locked as materialized (
    select h.session_key, h.floor_cursor as before, target.floor_cursor as after, target.floor_at, target.policies
      from unnest(keys, floors, times, policies) target (session_key, floor_cursor, floor_at, policies)
      join tidemark.session_head h using (session_key)
       for no key update of h skip locked
  ), moved as (
    update tidemark.session_head h
       set floor_cursor = locked.after, floor_at = locked.floor_at
      from locked
     where h.session_key = locked.session_key
       and (h.floor_cursor < locked.after or h.floor_cursor = locked.after and h.floor_at < locked.floor_at)
    returning h.session_key, locked.before, locked.after, locked.policies
  )
  select count(*), coalesce(sum(after - before), 0),
         jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                     'session_key', session_key, 'before', before, 'after', after, 'policies', policies))
                   order by session_key),
         (select min(key) from unnest(keys[2:]) key where key not in (select session_key from locked))
    into done, passed, raised, first_left_out
    from moved
   where before < after;
  if done = 0 then
    return query select null::bigint, 0, 0::bigint, first_left_out;
    return;
  end if;
  return query
    insert into tidemark.purge_record as r (step, node, policy, sessions, floors, events, duration_ms)
    values ('floors', write_floors.node, write_floors.policy, done, raised, passed,
      round(extract(epoch from clock_timestamp() - write_floors.began) * 1000, 3))
    returning r.purge_id, r.sessions, r.events, first_left_out;
end
$$;
comment on function tidemark.write_floors(text, jsonb, timestamptz, bigint[], bigint[], timestamptz[], jsonb[]) is
  'Raises the floors of sessions (keys in their order, each with its floor, the time of that, and the policies that '
  'decided) and writes the purge_record. Waits for the first session only, for as long as lock_timeout says; left_out '
  'is the first other one that is locked, null if there is none';

create or replace function tidemark.raise_floors(
  node text, replay_age interval, replay_events bigint, max_sessions int, above_key bigint default 0)
returns table (purge_id bigint, sessions int, events bigint, done_to bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '50ms'
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
set jit = off
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  unlimited constant bigint := 9223372036854775807;
  -- The narrowest windows of all policies. Sessions within them need no look-up of their rule.
  oldest_anywhere timestamptz := coalesce(
    began - least(raise_floors.replay_age, (select min(replay_age) from tidemark.policy_in_force)), '-infinity');
  max_events_anywhere bigint := coalesce(
    least(raise_floors.replay_events, (select min(replay_events) from tidemark.policy_in_force)), unlimited);
  candidate record;
  wanted bigint;
  wanted_at timestamptz;
  keys bigint[] := '{}';
  floors bigint[] := '{}';
  times timestamptz[] := '{}';
  policies jsonb[] := '{}';
  last bigint;
begin
  if raise_floors.replay_events < 0 or raise_floors.replay_age < interval '0' then
    raise exception 'the replay window cannot be negative' using errcode = 'invalid_parameter_value';
  end if;
  if not begin_purge_step() then
    return;
  end if;
  for candidate in
    select h.session_key, h.floor_cursor, h.floor_at, h.head_cursor, h.last_event_at,
           coalesce(began - coalesce(r.replay_age, raise_floors.replay_age), '-infinity') as oldest,
           coalesce(r.replay_events, raise_floors.replay_events, unlimited) as max_events,
           to_jsonb(array_remove(array[r.replay_age_policy, nullif(r.replay_events_policy, r.replay_age_policy)], null))
             as policies
      from tidemark.session_head h
      join tidemark.session_rule r using (session_key)
     where h.session_key > raise_floors.above_key
       and h.floor_cursor <= h.head_cursor
       and (h.floor_at < oldest_anywhere or h.head_cursor - h.floor_cursor + 1 > max_events_anywhere)
       and (h.floor_at < began - coalesce(r.replay_age, raise_floors.replay_age)
            or h.head_cursor - h.floor_cursor + 1 > coalesce(r.replay_events, raise_floors.replay_events))
       and not exists (select from tidemark.hold_in_force x
                        where x.tenant = r.tenant and coalesce(x.session_key, h.session_key) = h.session_key)
     order by h.session_key
  loop
    select f.next_cursor, f.next_at into wanted, wanted_at
      from next_floor(candidate.session_key, candidate.floor_cursor, candidate.floor_at, candidate.head_cursor,
        candidate.last_event_at, candidate.oldest, candidate.max_events) f;
    -- Only the time moves if nothing was retained for long before a new event came.
    if wanted > candidate.floor_cursor or wanted_at > candidate.floor_at then
      keys := keys || candidate.session_key;
      floors := floors || wanted;
      times := times || wanted_at;
      policies := array_append(policies, nullif(candidate.policies, '[]'));
      if cardinality(keys) >= max_sessions then
        last := candidate.session_key;
        exit;
      end if;
    end if;
  end loop;

  return query
    select w.purge_id, w.sessions, w.events, coalesce(w.left_out - 1, last)
      from write_floors(raise_floors.node,
        jsonb_build_object('replay_age_seconds', extract(epoch from raise_floors.replay_age),
          'replay_events', raise_floors.replay_events, 'max_sessions', raise_floors.max_sessions),
        began, keys, floors, times, policies) w;
end
$$;
comment on function tidemark.raise_floors(text, interval, bigint, int, bigint) is
  'The purge of floors: raises the floors of sessions with events older than replay_age or with more events than '
  'replay_events (deltas of finished turns do not count; null is no limit); a limit that a policy gives replaces the '
  'argument. Takes at most max_sessions sessions, with keys above above_key and without a hold, and writes one '
  'purge_record. Never lowers a floor (R7), removes nothing. done_to is the key up to which all is done, to be the '
  'above_key of the next call; null if all is done. No row if begin_purge_step returns false';
grant execute on function tidemark.raise_floors(text, interval, bigint, int, bigint) to tidemark_app;

create or replace function tidemark.raise_floor(
  session_id text, to_cursor bigint, tenant text default 'default', reason text default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  head tidemark.session_head;
  hold bigint;
begin
  -- An application of an earlier version gives none.
  if coalesce(btrim(raise_floor.reason), '') = '' and pg_has_role(session_user, 'tidemark_owner', 'member') then
    raise exception 'raising a floor needs a reason' using errcode = 'invalid_parameter_value',
      hint = 'raise_floor(…, reason => ''…'')';
  end if;
  perform read_holds_committed();
  perform pg_advisory_xact_lock_shared(29801, 4);
  select h.* into head
    from tidemark.session s join tidemark.session_head h using (session_key)
   where s.session_id = raise_floor.session_id and s.tenant = raise_floor.tenant
     for update of h;
  if not found then
    raise exception 'no session % of tenant %', raise_floor.session_id, raise_floor.tenant
      using errcode = 'no_data_found';
  end if;
  if to_cursor is null then
    raise exception 'give the cursor to which the floor is to rise: it is at %', head.floor_cursor
      using errcode = 'null_value_not_allowed';
  end if;
  if to_cursor > head.head_cursor + 1 then
    raise exception 'a floor cannot be above head + 1, here %', head.head_cursor + 1
      using errcode = 'invalid_parameter_value';
  end if;
  -- The application, under whatever name it logs in, raises a floor over all that it sees: a purge that was faster is
  -- no error of its caller. A DBA who names a lower cursor has mistaken it.
  if to_cursor < head.floor_cursor and pg_has_role(session_user, 'tidemark_owner', 'member') then
    raise exception 'a floor never falls: it is at %', head.floor_cursor using errcode = 'invalid_parameter_value';
  end if;
  if to_cursor <= head.floor_cursor then
    return head.floor_cursor;
  end if;
  select min(x.hold_id) into hold from tidemark.held_session x where x.session_key = head.session_key;
  if hold is not null then
    raise exception 'hold % is on session % of tenant %: its floor stays', hold, raise_floor.session_id,
      raise_floor.tenant using errcode = 'object_not_in_prerequisite_state';
  end if;
  update tidemark.session_head
     set floor_cursor = to_cursor,
         floor_at = time_of_floor(head.session_key, to_cursor, head.last_event_at)
   where session_key = head.session_key;
  insert into tidemark.purge_record (step, node, policy, sessions, floors, events, duration_ms)
  values ('floor', session_user,
    jsonb_strip_nulls(jsonb_build_object('to_cursor', to_cursor, 'reason', nullif(btrim(raise_floor.reason), ''))), 1,
    jsonb_build_array(jsonb_build_object(
      'session_key', head.session_key, 'before', head.floor_cursor, 'after', to_cursor)),
    to_cursor - head.floor_cursor, round(extract(epoch from clock_timestamp() - began) * 1000, 3));
  return to_cursor;
end
$$;
comment on function tidemark.raise_floor(text, bigint, text, text) is
  'For the DBA, who has to give a reason, and for administrators of the application: raises the floor of one session, '
  'writes its purge_record with the reason, and returns the floor. A cursor at the floor changes nothing, one below it '
  'is an error (R7); a session on hold is refused';
grant execute on function tidemark.raise_floor(text, bigint, text, text) to tidemark_app;

reset role;
