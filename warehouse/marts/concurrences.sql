-- Benefits that should not stand side by side, each a flag for a person to look into.
with today as (
    select max(as_of_date) as today from deliveries
), enrolments as (
    select
        entity_id, record_id, source, programme, event_id, coalesce(start_date, date '0001-01-01') as start_date,
        coalesce(end_date, date '9999-12-31') as end_date
    from person_events
    where kind = 'enrolment' and entity_id is not null
), benefits as (
    select entity_id, record_id, source, programme, period, event_id, start_date, amount
    from person_events
    where kind = 'benefit' and entity_id is not null
), dead as (
    select entity_id, death_date from golden_persons where death_date is not null
), homes as (
    select household_id, entity_id from household_members where grouping = 'combined'
), receipts as (
    select entity_id, source, programme, event_id, start_date, end_date from enrolments
    union all
    select entity_id, source, programme, event_id, start_date, start_date from benefits where start_date is not null
), met as (
    select entity_id as one_id, entity_id as other_id, 'person' as met_as from (select distinct entity_id from receipts)
    union all
    select one.entity_id, other.entity_id, 'household'
    from homes as one
    join homes as other using (household_id)
    where one.entity_id <> other.entity_id
), paired as (
    -- by person and by home: to join on programmes first would set everyone in the one beside everyone in the other
    select pairs.*, one.entity_id, [one.event_id, other.event_id] as events, [one.source, other.source] as pair_sources
    from receipts as one
    join met on met.one_id = one.entity_id
    join receipts as other on other.entity_id = met.other_id and one.start_date <= other.end_date and other.start_date <= one.end_date
    join incompatible_pairs as pairs on one.programme = pairs.one and other.programme = pairs.other
    where met_as = 'person' or unit = 'household'
), functions as (
    select distinct receipts.*, institution, social_protection_function as risk, level_of_government
    from receipts
    join listed_programmes using (source, programme)
    join (select distinct source, institution, level_of_government from listed_sources) using (source)
    where social_protection_function is not null
), named as (
    select entity_id, sex, birth_year, household_id, list_sort(list_distinct(string_split(concat_ws(' ', given_names, surname_1, surname_2), ' '))) as words
    from golden_persons
    join homes using (entity_id)
    where given_names is not null and surname_1 is not null and birth_year is not null
), parents as (
    -- the eldest who bears the parent's name: a younger sister may bear it too
    select child.entity_id, arg_min(bearer.entity_id, (bearer.birth_year, bearer.entity_id)) as parent_id, kind
    from (
        select entity_id, household_id, birth_year, unnest([mother_name, father_name]) as name, unnest(['mother', 'father']) as kind
        from golden_persons
        join homes using (entity_id)
    ) as child
    join named as bearer using (household_id)
    where name is not null and child.entity_id <> bearer.entity_id and bearer.sex = if(kind = 'mother', 'female', 'male')
    and bearer.words = list_sort(list_distinct(string_split(name, ' ')))
    group by child.entity_id, kind, child.birth_year
    having child.birth_year <= min(bearer.birth_year)
), rolls as (
    select
        entity_id, record_id, records.source, household_key, municipality_std as municipality,
        if(address_std is null, null, concat_ws('|', address_std, municipality_std)) as address
    from records
    join linked_spine using (record_id)
    where household_key is not null
), co_members as (
    select
        one.entity_id, one.source, list(distinct other.entity_id) as others, list(distinct one.record_id) as records,
        list(distinct one.municipality) filter (one.municipality is not null) as municipalities,
        list(distinct one.address) filter (one.address is not null) as addresses
    from rolls as one
    join rolls as other on one.household_key = other.household_key and one.entity_id <> other.entity_id
    group by one.entity_id, one.source
), apart as (
    -- the same place with different people is one home of which each source knows a part
    select
        one.entity_id, one.source, other.source as other_source, one.others, other.others as other_others,
        list_sort(list_distinct(one.records || other.records)) as evidence
    from co_members as one
    join co_members as other on one.entity_id = other.entity_id and one.source < other.source
    where not list_has_any(one.others, other.others)
        and (not list_has_any(one.municipalities, other.municipalities) or not list_has_any(one.addresses, other.addresses))
), parted as (
    -- and so is a home that moved, unless one source has somebody of the other's elsewhere
    select distinct entity_id, source, other_source, evidence
    from (
        select *, unnest(others) as companion, other_source as roll from apart
        union all
        select *, unnest(other_others), source from apart
    ) as companions
    where (companion, roll) in (select (entity_id, source) from rolls)
), found as (
    select 'enrolled_twice' as kind, one.entity_id, one.programme as subject, list_sort(list(distinct one.event_id)) as evidence,
        list_sort(list(distinct one.source)) as sources, null as rule_status, null as citation
    from enrolments as one
    join enrolments as other using (entity_id, programme)
    where one.record_id <> other.record_id and one.start_date <= other.end_date and other.start_date <= one.end_date
    group by all
    union all
    select 'paid_twice', entity_id, programme || ' ' || period, list_sort(list(event_id)), list_sort(list(distinct source)), null, null
    from benefits
    where period is not null
    group by entity_id, programme, period
    having count(distinct record_id) > 1
    union all
    select 'paid_after_death', entity_id, programme, list_sort(list(event_id)), list_sort(list(distinct source)), null, null
    from benefits
    join dead using (entity_id)
    where start_date > death_date
    group by entity_id, programme
    union all
    select 'enrolled_after_death', entity_id, programme, list_sort(list(event_id)), list_sort(list(distinct source)), null, null
    from enrolments
    join dead using (entity_id), today
    where end_date > death_date and death_date < today
    group by entity_id, programme
    union all
    select 'two_households', entity_id, records.source, list_sort(list(distinct record_id)), list_sort(list(distinct records.source)), null, null
    from records
    join linked_spine using (record_id)
    where household_key is not null
    group by entity_id, records.source
    having count(distinct household_key) > 1
    union all
    select
        'households_differ', entity_id, source || ' and ' || other_source, evidence, [source, other_source], null, null
    from parted
    union all
    select
        'incompatible', entity_id, one || ' and ' || other, list_sort(list_distinct(flatten(list(events))))[:12],
        list_sort(list_distinct(flatten(list(pair_sources)))), any_value(status), any_value(citation)
    from paired
    group by entity_id, one, other
    union all
    select
        'same_benefit_elsewhere', one.entity_id, 'risk ' || one.risk || ': ' || one.source || '.' || one.programme || ' and ' || other.source || '.' || other.programme,
        list_sort(list_distinct(list(one.event_id) || list(other.event_id)))[:12], [one.source, other.source], null, null
    from functions as one
    join functions as other on one.entity_id = other.entity_id and one.risk = other.risk and one.institution < other.institution
        and one.start_date <= other.end_date and other.start_date <= one.end_date
    group by one.entity_id, one.risk, one.source, one.programme, other.source, other.programme
    union all
    select
        'born_before_parent', parents.entity_id, kind, list_sort(list(record_id))[:12], list_sort(list(distinct source)), null, null
    from (select entity_id, kind, unnest([entity_id, parent_id]) as known from parents) as parents
    join linked_spine on linked_spine.entity_id = parents.known
    group by parents.entity_id, kind
)
select kind, entity_id, coalesce(subject, '') as subject, evidence, sources, 'review' as flag, rule_status, citation from found
