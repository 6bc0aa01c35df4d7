"""Identifiers: published codes, independent check computations, and every rule of refusal."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.identifiers import (
    Identifier,
    Problem,
    Scheme,
    gtin_check,
    identifier,
    ipi_check,
    isni_check,
    mod_37_36_check,
    parse_identifier,
    weighted_check,
)
from tacenda.errors import InputError

TRACK = "2CEujT1Tuv3jIIjUyUvupg"


def problem(scheme: Scheme, text: str) -> Problem:
    answer = parse_identifier(scheme, text)
    assert isinstance(answer, Problem), answer
    return answer


# Codes that their standards or their owners publish; signals.md section 12 says which were checked there.
PUBLISHED = [
    (Scheme.ISRC, "ISRC AA-6Q7-20-00047", "AA6Q72000047", "ISRC AA-6Q7-20-00047"),  # ISO 3901:2019
    (Scheme.ISWC, "T-034.524.680-1", "T0345246801", "T-034.524.680-1"),  # ISO 15707
    (Scheme.IPI, "00014107338", "00014107338", "00014107338"),  # CISAC
    (Scheme.IPI_BASE, "I-000000229-7", "I-000000229-7", "I-000000229-7"),  # CISAC
    (Scheme.ISNI, "0000 0001 2103 2683", "0000000121032683", "0000 0001 2103 2683"),  # isni.org
    (Scheme.ISNI, "https://isni.org/isni/000000012146438X", "000000012146438X", "0000 0001 2146 438X"),
    (Scheme.GTIN, "036000291452", "00036000291452", "036000291452"),  # GS1 US
    (Scheme.GTIN, "4 006381 333931", "04006381333931", "4006381333931"),  # GS1
    (Scheme.GRID, "A1-2425G-ABC1234002-M", "A12425GABC1234002M", "A1-2425G-ABC1234002-M"),  # IFPI
    (Scheme.DPID, "PADPIDA2007040502I", "PADPIDA2007040502I", "PADPIDA2007040502I"),  # DDEX
    (Scheme.ISCC, "ISCC:EIAQAAAAAAAAAAAA", "ISCC:EIAQAAAAAAAAAAAA", "ISCC:EIAQAAAAAAAAAAAA"),  # iscc-core
]


@pytest.mark.parametrize(("scheme", "text", "value", "shown"), PUBLISHED)
def test_published_codes_have_their_normal_and_their_printed_form(
    scheme: Scheme, text: str, value: str, shown: str
) -> None:
    assert parse_identifier(scheme, text) == Identifier(scheme, value)
    assert Identifier(scheme, value).display() == shown
    assert str(Identifier(scheme, value)) == f"{scheme.value}:{value}"


@pytest.mark.parametrize(
    "text",
    [
        "QZABC2400001",
        "qzabc2400001",
        " QZ-ABC-24-00001 ",
        "QZ\u2010ABC\u201124\u201300001",  # hyphen, non-breaking hyphen, en dash
        "QZ\u2212ABC\u00ad24\ufeff00001",  # minus, soft hyphen, zero width no-break space
        "ISRC:QZ ABC 24 00001",
        "isrc\u00a0QZABC2400001",
    ],
)
def test_f32_isrc_is_freed_of_hyphens_spaces_case_and_its_name(text: str) -> None:
    assert parse_identifier(Scheme.ISRC, text) == Identifier(Scheme.ISRC, "QZABC2400001")


def test_an_isrc_of_iceland_is_not_taken_for_the_word_isrc() -> None:
    assert parse_identifier(Scheme.ISRC, "IS-RC1-23-00001") == Identifier(Scheme.ISRC, "ISRC12300001")


@pytest.mark.parametrize("prefix", ["QZ", "QM", "TC", "BC", "XX", "ZZ"])
def test_f32_letters_in_front_are_no_country_and_are_not_checked(prefix: str) -> None:
    assert isinstance(parse_identifier(Scheme.ISRC, f"{prefix}ABC2400001"), Identifier)


@pytest.mark.parametrize(
    ("text", "rule", "suggestion"),
    [
        ("", "isrc.empty", ""),
        ("QZABC240000", "isrc.length", ""),
        ("QZABC24000011", "isrc.length", ""),
        ("QZABC24O0001", "isrc.letter", "QZABC2400001"),
        ("QZABC24000l1", "isrc.letter", "QZABC2400011"),
        ("0ZABC2400001", "isrc.prefix", "OZABC2400001"),
        ("QZABC24?0001", "isrc.characters", ""),
        ("QZAB\u01312400001", "isrc.characters", ""),  # Turkish dotless i never becomes I
        ("\uff31\uff3aABC2400001", "isrc.characters", "QZABC2400001"),  # full-width letters
        ("QZABC2400001 QZABC2400002", "isrc.several", "QZABC2400001 and QZABC2400002"),
        ("QZABC2400001;QZABC2400002", "isrc.several", "QZABC2400001 and QZABC2400002"),
        ("QZ-ABC-24-00001/QZ-ABC-24-00002", "isrc.several", "QZABC2400001 and QZABC2400002"),
        ("QZABC2400001QZABC2400002", "isrc.several", "QZABC2400001 and QZABC2400002"),
        ("123400000.0", "damage.number", ""),
        ("1.2E+11", "damage.number", ""),
    ],
)
def test_f32_invalid_isrc_is_rejected_with_the_rule_and_never_repaired(
    text: str, rule: str, suggestion: str
) -> None:
    found = problem(Scheme.ISRC, text)
    assert (found.rule, found.suggestion, found.value) == (rule, suggestion, text)
    assert found.why.endswith(".")


@pytest.mark.parametrize(
    ("scheme", "text", "rule"),
    [
        (Scheme.ISWC, "T-034.524.680-2", "iswc.check"),
        (Scheme.ISWC, "T-034.524.68-1", "iswc.form"),
        (Scheme.ISNI, "0000000121032684", "isni.check"),
        (Scheme.ISNI, "00000001210326", "isni.form"),
        (Scheme.IPI, "00014107339", "ipi.check"),
        (Scheme.IPI, "x", "ipi.form"),
        (Scheme.IPI_BASE, "I-000000229-8", "ipi_base.check"),
        (Scheme.GTIN, "036000291453", "gtin.check"),
        (Scheme.GTIN, "0360002914", "gtin.length"),
        (Scheme.GTIN, "03600029145X", "gtin.form"),
        (Scheme.GRID, "A12425GABC1234003M", "grid.check"),
        (Scheme.DPID, "PADPIDA2007040502J", "dpid.check"),
        (Scheme.ISCC, "ISCC:0189", "iscc.form"),
    ],
)
def test_f33_wrong_check_digits_are_rejected(scheme: Scheme, text: str, rule: str) -> None:
    assert problem(scheme, text).rule == rule


@pytest.mark.parametrize(
    ("scheme", "text", "rule", "suggestion"),
    [
        (Scheme.GTIN, "1.23E+11", "damage.scientific", ""),
        (Scheme.GTIN, "6,02446E+11", "damage.scientific", ""),
        (Scheme.GTIN, "36000291452", "damage.leading_zero", "036000291452"),
        (Scheme.GTIN, "4006381333931.0", "damage.decimal", "4006381333931"),
        (Scheme.IPI, "14107338", "damage.leading_zero", "00014107338"),
        (Scheme.IPI, "1.41E+07", "damage.scientific", ""),
    ],
)
def test_f37_what_a_spreadsheet_did_to_a_code_is_named_as_damage(
    scheme: Scheme, text: str, rule: str, suggestion: str
) -> None:
    found = problem(scheme, text)
    assert (found.rule, found.suggestion) == (rule, suggestion)


@pytest.mark.parametrize(
    "text",
    [
        "dQw4w9WgXcQ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=42s",
        "http://m.youtube.com/watch?v=dQw4w9WgXcQ#t=1",
        "youtu.be/dQw4w9WgXcQ?si=abc",
        "https://www.youtube.com/shorts/dQw4w9WgXcQ",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0",
        "https://music.youtube.com/watch?v=dQw4w9WgXcQ",
    ],
)
def test_youtube_id_is_read_from_every_form_of_its_address(text: str) -> None:
    assert parse_identifier(Scheme.YOUTUBE, text) == Identifier(Scheme.YOUTUBE, "dQw4w9WgXcQ")


@pytest.mark.parametrize(
    ("scheme", "text", "value"),
    [
        (Scheme.SPOTIFY, "spotify:track:2CEujT1Tuv3jIIjUyUvupg", TRACK),
        (Scheme.SPOTIFY, "https://open.spotify.com/intl-de/track/2CEujT1Tuv3jIIjUyUvupg?a=1", TRACK),
        (
            Scheme.MBID,
            "https://musicbrainz.org/recording/B10BBBFC-CF9E-42E0-BE17-E2C3E1D2600D",
            "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d",
        ),
        (Scheme.MSD, "TRMMMYQ128F932D901", "TRMMMYQ128F932D901"),
        (Scheme.DALI, "001940b614eb43f4a0c826d49a67d66d", "001940b614eb43f4a0c826d49a67d66d"),
    ],
)  # fmt: skip
def test_outside_ids(scheme: Scheme, text: str, value: str) -> None:
    assert parse_identifier(scheme, text) == Identifier(scheme, value)


@pytest.mark.parametrize(
    ("scheme", "text"),
    [
        (Scheme.YOUTUBE, "https://evil.example/watch?v=dQw4w9WgXcQ"),
        (Scheme.YOUTUBE, "dQw4w9WgXc"),
        (Scheme.SPOTIFY, "spotify:album:2CEujT1Tuv3jIIjUyUvupg"),
        (Scheme.MBID, "b10bbbfc-cf9e-42e0-be17"),
    ],
)
def test_what_is_no_outside_id_is_refused(scheme: Scheme, text: str) -> None:
    assert problem(scheme, text).rule == f"{scheme.value}.form"


def test_the_raising_form_carries_rule_and_suggestion() -> None:
    with pytest.raises(InputError) as caught:
        identifier(Scheme.ISRC, "QZABC24O0001", where="songs.csv:3")
    assert caught.value.code == "isrc.letter"
    assert "QZABC2400001" in caught.value.hint
    assert caught.value.where == "songs.csv:3"
    assert identifier(Scheme.ISRC, "QZABC2400001").value == "QZABC2400001"


# --- the check characters against other ways of computing them ---------------------------------------------------


@given(st.text(string.digits, min_size=9, max_size=9), st.sampled_from([1, 2]))
def test_weighted_check_makes_the_whole_sum_divisible(digits: str, seed: int) -> None:
    check = int(weighted_check(digits, seed))
    assert (seed + sum(i * int(d) for i, d in enumerate(digits, 1)) + check) % 10 == 0


@given(st.text(string.digits, min_size=9, max_size=9))
def test_ipi_check_by_its_definition(digits: str) -> None:
    rest = sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 101
    assert ipi_check(digits) == f"{0 if rest == 0 else (101 - rest) % 100:02d}"


@given(st.text(string.digits, min_size=15, max_size=15))
def test_isni_check_makes_the_weighted_sum_one_modulo_eleven(digits: str) -> None:
    check = isni_check(digits)
    values = [int(d) for d in digits] + [10 if check == "X" else int(check)]
    assert sum(v * pow(2, 15 - i, 11) for i, v in enumerate(values)) % 11 == 1


@given(st.text(string.digits, min_size=11, max_size=13))
def test_gtin_check_makes_the_whole_sum_divisible(digits: str) -> None:
    whole = digits + gtin_check(digits)
    assert sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(reversed(whole))) % 10 == 0


@given(st.text(string.digits + string.ascii_uppercase, min_size=17, max_size=17))
def test_mod_37_36_by_its_recursion(text: str) -> None:
    whole = text + mod_37_36_check(text)
    alphabet = string.digits + string.ascii_uppercase
    product = 36
    for letter in whole[:-1]:
        total = (product + alphabet.index(letter)) % 36
        product = (total or 36) * 2 % 37
    assert (product + alphabet.index(whole[-1])) % 36 == 1


def _codes(length: int, check: object) -> st.SearchStrategy[str]:
    return st.text(string.digits, min_size=length, max_size=length).map(lambda d: d + check(d))  # type: ignore[operator]


def _with_error(code: str, place: int, digit: str) -> str:
    return code[:place] + digit + code[place + 1 :]


@given(_codes(13, gtin_check), st.integers(0, 13), st.sampled_from(string.digits))
def test_f33_every_single_wrong_digit_of_a_gtin_is_seen(code: str, place: int, digit: str) -> None:
    wrong = _with_error(code, place, digit)
    assert isinstance(parse_identifier(Scheme.GTIN, wrong), Problem) is (wrong != code)


@given(_codes(15, isni_check), st.integers(0, 15), st.sampled_from(string.digits + "X"))
def test_f33_every_single_wrong_character_of_an_isni_is_seen(code: str, place: int, digit: str) -> None:
    wrong = _with_error(code, place, digit)
    assert isinstance(parse_identifier(Scheme.ISNI, wrong), Problem) is (wrong != code)


@given(_codes(9, ipi_check), st.integers(0, 10), st.sampled_from(string.digits))
def test_f33_every_single_wrong_digit_of_an_ipi_is_seen(code: str, place: int, digit: str) -> None:
    wrong = _with_error(code, place, digit)
    assert isinstance(parse_identifier(Scheme.IPI, wrong), Problem) is (wrong != code)


@given(_codes(9, lambda d: weighted_check(d, 1)), st.integers(0, 9), st.sampled_from(string.digits))
def test_f33_single_wrong_digits_of_an_iswc_are_seen_where_the_standard_can_see_them(
    code: str, place: int, digit: str
) -> None:
    wrong = _with_error(code, place, digit)
    weight = place + 1 if place < 9 else 1
    visible = weight * (int(digit) - int(code[place])) % 10 != 0
    assert isinstance(parse_identifier(Scheme.ISWC, "T" + wrong), Problem) is visible


@given(st.sampled_from(Scheme), st.text(max_size=60))
def test_any_text_gets_an_answer_and_the_normal_form_is_its_own_normal_form(scheme: Scheme, text: str) -> None:
    answer = parse_identifier(scheme, text)
    if isinstance(answer, Identifier):
        assert parse_identifier(scheme, answer.value) == answer
        assert parse_identifier(scheme, answer.display()) == answer
    else:
        assert answer.rule
        assert answer.why


@pytest.mark.parametrize(("scheme", "text", "value", "shown"), PUBLISHED)
def test_published_codes_are_stable_in_both_forms(scheme: Scheme, text: str, value: str, shown: str) -> None:
    assert parse_identifier(scheme, shown) == parse_identifier(scheme, value) == Identifier(scheme, value)


def test_a_cell_of_a_megabyte_is_refused_unread() -> None:
    assert problem(Scheme.ISRC, "QZ" * 500_000).rule == "isrc.length"
