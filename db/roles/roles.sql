-- Creates the four roles, once per database, by a superuser connected to Tidemark's database. Can be run again at any
-- time. Passwords are never written here: the administrator sets them (alter role tidemark_app password …).
do $$
declare
  schema_was int;
begin
  if not exists (select from pg_roles where rolname = 'tidemark_owner') then
    create role tidemark_owner nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'tidemark_app') then
    create role tidemark_app login;
  end if;
  -- An auditor who opens many connections must not take the gateway's. Before version 16 the role had no limit; from
  -- then on, no limit is what a DBA has chosen.
  if not exists (select from pg_roles where rolname = 'tidemark_auditor') then
    create role tidemark_auditor login connection limit 20;
  elsif to_regclass('tidemark.schema_version') is not null then
    execute 'select max(version) from tidemark.schema_version' into schema_was;
    if schema_was < 16 and (select rolconnlimit = -1 from pg_roles where rolname = 'tidemark_auditor') then
      alter role tidemark_auditor connection limit 20;
    end if;
  end if;
  if not exists (select from pg_roles where rolname = 'tidemark_reader') then
    create role tidemark_reader nologin;
  end if;
  -- The gateway reads on a caller's behalf as tidemark_reader. Before PostgreSQL 16 a member has a role's rights at all
  -- times, which here are fewer than its own.
  if current_setting('server_version_num')::int >= 160000 then
    execute 'grant tidemark_reader to tidemark_app with inherit false, set true';
  else
    execute 'grant tidemark_reader to tidemark_app';
  end if;
  execute format('grant connect, create on database %I to tidemark_owner', current_database());
  execute format('grant connect on database %I to tidemark_app, tidemark_auditor', current_database());
  -- No role needs temporary tables, which could fill the disk.
  execute format('revoke temporary on database %I from public', current_database());
end
$$;

-- For audit.locks and audit.running, which show no statement. Nobody logs in as the owner.
grant pg_read_all_stats to tidemark_owner;

-- No role needs large objects, which could fill the disk too.
revoke execute on function lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea) from public;

-- Nor does any role need messages for logical decoding, which a read-only transaction may write without end. Tidemark's
-- advisory locks decide which node does what: whoever may take them could hold all nodes up.
do $$
declare
  restricted record;
begin
  for restricted in
    select oid::regprocedure as name, proname <> 'pg_logical_emit_message' as is_lock,
           oid = 'pg_advisory_xact_lock(int, int)'::regprocedure as is_for_app
      from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace
       and proname ~ '^(pg_(try_)?advisory_(xact_)?lock(_shared)?|pg_logical_emit_message)$'
  loop
    execute format('revoke execute on function %s from public', restricted.name);
    if restricted.is_lock then
      execute format('grant execute on function %s to tidemark_owner', restricted.name);
      execute format('revoke execute on function %s from tidemark_app', restricted.name);
    end if;
    -- The gateway takes its locks by the owner's functions. Before version 20 it took one by itself, for revocations.
    if restricted.is_for_app then
      execute format('grant execute on function %s to tidemark_app', restricted.name);
    end if;
  end loop;
end
$$;

comment on role tidemark_owner is 'Owns the schemas tidemark and audit; nobody logs in as it';
comment on role tidemark_app is 'The gateway: appends and reads, never changes or removes an event, no DDL';
comment on role tidemark_reader is
  'The gateway while it reads for a caller: only the sessions that it has opened; nobody logs in as it';
comment on role tidemark_auditor is 'Reads the views of schema audit and nothing else';

-- R2, nothing is seen before it is durable, must not depend on a server-wide setting.
alter role tidemark_app set synchronous_commit = on;

-- Settings that a role has already, because the DBA chose other values, stay.
do $$
declare
  wanted record;
begin
  for wanted in
    select *
      from (values
        -- Compiling a statement takes longer than it saves: a plan over many days looks expensive, and is not.
        ('tidemark_app', 'jit', 'off'),
        ('tidemark_auditor', 'jit', 'off'),
        ('tidemark_auditor', 'default_transaction_read_only', 'on'),
        ('tidemark_auditor', 'statement_timeout', '5min'),
        ('tidemark_auditor', 'idle_in_transaction_session_timeout', '5min'),
        ('tidemark_auditor', 'temp_file_limit', '2GB')
      ) settings (role, name, value)
     where not exists (
       select from pg_db_role_setting has, unnest(has.setconfig) as config
        where has.setrole = settings.role::regrole and split_part(config, '=', 1) = settings.name)
  loop
    execute format('alter role %I set %I = %L', wanted.role, wanted.name, wanted.value);
  end loop;
end
$$;
