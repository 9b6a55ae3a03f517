-- The day that this release describes: the latest that any delivery in it describes. One row.
select max(as_of_date) as as_of_date, year(max(as_of_date)) as as_of_year from deliveries
