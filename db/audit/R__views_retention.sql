-- Retention: the policies, the holds, the purges and their reasons, and the place of each day.
set role tidemark_owner;

create or replace view audit.retention_policies as
select p.policy_id, p.tenant, p.agent_id, p.replay_age, p.replay_events, p.history_age, p.set_at, p.set_by, p.reason,
       exists (select from tidemark.policy_in_force f where f.policy_id = p.policy_id) as in_force,
       num_nonnulls(p.replay_age, p.replay_events, p.history_age) = 0 as withdraws,
       lead(p.set_at) over (partition by p.tenant, p.agent_id order by p.policy_id) as replaced_at
  from tidemark.retention_policy p;
comment on view audit.retention_policies is
  'Every policy that was ever set. For each limit the most specific one in force decides: tenant and agent, tenant, '
  'agent, any; where none says, audit.retention_settings';
comment on column audit.retention_policies.policy_id is 'Order in which policies were set';
comment on column audit.retention_policies.tenant is 'The tenant whose sessions it is for, null for any';
comment on column audit.retention_policies.agent_id is 'The agent whose sessions it is for, null for any';
comment on column audit.retention_policies.replay_age is 'Events older than this leave the replay window, null: it does not say';
comment on column audit.retention_policies.replay_events is
  'How many events of a session stay in the replay window, null: it does not say';
comment on column audit.retention_policies.history_age is 'How long events are kept, null: it does not say';
comment on column audit.retention_policies.set_at is 'When it was set';
comment on column audit.retention_policies.set_by is 'The database role that set it';
comment on column audit.retention_policies.reason is 'Why';
comment on column audit.retention_policies.in_force is 'Whether it is in force now';
comment on column audit.retention_policies.withdraws is 'Whether it gives no limit and only ended the one before';
comment on column audit.retention_policies.replaced_at is 'When a newer one of the same tenant and agent was set, null if none was';

create or replace view audit.retention_settings as
select r.setting_id, r.replay_age, r.replay_events, r.history_age, r.history_end, r.noted_at, r.node,
       row_number() over (order by r.setting_id desc) = 1 as in_force
  from tidemark.retention_setting r;
comment on view audit.retention_settings is 'What the application was set to, where no policy said otherwise';
comment on column audit.retention_settings.setting_id is 'Order in which they were noted';
comment on column audit.retention_settings.replay_age is 'Events older than this leave the replay window';
comment on column audit.retention_settings.replay_events is 'How many events of a session stay in the replay window';
comment on column audit.retention_settings.history_age is 'How long events are kept';
comment on column audit.retention_settings.history_end is
  'What becomes of a day after that: keep (nothing), archive (waits for the archive command), drop';
comment on column audit.retention_settings.noted_at is 'When a node first purged by them';
comment on column audit.retention_settings.node is 'That node';
comment on column audit.retention_settings.in_force is 'Whether they are the newest';

create or replace view audit.hold_history as
select h.hold_id, h.tenant, h.session_id, h.asked_by, h.reason, h.ends_at, h.placed_at, h.placed_by, h.lifted_at,
       h.lifted_by, h.lift_reason,
       case when h.lifted_at is not null then 'lifted' when h.ends_at <= now() then 'ended' else 'in force' end as status
  from tidemark.legal_hold h;
comment on view audit.hold_history is 'Every hold that was ever placed; nothing of what it is on is purged while it is in force';
comment on column audit.hold_history.hold_id is 'Order in which holds were placed';
comment on column audit.hold_history.tenant is 'The tenant that is held, or whose session is';
comment on column audit.hold_history.session_id is 'The session, null for all of the tenant, those to come too';
comment on column audit.hold_history.asked_by is 'Who asked for it';
comment on column audit.hold_history.reason is 'Why';
comment on column audit.hold_history.ends_at is 'When it ends by itself, null: not before it is lifted';
comment on column audit.hold_history.placed_at is 'When it was placed';
comment on column audit.hold_history.placed_by is 'The database role that placed it';
comment on column audit.hold_history.lifted_at is 'When it was lifted, null if it was not';
comment on column audit.hold_history.lifted_by is 'The database role that lifted it';
comment on column audit.hold_history.lift_reason is 'Why it was lifted';
comment on column audit.hold_history.status is 'in force, lifted, or ended by itself';

create or replace view audit.current_holds as
select h.hold_id, h.tenant, h.session_id, h.asked_by, h.reason, h.ends_at, h.placed_at, h.placed_by
  from tidemark.hold_in_force h;
comment on view audit.current_holds is 'The holds in force';
comment on column audit.current_holds.hold_id is 'Order in which holds were placed';
comment on column audit.current_holds.tenant is 'The tenant that is held, or whose session is';
comment on column audit.current_holds.session_id is 'The session, null for all of the tenant, those to come too';
comment on column audit.current_holds.asked_by is 'Who asked for it';
comment on column audit.current_holds.reason is 'Why';
comment on column audit.current_holds.ends_at is 'When it ends by itself, null: not before it is lifted';
comment on column audit.current_holds.placed_at is 'When it was placed';
comment on column audit.current_holds.placed_by is 'The database role that placed it';

