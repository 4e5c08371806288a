"""What to doubt in a chain before it is needed. Pure: it asks no provider, no clock and no log.

Each check is a generator over one `Case`; the table below is all that there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date

from jarvis_ai.catalog import Catalog
from jarvis_ai.chains.lint import names, order
from jarvis_ai.chains.lint.findings import Case, Finding, Severity, placed
from jarvis_ai.domain import Chain
from jarvis_ai.policy import Policy

__all__ = ["Finding", "Severity", "lint"]

CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    names.nothing_to_ask,
    names.names,
    names.expiry,
    names.keys,
    names.duplicates,
    names.keyword_last,
    order.accounts,
    order.upstreams,
    order.deadlines,
    order.contexts,
    order.parameters,
    order.prices,
)


def lint(chain: Chain, catalog: Catalog, policy: Policy, configured: Collection[str], *, today: date) -> list[Finding]:
    """Everything to doubt in a written chain, worst first, then by place.

    Whatever the catalogue does not tell (a price, a length, a parameter) is not doubted.
    """
    case = Case(chain, placed(chain, catalog), catalog, policy, configured, today)
    findings = [finding for check in CHECKS for finding in check(case)]
    rank = list(Severity)
    return sorted(findings, key=lambda finding: (rank.index(finding.severity), finding.places))
