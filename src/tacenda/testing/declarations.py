"""Hypothesis strategies for declarations and what is in them. Needs Hypothesis, so only tests import it."""

from datetime import date, timedelta
from typing import Final

from hypothesis import strategies as st

from tacenda.core.declaration import (
    ChangeKind,
    Clause,
    Declarant,
    Declaration,
    FormKind,
    LegalBasis,
    MachineForm,
    Signatory,
)
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.licence import Licence
from tacenda.core.reservation import Grantor
from tacenda.core.scope import AllRepertoire, OfCatalogues, OfIpis, OfIsrcPrefixes, OfLabels, OfList, Scope
from tacenda.core.territory import COUNTRIES, Territory
from tacenda.core.vocabulary import Capacity, Layer, Use

TODAY: Final = date(2026, 11, 22)
HOSTILE: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "{{ 7*7 }}{% raw %}",
    "Zoë & Söhne — Ōkami 東京",
    "a </style><b>",
    "$host; } server {",
)

texts: Final = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=40).map(
        lambda t: " ".join(t.split())
    ),
)
names: Final = texts.map(lambda text: text or "Lark & Linden Music GmbH")
days: Final = st.dates(TODAY, TODAY + timedelta(days=3000))
layers: Final = st.frozensets(st.sampled_from(list(Layer)), min_size=1)
uses: Final = st.frozensets(st.sampled_from(list(Use)), min_size=1)
territories: Final = st.one_of(
    st.just(Territory()),
    st.builds(
        Territory,
        st.one_of(st.none(), st.frozensets(st.sampled_from(sorted(COUNTRIES)), min_size=1, max_size=4)),
        st.frozensets(st.sampled_from(sorted(COUNTRIES)), max_size=2),
    ).filter(lambda t: any(code in t for code in COUNTRIES)),
)
codes: Final = st.lists(st.sampled_from(["DEA12", "QZABC", "GBXYZ"]), min_size=1, unique=True).map(
    lambda found: tuple(sorted(found))
)
identifiers: Final = st.builds(Identifier, st.just(Scheme.ISRC), st.from_regex(r"DEA12[0-9]{7}", fullmatch=True))
scopes: Final[st.SearchStrategy[Scope]] = st.one_of(
    st.just(AllRepertoire()),
    st.builds(OfCatalogues, st.just(("main",))),
    st.builds(OfLabels, st.lists(names, min_size=1, max_size=3, unique=True).map(lambda n: tuple(sorted(n)))),
    st.builds(OfIsrcPrefixes, codes),
    st.builds(OfIpis, st.just(("00045620792",))),
    st.builds(OfList, st.lists(identifiers, min_size=1, max_size=4, unique=True).map(lambda i: tuple(sorted(i)))),
)


@st.composite
def declarations(draw: st.DrawFn, site: str = "https://lark.example", withdrawn: bool = False) -> Declaration:
    """Any version that could stand in a desk, hostile names included."""
    chosen, effective = draw(layers), draw(days)
    home = f"{site}/rights-reservation/res-000001/"
    return Declaration(
        id="res-000001",
        version=draw(st.integers(1, 9)),
        change=ChangeKind.WITHDRAWN if withdrawn else draw(st.sampled_from(list(ChangeKind)[:2])),
        title=draw(names),
        declarant=Declarant(
            "lark-and-linden", draw(names), draw(texts), "DE", tuple(draw(st.lists(texts, max_size=2)))
        ),
        capacity=draw(st.sampled_from(list(Capacity))),
        scope=draw(scopes),
        layers=chosen,
        uses=draw(uses),
        purposes=draw(texts),
        declared_on=TODAY,
        effective_from=effective,
        signatory=Signatory(draw(names), draw(names), draw(names)),
        claimed_since=draw(st.one_of(st.none(), st.dates(date(1900, 1, 1), TODAY - timedelta(days=1)))),
        mandate=draw(texts),
        territory=draw(territories),
        source_neutral=draw(st.booleans()),
        silence_is_no_licence=draw(st.booleans()),
        research_not_reserved=draw(st.booleans()),
        legal_bases=(LegalBasis("eu", TODAY),),
        grantors=(Grantor("lark-and-linden", draw(names), chosen),),
        clauses=(Clause("reservation", "1", draw(names), draw(texts)),),
        site=site,
        machine_forms=(
            MachineForm(FormKind.PAGE, home),
            MachineForm(FormKind.DOCUMENT, f"{home}declaration.json"),
            MachineForm(FormKind.TDM_POLICY, f"{home}policy.json"),
        ),
        permission_mailbox="rights@lark.example",
        reason=draw(texts),
        supersedes="",
    )


@st.composite
def licences(draw: st.DrawFn) -> Licence:
    start = draw(days)
    return Licence(
        id="lic-000001",
        version=draw(st.integers(1, 9)),
        grantor="lark-and-linden",
        grantee="brightwave",
        scope=draw(scopes),
        layers=draw(layers),
        uses=draw(uses),
        valid_from=start,
        valid_to=draw(st.one_of(st.none(), st.dates(start, date(2040, 1, 1)))),
        revoked_from=draw(st.one_of(st.none(), days)),
        territory=draw(territories),
        affiliates=tuple(draw(st.lists(names, max_size=2))),
        models=draw(st.one_of(st.none(), st.lists(names, min_size=1, max_size=2).map(tuple))),
        document_digest="",
    )
