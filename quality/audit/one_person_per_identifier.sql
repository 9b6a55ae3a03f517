select min(record_id) as key, count(distinct entity_id) > 1 as is_unexpected
from national_identifiers
group by scheme, identifier_std
