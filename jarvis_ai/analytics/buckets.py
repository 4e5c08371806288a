"""Local hours and days, true across daylight saving.

SQL counts in quarters of an hour, because every zone's offset today is a multiple of one; the quarters are folded
into local buckets here. Each quarter lands in exactly one bucket: the parts make up the whole in every zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import pandas as pd

Bucket = Literal["hour", "day"]

QUARTER_MS = 900_000


def bucket_start(quarter: int, bucket: Bucket, zone: ZoneInfo) -> int:
    """The UTC second at which the local hour or day of a quarter (counted from the epoch) starts."""
    second = quarter * QUARTER_MS // 1000
    local = datetime.fromtimestamp(second, zone)
    if bucket == "hour":
        # Counted back rather than replaced: the hour that autumn repeats has two starts.
        return second - local.minute * 60 - local.second
    return int(local.replace(hour=0, minute=0, second=0, fold=0).timestamp())


def fold(table: pd.DataFrame, by: Sequence[str], bucket: Bucket, zone: ZoneInfo) -> pd.DataFrame:
    """Sum a table with a `quarter` column into one with a `start` column, in order of time."""
    starts = {quarter: bucket_start(int(quarter), bucket, zone) for quarter in table["quarter"].unique()}
    table = table.assign(start=table["quarter"].map(starts).astype("int64")).drop(columns="quarter")
    folded = table.groupby(["start", *by], as_index=False, sort=True).sum()
    start = pd.to_datetime(folded["start"].astype("int64"), unit="s", utc=True)
    return folded.assign(start=start.dt.tz_convert(zone))
