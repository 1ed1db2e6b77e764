"""The page of a study: what stands on it, and that it asks for nothing else."""

import dataclasses
import json
import re
from html.parser import HTMLParser

import pytest

from tests.zoo.studies import made_study
from zoo.studies import final_recipes, page, report


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    return made_study.make(tmp_path_factory.mktemp("study"), by_image=True, quick=True)


@pytest.fixture(scope="module")
def told(asked):
    return report.report(asked, final_recipes.recipes(asked))


@pytest.fixture(scope="module")
def text(asked, told):
    return page.write(told, asked.out).read_text(encoding="utf-8")


def test_the_title_says_what_must_not_be_overlooked(told):
    title = page.title(told)
    assert "on a phantom: it proves the way, not the medicine" in title
    assert "quick" in title and "split by image, which leaks" in title


def test_weights_none_is_in_the_title(asked):
    other = dataclasses.replace(asked, without_weights=True)
    assert "without pretrained weights" in report.warnings(other)


def test_it_is_whole_and_escaped(text):
    assert "Rings &lt;b&gt; &amp; solids" in text and "<b> &" not in text
    opened = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            if tag not in ("meta", "img"):
                opened.append(tag)

        def handle_endtag(self, tag):
            assert opened.pop() == tag

    Reader().feed(text)
    assert not opened


def test_it_asks_for_nothing_else(text):
    places = re.findall(r'(?:src|href)="([^"]{0,30})', text)
    assert places and all(p.startswith("data:image/png;base64,") for p in places)
    assert "url(" not in text and "<script" not in text and "@import" not in text


def test_the_papers_row_is_beside_ours(told):
    (table,) = told["tables"]
    one, more = table["rows"]
    assert one["paper"] == [0.96, 0.9, "?"] and more["paper"] == ["?"] * 3
    assert more["ours"] is None
    accuracy, auc, _ = one["ours"]
    assert accuracy["number"] == 40 and auc["number"] == 24
    assert accuracy["low"] < accuracy["value"] < accuracy["high"]


def test_images_are_seen_to_flatter(told, text):
    one = told["tables"][0]["rows"][0]
    assert one["ours_by_image"][0]["value"] > one["ours"][0]["value"]
    assert "ours, by image (leaks)" in text and "it flatters by" in text
    assert "they are too narrow" in text


def test_what_was_not_published_or_made_says_so(told, text):
    assert "<td>not published</td>" in text
    assert "Not made here: More (a variant: --variants trains it)." in text
    assert "<td>More</td>" not in text
    assert told["left_out"] == ["more: a variant: --variants trains it"]
    assert "Nothing (one): the run drew none." in text


@pytest.mark.parametrize(
    ("printed", "cells"),
    [
        ([1.0, 0.9701, 0.995], "<td>1.0000</td><td>0.9701</td><td>0.9950</td>"),
        ([1.0, 0.5, "?"], "<td>1.00</td><td>0.50</td><td>not published</td>"),
    ],
)
def test_figures_of_a_papers_table_have_as_many_decimals(asked, told, printed, cells):
    table = told["tables"][0]
    rows = [{**table["rows"][1], "paper": printed}]
    changed = {**told, "tables": [{**table, "rows": rows}]}
    assert cells in page.text(changed, asked.out)


def test_rows_that_were_not_made_are_named_by_their_reason(asked, told):
    table = told["tables"][0]
    one, more = table["rows"]
    rows = [one, more, {**more, "label": "Most"}, {**more, "why_not": "too long"}]
    text = page.text({**told, "tables": [{**table, "rows": rows}]}, asked.out)
    words = (
        "Not made here: More, Most (a variant: --variants trains it); More (too long)."
    )
    assert words in text
    printed = [one, {**more, "paper": [0.5, "?", "?"]}]
    text = page.text({**told, "tables": [{**table, "rows": printed}]}, asked.out)
    line = "<td>More</td><td>paper</td><td></td><td>0.50</td>"
    assert f'<tr class="printed">{line}' in text


def test_of_groups_of_patients_it_says_whether_they_differ(asked, told):
    table = told["tables"][0]
    one = {**table["rows"][0], "paper": ["?"] * 3}
    del one["ours_by_image"]
    group = {"by": "age:60", "p_between": [0.012, None, 0.5]}
    young = {**one, **group, "label": "Young", "too_few": "2 patients of class ill"}
    old = {**one, **group, "label": "Old", "too_few": ""}
    text = page.text({**told, "tables": [{**table, "rows": [young, old]}]}, asked.out)
    line = (
        "<td>p between the groups</td><td></td><td>0.012</td><td>-</td><td>0.500</td>"
    )
    assert text.count(line) == 1
    assert "Too few to say much: Young (2 patients of class ill)." in text
    assert "<th>whose</th>" not in text


