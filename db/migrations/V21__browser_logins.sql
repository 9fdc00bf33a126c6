-- Browsers' logins that tickets were made with: a connection that a ticket opened ends with the login, on any node.
set role tidemark_owner;

create table tidemark.browser_login (
  login_id    uuid        primary key,
  node        text        not null,
  alive_until timestamptz not null
);
create index browser_login_by_end on tidemark.browser_login (alive_until);
comment on table tidemark.browser_login is
  'Logins of browsers that tickets were made with, while they last; the row goes with the login';
comment on column tidemark.browser_login.login_id is 'Id that the node gave the login; no credential';
comment on column tidemark.browser_login.node is 'Node that keeps the login';
comment on column tidemark.browser_login.alive_until is
  'Time until which the login goes on, unless its node removes the row; the node renews it. Later, the node is dead';

alter table tidemark.ticket
  add column login_id uuid references tidemark.browser_login on delete cascade;
create index ticket_by_login on tidemark.ticket (login_id) where login_id is not null;
comment on column tidemark.ticket.login_id is
  'Login of the browser that the ticket was made with; null if it was made with credentials of another kind';

insert into tidemark.schema_version (version, description, compatible_from) values (21, 'browser logins', 8);

reset role;
