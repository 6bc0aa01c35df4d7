"""The terms of a declaration as a person gives them: words on a command line, or a TOML or JSON file.

One grammar for both. Every term is optional here; what is not given is filled from the defaults when declaring,
and kept as it was when amending. Nothing is guessed: a word that is not known is refused with its place.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, TypeVar

from tacenda.core.declaration import Signatory
from tacenda.core.fields import day
from tacenda.core.identifiers import Identifier, Scheme, identifier
from tacenda.core.scope import AllRepertoire, OfCatalogues, OfIpis, OfIsrcPrefixes, OfLabels, OfList, Scope
from tacenda.core.territory import Territory
from tacenda.core.vocabulary import Capacity, Layer, Use
from tacenda.errors import InputError

MAX_TEXT: Final = 4000
MAX_LISTED: Final = 100_000
_PREFIX: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}", re.ASCII)
_MAILBOX: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~!&'()*+,;=:@%/?-]*)?", re.ASCII)
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
# Control characters, line and paragraph separators, and marks that turn the direction of what follows.
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class GrantorTerm:
    """A party who may authorise, and for which layers; None means all layers of the declaration."""

    party: str
    layers: frozenset[Layer] | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What was asked for; None where nothing was said."""

    title: str | None = None
    capacity: Capacity | None = None
    mandate: str | None = None
    affiliates: tuple[str, ...] | None = None
    scope: Scope | None = None
    layers: frozenset[Layer] | None = None
    uses: frozenset[Use] | None = None
    purposes: str | None = None
    territory: Territory | None = None
    effective_from: date | None = None
    claimed_since: date | None = None
    legal_bases: tuple[str, ...] | None = None
    grantors: tuple[GrantorTerm, ...] | None = None
    language: str | None = None
    site: str | None = None
    permission_url: str | None = None
    permission_mailbox: str | None = None
    lookup_url: str | None = None
    signatory: Signatory | None = None


def read_terms(given: Mapping[str, Any], where: str = "") -> Terms:
    """Terms from plain values, keyed as the options of ``tacenda reserve declare`` are called.

    Args:
        given: texts, lists of texts and days; None is as if it were not there.
        where: the file, for errors.

    Raises:
        InputError: ``reserve.*``, naming the term and the reason.
    """
    made: dict[str, Any] = {}
    for key, value in given.items():
        if value is None:
            continue
        if key not in _READERS:
            known = ", ".join(sorted(_READERS))
            raise InputError(
                "reserve.unknown", f"The term {key[:60]!r} is not known.", hint=f"Known are: {known}.", where=where
            )
        target, read = _READERS[key]
        try:
            made.update(read(value) if target == "" else {target: read(value)})
        except InputError as error:
            place = f"{where}: {key}" if where else key
            raise InputError(error.code, error.message, hint=error.hint, where=place) from error
    names = {field.name for field in fields(Terms)}
    return Terms(**{name: value for name, value in made.items() if name in names})


def clean_text(value: object) -> str:
    """One line of text for a signed document: no control, line-breaking or direction-turning character (F62)."""
    if not isinstance(value, str):
        raise InputError("reserve.text", "A text was expected here.")
    text = value.strip()
    if len(text) > MAX_TEXT:
        raise InputError("reserve.text", f"The text is longer than {MAX_TEXT} characters.")
    hidden = _HIDDEN.search(text)
    if hidden:
        raise InputError(
            "reserve.text",
            f"The text holds the hidden character U+{ord(hidden.group()):04X}.",
            hint="Remove control characters, line breaks and direction marks.",
        )
    return text


def read_scope(words: Iterable[str]) -> Scope:
    """A scope from words: ``all``, or several of one kind (``catalogue:main``, ``label:Lark``,
    ``isrc-prefix:QZABC``, ``ipi:00045620792``, ``isrc:…``, ``iswc:…``, ``gtin:…``, ``youtube:…``).

    One declaration has one kind of scope: two kinds are two declarations, which can be withdrawn one without the
    other.

    Raises:
        InputError: ``reserve.scope``.
    """
    by_kind: dict[str, list[str]] = {}
    for word in words:
        kind, colon, value = clean_text(word).partition(":")
        if (kind == "all") == bool(colon) or (colon and not value.strip()):
            raise InputError(
                "reserve.scope",
                f"{word[:80]!r} is no scope.",
                hint="Write all, catalogue:ID, label:NAME, isrc-prefix:QZABC, ipi:NUMBER, or scheme:IDENTIFIER.",
            )
        group = "list" if kind in _LISTED else kind
        by_kind.setdefault(group, []).append(word.strip() if group == "list" else value.strip())
    if len(by_kind) != 1:
        raise InputError(
            "reserve.scope",
            "A declaration has exactly one kind of scope." if by_kind else "No scope was given.",
            hint="Declare each kind of scope by itself.",
        )
    kind, values = next(iter(by_kind.items()))
    return _scope(kind, sorted(set(values)))


