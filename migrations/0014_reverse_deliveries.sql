-- A delivery that did not happen is taken back by another one of the negative quantities: the ledger is only ever added to.
alter table deliveries
    add column reverses uuid,
    add constraint deliveries_reverses_fkey foreign key (organization_id, reverses) references deliveries (organization_id, id);
create unique index deliveries_reverses_key on deliveries (organization_id, reverses) where reverses is not null;
alter table delivery_lines
    drop constraint delivery_lines_quantity_check,
    add constraint delivery_lines_quantity_check check (quantity <> 0);
revoke update, delete on deliveries, delivery_lines from som_app;
