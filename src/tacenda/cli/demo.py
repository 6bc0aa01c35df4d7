"""`tacenda demo`: the whole route on the shipped sample, narrated with the commands that a reader could type."""

import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import chdir
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import click
from rich.rule import Rule
from rich.text import Text

from tacenda.adapters.clock import SystemClock
from tacenda.cli.output import OUT, print_table, say
from tacenda.errors import ConflictError

MARK: Final = ".tacenda-demo"
SAMPLE_FILES: Final = ("catalogue.csv", "own-songs.txt", "manifest.csv", "text.jsonl", "ORIGINS.md")


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on the route: what happens, and the command lines that make it happen."""

    title: str
    story: str
    commands: tuple[str, ...]


ROUTE: Final[Sequence[Step]] = (
    Step(
        "A workspace",
        "Lark & Linden Music is an invented label. Its workspace: a database, a signing key and a public log.",
        (
            """tacenda init . --name "Lark & Linden Music" --id lark-and-linden --seat DE
            --company-number "HRB 000000, Sample Register" --website https://lark-and-linden.example
            --contact rights@lark-and-linden.example --isrc-prefix ZZLL1 --label "Lark & Linden" """,
        ),
    ),
    Step(
        "The catalogue",
        "A table as a small label would export it. The plan shows how it is read, before anything is imported.",
        (
            """tacenda catalogue plan sample/catalogue.csv --catalogue parlour
            --layers recording:100,performance:100""",
            """tacenda catalogue import sample/catalogue.csv --catalogue parlour
            --layers recording:100,performance:100""",
        ),
    ),
    Step(
        "The declaration",
        "Rights are reserved in all present and future recordings, for every use but search, everywhere; and in "
        "the words and music of three songs that are the label's own (the others are in the public domain).",
        (
            """tacenda reserve declare --scope all --layers recording,performance,artwork,data
            --signatory "Mara Lind; Managing Director; sole power of representation"
            --lookup https://lark-and-linden.example/lookup""",
            """tacenda reserve declare --list sample/own-songs.txt --layers work,lyrics
            --title "Declaration of rights reservation: songs"
            --signatory "Mara Lind; Managing Director; sole power of representation" """,
        ),
    ),
    Step(
        "The question",
        "May anyone train on this recording in Germany? And on a newer one that no catalogue lists yet?",
        (
            "tacenda decide --isrc ZZLL12500001 --use train --country DE",
            "tacenda decide --isrc ZZLL12600107 --use train --country DE",
        ),
    ),
    Step(
        "A licence",
        "A licence to one company lifts the reservation for that company, exactly as far as it goes. The songs "
        "themselves are not Lark & Linden's to license, so the answer becomes Unclear, not yes.",
        (
            'tacenda party add --id orrery --name "Orrery Models Ltd"',
            """tacenda licence record --grantor lark-and-linden --grantee orrery --uses train
            --layers recording,performance --any-model --territory DE --signed-on {today}""",
            "tacenda decide --isrc ZZLL12500001 --use train --country DE --user orrery",
        ),
    ),
    Step(
        "Publication",
        "One declaration as a page for people and as robots.txt, TDMRep and headers for machines, read back by an "
        "independent reader before it counts.",
        ("tacenda publish write {declaration}",),
    ),
    Step(
        "Letters",
        "One PDF for each of eight recipients; without --limit it is the whole directory. Nothing is sent.",
        ("tacenda notify render --declaration {declaration} --campaign first-notice --limit 8",),
    ),
    Step(
        "The snapshot",
        "What leaves the desk: compiled, signed, immutable. Screening needs nothing else.",
        ("tacenda snapshot build", "tacenda snapshot verify latest"),
    ),
    Step(
        "Screening",
        "A training-set manifest by identifiers and names, and text pages by the words of songs; offline.",
        (
            "tacenda screen sample/manifest.csv --use train --country DE --out screenings/manifest",
            """tacenda screen sample/text.jsonl --use train --country DE --out screenings/text
            --show-lyrics sample/catalogue.csv""",
        ),
    ),
    Step(
        "Evidence",
        "Everything above is an entry in an append-only log. Verification names the first thing that is wrong.",
        ("tacenda evidence list", "tacenda evidence verify"),
    ),
    Step(
        "The pages",
        "The public declaration, the look-up and the desk, each rendered once as a check.",
        ("tacenda serve --check",),
    ),
)


