-- Parents: the person of a parent's name, sex and age; where no source names one, the adult at the child's address whose
-- surname the child bears in that parent's place.
with people as (
    select
        entity_id, given_names, surname_1, surname_2, sex, birth_year, municipality, mother_name, father_name, death_date,
        case when address is not null then concat_ws('|', address, locality, municipality) end as home
    from {persons}
),

parents as (
    select 'MTH' as relationship_type, 'female' as sex, 12 as least_gap, 50 as greatest_gap
    union all
    select 'FTH' as relationship_type, 'male' as sex, 13 as least_gap, 70 as greatest_gap
),

children as (
    select entity_id, 'MTH' as relationship_type, mother_name as parent_name, father_name as other_parent_name,
        surname_1, surname_2 as parent_surname, birth_year, municipality, home
    from people
    union all
    select entity_id, 'FTH' as relationship_type, father_name as parent_name, mother_name as other_parent_name,
        surname_1, surname_1 as parent_surname, birth_year, municipality, home
    from people
),

named as (
    select children.*, least_gap, greatest_gap, sex,
        list_sort(list_distinct(string_split(parent_name, ' '))) as words
    from children
    join parents using (relationship_type)
    where parent_name is not null
),

bearers as (
    select entity_id, sex, birth_year, municipality, home,
        list_sort(list_distinct(string_split(concat_ws(' ', given_names, surname_1, surname_2), ' '))) as words
    from people
    where given_names is not null and surname_1 is not null
),

by_name as (
    select
        named.entity_id, relationship_type, bearers.entity_id as related_entity_id, 'name' as told_by,
        coalesce(named.home = bearers.home, false) as is_same_address,
        coalesce(named.municipality = bearers.municipality, false) as is_same_municipality
    from named
    join bearers using (words, sex)
    where named.entity_id <> bearers.entity_id
        and named.birth_year - bearers.birth_year between least_gap and greatest_gap
),

-- A child of a mother alone bears her two surnames, so the other parent must be known and the first surname his.
unnamed as (
    select children.*, least_gap, greatest_gap, sex
    from children
    join parents using (relationship_type)
    where parent_name is null and parent_surname is not null and home is not null and {year} - birth_year < {grown_up}
        and list_contains(string_split(other_parent_name, ' '), surname_1) = (relationship_type = 'MTH')
),

by_surname as (
    select
        unnamed.entity_id, relationship_type, people.entity_id as related_entity_id, 'surname' as told_by,
        true as is_same_address, true as is_same_municipality
    from unnamed
    join people on people.home = unnamed.home and people.surname_1 = unnamed.parent_surname and people.sex = unnamed.sex
    where people.entity_id <> unnamed.entity_id and people.death_date is null
        and unnamed.birth_year - people.birth_year between least_gap and greatest_gap
),

candidates as (
    select *, is_same_address::integer + is_same_municipality::integer as nearness
    from (select * from by_name union all select * from by_surname)
),

ranked as (
    select
        *,
        count(*) over (partition by entity_id, relationship_type) as candidate_count,
        count(*) over (partition by entity_id, relationship_type, nearness) as as_near,
        rank() over (partition by entity_id, relationship_type order by nearness desc) as place
    from candidates
)

-- Two as near as each other are told apart by nothing: then the parent stays unknown.
select
    entity_id, relationship_type, related_entity_id, candidate_count,
    list_filter(
        [told_by, 'sex', 'age', case when is_same_address then 'address' end,
         case when is_same_municipality then 'municipality' end],
        lambda fact: fact is not null
    ) as evidence
from ranked
where place = 1 and as_near = 1
