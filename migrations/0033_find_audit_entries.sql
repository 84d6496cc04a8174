-- Every filter of the audit log finds its newest entries by an index. An object's id is one whatever its kind, so it comes first.
create index audit_events_object_idx on audit_events (organization_id, entity_id, seq desc);
drop index audit_events_entity_idx;
create index audit_events_kind_idx on audit_events (organization_id, entity, seq desc);
create index audit_events_actor_idx on audit_events (organization_id, actor_id, seq desc);
create index audit_events_action_idx on audit_events (organization_id, action, seq desc);
create index audit_events_ip_idx on audit_events (organization_id, ip, seq desc) where ip is not null;
create index audit_events_request_idx on audit_events (organization_id, request_id) where request_id is not null;
