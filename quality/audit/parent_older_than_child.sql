with members as (
    select distinct entity_id, household_key from known_records where household_key is not null
),
named as (
    select distinct entity_id, concat_ws(' ', given_names_std, surname_1_std, surname_2_std) as own_name
    from known_records
),
mothers as (
    select members.household_key, named.own_name, min(entity_id) as mother_id
    from members
    join named using (entity_id)
    join persons using (entity_id)
    where persons.sex = 'female'
    group by members.household_key, named.own_name
    having count(distinct entity_id) = 1
),
children as (
    select distinct members.entity_id as child_id, members.household_key, known_records.mother_name_std
    from members join known_records using (entity_id)
)
select
    child_id as key,
    bool_or(child.birth_year - mother.birth_year < limit_of_check()) as is_unexpected
from children
join mothers on mothers.household_key = children.household_key and mothers.own_name = children.mother_name_std
join persons as child on child.entity_id = child_id
join persons as mother on mother.entity_id = mother_id
where mother_id <> child_id and child.birth_year is not null and mother.birth_year is not null
group by child_id
