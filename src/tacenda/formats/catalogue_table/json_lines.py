"""JSON Lines: one object a line, objects and lists within it one level deep, as columns named ``a.b``.

Refused line by line: duplicate keys (two readers would see two different rows), NaN and Infinity, nesting beyond
the limit, and anything that is no object. Numbers keep their spelling, so that ``6.02E+11`` is seen as the damage
it is.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tacenda.formats.catalogue_table.lines import ByteStream, raw_lines
from tacenda.formats.catalogue_table.rows import LIMITS, SHOWN, BadRow, Cell, Limits, Row

Record = dict[str, Cell]


class _Refused(ValueError):
    """A rule that the line breaks; never leaves this module."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(why)
        self.rule = rule


def json_records(
    stream: ByteStream, encoding: str, *, offset: int = 0, limits: Limits = LIMITS
) -> Iterator[tuple[int, int, Record] | BadRow]:
    """Line, offset and flattened object of each line that is not blank."""
    for line, raw in enumerate(raw_lines(stream, encoding, limits.line_bytes), 1):
        here, offset = offset, offset + len(raw)
        if not isinstance(raw, bytes):
            why = f"The line is longer than {limits.line_bytes} bytes ({len(raw)})."
            yield BadRow(line, here, "line.length", "", why)
            continue
        try:
            text = raw.decode(encoding).strip()
            if text:
                yield line, here, _flat(_parse(text, limits), limits)
        except UnicodeDecodeError as error:
            shown = raw.decode(encoding, "replace").strip()[:SHOWN]
            why = f"Bytes of this line are not {encoding.upper()}."
            yield BadRow(line, here + error.start, "text.encoding", shown, why)
        except _Refused as error:
            yield BadRow(line, here, error.rule, text[:SHOWN], str(error))


def json_rows(
    stream: ByteStream,
    encoding: str,
    columns: Sequence[str],
    *,
    offset: int = 0,
    limits: Limits = LIMITS,
) -> Iterator[Row | BadRow]:
    """Rows with one cell for each of `columns`; keys beyond them are not read."""
    for found in json_records(stream, encoding, offset=offset, limits=limits):
        if isinstance(found, BadRow):
            yield found
        else:
            line, here, record = found
            yield Row(line, here, [record.get(column) for column in columns])


def _parse(text: str, limits: Limits) -> dict[str, Any]:
    if text[0] != "{":
        raise _Refused("json.object", "Each line of JSON Lines is one object.")
    if text.count("[") + text.count("{") > limits.json_depth and _depth(text) > limits.json_depth:
        raise _Refused("json.depth", f"Brackets are nested more than {limits.json_depth} deep.")
    try:
        found = json.loads(
            text, object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise _Refused("json.form", f"This is not JSON: {error.msg} at character {error.pos + 1}.") from error
    except RecursionError as error:
        raise _Refused("json.depth", "Brackets are nested too deep.") from error
    if not isinstance(found, dict):
        raise _Refused("json.object", "Each line of JSON Lines is one object.")
    return found


def _depth(text: str) -> int:
    """How deep brackets are nested, those in strings left out."""
    depth = deepest = 0
    inside = skip = False
    for character in text:
        if skip:
            skip = False
        elif inside:
            inside = character != '"'
            skip = character == "\\"
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Refused("json.duplicate", f"The key {twice[:80]!r} stands twice in one object.")
    return found


def _constant(name: str) -> None:
    raise _Refused("json.number", f"{name} is no JSON.")


def _flat(found: dict[str, Any], limits: Limits) -> Record:
    if len(found) > limits.columns:
        raise _Refused("row.columns", f"The object has {len(found)} keys; at most {limits.columns} are read.")
    record: Record = {}
    for key, value in found.items():
        if isinstance(value, dict):
            for inner, cell in value.items():
                record[f"{key}.{inner}"] = _cell(cell)
        elif isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
            for inner in dict.fromkeys(name for entry in value for name in entry):
                record[f"{key}.{inner}"] = _cell([entry.get(inner) for entry in value])
        else:
            record[key] = _cell(value)
    return record


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, list):
        plain = [str(entry) for entry in value if isinstance(entry, str | int | float)]
        return tuple(plain) if len(plain) == len([entry for entry in value if entry is not None]) else None
    return None
