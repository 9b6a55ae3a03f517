with spine as (select record_id, entity_id from linked_spine),
numbers as (
    select entity_id, list_sort(list(distinct {'scheme': scheme, 'value': identifier_std})) as identifiers
    from record_identifiers join spine using (record_id)
    where is_valid
    group by entity_id
), contacts as (
    select
        entity_id,
        list_sort(list(distinct phone_std) filter (where phone_std is not null)) as phones,
        list_sort(list(distinct email_std) filter (where email_std is not null)) as emails,
        arg_max(
            {'line': address_std, 'locality': locality_std, 'postal_code': postal_code_std},
            row(coalesce(updated_date, as_of_date, date '1900-01-01'), record_id)
        ) filter (where address_std is not null) as place,
        max(updated_date) as last_updated
    from records join spine using (record_id)
    group by entity_id
), kin as (
    select
        entity_id,
        list({'type': relationship_type, 'member': pseudonym(related_entity_id)} order by relationship_type) as related
    from relationships
    where related_entity_id not in (select id from withheld_ids)
    group by entity_id
)
select
    pseudonym(entity_id) as id, numbers.identifiers, contacts.phones, contacts.emails, contacts.place,
    contacts.last_updated,
    given_names, surname_1, surname_2, birth_date, death_date, sex, municipality, region, country,
    education_level, occupation, employment_status, disability, language, kin.related
from golden_persons
left join numbers using (entity_id)
left join contacts using (entity_id)
left join kin using (entity_id)
where entity_id not in (select id from withheld_ids)
order by id
