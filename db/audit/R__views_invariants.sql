-- The invariants that hold at any moment, whatever failed. Each part is one of them and is empty when it holds;
-- tidemark.disagreement has those that compare other tables with the log.
-- Replayable events must be in tidemark.event; everything else is checked in event_all, the log and its history, from
-- the anchor on where the oldest days have left for good.
set role tidemark_owner;

create or replace view audit.invariant_violations (invariant, session_id, cursor, detail, tenant) as

-- 1: the cursors between floor and head are dense, and none is above the head.
select 1, s.session_id, gap.before + 1, format('no event from here to %s', gap.cursor - 1), s.tenant
  from (
    select e.session_key, e.cursor,
           lag(e.cursor, 1, h.floor_cursor - 1) over (partition by e.session_key order by e.cursor) as before
      from tidemark.event e
      join tidemark.session_head h using (session_key)
     where e.cursor between h.floor_cursor and h.head_cursor
  ) gap
  join tidemark.session s using (session_key)
 where gap.cursor > gap.before + 1
union all
select 1, s.session_id, h.head_cursor, 'no event at the head', s.tenant
  from tidemark.session_head h
  join tidemark.session s using (session_key)
 where h.floor_cursor <= h.head_cursor
   and not exists (select from tidemark.event e where e.session_key = h.session_key and e.cursor = h.head_cursor)
union all
select 1, s.session_id, e.cursor, format('above the head, which is %s', coalesce(h.head_cursor::text, 'missing')),
       s.tenant
  from tidemark.event_all e
  left join tidemark.session_head h using (session_key)
  left join tidemark.session s using (session_key)
 where e.cursor > coalesce(h.head_cursor, 0)

union all
-- 2: 1 <= floor <= head + 1, no event from the floor on has left for good, and none is earlier than the time of the
-- floor.
select 2, s.session_id, h.floor_cursor, format('floor %s, head %s', h.floor_cursor, h.head_cursor), s.tenant
  from tidemark.session_head h
  join tidemark.session s using (session_key)
 where h.floor_cursor < 1 or h.floor_cursor > h.head_cursor + 1
union all
select 2, s.session_id, h.floor_cursor,
       format('floor %s, events up to %s have left for good', h.floor_cursor, a.cursor), s.tenant
  from tidemark.session_head h
  join tidemark.chain_anchor a using (session_key)
  join tidemark.session s using (session_key)
 where h.floor_cursor <= a.cursor
union all
select 2, s.session_id, e.cursor, format('of %s, the time of the floor is %s', e.created_at, h.floor_at), s.tenant
  from tidemark.event_all e
  join tidemark.session_head h using (session_key)
  join tidemark.session s using (session_key)
 where e.cursor >= h.floor_cursor and e.created_at < h.floor_at

union all
-- 3: no cursor twice, across partitions.
select 3, s.session_id, twice.cursor, format('%s events have this cursor', twice.times), s.tenant
  from (
    select e.session_key, e.cursor, count(*) as times
      from tidemark.event_all e
     group by e.session_key, e.cursor
    having count(*) > 1
  ) twice
  left join tidemark.session s using (session_key)

union all
-- 4: the state is the fold of the state_update events up to its cursor, for sessions whose log is present from cursor 1
-- on.
select 4, s.session_id, st.state_cursor, 'the state is not what its events make', s.tenant
  from tidemark.session_state st
  join tidemark.session s using (session_key)
  left join (
    select e.session_key, tidemark.merge_patches(e.payload::jsonb -> 'patch' order by e.cursor) as state
      from tidemark.event_all e
      join tidemark.session_state to_cursor using (session_key)
     where e.type = 'state_update' and e.cursor <= to_cursor.state_cursor
     group by e.session_key
  ) fold using (session_key)
 where st.state is distinct from coalesce(fold.state, '{}')
   and not exists (select from tidemark.chain_anchor a where a.session_key = st.session_key)

