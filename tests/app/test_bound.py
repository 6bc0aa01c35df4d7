"""Binding: an ISCC and a signed declaration for each file; the same again files nothing."""

import json
from pathlib import Path

import pytest

from tacenda.adapters.keys import known_key
from tacenda.app.bound import bind_assets
from tacenda.app.desk import Desk
from tacenda.app.evidence import verify
from tacenda.app.reserve import declare
from tacenda.core.note import open_note
from tacenda.core.preference import Dimension
from tacenda.errors import ConflictError
from tacenda.formats.assets import tdm_ai


def test_each_file_gets_a_signed_declaration(desk: Desk, tmp_path: Path) -> None:
    name = declare(desk, {"signatory": "M; D; sole"}).declaration.id
    files = [tmp_path / "a.flac", tmp_path / "b.flac", tmp_path / "empty.wav"]
    for path in files[:2]:
        path.write_bytes(path.name.encode() * 5_000)
    files[2].touch()
    assert bind_assets(desk, name, files, None)[1] is None
    done, record = bind_assets(desk, name, files, tmp_path / "out")
    assert len({bound.iscc for bound in done}) == 3
    for bound in done:
        base = tmp_path / "out" / Path(bound.path).name
        data = base.with_name(base.name + ".tdmai.json").read_bytes()
        says = [s.says for s in tdm_ai.read(data)]
        assert frozenset().union(*(s.denies for s in says)) >= {Dimension.TDM, Dimension.TRAIN_GEN}
        note = base.with_name(base.name + ".tdmai.note").read_bytes()
        assert open_note(note, [known_key(desk.signer.verifier_key)]) is not None
        assert tdm_ai.note_text(json.loads(data)).encode() in note
    assert bind_assets(desk, name, files, tmp_path / "out")[1] == record
    assert verify(desk) == []
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.flac").write_bytes(b"x")
    with pytest.raises(ConflictError):
        bind_assets(desk, name, [files[0], tmp_path / "other" / "a.flac"], None)
