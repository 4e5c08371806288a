"""Both votes on a message, and which of them won and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jarvis_ai.assistant.keyword.decision import decided
from jarvis_ai.assistant.keyword.entities import entities_of
from jarvis_ai.assistant.keyword.features import features
from jarvis_ai.assistant.keyword.rulebook import first_that_holds
from jarvis_ai.assistant.keyword.rules import NO_RULE
from jarvis_ai.assistant.keyword.spelling import plain
from jarvis_ai.assistant.keyword.votes import shipped
from jarvis_ai.assistant.results import Intent


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
    why: str = ""
    """Who won and why, in a sentence."""

    @property
    def telling(self) -> tuple[str, ...]:
        """The words and pairs of words that spoke most for the winner in the second vote, at most five.

        The strongest first; "^" and "$" are the beginning and the end of the message.
        """
        if not self.probabilities:
            return ()
        words = features(self.plain, self.rule).words
        said = sorted(((shipped().says(word, self.intent.intent), word) for word in words), reverse=True)
        return tuple(word.partition(":")[2] for share, word in said[:5] if share > 0)


def intent_of(text: str) -> Intent:
    """What `text` asks for; `unknown` rather than a wrong command when no vote is sure enough."""
    return explain(text).intent


def explain(text: str) -> Explanation:
    """What `text` asks for, with both votes. Never raises, and the same text is always judged the same."""
    spelt = plain(text)
    rule, matched = first_that_holds(spelt) or (NO_RULE, "")
    shares = {} if rule.sure else shipped().probabilities(features(spelt, rule.says))
    name, confidence, why = decided(rule, shares)
    intent = Intent.of(name, confidence, entities_of(text, name), "keyword")
    return Explanation(intent, spelt, rule.says, rule.intent, matched, _likeliest_first(shares), why)


def _likeliest_first(shares: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(shares.items(), key=lambda share: -share[1]))
