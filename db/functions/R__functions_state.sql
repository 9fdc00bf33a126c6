-- Derives a state from its events.
set role tidemark_owner;

create or replace function tidemark.merge_patch(target jsonb, patch jsonb) returns jsonb
language plpgsql immutable parallel safe security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  if jsonb_typeof(patch) is distinct from 'object' then
    return patch;
  end if;
  if jsonb_typeof(target) is distinct from 'object' then
    target := '{}';
  end if;
  return (
    select coalesce(jsonb_object_agg(merged.key, merged.value), '{}')
      from (
        select kept.key, kept.value
          from jsonb_each(target) kept
         where not patch ? kept.key
        union all
        select given.key, merge_patch(target -> given.key, given.value)
          from jsonb_each(patch) given
         where jsonb_typeof(given.value) <> 'null'
      ) merged);
end
$$;
comment on function tidemark.merge_patch(jsonb, jsonb) is 'Returns the target with the patch merged into it (RFC 7396)';
grant execute on function tidemark.merge_patch(jsonb, jsonb) to tidemark_app;

create or replace aggregate tidemark.merge_patches(patch jsonb) (
  sfunc = tidemark.merge_patch,
  stype = jsonb,
  initcond = '{}'
);
comment on aggregate tidemark.merge_patches(jsonb) is
  'State that results from patches: merge_patches(patch order by cursor)';
grant execute on function tidemark.merge_patches(jsonb) to tidemark_auditor;

reset role;
