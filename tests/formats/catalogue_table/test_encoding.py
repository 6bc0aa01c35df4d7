"""Encodings: what is certain, what is a guess, and that a guess is never used."""

import codecs
import io

import pytest

from tacenda.errors import InputError
from tacenda.formats.catalogue_table.encoding import detect, survey


def look(data: bytes, stated: str | None = None) -> tuple[str, int, bool]:
    found = detect(survey(io.BytesIO(data)), stated)
    assert found.why
    return found.name, found.mark_bytes, found.certain


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"title\nfoo\n", ("utf-8", 0, True)),
        ("title\ncaf\u00e9\n".encode(), ("utf-8", 0, True)),
        (codecs.BOM_UTF8 + b"title\n", ("utf-8", 3, True)),
        (codecs.BOM_UTF16_LE + "title\n".encode("utf-16-le"), ("utf-16-le", 2, True)),
        (codecs.BOM_UTF16_BE + "title\n".encode("utf-16-be"), ("utf-16-be", 2, True)),
        ("title\ncaf\u00e9\n".encode("cp1252"), ("cp1252", 0, False)),
        (b"title\ncaf\xe9 \x81\n", ("latin-1", 0, False)),
        ("caf\u00e9\nna\u00efve\n".encode() + b"caf\xe9\n", ("utf-8", 0, True)),
        ("caf\u00e9\n".encode() + b"caf\xe9\nna\xefve\n", ("cp1252", 0, False)),
    ],
)
def test_f31_encoding_is_detected_and_a_guess_is_called_one(data: bytes, answer: tuple[str, int, bool]) -> None:
    assert look(data) == answer


def test_f31_a_guess_shows_a_line_as_it_would_be_read() -> None:
    found = detect(survey(io.BytesIO("title\nBeyonc\u00e9\n".encode("cp1252"))))
    assert "Beyonc\u00e9" in found.why
    assert "--encoding cp1252" in found.why


def test_f31_utf_16_without_a_mark_is_refused_not_guessed() -> None:
    with pytest.raises(InputError) as caught:
        look("title,artist\n".encode("utf-16-le"))
    assert caught.value.code == "table.encoding"


def test_what_the_operator_says_wins() -> None:
    assert look("caf\u00e9\n".encode("cp1252"), "windows-1252") == ("cp1252", 0, True)
    assert look(codecs.BOM_UTF16_BE + "x".encode("utf-16-be"), "utf-16") == ("utf-16-be", 2, True)
    with pytest.raises(InputError):
        look(b"x", "utf-7")


def test_survey_counts_and_digests_all_bytes_across_blocks() -> None:
    data = ("x" * 1_048_575 + "é\n").encode() * 2  # a letter across the border of two blocks
    found = survey(io.BytesIO(data))
    assert found.size == len(data)
    assert found.invalid_lines == 0
    assert found.digest == __import__("hashlib").sha256(data).hexdigest()
