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
comment on view tidemark.reading is 'Where clients began to read: at a join, and again at each resync of it';
comment on column tidemark.reading.join_id is 'The join';
comment on column tidemark.reading.number is '0 from the join on, n from its n-th resync on';
comment on column tidemark.reading.connection_id is 'The connection';
comment on column tidemark.reading.principal is 'Whose client';
comment on column tidemark.reading.tenant is 'The tenant';
comment on column tidemark.reading.remote_address is 'From where; null if a restore took the join';
comment on column tidemark.reading.session_id is 'The session';
comment on column tidemark.reading.session_key is 'That session';
comment on column tidemark.reading.node is 'The node';
comment on column tidemark.reading.epoch is 'The epoch of its cursors';
comment on column tidemark.reading.began_at is 'When';
comment on column tidemark.reading.baseline is 'The cursor that its first event follows';
comment on column tidemark.reading.snapshot is 'Whether it began with a snapshot at the baseline';
comment on column tidemark.reading.since is 'The cursor that the client said it has, if it was replayed to from there';
comment on column tidemark.reading.compact_until is 'Up to where its replay left out what a response stands for; null if nowhere';

create or replace view tidemark.reading_point as
select join_id, resyncs as number, looked_at, written_at, sent_cursor, in_flight = 0 as out from tidemark.read_progress
union all
select join_id, resyncs, left_at, left_at, sent_cursor, in_flight = 0 from tidemark.leave_record
union all
select join_id, number - 1, resynced_at, resynced_at, from_cursor, false from tidemark.resync_record;
comment on view tidemark.reading_point is 'What is known of how far a reading had come';
comment on column tidemark.reading_point.join_id is 'The join';
comment on column tidemark.reading_point.number is 'Its reading';
comment on column tidemark.reading_point.looked_at is 'Nothing above sent_cursor had been sent then';
comment on column tidemark.reading_point.written_at is 'Everything up to sent_cursor had been handed to the socket then';
comment on column tidemark.reading_point.sent_cursor is 'How far';
comment on column tidemark.reading_point.out is 'Whether all of it is known to have left the process';

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
comment on view audit.join_history is 'Every join: who, from where, what came of it, how far it was sent and how it ended';
comment on column audit.join_history.join_id is 'Order of the joins';
comment on column audit.join_history.joined_at is 'When';
comment on column audit.join_history.principal is 'Who';
comment on column audit.join_history.tenant is 'The tenant of who';
comment on column audit.join_history.remote_address is 'From where';
comment on column audit.join_history.user_agent is 'What the client called itself';
comment on column audit.join_history.connection_id is 'The connection, new with each socket';
comment on column audit.join_history.node is 'The node, a name and a part that is new at every start';
comment on column audit.join_history.session_id is 'The session that was asked for, or was made';
comment on column audit.join_history.since is 'The cursor that the client said it has, null if none';
comment on column audit.join_history.since_epoch is 'The epoch that the client named';
comment on column audit.join_history.outcome is 'fresh, created, replay, resync or refused';
comment on column audit.join_history.reason is 'The resync_reason, or the code of the refusal';
comment on column audit.join_history.missed is 'How many events the client had missed and was to be replayed; null but in a replay';
comment on column audit.join_history.capabilities is 'What the client named and was granted: batch, compact';
comment on column audit.join_history.epoch is 'The epoch of the cursors in this row but since';
comment on column audit.join_history.head_cursor is 'Head when it joined';
comment on column audit.join_history.floor_cursor is 'Floor when it joined';
comment on column audit.join_history.baseline is 'The cursor that the first event it was sent follows';
comment on column audit.join_history.snapshot is 'Whether it began with a snapshot, which stands at the baseline';
comment on column audit.join_history.sent_cursor is
  'The last cursor that is known to have been handed to its socket, after its last resync; see reading_history';
comment on column audit.join_history.resyncs is 'How often it was resynced while it was connected, see resync_history';
comment on column audit.join_history.left_at is 'When it ended';
comment on column audit.join_history.left_why is
  'left, rejoined, closed (by the client), lost, stopped (with the node), or the code with which the gateway closed it';
comment on column audit.join_history.close_code is 'The close code of the WebSocket, null if the connection went on';
comment on column audit.join_history.status is
  'refused; connected; left; unknown: its node died, or lost what it had to write, and after known_until nothing is known';