-- One row for each floor that rose and for each step of a day, so that a question about one session needs no JSON.
create or replace view audit.purge_history as
select r.purge_id, r.purged_at, r.step, r.node, s.tenant, s.session_id, (f ->> 'before')::bigint as floor_before,
       (f ->> 'after')::bigint as floor_after, coalesce((f ->> 'after')::bigint - (f ->> 'before')::bigint, 0) as events,
       case when f -> 'policies' is not null
            then array(select jsonb_array_elements_text(f -> 'policies')::bigint) else '{}' end as policies,
       (r.policy ->> 'day')::date as day, r.partitions_removed[1] as partition, r.rows_removed, r.policy as asked,
       r.duration_ms
  from tidemark.purge_record r
  left join lateral jsonb_array_elements(r.floors) f on true
  left join tidemark.session s on s.session_key = (f ->> 'session_key')::bigint;
comment on view audit.purge_history is
  'What was purged, when, and by which rule: a row for each floor that rose, and a row for each step of a day';
comment on column audit.purge_history.purge_id is 'The purge; floors that rose in one transaction share it';
comment on column audit.purge_history.purged_at is 'When';
comment on column audit.purge_history.step is
  'floors: floors rose by rule; floor: one, by the DBA; retire: a day went from the log to the history; leave: it left the '
  'history and waits; drop: it was dropped; archive: it was dropped, its file holds it; release: the same after it had '
  'been read back';
comment on column audit.purge_history.node is 'The node, or the role of the DBA';
comment on column audit.purge_history.tenant is 'The tenant of the session whose floor rose, null for a day';
comment on column audit.purge_history.session_id is 'The session whose floor rose, null for a day';
comment on column audit.purge_history.floor_before is 'Its floor before';
comment on column audit.purge_history.floor_after is 'Its floor after';
comment on column audit.purge_history.events is 'How many events passed below the floor';
comment on column audit.purge_history.policies is
  'The policies that were followed (audit.retention_policies), empty where the settings in asked were';
comment on column audit.purge_history.day is 'The day (UTC), null for a floor';
comment on column audit.purge_history.partition is 'Its table, null for a floor';
comment on column audit.purge_history.rows_removed is 'How many events it held';
comment on column audit.purge_history.asked is
  'What the purge was asked to do: replay_age_seconds, replay_events, max_sessions; or to_cursor; or day, '
  'history_age_seconds, file_sha256';
comment on column audit.purge_history.duration_ms is 'How long the transaction took, in milliseconds';

create or replace view audit.floor_status as
select s.tenant, s.session_id, s.agent_id, h.head_cursor, h.floor_cursor,
       h.head_cursor - h.floor_cursor + 1 as replayable_events, oldest.created_at as oldest_replayable_at,
       now() - oldest.created_at as oldest_replayable_age, h.last_event_at,
       coalesce(r.replay_age, setting.replay_age) as replay_age,
       coalesce(r.replay_events, setting.replay_events) as replay_events,
       r.replay_age_policy, r.replay_events_policy,
       array(select x.hold_id from tidemark.held_session x where x.session_key = s.session_key order by 1) as holds,
       a.cursor as chain_anchor
  from tidemark.session s
  join tidemark.session_head h using (session_key)
  join tidemark.session_rule r using (session_key)
  left join (select * from tidemark.retention_setting order by setting_id desc limit 1) setting on true
  left join tidemark.chain_anchor a using (session_key)
  left join lateral (
    select e.created_at from tidemark.event e
     where e.session_key = h.session_key and e.cursor = h.floor_cursor
       and e.created_at between h.floor_at and h.last_event_at
     limit 1) oldest on true;
comment on view audit.floor_status is 'What can be replayed of each session, and the rule that says so';
comment on column audit.floor_status.tenant is 'The tenant';
comment on column audit.floor_status.session_id is 'The session';
comment on column audit.floor_status.agent_id is 'Its agent';
comment on column audit.floor_status.head_cursor is 'Cursor of its newest event, 0 before the first';
comment on column audit.floor_status.floor_cursor is 'Oldest cursor that can be replayed, head_cursor + 1 when none can';
comment on column audit.floor_status.replayable_events is 'How many events can be replayed';
comment on column audit.floor_status.oldest_replayable_at is 'created_at of the oldest of them, null when there is none';
comment on column audit.floor_status.oldest_replayable_age is 'How old that is';
comment on column audit.floor_status.last_event_at is 'created_at of the newest event, replayable or not';
comment on column audit.floor_status.replay_age is 'The age at which its events leave the replay window';
comment on column audit.floor_status.replay_events is 'How many of its events stay in the replay window';
comment on column audit.floor_status.replay_age_policy is 'The policy that says the age, null if the settings do';
comment on column audit.floor_status.replay_events_policy is 'The policy that says the number, null if the settings do';
comment on column audit.floor_status.holds is 'The holds in force on it; its floor stays while there are any';
comment on column audit.floor_status.chain_anchor is
  'Cursor of its newest event that left for good: its chain verifies from the next one; null when all are here';

