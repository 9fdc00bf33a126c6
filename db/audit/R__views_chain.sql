-- The chain of one session: whether its log fits, and its head, to be kept elsewhere.
set role tidemark_owner;

create or replace function audit.verify_session(session_id text, tenant text default 'default') returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  return first_misfit(session_key_of(session_id, tenant));
end
$$;
comment on function audit.verify_session(text, text) is
  'Returns the first cursor at which the log of a session does not fit its hash chain (an event was changed, moved, '
  'removed or added), or null. If only the hash in the head differs, that is the head, 0 if there are no events. Each '
  'unbroken run of days before the chain anchor is verified by itself. Warns of misfits that somebody acknowledged, '
  'and does not return them';
grant execute on function audit.verify_session(text, text) to tidemark_auditor;

create or replace function audit.chain_head(session_id text, tenant text default 'default')
returns setof tidemark.chain_position
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
  'Returns the head of the chain of a session, to be kept outside the database: cursor of the newest event (0 before '
  'the first), its hash in hexadecimal, its epoch (null if the event is not here any more) and its time (null before '
  'the first)';
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
  misfit := first_misfit(key);
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
    raise exception 'event % has left for good, and its hash with it; the oldest hash that remains is that of event %',
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
  'Does the same as verify_session, and checks that the chain leads through a head that was kept outside; so it also '
  'finds a log that was changed with all its hashes computed anew. Returns the first cursor that does not fit, or '
  'null. The kept head does not fit if the hash there is another one; a log that ends before it does not fit at head '
  '+ 1. Raises no_data_found if the event of the kept head has left for good';
grant execute on function audit.verify_since(text, bigint, text, text) to tidemark_auditor;

reset role;
