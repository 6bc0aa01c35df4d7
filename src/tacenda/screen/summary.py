"""The summary of a run as one JSON document: what ``summary.json`` holds and the report is made from.

Integers and texts only, so that it can be filed and digested (RFC 8785). Nothing in it depends on how long the run
took, on the machine, or on where the files lay.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacenda.core.fold import fold_text
from tacenda.match.interface import HOW_TITLES, How
from tacenda.screen.answers import DOUBTS, WORDS, Standing
from tacenda.screen.plan import columns_document
from tacenda.screen.run import Run
from tacenda.screen.tally import top

MAX_LISTED: Final = 15
MAX_ANSWERS: Final = 40
MAX_SPELLINGS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the answers come from and when they were given."""

    snapshot_id: str
    snapshot_version: int
    snapshot_digest: str
    snapshot_made_at: str
    snapshot_valid_until: str
    snapshot_signed_by: tuple[str, ...]
    items: int
    screened_at: datetime
    tool_version: str


def summary_document(run: Run, origin: Origin, digests: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """The summary. `digests`: bytes and SHA-256 (hex) of each input file, by its name."""
    tally, plan = run.tally, run.plan
    return {
        "format": "tacenda/screening/v1",
        "tool": {"name": "tacenda", "version": origin.tool_version},
        "screened_at": origin.screened_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "question": plan.asked.as_document() | {"user_name": _user_name(run)},
        "corpus": {
            "name": plan.corpus,
            "files": _files(run, digests),
            "refused": [{"file": bad.where, "why": bad.why} for bad in plan.refused],
        },
        "snapshot": {
            "id": origin.snapshot_id,
            "version": origin.snapshot_version,
            "manifest_sha256": origin.snapshot_digest,
            "made_at": origin.snapshot_made_at,
            "valid_until": origin.snapshot_valid_until,
            "signed_by": list(origin.snapshot_signed_by),
            "items": origin.items,
        },
        "totals": _totals(run),
        "policy": {"drop": sorted(plan.drop)},
        "reserved_by": _reserved_by(run),
        "matched_by": _matched_by(run),
        **_names(run),
        "answers": _answers(run),
        "doubts": [
            {"doubt": text, "rows": int(rows)}
            for text, rows in zip(DOUBTS, tally.doubts.tolist(), strict=True)
            if text and rows
        ],
        "unreadable": {
            "by_rule": [{"rule": rule, "rows": rows} for rule, rows in top(tally.rules, 100)],
            "first": [asdict(u) for u in tally.unreadable],
        },
        "findings": tally.findings(),
        "lyrics": _lyrics(run),
        "warnings": _warnings(run, origin),
    }


def _lyrics(run: Run) -> dict[str, Any]:
    """What the search for lyrics rested on; empty where there was none."""
    engine = run.text
    if engine is None:
        return {}
    return {
        "accepted_chance_hits": f"{engine.terms.accepted:g}",
        "least_bits": f"{engine.search.least_bits:.1f}",
        "words_estimated": engine.space.corpus_words,
        "words_read": engine.words,
        "lyrics": len(engine.index),
        "lyric_words": engine.index.word_count,
        "findings": engine.found,
    }


def _warnings(run: Run, origin: Origin) -> list[str]:
    warnings = list(run.plan.warnings)
    warnings += [f"{name}: {count.broken}" for name, count in run.tally.files.items() if count.broken]
    if run.plan.asked.on.isoformat() > origin.snapshot_valid_until:
        warnings.append(
            f"The snapshot counts as current until {origin.snapshot_valid_until}. "
            "Reservations declared later are not in it; ask its publisher for a newer one."
        )
    if not origin.snapshot_signed_by:
        warnings.append("The snapshot is undamaged, but its signature was not checked: no key was given (--vkey).")
    return warnings


def _user_name(run: Run) -> str:
    return run.snapshot.facts.legal_name(run.plan.asked.user)


def _files(run: Run, digests: Mapping[str, tuple[int, str]]) -> list[dict[str, Any]]:
    files = []
    for document in columns_document(run.plan):
        name = document["file"]
        count = run.tally.files[name]
        size, digest = digests[name]
        files.append(
            document | {"bytes": size, "sha256": digest, "rows": count.rows, "unreadable": count.unreadable}
        )
    return files


def _totals(run: Run) -> dict[str, int]:
    tally = run.tally
    verdicts = run.book.verdicts()[: len(tally.answers)]
    by_word = {word: int(tally.answers[verdicts == number].sum()) for number, word in enumerate(WORDS)}
    return {
        "rows": tally.rows,
        **by_word,
        "unreadable": sum(count.unreadable for count in tally.files.values()),
        "matched": tally.matched,
        "items_found": int(np.count_nonzero(tally.found)),
        "kept": run.kept,
        "dropped": run.dropped,
    }


def _reserved_by(run: Run) -> list[dict[str, Any]]:
    """Rows by rightsholder. A row that two have reserved counts for both."""
    rows: Counter[str] = Counter()
    standing: dict[str, set[Standing]] = {}
    for number, count in enumerate(run.tally.answers.tolist()):
        line = run.book.lines[number]
        for party in {s.party for s in line.standing}:
            rows[party] += count
        for each in line.standing:
            standing.setdefault(each.party, set()).add(each)
    return [
        {
            "party": party,
            "legal_name": sorted(s.legal_name for s in standing[party])[0],
            "rows": count,
            "since": min(s.since for s in standing[party]),
            "declarations": [
                {"id": s.declaration, "version": s.version, "sha256": s.digest, "effective_from": s.since}
                for s in sorted(standing[party], key=lambda s: (s.declaration, s.version))
            ],
        }
        for party, count in top(rows, 1000)
        if count
    ]


def _matched_by(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "mark": how.name.lower(),
            "title": HOW_TITLES[how],
            **{word: int(run.tally.by_how[how, number]) for number, word in enumerate(WORDS)},
        }
        for how in How
        if run.tally.by_how[how].sum()
    ]


