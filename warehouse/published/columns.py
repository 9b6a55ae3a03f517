"""Columns that several published tables share: one name and one meaning everywhere."""

from warehouse.table import Column

ENTITY = Column(
    "entity_id", "varchar", "The person; null where no record of the person was delivered.", True, "pseudonym"
)
PERSON = Column("entity_id", "varchar", "The person.", False, "pseudonym")
RECORD = Column("record_id", "varchar", "The record of the person in the source.", False, "pseudonym")
EVENT = Column("event_id", "varchar", "The event.", False, "pseudonym")
HOUSEHOLD = Column("household_id", "varchar", "The household.", False, "pseudonym")
SOURCE = Column("source", "varchar", "The source, by its contract's name.", False)
AS_OF = Column("as_of_date", "date", "The day the delivery describes.")
FIELD = Column("field", "varchar", "The field of the golden record.", False)

PROGRAMME = Column(
    "programme", "varchar", "The programme, by the source's code.", dci="Beneficiary.programme_identifier"
)
START = Column("start_date", "date", "First day.")
END = Column("end_date", "date", "Last day; null while it goes on.")
DAY = Column("event_date", "date", "The day it happened.")
PERIOD = Column("period", "varchar", "The period it belongs to, such as 2026-10.")
AMOUNT = Column("amount", "double", "Amount of money.", True, "sensitive")
CURRENCY = Column("currency", "varchar", "ISO 4217 code.")
DAYS = Column("days", "integer", "Days it covers.")
COUNTRY = Column("country", "varchar", "Country.")
SCHEME = Column("scheme", "varchar", "Scheme within the institution.")
REASON = Column("reason", "varchar", "Reason, by the source's code.", True, "sensitive")
EMPLOYER = Column(
    "employer", "varchar", "The employer, by the source's key.", True, "sensitive", dci="EmploymentInfo.employer"
)
SERVICE = Column("service", "varchar", "The service given.", True, "sensitive")
MUNICIPALITY = Column(
    "municipality", "varchar", "Municipality of residence.", True, "sensitive", dci="Address.sub_region_code"
)
REGION = Column("region", "varchar", "Region of residence.", True, "sensitive", dci="Address.region_code")
RESIDENCE = Column("country", "varchar", "Country of residence.", True, "sensitive", dci="Address.country_code")
RULE_STATUS = Column("rule_status", "varchar", "verified, or unverified: the figures were not read in the law.", False)
CITATION = Column("citation", "varchar", "The text that the rule rests on.", False)

TO_SPINE = (("record_id", "spine", "record_id"),)
TO_PERSONS = (("entity_id", "persons", "entity_id"),)
