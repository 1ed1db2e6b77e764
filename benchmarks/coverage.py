"""How often the intervals of metrics.json hold the truth, in simulated studies.

    python -m benchmarks.coverage --studies 2000 --out coverage.csv

Draws studies by 16 scenarios whose true metrics are known, evaluates each by the code
that writes metrics.json, and counts by metric and method how many intervals hold the
truth; `shown` is the one that tables and figures show. Each block of 50 studies is a
line of CSV; the same command goes on where it was interrupted. Those that the
output calls approximate are counted apart, in brackets.

The methods and the counts below which they are called approximate were chosen on
studies of other seeds; the ones drawn here took no part in that.
"""

import argparse
import csv
import math
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

from benchmarks.coverage_studies import SCENARIOS
from pipelines.terminal.table import align
from zoo.evaluation.results import classification
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.results.shown import METHODS, preferred_method

BLOCK = 50
SEED = 1  # studies drawn without it, by (scenario, study) alone, chose the methods
COLUMNS = ("scenario", "block", "studies", "seconds", "counts")
SHOWN = "shown"
OVERALL = (
    *("auc", "average_precision", "accuracy", "balanced_accuracy"),
    *("kappa", "mcc", "log_loss", "brier"),
)
OF_A_CLASS = ("sensitivity", "specificity", "ppv", "npv", "f1")
# Of two classes those of a class are the metric of all classes once more.
OF_SEVERAL = tuple(f"{name} of a class" for name in OVERALL[:6])
METRICS = (*OVERALL, *OF_A_CLASS, *OF_SEVERAL)
Counts = Counter  # of (metric, method, "held" | "all" | "held clear" | "all clear")


def entries(level: dict) -> Iterator[tuple[str, str, dict]]:
    """A level's entries: the metric, the name of its truth, the entry."""
    for name in OVERALL:
        yield name, name, level[name]
    titles = list(level["per_class"])
    for title in titles[1:] if len(titles) == 2 else titles:
        for name, entry in level["per_class"][title].items():
            metric = f"{name} of a class" if name in OVERALL else name
            if metric in METRICS and not (metric in OF_SEVERAL and len(titles) == 2):
                yield metric, f"{title}: {name}", entry


def count(level: dict, truth: dict[str, float]) -> Counts:
    """Which intervals of one study hold the truth."""
    counts = Counter()
    for metric, name, entry in entries(level):
        if entry["value"] is None:
            continue
        shown = preferred_method(entry)
        counts[metric, SHOWN, "wanted"] += 1
        for method, interval in entry["intervals"].items():
            if interval["low"] is None:
                continue
            held = interval["low"] <= truth[name] <= interval["high"]
            for title in (method, SHOWN) if method == shown else (method,):
                counts[metric, title, "all"] += 1
                counts[metric, title, "held"] += held
                if "approximate" not in interval:
                    counts[metric, title, "all clear"] += 1
                    counts[metric, title, "held clear"] += held
    return counts


@cache
def truth_of(name: str) -> dict[str, float]:
    """A scenario's true metrics, computed once."""
    return SCENARIOS[name].truth()


def block(job: tuple[str, int], resamples: int) -> dict:
    """A line of the CSV."""
    name, number = job
    start = time.perf_counter()
    scenario = SCENARIOS[name]
    truth, place = truth_of(name), list(SCENARIOS).index(name)
    settings = Settings(bootstrap=resamples, design=scenario.design)
    counts = Counter()
    for study in range(number * BLOCK, (number + 1) * BLOCK):
        predictions = scenario.study((SEED, place, study))
        counts += count(classification.level(predictions, settings), truth)
    text = "; ".join("|".join(key) + f"={n}" for key, n in sorted(counts.items()))
    seconds = round(time.perf_counter() - start, 1)
    return dict(zip(COLUMNS, (name, number, BLOCK, seconds, text)))


