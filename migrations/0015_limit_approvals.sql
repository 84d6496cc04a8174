-- Up to which total, in the base currency, a role may approve; a role that is not named has no limit.
alter table organizations add column approval_limits jsonb not null default '{}';
