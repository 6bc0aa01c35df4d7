"""A bundle says what was declared, for every declaration and every form that can say it; and nothing more."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.documents import declaration_to_document
from tacenda.core.preference import Dimension, Preference
from tacenda.core.vocabulary import RESERVED_BY_DEFAULT, Use
from tacenda.errors import ConflictError
from tacenda.publish.bundle import Bundle, Source
from tacenda.publish.crawlers import kept_out, load_crawlers
from tacenda.publish.plan import NGINX, ROBOTS, TDMREP, home, plan_bundle
from tacenda.publish.readback import (
    check_document,
    check_page,
    compare,
    read_page,
    read_robots,
    read_tdmrep,
)
from tacenda.publish.readback_forms import read_server
from tacenda.testing.declarations import declarations

DENY, ALLOW, UNKNOWN = Preference.DENY, Preference.ALLOW, Preference.UNKNOWN
OF_USE = {
    Dimension.TDM: {Use.TDM},
    Dimension.TRAIN_ANY: {Use.TDM, Use.TRAIN},
    Dimension.TRAIN_GEN: {Use.TDM, Use.TRAIN, Use.TRAIN_GENERATIVE},
    Dimension.AI_INPUT: {Use.RAG_INPUT},
    Dimension.SEARCH: {Use.SEARCH},
}


def _source(declaration: Declaration) -> Source:
    document = canonical_bytes(declaration_to_document(declaration))
    digest = sha256_hex(document)
    note = f"tacenda declaration 1\n{declaration.id}\n{declaration.version}\n{digest}\n\n— x y\n".encode()
    return Source(
        declaration, document, note, digest, 7, "lark.example/tacenda", "vkey", (), "b{}", load_crawlers()
    )


def _says(bundle: Bundle) -> dict[FormKind, Any]:
    files = {file.path: file.data for file in bundle.files}
    read = {}
    if ROBOTS in files:
        read[FormKind.ROBOTS] = read_robots(files[ROBOTS]).says
    if TDMREP in files:
        read[FormKind.TDMREP] = read_tdmrep(files[TDMREP]).says
    if NGINX in files:
        read[FormKind.HTTP_HEADERS] = read_server(FormKind.HTTP_HEADERS, files[NGINX]).says
    read[FormKind.PAGE] = read_page(files[home(bundle.declaration) + "index.html"])[0].says
    return read


@settings(max_examples=80, deadline=None)
@given(declarations())
def test_all_forms_together_say_exactly_what_was_declared(declaration: Declaration) -> None:
    read = _says(plan_bundle(_source(declaration)))
    for dimension, uses in OF_USE.items():
        declared = bool(uses & declaration.uses)
        said = {says[dimension] for says in read.values()}
        assert ALLOW not in said
        assert (DENY in said) is declared, (dimension, declaration.uses)
    # the headers alone say all of it, wherever there is anything to be said
    if FormKind.HTTP_HEADERS in read:
        for dimension, uses in OF_USE.items():
            assert (read[FormKind.HTTP_HEADERS][dimension] is DENY) is bool(uses & declaration.uses)


@settings(max_examples=40, deadline=None)
@given(declarations())
def test_named_crawlers_are_kept_out_when_what_they_fetch_for_is_reserved_and_only_then(
    declaration: Declaration,
) -> None:
    bundle = plan_bundle(_source(declaration))
    robots = bundle.file(FormKind.ROBOTS)
    training = bool({Use.TDM, Use.TRAIN} & declaration.uses)
    search, asking = Use.SEARCH in declaration.uses, Use.RAG_INPUT in declaration.uses
    shut = {
        "training": training, "dataset": training, "search": search, "user": asking,
        "undocumented": training and search and asking,
    }  # fmt: skip
    nothing = frozenset({Dimension.TDM})
    for crawler in load_crawlers():
        # asked for what no line of ours can say, so that only being shut out can answer
        says = read_robots(robots.data if robots else b"", crawler.token, denies=nothing).says
        assert (says[Dimension.TDM] is DENY) is shut[crawler.purpose], crawler
    if robots:
        assert not any(line.startswith(b"Allow") for line in robots.data.splitlines())


@settings(max_examples=60, deadline=None)
@given(declarations())
def test_f62_the_page_shows_every_name_as_text_and_nothing_as_markup(declaration: Declaration) -> None:
    source = _source(declaration)
    page = plan_bundle(source).file(FormKind.PAGE)
    assert page is not None
    words = (declaration.title, declaration.declarant.legal_name, declaration.signatory.name)
    assert check_page(page.data, source.digest, words) == []
    html = page.data.decode()
    assert html.count("<script") == html.count("</script") == 1
    assert html.count("<style") == html.count("</style") == 1
    assert "<img" not in html
    assert "onerror=alert(1)>" not in html


@settings(max_examples=30, deadline=None)
@given(declarations())
def test_the_same_source_gives_the_same_bytes(declaration: Declaration) -> None:
    source = _source(declaration)
    assert plan_bundle(source) == plan_bundle(source)


@settings(max_examples=30, deadline=None)
@given(declarations(withdrawn=True))
def test_a_withdrawn_declaration_is_published_as_withdrawn_and_reserves_nothing(declaration: Declaration) -> None:
    bundle = plan_bundle(_source(declaration))
    paths = {file.path for file in bundle.files}
    assert paths == {
        "README.txt",
        f"{home(declaration)}declaration.json",
        f"{home(declaration)}declaration.note",
        f"{home(declaration)}index.html",
    }
    page = bundle.file(FormKind.PAGE)
    assert page is not None
    assert b"Withdrawn" in page.data
    assert set(read_page(page.data)[0].says.values()) == {UNKNOWN}


@given(declarations(site=""))
@settings(max_examples=5, deadline=None)
def test_without_a_site_there_is_nothing_to_publish(declaration: Declaration) -> None:
    with pytest.raises(ConflictError) as refused:
        plan_bundle(_source(declaration))
    assert refused.value.code == "publish.site"


# --- the reader by itself, on bytes that no renderer of ours made -----------------------------------------------


def test_the_reader_sees_the_trap_of_signals_that_part_nothing() -> None:
    """RFC 9309 readers skip unknown lines, so this shuts out everyone; the reader must say so."""
    robots = b"User-agent: *\nContent-Signal: ai-train=no\nUser-agent: GPTBot\nDisallow: /\n"
    says = read_robots(robots).says
    assert says[Dimension.SEARCH] is DENY
    assert compare(read_robots(robots), frozenset({Dimension.TRAIN_ANY, Dimension.TRAIN_GEN})) != []


@pytest.mark.parametrize(
    ("robots", "token", "says"),
    [
        (b"User-agent: *\nContent-Usage: train-ai=n\nDisallow:\n", "", {Dimension.TRAIN_GEN: DENY}),
        (
            b"User-agent: *\nContent-Signal: search=yes, ai-input=no\n",
            "",
            {Dimension.SEARCH: ALLOW, Dimension.AI_INPUT: DENY},
        ),
        (b"User-agent: GPTBot\nDisallow: /\n", "gptbot", {Dimension.TRAIN_ANY: DENY, Dimension.TRAIN_GEN: DENY}),
        (b"User-agent: GPTBot\nDisallow: /\nAllow: /\n", "GPTBot", {}),
        (b"User-agent: GPTBot\nDisallow: /music/\n", "GPTBot", {}),
        (b"", "GPTBot", {}),
    ],
)
def test_what_the_reader_reads_in_a_robots_txt(
    robots: bytes, token: str, says: dict[Dimension, Preference]
) -> None:
    assert read_robots(robots, token).says == dict.fromkeys(Dimension, UNKNOWN) | says


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'[{"location": "/", "tdm-reservation": 1}]', DENY),
        (b'[{"location": "/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]', ALLOW),
        (b'[{"location": "/", "tdm-reservation": "1"}]', UNKNOWN),
        (b'[{"location": "/", "tdm-reservation": true}]', UNKNOWN),
        (b'[{"location": "/x", "tdm-reservation": 1}]', UNKNOWN),
        (b"{}", UNKNOWN),
        (b"[" * 100_000, UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_what_the_reader_reads_in_a_tdmrep(data: bytes, said: Preference) -> None:
    assert read_tdmrep(data).says[Dimension.TDM] is said


def test_a_missing_deny_and_an_undeclared_word_are_both_mismatches() -> None:
    reading = read_tdmrep(b'[{"location": "/", "tdm-reservation": 0}]')
    assert [m.why for m in compare(reading, frozenset({Dimension.TDM}))] == [
        "it allows text and data mining",
        "it allows training of any model, which was not declared",
        "it allows training of generative models, which was not declared",
    ]
    assert compare(reading, frozenset(), shared=True) == []


@settings(max_examples=40, deadline=None)
@given(declarations(), st.integers(0, 10_000), st.integers(0, 7))
def test_every_changed_bit_of_the_document_is_seen(declaration: Declaration, place: int, bit: int) -> None:
    source = _source(declaration)
    changed = bytearray(source.document)
    changed[place % len(changed)] ^= 1 << bit
    assert check_document(source.document, source.digest, source.note) == []
    assert check_document(bytes(changed), source.digest, source.note) != []


@settings(max_examples=10, deadline=None)
@given(declarations())
def test_a_note_about_another_version_is_seen(declaration: Declaration) -> None:
    source = _source(declaration)
    other = source.note.replace(f"\n{declaration.version}\n".encode(), b"\n99\n", 1)
    assert [m.why for m in check_document(source.document, source.digest, other)] == [
        "the note is about another document"
    ]


def test_the_crawler_table_is_dated_and_sourced() -> None:
    crawlers = load_crawlers()
    tokens = [crawler.token.lower() for crawler in crawlers]
    assert len(set(tokens)) == len(tokens) >= 160
    for crawler in crawlers:
        assert crawler.purpose in ("training", "dataset", "search", "user", "undocumented")
        assert crawler.source
        assert crawler.date.startswith("2026-")
        assert crawler.operator
    assert {"gptbot", "claudebot", "google-extended", "ccbot", "applebot-extended"} <= set(tokens)
    purposes = {crawler.token.lower(): crawler.purpose for crawler in crawlers}
    assert (purposes["gptbot"], purposes["oai-searchbot"], purposes["chatgpt-user"]) == (
        "training",
        "search",
        "user",
    )
    # general search engines are spoken to by search=n, and never kept out by us
    assert not {"googlebot", "bingbot"} & set(tokens)
    # a declaration that does not reserve search keeps no search crawler out
    out = {crawler.token.lower() for crawler in kept_out(RESERVED_BY_DEFAULT, crawlers)}
    assert not {token for token, purpose in purposes.items() if purpose in ("search", "undocumented")} & out
    assert {"gptbot", "ccbot", "chatgpt-user"} <= out


@settings(max_examples=20, deadline=None)
@given(declarations())
def test_only_training_of_generative_models_is_never_said_as_all_training(declaration: Declaration) -> None:
    only = replace(declaration, uses=frozenset({Use.TRAIN_GENERATIVE}))
    for says in _says(plan_bundle(_source(only))).values():
        assert says[Dimension.TRAIN_ANY] is UNKNOWN
