"""Whether files say what was declared: every form read back by a reader that shares no code with its renderer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.core.declaration import FormKind
from tacenda.core.machine_forms import address
from tacenda.core.preference import Dimension
from tacenda.publish.bundle import Bundle, Source
from tacenda.publish.plan import AI_TXT, HEAD, ROBOTS, SNIPPETS, TDMREP, ai_txt_of, home
from tacenda.publish.readback import (
    Mismatch,
    Reading,
    check_document,
    check_page,
    compare,
    read_page,
    read_robots,
    read_tdmrep,
    robots_licences,
)
from tacenda.publish.readback_forms import (
    check_json_ld,
    check_licences,
    read_ai_txt,
    read_head,
    read_rsl,
    read_server,
    server_licences,
)

_EVERYONE: Final = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading a published bundle back gave; `mismatches` is empty when all is well.

    Attributes:
        remarks: on the site's own lines, such as places that they leave unreserved.
    """

    readings: tuple[Reading, ...]
    mismatches: tuple[Mismatch, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One reading, and what it has to deny.

    Attributes:
        shared: others may have said more in the same file.
        out: the reading is of a crawler that is kept out.
    """

    reading: Reading
    deny: frozenset[Dimension]
    shared: bool = False
    out: bool = False


def read_bundle(bundle: Bundle, source: Source, files: Mapping[str, bytes], *, shared: bool) -> Checked:
    """Read `files`, by their paths in the bundle, and compare them with the declaration.

    Args:
        shared: the files are a site's own, in which others' lines stand beside ours; what they say more is theirs.
    """
    asked = [
        *_read_texts(source, files, shared),
        *_read_servers(source, files, shared),
        *_read_pages(source, files),
    ]
    found = [
        mismatch
        for each in asked
        for mismatch in compare(each.reading, each.deny, shared=each.shared, tokens_out=each.out)
    ]
    found += _documents(bundle, source, files)
    if source.licence_url:
        found += check_licences(_licences(source, files), source.licence_url, shared=shared)
    return Checked(_once(asked), tuple(dict.fromkeys(found)))


def read_robots_of(source: Source, robots: bytes, *, shared: bool) -> Iterator[_Asked]:
    """robots.txt, to everyone and to each crawler that is kept out, on every path that is reached."""
    deny = source.forms[FormKind.ROBOTS]
    for path in sample_paths(source):
        yield _Asked(read_robots(robots, _EVERYONE, path), deny, shared)
        for crawler in source.kept_out:
            yield _Asked(
                read_robots(robots, crawler.token, path, crawler.denies), crawler.denies, shared, out=True
            )


def sample_paths(source: Source) -> tuple[str, ...]:
    """One address that each path of the site reaches."""
    return tuple(path.removesuffix("$").replace("*", "any") for path in source.site.paths)


def sample_media(source: Source) -> tuple[str, ...]:
    """One address that each pattern of ai.txt reaches."""
    patterns = ai_txt_of(source).patterns
    samples = (pattern.removesuffix("$").replace("*", "any") for pattern in patterns)
    return tuple(sample if sample.startswith("/") else f"/{sample}" for sample in samples)


def _read_texts(source: Source, files: Mapping[str, bytes], shared: bool) -> Iterator[_Asked]:
    forms, paths = source.forms, sample_paths(source)
    if ROBOTS in files and FormKind.ROBOTS in forms:
        yield from read_robots_of(source, files[ROBOTS], shared=shared)
    if TDMREP in files and FormKind.TDMREP in forms:
        for path in paths:
            yield _Asked(read_tdmrep(files[TDMREP], path), forms[FormKind.TDMREP], shared)
    if source.rsl_path in files and FormKind.RSL in forms:
        for path in paths:
            yield _Asked(read_rsl(files[source.rsl_path], path), forms[FormKind.RSL])
    if AI_TXT in files and FormKind.AI_TXT in forms:
        for path in sample_media(source):
            yield _Asked(read_ai_txt(files[AI_TXT], path), forms[FormKind.AI_TXT], shared)


def _read_servers(source: Source, files: Mapping[str, bytes], shared: bool) -> Iterator[_Asked]:
    for kind, name in SNIPPETS.items():
        if name in files and kind in source.forms:
            for path in sample_paths(source):
                yield _Asked(read_server(kind, files[name], path), source.forms[kind], shared)


def _read_pages(source: Source, files: Mapping[str, bytes]) -> Iterator[_Asked]:
    forms = source.forms
    for path in _pages(source):
        if path in files:
            yield _Asked(read_page(files[path])[0], forms.get(FormKind.PAGE, frozenset()))
    if HEAD in files and FormKind.HTML_HEAD in forms:
        yield _Asked(read_head(files[HEAD])[0], forms[FormKind.HTML_HEAD])


def _pages(source: Source) -> tuple[str, ...]:
    base = home(source.declaration)
    return (f"{base}index.html", *(f"{base}{each.language}/index.html" for each in source.translations))


def _documents(bundle: Bundle, source: Source, files: Mapping[str, bytes]) -> list[Mismatch]:
    d = source.declaration
    found: list[Mismatch] = []
    names = (d.declarant.legal_name, d.signatory.name)
    for path in _pages(source):
        signed = (d.title, *(clause.text for clause in d.clauses)) if path == _pages(source)[0] else ()
        words = (*names, *signed)
        found += check_page(files[path], bundle.digest, words) if path in files else []
    document = home(d) + "declaration.json"
    if document in files:
        note = files.get(home(d) + "declaration.note", b"")
        found += check_document(files[document], bundle.digest, note)
    pointer = home(d) + "rights.jsonld"
    if pointer in files:
        found += check_json_ld(files[pointer], bundle.digest, address(d.site, d.id, FormKind.DOCUMENT))
    return found


def _licences(source: Source, files: Mapping[str, bytes]) -> Mapping[FormKind, Sequence[str]]:
    """The RSL documents to which each form leads."""
    forms = source.forms
    found: dict[FormKind, Sequence[str]] = {}
    if ROBOTS in files and FormKind.ROBOTS in forms:
        found[FormKind.ROBOTS] = robots_licences(files[ROBOTS])
    for kind, name in SNIPPETS.items():
        if name in files and kind in forms:
            found[kind] = server_licences(files[name])
    if HEAD in files and FormKind.HTML_HEAD in forms:
        found[FormKind.HTML_HEAD] = (read_head(files[HEAD])[1],)
    return found


def _once(asked: list[_Asked]) -> tuple[Reading, ...]:
    """The readings, those that are alike once."""
    seen: dict[tuple[str, ...], Reading] = {}
    for each in asked:
        reading = each.reading
        key = (reading.form.value, reading.token, *(reading.says[dimension].value for dimension in Dimension))
        seen.setdefault(key, reading)
    return tuple(seen.values())
