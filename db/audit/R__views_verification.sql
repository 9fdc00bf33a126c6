-- Verification of the chain: of one session, and of all.
set role tidemark_owner;

create or replace function audit.verify_session(session_id text, tenant text default 'default') returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  return first_misfit(session_key_of(session_id, tenant));
end
$$;
comment on function audit.verify_session(text, text) is
  'Returns the first cursor at which the log of a session does not fit its hash chain (an event was changed, moved, '
  'removed or added), or null. If only the hash in the head differs, that is the head, 0 if there are no events. Each '
  'unbroken run of days before the chain anchor is verified by itself. Warns of misfits that somebody acknowledged, '
  'and does not return them';
grant execute on function audit.verify_session(text, text) to tidemark_auditor;

create or replace function audit.chain_head(session_id text, tenant text default 'default')
returns setof tidemark.chain_position
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  key bigint := session_key_of(session_id, tenant);
begin
  return query
    select h.head_cursor, encode(h.chain_hash, 'hex'), p.epoch_id, h.last_event_at
      from tidemark.session_head h
      left join tidemark.event_all e
        on e.session_key = h.session_key and e.cursor = h.head_cursor and e.created_at = h.last_event_at
      left join tidemark.epoch p using (epoch_number)
     where h.session_key = key;
end
$$;
comment on function audit.chain_head(text, text) is
  'Returns the head of the chain of a session, to be kept outside the database: cursor of the newest event (0 before '
  'the first), its hash in hexadecimal, its epoch (null if the event is not here any more) and its time (null before '
  'the first)';
grant execute on function audit.chain_head(text, text) to tidemark_auditor;

create or replace function audit.verify_since(
  session_id text, cursor bigint, chain_hash text, tenant text default 'default') returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  key bigint := session_key_of(session_id, tenant);
  misfit bigint;
  head bigint;
  anchor bigint;
  found bytea;
begin
  if verify_since.cursor is null or verify_since.chain_hash is null then
    raise exception 'a kept head is a cursor and a hash' using errcode = 'null_value_not_allowed';
  end if;
  misfit := first_misfit(key);
  select h.head_cursor, coalesce(a.cursor, 0),
         case verify_since.cursor
           when 0 then decode(repeat('00', 32), 'hex')
           when a.cursor then a.chain_hash
           else (select e.chain_hash from tidemark.event_all e
                  where e.session_key = key and e.cursor = verify_since.cursor limit 1) end
    into head, anchor, found
    from tidemark.session_head h
    left join tidemark.chain_anchor a using (session_key)
   where h.session_key = key;
  if found is null and verify_since.cursor < anchor then
    raise exception 'event % has left for good, and its hash with it; the oldest hash that remains is that of event %',
      verify_since.cursor, anchor using errcode = 'no_data_found';
  end if;
  if head < verify_since.cursor then
    return least(misfit, head + 1);
  end if;
  if encode(found, 'hex') is distinct from lower(verify_since.chain_hash) then
    return least(misfit, verify_since.cursor);
  end if;
  return misfit;
end
$$;
comment on function audit.verify_since(text, bigint, text, text) is
  'Does the same as verify_session, and checks that the chain leads through a head that was kept outside; so it also '
  'finds a log that was changed with all its hashes computed anew. Returns the first cursor that does not fit, or '
  'null. The kept head does not fit if the hash there is another one; a log that ends before it does not fit at head '
  '+ 1. Raises no_data_found if the event of the kept head has left for good';
grant execute on function audit.verify_since(text, bigint, text, text) to tidemark_auditor;

-- Verifies all sessions with any number of workers: a verification is cut into batches, an idle worker claims one, and
-- each batch is a transaction. A batch that is neither locked nor done is still to do, so a dead worker leaves nothing
-- behind.
create or replace function audit.begin_verification(
  since timestamptz default null, afresh boolean default false, batch_events int default 50000) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  id bigint;
  -- Sessions outside the selection are read with their neighbours as long as that is less work than one batch more.
  gap_events int := begin_verification.batch_events / 5;
