"""Letters of any script: a font that has them, or one warning that names the cure."""

import shutil
import warnings
from pathlib import Path

import matplotlib
import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure

from pipelines.figures import fonts, png

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
INTEGRAL = "\ue000"  # of a private area: in a bundled font of mathematics alone


@pytest.fixture
def machine(monkeypatch):
    """Says which font files the machine has beside DejaVu Sans."""

    def has(*paths):
        bundled = [FONTS / "DejaVuSans.ttf", FONTS / "DejaVuSans-Bold.ttf"]
        manager = font_manager.FontManager.__new__(font_manager.FontManager)
        manager.__dict__ |= font_manager.fontManager.__dict__
        manager.ttflist = []
        for path in bundled:
            manager.addfont(path)
        monkeypatch.setattr(font_manager, "fontManager", manager)
        monkeypatch.setattr(font_manager, "findfont", manager.findfont)
        monkeypatch.setattr(
            font_manager, "findSystemFonts", lambda: [str(path) for path in paths]
        )
        monkeypatch.setattr(fonts, "_packaged", lambda: iter(()))
        monkeypatch.setattr(fonts, "_told", set())
        for function in (fonts._families, fonts._candidates, fonts._covered):
            function.cache_clear()

    yield has
    for function in (fonts._families, fonts._candidates, fonts._covered):
        function.cache_clear()


def saying(text):
    figure = Figure()
    figure.text(0.1, 0.5, text)
    return figure, figure.texts[0]


def test_a_font_that_came_later_is_found_by_its_letters(machine, tmp_path):
    later = shutil.copy(FONTS / "STIXNonUni.ttf", tmp_path)
    machine(later)
    figure, text = saying(f"class {INTEGRAL}")
    fonts.fit(figure)
    assert [*text.get_fontfamily()][-1] == "STIXNonUnicode"


def test_nothing_changes_where_the_first_font_has_all(machine):
    machine(FONTS / "STIXNonUni.ttf")
    figure, text = saying("Глиобластома, ورم دبقي, β² ≥ 3\n")
    before = text.get_fontfamily()
    fonts.fit(figure)
    assert text.get_fontfamily() == before


def test_one_warning_where_no_font_has_the_letters(machine, tmp_path, capsys):
    machine(tmp_path / "none.ttf")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            figure, _ = saying("胶质母细胞瘤")
            png.write(figure, tmp_path / "f.png", dpi=50)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "no font on this machine has the letters" in said[0] and "瘤" in said[0]
    assert 'pip install "mri-volume-zoo[fonts]"' in said[0]


def test_a_dollar_is_a_dollar(machine, tmp_path):
    machine()
    figure, text = saying("$x^2$ and $y")
    png.write(figure, tmp_path / "f.png", dpi=50)
    assert not text.get_parse_math()


def test_figures_are_saved_in_one_place():
    root = Path(__file__).resolve().parents[3]
    saving = {
        path.relative_to(root).as_posix()
        for package in ("pipelines", "zoo", "tuning")
        for path in (root / package).rglob("*.py")
        if ".savefig(" in path.read_text(encoding="utf-8")
    }
    assert saving == {"pipelines/figures/png.py"}
