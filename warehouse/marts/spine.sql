select record_id, source, entity_id from linked_spine
