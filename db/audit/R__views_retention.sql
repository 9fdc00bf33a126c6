-- Retention: the policies, the holds, the purges and their reasons, and the place of each day.
set role tidemark_owner;

create or replace view audit.retention_policies as
select p.policy_id, p.tenant, p.agent_id, p.replay_age, p.replay_events, p.history_age, p.set_at, p.set_by, p.reason,
       exists (select from tidemark.policy_in_force f where f.policy_id = p.policy_id) as in_force,
       num_nonnulls(p.replay_age, p.replay_events, p.history_age) = 0 as withdraws,
       lead(p.set_at) over (partition by p.tenant, p.agent_id order by p.policy_id) as replaced_at
  from tidemark.retention_policy p;
comment on view audit.retention_policies is
  'Policies, present and past. For each limit, the most specific policy in force that gives it decides, in the order '
  'tenant and agent, tenant, agent, any; if none gives it, audit.retention_settings decides';
comment on column audit.retention_policies.policy_id is 'Number in the order in which policies were set';
comment on column audit.retention_policies.tenant is 'Tenant of the sessions that the policy is for; null for any';
comment on column audit.retention_policies.agent_id is 'Agent of the sessions that the policy is for; null for any';
comment on column audit.retention_policies.replay_age is
  'Age at which events leave the replay window; null if the policy does not give this limit';
comment on column audit.retention_policies.replay_events is
  'Maximum number of events of a session in the replay window, without deltas of finished turns; null if the policy '
  'does not give this limit';
comment on column audit.retention_policies.history_age is
  'Age up to which events are kept; null if the policy does not give this limit';
comment on column audit.retention_policies.set_at is 'Time at which the policy was set';
comment on column audit.retention_policies.set_by is 'Database role that set it';
comment on column audit.retention_policies.reason is 'Reason that was given';
comment on column audit.retention_policies.in_force is 'Whether the policy is in force now';
comment on column audit.retention_policies.withdraws is
  'Whether the policy gives no limit and only withdraws the one before';
comment on column audit.retention_policies.replaced_at is
  'Time at which a newer policy for the same tenant and agent was set; null if none was';

create or replace view audit.retention_settings as
select r.setting_id, r.replay_age, r.replay_events, r.history_age, r.history_end, r.noted_at, r.node,
       row_number() over (order by r.setting_id desc) = 1 as in_force
  from tidemark.retention_setting r;
comment on view audit.retention_settings is
  'Settings of the application, present and past, which decide where no policy does';
comment on column audit.retention_settings.setting_id is 'Number in the order in which the settings were recorded';
comment on column audit.retention_settings.replay_age is 'Age at which events leave the replay window';
comment on column audit.retention_settings.replay_events is
  'Maximum number of events of a session in the replay window, without deltas of finished turns';
comment on column audit.retention_settings.history_age is 'Age up to which events are kept';
comment on column audit.retention_settings.history_end is
  'What happens to a day past that age: keep (nothing), archive (it waits for the archive command) or drop';
comment on column audit.retention_settings.noted_at is 'Time at which a node first purged by these settings';
comment on column audit.retention_settings.node is 'Node that did so';
comment on column audit.retention_settings.in_force is 'Whether these are the newest settings';

create or replace view audit.hold_history as
select h.hold_id, h.tenant, h.session_id, h.asked_by, h.reason, h.ends_at, h.placed_at, h.placed_by, h.lifted_at,
       h.lifted_by, h.lift_reason,
       case when h.lifted_at is not null then 'lifted'
            when h.ends_at <= now() then 'ended'
            else 'in force' end as status
  from tidemark.legal_hold h;
comment on view audit.hold_history is
  'Holds, present and past; nothing that is on hold is purged while the hold is in force';
comment on column audit.hold_history.hold_id is 'Number in the order in which holds were placed';
comment on column audit.hold_history.tenant is 'Tenant that is on hold, or whose session is';
comment on column audit.hold_history.session_id is
  'Name of the session on hold; null if all sessions of the tenant are, including future ones';
comment on column audit.hold_history.asked_by is 'Person or authority that asked for the hold';
comment on column audit.hold_history.reason is 'Reason that was given';
comment on column audit.hold_history.ends_at is
  'Time at which the hold ends by itself; null if it stays until it is lifted';
comment on column audit.hold_history.placed_at is 'Time at which the hold was placed';
comment on column audit.hold_history.placed_by is 'Database role that placed it';
comment on column audit.hold_history.lifted_at is 'Time at which the hold was lifted; null if it was not';
comment on column audit.hold_history.lifted_by is 'Database role that lifted it; null if it was not lifted';
comment on column audit.hold_history.lift_reason is 'Reason for lifting it; null if it was not lifted';
comment on column audit.hold_history.status is 'in force, lifted, or ended (by itself)';