begin
  -- If several callers begin at the same moment, the first makes the verification and the others find it.
  lock table tidemark.verification in share row exclusive mode;
  if not begin_verification.afresh then
    id := (select v.verification_id from tidemark.verification v
            where v.since is not distinct from begin_verification.since
              and exists (select from tidemark.verification_batch b
                           where b.verification_id = v.verification_id and b.verified_at is null)
            order by v.verification_id desc limit 1);
    if id is not null then
      return id;
    end if;
  end if;

  insert into tidemark.verification as v (since) values (begin_verification.since) returning v.verification_id into id;
  insert into tidemark.verification_batch (verification_id, batch_number, first_key, last_key, sessions, events)
  select id, row_number() over batches,
         -- A verification of all sessions covers all keys, also those without a session.
         case when begin_verification.since is not null then batch.first_key
              else coalesce(lag(batch.last_key) over batches + 1, -9223372036854775808) end,
         case when begin_verification.since is not null or lead(batch.last_key) over batches is not null
              then batch.last_key
              else 9223372036854775807 end,
         batch.sessions, batch.events
    from (
      select min(piece.session_key) as first_key, max(piece.session_key) as last_key,
             count(*) as sessions, sum(piece.events) as events
        from (
          select wanted.session_key, wanted.events, wanted.before,
                 count(*) filter (where wanted.gap > gap_events) over (order by wanted.session_key) as island
            from (
              select one.session_key, one.events, one.before,
                     one.before - lag(one.before + one.weight) over (order by one.session_key) as gap
                from (
                  select h.session_key, h.last_event_at, size.events, size.events + 1 as weight,
                         sum(size.events + 1) over (order by h.session_key) - size.events - 1 as before
                    from tidemark.session_head h
                    left join tidemark.chain_anchor a using (session_key)
                   cross join lateral (select h.head_cursor - coalesce(a.cursor, 0) as events) size
                ) one
               where begin_verification.since is null or one.last_event_at >= begin_verification.since
            ) wanted
        ) piece
       group by piece.island, div(piece.before, begin_verification.batch_events)
    ) batch
  window batches as (order by batch.first_key);
  return id;
end
$$;
comment on function audit.begin_verification(timestamptz, boolean, int) is
  'Returns the verification_id of the unfinished verification with the same since, or of a new one if there is none '
  'or afresh is true. A verification covers all sessions, or those with an event since a time, in batches of whole '
  'sessions with about batch_events events each. audit.verify_all does the work';
grant execute on function audit.begin_verification(timestamptz, boolean, int) to tidemark_auditor;

create or replace function audit.verify_next_batch(verification_id bigint)
returns setof tidemark.verified_batch
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  batch tidemark.verification_batch;
  wanted_since timestamptz;
  misfits bigint;
begin
  select v.since into wanted_since
    from tidemark.verification v
   where v.verification_id = verify_next_batch.verification_id;
  if not found then
    raise exception 'no verification %', verify_next_batch.verification_id using errcode = 'no_data_found';
  end if;
  select b.* into batch
    from tidemark.verification_batch b
   where b.verification_id = verify_next_batch.verification_id and b.verified_at is null
   order by b.batch_number limit 1
     for update skip locked;
  if not found then
    -- Other workers hold all remaining batches. A batch is done when its worker commits; if that worker gives up, it is
    -- done here.
    select b.* into batch
      from tidemark.verification_batch b
     where b.verification_id = verify_next_batch.verification_id and b.verified_at is null
     order by b.batch_number limit 1
       for update;
    if not found then
      return;
    end if;
    began := clock_timestamp();
  end if;
  -- The heads before the events: the verification covers at least what is noted here.
  insert into tidemark.session_verification as v (session_key, verification_id, verified_at, cursor)
  select h.session_key, batch.verification_id, began, h.head_cursor
    from tidemark.session_head h
   where h.session_key between batch.first_key and batch.last_key
     and (wanted_since is null or h.last_event_at >= wanted_since)
      on conflict (session_key) do update
     set verification_id = excluded.verification_id, verified_at = excluded.verified_at, cursor = excluded.cursor;
  insert into tidemark.verification_misfit (verification_id, batch_number, session_key, cursor, kind, evidence)
  select batch.verification_id, batch.batch_number, m.session_key, m.cursor, m.kind, m.evidence
    from chain_findings(batch.first_key, batch.last_key, wanted_since) m;
  get diagnostics misfits = row_count;
  update tidemark.verification_batch b
     set verified_at = clock_timestamp(),
         duration_ms = round(extract(epoch from clock_timestamp() - began) * 1000, 3)
   where b.verification_id = batch.verification_id and b.batch_number = batch.batch_number;
  return query select batch.batch_number, batch.sessions, batch.events, misfits;
