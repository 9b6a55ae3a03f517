"""The values of a contract as they stand in delivered text."""

from typing import Any

from quality.place import RuleError


def texts(values: Any, argument: str) -> list[str]:
    """`values` as text, null as the empty one; raise `RuleError`, naming `argument`, unless they are a filled list."""
    if not isinstance(values, list) or not values:
        raise RuleError(f"the argument {argument} must be a list of at least one value.")
    plain = {None: "", True: "true", False: "false"}
    return [plain[value] if value is None or isinstance(value, bool) else str(value) for value in values]


def is_number(value: Any) -> bool:
    """The value is a number; YAML's true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
