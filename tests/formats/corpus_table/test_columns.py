"""Column recognition: by name, by content, by choice."""

from collections.abc import Callable
from typing import Any

import pytest

from tacenda.errors import InputError
from tacenda.formats.corpus_table import Field, Form, recognise


def found(columns: dict[str, list[str]], **chosen: str) -> dict[str, tuple[str, str, str]]:
    made = recognise(tuple(columns), columns, chosen)
    return {use.field.value: (use.column, use.form.value, use.why) for use in made.uses}


def test_names_in_many_spellings() -> None:
    assert found({"Track Name": ["A"], "ARTIST_NAME": ["B"], "isrc_code": ["x"], "Track ID": ["1"]}) == {
        "isrc": ("isrc_code", "plain", "name"),
        "artist": ("ARTIST_NAME", "plain", "name"),
        "title": ("Track Name", "plain", "name"),
        "id": ("Track ID", "plain", "name"),
    }


def test_isrc_and_youtube_are_known_by_content() -> None:
    assert found({"code": ["QZ-LRK-26-00001", "qzlrk2600002"], "where": ["https://youtu.be/-abcdefghi1?t=3"]}) == {
        "isrc": ("code", "plain", "content"),
        "youtube": ("where", "address", "content"),
    }


def test_video_id_that_holds_no_youtube_ids_is_not_taken_for_one() -> None:
    assert "youtube" not in found({"video_id": ["12", "13"]})


def test_a_choice_wins_and_can_switch_off() -> None:
    columns = {"title": ["A"], "song_name": ["B"], "artist": ["C"]}
    assert found(columns, title="song_name")["title"] == ("song_name", "plain", "chosen")
    assert "artist" not in found(columns, artist="")


@pytest.mark.parametrize(("field", "column"), [("tittle", "title"), ("title", "nowhere")])
def test_a_choice_that_fits_nothing_is_refused(field: str, column: str) -> None:
    with pytest.raises(InputError) as refused:
        found({"title": ["A"]}, **{field: column})
    assert refused.value.code == "corpus.map"


def test_artist_and_title_in_one_column_only_without_an_artist_column() -> None:
    assert found({"song": ["Wren - Blue Hour", "Owl - Night"]}) == {"artist_title": ("song", "split", "content")}
    assert found({"song": ["Blue Hour - Live", "Night - Live"], "artist": ["Wren", "Owl"]})["title"][0] == "song"


def test_a_map_without_marks_cannot_match() -> None:
    assert not recognise(("TRACK_ID", "TAGS"), {}).can_match
    assert not recognise(("title",), {}).can_match
    assert recognise(("title", "artist"), {}).can_match


@pytest.mark.parametrize(
    ("value", "video"),
    [
        ("https://www.youtube.com/watch?v=-abcdefghi1&t=3", "-abcdefghi1"),
        ("http://youtu.be/-abcdefghi1", "-abcdefghi1"),
        ("https://www.youtube.com/shorts/-abcdefghi1", "-abcdefghi1"),
        ("https://www.youtube.com/watch?v=-abcdefghi1toolong", ""),
        ("https://other.example/watch", ""),
    ],
)
def test_youtube_ids_from_addresses(read: Callable[..., Any], value: str, video: str) -> None:
    rows, _ = read(f"link,title\n{value},A\nhttps://youtu.be/-zzzzzzzzz1,B\nhttps://youtu.be/-zzzzzzzzz2,C\n")
    assert (rows[0]["youtube"] or "") == video


@pytest.mark.parametrize(
    ("value", "video"),
    [
        ("Y-abcdefghi1.wav", "-abcdefghi1"),
        ("audio/train/Y-abcdefghi1.wav", "-abcdefghi1"),
        ("-abcdefghi1.mp3", "-abcdefghi1"),
        ("Ybcdefghij1.wav", "Ybcdefghij1"),
        ("-abcdefghi1_30.000_40.000.wav", "-abcdefghi1"),
    ],
)
def test_youtube_ids_from_file_names(read: Callable[..., Any], value: str, video: str) -> None:
    rows, _ = read(f"file_name,caption\n{value},a sound\nYzzzzzzzzzz1.wav,another\n")
    assert rows[0]["youtube"] == video
    assert rows[0]["id"] == value


@pytest.mark.parametrize(
    ("value", "artist", "title"),
    [
        ("Wren - Blue Hour", "Wren", "Blue Hour"),
        ("Wren – Blue Hour - Live", "Wren", "Blue Hour - Live"),
        ("03. Wren - Blue Hour.mp3", "Wren", "Blue Hour"),
        ("Blink-182 - Dammit", "Blink-182", "Dammit"),
    ],
)
def test_artist_and_title_are_split_at_the_first_dash(
    read: Callable[..., Any], value: str, artist: str, title: str
) -> None:
    rows, _ = read(f"track\n{value}\nOwl - Night\n")
    assert (rows[0]["artist"], rows[0]["title"]) == (artist, title)


def test_fields_are_closed() -> None:
    assert {field.value for field in Field} >= {"isrc", "iswc", "gtin", "youtube", "artist", "title"}
    assert Form("split") is Form.SPLIT
