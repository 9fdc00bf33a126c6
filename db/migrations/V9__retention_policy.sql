-- Retention that can be signed: who said how long, who said "not this one", and what is kept of a day that leaves for good.
set role tidemark_owner;

-- A record that could be changed would prove nothing. This is against mistakes: who owns the tables can still take it away.
create function tidemark.refuse_change() returns trigger
language plpgsql security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  raise exception '%.% is a record: rows are added, never changed or deleted', tg_table_schema, tg_table_name
    using errcode = 'object_not_in_prerequisite_state';
end
$$;
comment on function tidemark.refuse_change() is 'For triggers on records: whatever would change or delete a row fails';

create table tidemark.retention_policy (
  policy_id     bigint      generated always as identity primary key,
  tenant        text        check (tenant <> ''),
  agent_id      text        check (agent_id <> ''),
  replay_age    interval    check (replay_age >= interval '0' and replay_age <= interval '1000 years'),
  replay_events bigint      check (replay_events >= 0),
  history_age   interval    check (history_age >= interval '0' and history_age <= interval '1000 years'),
  set_at        timestamptz not null default clock_timestamp(),
  set_by        text        not null,
  reason        text        not null check (btrim(reason) <> '')
);
create index retention_policy_of on tidemark.retention_policy (tenant, agent_id, policy_id);
create trigger retention_policy_is_a_record before update or delete or truncate on tidemark.retention_policy
  for each statement execute function tidemark.refuse_change();
comment on table tidemark.retention_policy is
  'How long the events of a tenant or an agent are kept; the newest row of a tenant and agent is in force. For each '
  'limit the most specific policy that gives it decides: tenant and agent, tenant, agent, any; where none does, the '
  'application''s setting';
comment on column tidemark.retention_policy.policy_id is 'Order in which policies were set';
comment on column tidemark.retention_policy.tenant is 'The tenant whose sessions it is for, null for any';
comment on column tidemark.retention_policy.agent_id is 'The agent whose sessions it is for, null for any';
comment on column tidemark.retention_policy.replay_age is
  'Events older than this leave the replay window; null: this policy does not say';
comment on column tidemark.retention_policy.replay_events is
  'How many events of a session stay in the replay window; null: this policy does not say';
comment on column tidemark.retention_policy.history_age is
  'How long events are kept after they were made; null: this policy does not say';
comment on column tidemark.retention_policy.set_at is 'When it was set';
comment on column tidemark.retention_policy.set_by is 'The database role that set it';
comment on column tidemark.retention_policy.reason is 'Why, and on whose word';

create table tidemark.retention_setting (
  setting_id    bigint      generated always as identity primary key,
  replay_age    interval    not null,
  replay_events bigint      not null,
  history_age   interval    not null,
  history_end   text        not null check (history_end in ('keep', 'archive', 'drop')),
  noted_at      timestamptz not null default clock_timestamp(),
  node          text        not null
);
create trigger retention_setting_is_a_record before update or delete or truncate on tidemark.retention_setting
  for each statement execute function tidemark.refuse_change();
comment on table tidemark.retention_setting is
  'What the application was set to where no policy says otherwise; a row whenever a node purges by other settings than '
  'the newest row';
comment on column tidemark.retention_setting.setting_id is 'Order in which they were noted; the newest is in force';
comment on column tidemark.retention_setting.replay_age is 'tidemark.retention.replay-age-millis';
comment on column tidemark.retention_setting.replay_events is 'tidemark.retention.replay-events';
comment on column tidemark.retention_setting.history_age is 'tidemark.retention.history-age-millis';
comment on column tidemark.retention_setting.history_end is 'tidemark.retention.history-end: keep, archive or drop';
comment on column tidemark.retention_setting.noted_at is 'When a node first purged by them';
comment on column tidemark.retention_setting.node is 'That node';

create table tidemark.legal_hold (
  hold_id     bigint      generated always as identity primary key,
  tenant      text        not null,
  session_id  text,
  session_key bigint      references tidemark.session,
  asked_by    text        not null check (btrim(asked_by) <> ''),
  reason      text        not null check (btrim(reason) <> ''),
  ends_at     timestamptz,
  placed_at   timestamptz not null default clock_timestamp(),
  placed_by   text        not null,
  lifted_at   timestamptz,
  lifted_by   text,
  lift_reason text        check (btrim(lift_reason) <> ''),
  check (num_nulls(session_id, session_key) in (0, 2)),
  check (num_nulls(lifted_at, lifted_by, lift_reason) in (0, 3))
);
create index legal_hold_not_lifted on tidemark.legal_hold (tenant, session_key) where lifted_at is null;
create trigger legal_hold_is_a_record before delete or truncate on tidemark.legal_hold
  for each statement execute function tidemark.refuse_change();
create trigger legal_hold_is_lifted_once before update on tidemark.legal_hold
  for each row
  when (old.lifted_at is not null
        or (old.hold_id, old.tenant, old.session_id, old.session_key, old.asked_by, old.reason, old.ends_at,
            old.placed_at, old.placed_by)
           is distinct from
           (new.hold_id, new.tenant, new.session_id, new.session_key, new.asked_by, new.reason, new.ends_at,
            new.placed_at, new.placed_by))
  execute function tidemark.refuse_change();
