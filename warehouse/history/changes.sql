-- What became of each person between the release before and the tables about to be published.
with old_homes as (
    select members.entity_id, list_sort(list(others.entity_id)) as household
    from {old_household_members} as members
    join {old_household_members} as others using (household_id)
    where members.grouping = 'combined'
    group by members.entity_id
),

new_homes as (
    select members.entity_id, list_sort(list(others.entity_id)) as household
    from {household_members} as members
    join {household_members} as others using (household_id)
    where members.grouping = 'combined'
    group by members.entity_id
),

old_persons as (select * from {old_persons} left join old_homes using (entity_id)),

new_persons as (select * from {persons} left join new_homes using (entity_id)),

-- The person whose records a new person took over.
parted as (
    select other_entity_id as entity_id, arg_max(entity_id, run) as from_entity_id
    from {entity_events}
    where kind = 'split'
    group by other_entity_id
),

came as (
    select
        entity_id, case when from_entity_id is null then 'created' else 'split' end as change,
        from_entity_id as other_entity_id, []::varchar[] as fields
    from new_persons
    anti join old_persons using (entity_id)
    left join parted using (entity_id)
),

gone as (
    select
        entity_id, case when superseded_by is null then 'left' else 'merged' end as change,
        superseded_by as other_entity_id, []::varchar[] as fields
    from old_persons
    anti join new_persons using (entity_id)
    left join {entities} as entities using (entity_id)
),

compared as (
    select
        entity_id, old.death_year is null and new.death_year is not null as has_died,
        list_filter([{differences}], lambda field: field is not null) as fields
    from old_persons as old
    join new_persons as new using (entity_id)
),

stayed as (
    select entity_id, 'died' as change, null as other_entity_id, fields from compared where has_died
    union all
    select entity_id, 'changed' as change, null as other_entity_id, fields from compared where not has_died and len(fields) > 0
),

enrolled as (
    select entity_id, list_sort(list(distinct programme)) as programmes
    from (
        select entity_id, programme, end_date from {enrolments}
        union all
        select entity_id, programme, end_date from {old_enrolments}
    )
    where end_date is null and programme is not null
    group by entity_id
)

-- Whoever is in a programme and is not who they were must be looked at again; no benefit ends by itself.
select
    entity_id, change, other_entity_id, fields, coalesce(programmes, []) as programmes,
    programmes is not null as must_reassess, {since} as since_release_id
from (select * from came union all select * from gone union all select * from stayed)
left join enrolled using (entity_id)
