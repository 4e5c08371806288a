"""Charts are drawn: a specification that Vega refuses leaves a page without an exception, and without a picture."""

from __future__ import annotations

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.conftest import Served

SKELETON = "[data-testid=stVegaLiteChart]:not(:has(canvas, svg))"


@pytest.mark.parametrize("period", ["24h", "7d", "1y"])
@pytest.mark.parametrize(("file", "measure"), [("usage", "Cost"), ("latency", "90 % within")])
def test_every_picture_is_drawn_for_every_length_of_time(
    served: Served, page: Page, file: str, measure: str, period: str
) -> None:
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # A page that is opened by its name asks beside it for what lies at the root: Streamlit's own doing.
        if message.type in {"warning", "error"} and "404" not in message.text:
            complaints.append(message.text)

    page.on("console", listen)
    page.goto(f"{served.url}/{file}?{file}_period={period}&{file}_measure={measure}")
    expect(page.locator("[data-testid=stVegaLiteChart]").locator("canvas, svg").first).to_be_visible()
    expect(page.locator(SKELETON)).to_have_count(0)
    assert complaints == []
