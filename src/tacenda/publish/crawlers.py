"""The dated table of AI crawlers (`tacenda.data`, ``crawlers.csv``), and which of them a declaration keeps out.

A crawler is kept out when what it fetches for is reserved: ``training`` and ``dataset`` where training of any
model is, ``search`` where search is, ``user`` (a fetch that a person's question sets off) where input to models
is. Of an ``undocumented`` one nobody knows what it fetches for, so it is kept out only where all three are. The
general reservation speaks to every one of them anyway.

General search engines (Googlebot, Bingbot) are not in the table: a reservation of search reaches them by
``search=n``, and keeping them out altogether is for the owner of a site to decide.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

from tacenda.core.machine_forms import TRAINING
from tacenda.core.preference import Dimension, denied
from tacenda.core.vocabulary import Use

# What must be denied for a crawler of each purpose to be kept out, and what its being kept out says.
PURPOSES: Final[Mapping[str, frozenset[Dimension]]] = {
    "training": TRAINING,
    "dataset": TRAINING,
    "search": frozenset({Dimension.SEARCH}),
    "user": frozenset({Dimension.AI_INPUT}),
    "undocumented": TRAINING | {Dimension.AI_INPUT, Dimension.SEARCH},
}
PURPOSE_TITLES: Final[Mapping[str, str]] = {
    "training": "training of models",
    "dataset": "data sets for AI",
    "search": "search",
    "user": "fetching at a user's word",
    "undocumented": "a purpose that nobody has stated",
}


@dataclass(frozen=True, slots=True)
class Crawler:
    """One crawler: its product token, whose it is, what for, and where and when that was read."""

    token: str
    operator: str
    purpose: str
    source: str
    date: str

    @property
    def denies(self) -> frozenset[Dimension]:
        """What keeping this crawler out says."""
        return PURPOSES[self.purpose]


def load_crawlers() -> tuple[Crawler, ...]:
    """The table that ships with this version, by token without regard to case."""
    text = resources.files("tacenda.data").joinpath("crawlers.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    made = (Crawler(r["token"], r["operator"], r["purpose"], r["source"], r["date"]) for r in rows)
    return tuple(sorted(made, key=lambda crawler: crawler.token.lower()))


def kept_out(uses: Iterable[Use], crawlers: Iterable[Crawler]) -> tuple[Crawler, ...]:
    """The crawlers that a declaration of `uses` keeps out, in their order."""
    said = denied(uses)
    return tuple(crawler for crawler in crawlers if crawler.denies <= said)
