"""The errors that a user of the project sees, and what each may carry."""


class ZooError(Exception):
    """Something is wrong with the data or the run. Commands print it and exit 1."""


class UsageError(ZooError):
    """The command was called wrongly. Commands print it and exit 2."""


class DataError(ZooError):
    """A data set, a cohort or a run as a whole can't be used."""


class StudyError(ZooError):
    """One study can't be used; it is rejected and the others go on.

    `problem` and `cure` are written to `rejected.csv`, so they hold words of ours,
    numbers, and names that the task file states; never header text, source ids or
    paths. Those belong in `private`, which only the terminal shows.

    Args:
        code: what kind of fault, as a slug to count by, e.g. `"missing_slice"`.
        problem: what was wrong and what was received.
        cure: what would be right, or what the user can do.
        private: source ids, paths or header text, for the terminal only.
        subject: the sequence, column or kind of file that it is about, in words that
            the task file states or that are ours: studies of one code and subject
            are one cause.
        instead: what was there in its place (cells, kinds of series), each in words;
            private, for the terminal only.
    """

    def __init__(
        self,
        *,
        code: str,
        problem: str,
        cure: str,
        private: str = "",
        subject: str = "",
        instead: tuple[str, ...] = (),
    ):
        self.code = code
        self.problem = problem
        self.cure = cure
        self.private = private
        self.subject = subject
        self.instead = instead
        super().__init__(code, problem, cure, private, subject, instead)

    def __str__(self) -> str:
        where = f" [{self.private}]" if self.private else ""
        return f"{self.problem}{where}. {self.cure}"

    def __reduce__(self):
        """Pickle by the keyword arguments: the error crosses worker processes."""
        return _rebuild_study_error, self.args


def _rebuild_study_error(*args: object) -> StudyError:
    names = ("code", "problem", "cure", "private", "subject", "instead")
    return StudyError(**dict(zip(names, args, strict=True)))
