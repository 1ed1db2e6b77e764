"""A space: the parameters that a sweep searches, from a TOML file."""

import tomllib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import tomli_w

from pipelines.errors import DataError, UsageError
from pipelines.storage import config_files, package_files
from tuning.space import parameter
from tuning.space.parameter import Parameter


@dataclass(frozen=True, kw_only=True)
class Space:
    """What is searched, conditions after what they depend on.

    Args:
        parameters: in the order of the file.
    """

    parameters: tuple[Parameter, ...]

    @property
    def digest(self) -> str:
        """Changes with any parameter."""
        return config_files.digest([asdict(each) for each in self.parameters])


def load(name_or_path: str) -> Space:
    """Reads a space from a `.toml` file, or a shipped one by its name.

    Raises:
        UsageError: neither a file nor a shipped name.
        DataError: the file does not describe a space.
    """
    known = package_files.names("tuning", "spaces")
    path = Path(name_or_path)
    if path.suffix != ".toml":
        if name_or_path not in known:
            raise UsageError(
                f"no space named {name_or_path!r}. Name a .toml file or one of "
                f"{', '.join(known)}"
            )
        path = package_files.path("tuning", f"spaces/{name_or_path}.toml")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise UsageError(f"the space file {path} does not exist") from error
    except (OSError, ValueError) as error:
        raise DataError(f"{path} can't be read: {error}") from error
    given = [parameter.of_table(name, table) for name, table in tables.items()]
    return Space(parameters=tuple(given))


def to_toml(space: Space) -> str:
    """The space as the text of a file."""
    tables = {}
    for each in space.parameters:
        table = {each.kind: list(each.values)}
        if each.step is not None:
            table["step"] = each.step
        if each.when:
            table["when"] = {name: list(values) for name, values in each.when}
        tables[each.name] = table
    return tomli_w.dumps(tables)


def with_choice(space: Space, name: str, values: tuple[str, ...]) -> Space:
    """The space with a choice of a field before all others."""
    rest = tuple(each for each in space.parameters if each.name != name)
    first = Parameter(name=name, kind="choice", values=values)
    return replace(space, parameters=(first, *rest))
