"""Reading a file, a folder, a WARC and an address."""

import gzip
from pathlib import Path

import pytest

from tacenda.app.signals import Question, read_address, read_fields, read_path, refusal_of, table_of
from tacenda.core.preference import Dimension, Preference
from tacenda.errors import InputError
from tacenda.signals.protocols import overridden
from tacenda.testing.fetching import FakeFetcher, Page

DENY, ALLOW, UNKNOWN = Preference.DENY, Preference.ALLOW, Preference.UNKNOWN
ORIGIN = "https://label.example"
TDMREP = b'[{"location": "/", "tdm-reservation": 1}]'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / ".well-known").mkdir()
    (tmp_path / ".well-known" / "tdmrep.json").write_bytes(TDMREP)
    (tmp_path / "robots.txt").write_bytes(b"User-agent: GPTBot\nDisallow: /album/\n")
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "index.html").write_bytes(b'<html><meta name="robots" content="noai"></html>')
    return tmp_path


def record(address: str, head: str, body: bytes) -> bytes:
    block = head.encode() + b"\r\n\r\n" + body
    named = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return named.encode() + block + b"\r\n\r\n"


def test_a_folder_is_answered_page_by_page_with_its_site(site: Path) -> None:
    root, page = read_path(site, Question("GPTBot", address=f"{ORIGIN}/"))
    assert (root.about, root[Dimension.TDM], root.crawl) == (f"{ORIGIN}/", DENY, ALLOW)
    assert (page.about, page[Dimension.TRAIN_ANY], page.crawl) == (f"{ORIGIN}/album/", DENY, DENY)


def test_a_file_of_a_site_is_asked_about_the_address(site: Path) -> None:
    (answer,) = read_path(site / "robots.txt", Question("GPTBot", address=f"{ORIGIN}/album/x"))
    assert answer.crawl is DENY


@pytest.mark.parametrize("zipped", [False, True])
def test_a_warc_is_answered_with_the_files_that_stand_later_in_it(tmp_path: Path, zipped: bool) -> None:
    records = [
        record(
            f"{ORIGIN}/a.mp3", "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Usage: ai-use=n", b"ID3"
        ),
        record(f"{ORIGIN}/robots.txt", "HTTP/1.1 503 Busy", b""),
        record(f"{ORIGIN}/.well-known/tdmrep.json", "HTTP/1.1 200 OK", TDMREP),
    ]
    path = tmp_path / ("x.warc.gz" if zipped else "x.warc")
    path.write_bytes(b"".join(gzip.compress(r) if zipped else r for r in records))
    song, _ = read_path(path, Question())
    assert (song.about, song.crawl) == (f"{ORIGIN}/a.mp3", DENY)
    assert (song[Dimension.TDM], song[Dimension.AI_INPUT]) == (DENY, DENY)


def test_a_damaged_warc_ends_the_reading_and_raises_nothing(tmp_path: Path) -> None:
    whole = gzip.compress(record(f"{ORIGIN}/a", "HTTP/1.1 200 OK\r\ntdm-reservation: 1", b"x"))
    path = tmp_path / "x.warc.gz"
    path.write_bytes(whole + whole[: len(whole) // 2])
    assert [a[Dimension.TDM] for a in read_path(path, Question())] == [DENY]


def test_an_address_is_read_with_its_site_and_the_rsl_that_it_names() -> None:
    rsl = (
        b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
        b'<prohibits type="usage">ai-input</prohibits></license></content></rsl>'
    )
    fetcher = FakeFetcher(
        {
            f"{ORIGIN}/robots.txt": Page(body=b"User-agent: *\nLicense: /rsl.xml\nAllow: /\n"),
            f"{ORIGIN}/.well-known/tdmrep.json": Page(body=TDMREP),
            f"{ORIGIN}/ai.txt": Page(status=404),
            f"{ORIGIN}/song": Page(body=b"<html></html>", fields=(("content-usage", "search=y"),)),
            f"{ORIGIN}/rsl.xml": Page(body=rsl),
        }
    )
    answer = read_address(f"{ORIGIN}/song", fetcher, Question())
    assert [answer[d] for d in Dimension] == [DENY, DENY, DENY, DENY, ALLOW]
    assert answer.crawl is ALLOW


def test_a_site_that_does_not_answer_may_not_be_crawled() -> None:
    fetcher = FakeFetcher({f"{ORIGIN}/song": Page(body=b"<html></html>"), f"{ORIGIN}/robots.txt": "timeout"})
    answer = read_address(f"{ORIGIN}/song", fetcher, Question())
    assert answer.crawl is DENY
    assert "robots.unreachable" in [d.code for d in answer.diagnostics]


def test_a_dump_of_fields_goes_with_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_bytes(b"<html></html>")
    (tmp_path / "h").write_bytes(b"HTTP/1.1 200 OK\r\nTDM-Reservation: 1\r\n")
    (answer,) = read_path(tmp_path / "x.html", Question(fields=read_fields(tmp_path / "h")))
    assert answer[Dimension.TDM] is DENY


def test_the_table_is_the_workspaces_own_when_it_has_one(tmp_path: Path) -> None:
    assert table_of(None, tmp_path).honours("noai")
    (tmp_path / "protocols.toml").write_text('[[protocol]]\nid = "noai"\nhonoured = false\n')
    assert not table_of(None, tmp_path).honours("noai")
    assert table_of(None, tmp_path).honours("tdmrep")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[[", "protocols.syntax"),
        ('[rule]\ncross_protocol = "allow-wins"\n', "protocols.rule"),
        ('[[protocol]]\nid = "noai"\nhonoured = "yes"\n', "protocols.entry"),
        ('as_of = "today"\n', "protocols.date"),
    ],
)
def test_a_table_that_is_wrong_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        overridden(text, "x")
    assert caught.value.code == code


def test_what_keeping_a_crawler_out_says_depends_on_what_it_is_for() -> None:
    assert refusal_of("gptbot") == {Dimension.TRAIN_ANY, Dimension.TRAIN_GEN}
    assert refusal_of("nobody-knows-it") == {Dimension.TRAIN_ANY, Dimension.TRAIN_GEN}
    assert refusal_of("OAI-SearchBot") == {Dimension.SEARCH}
