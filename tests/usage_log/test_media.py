"""What the log keeps of images, sounds and files."""

from __future__ import annotations

from jarvis_ai.domain import Prompt
from jarvis_ai.usage_log.media import LONGEST, without_media
from jarvis_ai.usage_log.rows import request_of

DATA = "data:image/png;base64," + "A" * 1_000_000
WORDS = {"type": "text", "text": "What is in this picture? " * 100}


def test_words_are_kept_whole_and_an_image_only_by_its_beginning():
    image = {"type": "image_url", "image_url": {"url": DATA, "detail": "high"}}
    (message,) = without_media([{"role": "user", "content": [WORDS, image]}])
    words, left = message["content"]
    assert words is WORDS
    assert left["image_url"] == {"url": f"{DATA[:LONGEST]}… ({len(DATA)} characters)", "detail": "high"}


def test_an_address_a_plain_text_and_an_empty_message_stay_as_they_are():
    address = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
    messages = [
        {"role": "user", "content": [address, "odd", None]},
        {"role": "user", "content": DATA},
        {"role": "assistant", "content": None},
    ]
    assert without_media(messages) == messages


def test_the_prompt_itself_is_not_touched():
    sound = {"type": "input_audio", "input_audio": {"data": "A" * 5_000, "format": "wav"}}
    prompt = Prompt(({"role": "user", "content": [sound]},))
    assert len(request_of(prompt)["messages"][0]["content"][0]["input_audio"]["data"]) < 300
    assert sound["input_audio"] == {"data": "A" * 5_000, "format": "wav"}
