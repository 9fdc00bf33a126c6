-- The days of the history: taken out of it, dropped, put back.
set role tidemark_owner;

create or replace function tidemark.longest_history(history_age interval) returns interval
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select greatest(
    (select max(p.history_age) from tidemark.policy_in_force p),
    case when not exists (select from tidemark.policy_in_force p
                           where p.tenant is null and p.agent_id is null and p.history_age is not null)
         then longest_history.history_age end)
$$;
comment on function tidemark.longest_history(interval) is
  'Returns the longest history that any policy in force gives; the given age counts too, unless a policy for any '
  'tenant and agent gives one. A day holds events of all tenants, so it is kept for the longest';

create or replace function tidemark.anchor_chains(partition text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  execute format(
    'insert into tidemark.chain_anchor as a (session_key, cursor, chain_hash)
     select distinct on (e.session_key) e.session_key, e.cursor, e.chain_hash
       from tidemark.%I e
      order by e.session_key, e.cursor desc
         on conflict (session_key) do update
        set cursor = excluded.cursor, chain_hash = excluded.chain_hash, anchored_at = excluded.anchored_at
      where a.cursor < excluded.cursor', partition);
end
$$;
comment on function tidemark.anchor_chains(text) is
  'Sets, for each session with events in a day that leaves for good, the anchor from which its chain goes on; an '
  'anchor never moves back';

create or replace function tidemark.is_restored(day date) returns boolean
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select coalesce(
    (select r.action = 'restored' from tidemark.archive_record r where r.day = is_restored.day
      order by r.record_id desc limit 1), false)
$$;
comment on function tidemark.is_restored(date) is
  'Returns whether a day was read back from its file and not released since';

create or replace function tidemark.leave_history(node text, history_age interval)
returns table (purge_id bigint, partition text, rows_removed bigint, busy boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '100ms'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  longest interval := longest_history(leave_history.history_age);
  candidate record;
  counted bigint;
  first_at timestamptz;
  last_at timestamptz;
begin
  if longest is null or longest < interval '0' then
    raise exception 'the history needs an age that is not negative' using errcode = 'invalid_parameter_value';
  end if;
  if not begin_purge_step() then
    return;
  end if;
  for candidate in
    select d.partition, d.day from days_of('tidemark.event_history') d
     where day_start(d.day + 1)::timestamptz <= began - longest and not is_restored(d.day)
  loop
    continue when holds_of_day(candidate.partition) <> '{}';
    -- No append waits here. Only queries of the history do, and only while the day is detached.
    begin
      execute format('lock table tidemark.%I in share mode', candidate.partition);
      execute format('select count(*), min(created_at), max(created_at) from tidemark.%I', candidate.partition)
        into counted, first_at, last_at;
      perform anchor_chains(candidate.partition);
      execute format('alter table tidemark.event_history detach partition tidemark.%I', candidate.partition);
    exception when lock_not_available then
      return query select null::bigint, candidate.partition, 0::bigint, true;
      return;
    end;
    insert into tidemark.waiting_day (day, partition, rows, first_event_at, last_event_at)
    values (candidate.day, candidate.partition, counted, first_at, last_at);
    return query
      insert into tidemark.purge_record as r (step, node, policy, partitions_removed, rows_removed, duration_ms)
      values ('leave', leave_history.node,
        jsonb_build_object('day', candidate.day, 'history_age_seconds', extract(epoch from longest)),
        array[candidate.partition], counted, round(extract(epoch from clock_timestamp() - began) * 1000, 3))
      returning r.purge_id, candidate.partition, r.rows_removed, false;
    return;
  end loop;
end
$$;
comment on function tidemark.leave_history(text, interval) is
  'Takes out of event_history the oldest day that is past the longest history (see longest_history), that no hold '
  'keeps and that was not read back from its file: sets the anchors of its chains, lists it in waiting_day, and '
  'writes its purge_record. Its table stays. busy is true if the history was in use: call again then. No row if there '
  'is nothing to do, or if begin_purge_step returns false';
grant execute on function tidemark.leave_history(text, interval) to tidemark_app;

create or replace function tidemark.drop_day(node text, history_age interval)
returns table (purge_id bigint, partition text, rows_removed bigint, busy boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '100ms'
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  longest interval := longest_history(drop_day.history_age);
  candidate tidemark.waiting_day;
begin
  if longest is null or longest < interval '0' then
    raise exception 'the history needs an age that is not negative' using errcode = 'invalid_parameter_value';
  end if;
  if not begin_purge_step() then
    return;
  end if;
  -- A hold or a longer policy may have come while the day waited.
  for candidate in
    select * from tidemark.waiting_day w where day_start(w.day + 1)::timestamptz <= began - longest order by w.day
  loop
    continue when holds_of_day(candidate.partition) <> '{}';
    begin
      execute format('drop table tidemark.%I', candidate.partition);
    exception when lock_not_available then
      return query select null::bigint, candidate.partition, 0::bigint, true;
      return;
    end;
    delete from tidemark.waiting_day where day = candidate.day;
    return query
      insert into tidemark.purge_record as r (step, node, policy, partitions_removed, rows_removed, duration_ms)
      values ('drop', drop_day.node,
        jsonb_build_object('day', candidate.day, 'history_age_seconds', extract(epoch from longest)),
        array[candidate.partition], candidate.rows, round(extract(epoch from clock_timestamp() - began) * 1000, 3))
      returning r.purge_id, candidate.partition, r.rows_removed, false;
    return;
  end loop;
end
$$;
comment on function tidemark.drop_day(text, interval) is
  'Drops the oldest waiting day that is still past the longest history and that no hold keeps, and writes its '
  'purge_record; the day cannot come back. busy is true if the table was in use: call again then. No row if there is '
  'nothing to do, or if begin_purge_step returns false';
grant execute on function tidemark.drop_day(text, interval) to tidemark_app;

create or replace function tidemark.return_day(day date) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
#variable_conflict use_column
declare
  waiting tidemark.waiting_day;
begin
  perform read_holds_committed();
  perform pg_advisory_xact_lock(29801, 2);
  delete from tidemark.waiting_day w where w.day = return_day.day returning * into waiting;
  if not found then
    raise exception 'there is no waiting day %', return_day.day using errcode = 'no_data_found';
  end if;
  execute format(
    'alter table tidemark.event_history attach partition tidemark.%I for values from (%L) to (%L)',
    waiting.partition, day_start(waiting.day), day_start(waiting.day + 1));
end
$$;
comment on function tidemark.return_day(date) is
  'For the DBA: puts a waiting day back into event_history, where a hold that was placed too late keeps it';

reset role;
