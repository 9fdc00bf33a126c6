-- What an auditor may run and read. The views are a contract: they change only by addition.
set role tidemark_owner;

create schema if not exists audit;
comment on schema audit is 'What an auditor sees; a contract that changes only by addition';
grant usage on schema audit to tidemark_auditor;

-- One pass over the log and its history in the order of session and cursor, in which PostgreSQL reads the partitions by
-- their keys and merges them: nothing is sorted or kept, however long a session is. The settings keep it at that.
create or replace function tidemark.chain_misfits(first_key bigint, last_key bigint, since timestamptz default null)
returns table (session_key bigint, cursor bigint, kind text)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set jit = off
as $$
#variable_conflict use_column
begin
  -- A day must not leave for good between the look at the anchors and the look at the days. So no day can leave from here
  -- on, and the next statement sees what was committed before.
  lock table only tidemark.event_history in access share mode;

  return query
    with head as materialized (
      select h.session_key, s.session_id, h.head_cursor, h.chain_hash,
             chain_misfits.since is null or h.last_event_at >= chain_misfits.since as wanted,
             coalesce(a.cursor, 0) as anchor_cursor,
             coalesce(a.chain_hash, decode(repeat('00', 32), 'hex')) as anchor_hash
        from tidemark.session_head h
        join tidemark.session s using (session_key)
        left join tidemark.chain_anchor a using (session_key)
       where h.session_key between chain_misfits.first_key and chain_misfits.last_key
    ), walk as (
      select e.session_key, e.cursor, e.event_id, e.epoch_number, e.type, e.source, e.turn_id, e.created_at, e.payload,
             e.chain_hash, lag(e.cursor, 1, 0::bigint) over log as before, lag(e.created_at) over log as before_at,
             lag(e.chain_hash, 1, decode(repeat('00', 32), 'hex')) over log as before_hash
        from tidemark.event_all e
       where e.session_key between chain_misfits.first_key and chain_misfits.last_key
      window log as (partition by e.session_key order by e.cursor, e.created_at)
    ), placed as (
      -- Of what the anchor covers only days that somebody held or brought back are there. After a gap for which a whole day
      -- can have left the hash before is not known.
      select w.*, h.session_key is not null as known, h.session_id, h.head_cursor, h.chain_hash as head_hash,
             h.anchor_cursor, h.anchor_hash,
             w.cursor <= h.anchor_cursor and w.cursor > w.before + 1
               and (w.before_at is null
                    or (w.created_at at time zone 'UTC')::date - (w.before_at at time zone 'UTC')::date > 1) as after_gap,
             case when h.session_key is null then w.cursor
                  when w.cursor > h.anchor_cursor then greatest(w.before, h.anchor_cursor) + 1
                  else w.before + 1 end as expected,
             case when w.cursor = h.anchor_cursor + 1 then h.anchor_hash else w.before_hash end as previous
        from walk w
        left join head h using (session_key)
       where h.wanted or h.session_key is null and chain_misfits.since is null
    ), judged as (
      select w.session_key, w.cursor, w.expected, w.cursor = w.head_cursor as newest,
             case
               when not w.known or w.cursor < w.expected then 'added'
               when w.cursor > w.expected and not w.after_gap then 'missing'
               when w.cursor > w.head_cursor then 'added'
               when not w.after_gap
                    and w.chain_hash is distinct from tidemark.event_hash(
                      w.previous, p.epoch_id, w.session_id, w.cursor, w.event_id, w.type, w.source, w.turn_id, w.created_at,
                      w.payload::text)
                 or w.cursor = w.anchor_cursor and w.chain_hash <> w.anchor_hash then 'changed'
               when w.cursor = w.head_cursor and w.chain_hash <> w.head_hash then 'head'
             end as kind
        from placed w
        left join tidemark.epoch p using (epoch_number)
    ), told as materialized (
      select * from judged where judged.kind is not null or judged.newest
    ), misfit as (
      select t.session_key, least(t.cursor, t.expected) as cursor, t.kind from told t where t.kind is not null
      union all
      -- Without its newest events the log just ends early.
      select h.session_key,
             1 + greatest(h.anchor_cursor, (select max(e.cursor) from tidemark.event_all e where e.session_key = h.session_key)),
             'missing'
        from head h
       where h.wanted and h.head_cursor > h.anchor_cursor
         and h.session_key not in (select t.session_key from told t)
      union all
      select h.session_key, h.head_cursor, 'head'
        from head h
       where h.wanted and h.head_cursor <= h.anchor_cursor
         and (h.head_cursor < h.anchor_cursor or h.chain_hash <> h.anchor_hash)
    )
    select distinct on (m.session_key) m.session_key, m.cursor, m.kind
      from misfit m
     order by m.session_key, m.cursor;
