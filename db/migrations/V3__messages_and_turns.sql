-- What a snapshot needs and no purge takes: messages; and the work that they cause: turns.
set role tidemark_owner;

create table tidemark.message (
  session_key bigint      not null references tidemark.session,
  cursor      bigint      not null,
  message_id  text        not null check (char_length(message_id) between 1 and 128),
  sender      text        not null,
  role        text        not null check (role in ('user', 'agent')),
  content     json        not null,
  metadata    json        not null default '{}',
  created_at  timestamptz not null default clock_timestamp(),
  turn_id     uuid,
  primary key (session_key, cursor),
  unique (session_key, sender, message_id)
);
comment on table tidemark.message is 'What was said, by either side; kept when its event falls below the floor';
comment on column tidemark.message.session_key is 'The session';
comment on column tidemark.message.cursor is 'Cursor of its event, of type message or response';
comment on column tidemark.message.message_id is 'Id given by the sender; a repeat is taken once (R10)';
comment on column tidemark.message.sender is 'The principal, or the id of the agent';
comment on column tidemark.message.role is 'user or agent';
comment on column tidemark.message.content is 'Text (a JSON string) or an object';
comment on column tidemark.message.metadata is 'What the sender gave with it for the agent';
comment on column tidemark.message.created_at is 'created_at of its event';
comment on column tidemark.message.turn_id is 'The turn that it began, or that it answers';
grant select, insert on tidemark.message to tidemark_app;

create sequence tidemark.turn_number as bigint cache 1;
comment on sequence tidemark.turn_number is 'Order of the queue of turns';
grant usage on sequence tidemark.turn_number to tidemark_app;

create table tidemark.turn (
  turn_id            uuid        primary key,
  session_key        bigint      not null references tidemark.session,
  message_cursor     bigint      not null,
  message_id         text        not null,
  agent_id           text        not null,
  status             text        not null
                     check (status in ('queued', 'running', 'completed', 'failed', 'aborted', 'interrupted')),
  attempt            int         not null default 1 check (attempt >= 1),
  queued_at          timestamptz not null default clock_timestamp(),
  started_at         timestamptz,
  ended_at           timestamptz,
  started_cursor     bigint,
  ended_cursor       bigint,
  lease_owner        text,
  lease_ends_at      timestamptz,
  abort_requested_at timestamptz,
  abort_reason       text,
  turn_number        bigint      not null default nextval('tidemark.turn_number')
) with (fillfactor = 70);
create unique index turn_one_running on tidemark.turn (session_key) where status = 'running';
create index turn_queue on tidemark.turn (session_key, turn_number) where status = 'queued';
create index turn_leases on tidemark.turn (lease_ends_at) where status = 'running';
comment on table tidemark.turn is 'The work that one message causes; of one session at most one is running';
comment on column tidemark.turn.turn_id is 'Identity of the turn, in every event of it';
comment on column tidemark.turn.session_key is 'The session';
comment on column tidemark.turn.message_cursor is 'Cursor of the message that caused it';
comment on column tidemark.turn.message_id is 'message_id of that message';
comment on column tidemark.turn.agent_id is 'The agent that runs it';
comment on column tidemark.turn.status is 'queued, running, or how it ended: completed, failed, aborted, interrupted';
comment on column tidemark.turn.attempt is '1 for the first run, one more after each interruption that is retried';
comment on column tidemark.turn.queued_at is 'When the message was recorded';
comment on column tidemark.turn.started_at is 'When the current attempt began';
comment on column tidemark.turn.ended_at is 'When it ended';
comment on column tidemark.turn.started_cursor is 'Cursor of its turn_started event';
comment on column tidemark.turn.ended_cursor is 'Cursor of its one terminal event';
comment on column tidemark.turn.lease_owner is 'The node that runs it';
comment on column tidemark.turn.lease_ends_at is 'When that node counts as dead unless it renews';
comment on column tidemark.turn.abort_requested_at is 'When a client asked to stop it';
comment on column tidemark.turn.abort_reason is 'The reason that the client gave';
comment on column tidemark.turn.turn_number is 'Order in which turns were queued';
grant select, insert, update on tidemark.turn to tidemark_app;

insert into tidemark.schema_version (version, description) values (3, 'messages and turns');

reset role;
