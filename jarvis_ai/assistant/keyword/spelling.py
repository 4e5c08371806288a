"""How messages are written, brought to one spelling: capitals, accents, chat abbreviations, slips of the finger."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

LONGEST = 400
"""A request is in the first or the last so many characters of a message, however long."""

LONGEST_WORD = 40
"""More letters of one word are no word; what is remembered of words stays small."""

SHORT: Mapping[str, str] = {
    "2day": "today", "2moro": "tomorrow", "2morrow": "tomorrow", "2nite": "tonight", "2night": "tonight",
    "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "tomoz": "tomorrow", "tomo": "tomorrow",
    "tommorow": "tomorrow", "tommorrow": "tomorrow", "tomorow": "tomorrow", "tmorrow": "tomorrow", "tonite": "tonight",
    "u": "you", "ur": "your", "r": "are", "y": "why", "pls": "please", "plz": "please", "thx": "thanks",
    "thnx": "thanks", "ty": "thanks", "txt": "text", "txts": "texts", "msg": "message", "msgs": "messages",
    "mesage": "message", "remnd": "remind", "rmd": "remind", "rmnd": "remind", "remainder": "reminder",
    "remaider": "reminder", "alram": "alarm", "alarn": "alarm", "alaram": "alarm", "appt": "appointment",
    "appts": "appointments", "apt": "appointment", "mtg": "meeting", "mtgs": "meetings", "bday": "birthday",
    "b-day": "birthday", "wkend": "weekend", "wknd": "weekend", "emial": "email", "emal": "email", "eml": "email",
    "whats": "what's", "hows": "how's", "wheres": "where's", "whens": "when's", "dont": "don't", "doesnt": "doesn't",
    "cant": "can't", "im": "i'm", "ive": "i've", "wanna": "want to", "gonna": "going to", "gotta": "got to",
    "lemme": "let me", "gimme": "give me", "dunno": "don't know", "mins": "minutes", "min": "minutes", "hrs": "hours",
    "hr": "hour", "nxt": "next", "wk": "week", "b4": "before", "l8r": "later", "gr8": "great", "cld": "could",
    "wud": "would", "shud": "should", "wat": "what", "wot": "what", "wen": "when", "abt": "about", "frm": "from",
    "evry": "every", "shoping": "shopping", "nvm": "nevermind", "nm": "nevermind", "shh": "shhh", "shhhh": "shhh",
    "o'clock": "oclock", "a.m": "am", "p.m": "pm", "temperture": "temperature", "wanto": "want to", "cuz": "because",
}  # fmt: skip
"""What is written in haste, and what it stands for."""

PHRASES: tuple[tuple[str, str], ...] = (
    (r"\be-mail", "email"),
    (r"\bto[- ]?do('?s)?\b(?= list| app|s\b|$|[,.])|\b(?<=my )to[- ]?do('?s)?\b", "todo"),
    (r"\bnever ?mind\b", "nevermind"),
    (r"\bwake ?-?up[ -]call(s?)\b", r"wakeup alarm\1"),
    (r"\bwake ?-?up alarm\b", "wakeup alarm"),
    (r"\b(?:turn|switch|shut|power)(?:ed|ing)? off\b|\bshut down\b", "turnoff"),
    (r"\b(?:turn|switch|shut)(?:ed|ing)? ((?:\w+ ){1,4})off\b", r"turnoff \1"),
    (r"\bget(?:ting)? rid (?:of|off)\b", "remove"),
    (r"\b(?:take|took|taken|knock|strike) ((?:[\w#]+ ){1,10})off\b", r"remove \1off"),
    (r"\bdon't (?:let me|you let me) forget\b|\bmake sure (?:that )?i (?:don't forget|remember)\b", "remind me"),
    (r"\bset(?:ting)? up\b", "setup"),
    (r"\bget me up\b|\bget up\b", "getup"),
    (r"\b(?:look|search) (?:up|for)\b", "search"),
    (r"\bshut up\b", "shutup"),
)
"""Ways of saying one thing in several words, each as the one word that stands for it below."""

KEY_WORDS = """
    reminder reminders remind calendar meeting meetings appointment appointments schedule reschedule tomorrow
    weather temperature forecast message messages shopping grocery groceries birthday cancel delete remove
    wednesday thursday saturday tuesday dinner breakfast reservation conference anniversary minutes umbrella
    inbox emails postpone directions digest summary snooze medicine address please
"""
"""Words worth knowing when one letter of them is wrong."""

OTHER_WORDS = """
    whether leather feather heather remand rewind cancer diner inner winner sinner thinner remote removed
    removes remover massage massages stopping shipping chopping hopping dinners deleted deletes minutiae rinsed
    placing please pleased pleases meting melting eating beating heating seating greeting fleeting sleeting
    reminded remined tuesdays thursdays digests calendars messaged messenger schedules scheduled scheduler
    cancels emailed dresses addresses addressed summery snoozed snoozes medicines forecasts conferences
    preservation reservations canceled boxes relate release email mails minute lease pease matter directed
    direction cancelled mastering dressed
"""
"""Words of their own that look like one of those with a slip."""

_NUMBER = re.compile(r"\d+(?:[:.,/-]\d+)*")
_AFTER_NUMBER = re.compile(r"#(?=[ap]m\b|[ap]\.m)")
_STRETCHED = re.compile(r"(.)\1{2,}")
_TOKEN = re.compile(r"#(?:st|nd|rd|th)\b|#|[^\W\d_]+(?:['.-][^\W\d_]+)*|[?@]")
_MIXED = re.compile(r"\b(?:2day|2moro|2morrow|2nite|2night|b4|l8r?|gr8)\b")
_PHRASES = tuple((re.compile(pattern), word) for pattern, word in PHRASES)


def plain(text: str) -> str:
    """`text` in lower case and one spelling, every number as "#": what rules and votes read."""
    if len(text) > 2 * LONGEST:
        text = f"{text[:LONGEST]} {text[-LONGEST:]}"
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("`", "'")
    text = _MIXED.sub(lambda found: SHORT[found.group()], text)
    text = _AFTER_NUMBER.sub("# ", _NUMBER.sub("#", _STRETCHED.sub(r"\1\1", text)))
    words = " ".join([corrected(word[:LONGEST_WORD]) for word in _TOKEN.findall(text)])
    for pattern, word in _PHRASES:
        words = pattern.sub(word, words)
    return words


@lru_cache(maxsize=4096)
def corrected(word: str) -> str:
    """The word that `word` most likely stands for; itself when it is one of its own."""
    if word in SHORT:
        return SHORT[word]
    if len(word) < 5 or word in _RIGHT:
        return word
    near = {_NEAR[each] for each in _one_letter_short(word) | {word} if each in _NEAR}
    return near.pop() if len(near) == 1 else word


def _one_letter_short(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def _near() -> dict[str, str]:
    """Each key word under itself and under all of its spellings with one letter left out."""
    words = KEY_WORDS.split()
    return {each: word for word in words for each in _one_letter_short(word)} | {word: word for word in words}


_NEAR = _near()
_RIGHT = frozenset(KEY_WORDS.split() + OTHER_WORDS.split())
