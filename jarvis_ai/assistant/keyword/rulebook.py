"""The rules, in the order in which they speak.

What names an action goes before what names its object, a change before a creation, and a question about a thing before
the thing itself. Those for what no data has are sure.
"""

from __future__ import annotations

from jarvis_ai.assistant.keyword.rules import Rule

BOOKED = (
    r"(?:meetings?|appointments?|events?|lunch|dinner|breakfast|brunch|supper|reviews?|reservations?|bookings?"
    r"|part(?:y|ies)"
    r"|birthdays?|weddings?|anniversary|concerts?|interviews?|class(?:es)?|lessons?|conference|dates?|trip|game|match"
    r"|practice|sessions?|visit|checkup|haircut|plans|drinks|workout|shower|standup|presentation|festival|exams?"
    r"|calendar|schedule|agenda|gala|show|ceremony|reunion|vacation|holiday|flight|table|webinar|workshop|calls?)"
)
UNDO = (
    r"(?:cancels?|delete|remove|erase|clear|drop|scrap|wipe|trash|destroy|eliminate|abolish|undo|scratch|cross|empty"
    r"|dismiss|call off)"
)
OFF = rf"(?:{UNDO}|stop|disable|deactivate|turnoff|silence|kill|end|abort)"
BELLS = r"(?:alarms?|timers?|reminders?)"
SET = (
    r"(?:set|setup|create|make|add|schedule|start|put|need|want|have|like|get|fix|begin|give|new|enable|turn on|place)"
)
LISTS = r"(?:lists?|todos?|checklists?)"
MAIL = r"(?:emails?|mails?|inbox|mailbox|gmail|outlook)"
SHOW = (
    r"(?:show|tell|read|list|check|see|find|view|give|display|look at|open|pull up|bring up|search|confirm|repeat|hear"
    r"|know|provide|retrieve|describe|go over|iterate)"
)
ASK = (
    r"(?:what(?:'s)?|when(?:'s)?|which|who(?:'s)?|where(?:'s)?|how (?:many|long|much)|do i|did i|have i|am i|is there"
    r"|are there|is|are|was|were|any|do you|does|did|has)"
)
MOVE = r"(?:move|reschedule|postpone|push|shift|change|bump|update|modify|edit|alter|rename|adjust|swap|extend|delay)"
BOOK = (
    r"(?:schedule|book|plan|arrange|reserve|add|put|create|make|set|setup|mark|insert|hook up|note|write down|get me"
    r"|need"
    r"|want|have|block|include|place|organi[sz]e|pencil|throw|host|remember)"
)
SKY = (
    r"(?:weather|forecast|temp(?:erature|s)?|rain(?:ing|y|coat)?|snow(?:ing|y)?|sunny|cloudy?|wind[y]?|storm[sy]?"
    r"|fog(?:gy)?|humid(?:ity)?|umbrella|brolly|jacket|sweater|hail|thunderstorms?|blizzard|precipitation|climate|drizzle"
    r"|sunscreen|degrees?|chilly|freez(?:e|ing)|hot|cold|warm|warmer|colder|hotter|hottest|coldest|cooler|sunrise"
    r"|sunset"
    r"|overcast|muggy|coat|boots|shovel)"
)
WANTED = (
    r"(?:(?:please|ok|okay|hey|jarvis|computer|you|now|just|can|could|would|will|i|i'd|like|that's|that|is|all|was|a"
    r"|mistake|sorry|enough|actually|want|need|to|by|be|ai|olly) )*"
)
CALLING = r"(?:call|phone|dial|ring|telephone|facetime|redial)"
PRAISE = (
    r"(?:great|best|amazing|awesome|helpful|hero|excellent|wonderful|brilliant|cool|good one|nice one|appreciated?)"
)

