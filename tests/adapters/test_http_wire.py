"""One exchange, whatever bytes come back: bounded, and the same however they are cut into pieces."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.adapters.http_wire import MAX_HEADER, Answer, Stream, WireFault, exchange, request_bytes

LIMIT = 1000


class Scripted:
    """A socket that gives `data` in pieces of at most `size` bytes."""

    def __init__(self, data: bytes, size: int = 16_384) -> None:
        self.left = memoryview(data)
        self.size = size
        self.sent = b""

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def recv(self, most: int) -> bytes:
        taken = self.left[: min(most, self.size)]
        self.left = self.left[len(taken) :]
        return bytes(taken)


def ask(data: bytes, size: int = 16_384, limit: int = LIMIT) -> Answer | str:
    stream = Stream(Scripted(data, size), lambda: 1.0)  # type: ignore[arg-type]
    try:
        return exchange(stream, b"GET / HTTP/1.1\r\n\r\n", limit)
    except WireFault as fault:
        return fault.code


HEADS = st.lists(
    st.sampled_from(
        [
            b"Content-Length: 5", b"Content-Length: 2000", b"Transfer-Encoding: chunked",
            b"Content-Encoding: gzip", b" folded", b"X: y", b"Location: /z", b"", b"broken",
            b"Content-Length: five", b"Transfer-Encoding: x",
        ]
    ),
    max_size=5,
)  # fmt: skip
STATUS = st.sampled_from([b"200 OK", b"204 x", b"301 x", b"103 x", b"500", b"20x"])
BODIES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"hello", b"5\r\nhello\r\n0\r\n\r\n", gzip.compress(b"a" * 5000, mtime=0), b"5;x=y\r\nhel"]),
)


@given(
    st.sampled_from([b"200 OK", b"204 x", b"301 x", b"103 x", b"500", b"20x"]), HEADS, BODIES, st.integers(1, 40)
)
def test_an_answer_is_the_same_however_it_arrives_and_never_longer_than_its_limit(
    status: bytes, heads: list[bytes], body: bytes, size: int
) -> None:
    data = b"HTTP/1.1 " + status + b"\r\n" + b"".join(head + b"\r\n" for head in heads) + b"\r\n" + body
    whole = ask(data)
    assert whole == ask(data, size)
    if isinstance(whole, Answer):
        assert len(whole.body) <= LIMIT
        assert all("\r" not in value and "\n" not in value and "\0" not in value for _, value in whole.fields)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_a_fault_with_a_code(data: bytes) -> None:
    assert isinstance(ask(data), Answer | str)
    assert isinstance(ask(b"HTTP/1.1 200 OK\r\n" + data), Answer | str)


def test_a_header_of_64_kib_is_read_and_one_byte_more_is_not() -> None:
    status, end = b"HTTP/1.1 200 OK\r\n", b"\r\n\r\n"
    room = MAX_HEADER - len(status) - len(b"A: ") - len(b"\r\n")
    fits = status + b"A: " + b"b" * (room - 2) + end
    assert isinstance(ask(fits), Answer)
    assert ask(status + b"A: " + b"b" * (room + 2) + end) == "http.header"


@pytest.mark.parametrize("size", [1, 7, 16_384])
def test_a_chunked_body_with_extensions(size: int) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
    data = head + b"5;a=b\r\nhello\r\n1 \r\n!\r\n0\r\nX: trailer\r\n\r\n"
    answer = ask(data, size)
    assert isinstance(answer, Answer)
    assert (answer.body, answer.flaw, answer.cut) == (b"hello!", "", False)


def test_a_body_of_exactly_the_limit_is_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
    whole = ask(head % LIMIT + b"x" * LIMIT)
    assert isinstance(whole, Answer)
    assert (len(whole.body), whole.cut, whole.flaw) == (LIMIT, False, "")
    over = ask(head % (LIMIT + 1) + b"x" * (LIMIT + 1))
    assert isinstance(over, Answer)
    assert (len(over.body), over.cut, over.flaw) == (LIMIT, True, "")
    packed = gzip.compress(b"y" * LIMIT, mtime=0)
    unpacked = ask(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed)
    assert isinstance(unpacked, Answer)
    assert (len(unpacked.body), unpacked.cut, unpacked.flaw) == (LIMIT, False, "")


def test_when_the_time_is_over_nothing_is_read() -> None:
    stream = Stream(Scripted(b"HTTP/1.1 200 OK\r\n\r\n"), lambda: 0.0)  # type: ignore[arg-type]
    with pytest.raises(WireFault) as caught:
        exchange(stream, b"GET / HTTP/1.1\r\n\r\n", LIMIT)
    assert caught.value.code == "time.deadline"


def test_the_request_has_no_way_to_say_more_than_one() -> None:
    request = request_bytes("/a?b", "lark.example", "Tacenda/0.1.0 (+https://lark.example/)")
    assert request.count(b"\r\n\r\n") == 1
    assert request.startswith(b"GET /a?b HTTP/1.1\r\nHost: lark.example\r\n")


def test_a_body_in_a_hundred_thousand_crumbs_is_read_to_its_end() -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n"
    answer = ask(data, 64, limit=10_000_000)
    assert isinstance(answer, Answer)
    assert (answer.body, answer.flaw) == (b"x" * 100_000, "")