union all
-- 5: every message points at an event of type message or response, or below the floor.
select 5, s.session_id, m.cursor, format('message %s has no event of type message or response', m.message_id), s.tenant
  from tidemark.message m
  join tidemark.session s using (session_key)
  join tidemark.session_head h using (session_key)
 where m.cursor >= h.floor_cursor
   and not exists (
     select from tidemark.event e
      where e.session_key = m.session_key and e.cursor = m.cursor and e.type in ('message', 'response'))

union all
-- 6: no turn is running without a lease, or with one that ended over 60 s ago, the longest sweep interval.
select 6, s.session_id, t.started_cursor,
       format('turn %s is running, its lease ended %s', t.turn_id, coalesce(t.lease_ends_at::text, 'never')), s.tenant
  from tidemark.turn t
  join tidemark.session s using (session_key)
 where t.status = 'running'
   and coalesce(t.lease_ends_at, '-infinity') < clock_timestamp() - interval '60 seconds'

union all
-- 7: the chain verifies.
select 7, s.session_id, m.cursor, format('the chain does not fit from here: %s', m.kind), s.tenant
  from tidemark.chain_misfits(-9223372036854775808, 9223372036854775807) m
  left join tidemark.session s using (session_key)

union all
-- 8: the application's role cannot update or delete an event, the auditor's role cannot read a base table.
select 8, null, null, format('%s may %s %s', can.role, can.act, can.relation), null
  from (
    select r.rolname as role, act, c.oid::regclass::text as relation,
           case act
             when 'update' then has_table_privilege(r.oid, c.oid, act) or has_any_column_privilege(r.oid, c.oid, act)
             else has_table_privilege(r.oid, c.oid, act)
           end as allowed
      from pg_roles r
     cross join pg_class c
     cross join unnest(array['update', 'delete', 'truncate']) act
     where r.rolname = 'tidemark_app'
       and c.oid in (
         select log.relid
           from unnest(array['tidemark.event', 'tidemark.event_history']::regclass[]) root,
                pg_partition_tree(root) log)
    union all
    select r.rolname, act, c.oid::regclass::text,
           has_table_privilege(r.oid, c.oid, act) or has_any_column_privilege(r.oid, c.oid, act)
      from pg_roles r
     cross join pg_class c
     cross join unnest(array['select', 'insert', 'update']) act
     where r.rolname = 'tidemark_auditor'
       and c.relnamespace = 'tidemark'::regnamespace
       and c.relkind in ('r', 'p', 'v', 'm', 'f')
    union all
    select r.rolname, 'become', 'tidemark_owner', pg_has_role(r.oid, o.oid, 'member')
      from pg_roles r
     cross join pg_roles o
     where r.rolname in ('tidemark_app', 'tidemark_auditor') and o.rolname = 'tidemark_owner'
  ) can
 where can.allowed

union all
-- 4, 5 and 9 to 12: what other tables say.
select d.invariant, s.session_id, d.cursor, d.detail, s.tenant
  from tidemark.disagreement d
  left join tidemark.session s using (session_key);

comment on view audit.invariant_violations is
  'Violations of the invariants of the log; empty if all is well. Reads the whole log; "where invariant = n" '
  'checks only that one';
comment on column audit.invariant_violations.invariant is
  'Number of the invariant: 1 dense cursors, 2 floor within the log, 3 no cursor twice, 4 state follows from its '
  'events, 5 messages have their events and events their messages, 6 no turn runs without a lease, 7 the chain '
  'verifies, 8 privileges, 9 a turn ends once, 10 turns have their events, 11 neither time nor epoch goes back, 12 '
  'nobody was sent what the log has not';
comment on column audit.invariant_violations.session_id is 'Name of the session; null if the violation is in none';
comment on column audit.invariant_violations.cursor is 'Cursor of the violation; null if it has none';
comment on column audit.invariant_violations.detail is 'Description of the violation';
comment on column audit.invariant_violations.tenant is 'Tenant of the session; null if the violation is in none';
grant select on audit.invariant_violations to tidemark_auditor;

reset role;
