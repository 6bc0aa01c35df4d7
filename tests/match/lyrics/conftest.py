"""Songs long in the public domain, from general knowledge, and a small index of them."""

import pytest

from tacenda.match.lyrics.background import shipped_counts
from tacenda.match.lyrics.index import LyricIndex, build_index

SONGS = {
    3: "Row, row, row your boat, gently down the stream, merrily, merrily, merrily, merrily, life is but a dream.",
    5: "Amazing grace! how sweet the sound, that saved a wretch like me! I once was lost, but now am found, "
    "was blind, but now I see. 'Twas grace that taught my heart to fear, and grace my fears relieved; how "
    "precious did that grace appear the hour I first believed.",
    8: "Should auld acquaintance be forgot, and never brought to mind? Should auld acquaintance be forgot, and "
    "auld lang syne! For auld lang syne, my dear, for auld lang syne, we'll take a cup of kindness yet, for auld "
    "lang syne.",
    9: "床前明月光，疑是地上霜。举头望明月，低头思故乡。",
}


@pytest.fixture(scope="session")
def songs() -> dict[int, str]:
    return SONGS


@pytest.fixture(scope="session")
def index() -> LyricIndex:
    return build_index(list(SONGS.items()), background=shipped_counts())
