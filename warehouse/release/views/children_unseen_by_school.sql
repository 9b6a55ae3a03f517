-- One living child of 6 to 14 years whom no school reports. Absence from a register is no proof: see sources.is_complete.
select entity_id, age, sex, municipality, region
from living_persons
where age between 6 and 14 and entity_id not in (select entity_id from sectors where sector = 'education')
