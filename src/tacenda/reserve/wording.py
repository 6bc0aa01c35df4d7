"""The shipped wording: clauses and dated jurisdiction profiles, read from `tacenda.data.legal`.

Texts are data with an id, a version and a status; a declaration carries its clauses word for word, so that a later
wording changes nothing that was signed.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib import resources

from tacenda.core.declaration import Clause, LegalBasis
from tacenda.errors import InputError


@dataclass(frozen=True, slots=True)
class Profile:
    """A dated jurisdiction profile: the provisions to which a declaration refers, as facts and not as advice."""

    id: str
    as_of: date
    title: str
    references: tuple[str, ...]
    source: str

    @property
    def basis(self) -> LegalBasis:
        return LegalBasis(self.id, self.as_of)


@dataclass(frozen=True, slots=True)
class Wording:
    """All clauses in one language, and all profiles.

    Attributes:
        status: whether counsel has reviewed it; shown wherever a clause is shown before it is signed.
    """

    language: str
    status: str
    clauses: tuple[Clause, ...]
    profiles: tuple[Profile, ...]

    def clause(self, name: str, declarant: str) -> Clause:
        """The clause with the declarant's name filled in; nothing in that name is read as a field."""
        found = next(clause for clause in self.clauses if clause.id == name)
        return Clause(found.id, found.version, found.heading, found.text.replace("{declarant}", declarant))

    def bases(self, names: Iterable[str]) -> tuple[LegalBasis, ...]:
        """The newest profile of each name.

        Raises:
            InputError: ``reserve.profile`` when there is none.
        """
        return tuple(sorted(self._newest(name).basis for name in sorted(set(names))))

    def profile(self, basis: LegalBasis) -> Profile | None:
        """The profile that a declaration refers to, or None when this version does not ship it."""
        return next((p for p in self.profiles if p.basis == basis), None)

    def all_bases(self) -> tuple[LegalBasis, ...]:
        return self.bases(profile.id for profile in self.profiles)

    def _newest(self, name: str) -> Profile:
        dated = [profile for profile in self.profiles if profile.id == name]
        if not dated:
            known = ", ".join(sorted({profile.id for profile in self.profiles}))
            raise InputError(
                "reserve.profile", f"There is no jurisdiction profile {name[:40]!r}.", hint=f"Known are: {known}."
            )
        return max(dated, key=lambda profile: profile.as_of)


def load_wording() -> Wording:
    """The wording that ships with this version, in English."""
    folder = resources.files("tacenda.data").joinpath("legal")
    texts = tomllib.loads(folder.joinpath("clauses.en.toml").read_text(encoding="utf-8"))
    places = tomllib.loads(folder.joinpath("jurisdictions.toml").read_text(encoding="utf-8"))
    return Wording(
        language=texts["language"],
        status=texts["status"],
        clauses=tuple(
            Clause(c["id"], c["version"], c["heading"], " ".join(c["text"].split())) for c in texts["clause"]
        ),
        profiles=tuple(
            Profile(p["id"], p["as_of"], p["title"], tuple(p["references"]), p["source"])
            for p in places["profile"]
        ),
    )
