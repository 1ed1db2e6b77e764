"""What keeps an endpoint from answering: each cause with its cure."""

from pipelines.errors import StudyError, ZooError

# What went wrong: how it is said, and what helps. Written to disk with a study, so
# without hosts, paths and anything that a server said.
CAUSES = {
    "unreachable": (
        "the endpoint can't be reached",
        "Look whether the server runs and the address is right",
    ),
    "refused": (
        "the connection to the endpoint is refused: nothing listens on that port",
        "Start the server, or write the port that it listens on",
    ),
    "unknown_host": (
        "the endpoint's host has no address",
        "Look at the spelling of --endpoint and at the network's name service",
    ),
    "no_tls": (
        "there is no TLS on that port of the endpoint",
        "Write grpc:// or http:// where the way is safe, or the port that has TLS",
    ),
    "wants_tls": (
        "that port of the endpoint speaks TLS",
        "Write grpcs:// or https://",
    ),
    "unknown_ca": (
        "the endpoint's certificate is signed by an authority that is not known here, "
        "or by itself",
        "Name that authority's certificate by --ca-file",
    ),
    "other_host": (
        "the endpoint's certificate is that of a host of another name",
        "Write the name that the certificate has in --endpoint",
    ),
    "bad_certificate": (
        "the endpoint's certificate is not valid",
        "Have whoever runs the endpoint renew it",
    ),
    "other_protocol": (
        "what listens on that port speaks another protocol",
        "grpc:// and http:// have ports of their own, of TensorFlow Serving 8500 and "
        "8501",
    ),
    "token_missing": (
        "the endpoint asks for a token",
        "Name the file that holds it by --token-file, or set ZOO_TOKEN",
    ),
    "token_refused": (
        "the endpoint refuses the token",
        "Ask whoever runs the endpoint for the token of today",
    ),
    "forbidden": (
        "the endpoint forbids the request",
        "Ask whoever runs the endpoint to let this model or this machine through",
    ),
    "too_large": (
        "the study's record is larger than the endpoint takes",
        "Have whoever runs the endpoint raise its limit of a request's size",
    ),
    "cut_off": (
        "the endpoint closed the connection before its answer was there",
        "Look whether it was stopped, or whether the record is larger than it takes",
    ),
    "unknown_model": (
        "the endpoint has no such model, or none that is ready",
        "Look at --model, and at the endpoint's list of models",
    ),
    "unknown_version": (
        "the endpoint does not serve this version of the model",
        "Leave --version out, or ask again where versions changed meanwhile",
    ),
    "unknown_label": (
        "no version of the model bears this label",
        "Give a version the label by `python -m zoo.promote`, or name a --version",
    ),
    "no_signature": (
        "the model has no such signature: `python -m zoo.export` did not make it",
        "Export the run by `python -m zoo.export` and ask that model",
    ),
    "deadline": (
        "the endpoint did not answer in time",
        "Give it more by --timeout, or ask for fewer studies at once by --parallel",
    ),
    "busy": (
        "the endpoint is too busy",
        "Try again later, or ask for fewer studies at once by --parallel",
    ),
    "rejected": (
        "the endpoint does not take the request",
        "Look at the server's own words in the terminal",
    ),
    "server_fault": (
        "the endpoint failed on the request",
        "Look at the server's own words in the terminal and in its log",
    ),
    "stopped": (
        "the request was cancelled",
        "Call again",
    ),
    "bad_answer": (
        "the endpoint's answer is not one of this model",
        "Look whether the address is that of a TensorFlow Serving endpoint, and what "
        "lies between",
    ),
}
_TRY_AGAIN = ("unreachable", "refused", "cut_off", "busy")
_MOST_WORDS = 500


class EndpointError(ZooError):
    """A request that an endpoint does not answer.

    Args:
        code: of `CAUSES`.
        private: what the server or the library said, for the terminal alone.
        retry_after_s: how long the server asks to wait before the next try.
    """

    def __init__(
        self, code: str, private: str = "", *, retry_after_s: float | None = None
    ):
        self.code = code
        self.problem, self.cure = CAUSES[code]
        self.private = _one_line(private)[:_MOST_WORDS]
        self.retry_after_s = retry_after_s
        super().__init__(code, private)

    @property
    def may_pass(self) -> bool:
        """Whether the same request may be answered a little later."""
        return self.code in _TRY_AGAIN

    def of_study(self) -> StudyError:
        """The same as what keeps one study from being predicted."""
        return StudyError(
            code=self.code, problem=self.problem, cure=self.cure, private=self.private
        )

    def __str__(self) -> str:
        where = f" [{self.private}]" if self.private else ""
        return f"{self.problem}{where}. {self.cure}"


def _one_line(words: str) -> str:
    """What a terminal shows as it stands, whoever answered."""
    shown = (sign if sign.isprintable() else "?" for sign in " ".join(words.split()))
    return "".join(shown)
