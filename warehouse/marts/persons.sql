select
    entity_id, birth_year, sex, municipality, region, country, year(death_date) as death_year,
    education_level, occupation, disability, ethnicity, language, record_count, source_count
from golden_persons
