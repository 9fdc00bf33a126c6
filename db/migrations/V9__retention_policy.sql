-- Retention that can be signed: who said how long, who said "not this one", and what is kept of a day that leaves for good.
set role tidemark_owner;

-- A record that could be changed would prove nothing. This is against mistakes: who owns the tables can still take it away.
create function tidemark.refuse_change() returns trigger
language plpgsql security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  raise exception '%.% is a record: rows are added, never changed or deleted', tg_table_schema, tg_table_name
    using errcode = 'object_not_in_prerequisite_state';
end
$$;
comment on function tidemark.refuse_change() is 'For triggers on records: whatever would change or delete a row fails';

create table tidemark.retention_policy (
  policy_id     bigint      generated always as identity primary key,
  tenant        text        check (tenant <> ''),
  agent_id      text        check (agent_id <> ''),
  replay_age    interval    check (replay_age >= interval '0' and replay_age <= interval '1000 years'),
  replay_events bigint      check (replay_events >= 0),
  history_age   interval    check (history_age >= interval '0' and history_age <= interval '1000 years'),
  set_at        timestamptz not null default clock_timestamp(),
  set_by        text        not null,
  reason        text        not null check (btrim(reason) <> '')
);
create index retention_policy_of on tidemark.retention_policy (tenant, agent_id, policy_id);
create trigger retention_policy_is_a_record before update or delete or truncate on tidemark.retention_policy
  for each statement execute function tidemark.refuse_change();
comment on table tidemark.retention_policy is
  'How long the events of a tenant or an agent are kept; the newest row of a tenant and agent is in force. For each '
  'limit the most specific policy that gives it decides: tenant and agent, tenant, agent, any; where none does, the '
  'application''s setting';
comment on column tidemark.retention_policy.policy_id is 'Order in which policies were set';
comment on column tidemark.retention_policy.tenant is 'The tenant whose sessions it is for, null for any';
comment on column tidemark.retention_policy.agent_id is 'The agent whose sessions it is for, null for any';
comment on column tidemark.retention_policy.replay_age is
  'Events older than this leave the replay window; null: this policy does not say';
comment on column tidemark.retention_policy.replay_events is
  'How many events of a session stay in the replay window; null: this policy does not say';
comment on column tidemark.retention_policy.history_age is
  'How long events are kept after they were made; null: this policy does not say';
comment on column tidemark.retention_policy.set_at is 'When it was set';
comment on column tidemark.retention_policy.set_by is 'The database role that set it';
comment on column tidemark.retention_policy.reason is 'Why, and on whose word';

create table tidemark.retention_setting (
  setting_id    bigint      generated always as identity primary key,
  replay_age    interval    not null,
  replay_events bigint      not null,
  history_age   interval    not null,
  history_end   text        not null check (history_end in ('keep', 'archive', 'drop')),
  noted_at      timestamptz not null default clock_timestamp(),
  node          text        not null
);
create trigger retention_setting_is_a_record before update or delete or truncate on tidemark.retention_setting
  for each statement execute function tidemark.refuse_change();
comment on table tidemark.retention_setting is
  'What the application was set to where no policy says otherwise; a row whenever a node purges by other settings than '
  'the newest row';
comment on column tidemark.retention_setting.setting_id is 'Order in which they were noted; the newest is in force';
comment on column tidemark.retention_setting.replay_age is 'tidemark.retention.replay-age-millis';
comment on column tidemark.retention_setting.replay_events is 'tidemark.retention.replay-events';
comment on column tidemark.retention_setting.history_age is 'tidemark.retention.history-age-millis';
comment on column tidemark.retention_setting.history_end is 'tidemark.retention.history-end: keep, archive or drop';
comment on column tidemark.retention_setting.noted_at is 'When a node first purged by them';
comment on column tidemark.retention_setting.node is 'That node';

create table tidemark.legal_hold (
  hold_id     bigint      generated always as identity primary key,
  tenant      text        not null,
  session_id  text,
  session_key bigint      references tidemark.session,
  asked_by    text        not null check (btrim(asked_by) <> ''),
  reason      text        not null check (btrim(reason) <> ''),
  ends_at     timestamptz,
  placed_at   timestamptz not null default clock_timestamp(),
  placed_by   text        not null,
  lifted_at   timestamptz,
  lifted_by   text,
  lift_reason text        check (btrim(lift_reason) <> ''),
  check (num_nulls(session_id, session_key) in (0, 2)),
  check (num_nulls(lifted_at, lifted_by, lift_reason) in (0, 3))
);
create index legal_hold_not_lifted on tidemark.legal_hold (tenant, session_key) where lifted_at is null;
create trigger legal_hold_is_a_record before delete or truncate on tidemark.legal_hold
  for each statement execute function tidemark.refuse_change();
create trigger legal_hold_is_lifted_once before update on tidemark.legal_hold
  for each row
  when (old.lifted_at is not null
        or (old.hold_id, old.tenant, old.session_id, old.session_key, old.asked_by, old.reason, old.ends_at,
            old.placed_at, old.placed_by)
           is distinct from
           (new.hold_id, new.tenant, new.session_id, new.session_key, new.asked_by, new.reason, new.ends_at,
            new.placed_at, new.placed_by))
  execute function tidemark.refuse_change();
