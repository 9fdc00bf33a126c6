-- What was done: who joined, what the purge did.
set role tidemark_owner;

create table tidemark.join_record (
  join_id        bigint      generated always as identity primary key,
  joined_at      timestamptz not null default clock_timestamp(),
  principal      text        not null,
  tenant         text        not null,
  remote_address text,
  node           text        not null,
  session_id     text,
  session_key    bigint,
  since          bigint,
  since_epoch    text,
  outcome        text        not null check (outcome in ('fresh', 'created', 'replay', 'resync', 'refused')),
  reason         text,
  head_cursor    bigint,
  floor_cursor   bigint,
  events         bigint
);
comment on table tidemark.join_record is 'Every join and what came of it, the refused ones too';
comment on column tidemark.join_record.join_id is 'Order of the joins';
comment on column tidemark.join_record.joined_at is 'When';
comment on column tidemark.join_record.principal is 'Who asked';
comment on column tidemark.join_record.tenant is 'The tenant of who asked';
comment on column tidemark.join_record.remote_address is 'From where';
comment on column tidemark.join_record.node is 'The node that answered';
comment on column tidemark.join_record.session_id is 'The session that was asked for, or was made';
comment on column tidemark.join_record.session_key is 'That session, null if there is none';
comment on column tidemark.join_record.since is 'The cursor that the client said it has, null if it said none';
comment on column tidemark.join_record.since_epoch is 'The epoch that the client named, as it named it';
comment on column tidemark.join_record.outcome is 'fresh, created, replay, resync or refused';
comment on column tidemark.join_record.reason is 'The resync_reason, or the code of the refusal';
comment on column tidemark.join_record.head_cursor is 'Head at that moment';
comment on column tidemark.join_record.floor_cursor is 'Floor at that moment';
comment on column tidemark.join_record.events is 'How many events were to be replayed';
grant select, insert on tidemark.join_record to tidemark_app;

create table tidemark.purge_record (
  purge_id           bigint      generated always as identity primary key,
  purged_at          timestamptz not null default clock_timestamp(),
  node               text        not null,
  policy             jsonb       not null,
  sessions           int         not null default 0,
  floors             jsonb       not null default '[]',
  events             bigint      not null default 0,
  partitions_removed text[]      not null default '{}',
  rows_removed       bigint      not null default 0,
  duration_ms        numeric     not null
);
comment on table tidemark.purge_record is 'Every purge that did something; written in the transaction that did it';
comment on column tidemark.purge_record.purge_id is 'Order of the purges';
comment on column tidemark.purge_record.purged_at is 'When it was done';
comment on column tidemark.purge_record.node is 'The node, or the role of the DBA';
comment on column tidemark.purge_record.policy is
  'What it was asked to do: replay_age_seconds, replay_events, max_sessions, or to_cursor';
comment on column tidemark.purge_record.sessions is 'How many floors were raised';
comment on column tidemark.purge_record.floors is 'Each of them: [{"session_key", "before", "after"}]';
comment on column tidemark.purge_record.events is 'How many events passed below a floor';
comment on column tidemark.purge_record.partitions_removed is 'Partitions that left';
comment on column tidemark.purge_record.rows_removed is 'Rows that left with them';
comment on column tidemark.purge_record.duration_ms is 'How long it took, in milliseconds';
grant select on tidemark.purge_record to tidemark_app;

insert into tidemark.schema_version (version, description) values (5, 'records');

reset role;
