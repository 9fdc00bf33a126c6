-- The state of the database for those who may not see the statistics of all roles: what runs, who holds which lock, how
-- tables and indexes fare. No statement is shown, because it may hold a payload or a password.
set role tidemark_owner;

-- Without the right, PostgreSQL leaves columns of others' processes null and says nothing.
create or replace function tidemark.need_all_stats() returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
begin
  if not pg_has_role(current_user, 'pg_read_all_stats', 'usage') then
    raise exception 'tidemark_owner may not see what other roles run' using errcode = 'insufficient_privilege',
      hint = 'A superuser runs db/roles/roles.sql, or: grant pg_read_all_stats to tidemark_owner.';
  end if;
  return true;
end
$$;
comment on function tidemark.need_all_stats() is
  'Returns true if the owner of the schema may read the statistics of all roles, and otherwise fails with the remedy';

create or replace function tidemark.activity()
returns table (
  pid int, role text, application text, client_address text, kind text, state text, command text,
  transaction_began_at timestamptz, statement_began_at timestamptz, changed_at timestamptz, waits_for text,
  blocked_by int[], keeps_old_rows boolean)
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select a.pid, a.usename::text, a.application_name, a.client_addr::text, a.backend_type, a.state,
         case when a.backend_type = 'autovacuum worker' then a.query
              else lower(substring(a.query from '^\s*([A-Za-z]+)')) end,
         a.xact_start, a.query_start, a.state_change, a.wait_event_type || ': ' || a.wait_event,
         pg_blocking_pids(a.pid), a.backend_xmin is not null or a.backend_xid is not null
    from pg_stat_activity a
   where (select need_all_stats()) and a.datname = current_database() and a.pid <> pg_backend_pid()
$$;
comment on function tidemark.activity() is
  'Returns the processes that work on this database, without their statements: only the first word of each';
grant execute on function tidemark.activity() to tidemark_auditor;

create or replace function tidemark.lock_name(class bigint, object bigint, half int) returns text
language sql immutable
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select case
    when half = 2 and class = 29801 then 'advisory lock 29801, ' || object || coalesce(
      case object
        when 1 then ': a new epoch' when 2 then ': a step of the purge' when 3 then ': new partitions'
        when 4 then ': rules of the purge' when 11 then ': clean-up of records' when 12 then ': a revocation'
        when 15 then ': digests of records' when 16 then ': a look at privileges' when 100 then ': an installation'
      end, '')
    when half = 2 and class = 29803 then 'advisory lock 29803, ' || object || ': a ticket'
    when half = 2 then 'advisory lock ' || class || ', ' || object
    else 'advisory lock ' || ((class << 32) + object) end
$$;
comment on function tidemark.lock_name(bigint, bigint, int) is
  'Returns the name of an advisory lock from the columns classid, objid and objsubid of pg_locks, with its use here';

create or replace function tidemark.locks()
returns table (
  pid int, role text, what text, mode text, granted boolean, waits_since timestamptz, transaction_began_at timestamptz,
  blocked_by int[], blocks int[])
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  with process as materialized (
    select a.pid, a.usename::text as role, a.xact_start, pg_blocking_pids(a.pid) as blocked_by
      from pg_stat_activity a
     where (select need_all_stats()) and a.datname = current_database() and a.pid <> pg_backend_pid()
  )
  select l.pid, p.role,
         case l.locktype
           when 'relation' then n.nspname || '.' || c.relname
           when 'tuple' then 'a row of ' || n.nspname || '.' || c.relname
           when 'advisory' then lock_name(l.classid::bigint, l.objid::bigint, l.objsubid)
           when 'transactionid' then 'the end of transaction ' || l.transactionid
           else l.locktype end,
         l.mode, l.granted, l.waitstart, p.xact_start, case when l.granted then '{}' else p.blocked_by end,
         array(select other.pid from process other where l.pid = any (other.blocked_by) order by 1)
    from pg_locks l
    join process p on p.pid = l.pid
    left join pg_class c on c.oid = l.relation
    left join pg_namespace n on n.oid = c.relnamespace
   where (l.database = 0 or l.database is null or l.database = (select oid from pg_database
                                                                 where datname = current_database()))
     and l.locktype <> 'virtualxid'
     and not (l.locktype = 'transactionid' and l.granted)
     and (l.relation is null or n.nspname in ('tidemark', 'audit') and c.relkind not in ('i', 'I'))
$$;
comment on function tidemark.locks() is
  'Returns the locks that are held or waited for in this database, by processes other than this one';
grant execute on function tidemark.locks() to tidemark_auditor;

-- 28 bytes are the head of a row and its pointer, 8168 what a page has room for.
create or replace function tidemark.table_health()
returns table (
  table_name text, part_of text, live_rows bigint, dead_rows bigint, vacuum_after bigint, updates bigint,
  hot_updates bigint, heap_bytes bigint, needed_bytes bigint, index_bytes bigint, total_bytes bigint,
  vacuumed_at timestamptz, analyzed_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select c.relname::text, parent.relname::text, t.n_live_tup, t.n_dead_tup,
         (threshold.base + threshold.scale * greatest(c.reltuples, 0))::bigint, t.n_tup_upd, t.n_tup_hot_upd,
         pg_relation_size(c.oid),
         (ceil(t.n_live_tup * (width.bytes + 28) * 100 / fill.factor / 8168) * 8192)::bigint,
         pg_indexes_size(c.oid), pg_total_relation_size(c.oid),
         greatest(t.last_vacuum, t.last_autovacuum), greatest(t.last_analyze, t.last_autoanalyze)
    from pg_class c
    join pg_stat_user_tables t on t.relid = c.oid
    left join pg_inherits i on i.inhrelid = c.oid
    left join pg_class parent on parent.oid = i.inhparent
   cross join lateral (
     select coalesce(max(split_part(o, '=', 2)) filter (where o like 'autovacuum\_vacuum\_threshold=%'),
                     current_setting('autovacuum_vacuum_threshold'))::numeric as base,
            coalesce(max(split_part(o, '=', 2)) filter (where o like 'autovacuum\_vacuum\_scale\_factor=%'),
                     current_setting('autovacuum_vacuum_scale_factor'))::numeric as scale
       from unnest(c.reloptions) o) threshold
   cross join lateral (
     select coalesce(max(split_part(o, '=', 2)) filter (where o like 'fillfactor=%'), '100')::numeric as factor
       from unnest(c.reloptions) o) fill
   cross join lateral (
     select sum(s.avg_width * (1 - s.null_frac))::numeric as bytes
       from pg_stats s where s.schemaname = 'tidemark' and s.tablename = c.relname) width
   where c.relnamespace = 'tidemark'::regnamespace and c.relkind = 'r'
$$;
comment on function tidemark.table_health() is
  'Returns the statistics of each table: rows, dead rows and when autovacuum removes them, updates and those that '
  'touched no index (HOT), sizes, and the size that its rows would need';
grant execute on function tidemark.table_health() to tidemark_auditor;

reset role;