def _scope(kind: str, values: list[str]) -> Scope:
    match kind:
        case "all":
            return AllRepertoire()
        case "catalogue":
            return OfCatalogues(tuple(values))
        case "label":
            return OfLabels(tuple(values))
        case "isrc-prefix":
            return OfIsrcPrefixes(tuple(sorted({_isrc_prefix(value) for value in values})))
        case "ipi":
            return OfIpis(tuple(sorted({identifier(Scheme.IPI, value).value for value in values})))
        case "list":
            if len(values) > MAX_LISTED:
                raise InputError(
                    "reserve.scope", f"A list holds at most {MAX_LISTED:,} identifiers.", hint="Use a catalogue."
                )
            return OfList(tuple(sorted({_listed(value) for value in values})))
        case other:
            raise InputError("reserve.scope", f"{other[:40]!r} is no kind of scope.", hint="See --help.")


def _isrc_prefix(value: str) -> str:
    prefix = value.replace("-", "").upper() if value.isascii() else value
    if not _PREFIX.fullmatch(prefix):
        raise InputError(
            "reserve.scope", f"{value[:40]!r} is no ISRC prefix.", hint="Two letters and three letters or digits."
        )
    return prefix


def _listed(word: str) -> Identifier:
    scheme, _, value = word.partition(":")
    return identifier(Scheme(scheme), value)


def _many(value: object) -> tuple[str, ...]:
    """A list of texts, or one text with commas."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple):
        raise InputError("reserve.list", "A list of texts was expected here.")
    words = tuple(clean_text(part) for word in value for part in str(word).split(","))
    return tuple(word for word in words if word)


def _sentences(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        raise InputError("reserve.list", "A list of texts was expected here.")
    return tuple(text for text in (clean_text(part) for part in value) if text)


def _layers(value: object) -> frozenset[Layer]:
    return frozenset(_vocabulary(Layer, word) for word in _some(_many(value)))


def _uses(value: object) -> frozenset[Use]:
    return frozenset(_vocabulary(Use, word) for word in _some(_many(value)))


Word = TypeVar("Word", Layer, Use, Capacity)


def _vocabulary(kind: type[Word], word: str) -> Word:
    try:
        return kind(word.replace("-", "_"))
    except ValueError:
        known = ", ".join(kind)
        raise InputError("reserve.word", f"{word[:60]!r} is not a word for this.", hint=f"Use: {known}.") from None


def _some(words: tuple[str, ...]) -> tuple[str, ...]:
    if not words:
        raise InputError("reserve.empty", "At least one word is needed here.")
    return words


def _grantors(value: object) -> tuple[GrantorTerm, ...]:
    made: dict[str, GrantorTerm] = {}
    for word in _sentences(value):
        party, colon, layers = word.partition(":")
        made[party.strip()] = GrantorTerm(party.strip(), _layers(layers) if colon else None)
    return tuple(made[name] for name in sorted(made))


def _contact(value: object) -> dict[str, str]:
    """Web address, mailbox, or both; each is told by its form."""
    made: dict[str, str] = {}
    for word in _sentences(value):
        if _ADDRESS.fullmatch(word):
            made["permission_url"] = word
        elif _MAILBOX.fullmatch(word.removeprefix("mailto:")):
            made["permission_mailbox"] = word.removeprefix("mailto:")
        else:
            raise InputError(
                "reserve.contact",
                f"{word[:80]!r} is neither an https address nor a mailbox.",
                hint="Give one of them.",
            )
    return made


def _signatory(value: object) -> Signatory:
    parts = [clean_text(part) for part in value.split(";")] if isinstance(value, str) else []
    if isinstance(value, Mapping):
        parts = [clean_text(value.get(key, "")) for key in ("name", "title", "authority")]
    if len(parts) != 3 or not all(parts):
        raise InputError(
            "reserve.signatory",
            "The signatory needs a name, a title and an authority.",
            hint='Write "Name; Title; Authority", such as "Mara Lind; Director; sole representation".',
        )
    return Signatory(*parts)


def _address(value: object) -> str:
    text = clean_text(value)
    if not _ADDRESS.fullmatch(text):
        raise InputError(
            "reserve.address", f"{text[:80]!r} is not a plain https address.", hint="Begin with https://."
        )
    return text


def _site(value: object) -> str:
    text = _address(value).rstrip("/")
    if text.count("/") != 2:
        raise InputError("reserve.site", "A site is given without a path.", hint="Such as https://lark.example.")
    return text


def _language(value: object) -> str:
    text = clean_text(value)
    if not _TAG.fullmatch(text):
        raise InputError("reserve.language", f"{text[:40]!r} is no language tag.", hint="Such as en or de.")
    return text


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return day(clean_text(value))


_LISTED: Final = frozenset(scheme.value for scheme in Scheme) - {"ipi", "isni"}
_READERS: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "title": ("title", clean_text),
    "capacity": ("capacity", lambda value: _vocabulary(Capacity, clean_text(value))),
    "mandate": ("mandate", clean_text),
    "affiliates": ("affiliates", _sentences),
    "scope": ("scope", lambda value: read_scope([value] if isinstance(value, str) else value)),
    "layers": ("layers", _layers),
    "uses": ("uses", _uses),
    "purposes": ("purposes", clean_text),
    "territory": ("territory", lambda value: Territory.parse(_many(value))),
    "from": ("effective_from", _day),
    "claimed-since": ("claimed_since", _day),
    "legal-bases": ("legal_bases", _many),
    "grantor": ("grantors", _grantors),
    "language": ("language", _language),
    "site": ("site", _site),
    "contact": ("", _contact),
    "lookup": ("lookup_url", _address),
    "signatory": ("signatory", _signatory),
}
