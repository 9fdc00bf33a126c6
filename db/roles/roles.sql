-- Creates the four roles, once per database, by a superuser connected to Tidemark's database. Can be run again at any
-- time. Passwords are never written here: the administrator sets them (alter role tidemark_app password …).
do $$
begin
  if not exists (select from pg_roles where rolname = 'tidemark_owner') then
    create role tidemark_owner nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'tidemark_app') then
    create role tidemark_app login;
  end if;
  if not exists (select from pg_roles where rolname = 'tidemark_auditor') then
    create role tidemark_auditor login;
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
end
$$;

comment on role tidemark_owner is 'Owns the schemas tidemark and audit; nobody logs in as it';
comment on role tidemark_app is 'The gateway: appends and reads, never changes or removes an event, no DDL';
comment on role tidemark_reader is
  'The gateway while it reads for a caller: only the sessions that it has opened; nobody logs in as it';
comment on role tidemark_auditor is 'Reads the views of schema audit and nothing else';

-- R2, nothing is seen before it is durable, must not depend on a server-wide setting.
alter role tidemark_app set synchronous_commit = on;
