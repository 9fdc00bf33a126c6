-- What came of verifications: their progress, the misfits, those that somebody answers for, and the last verification
-- of each session.
set role tidemark_owner;

create or replace view audit.verification_misfits
  (verification_id, tenant, session_id, cursor, kind, found_at, batch_number, acknowledged_by, acknowledged_at,
   acknowledged_why, others, acknowledged) as
select m.verification_id, s.tenant, s.session_id, m.cursor, m.kind, m.found_at, m.batch_number, a.acknowledged_by,
       a.acknowledged_at, a.reason, m.others, tidemark.is_acknowledged(m.others, m.found_at, a.acknowledged_at)
  from tidemark.verification_misfit m
  left join tidemark.session s using (session_key)
  left join tidemark.chain_acknowledgement a using (session_key, cursor, kind, evidence);
comment on view audit.verification_misfits is
  'Findings of verifications: one row for each session whose log did not fit its chain, the first misfit that nobody '
  'had acknowledged or else the first';
comment on column audit.verification_misfits.verification_id is 'Verification that found it';
comment on column audit.verification_misfits.tenant is 'Tenant of the session; null for events without a session';
comment on column audit.verification_misfits.session_id is 'Name of the session; null for events without a session';
comment on column audit.verification_misfits.cursor is 'First cursor that does not fit';
comment on column audit.verification_misfits.kind is
  'changed: the event is not the one that was hashed; missing: there is no such event; added: there should be no such '
  'event; head: only the hash in the head differs';
comment on column audit.verification_misfits.found_at is 'Time of the finding';
comment on column audit.verification_misfits.batch_number is 'Batch of the verification';
comment on column audit.verification_misfits.acknowledged_by is
  'Person who answers for it (tidemark.acknowledge_misfit), also if that came later; null if nobody does';
comment on column audit.verification_misfits.acknowledged_at is 'Time of the acknowledgement; null if there is none';
comment on column audit.verification_misfits.acknowledged_why is 'Reason that was given; null if there is none';
comment on column audit.verification_misfits.others is
  'Number of further misfits of the session that nobody had acknowledged then: audit.verify_session finds the next one '
  'when this one is acknowledged. Null in findings from before version 19';
comment on column audit.verification_misfits.acknowledged is
  'Whether somebody answers for all misfits that were found in the session. Where there are others, only a later '
  'verification can say so';
grant select on audit.verification_misfits to tidemark_auditor;

create or replace view audit.verification_progress
  (verification_id, began_at, begun_by, since, done_at, batches, batches_done, sessions, sessions_done, events,
   events_done, misfits, worker_events_per_second, acknowledged) as
select v.verification_id, v.began_at, v.begun_by, v.since,
       case when b.batches = b.batches_done then coalesce(b.verified_at, v.began_at) end,
       b.batches, b.batches_done, b.sessions, b.sessions_done, b.events, b.events_done,
       (select count(*) from tidemark.verification_misfit m where m.verification_id = v.verification_id),
       round(b.events_done * 1000 / nullif(b.duration_ms, 0)),
       (select count(*) from audit.verification_misfits m
         where m.verification_id = v.verification_id and m.acknowledged)
  from tidemark.verification v
 cross join lateral (
   select count(*) as batches, count(*) filter (where d.verified_at is not null) as batches_done,
          coalesce(sum(d.sessions), 0) as sessions,
          coalesce(sum(d.sessions) filter (where d.verified_at is not null), 0) as sessions_done,
          coalesce(sum(d.events), 0) as events,
          coalesce(sum(d.events) filter (where d.verified_at is not null), 0) as events_done,
          max(d.verified_at) as verified_at, sum(d.duration_ms) as duration_ms
     from tidemark.verification_batch d
    where d.verification_id = v.verification_id) b;
comment on view audit.verification_progress is
  'Verifications of all sessions: how far each has come, and when it was done';
comment on column audit.verification_progress.verification_id is 'Number in the order of the verifications';
comment on column audit.verification_progress.began_at is 'Time at which the verification began';
comment on column audit.verification_progress.begun_by is 'Database role that began it';
comment on column audit.verification_progress.since is
  'Lower bound: only sessions with an event at or after this time are verified; null if all are';
