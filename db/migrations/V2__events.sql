-- The event log: insert only, one partition a UTC day.
set role tidemark_owner;

create sequence tidemark.history_position as bigint cache 1;
comment on sequence tidemark.history_position is
  'Order of all events of all sessions, for the auditor; may have holes, unlike cursors';
-- A sequence and not an identity column: PostgreSQL 15 and 16 have none on partitioned tables.
grant usage on sequence tidemark.history_position to tidemark_app;

create table tidemark.event (
  session_key      bigint      not null,
  cursor           bigint      not null check (cursor >= 1),
  event_id         uuid        not null,
  epoch_number     int         not null,
  type             text        not null,
  source           text        not null,
  turn_id          uuid,
  payload          json        not null,
  created_at       timestamptz not null,
  chain_hash       bytea       not null check (octet_length(chain_hash) = 32),
  history_position bigint      not null default nextval('tidemark.history_position'),
  primary key (session_key, cursor, created_at)
) partition by range (created_at);
comment on table tidemark.event is
  'The event log, one row an event; never updated. Reads by cursor also give a lower bound of created_at, to '
  'touch few partitions';
comment on column tidemark.event.session_key is 'The session; no foreign key, for the speed of appends';
comment on column tidemark.event.cursor is 'Number of the event in its session: 1, 2, 3, … without a hole (R1)';
comment on column tidemark.event.event_id is 'Identity of the event, the same live and replayed (R3)';
comment on column tidemark.event.epoch_number is 'The epoch in which it was written';
comment on column tidemark.event.type is 'Type of the event as on the wire: message, token_stream, response, …';
comment on column tidemark.event.source is 'Who made it: the id of an agent, a principal, or the gateway itself';
comment on column tidemark.event.turn_id is 'The turn it belongs to, null outside turns';
comment on column tidemark.event.payload is 'The data of the event, kept byte for byte as it was sent (R3)';
comment on column tidemark.event.created_at is
  'Clock time taken under the lock of session_head; never earlier than the event before';
comment on column tidemark.event.chain_hash is 'Hash of this event and the one before it, see tidemark.event_hash';
comment on column tidemark.event.history_position is 'Order across sessions, for the auditor; may have holes';
grant select, insert on tidemark.event to tidemark_app;

create table tidemark.event_default (like tidemark.event including defaults including constraints including comments);
alter table tidemark.event attach partition tidemark.event_default default;
comment on table tidemark.event_default is 'Events of a day that has no partition of its own: an alarm, not an outage';

insert into tidemark.schema_version (version, description) values (2, 'events');

reset role;
