"""Campaigns on a desk: filed once, made once, the same files again, and nothing sent."""

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tacenda.app.desk import Desk
from tacenda.app.evidence import verify
from tacenda.app.notify import Notified, Wish, directory, list_recipients, plan_letters, render_letters
from tacenda.app.publish import write_publication
from tacenda.app.reserve import amend, declare, withdraw
from tacenda.app.workspace import init_workspace
from tacenda.core.party import Party
from tacenda.core.recipient import RecipientKind
from tacenda.data import recipients_text
from tacenda.errors import ConflictError, InputError
from tacenda.testing.fakes import CountingIds, FakeClock

TERMS = {"contact": ["rights@lark.example"], "signatory": "Mara Lind; Director; Sole power of representation"}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Desk:
    lark = Party("lark-and-linden", "Lark & Linden Music Ltd", seat="DE", website="https://lark.example")
    return init_workspace(tmp_path / "ws", rightsholder=lark, clock=clock, ids=CountingIds())


@pytest.fixture
def unpublished(desk: Desk) -> str:
    return declare(desk, TERMS).declaration.id


@pytest.fixture
def declared(desk: Desk, unpublished: str) -> str:
    write_publication(desk, unpublished)
    return unpublished


def some(declaration: str, *only: str, **more: object) -> Wish:
    return Wish(declaration, only=only or ("suno", "spotify", "wynk", "querit"), **more)  # type: ignore[arg-type]


def files_of(done: Notified) -> dict[str, bytes]:
    assert done.folder is not None
    return {path.name: path.read_bytes() for path in done.folder.iterdir()}


def entries(desk: Desk) -> int:
    with desk.store.reading() as view:
        return view.entry_count()


def test_letters_are_made_logged_and_listed_and_the_rest_is_held(desk: Desk, declared: str) -> None:
    done = render_letters(desk, some(declared))
    assert {row.recipient: row.state for row in done.rows} == {
        "querit": "held", "spotify": "rendered", "suno": "rendered", "wynk": "held",
    }  # fmt: skip
    assert {row.recipient: row.code for row in done.held} == {"querit": "letter.missing", "wynk": "defunct"}
    assert {row.recipient: row.variant for row in done.rows if row.sha256} == {
        "spotify": "streaming",
        "suno": "developer",
    }
    files = files_of(done)
    index = {row["recipient"]: row for row in csv.DictReader(files["index.csv"].decode().splitlines())}
    for row in index.values():
        if row["file"]:
            assert hashlib.sha256(files[row["file"]]).hexdigest() == row["sha256"]
            assert desk.blobs.get(row["sha256"]) == files[row["file"]]
    assert index["suno"]["reply_by"] == "2026-12-14"
    assert files["held.csv"].count(b"\r\n") == 3
    with desk.store.reading() as view:
        letters = view.records("letter")
    assert {letter.id for letter in letters} == {row.reference for row in done.rows if row.sha256}
    assert all(letter.body["declaration"]["id"] == declared for letter in letters)
    assert verify(desk) == []


def test_the_same_campaign_again_gives_the_same_files_and_no_entry(
    desk: Desk, declared: str, clock: FakeClock
) -> None:
    first = render_letters(desk, some(declared))
    before, count = files_of(first), entries(desk)
    clock.advance(days=9)
    again = render_letters(desk, some(declared))
    assert (again.made, again.kept) == (0, 2)
    assert files_of(again) == before
    assert entries(desk) == count
    assert again.rows == first.rows


def test_a_lost_file_is_put_back_from_the_blobs(desk: Desk, declared: str) -> None:
    first = render_letters(desk, some(declared))
    before = files_of(first)
    assert first.folder is not None
    for path in first.folder.iterdir():
        path.unlink()
    assert files_of(render_letters(desk, some(declared))) == before


def test_a_campaign_grows_and_keeps_its_date_and_references(desk: Desk, declared: str, clock: FakeClock) -> None:
    first = render_letters(desk, some(declared, "suno", campaign="first-notice"))
    clock.advance(days=20)
    more = render_letters(desk, some(declared, "spotify", "suno", campaign="first-notice"))
    assert {row.recipient: row.reference for row in more.rows} == {
        "suno": "TAC-2026-000001", "spotify": "TAC-2026-000002",
    }  # fmt: skip
    assert {row.reply_by for row in more.rows} == {"2026-12-14", "2026-12-11"}
    assert (first.made, more.made, more.kept) == (1, 1, 1)


def test_a_plan_says_what_rendering_then_does_and_changes_nothing(desk: Desk, declared: str) -> None:
    count = entries(desk)
    planned = plan_letters(desk, some(declared))
    assert entries(desk) == count
    assert planned.folder is None
    done = render_letters(desk, some(declared))
    shape = [(row.reference, row.recipient, row.file, row.reply_by, row.code) for row in planned.rows]
    assert shape == [(row.reference, row.recipient, row.file, row.reply_by, row.code) for row in done.rows]


