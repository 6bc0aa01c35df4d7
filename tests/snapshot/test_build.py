"""Building: same desk, same bytes; nothing that must not leave; nothing half done."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacenda.core.item import Item
from tacenda.errors import ConflictError
from tacenda.snapshot.opened import open_snapshot
from tacenda.snapshot.verify import verify_snapshot


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_same_desk_same_bytes(build) -> None:
    assert contents(build("first")) == contents(build("second"))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(8)))
def test_order_of_import_leaves_no_trace(order: list[int], build, items: tuple[Item, ...], tmp_path: Path) -> None:
    name = "-".join(map(str, order))
    if (tmp_path / name).exists():
        return
    first = tmp_path / "first"
    whole = contents(first if first.exists() else build("first"))
    assert contents(build(name, [items[place] for place in order])) == whole


@pytest.mark.parametrize(
    "secret", [b"secret words", b"/vault/f2", b"Secret Writer", b"bystander", b"Bystander", b"USBYS"]
)
def test_what_must_not_leave_does_not(build, secret: bytes) -> None:
    assert not any(secret in data for data in contents(build()).values())


def test_a_snapshot_is_never_written_over(build) -> None:
    build()
    with pytest.raises(ConflictError) as caught:
        build()
    assert caught.value.code == "snapshot.exists"


def test_a_build_that_breaks_off_leaves_nothing(build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("tacenda.testing.fakes.FakeSigner.sign_note", lambda self, text: broken(text))
    with pytest.raises(KeyboardInterrupt):
        build()
    assert list(tmp_path.iterdir()) == []


def test_an_empty_desk_has_a_snapshot_too(build, keys) -> None:
    folder = build(items=())
    verify_snapshot(folder, keys)
    opened = open_snapshot(folder, keys=keys)
    assert (opened.items.num_rows, opened.manifest.groups, len(opened.umbrellas)) == (0, 0, 4)
