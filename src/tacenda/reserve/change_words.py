"""What changes between two versions, in words for a person: never the inside of a document.

For lists it says what goes and what comes, since the whole of both would have to be compared by eye.
"""

from collections.abc import Mapping
from typing import Any, Final

from tacenda.reserve.difference import Difference

LONGEST: Final = 300
DIGEST_SHOWN: Final = 16


def change_words(difference: Difference) -> tuple[str, str]:
    """The field and what changes in it: ``("uses", "no longer: tdm; new: search")``."""
    field = difference.path.replace("_", " ").replace(".", ", ")
    before, after = difference.before, difference.after
    if isinstance(before, list | None) and isinstance(after, list | None) and before != after:
        return field, _lists(before or [], after or [])
    old, new = _cut(_value(difference.path, before)), _cut(_value(difference.path, after))
    if not old or not new:
        return field, f"new: {new}" if new else f"no longer: {old}"
    return field, f"was: {old}; now: {new}"


def _lists(before: list[Any], after: list[Any]) -> str:
    old, new = [_member(value) for value in before], [_member(value) for value in after]
    said = {
        "no longer": [word for word in old if word not in new],
        "new": [word for word in new if word not in old],
        "reworded": [
            word
            for word, value in zip(new, after, strict=True)
            if word in old and before[old.index(word)] != value
        ],
    }
    parts = [f"{title}: {_cut(', '.join(words))}" for title, words in said.items() if words]
    return "; ".join(parts) or "in another order"


def _member(value: Any) -> str:
    """One member of a list: a word as it is, a clause by its heading, a form by its address, and so on."""
    match value:
        case {"heading": heading}:
            return str(heading)
        case {"kind": kind, "url": url}:
            return f"{kind} {url}"
        case {"legal_name": name, "layers": list(layers)}:
            return f"{name} ({', '.join(map(str, layers))})"
        case {"profile": profile, "as_of": day}:
            return f"{profile} as of {day}"
        case Mapping():
            return ", ".join(f"{name} {inner}" for name, inner in value.items())
        case _:
            return str(value)


def _value(path: str, value: Any) -> str:
    """One value; of a digest its beginning, of a yes or no the word."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return _member(value)
        case _:
            return str(value)[:DIGEST_SHOWN] if path == "supersedes" else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
