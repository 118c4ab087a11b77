"""What the invented partners of the demonstration say, sentence by sentence, each with the code that fits it.

Nobody said any of this: the organisations are invented, the sentences were written for the demonstration. Places and
programmes are real. `{area}` is the area of whoever speaks.
"""

# (code, label, definition, codes under it): the code frame in two levels.
FRAME = [
    ("ideas", "Ideas", "Research, innovation and its use.", [
        ("innovation-adoption", "Taking up innovation", "Firms using methods and technology that exist already."),
        ("university-links", "Working with universities", "How firms and public bodies reach researchers."),
        ("digital-technology", "Digital technology", "Software, data and automation as a cause of growth."),
    ]),
    ("people", "People", "Skills, work and progression.", [
        ("technical-skills", "Technical skills", "Trades, engineering, digital: skills for particular jobs."),
        ("basic-skills", "English, maths and confidence", "What people need before technical training helps."),
        ("careers-advice", "Careers advice", "What young people and changers hear about jobs here."),
        ("health-and-work", "Health and work", "Illness, caring and disability as a reason for not working."),
        ("older-workers", "Older workers", "Keeping, retraining and replacing people near retirement."),
    ]),
    ("infrastructure", "Infrastructure", "Transport, broadband and energy.", [
        ("buses", "Buses", "Times, fares, routes and reliability of buses."),
        ("rail-and-metro", "Rail and Metro", "The Metro, local lines and the East Coast Main Line."),
        ("roads", "Roads", "Congestion and the A1, A19 and A69."),
        ("broadband", "Broadband", "Fixed and mobile coverage and speed."),
        ("energy-networks", "Energy networks", "Grid capacity, heat networks, charging points."),
    ]),
    ("business-environment", "Business environment", "Finance, support, trade and buying.", [
        ("access-to-finance", "Access to finance", "Loans, equity and grants for growing firms."),
        ("business-support", "Business support", "Advice and the growth hub."),
        ("procurement", "Public procurement", "How public bodies buy, and who can bid."),
        ("exports", "Exports", "Selling abroad and ports."),
    ]),
    ("places", "Places", "Towns, countryside, homes and culture.", [
        ("town-centres", "Town centres", "High streets and what happens in them."),
        ("rural", "Rural communities", "Distance and thin services in the countryside."),
        ("housing", "Housing", "Homes that workers can afford near work."),
        ("culture-and-heritage", "Culture and heritage", "Culture, coast and heritage as an economy."),
    ]),
    ("delivery", "How it is delivered", "Who decides, who pays, who measures.", [
        ("governance", "Who decides", "Roles of the partnership, councils and government."),
        ("funding", "Simple funding", "Many small pots, deadlines and match funding."),
        ("evidence-and-data", "Evidence and data", "Knowing what works."),
    ]),
]

