"""A bundle as values: what it is made from, its files, and the plan in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tacenda.core.canonical import sha256_hex
from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.machine_forms import HEADER_FORMS, address
from tacenda.core.preference import Dimension
from tacenda.core.vocabulary import Use
from tacenda.formats.declaration_page import Basis
from tacenda.publish.crawlers import Crawler, kept_out
from tacenda.publish.forms import expected
from tacenda.publish.site import SERVERS, WHOLE_SITE, SiteDescription
from tacenda.publish.translation import Translation


@dataclass(frozen=True, slots=True)
class Source:
    """What a bundle is made from.

    Attributes:
        document: canonical bytes of the declaration.
        note: the signed note over it.
        entry: index in the evidence log.
        site: what the declaration reaches on its site.
        chosen: the forms to write; None for all that are able to express it.
        translations: of the page, other languages than that of reference.
    """

    declaration: Declaration
    document: bytes
    note: bytes
    digest: str
    entry: int
    origin: str
    verifier_key: str
    bases: tuple[Basis, ...]
    css: str
    crawlers: tuple[Crawler, ...]
    site: SiteDescription = WHOLE_SITE
    chosen: frozenset[FormKind] | None = None
    translations: tuple[Translation, ...] = ()

    @property
    def forms(self) -> Mapping[FormKind, frozenset[Dimension]]:
        """The forms to be written, and what each must deny."""
        able = expected(self.declaration, self.site)
        if self.chosen is not None:
            return {kind: said for kind, said in able.items() if kind in self.chosen}
        if not self.site.server:
            return able
        mine = SERVERS[self.site.server]
        return {kind: said for kind, said in able.items() if kind not in HEADER_FORMS or kind is mine}

    @property
    def licence_url(self) -> str:
        return f"{self.declaration.site}/{self.rsl_path}" if FormKind.RSL in self.forms else ""

    @property
    def rsl_path(self) -> str:
        """Where the RSL document lies below the site's root: apart, where the declaration says so."""
        d = self.declaration
        apart = address(d.site, d.id, FormKind.RSL, apart=True)
        there = apart if d.form_url(FormKind.RSL) == apart else address(d.site, d.id, FormKind.RSL)
        return there.removeprefix(f"{d.site}/")

    @property
    def uploads_headers(self) -> bool:
        """Whether the site is known to be of the kind that reads a ``_headers`` file."""
        return SERVERS.get(self.site.server) is FormKind.HEADERS_FILE

    @property
    def kept_out(self) -> tuple[Crawler, ...]:
        """The crawlers that the block in robots.txt shuts out."""
        return kept_out(self.declaration.uses, self.crawlers) if FormKind.ROBOTS in self.forms else ()


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file: its path below the bundle (and below the site's root, if it is to be uploaded as it is).

    Attributes:
        form: the form it is, or None for what accompanies it.
        upload: False for what is read by a person or pasted into a configuration.
    """

    path: str
    data: bytes
    form: FormKind | None
    upload: bool = True

    @property
    def digest(self) -> str:
        return sha256_hex(self.data)


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of the plan for a person.

    Attributes:
        denies: the dimensions that a machine will read as denied.
        unsaid: uses that are reserved, and of which this form tells a machine nothing.
    """

    form: FormKind
    path: str
    url: str
    can: str
    cannot: str
    denies: frozenset[Dimension] = frozenset()
    unsaid: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files, the plan in words, and what a person should know before uploading.

    Attributes:
        left_out: why each form that is not written is not.
    """

    declaration: Declaration
    digest: str
    files: tuple[BundleFile, ...]
    lines: tuple[FormLine, ...]
    remarks: tuple[str, ...]
    left_out: Mapping[FormKind, str] = field(default_factory=dict)

    def file(self, form: FormKind) -> BundleFile | None:
        return next((file for file in self.files if file.form is form), None)


def told_by_none(lines: Sequence[FormLine]) -> frozenset[Use]:
    """The uses that are reserved and for which no form for machines, of those that deny anything, has a word."""
    each = [frozenset(line.unsaid) for line in lines if line.denies]
    return each[0].intersection(*each) if each else frozenset()
