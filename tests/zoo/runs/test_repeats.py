import pytest

from pipelines.errors import DataError, UsageError
from pipelines.records.directory import open_dataset
from tests.pipelines.records import small
from zoo.recipes.recipe import Recipe
from zoo.runs import repeats


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "records"
    path.mkdir()
    task = small.task(shape=(8, 8, 8), kind="folds", folds=3)
    small.data_set(path, task, {("fold", str(n)): 4 for n in range(3)})
    return open_dataset(path)


def begun(tmp_path, data, number=2):
    recipe = Recipe(seed=7)
    return repeats.begin(tmp_path / "out", recipe=recipe, data=data, repeats=number)


def test_it_is_opened_as_it_was_begun(tmp_path, data):
    made = begun(tmp_path, data, 3)
    assert repeats.is_there(made.path)
    assert repeats.opened(made.path) == made
    assert [path.name for path in made.paths] == ["repeat-0", "repeat-1", "repeat-2"]


def test_each_repeat_has_a_seed_of_its_own(tmp_path, data):
    made = begun(tmp_path, data)
    assert made.recipe_of(0) == made.recipe
    assert [made.recipe_of(number).seed for number in range(2)] == [7, 8]


def test_there_may_be_more_of_them_and_not_fewer(tmp_path, data):
    more = repeats.with_more(begun(tmp_path, data), 4)
    assert repeats.opened(more.path).repeats == more.repeats == 4
    with pytest.raises(UsageError, match="begun with 4 repeats.*Received: 3"):
        repeats.with_more(more, 3)


def test_one_repeat_is_none(tmp_path, data):
    with pytest.raises(UsageError, match="--repeats is 2 or more. Received: 1"):
        begun(tmp_path, data, 1)
    assert not (tmp_path / "out").exists()


def test_sites_are_not_dealt_anew(tmp_path):
    path = tmp_path / "records"
    path.mkdir()
    task = small.task(shape=(8, 8, 8), kind="site", validation=0.5)
    counts = {(s, f"s{n}"): 2 for s in ("site", "site_validation") for n in range(2)}
    small.data_set(path, task, counts)
    with pytest.raises(UsageError, match="sites can't be dealt anew"):
        begun(tmp_path, open_dataset(path))


def test_a_changed_recipe_is_refused(tmp_path, data):
    made = begun(tmp_path, data)
    file = made.path / "recipe.toml"
    text = file.read_text(encoding="utf-8").replace("seed = 7", "seed = 8")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="seed = 8 instead of 7"):
        repeats.opened(made.path)


def test_the_directory_of_one_cross_validation_is_none(tmp_path):
    with pytest.raises(DataError, match="begun without --repeats"):
        repeats.opened(tmp_path)


def test_no_one_model_is_in_it(tmp_path, data):
    made = begun(tmp_path, data)
    with pytest.raises(UsageError, match="no one model. Name one of them: .*repeat-0"):
        repeats.check_none(made.path)
    repeats.check_none(tmp_path)
