"""What an audit says: for the terminal, and as audit.json."""

import json
from collections.abc import Sequence
from pathlib import Path

from pipelines.storage import atomic_files
from zoo.auditing.finding import Finding

FORMAT = 1
FILE = "audit.json"
_WORDS = {True: "LOOK", False: "ok", None: "note"}
_TITLES = {
    "patients_in_two_splits": "patients in two splits",
    "copies_across_splits": "copies and near-duplicates across splits",
    "class_by_split": "class by split",
    "class_by_columns": "what goes with the class",
    "scanner_baseline": "the class from the scanner alone",
    "run_against_scanner": "the run against the scanner alone",
    "label_permutation": "the run's predictions against exchanged truths",
}


def text(findings: Sequence[Finding]) -> str:
    """Every check with what it says, and how many want a look."""
    parts = []
    for finding in findings:
        head = f"{_WORDS[finding.found]}: {_TITLES[finding.check]}"
        parts.append("\n".join([head, *(f"  {line}" for line in finding.lines)]))
    number = sum(finding.found is True for finding in findings)
    parts.append(
        f"{number} of {len(findings)} checks want a look"
        if number
        else f"{len(findings)} checks, nothing found"
    )
    return "\n\n".join(parts)


def write(folder: Path, findings: Sequence[Finding]) -> Path:
    """Writes audit.json: `format`, and by check `found`, `lines` and `facts`."""
    content = {
        "format": FORMAT,
        "checks": {
            finding.check: {
                "found": finding.found,
                "lines": list(finding.lines),
                **finding.facts,
            }
            for finding in findings
        },
    }
    path = folder / FILE
    text_of = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    atomic_files.write_text(path, text_of + "\n")
    return path
