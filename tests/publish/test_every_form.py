"""For every declaration, every site and every form: reading what was written gives what was declared."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.preference import Dimension, Preference
from tacenda.core.vocabulary import Use
from tacenda.formats.ai_txt import may_train
from tacenda.formats.robots import parse
from tacenda.formats.rsl import parse_rsl
from tacenda.formats.server_headers import parse_snippet
from tacenda.formats.tdmrep import parse_tdmrep, rule_for
from tacenda.publish.bundle import Bundle, Source
from tacenda.publish.checking import read_bundle, sample_media, sample_paths
from tacenda.publish.forms import CAN, CANNOT, NAMES, expected, left_out, parse_forms, unsaid
from tacenda.publish.plan import AI_TXT, HEAD, ROBOTS, RSL, SNIPPETS, TDMREP, plan_bundle
from tacenda.publish.readback import Reading, compare, read_robots, read_tdmrep
from tacenda.publish.readback_forms import read_ai_txt, read_head, read_rsl, read_server
from tacenda.publish.site import SERVERS, SiteDescription
from tacenda.testing.declarations import declarations

Make = Callable[..., Source]
DENY, ALLOW, UNKNOWN = Preference.DENY, Preference.ALLOW, Preference.UNKNOWN

# What each form can say, of each use, written down from the specifications and not from the code: the dimensions
# denied when the use is reserved alone.
MINING = {Dimension.TDM, Dimension.TRAIN_ANY, Dimension.TRAIN_GEN}
TRAINING = {Dimension.TRAIN_ANY, Dimension.TRAIN_GEN}
SAYS: dict[FormKind, dict[Use, set[Dimension]]] = {
    FormKind.ROBOTS: {
        Use.TDM: TRAINING, Use.TRAIN: TRAINING, Use.TRAIN_GENERATIVE: {Dimension.TRAIN_GEN},
        Use.RAG_INPUT: {Dimension.AI_INPUT}, Use.SEARCH: {Dimension.SEARCH},
    },
    FormKind.TDMREP: {Use.TDM: MINING},
    FormKind.HTTP_HEADERS: {
        Use.TDM: MINING, Use.TRAIN: TRAINING, Use.TRAIN_GENERATIVE: {Dimension.TRAIN_GEN},
        Use.RAG_INPUT: {Dimension.AI_INPUT}, Use.SEARCH: {Dimension.SEARCH},
    },
    FormKind.RSL: {
        Use.TDM: TRAINING, Use.TRAIN: TRAINING,
        Use.RAG_INPUT: {Dimension.AI_INPUT}, Use.SEARCH: {Dimension.SEARCH},
    },
    FormKind.AI_TXT: {Use.TDM: TRAINING, Use.TRAIN: TRAINING},
    FormKind.HTML_HEAD: {Use.TDM: MINING, Use.TRAIN: TRAINING},
}  # fmt: skip
for _kind in (FormKind.APACHE, FormKind.CADDY, FormKind.HEADERS_FILE):
    SAYS[_kind] = SAYS[FormKind.HTTP_HEADERS]

paths = st.lists(
    st.sampled_from(["/music/", "/archive/*", "/*.mp3$", "/a-b/c.d~", "/press/*.wav"]),
    min_size=1,
    max_size=3,
    unique=True,
).map(lambda found: tuple(sorted(found)))
sites = st.builds(
    SiteDescription,
    st.one_of(st.just(("/",)), paths),
    st.sampled_from([(), ("https://cdn.lark.example",)]),
    st.sampled_from([(), ("mp3", "flac")]),
    st.sampled_from(["", *SERVERS]),
)
OUTSIDE = "/elsewhere/page.html"


def _declared(kind: FormKind, declaration: Declaration, site: SiteDescription) -> set[Dimension]:
    said = set[Dimension]().union(*(SAYS[kind].get(use, set()) for use in declaration.uses))
    if kind is FormKind.RSL and declaration.uses == frozenset(Use) - {
        Use.TRAIN,
        Use.TRAIN_GENERATIVE,
        Use.FINETUNE,
    }:
        said |= set(Dimension)
    if kind is FormKind.RSL and _everything(declaration.uses):
        said |= set(Dimension)
    if kind is FormKind.ROBOTS and not site.whole:
        said -= {Dimension.TRAIN_ANY}
    return said


def _everything(uses: frozenset[Use]) -> bool:
    """All uses but those that mining implies anyway."""
    implied = {Use.TRAIN, Use.TRAIN_GENERATIVE, Use.FINETUNE}
    return uses | (implied if Use.TDM in uses else set()) == frozenset(Use)


def _readings(bundle: Bundle, path: str, media: str) -> dict[FormKind, Reading]:
    files = {file.path: file.data for file in bundle.files}
    read: dict[FormKind, Reading] = {}
    if ROBOTS in files:
        read[FormKind.ROBOTS] = read_robots(files[ROBOTS], "", path)
    if TDMREP in files:
        read[FormKind.TDMREP] = read_tdmrep(files[TDMREP], path)
    if RSL in files:
        read[FormKind.RSL] = read_rsl(files[RSL], path)
    if AI_TXT in files:
        read[FormKind.AI_TXT] = read_ai_txt(files[AI_TXT], media)
    if HEAD in files:
        read[FormKind.HTML_HEAD] = read_head(files[HEAD])[0]
    for kind, name in SNIPPETS.items():
        if name in files:
            read[kind] = read_server(kind, files[name], path)
    return read


@settings(max_examples=120, deadline=None)
@given(declarations(), sites)
def test_every_form_says_exactly_what_it_can_say_of_the_declaration(
    make_source: Make, declaration: Declaration, site: SiteDescription
) -> None:
    source = make_source(declaration, site=site)
    bundle = plan_bundle(source)
    for path in sample_paths(source):
        for media in sample_media(source):
            for kind, reading in _readings(bundle, path, media).items():
                said = {dimension for dimension, word in reading.says.items() if word is DENY}
                assert said == _declared(kind, declaration, site), (kind, path, declaration.uses)
                assert ALLOW not in reading.says.values()
    # a form that is not written has nothing to say, or cannot be limited to the paths, or is for another server
    written = {file.form for file in bundle.files}
    for kind in SAYS:
        if kind not in written and kind not in SNIPPETS:
            assert _declared(kind, declaration, site) == set()
            assert kind in left_out(declaration, site)
    assert (
        read_bundle(bundle, source, {file.path: file.data for file in bundle.files}, shared=False).mismatches == ()
    )


@settings(max_examples=60, deadline=None)
@given(declarations(), paths)
def test_no_form_says_anything_of_a_path_that_the_declaration_does_not_reach(
    make_source: Make, declaration: Declaration, limited: tuple[str, ...]
) -> None:
    source = make_source(declaration, site=SiteDescription(limited))
    for kind, reading in _readings(plan_bundle(source), OUTSIDE, OUTSIDE).items():
        if kind is not FormKind.HTML_HEAD:  # it speaks for whatever page it is pasted into
            assert set(reading.says.values()) == {UNKNOWN}, kind
    robots = plan_bundle(source).file(FormKind.ROBOTS)
    for crawler in source.kept_out:
        assert set(read_robots(robots.data if robots else b"", crawler.token, OUTSIDE).says.values()) == {UNKNOWN}


@settings(max_examples=60, deadline=None)
@given(declarations(), sites)
def test_the_products_own_readers_agree(
    make_source: Make, declaration: Declaration, site: SiteDescription
) -> None:
    """A second reading, by the `parse` of each format."""
    source = make_source(declaration, site=site)
    files = {file.path: file.data for file in plan_bundle(source).files}
    for path in sample_paths(source):
        if ROBOTS in files:
            robots = parse(files[ROBOTS])
            usage = robots.usage_for("anybot", path)
            assert (usage.get("train-ai") is DENY) is (Dimension.TRAIN_GEN in source.forms[FormKind.ROBOTS])
            assert robots.may_crawl("anybot", path)
            tokens = [crawler.token for crawler in source.kept_out if not set(" ./") & set(crawler.token)]
            assert not any(robots.may_crawl(token, path) for token in tokens)
            assert robots.licences_for("anybot") == ((source.licence_url,) if source.licence_url else ())
        if TDMREP in files:
            rule = rule_for(parse_tdmrep(files[TDMREP]), path)
            assert rule is not None
            assert rule.reservation is DENY
        if RSL in files:
            assert all(content.prohibits and not content.permits for content in parse_rsl(files[RSL]))
        if AI_TXT in files:
            assert not any(may_train(files[AI_TXT], media) for media in sample_media(source))
        for kind, name in SNIPPETS.items():
            if name in files:
                assert parse_snippet(kind, files[name].decode())


@settings(max_examples=40, deadline=None)
@given(declarations(), sites)
def test_the_plan_says_in_words_what_each_form_leaves_unsaid(
    make_source: Make, declaration: Declaration, site: SiteDescription
) -> None:
    bundle = plan_bundle(make_source(declaration, site=site))
    for line in bundle.lines:
        assert line.can
        assert "{" not in line.can
        assert Dimension.SEARCH in line.denies or "search" not in line.can
        assert Dimension.AI_INPUT in line.denies or "input" not in line.can
        assert line.cannot == CANNOT[line.form]
        assert set(line.unsaid) == set(unsaid(declaration, line.form, site))
        assert Use.VOICE_CLONE not in declaration.uses or line.form in (FormKind.DOCUMENT, FormKind.RSL) or (
            Use.VOICE_CLONE in line.unsaid
        )  # fmt: skip
    for kind, why in bundle.left_out.items():
        assert kind not in {file.form for file in bundle.files}
        assert why


def test_every_form_has_its_words() -> None:
    assert set(CAN) == set(CANNOT) == set(FormKind)
    assert parse_forms("robots, tdmrep,nginx") >= {
        FormKind.ROBOTS,
        FormKind.TDMREP,
        FormKind.HTTP_HEADERS,
        FormKind.PAGE,
    }
    assert FormKind.RSL not in parse_forms("robots")
    assert all(NAMES[name] in parse_forms(name) for name in NAMES)


@settings(max_examples=30, deadline=None)
@given(declarations(), st.sets(st.sampled_from(sorted(NAMES)), min_size=1))
def test_only_the_forms_that_were_chosen_are_written(
    make_source: Make, declaration: Declaration, names: set[str]
) -> None:
    chosen = parse_forms(",".join(sorted(names)))
    source = make_source(declaration, chosen=chosen)
    bundle = plan_bundle(source)
    assert {file.form for file in bundle.files if file.form} <= chosen
    assert {file.form for file in bundle.files if file.form} >= set(expected(declaration)) & chosen
    if FormKind.RSL not in chosen:
        assert not any(b"rsl.xml" in file.data for file in bundle.files if file.form not in (
            FormKind.DOCUMENT, FormKind.PAGE, FormKind.TRANSLATION, None))  # fmt: skip
    assert (
        read_bundle(bundle, source, {file.path: file.data for file in bundle.files}, shared=False).mismatches == ()
    )


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (RSL, b"ai-all", b"ai-index"),
        (RSL, b"prohibits", b"permits"),
        (AI_TXT, b"Disallow: *.mp3", b"Allow: *.mp3"),
        ("apache.conf", b"tdm-reservation '1'", b"tdm-reservation '0'"),
        ("apache.conf", b"</IfModule>", b""),
        ("Caddyfile", b"`train-ai=n, ai-use=n`", b"`train-ai=y, ai-use=n`"),
        ("_headers", b"/*", b"/other/*"),
        ("nginx.conf", b"add_header X-Robots-Tag", b"add_headers X-Robots-Tag"),
        (HEAD, b'content="1"', b'content="0"'),
        (ROBOTS, b"ai-train=no", b"ai-train=yes"),
        (ROBOTS, b"use=reference", b"use=full"),
        (ROBOTS, b"License: https://lark.example/rsl.xml\n", b""),
        (ROBOTS, b"User-agent: GPTBot\n", b""),
        ("rights-reservation/res-000001/rights.jsonld", b'"sha256": "', b'"sha256": "0'),
    ],
)
def test_every_change_of_what_a_form_says_is_found(make_source: Make, path: str, old: bytes, new: bytes) -> None:
    declaration = _sample()
    source = make_source(declaration)
    bundle = plan_bundle(source)
    files = {file.path: file.data for file in bundle.files}
    assert read_bundle(bundle, source, files, shared=False).mismatches == ()
    assert old in files[path]
    files[path] = files[path].replace(old, new)
    assert read_bundle(bundle, source, files, shared=False).mismatches != ()


def _sample() -> Declaration:
    from dataclasses import replace

    from hypothesis import find

    from tacenda.core.vocabulary import RESERVED_BY_DEFAULT, Layer

    found = find(declarations(), lambda declaration: True)
    return replace(found, uses=RESERVED_BY_DEFAULT, layers=frozenset({Layer.RECORDING}))


def test_a_reading_that_says_more_than_declared_is_a_mismatch() -> None:
    reading = read_rsl(b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
                       b'<permits type="usage">search</permits></license></content></rsl>')  # fmt: skip
    assert [m.why for m in compare(reading, frozenset())][-1] == "it allows search, which was not declared"
