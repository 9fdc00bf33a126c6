-- Who is to be disconnected, on all nodes, and what administrators did. Both are insert only: neither is taken back by a
-- later row, and a revocation ends by its own time.
set role tidemark_owner;

create table tidemark.revocation (
  revocation_id    bigint      generated always as identity primary key,
  revoked_at       timestamptz not null default clock_timestamp(),
  issued_before    timestamptz not null,
  in_force_until   timestamptz not null,
  tenant           text,
  principal        text,
  subject          text,
  provider_session text,
  why              text,
  revoked_by       text,
  remote_address   text        not null,
  node             text        not null,
  logout_issuer    text,
  logout_id        text,
  check (num_nonnulls(principal, subject, provider_session) = 1),
  check (principal is null or tenant is not null),
  check ((logout_issuer is null) = (logout_id is null)),
  unique (logout_issuer, logout_id)
);
create index revocation_by_end on tidemark.revocation (in_force_until);
comment on table tidemark.revocation is
  'Whose connections and login sessions end, and whose older credentials are refused, on every node until in_force_until';
comment on column tidemark.revocation.revocation_id is
  'Order in which they were committed, whatever node wrote them: each is written under an advisory lock, so that who has '
  'read up to a number has missed none';
comment on column tidemark.revocation.revoked_at is 'When';
comment on column tidemark.revocation.issued_before is
  'Credentials that were issued before this time are refused, later ones are welcome; by the clock of the database, or '
  'that of the identity provider where its own logout request is later';
comment on column tidemark.revocation.in_force_until is
  'Until when it is obeyed: longer than any credential from before it can live (tidemark.access.revocation-millis)';
comment on column tidemark.revocation.tenant is
  'The tenant in which it holds; null if the identity provider said so, whose sessions and subjects are of no tenant';
comment on column tidemark.revocation.principal is 'Whose, by the name of the caller; else null';
comment on column tidemark.revocation.subject is 'Whose, by what the identity provider calls them for good; else null';
comment on column tidemark.revocation.provider_session is 'All that came of this login at the identity provider; else null';
comment on column tidemark.revocation.why is 'What the administrator gave as reason';
comment on column tidemark.revocation.revoked_by is 'The administrator; null if it was the identity provider';
comment on column tidemark.revocation.remote_address is 'From where';
comment on column tidemark.revocation.node is 'The node that took it';
comment on column tidemark.revocation.logout_issuer is 'The identity provider that asked for it in a back-channel logout; else null';
comment on column tidemark.revocation.logout_id is
  'The name of that logout request (jti), which is taken once, on whatever node; else null. Names no credential';
grant select, insert on tidemark.revocation to tidemark_app;

create table tidemark.admin_record (
  admin_id       bigint      generated always as identity primary key,
  acted_at       timestamptz not null default clock_timestamp(),
  node           text        not null,
  principal      text,
  tenant         text,
  remote_address text        not null,
  user_agent     text,
  operation      text        not null,
  target         text        not null,
  why            text,
  details        json        not null default '{}'
);
create index admin_by_principal on tidemark.admin_record (principal, acted_at);
create index admin_by_target on tidemark.admin_record (target, acted_at);
create index admin_by_time on tidemark.admin_record (acted_at);
comment on table tidemark.admin_record is
  'What administrators did, written with the act or before it: an act that cannot be recorded is not done. Never a token';
comment on column tidemark.admin_record.admin_id is 'Order of the acts';
comment on column tidemark.admin_record.acted_at is 'When';
comment on column tidemark.admin_record.node is 'The node that was asked';
comment on column tidemark.admin_record.principal is 'Who; null if it was the identity provider';
comment on column tidemark.admin_record.tenant is 'The tenant of who; null if it was the identity provider';
comment on column tidemark.admin_record.remote_address is 'From where';
comment on column tidemark.admin_record.user_agent is 'What the client called itself, at most 200 characters';
comment on column tidemark.admin_record.operation is 'What: revoke, backchannel_logout, drain, …';
comment on column tidemark.admin_record.target is
  'Whom or what it was about: a principal, a subject, a session of the identity provider, a node, …';
comment on column tidemark.admin_record.why is 'The reason that was given';
comment on column tidemark.admin_record.details is 'What else belongs to it, as the operation has it';
grant select, insert on tidemark.admin_record to tidemark_app;

-- As with joins: who has read the revocations up to a number of a lost line must not take the first ones of the new line
-- for those that it knows.
create or replace function tidemark.leave_session_keys_of_the_lost_line() returns void
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select setval(keys, nextval(keys) + 4294967296)
    from (select pg_get_serial_sequence('tidemark.session', 'session_key')::regclass
          union all
          select pg_get_serial_sequence('tidemark.join_record', 'join_id')::regclass
          union all
          select pg_get_serial_sequence('tidemark.revocation', 'revocation_id')::regclass) sequence (keys)
$$;
comment on function tidemark.leave_session_keys_of_the_lost_line() is
  'Moves the sequences of session keys, joins and revocations past any number that a lost line of history may have given out';

create function tidemark.forget_admin_records(older_than interval, most int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  until timestamptz := clock_timestamp() - forget_admin_records.older_than;
  holds tidemark.hold_in_force[];
  done bigint := 0;
  rows bigint;
begin
  if forget_admin_records.older_than < interval '1 day' or forget_admin_records.most < 1 then
    raise exception 'records are kept for a day at least' using errcode = 'invalid_parameter_value';
  end if;
  perform read_holds_committed();
  if not pg_try_advisory_xact_lock(29801, 11) or not pg_try_advisory_xact_lock_shared(29801, 4) then
    return 0;
  end if;
  holds := array(select h from tidemark.hold_in_force h);
  delete from tidemark.revocation where ctid = any (array(
    select r.ctid
      from tidemark.revocation r
     where r.revoked_at < until and r.in_force_until < clock_timestamp() and not is_held(holds, r.tenant, null)
     order by r.revoked_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  delete from tidemark.admin_record where ctid = any (array(
    select a.ctid
      from tidemark.admin_record a
     where a.acted_at < until and not is_held(holds, a.tenant, null)
     order by a.acted_at limit most));
  get diagnostics rows = row_count;
  return done + rows;
end
$$;
comment on function tidemark.forget_admin_records(interval, int) is
  'Removes administrative acts and revocations that are older than this and under no hold of their tenant, at most so '
  'many of each, and no revocation that is in force; returns how many. 0 while another node is at it';
grant execute on function tidemark.forget_admin_records(interval, int) to tidemark_app;

insert into tidemark.schema_version (version, description, compatible_from) values (12, 'revocations', 8);

reset role;
