"""Who may import whom, read from the source."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Inside pipelines a folder may import those of its own layer and of the layers before.
LAYERS = (
    ("readers", "volume", "task", "sequence", "steps", "target", "privacy", "linkage"),
    ("canonical", "cohort"),
    ("records", "rows"),
    ("augment", "batches", "intensity"),
    ("dataset", "semi_supervised"),
    ("phantoms", "inspection", "ingestion"),
)
# Only these files may import these packages.
OWNERS = {
    "pydicom": {"pipelines/readers/dicom/scan.py", "pipelines/phantoms/dicom.py"},
    "nibabel": {"pipelines/readers/nifti.py"},
    "tensorflow_io": {"pipelines/storage/remote.py"},
    "keras_tuner": {"tuning"},
    "h5py": {"zoo/weights/formats/keras_h5.py"},
    "safetensors": {"zoo/weights/formats/safetensors_file.py"},
    "torch": {"zoo/weights/formats/torch.py"},
    "google": {"zoo/weights/formats/caffe.py"},
    "fcntl": {"pipelines/storage/lock.py"},
    "csv": {"pipelines/storage/csv_files.py", "zoo/evaluation/predictions/table.py"},
}


def sources():
    """Every module of the packages, by its path below the root."""
    for package in ("pipelines", "zoo", "tuning"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix()


def imports(name):
    """Dotted names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module):
    """Number of the layer of a module of pipelines; none for what all may use."""
    parts = module.split(".")
    for number, names in enumerate(LAYERS):
        if len(parts) > 1 and parts[0] == "pipelines" and parts[1] in names:
            return number
    return None


def used(name):
    """Top-level packages that a file imports."""
    return {module.split(".")[0] for module in imports(name)}


def test_packages_import_downwards():
    above = {"pipelines": {"zoo", "tuning"}, "zoo": {"tuning"}, "tuning": set()}
    wrong = [name for name in sources() if used(name) & above[name.split("/")[0]]]
    assert not wrong


def test_layers_of_pipelines_import_downwards():
    wrong = []
    for name in sources():
        own = layer(name.removesuffix(".py").replace("/", "."))
        if own is not None:
            wrong += [(name, m) for m in imports(name) if (layer(m) or 0) > own]
    assert not wrong


def test_heavy_packages_have_one_owner():
    wrong = [
        (name, package)
        for name in sources()
        for package in used(name) & OWNERS.keys()
        if not {name, name.split("/")[0]} & OWNERS[package]
    ]
    assert not wrong


def test_architectures_know_only_themselves():
    allowed = ("zoo.architectures", "pipelines.errors")
    wrong = [
        (name, module)
        for name in sources()
        if name.startswith("zoo/architectures/")
        for module in imports(name)
        if module.startswith(("zoo", "pipelines")) and not module.startswith(allowed)
    ]
    assert not wrong


def test_the_layers_name_real_modules():
    there = {name.split("/")[1].removesuffix(".py") for name in sources()}
    assert {name for names in LAYERS for name in names} <= there


def test_the_rules_can_fail():
    assert layer("pipelines.ingestion.ingest_cohort") > layer(
        "pipelines.readers.dicom.scan"
    )
    assert "pydicom" in used("pipelines/readers/dicom/scan.py")
