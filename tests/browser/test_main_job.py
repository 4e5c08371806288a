"""The main job, as an operator does it: ask, see it fall back, find it in the log and in the charts."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.conftest import Served


def test_a_failed_model_is_seen_with_its_reason_and_found_again_everywhere(served: Served, page: Page):
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"warning", "error"}:
            complaints.append(message.text)

    page.on("console", listen)
    served.fail("openrouter:openai/gpt-4o", "unavailable")

    page.goto(served.url)
    question = "Where do swifts spend the winter?"
    page.get_by_placeholder("Ask something").fill(question)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Answered by a fallback").first).to_be_visible()
    expect(page.get_by_text("gpt-4o-mini").first).to_be_visible()
    expect(page.get_by_text("simulated answer from").first).to_be_visible()

    page.get_by_role("link", name="Open in History").click()
    expect(page.get_by_text(question).first).to_be_visible()
    page.get_by_role("link", name="Usage").click()
    expect(page.locator("[data-testid=stVegaLiteChart], [data-testid=stECharts]").first).to_be_visible()

    models = {row["model"]: row for row in served.api("usage?days=1")["by_model"] if row["provider"] == "openrouter"}
    assert models["openai/gpt-4o"]["failed"] >= 1
    assert models["openai/gpt-4o-mini"]["ok"] >= 1
    assert complaints == []
    assert "Traceback" not in served.output.read_text()


def test_the_first_page_answers_to_its_name_too(served: Served, page: Page):
    page.goto(f"{served.url}/playground")
    expect(page.get_by_placeholder("Ask something")).to_be_visible()
    expect(page).to_have_title("Playground · Jarvis AI")
    expect(page.get_by_text("Page not found")).to_have_count(0)
