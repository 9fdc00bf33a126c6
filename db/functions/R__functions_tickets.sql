-- Tickets: issued, spent once, forgotten.
set role tidemark_owner;

-- Calls for one principal wait for each other, so that two at once do not both take the last place.
create or replace function tidemark.issue_ticket(
  ticket_hash bytea, life interval, most int, principal text, tenant text, roles text[], origin text, subject text,
  authenticated_at timestamptz, authentication_ends_at timestamptz, provider_session text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
#variable_conflict use_column
declare
  now timestamptz;
begin
  perform pg_advisory_xact_lock(29803, hashtext(issue_ticket.tenant || '/' || issue_ticket.principal));
  now := clock_timestamp();
  if (select count(*) from tidemark.ticket t
       where t.tenant = issue_ticket.tenant and t.principal = issue_ticket.principal and t.expires_at > now)
     >= issue_ticket.most then
    return false;
  end if;
  insert into tidemark.ticket (ticket_hash, issued_at, expires_at, principal, tenant, roles, origin, subject,
    authenticated_at, authentication_ends_at, provider_session)
  values (issue_ticket.ticket_hash, now, now + issue_ticket.life, issue_ticket.principal, issue_ticket.tenant,
    issue_ticket.roles, issue_ticket.origin, issue_ticket.subject, issue_ticket.authenticated_at,
    issue_ticket.authentication_ends_at, issue_ticket.provider_session);
  return true;
end
$$;
comment on function tidemark.issue_ticket(
  bytea, interval, int, text, text, text[], text, text, timestamptz, timestamptz, text) is
  'Stores a ticket and returns true; returns false if its owner already has the maximum number of tickets that can be '
  'spent';
grant execute on function tidemark.issue_ticket(
  bytea, interval, int, text, text, text[], text, text, timestamptz, timestamptz, text) to tidemark_app;

-- If two clients spend the same ticket at once, the second waits for the row and finds it gone.
create or replace function tidemark.spend_ticket(ticket_hash bytea) returns setof tidemark.ticket
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
set lock_timeout = '5s'
as $$
  delete from tidemark.ticket t
   where t.ticket_hash = spend_ticket.ticket_hash
     and t.expires_at > clock_timestamp()
     and (t.authentication_ends_at is null or t.authentication_ends_at > clock_timestamp())
     and (t.login_id is null or exists (
       select from tidemark.browser_login l where l.login_id = t.login_id and l.alive_until > clock_timestamp()))
  returning t.*
$$;
comment on function tidemark.spend_ticket(bytea) is
  'Removes a ticket and returns it; no row if the ticket is unknown, spent or expired, or its authentication or login '
  'has ended';
grant execute on function tidemark.spend_ticket(bytea) to tidemark_app;

create or replace function tidemark.forget_tickets(most int) returns bigint
language sql volatile security definer
set search_path = pg_catalog, tidemark, pg_temp
as $$
  with late as (
    delete from tidemark.ticket where ctid = any (array(
      select t.ctid from tidemark.ticket t where t.expires_at < clock_timestamp()
       order by t.expires_at limit most for update skip locked))
    returning 1
  )
  select count(*) from late
$$;
comment on function tidemark.forget_tickets(int) is
  'Removes expired tickets, at most the given number, and returns how many';
grant execute on function tidemark.forget_tickets(int) to tidemark_app;

reset role;
