-- The chain of hashes: how an event is hashed, and where a log does not fit its chain.
set role tidemark_owner;

-- One field of the hash: its length in bytes as four bytes, the highest first, then the field. Without the lengths two
-- different events could be written as the same bytes.
--
-- hash_field and event_hash are each one expression, without a search_path and without the owner's rights, so that
-- PostgreSQL can inline them, which makes a verification twice as fast. A role that runs event_hash therefore needs the
-- right to run hash_field too.
create or replace function tidemark.hash_field(field bytea) returns bytea
language sql immutable parallel safe
return int4send(octet_length(field)) || field;
comment on function tidemark.hash_field(bytea) is
  'Returns a field of event_hash: its length in four bytes, highest first, then the field itself; null for null';
grant execute on function tidemark.hash_field(bytea) to tidemark_app;

-- 0x24 is 36, the length of a uuid as text.
create or replace function tidemark.event_hash(
  previous bytea, epoch_id uuid, session_id text, cursor bigint, event_id uuid, type text, source text,
  turn_id uuid, created_at timestamptz, payload text) returns bytea
language sql stable parallel safe
return sha256(
  tidemark.hash_field(previous)
  || '\x00000024' || convert_to(epoch_id::text, 'UTF8')
  || tidemark.hash_field(convert_to(session_id, 'UTF8'))
  || tidemark.hash_field(convert_to(cursor::text, 'UTF8'))
  || '\x00000024' || convert_to(event_id::text, 'UTF8')
  || tidemark.hash_field(convert_to(type, 'UTF8'))
  || tidemark.hash_field(convert_to(source, 'UTF8'))
  || coalesce('\x00000024' || convert_to(turn_id::text, 'UTF8'), '\x00000000')
  || tidemark.hash_field(convert_to(
       to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8'))
  || tidemark.hash_field(convert_to(payload, 'UTF8')));
comment on function tidemark.event_hash(bytea, uuid, text, bigint, uuid, text, text, uuid, timestamptz, text) is
  'Returns the chain hash of an event: SHA-256 over the ten arguments in their order, each preceded by its length in '
  'bytes (four bytes, highest first). previous is the hash of the event before, 32 raw bytes, zeros for cursor 1; '
  'text is UTF-8; a uuid is lower-case text; cursor is decimal digits; created_at is UTC as '
  '2026-11-22T10:16:00.123456Z, always with six digits; a null turn_id is empty. Null if any other argument is null';
grant execute on function tidemark.event_hash(bytea, uuid, text, bigint, uuid, text, text, uuid, timestamptz, text)
  to tidemark_app;

-- One pass over the log and its history in the order of session and cursor. PostgreSQL reads the partitions in that
-- order by their keys and merges them, so it sorts and keeps nothing, however long a session is. The settings force
-- that plan.
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
  -- A day must not leave for good between reading the anchors and reading the days. With this lock no day can leave,
  -- and the next statement sees everything committed before.
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
      -- Up to the anchor only held and restored days are present. After a gap that a whole missing day can explain, the
      -- previous hash is unknown.
      select w.*, h.session_key is not null as known, h.session_id, h.head_cursor, h.chain_hash as head_hash,
             h.anchor_cursor, h.anchor_hash,
             w.cursor <= h.anchor_cursor and w.cursor > w.before + 1
               and (w.before_at is null
                    or (w.created_at at time zone 'UTC')::date - (w.before_at at time zone 'UTC')::date > 1)
               as after_gap,
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
                      w.previous, p.epoch_id, w.session_id, w.cursor, w.event_id, w.type, w.source, w.turn_id,
                      w.created_at, w.payload::text)
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
      -- Where the newest events are missing, the log just ends early.
      select h.session_key,
             1 + greatest(h.anchor_cursor,
                          (select max(e.cursor) from tidemark.event_all e where e.session_key = h.session_key)),
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
  'Returns, for each session with a key in the range (and an event since then) whose log does not fit its chain, the '
  'first cursor that does not fit, and how. Each unbroken run of days before the anchor of a session '
  'is verified by itself. Events without a session count as added, unless since is given';
-- A function in a view runs as the role that reads the view, so the auditor needs this right. Without usage of the
-- schema it cannot call the function directly.
grant execute on function tidemark.chain_misfits(bigint, bigint, timestamptz) to tidemark_auditor;

reset role;
