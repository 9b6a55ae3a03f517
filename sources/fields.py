"""The words a contract's `mapsTo` may use: the fields of a person, and those of an event."""

from __future__ import annotations

NAMES = frozenset({"full_name", "given_names", "surname_1", "surname_2"})
DATES = frozenset({"birth_date", "death_date", "updated_date", "start_date", "end_date"})
NUMBERS = frozenset({"income", "amount", "present", "enrolled_days"})
WHOLE_NUMBERS = frozenset({"birth_year", "days"})

PERSON = NAMES | {
    "birth_date", "birth_year", "birth_place", "sex", "identifier", "phone", "email",
    "address_line", "locality", "municipality", "region", "country", "postal_code",
    "household_key", "mother_name", "father_name", "death_date", "updated_date",
    "occupation", "education_level", "employment_status", "disability", "ethnicity", "language", "income",
}  # fmt: skip

EVENT = frozenset({
    "programme", "start_date", "end_date", "period", "amount", "currency", "unit", "days",
    "present", "enrolled_days", "country", "scheme", "employer", "reason",
})  # fmt: skip

LINKABLE = NAMES | {"identifier", "birth_date", "phone", "email"}
"""Fields of which a contract must map at least one before its records can be told apart."""

KINDS = (
    "enrolment", "benefit", "work", "contribution", "attendance", "checkup", "vaccination", "tax", "migration",
    "answer",
)  # fmt: skip

SEXES = ("male", "female", "other", "unknown")


def allowed(role: str | None) -> frozenset[str]:
    """The fields a contract of `role` (`persons` or `events`) may map its columns to (no role yet: all)."""
    shared = PERSON | {"record_key", "ignore"}
    return frozenset(shared if role == "persons" else shared | EVENT | {"person_key"})
