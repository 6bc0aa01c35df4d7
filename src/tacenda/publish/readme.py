"""The README of a bundle: what lies where, what is uploaded, and what is pasted into a configuration."""

from collections.abc import Sequence
from typing import Final

from tacenda.core.declaration import FormKind
from tacenda.publish.bundle import FormLine, Source, told_by_none
from tacenda.publish.forms import unsaid_words

HOW: Final = {
    FormKind.HTTP_HEADERS: "Not uploaded: include it in the server block, and reload nginx.",
    FormKind.APACHE: "Not uploaded: include it in the virtual host, or paste it into .htaccess.",
    FormKind.CADDY: "Not uploaded: import it inside the site block, and reload Caddy.",
    FormKind.HEADERS_FILE: "Goes to the root of what is deployed to Netlify or Cloudflare Pages.",
    FormKind.HTML_HEAD: "Not uploaded: paste it into the head of every page that is reserved.",
}


def readme(source: Source, lines: Sequence[FormLine], remarks: Sequence[str]) -> bytes:
    """The text, as UTF-8 with Unix line ends."""
    d = source.declaration
    text = [
        f"Publication of {d.name}",
        f"SHA-256 {source.digest}",
        f"Log entry {source.entry} of {source.origin}",
        "",
        f"Upload to the root of {d.site}, keeping the folders. If the site has a robots.txt,",
        "an ai.txt, a _headers file or a .well-known/tdmrep.json of its own, do not overwrite it: run",
        f"  tacenda publish write {d.id} --into SITE_ROOT --dry-run",
        "which shows how ours is joined to it, and then the same without --dry-run.",
        "",
    ]
    if d.withdrawn:
        text += [
            "This version withdraws the declaration: --into takes our block, rule and policy away.",
            "Remove the header lines from the configuration of the web server by hand, or with --config.",
            "",
        ]
    common = told_by_none(lines)
    for line in lines:
        text += [line.path, f"  at:     {line.url}", f"  says:   {line.can}", f"  cannot: {line.cannot}"]
        if line.denies and set(line.unsaid) - common:
            text.append(f"  silent: {unsaid_words(set(line.unsaid) - common)}")
        if line.form in HOW:
            text.append(f"  how:    {HOW[line.form]}")
        text.append("")
    text += [f"Note: {remark}" for remark in remarks]
    text += ["", "Afterwards, `tacenda publish check` reads the bundle back.", ""]
    return "\n".join(text).encode("utf-8", "replace")
