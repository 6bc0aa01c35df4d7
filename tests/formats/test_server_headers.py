"""Configuration of web servers: what is written is read again, and what could mean something else is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.declaration import FormKind
from tacenda.errors import InputError
from tacenda.formats.server_headers import can_limit, parse_snippet, path_regex, render_snippet

KINDS = (FormKind.HTTP_HEADERS, FormKind.APACHE, FormKind.CADDY, FormKind.HEADERS_FILE)
LINK = ("Link", '<https://x.example/rsl.xml>; rel="license"; type="application/rsl+xml"')
names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,12}", fullmatch=True)
values = st.from_regex(r"[!&-,./0-9:;<=>?@A-Z\[\]a-z|~\" -]{1,40}", fullmatch=True).filter(
    lambda value: value == value.strip() and not re.search(r"[$\\{}%`'#]", value)
)
fields = st.lists(st.tuples(names, values), min_size=1, max_size=5, unique_by=lambda field: field[0].lower()).map(
    tuple
)
prefixes = st.lists(st.sampled_from(["/music/", "/a-b/", "/x.y/*"]), min_size=1, unique=True).map(tuple)


@given(st.sampled_from(KINDS), fields, st.one_of(st.just(("/",)), prefixes))
def test_reading_what_was_written(
    kind: FormKind, stated: tuple[tuple[str, str], ...], paths: tuple[str, ...]
) -> None:
    read = parse_snippet(kind, "\n".join(render_snippet(kind, stated, paths, ("Header: no",)).lines))
    times = len(paths) if kind is FormKind.HEADERS_FILE else 1
    assert tuple((each.name, each.value) for each in read) == stated * times
    assert any(each.condition for each in read) is (paths != ("/",) or kind is FormKind.HEADERS_FILE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value",
    ["a\nb", "a\r\nadd_header x y", "$host", "é", "", "a'b", "a`b", "{env.HOME}", "%{HOSTNAME}e", "a\\", "a#b"],
)
def test_f62_a_value_that_could_mean_something_else_to_a_server_is_refused(kind: FormKind, value: str) -> None:
    with pytest.raises(InputError) as refused:
        render_snippet(kind, (("x", value),), ("/",))
    assert refused.value.code == "headers.value"


@pytest.mark.parametrize("name", ["", "a b", "a:b", "é", "a\n", "1a"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InputError) as refused:
        render_snippet(FormKind.APACHE, ((name, "x"),), ("/",))
    assert refused.value.code == "headers.name"


@pytest.mark.parametrize("path", ["music", "/a b", '/a"', "/a;", "/a{", "/a`", "/a\n", "/$a"])
def test_a_path_that_could_mean_something_else_is_refused(path: str) -> None:
    with pytest.raises(InputError) as refused:
        render_snippet(FormKind.HTTP_HEADERS, (("x", "y"),), (path,))
    assert refused.value.code == "headers.path"


@pytest.mark.parametrize(
    ("paths", "path", "reached"),
    [
        (("/music/",), "/music/a.mp3", True),
        (("/music/",), "/musicians", False),
        (("/a.b/",), "/axb/", False),
        (("/*.mp3$",), "/x/y.mp3", True),
        (("/*.mp3$",), "/x/y.mp3x", False),
        (("/a", "/b"), "/bc", True),
    ],
)
def test_patterns_as_one_regular_expression(paths: tuple[str, ...], path: str, reached: bool) -> None:
    assert (re.search(path_regex(paths), path) is not None) is reached


def test_a_headers_file_holds_one_star_at_the_end_of_a_path() -> None:
    assert can_limit(FormKind.HEADERS_FILE, ("/music/", "/a/*"))
    assert not can_limit(FormKind.HEADERS_FILE, ("/*.mp3",))
    assert not can_limit(FormKind.HEADERS_FILE, ("/a$",))
    assert can_limit(FormKind.APACHE, ("/*.mp3$",))
    with pytest.raises(InputError):
        render_snippet(FormKind.HEADERS_FILE, (LINK,), ("/a$",))


def test_what_is_no_server_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        render_snippet(FormKind.ROBOTS, (LINK,), ("/",))
    assert refused.value.code == "headers.kind"
