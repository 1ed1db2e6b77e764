"""Where the time of a sweep's folds went."""

import os

import pytest

from tests.benchmarks import small_grid
from tuning.trials import fold_result


@pytest.fixture
def sweep(tmp_path):
    """Folds of 28 s: 20 s of steps, 1 s of validation; they end 30 s apart."""
    made = small_grid.sweep(tmp_path / "sweep", count=1)
    for place, fold in enumerate(("0", "1")):
        folder = made.fold_path("0000", fold)
        path = folder / fold_result.FILE
        path.write_text("{}", encoding="utf-8")
        os.utime(path, (1000 + 30 * place,) * 2)
    return made


def test_overhead_is_all_but_steps_and_validation(sweep):
    import sweep_overhead

    first, second = sweep_overhead.of_sweep(sweep)
    assert (first["seconds"], first["overhead"]) == (28, 7)
    assert second["between folds"] == 2
    assert (second["seconds"], second["overhead"]) == (30, 9)


def test_the_table_has_medians_over_folds(sweep):
    import sweep_overhead

    row = sweep_overhead.table([sweep.path]).splitlines()[-1]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:3] == ["sweep", "2", "29.00"]
    assert cells[-2] == "8.00"
    assert float(cells[-1].rstrip("%")) == pytest.approx(27.5)


def test_a_sweep_without_a_finished_fold(tmp_path):
    import sweep_overhead

    path = small_grid.sweep(tmp_path / "sweep", count=0).path
    assert sweep_overhead.table([path]).splitlines()[-1] == "| sweep | 0 |"
