"""Sound and pictures made anew for each run: nothing of the kind is kept in the repository."""

import io
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tacenda.core.preference import Dimension
from tacenda.formats.assets.fields import Marking
from tacenda.testing.certificates import make_certificate

av = pytest.importorskip("av")
soundfile = pytest.importorskip("soundfile")


def tone(seconds: float = 0.2, rate: int = 44_100) -> np.ndarray[Any, Any]:
    """A chord with some noise, repeatable; int16, (samples, 2)."""
    t = np.arange(int(seconds * rate)) / rate
    noise = np.random.default_rng(7).normal(0, 0.05, (len(t), 2))
    wave = 0.3 * np.sin(2 * np.pi * 440 * t) + 0.2 * np.sin(2 * np.pi * 554.4 * t)
    return (np.clip(wave[:, None] + noise, -1, 1) * 32_000).astype(np.int16)


def encode(container: str, codec: str, options: dict[str, str], tags: dict[str, str], rate: int = 44_100) -> bytes:
    """Sound as `container` with foreign `tags`, by FFmpeg."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "sound")
        _encode(str(place), container, codec, options, tags, rate)
        return place.read_bytes()


def _encode(
    place: str, container: str, codec: str, options: dict[str, str], tags: dict[str, str], rate: int
) -> None:
    with av.open(place, "w", format=container, options=options) as file:
        file.metadata.update(tags)
        stream = file.add_stream(codec, rate=rate, layout="stereo")
        samples = tone(rate=rate)
        planar = next(fmt.name for fmt in stream.codec_context.codec.audio_formats)
        resampler = av.AudioResampler(format=planar, layout="stereo", rate=rate)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        size = stream.codec_context.frame_size or 1024
        fifo = av.AudioFifo()
        for piece in resampler.resample(frame):
            fifo.write(piece)
        while (part := fifo.read(size, partial=True)) is not None:
            for packet in stream.encode(part):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)


def by_soundfile(container: str, subtype: str) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, tone(), 44_100, format=container, subtype=subtype)
    return out.getvalue()


def picture(kind: str, **more: Any) -> bytes:
    image = pytest.importorskip("PIL.Image")
    out = io.BytesIO()
    ramp = np.arange(64 * 64 * 3, dtype=np.uint32).reshape(64, 64, 3) % 251
    image.fromarray(ramp.astype(np.uint8)).save(out, kind, **more)
    return out.getvalue()


def decoded(data: bytes) -> np.ndarray[Any, Any]:
    """All samples as FFmpeg decodes them."""
    with av.open(io.BytesIO(data)) as file:
        stream = file.streams.audio[0]
        parts = [frame.to_ndarray() for frame in file.decode(stream)]
    return np.concatenate(parts, axis=1)


TAGS = {"title": "Café on Linden Street", "artist": "Lark & Linden", "comment": "kept"}
MAKERS: dict[str, Callable[[], bytes]] = {
    "mp3-v23": lambda: encode("mp3", "libmp3lame", {"id3v2_version": "3"}, TAGS),
    "mp3-v24": lambda: encode("mp3", "libmp3lame", {"id3v2_version": "4"}, TAGS),
    "mp3-bare": lambda: encode("mp3", "libmp3lame", {"id3v2_version": "0", "write_xing": "0"}, {}),
    "flac": lambda: encode("flac", "flac", {}, TAGS),
    "flac-sf": lambda: by_soundfile("FLAC", "PCM_16"),
    "ogg-vorbis": lambda: by_soundfile("OGG", "VORBIS"),
    "ogg-opus": lambda: encode("ogg", "libopus", {}, TAGS, 48_000),
    "ogg-flac": lambda: encode("ogg", "flac", {}, TAGS),
    "wav": lambda: by_soundfile("WAV", "PCM_16"),
    "wav-info": lambda: encode("wav", "pcm_s16le", {}, TAGS),
    "wav-bext": lambda: encode("wav", "pcm_s16le", {"write_bext": "1"}, {"originator": "Lark"}),
    "rf64": lambda: encode("wav", "pcm_s16le", {"rf64": "always"}, TAGS),
    "aiff": lambda: by_soundfile("AIFF", "PCM_16"),
    "aiff-id3": lambda: encode("aiff", "pcm_s16be", {"write_id3v2": "1"}, TAGS),
    "m4a": lambda: encode("ipod", "aac", {}, TAGS),
    "m4a-faststart": lambda: encode("ipod", "aac", {"movflags": "faststart"}, TAGS),
    "m4a-alac": lambda: encode("ipod", "alac", {}, TAGS),
    "mp4-bare": lambda: encode("mp4", "aac", {"fflags": "+bitexact"}, {}),
}
PICTURES: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: picture("JPEG"),
    "png": lambda: picture("PNG"),
}


class Shelf(dict[str, bytes]):
    """One file of each kind, made when it is first wanted; shown by its name, since a report needs no sound."""

    def __missing__(self, name: str) -> bytes:
        self[name] = (MAKERS | PICTURES)[name]()
        return self[name]

    def __repr__(self) -> str:
        return "Shelf()"


@pytest.fixture(scope="session")
def files() -> Shelf:
    return Shelf()


EVERYTHING_BUT_SEARCH = Marking(
    declaration="res-000001",
    version=2,
    digest="ab" * 32,
    denied=frozenset(Dimension) - {Dimension.SEARCH},
    policy_url="https://lark.example/rights-reservation/res-000001/policy.json",
    page_url="https://lark.example/rights-reservation/res-000001/",
    terms="Rights reserved by Lærke & Linden Music GmbH: text and data mining, training of any model.",
    notice="Rights reserved: text and data mining. https://lark.example/rights-reservation/res-000001/",
)


@pytest.fixture
def marking() -> Marking:
    """What a declaration of everything but search says."""
    return EVERYTHING_BUT_SEARCH


@pytest.fixture
def decode() -> Callable[[bytes], np.ndarray[Any, Any]]:
    return decoded


@pytest.fixture(scope="session")
def certificate() -> tuple[bytes, bytes]:
    return make_certificate()
