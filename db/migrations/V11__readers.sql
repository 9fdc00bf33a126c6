-- Who saw what and when, and who was refused. A join says how it began; points say how far it was sent, resyncs where
-- it began again, a leave how it ended. All but the sign of life of a node is insert only: nothing that was said of a
-- reader changes later.
set role tidemark_owner;

alter table tidemark.join_record
  add column connection_id uuid,
  add column user_agent    text,
  add column capabilities  text[],
  add column epoch         text,
  add column baseline      bigint,
  add column snapshot      boolean;
comment on column tidemark.join_record.connection_id is
  'The connection that joined, new with each socket; null in what an application before version 11 wrote';
comment on column tidemark.join_record.user_agent is 'What the client called itself at the handshake, at most 200 characters';
comment on column tidemark.join_record.capabilities is 'What the client named and was granted: batch, compact';
comment on column tidemark.join_record.epoch is 'The epoch of head, floor and baseline; null if it was refused';
comment on column tidemark.join_record.baseline is
  'The cursor that the first event it is sent follows: since in a replay, else the head; null if it was refused';
comment on column tidemark.join_record.snapshot is
  'Whether it began with a snapshot, which stands at the baseline; null if it was refused';
create index join_by_principal on tidemark.join_record (principal, joined_at);
create index join_by_session on tidemark.join_record (session_id, joined_at);
create index join_by_time on tidemark.join_record (joined_at);
create index join_by_node on tidemark.join_record (node);

create table tidemark.node_record (
  node         text        primary key,
  started_at   timestamptz not null default clock_timestamp(),
  seen_at      timestamptz not null,
  stopped_at   timestamptz,
  record_every interval    not null,
  leaves_lost  bigint      not null default 0
);
comment on table tidemark.node_record is 'The nodes that there are or were, one row a start: how current the record of their readers is';
comment on column tidemark.node_record.node is 'Name of the node and a part that is new at every start';
comment on column tidemark.node_record.started_at is 'When it wrote here first';
comment on column tidemark.node_record.seen_at is
  'When it last began to write down how far its readers are: whoever has no leave then was still there, and whoever has '
  'no newer point had not moved';
comment on column tidemark.node_record.stopped_at is 'When it was stopped in good order; null while it runs, and if it died';
comment on column tidemark.node_record.record_every is 'How often it writes down how far its readers are';
comment on column tidemark.node_record.leaves_lost is
  'Leaves that it could not keep while the database was away; if there are any, who seems to be connected may be gone';
grant select, insert, update (seen_at, stopped_at, leaves_lost) on tidemark.node_record to tidemark_app;

create table tidemark.read_progress (
  join_id     bigint      not null,
  looked_at   timestamptz not null,
  written_at  timestamptz not null default clock_timestamp(),
  resyncs     int         not null,
  sent_cursor bigint      not null,
  in_flight   int         not null,
  primary key (join_id, looked_at)
);
create index read_progress_by_time on tidemark.read_progress (looked_at);
comment on table tidemark.read_progress is
  'How far a join was sent, of all joins of a node that moved since the last time, in one statement every record_every';
comment on column tidemark.read_progress.join_id is 'The join';
comment on column tidemark.read_progress.looked_at is 'Clock of the database before it was looked: nothing above sent_cursor had been sent then';
comment on column tidemark.read_progress.written_at is 'Clock of the database after it was looked: everything up to sent_cursor had been handed to the socket then';
comment on column tidemark.read_progress.resyncs is 'How many resyncs the join had had; sent_cursor counts from the last of them';
comment on column tidemark.read_progress.sent_cursor is
  'The last cursor that was handed to the socket. With in_flight = 0 all of it had left the process, for the '
  'operating system and the network; no server can know more than that without an answer of the client';
comment on column tidemark.read_progress.in_flight is
  'Messages that had been handed over and had not left the process; also at least 1 once a send has failed';
grant select, insert on tidemark.read_progress to tidemark_app;

create table tidemark.leave_record (
  join_id     bigint      primary key,
  left_at     timestamptz not null,
  why         text        not null,
  close_code  int,
  resyncs     int         not null,
  sent_cursor bigint      not null,
  in_flight   int         not null
);
create index leave_by_time on tidemark.leave_record (left_at);
comment on table tidemark.leave_record is 'How joins ended; a join without is still there, or its node died';
comment on column tidemark.leave_record.join_id is 'The join';
comment on column tidemark.leave_record.left_at is 'When nothing more was sent: by the clock of the database, to a round trip';
comment on column tidemark.leave_record.why is
  'left: the client said leave; rejoined: the connection joined a session again; closed: the client closed the socket; '
  'lost: the socket ended without a close; stopped: the node stopped; or the code with which the gateway closed it, such as too_slow or restarting';
