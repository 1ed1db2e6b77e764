"""Plans of study cohorts: the shipped ones, and those in a file of one's own."""

from pipelines.phantoms.plans.study_plan import StudyPlan
from pipelines.storage import package_files


def shipped() -> list[str]:
    """Names of the plans that come with the package."""
    return package_files.names("pipelines", "phantoms/plans")


def load(name_or_path: str) -> StudyPlan:
    """Reads a plan from a `.toml` file, or a shipped one by its name.

    Raises:
        UsageError: neither a file nor a shipped name.
        DataError: the file does not describe a plan.
    """
    return package_files.load(
        StudyPlan,
        name_or_path,
        package="pipelines",
        folder="phantoms/plans",
        word="plan",
    )
