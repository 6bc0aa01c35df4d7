"""The process that reads and checks a large catalogue for `apart`.

Run as ``python -m tacenda.catalogue.apart_worker``: the plan comes on standard input; pieces of batches go to
standard output, each pickled, with its length before it; then None, or the error that ended it.
"""

import gc
import os
import pickle
import signal
import sys
from typing import IO, Any, Final

from tacenda.catalogue.apart import LENGTH_BYTES
from tacenda.catalogue.batches import pieces
from tacenda.errors import TacendaError

COLLECT_EACH: Final = 25


def run(orders: IO[bytes], answers: IO[bytes]) -> None:
    """Read one file to its end."""

    def send(message: Any) -> None:
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        answers.write(len(data).to_bytes(LENGTH_BYTES))
        answers.write(data)
        answers.flush()

    plan, batch_rows = pickle.load(orders)  # noqa: S301 - our own process wrote it
    try:
        for number, piece in enumerate(pieces(plan, batch_rows), 1):
            send(piece)
            if number % COLLECT_EACH == 0:
                gc.collect(0)
        send(None)
    except BrokenPipeError:
        raise
    except (TacendaError, OSError) as error:
        send(error)


def main() -> None:
    """Keep standard output for the answers alone: what anything else prints goes to the error stream."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that writes decides; then our pipe breaks
    gc.disable()  # rows make no cycles, and walking them costs a third of the time
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        run(sys.stdin.buffer, answers)
        answers.close()
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more; a normal end would try to flush


if __name__ == "__main__":
    main()
