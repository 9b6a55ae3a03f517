select municipality, sex, birth_year - birth_year % 10 as born_from, count(*) as people
from residences
where death_date is null
group by all
