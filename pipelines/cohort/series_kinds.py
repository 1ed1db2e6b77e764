"""What series a study holds, in words: what was there where a rule found nothing."""

from collections.abc import Iterable

from pipelines.readers.dicom.headers import Series

_NO_DESCRIPTION = "(no description)"


def kinds_of(series: Iterable[Series]) -> tuple[str, ...]:
    """The different kinds, the b-values of one description together.

    E.g. `"ep2d_diff b = 50, 400, 800"`, `"t2_tse_sag sagittal"`. Private: it holds
    header text.
    """
    b_values: dict[str, set[float]] = {}
    others: dict[str, None] = {}
    for one in series:
        name = one.description.strip() or _NO_DESCRIPTION
        if one.b_value is None:
            others[" ".join(filter(None, (name, one.plane)))] = None
        else:
            b_values.setdefault(name, set()).add(one.b_value)
    diffusion = (
        f"{name} b = {', '.join(f'{b:g}' for b in sorted(values))}"
        for name, values in b_values.items()
    )
    return tuple(sorted({*diffusion, *others}))
