"""The CAWG assertion: both labels, both prefixes, both versions; and a signed manifest in real files."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tacenda.core.preference import Dimension
from tacenda.formats.assets import c2pa_manifest as c
from tacenda.formats.signals.statement import Saying

ACTS = frozenset(Dimension) - {Dimension.SEARCH}


def says(label: str, data: object, *, valid: bool = True) -> Saying:
    found = Saying()
    for statement in c.read_assertion(label, data, valid=valid):
        found = found.joined(statement.says)
    return found


def test_what_is_declared_is_read_back() -> None:
    for denied in (frozenset(Dimension), ACTS, frozenset({Dimension.TRAIN_GEN}), frozenset({Dimension.SEARCH})):
        assert says(c.LABEL, c.assertion(denied)).denies == c.can_say(denied) == denied - {Dimension.SEARCH}
    assert c.assertion(frozenset()) == {}


@pytest.mark.parametrize("label", ["cawg.training-mining", "c2pa.training-mining", "cawg.training-mining__2"])
@pytest.mark.parametrize("prefix", ["cawg", "c2pa"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_mixed_labels_prefixes_and_versions(label: str, prefix: str, wrapped: bool) -> None:
    entries = {f"{prefix}.ai_training": {"use": "notAllowed"}, f"{prefix}.data_mining": {"use": "allowed"}}
    found = says(label, {"entries": entries} if wrapped else entries)
    assert found == Saying(frozenset({Dimension.TRAIN_ANY}), frozenset({Dimension.TDM}))


def test_constrained_is_not_allowed_and_nonsense_is_evidence() -> None:
    for key in ("constraint_info", "constraints_info", "x"):
        data = {"entries": {"cawg.ai_inference": {"use": "constrained", key: "ask us"}}}
        assert says(c.LABEL, data).denies == {Dimension.AI_INPUT}
    for entry in ({"use": "NotAllowed"}, {"use": None}, {}, "notAllowed", None):
        found = says(c.LABEL, {"entries": {"cawg.ai_inference": entry}})
        assert found == Saying(appears=frozenset({Dimension.AI_INPUT}))
    assert says(c.LABEL, c.assertion(ACTS), valid=False) == Saying(appears=ACTS)
    assert says(c.LABEL, {"entries": {"cawg.data_mining": {"use": "allowed"}}}, valid=False) == Saying()
    for nothing in (None, [], {"entries": []}, {"other": 1}):
        assert says(c.LABEL, nothing) == Saying()


MEDIA = {"mp3-v23": "audio/mpeg", "flac": "audio/flac", "wav": "audio/wav", "m4a": "audio/mp4"}


@pytest.mark.parametrize("name", MEDIA)
def test_a_signed_manifest_says_it_and_the_samples_stay(
    name: str,
    files: dict[str, bytes],
    decode: Callable[[bytes], np.ndarray[Any, Any]],
    certificate: tuple[bytes, bytes],
) -> None:
    pytest.importorskip("c2pa")
    from tacenda.adapters import c2pa

    key = c2pa.load_key(*certificate)
    out = io.BytesIO()
    c2pa.embed(
        MEDIA[name], io.BytesIO(files[name]), out, c.definition(c.assertion(ACTS), name, "Tacenda", "1"), key
    )
    valid, found = c2pa.read_manifest(MEDIA[name], io.BytesIO(out.getvalue()))
    assert valid
    said = [s for label, data in found for s in c.read_assertion(label, data, valid=valid)]
    assert {d for s in said for d in s.says.denies} == ACTS
    assert np.array_equal(decode(files[name]), decode(out.getvalue()))
    damaged = bytearray(out.getvalue())
    damaged[-len(files[name]) // 3] ^= 0xFF
    assert c2pa.read_manifest(MEDIA[name], io.BytesIO(bytes(damaged)))[0] is False
