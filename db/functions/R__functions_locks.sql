-- The steps of the purge share lock (29801, 4); the functions that change the rules of the steps wait to hold it alone.
-- So a hold that is placed during a step loses to that step only: it is committed before the next step looks. A step
-- does not wait for the lock; the purge tries again.
set role tidemark_owner;

create or replace function tidemark.read_holds_committed() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  -- A statement under a lock must see everything committed before the lock was granted.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'this works at isolation level read committed alone' using errcode = 'invalid_transaction_state';
  end if;
end
$$;
comment on function tidemark.read_holds_committed() is
  'Fails at an isolation level at which a statement would not see what was committed just before it';

create or replace function tidemark.begin_purge_step() returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  perform read_holds_committed();
  return pg_try_advisory_xact_lock(29801, 2) and pg_try_advisory_xact_lock_shared(29801, 4);
end
$$;
comment on function tidemark.begin_purge_step() is
  'Takes the locks of a step of the purge for this transaction. Returns false while another purge, an archive or a '
  'restore is at work, a hold is being placed or lifted, or a policy is being set';

-- A node that has read the revocations up to a number has missed none, because they are numbered in the order of their
-- commits.
create or replace function tidemark.begin_revocation() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
begin
  perform pg_advisory_xact_lock(29801, 12);
end
$$;
comment on function tidemark.begin_revocation() is
  'Takes the lock of revocations for this transaction: one is written after another. Waits for it for five seconds, '
  'then fails (lock_not_available)';
grant execute on function tidemark.begin_revocation() to tidemark_app;

reset role;
