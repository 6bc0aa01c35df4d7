"""ISCC codes against the published vectors of ISO 24138, and the hashes under them against their authors'."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.errors import InputError
from tacenda.formats.assets import iscc, iscc_kernels

VECTORS = Path(__file__).parents[4] / "shared" / "conformance" / "iscc" / "data.json"
PATTERN = bytes(i % 251 for i in range(102_400))


# BLAKE3's own test vectors (bytes counted from 0 modulo 251): one block, chunk borders, trees of several heights.
@pytest.mark.parametrize(
    ("size", "digest"),
    [
        (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
        (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
        (1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
        (1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"),
        (2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"),
        (102_400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"),
    ],
)
def test_blake3(size: int, digest: str) -> None:
    assert iscc.blake3(PATTERN[:size]).hex() == digest


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (b"", 0x02CC5D05),
        (b"a", 0x550D7456),
        (b"abc", 0x32D153FF),
        (b"Nobody inspects the spammish repetition", 0xE2293B2F),
    ],
)
def test_xxhash32(text: bytes, digest: int) -> None:
    assert int(iscc_kernels.xxhash32(iscc._array(text), 0, len(text))) == digest


def cases(name: str) -> list[Any]:
    if not VECTORS.exists():
        return []
    return [
        pytest.param(case, id=f"{name}-{key[:9]}") for key, case in json.loads(VECTORS.read_text())[name].items()
    ]


def stream(text: str) -> bytes:
    return bytes.fromhex(text.partition(":")[2])


def payload(case: dict[str, Any]) -> bytes:
    """The bytes of structured metadata, as the vector gives them back."""
    url = case["outputs"].get("meta", "")
    return base64.b64decode(url.partition("base64,")[2]) if url else b""


@pytest.mark.shared
@pytest.mark.parametrize("case", cases("gen_meta_code_v0"))
def test_meta_code(case: dict[str, Any]) -> None:
    name, description, _, bits = case["inputs"]
    assert iscc.meta_code(name, description or "", bits, meta=payload(case)) == case["outputs"]["iscc"]


@pytest.mark.shared
@pytest.mark.parametrize("case", cases("gen_text_code_v0"))
def test_text_code(case: dict[str, Any]) -> None:
    text, bits = case["inputs"]
    assert iscc.text_code(text, bits) == case["outputs"]["iscc"]
    assert len(iscc.collapsed(text)) == case["outputs"]["characters"]


@pytest.mark.shared
@pytest.mark.parametrize("case", cases("gen_audio_code_v0"))
def test_audio_code(case: dict[str, Any]) -> None:
    features, bits = case["inputs"]
    assert iscc.audio_code(features, bits) == case["outputs"]["iscc"]


@pytest.mark.shared
@pytest.mark.parametrize("case", cases("gen_data_code_v0"))
def test_data_code(case: dict[str, Any]) -> None:
    data, bits = case["inputs"]
    assert iscc.data_code(stream(data), bits) == case["outputs"]["iscc"]


@pytest.mark.shared
@pytest.mark.parametrize("case", cases("gen_instance_code_v0"))
def test_instance_code(case: dict[str, Any]) -> None:
    data, bits = case["inputs"]
    assert iscc.instance_code(stream(data), bits) == case["outputs"]["iscc"]
    assert iscc.data_hash(stream(data)) == case["outputs"]["datahash"]


@pytest.mark.shared
@pytest.mark.parametrize("case", cases("gen_iscc_code_v0"))
def test_iscc_code(case: dict[str, Any]) -> None:
    assert iscc.iscc_code(case["inputs"][0]) == case["outputs"]["iscc"]


def chunk_sizes(data: bytes) -> list[int]:
    """The chunking once more, byte by byte and slowly."""
    gear, sizes = iscc._tables()[0], []
    while data:
        i, pattern, cut = min(256, len(data)), 0, False
        while not cut and i < min(8192, len(data)):
            pattern = (pattern >> 1) + int(gear[data[i]])
            cut = pattern % (2**11 if i < 640 else 2**9) == 0
            i += 1
        sizes.append(i)
        data = data[i:]
    return sizes


@given(st.binary(max_size=200), st.integers(1, 300))
def test_chunks_are_hashed_one_by_one(seed: bytes, times: int) -> None:
    data = b"".join(iscc.blake3(seed + bytes([i & 255, i >> 8])) for i in range(times))
    found, place = [], 0
    for size in chunk_sizes(data):
        found.append(int(iscc_kernels.xxhash32(iscc._array(data), place, place + size)))
        place += size
    assert [int(f) for f in iscc_kernels.chunk_features(iscc._array(data), iscc._tables()[0])] == found


def test_alike_files_have_near_data_codes_and_other_instance_codes() -> None:
    data = b"".join(iscc.blake3(i.to_bytes(4, "big")) for i in range(8_000))
    other = data[:1000] + b"a tag" + data[1000:]
    assert iscc.distance(iscc.data_code(data, 256), iscc.data_code(other, 256)) < 40
    assert iscc.distance(iscc.instance_code(data, 256), iscc.instance_code(other, 256)) > 80


@pytest.mark.parametrize(
    "text", ["", "ISCC:", "ISCC:!!!!", "ISCC:AAAAAAAAAAAAAAAAAAAAAAAAAA", "EIAQAAAAAAAAAAAB9"]
)
def test_what_is_no_unit_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        iscc.parse_unit(text)
