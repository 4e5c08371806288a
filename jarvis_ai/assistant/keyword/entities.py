"""Who, what and when a message names, as far as it stands out: the words as they were written.

What is looked for depends on the intent, as "the dentist" is whom to call and what to be reminded of. Every pattern is
bounded, so that no message, however long, takes long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

LONGEST = 1000
"""Names are looked for in so many first characters."""

NUMBER = (
    r"(?:\d{1,4}(?:[.:]\d{1,2})?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
    r"|thirty"
    r"|forty|forty[- ]five|fifty|sixty|ninety|half an?|a couple of|a few|several)"
)
UNIT = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)"
SPAN = rf"(?:{NUMBER}[- ]?{UNIT}(?: and (?:a half|{NUMBER} ?{UNIT}))?|\d{{1,2}}h(?:\d{{1,2}}m?)?)"
DAY = (
    r"(?:today|tonight|tomorrow|tmrw|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|weekdays?|morning"
    r"|afternoon|evening|night|noon|midnight|(?:next|this|every|each|all|last|per) (?:day|week|month|year)"
    r"|(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?) \d{1,2}(?:st|nd|rd|th)?\b|(?:in|of|next|by) (?:january|february|march|april|may"
    r"|june|july|august|september|october|november|december)"
    r"|\d{1,2}(?:st|nd|rd|th)|\d{1,4}[/-]\d{1,2}(?:[/-]\d{2,4})?)(?:'s\b)?"
)
CLOCK = (
    r"(?:\d{1,2}(?:[:.]\d{2})?(?: ?[ap]\.?m\b\.?| o'?clock)?|(?:half past|quarter (?:to|past)) \w+"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:thirty|fifteen|forty[- ]five))?"
    r"(?: ?[ap]\.?m\b\.?| o'?clock)?)"
)
MOMENT = (
    rf"(?:(?:(?:on|at|by|for|every|each|next|this|coming|the|in the|until|before|after|day after|all) ){{0,3}}{DAY}"
    rf"|(?:at|around|by|from|until|to|till) {CLOCK}|in {SPAN}|{SPAN} (?:from now|before|ago|later)"
    rf"|\d{{1,2}}(?::\d{{2}})? ?[ap]\.?m\b|daily|weekly|monthly|now)"
)
WHEN = rf"\b{MOMENT}(?:,? {MOMENT}){{0,4}}(?!\w)"

NOBODY = (
    r"(?!(?:me|us|my|the|our|a|an|it|that|this|back|to|for|in|at|on|by|and|or|you|your|all|any|up|list|message|app|from"
    r"|about|now|please|someone|time|phone|number|everything|next|today|tomorrow|tonight|what|when|if|him|her|them"
    r"|with|is|was)\b)"
)
TITLE = r"(?:dr|mr|mrs|ms|miss|prof)\.? "
WHO = (
    rf"((?i:{TITLE})?(?:(?i:my|our|the) (?!(?i:next|meeting|calendar|phone|list|same|new|last"
    rf"|other)\b)[^\W\d][\w'-]{{0,30}}"
    rf"|(?i:{NOBODY})[^\W\d][\w-]{{0,30}}(?: [A-Z][\w-]{{1,30}})?))"
)
TAIL = r"(.{1,200}?)\s*[.!?]*$"

_WITH = rf"\b(?i:with) {WHO}"
_TOLD = (
    rf"\b(?i:text|txt|message|msg|sms|tell|inform|ask|ping|whatsapp|let|e-?mail|mail) (?i:to )?{WHO}",
    rf"\b(?i:send|write|shoot|drop|give) (?i:to )?{WHO} (?i:an?|the|my) ",
    rf"\b(?i:message|text|sms|e-?mail|mail|reply|respond|answer|note|send it|write|forward .{{1,30}}?) (?i:to )?{WHO}",
    rf"\b(?i:to) {WHO}",
)
_SAYING = (
    rf"\b(?i:saying|says?|that says|stating|with the message|message:)[: ]+(?i:that )?[\"']?{TAIL}",
    rf"\b(?i:tell|inform|let|ask) (?:(?i:him|her|them)|{WHO}) (?i:know )?(?i:that |about )?{TAIL}",
    rf"\b(?i:text|message|sms|e-?mail) {WHO} (?i:that )?{TAIL}",
)
_EVENT = (
    r"(?i)\b((?:(?!(?:my|the|an?|our|with|for|to|move|cancel|schedule|book|delete|reschedule|next|add|is|of)\b)"
    r"[^\W\d][\w'-]{1,20} )?"
    r"(?:meeting|appointment|lunch|dinner|breakfast|brunch|party|birthday|wedding|interview|class|conference|haircut"
    r"|checkup"
    r"|concert|reservation|review|trip|event|drinks|lesson|session|workout|flight|visit))s?\b",
    r"(?i)\b(?:book|reserve|schedule|plan|arrange|add) (?:an? |the |my )?([^\W\d][\w'-]{1,30})",
)
_LISTED = (
    r"(?i:\b(?:add|put|insert|append|place|include|remove|delete|take|cross|tick|strike|check|erase) (.{1,80}?)"
    r" (?:to|on|onto|from|off|in)(?: of)? (?:my|the|our|a|this)\b)",
    r"(?i:\b(?:is|are|did i put) (.{1,60}?) (?:already )?(?:on|in) (?:my|the)\b)",
    rf"(?i:\b(?:buy|note that|take a note|make a note|add a task)[: ]+(?:of |that )?{TAIL})",
)
_TASK = (
    rf"(?i:\bremind(?:er)?\b.{{0,60}}? (?:to|about|that|of) {TAIL})",
    rf"(?i:\b(?:forget|remember) (?:to |about )?{TAIL})",
    rf"(?i:\breminder for {TAIL})",
)
_FROM = (rf"\b(?i:from) {WHO}", rf"\b(?i:did|has|have) {WHO} (?i:e-?mail|sen[dt]|written|write|repl)")

NAMED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "make_call": {
        "who": (
            rf"\b(?i:call|ring|phone|dial|telephone|facetime|reach|redial) (?i:up |back )?{WHO}",
            rf"\b(?i:(?:phone |a )call|talk|speak|connect me|through|hold|give) (?i:to |of )?{WHO}",
        )
    },
    "send_message": {"who": _TOLD, "what": _SAYING},
    "email_send": {"who": _TOLD, "what": _SAYING},
    "email_query": {"who": _FROM, "what": (rf"(?i:\b(?:about|regarding|with subject) {TAIL})",)},
    "calendar_create": {"who": (_WITH,), "what": _EVENT},
    "calendar_query": {"who": (_WITH,), "what": _EVENT[:1]},
    "calendar_update": {"who": (_WITH, rf"\b(?i:invite|add) {WHO}"), "what": _EVENT[:1]},
    "notes_todo": {"what": _LISTED},
    "set_reminder": {"what": _TASK},
    "reminder_query": {"what": _TASK},
}
"""The patterns of what an intent names, the first that holds; their last group is the name."""

EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}(?:@| at (?=[\w-]{1,63} dot ))[\w-]{1,63}(?:(?:\.| dot )[\w-]{1,63}){1,4}"
PHONE = r"(?<![\w.])\+?\(?\d[\d ().-]{5,20}\d(?![\w:/])"
SHORT_PHONE = r"(?i:\b(?:call|dial|ring|phone) )(\d{3,6})\b"
DATE_OR_HOURS = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}\.\d\d\.\d{2,4}|\d{1,2}[.:]\d\d ?- ?\d{1,2}[.:]\d\d")
DURATION = (
    rf"(?i:\b(?:for (?:about |another )?|timer (?:of |for )?|snooze |lasts? )({SPAN})(?!\w)"
    rf"|\b({SPAN}) (?:timer|meeting|call|long)\b)"
)

_NAMED = {
    intent: {name: tuple(map(re.compile, patterns)) for name, patterns in names.items()}
    for intent, names in NAMED.items()
}
_WHEN, _EMAIL, _PHONE, _SHORT_PHONE, _DURATION = (
    re.compile(WHEN, re.IGNORECASE), *map(re.compile, (EMAIL, PHONE, SHORT_PHONE, DURATION))
)  # fmt: skip


_DIGIT = re.compile(r"\d")


def entities_of(text: str, intent: str = "") -> dict[str, str]:
    """Who, what, when, duration, phone and email, those that stand out in a message of `intent`."""
    return dict(_found(" ".join(text[:LONGEST].split()), intent))


def _found(text: str, intent: str) -> Iterator[tuple[str, str]]:
    for name, patterns in _NAMED.get(intent, {}).items():
        if value := _first(patterns, text):
            kept = _without_when(value) if name == "what" else value
            yield from [(name, kept)] if kept else []
    if when := _WHEN.search(text):
        yield "when", when.group()
    if duration := _first((_DURATION,), text):
        yield "duration", duration
    if _DIGIT.search(text) and (phone := _phone(text)):
        yield "phone", phone
    if ("@" in text or " dot " in text) and (email := _EMAIL.search(text)):
        yield "email", email.group().replace(" dot ", ".").replace(" at ", "@")


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> str:
    """The last group that took part in the first of `patterns` that holds; empty when none holds."""
    found = next((found for pattern in patterns if (found := pattern.search(text))), None)
    return found.group(found.lastindex or 0).strip(" \"',:;") if found else ""


def _phone(text: str) -> str:
    found = next((each.group() for each in _PHONE.finditer(text) if not DATE_OR_HOURS.search(each.group())), "")
    return found or _first((_SHORT_PHONE,), text)


def _without_when(value: str) -> str:
    """`value` without the time at either end of it."""
    for when in _WHEN.finditer(value):
        if when.end() == len(value) or when.start() == 0:
            value = value[: when.start()] if when.start() else value[when.end() :]
            break
    return value.strip(" \"',:;")
