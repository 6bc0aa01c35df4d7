"""Who the fetcher of a workspace says it is."""

from dataclasses import replace

import pytest

from tacenda.app.desk import Desk
from tacenda.app.fetcher import ABOUT, open_fetcher
from tacenda.errors import SettingsError


def test_the_user_agent_says_who_has_it_fetch(desk: Desk) -> None:
    assert open_fetcher(desk).agent.endswith("(+https://lark.example/)")
    own = replace(desk, settings=replace(desk.settings, extra={"fetch": {"about": "https://about.example/us"}}))
    assert open_fetcher(own).agent.endswith("(+https://about.example/us)")
    for wrong in ({"about": "us"}, {"about": 7}, {"about": "https://x.example/\r\nX: y"}):
        with pytest.raises(SettingsError):
            open_fetcher(replace(desk, settings=replace(desk.settings, extra={"fetch": wrong})))
    assert ABOUT.startswith("https://")
