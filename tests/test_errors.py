"""Errors say what, where and what to do next, in this process and in another."""

import pickle

import pytest

from tacenda.errors import (
    ConflictError,
    InputError,
    IntegrityError,
    RemoteError,
    SettingsError,
    TacendaError,
)

FAMILIES = (InputError, SettingsError, ConflictError, RemoteError, IntegrityError)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_error_travels_between_processes_whole(family: type[TacendaError]) -> None:
    sent = family("a.code", "It is wrong.", hint="Do this.", where="file:3")
    back = pickle.loads(pickle.dumps(sent))
    assert type(back) is family
    assert back.as_dict() == sent.as_dict()
    assert str(back) == "file:3: It is wrong. Do this."


def test_each_family_has_an_exit_code_of_its_own() -> None:
    codes = [family.exit_code for family in FAMILIES]
    assert codes == [3, 4, 5, 6, 7]
