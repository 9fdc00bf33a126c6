-- The DBA's rules of retention, and the application's settings.
set role tidemark_owner;

create or replace function tidemark.set_retention_policy(
  reason text, tenant text default null, agent_id text default null, replay_age interval default null,
  replay_events bigint default null, history_age interval default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  set_id bigint;
  longest constant interval := '1000 years';
begin
  if coalesce(btrim(set_retention_policy.reason), '') = '' then
    raise exception 'a policy needs a reason' using errcode = 'invalid_parameter_value';
  end if;
  if set_retention_policy.tenant = '' or set_retention_policy.agent_id = '' then
    raise exception 'null stands for any tenant or agent, not an empty text' using errcode = 'invalid_parameter_value';
  end if;
  if set_retention_policy.replay_age < interval '0' or set_retention_policy.history_age < interval '0'
     or set_retention_policy.replay_events < 0 then
    raise exception 'a limit cannot be negative' using errcode = 'invalid_parameter_value';
  end if;
  if greatest(set_retention_policy.replay_age, set_retention_policy.history_age) > longest then
    raise exception 'an age is at most %', longest using errcode = 'invalid_parameter_value';
  end if;
  if set_retention_policy.history_age < set_retention_policy.replay_age then
    raise exception 'the history (%) cannot be shorter than the replay window (%)',
      set_retention_policy.history_age, set_retention_policy.replay_age using errcode = 'invalid_parameter_value';
  end if;
  -- Once this is committed, no step follows the previous policy.
  perform pg_advisory_xact_lock(29801, 4);
  if num_nonnulls(set_retention_policy.replay_age, set_retention_policy.replay_events,
                  set_retention_policy.history_age) = 0
     and not exists (
       select from tidemark.policy_in_force p
        where p.tenant is not distinct from set_retention_policy.tenant
          and p.agent_id is not distinct from set_retention_policy.agent_id) then
    raise exception 'a policy needs a limit; without any it withdraws the one before, and there is none'
      using errcode = 'invalid_parameter_value';
  end if;
  if not exists (
    select from tidemark.session s
     where s.tenant = coalesce(set_retention_policy.tenant, s.tenant)
       and s.agent_id = coalesce(set_retention_policy.agent_id, s.agent_id)) then
    raise notice 'no session matches this policy yet';
  end if;
  insert into tidemark.retention_policy (tenant, agent_id, replay_age, replay_events, history_age, set_by, reason)
  values (
    set_retention_policy.tenant, set_retention_policy.agent_id, set_retention_policy.replay_age,
    set_retention_policy.replay_events, set_retention_policy.history_age, session_user, set_retention_policy.reason)
  returning policy_id into set_id;
  return set_id;
end
$$;
comment on function tidemark.set_retention_policy(text, text, text, interval, bigint, interval) is
  'For the DBA: sets the policy of a tenant, of an agent, of both, or of any, in place of the one before, and returns '
  'its policy_id. A limit that is null is left to less specific policies and to the settings; a policy without a '
  'limit withdraws the one before';

create or replace function tidemark.place_hold(
  session_id text, asked_by text, reason text, tenant text default 'default', ends_at timestamptz default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  key bigint;
  placed bigint;
  waiting text;
begin
  if coalesce(btrim(place_hold.asked_by), '') = '' or coalesce(btrim(place_hold.reason), '') = '' then
    raise exception 'a hold needs asked_by and a reason' using errcode = 'invalid_parameter_value';
  end if;
  if place_hold.ends_at <= clock_timestamp() then
    raise exception 'a hold cannot end in the past' using errcode = 'invalid_parameter_value';
  end if;
  select s.session_key into key
    from tidemark.session s
   where s.tenant = place_hold.tenant and s.session_id = coalesce(place_hold.session_id, s.session_id)
   limit 1;
  if key is null then
    raise exception 'no session % of tenant %', coalesce(place_hold.session_id, 'at all'), place_hold.tenant
      using errcode = 'no_data_found';
  end if;
  if place_hold.session_id is null then
    key := null;
  end if;
  perform pg_advisory_xact_lock(29801, 4);
  insert into tidemark.legal_hold (tenant, session_id, session_key, asked_by, reason, ends_at, placed_by)
  values (place_hold.tenant, place_hold.session_id, key, place_hold.asked_by, place_hold.reason, place_hold.ends_at,
    session_user)
  returning hold_id into placed;
  -- Events up to the anchor had left before the hold was placed. Some of them may still wait to be archived or dropped.
  if exists (select from tidemark.held_session x join tidemark.chain_anchor a using (session_key)
              where x.hold_id = placed) then
    select string_agg(w.day::text, ', ' order by w.day) into waiting
      from tidemark.waiting_day w where placed = any (holds_of_day(w.partition));
    raise notice 'some events under this hold have already left the history'
      using hint = case when waiting is null then 'audit.archive_history says which files hold them.'
                        else 'tidemark.return_day brings back the waiting days: ' || waiting end;
  end if;
  return placed;
end
$$;
comment on function tidemark.place_hold(text, text, text, text, timestamptz) is
  'For the DBA: keeps every purge from a session, or from all sessions of a tenant if session_id is null, until the '
  'hold is lifted or ends; returns its hold_id. Waits for the present step of a running purge';

create or replace function tidemark.lift_hold(hold_id bigint, reason text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
begin
  if coalesce(btrim(lift_hold.reason), '') = '' then
    raise exception 'lifting a hold needs a reason' using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(29801, 4);
  update tidemark.legal_hold
     set lifted_at = clock_timestamp(), lifted_by = session_user, lift_reason = lift_hold.reason
   where hold_id = lift_hold.hold_id and lifted_at is null;
  if not found then
    raise exception 'there is no hold % to lift', lift_hold.hold_id using errcode = 'no_data_found';
  end if;
end
$$;
comment on function tidemark.lift_hold(bigint, text) is
  'For the DBA: lifts a hold; the next purge treats what it kept by the rules that are in force then';

create or replace function tidemark.note_retention_settings(
  node text, replay_age interval, replay_events bigint, history_age interval, history_end text)
returns void
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  insert into tidemark.retention_setting (replay_age, replay_events, history_age, history_end, node)
  select note_retention_settings.replay_age, note_retention_settings.replay_events, note_retention_settings.history_age,
         note_retention_settings.history_end, note_retention_settings.node
   where not exists (
     select from (select * from tidemark.retention_setting order by setting_id desc limit 1) newest
      where newest.replay_age = note_retention_settings.replay_age
        and newest.replay_events = note_retention_settings.replay_events
        and newest.history_age = note_retention_settings.history_age
        and newest.history_end = note_retention_settings.history_end)
$$;
comment on function tidemark.note_retention_settings(text, interval, bigint, interval, text) is
  'Records the settings by which the application purges, if they differ from the newest recorded ones; a dry run uses '
  'them';
grant execute on function tidemark.note_retention_settings(text, interval, bigint, interval, text) to tidemark_app;

reset role;
