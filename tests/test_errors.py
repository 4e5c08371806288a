"""What our exceptions carry."""

from __future__ import annotations

from jarvis_ai.domain import Completion, Failure, FailureKind, Status
from jarvis_ai.errors import OperationFailed, ProviderError

FAILURE = Failure(FailureKind.EMPTY, "nothing was said")


def test_a_provider_error_keeps_its_failure_and_says_it() -> None:
    error = ProviderError(FAILURE)
    assert (error.failure, str(error)) == (FAILURE, "nothing was said")


def test_a_failure_without_words_is_said_by_its_kind() -> None:
    assert str(ProviderError(Failure(FailureKind.EMPTY))) == "empty"


def test_a_failed_operation_keeps_its_completion_and_says_its_failure() -> None:
    completion = Completion("op", 1.0, Status.FAILED, failure=FAILURE)
    error = OperationFailed(completion)
    assert (error.completion, str(error)) == (completion, "nothing was said")