comment on table tidemark.legal_hold is
  'Sessions and tenants that no purge may touch: no floor of theirs rises, no day with events of theirs moves or leaves';
comment on column tidemark.legal_hold.hold_id is 'Order in which holds were placed';
comment on column tidemark.legal_hold.tenant is 'The tenant that is held, or whose session is';
comment on column tidemark.legal_hold.session_id is 'The session that is held, null for all of the tenant';
comment on column tidemark.legal_hold.session_key is 'That session, null for all of the tenant, those to come too';
comment on column tidemark.legal_hold.asked_by is 'Who asked for it';
comment on column tidemark.legal_hold.reason is 'Why';
comment on column tidemark.legal_hold.ends_at is 'When it ends by itself, null: not before it is lifted';
comment on column tidemark.legal_hold.placed_at is 'When it was placed';
comment on column tidemark.legal_hold.placed_by is 'The database role that placed it';
comment on column tidemark.legal_hold.lifted_at is 'When it was lifted, null if it was not';
comment on column tidemark.legal_hold.lifted_by is 'The database role that lifted it';
comment on column tidemark.legal_hold.lift_reason is 'Why it was lifted';

create table tidemark.chain_anchor (
  session_key bigint      primary key,
  cursor      bigint      not null check (cursor >= 1),
  chain_hash  bytea       not null check (octet_length(chain_hash) = 32),
  anchored_at timestamptz not null default clock_timestamp()
);
comment on table tidemark.chain_anchor is
  'Where the chain of a session begins whose oldest events left for good: what follows the anchor verifies from it. '
  'Events up to it may still be there, of days that a hold kept or that were read back';
comment on column tidemark.chain_anchor.session_key is 'The session; one that never lost an event has no anchor';
comment on column tidemark.chain_anchor.cursor is 'Cursor of the newest event that left';
comment on column tidemark.chain_anchor.chain_hash is 'chain_hash of that event: the hash before that of cursor + 1';
comment on column tidemark.chain_anchor.anchored_at is 'When it was written, with the day that left';

create table tidemark.archive_record (
  record_id      bigint      generated always as identity primary key,
  action         text        not null check (action in ('archived', 'restored', 'released')),
  day            date        not null,
  partition      text        not null,
  file           text,
  rows           bigint      not null,
  first_event_at timestamptz,
  last_event_at  timestamptz,
  raw_bytes      bigint,
  raw_sha256     text        check (raw_sha256 ~ '^[0-9a-f]{64}$'),
  file_bytes     bigint,
  file_sha256    text        check (file_sha256 ~ '^[0-9a-f]{64}$'),
  manifest       jsonb,
  recorded_at    timestamptz not null default clock_timestamp(),
  recorded_by    text        not null
);
create index archive_record_of_day on tidemark.archive_record (day, record_id);
create trigger archive_record_is_a_record before update or delete or truncate on tidemark.archive_record
  for each statement execute function tidemark.refuse_change();
comment on table tidemark.archive_record is
  'Days that were written to a file and left the database, that were read back, and that left again';
comment on column tidemark.archive_record.record_id is 'Order of what was done';
comment on column tidemark.archive_record.action is
  'archived: written to a file, verified, dropped here; restored: read back into event_history; released: dropped '
  'again, its file is still the archive';
comment on column tidemark.archive_record.day is 'The day (UTC) of the events';
comment on column tidemark.archive_record.partition is 'The table that held them';
comment on column tidemark.archive_record.file is 'Name of the file, without its directory';
comment on column tidemark.archive_record.rows is 'How many events';
comment on column tidemark.archive_record.first_event_at is 'created_at of the oldest of them';
comment on column tidemark.archive_record.last_event_at is 'created_at of the newest of them';
comment on column tidemark.archive_record.raw_bytes is 'Bytes of the content before it was compressed';
comment on column tidemark.archive_record.raw_sha256 is 'SHA-256 of the content before it was compressed';
comment on column tidemark.archive_record.file_bytes is 'Bytes of the file';
comment on column tidemark.archive_record.file_sha256 is 'SHA-256 of the file';
comment on column tidemark.archive_record.manifest is 'The manifest as it was written beside the file';
comment on column tidemark.archive_record.recorded_at is 'When it was done';
comment on column tidemark.archive_record.recorded_by is 'The database role that did it';

create table tidemark.waiting_day (
  day            date        primary key,
  partition      text        not null unique,
  rows           bigint      not null,
  first_event_at timestamptz,
  last_event_at  timestamptz,
  left_at        timestamptz not null default clock_timestamp()
);
comment on table tidemark.waiting_day is
  'Days that left event_history and wait to be archived or dropped: their tables are still there, in no other table';
comment on column tidemark.waiting_day.day is 'The day (UTC)';
comment on column tidemark.waiting_day.partition is 'Its table, in schema tidemark';
comment on column tidemark.waiting_day.rows is 'How many events it holds';
comment on column tidemark.waiting_day.first_event_at is 'created_at of the oldest of them';
comment on column tidemark.waiting_day.last_event_at is 'created_at of the newest of them';
comment on column tidemark.waiting_day.left_at is 'When it left event_history';

-- The records so far say by their policy which step they are of.
alter table tidemark.purge_record add column step text
  check (step in ('floors', 'floor', 'retire', 'leave', 'drop', 'archive', 'release'));
update tidemark.purge_record
   set step = case when policy ? 'to_cursor' then 'floor' when policy ? 'day' then 'retire' else 'floors' end;
