"""What is written into a file, and what was found in one.

No audio container defines a field for a reservation against text and data mining or AI training (DDEX, ID3, Xiph
and Apple know none; TDMRep binds EPUB and PDF only). So ``TDM-RESERVATION`` and ``TDM-POLICY`` are a convention of
ours after the names of TDMRep, beside the fields that do exist for terms of use and their address; and in XMP the
``plus:DataMining`` of PLUS, which is standard for pictures and our convention for sound.

Ours is told from everybody else's by the *fence*: one field that names the declaration and holds a digest of each
field that was added. A field that somebody changed afterwards no longer has its digest, is theirs, and stays.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tacenda.core.preference import Dimension
from tacenda.errors import ConflictError, InputError
from tacenda.formats.assets.source import Splice
from tacenda.formats.signals.meaning import MINING, PLUS
from tacenda.formats.signals.statement import Saying

RESERVATION: Final = "TDM-RESERVATION"
POLICY: Final = "TDM-POLICY"
FENCE: Final = "TACENDA"
SILENT: Final = Saying()
MAX_FENCE_BYTES: Final = 65_536

PLUS_VALUES: Final = "http://ns.useplus.org/ldf/vocab/"


@dataclass(frozen=True, slots=True)
class Marking:
    """What one version of a declaration has to say inside a file.

    Attributes:
        denied: the dimensions that it reserves; a container says those that it can, and never more.
        policy_url, page_url: ASCII; empty where there is none.
        terms: one sentence for people.
        notice: the same, short and in ASCII, for fields of old containers.
        language: of `terms`, ISO 639-2 (three letters), for ID3.
    """

    declaration: str
    version: int
    digest: str
    denied: frozenset[Dimension]
    policy_url: str = ""
    page_url: str = ""
    terms: str = ""
    notice: str = ""
    language: str = "eng"

    @property
    def reserves_mining(self) -> bool:
        """Whether ``TDM-RESERVATION=1`` says no more than what was declared."""
        return self.denied >= MINING

    @property
    def plus(self) -> str:
        """The strongest PLUS value that says no more than what was declared, or empty.

        ``…-EXCEPTSEARCHENGINEINDEXING`` is never used: it permits a search that the declaration does not permit.
        """
        for word in ("DMI-PROHIBITED", "DMI-PROHIBITED-AIMLTRAINING", "DMI-PROHIBITED-GENAIMLTRAINING"):
            if PLUS[word].denies <= self.denied:
                return PLUS_VALUES + word
        return ""

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The free key and value fields."""
        found = []
        if self.reserves_mining:
            found.append((RESERVATION, "1"))
            if self.policy_url:
                found.append((POLICY, self.policy_url))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Fence:
    """Our field among others': whose declaration, and which fields beside it are ours.

    Attributes:
        fields: digests (`field_digest`) of the fields that we added.
        made: what had to be made to hold them, such as ``tag``, and is taken away with them.
        pages: Ogg only: segments of each header page before the change.
    """

    declaration: str
    version: int
    digest: str
    fields: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()

    def text(self) -> str:
        """As it stands in the file: one line of ASCII JSON."""
        document: dict[str, Any] = {
            "tacenda": 1,
            "declaration": self.declaration,
            "version": self.version,
            "sha256": self.digest,
            "fields": list(self.fields),
        }
        if self.made:
            document["made"] = list(self.made)
        if self.pages:
            document["pages"] = list(self.pages)
        return json.dumps(document, separators=(",", ":"))


