-- Administrative actions, and the principals that administrators or the identity provider disconnected.
set role tidemark_owner;

create or replace view audit.admin_history as
select admin_id, acted_at, node, principal, tenant, remote_address, user_agent, operation, target, why, details
  from tidemark.admin_record;
comment on view audit.admin_history is 'Administrative actions: who did what to whom, from where and why';
comment on column audit.admin_history.admin_id is 'Order of the actions';
comment on column audit.admin_history.acted_at is 'Time of the action, by the clock of the database';
comment on column audit.admin_history.node is 'Node that took the request';
comment on column audit.admin_history.principal is
  'Administrator, or the owner of a session who raised its floor; null if it was the identity provider';
comment on column audit.admin_history.tenant is 'Tenant of the principal; null if it was the identity provider';
comment on column audit.admin_history.remote_address is 'Network address that the request came from';
comment on column audit.admin_history.user_agent is
  'Name that the client gave itself, at most 200 characters; null if it gave none';
comment on column audit.admin_history.operation is 'revoke, backchannel_logout, drain or raise_floor';
comment on column audit.admin_history.target is
  'Object of the action: a principal, a subject or login of the identity provider, a node, or a session';
comment on column audit.admin_history.why is 'Reason that the principal gave; null if none';
comment on column audit.admin_history.details is
  'Further facts as json: revocation_id and kind of a revocation; null for other actions';

create or replace view audit.revocation_history as
select revocation_id, revoked_at, issued_before, in_force_until, tenant, principal, subject, provider_session, why,
       revoked_by, remote_address, node, logout_issuer, logout_id,
       logout_id is not null as by_provider, in_force_until > clock_timestamp() as in_force
  from tidemark.revocation;
comment on view audit.revocation_history is
  'Revocations: the principals, subjects and logins that an administrator, or a logout at the identity provider, '
  'disconnected';
comment on column audit.revocation_history.revocation_id is
  'Order of the commits of all nodes: a node that has read one number has missed none before it';
comment on column audit.revocation_history.revoked_at is 'Time of the revocation, by the clock of the database';
comment on column audit.revocation_history.issued_before is
  'Credentials issued before this time are refused; by the clock of the database, or that of the identity provider '
  'where its logout request is later';
comment on column audit.revocation_history.in_force_until is
  'End of the revocation; longer than any credential issued before it can live (tidemark.access.revocation-millis)';
comment on column audit.revocation_history.tenant is
  'Tenant in which it holds; null for a logout at the identity provider, whose logins have no tenant';
comment on column audit.revocation_history.principal is
  'Principal that was revoked; null if it was a subject or a login';
comment on column audit.revocation_history.subject is
  'Subject of the identity provider that was revoked; null if it was a principal or a login';
comment on column audit.revocation_history.provider_session is
  'Login at the identity provider that was revoked, with everything derived from it; null if it was a principal or '
  'a subject';
comment on column audit.revocation_history.why is 'Reason that the administrator gave; null if none';
comment on column audit.revocation_history.revoked_by is
  'Administrator that revoked; null if it was the identity provider';
comment on column audit.revocation_history.remote_address is 'Network address that the request came from';
comment on column audit.revocation_history.node is 'Node that took the request';
comment on column audit.revocation_history.logout_issuer is
  'Identity provider that sent the back-channel logout; null if an administrator revoked';
comment on column audit.revocation_history.logout_id is
  'Id of that logout request (jti), which is accepted once on all nodes; null if an administrator revoked. No '
  'credential';
comment on column audit.revocation_history.by_provider is
  'Whether the identity provider revoked it (back-channel logout); false if an administrator did';
comment on column audit.revocation_history.in_force is
  'Whether credentials issued before issued_before are still refused';
grant select on audit.admin_history, audit.revocation_history to tidemark_auditor;

reset role;
