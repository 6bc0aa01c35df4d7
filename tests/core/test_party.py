"""Parties and who is meant by a name."""

from tacenda.core.party import Party, party_ids

PARTIES = {
    p.id: p
    for p in (Party("lark", "Lark & Linden Music"), Party("wren", "Wren Recordings Ltd", aliases=("Wren",)))
}


def test_a_party_is_named_by_id_legal_name_or_alias() -> None:
    for name in ("wren", "Wren Recordings Ltd", "Wren"):
        assert party_ids([name], PARTIES) == ("wren",)


def test_a_description_names_nobody() -> None:
    assert party_ids(["all companies of the group", "Wre", ""], PARTIES) == ()
