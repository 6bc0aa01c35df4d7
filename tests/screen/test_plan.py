"""Plans: what is asked where, and which maps are refused."""

from datetime import date

import pytest

from tacenda.core.territory import COUNTRIES, WORLD, Territory
from tacenda.core.vocabulary import Use
from tacenda.errors import InputError
from tacenda.screen.plan import Asked, countries_apart, plan_screening

ASKED = Asked(Use.TRAIN, date(2026, 11, 22))


def test_one_country_speaks_for_all_that_no_record_tells_apart() -> None:
    assert countries_apart([]) == ("DE",)
    assert countries_apart([WORLD]) == ("DE",)
    assert countries_apart([WORLD, Territory.parse(["WORLD", "-US"]), Territory.parse(["DE", "AT"])]) == (
        "DE",
        "GB",
        "US",
    )


def test_the_countries_asked_stand_for_every_country() -> None:
    given = [Territory.parse(["DE", "FR"]), Territory.parse(["WORLD", "-FR", "-JP"]), Territory.parse(["JP"])]
    kinds = {tuple(code in t for t in given) for code in COUNTRIES}
    assert {tuple(code in t for t in given) for code in countries_apart(given)} == kinds
    assert len(countries_apart(given)) == len(kinds)


def test_an_unknown_verdict_or_country_is_refused() -> None:
    with pytest.raises(InputError):
        plan_screening("c", [], ASKED, drop=["free"])
    with pytest.raises(InputError):
        plan_screening("c", [], Asked(Use.TRAIN, date(2026, 11, 22), "XX"))
