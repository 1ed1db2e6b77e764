"""What `zoo.study` says that a study takes, against what its steps took.

    python benchmarks/study_estimates.py nash --phantom --quick --weights none --out DIR

Its options are those that the finished study in DIR was run with. Prints a line for
each step: processor seconds as estimated, and of all cores together as they came
(`processor_seconds` of DIR/steps), and how many times as many they were; then the
megabytes of DIR. Processor time is what the constants of `zoo.studies.estimate` and
`training_cost` are of: others at work on the machine hardly lengthen it. Seconds of
the clock stand beside it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

HEADER = ("step", "estimated", "took", "times", "clock")
ONE_CORE = 1  # its seconds are those of the processor


def lines(estimated, records):
    """A row for each step, and one for all.

    Args:
        estimated: processor seconds of each step, by its name; none = not known.
        records: of the steps, as `steps/*.json` holds them.

    Returns:
        Rows of text, as wide as `HEADER`.
    """
    rows, totals = [], [0.0, 0.0, 0.0]
    for record in records:
        said, took = estimated[record["step"]], record.get("processor_seconds")
        clock = record["seconds"]
        rows.append(row(record["step"], said, took, clock))
        if None not in (said, took, clock):
            totals = [sum(pair) for pair in zip(totals, (said, took, clock))]
    return [*rows, row("in all, of those known", *totals)]


def row(name, said, took, clock):
    """One line; what is not known is a dash."""
    times = took / said if said and took is not None else None
    cells = [(said, ".0f"), (took, ".1f"), (times, ".2f"), (clock, ".0f")]
    return (name, *("-" if n is None else format(n, form) for n, form in cells))


def main(argv):
    """Prints the table of one finished study."""
    from pipelines.terminal.table import align
    from zoo import study
    from zoo.runs import json_objects
    from zoo.studies import estimate, final_recipes, runner, steps

    if not argv or argv[0] in ("-h", "--help"):
        print(__doc__)
        return
    request = study.request_of(study.parser().parse_args(argv))
    records = [
        json_objects.read(path)
        for step in steps.steps(request)
        if (path := runner.record(request, step)).is_file()
    ]
    coming = estimate.costs(request, final_recipes.recipes(request), ONE_CORE)
    estimated = {step.name: cost.seconds for step, cost in coming}
    print(align([HEADER, *lines(estimated, records)]))
    files = (path for path in request.out.rglob("*") if path.is_file())
    there = sum(path.stat().st_size for path in files) / 1e6
    said = sum(cost.megabytes for _, cost in coming)
    print(f"disk: {said:.0f} MB estimated, {there:.0f} MB there")


if __name__ == "__main__":
    main(sys.argv[1:])
