"""The facts of a letter: neutral, specific, and nothing that is not known."""

import json
import re
from dataclasses import replace

import pytest

from tacenda.core.recipient import GpaiCode, RecipientKind
from tacenda.core.scope import OfIsrcPrefixes, OfLabels
from tacenda.core.territory import Territory
from tacenda.core.vocabulary import Capacity, Layer, Use
from tacenda.data import recipients_text
from tacenda.errors import InputError
from tacenda.notify.directory import parse_directory
from tacenda.notify.letters import letter_facts
from tacenda.notify.wording import LAYER_NOTES, USE_NOTES, territory_words
from tacenda.testing.letters import sample_declaration, sample_recipient, sample_sending

ACCUSING = re.compile(
    r"infring|illegal|unlawful|stole|theft|pira|violat|without (our|any) permission", re.IGNORECASE
)


def test_the_basis_names_what_the_directory_knows_and_nothing_else() -> None:
    known = sample_recipient(crawler_tokens=("NightBot",), datasets=("Dawn Chorus",), models=("Trill-1",))
    basis = letter_facts(sample_sending([known]), known).basis
    text = " ".join(basis.sentences)
    assert basis.specific
    assert basis.source_date == "22 August 2026"
    assert all(word in text for word in ("NightBot", "Dawn Chorus", "Trill-1"))


def test_the_fallback_says_that_nothing_is_known() -> None:
    basis = letter_facts(sample_sending([sample_recipient()]), sample_recipient()).basis
    assert not basis.specific
    assert "We hold no information" in " ".join(basis.sentences)


def test_no_letter_to_anyone_in_the_directory_accuses() -> None:
    recipients = [r for r in parse_directory(recipients_text()).recipients if r.variant()]
    sending = sample_sending(recipients)
    for recipient in recipients:
        facts = letter_facts(sending, recipient)
        assert not ACCUSING.search(" ".join(facts.basis.sentences)), recipient.id
        assert "None" not in json.dumps(facts.document()), recipient.id


def test_the_reply_by_date_has_its_weekday_and_its_rule() -> None:
    reply = letter_facts(sample_sending([sample_recipient()]), sample_recipient()).reply
    assert (reply.day, reply.date) == ("Monday, 14 December 2026", "2026-12-14")
    assert "15 working days after 22 November 2026" in reply.rule
    assert "the calendar of the United States" in reply.rule
    assert "26 November 2026 (Thanksgiving Day)" in reply.rule
    assert "Public holidays: as given by the software library holidays " in reply.rule


def test_a_seat_that_is_not_known_is_said_and_the_senders_calendar_is_used() -> None:
    lost = sample_recipient(hq_country="")
    assert "as your seat is not known to us" in letter_facts(sample_sending([lost]), lost).reply.rule


def test_the_company_is_named_with_the_service_that_it_operates() -> None:
    facts = letter_facts(sample_sending([sample_recipient()]), sample_recipient()).recipient
    assert (facts.addressee, facts.operating) == ("Nightingale Models, Inc.", "operating Nightingale Models")
    unknown = sample_recipient(legal_entity="")
    assert letter_facts(sample_sending([unknown]), unknown).recipient.operating.startswith("or the company")


@pytest.mark.parametrize("code", list(GpaiCode))
def test_only_a_signatory_is_reminded_of_the_code(code: GpaiCode) -> None:
    known = sample_recipient(eu_gpai_code=code)
    said = "you have signed" in letter_facts(sample_sending([known]), known).gpai_request
    assert said is (code is GpaiCode.FULL)


def test_a_long_scope_is_cut_and_the_rest_counted() -> None:
    prefixes = tuple(f"DE{n:03d}" for n in range(100))
    declaration = replace(sample_declaration(), scope=OfIsrcPrefixes(prefixes))
    scope = letter_facts(sample_sending([sample_recipient()], declaration), sample_recipient()).scope
    assert scope.entries == prefixes[:60]
    assert scope.more == 40


def test_an_administrator_points_to_its_mandate() -> None:
    declaration = replace(
        sample_declaration(), capacity=Capacity.CMO, mandate="Mandate 7/2026", scope=OfLabels(("Lark",))
    )
    capacity = letter_facts(sample_sending([sample_recipient()], declaration), sample_recipient()).capacity
    assert capacity.mandate == "Mandate 7/2026"
    assert "Annex E" in capacity.words


def test_no_letter_is_made_for_a_regulator() -> None:
    body = sample_recipient(kind=RecipientKind.REGULATOR)
    with pytest.raises(InputError, match="no letter"):
        letter_facts(sample_sending([body]), body)


def test_territories_read_as_words() -> None:
    assert territory_words(Territory.parse([])) == "throughout the world"
    assert territory_words(Territory.parse(["DE", "US"])) == "in Germany and the United States"
    assert territory_words(Territory.parse(["-FR"])) == "throughout the world except in France"


def test_every_layer_and_use_has_a_note() -> None:
    assert set(LAYER_NOTES) == set(Layer)
    assert set(USE_NOTES) == set(Use)