end
$$;
comment on function tidemark.chain_misfits(bigint, bigint, timestamptz) is
  'For each session with a key in the range (and an event since then) whose log does not fit its chain: the first '
  'cursor that does not, and how. Begins behind the anchor of a session whose oldest days have left for good. Events '
  'of no session count as added, unless there is a since';
-- Without usage of the schema only what calls it for the auditor can: functions in a view run as who reads the view.
grant execute on function tidemark.chain_misfits(bigint, bigint, timestamptz) to tidemark_auditor;

-- The names of sessions end here: within the schema they have keys.
create or replace function tidemark.session_key_of(session_id text, tenant text) returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  key bigint := (select s.session_key from tidemark.session s
                  where s.session_id = session_key_of.session_id and s.tenant = session_key_of.tenant);
begin
  if key is null then
    raise exception 'no session % of tenant %', session_key_of.session_id, session_key_of.tenant
      using errcode = 'no_data_found';
  end if;
  return key;
end
$$;
comment on function tidemark.session_key_of(text, text) is 'The key of a session; an error, no_data_found, if there is none';

create or replace function audit.verify_session(session_id text, tenant text default 'default') returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
declare
  key bigint := session_key_of(session_id, tenant);
begin
  return (select misfit.cursor from chain_misfits(key, key) misfit);
end
$$;
comment on function audit.verify_session(text, text) is
  'The first cursor at which the log of a session does not fit its hash chain (changed, moved, missing or added '
  'event), or null; the head when only its own hash differs, 0 if it has no events. Begins behind what a purge took '
  'for good';
grant execute on function audit.verify_session(text, text) to tidemark_auditor;

create or replace function audit.chain_head(session_id text, tenant text default 'default')
returns table (cursor bigint, chain_hash text, epoch_id uuid, created_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  key bigint := session_key_of(session_id, tenant);
begin
  return query
    select h.head_cursor, encode(h.chain_hash, 'hex'), p.epoch_id, h.last_event_at
      from tidemark.session_head h
      left join tidemark.event_all e
        on e.session_key = h.session_key and e.cursor = h.head_cursor and e.created_at = h.last_event_at
      left join tidemark.epoch p using (epoch_number)
     where h.session_key = key;
end
$$;
comment on function audit.chain_head(text, text) is
  'The head of the chain of a session, to be kept outside the database: cursor of the newest event (0 before the '
  'first), its hash in hexadecimal, its epoch and its time (null when there is no such event any more)';
grant execute on function audit.chain_head(text, text) to tidemark_auditor;

create or replace function audit.verify_since(
  session_id text, cursor bigint, chain_hash text, tenant text default 'default') returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  key bigint := session_key_of(session_id, tenant);
  misfit bigint;
  head bigint;
  anchor bigint;
  found bytea;
begin
  if verify_since.cursor is null or verify_since.chain_hash is null then
    raise exception 'a kept head is a cursor and a hash' using errcode = 'null_value_not_allowed';
  end if;
  misfit := (select m.cursor from chain_misfits(key, key) m);
  select h.head_cursor, coalesce(a.cursor, 0),
         case verify_since.cursor
           when 0 then decode(repeat('00', 32), 'hex')
           when a.cursor then a.chain_hash
           else (select e.chain_hash from tidemark.event_all e
                  where e.session_key = key and e.cursor = verify_since.cursor limit 1) end
    into head, anchor, found
    from tidemark.session_head h
    left join tidemark.chain_anchor a using (session_key)
   where h.session_key = key;
  if found is null and verify_since.cursor < anchor then
    raise exception 'event % has left for good, and its hash with it; the oldest that can be looked at is that of %',
      verify_since.cursor, anchor using errcode = 'no_data_found';
  end if;
  if head < verify_since.cursor then
    return least(misfit, head + 1);
  end if;
  if encode(found, 'hex') is distinct from lower(verify_since.chain_hash) then
    return least(misfit, verify_since.cursor);
  end if;
  return misfit;
end
$$;
comment on function audit.verify_since(text, bigint, text, text) is
  'verify_session, and that the chain still leads through a head that was kept outside: also finds a log that was '
  'changed and all of whose hashes were computed anew. Returns the first cursor that does not fit, that of the kept head '
  'when what was changed is at or below it, head + 1 when the log ends before it, or null. An error, no_data_found, when '
  'the event of the kept head has left for good';
grant execute on function audit.verify_since(text, bigint, text, text) to tidemark_auditor;

reset role;
