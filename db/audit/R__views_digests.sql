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
  -- Digests over the same columns are computed in one pass.
  return query
    select kept.day, kept.record,
           case when kept.rows_now < kept.rows then 'missing' when kept.rows_now > kept.rows then 'added'
                else 'changed' end,
           kept.rows, kept.rows_now
      from (select r.record, r.columns, min(r.day) as first_day, max(r.day) as last_day,
                   array_agg(r.day) as days
              from tidemark.record_digest r
              join tidemark.record_day d using (day)
              join digested_records() known using (record)
             where r.day between from_day and to_day and (d.forgotten_at is null or not known.is_forgotten)
             group by r.record, r.columns) span
     cross join lateral (
       with found as materialized (
         select * from digests_of(span.record, span.columns, span.first_day, span.last_day))
       select r.day, r.record, r.rows, r.digest, coalesce(f.rows, 0) as rows_now,
              coalesce(f.digest, sha256('')) as digest_now
         from tidemark.record_digest r
         left join found f using (day)
        where r.record = span.record and r.day = any (span.days)) kept
     where kept.digest_now <> kept.digest
     order by 1, 2;
end
$$;
comment on function audit.verify_records(date, date) is
  'Returns the days whose records are not those of which the digest was made; no row if all are whole. Reads the '
  'records of the days from first_day to last_day, by default of all that have digests. Rows that the clean-up removes '
  'by age are not compared in days where it has begun, nor is a row that was written more than a day late';
grant execute on function audit.verify_records(date, date) to tidemark_auditor;

reset role;
