"""Every command has help with an example, and every example is a command that exists."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from tacenda.cli import ROUTE, cli


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands below `group` with their words; groups too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, f"tacenda {' '.join((*words, name))} is listed and cannot be loaded"
        yield (*words, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))


ROOTS = [name for name, _, _ in ROUTE]


def below(root: str) -> list[tuple[tuple[str, ...], click.Command]]:
    command = cli.get_command(click.Context(cli), root)
    assert command is not None
    return [((root,), command), *(commands(command, (root,)) if isinstance(command, click.Group) else ())]


def examples(command: click.Command) -> list[str]:
    """The command lines of the Example block, continuation lines joined."""
    text = (command.help or "").partition("Example")[2].replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip().startswith("tacenda ")]


@pytest.mark.parametrize("root", ROOTS)
def test_every_command_has_help_with_an_example(root: str) -> None:
    for words, command in below(root):
        assert command.help, " ".join(words)
        if not isinstance(command, click.Group):
            assert examples(command), f"tacenda {' '.join(words)} --help shows no example"


@pytest.mark.parametrize("root", ROOTS)
def test_every_example_is_a_command_with_options_that_exist(root: str) -> None:
    for words, command in below(root):
        for line in examples(command):
            target, rest = resolve(given_words(line))
            known = {name for option in target.params for name in (*option.opts, *option.secondary_opts)}
            used = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
            assert used <= known | {"--help", "-h"}, f"{' '.join(words)}: {line}"


def given_words(line: str) -> list[str]:
    """The words after ``tacenda``, up to a pipe or another command."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(lexer)
    stop = next((place for place, word in enumerate(words) if set(word) <= set("|&;<>()")), len(words))
    return words[1:stop]


def resolve(given: list[str]) -> tuple[click.Command, list[str]]:
    """The command that an example names, and what stands after its words."""
    command: click.Command = cli
    rest = list(given)
    while isinstance(command, click.Group) and rest:
        if rest[0] in ("-w", "--workspace"):
            del rest[:2]
            continue
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            break
        command = found
        del rest[0]
    return command, rest


@pytest.mark.parametrize("root", ROOTS)
def test_every_option_says_what_it_does(root: str) -> None:
    for words, command in below(root):
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help or option.hidden, f"tacenda {' '.join(words)} {option.opts[0]} has no help"


def test_the_route_is_listed_in_order() -> None:
    assert cli.list_commands(click.Context(cli)) == ROOTS


@pytest.mark.parametrize("root", ROOTS)
def test_ids_in_help_have_the_form_of_real_ones(root: str) -> None:
    real = re.compile(r"(res|lic)-[0-9]{8}-[0-9a-hjkmnp-tv-z]{10}")
    for words, command in below(root):
        for name in re.findall(r"\b(?:res|lic)-[0-9][0-9a-z-]*", command.help or ""):
            assert real.fullmatch(name), f"{' '.join(words)}: {name}"
