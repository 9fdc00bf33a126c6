-- Misfits of chains that somebody answers for.
set role tidemark_owner;

create or replace function tidemark.is_acknowledged(others bigint, found_at timestamptz, acknowledged_at timestamptz)
returns boolean
language sql immutable
return coalesce(case when others is null then acknowledged_at < found_at else others = 0 end, false)
       and acknowledged_at is not null;
comment on function tidemark.is_acknowledged(bigint, timestamptz, timestamptz) is
  'Returns whether somebody answers for all misfits that a verification found in a session, of which it kept the first '
  'that nobody had acknowledged, if there was one. If the number of others is unknown, only an earlier acknowledgement '
  'says that there were none';
-- A function in a view runs as the role that reads the view, so the auditor needs this right.
grant execute on function tidemark.is_acknowledged(bigint, timestamptz, timestamptz) to tidemark_auditor;

create or replace function tidemark.acknowledge_misfit(
  session_id text, cursor bigint, who text, why text, tenant text default 'default') returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
#variable_conflict use_column
declare
  key bigint := session_key_of(acknowledge_misfit.session_id, acknowledge_misfit.tenant);
  found_there record;
  noted bigint;
begin
  if coalesce(btrim(acknowledge_misfit.who), '') = '' or coalesce(btrim(acknowledge_misfit.why), '') = '' then
    raise exception 'an acknowledgement needs who and why' using errcode = 'invalid_parameter_value';
  end if;
  select array_agg(distinct m.cursor) as cursors,
         array_agg(m.kind order by m.kind) filter (where m.cursor = acknowledge_misfit.cursor) as kinds,
         array_agg(m.evidence order by m.kind) filter (where m.cursor = acknowledge_misfit.cursor) as evidence
    into found_there
    from all_misfits(key, key) m;
  if found_there.kinds is null then
    raise exception 'session % of tenant % fits its chain at cursor %', acknowledge_misfit.session_id,
      acknowledge_misfit.tenant, acknowledge_misfit.cursor
      using errcode = 'no_data_found', hint = coalesce(
        'It does not fit at ' || array_to_string(found_there.cursors[1:10], ', ') || '.', 'It fits everywhere.');
  end if;
  with inserted as (
    insert into tidemark.chain_acknowledgement (session_key, cursor, kind, evidence, acknowledged_by, reason)
    select key, acknowledge_misfit.cursor, m.kind, m.evidence, acknowledge_misfit.who, acknowledge_misfit.why
      from unnest(found_there.kinds, found_there.evidence) as m (kind, evidence)
        on conflict do nothing
    returning acknowledgement_id
  )
  select min(acknowledgement_id) into noted from inserted;
  if noted is null then
    raise exception 'this misfit is acknowledged already' using errcode = 'unique_violation',
      hint = 'audit.acknowledged_misfits says by whom.';
  end if;
  return noted;
end
$$;
comment on function tidemark.acknowledge_misfit(text, bigint, text, text, text) is
  'For the DBA: notes who answers for the misfit of a chain at a cursor, and why, and returns the acknowledgement_id. '
  'Verifications show it as acknowledged and no longer fail because of it. It holds for what is found there now: '
  'another change in the same place is a new misfit, and so are missing newest events once the session goes on';

reset role;
