-- Who is known to have left the home that a source asked: its answers are theirs no longer.
create or replace temp view leavers as
select distinct entity_id
from told_homes
where is_left and source in (select source from listed_sources where kind = 'answer');