comment on table tidemark.legal_hold is
  'Sessions and tenants that no purge may touch: no floor of theirs rises, no day with events of theirs moves or leaves';
comment on column tidemark.legal_hold.hold_id is 'Order in which holds were placed';
comment on column tidemark.legal_hold.tenant is 'The tenant that is held, or whose session is';
comment on column tidemark.legal_hold.session_id is 'The session that is held, null for all of the tenant';
comment on column tidemark.legal_hold.session_key is 'That session, null for all of the tenant, those to come too';
comment on column tidemark.legal_hold.asked_by is 'Who asked for it';
comment on column tidemark.legal_hold.reason is 'Why';
comment on column tidemark.legal_hold.ends_at is 'When it ends by itself, null: not before it is lifted';
comment on column tidemark.legal_hold.placed_at is 'When it was placed';
comment on column tidemark.legal_hold.placed_by is 'The database role that placed it';
comment on column tidemark.legal_hold.lifted_at is 'When it was lifted, null if it was not';
comment on column tidemark.legal_hold.lifted_by is 'The database role that lifted it';
comment on column tidemark.legal_hold.lift_reason is 'Why it was lifted';

create table tidemark.chain_anchor (
  session_key bigint      primary key,
  cursor      bigint      not null check (cursor >= 1),
  chain_hash  bytea       not null check (octet_length(chain_hash) = 32),
  anchored_at timestamptz not null default clock_timestamp()
);
comment on table tidemark.chain_anchor is
  'Where the chain of a session begins whose oldest events left for good: what follows the anchor verifies from it. '
  'Events up to it may still be there, of days that a hold keeps';
comment on column tidemark.chain_anchor.session_key is 'The session; one that never lost an event has no anchor';
comment on column tidemark.chain_anchor.cursor is 'Cursor of the newest event that left';
comment on column tidemark.chain_anchor.chain_hash is 'chain_hash of that event: the hash before that of cursor + 1';
comment on column tidemark.chain_anchor.anchored_at is 'When it was written, with the day that left';

create table tidemark.archive_record (
  record_id      bigint      generated always as identity primary key,
  action         text        not null check (action in ('archived', 'restored', 'released')),
  day            date        not null,
  partition      text        not null,
  file           text,
  rows           bigint      not null,
  first_event_at timestamptz,
  last_event_at  timestamptz,
  raw_bytes      bigint,
  raw_sha256     text        check (raw_sha256 ~ '^[0-9a-f]{64}$'),
  file_bytes     bigint,
  file_sha256    text        check (file_sha256 ~ '^[0-9a-f]{64}$'),
  manifest       jsonb,
  recorded_at    timestamptz not null default clock_timestamp(),
  recorded_by    text        not null
);
create index archive_record_of_day on tidemark.archive_record (day, record_id);
create trigger archive_record_is_a_record before update or delete or truncate on tidemark.archive_record
  for each statement execute function tidemark.refuse_change();
comment on table tidemark.archive_record is
  'Days that were written to a file and left the database, that were read back, and that left again';
comment on column tidemark.archive_record.record_id is 'Order of what was done';
comment on column tidemark.archive_record.action is
  'archived: written to a file, verified, dropped here; restored: read back into event_history; released: dropped '
  'again, its file is still the archive';
comment on column tidemark.archive_record.day is 'The day (UTC) of the events';
comment on column tidemark.archive_record.partition is 'The table that held them';
comment on column tidemark.archive_record.file is 'Name of the file, without its directory';
comment on column tidemark.archive_record.rows is 'How many events';
comment on column tidemark.archive_record.first_event_at is 'created_at of the oldest of them';
comment on column tidemark.archive_record.last_event_at is 'created_at of the newest of them';
comment on column tidemark.archive_record.raw_bytes is 'Bytes of the content before it was compressed';
comment on column tidemark.archive_record.raw_sha256 is 'SHA-256 of the content before it was compressed';
comment on column tidemark.archive_record.file_bytes is 'Bytes of the file';
comment on column tidemark.archive_record.file_sha256 is 'SHA-256 of the file';
comment on column tidemark.archive_record.manifest is 'The manifest as it was written beside the file';
comment on column tidemark.archive_record.recorded_at is 'When it was done';
comment on column tidemark.archive_record.recorded_by is 'The database role that did it';

-- The records so far say by their policy which step they are of.
alter table tidemark.purge_record add column step text
  check (step in ('floors', 'floor', 'retire', 'leave', 'drop', 'archive', 'restore', 'release'));
update tidemark.purge_record
   set step = case when policy ? 'to_cursor' then 'floor' when policy ? 'day' then 'retire' else 'floors' end;
alter table tidemark.purge_record alter column step set not null;
comment on column tidemark.purge_record.step is
  'floors: floors were raised; floor: one, by the DBA; retire: a day went from event to event_history; leave: a day went '
  'from event_history to wait for its end; drop: it was dropped; archive: it was dropped after its file was verified; '
  'restore: a day came back to event_history; release: it left again';

insert into tidemark.schema_version (version, description, compatible_from) values (9, 'retention policy', 8);

reset role;
