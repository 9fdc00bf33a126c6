-- What came of verifications: misfits that somebody answers for, and the last verification of each session.
set role tidemark_owner;

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
            when a.acknowledgement_id is not null then 'acknowledged'
            else m.kind end as result,
       m.cursor as misfit_cursor, h.head_cursor - coalesce(v.cursor, 0) as events_since
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
  'answers for that; never: not verified since version 16';
comment on column audit.session_verification.misfit_cursor is 'Cursor that does not fit; null if all do';
comment on column audit.session_verification.events_since is 'Number of events that were appended since';
grant select on audit.session_verification to tidemark_auditor;

reset role;
