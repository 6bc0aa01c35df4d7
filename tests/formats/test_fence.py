"""No sequence of update, foreign edit and removal loses a foreign byte."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tacenda.core.declaration import FormKind
from tacenda.core.preference import Dimension
from tacenda.errors import ConflictError, InputError
from tacenda.formats.ai_txt import AiTxt, put_ai_txt
from tacenda.formats.fence import comment, find_fence, other_fences, put_fence, remove_fence, render_fence
from tacenda.formats.robots_block import Block, put_block
from tacenda.formats.server_headers import render_snippet

NAME = "res-000001"
FIELDS = (("tdm-reservation", "1"), ("Content-Usage", "train-ai=n, ai-use=n"))
Put = Callable[[bytes, int], bytes]


def _robots(existing: bytes, version: int) -> bytes:
    denied = frozenset({Dimension.TRAIN_GEN, Dimension.SEARCH})
    return put_block(existing, Block(NAME, version, ("a comment",), denied, ("GPTBot", "AI2Bot")))


def _ai_txt(existing: bytes, version: int) -> bytes:
    return put_ai_txt(existing, AiTxt(NAME, version, (), ("*.mp3", "/")))


def _server(kind: FormKind) -> Put:
    lines = render_snippet(kind, FIELDS, ("/",), ("a comment",)).lines
    return lambda existing, version: put_fence(existing, NAME, version, lines * (1 + version % 2))


class _File(RuleBasedStateMachine):
    """A file that somebody else writes too: `before` our block and `after` it."""

    put: Put
    at_end: bool
    pieces = (
        b"User-agent: *\n", b"Disallow: /private/", b"/*\n  X-Own: 1\n", b"server {", b"}\r\n", b"\n", b"\r",
        b"# END", b"# END tacenda other\n", b"# BEGIN tacenda res-0000011 v1\n", b"\xef\xbb\xbf", b"caf\xe9 \xff",
        b"  ", b"x",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.data = b""
        self.before, self.after = b"", b""
        self.fenced = self.joined = False

    def _settle(self) -> bytes:
        """All foreign bytes; a line end of ours that somebody wrote on behind is theirs now."""
        return self.before + (b"\n" if self.joined and self.after else b"") + self.after

    @rule(version=st.integers(1, 9))
    def update(self, version: int) -> None:
        self.data = type(self).put(self.data, version)
        if not self.fenced or self.at_end:
            self.before, self.after = self._settle(), b""
            self.joined = bool(self.before) and self.before[-1:] not in (b"\n", b"\r")
        self.fenced = True

    @rule()
    def remove(self) -> None:
        self.data = remove_fence(self.data, NAME)
        self.before, self.after = self._settle(), b""
        self.fenced = self.joined = False

    @rule(piece=st.sampled_from(pieces))
    def somebody_writes_at_the_end(self, piece: bytes) -> None:
        self.data += piece
        if self.fenced:
            self.after += piece
        else:
            self.before += piece

    @rule(piece=st.sampled_from([piece for piece in pieces if piece.endswith((b"\n", b"\r"))]))
    def somebody_writes_at_the_beginning(self, piece: bytes) -> None:
        self.data = piece + self.data
        self.before = piece + self.before

    @invariant()
    def every_foreign_byte_is_there(self) -> None:
        assert remove_fence(self.data, NAME) == self._settle()
        assert self.data.startswith(self.before)
        assert self.data.endswith(self.after)
        assert (find_fence(self.data, NAME) is not None) is self.fenced


def _machine(name: str, put: Put, at_end: bool) -> type:
    machine = type(name, (_File,), {"put": staticmethod(put), "at_end": at_end})
    machine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
    return machine.TestCase


TestRobots = _machine("Robots", _robots, at_end=True)
TestAiTxt = _machine("AiTxt", _ai_txt, at_end=True)
TestHeadersFile = _machine("HeadersFile", _server(FormKind.HEADERS_FILE), at_end=False)
TestNginx = _machine("Nginx", _server(FormKind.HTTP_HEADERS), at_end=False)
TestApache = _machine("Apache", _server(FormKind.APACHE), at_end=False)
TestCaddy = _machine("Caddy", _server(FormKind.CADDY), at_end=False)


def test_a_block_is_renewed_where_somebody_moved_it() -> None:
    inside = b"server {\n" + put_fence(b"", NAME, 1, ["a"]) + b"}\n"
    assert put_fence(inside, NAME, 2, ["b"]) == (
        b"server {\n# BEGIN tacenda res-000001 v2\nb\n# END tacenda res-000001\n}\n"
    )


def test_two_foreign_lines_never_become_one() -> None:
    written_on = put_fence(b"unended", NAME, 1, ["a"]) + b"another"
    assert remove_fence(written_on, NAME) == b"unended\nanother"


@pytest.mark.parametrize("name", ["", "x y", "x\ny", "../x", "X", "a" * 90])
def test_an_id_that_could_break_the_fence_is_refused(name: str) -> None:
    with pytest.raises(InputError) as refused:
        render_fence(name, 1, [])
    assert refused.value.code == "fence.id"


@pytest.mark.parametrize("line", ["a\nb", "a\r", "é"])
def test_a_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(InputError) as refused:
        render_fence(NAME, 1, [line])
    assert refused.value.code == "fence.line"


@given(st.text(max_size=60))
def test_f62_a_comment_is_one_line_of_printable_ascii(text: str) -> None:
    line = comment(text)
    assert line.startswith("#")
    assert all(" " <= letter <= "~" for letter in line)


@given(st.sampled_from([b"# BEGIN tacenda res-000001 v1\n", b"# END tacenda res-000001\n"]), st.integers(2, 3))
def test_a_fence_without_its_other_half_is_never_guessed_at(half: bytes, count: int) -> None:
    for damaged in (half, half * count):
        with pytest.raises(ConflictError) as refused:
            remove_fence(b"a\n" + damaged, NAME)
        assert refused.value.code == "fence.damaged"


def test_blocks_of_other_declarations_are_given_with_their_ids() -> None:
    one = put_fence(b"theirs\r\n", "res-1", 2, ["a", "b"])
    both = put_fence(one, "res-10", 1, ["c"])
    assert other_fences(both, "res-10") == [("res-1", b"a\nb")]
    assert other_fences(both, "res-1") == [("res-10", b"c")]
    assert other_fences(b"# BEGIN tacenda res-1 v1\nx\n", "res-2") == []
