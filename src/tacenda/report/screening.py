"""The screening report: from the summary document of a run to one HTML page.

It says no more than the summary does, so anyone with ``summary.json`` can render it again, byte for byte.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from tacenda.core.vocabulary import USE_TITLES, Use
from tacenda.data import style_text
from tacenda.report import charts
from tacenda.report.words import differences, long_date, number, share, shown

ANSWERS: Final[Mapping[str, tuple[str, str]]] = {
    "reserved": ("Reserved", "Someone has reserved this use, and nothing lifts it for this user."),
    "unclear": ("Unclear", "What is known does not suffice for an answer. Never to be treated as free."),
    "licensed": ("Licensed", "Every layer and share is licensed to this user for exactly this use."),
    "silent": ("Silent", "Nobody on record here has said anything. That is not permission."),
}
MARKS: Final[Mapping[str, str]] = {
    "isrc": "An ISRC names one recording. It is as sure as the corpus is right about it.",
    "iswc": "An ISWC names one musical work.",
    "gtin": "A GTIN (UPC, EAN) names a release: the row is one of its tracks, not always the one shown.",
    "youtube": "The same video. What a video holds may change while its address stays.",
    "text": "The same artist and title once case, accents, punctuation, bracketed remarks and featured artists "
    "are set aside. A remake or a live recording of the same name is found as well.",
    "lyrics": "Words of a lyric stand in the row's text, too many in too good an order for chance. "
    "The words alone are judged, not a recording.",
    "isrc_prefix": "The ISRC begins with a prefix that a rightsholder has reserved as a whole. "
    "The recording itself is in no catalogue here.",
}
FIELDS: Final = (
    ("title", "Title"),
    ("artist", "Artist"),
    ("isrc", "ISRC"),
    ("iswc", "ISWC"),
    ("gtin", "GTIN"),
    ("youtube", "YouTube"),
)


def render_screening(summary: Mapping[str, Any]) -> str:
    """The page for this summary. Every word of a stranger is escaped, and its unseen characters made visible."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(number=number, shown=shown, long_date=long_date)
    environment.globals.update(share=share, answers=ANSWERS, marks=MARKS)
    template = environment.from_string(_resource("screening.html"))
    return template.render(
        **{"lyrics": {}, "doubts": []} | {name: summary[name] for name in summary if name != "answers"},
        answers_given=summary["answers"],
        style=style_text("house.css"),
        own_style=_resource("screening.css"),
        question_words=question_words(summary["question"]),
        headline=headline(summary["totals"]),
        mark_counts=_mark_counts(summary["matched_by"]),
        bar=charts.stacked_bar(summary["totals"], headline(summary["totals"])),
        decade_plot=_decade_plot(summary["decades"]),
        mark_plot=_mark_plot(summary["matched_by"]),
        evidence=[_evidence(finding) for finding in summary["findings"]],
        fields=FIELDS,
    )


def _resource(name: str) -> str:
    return (files("tacenda.report") / "templates" / name).read_text(encoding="utf-8")


def question_words(question: Mapping[str, str]) -> str:
    """The question as a sentence."""
    user = question["user_name"] or question["user"]
    who = shown(user) if question["user"] else "anyone without a licence"
    model = f" for the model {shown(question['model'])}" if question["model"] else ""
    where = "in any country" if question["country"] == "anywhere" else f"in {question['country']}"
    what = USE_TITLES[Use(question["use"])]
    return f"May {who} use this corpus for {what}{model}, {where}, on {long_date(question['on'])}?"


def headline(totals: Mapping[str, int]) -> str:
    """The answer in one sentence."""
    rows = totals["rows"]
    if not rows:
        return "The corpus holds no rows."
    if totals["reserved"]:
        held = "All" if totals["reserved"] == rows else f"{number(totals['reserved'])} of"
        rest = f" and {number(totals['unclear'])} are unclear" if totals["unclear"] else ""
        return f"{held} {number(rows)} rows are reserved ({share(totals['reserved'], rows)}){rest}."
    if totals["unclear"]:
        return f"No row is known to be reserved, but {number(totals['unclear'])} of {number(rows)} are unclear."
    if totals["licensed"] == rows:
        return f"All {number(rows)} rows are licensed for this use."
    return (
        f"None of {number(rows)} rows is known to be reserved; of {number(totals['silent'])} nothing is on record."
    )


def _mark_counts(matched_by: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
    named = sum(_sum(mark) for mark in matched_by if mark["mark"] == "text")
    words = sum(_sum(mark) for mark in matched_by if mark["mark"] == "lyrics")
    return {"identifier": sum(_sum(mark) for mark in matched_by) - named - words, "name": named, "lyrics": words}


def _sum(mark: Mapping[str, Any]) -> int:
    return sum(int(mark[word]) for word in charts.ORDER)


def _mark_plot(matched_by: Sequence[Mapping[str, Any]]) -> Any:
    rows = [(str(m["title"]), [(word, int(m[word])) for word in charts.ORDER]) for m in matched_by]
    return charts.bars(rows, "Rows by the mark they matched by, and by answer") if len(rows) > 1 else ""


def _decade_plot(decades: Sequence[Mapping[str, Any]]) -> Any:
    known = [d for d in decades if d["decade"] != "unknown"]
    rows = [(str(d["decade"]), [("reserved", int(d["reserved"])), ("silent", int(d["other"]))]) for d in known]
    return charts.columns(rows, "Rows found, by the decade of release in the catalogue") if len(rows) > 1 else ""


def _evidence(finding: Mapping[str, Any]) -> dict[str, Any]:
    """One finding with the corpus row and the catalogue item side by side, their differences in pieces."""
    item = finding["item"]
    pairs = []
    for name, title in FIELDS:
        ours, theirs = str(finding[name]), str(item.get(name, ""))
        if ours or theirs:
            compare = bool(ours and theirs)
            pairs.append(
                {
                    "title": title,
                    "corpus": differences(ours, theirs) if compare else [(ours, False)],
                    "item": differences(theirs, ours) if compare else [(theirs, False)],
                }
            )
    return {"lyrics": {}, **finding, "pairs": pairs}
