"""The signing key in files."""

import stat
from pathlib import Path

import pytest

from tacenda.adapters.keys import FileSigner, known_key
from tacenda.core.note import open_note, parse_vkey
from tacenda.errors import ConflictError, InputError, SettingsError
from tacenda.testing.fakes import FakeSigner

NAME = "lark.example/tacenda"


def test_a_new_key_signs_what_its_vkey_verifies(tmp_path: Path) -> None:
    signer = FileSigner.create(tmp_path / "keys", NAME)
    assert signer.name == NAME
    note = signer.sign_note("text\n")
    assert open_note(note.encode(), [known_key(signer.verifier_key)]).text == "text\n"
    assert (tmp_path / "keys/signing.vkey").read_text() == signer.verifier_key + "\n"


def test_two_keys_differ(tmp_path: Path) -> None:
    one, two = FileSigner.create(tmp_path / "1", NAME), FileSigner.create(tmp_path / "2", NAME)
    assert one.verifier_key != two.verifier_key


def test_a_key_is_loaded_again(tmp_path: Path) -> None:
    made = FileSigner.create(tmp_path, NAME)
    loaded = FileSigner.load(tmp_path, NAME)
    assert loaded.verifier_key == made.verifier_key
    assert loaded.sign_note("text\n") == made.sign_note("text\n")


def test_only_its_owner_can_read_the_private_key(tmp_path: Path) -> None:
    FileSigner.create(tmp_path, NAME)
    path = tmp_path / "signing.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    for mode in (0o640, 0o604, 0o666):
        path.chmod(mode)
        with pytest.raises(SettingsError) as error:
            FileSigner.load(tmp_path, NAME)
        assert error.value.code == "key.open"


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    FileSigner.create(tmp_path, NAME)
    before = (tmp_path / "signing.pem").read_bytes()
    with pytest.raises(ConflictError):
        FileSigner.create(tmp_path, NAME)
    (tmp_path / "signing.vkey").unlink()
    with pytest.raises(ConflictError):
        FileSigner.create(tmp_path, NAME)
    assert (tmp_path / "signing.pem").read_bytes() == before


def test_a_key_that_a_killed_run_left_without_its_public_half_is_used(tmp_path: Path) -> None:
    made = FileSigner.create(tmp_path, NAME)
    (tmp_path / "signing.vkey").unlink()
    assert FileSigner.load(tmp_path, NAME).verifier_key == made.verifier_key
    assert (tmp_path / "signing.vkey").read_text() == made.verifier_key + "\n"


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        FileSigner.load(tmp_path, NAME)
    assert (error.value.code, error.value.where) == ("key.missing", str(tmp_path / "signing.pem"))


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_broken_key_is_named(tmp_path: Path, data: bytes) -> None:
    FileSigner.create(tmp_path, NAME)
    (tmp_path / "signing.pem").write_bytes(data)
    with pytest.raises(SettingsError) as error:
        FileSigner.load(tmp_path, NAME)
    assert error.value.code == "key.format"


def test_halves_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    FileSigner.create(tmp_path / "1", NAME)
    other = FileSigner.create(tmp_path / "2", NAME)
    (tmp_path / "1/signing.vkey").write_text(other.verifier_key)
    with pytest.raises(SettingsError) as error:
        FileSigner.load(tmp_path / "1", NAME)
    assert error.value.code == "key.mismatch"
    with pytest.raises(SettingsError):
        FileSigner.load(tmp_path / "2", "linden.example/tacenda")


def test_a_repeatable_run_makes_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
    monkeypatch.setenv("TACENDA_SEED", "demo")
    one, two = FileSigner.create(tmp_path / "1", NAME), FileSigner.create(tmp_path / "2", NAME)
    assert one.verifier_key == two.verifier_key
    monkeypatch.setenv("TACENDA_SEED", "other")
    assert FileSigner.create(tmp_path / "3", NAME).verifier_key != one.verifier_key


@pytest.mark.parametrize("name", ["lark.com/tacenda", "lark.example.com/tacenda", "example/tacenda"])
def test_a_real_log_never_gets_a_key_that_anyone_can_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
    monkeypatch.setenv("TACENDA_SEED", "demo")
    with pytest.raises(SettingsError) as error:
        FileSigner.create(tmp_path, name)
    assert error.value.code == "key.seed"
    assert list(tmp_path.iterdir()) == []


def test_a_seed_alone_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACENDA_SEED", "demo")
    monkeypatch.delenv("TACENDA_NOW", raising=False)
    one, two = FileSigner.create(tmp_path / "1", NAME), FileSigner.create(tmp_path / "2", NAME)
    assert one.verifier_key != two.verifier_key


@pytest.mark.parametrize("name", ["", "a b", "a+b"])
def test_a_name_that_no_note_can_bear_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        FileSigner.create(tmp_path, name)


def test_the_fake_signs_alike() -> None:
    fake = FakeSigner(NAME)
    assert str(parse_vkey(fake.verifier_key)) == fake.verifier_key
    assert open_note(fake.sign_note("a\n").encode(), [known_key(fake.verifier_key)]).text == "a\n"
