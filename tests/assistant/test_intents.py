"""What a message asks for, from its words alone."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jarvis_ai.assistant.keyword import explain, intent_of
from jarvis_ai.assistant.keyword.decision import decided
from jarvis_ai.assistant.keyword.grammar import messages, ours
from jarvis_ai.assistant.keyword.rulebook import RULES
from jarvis_ai.assistant.keyword.spelling import plain
from jarvis_ai.assistant.results import INTENTS, NO_ACTION

OURS = list(messages(ours()))

ASKED = [
    # The seed's own requests and those of the original's documentation, in other words
    ("Could you wake me at seven tomorrow morning?", "wake_up_call"),
    ("How is the weather where I am?", "weather"),
    ("In two hours, remind me", "set_reminder"),
    ("Anything new in my inbox?", "email_query"),
    ("When is the next meeting I have?", "calendar_query"),
    ("Read me my list, please", "notes_todo"),
    ("Remind me 2 hours from now to stretch", "set_reminder"),
    ("Call Bea and reschedule to Friday", "make_call"),
    ("My digest for today, please", "daily_digest"),
    ("Reservation for two at 7 PM", "calendar_create"),
    ("Remind me about my appointment with the optician", "set_reminder"),
    ("How many unread e-mails are there?", "email_query"),
    ("Set up a meeting with Bert tomorrow, 3 PM", "calendar_create"),
    ("Put flour on the shopping list", "notes_todo"),
    ("Alarm for 6:30 AM on Monday", "wake_up_call"),
    ("Call back in 15 minutes", "make_call"),
    ("Appointment next Friday at 3 PM", "calendar_create"),
    ("I take my medicine every day at 9 AM", "set_reminder"),
    # What is in no data that the votes learnt from: rules alone
    ("Snooze", "snooze"),
    ("Just five more minutes", "snooze"),
    ("Please let me sleep a bit longer", "snooze"),
    ("Send me the evening briefing", "daily_digest"),
    ("Sum up my day", "daily_digest"),
    ("Recap of today", "daily_digest"),
    ("Directions to the airport", "directions"),
    ("How can I get to the museum from here?", "directions"),
    ("What's the fastest way home?", "directions"),
    # The rest of the taxonomy
    ("What alarms are set?", "reminder_query"),
    ("Forget it", "cancel"),
    ("Turn my alarm off", "cancel"),
    ("Tell my brother that I'm on my way", "send_message"),
    ("Give grandma a ring", "make_call"),
    ("Push the dentist appointment to next week", "calendar_update"),
    ("Am I free on Thursday?", "calendar_query"),
    ("Reply to Olga's e-mail", "email_send"),
    ("Do I need an umbrella?", "weather"),
    ("How are you?", "general_chat"),
    ("Don't forget the cheese", "set_reminder"),
    ("Could you tell my uncle I'll be late?", "send_message"),
    ("How does my Thursday look?", "calendar_query"),
    ("When will my alarm go off tomorrow?", "reminder_query"),
    ("Change my alarm to 8", "wake_up_call"),
    ("Nothing doing, cancel my noon meeting", "calendar_update"),
]


@pytest.mark.parametrize(("message", "intent"), ASKED)
def test_what_is_asked_is_understood(message: str, intent: str):
    assert intent_of(message).intent == intent


WRITTEN = [
    ("remnd me 2 call dad tmrw", "set_reminder"),
    ("txt mum im late", "send_message"),
    ("SET AN ALARM FOR 6AM!!!", "wake_up_call"),
    ("wake me uppp at 7 plz", "wake_up_call"),
    ("whats the wether like 2day", "weather"),
    ("Remind me ⏰ to water the plants 🌱", "set_reminder"),
    ("cancle my apointment w/ Dr Ito", "calendar_update"),
    ("nvm", "cancel"),
    ("  What’s\ton my calender\n tomorrow ?? ", "calendar_query"),
    ("ｒｅｍｉｎｄ ｍｅ to call Ann", "set_reminder"),
]


@pytest.mark.parametrize(("message", "intent"), WRITTEN)
def test_haste_slips_capitals_and_emoji_do_not_hide_what_is_asked(message: str, intent: str):
    assert intent_of(message).intent == intent


IDLE = [
    "What time is it?",
    "Cancel my newspaper subscription",
    "Translate good evening into Greek",
    "Turn on the lights in the cellar",
    "Play the new record by that band",
    "How long do I boil potatoes?",
    "What is the square root of nine?",
    "Who painted the Mona Lisa?",
    "Transfer forty euros to my savings",
    "Guten Morgen, wie geht es dir?",
    "¿Dónde está la biblioteca?",
    "今日はいい天気ですね",
    "qwzx plmk",
    "🎉🎉🎉",
    "",
    "   \n",
]


@pytest.mark.parametrize("message", IDLE)
def test_what_is_no_command_gives_none(message: str):
    found = intent_of(message)
    assert (found.intent in NO_ACTION, found.action_needed) == (True, False)


def test_a_command_to_be_reminded_of_cancelling_is_no_cancelling():
    assert intent_of("Remind me to cancel my gym membership").intent == "set_reminder"


def test_an_errand_on_the_way_home_asks_for_no_directions():
    assert intent_of("Pick up milk on the way home").intent != "directions"


def test_an_intent_says_how_urgent_it_is():
    urgent, usual, idle = map(intent_of, ("Wake me at 7", "Add salt to my shopping list", "Tell me a joke"))
    assert [each.priority for each in (urgent, usual, idle)] == ["high", "normal", "low"]


def test_an_explanation_names_the_rule_the_words_and_both_votes():
    found = explain("Please set an alarm for 6")
    assert (found.rule, found.rule_intent, found.matched) == ("wake me or set an alarm", "wake_up_call", "alarm")
    assert found.plain == "please set an alarm for #"
    assert next(iter(found.probabilities)) == found.intent.intent == "wake_up_call"
    assert found.intent.confidence == found.probabilities["wake_up_call"] > 0.9
    assert "alarm" in found.telling
    assert found.why.startswith("Rule and words agree")


def test_a_sure_rule_decides_alone_and_says_so():
    found = explain("Snooze, please")
    assert (found.rule, found.probabilities) == ("snooze", {})
    assert found.why == "The rule “snooze” decides alone."


ALARM = next(rule for rule in RULES if rule.intent == "wake_up_call")


@pytest.mark.parametrize(
    ("shares", "intent", "confidence", "why"),
    [
        (
            {"wake_up_call": 0.7, "cancel": 0.2, "unknown": 0.1},
            "wake_up_call",
            0.7,
            "Rule and words agree: 70% likely.",
        ),
        ({"cancel": 0.8, "wake_up_call": 0.2}, "cancel", 0.8, "The words outweigh the rule: 80% likely."),
        (
            {"cancel": 0.4, "wake_up_call": 0.35, "unknown": 0.25},
            "unknown",
            0.25,
            "cancel is likeliest at 40%",
        ),
        ({"wake_up_call": 0.6, "general_chat": 0.4}, "unknown", 0.4, "wake_up_call is likeliest at 60%"),
        ({"wake_up_call": 0.4, "general_chat": 0.5, "unknown": 0.1}, "general_chat", 0.6, "No command: 60% likely."),
    ],
)
def test_a_command_is_given_when_it_is_likely_enough(
    shares: dict[str, float], intent: str, confidence: float, why: str
):
    name, sure, reason = decided(ALARM, shares)
    assert (name, sure) == (intent, pytest.approx(confidence))
    assert reason.startswith(why)


def test_a_message_without_a_rule_is_judged_by_its_words():
    found = explain("blue forty")
    assert (found.rule, found.matched, found.intent.intent) == ("", "", "unknown")


def test_the_second_vote_adds_up_to_one():
    assert sum(explain("Move lunch to noon").probabilities.values()) == pytest.approx(1)


def test_our_own_ways_of_asking_are_understood():
    judged = [(intent_of(message).intent, intent) for message, intent in OURS[::5]]
    kept = sum(found == intent or {found, intent} <= set(NO_ACTION) for found, intent in judged)
    assert kept > 0.95 * len(judged)


def test_every_rule_speaks_for_an_intent_and_has_a_name_of_its_own():
    assert {rule.intent for rule in RULES} <= INTENTS.keys()
    assert len({rule.says for rule in RULES}) == len(RULES)


PIECES = sorted({word for message, _ in OURS for word in message.split()})


@given(st.text(max_size=120) | st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))
@example("\x00")
@example("ΐ" * 50)
@example("#" * 300)
@example("İstanbul'da hava nasıl?")
def test_any_text_has_an_intent_and_the_same_one_each_time(text: str):
    found = explain(text)
    assert found.intent.intent in INTENTS
    assert 0 <= found.intent.confidence <= 1
    assert asdict(found) == asdict(explain(text))
    assert isinstance(found.telling, tuple)


@given(st.sampled_from([message for message, _ in OURS]))
def test_case_and_space_change_nothing(message: str):
    assert intent_of(f"  {message.upper()}\n").intent == intent_of(message).intent


@given(st.text(max_size=60))
def test_one_spelling_is_already_one_spelling_in_any_case(text: str):
    assert plain(plain(text)).split() == plain(text.lower()).split() or "#" in plain(text)


LONG = [
    "a",
    "remind me ",
    "to take ",
    "is my alarm ",
    "call ",
    "1",
    "a@",
    "(",
    "set an alarm to ",
    "more ",
    "😀",
    "don't ",
]


@pytest.mark.parametrize("piece", LONG)
def test_no_message_is_too_long_to_be_judged_by_its_two_ends(piece: str):
    filler = (piece * 10_000)[:10_000]
    assert explain(f"wake me up at 6 {filler}").plain.startswith("wake me up at #")
    assert len(explain(filler).plain) < 2_000


def test_judging_needs_no_learning_library():
    code = (
        "import sys; from jarvis_ai.assistant.keyword import intent_of; "
        "assert intent_of('Wake me at 7').intent == 'wake_up_call'; "
        "print([name for name in ('numpy', 'sklearn', 'httpx', 'pandas') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    assert ran.stdout.strip() == "[]"
