-- Rows written before personal data was sealed: the job that seals and indexes them finds them here, until there are none.
create index customers_unindexed_idx on customers (organization_id, id)
    where (email is not null and email_index is null) or (phone is not null and phone_index is null)
       or (tax_number is not null and tax_number_index is null);
create index contacts_unindexed_idx on contacts (organization_id, id)
    where (email is not null and email_index is null) or (phone is not null and phone_index is null);
