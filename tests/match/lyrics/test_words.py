"""Words: what is made equal, what is kept apart, and that nothing breaks on a stranger's bytes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.match.lyrics.secret import hide_words, key_of, sip_of
from tacenda.match.lyrics.words import standard_reader


def words(text: str | bytes) -> list[int]:
    return standard_reader().read(text).hashes.tolist()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Amazing GRACE! How sweet", "amazing grace how sweet"),
        ("lovin' you", "loving u"),
        ("wanderin on the hill", "wandering on the hill"),
        ("don’t stop", "dont stop"),
        ("don&rsquo;t &amp; go&#39;n", "dont and gon"),
        ("rock & roll", "rock and roll"),
        ("beau-\n  tiful dreamer", "beautiful dreamer"),
        ("well-known", "well known"),
        ("café Über ﬁre straße Łódź", "cafe uber fire strasse lodz"),
        ("e\u0301tude", "étude"),
        ("ПРИВЕТ мир", "привет МИР"),
        ("one<br/>two</p>three", "one two three"),
        ("line one\\nline two", "line one line two"),
        ("[Chorus x2]\nhello there", "hello there"),
        ("[G]A[C]mazing [D7]grace", "amazing grace"),
        ("G   C/G   D7  Em\nAmazing grace\n   Am   F#m7 Gsus4\nhow sweet", "Amazing grace how sweet"),
        ("A dove came down", "a dove came down"),
        ("3 < 4 and 5 > 2", "3 4 and 5 2"),
        ("antidisestablishmentarianism", "ANTIDISESTABLISHMENTARIANISM"),
    ],
)
def test_the_same_song_written_in_many_ways(written: str, meant: str) -> None:
    assert words(written) == words(meant)


@pytest.mark.parametrize(
    ("one", "other"), [("sing", "sin"), ("sun", "son"), ("abcdefgh", "abcdefghi"), ("1 2", "12")]
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert words(one) != words(other)


def test_scripts_without_spaces_go_by_character() -> None:
    read = standard_reader().read("静夜思，床前明月光")
    assert (len(read), read.by_character) == (8, 8)
    assert all(number & 1 for number in read.hashes.tolist())
    assert len(words("안녕 하세요")) == 2


@given(st.text())
def test_words_lie_inside_the_text_in_order(text: str) -> None:
    raw = text.encode("utf-8", "replace")
    read = standard_reader().read(raw)
    places = [x for pair in zip(read.starts.tolist(), read.ends.tolist(), strict=True) for x in pair]
    assert places == sorted(places)
    assert not places or (places[0] >= 0 and places[-1] <= len(raw))
    assert 0 not in read.hashes.tolist()


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    assert len(standard_reader().read(raw)) <= len(raw)


@given(st.lists(st.from_regex(r"[a-z]{2,14}", fullmatch=True), max_size=12))
def test_letters_alone_make_as_many_words_as_python_splits(given_words: list[str]) -> None:
    text = " ".join(given_words)
    assert len(words(text)) == len(given_words)
    assert words(text.upper()) == words(text)
    assert words(unicodedata.normalize("NFD", text)) == words(text)


def test_a_hidden_word_follows_the_published_siphash_vector() -> None:
    # SipHash-2-4, key 00..0f, of the eight bytes 00..07: from the reference implementation's vectors.
    first, second = 0x0706050403020100, 0x0F0E0D0C0B0A0908
    assert int(sip_of(0x0706050403020100, first, second)) == 0x93F5F5799A932462


def test_a_secret_changes_every_word_and_none_changes_nothing() -> None:
    plain = standard_reader().read("row row row your boat").hashes
    for secret, same in ((b"", True), (b"lark", False)):
        out = plain.copy()
        hide_words(plain, len(plain), key_of(secret), out)
        assert (out == plain).all() is not (out != plain).any()
        assert bool((out == plain).all()) is same
        assert out[0] == out[1] == out[2]
