"""The directory that ships, and how a wrong one is refused."""

import csv
import io
import re

import pytest

from tacenda.core.recipient import RecipientKind, Suppression
from tacenda.core.territory import COUNTRIES
from tacenda.data import recipients_text
from tacenda.errors import InputError
from tacenda.notify.directory import COLUMNS, parse_directory

GOOD = {
    "id": "nightingale", "name": "Nightingale", "kind": "ai_developer", "hq_country": "US",
    "website": "https://nightingale.example", "status": "active", "source_date": "2026-08-22",
    "confidence": "high",
}  # fmt: skip


def text_of(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_the_shipped_directory_is_whole_and_at_least_400_strong() -> None:
    rows = list(csv.DictReader(io.StringIO(recipients_text())))
    found = parse_directory(recipients_text())
    assert found.unreadable == ()
    assert len(found.recipients) == len(rows) >= 400
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({row["name"].casefold() for row in rows}) == len(rows)
    assert {row["hq_country"] for row in rows} - {""} <= COUNTRIES
    assert {row["kind"] for row in rows} <= {kind.value for kind in RecipientKind}
    assert all(row["website"].startswith("https://") for row in rows if row["website"])
    assert all(row["source"] and re.fullmatch(r"\d{4}-\d\d-\d\d", row["source_date"]) for row in rows)
    tokens = [token for row in rows for token in row["crawler_tokens"].split("; ") if token]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", token) for token in tokens)
    assert len({token.casefold() for token in tokens}) == len(tokens)


def test_the_shipped_directory_keeps_no_address_of_a_person_or_a_mailbox() -> None:
    assert "@" not in recipients_text()
    assert not re.search(r"\b(Street|Avenue|Boulevard|P\.? ?O\.? Box|Suite \d)", recipients_text())


def test_a_successor_that_is_named_is_in_the_directory() -> None:
    found = {recipient.id: recipient for recipient in parse_directory(recipients_text()).recipients}
    assert all(r.successor in found for r in found.values() if r.successor)


@pytest.mark.parametrize(
    ("name", "why"),
    [("wynk", Suppression.DEFUNCT), ("sony-ai", Suppression.AFFILIATE_TEST), ("mora", Suppression.AFFILIATE_TEST)],
)
def test_the_records_that_test_suppression_are_kept_and_held(name: str, why: Suppression) -> None:
    found = {recipient.id: recipient for recipient in parse_directory(recipients_text()).recipients}
    assert found[name].suppression is why


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("id", "Night Ingale", "directory.id"),
        ("name", "", "directory.name"),
        ("kind", "robot", "directory.kind"),
        ("hq_country", "XX", "directory.country"),
        ("website", "http://nightingale.example", "directory.website"),
        ("website", "https://[", "directory.website"),
        ("crawler_tokens", "Netscape Imprint Crawler", "directory.token"),
        ("crawler_tokens", "a*b", "directory.token"),
        ("notes", "write to legal@nightingale.example", "directory.address"),
        ("source_date", "2026-13-01", "directory.date"),
        ("suppression", "because", "directory.suppression"),
    ],
)
def test_a_wrong_row_is_reported_with_its_line_and_the_others_stand(column: str, value: str, rule: str) -> None:
    found = parse_directory(text_of(GOOD, GOOD | {"id": "wren"} | {column: value}), "own.csv")
    assert [recipient.id for recipient in found.recipients] == ["nightingale"]
    assert [(u.where, u.column, u.rule) for u in found.unreadable] == [("own.csv:3", column, rule)]


def test_an_id_that_stands_twice_is_refused() -> None:
    found = parse_directory(text_of(GOOD, GOOD))
    assert [u.rule for u in found.unreadable] == ["directory.twice"]


def test_a_file_without_a_column_is_no_directory() -> None:
    with pytest.raises(InputError, match="lacks the column 'kind'"):
        parse_directory("id,name,legal_entity\nx,X,\n")
