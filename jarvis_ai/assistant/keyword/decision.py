"""From two votes to one intent: when a command is given, and when it is better to do nothing."""

from __future__ import annotations

from collections.abc import Mapping

from jarvis_ai.assistant.keyword.rules import Rule
from jarvis_ai.assistant.results import NO_ACTION

LIKELY = 0.5
"""A command that is less likely than this is not given."""
OUTWEIGHS = 3.0
"""Nor is one that is not so many times as likely as that nothing is to be done: a wrong command is worse than none."""
SURE = 0.9
"""The confidence of a rule that decides alone: such messages are in no data of ours, so it is set, not measured."""


def decided(rule: Rule, shares: Mapping[str, float]) -> tuple[str, float, str]:
    """The intent, its confidence and the reason, of the `rule` that holds and each intent's probability."""
    if rule.sure:
        return rule.intent, SURE, f"The rule “{rule.says}” decides alone."
    best = max(shares.keys() - NO_ACTION, key=lambda name: (shares[name], name))
    idle = sum(shares.get(name, 0.0) for name in NO_ACTION)
    if shares[best] >= max(LIKELY, OUTWEIGHS * idle):
        return best, shares[best], f"{_agreement(rule, best)}: {shares[best]:.0%} likely."
    if shares[best] > idle:
        return "unknown", idle, f"{best} is likeliest at {shares[best]:.0%}: too little to give a command."
    return max(NO_ACTION, key=lambda name: shares.get(name, 0.0)), idle, f"No command: {idle:.0%} likely."


def _agreement(rule: Rule, intent: str) -> str:
    if not rule.says:
        return "No rule holds, the words decide"
    return "Rule and words agree" if rule.intent == intent else "The words outweigh the rule"
