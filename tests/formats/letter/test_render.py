"""Letters as PDF: the right words, our attachments alone, the same bytes, and hostile data made harmless."""

import io
import json
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacenda.core.canonical import sha256_hex
from tacenda.core.recipient import Recipient, RecipientKind
from tacenda.formats.letter.render import Job, Rendered, render, render_all
from tacenda.notify.letters import letter_facts
from tacenda.testing.letters import sample_bytes, sample_recipient, sample_sending

BODY = sample_bytes()


def job_for(recipient: Recipient) -> Job:
    return Job(recipient.id, letter_facts(sample_sending([recipient]), recipient), BODY)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    # a soft hyphen or a hyphen at a line's end comes back as U+FFFE
    return " ".join(" ".join(pages).replace("\ufffe\r\n", "").replace("\ufffe", "").split())


def squeezed(pdf: bytes) -> str:
    return text_of(pdf).replace(" ", "")


@pytest.fixture(scope="module")
def developer() -> Rendered:
    return render(job_for(sample_recipient(crawler_tokens=("NightBot",), models=("Trill-1",))))


@pytest.fixture(scope="module")
def streaming() -> Rendered:
    return render(job_for(sample_recipient(kind=RecipientKind.DSP)))


def test_the_developer_letter_asks_for_undertaking_or_disclosure(developer: Rendered) -> None:
    text = text_of(developer.pdf)
    for words in ("TAC-2026-000001", "Monday, 14 December 2026", "Undertaking.", "Or disclosure.", "NightBot",
                  "How reservations are honoured.", "Preservation of records.", "Form of undertaking", "Mara Lind",
                  "tacenda/letter/developer/en/1", "draft, not reviewed by counsel",
                  "operating Nightingale Models"):  # fmt: skip
        assert words in text, words
    assert "requests to music services" not in text


def test_the_streaming_letter_asks_for_terms_and_measures(streaming: Rendered) -> None:
    text = text_of(streaming.pdf)
    for words in ("requests to music services", "Terms.", "Your own use.", "Carrying the reservation.", "Events.",
                  "Technical measures.", "Form of confirmation", "tacenda/letter/streaming/en/1"):  # fmt: skip
        assert words in text, words
    assert "Form of undertaking" not in text


def test_the_name_by_which_the_house_calls_a_campaign_is_not_shown(developer: Rendered) -> None:
    recipient = sample_recipient()
    assert sample_sending([recipient]).campaign.name == "first-notice"
    assert "first-notice" not in text_of(developer.pdf)
    assert "Campaign" not in text_of(developer.pdf)


@pytest.mark.parametrize("variant", ["developer", "streaming"])
def test_every_letter_has_its_annexes_its_digest_and_how_to_check_it(
    variant: str, request: pytest.FixtureRequest
) -> None:
    pdf = request.getfixturevalue(variant).pdf
    text = text_of(pdf)
    for annex in "ABCDEFG":
        assert f"Annex {annex}" in text
    assert squeezed(pdf).count(sha256_hex(BODY)) >= 3
    for words in ("sha256sum declaration.json", "tacenda evidence verify --proof", "entry 7", "Page 1 of"):
        assert words in text, words
    assert "ab" * 32 in squeezed(pdf)
    assert "None" not in text.replace("None is needed", "")


def test_pdf_a_3a_and_pdf_ua_1_are_declared_and_the_title_is_the_reference(developer: Rendered) -> None:
    with pikepdf.open(io.BytesIO(developer.pdf)) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert "TAC-2026-000001" in str(metadata["dc:title"])
        assert str(pdf.Root.Lang) == "en-GB"


def test_f64_only_our_two_attachments_and_no_action_that_fetches(developer: Rendered) -> None:
    with pikepdf.open(io.BytesIO(developer.pdf)) as pdf:
        assert sorted(pdf.attachments) == ["declaration.json", "reply.json"]
        assert pdf.attachments["declaration.json"].get_file().read_bytes() == BODY
        reply = json.loads(pdf.attachments["reply.json"].get_file().read_bytes())
        assert reply["reference"] == "TAC-2026-000001"
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary):
                assert item.get("/S") not in ("/URI", "/Launch", "/JavaScript", "/GoToR", "/SubmitForm")
                assert item.get("/Subtype") != "/Image"


