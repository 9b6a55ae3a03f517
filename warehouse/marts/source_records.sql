select
    records.record_id, linked_spine.entity_id, records.source, records.contract_id, records.delivery_id,
    records.as_of_date,
    day_told(records.updated_date, golden_persons.birth_date, golden_persons.death_date) as updated_date,
    given_names_std is not null and surname_1_std is not null as has_name,
    records.birth_date is not null as has_birth_date,
    records.record_id in (
        select record_id from record_identifiers where is_valid and not starts_with(scheme, 'local.')
    ) as has_identifier,
    address_std is not null as has_address,
    phone_std is not null as has_phone,
    faults
from records
join linked_spine using (record_id)
left join golden_persons using (entity_id)
