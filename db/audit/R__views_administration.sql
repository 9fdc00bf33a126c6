-- Administrative actions, and the principals that administrators or the identity provider disconnected.
set role tidemark_owner;

create or replace view audit.admin_history as
select admin_id, acted_at, node, principal, tenant, remote_address, user_agent, operation, target, why, details
  from tidemark.admin_record;
comment on view audit.admin_history is 'Administrative actions: who did what to whom, from where and why';

create or replace view audit.revocation_history as
select revocation_id, revoked_at, issued_before, in_force_until, tenant, principal, subject, provider_session, why,
       revoked_by, remote_address, node, logout_issuer, logout_id,
       logout_id is not null as by_provider, in_force_until > clock_timestamp() as in_force
  from tidemark.revocation;
comment on view audit.revocation_history is
  'Revocations: the principals, subjects and logins that an administrator, or a logout at the identity provider, '
  'disconnected';
comment on column audit.revocation_history.by_provider is
  'Whether the identity provider revoked it (back-channel logout); false if an administrator did';
comment on column audit.revocation_history.in_force is
  'Whether credentials issued before issued_before are still refused';
do $$
declare
  attribute record;
begin
  for attribute in
    select attname, col_description(attrelid, attnum) as says,
           case attrelid when 'tidemark.admin_record'::regclass then 'admin_history' else 'revocation_history' end
             as shown
      from pg_attribute
     where attrelid in ('tidemark.admin_record'::regclass, 'tidemark.revocation'::regclass) and attnum > 0
       and not attisdropped
  loop
    execute format('comment on column audit.%I.%I is %L', attribute.shown, attribute.attname, attribute.says);
  end loop;
end
$$;
grant select on audit.admin_history, audit.revocation_history to tidemark_auditor;

reset role;
