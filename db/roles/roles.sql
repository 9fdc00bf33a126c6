-- The three roles, once per database, by a superuser connected to Tidemark's database. Can be run again at any time.
-- Passwords are never written here: whoever installs sets them (alter role tidemark_app password …).
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
  execute format('grant connect, create on database %I to tidemark_owner', current_database());
  execute format('grant connect on database %I to tidemark_app, tidemark_auditor', current_database());
end
$$;

comment on role tidemark_owner is 'Owns the schemas tidemark and audit; nobody logs in as it';
comment on role tidemark_app is 'The gateway: appends and reads, never changes or removes an event, no DDL';
comment on role tidemark_auditor is 'Reads the views of schema audit and nothing else';

-- R2, nothing is seen before it is durable, must not hang on a server-wide setting.
alter role tidemark_app set synchronous_commit = on;
