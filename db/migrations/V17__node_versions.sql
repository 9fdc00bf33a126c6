-- Which node ran with which version and settings, and when.
set role tidemark_owner;

alter table tidemark.node_record
  add column version        text,
  add column schema_version int,
  add column java_version   text,
  add column server_version text,
  add column settings       json;
comment on column tidemark.node_record.version is
  'Version of the application; null in what an application before schema 17 wrote';
comment on column tidemark.node_record.schema_version is
  'Version of the schema that the application was built for; null in what an application before schema 17 wrote';
comment on column tidemark.node_record.java_version is
  'Version of the Java runtime; null in what an application before schema 17 wrote';
comment on column tidemark.node_record.server_version is
  'Name and version of the application server; null in what an application before schema 17 wrote';
comment on column tidemark.node_record.settings is
  'Settings that differ from their defaults, by key, as they were written; no secrets, of which settings have none. '
  'Null in what an application before schema 17 wrote';

insert into tidemark.schema_version (version, description, compatible_from) values (17, 'node versions', 8);

reset role;