def read(path: Path) -> list[dict]:
    """The blocks that are done."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["counts"]]


def simulate(path: Path, studies: int, resamples: int, processes: int) -> None:
    """Does the blocks that are missing, scenario by scenario in turn."""
    done = {(row["scenario"], int(row["block"])) for row in read(path)}
    wanted = [(n, b) for b in range(-(-studies // BLOCK)) for n in SCENARIOS]
    jobs = [job for job in wanted if job not in done]
    for name in {name for name, _ in jobs}:
        truth_of(name)  # forked processes have it then
    new = not path.is_file()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        if new:
            writer.writeheader()
        with ProcessPoolExecutor(processes) as pool:
            for row in pool.map(partial(block, resamples=resamples), jobs):
                writer.writerow(row)
                file.flush()


def totals(rows: list[dict]) -> dict[str, Counts]:
    """The counts of each scenario."""
    sums: dict[str, Counts] = {}
    for row in rows:
        counts = sums.setdefault(row["scenario"], Counter())
        for part in row["counts"].split("; "):
            key, _, number = part.rpartition("=")
            counts[tuple(key.split("|"))] += int(number)
    return sums


def coverage(counts: Counts, metric: str, method: str, which: str = "") -> str:
    """Found coverage in per cent, `-` where there are fewer than 50 intervals."""
    number = counts[metric, method, "all" + which]
    if number < BLOCK:
        return "-"
    return f"{100 * counts[metric, method, 'held' + which] / number:.1f}"


def write_summary(path: Path, rows: list[dict]) -> None:
    """By scenario, metric and method: intervals, and how many of them hold the truth.

    `clear` are those that are not called approximate.
    """
    studies = Counter()
    for row in rows:
        studies[row["scenario"]] += int(row["studies"])
    columns = ("all", "held", "all clear", "held clear")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("scenario", "studies", "metric", "method", *columns))
        for name, counts in totals(rows).items():
            for metric in METRICS:
                for method in (SHOWN, *METHODS):
                    numbers = [counts[metric, method, column] for column in columns]
                    if numbers[0]:
                        place = (name, studies[name], metric, method)
                        writer.writerow((*place, *numbers))


def shown_table(sums: dict[str, Counts], metrics: tuple[str, ...]) -> str:
    """By scenario, the coverage of what is shown and not called approximate.

    In brackets that of all, where fewer than 50 are not called so.
    """
    rows = [["95 % intervals shown", *metrics]]
    for name, counts in sums.items():
        if any(counts[metric, SHOWN, "all"] for metric in metrics):
            cells = []
            for metric in metrics:
                clear = coverage(counts, metric, SHOWN, " clear")
                whole = coverage(counts, metric, SHOWN)
                cells.append(f"({whole})" if clear == "-" != whole else clear)
            rows.append([name, *cells])
    return align(rows)


def approximate_table(sums: dict[str, Counts], metrics: tuple[str, ...]) -> str:
    """By scenario, how many in a hundred intervals shown are called approximate.

    Only of metrics that have some; `none` where there is no interval.
    """
    shares = {}
    for name, counts in sums.items():
        for metric in metrics:
            number = counts[metric, SHOWN, "all"]
            clear = counts[metric, SHOWN, "all clear"]
            shares[name, metric] = 100 * (1 - clear / number) if number else None
    columns = [m for m in metrics if any(shares[name, m] for name in sums)]
    rows = [["% called approximate", *columns]]
    for name in sums:
        values = [shares[name, metric] for metric in columns]
        rows.append([name, *("-" if v is None else f"{v:.0f}" for v in values)])
    return align(rows)


def outside(sums: dict[str, Counts]) -> list[str]:
    """What is not called approximate and holds the truth in < 93 % or > 98 %."""
    lines = []
    for name, counts in sums.items():
        for metric in METRICS:
            number = counts[metric, SHOWN, "all clear"]
            if number >= BLOCK:
                share = 100 * counts[metric, SHOWN, "held clear"] / number
                if not 93 <= share <= 98:
                    lines.append(f"{name}: {metric} {share:.1f} of {number}")
    return lines


def method_table(sums: dict[str, Counts]) -> str:
    """By metric and method, the least, mean and largest coverage over scenarios."""
    rows = [["metric", "method", "scenarios", "least", "mean", "largest"]]
    for metric in METRICS:
        for method in (SHOWN, *METHODS):
            found = [coverage(counts, metric, method) for counts in sums.values()]
            found = [float(value) for value in found if value != "-"]
            if found:
                ends = (min(found), sum(found) / len(found), max(found))
                cells = (f"{value:.1f}" for value in ends)
                rows.append([metric, method, str(len(found)), *cells])
    return align(rows)


def report(rows: list[dict], resamples: int) -> dict[str, str]:
    """The tables, in words and numbers, by the name of their place in the page."""
    sums, studies, seconds = totals(rows), Counter(), 0.0
    for row in rows:
        studies[row["scenario"]] += int(row["studies"])
        seconds += float(row["seconds"])
    number = min(studies.values())
    error = 100 * math.sqrt(0.95 * 0.05 / number)
    return {
        "studies": f"{number} studies a scenario, {resamples} resamples each, "
        f"{seconds / 60:.0f} process minutes. A cell of all has a standard error of "
        f"{error:.1f}.",
        "shown": "\n\n".join(
            shown_table(sums, metrics) for metrics in (OVERALL, OF_A_CLASS, OF_SEVERAL)
        ),
        "approximate": approximate_table(sums, METRICS),
        "outside": "\n".join(outside(sums)),
        "methods": method_table(sums),
    }


def write_page(path: Path, tables: dict[str, str]) -> None:
    """Puts each table between its marks, `<!-- coverage: NAME -->` and a closing one.

    Raises:
        ValueError: a mark is missing.
    """
    text = path.read_text(encoding="utf-8")
    for name, table in tables.items():
        start, end = f"<!-- coverage: {name} -->\n", f"<!-- end of {name} -->"
        if start not in text or end not in text:
            raise ValueError(f"{path} lacks the marks of {name!r}")
        before, _, rest = text.partition(start)
        body = table if name == "studies" else f"```\n{table}\n```"
        text = f"{before}{start}{body}\n{end}{rest.partition(end)[2]}"
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Simulates what is missing and prints the tables."""
    parsed = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parsed.add_argument("--studies", type=int, default=2000, help="of each scenario")
    parsed.add_argument("--resamples", type=int, default=400)
    parsed.add_argument("--processes", type=int, default=os.cpu_count())
    parsed.add_argument("--out", type=Path, default=Path("coverage.csv"))
    parsed.add_argument("--summary", type=Path, help="CSV of all counts added up")
    parsed.add_argument("--page", type=Path, help="docs/intervals.md, to be updated")
    options = parsed.parse_args()
    simulate(options.out, options.studies, options.resamples, options.processes)
    rows = read(options.out)
    if options.summary:
        write_summary(options.summary, rows)
    tables = report(rows, options.resamples)
    if options.page:
        write_page(options.page, tables)
    print(*tables.values(), sep="\n\n")


if __name__ == "__main__":
    main()