comment on column audit.verification_progress.done_at is 'Time at which the last batch was done; null until then';
comment on column audit.verification_progress.batches is 'Number of batches';
comment on column audit.verification_progress.batches_done is 'Number of batches that are verified';
comment on column audit.verification_progress.sessions is 'Number of sessions to verify, as of began_at';
comment on column audit.verification_progress.sessions_done is 'Number of sessions that are verified';
comment on column audit.verification_progress.events is 'Number of events in these sessions, as of began_at';
comment on column audit.verification_progress.events_done is 'Number of events that are verified';
comment on column audit.verification_progress.misfits is 'Number of sessions so far whose log does not fit';
comment on column audit.verification_progress.worker_events_per_second is
  'Average number of events that one worker verifies in a second; null before the first batch is done';
comment on column audit.verification_progress.acknowledged is
  'Number of those sessions of misfits for all of whose misfits somebody answers (audit.acknowledged_misfits)';
grant select on audit.verification_progress to tidemark_auditor;

create or replace view audit.acknowledged_misfits as
select a.acknowledgement_id, s.tenant, s.session_id, a.cursor, a.kind, a.acknowledged_at, a.acknowledged_by, a.reason,
       a.noted_by
  from tidemark.chain_acknowledgement a
  left join tidemark.session s using (session_key);
comment on view audit.acknowledged_misfits is
  'Misfits of chains that somebody answers for; each is for what was found there then, and for no later change';
comment on column audit.acknowledged_misfits.acknowledgement_id is 'Number in the order of the acknowledgements';
comment on column audit.acknowledged_misfits.tenant is 'Tenant of the session';
comment on column audit.acknowledged_misfits.session_id is 'Name of the session';
comment on column audit.acknowledged_misfits.cursor is 'Cursor that does not fit';
comment on column audit.acknowledged_misfits.kind is
  'changed, missing, added or head, as in audit.verification_misfits';
comment on column audit.acknowledged_misfits.acknowledged_at is 'Time of the acknowledgement';
comment on column audit.acknowledged_misfits.acknowledged_by is 'Person who answers for it';
comment on column audit.acknowledged_misfits.reason is 'Reason that was given';
comment on column audit.acknowledged_misfits.noted_by is 'Database role that noted it';
grant select on audit.acknowledged_misfits to tidemark_auditor;

create or replace view audit.session_verification as
select s.tenant, s.session_id, v.verified_at, v.verification_id, w.begun_by, v.cursor as verified_cursor,
       case when v.session_key is null then 'never'
            when m.session_key is null then 'fits'
            when tidemark.is_acknowledged(m.others, m.found_at, a.acknowledged_at) then 'acknowledged'
            else m.kind end as result,
       m.cursor as misfit_cursor, h.head_cursor - coalesce(v.cursor, 0) as events_since, m.others
  from tidemark.session s
  left join tidemark.session_head h using (session_key)
  left join tidemark.session_verification v using (session_key)
  left join tidemark.verification w using (verification_id)
  left join tidemark.verification_misfit m using (verification_id, session_key)
  left join tidemark.chain_acknowledgement a
    on a.session_key = m.session_key and a.cursor = m.cursor and a.kind = m.kind and a.evidence = m.evidence;
comment on view audit.session_verification is
  'The last verification of each session by audit.verify_all. audit.verify_session leaves no trace';
comment on column audit.session_verification.tenant is 'Tenant of the session';
comment on column audit.session_verification.session_id is 'Name of the session';
comment on column audit.session_verification.verified_at is
  'Time of the verification; null if there was none since version 16';
comment on column audit.session_verification.verification_id is 'Verification (audit.verification_progress)';
comment on column audit.session_verification.begun_by is 'Database role that began it';
comment on column audit.session_verification.verified_cursor is 'Cursor up to which all events were verified, at least';
comment on column audit.session_verification.result is
  'fits; changed, missing, added or head (see audit.verification_misfits); acknowledged: it does not fit, and somebody '
  'answers for all that was found; never: not verified since version 16';
comment on column audit.session_verification.misfit_cursor is 'Cursor that does not fit; null if all do';
comment on column audit.session_verification.events_since is 'Number of events that were appended since';
comment on column audit.session_verification.others is
  'Number of further misfits that nobody had acknowledged then; null if all fits, and before version 19';
grant select on audit.session_verification to tidemark_auditor;

reset role;
