"""Figures as they are drawn, before they are pixels."""

from contextlib import contextmanager

from zoo.evaluation.figures import style as figure_style


def figures_of(module, monkeypatch):
    """A list that gets the figures which that module draws from now on."""
    seen = []

    @contextmanager
    def watched(path, **size):
        with figure_style.figure(path, **size) as drawn:
            yield drawn
            seen.append(drawn)

    monkeypatch.setattr(module, "figure", watched)
    return seen
