"""What was fetched against what was published: five states, with reasons."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.declaration import FormKind
from tacenda.ports import Fetched, FetchPurpose, Refused, Unreachable
from tacenda.testing.fakes import START
from tacenda.testing.fetching import ADDRESS
from tacenda.watch.compare import compare
from tacenda.watch.plan import PURPOSES, Place
from tacenda.watch.verdict import PlaceState, Verdict

TDMREP = b'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://lark.example/p.json"}]'
DOCUMENT = json.dumps({"id": "res-1", "title": "Reserved"}, separators=(",", ":")).encode()
PAGE = (
    b'<!DOCTYPE html><html><head><meta name="tdm-reservation" content="1"><title>res-1</title>'
    b"<style>p{}</style></head><body><h1>Rights reservation res-1</h1>"
    b"<p>No training &amp; no mining.</p></body></html>"
)
FIELDS = (("tdm-reservation", "1"), ("tdm-policy", "https://lark.example/p.json"), ("Content-Usage", "train-ai=n"))
ROBOTS = b"# BEGIN tacenda res-1 v1\nUser-agent: *\nContent-Usage: train-ai=n\nDisallow:\n# END tacenda res-1\n"
DATA = {
    FormKind.TDMREP: TDMREP,
    FormKind.DOCUMENT: DOCUMENT,
    FormKind.TDM_POLICY: b'{"uid": "https://lark.example/p.json", "a": 1}',
    FormKind.PAGE: PAGE,
    FormKind.ROBOTS: ROBOTS,
    FormKind.AI_TXT: b"# BEGIN tacenda res-1\nUser-Agent: *\nDisallow: *.mp3\nDisallow: *.flac\n# END\n",
}
FORMS = [*DATA, FormKind.HTTP_HEADERS]


def place(form: FormKind) -> Place:
    fields = FIELDS if form is FormKind.HTTP_HEADERS else ()
    purpose = PURPOSES.get(form, FetchPurpose.JSON)
    return Place(form, "https://lark.example/x", purpose, "res-1", DATA.get(form, b""), fields)


def answer(
    body: bytes, status: int = 200, fields: tuple[tuple[str, str], ...] = (), *, cut: bool = False, flaw: str = ""
) -> Fetched:
    url = "https://lark.example/x"
    return Fetched(url, url, status, fields, body, ADDRESS, (), START, START, cut, flaw)


def verdict(form: FormKind, body: bytes = b"", status: int = 200, **more: object) -> Verdict:
    fields = tuple((key.lower(), value) for key, value in FIELDS) if form is FormKind.HTTP_HEADERS else ()
    return compare(place(form), answer(body, status, fields, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_what_was_published_is_present(form: FormKind) -> None:
    assert verdict(form, DATA.get(form, b"")) == Verdict(PlaceState.PRESENT)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("status", "state"),
    [
        (400, PlaceState.REMOVED),
        (401, PlaceState.REMOVED),
        (403, PlaceState.REMOVED),
        (404, PlaceState.REMOVED),
        (410, PlaceState.REMOVED),
        (451, PlaceState.REMOVED),
        (408, PlaceState.UNREACHABLE),
        (429, PlaceState.UNREACHABLE),
        (500, PlaceState.UNREACHABLE),
        (503, PlaceState.UNREACHABLE),
        (304, PlaceState.UNREADABLE),
        (300, PlaceState.UNREADABLE),
    ],
)
def test_f41_what_a_status_means(form: FormKind, status: int, state: PlaceState) -> None:
    """RFC 9309, 2.3.1.3 and 2.3.1.4: 4xx says nothing, 5xx is no answer."""
    found = compare(place(form), answer(DATA.get(form, b""), status))
    assert found.state is state
    assert found.code == f"status.{status}"


def test_f41_a_robots_txt_that_fails_closes_the_site() -> None:
    assert "closed" in verdict(FormKind.ROBOTS, b"", 503).why


@pytest.mark.parametrize("form", [FormKind.ROBOTS, FormKind.TDMREP, FormKind.DOCUMENT, FormKind.AI_TXT])
@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>Not found</body></html>",
        b"\xef\xbb\xbf  <html lang=en>",
        b"<!-- cached -->\n<!doctype HTML><html>",
        b"\x00\x01\x02 binary",
        "User-agent: *\nDisallow: /".encode("utf-16"),
        b"\x1f\x8b\x08 packed",
    ],
)
def test_f41_another_kind_of_body_is_unreadable_and_not_none(form: FormKind, body: bytes) -> None:
    assert verdict(form, body).state is PlaceState.UNREADABLE


@pytest.mark.parametrize("form", list(DATA))
def test_f41_empty_damaged_and_overlong_bodies(form: FormKind) -> None:
    assert verdict(form, b" \n").state is PlaceState.REMOVED
    assert verdict(form, DATA[form], flaw="The compressed body is damaged.").state is PlaceState.UNREADABLE
    long = verdict(form, DATA[form], cut=True)
    assert (long.state is PlaceState.UNREADABLE) == (form is not FormKind.ROBOTS)


@pytest.mark.parametrize("form", FORMS)
def test_f45_no_answer_is_unreachable_and_a_bad_certificate_unverifiable(form: FormKind) -> None:
    lost = Unreachable("https://lark.example/x", "tls.expired", "It has expired.", "", (), START, START)
    found = compare(place(form), lost)
    assert (found.state, found.code) == (PlaceState.UNREACHABLE, "tls.expired")
    assert found.why.startswith("Unverifiable")
    shut = Refused("https://lark.example/x", "robots.disallow", "It keeps us out.", "", (), START, START)
    assert compare(place(form), shut).code == "robots.disallow"


@pytest.mark.parametrize(
    ("body", "state", "code"),
    [
        (b"\xef\xbb\xbf" + TDMREP, PlaceState.PRESENT, ""),
        (b'[{"location": "/a", "tdm-reservation": 0}, ' + TDMREP[1:], PlaceState.PRESENT, ""),
        (b'[{"location": "/*", "tdm-reservation": 0}, ' + TDMREP[1:], PlaceState.DRIFTED, "tdmrep.order"),
        (TDMREP.replace(b"1,", b"0,"), PlaceState.DRIFTED, "tdmrep.changed"),
        (TDMREP.replace(b"1,", b'"1",'), PlaceState.DRIFTED, "tdmrep.changed"),
        (TDMREP.replace(b"1,", b"true,"), PlaceState.DRIFTED, "tdmrep.changed"),
        (TDMREP.replace(b'"/"', b'"/audio"'), PlaceState.DRIFTED, "tdmrep.changed"),
        (b"[]", PlaceState.REMOVED, "tdmrep.rule"),
        (b'[{"location": "/", "tdm-reservation": 1}]', PlaceState.REMOVED, "tdmrep.rule"),
        (b"{}", PlaceState.UNREADABLE, "tdmrep.form"),
        (b"[" * 10_000, PlaceState.UNREADABLE, "json.depth"),
        (TDMREP.replace(b'"location"', b'"location": "/b", "location"'), PlaceState.UNREADABLE, "json.duplicate"),
        (b'[{"location": "/", "tdm-reservation": NaN}]', PlaceState.UNREADABLE, "json.number"),
        (b"[" + b"9" * 5000 + b"]", PlaceState.UNREADABLE, "json.number"),
        (b"not json", PlaceState.UNREADABLE, "json.syntax"),
        (b" " * 1_000_001 + b"[]", PlaceState.UNREADABLE, "json.size"),
        (b"[\xff]", PlaceState.UNREADABLE, "json.encoding"),
    ],
)
def test_f46_tdmrep(body: bytes, state: PlaceState, code: str) -> None:
    found = verdict(FormKind.TDMREP, body)
    assert (found.state, found.code) == (state, code)


@pytest.mark.parametrize(
    ("body", "state", "code"),
    [
        (json.dumps(json.loads(DOCUMENT), indent=1).encode(), PlaceState.DRIFTED, "document.bytes"),
        (DOCUMENT.replace(b"Reserved", b"Free"), PlaceState.DRIFTED, "document.changed"),
        (b'{"id":"res-2"}', PlaceState.REMOVED, "document.other"),
        (b"[]", PlaceState.REMOVED, "document.other"),
        (b'{"id":"res-1","id":"res-1"}', PlaceState.UNREADABLE, "json.duplicate"),
    ],
)
def test_the_signed_document_counts_by_its_bytes(body: bytes, state: PlaceState, code: str) -> None:
    found = verdict(FormKind.DOCUMENT, body)
    assert (found.state, found.code) == (state, code)


def test_other_json_counts_by_its_value() -> None:
    data = json.loads(DATA[FormKind.TDM_POLICY])
    assert (
        verdict(FormKind.TDM_POLICY, json.dumps(data, indent=4, sort_keys=True).encode()).state
        is PlaceState.PRESENT
    )
    changed = verdict(FormKind.TDM_POLICY, json.dumps({**data, "a": 2}).encode())
    assert changed.state is PlaceState.DRIFTED
    assert (
        '- "a": 1' in changed.difference.replace("-", "- ", 3).replace("-  ", "- ")
        or '"a": 1' in changed.difference
    )


@pytest.mark.parametrize(
    ("body", "state", "code"),
    [
        (PAGE.replace(b"</body>", b"<script>track()</script></body>"), PlaceState.PRESENT, ""),
        (PAGE.replace(b"<p>No", b"<p   class='x'>No"), PlaceState.PRESENT, ""),
        (PAGE.replace(b'content="1"', b'content="0"'), PlaceState.DRIFTED, "page.changed"),
        (PAGE.replace(b"No training", b"All training"), PlaceState.DRIFTED, "page.changed"),
        (PAGE.replace(b"<p>", b"<style>").replace(b"</p>", b"</style>"), PlaceState.DRIFTED, "page.changed"),
        (b"<!doctype html><title>Shop</title><p>Buy now", PlaceState.REMOVED, "page.other"),
    ],
)
def test_the_page_counts_by_its_words_and_marks(body: bytes, state: PlaceState, code: str) -> None:
    found = verdict(FormKind.PAGE, body)
    assert (found.state, found.code) == (state, code)


@pytest.mark.parametrize(
    ("fields", "state", "code"),
    [
        ((*FIELDS, ("Server", "x"), ("X-Robots-Tag", "noai")), PlaceState.PRESENT, ""),
        (tuple((name.upper(), value) for name, value in FIELDS), PlaceState.PRESENT, ""),
        ((), PlaceState.REMOVED, "fields.none"),
        ((("Server", "x"),), PlaceState.REMOVED, "fields.none"),
        (FIELDS[1:], PlaceState.DRIFTED, "fields.meaning"),
        ((("tdm-reservation", "0"), *FIELDS[1:]), PlaceState.DRIFTED, "fields.meaning"),
        ((("tdm-reservation", "yes"), *FIELDS[1:]), PlaceState.DRIFTED, "fields.meaning"),
        ((*FIELDS[:2], ("Content-Usage", "train-ai=n,")), PlaceState.DRIFTED, "fields.meaning"),
        ((FIELDS[0], ("tdm-policy", "https://other.example/"), FIELDS[2]), PlaceState.DRIFTED, "fields.policy"),
    ],
)
def test_response_fields(fields: tuple[tuple[str, str], ...], state: PlaceState, code: str) -> None:
    found = compare(place(FormKind.HTTP_HEADERS), answer(b"", 200, fields))
    assert (found.state, found.code) == (state, code)


def test_fields_speak_on_an_error_page_too() -> None:
    assert compare(place(FormKind.HTTP_HEADERS), answer(b"", 404, FIELDS)).state is PlaceState.PRESENT
    assert compare(place(FormKind.HTTP_HEADERS), answer(b"", 503, FIELDS)).state is PlaceState.UNREACHABLE


def test_the_link_to_the_rsl_document_counts() -> None:
    link = ("Link", '<https://lark.example/rsl.xml>; rel="license"; type="application/rsl+xml"')
    wanted = Place(
        FormKind.HTTP_HEADERS, "https://lark.example/", FetchPurpose.HEADERS, "r", fields=(*FIELDS, link)
    )
    assert compare(wanted, answer(b"", 200, (*FIELDS, link))).state is PlaceState.PRESENT
    assert compare(wanted, answer(b"", 200, FIELDS)).code == "fields.licence"


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"User-Agent: Foo\nDisallow: /x\n" + DATA[FormKind.AI_TXT] + b"Allow: *.txt\n", PlaceState.PRESENT),
        (DATA[FormKind.AI_TXT].replace(b"Disallow: *.flac\n", b""), PlaceState.DRIFTED),
        (b"User-Agent: Foo\nAllow: /\n", PlaceState.REMOVED),
    ],
)
def test_any_other_text_counts_by_its_lines(body: bytes, state: PlaceState) -> None:
    assert verdict(FormKind.AI_TXT, body).state is state


def test_a_redirect_is_told() -> None:
    moved = Fetched(
        "https://lark.example/x", "https://www.lark.example/x", 200, (), TDMREP, ADDRESS, (), START, START
    )
    assert "www.lark.example" in compare(place(FormKind.TDMREP), moved).remarks[0]


@given(st.sampled_from(list(DATA)), st.binary(max_size=300))
def test_any_bytes_give_a_verdict_with_a_reason(form: FormKind, body: bytes) -> None:
    found = verdict(form, body)
    assert (found.state is PlaceState.PRESENT) == (not found.code)
    assert found.state is PlaceState.PRESENT or found.why


@pytest.mark.parametrize("form", list(DATA))
def test_no_single_lost_line_or_byte_of_meaning_goes_unseen(form: FormKind) -> None:
    """A letter of a rule, turned: never present (comments and outer spaces aside)."""
    data = DATA[form]
    chance = random.Random(4)
    fixed = {b"#", b" ", b"\n"}
    for place_ in chance.sample(range(len(data)), min(80, len(data))):
        line = data[data.rfind(b"\n", 0, place_) + 1 :].split(b"\n")[0]
        if line[:1] in fixed or data[place_ : place_ + 1] in fixed or form is FormKind.PAGE:
            continue
        turned = data[:place_] + bytes((data[place_] ^ 0x11,)) + data[place_ + 1 :]
        assert verdict(form, turned).state is not PlaceState.PRESENT, turned


def test_five_megabytes_of_hostile_page_cost_little() -> None:
    for piece in (b"<script>", b"<!--", b"<", b"<meta ", b"&", b"<p>a", b"</"):
        body = PAGE[:-14] + piece * (4_000_000 // len(piece))
        assert verdict(FormKind.PAGE, body).state in (PlaceState.PRESENT, PlaceState.DRIFTED)


def test_a_difference_is_short_and_bounded() -> None:
    lines = b"".join(b'{"location": "/%d", "tdm-reservation": 0}, ' % n for n in range(9_000))
    found = verdict(FormKind.TDMREP, b"[" + lines + b'{"location": "/"}]')
    assert len(found.difference) < 60_000
