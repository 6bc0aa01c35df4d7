"""What a screening is going to do: which files, which columns of them, which question, what is dropped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tacenda.core.decision import ANYONE, Question
from tacenda.core.territory import COUNTRIES, Territory, country
from tacenda.core.vocabulary import Use
from tacenda.errors import InputError, Unreadable
from tacenda.formats.corpus_table import ColumnMap, Source, recognise

VERDICTS: Final = ("reserved", "unclear", "licensed", "silent")
DROPPED_BY_DEFAULT: Final = ("reserved", "unclear")
ANYWHERE: Final = ""
# Which country stands for others that no record tells apart from it: the first of these among them.
_SPOKESMEN: Final = ("DE", "US", "GB", "FR", "JP")


@dataclass(frozen=True, slots=True)
class Asked:
    """The question put to every row.

    Attributes:
        country: ISO 3166-1 alpha-2, or `ANYWHERE`: asked for every country, and the strictest answer stands.
        on: the day of the act.
    """

    use: Use
    on: date
    country: str = ANYWHERE
    user: str = ANYONE
    model: str = ""

    def question(self, where: str) -> Question:
        return Question(self.use, where, self.on, self.user, self.model)

    def as_document(self) -> dict[str, str]:
        return {
            "use": self.use.value,
            "country": self.country or "anywhere",
            "on": self.on.isoformat(),
            "user": self.user,
            "model": self.model,
        }


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file and how its columns are read."""

    source: Source
    columns: ColumnMap


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a screening run needs to know beside the snapshot.

    Attributes:
        drop: the verdicts whose rows go to ``drop.csv``; all others go to ``keep.csv``.
        refused: files of the corpus that cannot be read at all: none of their rows is known.
    """

    corpus: str
    files: tuple[FilePlan, ...]
    asked: Asked
    drop: frozenset[str]
    warnings: tuple[str, ...] = ()
    refused: tuple[Unreadable, ...] = ()


def plan_screening(
    corpus: str,
    sources: Sequence[Source],
    asked: Asked,
    *,
    chosen: Mapping[str, str] | None = None,
    drop: Iterable[str] = DROPPED_BY_DEFAULT,
    refused: Sequence[Unreadable] = (),
) -> Plan:
    """The plan. Pure; nothing is read or written.

    A file of which no column can be recognised is not refused: each of its rows is Unclear, and the plan warns.

    Raises:
        InputError: for a map that fits none of the files, or a verdict that does not exist.
    """
    dropped = frozenset(drop)
    if unknown := sorted(dropped - set(VERDICTS)):
        raise InputError(
            "screen.drop", f"There is no verdict {unknown[0]!r}.", hint=f"Verdicts are {', '.join(VERDICTS)}."
        )
    if asked.country:
        country(asked.country)
    files = tuple(
        FilePlan(source, recognise(source.columns, source.samples, _fitting(chosen or {}, source, sources)))
        for source in sources
    )
    warnings = (
        *(f"{bad.where} was not read, and none of its rows: {bad.why}" for bad in refused),
        *_warnings(files),
    )
    return Plan(corpus, files, asked, dropped, warnings, tuple(refused))


def _fitting(chosen: Mapping[str, str], source: Source, sources: Sequence[Source]) -> Mapping[str, str]:
    """Of the chosen columns those that this file has, as long as some file has each."""
    if len(sources) == 1:
        return chosen
    everywhere = {column for other in sources for column in other.columns}
    return {f: c for f, c in chosen.items() if not c or c in source.columns or c not in everywhere}


def _warnings(files: Sequence[FilePlan]) -> Iterable[str]:
    for file in files:
        if not file.columns.can_match:
            names = ", ".join(file.source.columns[:12])
            yield (
                f"{file.source.name}: no column names a recording or work, so every row is Unclear. "
                f"Columns are: {names}. Say which is which with --map title=COLUMN --map artist=COLUMN."
            )


def countries_apart(territories: Iterable[Territory]) -> tuple[str, ...]:
    """One country for each way in which `territories` divide the world: asking in these is asking everywhere.

    >>> countries_apart([Territory.parse(["WORLD", "-US"])])
    ('DE', 'US')
    """
    given = sorted(set(territories), key=lambda t: t.as_words())
    kinds: dict[tuple[bool, ...], list[str]] = {}
    for code in sorted(COUNTRIES):
        kinds.setdefault(tuple(code in territory for territory in given), []).append(code)
    chosen = [next((c for c in _SPOKESMEN if c in codes), codes[0]) for codes in kinds.values()]
    return tuple(sorted(chosen))


def columns_document(plan: Plan) -> list[dict[str, Any]]:
    """How each file is read, for the summary."""
    return [
        {
            "file": file.source.name,
            "kind": file.source.kind.value,
            "encoding": file.source.encoding if file.source.kind.value != "parquet" else "",
            "columns": file.columns.as_document(),
        }
        for file in plan.files
    ]