create or replace view audit.current_holds as
select h.hold_id, h.tenant, h.session_id, h.asked_by, h.reason, h.ends_at, h.placed_at, h.placed_by
  from tidemark.hold_in_force h;
comment on view audit.current_holds is 'Holds that are in force';
comment on column audit.current_holds.hold_id is 'Number in the order in which holds were placed';
comment on column audit.current_holds.tenant is 'Tenant that is on hold, or whose session is';
comment on column audit.current_holds.session_id is
  'Name of the session on hold; null if all sessions of the tenant are, including future ones';
comment on column audit.current_holds.asked_by is 'Person or authority that asked for the hold';
comment on column audit.current_holds.reason is 'Reason that was given';
comment on column audit.current_holds.ends_at is
  'Time at which the hold ends by itself; null if it stays until it is lifted';
comment on column audit.current_holds.placed_at is 'Time at which the hold was placed';
comment on column audit.current_holds.placed_by is 'Database role that placed it';

-- One row for each floor that rose and for each step of a day, so that a question about one session needs no JSON.
create or replace view audit.purge_history as
select r.purge_id, r.purged_at, r.step, r.node, s.tenant, s.session_id, (f ->> 'before')::bigint as floor_before,
       (f ->> 'after')::bigint as floor_after,
       coalesce((f ->> 'after')::bigint - (f ->> 'before')::bigint, 0) as events,
       case when f -> 'policies' is not null
            then array(select jsonb_array_elements_text(f -> 'policies')::bigint) else '{}' end as policies,
       (r.policy ->> 'day')::date as day, r.partitions_removed[1] as partition, r.rows_removed, r.policy as asked,
       r.duration_ms, r.policy ->> 'reason' as reason
  from tidemark.purge_record r
  left join lateral jsonb_array_elements(r.floors) f on true
  left join tidemark.session s on s.session_key = (f ->> 'session_key')::bigint;
comment on view audit.purge_history is
  'Purges: what was purged, when, and by which rule; one row for each floor that rose and for each step of a day';
comment on column audit.purge_history.purge_id is 'Number of the purge; floors that rose in one transaction share it';
comment on column audit.purge_history.purged_at is 'Time of the purge';
comment on column audit.purge_history.step is
  'floors: the floor rose by the rules, or the DBA let a day leave the log; floor: the DBA or an administrator raised '
  'it; retire: the day moved from the log to the history; leave: it left the history and waits; drop: it was dropped '
  'while it waited; archive: it was dropped, its file holds it; release: it was dropped again after it had been read '
  'back from its file';
comment on column audit.purge_history.node is 'Node that purged, or the database role that called the function';
comment on column audit.purge_history.tenant is 'Tenant of the session whose floor rose; null for a day';
comment on column audit.purge_history.session_id is 'Name of the session whose floor rose; null for a day';
comment on column audit.purge_history.floor_before is 'Floor before; null for a day';
comment on column audit.purge_history.floor_after is 'Floor after; null for a day';
comment on column audit.purge_history.events is 'Number of events that passed below the floor; 0 for a day';
comment on column audit.purge_history.policies is
  'Policies that decided (audit.retention_policies); empty if the settings in asked did, for a floor that was raised '
  'by hand, and for a day';
comment on column audit.purge_history.day is 'Day (UTC); null for a floor';
comment on column audit.purge_history.partition is 'Table of the day; null for a floor';
comment on column audit.purge_history.rows_removed is 'Number of events in the day; 0 for a floor';
comment on column audit.purge_history.asked is
  'Arguments of the purge: replay_age_seconds, replay_events and max_sessions; to_cursor; until_day; or day, alone or '
  'with history_age_seconds or file_sha256; by hand also the reason';
comment on column audit.purge_history.duration_ms is 'Duration of the transaction in milliseconds';
comment on column audit.purge_history.reason is
  'Reason that was given for a step by hand (raise_floor, leave_log, leave_day, drop_waiting_day); null for the others';

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
comment on view audit.floor_status is 'Floors: what can be replayed of each session, and the rules that decide it';
comment on column audit.floor_status.tenant is 'Tenant of the session';
comment on column audit.floor_status.session_id is 'Name of the session';
comment on column audit.floor_status.agent_id is 'Agent of the session';
comment on column audit.floor_status.head_cursor is 'Cursor of the newest event; 0 before the first';
comment on column audit.floor_status.floor_cursor is 'Oldest cursor that can be replayed; head_cursor + 1 if none can';
comment on column audit.floor_status.replayable_events is 'Number of events that can be replayed';
comment on column audit.floor_status.oldest_replayable_at is
  'created_at of the oldest of these events; null if there is none';
comment on column audit.floor_status.oldest_replayable_age is 'Age of that event; null if there is none';
comment on column audit.floor_status.last_event_at is
  'created_at of the newest event, replayable or not; null before the first';
