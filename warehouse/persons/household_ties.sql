-- What speaks for living together: a row a tie between two living persons, by grouping. Residents go by numbers, in the
-- order of their ids; evidence is a set of bits, which `told` names. Shared keys are tied to their first resident.
create or replace temp table residents as
select
    (row_number() over (order by entity_id))::integer as resident, entity_id, birth_year, municipality, region,
    {year} - birth_year as age, case when address is not null then concat_ws('|', address, locality, municipality) end as home
from {persons}
where death_date is null;

create or replace temp table declared_keys as
select resident, arg_max(household_key, (said_on, record_id)) as household_key
from (
    select entity_id, record_id, household_key, coalesce(updated_date, as_of_date, date '1900-01-01') as said_on
    from {records} as records
    join {spine} as spine using (record_id)
    where household_key is not null
)
join residents using (entity_id)
group by resident;

create or replace temp table shared_homes as
select home, min(resident) as first_resident
from residents
where home is not null
group by home
having count(*) between 2 and {most_at_one_address};

create or replace temp table parent_ties as
with linked as (
    select
        child.resident as child, parent.resident as parent, relationship_type, child.age,
        child.entity_id in (select related_entity_id from {relationships}) as is_parent_too,
        coalesce(child.home <> parent.home, false) as is_elsewhere,
        coalesce(child.municipality <> parent.municipality, false) as is_in_another_municipality,
        coalesce(child.home = parent.home, false) as is_at_one_address
    from {relationships} as relationships
    join residents as child on relationships.entity_id = child.entity_id
    join residents as parent on relationships.related_entity_id = parent.entity_id
)

select
    *,
    -- A minor whose parents live apart is with the one at the same address, else with the mother.
    row_number() over (
        partition by child order by is_at_one_address desc, is_elsewhere, is_in_another_municipality, relationship_type desc
    ) = 1 as is_nearest
from linked;

create or replace temp table ties as
select 'declared' as grouping, {declared} as evidence, resident as one, min(resident) over (partition by household_key) as other
from declared_keys
union all
select 'address' as grouping, {address} as evidence, resident as one, first_resident as other
from residents
join shared_homes using (home)
union all
select 'family' as grouping, {parent} as evidence, child as one, parent as other
from parent_ties
where not is_parent_too and is_nearest and not is_elsewhere and not is_in_another_municipality and age < {grown_up}
    or age < {of_age} and is_nearest
union all
select 'family' as grouping, {common_child} as evidence, mother.parent as one, father.parent as other
from parent_ties as mother
join parent_ties as father using (child)
join residents as her on mother.parent = her.resident
join residents as him on father.parent = him.resident
where mother.relationship_type = 'MTH' and father.relationship_type = 'FTH'
    and coalesce(her.home = him.home, coalesce(her.municipality = him.municipality, true));

-- The combined grouping also has those who are tied to nobody but whose address is known: they live alone.
insert into ties
select 'combined' as grouping, evidence, one, other from ties
union all
select 'combined' as grouping, 0 as evidence, resident as one, resident as other from residents where home is not null;
