create view known_records as
select spine.entity_id, records.* from records join spine using (record_id);

create view national_identifiers as
select known.entity_id, known.record_id, known.source, known.birth_year, numbers.scheme, numbers.identifier_std
from record_identifiers as numbers
join known_records as known using (record_id)
where numbers.is_valid and not starts_with(numbers.scheme, 'local.');

create view living as
select *, year(audit_day()) - birth_year as age from persons where death_date is null;

create view activity as
select
    spine.entity_id,
    max(case
        when kind in ('enrolment', 'work') and start_date is not null and end_date is null then audit_day()
        else coalesce(end_date, start_date, last_day(try_strptime(period || '-01', '%Y-%m-%d')::date))
    end) as last_active
from events join spine using (record_id)
group by spine.entity_id;