create or replace view audit.partition_status as
select d.place, d.partition, d.day, d.rows_estimate, d.bytes, d.holds, d.reason, null::text as file
  from (select * from tidemark.retention_setting order by setting_id desc limit 1) setting
 right join (select 1) always on true
 cross join lateral tidemark.day_report(
   tidemark.oldest_needed(null, null, false), setting.history_age, setting.history_end) d
union all
select case gone.step when 'drop' then 'dropped' else 'archived' end, gone.partition, gone.day, gone.rows_removed, null,
       '{}', case gone.step when 'drop' then 'dropped' else 'in its file only' end, filed.file
  from (select distinct on (policy ->> 'day') step, partitions_removed[1] as partition, (policy ->> 'day')::date as day,
               rows_removed
          from tidemark.purge_record
         where step in ('drop', 'archive', 'release')
         order by policy ->> 'day', purge_id desc) gone
  left join lateral (select r.file from tidemark.archive_record r
                      where r.day = gone.day order by r.record_id desc limit 1) filed on gone.step <> 'drop'
 where not exists (select from pg_class c
                    where c.relname = gone.partition and c.relnamespace = 'tidemark'::regnamespace);
comment on view audit.partition_status is 'Where the events of each day are, and why there';
comment on column audit.partition_status.place is
  'log: can be replayed from; history: past every floor; waiting: left the history, its table is still there; archived: in '
  'a file; dropped: gone';
comment on column audit.partition_status.partition is 'The table, or what it was called';
comment on column audit.partition_status.day is 'The day (UTC), null for event_default';
comment on column audit.partition_status.rows_estimate is
  'How many events: an estimate, null before the table was first analyzed; exact once the day is gone';
comment on column audit.partition_status.bytes is 'Size on disk with its indexes, null once the day is gone';
comment on column audit.partition_status.holds is 'The holds in force on sessions with events of that day';
comment on column audit.partition_status.reason is 'Why it is there and not further';
comment on column audit.partition_status.file is 'The file of an archived day';

create or replace view audit.archive_history as
select r.record_id, r.action, r.day, r.partition, r.file, r.rows, r.first_event_at, r.last_event_at, r.raw_bytes,
       r.raw_sha256, r.file_bytes, r.file_sha256, r.manifest, r.recorded_at, r.recorded_by
  from tidemark.archive_record r;
comment on view audit.archive_history is 'Each day that was archived, read back and released again';
comment on column audit.archive_history.record_id is 'Order of what was done';
comment on column audit.archive_history.action is
  'archived: written to a file, verified, dropped here; restored: read back; released: dropped again, in its file only';
comment on column audit.archive_history.day is 'The day (UTC)';
comment on column audit.archive_history.partition is 'Its table';
comment on column audit.archive_history.file is 'Name of the file, without its directory';
comment on column audit.archive_history.rows is 'How many events';
comment on column audit.archive_history.first_event_at is 'created_at of the oldest of them';
comment on column audit.archive_history.last_event_at is 'created_at of the newest of them';
comment on column audit.archive_history.raw_bytes is 'Bytes of the content before it was compressed';
comment on column audit.archive_history.raw_sha256 is 'SHA-256 of that';
comment on column audit.archive_history.file_bytes is 'Bytes of the file';
comment on column audit.archive_history.file_sha256 is 'SHA-256 of the file';
comment on column audit.archive_history.manifest is 'The manifest as it was written beside the file';
comment on column audit.archive_history.recorded_at is 'When it was done';
comment on column audit.archive_history.recorded_by is 'The database role that did it';

create or replace view audit.purge_preview as
select p.step, p.day, p.partition, p.policies, p.holds, p.sessions, p.events, p.goes, p.reason
  from tidemark.purge_preview() p;
comment on view audit.purge_preview is
  'A dry run: what the next purge would do by the policies, the holds and the newest settings of the application, and '
  'what holds keep from it. Looks at every session; fails while no node has purged yet';
comment on column audit.purge_preview.step is
  'floors: floors would rise; retire: a day would go to the history; leave: it would leave the history; drop: it would '
  'be dropped; archive: it waits for the archive command';
comment on column audit.purge_preview.day is 'The day (UTC), null for floors';
comment on column audit.purge_preview.partition is 'Its table, null for floors';
comment on column audit.purge_preview.policies is 'The policies that say so, empty where the settings do';
comment on column audit.purge_preview.holds is 'The holds that keep it';
comment on column audit.purge_preview.sessions is 'How many floors, null for a day';
comment on column audit.purge_preview.events is 'How many events would pass below the floors, or about how many the day holds';
comment on column audit.purge_preview.goes is 'Whether the next purge does it; false where something keeps it, see reason';
comment on column audit.purge_preview.reason is 'Why it goes or stays';

grant select on audit.retention_policies, audit.retention_settings, audit.hold_history, audit.current_holds,
  audit.purge_history, audit.floor_status, audit.partition_status, audit.archive_history, audit.purge_preview
  to tidemark_auditor;

reset role;
