-- The digests of the records, and whether the records are still those.
set role tidemark_owner;

create or replace view audit.record_digests as
select d.day, r.record, r.rows, encode(r.digest, 'hex') as digest, r.columns, encode(d.chain_hash, 'hex') as chain_hash,
       d.made_at, d.made_by, d.forgotten_at
  from tidemark.record_day d
  join tidemark.record_digest r using (day);
comment on view audit.record_digests is
  'Digests of the records: one row for each day that is over and each table. chain_hash is the same for all rows of a '
  'day; keep it in another place, because who may write everything can compute all of them anew';
comment on column audit.record_digests.day is 'Day (UTC) on which the records were written';
comment on column audit.record_digests.record is 'Table of the records';
comment on column audit.record_digests.rows is 'Number of records';
comment on column audit.record_digests.digest is 'SHA-256 over the records, in hexadecimal';
comment on column audit.record_digests.columns is 'Columns that the digest is over: those that never change';
comment on column audit.record_digests.chain_hash is
  'SHA-256 over the digests of the day and the chain_hash of the day before, in hexadecimal';
comment on column audit.record_digests.made_at is 'Time at which the digests were made';
comment on column audit.record_digests.made_by is 'Database role that made them';
comment on column audit.record_digests.forgotten_at is
  'Time at which the clean-up began to remove records of that day (tidemark.retention.record-days); null while all of '
  'them have to be there';
grant select on audit.record_digests to tidemark_auditor;

create or replace view audit.proof_status as
select 'digests' as proof, l.looked_at, (select max(d.day) from tidemark.record_day d) as digested_until,
       array(select distinct k.pid from pg_locks k where k.virtualtransaction = any (l.writers)) as waits_for
  from (values (true)) one (only_row)
  left join tidemark.digest_look l using (only_row)
union all
select 'privileges', l.looked_at, null, '{}'
  from (values (true)) one (only_row)
  left join tidemark.privilege_look l using (only_row);
comment on view audit.proof_status is
  'When a node last looked for days to digest, and at who may do what: every tidemark.retention.purge-every-millis, so '
  'an older time means that no node is ready, that its log has TIDE0216, or that something holds the advisory lock '
  '(audit.locks)';
comment on column audit.proof_status.proof is 'digests (audit.record_digests) or privileges (audit.privilege_history)';
comment on column audit.proof_status.looked_at is 'Time of the last look; null if there was none since version 19';
comment on column audit.proof_status.digested_until is
  'Newest day (UTC) with digests, from an hour after its end on; null if there is none, and for privileges';
comment on column audit.proof_status.waits_for is
  'Processes with an open transaction that may have written records of the day that is due, which therefore has no '
  'digests yet (audit.running); null in it is a prepared transaction';
grant select on audit.proof_status to tidemark_auditor;

create or replace function audit.verify_records(first_day date default null, last_day date default null)
returns setof tidemark.record_finding
language plpgsql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
  from_day date := coalesce(verify_records.first_day, '-infinity');
  to_day date := coalesce(verify_records.last_day, 'infinity');
  piece record;
begin
  return query
    select c.day, null::text, c.finding, null::bigint, null::bigint
      from (select d.day, case when d.day > lag(d.day) over days + 1 then 'no digest'
                               when d.chain_hash is distinct from chain_of_day(d.day,
                                      lag(d.chain_hash, 1, decode(repeat('00', 32), 'hex')) over days)
                               then 'chain' end as finding
              from tidemark.record_day d
            window days as (order by d.day)) c
     where c.finding is not null and c.day between from_day and to_day;
  for piece in select p.* from digest_pieces(from_day, to_day, 1000000) p loop
    return query
      select r.day, r.record,
             case when coalesce(f.rows, 0) < r.rows then 'missing' when f.rows > r.rows then 'added'
                  else 'changed' end,
             r.rows, coalesce(f.rows, 0)
        from tidemark.record_digest r
        left join digests_of(piece.record, piece.columns, piece.days[1], piece.days[cardinality(piece.days)]) f
          using (day)
       where r.record = piece.record and r.day = any (piece.days) and r.digest <> coalesce(f.digest, sha256(''))
       order by 1;
  end loop;
end
$$;
comment on function audit.verify_records(date, date) is
  'Returns the days whose records are not those of which the digest was made; no row if all are whole. Reads the '
  'records of the days from first_day to last_day, by default of all that have digests. Rows that the clean-up removes '
  'by age are not compared in days where it has begun, nor is a row that was written more than a day late';
grant execute on function audit.verify_records(date, date) to tidemark_auditor;

reset role;
