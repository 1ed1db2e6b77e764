import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from tests.tuning.reporting import made_up
from tuning.reporting import findings, page
from tuning.trials import precision

VOID = {"meta"}
RANDOM = np.random.default_rng(3)


class Tags(HTMLParser):
    """Holds that every element is closed in its turn."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def text_of(sweep):
    text = page.write(findings.of(sweep)).read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(text)
    assert not tags.open
    assert not [a for _, a in tags.seen if {"src", "href"} & set(a)]
    assert not re.search(r"https?:|url\(|@import", text)
    return text


@pytest.fixture(scope="module")
def thirty(tmp_path_factory):
    path = tmp_path_factory.mktemp("thirty") / "secret-place"
    sweep = made_up.sweep(path)
    made_up.many(sweep, 30)
    values = made_up.values(RANDOM)
    made_up.put(sweep, made_up.failed(30, values))
    behind = made_up.trial(
        31, 0.61, values, folds=("0",), state="abandoned", reason="0.12 behind"
    )
    made_up.put(sweep, behind)
    made_up.put(sweep, made_up.trial(32, 0.8, values, code="b" * 16))
    return sweep, text_of(sweep)


def test_every_section_is_there(thirty):
    titles = re.findall(r"<h2>(.*?)</h2>", thirty[1])
    assert titles == [
        "The winner, and how much of it is luck",
        "What was searched",
        "History",
        "Parameters together",
        "Which parameters matter",
        "Each parameter alone",
        "Learning curves",
        "Cost",
        "All trials",
    ]


def test_no_path_and_no_patient(thirty):
    sweep, text = thirty
    assert "secret-place" not in text
    assert str(sweep.path.parent) not in text
    assert not re.search(r"\bp\d-\d+\b", text)  # as the predictions name patients


def test_the_naive_and_the_corrected_figure(thirty):
    sweep, text = thirty
    corrected = findings.of(sweep).luck.corrected
    assert f"<b>{findings.of(sweep).best.objective:.4f}</b>" in text
    assert f"<b>{corrected.estimate:.4f}</b>" in text
    assert f"{corrected.interval.low:.4f} to {corrected.interval.high:.4f}" in text


def test_the_table_has_failures_and_their_reasons(thirty):
    row = re.search(r'<tr class="failed"><td>0030.*?</tr>', thirty[1]).group()
    assert "out of memory: 3 GB more were wanted" in row


def test_trials_of_other_code_are_marked(thirty):
    text = thirty[1]
    assert text.count("(changed)") == 1
    assert "bbbbbbbbbbbbbbbb (changed)" in text
    assert re.search(r'class="done other"><title>0032', text)


def test_folds_saved(thirty):
    assert "Abandonment saved 1 of 66 folds." in thirty[1]


def test_a_line_of_the_parallel_coordinates_a_trial(thirty):
    lines = re.findall(r'data-at="([^"]*)"', thirty[1])
    assert len(lines) == 32  # with a figure
    assert {len(line.split()) for line in lines} == {5}  # four parameters, the figure


def test_a_conditional_parameter_is_drawn_where_it_holds(thirty):
    sweep, text = thirty
    label = re.search(r"val_auc against optimisation.batch_size, (\d+) trials", text)
    judged = findings.of(sweep).judged
    having = [t for t in judged if "optimisation.batch_size" in t.values]
    assert int(label.group(1)) == len(having) < len(judged)


def test_figures_have_words_for_those_who_do_not_see(thirty):
    tags = Tags()
    tags.feed(thirty[1])
    drawings = [attributes for tag, attributes in tags.seen if tag == "svg"]
    assert len(drawings) == 9
    assert all(d["role"] == "img" and d["aria-label"] for d in drawings)


def test_one_trial(tmp_path):
    sweep = made_up.sweep(tmp_path / "s", folds=("",))
    made_up.many(sweep, 1)
    text = text_of(sweep)
    assert "A choice is among two completed trials or more." in text
    assert "Too few trials: 1 have a figure" in text


def test_all_failed_and_odd_characters(tmp_path):
    space = '"a<b&\\"c" = { choice = ["<script>x</script>", "é"] }\n'
    sweep = made_up.sweep(tmp_path / "s", space=space)
    values = {'a<b&"c': "<script>x</script>"}
    made_up.put(sweep, made_up.failed(0, values, reason="<b>broke</b>"))
    text = text_of(sweep)
    assert "No trial was completed" in text
    assert "&lt;script&gt;x&lt;/script&gt;" in text
    assert "&lt;b&gt;broke&lt;/b&gt;" in text
    assert text.count("<script>") == 1


def test_a_precision_that_was_settled_is_told(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    assert "Precision" not in text_of(sweep)
    known = {"a": {"arch": "cnn3d", "precision": "mixed_bfloat16", "why": "2 times"}}
    (sweep.path / precision.FILE).write_text(json.dumps(known), encoding="utf-8")
    assert "<dt>Precision</dt><dd>mixed_bfloat16 of cnn3d</dd>" in text_of(sweep)


def test_no_trial_yet(tmp_path):
    assert "none yet" in text_of(made_up.sweep(tmp_path / "s"))


def test_an_objective_to_be_minimised(tmp_path):
    sweep = made_up.sweep(tmp_path / "s", objective="val_loss", direction="min")
    for number, loss in enumerate((0.5, 0.3, 0.9)):
        made_up.put(sweep, made_up.trial(number, loss, made_up.values(RANDOM)))
    text = text_of(sweep)
    assert "val_loss of trial 0001, naive" in text
    lines = re.findall(r'<polyline points="[^"]*" class="(\w+)" data-at', text)
    assert lines == ["shade0", "shade3", "best"]  # the best one drawn last


def test_predictions_that_are_missing_are_told_without_a_path(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    for number in range(2):
        one = made_up.trial(number, 0.5 + number / 9, made_up.values(RANDOM))
        made_up.put(sweep, one, evidence=False)
    text = text_of(sweep)
    assert "the sweep/trials/0000/fold-0/predictions.csv" in text
    assert str(tmp_path) not in text


@pytest.mark.slow
def test_five_hundred_trials_of_twenty_parameters_are_less_than_3_mb(tmp_path):
    more = {f"augment.f{n}": float(n) for n in range(16)}
    lines = "".join(f'"{name}" = {{ range = [0.0, 20.0] }}\n' for name in more)
    sweep = made_up.sweep(tmp_path / "s", space=made_up.SPACE + lines)

    def draw(random):
        return made_up.values(random) | {
            n: v * random.uniform() for n, v in more.items()
        }

    made_up.many(sweep, 500, draw=draw, evidence=False)
    assert len(text_of(sweep).encode()) < 3e6
