-- Two definitions that the application and the auditor share: how a state follows from its events, how events
-- are chained.
set role tidemark_owner;

create function tidemark.merge_patch(target jsonb, patch jsonb) returns jsonb
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
comment on function tidemark.merge_patch(jsonb, jsonb) is 'The target with the patch merged into it, as RFC 7396 says';
grant execute on function tidemark.merge_patch(jsonb, jsonb) to tidemark_app;

create aggregate tidemark.merge_patches(patch jsonb) (
  sfunc = tidemark.merge_patch,
  stype = jsonb,
  initcond = '{}'
);
comment on aggregate tidemark.merge_patches(jsonb) is
  'The state that follows from patches: merge_patches(patch order by cursor)';

-- One field of the hash: its length in bytes as four bytes, the highest first, then the field. Without the lengths
-- two different events could be written as the same bytes.
create function tidemark.hash_field(field bytea) returns bytea
language sql immutable parallel safe
return int4send(octet_length(coalesce(field, ''))) || coalesce(field, '');
comment on function tidemark.hash_field(bytea) is
  'A field of event_hash: its length in four bytes, highest first, then itself; null counts as empty';

create function tidemark.event_hash(
  previous bytea, epoch_id uuid, session_id text, cursor bigint, event_id uuid, type text, source text,
  turn_id uuid, created_at timestamptz, payload text) returns bytea
language plpgsql immutable parallel safe security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
declare
  moment text := to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
begin
  if num_nulls(previous, epoch_id, session_id, cursor, event_id, type, source, created_at, payload) > 0 then
    return null;
  end if;
  return sha256(
    hash_field(previous)
    || hash_field(convert_to(epoch_id::text, 'UTF8'))
    || hash_field(convert_to(session_id, 'UTF8'))
    || hash_field(convert_to(cursor::text, 'UTF8'))
    || hash_field(convert_to(event_id::text, 'UTF8'))
    || hash_field(convert_to(type, 'UTF8'))
    || hash_field(convert_to(source, 'UTF8'))
    || hash_field(convert_to(turn_id::text, 'UTF8'))
    || hash_field(convert_to(moment, 'UTF8'))
    || hash_field(convert_to(payload, 'UTF8')));
end
$$;
comment on function tidemark.event_hash(bytea, uuid, text, bigint, uuid, text, text, uuid, timestamptz, text) is
  'The chain: SHA-256 over the ten arguments in their order, each preceded by its length in bytes (four bytes, '
  'highest first). previous is the hash before, 32 raw bytes, zeros before cursor 1; text is UTF-8; a uuid its '
  'lower-case text; cursor its decimal digits; created_at in UTC as 2026-11-22T10:16:00.123456Z, always six '
  'digits; a null turn_id is empty. Null if anything else is';
grant execute on function tidemark.event_hash(bytea, uuid, text, bigint, uuid, text, text, uuid, timestamptz, text)
  to tidemark_app;

insert into tidemark.schema_version (version, description) values (6, 'state and chain');

reset role;