alter table tidemark.purge_record alter column step set not null;
comment on column tidemark.purge_record.step is
  'floors: floors were raised; floor: one, by the DBA; retire: a day went from event to event_history; leave: a day went '
  'from event_history to wait for its end; drop: it was dropped; archive: it was dropped after its file was verified; '
  'release: a day that was read back from its file was dropped again';

-- Views of the owner's: which rule is for whom, who is held.

create view tidemark.policy_in_force as
select newest.*
  from (select distinct on (p.tenant, p.agent_id) p.*
          from tidemark.retention_policy p
         order by p.tenant, p.agent_id, p.policy_id desc) newest
 where num_nonnulls(newest.replay_age, newest.replay_events, newest.history_age) > 0;
comment on view tidemark.policy_in_force is
  'The newest policy of each tenant and agent; one that gives no limit withdraws those before it and is not here';

-- Four joins and not a subquery a session: the purge asks for all sessions at once.
create view tidemark.session_rule as
select s.session_key, s.tenant, s.session_id, s.agent_id,
       coalesce(exact.replay_age, tenants.replay_age, agents.replay_age, anyones.replay_age) as replay_age,
       coalesce(exact.replay_events, tenants.replay_events, agents.replay_events, anyones.replay_events) as replay_events,
       coalesce(exact.history_age, tenants.history_age, agents.history_age, anyones.history_age) as history_age,
       case when exact.replay_age is not null then exact.policy_id
            when tenants.replay_age is not null then tenants.policy_id
            when agents.replay_age is not null then agents.policy_id
            when anyones.replay_age is not null then anyones.policy_id end as replay_age_policy,
       case when exact.replay_events is not null then exact.policy_id
            when tenants.replay_events is not null then tenants.policy_id
            when agents.replay_events is not null then agents.policy_id
            when anyones.replay_events is not null then anyones.policy_id end as replay_events_policy
  from tidemark.session s
  left join tidemark.policy_in_force exact on exact.tenant = s.tenant and exact.agent_id = s.agent_id
  left join tidemark.policy_in_force tenants on tenants.tenant = s.tenant and tenants.agent_id is null
  left join tidemark.policy_in_force agents on agents.tenant is null and agents.agent_id = s.agent_id
  left join tidemark.policy_in_force anyones on anyones.tenant is null and anyones.agent_id is null;
comment on view tidemark.session_rule is 'What the policies in force say of each session; null where none does';
comment on column tidemark.session_rule.session_key is 'The session';
comment on column tidemark.session_rule.tenant is 'Its tenant';
comment on column tidemark.session_rule.session_id is 'Its name';
comment on column tidemark.session_rule.agent_id is 'Its agent';
comment on column tidemark.session_rule.replay_age is 'Events older than this leave the replay window';
comment on column tidemark.session_rule.replay_events is 'How many events stay in the replay window';
comment on column tidemark.session_rule.history_age is 'How long events are kept';
comment on column tidemark.session_rule.replay_age_policy is 'The policy that says the age';
comment on column tidemark.session_rule.replay_events_policy is 'The policy that says the number';

create view tidemark.hold_in_force as
select h.* from tidemark.legal_hold h where h.lifted_at is null and (h.ends_at is null or h.ends_at > now());
comment on view tidemark.hold_in_force is 'The holds that were not lifted and did not end';

create view tidemark.held_session as
select h.session_key, h.hold_id from tidemark.hold_in_force h where h.session_key is not null
union all
select s.session_key, h.hold_id
  from tidemark.hold_in_force h join tidemark.session s on s.tenant = h.tenant
 where h.session_key is null;
comment on view tidemark.held_session is 'The sessions that a hold is on, once for each hold';
comment on column tidemark.held_session.session_key is 'The session';
comment on column tidemark.held_session.hold_id is 'The hold';

do $$
declare
  attribute record;
begin
  for attribute in
    select v.view, a.attname, col_description(a.attrelid, a.attnum) as says
      from (values ('policy_in_force', 'tidemark.retention_policy'::regclass),
                   ('hold_in_force', 'tidemark.legal_hold'::regclass)) v (view, base)
      join pg_attribute a on a.attrelid = v.base and a.attnum > 0
  loop
    execute format('comment on column tidemark.%I.%I is %L', attribute.view, attribute.attname, attribute.says);
  end loop;
end
$$;

-- What the DBA says, and what the application was set to.
--
-- Lock (29801, 4) is between the steps of the purge, which share it, and whoever changes what they may do, who waits for
-- it alone. So a hold that is placed while a step is at work lost to that step and to no later one: it is committed
-- before the next step looks. A step does not wait for it; the purge comes again.

create function tidemark.read_holds_committed() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  -- What is looked at under a lock must be what was committed before the lock was given.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'a purge works at isolation level read committed' using errcode = 'invalid_transaction_state';
  end if;
end
$$;
comment on function tidemark.read_holds_committed() is 'Fails where a statement would not see what was just committed';

create function tidemark.begin_purge_step() returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  perform read_holds_committed();
  return pg_try_advisory_xact_lock(29801, 2) and pg_try_advisory_xact_lock_shared(29801, 4);
end
$$;
comment on function tidemark.begin_purge_step() is
  'Takes the locks of a step of the purge for this transaction; false while another node is at it, or a hold or a policy '
  'is being written';