comment on column audit.join_history.known_until is 'Until when this row tells all';
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
comment on view audit.resync_history is 'Every client that got a snapshot instead of the events that it missed, and why';
comment on column audit.resync_history.at is 'When';
comment on column audit.resync_history.at_join is 'Whether it came back so; otherwise it was connected';
comment on column audit.resync_history.principal is 'Who';
comment on column audit.resync_history.tenant is 'The tenant of who';
comment on column audit.resync_history.session_id is 'The session';
comment on column audit.resync_history.reason is 'below_floor, ahead_of_head, epoch_changed, lagged';
comment on column audit.resync_history.from_cursor is 'The last cursor that it had, at a join as it said itself';
comment on column audit.resync_history.from_epoch is 'The epoch of that cursor; at a join as it was named, null if it was not';
comment on column audit.resync_history.snapshot_cursor is 'The cursor of the snapshot; null in joins from before version 11';
comment on column audit.resync_history.snapshot_epoch is 'The epoch of the snapshot; null in joins from before version 11';
comment on column audit.resync_history.join_id is 'The join';
comment on column audit.resync_history.connection_id is 'The connection';
comment on column audit.resync_history.node is 'The node';
grant select on audit.resync_history to tidemark_auditor;

create or replace view audit.reading_history as
select r.principal, r.tenant, r.session_id, 'events' as what, stretch.from_cursor, stretch.until_cursor,
       stretch.from_time, stretch.until_time, stretch.out_by, r.join_id, r.connection_id, r.remote_address, r.node, r.epoch,
       r.compact_until
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
  'What was sent to whom and when: stretches of events, each between two looks at how far its client was, and snapshots. '
  'The events of a stretch are those of audit.event_history with the same session_id and tenant and cursor between '
  'from_cursor and until_cursor';
comment on column audit.reading_history.principal is 'Who';
comment on column audit.reading_history.tenant is 'The tenant of who';
comment on column audit.reading_history.session_id is 'The session';
comment on column audit.reading_history.what is 'events, or snapshot: the state, newest messages and newest events as of until_cursor';
comment on column audit.reading_history.from_cursor is 'The first cursor of the stretch; null for a snapshot';
comment on column audit.reading_history.until_cursor is 'The last cursor of the stretch, or the cursor of the snapshot';
comment on column audit.reading_history.from_time is 'None of it was sent before, nor before its own created_at';
comment on column audit.reading_history.until_time is 'All of it had been handed to the socket then';
comment on column audit.reading_history.out_by is
  'When all of it is known to have left the process; null if that is not known, so that the last of it may have been '
  'lost, and for a snapshot';
comment on column audit.reading_history.join_id is 'The join';
comment on column audit.reading_history.connection_id is 'The connection';
comment on column audit.reading_history.remote_address is 'From where';
comment on column audit.reading_history.node is 'The node';
comment on column audit.reading_history.epoch is 'The epoch of the cursors: of what was lost in a restore, later events may have the numbers';
comment on column audit.reading_history.compact_until is
  'Up to this cursor the deltas of completed turns were left out, because their response says the same; null if not';
grant select on audit.reading_history to tidemark_auditor;

create or replace view audit.refusal_history as
select refusal_id, first_at, last_at, times, node, operation, code, http_status, close_code, principal, tenant,
       remote_address, user_agent, connection_id, session_id, message
  from tidemark.refusal_record;
comment on view audit.refusal_history is
  'What the gateway refused, to whom and why; the same within one interval is one row';
do $$
declare
  attribute record;
begin
  for attribute in
    select attname, col_description(attrelid, attnum) as says
      from pg_attribute where attrelid = 'tidemark.refusal_record'::regclass and attnum > 0
  loop
    execute format('comment on column audit.refusal_history.%I is %L', attribute.attname, attribute.says);
  end loop;
end
$$;
grant select on audit.refusal_history to tidemark_auditor;

