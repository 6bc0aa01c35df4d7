"""Render letters to the shipped directory, beside one Typst process a letter.

    python -m benchmarks.render_letters [LETTERS]          (400 unless said otherwise; the target is under 60 s)

All make the same bytes from the same facts. The peers are what a script would do: `typst.compile` called anew for
each letter, and a process started for each letter, as with the `typst` program. They get a tenth of the letters;
the ratios are of CPU time per letter, since wall time depends on who else is at work.
"""

import pickle
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import typst

from tacenda.core.canonical import canonical_bytes
from tacenda.data import recipients_text
from tacenda.formats.letter.render import MAIN, STANDARDS, TEMPLATES, Job, render_all, reply_form
from tacenda.notify.directory import parse_directory
from tacenda.notify.letters import letter_facts
from tacenda.testing.letters import DAY, sample_bytes, sample_sending

SHARE = 10
MIDNIGHT = int(time.mktime((DAY.year, DAY.month, DAY.day, 0, 0, 0, 0, 0, 0))) - time.timezone


def jobs_of(count: int) -> list[Job]:
    recipients = [r for r in parse_directory(recipients_text()).recipients if r.variant() and r.website]
    sending, body = sample_sending(recipients), sample_bytes()
    made = [Job(r.id, letter_facts(sending, r), body) for r in recipients]
    return [made[place % len(made)] for place in range(count)]


def naive(job: Job) -> bytes:
    inputs = {
        "facts": canonical_bytes(job.facts.document()).decode(),
        "declaration": job.declaration.decode(),
        "reply": reply_form(job.facts).decode(),
    }
    made = typst.compile(
        str(MAIN),
        root=str(TEMPLATES),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=list(STANDARDS),
        timestamp=MIDNIGHT,
    )
    assert isinstance(made, bytes)
    return made


def in_a_process(job: Job) -> bytes:
    """As `naive`, in a process of its own; the job travels by pipe and its letter comes back."""
    program = "import pickle,sys; from benchmarks.render_letters import naive; from sys import stdin,stdout; "
    program += "stdout.buffer.write(naive(pickle.load(stdin.buffer)))"
    return subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(job), capture_output=True, check=True
    ).stdout


def clocked(what: str, count: int, work: Callable[[], Sequence[bytes]]) -> tuple[float, Sequence[bytes]]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu += after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, after.ru_maxrss) // 1024
    print(f"{what:<40} {count:5} letters {wall:8.2f} s wall {cpu:8.2f} s CPU   largest process {peak:,} MiB")
    return cpu / count, made


def main(count: int) -> None:
    jobs = jobs_of(count)
    few = jobs[: max(1, count // SHARE)]
    shared, ours = clocked("two processes", count, lambda: [made.pdf for made in render_all(jobs, 2)])
    alone, same = clocked("one process, one compiler", count, lambda: [made.pdf for made in render_all(jobs, 1)])
    anew, theirs = clocked("peer: typst.compile for each letter", len(few), lambda: [naive(job) for job in few])
    each, others = clocked("peer: a process for each letter", len(few), lambda: [in_a_process(job) for job in few])
    assert list(ours) == list(same)
    assert list(theirs) == list(others) == list(ours[: len(few)])
    for what, figure in (("two processes", shared), ("one process", alone)):
        print(
            f"{what}: {anew / figure:.1f} times as cheap as compile anew, {each / figure:.1f} as its own process"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
