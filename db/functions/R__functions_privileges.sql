-- Who may do what in the database, from PostgreSQL's catalogs, and what changed since the last look. PostgreSQL itself
-- keeps neither when a privilege was granted nor by whom it was taken.
set role tidemark_owner;

create or replace function tidemark.privileges_now()
returns table (kind text, object text, role text, privilege text, grantable boolean, granted_by text)
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  with ours as (
    select n.oid, n.nspname from pg_namespace n where n.nspname in ('tidemark', 'audit')
  ), granted (kind, object, owner, acl) as (
    select 'database', d.datname::text, d.datdba, coalesce(d.datacl, acldefault('d', d.datdba))
      from pg_database d where d.datname = current_database()
    union all
    select 'schema', n.nspname, n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner))
      from pg_namespace n where n.oid in (select oid from ours)
    union all
    select case c.relkind when 'S' then 'sequence' else 'table' end, ours.nspname || '.' || c.relname, c.relowner,
           c.relacl
      from pg_class c join ours on ours.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select 'column', ours.nspname || '.' || c.relname || '.' || a.attname, c.relowner, a.attacl
      from pg_class c join ours on ours.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
     where a.attacl is not null and not a.attisdropped
    union all
    select 'function',
           format('%s.%s(%s)', ours.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner,
           coalesce(p.proacl, acldefault('f', p.proowner))
      from pg_proc p join ours on ours.oid = p.pronamespace
    union all
    -- What PostgreSQL's own functions allow is of interest where somebody has changed it.
    select 'function', format('pg_catalog.%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner,
           p.proacl
      from pg_proc p
      left join pg_init_privs i on i.classoid = 'pg_proc'::regclass and i.objoid = p.oid and i.objsubid = 0
     where p.pronamespace = 'pg_catalog'::regnamespace and p.proacl is distinct from i.initprivs
    union all
    -- The owner makes the objects here: without a row of its own it has PostgreSQL's defaults.
    select 'default', format('%s of %s', names.objects, pg_get_userbyid(d.role))
                      || coalesce(' in ' || d.namespace::text, ''), d.role, d.acl
      from (select 'tidemark_owner'::regrole::oid as role, null::regnamespace as namespace, o.objtype,
                   coalesce((select a.defaclacl from pg_default_acl a
                              where a.defaclrole = 'tidemark_owner'::regrole and a.defaclnamespace = 0
                                and a.defaclobjtype = o.objtype),
                            acldefault(lower(o.objtype::text)::"char", 'tidemark_owner'::regrole)) as acl
              from unnest('{r,S,f}'::"char"[]) o (objtype)
            union all
            select a.defaclrole, nullif(a.defaclnamespace, 0)::regnamespace, a.defaclobjtype, a.defaclacl
              from pg_default_acl a
             where (a.defaclnamespace = 0 or a.defaclnamespace in (select oid from ours))
               and not (a.defaclnamespace = 0 and a.defaclrole = 'tidemark_owner'::regrole
                        and a.defaclobjtype in ('r', 'S', 'f'))) d
     cross join lateral (
       select case d.objtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
                when 'T' then 'types' when 'n' then 'schemas' else d.objtype::text end as objects) names
    union all
    select 'parameter', p.parname, 10, p.paracl from pg_parameter_acl p
  )
  select g.kind, g.object, coalesce(grantee.rolname, 'public')::text, lower(x.privilege_type), x.is_grantable,
         pg_get_userbyid(x.grantor)::text
    from granted g
   cross join lateral aclexplode(g.acl) x
    left join pg_roles grantee on grantee.oid = x.grantee
   where x.grantee <> g.owner
  union all
  select 'owner', g.object, pg_get_userbyid(g.owner)::text, g.kind, true, null
    from granted g
   where g.kind in ('database', 'schema')
      or g.owner <> 'tidemark_owner'::regrole and g.kind not in ('default', 'parameter')
         and g.object !~ '^pg_catalog\.'
   group by g.kind, g.object, g.owner
  union all
  select 'member', of_role.rolname, member.rolname, 'member', m.admin_option, pg_get_userbyid(m.grantor)
    from pg_auth_members m
    join pg_roles of_role on of_role.oid = m.roleid
    join pg_roles member on member.oid = m.member
   where of_role.rolname !~ '^pg_' or member.rolname !~ '^pg_'
  union all
  select 'attribute', '', r.rolname, attribute, false, null
    from pg_roles r
   cross join lateral unnest(array[
     case when r.rolcanlogin then 'login' end, case when r.rolsuper then 'superuser' end,
     case when r.rolcreaterole then 'createrole' end, case when r.rolcreatedb then 'createdb' end,
     case when r.rolreplication then 'replication' end, case when r.rolbypassrls then 'bypassrls' end]) attribute
   where attribute is not null and r.rolname !~ '^pg_'
  union all
  select 'setting', coalesce(d.datname, ''), coalesce(r.rolname, 'public'), config, false, null
    from pg_db_role_setting s
    left join pg_roles r on r.oid = s.setrole
    left join pg_database d on d.oid = s.setdatabase
   cross join lateral unnest(s.setconfig) config
   where s.setdatabase = 0 or d.datname = current_database()
$$;
comment on function tidemark.privileges_now() is
  'Returns who may do what in this database: attributes, memberships and settings of roles and of the database, '
  'owners, privileges on the database, the schemas tidemark and audit, all that is in them and that is made in them '
  'later, on parameters, and on functions of PostgreSQL where they are not as delivered. The rights of an owner on its '
  'own objects are left out';
grant execute on function tidemark.privileges_now() to tidemark_auditor;

create or replace function tidemark.note_privileges() returns int
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  before timestamptz;
  noted int;
begin
  if not pg_try_advisory_xact_lock(29801, 16) then
    return null;
  end if;
  before := (select l.looked_at from tidemark.privilege_look l);
  with newest as (
    select distinct on (kind, object, role, privilege, grantable, granted_by)
           kind, object, role, privilege, grantable, granted_by, change
      from tidemark.privilege_record
     order by kind, object, role, privilege, grantable, granted_by, record_id desc
  ), known as (
    select kind, object, role, privilege, grantable, granted_by from newest where change = 'granted'
  ), now as materialized (
    select kind, object, role, privilege, grantable, granted_by from privileges_now()
  ), changed as (
    (select 'revoked' as change, * from (select * from known except select * from now) gone)
    union all
    (select 'granted', * from (select * from now except select * from known) new)
  )
  insert into tidemark.privilege_record
    (not_before, change, kind, object, role, privilege, grantable, granted_by)
  select before, change, kind, object, role, privilege, grantable, granted_by
    from changed
   order by change desc, kind, object, role, privilege;
  get diagnostics noted = row_count;
  insert into tidemark.privilege_look (looked_at) values (began)
      on conflict (only_row) do update set looked_at = excluded.looked_at;
  return noted;
end
$$;
comment on function tidemark.note_privileges() is
  'Looks at who may do what, records each difference to the look before, and returns how many there are. Returns '
  'null while another node does the same';
grant execute on function tidemark.note_privileges() to tidemark_app;

reset role;
