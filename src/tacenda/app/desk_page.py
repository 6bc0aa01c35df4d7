"""What the desk's own web page says, as frozen values: the state of the workspace at a glance."""

import csv
import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from tacenda.app.decide import load_facts
from tacenda.app.desk import Desk
from tacenda.app.evidence import checkpoint, log_of
from tacenda.app.pages import day_text, instant_text, use_titles
from tacenda.app.reserve import state_words
from tacenda.core.claimed import claims_words
from tacenda.core.decision import Facts
from tacenda.core.documents import declaration_from_document
from tacenda.core.licence import Licence
from tacenda.core.reservation import Reservation
from tacenda.ports import Record, View

LISTED: Final = 12
LAST_ENTRIES: Final = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure at the head of the desk, with what it counts."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table of the desk: text cells, the first of which may be a link."""

    cells: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A part of the desk. `empty` says what is missing where there are no rows, or nothing if nothing is."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    empty: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`/desk`: the state of the workspace at a glance. For the people of the house only."""

    name: str
    root: str
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    origin: str
    log_size: int
    checkpoint_size: int
    root_hash: str
    verifier_key: str


def desk_page(desk: Desk, today: date) -> DeskPage:
    """The desk at a glance.

    Raises:
        IntegrityError: the published checkpoint is not the desk's.
    """
    head = checkpoint(desk) if log_of(desk).checkpoint() is not None else None
    with desk.store.reading() as view:
        facts = load_facts(view)
        counts = view.counts()
        size = view.entry_count()
        tables = (
            _catalogue_table(view, facts),
            _declaration_table(view, facts, today),
            _licence_table(facts, today),
            _record_table(view, "publication", "Publications", "Nothing has been published yet."),
            _letter_table(desk, view),
            _record_table(view, "snapshot", "Snapshots", "No snapshot has been built yet."),
            _record_table(view, "screening", "Screenings", "Nothing has been screened yet."),
            _conflict_table(view),
            _entry_table(view, size),
        )
    figures = (
        Figure(_number(counts.get("items", 0)), _plural(counts.get("items", 0), "catalogue item")),
        Figure(str(sum(r.in_force(today) for r in facts.reservations)), "reservations in force"),
        Figure(str(sum(x.active(today) for x in facts.licences)), "licences running"),
        Figure(_number(counts.get("letter", 0)), _plural(counts.get("letter", 0), "letter")),
        Figure(_number(counts.get("screening", 0)), _plural(counts.get("screening", 0), "screening")),
        Figure(_number(size), _plural(size, "log entry", "log entries")),
    )
    return DeskPage(
        name=facts.legal_name(desk.settings.rightsholder),
        root=str(desk.root.resolve()),
        figures=figures,
        tables=tables,
        origin=desk.signer.name,
        log_size=size,
        checkpoint_size=head.size if head else 0,
        root_hash=head.root.hex() if head else "",
        verifier_key=desk.signer.verifier_key,
    )


def _number(count: int) -> str:
    return f"{count:,}"


def _plural(count: int, one: str, many: str = "") -> str:
    return one if count == 1 else (many or one + "s")


def _catalogue_table(view: View, facts: Facts) -> Table:
    rows = tuple(
        Row(
            (
                c.title or c.id,
                facts.legal_name(c.owner),
                claims_words(c.layers),
                _number(c.items),
                day_text(c.created_at.date()),
            )
        )
        for c in view.catalogues()
    )
    return Table("Catalogues", ("Catalogue", "Owner", "Layers", "Items", "Since"), rows, "No catalogue yet.")


def _declaration_table(view: View, facts: Facts, today: date) -> Table:
    held = {(r.id, r.version): r for r in facts.reservations}
    rows = []
    for record in view.records("declaration"):
        rows.append(
            Row(
                (
                    f"{record.id} version {record.version}",
                    str(record.body["title"]),
                    _version_state(record, held.get((record.id, record.version)), today),
                    str(record.body["effective_from"]),
                    str(record.entry),
                ),
                f"/declaration/{record.id}/v{record.version}",
            )
        )
    columns = ("Declaration", "Title", "State", "From", "Entry")
    return Table("Declarations", columns, tuple(rows[::-1]), "Nothing has been declared yet.")


def _version_state(record: Record, held: Reservation | None, today: date) -> str:
    """The state of one version, in the words of `tacenda reserve list`; one that was replaced has ended."""
    if held is None:
        declaration = declaration_from_document(record.body)
        return state_words(declaration, today) if declaration.withdrawn else "never in force"
    if held.effective_to is not None and held.effective_to < today:
        return "ended"
    if today < held.effective_from:
        return f"takes effect {held.effective_from.isoformat()}"
    return f"in force until {held.effective_to.isoformat()}" if held.effective_to else "in force"


