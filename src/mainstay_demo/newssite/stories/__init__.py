"""The four stories: what the pages need to know about each; the text of each lies beside in its own file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """One article.

    `name` is its path and the name of its files; `section` is the coarse label that Mainstay sees; `date` is
    month and day as HTML writes a date without a year, because the demonstration's clock can be moved;
    `brief` marks a story so short that the message's place is in view at once, and its room is reserved.
    """

    name: str
    language: str
    section: str
    section_name: str
    title: str
    standfirst: str
    date: str
    date_words: str
    picture_alt: str
    picture_caption: str = ""
    brief: bool = False

    @property
    def path(self) -> str:
        """Where the story stands on this site."""
        return f"/{self.name}"

    @property
    def picture(self) -> str:
        """The file name of its drawing."""
        return f"{self.name}.svg"


FERRY = Story(
    name="ferry",
    language="en",
    section="world",
    section_name="The border",
    title="The ferry that still crosses",
    standfirst=(
        "A line was drawn down the middle of the Auder. Between two towns on its banks one old boat goes on"
        " sailing, with a postbag, a brown dog and a rule about politics."
    ),
    date="02-24",
    date_words="24 February",
    picture_alt=(
        "Drawing: a small red and white ferry on a wide river at dawn, with a few people, two baskets on a"
        " pram frame and a dog on deck, and a town on the far bank."
    ),
    picture_caption="Number Two, eleven minutes from anywhere.",
)

BREAD = Story(
    name="bread",
    language="en",
    section="economy",
    section_name="Prices",
    title="Ostrel sets its winter bread price, in small letters",
    standfirst="Three tals dearer than last year. The cheaper loaf is there, if you can read where.",
    date="02-26",
    date_words="26 February",
    picture_alt=(
        "Drawing: a price notice with a loaf on it, pinned to a wooden door in the snow; a magnifying glass"
        " on a string hangs over its smallest lines."
    ),
    brief=True,
)

LESSONS = Story(
    name="lessons",
    language="ru",
    section="culture",
    section_name="Культура",
    title="Урок по телефону",
    standfirst=(
        "Учительница музыки уехала, а ученики остались. Как преподавать фортепиано, если телефон принимает"
        " последнюю ноту за шум"
    ),
    date="02-21",
    date_words="21 февраля",
    picture_alt=(
        "Рисунок: пианино вечером у окна, за которым идёт снег. На пюпитре ноты и телефон, прислонённый к"
        " метроному; на экране две поднятые детские ладони."
    ),
    picture_caption="Каждый урок начинается с просьбы показать руки.",
)

NOTEBOOK = Story(
    name="notebook",
    language="ar",
    section="culture",
    section_name="ثقافة",
    title="دفتر في صالة العبّارة",
    standfirst="من يعبر النهر يكتب سطرًا، ومن لا يعبره يجد من يحمله إليه.",
    date="02-19",
    date_words="19 فبراير",
    picture_alt="رسم: دفتر أزرق معلّق على مسمار في صالة انتظار، وبجانبه قلم مربوط بخيط وشبّاك تذاكر مضاء.",
    brief=True,
)

STORIES = (FERRY, BREAD, LESSONS, NOTEBOOK)
