-- Approval measures and hold types carry the names of the domain.
alter table order_holds drop constraint order_holds_type_check;
alter table order_holds add constraint order_holds_type_check check (type in ('credit', 'manual', 'address', 'fraud', 'quality'));

alter table approval_policies drop constraint approval_policies_measure_check;
alter table approval_policies drop constraint approval_policies_currency_check;
update approval_policies set measure = 'total' where measure = 'amount';
alter table approval_policies add constraint approval_policies_measure_check
    check (measure in ('total', 'discount_percent', 'margin_percent'));
alter table approval_policies add constraint approval_policies_currency_check
    check ((measure = 'total') = (currency is not null));
