"""Everything that one letter says which is not in its text: the facts, as data for the template.

The names of the fields are those that the Typst files use. Every value is a text, a number, a flag, or a list or
object of those; `checked` refuses what would print wrongly or change how a reader sees the page.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from tacenda.core.recipient import Variant
from tacenda.errors import InputError

TEXT_STATUS: Final = "draft, not reviewed by counsel"
TEXT_IDS: Final = {
    Variant.DEVELOPER: "tacenda/letter/developer/en/1",
    Variant.STREAMING: "tacenda/letter/streaming/en/1",
}
MAX_LINE: Final = 200
MAX_TEXT: Final = 4_000

# What turns text around, hides it or breaks its line: a letter that holds one is stopped, not cleaned.
_FORBIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, with the lines of the letterhead; `affiliates` are those for whom it also speaks."""

    name: str
    details: tuple[str, ...]
    affiliates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signatory:
    """The person who signs, and by what authority."""

    name: str
    title: str
    authority: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is written to: the operator, its address lines, and the systems that the letter is about."""

    name: str
    addressee: str
    operating: str
    attention: str
    website: str
    country: str
    systems: str


@dataclass(frozen=True, slots=True)
class Capacity:
    """In what capacity the sender declares; `mandate` is empty for an owner."""

    title: str
    words: str
    statement: str
    mandate: str


@dataclass(frozen=True, slots=True)
class Declared:
    """The declaration as a letter cites it; `entry` is the index in the log, as text."""

    id: str
    version: int
    title: str
    digest: str
    url: str
    document_url: str
    declared_on: str
    effective_from: str
    claimed_since: str
    purposes: str
    language: str
    source_neutral: bool
    silence_is_no_licence: bool
    research: bool
    legal_bases: tuple[str, ...]
    log: str
    log_key: str
    entry: str


@dataclass(frozen=True, slots=True)
class Restated:
    """The declaration's terms within one sentence of the letter."""

    uses: str
    layers: str
    scope: str
    territory: str


@dataclass(frozen=True, slots=True)
class Word:
    """A layer or use: its title, and what it means."""

    title: str
    note: str


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """`entries` are what fits on a page (`columns` of them side by side); `more` is how many do not."""

    summary: str
    definition: str
    entries: tuple[str, ...]
    columns: int
    more: int
    lookup: str
    territory: str
    layers: tuple[Word, ...]
    uses: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class GrantorFacts:
    """Who may authorise, and for which layers."""

    name: str
    layers: str


@dataclass(frozen=True, slots=True)
class Basis:
    """Why this recipient: `specific` when the directory knows more of it than its kind."""

    specific: bool
    sentences: tuple[str, ...]
    source_date: str


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """By when a reply is asked for: the day in words and as ISO 8601, and how it was computed."""

    day: str
    date: str
    rule: str


@dataclass(frozen=True, slots=True)
class FormFacts:
    """One published form with its digest; `note` stands where it has none."""

    title: str
    url: str
    sha256: str
    note: str


@dataclass(frozen=True, slots=True)
class Verify:
    """Commands for a recipient; KEY and FOLDER are explained beside them."""

    proof: str
    log: str


@dataclass(frozen=True, slots=True)
class TextFacts:
    """Which text of a letter this is, and whether counsel has reviewed it."""

    id: str
    status: str


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """One letter's facts.

    Attributes:
        date: as printed; `day` is the same as ISO 8601, from which the file's time-stamp is made.
    """

    text: TextFacts
    variant: Variant
    reference: str
    channel: str
    date: str
    day: str
    sender: Sender
    signatory: Signatory
    recipient: Addressee
    capacity: Capacity
    declaration: Declared
    restated: Restated
    scope: ScopeFacts
    grantors: tuple[GrantorFacts, ...]
    basis: Basis
    gpai_request: str
    permission: str
    reply_to: str
    reply: ReplyFacts
    forms: tuple[FormFacts, ...]
    verify: Verify

    def document(self) -> dict[str, Any]:
        """The facts as JSON types (tuples become lists when written)."""
        return asdict(self)


# Fields that a letter cannot do without: a letter in which one is empty is held, never sent with a gap (F27).
REQUIRED: Final = (
    "reference", "date", "sender.name", "signatory.name", "signatory.title",
    "signatory.authority", "recipient.name", "recipient.addressee", "recipient.website",
    "recipient.attention", "recipient.systems", "capacity.title", "capacity.words", "declaration.id",
    "declaration.title", "declaration.digest", "declaration.url", "declaration.document_url",
    "declaration.declared_on", "declaration.effective_from", "declaration.purposes", "declaration.log",
    "declaration.log_key", "declaration.entry", "restated.uses", "restated.layers", "restated.scope",
    "restated.territory", "scope.definition", "basis.sentences", "permission", "reply_to", "reply.day",
    "reply.rule",
)  # fmt: skip


def checked(facts: LetterFacts) -> LetterFacts:
    """`facts`, if a letter can be made of them.

    Raises:
        InputError: ``letter.missing`` (F27), ``letter.character`` or ``letter.long`` (F26); `where` is the field.
    """
    document = facts.document()
    for path in REQUIRED:
        value: Any = document
        for name in path.split("."):
            value = value[name]
        if not value or (isinstance(value, str) and not value.strip()):
            raise InputError("letter.missing", f"The field {path} is empty.", hint="Fill it in.", where=path)
    for path, text in _texts(document, ""):
        _check_text(path, text)
    return facts


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, tuple | list):
        for place, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{place}]")


def _check_text(path: str, text: str) -> None:
    for letter in text:
        if unicodedata.category(letter) in _FORBIDDEN_CATEGORIES:
            raise InputError(
                "letter.character",
                f"The field {path} holds U+{ord(letter):04X}, which breaks, hides or turns around text.",
                hint="Take it out of the record.",
                where=path,
            )
    limit = MAX_LINE if path.startswith(("recipient.", "sender.", "signatory.")) else MAX_TEXT
    if len(text) > limit:
        raise InputError(
            "letter.long",
            f"The field {path} has {len(text)} characters, more than {limit}.",
            hint="Shorten it in the record.",
            where=path,
        )
