"""``tacenda decide``: ask the desk about one thing."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from tacenda.app import decide
from tacenda.app.workspace import open_desk
from tacenda.cli.output import json_option, print_json, print_table, say
from tacenda.core.decision import Question
from tacenda.core.fields import day
from tacenda.core.identifiers import Scheme, identifier
from tacenda.core.territory import country as country_code
from tacenda.core.vocabulary import Use


@click.command()
@click.option("--isrc", help="ISRC of the recording.")
@click.option("--iswc", help="ISWC of the work.")
@click.option("--gtin", help="UPC, EAN or GTIN of the release.")
@click.option("--youtube", help="YouTube video id.")
@click.option("--artist", help="Artist, together with --title.")
@click.option("--title", help="Title, together with --artist.")
@click.option("--use", type=click.Choice([use.value for use in Use]), required=True, help="The act.")
@click.option("--country", required=True, help="ISO 3166-1 code of the country of the act.")
@click.option("--on", metavar="DATE", help="Day of the act, YYYY-MM-DD.  [default: today]")
@click.option("--user", default="", help="Party id of the user.  [default: the public at large]")
@click.option("--model", default="", help="Name of the model.")
@click.option(
    "--kind",
    "material",
    type=click.Choice([decide.AUDIO_WORD, decide.TEXT_WORD]),
    default=None,
    help="What would be copied: sound, or words.  [default: what the catalogue says]",
)
@json_option
@click.pass_obj
def command(
    workspace: str, /, use: str, country: str, on: str | None, user: str, model: str, as_json: bool, **target: Any
) -> None:
    """Ask: may this user make this use of this thing, here, on this day?

    An answer is never an error: the exit code is 0 for each of Reserved, Licensed, Unclear and Silent. Only
    Licensed permits. Silent is not permission.

    \b
    Example:
      tacenda decide --isrc QZABC2600001 --use train --country DE --user brightwave
    """  # fmt: skip
    desk = open_desk(Path(workspace))
    question = Question(
        Use(use), country_code(country), decide.question_day(desk, _day(on)), user=user, model=model
    )
    codes = tuple(
        identifier(scheme, target[scheme.value], where=f"--{scheme.value}")
        for scheme in (Scheme.ISRC, Scheme.ISWC, Scheme.GTIN, Scheme.YOUTUBE)
        if target[scheme.value]
    )
    asked = decide.Target(codes, target["artist"] or "", target["title"] or "", target["material"] or "")
    verdict = decide.ask(desk, asked, question)
    if as_json:
        print_json(_document(verdict))
    else:
        _print(verdict)


def _day(text: str | None) -> date | None:
    return day(text, "--on") if text else None


def _print(verdict: decide.Verdict) -> None:
    q, answer = verdict.question, verdict.decision
    say(f"{answer.word.upper()}: {q.use.value} in {q.country} on {q.on.isoformat()} by {q.user or 'anyone'}")
    print_table("", ("why", "", "record"), [(r.code, r.text, r.record) for r in answer.reasons])
    if answer.missing:
        consents = [(m.layer.value, verdict.facts.legal_name(m.party) or "nobody known") for m in answer.missing]
        print_table("\nConsents that would be needed", ("layer", "from"), consents)
    rows = [
        (case.decision.word, item.catalogue, item.artist, item.title, " ".join(map(str, item.identifiers)))
        for case in verdict.cases
        for item in case.items
    ]
    if rows:
        print_table("\nFound in", ("answer", "catalogue", "artist", "title", "identifiers"), rows)
    else:
        say("No catalogue at this desk lists it.")


def _document(verdict: decide.Verdict) -> dict[str, Any]:
    q, answer = verdict.question, verdict.decision
    return {
        "answer": answer.word,
        "may_use": answer.may_use,
        "question": {
            "use": q.use.value,
            "country": q.country,
            "on": q.on.isoformat(),
            "user": q.user,
            "model": q.model,
        },
        "reasons": [{"code": r.code, "text": r.text, "record": r.record} for r in answer.reasons],
        "records": list(answer.records),
        "missing": [{"layer": m.layer.value, "party": m.party} for m in answer.missing],
        "found": [
            {
                "answer": case.decision.word,
                "catalogue": item.catalogue,
                "item": item.id,
                "artist": item.artist,
                "title": item.title,
                "identifiers": [str(mark) for mark in item.identifiers],
            }
            for case in verdict.cases
            for item in case.items
        ],
    }
