"""What may be said of one place: five states, each with its reasons."""

from dataclasses import dataclass
from enum import StrEnum


class PlaceState(StrEnum):
    """What was found at a place, compared with what was published there.

    Attributes:
        PRESENT: it says what was declared, whatever others say beside it.
        DRIFTED: something of ours is there, and it says less or something else.
        REMOVED: nothing of ours is there, or nothing at all (4xx).
        UNREADABLE: something answered that is not the form: an error page, binary data, a damaged body.
        UNREACHABLE: no answer that counts: no connection, 5xx, no valid certificate, or not allowed to ask.
    """

    PRESENT = "present"
    DRIFTED = "drifted"
    REMOVED = "removed"
    UNREADABLE = "unreadable"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a place.

    Attributes:
        code: stable; empty when it is present.
        why: one sentence; empty when there is nothing to say.
        difference: published against found, for a place that drifted.
        remarks: what changes nothing now, but should be known.
    """

    state: PlaceState
    code: str = ""
    why: str = ""
    difference: str = ""
    remarks: tuple[str, ...] = ()
