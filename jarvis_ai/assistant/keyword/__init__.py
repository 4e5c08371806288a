"""What a message asks for, from its words alone: two votes, rules first, and how sure they are."""

from jarvis_ai.assistant.keyword.entities import entities_of
from jarvis_ai.assistant.keyword.explain import Explanation, explain, intent_of

__all__ = ["Explanation", "entities_of", "explain", "intent_of"]
