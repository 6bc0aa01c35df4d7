"""The run: batch by batch from rows to verdicts, written as they come.

Memory is that of a few batches and of the snapshot's counters. The number of verdicts is the number of rows: what
could not be read has a verdict too (Unclear), in its place.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacenda.core.decision import Facts
from tacenda.core.thing import Thing
from tacenda.errors import InputError, Unreadable
from tacenda.formats.corpus_table import Chunk, Field, field_values, read_rows
from tacenda.match.interface import COLUMNS, CorpusBatch, How, Matcher, Matches
from tacenda.ports import Progress
from tacenda.screen.answers import (
    APART,
    DOUBTFUL,
    DOUBTS,
    ISRC_UNKNOWN,
    LICENSED,
    NO_DOUBT,
    OTHER_ISRC,
    UNREADABLE,
    WORDS,
    AnswerBook,
    named_only,
)
from tacenda.screen.found import ITEM_COLUMNS, FoundItems, text, words_once
from tacenda.screen.lists import CORPUS_FIELDS, ITEM_FIELDS, SCHEMA, Lists
from tacenda.screen.marks import BAD, GOOD, IDENTIFIERS, States, answer_without_match, states_of
from tacenda.screen.plan import FilePlan, Plan
from tacenda.screen.rows import verdicts_of_rows
from tacenda.screen.tally import FileCount, Tally
from tacenda.screen.text import LyricLists, Terms, TextEngine, corpus_words, joined

_FINDING_ITEM_COLUMNS: Final = (*ITEM_COLUMNS, "iswc", "gtin", "youtube", "label", "release_date")
_HOW_WORDS: Final = pa.array([how.name.lower() for how in How], pa.string())
_WORDS: Final = pa.array(WORDS, pa.string())


class Screened(Protocol):
    """What screening needs of a snapshot (`tacenda.snapshot.opened.Snapshot`)."""

    @property
    def manifest(self) -> Any: ...
    @property
    def umbrellas(self) -> Any: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def items(self) -> Any: ...
    @property
    def group_of_item(self) -> NDArray[Any]: ...
    @property
    def matcher(self) -> Matcher: ...
    def thing(self, group: int) -> Thing: ...
    def thing_of_umbrella(self, umbrella: int) -> Thing: ...


class Run:
    """One screening run: `Run(plan, snapshot).write(folder)`, then read `tally`, `book`, `kept`, `dropped`."""

    def __init__(self, plan: Plan, snapshot: Screened, terms: Terms | None = None) -> None:
        self.plan = plan
        self.snapshot = snapshot
        self.book = AnswerBook(plan.asked, snapshot.facts, snapshot.thing, snapshot.thing_of_umbrella)
        self.tally = Tally(snapshot.items.num_rows)
        self.kept = 0
        self.dropped = 0
        self._covered = covered_kinds(snapshot)
        self._groups = np.asarray(snapshot.group_of_item)
        self._items = FoundItems(snapshot.items)
        self.text = self._text_engine(terms or Terms())
        self._evidence: LyricLists | None = None
        self._broken: list[InputError] = []
        self._nothing = pa.RecordBatch.from_pylist([], SCHEMA)

    def _text_engine(self, terms: Terms) -> TextEngine | None:
        """For a corpus with text and a snapshot with lyrics."""
        index = getattr(self.snapshot, "lyrics", None)
        sources = [file.source for file in self.plan.files if file.columns.use(Field.TEXT)]
        if index is None or not sources:
            return None
        return TextEngine(index, self.snapshot.items, corpus_words(sources), terms)

    def write(self, folder: Path, progress: Progress | None = None) -> None:
        """Screen every file of the plan and write the lists into `folder`, which must exist.

        A file of a corpus of several that breaks off is reported among the unreadable and the others go on.

        Raises:
            InputError: when a corpus of one file breaks off, or none of several holds a row that could be reached.
        """
        total = sum(file.source.rows or 0 for file in self.plan.files) or None
        with ExitStack() as stack:
            lists = stack.enter_context(Lists(folder, self.plan.drop))
            self._evidence = stack.enter_context(LyricLists(folder)) if self.text is not None else None
            if self.plan.refused:
                self._unread(self.plan.refused, lists)
            for file in self.plan.files:
                self._file(file, lists, progress, total)
            if self._broken and not self.tally.rows:
                raise self._broken[0]
        self.kept, self.dropped = lists.kept, lists.dropped

    def _file(self, file: FilePlan, lists: Lists, progress: Progress | None, total: int | None) -> None:
        count = self.tally.files.setdefault(file.source.name, FileCount())
        try:
            for chunk in read_rows(file.source, file.columns.columns):
                lists.add(self._batch(file, chunk), [bad.what for bad in chunk.bad])
                count.rows += len(chunk)
                count.unreadable += len(chunk.bad)
                if progress is not None:
                    progress(self.tally.rows, total, file.source.name)
        except InputError as error:
            if len(self.plan.files) == 1:
                raise
            count.broken = str(error)
            self._broken.append(error)
            self._unread([Unreadable(error.where, "", error.code, "", error.message)], lists)

    def _unread(self, bad: Sequence[Unreadable], lists: Lists) -> None:
        """Report what could not be read and is no row: a file, or all of it from some place on."""
        self.tally.count_unreadable(bad)
        lists.add(self._nothing, bad)

    def _batch(self, file: FilePlan, chunk: Chunk) -> Any:
        """The verdicts of one chunk as a record batch of `SCHEMA`."""
        values = {field: text(column) for field, column in field_values(chunk, file.columns).items()}
        rows = len(chunk.lines)
        matches = self._ask(values)
        answers = self._answers(matches)
        verdicts = self.book.verdicts()
        decided = verdicts_of_rows(rows, matches, answers, verdicts, self._spelt_alike(matches, values))
        shown = decided.match
        item = np.where(shown >= 0, _pick(matches.item, shown), -1)
        how = np.where(shown >= 0, _pick(matches.how, shown), -1)
        answer = decided.answer
        states = states_of(values, matches)
        doubt = self._doubts(states, item, how, decided.apart)
        licensed = (shown >= 0) & (verdicts[answer] == LICENSED)
        named_only(answer, licensed, how)
        if Field.ISRC in states:
            # A licence is for one recording: a name or a release is no ISRC.
            answer[licensed & (states[Field.ISRC] == GOOD) & (how != How.ISRC)] = ISRC_UNKNOWN
        without = np.flatnonzero(shown < 0)
        if len(without):
            some = {field: pc.take(column, pa.array(without)) for field, column in values.items()}
            said = {field: state[without] for field, state in states.items()}
            answer[without] = answer_without_match(
                some, said, len(without), self._covered, searched=self.text is not None
            )
        if self.text is not None and self._evidence is not None and Field.TEXT in values:
            self._evidence.add(self.text.rows(file.source.name, chunk.lines))
        first = self.tally.rows + 1
        columns: dict[str, Any] = {
            "line": chunk.lines, "answer": answer, "item": item, "how": how, "matches": decided.matched,
            "doubt": doubt,
        }  # fmt: skip
        if chunk.bad:
            values, columns = _with_bad_rows(chunk, values, columns)
            self.tally.count_unreadable([bad.what for bad in chunk.bad])
        verdict = verdicts[columns["answer"]]
        self.tally.count(columns["answer"], verdict, columns["how"], columns["item"], columns["doubt"])
        batch = self._record_batch(file.source.name, first, values, columns, verdict)
        self._sample(batch, columns, verdict, chunk.lines)
        return batch

    def _ask(self, values: Mapping[Field, Any]) -> Matches:
        marks = {field.value: column for field, column in values.items() if field.value in COLUMNS}
        nothing = np.zeros(0, np.int64)
        found = [Matches(nothing, nothing, nothing.astype(np.int32), nothing.astype(np.uint8))]
        if marks:
            found.append(self.snapshot.matcher.ask(CorpusBatch(**marks)))
        if self.text is not None and Field.TEXT in values:
            found.append(self.text.ask(values[Field.TEXT]))
        return found[-1] if len(found) < 3 else joined(found)

    def _answers(self, matches: Matches) -> NDArray[np.int32]:
        answers = np.zeros(len(matches), np.int32)
        of_lyric = matches.how == How.LYRICS
        of_item = (matches.item >= 0) & ~of_lyric
        answers[of_lyric] = self.book.of_lyrics(self._groups[matches.item[of_lyric]].astype(np.int64))
        answers[of_item] = self.book.of_groups(self._groups[matches.item[of_item]].astype(np.int64))
        rest = ~of_item & ~of_lyric
        answers[rest] = self.book.of_umbrellas(matches.umbrella[rest].astype(np.int64))
        return answers

    def _spelt_alike(self, matches: Matches, values: Mapping[Field, Any]) -> NDArray[np.bool_]:
        """Of each match, whether its title is spelt as in the row but for case.

        Asked only where several match by one mark: nowhere else does it decide what is shown.
        """
        alike = np.zeros(len(matches), bool)
        if Field.TITLE not in values or not len(matches):
            return alike
        same = (matches.row[1:] == matches.row[:-1]) & (matches.how[1:] == matches.how[:-1])
        several = np.zeros(len(matches), bool)
        several[1:] |= same
        several[:-1] |= same
        asked = np.flatnonzero(several & (matches.item >= 0))
        if len(asked):
            ours = pc.take(values[Field.TITLE], pa.array(matches.row[asked]))
            theirs = text(self.snapshot.items.column("title").take(pa.array(matches.item[asked])))
            equal = pc.fill_null(pc.equal(pc.utf8_lower(ours), pc.utf8_lower(theirs)), False)
            alike[asked] = equal.to_numpy(zero_copy_only=False)
        return alike

    def _doubts(
        self, states: States, item: NDArray[np.int64], how: NDArray[np.int64], apart: NDArray[np.bool_]
    ) -> NDArray[np.int8]:
        """int8: what is doubtful about each row that matched, as a number in `DOUBTS`."""
        doubt = np.zeros(len(item), np.int8)
        found = how >= 0
        for field in reversed(tuple(IDENTIFIERS)):
            if field in states:
                doubt[found & (states[field] == BAD)] = DOUBTFUL[field.value]
        doubt[apart] = APART
        if Field.ISRC in states:
            by_name = np.flatnonzero((how == How.TEXT) & (states[Field.ISRC] == GOOD) & ~apart)
            doubt[by_name[self._items.has_isrc(item[by_name])]] = OTHER_ISRC
        return doubt

    def _record_batch(
        self, source: str, first: int, values: Mapping[Field, Any], columns: Mapping[str, Any], verdict: Any
    ) -> Any:
        rows = len(verdict)
        nulls = pa.nulls(rows, pa.string())
        lines, answer = self.book.lines, columns["answer"]
        reasons = answer * np.int32(len(DOUBTS)) + columns["doubt"]
        arrays = [
            pa.array(np.arange(first, first + rows, dtype=np.int64)),
            pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([source])),
            pa.array(columns["line"]),
            values.get(Field.ID, nulls),
            pa.DictionaryArray.from_arrays(pa.array(verdict.astype(np.int32)), _WORDS),
            *(values.get(Field(name), nulls) for name in CORPUS_FIELDS),
            pa.DictionaryArray.from_arrays(
                pa.array(columns["how"].astype(np.int32), mask=columns["how"] < 0), _HOW_WORDS
            ),
            pa.array(columns["matches"]),
            *self._items.columns(columns["item"]),
            words_once(answer, lambda number: lines[number].reserved_by),
            words_once(answer, lambda number: lines[number].since),
            words_once(reasons, self._reasons),
            words_once(answer, lambda number: lines[number].records),
        ]
        return pa.record_batch(arrays, schema=SCHEMA)

    def _reasons(self, number: int) -> str:
        """The reasons of an answer, and the doubt about the row."""
        answer, doubt = divmod(number, len(DOUBTS))
        return " ".join(filter(None, (self.book.lines[answer].reasons, DOUBTS[doubt])))

    def _sample(
        self, batch: Any, columns: Mapping[str, Any], verdict: NDArray[np.int8], lines: NDArray[np.int64]
    ) -> None:
        rows = batch.column("row").to_numpy()
        for place, number, kind in self.tally.candidates(rows, verdict, columns["how"]):
            row = {name: _cell(batch, name, place) for name in SCHEMA.names}
            finding: dict[str, Any] = {name: row[name] for name in SCHEMA.names if name not in ITEM_FIELDS}
            item = int(columns["item"][place])
            if item >= 0:
                found = self.snapshot.items.select(list(_FINDING_ITEM_COLUMNS)).slice(item, 1).to_pylist()[0]
                finding["item"] = {name: "" if value is None else str(value) for name, value in found.items()}
            else:
                finding["item"] = {}
            if self.text is not None and int(columns["how"][place]) == How.LYRICS:
                # Unreadable rows stand between the others in the batch: the line says which row it was.
                row_read = int(np.searchsorted(lines, columns["line"][place]))
                finding["lyrics"] = self.text.evidence(row_read, item)
            self.tally.keep(number, kind, finding)


def covered_kinds(snapshot: Screened) -> frozenset[Field]:
    """The kinds of identifier of which the snapshot knows at least one; ISRC also by a reserved prefix."""
    known = {name for name, count in snapshot.manifest.keys.items() if count}
    known |= {umbrella.key_class.removesuffix("-prefix") for umbrella in snapshot.umbrellas}
    return frozenset(kind for kind in IDENTIFIERS if kind.value in known)


def _pick(values: NDArray[Any], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """values[places], and anything at all where the place is -1."""
    if not len(values):
        return np.full(len(places), -1, np.int64)
    picked: NDArray[np.int64] = values[np.maximum(places, 0)].astype(np.int64)
    return picked


def _cell(batch: Any, name: str, place: int) -> Any:
    value = batch.column(name)[place].as_py()
    return "" if value is None else value


def _with_bad_rows(
    chunk: Chunk, values: Mapping[Field, Any], columns: Mapping[str, Any]
) -> tuple[dict[Field, Any], dict[str, Any]]:
    """The rows of a chunk with the unreadable ones in their places."""
    count = len(chunk.bad)
    lines = np.concatenate([columns["line"], np.array([bad.line for bad in chunk.bad], np.int64)])
    order = np.argsort(lines, kind="stable")
    fill = {"answer": UNREADABLE, "item": -1, "how": -1, "matches": 0, "doubt": NO_DOUBT}
    merged = {
        name: np.concatenate([columns[name], np.full(count, value, columns[name].dtype)])[order]
        for name, value in fill.items()
    }
    merged["line"] = lines[order]
    empty = pa.nulls(count, pa.string())
    texts = {field: pc.take(pa.concat_arrays([c, empty]), pa.array(order)) for field, c in values.items()}
    return texts, merged
