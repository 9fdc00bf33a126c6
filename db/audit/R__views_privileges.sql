-- Who may do what in the database, and when that changed.
set role tidemark_owner;

create or replace view audit.database_privileges as
select p.kind, p.object, p.role, p.privilege, p.grantable, p.granted_by from tidemark.privileges_now() p;
comment on view audit.database_privileges is
  'Who may do what in the database, now. Superusers may do everything, and members what their role may; the rights of '
  'an owner on its own objects are left out';
comment on column audit.database_privileges.kind is
  'attribute or setting of a role; member: the role is a member of object; owner; or what the privilege is on: '
  'database, schema, table (or view), column, sequence, function; default: objects that a role makes later; parameter: '
  'a setting of the server';
comment on column audit.database_privileges.object is
  'Object of the privilege; for a member, the role that it is a member of; empty for an attribute';
comment on column audit.database_privileges.role is 'Role that has it; public for all roles';
comment on column audit.database_privileges.privilege is
  'select, insert, update, execute, …; for an attribute login, superuser, …; for a setting its name and value; for an '
  'owner the kind of object';
comment on column audit.database_privileges.grantable is 'Whether the role may grant it to others';
comment on column audit.database_privileges.granted_by is 'Role that granted it; null for what nobody grants';
grant select on audit.database_privileges to tidemark_auditor;

create or replace view audit.privilege_history as
select r.record_id, r.not_before, r.noted_at, r.change, r.kind, r.object, r.role, r.privilege, r.grantable, r.granted_by
  from tidemark.privilege_record r;
comment on view audit.privilege_history is
  'Changes of who may do what in the database. A node looks every tidemark.retention.purge-every-millis, an '
  'installation too; who took a privilege is only in the log of PostgreSQL (log_statement = ddl)';
comment on column audit.privilege_history.record_id is 'Number in the order of the notes';
comment on column audit.privilege_history.not_before is
  'Time of the look before, which the change came after; null for what the first look of all found';
comment on column audit.privilege_history.noted_at is 'Time of the look that found the change';
comment on column audit.privilege_history.change is 'granted or revoked';
comment on column audit.privilege_history.kind is 'As in audit.database_privileges';
comment on column audit.privilege_history.object is 'As in audit.database_privileges';
comment on column audit.privilege_history.role is 'As in audit.database_privileges';
comment on column audit.privilege_history.privilege is 'As in audit.database_privileges';
comment on column audit.privilege_history.grantable is 'As in audit.database_privileges';
comment on column audit.privilege_history.granted_by is 'As in audit.database_privileges';
grant select on audit.privilege_history to tidemark_auditor;

reset role;
