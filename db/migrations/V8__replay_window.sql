-- The replay window at work: the floor has its time, what is not a delta an index of its own, and a day that no floor
-- needs leaves the log for its history.
set role tidemark_owner;

alter table tidemark.session_head add column floor_at timestamptz;
comment on column tidemark.session_head.floor_at is
  'Lower bound of created_at of every event from floor_cursor on: the creation of the session, then created_at of '
  'the event at the floor, or of the newest one when the floor is above the head; never falls. The next event is '
  'never earlier';

-- A floor and its time move together. The time is that of the event at the new floor or, when there is none, of the
-- newest event when it was looked for: what is appended before the row is locked is not earlier.
create function tidemark.time_of_floor(session_key bigint, floor_cursor bigint, last_event_at timestamptz)
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
  'created_at of the first event from a floor on, last_event_at when there is none';

-- The first retained event is the oldest: created_at never falls within a session.
update tidemark.session_head h
   set floor_at = coalesce(tidemark.time_of_floor(h.session_key, h.floor_cursor, h.last_event_at), s.created_at)
  from tidemark.session s
 where s.session_key = h.session_key;

-- No default: whoever makes a session says from when its events can be.
alter table tidemark.session_head
  alter column floor_at set not null,
  add constraint floor_not_after_log check (floor_at <= last_event_at);

-- A replay for a client that wants finished answers whole, and the count of a replay window, pass over the deltas of
-- turns. A delta outside any turn is an event like others.
create index event_without_deltas on tidemark.event (session_key, cursor)
 where type not in ('token_stream', 'reasoning_stream', 'tool_call_stream', 'tool_result_stream') or turn_id is null;
comment on index tidemark.event_without_deltas is
  'The events that are not pieces of an answer, by cursor; a query gets it by naming the same four types as constants';

-- The turns that such a replay tells by their response alone.
create index turn_completed on tidemark.turn (session_key, ended_cursor) where status = 'completed';
comment on index tidemark.turn_completed is 'Turns that ended with a response, by its cursor';

-- A pass over the sessions in the order of their keys, a batch a transaction. All is decided before the first row is
-- locked, and a batch holds its locks only while it writes: appends go round a locked session and come back to it. Only
-- the first session of a batch is waited for, when no other is locked yet; whoever is locked further down begins the
-- next batch. So a session with an append at every moment is not passed over for ever, and nobody waits for two.
drop function tidemark.raise_floors(text, interval, bigint, int);
drop function tidemark.floor_by_age(bigint, bigint, bigint, timestamptz);

create function tidemark.raise_floors(
  node text, replay_age interval, replay_events bigint, max_sessions int, above_key bigint default 0)