comment on column tidemark.leave_record.close_code is 'The close code of the WebSocket, null if the connection went on';
comment on column tidemark.leave_record.resyncs is 'How many resyncs it had had';
comment on column tidemark.leave_record.sent_cursor is 'The last cursor that was handed to the socket';
comment on column tidemark.leave_record.in_flight is
  'Messages that had been handed over and had not left the process; also at least 1 once a send has failed. If not 0, '
  'the last events may never have left';
grant select, insert on tidemark.leave_record to tidemark_app;

create table tidemark.resync_record (
  join_id         bigint      not null,
  connection_id   uuid        not null,
  number          int         not null check (number >= 1),
  resynced_at     timestamptz not null,
  principal       text        not null,
  tenant          text        not null,
  session_id      text        not null,
  session_key     bigint      not null,
  node            text        not null,
  reason          text        not null,
  from_cursor     bigint      not null,
  from_epoch      text        not null,
  snapshot_cursor bigint      not null,
  snapshot_epoch  text        not null,
  primary key (join_id, number)
);
create index resync_by_principal on tidemark.resync_record (principal, resynced_at);
create index resync_by_session on tidemark.resync_record (session_id, resynced_at);
create index resync_by_time on tidemark.resync_record (resynced_at);
comment on table tidemark.resync_record is
  'Every resync of a client that stayed connected (R9). It names who it was, because a restore may have taken the join';
comment on column tidemark.resync_record.join_id is 'The join';
comment on column tidemark.resync_record.connection_id is 'Its connection';
comment on column tidemark.resync_record.number is '1 for the first one of the join';
comment on column tidemark.resync_record.resynced_at is 'When the snapshot was handed to the socket: by the clock of the database, to a round trip';
comment on column tidemark.resync_record.principal is 'Whose client';
comment on column tidemark.resync_record.tenant is 'The tenant';
comment on column tidemark.resync_record.session_id is 'The session';
comment on column tidemark.resync_record.session_key is 'That session';
comment on column tidemark.resync_record.node is 'The node';
comment on column tidemark.resync_record.reason is 'The resync_reason: lagged, epoch_changed, ahead_of_head';
comment on column tidemark.resync_record.from_cursor is 'The last cursor that it had been sent';
comment on column tidemark.resync_record.from_epoch is 'The epoch of that cursor';
comment on column tidemark.resync_record.snapshot_cursor is 'The cursor of the snapshot that it got instead of what lies between';
comment on column tidemark.resync_record.snapshot_epoch is 'The epoch of the snapshot';
grant select, insert on tidemark.resync_record to tidemark_app;

create table tidemark.refusal_record (
  refusal_id     uuid        primary key,
  first_at       timestamptz not null,
  last_at        timestamptz not null,
  times          bigint      not null check (times >= 1),
  node           text        not null,
  operation      text        not null,
  code           text        not null,
  http_status    int,
  close_code     int,
  principal      text,
  tenant         text,
  remote_address text,
  user_agent     text,
  connection_id  uuid,
  session_id     text,
  message        text        not null
);
create index refusal_by_principal on tidemark.refusal_record (principal, last_at);
create index refusal_by_session on tidemark.refusal_record (session_id, last_at);
create index refusal_by_time on tidemark.refusal_record (last_at);
comment on table tidemark.refusal_record is
  'What the gateway refused; the same for the same principal, address, operation, code and session within one interval '
  'is one row. Never a credential or a payload';
comment on column tidemark.refusal_record.refusal_id is 'Given by the node, so that nothing is counted twice';
comment on column tidemark.refusal_record.first_at is 'When it was refused first, by the clock of the database, to a round trip';
comment on column tidemark.refusal_record.last_at is 'When it was refused last: within the same interval, or while the database was away';
comment on column tidemark.refusal_record.times is 'How often';
comment on column tidemark.refusal_record.node is 'The node that refused';
comment on column tidemark.refusal_record.operation is
  'What was asked for: handshake, request (REST), hello, join, message, abort, leave, auth, ping; frame: what came could '
  'not be read; connection: the gateway ended it';
comment on column tidemark.refusal_record.code is 'The code that the client was told';
comment on column tidemark.refusal_record.http_status is 'The status of HTTP, null on an open socket';
comment on column tidemark.refusal_record.close_code is 'The close code, null if the connection went on or there was none yet';
comment on column tidemark.refusal_record.principal is 'Who, null if nobody was authenticated';
comment on column tidemark.refusal_record.tenant is 'The tenant of who';
comment on column tidemark.refusal_record.remote_address is
  'From where; null in the rows for what was too much to keep apart';
