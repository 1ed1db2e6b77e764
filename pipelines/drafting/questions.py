"""What a draft can't know by itself: asked once, answered by a file or by a person."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.errors import DataError, UsageError

_SHOWN = 20  # choices that a message lists


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that is asked.

    Args:
        key: its name in a file of answers.
        text: the question.
        choices: what may be answered; empty = anything.
        default: what is taken where nobody answers; "" = it can't be guessed.
        several: whether the answer may be some of the choices, with commas between.
    """

    key: str
    text: str
    choices: tuple[str, ...] = ()
    default: str = ""
    several: bool = False


class Asker:
    """Gets answers: from those given, else from the terminal, else the default.

    Args:
        answers: by the key of the question.
        terminal: whether somebody sits there to be asked.
    """

    def __init__(self, answers: Mapping[str, str], *, terminal: bool):
        self._given = dict(answers)
        self._terminal = terminal
        self._answered: dict[str, str] = {}
        self._open: dict[str, Question] = {}

    def ask(self, question: Question) -> str:
        """The answer, in the words of the choices; "" = nobody knows.

        A question is asked once: the same key gets the same answer.

        Raises:
            UsageError: a given answer that is none of the choices.
        """
        if question.key not in self._answered:
            self._answered[question.key] = self._answer(question)
        return self._answered[question.key]

    @property
    def open(self) -> tuple[Question, ...]:
        """The questions that nobody answered, and that have no default."""
        return tuple(self._open.values())

    def check_used(self) -> None:
        """Refuses given answers to what was never asked.

        Raises:
            UsageError: there are some.
        """
        unused = [key for key in self._given if key not in self._answered]
        if unused:
            near = "".join(_near(key, tuple(self._answered)) for key in unused)
            raise UsageError(
                f"nothing was asked that these answers are to: {', '.join(unused)}"
                f"{near}. The questions were: {', '.join(self._answered) or 'none'}"
            )

    def _answer(self, question: Question) -> str:
        if question.key in self._given:
            return checked(self._given[question.key], question)
        typed = self._dialogue(question) if self._terminal else ""
        answer = typed or question.default
        if not answer:
            self._open[question.key] = question
        return answer

    def _dialogue(self, question: Question) -> str:
        """What a person types, asked again until it will do; "" = the default."""
        print(_prompt(question))
        while True:
            try:
                typed = input("> ").strip()
                return checked(typed, question) if typed else ""
            except EOFError:
                return ""
            except UsageError as error:
                print(error)


def checked(answer: str, question: Question) -> str:
    """The answer in the words of the choices, whatever its case.

    Raises:
        UsageError: it is none of the choices, and the nearest is named; or it is empty.
    """
    answer = answer.strip()
    if not answer:
        raise UsageError(
            f"the answer to {question.key} is empty. {question.text} Leave the key out "
            "if you don't know"
        )
    if not question.choices:
        return answer
    if not question.several or _choice(answer, question.choices):
        return _known(answer, question)
    return ", ".join(_known(part.strip(), question) for part in answer.split(","))


def parts(answer: str, question: Question) -> tuple[str, ...]:
    """The choices that an answer to a question with several of them names."""
    if answer in question.choices:
        return (answer,)
    return tuple(part.strip() for part in answer.split(",") if part.strip())


def read_answers(path: str | os.PathLike) -> dict[str, str]:
    """Answers by key, from TOML: `key = value`; a list is several choices.

    Raises:
        DataError: it can't be read, is no TOML, or holds what is no answer.
    """
    try:
        with open(path, encoding="utf-8-sig") as file:
            given = tomllib.loads(file.read())
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(
            f"{path} is no file of answers ({error}). A line of it is like: "
            'target = "label"'
        ) from error
    return {key: _text(value, f"{path}: {key}") for key, value in given.items()}


def _text(value: Any, where: str) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item, where) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    raise DataError(
        f"{where} wants a text, a number, true, false, or a list of such. Received: "
        f"{value!r}"
    )


def _known(answer: str, question: Question) -> str:
    choice = _choice(answer, question.choices)
    if choice is None:
        shown = ", ".join(question.choices[:_SHOWN])
        more = ", ..." if len(question.choices) > _SHOWN else ""
        raise UsageError(
            f"{question.key} is {'some' if question.several else 'one'} of {shown}"
            f"{more}{_near(answer, question.choices)}. Received: {answer!r}"
        )
    return choice


def _choice(answer: str, choices: tuple[str, ...]) -> str | None:
    if answer in choices:
        return answer
    alike = [one for one in choices if one.casefold() == answer.casefold()]
    return alike[0] if len(alike) == 1 else None


def _near(answer: str, choices: tuple[str, ...]) -> str:
    plain = {choice.casefold(): choice for choice in choices}
    near = difflib.get_close_matches(answer.casefold(), plain, n=1)
    return f" (did you mean {plain[near[0]]!r}?)" if near else ""


def _prompt(question: Question) -> str:
    lines = [question.text]
    if question.choices:
        several = "some of, with commas between" if question.several else "one of"
        lines.append(f"  {several}: {', '.join(question.choices)}")
    default = question.default or "it stays open, and the file says where"
    lines.append(f"  Enter alone: {default}")
    return "\n".join(lines)
