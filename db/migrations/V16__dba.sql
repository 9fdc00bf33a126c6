-- What a DBA and an auditor ask of the database itself: digests of the records by day, who may do what and since when,
-- which session was verified when, and misfits of the chain that somebody answers for.
set role tidemark_owner;

-- These functions have other parameters or another type of result from now on.
drop function if exists tidemark.raise_floor(text, bigint, text);
drop function if exists audit.screen_at(text, text, timestamptz, text);
drop function if exists audit.chain_head(text, text);
drop function if exists audit.verify_next_batch(bigint);

create type tidemark.screen_event as (
  join_id       bigint,
  connection_id uuid,
  connected     boolean,
  cursor        bigint,
  how           text,
  certain       boolean,
  sent_after    timestamptz,
  sent_by       timestamptz,
  event_id      uuid,
  type          text,
  source        text,
  turn_id       uuid,
  payload       json,
  created_at    timestamptz
);
comment on type tidemark.screen_event is 'Result of audit.screen_at: an event that a client had on its screen';
comment on column tidemark.screen_event.join_id is 'Join of the client';
comment on column tidemark.screen_event.connection_id is 'Connection of the client';
comment on column tidemark.screen_event.connected is
  'Whether the client was connected then; null if its node died or lost records before';
comment on column tidemark.screen_event.cursor is 'Number of the event in its session';
comment on column tidemark.screen_event.how is 'sent, snapshot, claimed or in_response';
comment on column tidemark.screen_event.certain is 'Whether the event had left the gateway by then';
comment on column tidemark.screen_event.sent_after is
  'Time before which the event was not sent; null if it was claimed';
comment on column tidemark.screen_event.sent_by is
  'Time by which the event is known to have left the gateway; null if that is not known';
comment on column tidemark.screen_event.event_id is 'Id of the event';
comment on column tidemark.screen_event.type is 'Type of the event';
comment on column tidemark.screen_event.source is 'Author of the event';
comment on column tidemark.screen_event.turn_id is 'Turn that the event belongs to; null outside turns';
comment on column tidemark.screen_event.payload is 'Data of the event';
comment on column tidemark.screen_event.created_at is 'Time of the append';

create type tidemark.chain_position as (cursor bigint, chain_hash text, epoch_id uuid, created_at timestamptz);
comment on type tidemark.chain_position is 'Result of audit.chain_head: the newest event of a chain';
comment on column tidemark.chain_position.cursor is 'Cursor of the newest event; 0 before the first';
comment on column tidemark.chain_position.chain_hash is 'Its hash, in hexadecimal';
comment on column tidemark.chain_position.epoch_id is 'Its epoch; null if the event is not here any more';
comment on column tidemark.chain_position.created_at is 'Its time; null before the first';

create type tidemark.verified_batch as (batch_number int, sessions bigint, events bigint, misfits bigint);
comment on type tidemark.verified_batch is 'Result of audit.verify_next_batch';
comment on column tidemark.verified_batch.batch_number is 'Batch of the verification';
comment on column tidemark.verified_batch.sessions is 'Number of its sessions';
comment on column tidemark.verified_batch.events is 'Number of their events';
comment on column tidemark.verified_batch.misfits is
  'Number of sessions whose log does not fit, acknowledged ones included';

-- Misfits that somebody answers for.

create table tidemark.chain_acknowledgement (
  acknowledgement_id bigint      generated always as identity primary key,
  session_key        bigint      not null,
  cursor             bigint      not null,
  kind               text        not null check (kind in ('changed', 'missing', 'added', 'head')),
  evidence           bytea       not null check (octet_length(evidence) = 32),
  acknowledged_at    timestamptz not null default clock_timestamp(),
  acknowledged_by    text        not null,
  reason             text        not null,
  noted_by           text        not null default session_user,
  unique (session_key, cursor, kind, evidence)
);
create trigger chain_acknowledgement_is_a_record before update or delete or truncate on tidemark.chain_acknowledgement
  for each statement execute function tidemark.refuse_change();
comment on table tidemark.chain_acknowledgement is
  'Misfits of chains that somebody answers for: verifications go on showing them, and no longer fail because of them';
