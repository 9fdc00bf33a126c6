-- Where the other tables and the log do not say the same: parts of audit.invariant_violations. Each part reads the log
-- once, in any order, and is not read at all for another invariant. Of events that have left for good nothing is known.
set role tidemark_owner;

create or replace view tidemark.disagreement (invariant, session_key, cursor, detail) as

-- 1, 4: each session has a position and a state.
select 1, s.session_key, null::bigint, 'the session has no head'
  from tidemark.session s
 where not exists (select from tidemark.session_head h where h.session_key = s.session_key)
union all
select 4, s.session_key, null, 'the session has no state'
  from tidemark.session s
 where not exists (select from tidemark.session_state st where st.session_key = s.session_key)
-- 4: each state_update has reached the state.
union all
select 4, e.session_key, e.cursor, format('the state is that of cursor %s: it never had this event', st.state_cursor)
  from tidemark.event_all e
  join tidemark.session_state st using (session_key)
 where e.type = 'state_update' and e.cursor > st.state_cursor

union all
-- 5: each event of type message or response has its message, and the id of a published event names it.
select 5, e.session_key, e.cursor, format('this %s is not among the messages', e.type)
  from tidemark.event_all e
 where e.type in ('message', 'response')
   and not exists (select from tidemark.message m where m.session_key = e.session_key and m.cursor = e.cursor)
union all
select 5, p.session_key, p.cursor, format('the event here has not the id %s, by which it was published', p.event_id)
  from tidemark.publication p
  join tidemark.session_head h using (session_key)
 where p.cursor >= h.floor_cursor
   and not exists (
     select from tidemark.event e
      where e.session_key = p.session_key and e.cursor = p.cursor and e.event_id = p.event_id)

union all
-- 9: a turn ends once: one terminal event, then stream_end, then nothing.
select 9, t.session_key, found.cursor, format('turn %s %s', t.turn_id, found.detail)
  from (
    select e.session_key, e.turn_id, max(e.cursor) as last,
           count(*) filter (where is_terminal) as terminals, max(e.cursor) filter (where is_terminal) as terminal,
           min(e.cursor) filter (where e.type = 'stream_end') as stream_end
      from tidemark.event_all e
     cross join lateral (
       select e.type in ('response', 'turn_failed', 'aborted', 'turn_interrupted') as is_terminal) kind
     where e.turn_id is not null
     group by e.session_key, e.turn_id
  ) t
  left join tidemark.chain_anchor a using (session_key)
 cross join lateral (
   select t.terminal as cursor, format('has %s terminal events', t.terminals) as detail where t.terminals > 1
   union all
   select t.last, format('goes on after its stream_end, which is %s', t.stream_end) where t.last > t.stream_end
   union all
   select t.terminal, 'has no stream_end right behind its terminal event'
    where t.terminals = 1 and t.terminal > coalesce(a.cursor, 0) and t.stream_end is distinct from t.terminal + 1
   union all
   select t.stream_end, 'has no terminal event before its stream_end'
    where t.terminals = 0 and t.stream_end > coalesce(a.cursor, 0) + 1
 ) found

union all
-- 10: the row of a turn and its events say the same.
select 10, e.session_key, min(e.cursor), format('there is no turn %s', e.turn_id)
  from tidemark.event_all e
 where e.turn_id is not null
   and not exists (select from tidemark.turn t where t.turn_id = e.turn_id and t.session_key = e.session_key)
 group by e.session_key, e.turn_id
union all
select 10, t.session_key, e.cursor, format('turn %s is %s, and here is its %s', t.turn_id, t.status, e.type)
  from tidemark.turn t
  join tidemark.event_all e on e.session_key = t.session_key and e.turn_id = t.turn_id
 where t.status in ('queued', 'running')
   and e.type in ('response', 'turn_failed', 'aborted', 'turn_interrupted', 'stream_end')
union all
select 10, t.session_key, coalesce(t.ended_cursor, t.started_cursor, t.message_cursor),
       format('turn %s is %s, and its terminal event is not here', t.turn_id, t.status)
  from tidemark.turn t
  left join tidemark.chain_anchor a using (session_key)
 where t.status in ('completed', 'failed', 'aborted', 'interrupted')
   and (t.ended_cursor is null or t.ended_cursor > coalesce(a.cursor, 0))
   and not exists (
     select from tidemark.event_all e
      where e.session_key = t.session_key and e.cursor = t.ended_cursor and e.turn_id = t.turn_id
        and e.type = case t.status when 'completed' then 'response' when 'failed' then 'turn_failed'
                       when 'interrupted' then 'turn_interrupted' else t.status end)

union all
-- 11: along a session neither time nor epoch goes back, and the head has the time of the newest event.
select 11, e.session_key, e.cursor,
       case when e.created_at < e.time_before
            then format('of %s, the event before is of %s', e.created_at, e.time_before)
            else format('of epoch %s, the event before is of epoch %s', e.epoch_number, e.epoch_before) end
  from (
    select e.session_key, e.cursor, e.created_at, e.epoch_number,
           lag(e.created_at) over before as time_before, lag(e.epoch_number) over before as epoch_before
      from tidemark.event_all e
    window before as (partition by e.session_key order by e.cursor)
  ) e
 where e.created_at < e.time_before or e.epoch_number < e.epoch_before
union all
select 11, h.session_key, h.head_cursor, format('of %s, its head says %s', e.created_at, h.last_event_at)
  from tidemark.session_head h
  join tidemark.event_all e on e.session_key = h.session_key and e.cursor = h.head_cursor
 where e.created_at is distinct from h.last_event_at

union all
-- 12: nobody was sent what the log has not. A client of an earlier epoch may have been sent events that were lost, and
-- was told.
select 12, j.session_key, sent.cursor, format('sent to %s, the head is %s', j.principal, h.head_cursor)
  from (
    select p.join_id, max(p.sent_cursor) as cursor from tidemark.read_progress p group by p.join_id
    union all
    select l.join_id, l.sent_cursor from tidemark.leave_record l
  ) sent
  join tidemark.join_record j using (join_id)
  join tidemark.session_head h on h.session_key = j.session_key
 where sent.cursor > h.head_cursor
   and j.epoch = (select e.epoch_id::text from tidemark.epoch e order by e.epoch_number desc limit 1);

comment on view tidemark.disagreement is
  'Places at which another table and the log do not say the same; empty if all is well. Part of '
  'audit.invariant_violations';
comment on column tidemark.disagreement.invariant is 'Number of the invariant, as in audit.invariant_violations';
comment on column tidemark.disagreement.session_key is 'Session of the disagreement';
comment on column tidemark.disagreement.cursor is 'Its cursor; null if it has none';
comment on column tidemark.disagreement.detail is 'Description of the disagreement';

reset role;
