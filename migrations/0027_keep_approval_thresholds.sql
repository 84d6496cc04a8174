-- What an approval was asked for over: a policy may change afterwards. Unknown for those asked for before.
alter table order_approvals add column threshold numeric(19,4);