-- For each reading that counts: the events that had certainly been sent by then, those that had certainly not, and the
-- events between, each with the points before and after it.
create or replace function audit.screen_at(session_id text, client text, at timestamptz, tenant text default 'default')
returns table (
  join_id bigint, connection_id uuid, connected boolean, cursor bigint, how text, certain boolean,
  sent_after timestamptz, sent_by timestamptz, event_id uuid, type text, source text, turn_id uuid, payload json,
  created_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  with began as (
    select distinct on (r.join_id) r.*, l.left_at, n.seen_at,
           case when l.left_at is not null then l.left_at > screen_at.at
                when n.seen_at >= screen_at.at and n.leaves_lost = 0 then true end as connected
      from tidemark.reading r
      left join tidemark.leave_record l using (join_id)
      left join tidemark.node_record n using (node)
     where r.session_id = screen_at.session_id and r.tenant = screen_at.tenant and r.began_at <= screen_at.at
       and (r.principal = screen_at.client or r.connection_id::text = screen_at.client)
     order by r.join_id, r.number desc
  ), shown as materialized (
    select began.*, e.epoch_number,
           case when ahead.sent_cursor is not null then ahead.sent_cursor
                when began.connected and began.left_at is null or began.left_at <= screen_at.at
                then coalesce(behind.sent_cursor, began.baseline) end as at_most
      from began
      left join tidemark.epoch e on e.epoch_id::text = began.epoch
      left join lateral (
        select p.sent_cursor from tidemark.reading_point p
         where p.join_id = began.join_id and p.number = began.number and p.looked_at >= screen_at.at
         order by p.sent_cursor limit 1) ahead on true
      left join lateral (
        select max(p.sent_cursor) as sent_cursor from tidemark.reading_point p
         where p.join_id = began.join_id and p.number = began.number) behind on true
     where began.connected
        or not exists (select from began other where other.connected)
           and began.join_id = (select max(other.join_id) from began other)
  ), marks as (
    select s.join_id, e.cursor, false as is_point, null::timestamptz as looked_at, null::timestamptz as out_at,
           e.event_id, e.type, e.source, e.turn_id, e.payload, e.created_at
      from shown s
      join tidemark.event_all e
        on e.session_key = s.session_key and e.created_at <= screen_at.at
       and e.cursor <= coalesce(s.at_most, 9223372036854775807)
       and (e.cursor > s.baseline or s.snapshot or s.since is not null)
       and (s.epoch_number is null or e.epoch_number <= s.epoch_number)
    union all
    select s.join_id, case when p.number = s.number then p.sent_cursor else 9223372036854775807 end, true,
           case when p.number = s.number then p.looked_at end, case when p.out then p.written_at end,
           null, null, null, null, null, null
      from shown s
      join tidemark.reading_point p on p.join_id = s.join_id and p.number >= s.number
  ), timed as (
    select m.*,
           max(m.looked_at) over (partition by m.join_id order by m.cursor, m.is_point
                                  rows between unbounded preceding and 1 preceding) as not_before,
           min(m.out_at) over (partition by m.join_id order by m.cursor desc, m.is_point desc
                               rows between unbounded preceding and current row) as out_by,
           min(m.out_at) over (partition by m.join_id) as first_out
      from marks m
  )
  select s.join_id, s.connection_id, s.connected, t.cursor, how.text,
         coalesce(case how.text when 'claimed' then true when 'snapshot' then t.first_out <= screen_at.at
                                else t.out_by <= screen_at.at end, false),
         case how.text when 'claimed' then null when 'snapshot' then s.began_at
                       else greatest(t.created_at, s.began_at, t.not_before) end,
         case how.text when 'claimed' then null when 'snapshot' then t.first_out else t.out_by end,
         t.event_id, t.type, t.source, t.turn_id, t.payload, t.created_at
    from timed t
    join shown s using (join_id)
   cross join lateral (
     select case when t.cursor <= s.baseline then case when s.snapshot then 'snapshot' else 'claimed' end
                 when t.cursor <= s.compact_until
                  and t.type in ('token_stream', 'reasoning_stream', 'tool_call_stream', 'tool_result_stream')
                  and exists (select from tidemark.turn u
                               where u.turn_id = t.turn_id and u.session_key = s.session_key
                                 and u.status = 'completed' and u.ended_cursor <= s.compact_until)
                 then 'in_response'
                 else 'sent' end as text) how
   where not t.is_point
   order by s.join_id, t.cursor
$$;
comment on function audit.screen_at(text, text, timestamptz, text) is
  'The events of a session that a client, a principal or a connection_id, had on its screen at a moment. connected: '
  'whether it was there then, null if its node died or lost track before; a client with no connection then is shown with '
  'what its last one had been sent. how: sent; snapshot, known by the snapshot that it began from; '
  'claimed, from before its since, by its own word; in_response, left out of a compact replay because its response says '
  'the same. certain: it had left the gateway by then; otherwise it left between sent_after and sent_by, which is as '
  'precise as record_every, and perhaps later or, where sent_by is null, not for certain at all';
revoke execute on function audit.screen_at(text, text, timestamptz, text) from public;
grant execute on function audit.screen_at(text, text, timestamptz, text) to tidemark_auditor;

reset role;
