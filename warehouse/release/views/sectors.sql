-- One person and sector that knows them, with the number of records.
select entity_id, sector, count(*) as record_count
from source_records
join sources using (contract_id)
group by entity_id, sector
