-- What a client had on its screen.
set role tidemark_owner;

-- For each reading that counts: the events that had certainly been sent by then, those that had certainly not, and the
-- events between, each with the points before and after it.
create or replace function audit.screen_at(session_id text, client text, at timestamptz, tenant text default 'default')
returns setof tidemark.screen_event
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
  'Returns the events of a session that a client, given as principal or connection_id, had on its screen at a moment. '
  'connected: whether it was connected then; null if its node died or lost records before. A client without a '
  'connection then is shown with the events of its last one. how: sent; snapshot, in the snapshot with which it '
  'began; claimed, from before its since, as the client itself said; in_response, left out of a compact replay '
  'because the response says the same. certain: whether the event had left the gateway by then. If not, it left '
  'between sent_after and sent_by, which is as precise as record_every: perhaps after that moment, and if sent_by is '
  'null, perhaps never';
revoke execute on function audit.screen_at(text, text, timestamptz, text) from public;
grant execute on function audit.screen_at(text, text, timestamptz, text) to tidemark_auditor;

reset role;
