import dataclasses

import pytest

from tests.tuning.reporting import made_up
from tuning.reporting import code_sides
from tuning.trials import sweep as sweeps

OTHER = "b" * 16


@pytest.mark.parametrize(
    ("code", "side", "another"),
    [
        ("a" * 16, "A", False),
        (OTHER, "B", True),
        (f"{'a' * 16}+{OTHER}", "A+B", True),
        ("c" * 16, "c" * 16, True),
        ("", "", False),
    ],
)
def test_sides(tmp_path, code, side, another):
    begun = made_up.sweep(tmp_path / "s")
    sweep = sweeps.accept_code(begun, made_up.CODE | {"digest": OTHER})
    trial = dataclasses.replace(made_up.failed(0, {}), code=code)
    assert code_sides.side(sweep, trial) == side
    assert code_sides.is_of_another(sweep, trial) == another
