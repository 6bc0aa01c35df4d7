"""Letters as PDF: PDF/A-3a and PDF/UA-1 as declared by the writer (no validator is at hand), made by Typst.

The same facts give the same bytes: fonts are those that come with Typst, no font of the machine is used, and the
time-stamp is the letter's own date. Nothing is read but the template files beside this module, and nothing is
fetched: the template names no file, image or package, and facts are shown as text.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import typst

from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.errors import InputError
from tacenda.formats.letter.facts import LetterFacts, checked

STANDARDS: Final = ("a-3a", "ua-1")
TEMPLATES: Final = Path(__file__).parent / "typst"
MAIN: Final = TEMPLATES / "letter.typ"
# Below this many letters a second process costs more than it saves.
WORTH_A_POOL: Final = 24
CHUNK: Final = 8
REPLY_FORMAT: Final = "tacenda/reply/1"
_GLYPH: Final = "could not be displayed"


@dataclass(frozen=True, slots=True)
class Job:
    """One letter to make: its facts and the canonical bytes of the declaration to attach."""

    key: str
    facts: LetterFacts
    declaration: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter was not made: stable code, one sentence, and the field."""

    code: str
    message: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter, or why there is none: exactly one of `pdf` and `error` is filled."""

    key: str
    pdf: bytes = b""
    error: Refusal | None = None

    @property
    def sha256(self) -> str:
        return sha256_hex(self.pdf)


def render(job: Job) -> Rendered:
    """One letter. A field that is missing or cannot be printed gives an error; anything else is a fault of ours.

    Cost: about 50 ms once the template is warm.
    """
    try:
        facts = checked(job.facts)
        return Rendered(job.key, _compile(facts, job.declaration))
    except InputError as error:
        return Rendered(job.key, error=Refusal(error.code, error.message, error.where))


def render_all(jobs: Iterable[Job], processes: int = 2) -> Iterator[Rendered]:
    """Many letters, in the order of `jobs`; a letter that cannot be made does not stop the others.

    Large numbers are shared among processes, each with a compiler of its own. Where processes cannot be started (a
    program without a file, such as one read from a pipe), the letters are made here.
    """
    waiting = list(jobs)
    done = 0
    if processes > 1 and len(waiting) >= WORTH_A_POOL and _can_spawn():
        with suppress(BrokenProcessPool), _pool(processes) as pool:
            for made in pool.map(render, waiting, chunksize=CHUNK):
                done += 1
                yield made
    yield from map(render, waiting[done:])


def reply_form(facts: LetterFacts) -> bytes:
    """The reply as a document for a program to fill in; attached to the letter."""
    form: dict[str, Any] = {
        "format": REPLY_FORMAT,
        "reference": facts.reference,
        "declaration": {
            "id": facts.declaration.id,
            "version": facts.declaration.version,
            "sha256": facts.declaration.digest,
        },
        "recipient": facts.recipient.name,
        "reply_by": facts.reply.date,
        "answered_on": "",
        "company": "",
        "answer": "",
        "answers": ["in_full", "future_only", "with_exceptions", "disclosure", "other"],
        "exceptions": [],
        "items": [],
        "data_sets": [],
        "models": [],
        "sources": [],
        "copies": [],
        "reservations_read": [],
        "contact": "",
        "remarks": "",
    }
    return json.dumps(form, ensure_ascii=False, indent=2).encode()


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_one_thread)


def _one_thread() -> None:
    """Typst shares one letter among threads that wait busily: on two cores two such processes only wait."""
    os.environ["RAYON_NUM_THREADS"] = "1"


def _can_spawn() -> bool:
    """A new process runs the main module's file again to find its functions; there must be one."""
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    return getattr(main, "__spec__", None) is not None or (file is not None and Path(file).is_file())


@lru_cache(maxsize=1)
def _compiler() -> Any:
    """One compiler a process: fonts and template are read and parsed once."""
    return typst.Compiler(
        str(MAIN),
        root=str(TEMPLATES),
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
    )


def _compile(facts: LetterFacts, declaration: bytes) -> bytes:
    midnight = datetime.fromisoformat(facts.day).replace(tzinfo=UTC)
    inputs = {
        "facts": canonical_bytes(facts.document()).decode(),
        "declaration": declaration.decode(),
        "reply": reply_form(facts).decode(),
    }
    try:
        pdf = _compiler().compile(
            format="pdf", sys_inputs=inputs, pdf_standards=list(STANDARDS), timestamp=int(midnight.timestamp())
        )
    except typst.TypstError as error:
        message = str(getattr(error, "message", error))
        if _GLYPH not in message:
            raise
        raise InputError(
            "letter.glyph",
            f"A character cannot be printed: {_unprintable(message)}.",
            hint="Write the name in Latin, Greek or Cyrillic letters, or take the character out of the record.",
        ) from error
    if not isinstance(pdf, bytes):
        raise TypeError("Typst gave no PDF")
    return pdf


def _unprintable(message: str) -> str:
    """The text that Typst could not set, from its message."""
    with suppress(ValueError):
        start = message.index('"') + 1
        return message[start : message.index('"', start)]
    return message