end
$$;
comment on function audit.verify_next_batch(bigint) is
  'Verifies a batch that no other worker has, records the findings, and returns the batch; the caller commits. If '
  'other workers have all the remaining ones, waits for one of them. No row if the verification is done';
grant execute on function audit.verify_next_batch(bigint) to tidemark_auditor;

create or replace view audit.verification_misfits
  (verification_id, tenant, session_id, cursor, kind, found_at, batch_number, acknowledged_by, acknowledged_at,
   acknowledged_why) as
select m.verification_id, s.tenant, s.session_id, m.cursor, m.kind, m.found_at, m.batch_number, a.acknowledged_by,
       a.acknowledged_at, a.reason
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
grant select on audit.verification_misfits to tidemark_auditor;

create or replace view audit.verification_progress
  (verification_id, began_at, begun_by, since, done_at, batches, batches_done, sessions, sessions_done, events,
   events_done, misfits, worker_events_per_second, acknowledged) as
select v.verification_id, v.began_at, v.begun_by, v.since,
       case when b.batches = b.batches_done then coalesce(b.verified_at, v.began_at) end,
       b.batches, b.batches_done, b.sessions, b.sessions_done, b.events, b.events_done,
       (select count(*) from tidemark.verification_misfit m where m.verification_id = v.verification_id),
       round(b.events_done * 1000 / nullif(b.duration_ms, 0)),
       (select count(*) from tidemark.verification_misfit m
          join tidemark.chain_acknowledgement a using (session_key, cursor, kind, evidence)
         where m.verification_id = v.verification_id)
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
  'Number of those of misfits that somebody answers for (audit.acknowledged_misfits)';
grant select on audit.verification_progress to tidemark_auditor;

-- It runs with the rights of its caller, because a procedure that commits cannot be security definer. The auditor's
-- transactions are read only unless they say otherwise.
create or replace procedure audit.verify_all(
  since timestamptz default null, afresh boolean default false,
  inout verification bigint default null, inout misfits bigint default null)
language plpgsql
as $$
#variable_conflict use_variable
declare
  said timestamptz := clock_timestamp();
  batch record;
  misfit record;
  progress record;
begin
  commit;
  set transaction read write;
  if current_setting('statement_timeout') <> '0' then
    raise notice 'this call ends after %, and another one goes on from there; set statement_timeout = 0 for one call',
      current_setting('statement_timeout');
  end if;
  verification := coalesce(verification, audit.begin_verification(since, afresh));
  commit;
  loop
    set transaction read write;
    select * into batch from audit.verify_next_batch(verification);
    exit when not found;
    commit;
    if batch.misfits > 0 then
      for misfit in
        select m.* from audit.verification_misfits m
         where m.verification_id = verification and m.batch_number = batch.batch_number
      loop
        raise warning 'tenant %, session %: % at cursor %', misfit.tenant, misfit.session_id, misfit.kind,
          misfit.cursor
          || coalesce(', acknowledged by ' || misfit.acknowledged_by || ': ' || misfit.acknowledged_why, '');
      end loop;
    end if;
    if clock_timestamp() > said + interval '2 seconds' then
      select * into progress from audit.verification_progress p where p.verification_id = verification;
      raise notice 'verification %: % of % events, % of % sessions, % misfits', verification, progress.events_done,
        progress.events, progress.sessions_done, progress.sessions, progress.misfits;
      said := clock_timestamp();
    end if;
    commit;
  end loop;
  commit;
  select * into progress from audit.verification_progress p where p.verification_id = verification;
  misfits := progress.misfits - progress.acknowledged;
  raise notice 'verification % is done: % events of % sessions, % misfits, % acknowledged', verification,
    progress.events, progress.sessions, misfits, progress.acknowledged;
end
$$;
comment on procedure audit.verify_all(timestamptz, boolean, bigint, bigint) is
  'Verifies the chains of all sessions, or of those with an event since a time: continues the unfinished '
  'verification, or begins one. Several calls at once share the work. Commits after each batch, so the caller cannot '
  'be in a transaction. Shows its progress as notices and misfits as warnings. Returns the verification_id and the '
  'number of sessions that do not fit and that nobody has acknowledged; see audit.verification_misfits';
grant execute on procedure audit.verify_all(timestamptz, boolean, bigint, bigint) to tidemark_auditor;

reset role;
