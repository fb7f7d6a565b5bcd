"""Why a plan is to be made, kept until one was: what failed is planned for once more; pure."""

from dataclasses import dataclass

from edge.domain.sentences import Sentence

MOST = 20  # newest ones; while no plan is possible for days reasons must not pile up


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Documents or work centers have changed, or what `because` says has happened; or nothing."""

    documents: bool = False
    because: tuple[Sentence, ...] = ()

    def and_then(self, later: "Pending") -> "Pending":
        """Both, the earlier first; what is said already is not said twice."""
        new = (one for one in later.because if one not in self.because)
        return Pending(
            documents=self.documents or later.documents,
            because=(*self.because, *new)[-MOST:],
        )
