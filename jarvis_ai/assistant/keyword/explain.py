"""Both votes on a message, and which of them won and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jarvis_ai.assistant.keyword.entities import entities_of
from jarvis_ai.assistant.keyword.features import features
from jarvis_ai.assistant.keyword.rules import NO_RULE, Rule, first_that_holds
from jarvis_ai.assistant.keyword.spelling import plain
from jarvis_ai.assistant.keyword.votes import Weights, shipped
from jarvis_ai.assistant.results import NO_ACTION, Intent

SURE = 0.9
"""The confidence of a rule that decides alone: such messages are not in the data, so it is set, not measured."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a message asks for, and how that was found."""

    intent: Intent
    plain: str
    """The message in the one spelling that rules and votes read."""
    rule: str = ""
    """What the first rule that held looks for; empty when none held."""
    rule_intent: str = ""
    """What that rule speaks for."""
    matched: str = ""
    """The words that it matched."""
    probabilities: Mapping[str, float] = field(default_factory=dict)
    """The second vote: each intent's probability, the likeliest first; empty when a rule decided alone."""
    telling: tuple[str, ...] = ()
    """The words that spoke most for the winner in the second vote, the strongest first."""
    why: str = ""
    """Who won and why, in a sentence."""


def intent_of(text: str) -> Intent:
    """What `text` asks for; `unknown` rather than a wrong command when no vote is sure enough."""
    return explain(text).intent


def explain(text: str) -> Explanation:
    """What `text` asks for, with both votes. Never raises, and the same text is always judged the same."""
    spelt, weights = plain(text), shipped()
    rule, matched = first_that_holds(spelt) or (NO_RULE, "")
    if rule.sure:
        intent = Intent.of(rule.intent, SURE, entities_of(text), "keyword")
        return Explanation(intent, spelt, rule.says, rule.intent, matched, why=f"The rule “{rule.says}” decides alone.")
    groups = features(spelt, rule.says)
    shares = weights.probabilities(groups)
    name, confidence, why = _decided(shares, rule, weights.threshold)
    intent = Intent.of(name, confidence, entities_of(text), "keyword")
    likeliest = dict(sorted(shares.items(), key=lambda share: -share[1]))
    telling = _telling(groups[0], name, weights)
    return Explanation(intent, spelt, rule.says, rule.intent, matched, likeliest, telling, why)


def _decided(shares: Mapping[str, float], rule: Rule, threshold: float) -> tuple[str, float, str]:
    """The intent, its confidence and the reason: a command is given only when it is likely enough."""
    best = max((name for name in shares if name not in NO_ACTION), key=lambda name: shares[name])
    nothing = {name: share for name, share in shares.items() if name in NO_ACTION}
    idle = sum(nothing.values())
    if shares[best] >= max(threshold, idle):
        agreed = "Rule and words agree" if rule and rule.intent == best else "The words outweigh the rule"
        return (
            best,
            shares[best],
            f"{agreed if rule else 'No rule holds; the words decide'}: {shares[best]:.0%} likely.",
        )
    name = max(nothing, key=lambda name: nothing[name])
    if shares[best] > idle:
        return "unknown", idle, f"{best} is likeliest at {shares[best]:.0%}, but a command needs {threshold:.0%}."
    return name, idle, f"No command: {idle:.0%} likely."


def _telling(features: list[str], intent: str, weights: Weights) -> tuple[str, ...]:
    """The words and pairs of words that alone speak for `intent`, at most five."""
    said = sorted(((weights.says(name, intent), name) for name in features), reverse=True)
    return tuple(name.partition(":")[2] for share, name in said[:5] if share > 0)
