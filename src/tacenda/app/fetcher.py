"""The fetcher of a workspace, and who it says it is. All of Tacenda fetches from strangers with this one."""

from typing import Final

from tacenda import __version__
from tacenda.adapters.fetcher import GuardedFetcher, agent_of
from tacenda.app.desk import Desk
from tacenda.core.address import Blocked, parse_url
from tacenda.errors import SettingsError
from tacenda.ports import Fetcher

ABOUT: Final = "https://tacenda.example/fetcher"


def open_fetcher(desk: Desk) -> Fetcher:
    """A guarded fetcher whose User-Agent says who has it fetch.

    The address in it is ``about`` of ``[fetch]`` in ``tacenda.toml``; without it, the website of the rightsholder.

    Raises:
        SettingsError: ``fetch.about``.
    """
    return GuardedFetcher(desk.clock, desk.ids, agent_of(__version__, _about(desk)))


def _about(desk: Desk) -> str:
    table = desk.settings.extra.get("fetch", {})
    given = table.get("about", "") if isinstance(table, dict) else table
    if not isinstance(given, str):
        raise SettingsError(
            "fetch.about", "about in [fetch] of tacenda.toml is no text.", hint="Write it as an https address."
        )
    if given:
        return given
    with desk.store.reading() as view:
        owner = next((party for party in view.parties() if party.id == desk.settings.rightsholder), None)
    website = owner.website if owner else ""
    return website if not isinstance(parse_url(website), Blocked) else ABOUT