create function tidemark.set_retention_policy(
  reason text, tenant text default null, agent_id text default null, replay_age interval default null,
  replay_events bigint default null, history_age interval default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  set_id bigint;
  longest constant interval := '1000 years';
begin
  if coalesce(btrim(set_retention_policy.reason), '') = '' then
    raise exception 'a policy needs a reason' using errcode = 'invalid_parameter_value';
  end if;
  if set_retention_policy.tenant = '' or set_retention_policy.agent_id = '' then
    raise exception 'null stands for any tenant or agent, not an empty text' using errcode = 'invalid_parameter_value';
  end if;
  if set_retention_policy.replay_age < interval '0' or set_retention_policy.history_age < interval '0'
     or set_retention_policy.replay_events < 0 then
    raise exception 'a limit cannot be negative' using errcode = 'invalid_parameter_value';
  end if;
  if greatest(set_retention_policy.replay_age, set_retention_policy.history_age) > longest then
    raise exception 'an age is at most %', longest using errcode = 'invalid_parameter_value';
  end if;
  if set_retention_policy.history_age < set_retention_policy.replay_age then
    raise exception 'the history (%) cannot be shorter than the replay window (%)',
      set_retention_policy.history_age, set_retention_policy.replay_age using errcode = 'invalid_parameter_value';
  end if;
  -- From its commit on no step goes by the policy before.
  perform pg_advisory_xact_lock(29801, 4);
  if num_nonnulls(set_retention_policy.replay_age, set_retention_policy.replay_events,
                  set_retention_policy.history_age) = 0
     and not exists (
       select from tidemark.policy_in_force p
        where p.tenant is not distinct from set_retention_policy.tenant
          and p.agent_id is not distinct from set_retention_policy.agent_id) then
    raise exception 'a policy needs a limit; without any it withdraws the one before, and there is none'
      using errcode = 'invalid_parameter_value';
  end if;
  if not exists (
    select from tidemark.session s
     where s.tenant = coalesce(set_retention_policy.tenant, s.tenant)
       and s.agent_id = coalesce(set_retention_policy.agent_id, s.agent_id)) then
    raise notice 'there is no session yet that this policy is for';
  end if;
  insert into tidemark.retention_policy (tenant, agent_id, replay_age, replay_events, history_age, set_by, reason)
  values (
    set_retention_policy.tenant, set_retention_policy.agent_id, set_retention_policy.replay_age,
    set_retention_policy.replay_events, set_retention_policy.history_age, session_user, set_retention_policy.reason)
  returning policy_id into set_id;
  return set_id;
end
$$;
comment on function tidemark.set_retention_policy(text, text, text, interval, bigint, interval) is
  'For the DBA: sets the policy of a tenant, of an agent, of both, or of any, in the place of the one before, and '
  'returns its id. A limit that is null is left to less specific policies and to the settings; a policy with no limit '
  'withdraws the one before';

create function tidemark.place_hold(
  session_id text, asked_by text, reason text, tenant text default 'default', ends_at timestamptz default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  key bigint;
  placed bigint;
  waiting text;
begin
  if coalesce(btrim(place_hold.asked_by), '') = '' or coalesce(btrim(place_hold.reason), '') = '' then
    raise exception 'a hold needs who asked for it, and why' using errcode = 'invalid_parameter_value';
  end if;
  if place_hold.ends_at <= clock_timestamp() then
    raise exception 'a hold cannot end in the past' using errcode = 'invalid_parameter_value';
  end if;
  select s.session_key into key
    from tidemark.session s
   where s.tenant = place_hold.tenant and s.session_id = coalesce(place_hold.session_id, s.session_id)
   limit 1;
  if key is null then
    raise exception 'no session % of tenant %', coalesce(place_hold.session_id, 'at all'), place_hold.tenant
      using errcode = 'no_data_found';
  end if;
  if place_hold.session_id is null then
    key := null;
  end if;
  perform pg_advisory_xact_lock(29801, 4);
  insert into tidemark.legal_hold (tenant, session_id, session_key, asked_by, reason, ends_at, placed_by)
  values (place_hold.tenant, place_hold.session_id, key, place_hold.asked_by, place_hold.reason, place_hold.ends_at,
    session_user)
  returning hold_id into placed;
  -- Below the anchor events left before the hold came. Some may only wait for their end.
  if exists (select from tidemark.held_session x join tidemark.chain_anchor a using (session_key)
              where x.hold_id = placed) then
    select string_agg(w.day::text, ', ' order by w.day) into waiting
      from tidemark.waiting_day w where placed = any (holds_of_day(w.partition));
    raise notice 'events of what is held now left the history before'
      using hint = case when waiting is null then 'audit.archive_history says which files hold them.'
                        else 'tidemark.return_day brings back what waits: ' || waiting end;
  end if;
  return placed;
end
$$;
comment on function tidemark.place_hold(text, text, text, text, timestamptz) is
  'For the DBA: keeps every purge from a session, or from all sessions of a tenant if session_id is null, until it is '
  'lifted or ends; returns its id. Waits for the step that a purge is at';

create function tidemark.lift_hold(hold_id bigint, reason text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
begin
  if coalesce(btrim(lift_hold.reason), '') = '' then
    raise exception 'lifting a hold needs a reason' using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(29801, 4);
  update tidemark.legal_hold
     set lifted_at = clock_timestamp(), lifted_by = session_user, lift_reason = lift_hold.reason
   where hold_id = lift_hold.hold_id and lifted_at is null;
  if not found then
    raise exception 'no hold % that was not lifted', lift_hold.hold_id using errcode = 'no_data_found';
  end if;
end
$$;
comment on function tidemark.lift_hold(bigint, text) is
  'For the DBA: lifts a hold; what it kept goes with the next purge by the rules that are in force then';

create function tidemark.note_retention_settings(
  node text, replay_age interval, replay_events bigint, history_age interval, history_end text)
returns void
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  insert into tidemark.retention_setting (replay_age, replay_events, history_age, history_end, node)
  select note_retention_settings.replay_age, note_retention_settings.replay_events, note_retention_settings.history_age,
         note_retention_settings.history_end, note_retention_settings.node
   where not exists (
     select from (select * from tidemark.retention_setting order by setting_id desc limit 1) newest
      where newest.replay_age = note_retention_settings.replay_age
        and newest.replay_events = note_retention_settings.replay_events
        and newest.history_age = note_retention_settings.history_age
        and newest.history_end = note_retention_settings.history_end)
$$;
comment on function tidemark.note_retention_settings(text, interval, bigint, interval, text) is
  'Records by which settings the application purges, if they are other ones than before; a dry run goes by them';
grant execute on function tidemark.note_retention_settings(text, interval, bigint, interval, text) to tidemark_app;

-- The replay window, by policy.

create function tidemark.next_floor(
  session_key bigint, floor_cursor bigint, floor_at timestamptz, head_cursor bigint, last_event_at timestamptz,
  oldest timestamptz, most bigint, out next_cursor bigint, out next_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_variable
declare
  counted bigint;
begin
  -- A hole at the floor is damage. Raising the floor over it would hide it, so it is left for
  -- audit.invariant_violations.
  if not exists (
    select from tidemark.event e
     where e.session_key = session_key and e.cursor = floor_cursor
       and e.created_at between floor_at and last_event_at) then
    return;
  end if;
  -- The bounds of time on both sides spare the days before and those ahead, which are half of all partitions.
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
  'The floor of a session, and its time, above which nothing is older than oldest and at most so many events count; null '
  'when the event at its floor is missing';

-- As before (see V8), but by the rule of each session, and not for sessions that are held. A batch is the first few of many
-- sessions in the order of their keys, so the settings keep the plan from joining all of them first.
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
  -- The narrowest windows there are. What is within them needs no look at its rule.
  oldest_anywhere timestamptz := coalesce(
    began - least(raise_floors.replay_age, (select min(replay_age) from tidemark.policy_in_force)), '-infinity');
  most_anywhere bigint := coalesce(
    least(raise_floors.replay_events, (select min(replay_events) from tidemark.policy_in_force)), unlimited);
  candidate record;
  wanted bigint;
  wanted_at timestamptz;
  keys bigint[] := '{}';
  floors bigint[] := '{}';
  times timestamptz[] := '{}';
  policies jsonb[] := '{}';
  last bigint;
  left_out bigint;
  done int;
  passed bigint;
  raised jsonb;
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
           coalesce(r.replay_events, raise_floors.replay_events, unlimited) as most,
           to_jsonb(array_remove(array[r.replay_age_policy, nullif(r.replay_events_policy, r.replay_age_policy)], null))
             as policies
      from tidemark.session_head h
      join tidemark.session_rule r using (session_key)
     where h.session_key > raise_floors.above_key
       and h.floor_cursor <= h.head_cursor
       and (h.floor_at < oldest_anywhere or h.head_cursor - h.floor_cursor + 1 > most_anywhere)
       and (h.floor_at < began - coalesce(r.replay_age, raise_floors.replay_age)
            or h.head_cursor - h.floor_cursor + 1 > coalesce(r.replay_events, raise_floors.replay_events))
       and not exists (select from tidemark.hold_in_force x
                        where x.tenant = r.tenant and coalesce(x.session_key, h.session_key) = h.session_key)
     order by h.session_key
  loop
    select f.next_cursor, f.next_at into wanted, wanted_at
      from next_floor(candidate.session_key, candidate.floor_cursor, candidate.floor_at, candidate.head_cursor,
        candidate.last_event_at, candidate.oldest, candidate.most) f;
    -- The time alone moves where nothing was retained for long and then something new came.
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

  begin
    perform from tidemark.session_head h where h.session_key = keys[1] for no key update;
  exception when lock_not_available then
    null; -- left for the next run
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
    into done, passed, raised, left_out
    from moved
   where before < after;
  done_to := coalesce(left_out - 1, last);
  if done = 0 then
    return query select null::bigint, 0, 0::bigint, done_to;
    return;
  end if;
  return query
    insert into tidemark.purge_record as r (step, node, policy, sessions, floors, events, duration_ms)
    values (
      'floors', raise_floors.node,
      jsonb_build_object('replay_age_seconds', extract(epoch from raise_floors.replay_age),
        'replay_events', raise_floors.replay_events, 'max_sessions', raise_floors.max_sessions),
      done, raised, passed, round(extract(epoch from clock_timestamp() - began) * 1000, 3))
    returning r.purge_id, r.sessions, r.events, raise_floors.done_to;
end
$$;
comment on function tidemark.raise_floors(text, interval, bigint, int, bigint) is
  'The purge: raises the floors of sessions that hold events older than their policies, or else replay_age, say, or more '
  'than their policies, or else replay_events, say (deltas of finished turns not counted; null is no limit), of at most '
  'max_sessions sessions with keys above above_key that no hold is on, and writes one purge_record. Never lowers a floor '
  '(R7), removes nothing. Returns up to which key all is done (null: all is), the above_key of the next call; no row '
  'when another node is at it';
comment on column tidemark.purge_record.floors is
  'Each of them: [{"session_key", "before", "after", "policies": the policies that were followed, if any}]';
comment on column tidemark.purge_record.partitions_removed is 'The table of the day that moved or left, see step';
comment on column tidemark.purge_record.rows_removed is 'How many events it held';
comment on column tidemark.purge_record.policy is
  'What it was asked to do: replay_age_seconds, replay_events, max_sessions, where no policy said otherwise; or to_cursor; '
  'or day, and history_age_seconds, the longest that any policy or the settings gave';

create or replace function tidemark.raise_floor(session_id text, to_cursor bigint, tenant text default 'default') returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  head tidemark.session_head;
  hold bigint;
begin
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
  if to_cursor > head.head_cursor + 1 then
    raise exception 'a floor cannot be above head + 1, here %', head.head_cursor + 1
      using errcode = 'invalid_parameter_value';
  end if;
  if to_cursor is null or to_cursor <= head.floor_cursor then
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
  values ('floor', session_user, jsonb_build_object('to_cursor', to_cursor), 1,
    jsonb_build_array(jsonb_build_object(
      'session_key', head.session_key, 'before', head.floor_cursor, 'after', to_cursor)),
    to_cursor - head.floor_cursor, round(extract(epoch from clock_timestamp() - began) * 1000, 3));
  return to_cursor;
end
$$;
comment on function tidemark.raise_floor(text, bigint, text) is
  'For the DBA: raises the floor of one session, writes its purge_record, returns the floor; a lower cursor than '
  'the floor does nothing (R7), a session on hold is refused';

-- Days: from the log to the history, from there to wait for their end.

create function tidemark.holds_of_day(partition text) returns bigint[]
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
comment on function tidemark.holds_of_day(text) is 'The holds in force on sessions that have events in a table of one day';

create function tidemark.days_of(parent regclass) returns table (partition text, day date)
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select c.relname::text, to_date(right(c.relname, 8), 'YYYYMMDD')
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = days_of.parent and c.relname ~ '^event_[0-9]{8}$'
   order by 2
$$;
comment on function tidemark.days_of(regclass) is 'The partitions of event or event_history that are a day, the oldest first';

-- As before (see V8), but a day that a hold keeps lets newer ones pass: a hold of years must not grow the log by a table a
-- day. A day that a floor needs does not, the floors rise.
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
      -- Only under the lock it is sure that no event of a held session comes any more.
      continue when holds_of_day(candidate.partition) <> '{}';
      -- floor_at rules out nearly all; it may be of long ago where nothing was retained and then something new came.
      -- Sessions on hold have no event in this day, wherever their floors are.
      if exists (select from tidemark.session_head h
                  where h.floor_cursor <= h.head_cursor and h.floor_at < ends
                    and not exists (select from tidemark.held_session x where x.session_key = h.session_key)
                    and time_of_floor(h.session_key, h.floor_cursor, h.last_event_at) < ends) then
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
  'Moves the oldest day of event that is over, that no floor needs and no hold keeps to event_history, with its '
  'purge_record. Copies nothing, and waits for no lock longer than a few milliseconds: busy when it could not have one, '
  'then call again. No row when there is nothing to do or another node is at it';

create function tidemark.longest_history(history_age interval) returns interval
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select greatest(
    (select max(p.history_age) from tidemark.policy_in_force p),
    case when not exists (select from tidemark.policy_in_force p
                           where p.tenant is null and p.agent_id is null and p.history_age is not null)
         then longest_history.history_age end)
$$;
comment on function tidemark.longest_history(interval) is
  'The longest history that any policy in force gives, and the given one where a session could be without a policy. A day '
  'holds events of everybody, so it is kept for as long as the longest';

create function tidemark.anchor_chains(partition text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  execute format(
    'insert into tidemark.chain_anchor as a (session_key, cursor, chain_hash)
     select distinct on (e.session_key) e.session_key, e.cursor, e.chain_hash
       from tidemark.%I e
      order by e.session_key, e.cursor desc
         on conflict (session_key) do update
        set cursor = excluded.cursor, chain_hash = excluded.chain_hash, anchored_at = excluded.anchored_at
      where a.cursor < excluded.cursor', partition);
end
$$;
comment on function tidemark.anchor_chains(text) is
  'Keeps, for each session with events in a day that leaves, where its chain goes on; an anchor never moves back here';

create function tidemark.is_restored(day date) returns boolean
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select coalesce(
    (select r.action = 'restored' from tidemark.archive_record r where r.day = is_restored.day
      order by r.record_id desc limit 1), false)
$$;
comment on function tidemark.is_restored(date) is 'Whether a day was read back from its file and not released since';

create function tidemark.leave_history(node text, history_age interval)
returns table (purge_id bigint, partition text, rows_removed bigint, busy boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '100ms'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  longest interval := longest_history(leave_history.history_age);
  candidate record;
  counted bigint;
  first_at timestamptz;
  last_at timestamptz;
begin
  if longest is null or longest < interval '0' then
    raise exception 'the history needs an age that is not negative' using errcode = 'invalid_parameter_value';
  end if;
  if not begin_purge_step() then
    return;
  end if;
  for candidate in
    select d.partition, d.day from days_of('tidemark.event_history') d
     where day_start(d.day + 1)::timestamptz <= began - longest and not is_restored(d.day)
  loop
    continue when holds_of_day(candidate.partition) <> '{}';
    -- Nothing that appends waits here: only who reads the history does, and only for the detaching.
    begin
      execute format('lock table tidemark.%I in share mode', candidate.partition);
      execute format('select count(*), min(created_at), max(created_at) from tidemark.%I', candidate.partition)
        into counted, first_at, last_at;
      perform anchor_chains(candidate.partition);
      execute format('alter table tidemark.event_history detach partition tidemark.%I', candidate.partition);
    exception when lock_not_available then
      return query select null::bigint, candidate.partition, 0::bigint, true;
      return;
    end;
    insert into tidemark.waiting_day (day, partition, rows, first_event_at, last_event_at)
    values (candidate.day, candidate.partition, counted, first_at, last_at);
    return query
      insert into tidemark.purge_record as r (step, node, policy, partitions_removed, rows_removed, duration_ms)
      values ('leave', leave_history.node,
        jsonb_build_object('day', candidate.day, 'history_age_seconds', extract(epoch from longest)),
        array[candidate.partition], counted, round(extract(epoch from clock_timestamp() - began) * 1000, 3))
      returning r.purge_id, candidate.partition, r.rows_removed, false;
    return;
  end loop;
end
$$;

comment on function tidemark.leave_history(text, interval) is
  'Takes the oldest day out of event_history that is past the longest history that any policy, or else history_age, '
  'gives, that no hold keeps and nobody restored: keeps the anchors of its chains, lists it in waiting_day, and writes '
  'its purge_record. Its table stays. busy when the history was in use, then call again; no row when there is nothing to '
  'do or another node is at it';
grant execute on function tidemark.leave_history(text, interval) to tidemark_app;

create function tidemark.drop_day(node text, history_age interval)
returns table (purge_id bigint, partition text, rows_removed bigint, busy boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '100ms'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  longest interval := longest_history(drop_day.history_age);
  candidate tidemark.waiting_day;
begin
  if longest is null or longest < interval '0' then
    raise exception 'the history needs an age that is not negative' using errcode = 'invalid_parameter_value';
  end if;
  if not begin_purge_step() then
    return;
  end if;
  -- A hold or a longer policy may have come while it waited.
  for candidate in
    select * from tidemark.waiting_day w where day_start(w.day + 1)::timestamptz <= began - longest order by w.day
  loop
    continue when holds_of_day(candidate.partition) <> '{}';
    begin
      execute format('drop table tidemark.%I', candidate.partition);
    exception when lock_not_available then
      return query select null::bigint, candidate.partition, 0::bigint, true;
      return;
    end;
    delete from tidemark.waiting_day where day = candidate.day;
    return query
      insert into tidemark.purge_record as r (step, node, policy, partitions_removed, rows_removed, duration_ms)
      values ('drop', drop_day.node,
        jsonb_build_object('day', candidate.day, 'history_age_seconds', extract(epoch from longest)),
        array[candidate.partition], candidate.rows, round(extract(epoch from clock_timestamp() - began) * 1000, 3))
      returning r.purge_id, candidate.partition, r.rows_removed, false;
    return;
  end loop;
end
$$;
comment on function tidemark.drop_day(text, interval) is
  'Drops the oldest day that waits, is still past the longest history, and that no hold keeps, with its purge_record; it '
  'cannot come back. busy when somebody reads it, then call again; no row when there is nothing to do or another node is '
  'at it';
grant execute on function tidemark.drop_day(text, interval) to tidemark_app;

create function tidemark.return_day(day date) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  waiting tidemark.waiting_day;
begin
  perform read_holds_committed();
  perform pg_advisory_xact_lock(29801, 2);
  delete from tidemark.waiting_day w where w.day = return_day.day returning * into waiting;
  if not found then
    raise exception 'no day % that waits', return_day.day using errcode = 'no_data_found';
  end if;
  execute format(
    'alter table tidemark.event_history attach partition tidemark.%I for values from (%L) to (%L)',
    waiting.partition, day_start(waiting.day), day_start(waiting.day + 1));
end
$$;
comment on function tidemark.return_day(date) is
  'For the DBA: puts a day that waits back into event_history, where a hold that came late keeps it';

-- The dry run, and why each day is where it is. Both read; the steps decide again when they come.

create function tidemark.next_floors(replay_age interval, replay_events bigint)
returns table (
  session_key bigint, floor_cursor bigint, floor_at timestamptz, head_cursor bigint, next_cursor bigint,
  next_at timestamptz, policies bigint[], holds bigint[])
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  with candidate as (
    select h.*, now() - coalesce(r.replay_age, next_floors.replay_age) as oldest,
           coalesce(r.replay_events, next_floors.replay_events, 9223372036854775807) as most,
           array_remove(array[r.replay_age_policy, nullif(r.replay_events_policy, r.replay_age_policy)], null) as policies
      from tidemark.session_head h join tidemark.session_rule r using (session_key)
     where h.floor_cursor <= h.head_cursor
  )
  select c.session_key, c.floor_cursor, c.floor_at, c.head_cursor, f.next_cursor, f.next_at, c.policies,
         array(select x.hold_id from tidemark.held_session x where x.session_key = c.session_key order by 1)
    from candidate c
   cross join lateral next_floor(c.session_key, c.floor_cursor, c.floor_at, c.head_cursor, c.last_event_at,
     coalesce(c.oldest, '-infinity'), c.most) f
   where (c.floor_at < c.oldest or c.head_cursor - c.floor_cursor + 1 > c.most)
     and (f.next_cursor > c.floor_cursor or f.next_at > c.floor_at)
$$;
comment on function tidemark.next_floors(interval, bigint) is
  'The floors that a purge would raise now, by policy or else by the given window, and those that it would if no hold '
  'were on their sessions';

create function tidemark.oldest_needed(replay_age interval, replay_events bigint, after_purge boolean) returns timestamptz
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  retained record;
  needed timestamptz := 'infinity';
begin
  -- floor_at is a lower bound: once it is past what was found, nothing older comes.
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
  'created_at of the oldest event that the floor of a session without a hold keeps in the log, as it is now or as it would '
  'be once floors were raised; infinity when there is none';

create function tidemark.day_report(
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
    -- A table can go between the look at what there is and the look into it; who asks again sees what became of it.
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
  'Where each day is, what the next purge would do with it, and why it stays where it stays';

create function tidemark.purge_preview(
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
      from day_report(oldest_needed(noted.replay_age, noted.replay_events, true), noted.history_age, noted.history_end) d
     where d.next_step is not null or d.holds <> '{}' or d.place = 'waiting'
     order by d.day;
end
$$;
comment on function tidemark.purge_preview(interval, bigint, interval, text) is
  'A dry run: what the next purge would do by the policies, holds and settings in force, or else by what is given, and '
  'what holds keep from it. Floors by policy, days one by one. A purge goes on with a day after each step, so one that '
  'leaves the log now may leave the history in the same run. Looks at every session, changes nothing';
grant execute on function tidemark.purge_preview(interval, bigint, interval, text) to tidemark_auditor;

-- The archive: what the commands of db/archive/ do in the database.

create function tidemark.event_columns() returns text
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select string_agg(quote_ident(attname), ', ' order by attnum)
    from pg_attribute where attrelid = 'tidemark.event_history'::regclass and attnum > 0 and not attisdropped
$$;
comment on function tidemark.event_columns() is 'The columns of an event as an archive has them, in their order';

create function tidemark.archive_manifest(
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
    raise exception 'no day % that waits', archive_manifest.day using errcode = 'no_data_found';
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
  'What is written beside the file of a day that waits: what the day holds, and what the file is';

create function tidemark.finish_archive(manifest jsonb) returns bigint
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
    raise exception 'no day % that waits', finish_archive.manifest ->> 'day' using errcode = 'no_data_found';
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
  'For the archive command, once the file is written and verified: records it and drops the day, in one transaction. '
  'Refuses a day that is held, or has other events than the manifest says';

create function tidemark.begin_restore(manifest jsonb) returns text
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
    raise exception 'this is not the manifest of an archive of a day' using errcode = 'invalid_parameter_value';
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
    raise warning 'this database has no record of an archive of day %: its file is only as good as its manifest',
      restored_day;
  elsif known.file_sha256 is distinct from begin_restore.manifest ->> 'file_sha256' then
    raise exception 'the file of day % had the SHA-256 %, this one has %', restored_day, known.file_sha256,
      begin_restore.manifest ->> 'file_sha256' using errcode = 'data_corrupted';
  end if;
  execute format(
    'create table tidemark.%I (like tidemark.event_history including defaults including constraints including comments, '
    'constraint event_day check (created_at >= %L and created_at < %L))',
    name, day_start(restored_day), day_start(restored_day + 1));
  execute format('comment on table tidemark.%I is %L', name,
    to_char(restored_day, '"Events of" YYYY-MM-DD "(UTC), read back from their archive"'));
  return name;
end
$$;
comment on function tidemark.begin_restore(jsonb) is
  'For the restore command: makes the table that the content of an archive is copied into, in the same transaction, and '
  'returns its name. Refuses a file with another checksum than the one recorded when the day was archived';

create function tidemark.finish_restore(manifest jsonb) returns bigint
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
    'select count(*) from tidemark.%I e where not exists (select from tidemark.session s where s.session_key = e.session_key)',
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
  'For the restore command: puts the day into event_history, where no purge takes it until it is released, and records '
  'that. Refuses other events than the manifest says, and events of sessions that are not in this database';

create function tidemark.release_day(day date) returns bigint
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
  values ('release', session_user,
    jsonb_build_object('day', known.day, 'file_sha256', known.file_sha256), array[name], counted,
    round(extract(epoch from clock_timestamp() - began) * 1000, 3));
  return counted;
end
$$;
comment on function tidemark.release_day(date) is
  'For the DBA: drops a day again that was read back from its file, which is still its archive; returns how many events. '
  'Keep the file';

insert into tidemark.schema_version (version, description, compatible_from) values (9, 'retention policy', 8);

reset role;