comment on column tidemark.chain_acknowledgement.acknowledgement_id is 'Order of the acknowledgements';
comment on column tidemark.chain_acknowledgement.session_key is 'Key of the session';
comment on column tidemark.chain_acknowledgement.cursor is 'Cursor that does not fit';
comment on column tidemark.chain_acknowledgement.kind is 'changed, missing, added or head, as a verification says';
comment on column tidemark.chain_acknowledgement.evidence is
  'SHA-256 over what was found there: an acknowledgement is for this and for no later change in the same place';
comment on column tidemark.chain_acknowledgement.acknowledged_at is 'Time of the acknowledgement';
comment on column tidemark.chain_acknowledgement.acknowledged_by is 'Person who answers for it';
comment on column tidemark.chain_acknowledgement.reason is 'Reason that was given';
comment on column tidemark.chain_acknowledgement.noted_by is 'Database role that noted it';

alter table tidemark.verification_misfit add column evidence bytea;
comment on column tidemark.verification_misfit.evidence is
  'SHA-256 over what was found there; null in findings from before version 16';

create table tidemark.session_verification (
  session_key     bigint      primary key,
  verification_id bigint      not null references tidemark.verification,
  verified_at     timestamptz not null,
  cursor          bigint      not null
) with (fillfactor = 80);
comment on table tidemark.session_verification is 'The last verification of each session by audit.verify_all';
comment on column tidemark.session_verification.session_key is 'Key of the session';
comment on column tidemark.session_verification.verification_id is 'Verification, with its findings';
comment on column tidemark.session_verification.verified_at is 'Time at which it began with the session';
comment on column tidemark.session_verification.cursor is 'Head of the session at that time';

-- Records of one day, chained to those of the day before. A record that has no time of its own writing gets one; it is
-- null in older rows, which are in no digest.

alter table tidemark.leave_record add column recorded_at timestamptz;
alter table tidemark.leave_record alter column recorded_at set default clock_timestamp();
alter table tidemark.leave_record add constraint leave_record_is_dated check (recorded_at is not null) not valid;
comment on column tidemark.leave_record.recorded_at is 'Time at which the row was written; null before version 16';
alter table tidemark.resync_record add column recorded_at timestamptz;
alter table tidemark.resync_record alter column recorded_at set default clock_timestamp();
alter table tidemark.resync_record add constraint resync_record_is_dated check (recorded_at is not null) not valid;
comment on column tidemark.resync_record.recorded_at is 'Time at which the row was written; null before version 16';
alter table tidemark.refusal_record add column recorded_at timestamptz;
alter table tidemark.refusal_record alter column recorded_at set default clock_timestamp();
alter table tidemark.refusal_record add constraint refusal_record_is_dated check (recorded_at is not null) not valid;
comment on column tidemark.refusal_record.recorded_at is 'Time at which the row was written; null before version 16';

create table tidemark.record_day (
  day          date        primary key,
  chain_hash   bytea       not null check (octet_length(chain_hash) = 32),
  made_at      timestamptz not null default clock_timestamp(),
  made_by      text        not null default session_user,
  forgotten_at timestamptz
);
comment on table tidemark.record_day is
  'Days (UTC) whose records have digests: one row for each day without a gap, each chained to the day before';
comment on column tidemark.record_day.day is 'Day on which the records were written';
comment on column tidemark.record_day.chain_hash is
  'SHA-256 over the chain_hash of the day before, the day, and the digests of the day';
comment on column tidemark.record_day.made_at is 'Time at which the digests were made';
comment on column tidemark.record_day.made_by is 'Database role that made them';
comment on column tidemark.record_day.forgotten_at is
  'Time at which the clean-up began to remove records of that day; null while all of them are there';

create table tidemark.record_digest (
  day     date,
  record  text,
  columns text   not null,
  rows    bigint not null,
  digest  bytea  not null check (octet_length(digest) = 32),
  primary key (day, record)
);
comment on table tidemark.record_digest is
  'What the records of a day were when the day was over, one row for each table';
