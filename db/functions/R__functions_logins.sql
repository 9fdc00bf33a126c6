-- Browsers' logins that tickets were made with: bound, renewed, ended, asked for, forgotten. Only their nodes write
-- them. Whoever holds a row delays the others little: a node renews all its logins at once, and ends many at a time.
set role tidemark_owner;

create or replace function tidemark.bind_ticket(ticket_hash bytea, login_id uuid, node text, life interval) returns void
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
  insert into tidemark.browser_login as l (login_id, node, alive_until)
  values (bind_ticket.login_id, bind_ticket.node, clock_timestamp() + bind_ticket.life)
      on conflict on constraint browser_login_pkey do update
     set alive_until = greatest(l.alive_until, excluded.alive_until);
  update tidemark.ticket t set login_id = bind_ticket.login_id where t.ticket_hash = bind_ticket.ticket_hash;
$$;
comment on function tidemark.bind_ticket(bytea, uuid, text, interval) is
  'Binds a ticket to the login of the browser that it is made with: it ends with the login. Waits for a row for five '
  'seconds, then fails (lock_not_available)';
grant execute on function tidemark.bind_ticket(bytea, uuid, text, interval) to tidemark_app;

create or replace function tidemark.renew_logins(login_ids uuid[], life interval) returns void
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  with free as materialized (
    select l.login_id from tidemark.browser_login l where l.login_id = any (renew_logins.login_ids)
       for no key update skip locked
  )
  update tidemark.browser_login l set alive_until = clock_timestamp() + renew_logins.life
    from free
   where l.login_id = free.login_id
$$;
comment on function tidemark.renew_logins(uuid[], interval) is
  'Says that these logins go on for this time; leaves out those whose rows somebody holds';
grant execute on function tidemark.renew_logins(uuid[], interval) to tidemark_app;

create or replace function tidemark.end_login(login_id uuid) returns void
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '100ms'
as $$
  delete from tidemark.browser_login l where l.login_id = end_login.login_id
$$;
comment on function tidemark.end_login(uuid) is
  'Removes a login that has ended, and its tickets that are not spent. Waits for a row for a tenth of a second, then '
  'fails (lock_not_available)';
grant execute on function tidemark.end_login(uuid) to tidemark_app;

create or replace function tidemark.ended_logins(login_ids uuid[], late boolean) returns setof uuid
language sql stable security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  select asked.id from unnest(ended_logins.login_ids) as asked (id)
   where not exists (
     select from tidemark.browser_login l
      where l.login_id = asked.id and (not ended_logins.late or l.alive_until > clock_timestamp()))
$$;
comment on function tidemark.ended_logins(uuid[], boolean) is
  'Returns which of these logins have ended; if late, also those that were not renewed in time';
grant execute on function tidemark.ended_logins(uuid[], boolean) to tidemark_app;

create or replace function tidemark.forget_logins(most int) returns bigint
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '2s'
as $$
  with late as (
    delete from tidemark.browser_login where ctid = any (array(
      select l.ctid from tidemark.browser_login l where l.alive_until < clock_timestamp() - interval '1 hour'
       order by l.alive_until limit most for update skip locked))
    returning 1
  )
  select count(*) from late
$$;
comment on function tidemark.forget_logins(int) is
  'Removes logins whose node has been dead for an hour, at most the given number, and returns how many';
grant execute on function tidemark.forget_logins(int) to tidemark_app;

reset role;
