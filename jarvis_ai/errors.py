"""Every exception of ours.

JarvisError
├── ConfigurationError   a setting is wrong; says which, and what to write instead
├── ProviderError        one attempt failed; `failure` says how. Raised by providers, met by the engine
└── OperationFailed      the chain is exhausted; `completion` holds every attempt
"""

from __future__ import annotations

from jarvis_ai.domain import Completion, Failure


class JarvisError(Exception):
    """What all of our exceptions have in common."""


class ConfigurationError(JarvisError):
    """A setting is missing or wrong."""


class ProviderError(JarvisError):
    """A provider did not answer, and `failure` says how."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail or failure.kind.value)
        self.failure = failure


class OperationFailed(JarvisError):
    """Every link that could be asked was asked, and none answered."""

    def __init__(self, completion: Completion) -> None:
        failure = completion.failure
        super().__init__(failure.detail if failure else "The operation did not finish.")
        self.completion = completion