def _names(run: Run) -> dict[str, Any]:
    """Artists, labels and decades of what was found, by rows."""
    found = np.flatnonzero(run.tally.found)
    rows, reserved = run.tally.found[found].astype(np.int64), run.tally.reserved[found].astype(np.int64)
    items = run.snapshot.items.select(["artist", "label", "release_date"]).take(pa.array(found))
    return {
        "artists": _most_found(items.column("artist"), rows, "artist"),
        "labels": _most_found(items.column("label"), rows, "label"),
        "decades": _decades(items.column("release_date"), rows, reserved),
    }


def _most_found(names: Any, rows: NDArray[np.int64], kind: str) -> list[dict[str, Any]]:
    """The names found most. Spellings that fold alike count as one, among the `MAX_SPELLINGS` most frequent."""
    sums = pa.table({"name": names.cast(pa.string()), "rows": rows}).group_by("name").aggregate([("rows", "sum")])
    order = pc.sort_indices(sums, [("rows_sum", "descending"), ("name", "ascending")])[:MAX_SPELLINGS]
    counts: Counter[str] = Counter()
    spelling: dict[str, str] = {}
    for row in sums.take(order).to_pylist():
        if row["name"] and (key := fold_text(row["name"])):
            counts[key] += row["rows_sum"]
            spelling.setdefault(key, row["name"])
    return [{kind: spelling[key], "rows": count} for key, count in top(counts, MAX_LISTED)]


def _decades(dates: Any, rows: NDArray[np.int64], reserved: NDArray[np.int64]) -> list[dict[str, Any]]:
    names = pc.utf8_slice_codeunits(dates.cast(pa.string()), 0, 3)
    sums = pa.table({"name": names, "rows": rows, "reserved": reserved}).group_by("name")
    decades: dict[str, list[int]] = {}
    for row in sums.aggregate([("rows", "sum"), ("reserved", "sum")]).to_pylist():
        known = bool(row["name"]) and row["name"].isdigit() and len(row["name"]) == 3
        decade = decades.setdefault(f"{row['name']}0s" if known else "unknown", [0, 0])
        decade[0] += row["reserved_sum"]
        decade[1] += row["rows_sum"] - row["reserved_sum"]
    return [{"decade": name, "reserved": held, "other": other} for name, (held, other) in sorted(decades.items())]


def _answers(run: Run) -> list[dict[str, Any]]:
    """The answers that were given most, with their reasons."""
    counts = {str(number): count for number, count in enumerate(run.tally.answers.tolist()) if count}
    chosen = [(run.book.lines[int(number)], count) for number, count in top(counts, MAX_ANSWERS)]
    return [
        {"verdict": line.word, "rows": count, "reasons": line.reasons, "records": line.records}
        for line, count in chosen
    ]
