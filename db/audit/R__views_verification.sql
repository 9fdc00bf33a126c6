-- Verification of the chain: of one session, and of all.
set role tidemark_owner;

create or replace function audit.verify_session(session_id text, tenant text default 'default') returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
declare
  key bigint := session_key_of(session_id, tenant);
begin
  return (select misfit.cursor from chain_misfits(key, key) misfit);
end
$$;
comment on function audit.verify_session(text, text) is
  'The first cursor at which the log of a session does not fit its hash chain (changed, moved, missing or added '
  'event), or null; the head when only its own hash differs, 0 if it has no events. Begins behind what a purge took '
  'for good';
grant execute on function audit.verify_session(text, text) to tidemark_auditor;

create or replace function audit.chain_head(session_id text, tenant text default 'default')
returns table (cursor bigint, chain_hash text, epoch_id uuid, created_at timestamptz)
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
  'The head of the chain of a session, to be kept outside the database: cursor of the newest event (0 before the '
  'first), its hash in hexadecimal, its epoch and its time (null when there is no such event any more)';
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
  misfit := (select m.cursor from chain_misfits(key, key) m);
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
    raise exception 'event % has left for good, and its hash with it; the oldest that can be looked at is that of %',
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
  'verify_session, and that the chain still leads through a head that was kept outside: also finds a log that was '
  'changed and all of whose hashes were computed anew. Returns the first cursor that does not fit, that of the kept head '
  'when what was changed is at or below it, head + 1 when the log ends before it, or null. An error, no_data_found, when '
  'the event of the kept head has left for good';
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
         case when begin_verification.since is not null or lead(batch.last_key) over batches is not null then batch.last_key
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
  'The verification of all sessions, or of those with an event since a time: the one that was begun with the same since '
  'and is not done, or else, or if it is to be afresh, a new one, in batches of whole sessions with about so many events. Returns its verification_id; '
  'audit.verify_all does the work';
grant execute on function audit.begin_verification(timestamptz, boolean, int) to tidemark_auditor;

