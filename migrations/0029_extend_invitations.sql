-- Invitations carry a name and a role of the organization's own, know how often they were sent, and end with their links.
alter table invitations add column name text not null default '' check (length(name) <= 200);
-- no reference: a role may go while an invitation waits, which then cannot be accepted any more
alter table invitations add column role_id uuid;
alter table invitations add column sends int not null default 1;
alter policy platform on invitations using (som_scope() in ('identity', 'worker') or organization_id = som_organization())
    with check (som_scope() in ('identity', 'worker') or organization_id = som_organization());

alter table one_time_tokens add column invitation_id uuid;
alter table one_time_tokens add constraint one_time_tokens_invitation_id_fkey
    foreign key (organization_id, invitation_id) references invitations (organization_id, id) on delete cascade;
create index one_time_tokens_invitation_idx on one_time_tokens (organization_id, invitation_id) where invitation_id is not null;
