"""Joining a bundle to a site: what every file would hold then. Pure; whoever calls reads and writes.

A file that others own too keeps every byte that is not ours. Where lines of the site undo the reservation, nothing
is joined at all: a reservation that its own site contradicts is worse than none.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tacenda.core.declaration import FormKind
from tacenda.core.machine_forms import FOLDER
from tacenda.core.preference import Preference
from tacenda.errors import ConflictError
from tacenda.formats.ai_txt import put_ai_txt
from tacenda.formats.fence import put_fence, remove_fence
from tacenda.formats.robots import valid_token
from tacenda.formats.robots_block import put_block, remove_block
from tacenda.formats.tdmrep import TdmRule, holes_before, put_rule, remove_rule, rules_before
from tacenda.publish.bundle import Bundle, Source
from tacenda.publish.checking import read_robots_of, sample_media
from tacenda.publish.forms import expected
from tacenda.publish.plan import (
    AI_TXT,
    MARK,
    ROBOTS,
    RSL,
    SNIPPETS,
    TDMREP,
    ai_txt_of,
    block_of,
    home,
    mark_of,
    policy_url,
    snippet_of,
)
from tacenda.publish.readback import compare
from tacenda.publish.readback_forms import read_ai_txt

HTACCESS: Final = ".htaccess"
HEADERS_FILE: Final = SNIPPETS[FormKind.HEADERS_FILE]
Read = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class SiteChange:
    """One file of a site: what it held and what it would hold; None for no file.

    Attributes:
        root: the folder it lies in, when that is not the root of the site.
    """

    path: str
    before: bytes | None
    after: bytes | None
    root: str = ""

    def difference(self) -> str:
        """A unified diff; bytes that are no UTF-8 are shown as replacement characters."""
        old, new = ((data or b"").decode("utf-8", "replace").splitlines(keepends=True) for data in self._both())
        lines = difflib.unified_diff(old, new, f"now/{self.path}", f"then/{self.path}")
        return "".join(line if line.endswith("\n") else line + "\n" for line in lines)

    def _both(self) -> tuple[bytes | None, bytes | None]:
        return self.before, self.after


@dataclass(frozen=True, slots=True)
class Joined:
    """The changes, sorted by path, and what a person should know about the site's own lines."""

    changes: tuple[SiteChange, ...]
    remarks: tuple[str, ...]


def join_site(source: Source, bundle: Bundle, read: Read) -> Joined:
    """What would change below the site's root. Only our blocks, our rules and our folder.

    Raises:
        ConflictError: ``publish.contradicted`` where the site's own lines undo the reservation;
            ``publish.foreign`` for an ``rsl.xml`` that is not ours; ``fence.damaged``.
        InputError: ``fence.*``, ``robots.*``, ``json.*`` for files that cannot be joined.
    """
    d = source.declaration
    apart = {ROBOTS, TDMREP, AI_TXT, source.rsl_path, HEADERS_FILE}
    wanted: dict[str, bytes | None] = {
        file.path: file.data for file in bundle.files if file.upload and file.path not in apart
    }
    wanted = {**wanted, **_texts(source, read), **_rsl(source, bundle, read), **_servers(source, read)}
    for path, form in (("policy.json", FormKind.TDM_POLICY), ("rights.jsonld", FormKind.JSON_LD)):
        if form not in {file.form for file in bundle.files}:
            wanted[home(d) + path] = None
    changes = (SiteChange(path, read(path), wanted[path]) for path in sorted(wanted))
    joined = tuple(change for change in changes if change.before != change.after)
    return Joined(joined, own_rules(source, read(TDMREP) or b""))


def join_config(source: Source, kind: FormKind, name: str, existing: bytes | None) -> SiteChange:
    """Our block in the configuration of a web server: put in, renewed where it stands, or taken away."""
    d = source.declaration
    if kind in expected(d, source.site):
        after = put_fence(existing or b"", d.id, d.version, snippet_of(source, kind, existing or b"").lines)
        return SiteChange(name, existing, after)
    left = remove_fence(existing or b"", d.id)
    return SiteChange(name, existing, None if existing is None or (existing and not left) else left)


def _texts(source: Source, read: Read) -> Mapping[str, bytes | None]:
    """robots.txt, tdmrep.json and ai.txt: ours put in, or taken away where the form is not written any more."""
    d, forms, wanted = source.declaration, source.forms, dict[str, bytes | None]()
    robots, tdmrep, ai_txt = read(ROBOTS), read(TDMREP), read(AI_TXT)
    if FormKind.ROBOTS in forms:
        wanted[ROBOTS] = put_block(robots or b"", block_of(source))
        _not_contradicted(source, wanted[ROBOTS] or b"")
    elif robots is not None:
        wanted[ROBOTS] = _unless_empty(robots, remove_block(robots, d.id))
    if FormKind.TDMREP in forms:
        _not_shadowed(source, tdmrep or b"")
        wanted[TDMREP] = put_rule(tdmrep or b"", policy_url(d), source.site.paths)
    elif tdmrep is not None:
        left = remove_rule(tdmrep, policy_url(d))
        wanted[TDMREP] = None if left != tdmrep and left.split() == [b"[", b"]"] else left
    if FormKind.AI_TXT in forms:
        wanted[AI_TXT] = put_ai_txt(ai_txt or b"", ai_txt_of(source))
        _not_allowed(source, wanted[AI_TXT] or b"")
    elif ai_txt is not None:
        wanted[AI_TXT] = _unless_empty(ai_txt, remove_fence(ai_txt, d.id))
    return wanted


