"""Where something holds: a set of countries, or the world, less some countries.

Countries are ISO 3166-1 alpha-2 codes. CISAC TIS areas are expanded to these before they come here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from tacenda.errors import InputError

COUNTRIES: Final[frozenset[str]] = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()
)
WORLD_WORD: Final = "WORLD"


def country(code: str) -> str:
    """`code` as an ISO 3166-1 alpha-2 country, upper-case. ASCII letters only, so no locale changes it (F72).

    Raises:
        InputError: if no such country exists.
    """
    normal = code.strip().upper() if code.isascii() else code
    if normal not in COUNTRIES:
        raise InputError(
            "territory.country",
            f"{code!r} is not an ISO 3166-1 country code.",
            hint="Use two letters, such as DE or US, or WORLD for everywhere.",
        )
    return normal


@dataclass(frozen=True, slots=True)
class Territory:
    """`include` less `exclude`; `include` None means the world. Both are sets of ISO 3166-1 alpha-2 codes."""

    include: frozenset[str] | None = None
    exclude: frozenset[str] = frozenset()

    def __contains__(self, code: object) -> bool:
        return code in COUNTRIES and code not in self.exclude and (self.include is None or code in self.include)

    @property
    def is_world(self) -> bool:
        return self.include is None and not self.exclude

    @classmethod
    def parse(cls, words: Iterable[str]) -> Self:
        """A territory from words: ``WORLD``, ``DE``, ``-US`` (less the United States).

        Excluding without including anything means the world less those. No word at all means the world.

        >>> "FR" in Territory.parse(["WORLD", "-US"]), "US" in Territory.parse(["WORLD", "-US"])
        (True, False)

        Raises:
            InputError: for a code that is no country, or a territory that holds no country.
        """
        included: set[str] = set()
        excluded: set[str] = set()
        world = False
        for word in words:
            text = word.strip().upper()
            if text == WORLD_WORD:
                world = True
            elif text.startswith("-"):
                excluded.add(country(text[1:]))
            else:
                included.add(country(text))
        made = cls(None if world or not included else frozenset(included), frozenset(excluded))
        if not any(code in made for code in COUNTRIES):
            raise InputError("territory.empty", "This territory holds no country.", hint="Name at least one.")
        return made

    def as_words(self) -> tuple[str, ...]:
        """The words that `parse` reads back to an equal territory, sorted."""
        head = (WORLD_WORD,) if self.include is None else tuple(sorted(self.include))
        return head + tuple(f"-{code}" for code in sorted(self.exclude))


WORLD: Final = Territory()