@click.command()
@click.option(
    "--into",
    default="demo-workspace",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to make the workspace in; an earlier demo there is replaced.",
)
@click.option("--serve", is_flag=True, help="Show the web pages at the end, until Ctrl-C.")
def command(into: Path, serve: bool) -> None:
    """Walk the whole route on the shipped sample, and leave the workspace to explore.

    \b
    Example:
      tacenda demo
      tacenda demo --into /tmp/lark --serve
    """
    started = time.monotonic()
    root = _fresh(into)
    with chdir(root):
        for number, step in enumerate(ROUTE, 1):
            OUT.print()
            OUT.print(Rule(Text(f"{number} of {len(ROUTE)}  {step.title}"), align="left", style="dim"))
            say(step.story)
            for line in _filled(step.commands):
                _run(line)
        _summary(root, time.monotonic() - started)
        if serve:
            _run("tacenda serve")


def _fresh(into: Path) -> Path:
    """An empty folder with the sample in it. Only an earlier demo is ever removed."""
    root = into.resolve()
    if root.exists() and any(root.iterdir()):
        if not (root / MARK).exists():
            raise ConflictError(
                "demo.folder",
                "The folder is not empty, and no earlier demo made it.",
                hint="Name another folder with --into.",
                where=str(root),
            )
        shutil.rmtree(root)
    sample = root / "sample"
    sample.mkdir(parents=True)
    (root / MARK).write_text("Made by `tacenda demo`; replaced by the next one.\n", encoding="utf-8")
    for name in SAMPLE_FILES:
        with as_file(files("tacenda.data").joinpath("sample", name)) as source:
            shutil.copyfile(source, sample / name)
    return root


def _filled(commands: Sequence[str]) -> Iterator[str]:
    """The command lines, with today's date and the id of the declaration that an earlier step made."""
    today = SystemClock().now().date().isoformat()
    for line in commands:
        dated = line.replace("{today}", today)
        yield dated.replace("{declaration}", _declaration()) if "{declaration}" in dated else dated


def _declaration() -> str:
    return sorted(path.name for path in Path("declarations").iterdir())[0]


def _run(line: str) -> None:
    """Show a command line and run it here, so that a demo needs no second start of the program."""
    from tacenda.cli import cli

    OUT.print()
    words = shlex.split(line)
    OUT.print(Text.assemble(("$ ", "bold green"), (shlex.join(words), "bold")), soft_wrap=True)
    cli.main(args=words[1:], prog_name="tacenda", standalone_mode=False)


def _summary(root: Path, seconds: float) -> None:
    OUT.print()
    OUT.print(Rule(Text("What was made"), align="left", style="dim"))
    letters = sorted(Path("letters").rglob("*.pdf"))
    rows = (
        ("declaration", "declarations/", "signed document and note, one folder a version"),
        ("publication", "published/", "upload this: page, robots.txt, tdmrep.json, headers"),
        ("letters", "letters/first-notice/", f"{len(letters)} PDF/A letters and index.csv"),
        ("snapshot", "snapshots/", "give this folder to whoever screens"),
        ("reports", "screenings/manifest/report.html", "and verdicts, keep and drop lists beside it"),
        ("evidence", "log/", "the public log: checkpoint, tiles, entries"),
    )
    print_table("", ("what", f"where, in {_short(root)}", "and"), rows)
    OUT.print()
    say(f"Done in {seconds:.0f} s. To go on:")
    say(f"  cd {_short(root)}")
    say(f"  {_program()} serve              # the pages, at http://127.0.0.1:8765")
    say(f"  {_program()} decide --artist 'Ada Quill' --title 'Danny Boy' --use train --country FR")
    say(f"  {_program()} --help")


def _short(path: Path) -> str:
    start = Path(os.environ.get("PWD", "/")).resolve()
    return str(path.relative_to(start)) if path.is_relative_to(start) else str(path)


def _program() -> str:
    found = shutil.which("tacenda")
    if found:
        return "tacenda"
    beside = Path(sys.executable).with_name("tacenda")
    return str(beside)