SENTENCES: dict[str, list[str]] = {
    "innovation-adoption": [
        "Most firms in {area} do not need to invent anything; they need somebody to show them what works next door.",
        "A two-day visit to a better-run plant changed more for us than any grant.",
        "Small manufacturers put off new equipment because nobody covers the weeks when the line stands still.",
        "The gap between the best and the rest in {area} is about management time, not money.",
        "We would adopt far more if we could try a method for a month before we buy it.",
    ],
    "university-links": [
        "It took us nine months to find the right person in a university and nine minutes to agree what to do.",
        "A single front door to all the universities would save every small firm a year.",
        "Student projects work well when they last a term and end with somebody staying on.",
        "Researchers are measured on papers, so a problem from {area} is rarely anybody's priority.",
        "The catapult centres are excellent and most of our members have never heard of them.",
    ],
    "digital-technology": [
        "Digital is no longer a sector; every firm we know in {area} is short of somebody who can handle data.",
        "Automation would keep work here that would otherwise go abroad.",
        "Our accounts, stock and orders still live in three systems that do not speak to each other.",
        "Public bodies could publish more of their data and let local firms build on it.",
    ],
    "technical-skills": [
        "We have had four engineering vacancies open for over a year.",
        "Colleges teach on equipment that our trade left behind ten years ago.",
        "A degree apprenticeship in {area} should be as easy to find as a place at university.",
        "We train welders and lose them to firms that do not train.",
        "The levy pays for courses, but not for the person who covers the shift.",
        "Short courses at times that shift workers can attend would fill half our gaps.",
    ],
    "basic-skills": [
        "A third of the people we see are not ready for a technical course, and nothing pays for the step before it.",
        "Confidence comes first: people who left school with nothing do not walk into a college.",
        "English classes in {area} have a waiting list of eight months.",
        "Adults need maths that belongs to their job, not school over again.",
    ],
    "careers-advice": [
        "Pupils in {area} can name five jobs in London and not one in the valley where they live.",
        "Every school should meet employers in every year, not once in year ten.",
        "The careers benchmarks have worked; extend them to primary schools.",
        "Parents are the real advisers and nobody talks with them.",
    ],
    "health-and-work": [
        "Poor health keeps more people out of work here than lack of jobs does.",
        "A physiotherapist in the works' canteen paid for herself in a quarter.",
        "Carers could work if shifts could be swapped without a form.",
        "Waiting lists for talking therapies are a productivity problem and should be in this strategy.",
        "Disabled people in {area} are asked to prove again and again what they can do.",
    ],
    "older-workers": [
        "Half of our toolmakers retire within eight years and their knowledge goes with them.",
        "A mid-life skills review at fifty would keep people working until they want to stop.",
        "Older members tell us that applications vanish once a date of birth is known.",
    ],
    "buses": [
        "The last bus leaves {area} before the late shift ends.",
        "Two operators, two tickets and no timetable that fits the start of the working day.",
        "A young person on an apprentice wage spends a fifth of it on getting to work.",
        "An industrial estate without a bus is an industrial estate without apprentices.",
        "Fares should be the same across all seven areas.",
    ],
    "rail-and-metro": [
        "New Metro carriages are welcome; a line that reaches the people who need it would be better.",
        "The East Coast Main Line north of Newcastle has no room for one more train.",
        "Reopening the line to passengers in south east Northumberland should come first.",
        "A train an hour that is sometimes cancelled is not a service that an employer can plan with.",
    ],
    "roads": [
        "The A1 north of Morpeth costs our drivers forty minutes on a good day.",
        "Junctions on the A19 hold back the plants beside it.",
        "Deliveries across the Tyne are planned around the tunnel, not around the customer.",
    ],
    "broadband": [
        "We send large files by driving to the library.",
        "Half of {area} has fibre in the street and copper to the door.",
        "Mobile signal on the farm would do more for us than a new road.",
        "A village with full fibre kept three firms that had planned to leave.",
    ],
    "energy-networks": [
        "The grid connection was quoted at more than the building.",
        "Offshore wind is our chance to be first, and the port needs deeper water to take it.",
        "Minewater under {area} could heat homes for a century.",
        "Charging points stop at the ring road.",
    ],
    "access-to-finance": [
        "Between a start-up loan and private equity there is nothing for a firm of thirty people.",
        "Banks decide in Leeds or London and have never seen {area}.",
        "Community lenders reach people whom nobody else will lend to; back them.",
        "Grants that pay in arrears exclude every firm without cash in hand.",
    ],
    "business-support": [
        "The growth hub is useful once you know that it exists.",
        "Support changes its name every three years, just when people have learnt it.",
        "One adviser who stays with a firm for two years is worth ten workshops.",
        "Social enterprises are sent from business support to charity support and back.",
    ],
    "procurement": [
        "Public contracts are cut too large for any firm in {area} to bid.",
        "A pipeline of what the councils will buy in the next three years would let us invest.",
        "Pay in ten days and local suppliers will do the rest.",
        "Social value is scored and then never checked.",
    ],
    "exports": [
        "First-time exporters need somebody who has done it, for a morning, in their own office.",
        "Our customers on the continent have begun to ask whether we will still deliver next year.",
        "The ports are an asset that this strategy should name.",
    ],
    "town-centres": [
        "Half of the upper floors of the high street in {area} are empty, and people need homes.",
        "A market, a library and a bus stop in one place would bring people back.",
        "Business rates are set for a high street that no longer exists.",
        "Town centres need work in them, not only shops.",
    ],
    "rural": [
        "Rural firms are counted as outliers and served as an afterthought.",
        "Our nearest college is fifty miles and two buses away.",
        "Farm families earn from three trades and fit none of the schemes.",
        "Land-based businesses hold the carbon that the towns want to offset.",
    ],
    "housing": [
        "We offered six nurses a job and three could not find a home that they could afford.",
        "Good homes near work in {area} would bring back people who left for university.",
        "Older terraces should be made warm before another estate is built in a field.",
    ],
    "culture-and-heritage": [
        "Culture brings visitors in February, and nothing else does.",
        "The coast and the Wall are worth more than the brochures make of them.",
        "Freelances in the creative trades of {area} fall through every safety net.",
        "Young people stay where there is something to do on a Friday night.",
    ],
    "governance": [
        "Two combined authorities and one partnership must not mean three strategies.",
        "Community organisations should sit where decisions are made and not only be asked afterwards.",
        "Say who will do what by when, and publish it every year.",
    ],
    "funding": [
        "Eleven funding pots with eleven forms is not a strategy.",
        "Money that must be spent by March is spent badly.",
        "Give a small charity one grant for three years and let it work.",
    ],
    "evidence-and-data": [
        "Publish what worked and what did not from the last plan before you write the next.",
        "Averages hide that two wards in {area} have gone backwards for ten years.",
        "Better-paid jobs should be counted by who got them.",
    ],
}

# How people begin; an empty one leaves the sentence as it is.
OPENINGS = [
    "", "", "", "",
    "In our experience, ",
    "Our members tell us again and again: ",
    "Seen from here, ",
    "We say this with some evidence: ",
    "The plain fact is this: ",
]

# What is named in the written statements of those who sent letters and e-mails.
STATEMENT_OPENINGS = [
    "Thank you for asking us. We answer as an organisation and our board has agreed this text.",
    "We welcome the call for evidence and limit ourselves to what we know at first hand.",
    "This letter replaces the form, which did not fit what we have to say.",
    "Our trustees discussed the prospectus in January and asked me to send these points.",
]

WITHHELD_REASONS = [
    "We name a customer and a contract that is not public yet.",
    "A small team: anybody could tell who said this.",
    "Commercially sensitive until the planning decision.",
    "It describes the circumstances of one family.",
    "We are in talks with a funder.",
    "Members spoke to us in confidence.",
]
