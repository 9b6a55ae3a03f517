with registers as (
    select source, min(year(complete_since)) as first_year
    from sources where sector = 'civil_registry' and is_complete group by source
),
issued as (
    select scheme, identifier_std, entity_id, first_year
    from national_identifiers join registers using (source)
),
covered as (select scheme, min(first_year) as first_year from issued group by scheme),
borne as (
    select scheme, identifier_std, min(record_id) as key, list(distinct entity_id) as bearers
    from national_identifiers
    join covered using (scheme)
    anti join registers using (source)
    where birth_year >= covered.first_year
    group by scheme, identifier_std
),
registered as (select distinct entity_id from known_records join registers using (source)),
known_bearers as (
    select distinct key from (select key, unnest(bearers) as entity_id from borne) semi join registered using (entity_id)
)
select
    key,
    (scheme, identifier_std) not in (select (scheme, identifier_std) from issued)
        and key not in (from known_bearers) as is_unexpected
from borne
