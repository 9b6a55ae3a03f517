with registered as (
    select projection.municipality, projection.age_from, projection.population, count(living.entity_id) as people
    from projection
    left join living on living.municipality = projection.municipality
        and age between projection.age_from and projection.age_to
    group by all
)
select 'municipality ' || municipality || ', age ' || age_from || ' on' as key, people > population as is_unexpected
from registered