def test_who_has_no_label_is_in_the_flow(asked, told):
    ours = {**told["flow"]["ours"][0], "unlabelled": 3}
    text = page.text({**told, "flow": {**told["flow"], "ours": [ours]}}, asked.out)
    assert "studies in the data set, 3 of them without a label" in text


def test_a_table_that_is_not_the_papers_has_no_lines_of_it(asked, told):
    table = told["tables"][0]
    rows = [{**table["rows"][0], "paper": ["?"] * 3}]
    text = page.text({**told, "tables": [{**table, "rows": rows}]}, asked.out)
    assert "<td>One</td><td>ours, by patient</td>" in text
    assert "<td>paper</td>" not in text


def test_a_table_of_which_nobody_has_a_figure_is_left_out(asked, told):
    table = told["tables"][0]
    (row,) = [row for row in table["rows"] if row["ours"] is None]
    empty = {**table, "title": "Nobody's", "rows": [row]}
    text = page.text({**told, "tables": [table, empty]}, asked.out)
    assert table["title"] in text and "Nobody" not in text.replace("Nobody, 2026", "")


def test_the_flow_of_both(text):
    assert "<b>12</b> found" in text
    assert "<b>-1</b> another plane" in text
    assert "<b>8</b> studies in the data set" in text


def test_the_cost_of_a_step_that_went_on_is_more_than_is_known(asked, told):
    first, *others = told["cost"]
    cost = [{**first, "went_on": True}, *others]
    text = page.text({**told, "cost": cost}, asked.out)
    assert text.count("&gt; 60.0") == 1 and "what it took before" in text
    assert "what it took before" not in page.text(told, asked.out)


def test_the_cost_says_time_of_the_processor_where_it_is_known(asked, told, text):
    assert "processor seconds" in text
    assert text.count("<td>90.0</td>") == len(told["cost"])
    cost = [{**step, "processor_seconds": None} for step in told["cost"]]
    of_before = page.text({**told, "cost": cost}, asked.out)
    assert "90.0" not in of_before and "60.0" in of_before


def test_json_says_the_same(asked, told, text):
    assert json.loads((asked.out / page.JSON).read_text(encoding="utf-8")) == told


def test_no_place_of_this_machine_is_on_it(asked, text):
    assert str(asked.out) not in text


def test_without_images_there_is_one_line_of_ours(asked):
    patients = made_study.without_images(asked)
    told = report.report(patients, final_recipes.recipes(patients))
    assert "ours_by_image" not in told["tables"][0]["rows"][0]
    assert "they are too narrow" not in page.text(told, patients.out)


def test_what_all_trainings_changed_stands_once(asked, told):
    (one,) = told["settings"]["trainings"]
    trainings = [
        {**one, "changed": {"seed": "1", "head.dropout": dropout}}
        for dropout in ("0.1", "0.5")
    ]
    settings = {**told["settings"], "trainings": trainings}
    text = page.text({**told, "settings": settings}, asked.out)
    assert "Changed in all of them: seed = 1." in text
    assert "<td>head.dropout = 0.1</td>" in text and "seed = 1," not in text


def test_data_sets_of_the_same_patients_share_a_flow(asked, told):
    ours = told["flow"]["ours"][0]
    other = {**ours, "data_set": "other"}
    fewer = {**ours, "data_set": "fewer", "found": 8, "excluded": []}
    flow = {**told["flow"], "ours": [ours, other, fewer]}
    text = page.text({**told, "flow": flow}, asked.out)
    assert "Ours: liver_fibrosis, other</h3>" in text and "Ours: fewer</h3>" in text
    assert "Data set other, dealt by" in text


def test_what_a_mark_means_is_said(asked, told):
    assert "approximate" not in page.text(told, asked.out)
    table = told["tables"][0]
    one = table["rows"][0]
    cell = {**one["ours"][0], "text": "0.5 (0.1–0.9)~"}
    rows = [{**one, "ours": [cell, *one["ours"][1:]]}]
    text = page.text({**told, "tables": [{**table, "rows": rows}]}, asked.out)
    assert "~: approximate." in text