create or replace function audit.verify_next_batch(verification_id bigint)
returns table (batch_number int, sessions bigint, events bigint, misfits bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  batch tidemark.verification_batch;
  wanted_since timestamptz;
begin
  select v.since into wanted_since from tidemark.verification v where v.verification_id = verify_next_batch.verification_id;
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
  insert into tidemark.verification_misfit (verification_id, batch_number, session_key, cursor, kind)
  select batch.verification_id, batch.batch_number, m.session_key, m.cursor, m.kind
    from chain_misfits(batch.first_key, batch.last_key, wanted_since) m;
  get diagnostics misfits = row_count;
  update tidemark.verification_batch b
     set verified_at = clock_timestamp(),
         duration_ms = round(extract(epoch from clock_timestamp() - began) * 1000, 3)
   where b.verification_id = batch.verification_id and b.batch_number = batch.batch_number;
  return query select batch.batch_number, batch.sessions, batch.events, misfits;
end
$$;
comment on function audit.verify_next_batch(bigint) is
  'Verifies one batch that nobody works on and writes down what it found, to be committed; waits for the last batches of '
  'others. No row when the verification is done';
grant execute on function audit.verify_next_batch(bigint) to tidemark_auditor;

create or replace view audit.verification_misfits
  (verification_id, tenant, session_id, cursor, kind, found_at, batch_number) as
select m.verification_id, s.tenant, s.session_id, m.cursor, m.kind, m.found_at, m.batch_number
  from tidemark.verification_misfit m
  left join tidemark.session s using (session_key);
comment on view audit.verification_misfits is
  'What verifications found: one row for each session whose log did not fit its chain';
comment on column audit.verification_misfits.verification_id is 'The verification';
comment on column audit.verification_misfits.tenant is 'The tenant of the session, null if there is no session';
comment on column audit.verification_misfits.session_id is 'The session, null for events that belong to none';
comment on column audit.verification_misfits.cursor is 'The first cursor that does not fit';
comment on column audit.verification_misfits.kind is
  'changed: not what was hashed; missing: no such event; added: more than there may be; head: only the head has another hash';
comment on column audit.verification_misfits.found_at is 'When it was found';
comment on column audit.verification_misfits.batch_number is 'The batch of the verification';
grant select on audit.verification_misfits to tidemark_auditor;

create or replace view audit.verification_progress
  (verification_id, began_at, begun_by, since, done_at, batches, batches_done, sessions, sessions_done, events, events_done,
   misfits, worker_events_per_second) as
select v.verification_id, v.began_at, v.begun_by, v.since,
       case when b.batches = b.batches_done then coalesce(b.verified_at, v.began_at) end,
       b.batches, b.batches_done, b.sessions, b.sessions_done, b.events, b.events_done,
       (select count(*) from tidemark.verification_misfit m where m.verification_id = v.verification_id),
       round(b.events_done * 1000 / nullif(b.duration_ms, 0))
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
comment on view audit.verification_progress is 'Every verification of all sessions, how far it has come and when it was done';
comment on column audit.verification_progress.verification_id is 'Order of the verifications';
comment on column audit.verification_progress.began_at is 'When it began';
comment on column audit.verification_progress.begun_by is 'The role that began it';
comment on column audit.verification_progress.since is 'Only sessions with an event at or after this; null: all sessions';
comment on column audit.verification_progress.done_at is 'When its last batch was done, null until then';
comment on column audit.verification_progress.batches is 'Of how many batches it consists';
comment on column audit.verification_progress.batches_done is 'How many of them are verified';
comment on column audit.verification_progress.sessions is 'How many sessions it had to verify when it began';
comment on column audit.verification_progress.sessions_done is 'How many of them are verified';
comment on column audit.verification_progress.events is 'How many events these sessions had when it began';
comment on column audit.verification_progress.events_done is 'How many of them are verified';
comment on column audit.verification_progress.misfits is 'In how many sessions something did not fit, so far';
comment on column audit.verification_progress.worker_events_per_second is 'How fast one worker is, on average';
grant select on audit.verification_progress to tidemark_auditor;

-- It runs with the rights of its caller, because a procedure that commits cannot be security definer.
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
  verification := coalesce(verification, audit.begin_verification(since, afresh));
  commit;
  loop
    select * into batch from audit.verify_next_batch(verification);
    exit when not found;
    commit;
    if batch.misfits > 0 then
      for misfit in
        select m.tenant, m.session_id, m.cursor, m.kind from audit.verification_misfits m
         where m.verification_id = verification and m.batch_number = batch.batch_number
      loop
        raise warning 'tenant %, session %: % at cursor %', misfit.tenant, misfit.session_id, misfit.kind, misfit.cursor;
      end loop;
    end if;
    if clock_timestamp() > said + interval '2 seconds' then
      select * into progress from audit.verification_progress p where p.verification_id = verification;
      raise notice 'verification %: % of % events, % of % sessions, % misfits', verification, progress.events_done,
        progress.events, progress.sessions_done, progress.sessions, progress.misfits;
      said := clock_timestamp();
    end if;
  end loop;
  commit;
  select * into progress from audit.verification_progress p where p.verification_id = verification;
  misfits := progress.misfits;
  raise notice 'verification % is done: % events of % sessions, % misfits', verification, progress.events, progress.sessions,
    misfits;
end
$$;
comment on procedure audit.verify_all(timestamptz, boolean, bigint, bigint) is
  'Verifies the chains of all sessions, or of those with an event since a time: goes on with the verification that is not '
  'done, or begins one; may run several times at once, which share the work. Commits batch by batch, so not in a '
  'transaction of the caller. Says its progress as notices and what does not fit as warnings; returns the verification and '
  'in how many sessions something does not fit, see audit.verification_misfits';
grant execute on procedure audit.verify_all(timestamptz, boolean, bigint, bigint) to tidemark_auditor;

reset role;
