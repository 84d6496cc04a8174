-- A reference is looked for by its value, with and without its source, and by its object. Both keys begin with what tells most, so that no
-- plan, made when the table was small, walks every reference of a source.
alter table external_refs drop constraint external_refs_pkey;
alter table external_refs add primary key (organization_id, entity, ref, source);
alter table external_refs drop constraint external_refs_organization_id_entity_entity_id_source_key;
alter table external_refs add unique (organization_id, entity_id, entity, source);