RULES: tuple[Rule, ...] = (
    Rule.of("cancel", "never snooze again", r"\bsnooze\b.*\b(?:permanent|forever|for good)"),
    Rule.of("snooze", "snooze", r"^(?!.*\b(?:without|no|option|set|create|disable)\b).*\bsnooz(?:e|ing)\b", sure=True),
    Rule.of(
        "snooze",
        "some more minutes",
        r"^(?:\w+ ){0,6}?(?:#|\w+) more (?:minutes?|moments?)\b(?!.* (?:until|before|left))",
        r"\blet me sleep (?:in|a|some|longer|more|another|for)\b",
        sure=True,
    ),
    Rule.of("daily_digest", "a digest or briefing", r"\b(?:digest|briefing)\b|\bbrief me\b", sure=True),
    Rule.of(
        "daily_digest",
        "a summary of the day",
        r"\b(?:summary|summari[sz]e|sum up|rundown|run down|recap|overview)\b(?: of| for| on)?(?: my| the| of|"
        r" today's| this)*"
        r" (?:day|today|morning|evening)\b",
        r"\b(?:daily|morning|evening|day's) (?:summary|recap|overview|update|report|brief)\b",
        r"\bcatch me up on (?:my|the) day\b",
        sure=True,
    ),
    Rule.of(
        "directions",
        "the way to somewhere",
        r"\bdirections? (?:to|from|for|home)\b|\b(?:give|get|show|need|want) (?:me )?(?:the )?directions\b",
        r"\bhow (?:do|can|would|should) (?:i|we|you) get (?:to|from|home)\b|\bnavigat(?:e|ion)\b",
        r"\btake me (?:to|home)\b|\broute to\b|\bhow far (?:is|away|to)\b.*\b(?:from here|to|away)\b",
        r"\b(?:best|fastest|quickest|shortest) (?:way|route|road) (?:to|home|from)\b",
        r"\b(?:find|show me|tell me|know|what is|what's) the (?:way|route|road) (?:to|home|from)\b",
        sure=True,
    ),
    Rule.of(
        "set_reminder",
        "remind me",
        r"^(?!.*\b(?:did|do|supposed|asked|wanted) (?:i|you|to)\b.* remind).*\bremind (?:me|us)\b"
        r"(?! (?:of )?(?:what|how many|why|who|which))",
    ),
    Rule.of(
        "cancel",
        "a word that stops",
        rf"^{WANTED}(?:{OFF}|halt|quit|shutup|shhh|hush|nevermind|forget|terminate|quiet|cease)"
        r"(?: (?:it|that|this|now|please|all|them|talking|speaking|processing|working|what|whatever|you|you're|are"
        r"|doing"
        r"|listening|immediately|actually|everything|then|saying|anything|about|olly))*$",
    ),
    Rule.of(
        "cancel",
        "stop what is being done",
        r"\b(?:stop|cancel|halt|abort|end|terminate|abandon|quit|undo|drop|cease|refrain|discontinue|do not|don't)\b.*"
        r"\b(?:task|process|action|command|job|request|input|operation|procedure|talking|speaking|last thing|say)\b",
        r"\bno more talk|\btalk to you later\b|\b(?:that's|that is|that would be|that will be) (?:all|enough)\b",
        r"\bprocess needs to (?:stop|end)\b",
    ),
    Rule.of(
        "cancel",
        "undo an alarm or reminder",
        rf"^(?!.*\bremind (?:me|us)\b)(?!.*\b(?:set|create|make) .*{BELLS}.*\bto\b).*\b{OFF}\b.*\b(?:{BELLS}|wakeup)\b",
        rf"\b(?:don't|do not|no longer|never)\b.*\b(?:want|need|have)\b.*\b{BELLS}\b|\b(?:don't|do not|never) wake"
        rf" (?:me|us)",
        rf"\b{BELLS}\b.*\b(?:removed|deleted|cancell?ed|turnoff)$|\bset the alarms? off$|\bno (?:more )?alarms?\b",
        needs="alarm timer remind remember wake",
    ),
    Rule.of(
        "reminder_query",
        "a question about alarms or reminders",
        rf"^(?!.*\b(?:set|setup|create|make|add|schedule) (?:me )?(?:up )?(?:a|an|the|my|one|another)?(?: new)?"
        rf" ?{BELLS})"
        rf".*\b(?:{ASK}|{SHOW}|had|my|pending|current|upcoming|active)\b.*\b(?:{BELLS}|remember|reminded)\b",
        rf"\b(?:{ASK}|check|confirm|did you|have you)\b.*\b{BELLS}\b",
        rf"^(?:my )?(?:alarms|reminders|{BELLS} settings)$|\b{BELLS}(?:'s)? list\b|\blist of (?:my )?{BELLS}\b",
        needs="alarm timer remind remember wake",
    ),
    Rule.of(
        "reminder_query",
        "what was to be remembered",
        r"\b(?:wanted|want|asked|told|tell|supposed|trying|had)\b.*\b(?:remember|remind me|be reminded)\b(?! to\b)",
        r"\b(?:what|when)\b.*\b(?:waking up|wake me|wake up|getup|getting up|alarm go off|i wake)\b",
        needs="remember remind wak alarm getup getting",
    ),
    Rule.of(
        "set_reminder",
        "set a reminder or timer",
        r"\b(?:reminders?|timers?|remind|countdown|reminded|notified)\b|\b(?:notify|alert) (?:me|us)\b",
        r"\btell me (?:later|when .* (?:minutes?|hours?) (?:have|has))\b",
        r"\b(?:take|have) my (?:medicine|pills?|medication|vitamins|tablets|meds)\b",
        r"\b(?:medicine|medication|pills?) (?:every|at|daily|each)\b",
    ),
    Rule.of(
        "wake_up_call",
        "wake me or set an alarm",
        r"\bwake (?:me|us|up)\b|\bgetup\b|\bwakeup\b|\bme wake up\b|\balarms?\b|\bring my phone\b",
    ),
    Rule.of(
        "email_send",
        "an address to write to",
        r"@|\bdot com\b|\bnew (?:email )?(?:address|contact)\b|\bnew (?:email|message) (?:to|for)\b",
    ),
    Rule.of(
        "email_send",
        "send or answer mail",
        r"\b(?:send|write|compose|reply|respond|answer|forward|draft|start|create|publish|shoot|open (?:a )?new)\b.*"
        rf"\b{MAIL}\b",
        r"\b(?:reply|respond) (?:to|with|by|all)\b|^(?:please )?(?:reply|respond|compose)\b",
        r"\bsend a (?:reply|response|request)\b|\blike to (?:reply|send a reply)\b|\bquick reply\b",
        needs="mail inbox outlook repl respond compose request response",
    ),
    Rule.of(
        "email_query",
        "a question about mail",
        rf"\b(?:{ASK}|{SHOW}|refresh|update|let me know|new|unread|recent|latest|incoming|archive)\b.*\b{MAIL}\b",
        rf"\bemailed (?:me|i)\b|\b(?:unread|new|read) messages?\b|\b{MAIL} (?:from|in the last|updates?)\b",
        needs="mail inbox outlook message",
    ),
    Rule.of(
        "email_send",
        "mail someone",
        r"\b(?:e?mail|inbox) (?:to )?(?!from|about|list|app|updates?|address)(?:my |the )?\w+",
    ),
    Rule.of(
        "send_message",
        "a text to someone",
        r"\b(?:text|sms|texted)\b(?! message i)|\bmessage (?!from|i\b)\w+",
        r"\b(?:send|create|new|write)\b.*\b(?:message|texts?|sms)\b|\blet (?!me|us|you)\w+ know\b",
        r"\b(?:tell|inform) (?!me|us|you)(?:my )?\w+ (?:that|to|i|he|she|we|they|about)\b",
    ),
    Rule.of(
        "notes_todo",
        "a list",
        rf"\b(?:my|the|a|to|on|of|new|any|this|that|shopping|grocery|packing|wish|christmas) (?:\w+ ){{0,2}}{LISTS}\b",
        r"\b(?:shopping|grocery|groceries|todo) (?:list|app)\b|\blists\b|\bmy todos?\b|\btodo\b(?= list)",
        r"\b(?:create|start|make|new|clear|delete|check|give|read|fresh|list) (?:me )?(?:an? |the |my )?(?:\w+"
        r" )?lists?\b",
    ),
    Rule.of(
        "notes_todo",
        "a note",
        r"\b(?:take|make|write|jot|leave) (?:down )?(?:an? |me a |my |this )?(?:quick |new )?(?:notes?|memos?)\b(?!"
        r" of\b)",
        r"\bnote (?:that|to self|down)\b|\b(?:my|the|read) notes\b|\badd (?:an? )?(?:note|memo)\b",
    ),
    Rule.of(
        "weather",
        "the weather",
        rf"\b{SKY}\b|\b(?:what's|what is|how is|how's) it like outside\b|\boutside\b.*\bweek\b",
        r"\bthe (?:high|low)\b(?: temp)?(?: for| today| tonight| tomorrow| was| in|$)|\bconditions (?:like )?in\b",
        r"\b(?:over|above|below|under) (?:#|\w+)(?: degrees?)?(?: \w+)? (?:today|tomorrow|tonight)\b",
    ),
    Rule.of("calendar_query", "a question about a call", rf"\b(?:{ASK})\b.*\bcalls\b"),
    Rule.of(
        "make_call",
        "call someone",
        r"(?:^|\b(?:to|please|you|must|me|i|will|we|and|now|later|computer|okay|just) )"
        rf"{CALLING}\b(?! (?:is|was|are|up|yourself|you|someone)\b)(?!.*\b(?:schedule|calendar)\b)",
        r"\b(?:make|place|start|initiate|have|use)\b.*\bcall\b|\bphone call\b|\bhold of\b|\bbe calling\b|\bto call$",
        r"\b(?:talk|speak) to (?:my )?\w+$|\bneeds to be called\b|\bis (?:who|waiting) .* call\b|\bcall .*\bback\b",
        needs="call phone dial ring facetime hold talk speak",
    ),
    Rule.of(
        "calendar_update",
        "take an event away",
        rf"\b{UNDO}\b.*\b(?:{BOOKED}|everything|all|day|month|week|next|tomorrow)\b",
        r"\b(?:removed|deleted|cleared|cancelled|erased|completely clear|clear calendar)\b",
        r"\b(?:no longer|don't|not|won't)\b.*\b(?:event|appointment|meeting|calendar)\b|\b(?:format|reset) (?:the|my"
        r"|all)\b",
    ),
    Rule.of(
        "calendar_update",
        "move or change an event",
        rf"\b{MOVE}\b.*\b(?:{BOOKED}|to|it|until)\b|\b(?:be|been) (?:moved|changed|rescheduled|postponed|pushed)\b",
        r"\binstead\b",
    ),
    Rule.of(
        "calendar_update",
        "invite to an event",
        r"\b(?:invite|add) (?:\w+ ){1,4}to (?:the|my|our|that|this) (?!calendar|schedule|agenda|\w* ?list)",
    ),
    Rule.of(
        "calendar_query",
        "accept or decline",
        r"^(?:can you |please |could you )*(?:accept|decline|join|rsvp)\b",
        r"\b(?:accepted|responded|attending|attended|invited|declined)\b",
    ),
    Rule.of(
        "calendar_create",
        "how to make an event",
        r"\b(?:how|help|assistance|assist|possible|what do i do)\b.*\b(?:schedule|scheduling|setup|book|set|arrange"
        r"|create)\b"
        rf".*\b{BOOKED}\b",
    ),
    Rule.of(
        "calendar_query",
        "a question about the calendar",
        rf"^(?:\w+ ){{0,4}}?(?:{ASK}|{SHOW})\b.*\b(?:{BOOKED}|calendars?|schedules?|scheduled|planned|agenda|booked"
        rf"|busy|free"
        r"|available|coming up|going on|up to|happening|reserved)\b",
    ),
    Rule.of("calendar_create", "make an event", rf"\b{BOOK}\b.*\b(?:{BOOKED}|calendar)\b"),
    Rule.of(
        "calendar_create",
        "keep a time",
        r"\b(?:mark|block|keep|leave|hold|reserve|free|book) (?:off )?.*\b(?:busy|open|out|free|hours?|day|#|tomorrow"
        r"|time)\b",
        r"\b(?:i need|i have|i'm going|i want|i'd like|going) to (?:meet|see|be at|go to|visit|attend)\b",
    ),
    Rule.of(
        "calendar_query",
        "what is on",
        r"\bon (?:my|the) (?:calendar|schedule|agenda|plate|docket)\b",
        r"\b(?:what|anything|something)\b.*\b(?:today|tomorrow|tonight|this week|weekend|planned|scheduled)\b",
        r"\b(?:today's|my) (?:schedule|events|meetings|appointments|agenda|calendar)$",
        r"\b(?:latest|upcoming|next) (?:events?|meetings?|appointments?)\b",
    ),
    Rule.of("calendar_create", "an event on its own", rf"^(?!.*\b(?:{ASK}|{SHOW})\b).*\b(?:{BOOKED})\b"),
    Rule.of(
        "general_chat",
        "a greeting or thanks",
        r"\b(?:hello|hi|hey|thanks?|thankful|goodbye|bye|how are you|how is it going|how's|what's up|see you"
        r"|chatting)\b",
        r"\bgood (?:morning|evening|night|afternoon|bye|job)\b|\bnice (?:to|chatting|talking)\b|\bwell done\b",
        rf"\b(?:you are|you're|that's|that is|it's|it is) (?:so |very |the |my |an? )?{PRAISE}\b|\b(?:great"
        rf"|excellent) job\b",
    ),
    Rule.of(
        "general_chat",
        "about the assistant",
        r"\b(?:are|were|do) you\b|\byou (?:like|enjoy|born|from|answer|live|real|feel)\b|\b(?:the ai|ai's|call you)\b",
        r"\b(?:made|created|built|\w+ed) you\b|\byour (?:name|age|hobby|hobbies|favorite|birthday|job|day|creator)\b",
    ),
    Rule.of(
        "general_chat",
        "a joke or a fact",
        r"\b(?:jokes?|joke me|funny|facts?|interesting information|trivia|meaning (?:of|to) (?:life|being)|life's"
        r" meaning"
        r"|riddle|sing|poem|story)\b",
    ),
)


def first_that_holds(plain: str) -> tuple[Rule, str] | None:
    """The rule that speaks on a message in one spelling, and the words that it holds for; None when none holds."""
    for rule in RULES:
        if (found := rule.found_in(plain)) is not None:
            return rule, found
    return None
