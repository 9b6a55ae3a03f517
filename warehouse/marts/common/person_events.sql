-- The events with the persons that they are about.
create or replace temp view person_events as
select events.*, linked_spine.entity_id from events left join linked_spine using (record_id);
