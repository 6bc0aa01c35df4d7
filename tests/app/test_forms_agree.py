"""The addresses that a declaration promises are those at which its bundle lies: two stages, one answer."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.canonical import canonical_bytes
from tacenda.core.declaration import FormKind, Signatory
from tacenda.core.party import Party
from tacenda.core.vocabulary import Use
from tacenda.publish.bundle import Source
from tacenda.publish.crawlers import load_crawlers
from tacenda.publish.plan import plan_bundle
from tacenda.reserve.plan import Surroundings, plan_declaration
from tacenda.reserve.terms import Terms
from tacenda.reserve.wording import load_wording

LARK = Party("lark", "Lark GmbH", website="https://lark.example", contact="rights@lark.example")
AROUND = Surroundings(date(2026, 11, 22), {"lark": LARK}, frozenset(), load_wording())


@settings(max_examples=60, deadline=None)
@given(st.frozensets(st.sampled_from(list(Use)), min_size=1))
def test_every_promised_form_is_in_the_bundle_at_its_address_and_no_other(uses: frozenset[Use]) -> None:
    plan = plan_declaration("res-1", "lark", Terms(uses=uses, signatory=Signatory("M", "D", "s")), AROUND)
    d = plan.declaration
    source = Source(d, canonical_bytes(plan.document), b"", plan.digest, 0, "o", "k", (), "", load_crawlers())
    bundle = plan_bundle(source)
    promised = {form.kind: form.url for form in d.machine_forms}
    written = {file.form: file.path for file in bundle.files if file.form is not None}
    # what is pasted somewhere else, and other web servers than the first, have no address of their own
    pasted = {FormKind.APACHE, FormKind.CADDY, FormKind.HEADERS_FILE, FormKind.HTML_HEAD}
    assert set(promised) == set(written) - pasted
    for kind, path in written.items():
        if kind is FormKind.HTTP_HEADERS or kind in pasted:
            continue
        assert promised[kind] == f"https://lark.example/{path}".removesuffix("index.html")
