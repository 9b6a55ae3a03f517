-- Comparison-ready columns, one row a record. Names are read once a distinct value, not once a record.
create or replace temp table given_values as
with tokens as (
    select
        given_names_std as value,
        string_split(given, ' ') as tokens,
        given
    from (
        select distinct
            given_names_std,
            nullif(trim(left(translate(given_names_std, 'Ñ', 'N'), 60)), '') as given
        from stated_records
    )
    where given is not null
)
select
    value,
    given,
    tokens[1] as given_1,
    tokens[2] as given_2,
    hash(array_to_string(list_sort(list_distinct(tokens)), ' ')) as given_sorted,
    hash(skeleton(tokens[1])) as given_sound,
    list_distinct(list_transform(tokens[:3], lambda token: hash(skeleton(token)))) as given_sounds,
    tokens
from tokens;

create or replace temp table surname_values as
with tokens as (
    select
        surname_1_std,
        surname_2_std,
        list_filter(string_split(first, ' '), lambda token: token <> '') as first_tokens,
        list_filter(string_split(coalesce(second, ''), ' '), lambda token: token <> '') as second_tokens
    from (
        select distinct
            surname_1_std,
            surname_2_std,
            left(translate(coalesce(surname_1_std, surname_2_std), 'Ñ', 'N'), 60) as first,
            case when surname_1_std is not null
                then left(translate(surname_2_std, 'Ñ', 'N'), 60) end as second
        from stated_records
    )
    where first is not null
),

-- Two surnames delivered in one field are still two surnames.
parted as (
    select
        surname_1_std,
        surname_2_std,
        first_tokens || second_tokens as tokens,
        case when second_tokens = [] and length(first_tokens) >= 2 then first_tokens[1]
            else array_to_string(first_tokens, ' ') end as surname_1,
        case when second_tokens = [] and length(first_tokens) >= 2 then first_tokens[-1]
            else nullif(array_to_string(second_tokens, ' '), '') end as surname_2
    from tokens
    where first_tokens <> []
)

select
    surname_1_std,
    surname_2_std,
    surname_1,
    surname_2,
    hash(skeleton(surname_1)) as surname_1_sound,
    case when surname_2 is not null then hash(skeleton(surname_2)) end as surname_2_sound,
    list_distinct(list_transform(tokens[:4], lambda token: hash(skeleton(token)))) as surname_sounds,
    tokens
from parted;

create or replace temp table record_features as
with joined as (
    select
        r.*,
        g.given,
        g.given_1,
        g.given_2,
        g.given_sorted,
        g.given_sound,
        g.given_sounds,
        s.surname_1,
        s.surname_2,
        s.surname_1_sound,
        s.surname_2_sound,
        s.surname_sounds,
        list_sort(list_distinct(coalesce(g.tokens, []) || coalesce(s.tokens, []))) as names,
        {has_split} as has_split
    from stated_records as r
    left join given_values as g on r.given_names_std = g.value
    left join surname_values as s
        on r.surname_1_std is not distinct from s.surname_1_std
        and r.surname_2_std is not distinct from s.surname_2_std
)

select
    record,
    record_id,
    source,
    record_key,
    given,
    given_1,
    given_2,
    given_sorted,
    given_sound,
    given_sounds,
    surname_1,
    surname_2,
    surname_1_sound,
    surname_2_sound,
    surname_sounds,
    case when length(names) >= 2 then hash(array_to_string(names, ' ')) end as name_sorted,
    case when has_split and names <> []
        then list_reduce(list_transform(names, lambda name: 1::ubigint << (hash(name) % 62)), lambda x, y: x | y)
        end as name_bits,
    case when has_split and names <> [] then array_to_string(names, ' ') end as name_parts,
    is_split and names <> [] as is_split,
    year(birth_date) * 512 + month(birth_date) * 32 + day(birth_date) as birth_date,
    coalesce(year(birth_date), birth_year)::smallint as birth_year,
    month(birth_date)::smallint as birth_month,
    day(birth_date)::smallint as birth_day,
    case when birth_date is not null then coalesce(birth_date_is_default, false) end as birth_is_default,
    left(birth_place_std, 60) as birth_place,
    sex,
    case when length(phone) >= 6 then right(phone, 8) end as phone,
    left(email_std, 80) as email,
    left(address, 80) as address,
    case when address is not null then hash(array_to_string(list_sort(string_split(left(address, 80), ' ')), ' ')) end
        as address_sorted,
    nullif(regexp_extract(address, '[0-9]+'), '') as address_number,
    left(locality_std, 60) as locality,
    left(municipality_std, 60) as municipality,
    left(region_std, 60) as region,
    left(postal_code_std, 12) as postal_code,
    household_key as household,
    case when household_key is not null then hash(source) end as household_source,
    mother,
    case when mother is not null then hash(array_to_string(list_sort(string_split(mother, ' ')), ' ')) end
        as mother_sorted,
    string_split(mother, ' ')[1] as mother_1,
    father,
    case when father is not null then hash(array_to_string(list_sort(string_split(father, ' ')), ' ')) end
        as father_sorted,
    string_split(father, ' ')[1] as father_1
from joined;

drop table stated_records;
drop table given_values;
drop table surname_values;
