-- Records are never changed. They are forgotten by age, a bounded number at a time, by one node at a time, and not
-- while a hold is on them. Points and resyncs go before their join, so that no join seems to have read less than it
-- did. Holds are few, so they are read once, under the lock that a new hold waits for. Whoever holds an old row makes
-- the removal fail, and not wait with these locks.
set role tidemark_owner;

-- A record that could be changed would prove nothing. This guards against mistakes: the owner of the tables can still
-- remove the triggers.
create or replace function tidemark.refuse_change() returns trigger
language plpgsql security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  raise exception '%.% is a record: rows are added, never changed or deleted', tg_table_schema, tg_table_name
    using errcode = 'object_not_in_prerequisite_state';
end
$$;
comment on function tidemark.refuse_change() is
  'For triggers on records: fails, so that no statement changes or deletes a row';

create or replace function tidemark.is_held(holds tidemark.hold_in_force[], tenant text, session_id text)
returns boolean
language sql immutable
as $$
  select exists (
    select from unnest(holds) h
     where h.tenant = is_held.tenant and (h.session_id is null or h.session_id = is_held.session_id))
$$;
comment on function tidemark.is_held(tidemark.hold_in_force[], text, text) is
  'Returns whether one of the given holds is on the session of that name, or on its tenant';

create or replace function tidemark.forget_records(older_than interval, most int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '2s'
as $$
#variable_conflict use_column
declare
  until timestamptz := clock_timestamp() - forget_records.older_than;
  holds tidemark.hold_in_force[];
  done bigint := 0;
  rows bigint;
begin
  if forget_records.older_than < interval '1 day' or forget_records.most < 1 then
    raise exception 'older_than must be at least a day, and most at least 1' using errcode = 'invalid_parameter_value';
  end if;
  perform read_holds_committed();
  if not pg_try_advisory_xact_lock(29801, 11) or not pg_try_advisory_xact_lock_shared(29801, 4) then
    return null;
  end if;
  holds := array(select h from tidemark.hold_in_force h);
  delete from tidemark.read_progress where ctid = any (array(
    select p.ctid
      from tidemark.read_progress p
      left join tidemark.join_record j using (join_id)
     where p.looked_at < until and not is_held(holds, j.tenant, j.session_id)
     order by p.looked_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  delete from tidemark.resync_record where ctid = any (array(
    select r.ctid
      from tidemark.resync_record r
     where r.resynced_at < until and not is_held(holds, r.tenant, r.session_id)
     order by r.resynced_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  delete from tidemark.refusal_record where ctid = any (array(
    select r.ctid
      from tidemark.refusal_record r
     where r.last_at < until and not is_held(holds, r.tenant, r.session_id)
     order by r.last_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  delete from tidemark.sign_in_record where ctid = any (array(
    select s.ctid
      from tidemark.sign_in_record s
     where s.last_at < until and not is_held(holds, s.tenant, null)
     order by s.last_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  delete from tidemark.rest_reading_record where ctid = any (array(
    select r.ctid
      from tidemark.rest_reading_record r
     where r.last_at < until and not is_held(holds, r.tenant, r.session_id)
     order by r.last_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  -- A join is removed together with its leave, long after it ended or was refused; a join whose node died is removed by
  -- its age.
  with old as (
    select j.join_id
      from tidemark.join_record j
      left join tidemark.leave_record l using (join_id)
     where j.joined_at < until
       and coalesce(l.left_at, j.joined_at) < until
       and not is_held(holds, j.tenant, j.session_id)
       and not exists (select from tidemark.read_progress p where p.join_id = j.join_id)
       and not exists (select from tidemark.resync_record r where r.join_id = j.join_id)
     order by j.joined_at limit most
  ), leaves as (
    delete from tidemark.leave_record l using old where l.join_id = old.join_id
  )
  delete from tidemark.join_record j using old where j.join_id = old.join_id;
  get diagnostics rows = row_count;
  done := done + rows;
  -- The record of a node says whether its joins are known to their end, so it is removed after the last of them.
  delete from tidemark.node_record n
   where n.seen_at < until and not exists (select from tidemark.join_record j where j.node = n.node);
  get diagnostics rows = row_count;
  done := done + rows;
  if done > 0 then
    perform note_forgotten_days(until);
  end if;
  return done;
end
$$;
comment on function tidemark.forget_records(interval, int) is
  'Removes joins with their leaves, points, resyncs, refusals, sign-ins and reads by REST that are older than the '
  'given age and under no hold, at most the given number of each, and nodes that were last seen before that and have '
  'no join left; returns how many, leaves not counted. Returns null while another node does the same, or a hold or '
  'policy is being written';
grant execute on function tidemark.forget_records(interval, int) to tidemark_app;

create or replace function tidemark.forget_admin_records(older_than interval, most int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '2s'
as $$
#variable_conflict use_column
declare
  until timestamptz := clock_timestamp() - forget_admin_records.older_than;
  holds tidemark.hold_in_force[];
  done bigint := 0;
  rows bigint;
begin
  if forget_admin_records.older_than < interval '1 day' or forget_admin_records.most < 1 then
    raise exception 'older_than must be at least a day, and most at least 1' using errcode = 'invalid_parameter_value';
  end if;
  perform read_holds_committed();
  if not pg_try_advisory_xact_lock(29801, 11) or not pg_try_advisory_xact_lock_shared(29801, 4) then
    return null;
  end if;
  holds := array(select h from tidemark.hold_in_force h);
  delete from tidemark.revocation where ctid = any (array(
    select r.ctid
      from tidemark.revocation r
     where r.revoked_at < until and r.in_force_until < clock_timestamp() and not is_held(holds, r.tenant, null)
     order by r.revoked_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  delete from tidemark.admin_record where ctid = any (array(
    select a.ctid
      from tidemark.admin_record a
     where a.acted_at < until and not is_held(holds, a.tenant, null)
     order by a.acted_at limit most));
  get diagnostics rows = row_count;
  done := done + rows;
  if done > 0 then
    perform note_forgotten_days(until);
  end if;
  return done;
end
$$;
comment on function tidemark.forget_admin_records(interval, int) is
  'Removes administrative actions and revocations that are older than the given age and whose tenant is not on hold, '
  'at most the given number of each, but no revocation that is in force; returns how many. Returns null while another '
  'node does the same, or a hold or policy is being written';
grant execute on function tidemark.forget_admin_records(interval, int) to tidemark_app;

-- Some rows stay for long, of sessions on hold or with a long window. So a look goes on from where the last one ended,
-- and begins anew after the newest row. Rows of one time are looked at together.
create or replace function tidemark.forget_publications(most int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '2s'
as $$
declare
  looked_before timestamptz;
  looked_now timestamptz;
  looked_at bigint;
  done bigint := 0;
begin
  if most < 1 then
    raise exception 'most must be at least 1' using errcode = 'invalid_parameter_value';
  end if;
  if not pg_try_advisory_xact_lock(29801, 11) then
    return null;
  end if;
  looked_before := coalesce((select l.looked_to from tidemark.publication_look l), '-infinity');
  for look in 1..20 loop
    with looked as materialized (
      select p.ctid as place, p.session_key, p.cursor, p.published_at
        from tidemark.publication p
       where p.published_at > looked_before
       order by p.published_at fetch first (most) rows with ties
    ), gone as (
      delete from tidemark.publication p
       using looked join tidemark.session_head h using (session_key)
       where p.ctid = looked.place and looked.cursor < h.floor_cursor
      returning 1
    )
    select (select count(*) from looked), (select max(published_at) from looked), (select count(*) from gone)
      into looked_at, looked_now, done;
    -- After the last row: the next look begins with the oldest again.
    looked_before := case when looked_at < most then '-infinity' else looked_now end;
    exit when done > 0 or looked_at < most;
  end loop;
  insert into tidemark.publication_look (looked_to) values (looked_before)
      on conflict (only_row) do update set looked_to = excluded.looked_to;
  return done;
end
$$;
comment on function tidemark.forget_publications(int) is
  'Looks at ids of published events, twenty times the given number at most, from where the last call ended, and '
  'removes those whose events have left the replay window, about the given number at most; returns how many. Returns '
  'null while another node does the same';
grant execute on function tidemark.forget_publications(int) to tidemark_app;

reset role;
