-- Who else may read or write a session, and the second wall: whatever is read on somebody's behalf is read by the role
-- tidemark_reader, for which a row is there only if its session was opened in this transaction, by a function here that
-- looks itself whether that may be. So a statement that forgets its where reads nothing foreign.
do $$
begin
  if not exists (select from pg_roles where rolname = 'tidemark_reader') then
    raise exception 'there is no role tidemark_reader: run db/roles/roles.sql first';
  end if;
end
$$;

set role tidemark_owner;

create table tidemark.session_member (
  member_id   bigint      generated always as identity primary key,
  session_key bigint      not null references tidemark.session,
  principal   text        not null check (char_length(principal) between 1 and 128),
  may_write   boolean     not null,
  added_at    timestamptz not null default clock_timestamp(),
  added_by    text        not null,
  removed_at  timestamptz,
  removed_by  text,
  check ((removed_at is null) = (removed_by is null))
);
create unique index session_member_now on tidemark.session_member (session_key, principal) where removed_at is null;
create index session_member_sessions on tidemark.session_member (principal, session_key) where removed_at is null;
comment on table tidemark.session_member is
  'Who beside its owner may read or write a session, and who could before: a row is never changed but to say that it '
  'has ended. Whoever may do something else from now on has a new row';
comment on index tidemark.session_member_now is 'A principal is a member once';
comment on index tidemark.session_member_sessions is 'The sessions that a principal shares';
comment on column tidemark.session_member.member_id is 'Order in which they were added';
comment on column tidemark.session_member.session_key is 'The session, whose tenant is that of the member';
comment on column tidemark.session_member.principal is 'The member, a principal of the session''s tenant';
comment on column tidemark.session_member.may_write is 'Whether they may say messages and abort turns; if not, only follow';
comment on column tidemark.session_member.added_at is 'Since when';
comment on column tidemark.session_member.added_by is 'Who shared it';
comment on column tidemark.session_member.removed_at is 'Until when, null while they are a member';
comment on column tidemark.session_member.removed_by is 'Who took them out, or changed what they may do; null while they are a member';
comment on column tidemark.session.owner is 'The principal that created it; others may join if they are in session_member';
grant select, insert, update (removed_at, removed_by) on tidemark.session_member to tidemark_app;

create table tidemark.publication (
  session_key  bigint      not null references tidemark.session,
  event_id     uuid        not null,
  cursor       bigint      not null,
  published_at timestamptz not null default clock_timestamp(),
  primary key (session_key, event_id)
);
create index publication_by_time on tidemark.publication (published_at);
comment on table tidemark.publication is
  'Events that a publisher gave an id of its own, so that one that is sent again is not appended again while it is retained';
comment on column tidemark.publication.session_key is 'The session';
comment on column tidemark.publication.event_id is 'The id that the publisher gave';
comment on column tidemark.publication.cursor is 'Where the event is in the session';
comment on column tidemark.publication.published_at is 'When it was appended';
comment on index tidemark.publication_by_time is 'The oldest, which are forgotten';
grant select, insert, update (cursor, published_at) on tidemark.publication to tidemark_app;

create function tidemark.forget_publications(most int) returns bigint
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  with gone as (
    delete from tidemark.publication where ctid = any (array(
      select p.ctid
        from (select ctid, session_key, cursor from tidemark.publication order by published_at limit forget_publications.most) p
        join tidemark.session_head h using (session_key)
       where p.cursor < h.floor_cursor))
    returning 1)
  select count(*) from gone
$$;
comment on function tidemark.forget_publications(int) is
  'Removes the ids of published events that have left the replay window, of the oldest so many; returns how many';
grant execute on function tidemark.forget_publications(int) to tidemark_app;

-- What is open. The setting ends with the transaction. Who may run any SQL as the application could set it; the wall is
-- against statements that were written wrong.
create function tidemark.open_sessions(tenants text[], principals text[], session_ids text[])
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
  'Opens, to tidemark_reader and until the end of the transaction, those of these sessions that the principal asking for '
  'each owns or is a member of. Returns them with their place in the arguments, from 1, and what the principal is there: '
  'owner, write or read';
grant execute on function tidemark.open_sessions(text[], text[], text[]) to tidemark_app;

create function tidemark.open_session(tenant text, session_key bigint) returns void
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
  'Opens one session to tidemark_reader until the end of the transaction, if it is of this tenant: for what is read '
  'together for all who were let into it';
-- To the reader too: a snapshot reads its page while it is the reader already.
grant execute on function tidemark.open_session(text, bigint) to tidemark_app, tidemark_reader;

create function tidemark.open_session_of_tenant(tenant text, session_id text) returns void
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
  'Opens one session to tidemark_reader until the end of the transaction, for a publisher, who may write to any of its tenant';
grant execute on function tidemark.open_session_of_tenant(text, text) to tidemark_app;

create function tidemark.open_sessions_of(tenant text, principal text, most int)
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
  'Opens to tidemark_reader, until the end of the transaction, the sessions that a principal owns or is a member of, at most so '
  'many, those with the newest events. Returns them and what the principal is there: owner, write or read';
grant execute on function tidemark.open_sessions_of(text, text, int) to tidemark_app;

-- The application itself, whose writers serve all tenants at once, sees everything: a policy that is always true costs
-- nothing. The policies of event hold for its partitions when they are read through it, and nobody but the owner may read
-- them otherwise.
do $$
declare
  name text;
  opened text := $setting$nullif(current_setting('tidemark.session_keys', true), '')::bigint[]$setting$;
begin
  foreach name in array array['session', 'session_head', 'session_state', 'session_member', 'message', 'turn', 'event'] loop
    execute format('alter table tidemark.%I enable row level security', name);
    execute format('create policy application on tidemark.%I to tidemark_app using (true) with check (true)', name);
    execute format(
      'comment on policy application on tidemark.%I is %L', name, 'Writers, sweep and purge serve all tenants at once');
    execute format('grant select on tidemark.%I to tidemark_reader', name);
  end loop;
  foreach name in array array['session', 'session_head'] loop
    execute format(
      'create policy opened on tidemark.%I for select to tidemark_reader using (session_key = any ((select %s)::bigint[]))',
      name, opened);
    execute format(
      'comment on policy opened on tidemark.%I is %L', name,
      'What is read on somebody''s behalf: only the sessions that were opened in this transaction');
  end loop;
  -- A condition that no index has: one that had would be taken instead of the conditions that choose the days. One key, so
  -- that it costs next to nothing for each row.
  foreach name in array array['session_state', 'session_member', 'message', 'turn', 'event'] loop
    execute format(
      'create policy opened on tidemark.%I for select to tidemark_reader using (session_key + 0 = '
      '(select case when cardinality(keys) = 1 then keys[1] end from (select %s as keys) as opened))',
      name, opened);
    execute format(
      'comment on policy opened on tidemark.%I is %L', name,
      'What is read on somebody''s behalf: only of the one session that was opened in this transaction');
  end loop;
end
$$;
-- For nobody but the owner, with any policy: an event that is history is replayed to no one.
alter table tidemark.event_history enable row level security;
grant usage on schema tidemark to tidemark_reader;
grant select on tidemark.epoch to tidemark_reader;

insert into tidemark.schema_version (version, description, compatible_from) values (13, 'sharing', 8);

reset role;
