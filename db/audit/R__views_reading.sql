-- The history of reading and of refusals. tidemark.read_progress sets its precision: the events that were sent between
-- two points of a join are known, and no event was sent before its creation.
set role tidemark_owner;

-- A client begins to read at a join, and again at each resync of it.
create or replace view tidemark.reading as
select j.join_id, 0 as number, j.connection_id, j.principal, j.tenant, j.remote_address, j.session_id, j.session_key,
       j.node, j.epoch, j.joined_at as began_at, j.baseline, j.snapshot,
       case when j.outcome = 'replay' then j.since end as since,
       case when j.outcome = 'replay' and 'compact' = any (j.capabilities) then j.head_cursor end as compact_until
  from tidemark.join_record j
 where j.baseline is not null
union all
select r.join_id, r.number, r.connection_id, r.principal, r.tenant, j.remote_address, r.session_id, r.session_key,
       r.node, r.snapshot_epoch, r.resynced_at, r.snapshot_cursor, true, null, null
  from tidemark.resync_record r
  left join tidemark.join_record j using (join_id);
comment on view tidemark.reading is
  'Readings of clients: each join begins one, and each later resync of the join begins another';
comment on column tidemark.reading.join_id is 'Join that the reading belongs to';
comment on column tidemark.reading.number is
  'Number of the reading in its join: 0 from the join on, n from the n-th resync on';
comment on column tidemark.reading.connection_id is 'Connection of the client';
comment on column tidemark.reading.principal is 'Principal of the client';
comment on column tidemark.reading.tenant is 'Tenant of the principal';
comment on column tidemark.reading.remote_address is
  'Network address of the client; null if a restore removed the record of the join';
comment on column tidemark.reading.session_id is 'Name of the session';
comment on column tidemark.reading.session_key is 'Key of the session';
comment on column tidemark.reading.node is 'Node that the client was connected to';
comment on column tidemark.reading.epoch is 'Epoch of the cursors';
comment on column tidemark.reading.began_at is 'Time of the join or resync';
comment on column tidemark.reading.baseline is 'Cursor before the first event that was to be sent';
comment on column tidemark.reading.snapshot is
  'Whether the reading began with a snapshot, which stands at the baseline';
comment on column tidemark.reading.since is
  'Cursor of the last event that the client said it had, if it was replayed to from there; null otherwise';
comment on column tidemark.reading.compact_until is
  'Cursor up to which the replay left out the deltas of completed turns; null if it was not compact';

create or replace view tidemark.reading_point as
select join_id, resyncs as number, looked_at, written_at, sent_cursor, in_flight = 0 as out from tidemark.read_progress
union all
select join_id, resyncs, left_at, left_at, sent_cursor, in_flight = 0 from tidemark.leave_record
union all
select join_id, number - 1, resynced_at, resynced_at, from_cursor, false from tidemark.resync_record;
comment on view tidemark.reading_point is 'Points of readings: how far delivery had come at certain times';
comment on column tidemark.reading_point.join_id is 'Join that the reading belongs to';
comment on column tidemark.reading_point.number is 'Number of the reading in its join';
comment on column tidemark.reading_point.looked_at is 'Time at which no event above sent_cursor had been sent yet';
comment on column tidemark.reading_point.written_at is
  'Time at which all events up to sent_cursor had been handed to the socket';
comment on column tidemark.reading_point.sent_cursor is 'Cursor of the last event that had been handed to the socket';
comment on column tidemark.reading_point.out is 'Whether all these events are known to have left the process';

create or replace view audit.join_history as
select j.join_id, j.joined_at, j.principal, j.tenant, j.remote_address, j.user_agent, j.connection_id, j.node,
       j.session_id, j.since, j.since_epoch, j.outcome, j.reason, j.events as missed, j.capabilities, j.epoch,
       j.head_cursor, j.floor_cursor, j.baseline, j.snapshot,
       case when j.baseline is not null then coalesce(l.sent_cursor, point.sent_cursor, j.baseline) end as sent_cursor,
       coalesce(l.resyncs, point.number, 0) as resyncs,
       l.left_at, l.why as left_why, l.close_code,
       case when j.outcome = 'refused' then 'refused'
            when j.baseline is null then 'unknown'
            when l.join_id is not null then 'left'
            when n.stopped_at is not null or n.leaves_lost > 0 or n.node is null
              or n.seen_at < clock_timestamp() - 3 * n.record_every - interval '10 seconds'
              or point.join_id is null and n.seen_at > j.joined_at + interval '1 minute' then 'unknown'
            else 'connected' end as status,
       case when j.baseline is null then j.joined_at
            else coalesce(l.left_at,
                          greatest(j.joined_at, point.looked_at,
                                   case when n.leaves_lost = 0 and point.join_id is not null then n.seen_at end)) end
         as known_until
  from tidemark.join_record j
  left join tidemark.leave_record l using (join_id)
  left join tidemark.node_record n using (node)
  left join lateral (
    select p.join_id, p.number, p.sent_cursor, p.looked_at
      from tidemark.reading_point p
     where p.join_id = j.join_id
     order by p.looked_at desc, p.number desc limit 1
  ) point on true;
