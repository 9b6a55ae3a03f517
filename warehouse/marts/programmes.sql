with named as (
    select distinct source, programme from person_events where programme is not null
    union
    select source, programme from listed_programmes
), institutions as (
    select source, min(institution) as institution from listed_sources group by source
)
select
    source, programme, listed.name, institution, listed.programme_type, listed.social_protection_function,
    listed.contribution_type, listed.benefit_type, listed.programme is not null as is_declared
from named
join institutions using (source)
left join listed_programmes as listed using (source, programme)
