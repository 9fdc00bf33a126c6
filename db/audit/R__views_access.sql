-- Who signed in, who read by REST, and how complete the records of each node are.
set role tidemark_owner;

create or replace view audit.sign_in_history as
select sign_in_id, first_at, last_at, times, principal, tenant, how, operation,
       nullif(remote_address, 'several') as remote_address, user_agent, subject, provider_session, node
  from tidemark.sign_in_record;
comment on view audit.sign_in_history is
  'Sign-ins: who was let in, how and from where; the same within one interval are one row. Those that were not let in '
  'are in audit.refusal_history. See audit.node_history for how complete it is';
comment on column audit.sign_in_history.sign_in_id is 'Id that the node gave, so that nothing is counted twice';
comment on column audit.sign_in_history.first_at is
  'Time of the first, by the clock of the database, to within a round trip';
comment on column audit.sign_in_history.last_at is
  'Time of the last: within the same interval, or while the database was away';
comment on column audit.sign_in_history.times is 'Number of times';
comment on column audit.sign_in_history.principal is 'Principal of the caller';
comment on column audit.sign_in_history.tenant is 'Tenant of the principal';
comment on column audit.sign_in_history.how is
  'form: a browser that had logged in with a name and a password; oidc: one that had logged in at the identity '
  'provider; cookie: a later request of such a login; basic: name and password with the request; bearer: token; ticket';
comment on column audit.sign_in_history.operation is
  'handshake (a socket); request (REST); auth: a fresh token on an open socket';
comment on column audit.sign_in_history.remote_address is
  'Network address of the client; null where the principal had more different sign-ins than a node tells apart: the '
  'row counts the rest of them';
comment on column audit.sign_in_history.user_agent is 'Name that the client gave itself; null if it gave none';
comment on column audit.sign_in_history.subject is
  'Permanent id of the caller at the identity provider; null without a provider';
comment on column audit.sign_in_history.provider_session is
  'Login at the identity provider; null without a provider, and if it did not name it';
comment on column audit.sign_in_history.node is 'Node that let the caller in';
grant select on audit.sign_in_history to tidemark_auditor;

create or replace view audit.rest_reading_history as
select reading_id, first_at, last_at, times, principal, tenant, path, session_id,
       nullif(remote_address, 'several') as remote_address, user_agent, node
  from tidemark.rest_reading_record;
comment on view audit.rest_reading_history is
  'Reads by REST: who was sent what kind of list, and of which session; the same within one interval are one row. No '
  'path shows an event or its content, so events that were sent are in audit.reading_history alone. See '
  'audit.node_history for how complete it is';
comment on column audit.rest_reading_history.reading_id is 'Id that the node gave, so that nothing is counted twice';
comment on column audit.rest_reading_history.first_at is
  'Time of the first, by the clock of the database, to within a round trip';
comment on column audit.rest_reading_history.last_at is
  'Time of the last: within the same interval, or while the database was away';
comment on column audit.rest_reading_history.times is 'Number of times';
comment on column audit.rest_reading_history.principal is 'Principal of the caller';
comment on column audit.rest_reading_history.tenant is 'Tenant of the principal';
comment on column audit.rest_reading_history.path is
  'Path below /tidemark/api with the names of its parameters: /sessions (the sessions that are the principal''s own or '
  'shared), /sessions/{session_id}/members, /connections (of the tenant), …';
comment on column audit.rest_reading_history.session_id is
  'Name of the session that the path names; null if it names none';
comment on column audit.rest_reading_history.remote_address is
  'Network address of the client; null where the principal had more different reads than a node tells apart: the row '
  'counts the rest of them';
comment on column audit.rest_reading_history.user_agent is 'Name that the client gave itself; null if it gave none';
comment on column audit.rest_reading_history.node is 'Node that responded';
grant select on audit.rest_reading_history to tidemark_auditor;

create or replace view audit.node_history as
select node, started_at, stopped_at, seen_at as deliveries_until, leaves_lost, access_until, access_lost,
       regexp_replace(node, '/[0-9a-f]{8}$', '') as name, greatest(seen_at, stopped_at, access_until) as seen_until,
       version, schema_version, java_version, server_version, settings
  from tidemark.node_record;
comment on view audit.node_history is
  'Nodes, one row for each start: version and settings, from when until when, and how complete their records are. What '
  'a node that died had not written is not recorded: nothing is known of it after these times';
comment on column audit.node_history.node is 'Node, as its name and a part that is new at each start';
comment on column audit.node_history.started_at is
  'Time at which it became ready for the first time, by the clock of the database';
comment on column audit.node_history.stopped_at is
  'Time at which it stopped in good order; null while it runs, and if it died';
comment on column audit.node_history.deliveries_until is
  'Time up to which joins, progress, resyncs and leaves are recorded';
comment on column audit.node_history.leaves_lost is 'Number of leaves that could not be recorded';
comment on column audit.node_history.access_until is
  'Time up to which sign-ins and reads by REST are recorded; null if it never said so: an earlier version, or it died '
  'at once';
comment on column audit.node_history.access_lost is
  'Number of sign-ins and reads by REST that were too many to tell apart, and are not recorded';
comment on column audit.node_history.name is 'Name of the node (tidemark.node.name), the same after a restart';
comment on column audit.node_history.seen_until is
  'Latest sign of life, by the clock of the database; a running node gives one every '
  'tidemark.access.record-every-millis';
comment on column audit.node_history.version is
  'Version of the application; null if it was one before schema 17, as in the next four columns';
comment on column audit.node_history.schema_version is
  'Version of the schema that the application was built for; the database may have had a newer one';
comment on column audit.node_history.java_version is 'Version of the Java runtime';
comment on column audit.node_history.server_version is 'Name and version of the application server';
comment on column audit.node_history.settings is
  'Settings that differ from their defaults, by key, as json; they include no secrets';
grant select on audit.node_history to tidemark_auditor;

reset role;