def test_f64_data_that_names_files_or_addresses_is_shown_and_not_read() -> None:
    name = '<img src=file:///etc/hostname> http://169.254.169.254/ #read("/etc/hostname")'
    made = render(job_for(sample_recipient(name=name, legal_entity="")))
    assert made.error is None
    assert name.replace(" ", "") in squeezed(made.pdf)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert sorted(pdf.attachments) == ["declaration.json", "reply.json"]


@pytest.mark.parametrize(
    "name",
    [
        '#import "@preview/x:1.0.0": *',
        "$x^2$",
        "<script>alert(1)</script>",
        "*bold* _it_ `code` = Head",
        "=cmd|'/C calc'!A0",
        "a // b /* c */",
        '"); #panic("x"); ("',
        "\\u{202e}",
        "#[]{}()",
        "@ref <label>",
        "Ærø & Søn d’Été Łódź Ωμέγα Юг",
    ],
)
def test_f62_markup_in_a_name_is_text(name: str) -> None:
    made = render(job_for(sample_recipient(name=name, legal_entity="")))
    assert made.error is None
    assert name.replace(" ", "") in squeezed(made.pdf)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Night\r\nBcc: all@list.example", "letter.character"),
        ("Night\u202eelagnith", "letter.character"),
        ("Night\x00ingale", "letter.character"),
        ("Night\u200bingale", "letter.character"),
        ("Night\ud800", "letter.character"),
        ("Nightingale 🐦", "letter.glyph"),
        ("夜鶯", "letter.glyph"),
        ("N" * 300, "letter.long"),
    ],
)
def test_f26_a_name_that_cannot_be_shown_truly_stops_that_letter(name: str, code: str) -> None:
    made = render(job_for(sample_recipient(name=name, legal_entity="")))
    assert made.pdf == b""
    assert made.error is not None
    assert made.error.code == code


def test_f27_three_of_seven_lack_a_field_and_are_held_and_four_are_made() -> None:
    whole = [sample_recipient(id=f"whole-{n}") for n in range(4)]
    broken = [
        sample_recipient(id="no-website", website=""),
        sample_recipient(id="no-name", name="", legal_entity=""),
        sample_recipient(id="no-glyph", name="🐦"),
    ]
    made = list(render_all([job_for(r) for r in [*whole[:2], *broken, *whole[2:]]]))
    assert [m.key for m in made if m.error is None] == [r.id for r in whole]
    assert {m.key: m.error.code for m in made if m.error} == {
        "no-website": "letter.missing", "no-name": "letter.missing", "no-glyph": "letter.glyph",
    }  # fmt: skip
    for m in made:
        if m.error is None:
            assert "None" not in text_of(m.pdf).replace("None is needed", "")
    website = next(m.error for m in made if m.key == "no-website")
    assert website is not None
    assert website.where == "recipient.website"


def test_a_missing_field_of_the_declaration_stops_every_letter() -> None:
    job = job_for(sample_recipient())
    bare = replace(job, facts=replace(job.facts, declaration=replace(job.facts.declaration, url="")))
    error = render(bare).error
    assert error is not None
    assert (error.code, error.where) == ("letter.missing", "declaration.url")


def test_the_same_facts_give_the_same_bytes(developer: Rendered) -> None:
    again = render(job_for(sample_recipient(crawler_tokens=("NightBot",), models=("Trill-1",))))
    assert again.pdf == developer.pdf


def test_other_processes_give_the_same_bytes_in_the_same_order() -> None:
    jobs = [job_for(sample_recipient(id=f"bird-{n}", name=f"Bird {n}")) for n in range(24)]
    shared = list(render_all(jobs, processes=2))
    assert [made.key for made in shared] == [job.key for job in jobs]
    assert [made.pdf for made in shared[::8]] == [render(job).pdf for job in jobs[::8]]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=220))
def test_any_name_is_shown_or_stops_its_letter_with_a_reason(name: str) -> None:
    made = render(job_for(sample_recipient(name=name, legal_entity="")))
    assert bool(made.pdf) != bool(made.error)
    if made.error:
        assert made.error.code in {"letter.character", "letter.glyph", "letter.long", "letter.missing"}
