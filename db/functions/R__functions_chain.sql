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
create or replace function tidemark.all_misfits(first_key bigint, last_key bigint, since timestamptz default null)
returns table (session_key bigint, cursor bigint, kind text, evidence bytea)
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
             all_misfits.since is null or h.last_event_at >= all_misfits.since as wanted,
             coalesce(a.cursor, 0) as anchor_cursor,
             coalesce(a.chain_hash, decode(repeat('00', 32), 'hex')) as anchor_hash
        from tidemark.session_head h
        join tidemark.session s using (session_key)
        left join tidemark.chain_anchor a using (session_key)
       where h.session_key between all_misfits.first_key and all_misfits.last_key
    ), walk as (
      select e.session_key, e.cursor, e.event_id, e.epoch_number, e.type, e.source, e.turn_id, e.created_at, e.payload,
             e.chain_hash, lag(e.cursor, 1, 0::bigint) over log as before, lag(e.created_at) over log as before_at,
             lag(e.chain_hash, 1, decode(repeat('00', 32), 'hex')) over log as before_hash
        from tidemark.event_all e
       where e.session_key between all_misfits.first_key and all_misfits.last_key
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
       where h.wanted or h.session_key is null and all_misfits.since is null
    ), judged as (
      select w.*, p.epoch_id, w.cursor = w.head_cursor as newest,
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
    )
    -- The evidence is over the event as it is found, the hash before it, and the end of the chain where that is in
    -- question. So another change in the same place is another finding.
    select t.session_key, least(t.cursor, t.expected), t.kind,
           sha256(coalesce(t.previous, '') || case when t.kind = 'head' then t.head_hash else '' end
             || tidemark.event_hash(t.chain_hash, coalesce(t.epoch_id, '00000000-0000-0000-0000-000000000000'),
                  coalesce(t.session_id, ''), t.cursor, t.event_id, t.type, t.source, t.turn_id, t.created_at,
                  t.payload::text))
      from told t
     where t.kind is not null
    union all
    -- Where the newest events are missing, the log just ends early.
    select h.session_key, 1 + ends.cursor, 'missing',
           sha256(convert_to(ends.cursor || ' to ' || h.head_cursor, 'UTF8') || h.chain_hash)
      from head h
     cross join lateral (
       select greatest(h.anchor_cursor,
                       (select max(e.cursor) from tidemark.event_all e where e.session_key = h.session_key)) as cursor
     ) ends
     where h.wanted and h.head_cursor > h.anchor_cursor
       and h.session_key not in (select t.session_key from told t where t.newest) and ends.cursor < h.head_cursor
    union all
    select h.session_key, h.head_cursor, 'head', sha256(h.chain_hash || h.anchor_hash)
      from head h
     where h.wanted and h.head_cursor <= h.anchor_cursor
       and (h.head_cursor < h.anchor_cursor or h.chain_hash <> h.anchor_hash);
end
$$;
comment on function tidemark.all_misfits(bigint, bigint, timestamptz) is
  'Returns each cursor at which the log of a session with a key in the range (and an event since then) does not fit '
  'its chain, how, and the SHA-256 over what was found there. Each unbroken run of days before the anchor of a session '
  'is verified by itself. Events without a session count as added, unless since is given';

create or replace function tidemark.chain_findings(first_key bigint, last_key bigint, since timestamptz default null)
returns table (
  session_key bigint, cursor bigint, kind text, evidence bytea, acknowledgement_id bigint, others bigint)
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select distinct on (m.session_key) m.session_key, m.cursor, m.kind, m.evidence, a.acknowledgement_id,
         greatest(count(*) filter (where a.acknowledgement_id is null) over (partition by m.session_key) - 1, 0)
    from all_misfits(chain_findings.first_key, chain_findings.last_key, chain_findings.since) m
    left join tidemark.chain_acknowledgement a using (session_key, cursor, kind, evidence)
   order by m.session_key, a.acknowledgement_id is not null, m.cursor
$$;
comment on function tidemark.chain_findings(bigint, bigint, timestamptz) is
  'Returns one misfit for each session that has any: the first that nobody has acknowledged, or else the first with '
  'its acknowledgement; others is the number of further ones that nobody has acknowledged';

create or replace function tidemark.chain_misfits(first_key bigint, last_key bigint, since timestamptz default null)
returns table (session_key bigint, cursor bigint, kind text)
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select f.session_key, f.cursor, f.kind
    from chain_findings(chain_misfits.first_key, chain_misfits.last_key, chain_misfits.since) f
   where f.acknowledgement_id is null
$$;
comment on function tidemark.chain_misfits(bigint, bigint, timestamptz) is
  'Returns the first misfit that nobody has acknowledged, for each session that has one: see all_misfits';
-- A function in a view runs as the role that reads the view, so the auditor needs this right. Without usage of the
-- schema it cannot call the function directly.
grant execute on function tidemark.chain_misfits(bigint, bigint, timestamptz) to tidemark_auditor;

create or replace function tidemark.first_misfit(session_key bigint) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  misfit record;
  first_one bigint;
begin
  for misfit in
    select m.cursor, m.kind, a.acknowledged_by, a.reason
      from all_misfits(first_misfit.session_key, first_misfit.session_key) m
      left join tidemark.chain_acknowledgement a using (session_key, cursor, kind, evidence)
     order by m.cursor
  loop
    if misfit.acknowledged_by is null then
      first_one := coalesce(first_one, misfit.cursor);
    else
      raise warning '% at cursor %, acknowledged by %: %', misfit.kind, misfit.cursor, misfit.acknowledged_by,
        misfit.reason;
    end if;
  end loop;
  return first_one;
end
$$;
comment on function tidemark.first_misfit(bigint) is
  'Returns the first cursor at which the log of a session does not fit its chain and that nobody has acknowledged, or '
  'null; warns of each acknowledged one';

reset role;