returns table (purge_id bigint, sessions int, events bigint, done_to bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '50ms'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  oldest timestamptz := coalesce(began - raise_floors.replay_age, '-infinity');
  most bigint := coalesce(raise_floors.replay_events, 9223372036854775807);
  candidate record;
  wanted bigint;
  wanted_at timestamptz;
  counted bigint;
  keys bigint[] := '{}';
  floors bigint[] := '{}';
  times timestamptz[] := '{}';
  last bigint;
  left_out bigint;
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
    select h.session_key, h.floor_cursor, h.floor_at, h.head_cursor, h.last_event_at
      from tidemark.session_head h
     where h.session_key > raise_floors.above_key
       and h.floor_cursor <= h.head_cursor
       and (h.floor_at < oldest or h.head_cursor - h.floor_cursor + 1 > most)
     order by h.session_key
  loop
    -- A hole at the floor is damage. Raising the floor over it would hide it, so it is left for
    -- audit.invariant_violations.
    continue when not exists (
      select from tidemark.event e
       where e.session_key = candidate.session_key and e.cursor = candidate.floor_cursor
         and e.created_at between candidate.floor_at and candidate.last_event_at);
    -- The bounds of time on both sides spare the days before and those ahead, which are half of all partitions.
    select e.cursor, e.created_at into wanted, wanted_at
      from tidemark.event e
     where e.session_key = candidate.session_key and e.cursor >= candidate.floor_cursor
       and e.created_at between greatest(oldest, candidate.floor_at) and candidate.last_event_at
     order by e.cursor limit 1;
    wanted := coalesce(wanted, candidate.head_cursor + 1);
    wanted_at := coalesce(wanted_at, candidate.last_event_at);
    counted := floor_by_count(candidate.session_key, candidate.head_cursor, most, wanted);
    if counted > wanted then
      wanted := counted;
      wanted_at := time_of_floor(candidate.session_key, wanted, candidate.last_event_at);
    end if;
    -- The time alone moves where nothing was retained for long and then something new came.
    if wanted > candidate.floor_cursor or wanted_at > candidate.floor_at then
      keys := keys || candidate.session_key;
      floors := floors || wanted;
      times := times || wanted_at;
      if cardinality(keys) >= max_sessions then
        last := candidate.session_key;
        exit;
      end if;
    end if;
  end loop;

  begin
    perform from tidemark.session_head h where h.session_key = keys[1] for no key update;
  exception when lock_not_available then
    null; -- left for the next run
  end;
  with locked as materialized (
    select h.session_key, h.floor_cursor as before, target.floor_cursor as after, target.floor_at
      from unnest(keys, floors, times) target (session_key, floor_cursor, floor_at)
      join tidemark.session_head h using (session_key)
       for no key update of h skip locked
  ), moved as (
    update tidemark.session_head h
       set floor_cursor = locked.after, floor_at = locked.floor_at
      from locked
     where h.session_key = locked.session_key
       and (h.floor_cursor < locked.after or h.floor_cursor = locked.after and h.floor_at < locked.floor_at)
    returning h.session_key, locked.before, locked.after
  )
  select count(*), coalesce(sum(after - before), 0),
         jsonb_agg(jsonb_build_object('session_key', session_key, 'before', before, 'after', after)
                   order by session_key),
         (select min(key) from unnest(keys[2:]) key where key not in (select session_key from locked))
    into done, passed, raised, left_out
    from moved
   where before < after;
  done_to := coalesce(left_out - 1, last);
  if done = 0 then
    return query select null::bigint, 0, 0::bigint, done_to;
    return;
  end if;
  return query
    insert into tidemark.purge_record as r (node, policy, sessions, floors, events, duration_ms)
    values (
      raise_floors.node,
      jsonb_build_object('replay_age_seconds', extract(epoch from raise_floors.replay_age),
        'replay_events', raise_floors.replay_events, 'max_sessions', raise_floors.max_sessions),
      done, raised, passed, round(extract(epoch from clock_timestamp() - began) * 1000, 3))
    returning r.purge_id, r.sessions, r.events, raise_floors.done_to;
end
$$;
comment on function tidemark.raise_floors(text, interval, bigint, int, bigint) is
  'The purge: raises the floors of sessions that hold events older than replay_age or more than replay_events of '
  'them (deltas of finished turns not counted; null is no limit), of at most max_sessions sessions with keys above '
  'above_key, and writes one purge_record. Never lowers a floor (R7), removes nothing. Returns up to which key all '
  'is done (null: all is), the above_key of the next call; no row when another node is at it';
grant execute on function tidemark.raise_floors(text, interval, bigint, int, bigint) to tidemark_app;

-- What counts is in the index without deltas, and the deltas of the running turn, from its start on. So a session that
-- is over the number only because of deltas costs a look at what is not a delta.
drop function tidemark.floor_by_count(bigint, bigint, bigint, bigint, timestamptz);

create function tidemark.floor_by_count(session_key bigint, head_cursor bigint, most bigint, floor_cursor bigint)
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
  'The lowest floor, not below the given one, above which at most so many events count; deltas of turns that are '
  'not running do not count';

create or replace function tidemark.raise_floor(session_id text, to_cursor bigint, tenant text default 'default') returns bigint
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
  update tidemark.session_head
     set floor_cursor = to_cursor,
         floor_at = time_of_floor(head.session_key, to_cursor, head.last_event_at)
   where session_key = head.session_key;
  insert into tidemark.purge_record (node, policy, sessions, floors, events, duration_ms)
  values (session_user, jsonb_build_object('to_cursor', to_cursor), 1,
    jsonb_build_array(jsonb_build_object(
      'session_key', head.session_key, 'before', head.floor_cursor, 'after', to_cursor)),
    to_cursor - head.floor_cursor, round(extract(epoch from clock_timestamp() - began) * 1000, 3));
  return to_cursor;
end
$$;
create function tidemark.day_start(day date) returns text
language sql stable
set search_path = pg_catalog, tidemark, pg_temp
return to_char(day, 'YYYY-MM-DD "00:00:00+00"');
comment on function tidemark.day_start(date) is 'The first moment of a day in UTC, as the bounds of partitions are written';

-- A partition carries its bounds as a check: to leave event and to join event_history it then need not be scanned while
-- it is locked. For the partitions that are there the check is added in one step, the upgrade holds the locks anyway.
do $$
declare
  partition record;
begin
  for partition in
    select c.relname, to_date(right(c.relname, 8), 'YYYYMMDD') as day
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'tidemark.event'::regclass and c.relname ~ '^event_[0-9]{8}$'
  loop
    execute format(
      'alter table tidemark.%I add constraint event_day check (created_at >= %L and created_at < %L)',
      partition.relname, tidemark.day_start(partition.day), tidemark.day_start(partition.day + 1));
  end loop;
end
$$;

-- Attaching instead of "create … partition of": appends go on meanwhile, only the default partition is locked.
create function tidemark.make_partition(day date) returns void
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
comment on function tidemark.make_partition(date) is 'Makes the partition of one day (UTC), with its bounds as a check';

-- A read that does not say from when it wants events waits for the default partition, so the wait for its lock, which
-- they queue behind, is short. A day that is in the history already has its name taken and is not made again.
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
  'made. Waits a few milliseconds for a lock; what it could not make is a warning and is tried again by the next '
  'call. 0 while another node is at it';

create table tidemark.event_history (
  like tidemark.event including defaults including constraints including comments,
  primary key (session_key, cursor, created_at)
) partition by range (created_at);
comment on table tidemark.event_history is
  'The days of the event log that no floor needs any more: whole partitions that left event, as they were';

-- For the auditor. The application reads event only.
create view tidemark.event_all as
select * from tidemark.event union all select * from tidemark.event_history;
comment on view tidemark.event_all is 'Every event there is, whether it can be replayed or is history';
do $$
declare
  attribute record;
begin
  for attribute in
    select attname, col_description(attrelid, attnum) as says
      from pg_attribute where attrelid = 'tidemark.event'::regclass and attnum > 0
  loop
    execute format('comment on column tidemark.event_all.%I is %L', attribute.attname, attribute.says);
  end loop;
end
$$;

-- Detaching locks event, its default partition and the day against everybody, and whoever comes meanwhile waits behind:
-- for this transaction to get the lock, and from then to its commit. (Concurrent detaching is refused where there is a
-- default partition.) So
--  * all that takes long is done before, under a lock that only keeps appends out of the one day, which is over: from
--    then on no event of that day can appear, and what the floors say of it stays true;
--  * nothing is scanned under the great lock, see event_day;
--  * it is waited for as long as one append takes, and then given up: the appends behind it go on, the purge tries again.
-- Detached and attached in one transaction, with its record: whenever it dies, the day is in one place.
create function tidemark.retire_day(node text)
returns table (purge_id bigint, partition text, rows_removed bigint, busy boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5ms'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  today date := (began at time zone 'UTC')::date;
  day date;
  ends timestamptz;
  name text;
  counted bigint;
begin
  -- What is looked at under the lock must be what was committed before the lock was given.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'a day is retired at isolation level read committed' using errcode = 'invalid_transaction_state';
  end if;
  if not pg_try_advisory_xact_lock(29801, 2) then
    return;
  end if;
  select c.relname, to_date(right(c.relname, 8), 'YYYYMMDD') into name, day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'tidemark.event'::regclass and c.relname ~ '^event_[0-9]{8}$'
   order by c.relname limit 1;
  if name is null or day >= today then
    return;
  end if;
  ends := day_start(day + 1);
  begin
    execute format('lock table tidemark.%I in share mode', name);
    -- floor_at rules out nearly all; it may be of long ago where nothing was retained and then something new came.
    if exists (select from tidemark.session_head h
                where h.floor_cursor <= h.head_cursor and h.floor_at < ends
                  and time_of_floor(h.session_key, h.floor_cursor, h.last_event_at) < ends) then
      return;
    end if;
    execute format('select count(*) from tidemark.%I', name) into counted;
    execute format('alter table tidemark.event detach partition tidemark.%I', name);
    execute format(
      'alter table tidemark.event_history attach partition tidemark.%I for values from (%L) to (%L)',
      name, day_start(day), day_start(day + 1));
  exception when lock_not_available then
    return query select null::bigint, name, 0::bigint, true;
    return;
  end;
  return query
    insert into tidemark.purge_record as r (node, policy, partitions_removed, rows_removed, duration_ms)
    values (retire_day.node, jsonb_build_object('day', day), array[name], counted,
      round(extract(epoch from clock_timestamp() - began) * 1000, 3))
    returning r.purge_id, name, r.rows_removed, false;
end
$$;
comment on function tidemark.retire_day(text) is
  'Moves the oldest day of event to event_history if it is over and no floor needs it, with its purge_record. Copies '
  'nothing, and waits for no lock longer than a few milliseconds: busy when it could not have one, then call again. '
  'No row when there is nothing to do or another node is at it';
grant execute on function tidemark.retire_day(text) to tidemark_app;

comment on column tidemark.purge_record.policy is
  'What it was asked to do: replay_age_seconds, replay_events, max_sessions; or to_cursor; or day, which left the log';
comment on column tidemark.purge_record.partitions_removed is 'Partitions that left event for event_history';

-- Expand and contract: a migration that only adds leaves the application of the version before at work, so that nodes can
-- be replaced one by one.
alter table tidemark.schema_version add column compatible_from int;
update tidemark.schema_version set compatible_from = version;
alter table tidemark.schema_version add check (compatible_from between 1 and version);
comment on table tidemark.schema_version is
  'One row per migration; an application is built for one version and works with it, and with newer ones that say so';
comment on column tidemark.schema_version.compatible_from is
  'The oldest version whose application works with the schema as this migration leaves it';

insert into tidemark.schema_version (version, description, compatible_from) values (8, 'replay window', 8);
alter table tidemark.schema_version alter column compatible_from set not null;

reset role;
