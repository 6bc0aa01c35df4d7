"""What is filed of a look, and the history that follows from it."""

from hypothesis import find

from tacenda.core.canonical import canonical_bytes
from tacenda.core.declaration import FormKind
from tacenda.ports import Fetched, FetchPurpose, Hop, Refused, Unreachable
from tacenda.testing.declarations import declarations
from tacenda.testing.fakes import START
from tacenda.testing.fetching import ADDRESS
from tacenda.watch.observation import Observed, observation_document, past_states
from tacenda.watch.plan import Place
from tacenda.watch.verdict import PlaceState, Verdict

PLACE = Place(FormKind.TDMREP, "https://lark.example/.well-known/tdmrep.json", FetchPurpose.JSON, "res-1", b"[]")


def test_a_document_holds_what_a_stranger_needs_to_check_it() -> None:
    hop = Hop(PLACE.url, ADDRESS, 200)
    fetched = Fetched(
        PLACE.url, PLACE.url, 200, (("x", "caf\xe9"),), b"[]", ADDRESS, (hop,), START, START, cut=True
    )
    seen = Observed(PLACE, fetched, Verdict(PlaceState.DRIFTED, "tdmrep.changed", "Why.", "-a\n+b", ("note",)))
    declaration = find(declarations(), lambda found: True)
    document = observation_document(declaration, "0" * 64, "Tacenda/0", START, [seen])
    canonical_bytes(document)
    (place,) = document["places"]
    assert document["at"] == "2026-11-22T10:00:00Z"
    assert place == {
        "form": "tdmrep",
        "url": PLACE.url,
        "state": "drifted",
        "code": "tdmrep.changed",
        "why": "Why.",
        "difference": "-a\n+b",
        "remarks": ["note"],
        "started_at": "2026-11-22T10:00:00Z",
        "finished_at": "2026-11-22T10:00:00Z",
        "hops": [{"url": PLACE.url, "address": ADDRESS, "status": 200, "location": ""}],
        "answer": {
            "url": PLACE.url,
            "address": ADDRESS,
            "status": 200,
            "fields": [["x", "caf\xe9"]],
            "bytes": 2,
            "sha256": "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
            "cut": True,
        },
    }


def test_without_an_answer_there_is_none_in_the_document() -> None:
    declaration = find(declarations(), lambda found: True)
    for outcome in (
        Refused(PLACE.url, "robots.disallow", "No.", PLACE.url, (), START, START),
        Unreachable(PLACE.url, "dns.unknown", "No.", PLACE.url, (), START, START),
    ):
        seen = Observed(PLACE, outcome, Verdict(PlaceState.UNREACHABLE, outcome.code, "No."))
        (place,) = observation_document(declaration, "0" * 64, "Tacenda/0", START, [seen])["places"]
        assert "answer" not in place
        assert place["code"] == outcome.code


def test_the_history_tells_the_first_state_and_each_change() -> None:
    def look(at: str, **states: str) -> dict[str, object]:
        places = [{"form": form, "url": f"/{form}", "state": state, "why": ""} for form, state in states.items()]
        return {"at": at, "places": places}

    documents = [
        (look("d1", robots="present", page="present"), 3),
        (look("d2", robots="present", page="removed"), 5),
        (look("d3", robots="present"), 6),
        (look("d4", robots="drifted", page="removed"), 9),
        (look("d5", robots="present", page="present"), 12),
    ]
    assert [(line.at, line.form, line.state, line.entry) for line in past_states(documents)] == [
        ("d1", "robots", "present", 3),
        ("d1", "page", "present", 3),
        ("d2", "page", "removed", 5),
        ("d4", "robots", "drifted", 9),
        ("d5", "robots", "present", 12),
        ("d5", "page", "present", 12),
    ]
