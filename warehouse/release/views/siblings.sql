-- One pair of children of one mother, each order once.
select one.entity_id, other.entity_id as sibling_entity_id, one.related_entity_id as mother_entity_id
from relationships as one
join relationships as other using (related_entity_id, relationship_type)
where relationship_type = 'MTH' and one.entity_id <> other.entity_id
