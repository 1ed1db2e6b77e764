"""No command writes over a file that somebody may have edited: refused before work."""

import pytest

from pipelines import command, describe, draft, inspect
from zoo import compare, ensemble, evaluate, plan, predict, table

# What each is told to write, below {out}, and what is there of it before.
CASES = {
    "predict.csv": (predict, "nosuch --dicom nosuch --out {out}/r.csv", "r.csv"),
    "predict.json": (predict, "nosuch --dicom nosuch --out {out}/r.json", "r.json"),
    "predict.sr": (predict, "no --dicom no --sr {out}", "study-1-report.dcm"),
    "plan": (plan, "--data nosuch --out {out}/mine.toml", "mine.toml"),
    "table": (table, "{out}/counts.csv --out {out}/t.md", "t.md"),
    "compare.json": (compare, "nosuch other --out {out}", "comparison.json"),
    "compare.csv": (compare, "nosuch other --out {out}", "comparison.csv"),
    "compare.png": (compare, "nosuch other --out {out}", "comparison.png"),
    "describe": (describe, "nosuch --out {out}", "table_1.md"),
    "describe.csv": (describe, "nosuch --out {out}", "table_1_class.csv"),
    "draft": (draft, "--dicom {out} --out {out}/t.toml", "t.toml"),
    "draft.html": (draft, "--dicom {out} --out {out}/t.toml --html {out}/p", "p"),
    "draft.sheet": (draft, "--dicom {out} --out {out}/t.toml --sheet {out}/s", "s"),
    "inspect": (inspect, "{out} --augment nash --out {out}/s.png", "s.png"),
    "ensemble": (ensemble, "nosuch other --out {out}/three", "three"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_there_is_kept_and_named(name, tmp_path, capsys):
    module, words, there = CASES[name]
    (tmp_path / "counts.csv").write_text("", encoding="utf-8")
    (tmp_path / there).write_text("edited", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    assert command.run(module.main, words.format(out=tmp_path).split()) == 2
    told = capsys.readouterr().err
    assert f"{tmp_path / there} exists" in told
    assert "Choose another --" in told and "or remove it" in told
    assert (tmp_path / there).read_text(encoding="utf-8") == "edited"
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("module", [predict, plan, table, compare, describe, draft])
def test_help_says_so(module, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit):
        command.run(module.main, ["--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "that is there is not overwritten" in told


@pytest.mark.parametrize("mark", ["recipe.toml", "ensemble.json"])
@pytest.mark.parametrize("sources", ["file", "run", "one of two"])
def test_no_evaluation_renews_another_runs_metrics(mark, sources, tmp_path, capsys):
    other = tmp_path / "other"
    other.mkdir()
    (other / mark).write_text("", encoding="utf-8")
    (other / "metrics.json").write_text("its own", encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    names = {"one of two": [tmp_path / "run", other]}.get(sources, [tmp_path / sources])
    argv = [*map(str, names), "--out", str(other)]
    assert command.run(evaluate.main, argv) == 2
    assert f"{other} is a run, whose own metrics.json" in capsys.readouterr().err
    assert (other / "metrics.json").read_text(encoding="utf-8") == "its own"