comment on column tidemark.record_digest.day is 'Day (UTC) on which the records were written';
comment on column tidemark.record_digest.record is 'Table of the records';
comment on column tidemark.record_digest.columns is 'Columns that the digest is over';
comment on column tidemark.record_digest.rows is 'Number of records';
comment on column tidemark.record_digest.digest is
  'SHA-256 over the hashes of their hours, which are over those of the rows';
create trigger record_digest_is_a_record before update or delete or truncate on tidemark.record_digest
  for each statement execute function tidemark.refuse_change();
create trigger record_day_is_a_record before delete or truncate on tidemark.record_day
  for each statement execute function tidemark.refuse_change();
create trigger record_day_is_forgotten_once before update on tidemark.record_day
  for each row when (
    old.forgotten_at is not null
    or (old.day, old.chain_hash, old.made_at, old.made_by)
       is distinct from (new.day, new.chain_hash, new.made_at, new.made_by))
  execute function tidemark.refuse_change();

create type tidemark.record_finding as (day date, record text, finding text, rows_then bigint, rows_now bigint);
comment on type tidemark.record_finding is
  'Result of audit.verify_records: a day whose records are not those of its digest';
comment on column tidemark.record_finding.day is 'Day (UTC) on which the records were written';
comment on column tidemark.record_finding.record is 'Table of the records; null if the finding is about the day';
comment on column tidemark.record_finding.finding is
  'missing: fewer rows than then; added: more; changed: as many, with another content; chain: the digests of the day '
  'do not follow from the day before; no digest: a day has none between days that have';
comment on column tidemark.record_finding.rows_then is 'Number of rows when the day was over; null for a day';
comment on column tidemark.record_finding.rows_now is 'Number of rows now; null for a day';

-- Who may do what, and when that changed.

create table tidemark.privilege_record (
  record_id  bigint      generated always as identity primary key,
  noted_at   timestamptz not null default clock_timestamp(),
  not_before timestamptz,
  change     text        not null check (change in ('granted', 'revoked')),
  kind       text        not null,
  object     text        not null,
  role       text        not null,
  privilege  text        not null,
  grantable  boolean     not null,
  granted_by text
);
create trigger privilege_record_is_a_record before update or delete or truncate on tidemark.privilege_record
  for each statement execute function tidemark.refuse_change();
comment on table tidemark.privilege_record is
  'Changes of who may do what in the database, each noted at the first look after it';
comment on column tidemark.privilege_record.record_id is 'Order of the notes';
comment on column tidemark.privilege_record.noted_at is 'Time of the look that found the change';
comment on column tidemark.privilege_record.not_before is
  'Time of the look before, which the change came after; null at the first look of all, which found it in place';
comment on column tidemark.privilege_record.change is 'granted or revoked';
comment on column tidemark.privilege_record.kind is
  'attribute or setting of a role, member, owner, or what the privilege is on: database, schema, table, column, '
  'sequence or function';
comment on column tidemark.privilege_record.object is
  'Object of the privilege; for a member, the role that it is a member of';
comment on column tidemark.privilege_record.role is 'Role that has the privilege; public for all roles';
comment on column tidemark.privilege_record.privilege is 'The privilege, the attribute, or the setting with its value';
comment on column tidemark.privilege_record.grantable is 'Whether the role may grant it to others';
comment on column tidemark.privilege_record.granted_by is 'Role that granted it; null for what nobody grants';

create table tidemark.privilege_look (
  only_row  boolean     primary key default true check (only_row),
  looked_at timestamptz not null
);
comment on table tidemark.privilege_look is 'The last look at who may do what; one row';
comment on column tidemark.privilege_look.only_row is 'Always true';
comment on column tidemark.privilege_look.looked_at is 'Time of the look';

-- What earlier migrations say of these columns is not so.
comment on column tidemark.message.turn_id is 'Turn that it answers; null for a message of a client';
comment on column tidemark.event.source is 'Author of the event: a principal, or the id of an agent';
comment on column tidemark.session.closed_at is
  'When it was closed, null while it is open; nothing closes a session yet';
comment on column tidemark.turn.queued_at is
  'When it was queued: with its message, or at the interruption that it retries';

insert into tidemark.schema_version (version, description, compatible_from) values (16, 'what a DBA asks', 8);

reset role;
