-- Sessions by name, and the sessions that are open to tidemark_reader: a setting that ends with the transaction. Code
-- that can run any SQL as the application could set it; the wall guards against wrong statements.
set role tidemark_owner;

-- Callers name a session; within the schema it is known by its key.
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
comment on function tidemark.session_key_of(text, text) is
  'Returns the key of a session; raises no_data_found if there is none';

create or replace function tidemark.open_sessions(tenants text[], principals text[], session_ids text[])
returns table (place bigint, session_key bigint, agent_id text, owner text, access text)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  keys bigint[] := '{}';
begin
  for place, session_key, agent_id, owner, access in
    select asked.place, s.session_key, s.agent_id, s.owner,
           case when s.owner = asked.principal then 'owner' when m.may_write then 'write' else 'read' end
      from unnest(tenants, principals, session_ids) with ordinality as asked (tenant, principal, session_id, place)
      join tidemark.session s on s.tenant = asked.tenant and s.session_id = asked.session_id
      left join tidemark.session_member m
        on m.session_key = s.session_key and m.principal = asked.principal and m.removed_at is null
     where s.owner = asked.principal or m.member_id is not null
  loop
    keys := keys || session_key;
    return next;
  end loop;
  perform set_config('tidemark.session_keys', keys::text, true);
end
$$;
comment on function tidemark.open_sessions(text[], text[], text[]) is
  'Opens to tidemark_reader, until the end of the transaction, those of the given sessions that the principal given '
  'with each owns or is a member of. Returns them with their place in the arguments, from 1, and the access of the '
  'principal: owner, write or read';
grant execute on function tidemark.open_sessions(text[], text[], text[]) to tidemark_app;

create or replace function tidemark.open_session(tenant text, session_key bigint) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  perform set_config(
    'tidemark.session_keys',
    case when exists (
      select from tidemark.session s
       where s.session_key = open_session.session_key and s.tenant = open_session.tenant)
      then '{' || open_session.session_key || '}' else '{}' end,
    true);
end
$$;
comment on function tidemark.open_session(text, bigint) is
  'Opens one session to tidemark_reader until the end of the transaction, if it belongs to the tenant; for reads on '
  'behalf of all clients that were let into it';
-- Granted to tidemark_reader too: a snapshot already has that role when it reads its page.
grant execute on function tidemark.open_session(text, bigint) to tidemark_app, tidemark_reader;

create or replace function tidemark.open_session_of_tenant(tenant text, session_id text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  perform set_config(
    'tidemark.session_keys',
    array(
      select s.session_key from tidemark.session s
       where s.tenant = open_session_of_tenant.tenant and s.session_id = open_session_of_tenant.session_id)::text,
    true);
end
$$;
comment on function tidemark.open_session_of_tenant(text, text) is
  'Opens one session to tidemark_reader until the end of the transaction; for a publisher, who may write to any '
  'session of its tenant';
grant execute on function tidemark.open_session_of_tenant(text, text) to tidemark_app;

create or replace function tidemark.open_sessions_of(tenant text, principal text, most int)
returns table (session_key bigint, access text)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  keys bigint[] := '{}';
begin
  for session_key, access in
    select theirs.session_key, theirs.access
      from (
        select s.session_key, s.created_at, 'owner' as access
          from tidemark.session s
         where s.tenant = open_sessions_of.tenant and s.owner = open_sessions_of.principal
        union all
        select s.session_key, s.created_at, case when m.may_write then 'write' else 'read' end
          from tidemark.session_member m
          join tidemark.session s using (session_key)
         where m.principal = open_sessions_of.principal and m.removed_at is null
           and s.tenant = open_sessions_of.tenant and s.owner <> open_sessions_of.principal
      ) theirs
      join tidemark.session_head h using (session_key)
     order by coalesce(h.last_event_at, theirs.created_at) desc, theirs.session_key desc
     limit open_sessions_of.most
  loop
    keys := keys || session_key;
    return next;
  end loop;
  perform set_config('tidemark.session_keys', keys::text, true);
end
$$;
comment on function tidemark.open_sessions_of(text, text, int) is
  'Opens to tidemark_reader, until the end of the transaction, the sessions that a principal owns or is a member of: '
  'those with the newest events, at most the given number. Returns them with the access of the principal: owner, '
  'write or read';
grant execute on function tidemark.open_sessions_of(text, text, int) to tidemark_app;

reset role;
