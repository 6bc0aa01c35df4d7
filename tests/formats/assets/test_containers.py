"""Every container: it says what was declared, loses nothing of others, and is as it was when ours is taken out."""

import contextlib
import io
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacenda.core.preference import Dimension
from tacenda.errors import ConflictError, InputError, TacendaError
from tacenda.formats.assets import containers
from tacenda.formats.assets.fields import Marking
from tacenda.formats.assets.source import Source, apply

av = pytest.importorskip("av")

SOUNDS = [
    "mp3-v23", "mp3-v24", "mp3-bare", "flac", "flac-sf", "ogg-vorbis", "ogg-opus", "ogg-flac", "wav", "wav-info",
    "wav-bext", "rf64", "aiff", "aiff-id3", "m4a", "m4a-faststart", "m4a-alac", "mp4-bare",
]  # fmt: skip
FILES = [*SOUNDS, "jpeg", "png"]
OTHERS = frozenset({Dimension.AI_INPUT, Dimension.SEARCH})
MINING = frozenset({Dimension.TDM, Dimension.TRAIN_ANY, Dimension.TRAIN_GEN})

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
# What a declaration can deny: mining brings training with it, training brings generative training with it.
said = st.sampled_from([MINING, MINING - {Dimension.TDM}, frozenset({Dimension.TRAIN_GEN}), frozenset()]).flatmap(
    lambda core: st.frozensets(st.sampled_from([Dimension.AI_INPUT, Dimension.SEARCH])).map(
        lambda more: core | more
    )
)
markings = st.builds(
    Marking,
    declaration=st.sampled_from(["res-000001", "res-20261122-as22ypkmd2"]),
    version=st.integers(1, 999),
    digest=st.sampled_from(["ab" * 32, "0f" * 32]),
    denied=said,
    policy_url=st.sampled_from(["", "https://lark.example/policy.json"]),
    page_url=st.sampled_from(["", "https://lark.example/reserved/?a=1&b=%22"]),
    terms=words,
    notice=st.sampled_from(
        ["", "Rights reserved.", "Rights reserved: training of any model. https://lark.example/"]
    ),
)


def put(data: bytes, marking: Marking) -> bytes:
    return apply(data, containers.write(Source(data), marking).splices)


def take(data: bytes) -> bytes:
    return apply(data, containers.write(Source(data), None).splices)


def raw(data: bytes) -> set[tuple[str, bytes]]:
    return {(statement.carrier, statement.raw) for statement in containers.read(Source(data)).statements}


def tags_by_ffmpeg(data: bytes) -> dict[str, str]:
    with av.open(io.BytesIO(data)) as file:
        found = {**file.metadata, **file.streams.audio[0].metadata}
    return {key.upper().replace("_", "-"): value for key, value in found.items()}


@pytest.mark.parametrize("name", SOUNDS)
def test_the_samples_stay_bit_identical(
    name: str, files: dict[str, bytes], marking: Marking, decode: Callable[[bytes], np.ndarray[Any, Any]]
) -> None:
    before, after = decode(files[name]), decode(put(files[name], marking))
    assert before.dtype == after.dtype
    assert before.size > 8_000
    assert np.array_equal(before, after)


@pytest.mark.parametrize("name", ["jpeg", "png"])
def test_the_pixels_stay_bit_identical(name: str, files: dict[str, bytes], marking: Marking) -> None:
    image = pytest.importorskip("PIL.Image")
    before, after = (image.open(io.BytesIO(d)).tobytes() for d in (files[name], put(files[name], marking)))
    assert before == after


@pytest.mark.parametrize("name", SOUNDS)
def test_another_program_finds_the_reservation_and_the_old_tags(
    name: str, files: dict[str, bytes], marking: Marking
) -> None:
    old, new = tags_by_ffmpeg(files[name]), tags_by_ffmpeg(put(files[name], marking))
    assert new["TDM-RESERVATION"] == "1"
    assert new["TDM-POLICY"] == marking.policy_url
    filled = {"COMMENT"} if name == "wav-bext" else set()
    assert {key: value for key, value in old.items() if key not in filled}.items() <= new.items()


@pytest.mark.parametrize("name", ["jpeg", "png"])
def test_another_program_finds_the_property_in_pictures(
    name: str, files: dict[str, bytes], marking: Marking
) -> None:
    image = pytest.importorskip("PIL.Image")
    info = image.open(io.BytesIO(put(files[name], marking))).info
    packet = info.get("xmp") or info.get("XML:com.adobe.xmp", "").encode()
    assert b'plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"' in packet


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=markings, second=markings)
def test_reading_gives_what_was_declared_and_taking_it_out_gives_the_old_bytes(
    name: str, files: dict[str, bytes], first: Marking, second: Marking
) -> None:
    data = files[name]
    container = containers.container_of(Source(data))
    now = data
    for marking in (first, second):
        now = put(now, marking)
        reading = containers.read(Source(now))
        assert reading.says().denies == container.can_say(marking)
        assert not reading.says().allows
        assert containers.write(Source(now), marking).splices == (), "the same again changes nothing"
        if container.tags or marking.plus:
            assert reading.fence is not None
            assert (reading.fence.declaration, reading.fence.version) == (marking.declaration, marking.version)
    assert take(now) == data
    fresh = put(data, second)
    assert len(now) == len(fresh), "an update leaves nothing of the old"
    assert raw(now) == raw(fresh)


