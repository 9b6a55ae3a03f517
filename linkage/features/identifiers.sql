-- Every identifier of every record, and what its bearers tell of it: one that many first names bear is a
-- placeholder; one that two different names bear a generation apart, or that tells of a birth a generation from its
-- bearer's, is a parent's, lent to a child; one that two records bear is established.
create or replace temp table stated_identifiers as
with stated as (
    select
        r.record,
        i.scheme,
        left(i.identifier_std, 40) as value,
        i.is_valid,
        r.given_1,
        r.given_sound,
        r.surname_1,
        r.birth_year,
        try_cast(substring(i.identifier_std, {birth_year_at}, 2) as integer) as told_year
    from {identifiers} as i
    join record_features as r using (record_id)
    where i.identifier_std <> ''
),

bearers as (
    select
        scheme,
        value,
        count(*) as records,
        count(distinct given_sound) >= {shared_names} as is_placeholder,
        count(distinct given_sound) > 1
            and coalesce(max(birth_year) - min(birth_year) >= {shared_years}, false) as is_suspect
    from stated
    group by scheme, value
),

suspects as (
    select distinct s.scheme, s.value, s.given_1, s.given_sound, s.surname_1, s.birth_year
    from stated as s
    join bearers as b using (scheme, value)
    where b.is_suspect and not b.is_placeholder
),

lent as (
    select scheme, value
    from stated
    where least(abs(told_year - birth_year % 100), 100 - abs(told_year - birth_year % 100)) >= {shared_years}
    union
    select scheme, value
    from suspects as l
    join suspects as r using (scheme, value)
    where l.birth_year - r.birth_year >= {shared_years}
        and l.given_sound <> r.given_sound
        and jaro_winkler_similarity(l.given_1, r.given_1) < 0.75
        and coalesce(jaro_winkler_similarity(l.given_1, r.surname_1), 0) < 0.75
        and coalesce(jaro_winkler_similarity(l.surname_1, r.given_1), 0) < 0.75
)

select
    stated.record,
    scheme,
    value,
    stated.is_valid and not bearers.is_placeholder as is_usable,
    bearers.is_placeholder,
    lent.value is not null as is_shared,
    bearers.records,
    bearers.records > 1 as is_established
from stated
join bearers using (scheme, value)
left join lent using (scheme, value);
