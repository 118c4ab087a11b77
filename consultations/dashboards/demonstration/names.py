"""Invented organisations and people. None of them exists; a likeness is chance."""

# Kind code -> how many stand in the register, and the patterns of their names; 180 in all.
ORGANISATIONS: list[tuple[str, int, tuple[str, ...]]] = [
    ("advanced-manufacturing", 16, ("{place} Precision", "{place} Castings", "{last} Fabrications", "{last} Tooling")),
    ("digital", 11, ("{place} Software", "{last} Data Works", "{place} Games Studio", "{last} Analytics")),
    ("energy", 8, ("{place} Subsea", "{last} Offshore Services", "{place} Cables")),
    ("health-life-sciences", 6, ("{place} Diagnostics", "{last} Biosciences")),
    ("professional-services", 8, ("{last} and {last2} Accountants", "{last} Legal", "{place} Advisers")),
    ("construction", 5, ("{last} Builders", "{place} Joinery", "{last} Civil Engineering")),
    ("transport-logistics", 6, ("{last} Haulage", "{place} Coaches", "{place} Logistics")),
    ("creative-tourism", 7, ("{place} Theatre", "{last} Film", "{place} Guest House")),
    ("rural-food", 6, ("{place} Farms", "{place} Creamery", "{last} Timber")),
    ("other-business", 4, ("{place} Laundry", "{last} Foods")),
    ("chamber", 2, ("{place} Chamber of Trade",)),
    ("employers-federation", 3, ("{place} Employers' Federation",)),
    ("sector-body", 5, ("{place} Makers' Alliance", "{place} Digital Forum", "{place} Growers' Association")),
    ("business-improvement-district", 3, ("{place} Town Improvement District",)),
    ("trade-union", 3, ("United Workers of {place}", "{place} Craft Union")),
    ("university", 3, ("University of {place}",)),
    ("college", 6, ("{place} College",)),
    ("school", 5, ("{place} Academy Trust", "{place} Learning Trust")),
    ("training-provider", 6, ("{place} Training", "{last} Skills")),
    ("research-centre", 3, ("{place} Research Centre",)),
    ("local-authority", 5, ("{place} Borough Council",)),
    ("combined-authority", 1, ("{place} and District Joint Authority",)),
    ("nhs", 4, ("{place} Hospitals Trust", "{place} Community Health Trust")),
    ("transport-body", 2, ("{place} Passenger Executive",)),
    ("police-fire", 2, ("{place} Fire and Rescue Service",)),
    ("government-agency", 2, ("{place} Rivers Office",)),
    ("housing-provider", 5, ("{place} Homes", "{place} Housing Trust")),
    ("parish-council", 5, ("{place} Parish Council", "{place} Town Council")),
    ("infrastructure-body", 4, ("{place} Voluntary Action",)),
    ("charity", 12, ("{place} Carers", "The {last} Foundation", "{place} Food Bank", "{place} Advice")),
    ("social-enterprise", 7, ("{place} Bike Works", "{place} Community Kitchen", "{last} Reuse")),
    ("faith-group", 2, ("{place} Faiths Together",)),
    ("youth-group", 4, ("{place} Youth Project",)),
    ("older-people-group", 2, ("{place} Older People's Forum",)),
    ("disability-group", 3, ("{place} Disability Network",)),
    ("equality-group", 2, ("{place} Equality Council",)),
    ("community-group", 2, ("{place} Village Hall", "{place} Allotments")),
]

FIRST_NAMES = (
    "Aileen Alan Amina Andrew Angela Anil Beth Brian Carol Ceri Chidi Claire Colin Daljit Dawn Derek Edith Emeka Erin "
    "Farah Fiona Gareth Gemma Grace Hamish Hannah Harjit Heather Ian Iris Jamal Janet Jasmine Joan Jordan Karen Kofi "
    "Laura Leila Liam Lorna Malcolm Marek Margaret Marian Mei Michael Moira Nadia Neil Nisha Norma Olu Owen Pauline "
    "Peter Priya Rachel Rafiq Robert Rosa Ruth Samir Sandra Sean Shona Simon Sofia Stuart Susan Tariq Teresa Tomasz "
    "Trevor Usha Vera Victor Wanda Winston Yasmin Yvonne Zoe"
).split()

LAST_NAMES = (
    "Abbotson Ainsley-Reed Akintola Alderwick Amberside Bainworth Barkeld Bellrow Birtlewood Blakehope Brandlingham "
    "Brockwell Calderside Carrick-Holm Chowdhry Coatsworthy Corvane Cullerne Dalebrook Denwick Dodsworthy Eagleshill "
    "Elswicker Falstone Farrowdene Fenwright Garside-Lowe Ghatora Greenlaw-Hay Grindonby Haltwick Harehope Hedworthy "
    "Hepplewood Holmside Iveston Jesmondly Kaurwell Kenwardine Kielderson Lambtonby Lanehead Lemington Longhirst "
    "Marwoodley Mbekiwa Medomsley Milfieldson Nafferton Nwosuland Okonfield Ouston Pandonby Patelworth Plessington "
    "Quarringdon Rahmanby Redheughs Ridsdaleton Ryhopewell Sandhoe Shafto-Kerr Slaleyson Stannington Swalwellby "
    "Tanfielder Thropton Trimdonby Ulghamson Wallsey Warenby Westoeson Whittonstall Witton-Lee Yeavering"
).split()

PLACES = (
    "Alnmouthside Aldinby Barmstone Beadnelly Bensholm Birkheaps Blaydonby Boldonside Brampside Chesterway Coquetholm "
    "Cragheads Cullerley Derwentmouth Dunstonholm Easingham Ebchesterby Esh-Laude Fallowlees Felling-Side Gaunlesby "
    "Gosfordly Haydonside Heddonby Hexwell Hownsgill Jarrowmere Kibbleside Lanchesterley Lumleyside Marsdenby "
    "Monkseatonly Netherwitton Newbottleby Ousebank Pelawside Pittingtonly Prudhoeby Rotherley Ryton-Haugh Seatonmere "
    "Shieldhaven Silksworthy Southwickby Stocksmere Teamside Tweedhaugh Tynebridge Ushawmoor Wansside Wearhead "
    "Whitbourne Winlatonby Wolsinghaugh"
).split()
