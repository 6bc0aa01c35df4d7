"""ai.txt: media are not for training; what others wrote stays and keeps its meaning."""

import pytest

from tacenda.core.vocabulary import Layer
from tacenda.formats.ai_txt import AiTxt, may_train, media_endings, put_ai_txt, training_patterns
from tacenda.formats.fence import remove_fence

BLOCK = AiTxt("res-000001", 1, ("Rights reservation",), ("*.mp3", "*.flac", "/"))


def test_a_fresh_file_shuts_out_media_and_the_rest() -> None:
    made = put_ai_txt(b"", BLOCK)
    assert not may_train(made, "/music/a.mp3")
    assert not may_train(made, "/", "anybot")


@pytest.mark.parametrize(
    ("foreign", "path", "token", "may"),
    [
        (b"User-agent: OpenBot\nAllow: /open/\n", "/open/x.html", "openbot", True),
        (b"User-agent: OpenBot\nAllow: /open/\n", "/closed/x.mp3", "openbot", False),
        (b"User-agent: OpenBot", "/x.mp3", "openbot", False),
        (b"User-agent: *\nDisallow: /a/\n", "/b/x.mp3", "x", False),
    ],
)
def test_named_groups_are_told_too_and_an_open_one_is_closed(
    foreign: bytes, path: str, token: str, may: bool
) -> None:
    merged = put_ai_txt(foreign, BLOCK)
    assert merged.startswith(foreign)
    assert may_train(merged, path, token) is may
    assert remove_fence(merged, "res-000001") == foreign


def test_the_endings_follow_from_the_layers() -> None:
    assert "mp3" in media_endings(frozenset({Layer.RECORDING}))
    assert "jpg" not in media_endings(frozenset({Layer.RECORDING}))
    assert "jpg" in media_endings(frozenset({Layer.ARTWORK}))
    for layer in Layer:
        assert media_endings(frozenset({layer}))


def test_patterns_are_limited_to_the_paths() -> None:
    assert training_patterns(("/",), ("mp3",)) == ("*.mp3", "/")
    assert training_patterns(("/music/*", "/a.pdf$"), ("mp3",)) == ("/music/*.mp3", "/music/*", "/a.pdf$")
    assert training_patterns(("/music/",), ("mp3",), only=True) == ("/music/*.mp3",)
