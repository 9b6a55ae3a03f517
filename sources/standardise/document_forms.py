"""Identity documents of the region whose numbers have a form, and no check digit whose rule is certain.

A number that does not have the form is not valid; one that has it may still be nobody's.
"""

from __future__ import annotations

PATTERNS: dict[str, str] = {
    "bo.ci": "[0-9]{5,8}(?:[0-9][A-Z])?(?:LP|SC|CB|CH|OR|PT|TJ|BE|PD|QR)?",  # complement of duplicates, department
    "co.nuip": "[0-9]{10}",
    "co.rc": "[0-9]{8,11}",
    "co.ti": "[0-9]{10,11}",
    "hn.dni": "(?:0[1-9]|1[0-8])(?:0[1-9]|[12][0-9])(?:1[89]|20)[0-9]{2}[0-9]{5}",  # place and year of registration
    "ni.cedula": "[0-9]{3}(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}[0-9]{4}[A-HJ-NP-Y]",  # birth: ddmmyy
    "pa.cedula": "(?:(?:[1-9]|1[0-3])(?:AV|PI|NT)?|PE|E|N)[0-9]{2,11}",  # province, volume, entry
    "py.ci": "[0-9]{5,8}",
    "ve.ci": "[VE]?[0-9]{5,9}",
}

UNVERIFIED = frozenset({*PATTERNS, "gt.cui", "sv.dui", "uy.ci"})
"""Schemes whose rules were not confirmed by their issuers' own documents; a failure is told, never acted upon."""
