-- Golden persons; a region or country that no source tells is the one that the gazetteer puts the municipality in.
create or replace temp view residences as
with nested as (
    select municipality.code as municipality, region.code as region, coalesce(municipality.country, region.country) as country
    from listed_territories as municipality
    left join listed_territories as region on municipality.parent_code = region.code and region.level = 'region'
    where municipality.level = 'municipality'
)
select persons.* replace (
    coalesce(persons.region, nested.region) as region,
    coalesce(persons.country, nested.country) as country
)
from golden_persons as persons
left join nested using (municipality);