def _rsl(source: Source, bundle: Bundle, read: Read) -> Mapping[str, bytes | None]:
    """``rsl.xml`` is ours as a whole, or it is somebody else's and is not touched.

    Where the declaration has its place apart (`core.machine_forms`), the one at the root is left alone.
    """
    made = bundle.file(FormKind.RSL)
    mark = f"{mark_of(source.declaration.id)} ".encode()
    wanted: dict[str, bytes | None] = {}
    for path in (RSL, home(source.declaration) + RSL):
        existing = read(path)
        if made is None or made.path != path:
            wanted |= {path: None} if existing is not None and mark in existing else {}
        elif existing is not None and mark not in existing:
            raise _occupied(path, existing)
        else:
            wanted[path] = made.data
    return wanted


def _occupied(path: str, existing: bytes) -> ConflictError:
    _, found, rest = existing.partition(MARK.encode())
    if not found:
        return ConflictError(
            "publish.foreign",
            "The site has an rsl.xml of its own.",
            hint="Move it away, or choose the other forms with --forms.",
            where=path,
        )
    other = rest.split(b" ")[0][:80].decode("ascii", "replace")
    return ConflictError(
        "publish.foreign",
        f"The rsl.xml that stands there is that of {other}.",
        hint=f"If {other} was withdrawn, write that to the site first; otherwise amend this declaration, "
        "and its RSL document gets a place of its own.",
        where=path,
    )


def _servers(source: Source, read: Read) -> Mapping[str, bytes | None]:
    """``_headers`` and ``.htaccess``, where the site is known to read them, or holds a block of ours already."""
    d, wanted = source.declaration, dict[str, bytes | None]()
    apache = source.site.server == "apache"
    for path, kind, reads in (
        (HEADERS_FILE, FormKind.HEADERS_FILE, source.uploads_headers),
        (HTACCESS, FormKind.APACHE, apache),
    ):
        existing = read(path)
        known = existing is not None and remove_fence(existing, d.id) != existing
        if kind in source.forms and (reads or known):
            lines = snippet_of(source, kind, existing or b"").lines
            wanted[path] = put_fence(existing or b"", d.id, d.version, lines)
        elif existing is not None and known:
            wanted[path] = _unless_empty(existing, remove_fence(existing, d.id))
    return wanted


def _unless_empty(before: bytes, after: bytes) -> bytes | None:
    """What is left of a file; None when it held our block alone."""
    return None if before and not after else after


def own_rules(source: Source, existing: bytes) -> tuple[str, ...]:
    """What other rules in the site's tdmrep.json say before ours, in words; first of all what stays unreserved."""
    if FormKind.TDMREP not in source.forms or not existing.strip():
        return ()
    mine, paths = policy_url(source.declaration), source.site.paths
    remarks = [
        f"Not reserved by tdmrep.json: {_shown(rule)}. The site's own rule for it stands before ours and does not "
        "reserve. Remove that rule where it is not meant."
        for rule in holes_before(existing, mine, paths)
    ]
    remarks.append(
        "In tdmrep.json the first rule that fits decides; ours stand last and shadow no rule of the site."
    )
    before = dict.fromkeys(rule for path in paths for rule in rules_before(existing, mine, path))
    for rule in before:
        known = rule.policy.startswith(f"{source.declaration.site}/{FOLDER}/")
        whose = "rule of another declaration" if known else "site's own rule"
        remarks.append(f"The {whose} for {_shown(rule)} is asked before ours, and reserves too.")
    return tuple(remarks)


def _not_contradicted(source: Source, merged: bytes) -> None:
    """Refuse to join our block to a robots.txt whose own lines undo it."""
    for asked in read_robots_of(source, merged, shared=True):
        if asked.out and not valid_token(asked.reading.token):
            continue
        for mismatch in compare(asked.reading, asked.deny, shared=True, tokens_out=asked.out):
            raise ConflictError(
                "publish.contradicted",
                "The site's own robots.txt undoes the reservation for "
                f"{mismatch.token or 'everyone'}: {mismatch.why}.",
                hint="Remove the site's own Allow: / for this crawler, then publish again.",
                where=ROBOTS,
            )


def _not_shadowed(source: Source, existing: bytes) -> None:
    """Refuse to stand behind a rule that reaches all that ours reach and does not reserve."""
    for path in source.site.paths:
        for rule in rules_before(existing, policy_url(source.declaration), path):
            if rule.reservation is not Preference.DENY:
                raise ConflictError(
                    "publish.contradicted",
                    f"The site's own rule for {_shown(rule)} undoes the reservation: "
                    "it does not reserve, and the first rule that fits decides.",
                    hint="Remove that rule, or limit it to what is meant, then publish again.",
                    where=TDMREP,
                )
            break


def _shown(rule: TdmRule) -> str:
    return rule.location.decode("ascii", "replace")[:80]


def _not_allowed(source: Source, merged: bytes) -> None:
    """Refuse to join our block to an ai.txt whose own lines let media be used for training."""
    for path in sample_media(source):
        for mismatch in compare(read_ai_txt(merged, path), source.forms[FormKind.AI_TXT], shared=True):
            raise ConflictError(
                "publish.contradicted",
                f"The site's own ai.txt undoes the reservation for {path}: {mismatch.why}.",
                hint="Remove the site's own Allow for these files, then publish again.",
                where=AI_TXT,
            )