def parse_fence(text: str) -> Fence | None:
    """The fence in `text`, or None when it is none that we wrote."""
    if len(text) > MAX_FENCE_BYTES or not text.startswith('{"tacenda":1,'):
        return None
    try:
        d = json.loads(text)
        fence = Fence(
            str(d["declaration"]),
            int(d["version"]),
            str(d["sha256"]),
            tuple(str(x) for x in d["fields"]),
            tuple(str(x) for x in d.get("made", ())),
            tuple(int(x) for x in d.get("pages", ())),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return fence if fence.text() == text else None


def field_digest(key: str, value: bytes) -> str:
    """16 hex digits of SHA-256 over a field's name in our words and its bytes as they stand."""
    return hashlib.sha256(key.encode() + b"\0" + value).hexdigest()[:16]


def fence_of(
    marking: Marking, fields: Iterable[str], made: Iterable[str] = (), pages: Sequence[int] = ()
) -> Fence:
    return Fence(marking.declaration, marking.version, marking.digest, tuple(fields), tuple(made), tuple(pages))


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that a file says about its own use.

    Attributes:
        protocol: ``tdm-tag`` (our convention), ``plus``, ``c2pa``, or ``notice`` for words that only people read.
        carrier: the field, such as ``ID3 TXXX:TDM-RESERVATION``.
        raw: the value as it stands, cut to 4,096 bytes.
        offset: where the carrier begins in the file.
        says: in the five dimensions; what is malformed and looks like a reservation only *appears* denied.
        why: what is wrong with it, or empty.
    """

    protocol: str
    carrier: str
    raw: bytes
    offset: int
    says: Saying = SILENT
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one file.

    Attributes:
        fence: ours, if it bears one.
        manifest: it bears a C2PA manifest, which any change of the file makes invalid.
        notes: what could not be read, in words.
    """

    container: str
    statements: tuple[Statement, ...] = ()
    fence: Fence | None = None
    manifest: bool = False
    notes: tuple[str, ...] = ()

    def says(self) -> Saying:
        """All statements together: any deny wins, then any allow, else unknown."""
        found = Saying()
        for statement in self.statements:
            found = found.joined(statement.says)
        return found


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one file.

    Attributes:
        splices: empty when the file is already as it should be.
        fields: names of the carriers that hold ours afterwards.
        kept: in words, what was left as it is because it belongs to somebody else.
    """

    splices: tuple[Splice, ...]
    fields: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


_KEY_MARKS: Final = re.compile(r"[\s_.:-]+")


def key_name(key: str) -> str:
    """`key` as we compare it: ``tdm_reservation`` and ``TDM-Reservation`` are one name."""
    return _KEY_MARKS.sub("-", key.strip()).upper()


def pair_statement(key: str, value: bytes, carrier: str, offset: int) -> Statement | None:
    """A free key and value field as a statement, or None when it is about something else.

    ``1`` denies, ``0`` allows; anything else is unknown, and apparent evidence of a reservation.
    """
    name, raw = key_name(key), value[:4096]
    if name == RESERVATION:
        text = value.decode("utf-8", "replace").strip("\0")
        if text == "1":
            return Statement("tdm-tag", carrier, raw, offset, Saying(denies=MINING))
        if text == "0":
            return Statement("tdm-tag", carrier, raw, offset, Saying(allows=MINING))
        why = "The value is neither 1 nor 0."
        return Statement("tdm-tag", carrier, raw, offset, Saying(appears=MINING), why)
    if name == POLICY:
        return Statement("tdm-tag", carrier, raw, offset)
    return None


def plus_statement(value: str, carrier: str, offset: int) -> Statement:
    """A value of ``plus:DataMining``. A bare suffix or lower case is not conformant: evidence, and no more."""
    raw = value.encode("utf-8", "replace")[:4096]
    word = value.removeprefix(PLUS_VALUES)
    if word != value and word in PLUS:
        return Statement("plus", carrier, raw, offset, PLUS[word])
    near = PLUS.get(word.rpartition("/")[2].strip().upper(), Saying())
    return Statement("plus", carrier, raw, offset, near.apparent(), "It is no value of the PLUS vocabulary.")


def contradicted(carrier: str, value: str) -> ConflictError:
    return ConflictError(
        "asset.contradicted",
        f"The file says otherwise in {carrier}: {value[:80]!r}.",
        hint="Ask who wrote it; take it out, then run the command again.",
    )


def bears_manifest() -> ConflictError:
    return ConflictError(
        "asset.manifest",
        "The file bears a C2PA manifest, which a change of its tags would make invalid.",
        hint="Tag the master before it is signed, or let --c2pa make the manifest.",
    )


def foreign_pair(key: str, value: bytes, wanted: str, carrier: str) -> str | None:
    """About somebody's field of the name of ours: words when theirs is kept, None when it says the same.

    Raises:
        ConflictError: ``asset.contradicted`` for a reservation that says something else than ours.
    """
    theirs = value.decode("utf-8", "replace").strip("\0")
    if theirs == wanted:
        return None
    if key_name(key) == RESERVATION:
        raise contradicted(carrier, theirs)
    return f"{carrier} holds {theirs[:80]!r}, which stays"


def ascii_only(text: str, what: str) -> bytes:
    """`text` as ASCII bytes.

    Raises:
        InputError: ``asset.ascii``.
    """
    try:
        return text.encode("ascii")
    except UnicodeEncodeError as error:
        raise InputError("asset.ascii", f"{what} holds characters outside ASCII.") from error