@pytest.mark.parametrize("name", FILES)
def test_a_container_never_says_more_than_was_declared(name: str, files: dict[str, bytes]) -> None:
    container = containers.container_of(Source(files[name]))
    for core in (MINING, MINING - {Dimension.TDM}, frozenset({Dimension.TRAIN_GEN}), frozenset()):
        for more in (
            frozenset(),
            {Dimension.AI_INPUT},
            {Dimension.SEARCH},
            {Dimension.AI_INPUT, Dimension.SEARCH},
        ):
            assert container.can_say(Marking("r", 1, "ab" * 32, core | frozenset(more))) <= core | frozenset(more)


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_taken_out_of_a_file_that_is_not_ours(name: str, files: dict[str, bytes]) -> None:
    assert containers.write(Source(files[name]), None).splices == ()


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_cut_off_or_damaged_is_refused_or_read_and_never_more(
    name: str, files: dict[str, bytes], marking: Marking
) -> None:
    rng = random.Random(name)
    whole = put(files[name], marking)
    for _ in range(300):
        data = bytearray(whole[: rng.choice([len(whole), rng.randrange(len(whole)), rng.randrange(400)])])
        for _ in range(rng.choice([0, 1, 1, 4])):
            if data:
                data[rng.randrange(min(len(data), 3000))] = rng.choice([0, 0xFF, 0x7F, rng.randrange(256)])
        for act in (lambda d: containers.read(Source(d)), take, lambda d: put(d, replace(marking, version=3))):
            with contextlib.suppress(TacendaError):
                act(bytes(data))


class Endless(io.RawIOBase):
    """A file that is said to be huge and refuses to give more than a little of it."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.size, self.place, self.given = head, size, 0, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.place = self.size + offset if whence == 2 else offset
        return self.place

    def read(self, count: int = -1) -> bytes:
        assert count >= 0
        self.given += count
        assert self.given < 200_000_000
        data = self.head[self.place : self.place + count].ljust(min(count, self.size - self.place), b"\0")
        self.place += len(data)
        return data


LIES = {
    "id3": b"ID3\x03\0\0\x7f\x7f\x7f\x7f",
    "flac": b"fLaC\x00\xff\xff\xff",
    "riff": b"RIFF\xff\xff\xff\x7fWAVEid3 \xff\xff\xff\x3f",
    "aiff": b"FORM\x7f\xff\xff\xffAIFFID3 \x3f\xff\xff\xff",
    "mp4": b"\0\0\0\x10ftypM4A \0\0\0\0\x40\0\0\0moov",
    "ogg": b"OggS\0\x02" + bytes(20) + b"\x01\x1e\x01vorbis" + bytes(23),
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + bytes(17) + b"\x7f\xff\xff\xffiTXtXML:com.adobe.xmp\0\0\0\0\0",
}


@pytest.mark.parametrize("name", LIES)
def test_a_header_that_promises_a_gigabyte_costs_little(name: str, marking: Marking) -> None:
    file = Endless(LIES[name], 3 << 30)
    with pytest.raises(InputError) as caught:
        containers.write(Source(file), marking)  # type: ignore[arg-type]
    assert caught.value.where.startswith("byte ")
    short = LIES[name]
    with pytest.raises(InputError):
        containers.read(Source(short))


def test_what_is_no_sound_is_refused() -> None:
    for data in (b"", b"junk", b"\0" * 4000, b"RIFF\x04\0\0\0AVI ", b"%PDF-1.7", b"\xff\xff\xff\xff"):
        with pytest.raises(InputError) as caught:
            containers.read(Source(data))
        assert caught.value.code in ("asset.unsupported", "asset.truncated")


def test_a_contradiction_is_refused_and_an_equal_field_of_others_stays(marking: Marking) -> None:
    def frame(name: bytes, data: bytes) -> bytes:
        return name + len(data).to_bytes(4, "big") + b"\0\0" + data

    def file(*frames: bytes) -> bytes:
        body = b"".join(frames)
        return b"ID3\x03\0\0" + bytes([0, 0, len(body) >> 7, len(body) & 127]) + body + b"\xff\xfb\x90\0"

    with pytest.raises(ConflictError) as caught:
        put(file(frame(b"TXXX", b"\0tdm_reservation\x000")), marking)
    assert caught.value.code == "asset.contradicted"
    same = file(frame(b"TXXX", b"\0TDM-RESERVATION\x001"), frame(b"USER", b"\0engTheirs"))
    edit = containers.write(Source(same), marking)
    now = apply(same, edit.splices)
    assert now.count(b"TDM-RESERVATION") == 1
    assert edit.kept == ("ID3 USER holds terms of use, which stay",)
    assert take(now) == same


def test_a_field_that_others_changed_is_theirs_and_stays(files: dict[str, bytes], marking: Marking) -> None:
    now = put(files["flac"], marking).replace(b"TDM_POLICY=https://lark", b"TDM_POLICY=https://fork")
    left = take(now)
    assert b"TDM_POLICY=https://fork" in left
    assert b"TDM_RESERVATION" not in left
    assert b"TACENDA=" not in left


@pytest.mark.parametrize("value", [b"yes", b"true", b"2", b"01", b"", b"1 ", b"\xff"])
def test_a_malformed_reservation_is_never_an_allowance(
    value: bytes, files: dict[str, bytes], marking: Marking
) -> None:
    size = len(b"TDM_RESERVATION=1") - 1 + len(value)
    now = put(files["flac"], replace(marking, policy_url="", page_url="", terms=""))
    found = b"\x11\0\0\0TDM_RESERVATION=1"
    assert found in now
    other = now.replace(found, size.to_bytes(4, "little") + b"TDM_RESERVATION=" + value)
    block = other.index(b"fLaC") + 4 + 38
    grown = int.from_bytes(other[block + 1 : block + 4], "big") + len(value) - 1
    fixed = other[: block + 1] + grown.to_bytes(3, "big") + other[block + 4 :]
    says = containers.read(Source(fixed)).says()
    assert not says.denies
    assert not says.allows
    assert says.appears == MINING
