"""Who may import whom, read from the source."""

import ast
import functools
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePath

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("pipelines", "zoo", "tuning")  # each may import those before it
# A room may import rooms of its own floor and of the floors below; ARCHITECTURE.md
# draws them. Commands, the files at the top of a package, stand above all rooms.
FLOORS = {
    "pipelines": (
        ("errors", "pseudonyms"),
        ("storage", "command", "search_path", "terminal", "figures"),
        ("tables", "tasks"),
        ("readers", "splits", "covariates"),
        ("privacy", "canonical", "cohort"),
        ("records",),
        ("augment",),
        ("batches",),
        ("phantoms", "inspection", "ingestion", "drafting", "characteristics"),
    ),
    "zoo": (
        ("recipes", "targets", "architectures", "reporting"),
        ("classifier", "runs"),
        ("weights", "evaluation"),
        ("training", "catalogue"),
        ("prediction", "planning", "auditing"),
        ("ensembling", "naming"),
        ("serving",),
        ("studies", "watching"),
    ),
    "tuning": (
        ("space",),
        ("trials",),
        ("oracles", "reporting"),
        ("sweeps",),
        ("cluster",),
    ),
}
# Only these files and folders may import these packages.
OWNERS = {
    "pydicom": {
        "pipelines/readers/dicom/pydicom_reader.py",
        "pipelines/phantoms/dicom.py",
        "pipelines/phantoms/enhanced.py",
        "pipelines/phantoms/image_headers.py",
        "zoo/prediction/reports",
    },
    "highdicom": {"zoo/prediction/reports"},
    "nibabel": {
        "pipelines/readers/nifti.py",
        "pipelines/readers/dicom/siemens_csa.py",
    },
    "python_calamine": {"pipelines/tables/spreadsheet.py"},
    "tensorflow_io": {"pipelines/storage/tensorflow_files.py"},
    "keras_tuner": {"tuning"},
    "optuna": {"tuning/oracles/optuna_oracle.py"},
    "h5py": {"zoo/weights/formats/keras_h5.py"},
    "safetensors": {"zoo/weights/formats/safetensors_file.py"},
    "torch": {"zoo/weights/formats/torch.py"},
    "google": {
        "pipelines/records/recorded_statistics.py",
        "zoo/weights/formats/caffe.py",
        "zoo/serving",
    },
    "tensorflow_serving": {"zoo/serving"},
    "grpc": {"tuning/cluster", "zoo/serving"},
    "aiohttp": {"zoo/serving/endpoint", "zoo/serving/page"},
    "fcntl": {"pipelines/storage/lock.py"},
    "csv": {
        "pipelines/storage/csv_files.py",
        "pipelines/tables/dialect.py",
        "pipelines/tables/table_file.py",
    },
}


def sources():
    """Every module of the packages, by its path below the root."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix()


def files_of_tests():
    """Every file of the tests, likewise."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix()


@functools.cache
def imports(name):
    """Dotted names of the modules that a file imports, wherever in it."""
    return tuple(_imports(name))


@functools.cache
def tree(name):
    """What Python reads in a file."""
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


def _imports(name):
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module(name):
    """The dotted name of a file's module."""
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def floor(dotted):
    """Number of the floor that a module stands on; none for a package itself."""
    package, _, rest = dotted.partition(".")
    if package not in FLOORS or not rest:
        return None
    floors = FLOORS[package]
    room = rest.partition(".")[0]
    where = [number for number, rooms in enumerate(floors) if room in rooms]
    return where[0] if where else len(floors)


def up_arrows():
    """Imports, within a package, of what stands on a higher floor."""
    for name in sources():
        own = module(name)
        for imported in imports(name):
            same = imported.partition(".")[0] == own.partition(".")[0]
            if (
                same
                and (floor(imported) or 0) > (floor(own) or 0)
                and floor(own) is not None
            ):
                yield name, imported


def arrows(name_of):
    """Who imports whom, `{importer: {imported}}`, in the names that `name_of` gives."""
    known = {module(name) for name in sources()}
    graph = {}
    for name in sources():
        importer = name_of(module(name))
        reached = {name_of(m) for m in imports(name) if m in known}
        graph.setdefault(importer, set()).update(reached - {importer})
    return graph


def room(dotted):
    """Package and first folder of a module, e.g. `zoo.training`."""
    return ".".join(dotted.split(".")[:2])


def used(name):
    """Top-level packages that a file imports."""
    return {imported.split(".")[0] for imported in imports(name)}


def test_packages_import_downwards():
    wrong = [
        (name, package)
        for name in sources()
        for package in PACKAGES[PACKAGES.index(name.split("/")[0]) + 1 :]
        if package in used(name)
    ]
    assert not wrong


def test_rooms_import_downwards():
    assert not list(up_arrows())


@pytest.mark.parametrize("name_of", [str, room], ids=["modules", "rooms"])
def test_nothing_imports_in_a_circle(name_of):
    try:
        TopologicalSorter(arrows(name_of)).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {error.args[1]}")


def test_every_room_has_a_floor():
    rooms = {name.split("/")[1] for name in sources() if name.count("/") > 1}
    named = {room for floors in FLOORS.values() for rooms in floors for room in rooms}
    assert rooms <= named
    files = {name.split("/")[1].removesuffix(".py") for name in sources()}
    assert named <= rooms | files


def test_a_name_is_imported_from_where_it_is():
    ours = {module(name): name for name in sources()}
    passed_on = {dotted: {} for dotted in ours}
    for dotted, name in ours.items():
        for line in tree(name).body:
            if isinstance(line, ast.ImportFrom) and line.module in ours:
                passed_on[dotted] |= {alias.name: line.module for alias in line.names}
    wrong = [
        f"{path}: {alias.name} is in {passed_on[node.module][alias.name]}"
        for path in (*sources(), *files_of_tests())
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module in ours
        for alias in node.names
        if alias.name in passed_on[node.module]
        and f"{node.module}.{alias.name}" not in ours
    ]
    assert not wrong


def test_heavy_packages_have_one_owner():
    wrong = [
        (name, package)
        for name in sources()
        for package in used(name) & OWNERS.keys()
        if not {name, *map(str, PurePath(name).parents)} & OWNERS[package]
    ]
    assert not wrong


def test_architectures_know_only_themselves():
    allowed = ("zoo.architectures", "pipelines.errors")
    wrong = [
        (name, imported)
        for name in sources()
        if name.startswith("zoo/architectures/")
        for imported in imports(name)
        if imported.startswith(("zoo", "pipelines"))
        and not imported.startswith(allowed)
    ]
    assert not wrong


def test_the_rules_can_fail():
    assert floor("pipelines.ingestion.cohort") > floor("pipelines.readers.dicom.scan")
    assert floor("zoo.train") > floor("zoo.training.fit") > floor("zoo.runs.run")
    assert floor("zoo") is None
    assert "pydicom" in used("pipelines/readers/dicom/pydicom_reader.py")
    assert "zoo.runs.run" in arrows(str)["zoo.train"]
    assert "zoo.runs" in arrows(room)["zoo.train"]
