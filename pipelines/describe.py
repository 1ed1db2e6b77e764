"""Command: who the patients of a data set are, as Table 1 of a paper."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipelines import command
from pipelines.errors import DataError
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.storage import atomic_files, csv_files, output_paths

_DESCRIPTION = """\
Describes the patients of a data set as Table 1 of a clinical paper does, by class and
by split: numbers as mean and SD or median and quartiles, categories as n (%), with
tests, standardised mean differences and what is not known. The unit is the patient.
"""

_EXAMPLES = """\
examples:
  python -m pipelines.describe datasets/liver
      prints the tables by class and by split
  python -m pipelines.describe datasets/liver --by class --out table
      also writes table/table_1.md and table/table_1_class.csv
  python -m pipelines.describe datasets/liver --by vendor
      any column of words: a covariate, vendor, field_strength, site, sex, age_band
  python -m pipelines.describe datasets/liver --covariates clinic.xlsx
      with columns of a table that has a column patient_id (pseudonyms)
exit codes: 0 done; 1 the data set can't be read; 2 wrong usage
"""

_PAGE = "table_1.md"
_FILES = (_PAGE, "table_1_*.csv")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m pipelines.describe",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "dataset", metavar="DATASET", help="directory that pipelines.ingest wrote"
    )
    parsed.add_argument(
        "--by",
        nargs="+",
        metavar="COLUMN",
        help="what makes the groups, a table each; default: class (where samples have "
        "one) and split",
    )
    parsed.add_argument(
        "--covariates",
        metavar="FILE",
        help="a table with further columns, by patient_id or sample_id",
    )
    parsed.add_argument(
        "--seed", type=int, default=0, help="of Fisher's Monte Carlo; default 0"
    )
    parsed.add_argument(
        "--out",
        metavar="DIR",
        help="where to write; a table that is there is not overwritten; default: "
        "nowhere",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the tables, and with --out the path of the page."""
    asked = parser().parse_args(argv)
    if asked.out is not None:
        output_paths.check_new_files(asked.out, _FILES, "--out")
    data = open_dataset(asked.dataset)
    from pipelines.characteristics import (  # they load SciPy
        covariate_file,
        patients,
        table_one,
        table_text,
    )

    more = None if asked.covariates is None else covariate_file.read(asked.covariates)
    columns = patients.patient_columns(read_manifest(data), data.task, more)
    names = asked.by or [
        name for name in (patients.CLASS, patients.SPLIT) if name in columns
    ]
    tables = [
        table_one.table_one(by, columns, seed=asked.seed)
        for by in patients.chosen(columns, names)
    ]
    print("\n\n".join(map(table_text.for_terminal, tables)))
    if asked.out is not None:
        print(_write(Path(asked.out), tables))
    return 0


def _write(out: Path, tables: Sequence) -> Path:
    from pipelines.characteristics import table_text

    page = out / _PAGE
    try:
        out.mkdir(parents=True, exist_ok=True)
        for table in tables:
            heading, *body = table_text.rows(table)
            path = out / f"table_1_{table.by}.csv"
            csv_files.write_for_people(path, heading, body)
        atomic_files.write_text(page, table_text.markdown(tables))
    except OSError as error:
        raise DataError(
            f"{out} can't be written: {error.strerror}. Choose another --out"
        ) from error
    return page


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
