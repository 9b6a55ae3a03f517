-- The text of a field is bounded, for edit distances cost the product of two lengths.
create or replace temp table stated_records as
select
    row_number() over (order by record_id) - 1 as record,
    record_id,
    source,
    record_key,
    nullif(trim(given_names_std), '') as given_names_std,
    nullif(trim(surname_1_std), '') as surname_1_std,
    nullif(trim(surname_2_std), '') as surname_2_std,
    full_name is not null and given_names is null as is_split,
    birth_date,
    birth_year,
    birth_date_is_default,
    nullif(translate(birth_place_std, 'Ñ', 'N'), '') as birth_place_std,
    nullif(sex, '') as sex,
    regexp_replace(phone_std, '[^0-9]', '', 'g') as phone,
    nullif(email_std, '') as email_std,
    nullif(translate(address_std, 'Ñ', 'N'), '') as address,
    nullif(translate(locality_std, 'Ñ', 'N'), '') as locality_std,
    nullif(translate(municipality_std, 'Ñ', 'N'), '') as municipality_std,
    nullif(translate(region_std, 'Ñ', 'N'), '') as region_std,
    nullif(postal_code_std, '') as postal_code_std,
    nullif(household_key, '') as household_key,
    nullif(trim(left(translate(mother_name_std, 'Ñ', 'N'), 80)), '') as mother,
    nullif(trim(left(translate(father_name_std, 'Ñ', 'N'), 80)), '') as father
from {records};