comment on column audit.floor_status.replay_age is
  'Age at which events leave the replay window; null if no policy says it and no node has purged yet';
comment on column audit.floor_status.replay_events is
  'Maximum number of events of a session in the replay window, without deltas of finished turns; null like replay_age';
comment on column audit.floor_status.replay_age_policy is 'Policy that gives replay_age; null if none does';
comment on column audit.floor_status.replay_events_policy is 'Policy that gives replay_events; null if none does';
comment on column audit.floor_status.holds is
  'Holds in force on the session; its floor does not rise while there are any';
comment on column audit.floor_status.chain_anchor is
  'Cursor of the newest event that left for good, after which the chain verifies; null if all events are there';

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
comment on view audit.partition_status is 'Days of the log: where the events of each day are, and why there';
comment on column audit.partition_status.place is
  'log: events can be replayed from it; history: past every floor; waiting: left the history, its table is still '
  'there; archived: only in its file; dropped: gone';
comment on column audit.partition_status.partition is 'Table of the day, or its name before it was dropped';
comment on column audit.partition_status.day is 'Day (UTC); null for event_default';
comment on column audit.partition_status.rows_estimate is
  'Number of events: an estimate, null before the table was first analyzed; exact once the day is gone';
comment on column audit.partition_status.bytes is 'Size on disk in bytes, with indexes; null once the day is gone';
comment on column audit.partition_status.holds is
  'Holds in force on sessions with events of the day; empty for a day that is not over or is gone';
comment on column audit.partition_status.reason is 'Reason why the day is in that place';
comment on column audit.partition_status.file is 'Name of the file of an archived day; null for other days';

create or replace view audit.archive_history as
select r.record_id, r.action, r.day, r.partition, r.file, r.rows, r.first_event_at, r.last_event_at, r.raw_bytes,
       r.raw_sha256, r.file_bytes, r.file_sha256, r.manifest, r.recorded_at, r.recorded_by
  from tidemark.archive_record r;
comment on view audit.archive_history is 'Archive: the days that were archived, read back, and released again';
comment on column audit.archive_history.record_id is 'Number in the order of the actions';
comment on column audit.archive_history.action is
  'archived: written to a file, verified, and dropped here; restored: read back; released: dropped again, so that '
  'only the file has it';
comment on column audit.archive_history.day is 'Day (UTC)';
comment on column audit.archive_history.partition is 'Table of the day';
comment on column audit.archive_history.file is 'Name of the file, without its directory';
comment on column audit.archive_history.rows is 'Number of events';
comment on column audit.archive_history.first_event_at is 'created_at of the oldest event';
comment on column audit.archive_history.last_event_at is 'created_at of the newest event';
comment on column audit.archive_history.raw_bytes is 'Size of the content before compression, in bytes';
comment on column audit.archive_history.raw_sha256 is 'SHA-256 of the content before compression, in hexadecimal';
comment on column audit.archive_history.file_bytes is 'Size of the file in bytes';
comment on column audit.archive_history.file_sha256 is 'SHA-256 of the file, in hexadecimal';
comment on column audit.archive_history.manifest is 'Manifest, as it was written beside the file';
comment on column audit.archive_history.recorded_at is 'Time of the action';
comment on column audit.archive_history.recorded_by is 'Database role that acted';

create or replace view audit.purge_preview as
select p.step, p.day, p.partition, p.policies, p.holds, p.sessions, p.events, p.goes, p.reason
  from tidemark.purge_preview() p;
comment on view audit.purge_preview is
  'Dry run of the next purge: what it would do by the policies, the holds and the newest settings of the application, '
  'and what holds keep from it. Looks at every session; fails if no node has purged yet';
comment on column audit.purge_preview.step is
  'floors: floors would rise; retire: the day would move to the history; leave: it would leave the history; drop: it '
  'would be dropped; archive: it waits for the archive command';
comment on column audit.purge_preview.day is 'Day (UTC); null for floors';
comment on column audit.purge_preview.partition is 'Table of the day; null for floors';
comment on column audit.purge_preview.policies is 'Policies that decide; empty if the settings do, and for a day';
comment on column audit.purge_preview.holds is 'Holds that keep the floors or the day; empty if none does';
comment on column audit.purge_preview.sessions is 'Number of floors; null for a day';
comment on column audit.purge_preview.events is
  'Number of events that would pass below the floors; for a day, the estimated number of its events';
comment on column audit.purge_preview.goes is
  'Whether the next purge takes the step; false if something keeps it, see reason';
comment on column audit.purge_preview.reason is 'Reason why it goes or stays';

grant select on audit.retention_policies, audit.retention_settings, audit.hold_history, audit.current_holds,
  audit.purge_history, audit.floor_status, audit.partition_status, audit.archive_history, audit.purge_preview
  to tidemark_auditor;

reset role;