comment on view audit.join_history is
  'All joins, including refused ones: who joined, from where, the outcome, how far delivery came, and how it ended';
comment on column audit.join_history.join_id is 'Number in the order of the joins';
comment on column audit.join_history.joined_at is 'Time of the join';
comment on column audit.join_history.principal is 'Principal of the client';
comment on column audit.join_history.tenant is 'Tenant of the principal';
comment on column audit.join_history.remote_address is 'Network address of the client';
comment on column audit.join_history.user_agent is
  'Name that the client gave itself at the handshake; null if it gave none';
comment on column audit.join_history.connection_id is
  'Connection of the client, new with each socket; null in joins from before version 11';
comment on column audit.join_history.node is 'Node, as its name and a part that is new at each start';
comment on column audit.join_history.session_id is 'Name of the session that was asked for or created';
comment on column audit.join_history.since is
  'Cursor of the last event that the client said it had; null if it named none';
comment on column audit.join_history.since_epoch is 'Epoch that the client named; null if it named none';
comment on column audit.join_history.outcome is
  'fresh: joined without since; created: the same, in a new session; replay, resync: joined with since; refused';
comment on column audit.join_history.reason is 'resync_reason of a resync, or code of a refusal; null otherwise';
comment on column audit.join_history.missed is
  'Number of events that the client had missed and was to be replayed; null unless the outcome is replay';
comment on column audit.join_history.capabilities is
  'Capabilities that the client named and was granted: batch, compact; null in joins from before version 11';
comment on column audit.join_history.epoch is
  'Epoch of all cursors of this row except since; null if the join was refused or is from before version 11';
comment on column audit.join_history.head_cursor is 'Head of the session at the join; null if refused';
comment on column audit.join_history.floor_cursor is 'Floor of the session at the join; null if refused';
comment on column audit.join_history.baseline is
  'Cursor before the first event that was to be sent; null if refused or from before version 11';
comment on column audit.join_history.snapshot is
  'Whether the client was first sent a snapshot, which stands at the baseline; null like baseline';
comment on column audit.join_history.sent_cursor is
  'Cursor of the last event that is known to have been handed to the socket, after the last resync; null like '
  'baseline; see audit.reading_history';
comment on column audit.join_history.resyncs is
  'Number of resyncs while the client was connected; see audit.resync_history';
comment on column audit.join_history.left_at is 'Time at which it ended; null if that is not recorded';
comment on column audit.join_history.left_why is
  'left, rejoined, closed (by the client), lost, stopped (with the node), or the code with which the gateway closed '
  'the connection; null like left_at';
comment on column audit.join_history.close_code is
  'Close code of the WebSocket; null if the connection went on, or like left_at';
comment on column audit.join_history.status is
  'refused; connected; left; unknown: nothing is known after known_until, because the node died or lost records, or '
  'because the join is from before version 11';
comment on column audit.join_history.known_until is 'Time up to which this row is complete';
grant select on audit.join_history to tidemark_auditor;

create or replace view audit.resync_history as
select j.joined_at as at, true as at_join, j.principal, j.tenant, j.session_id, j.reason, j.since as from_cursor,
       j.since_epoch as from_epoch, j.baseline as snapshot_cursor, j.epoch as snapshot_epoch, j.join_id,
       j.connection_id, j.node
  from tidemark.join_record j
 where j.outcome = 'resync'
union all
select r.resynced_at, false, r.principal, r.tenant, r.session_id, r.reason, r.from_cursor, r.from_epoch,
       r.snapshot_cursor, r.snapshot_epoch, r.join_id, r.connection_id, r.node
  from tidemark.resync_record r;
comment on view audit.resync_history is
  'Resyncs: clients that were sent a snapshot instead of the events that they had missed, and why';
comment on column audit.resync_history.at is 'Time of the resync';
comment on column audit.resync_history.at_join is
  'Whether the client was resynced when it joined; false if it was connected already';
comment on column audit.resync_history.principal is 'Principal of the client';
comment on column audit.resync_history.tenant is 'Tenant of the principal';
comment on column audit.resync_history.session_id is 'Name of the session';
comment on column audit.resync_history.reason is 'below_floor, ahead_of_head, epoch_changed or lagged';
comment on column audit.resync_history.from_cursor is
  'Cursor of the last event that the client had; at a join, as the client said';
comment on column audit.resync_history.from_epoch is
  'Epoch of that cursor; at a join, as the client named it, or null if it named none';
comment on column audit.resync_history.snapshot_cursor is
  'Cursor of the snapshot; null in joins from before version 11';
comment on column audit.resync_history.snapshot_epoch is 'Epoch of the snapshot; null in joins from before version 11';
comment on column audit.resync_history.join_id is 'Join of the client';
comment on column audit.resync_history.connection_id is
  'Connection of the client; null in joins from before version 11';
comment on column audit.resync_history.node is 'Node that the client was connected to';
grant select on audit.resync_history to tidemark_auditor;

