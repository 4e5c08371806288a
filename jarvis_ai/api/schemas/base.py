"""What the answers of all routes are made of."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict


def known(value: Any) -> Any:
    """A table's way of saying nothing (NaN) as None."""
    return None if isinstance(value, float) and math.isnan(value) else value


Moment = Annotated[AwareDatetime | None, BeforeValidator(known)]
"""Seconds since the epoch become UTC on the way in."""

Number = Annotated[float | None, BeforeValidator(known)]


class Answer(BaseModel):
    """What all answers have in common: they are read from our own values."""

    model_config = ConfigDict(from_attributes=True)


def example(**values: Any) -> ConfigDict:
    """The configuration of an answer with one example."""
    return ConfigDict(from_attributes=True, json_schema_extra={"examples": [values]})
