"""Words that mean the same to an assistant, under one name each: a word of no message trained on is still understood.

Written by hand from general knowledge of the language, not taken from any data.
"""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    # When
    "WHEN": """
        today tomorrow tonight yesterday monday tuesday wednesday thursday friday saturday sunday weekend
        weekends weekday weekdays mondays tuesdays wednesdays thursdays fridays saturdays sundays mon tue tues
        wed thu thur thurs fri january february march april june july august september october november december
        jan feb mar apr jun jul aug sep sept oct nov dec morning afternoon evening night noon midnight midday
        mornings afternoons evenings nights lunchtime dawn dusk am pm oclock easter christmas thanksgiving
        halloween""",
    "NUMBER": """
        # one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand half
        quarter couple first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
        thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth #th #st
        #nd #rd""",
    "UNIT": """
        minute minutes hour hours seconds day days week weeks month months year years min mins hr hrs sec secs
        fortnight""",
    "EVERY": """
        every each daily weekly monthly yearly annually hourly recurring repeat repeating recurrent everyday
        annual""",
    # What the calendar, the clock, the post and the lists hold
    "EVENT": """
        meeting meetings appointment appointments event events lunch lunches dinner breakfast brunch supper
        party birthday wedding anniversary conference interview interviews concert class classes lesson lessons
        practice session sessions reunion date festival exam exams standup presentation presentations drinks
        barbecue bbq funeral graduation rehearsal workshop seminar lecture webinar reservation reservations
        booking picnic holiday vacation tournament checkup haircut ceremony gala recital training therapy
        massage meetup gathering celebration hangout review reviews rehearsals engagement engagements playdate
        deadline dates plans activity activities sync kickoff retrospective onboarding orientation hearing
        banquet fundraiser potluck sleepover housewarming retreat luncheon workout gym yoga church dentist
        doctor vet optometrist therapist salon orthodontist physio""",
    "CALENDAR": "calendar schedule agenda diary planner calendars itinerary schedules",
    "ALARM": "alarm alarms wakeup",
    "TIMER": "timer timers stopwatch countdown",
    "REMIND": """
        remind reminder reminders reminded reminding reminds notify notified notification notifications alert
        alerts""",
    "REMEMBER": "remember forget remembered forgot",
    "EMAIL": """
        email emails mail mails inbox mailbox gmail outlook emailed emailing newsletter attachment attachments""",
    "MESSAGE": "text texts message messages sms texted texting whatsapp imessage messenger",
    "CALL": "call phone dial ring calling phoned telephone callback facetime redial",
    "LIST": "list lists todo checklist todos notes note memo notepad",
    "SHOPPING": "shopping grocery groceries supermarket",
    "WEATHER": """
        weather forecast forecasts temperature temperatures rain raining rainy rains snow snowing snowy sunny
        cloudy cloud clouds windy wind winds storm storms stormy fog foggy humid humidity umbrella brolly jacket coat
        sweater hoodie raincoat sunscreen sunglasses warm warmer colder hotter cooler chilly freezing freeze
        degrees degree temp temps climate precipitation hail thunderstorm thunderstorms sunrise sunset heat
        blizzard boots outside outdoors cold hot drizzle hurricane tornado celsius fahrenheit breezy overcast
        lightning sleet frost icy muggy barometer pollen uv showers monsoon shovel gloves scarf""",
    # What is done with them
    "REMOVE": """
        delete remove erase cancel clear cancels drop scrap wipe discard trash destroy eliminate removed deleted
        cancelled canceled cleared removing deleting cancelling erased purge nix unschedule abolish cross void
        axe ditch dismiss empty uncheck revoke withdraw""",
    "STOP": """
        stop halt abort terminate quit quiet silence shush hush shhh shh shutup nevermind enough undo disregard
        pause cease desist disable deactivate turnoff ignore scratch""",
    "ADD": "add put insert include added adding append stick jot pencil slot mark tag log record write",
    "MAKE": """
        create make set schedule book start arrange plan setup generate organize organise scheduled scheduling
        begin initiate reserve fix open prepare creating making setting booking""",
    "MOVE": """
        move reschedule postpone push shift change bump delay update modify edit alter moved changed rename
        adjust rescheduled postponed advance extend shorten prolong switch swap relocate reassign instead""",
    "SHOW": """
        show tell give display check see find view pull retrieve provide look read recite inform share pullup
        present describe summarize summarise search lookup confirm verify fetch hear know""",
    "SEND": """
        send compose reply respond forward draft answer shoot drop sending replying forwarding responding""",
    "WAKE": "wake awake awaken waken rouse getup",
    # Who
    "KIN": """
        mom mum mother dad father brother sister wife husband son daughter boss friend friends coworker
        coworkers colleague colleagues grandma grandpa aunt uncle cousin mommy daddy bro sis family manager
        parents kids girlfriend boyfriend fiance partner roommate neighbor neighbour landlord teacher lawyer
        accountant babysitter nanny plumber mechanic secretary assistant client clients team granny grandmother
        grandfather niece nephew contact contacts""",
    "THEY": "he she him her them they his their hers theirs someone somebody everyone everybody",
    "ME": "me my i im ill id ive mine myself we our us ours i'm i'll i'd i've we're we'll",
    "YOU": "you your yours yourself u you're you've bot robot computer",
    "NAME": """
        john mary sarah mike michael david dave james jim bob robert william tom thomas joe joseph mark paul
        peter steve steven stephen kevin brian george ken kenneth edward ed jason jeff jeffrey ryan gary nick
        nicholas eric jon jonathan larry justin scott brandon ben benjamin sam samuel frank greg gregory ray
        raymond alex alexander pat patrick jack dennis jerry tyler aaron jose henry adam doug nathan zach kyle
        walter walt harold jeremy ethan carl keith roger gerald terry sean austin arthur lawrence jesse dylan
        bryan jordan billy bruce albert willie gabriel logan alan juan wayne roy ralph randy eugene vincent
        russell louis philip phil bobby johnny bradley brad linda patricia jennifer jen jenny elizabeth liz beth
        barbara susan sue jessica jess karen lisa nancy betty margaret maggie sandra ashley kim kimberly emily
        donna michelle carol amanda dorothy melissa deborah debbie deb stephanie rebecca becky sharon laura
        cynthia kathleen amy angela shirley anna ann anne annie brenda pamela emma nicole helen samantha
        katherine kate katie kathy christine christina chris debra rachel carolyn janet catherine maria heather
        diane ruth julie olivia joyce virginia victoria kelly lauren joan evelyn judith megan andrea cheryl
        hannah jackie jacqueline martha gloria teresa sara janice jean alice madison julia judy sophia grace
        denise amber marilyn danielle dani brittany diana abby abigail jane natalie lori kayla alexis ana omar
        ali ahmed bo lee lena lucas leo oscar max felix noah liam mia ella lucy chloe zoe nora ivy ian andrew
        andy matt matthew anthony tony daniel dan danny charles charlie donald don harry dana jill rob robbie
        ted fred simon carlos miguel luis diego priya raj ravi wei ming yuki kenji fatima aisha ivan olga elena
        marco pierre hans petra tina gina nina eva molly holly stacy tracy wendy cindy mandy candice claire
        ellen erin irene june rose ruby sally sofia theresa tanya vera sal roderick rohit wyatt robby carla carl
        marissa erica tiffany katy bella felicity christie yiming divya emilia greg mollie wenona damon nadine
        celine hellen janet roger drew leslie mae shelly glenn natasha kyle trevor derek craig shane brett todd
        chad kurt neil lloyd clyde dean dale glen herb irma ida hugo ines joao jorge pablo pedro juana rosa
        lucia carmen ahmad hassan hussein mohamed mohammed muhammad abdul khalid layla noor amir arjun rahul
        sanjay anita sunita deepa vikram lakshmi chen li wang zhang liu yang huang kim park nguyen tran smith
        johnson williams brown jones miller davis garcia rodriguez wilson""",
    "PLACE": """
        london paris berlin tokyo york chicago boston seattle denver dallas houston austin miami atlanta phoenix
        orlando portland vegas francisco angeles diego detroit toronto sydney melbourne madrid rome moscow dubai
        delhi mumbai bangalore singapore beijing shanghai minneapolis cleveland pittsburgh philadelphia
        baltimore nashville memphis sacramento tampa charlotte columbus indianapolis milwaukee tucson omaha
        honolulu anchorage california texas florida ohio iowa utah nevada oregon washington colorado arizona
        montana idaho wyoming kansas nebraska oklahoma missouri arkansas louisiana mississippi alabama tennessee
        kentucky indiana illinois michigan wisconsin minnesota dakota pennsylvania jersey maryland delaware
        virginia carolina georgia maine vermont hampshire massachusetts connecticut hawaii alaska england
        scotland wales ireland france germany spain italy portugal greece turkey russia ukraine poland sweden
        norway finland denmark netherlands belgium switzerland austria hungary romania india china japan korea
        thailand vietnam philippines indonesia malaysia australia zealand canada mexico brazil argentina chile
        peru colombia egypt morocco kenya nigeria africa europe asia america usa uk city state country county
        town zip area national park lisbon vienna prague amsterdam brussels dublin oslo stockholm helsinki
        copenhagen zurich geneva munich hamburg barcelona milan venice athens istanbul cairo nairobi lagos seoul
        bangkok manila jakarta""",
    # What assistants are asked beside: kept apart, so that it is not taken for a command
    "FOOD": """
        recipe recipes cook cooking bake baking fry roast boil calories calorie nutrition nutritional
        ingredients ingredient pizza burger hamburger chicken turkey pasta spaghetti noodles rice soup salad
        sandwich cake cookies bread butter cheese taco tacos sushi steak pork beef bacon fish shrimp delicious
        restaurant restaurants takeout takeaway delivery order ordering ordered menu coffee tea beer wine vegan
        protein carbs spice spices oven microwave grill dish meal meals healthy vitamin vitamins expire expired
        taste food foods cuisine dumplings waffles pancakes""",
    "MONEY": """
        balance account accounts bank banking credit debit bills pay paid payment payments insurance tax taxes
        money dollars dollar euros euro pounds transfer deposit withdrawal loan loans mortgage interest salary
        income paycheck rewards score card cards apr stock stocks price prices cost costs currency exchange
        invest investment refund spend spent spending transaction transactions checking savings fraud routing
        pin atm rent utility w2 401k ira cheap sale sales discount discounts budget""",
    "MUSIC": """
        song songs music playlist playlists album albums artist band radio podcast podcasts lyrics singer
        spotify pandora jazz rock rap hiphop tune tunes track tracks volume louder skip shuffle listen listening
        play playing replay audiobook audiobooks video videos youtube game games""",
    "HOME": """
        light lights lamp lamps lighting thermostat tv television vacuum hoover coffeemaker plug socket blinds
        curtains heating heater fan door doors garage dishwasher wifi bluetooth brightness dim bedroom bathroom
        kitchen living""",
    "NEWS": """
        news headline headlines election elections president politics political government minister senate
        congress trending world breaking articles article newspaper journal economy war""",
    "KNOWLEDGE": """
        capital population definition define meaning means mean spell spelling translate translation synonym
        language french spanish german italian japanese chinese dutch russian english latin tall height big
        distance planet planets history invented founder inventor born died age old formula equation square root
        times plus minus divided multiply percent convert conversion kilograms kilometers miles inches ounces
        cups tablespoon teaspoon liters elevation mountain river ocean animal animals dog dogs cat cats science
        math university college school student built discovered century fact facts trivia internet google
        wikipedia website""",
    "CAR": """
        car cars tire tires oil gas engine mpg mileage gasoline battery brake brakes jumpstart drive vehicle
        uber lyft taxi cab parking mechanic mechanics truck""",
    "TRAVEL": """
        flight flights luggage baggage hotel hotels passport visa airport airline boarding carry-on vaccination
        tourist ticket tickets train trains bus travel trip trips vacation cruise itinerary abroad gate plane
        timezone""",
    "SHOW_BUSINESS": """
        movie movies film films actor actors actress actresses theater theatre theatres netflix hulu series
        episode celebrity oscar book books novel author character characters cast director team teams score
        scores league nba nfl mlb football basketball baseball soccer hockey player players won""",
    "CHAT": """
        joke jokes funny laugh hello hi hey bye goodbye thanks thank thx hobby hobbies love hate feel feeling
        sad happy bored life pets pet name yourself real human artificial intelligence awesome great nice cool
        amazing best wonderful perfect excellent fun greetings welcome sorry appreciate appreciated helpful
        favorite favourite think opinion believe poem story sing dance smart stupid clever hero""",
}
"""The words of a kind, under its name; a word that is in two is of the first."""


def kind_of_word() -> dict[str, str]:
    """Each word's kind."""
    found: dict[str, str] = {}
    for kind, words in KINDS.items():
        for word in words.split():
            found.setdefault(word, kind)
    return found
