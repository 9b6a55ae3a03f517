"""The audit checks as plain data, read from `checks.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from quality.bound import Bound
from quality.expectation import Expectation, Severity

FOLDER = Path(__file__).parent
TOLERANCE = 2.0
"""Percent of the judged that may be unexpected, where a check does not say: what Brazil's court of audit tolerates."""


@dataclass(frozen=True)
class AuditCheck:
    """One audit check; its query gives a row for each person, identifier or household judged (key, is_unexpected)."""

    name: str
    description: str
    unheld: str
    tolerance: float = TOLERANCE
    severity: Severity = "warning"
    limit: float = 0

    @property
    def query(self) -> str:
        """The check's SQL, over the views of `quality.audit.registry`."""
        return (FOLDER / f"{self.name}.sql").read_text(encoding="utf-8")

    @property
    def expectation(self) -> Expectation:
        """The check as an expectation, for the definitions."""
        return Expectation(
            name=f"audit_{self.name}",
            kind="audit",
            arguments={},
            severity=self.severity,
            description=f"{self.description} Tolerated: {self.tolerance:g} percent.",
            bound=Bound("mustBeLessOrEqualTo", (self.tolerance,), "percent"),
        )


@cache
def audit_checks() -> tuple[AuditCheck, ...]:
    """Every audit check, in the order in which an auditor reads them."""
    listed = yaml.safe_load((FOLDER / "checks.yaml").read_text(encoding="utf-8"))
    return tuple(AuditCheck(**values) for values in listed)
