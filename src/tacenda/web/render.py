"""Jinja2 as we use it: everything is escaped, nothing is undefined in silence, control characters are visible."""

import unicodedata
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

KEPT: Final = "\n\t"
# Marks that turn the direction of the text around them: shown, not obeyed.
TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def shown(value: Any) -> Any:
    """A stranger's text with control and direction characters made visible; markup of our own stays as it is.

    >>> shown("a\\x00b\\u202ec")
    'a␀b\ufffdc'
    """
    if value is None:
        return ""
    if (
        isinstance(value, Markup)
        or not isinstance(value, str)
        or (value.isprintable() and not TURNING & set(value))
    ):
        return value
    return "".join(map(_visible, value))


def _visible(letter: str) -> str:
    if letter in KEPT:
        return letter
    if ord(letter) < 0x20:
        return chr(0x2400 + ord(letter))
    return "\ufffd" if letter in TURNING or unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") else letter


@lru_cache(maxsize=1)
def environment() -> Environment:
    made = Environment(
        loader=PackageLoader("tacenda.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["unbroken"] = unbroken
    made.filters["sentence"] = sentence
    return made


def sentence(text: str) -> str:
    """The first letter as a capital, the others as they are (unlike Jinja's `capitalize`: ISRC stays ISRC)."""
    return text[:1].upper() + text[1:]


def unbroken(name: str) -> str:
    """A name whose last, short word (Ltd, GmbH, SA) never stands alone on a line."""
    head, space, tail = name.rpartition(" ")
    return f"{head}\u00a0{tail}" if space and len(tail) <= 5 else name


def render(template: str, **values: Any) -> str:
    return environment().get_template(template).render(**values)
