"""Translations of the page: shipped clauses that fit the very text that was signed, and dated profiles."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from tacenda.core.declaration import Clause, Declaration
from tacenda.formats.declaration_page import LANGUAGES, Basis

SOURCE_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class Translation:
    """What the page in one language shows in place of the signed text.

    Attributes:
        status: whether counsel has reviewed it.
        clauses: by the id of the clause that each translates; of the purposes too.
    """

    language: str
    status: str
    clauses: tuple[Clause, ...]
    bases: tuple[Basis, ...]


def translations_of(d: Declaration, bases: Sequence[Basis]) -> tuple[Translation, ...]:
    """Translations into every shipped language but that of reference.

    A clause is translated only if its signed words are those that ship under its id and version, so that a
    translation never stands for a text that somebody changed.
    """
    original = _load(SOURCE_LANGUAGE)
    return tuple(_translated(d, bases, original, _load(tag)) for tag in LANGUAGES if tag != d.language)


def _translated(
    d: Declaration, bases: Sequence[Basis], original: dict[str, Any], other: dict[str, Any]
) -> Translation:
    words = {(c["id"], c["version"]): c for c in other["clause"]}
    shipped = {(c["id"], c["version"]): c for c in original["clause"]}
    signed = {(clause.id, clause.version): clause.text for clause in d.clauses}
    signed |= {key: d.purposes for key in shipped if key[0] == "purposes"}
    clauses = []
    for key, text in signed.items():
        if key in shipped and key in words and text == _filled(shipped[key], d):
            clauses.append(Clause(*key, words[key]["heading"], _filled(words[key], d)))
    profiles = {(p["id"], p["as_of"]): p for p in other.get("profile", [])}
    shown = []
    for basis in bases:
        found = profiles.get((basis.id, basis.as_of))
        shown.append(Basis(basis.id, basis.as_of, found["title"], tuple(found["references"])) if found else basis)
    return Translation(other["language"], other["status"], tuple(clauses), tuple(shown))


def _filled(clause: dict[str, Any], d: Declaration) -> str:
    text: str = re.sub("[ \n]+", " ", clause["text"]).strip()  # a space that does not break stays
    return text.replace("{declarant}", d.declarant.legal_name)


def _load(language: str) -> dict[str, Any]:
    folder = resources.files("tacenda.data").joinpath("legal")
    return tomllib.loads(folder.joinpath(f"clauses.{language}.toml").read_text(encoding="utf-8"))