create or replace view audit.reading_history as
select r.principal, r.tenant, r.session_id, 'events' as what, stretch.from_cursor, stretch.until_cursor,
       stretch.from_time, stretch.until_time, stretch.out_by, r.join_id, r.connection_id, r.remote_address, r.node,
       r.epoch, r.compact_until
  from tidemark.reading r
 cross join lateral (
    select lag(p.sent_cursor, 1, r.baseline) over w + 1 as from_cursor,
           p.sent_cursor as until_cursor,
           lag(p.looked_at, 1, r.began_at) over w as from_time,
           p.written_at as until_time,
           min(p.written_at) filter (where p.out) over (order by p.sent_cursor desc, p.looked_at desc) as out_by
      from tidemark.reading_point p
     where p.join_id = r.join_id and p.number = r.number
    window w as (order by p.sent_cursor, p.looked_at, p.written_at)
  ) stretch
 where stretch.until_cursor >= stretch.from_cursor
union all
select r.principal, r.tenant, r.session_id, 'snapshot', null, r.baseline, r.began_at, r.began_at, null, r.join_id,
       r.connection_id, r.remote_address, r.node, r.epoch, null
  from tidemark.reading r
 where r.snapshot;
comment on view audit.reading_history is
  'Events and snapshots that were sent: to whom and when. A row is a snapshot, or a stretch of events between two '
  'looks at the progress of the client. The events of a stretch are those of audit.event_history with the same tenant '
  'and session_id, and a cursor from from_cursor to until_cursor';
comment on column audit.reading_history.principal is 'Principal of the client';
comment on column audit.reading_history.tenant is 'Tenant of the principal';
comment on column audit.reading_history.session_id is 'Name of the session';
comment on column audit.reading_history.what is
  'events, or snapshot: the state, newest messages and newest events as of until_cursor';
comment on column audit.reading_history.from_cursor is 'First cursor of the stretch; null for a snapshot';
comment on column audit.reading_history.until_cursor is 'Last cursor of the stretch, or cursor of the snapshot';
comment on column audit.reading_history.from_time is
  'Time before which none of it was sent; nor was an event sent before its own created_at';
comment on column audit.reading_history.until_time is 'Time by which all of it had been handed to the socket';
comment on column audit.reading_history.out_by is
  'Time by which all of it is known to have left the process; null if that is not known, so that the last events may '
  'have been lost, and for a snapshot';
comment on column audit.reading_history.join_id is 'Join of the client';
comment on column audit.reading_history.connection_id is 'Connection of the client';
comment on column audit.reading_history.remote_address is
  'Network address of the client; null if a restore removed the record of the join';
comment on column audit.reading_history.node is 'Node that the client was connected to';
comment on column audit.reading_history.epoch is
  'Epoch of the cursors: after a restore, later events may have the cursors of lost ones';
comment on column audit.reading_history.compact_until is
  'Cursor up to which the deltas of completed turns were left out, because their response says the same; null for a '
  'snapshot, and if the reading did not begin with a compact replay';
grant select on audit.reading_history to tidemark_auditor;

create or replace view audit.refusal_history as
select refusal_id, first_at, last_at, times, node, operation, code, http_status, close_code, principal, tenant,
       remote_address, user_agent, connection_id, session_id, message
  from tidemark.refusal_record;
comment on view audit.refusal_history is
  'Refusals: what the gateway refused, to whom and why; the same refusals within one interval are one row';
comment on column audit.refusal_history.refusal_id is 'Id that the node gave, so that nothing is counted twice';
comment on column audit.refusal_history.first_at is
  'Time of the first refusal, by the clock of the database, to within a round trip';
comment on column audit.refusal_history.last_at is
  'Time of the last refusal: within the same interval, or while the database was away';
comment on column audit.refusal_history.times is 'Number of refusals';
comment on column audit.refusal_history.node is 'Node that refused';
comment on column audit.refusal_history.operation is
  'Operation that was refused: handshake, request (REST), hello, join, message, abort, leave, auth or ping; frame: '
  'a frame that could not be read; connection: the gateway ended the connection';
comment on column audit.refusal_history.code is 'Code that the client was told';
comment on column audit.refusal_history.http_status is 'HTTP status; null on an open socket';
comment on column audit.refusal_history.close_code is 'Close code; null if the connection went on or was not open yet';
comment on column audit.refusal_history.principal is
  'Principal that was refused; null if nobody was authenticated, and in rows of refusals that were too many to '
  'tell apart';
comment on column audit.refusal_history.tenant is 'Tenant of the principal; null where the principal is';
comment on column audit.refusal_history.remote_address is
  'Network address of the client; null in rows of refusals that were too many to tell apart, of a principal or of '
  'too many addresses';
comment on column audit.refusal_history.user_agent is
  'Name that the client gave itself at the first refusal; null if it gave none';
comment on column audit.refusal_history.connection_id is
  'Connection of the first refusal; null at a handshake and for a request';
comment on column audit.refusal_history.session_id is 'Session that was asked for or joined; null if none';
comment on column audit.refusal_history.message is 'Message that the client was told at the first refusal';
grant select on audit.refusal_history to tidemark_auditor;

reset role;
