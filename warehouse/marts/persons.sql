select
    entity_id, birth_year, sex, municipality, region, country, year(death_date) as death_year,
    education_level, occupation, employment_status, disability, ethnicity, language,
    record_count, source_count, day_told(updated_date, birth_date, death_date) as updated_date
from residences
