"""Who the patients were: the paper's table and that of `pipelines.describe`."""

from typing import Any

from pipelines.tables import table_file
from zoo.studies.request import Request


def demographics(request: Request) -> dict[str, Any] | None:
    """Both tables; none where the study has none of the paper's."""
    printed = request.study.demographics
    if printed is None:
        return None
    ours = table_file.read(request.out / "patients" / "table_1_class.csv")
    return {
        "paper": {
            "header": ["", *printed.columns],
            "rows": [list(row) for row in printed.rows],
        },
        "ours": {
            "header": list(ours.header),
            "rows": [list(row.cells) for row in ours.rows],
        },
    }
