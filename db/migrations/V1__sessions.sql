-- The schema, its version, and what a session is: its row, its position, its state.
set role tidemark_owner;

create schema tidemark;
comment on schema tidemark is 'Sessions, their event log, and what was done with it';
grant usage on schema tidemark to tidemark_app;

-- A function of the owner is for those it is granted to, not for everybody.
alter default privileges revoke execute on functions from public;

create table tidemark.schema_version (
  version     int         primary key,
  description text        not null,
  applied_at  timestamptz not null default clock_timestamp()
);
comment on table tidemark.schema_version is
  'One row per migration; the application is built for one highest version and is not ready on another';
comment on column tidemark.schema_version.version is 'Number of the migration file, V<version>__….sql';
comment on column tidemark.schema_version.description is 'What the migration brought';
comment on column tidemark.schema_version.applied_at is 'When it was applied';
grant select on tidemark.schema_version to tidemark_app;

create table tidemark.session (
  session_key bigint      generated always as identity primary key,
  session_id  text        not null check (char_length(session_id) between 1 and 128),
  tenant      text        not null default 'default',
  agent_id    text        not null,
  owner       text        not null,
  created_at  timestamptz not null default clock_timestamp(),
  closed_at   timestamptz,
  unique (tenant, session_id)
);
create index session_by_owner on tidemark.session (tenant, owner, session_key);
comment on table tidemark.session is
  'A session: a conversation between its owner and one agent, with one line of events';
comment on column tidemark.session.session_key is 'Number used inside the database only';
comment on column tidemark.session.session_id is
  'The name that clients use, 1 to 128 characters, unique within a tenant';
comment on column tidemark.session.tenant is 'The tenant it belongs to';
comment on column tidemark.session.agent_id is 'The agent that answers in it';
comment on column tidemark.session.owner is 'The principal that created it; nobody else may join';
comment on column tidemark.session.created_at is 'When it was created';
comment on column tidemark.session.closed_at is 'When it was closed, null while it is open';
grant select, insert, update (closed_at) on tidemark.session to tidemark_app;

-- Updated by every append: narrow, with room on the page, and no index but the key, so that every update is HOT.
create table tidemark.session_head (
  session_key   bigint      primary key references tidemark.session,
  head_cursor   bigint      not null default 0,
  floor_cursor  bigint      not null default 1,
  chain_hash    bytea       not null default decode(repeat('00', 32), 'hex') check (octet_length(chain_hash) = 32),
  last_event_at timestamptz,
  constraint floor_within_log check (1 <= floor_cursor and floor_cursor <= head_cursor + 1)
) with (fillfactor = 50);
comment on table tidemark.session_head is
  'The position of a session; its row lock makes the order of cursors the order of commits (R1)';
comment on column tidemark.session_head.session_key is 'The session';
comment on column tidemark.session_head.head_cursor is 'Cursor of the newest event, 0 before the first';
comment on column tidemark.session_head.floor_cursor is
  'Oldest cursor that can be replayed, head_cursor + 1 when none can; never falls (R7)';
comment on column tidemark.session_head.chain_hash is 'chain_hash of the newest event, 32 zero bytes before the first';
comment on column tidemark.session_head.last_event_at is
  'created_at of the newest event, null before the first; the next event is never earlier';
grant select, insert, update (head_cursor, chain_hash, last_event_at) on tidemark.session_head to tidemark_app;

create table tidemark.session_state (
  session_key  bigint      primary key references tidemark.session,
  state        jsonb       not null default '{}',
  state_cursor bigint      not null default 0,
  updated_at   timestamptz not null default clock_timestamp()
) with (fillfactor = 70);
comment on table tidemark.session_state is 'The state of a session: its state_update events merged in order (RFC 7396)';
comment on column tidemark.session_state.session_key is 'The session';
comment on column tidemark.session_state.state is 'The state';
comment on column tidemark.session_state.state_cursor is 'The cursor up to which state reflects the events';
comment on column tidemark.session_state.updated_at is 'When the state last changed';
grant select, insert, update on tidemark.session_state to tidemark_app;

insert into tidemark.schema_version (version, description) values (1, 'sessions');

reset role;
