"""Which models there are, what they hold and cost, and what has become of names that are gone."""

from jarvis_ai.catalog.aliases import DEFAULT_ORDER, TASK_LEADERS, direct_model, shutdown_at_vendor, undated
from jarvis_ai.catalog.models import Catalog, Model, Resolved
from jarvis_ai.catalog.thinkers import thinks_by_name

__all__ = [
    "DEFAULT_ORDER",
    "TASK_LEADERS",
    "Catalog",
    "Model",
    "Resolved",
    "direct_model",
    "shutdown_at_vendor",
    "thinks_by_name",
    "undated",
]