comment on column tidemark.refusal_record.user_agent is 'What the client called itself, the first time';
comment on column tidemark.refusal_record.connection_id is 'The connection, the first time; null at a handshake';
comment on column tidemark.refusal_record.session_id is 'The session that was asked for or joined, if any';
comment on column tidemark.refusal_record.message is 'Why, as the client was told the first time';
grant select, insert on tidemark.refusal_record to tidemark_app;

-- As with sessions, so with joins: a node that is still connected must not write under the number of another's join.
create or replace function tidemark.leave_session_keys_of_the_lost_line() returns void
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select setval(keys, nextval(keys) + 4294967296)
    from (select pg_get_serial_sequence('tidemark.session', 'session_key')::regclass
          union all
          select pg_get_serial_sequence('tidemark.join_record', 'join_id')::regclass) sequence (keys)
$$;
comment on function tidemark.leave_session_keys_of_the_lost_line() is
  'Moves the sequences of session keys and of joins past any number that a lost line of history may have given out';

-- Records leave by age, a bounded number at a time, one node at a time sees to it, and none leaves that a hold is on.
-- Points and resyncs go before their join, so that no join seems to have read less than it did. Holds are few, so they
-- are read once, after the lock that placing one waits for.
create function tidemark.is_held(holds tidemark.hold_in_force[], tenant text, session_id text) returns boolean
language sql immutable
as $$
  select exists (
    select from unnest(holds) h
     where h.tenant = is_held.tenant and (h.session_id is null or h.session_id = is_held.session_id))
$$;
comment on function tidemark.is_held(tidemark.hold_in_force[], text, text) is 'Whether one of these holds is on a session of that name';

create function tidemark.forget_records(older_than interval, most int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  until timestamptz := clock_timestamp() - forget_records.older_than;
  holds tidemark.hold_in_force[];
  done bigint := 0;
  rows bigint;
begin
  if forget_records.older_than < interval '1 day' or forget_records.most < 1 then
    raise exception 'records are kept for a day at least' using errcode = 'invalid_parameter_value';
  end if;
  perform read_holds_committed();
  if not pg_try_advisory_xact_lock(29801, 11) or not pg_try_advisory_xact_lock_shared(29801, 4) then
    return 0;
  end if;
  holds := array(select h from tidemark.hold_in_force h);
  delete from tidemark.read_progress where ctid = any (array(
    select p.ctid
      from tidemark.read_progress p
      left join tidemark.join_record j using (join_id)
     where p.looked_at < until and not is_held(holds, j.tenant, j.session_id)
     order by p.looked_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  delete from tidemark.resync_record where ctid = any (array(
    select r.ctid
      from tidemark.resync_record r
     where r.resynced_at < until and not is_held(holds, r.tenant, r.session_id)
     order by r.resynced_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  delete from tidemark.refusal_record where ctid = any (array(
    select r.ctid
      from tidemark.refusal_record r
     where r.last_at < until and not is_held(holds, r.tenant, r.session_id)
     order by r.last_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  -- A join leaves with its leave, when it ended long ago or was refused; one whose node died, by its age.
  with old as (
    select j.join_id
      from tidemark.join_record j
      left join tidemark.leave_record l using (join_id)
     where j.joined_at < until
       and coalesce(l.left_at, j.joined_at) < until
       and not is_held(holds, j.tenant, j.session_id)
       and not exists (select from tidemark.read_progress p where p.join_id = j.join_id)
       and not exists (select from tidemark.resync_record r where r.join_id = j.join_id)
     order by j.joined_at limit most
  ), leaves as (
    delete from tidemark.leave_record l using old where l.join_id = old.join_id
  )
  delete from tidemark.join_record j using old where j.join_id = old.join_id;
  get diagnostics rows = row_count;
  done := done + rows;
  -- A node says of its joins whether they are known to the end, so it leaves after the last of them.
  delete from tidemark.node_record n
   where n.seen_at < until and not exists (select from tidemark.join_record j where j.node = n.node);
  return done;
end
$$;
comment on function tidemark.forget_records(interval, int) is
  'Removes joins, points, leaves, resyncs and refusals that are older than this and under no hold, at most so many of '
  'each; returns how many. 0 while another node is at it';
grant execute on function tidemark.forget_records(interval, int) to tidemark_app;

insert into tidemark.schema_version (version, description, compatible_from) values (11, 'readers', 8);

reset role;