def test_another_campaign_has_other_references(desk: Desk, declared: str) -> None:
    render_letters(desk, some(declared, "suno", campaign="one"))
    second = render_letters(desk, some(declared, "suno", campaign="two"))
    assert [row.reference for row in second.rows] == ["TAC-2026-000002"]


def test_a_campaign_is_about_one_version_of_one_declaration(desk: Desk, declared: str) -> None:
    render_letters(desk, some(declared, "suno", campaign="one"))
    amend(desk, declared, {"territory": "WORLD,-US"}, "Narrower")
    with pytest.raises(ConflictError) as caught:
        render_letters(desk, some(declared, "suno", campaign="one"))
    assert caught.value.code == "campaign.declaration"
    write_publication(desk, declared)
    assert render_letters(desk, some(declared, "suno", campaign="two")).made == 1


def test_nothing_is_notified_of_what_was_withdrawn_or_never_declared(desk: Desk, declared: str) -> None:
    withdraw(desk, declared, "Sold")
    with pytest.raises(ConflictError, match="withdraws"):
        plan_letters(desk, some(declared))
    with pytest.raises(InputError, match="no declaration"):
        plan_letters(desk, some("res-999999"))


def test_an_affiliate_of_the_declarant_is_held(desk: Desk) -> None:
    name = declare(desk, TERMS | {"affiliates": ["Suno, Inc."]}).declaration.id
    assert {row.recipient: row.code for row in plan_letters(desk, some(name, "suno")).held} == {
        "suno": "affiliate"
    }


def test_limit_kind_and_exclude(desk: Desk, declared: str) -> None:
    wish = Wish(declared, kinds=(RecipientKind.AI_MUSIC_GENERATOR,), exclude=("ace-studio",), limit=3)
    rows = plan_letters(desk, wish).rows
    assert [row.recipient for row in rows if row.state == "planned"] == ["aiva", "amadeus-code", "audialab"]
    assert "excluded" in {row.code for row in rows}


def test_a_workspace_may_bring_its_own_directory(desk: Desk, declared: str) -> None:
    header = recipients_text().splitlines()[0]
    row = "owl,Owl,,ai_developer,,US,https://owl.example,,,,,,active,,own,2026-11-22,high,"
    (desk.root / "recipients.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    assert [recipient.id for recipient in list_recipients(desk)] == ["owl"]
    assert [row.recipient for row in plan_letters(desk, Wish(declared)).rows] == ["owl"]
    (desk.root / "recipients.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        directory(desk)


def test_f27_a_whole_campaign_goes_on_past_those_that_are_held(desk: Desk, declared: str) -> None:
    header = recipients_text().splitlines()[0]
    rows = [
        f"bird-{n},Bird {n},,dsp,,US,https://bird-{n}.example,,,,,,active,,own,2026-11-22,high," for n in range(6)
    ]
    rows[1] = rows[1].replace("https://bird-1.example", "")
    rows[3] = rows[3].replace("Bird 3", "Bird \u202e 3")
    rows[4] = rows[4].replace("Bird 4", "鳥")
    (desk.root / "recipients.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    done = render_letters(desk, Wish(declared))
    assert {row.recipient: row.code for row in done.held} == {
        "bird-1": "letter.missing", "bird-3": "letter.character", "bird-4": "letter.glyph",
    }  # fmt: skip
    assert done.made == 3
    # what was held keeps its reference, and is made under it once it is put right
    (desk.root / "recipients.csv").write_text(
        "\n".join([header, *rows, ""]).replace("鳥", "Tori"), encoding="utf-8"
    )
    later = render_letters(desk, Wish(declared))
    assert later.made == 1
    assert {r.recipient: r.reference for r in later.rows} == {r.recipient: r.reference for r in done.rows}


def test_no_letter_says_that_something_is_published_which_is_not(desk: Desk, unpublished: str) -> None:
    assert plan_letters(desk, some(unpublished)).unpublished
    with pytest.raises(ConflictError) as refused:
        render_letters(desk, some(unpublished))
    assert refused.value.code == "notify.unpublished"
    assert not (desk.root / "letters").exists()


def test_published_forms_are_cited_with_their_digests(desk: Desk, unpublished: str) -> None:
    published = write_publication(desk, unpublished)
    forms = {form.kind: form.sha256 for form in plan_letters(desk, some(unpublished)).campaign.forms}
    own = published.folder / "rights-reservation" / unpublished
    for kind, file in {
        "tdmrep": published.folder / ".well-known" / "tdmrep.json",
        "robots": published.folder / "robots.txt",
        "document": own / "declaration.json",
        "page": own / "index.html",
    }.items():
        assert forms[kind] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_progress_is_reported(desk: Desk, declared: str) -> None:
    seen: list[tuple[int, int | None]] = []
    report: Callable[[int, int | None, str], None] = lambda done, total, _: seen.append((done, total))  # noqa: E731
    render_letters(desk, some(declared, "suno", "spotify"), report=report)
    assert seen == [(1, 2), (2, 2)]
