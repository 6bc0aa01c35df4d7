"""A network on loopback for the tests of the fetcher."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tacenda.testing.network import Authority, Behaviour, LoopbackNetwork, Paper, one_address

MakeNetwork = Callable[..., LoopbackNetwork]


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="session")
def good_paper(authority: Authority) -> Paper:
    return authority.issue("lark.example")


@pytest.fixture
def make_network(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, good_paper: Paper
) -> Iterator[MakeNetwork]:
    made: list[LoopbackNetwork] = []

    def make(
        script: Mapping[str, Behaviour],
        names: Mapping[str, Sequence[Sequence[str]]] | None = None,
        paper: Paper | None = None,
        trust: str | None = None,
    ) -> LoopbackNetwork:
        folder: Path = tmp_path_factory.mktemp("network")
        known = names or {"lark.example": one_address()}
        made.append(LoopbackNetwork(known, script, paper or good_paper, trust or authority.pem, folder))
        return made[-1]

    yield make
    for network in made:
        network.close()
