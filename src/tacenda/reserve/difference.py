"""What differs between two documents, field by field, with paths."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not the same. `before` or `after` is None where the field is not there.

    Attributes:
        path: ``declarant.affiliates``; lists are compared as a whole, since order within them is fixed.
    """

    path: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> tuple[Difference, ...]:
    """The differences in the order of the names; objects are entered, everything else is compared as it is."""
    found: list[Difference] = []
    for name in sorted({*before, *after}):
        place = f"{path}.{name}" if path else name
        old, new = before.get(name), after.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += differences(old, new, place)
        elif old != new:
            found.append(Difference(place, old, new))
    return tuple(found)
