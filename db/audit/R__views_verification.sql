-- Verification of the chains of all sessions.
set role tidemark_owner;

-- Verifies all sessions with any number of workers: a verification is cut into batches, an idle worker claims one, and
-- each batch is a transaction. A batch that is neither locked nor done is still to do, so a dead worker leaves nothing
-- behind.
create or replace function audit.begin_verification(
  since timestamptz default null, afresh boolean default false, batch_events int default 50000) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '1min'
as $$
#variable_conflict use_column
declare
  id bigint;
  -- Sessions outside the selection are read with their neighbours as long as that is less work than one batch more.
  gap_events int := begin_verification.batch_events / 5;
begin
  if coalesce(begin_verification.batch_events, 0) < 1 then
    raise exception 'a batch has at least one event' using errcode = 'invalid_parameter_value';
  end if;
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
  -- What is recorded as verified now must not be judged by an older state of the log.
  perform read_holds_committed();
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
  insert into tidemark.verification_misfit
    (verification_id, batch_number, session_key, cursor, kind, evidence, others)
  select batch.verification_id, batch.batch_number, m.session_key, m.cursor, m.kind, m.evidence, m.others
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
          || coalesce(', acknowledged by ' || misfit.acknowledged_by || ': ' || misfit.acknowledged_why, '')
          || case when misfit.others > 0 then ', and ' || misfit.others || ' more' else '' end;
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