def _licence_table(facts: Facts, today: date) -> Table:
    replaced = {licence.id: licence.version for licence in facts.licences}
    rows = tuple(
        Row(
            (
                licence.name,
                facts.legal_name(licence.grantor),
                facts.legal_name(licence.grantee),
                ", ".join(use_titles(licence.uses)),
                _licence_days(licence),
                _licence_state(licence, replaced.get(licence.id, 0) > licence.version, today),
            )
        )
        for licence in facts.licences[:LISTED]
    )
    columns = ("Licence", "By", "To", "Uses", "Days", "State")
    more = max(0, len(facts.licences) - LISTED)
    return Table("Licences", columns, rows, "No licence has been recorded.", more)


def _licence_days(licence: Licence) -> str:
    """First and last day as agreed; without a last day it holds until it is revoked."""
    last = f"to {licence.valid_to.isoformat()}" if licence.valid_to else "until revoked"
    return f"{licence.valid_from.isoformat()} {last}"


def _licence_state(licence: Licence, replaced: bool, today: date) -> str:
    """The state of one version, in the words of `tacenda licence list`, or that a later version replaced it."""
    end = licence.revoked_from
    ended = f"{'replaced' if replaced else 'revoked'} from {end.isoformat()}" if end else ""
    if end is not None and end <= today:
        return ended
    if licence.valid_to is not None and licence.valid_to < today:
        return "expired"
    return ", ".join(filter(None, ("active" if licence.valid_from <= today else "not yet", ended)))


def _record_table(view: View, kind: str, title: str, empty: str) -> Table:
    records = sorted(view.records(kind), key=lambda r: r.entry, reverse=True)
    rows = tuple(
        Row((f"{r.id} version {r.version}", _gist(r), instant_text(r.recorded_at), str(r.entry)))
        for r in records[:LISTED]
    )
    return Table(title, ("Id", "What", "Recorded", "Entry"), rows, empty, len(records) - len(rows))


def _gist(record: Record) -> str:
    """One line of what a record holds; its digest where its form is not known."""
    body = record.body
    try:
        match record.kind:
            case "publication":
                about = body["declaration"]
                if body.get("kind") == "tag":
                    return f"{about['id']} version {about['version']}, {body['act']}: {body['tagged']:,} files"
                if body.get("kind") == "tdm-ai":
                    return f"{about['id']} version {about['version']}, bound to {body['files_bound']:,} files"
                return f"{about['id']} version {about['version']}, {len(body['files'])} files for {body['site']}"
            case "snapshot":
                return f"{body['items']:,} items, good until {body['valid_until']}"
            case "screening":
                totals = body["totals"]
                words = (f"{totals[word]:,} {word}" for word in ("reserved", "licensed", "unclear", "silent"))
                return f"{body['corpus']}, {totals['rows']:,} rows: {', '.join(words)}"
    except (KeyError, TypeError, ValueError, AttributeError):
        pass  # filed by another version of the program
    return f"SHA-256 {record.digest[:16]}…"


def _letter_table(desk: Desk, view: View) -> Table:
    """Letters by campaign, since there may be hundreds: those filed, and those held back with a reason."""
    tally: Counter[str] = Counter(_text_of(record.body, "campaign") for record in view.records("letter"))
    rows = tuple(
        Row((campaign, _number(count), _number(_held(desk, campaign))))
        for campaign, count in sorted(tally.items())
    )
    return Table("Letters", ("Campaign", "Rendered", "Held back"), rows, "No letter has been rendered yet.")


def _held(desk: Desk, campaign: str) -> int:
    """How many letters of a campaign were held back, by the list that lies beside the letters."""
    path = desk.root / "letters" / campaign / "held.csv"
    if Path(campaign).name != campaign or not path.is_file():
        return 0
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return max(0, sum(1 for row in csv.reader(file) if row) - 1)


def _text_of(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    return value if isinstance(value, str) else ""


def _conflict_table(view: View) -> Table:
    rows = tuple(Row((c.identifier, ", ".join(c.owners))) for c in view.conflicts(LISTED))
    return Table("Conflicting claims", ("Identifier", "Claimed by"), rows, "")


def _entry_table(view: View, size: int) -> Table:
    start = max(0, size - LAST_ENTRIES)
    rows = tuple(_entry_row(start + place, entry) for place, entry in enumerate(view.entries(start, size)))
    columns = ("Index", "What", "Id", "Version", "At", "SHA-256")
    return Table("Last log entries", columns, rows[::-1], "The log is empty.", start)


def _entry_row(index: int, entry: bytes) -> Row:
    """An entry in columns; one that is not of our form is shown as it stands."""
    try:
        body = json.loads(entry)
        what, name, version, at, digest = (body[key] for key in ("type", "id", "version", "at", "sha256"))
    except (ValueError, TypeError, KeyError):
        return Row((str(index), entry.decode("utf-8", "replace")[:200], "", "", "", ""))
    return Row((str(index), str(what), str(name), str(version), str(at), f"{digest}"[:16] + "…"))
