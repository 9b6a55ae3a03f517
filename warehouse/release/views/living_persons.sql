-- One living person with age in years (to within a year, or to within a band where birth years are banded) and stage of life.
select
    persons.*, as_of_year - birth_year as age,
    case
        when as_of_year - birth_year < 6 then 'early childhood'
        when as_of_year - birth_year < 12 then 'childhood'
        when as_of_year - birth_year < 18 then 'adolescence'
        when as_of_year - birth_year < 30 then 'youth'
        when as_of_year - birth_year < 65 then 'adulthood'
        when birth_year is not null then 'old age'
    end as life_stage
from persons
cross join present
where death_year is null
