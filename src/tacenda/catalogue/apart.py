"""Reading and checking a large file in a process of its own, while this one writes to the database.

The other process sends pieces of batches, made by the very code that a small file is read with here, so the
results and the report files are the same, byte for byte. At most `BACKLOG_BYTES` of them wait here; then it waits.

Whichever ends first, the other ends too: when this process is gone, the other finds its pipe closed; when the
other is killed, this one says so, and the next run of the import goes on where this one stopped.
"""

import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import IO, Any, Final

from tacenda.catalogue.batches import BATCH_ROWS, Batch, gathered, pieces
from tacenda.catalogue.plan import ImportPlan
from tacenda.errors import RemoteError
from tacenda.formats.catalogue_table.table import Table, TableKind

BACKLOG_BYTES: Final = 32_000_000
LENGTH_BYTES: Final = 8
# About 20,000 rows; below it another process would cost more time than it saves.
WORTH_BYTES: Final = {TableKind.XLSX: 1_000_000, TableKind.PARQUET: 1_000_000}
WORTH_TEXT_BYTES: Final = 4_000_000
COMMAND: Final = ("-P", "-m", "tacenda.catalogue.apart_worker")


def worth_a_process(table: Table) -> bool:
    """Whether the file is large enough."""
    return table.size >= WORTH_BYTES.get(table.kind, WORTH_TEXT_BYTES)


@contextmanager
def reading(
    plan: ImportPlan, batch_rows: int = BATCH_ROWS, *, apart: bool | None = None
) -> Iterator[Iterator[Batch]]:
    """The batches of a plan, read in another process if the file is large.

    Args:
        apart: say so, or that it shall be read here.

    Raises:
        RemoteError: ``catalogue.reader`` when the other process was stopped.
        TacendaError: what the readers of tables raise.
    """
    if not (worth_a_process(plan.table) if apart is None else apart):
        yield gathered(pieces(plan, batch_rows))
        return
    process = subprocess.Popen([sys.executable, *COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        with closing(_Backlog(process)) as backlog:
            backlog.send((replace(plan, table=replace(plan.table, sample=())), batch_rows))
            yield gathered(backlog.pieces())
    finally:
        process.kill()
        process.wait()


class _Backlog:
    """The messages of the other process, taken in by a thread so that it never waits for a commit here."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._waiting: deque[bytes] = deque()
        self._held = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._take_in, daemon=True)
        self._thread.start()

    def send(self, order: Any) -> None:
        """Tell the other process what to do."""
        stream = self._process.stdin
        if stream is not None:
            try:
                with stream:
                    pickle.dump(order, stream, pickle.HIGHEST_PROTOCOL)
            except BrokenPipeError as error:
                raise self._stopped() from error

    def pieces(self) -> Iterator[Batch]:
        """All pieces, until the other process says that there are no more."""
        while data := self._next():
            found = pickle.loads(data)  # noqa: S301 - our own process wrote it
            del data
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found
        raise self._stopped()

    def close(self) -> None:
        """Take no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._process.kill()
        self._thread.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _next(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            data = self._waiting.popleft()
            self._held -= len(data)
            self._changed.notify_all()
            return data

    def _take_in(self) -> None:
        stream = self._process.stdout
        while data := _message(stream) if stream is not None else b"":
            with self._changed:
                self._changed.wait_for(lambda: self._held < BACKLOG_BYTES or self._closed)
                if self._closed:
                    return
                self._waiting.append(data)
                self._held += len(data)
                self._changed.notify_all()
        with self._changed:
            self._waiting.append(b"")
            self._changed.notify_all()

    def _stopped(self) -> RemoteError:
        code = self._process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return RemoteError(
            "catalogue.reader",
            f"The process that reads the file was stopped ({how}).",
            hint="Run the import again: it goes on where it stopped. If it is stopped again, memory may be short.",
        )


def _message(stream: IO[bytes]) -> bytes:
    """One message, or nothing when the stream ended, be it in the middle of one."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return b""
    length = int.from_bytes(head)
    data = stream.read(length)
    return data if len(data) == length else b""
