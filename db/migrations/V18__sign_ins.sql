-- Who signed in, and who read by REST. Both are counted by the node and written at intervals, like refusals.
set role tidemark_owner;

create table tidemark.sign_in_record (
  sign_in_id       uuid        primary key,
  first_at         timestamptz not null,
  last_at          timestamptz not null,
  times            bigint      not null,
  node             text        not null,
  principal        text        not null,
  tenant           text        not null,
  how              text        not null,
  operation        text        not null,
  remote_address   text        not null,
  user_agent       text,
  subject          text,
  provider_session text,
  recorded_at      timestamptz not null default clock_timestamp()
);
create index sign_in_by_principal on tidemark.sign_in_record (principal, last_at);
create index sign_in_by_time on tidemark.sign_in_record (last_at);
comment on table tidemark.sign_in_record is
  'Successful authentications; the same within one interval are one row. Never a credential';
comment on column tidemark.sign_in_record.sign_in_id is 'Id that the node gave, so that nothing is counted twice';
comment on column tidemark.sign_in_record.first_at is
  'Time of the first, by the clock of the database, to within a round trip';
comment on column tidemark.sign_in_record.last_at is
  'Time of the last: within the same interval, or while the database was away';
comment on column tidemark.sign_in_record.times is 'Number of times';
comment on column tidemark.sign_in_record.node is 'Node that let the caller in';
comment on column tidemark.sign_in_record.principal is 'Principal of the caller';
comment on column tidemark.sign_in_record.tenant is 'Tenant of the principal';
comment on column tidemark.sign_in_record.how is
  'form, oidc: the first request of a browser after its login, here or at the identity provider; cookie: a later one; '
  'basic: name and password; bearer: token; ticket';
comment on column tidemark.sign_in_record.operation is
  'handshake; request (REST); auth: a fresh token on an open socket';
comment on column tidemark.sign_in_record.remote_address is 'Network address of the client';
comment on column tidemark.sign_in_record.user_agent is 'Name that the client gave itself; null if it gave none';
comment on column tidemark.sign_in_record.subject is
  'Permanent id of the caller at the identity provider; null without a provider';
comment on column tidemark.sign_in_record.provider_session is
  'Login at the identity provider; null without a provider, and if it did not name it';
comment on column tidemark.sign_in_record.recorded_at is 'Time at which the row was written';
grant select, insert on tidemark.sign_in_record to tidemark_app;

create table tidemark.rest_reading_record (
  reading_id     uuid        primary key,
  first_at       timestamptz not null,
  last_at        timestamptz not null,
  times          bigint      not null,
  node           text        not null,
  principal      text        not null,
  tenant         text        not null,
  path           text        not null,
  session_id     text,
  remote_address text        not null,
  user_agent     text,
  recorded_at    timestamptz not null default clock_timestamp()
);
create index rest_reading_by_principal on tidemark.rest_reading_record (principal, last_at);
create index rest_reading_by_session on tidemark.rest_reading_record (session_id, last_at);
create index rest_reading_by_time on tidemark.rest_reading_record (last_at);
comment on table tidemark.rest_reading_record is
  'Reads by REST that were granted; the same within one interval are one row. No path shows an event or its content';
comment on column tidemark.rest_reading_record.reading_id is 'Id that the node gave, so that nothing is counted twice';
comment on column tidemark.rest_reading_record.first_at is
  'Time of the first, by the clock of the database, to within a round trip';
comment on column tidemark.rest_reading_record.last_at is
  'Time of the last: within the same interval, or while the database was away';
comment on column tidemark.rest_reading_record.times is 'Number of times';
comment on column tidemark.rest_reading_record.node is 'Node that responded';
comment on column tidemark.rest_reading_record.principal is 'Principal of the caller';
comment on column tidemark.rest_reading_record.tenant is 'Tenant of the principal';
comment on column tidemark.rest_reading_record.path is
  'Path below /tidemark/api with the names of its parameters: /sessions, /sessions/{session_id}/members, …';
comment on column tidemark.rest_reading_record.session_id is
  'Name of the session that the path names; null if it names none';
comment on column tidemark.rest_reading_record.remote_address is 'Network address of the client';
comment on column tidemark.rest_reading_record.user_agent is 'Name that the client gave itself; null if it gave none';
comment on column tidemark.rest_reading_record.recorded_at is 'Time at which the row was written';
grant select, insert on tidemark.rest_reading_record to tidemark_app;

alter table tidemark.node_record
  add column access_until timestamptz,
  add column access_lost  bigint not null default 0;
comment on column tidemark.node_record.access_until is
  'Time up to which the sign-ins and the reads by REST of this node are recorded; null if that was never said';
comment on column tidemark.node_record.access_lost is
  'Number of sign-ins and reads by REST that were too many to tell apart, and are not recorded';
grant update (access_until, access_lost) on tidemark.node_record to tidemark_app;

insert into tidemark.schema_version (version, description, compatible_from) values (18, 'sign-ins', 8);

reset role;
