-- The state of the database: tables, indexes, locks, and what runs.
set role tidemark_owner;

create or replace view audit.table_health as
select t.table_name, t.part_of, t.live_rows, t.dead_rows, t.vacuum_after, t.updates, t.hot_updates, t.heap_bytes,
       t.needed_bytes, t.index_bytes, t.total_bytes, t.vacuumed_at, t.analyzed_at
  from tidemark.table_health() t;
comment on view audit.table_health is
  'Health of the tables, as PostgreSQL counts it: numbers are estimates, and counted since the last reset of its '
  'statistics';
comment on column audit.table_health.table_name is 'Table of schema tidemark';
comment on column audit.table_health.part_of is 'event or event_history for the table of a day; null for others';
comment on column audit.table_health.live_rows is 'Number of rows';
comment on column audit.table_health.dead_rows is 'Number of old versions of rows that no vacuum has removed yet';
comment on column audit.table_health.vacuum_after is
  'Number of dead rows from which on autovacuum is due; many more than that mean that something keeps it: see '
  'audit.running';
comment on column audit.table_health.updates is 'Number of updated rows';
comment on column audit.table_health.hot_updates is
  'Number of these that touched no index (HOT); for session_head nearly all should be';
comment on column audit.table_health.heap_bytes is 'Size of the rows on disk, dead and free space included';
comment on column audit.table_health.needed_bytes is
  'Size that the live rows would need; null before the table was first analyzed. What heap_bytes has above it is bloat';
comment on column audit.table_health.index_bytes is 'Size of its indexes';
comment on column audit.table_health.total_bytes is 'Size of all, with indexes and large values';
comment on column audit.table_health.vacuumed_at is 'Time of the last vacuum, by hand or by autovacuum; null if none';
comment on column audit.table_health.analyzed_at is 'Time of the last analyze; null if none';
grant select on audit.table_health to tidemark_auditor;

create or replace view audit.index_health as
select i.relname::text as index_name, c.relname::text as table_name, parent.relname::text as part_of,
       x.indisvalid and x.indisready as valid, x.indisunique as is_unique, s.idx_scan as scans,
       pg_relation_size(i.oid) as bytes, nullif(i.reltuples, -1)::bigint as entries,
       round(pg_relation_size(i.oid) / nullif(i.reltuples, 0)::numeric) as bytes_per_entry,
       d.stats_reset as counted_since
  from pg_index x
  join pg_class i on i.oid = x.indexrelid
  join pg_class c on c.oid = x.indrelid
  left join pg_inherits h on h.inhrelid = i.oid
  left join pg_class parent on parent.oid = h.inhparent
  left join pg_stat_user_indexes s on s.indexrelid = i.oid
  left join pg_stat_database d on d.datname = current_database()
 where c.relnamespace = 'tidemark'::regnamespace and i.relkind = 'i';
comment on view audit.index_health is 'Health of the indexes, as PostgreSQL counts it';
comment on column audit.index_health.index_name is 'Index of schema tidemark';
comment on column audit.index_health.table_name is 'Its table';
comment on column audit.index_health.part_of is 'Index of the log or its history that it is a part of; null for others';
comment on column audit.index_health.valid is
  'Whether queries can use it; false after a create or reindex that failed: reindex it or drop it';
comment on column audit.index_health.is_unique is
  'Whether it keeps rows from being there twice, however rarely it is read';
comment on column audit.index_health.scans is 'Number of reads by it since counted_since';
comment on column audit.index_health.bytes is 'Size on disk';
comment on column audit.index_health.entries is 'Number of entries, an estimate; null before it was first analyzed';
comment on column audit.index_health.bytes_per_entry is
  'Size for each entry: several times that of the same index of another day means bloat, which reindex concurrently '
  'removes';
comment on column audit.index_health.counted_since is 'Time from which scans are counted; null: from the beginning';
grant select on audit.index_health to tidemark_auditor;

create or replace view audit.running as
select a.pid, a.role, a.application, a.client_address, a.kind, a.state, a.command, a.transaction_began_at,
       a.statement_began_at, a.changed_at,
       clock_timestamp() - coalesce(a.transaction_began_at, a.statement_began_at) as runs_for, a.waits_for,
       a.blocked_by, a.keeps_old_rows
  from tidemark.activity() a
 where a.state <> 'idle' or a.kind <> 'client backend';
comment on view audit.running is
  'Transactions and workers of this database that are under way, except your own. Statements are left out, because '
  'they may hold what nobody else may read: the DBA finds them by pid in pg_stat_activity';
comment on column audit.running.pid is 'Process; pg_terminate_backend(pid) ends it';
comment on column audit.running.role is 'Database role; null for a worker of PostgreSQL';
comment on column audit.running.application is 'Name that the client gave itself';
comment on column audit.running.client_address is 'Network address of the client; null for a local one or a worker';
comment on column audit.running.kind is 'client backend, autovacuum worker, …';
comment on column audit.running.state is 'active; idle in transaction: it holds its locks and does nothing; …';
comment on column audit.running.command is
  'First word of the present or last statement: select, update, …; for an autovacuum all of it';
comment on column audit.running.transaction_began_at is 'Time at which its transaction began; null outside of one';
comment on column audit.running.statement_began_at is 'Time at which the present or last statement began';
comment on column audit.running.changed_at is 'Time at which it got into its state';
comment on column audit.running.runs_for is 'Age of the transaction';
comment on column audit.running.waits_for is 'What it waits for, as PostgreSQL names it; null if it works';
comment on column audit.running.blocked_by is 'Processes whose locks it waits for; empty if it waits for none';
comment on column audit.running.keeps_old_rows is 'Whether it keeps dead rows from being vacuumed';
grant select on audit.running to tidemark_auditor;

create or replace view audit.locks as
select l.pid, l.role, l.what, l.mode, l.granted, l.waits_since, l.transaction_began_at, l.blocked_by, l.blocks
  from tidemark.locks() l;
comment on view audit.locks is
  'Locks on tables of this schema, their rows, and advisory locks, held or waited for, except your own';
comment on column audit.locks.pid is 'Process that holds the lock or waits for it';
comment on column audit.locks.role is 'Its database role';
comment on column audit.locks.what is
  'Table, row of a table, advisory lock with its use, or the end of a transaction that holds a row';
comment on column audit.locks.mode is 'Mode of the lock';
comment on column audit.locks.granted is 'Whether it holds the lock; false if it waits';
comment on column audit.locks.waits_since is 'Time since which it waits; null if it holds the lock';
comment on column audit.locks.transaction_began_at is 'Time at which its transaction began';
comment on column audit.locks.blocked_by is 'Processes that it waits for; empty if it holds the lock';
comment on column audit.locks.blocks is 'Processes that wait for this process, for this lock or another';
grant select on audit.locks to tidemark_auditor;

reset role;
