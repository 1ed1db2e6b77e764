"""What series a study holds, in words: what was there where a rule found nothing."""

from collections.abc import Iterable

from pipelines.readers.dicom.headers import Series

_NO_DESCRIPTION = "(no description)"


def kinds_of(series: Iterable[Series]) -> tuple[str, ...]:
    """The different kinds: b-values, or else planes, of one description together.

    E.g. `"ep2d_diff b = 50, 400, 800"`, `"localizer axial, coronal"`. Private: it holds
    header text.
    """
    b_values: dict[str, set[float]] = {}
    planes: dict[str, set[str]] = {}
    for one in series:
        name = one.description.strip() or _NO_DESCRIPTION
        if one.b_value is None:
            planes.setdefault(name, set()).add(one.plane)
        else:
            b_values.setdefault(name, set()).add(one.b_value)
    diffusion = (
        f"{name} b = {', '.join(f'{b:g}' for b in sorted(values))}"
        for name, values in b_values.items()
    )
    others = (
        f"{name} {', '.join(sorted(filter(None, known)))}".rstrip()
        for name, known in planes.items()
    )
    return tuple(sorted({*diffusion, *others}))
