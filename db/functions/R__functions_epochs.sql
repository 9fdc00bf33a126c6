-- Epochs: a restore or a failover forks the database's history, and a new epoch tells the lines apart.
set role tidemark_owner;

-- The timeline comes from the name of the WAL file that is being written, which is right at once after a promotion; the
-- control file is right only after the next checkpoint.
create or replace function tidemark.current_timeline() returns int
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int
$$;
comment on function tidemark.current_timeline() is
  'Returns the timeline that is being written now; fails during recovery';

-- The lost line may have created sessions whose keys this line would reuse: nodes that still hold such keys must find
-- nothing under them. Likewise, a node that is still connected must not write under the number of another join, and a
-- node that has read up to a number of the lost line must not mistake the first revocations of the new line for known
-- ones.
create or replace function tidemark.leave_session_keys_of_the_lost_line() returns void
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select setval(keys, nextval(keys) + 4294967296)
    from (select pg_get_serial_sequence('tidemark.session', 'session_key')::regclass
          union all
          select pg_get_serial_sequence('tidemark.join_record', 'join_id')::regclass
          union all
          select pg_get_serial_sequence('tidemark.revocation', 'revocation_id')::regclass) sequence (keys)
$$;
comment on function tidemark.leave_session_keys_of_the_lost_line() is
  'Moves the sequences of session keys, joins and revocations past any number that a lost line of history may have '
  'given out';

create or replace function tidemark.observe_epoch(observed_by text) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
#variable_conflict use_column
declare
  newest tidemark.epoch;
  here bigint := (select system_identifier from pg_control_system());
  line int;
begin
  select * into newest from tidemark.epoch order by epoch_number desc limit 1;
  -- A connection survives the promotion of its server, and would write to the new timeline in the old epoch.
  if pg_is_in_recovery() then
    raise exception 'this server is a standby: the gateway works with the primary'
      using errcode = 'read_only_sql_transaction';
  end if;
  line := current_timeline();
  if newest.system_identifier = here and newest.timeline = line then
    return newest.epoch_number;
  end if;
  -- If several nodes notice at the same moment, only one begins the epoch. 29801 names Tidemark's locks, 1 is this one.
  perform pg_advisory_xact_lock(29801, 1);
  select * into newest from tidemark.epoch order by epoch_number desc limit 1;
  if newest.system_identifier = here and newest.timeline = line then
    return newest.epoch_number;
  end if;
  if newest.epoch_number is not null then
    perform leave_session_keys_of_the_lost_line();
  end if;
  insert into tidemark.epoch (epoch_number, reason, system_identifier, timeline, observed_by)
  values (
    coalesce(newest.epoch_number, 0) + 1,
    case when newest.epoch_number is null then 'first start'
         when newest.system_identifier <> here then 'other cluster'
         else 'other timeline' end,
    here, line, observe_epoch.observed_by);
  return coalesce(newest.epoch_number, 0) + 1;
end
$$;
comment on function tidemark.observe_epoch(text) is
  'Begins a new epoch if this is another cluster or timeline than that on which the newest epoch was observed, and '
  'returns the number of the newest. Takes no lock if nothing changed; fails on a standby. Called for each new '
  'connection';
grant execute on function tidemark.observe_epoch(text) to tidemark_app;

create or replace function tidemark.begin_epoch(reason text) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
#variable_conflict use_column
declare
  begun uuid;
begin
  if coalesce(btrim(begin_epoch.reason), '') = '' then
    raise exception 'an epoch needs a reason' using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(29801, 1);
  perform leave_session_keys_of_the_lost_line();
  insert into tidemark.epoch (epoch_number, reason, system_identifier, timeline, observed_by)
  select coalesce((select max(epoch_number) from tidemark.epoch), 0) + 1, begin_epoch.reason,
         system_identifier, current_timeline(), session_user
    from pg_control_system()
  returning epoch_id into begun;
  return begun;
end
$$;
comment on function tidemark.begin_epoch(text) is
  'For the DBA: begins a new epoch, so that each client that comes back gets a snapshot; returns its epoch_id';

reset role;
