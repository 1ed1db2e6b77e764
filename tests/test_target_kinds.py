"""Nobody asks for the kind of a target outside the mappings, read from the source."""

import ast

import pytest

from pipelines.tasks.target_kinds import LABEL_KINDS
from tests.test_imports import ROOT, sources
from zoo.targets.kinds import TARGET_KINDS

NAMES = {*LABEL_KINDS}
VALUES = {"CLASSIFICATION", "MULTILABEL", "ORDINAL", "REGRESSION"}
OF_ONE_KIND = ("Predictions", "Columns")  # what a check of a type would ask for


def is_name(node):
    return isinstance(node, ast.Constant) and node.value in NAMES


def allowed(tree):
    """Names of kinds that may stand in a module.

    The keys of a literal mapping by kind, complete and at the top; the name that a
    `TargetKind` bears; the kind that a `Target` has where none is named.
    """
    for node in tree.body:
        value = getattr(node, "value", None)
        if isinstance(value, ast.Dict) and all(map(is_name, value.keys)):
            names = [key.value for key in value.keys]
            if {*names} == NAMES and len(names) == len(NAMES):
                yield from value.keys
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "TargetKind":
            yield from (one.value for one in value.keywords if one.arg == "name")
        if isinstance(node, ast.ClassDef) and node.name == "Target":
            yield from (getattr(line, "value", None) for line in node.body)


def questions(source):
    """Lines of a module that ask for the kind of a target, or of predictions."""
    tree = ast.parse(source)
    may = {id(node) for node in allowed(tree)}
    for node in ast.walk(tree):
        named = {ast.unparse(one).split(".")[-1] for one in ast.iter_child_nodes(node)}
        if is_name(node) and id(node) not in may:
            yield node.lineno
        if isinstance(node, ast.Compare | ast.MatchValue) and named & VALUES:
            yield node.lineno
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            kinds = ast.unparse(node.args[1])
            if any(word in kinds for word in OF_ONE_KIND):
                yield node.lineno


def test_nobody_asks_for_the_kind_of_a_target():
    asked = [
        f"{name}:{line}"
        for name in sources()
        for line in questions((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert not asked


@pytest.mark.parametrize(
    "source",
    [
        "if target.kind == 'regression': pass",
        "if target.kind in ('classification', 'ordinal'): pass",
        "kinds = ('classification', 'ordinal')",
        "if kinds != ['classification']: pass",
        "match kind:\n    case 'ordinal': pass",
        "def of(kind): return {'multilabel': 1, 'regression': 2}.get(kind)",
        "SOME = {'multilabel': 1, 'regression': 2}",
        "if output.kind is REGRESSION: pass",
        "if kinds.REGRESSION == output.kind: pass",
        "if isinstance(found, Predictions): pass",
        "if isinstance(found, (classes.Predictions, list)): pass",
        "if isinstance(found, Columns): pass",
    ],
)
def test_such_a_question_is_found(source):
    assert [*questions(source)]


@pytest.mark.parametrize(
    "source",
    [
        f"LOSSES = {dict.fromkeys(LABEL_KINDS, 1)}",
        "ORDINAL = TargetKind(name='ordinal', size=1)",
        "class Target:\n    kind: str = 'classification'",
        "if split.kind == 'folds': pass",
        "from zoo.evaluation.metrics import regression",
        "'''A regression, or a classification.'''",
    ],
)
def test_what_is_no_question_is_not(source):
    assert not [*questions(source)]


def offsets(source):
    """Lines of a module that cut a target's numbers out by their offset."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Slice) and ".offset" in ast.unparse(node):
            yield node.lineno


def test_the_numbers_of_a_target_are_cut_out_once():
    cut = {
        name
        for name in sources()
        if name.startswith("zoo/") and [*offsets((ROOT / name).read_text("utf-8"))]
    }
    assert cut == {"zoo/targets/target_output.py"}


def test_both_mappings_have_the_same_kinds():
    assert LABEL_KINDS.keys() == TARGET_KINDS.keys()
    for name, kind in TARGET_KINDS.items():
        labels = LABEL_KINDS[name]
        assert kind.name == name
        assert (kind.single_label, kind.ordered) == (
            labels.single_label,
            labels.ordered,
        )
