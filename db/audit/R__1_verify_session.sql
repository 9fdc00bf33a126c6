-- What an auditor may run and read. The views are a contract: they change only by addition.
set role tidemark_owner;

create schema if not exists audit;
comment on schema audit is 'What an auditor sees; a contract that changes only by addition';
grant usage on schema audit to tidemark_auditor;

-- Over the log and its history. Nothing removes events yet, so a chain that does not begin at cursor 1 does not fit.
create or replace function audit.verify_session(session_id text, tenant text default 'default') returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  head record;
  misfit bigint;
  newest bigint;
  newest_hash bytea;
begin
  select h.session_key, h.head_cursor, h.chain_hash, s.session_id into head
    from tidemark.session s join tidemark.session_head h using (session_key)
   where s.session_id = verify_session.session_id and s.tenant = verify_session.tenant;
  if not found then
    raise exception 'no session % of tenant %', verify_session.session_id, verify_session.tenant
      using errcode = 'no_data_found';
  end if;

  -- Row by row in the order of the log: the n-th event must have cursor n and the hash that follows from the one
  -- before.
  select least(walk.expected, walk.cursor) into misfit
    from (
      select e.cursor, row_number() over log as expected, e.chain_hash,
             tidemark.event_hash(
               lag(e.chain_hash, 1, decode(repeat('00', 32), 'hex')) over log,
               p.epoch_id, head.session_id, e.cursor, e.event_id, e.type, e.source, e.turn_id, e.created_at,
               e.payload::text) as fitting
        from tidemark.event_all e
        left join tidemark.epoch p using (epoch_number)
       where e.session_key = head.session_key
      window log as (order by e.cursor, e.created_at)
    ) walk
   where walk.cursor <> walk.expected
      or walk.cursor > head.head_cursor
      or walk.chain_hash is distinct from walk.fitting
   order by walk.expected
   limit 1;
  if misfit is not null then
    return misfit;
  end if;

  select e.cursor, e.chain_hash into newest, newest_hash
    from tidemark.event_all e
   where e.session_key = head.session_key
   order by e.cursor desc limit 1;
  newest := coalesce(newest, 0);
  if newest < head.head_cursor then
    return newest + 1;
  end if;
  if head.chain_hash <> coalesce(newest_hash, decode(repeat('00', 32), 'hex')) then
    return newest;
  end if;
  return null;
end
$$;
comment on function audit.verify_session(text, text) is
  'The first cursor at which the log of a session does not fit its hash chain (changed, moved, missing or added '
  'event), or null; the head when only its own hash differs, 0 if it has no events';
grant execute on function audit.verify_session(text, text) to tidemark_auditor;

reset role;
