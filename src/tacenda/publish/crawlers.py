"""The dated table of crawlers that fetch for training or for data sets (`tacenda.data`, ``crawlers.csv``)."""

import csv
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Crawler:
    """One crawler: its product token, whose it is, what for, and where and when that was read."""

    token: str
    operator: str
    purpose: str
    source: str
    date: str


def load_crawlers() -> tuple[Crawler, ...]:
    """The table that ships with this version, by token without regard to case."""
    text = resources.files("tacenda.data").joinpath("crawlers.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    made = (Crawler(r["token"], r["operator"], r["purpose"], r["source"], r["date"]) for r in rows)
    return tuple(sorted(made, key=lambda crawler: crawler.token.lower()))
