"""The Far Shore's message: two wordings in three languages, and what it asks for in five currencies."""

from typing import Any

CAMPAIGN_SLUG = "spring"

_WE_HAVE_YOU: dict[str, Any] = {
    "en": {
        "title": "A message from {newsroom}",
        "salutation": "Dear readers,",
        "paragraphs": [
            "Last spring a court at home made our work a crime. We packed what we could carry and opened the"
            " newsroom again the next morning, in another country.",
            "We have no owner and no state behind us. We have you. If you can, give from {minimum:monthly} a month."
            " It takes about a minute, and you can stop whenever you like.",
        ],
        "sign_off": "Everyone at {newsroom}",
    },
    "ru": {
        "title": "Сообщение от {newsroom}",
        "salutation": "Дорогие читатели!",
        "paragraphs": [
            "Прошлой весной суд у нас дома объявил нашу работу преступлением. Мы собрали то, что могли унести, и на"
            " следующее утро снова открыли редакцию, уже в другой стране.",
            "За нами нет ни владельца, ни государства. У нас есть вы. Если можете, поддержите нас: от"
            " {minimum:monthly} в месяц. Это займёт около минуты, а остановиться можно в любой момент.",
        ],
        "sign_off": "Все, кто делает {newsroom}",
    },
    "ar": {
        "title": "رسالة من {newsroom}",
        "salutation": "قرّاءنا الأعزاء،",
        "paragraphs": [
            "في الربيع الماضي قضت محكمة في بلدنا بأن عملنا جريمة. حملنا ما استطعنا حمله، وفي صباح اليوم التالي"
            " فتحنا غرفة الأخبار من جديد في بلد آخر.",
            "لا مالك لنا ولا دولة تقف خلفنا. لدينا أنتم. إن استطعتم، فادعمونا ابتداءً من {minimum:monthly} في الشهر."
            " يستغرق ذلك نحو دقيقة، ويمكنكم التوقف متى شئتم.",
        ],
        "sign_off": "كل من يعمل في {newsroom}",
    },
}

_OPEN_TO_EVERYONE: dict[str, Any] = {
    "en": {
        "title": "This article is open to everyone",
        "salutation": "Dear readers,",
        "paragraphs": [
            "It is open to people at home who may not pay us, because paying us is a crime there. Readers abroad keep"
            " it open for them.",
            "If you are one of those who can, give from {minimum:monthly} a month. You can change the amount or stop"
            " whenever you like, without asking anyone.",
        ],
        "sign_off": "Everyone at {newsroom}",
    },
    "ru": {
        "title": "Эта статья открыта для всех",
        "salutation": "Дорогие читатели!",
        "paragraphs": [
            "Её могут прочитать и те, кто остался дома и не может нам платить: там это преступление. Для них её"
            " держат открытой читатели из других стран.",
            "Если вы можете помочь, поддержите нас: от {minimum:monthly} в месяц. Изменить сумму или остановиться"
            " можно в любой момент, никого не спрашивая.",
        ],
        "sign_off": "Все, кто делает {newsroom}",
    },
    "ar": {
        "title": "هذا المقال مفتوح للجميع",
        "salutation": "قرّاءنا الأعزاء،",
        "paragraphs": [
            "يقرؤه من بقي في بلدنا ولا يستطيع أن يدفع لنا، لأن الدفع لنا جريمة هناك. والقرّاء في الخارج هم من يبقونه"
            " مفتوحًا لهم.",
            "إن كنتم ممن يستطيعون، فادعمونا ابتداءً من {minimum:monthly} في الشهر. يمكنكم تغيير المبلغ أو التوقف متى"
            " شئتم، من غير أن تسألوا أحدًا.",
        ],
        "sign_off": "كل من يعمل في {newsroom}",
    },
}


def _frequency(default: int, minimum: int, maximum: int, *amounts: int) -> dict[str, Any]:
    return {"amounts": list(amounts), "default": default, "minimum": minimum, "maximum": maximum}


def _two_decimals() -> dict[str, Any]:
    return {
        "once": _frequency(2500, 200, 500_000, 1000, 2500, 5000),
        "monthly": _frequency(500, 200, 100_000, 200, 500, 1000),
        "annual": _frequency(6000, 1000, 500_000, 3000, 6000, 12_000),
    }


CAMPAIGN: dict[str, Any] = {
    "salt": "far-spring",
    "starts": None,
    "ends": None,
    "quiet_days": 30,
    "sections": [],
    "frequency": "monthly",
    "variants": [
        {"name": "a", "weight": 50, "texts": _WE_HAVE_YOU},
        {"name": "b", "weight": 50, "texts": _OPEN_TO_EVERYONE},
    ],
    "ask": {
        "USD": _two_decimals(),
        "EUR": _two_decimals(),
        "GBP": _two_decimals(),
        "JPY": {
            "once": _frequency(3000, 300, 750_000, 1000, 3000, 6000),
            "monthly": _frequency(700, 300, 150_000, 300, 700, 1500),
            "annual": _frequency(8000, 1500, 750_000, 4000, 8000, 16_000),
        },
        "KWD": {
            "once": _frequency(7500, 500, 1_500_000, 3000, 7500, 15_000),
            "monthly": _frequency(1500, 500, 300_000, 500, 1500, 3000),
            "annual": _frequency(18_000, 3000, 1_500_000, 9000, 18_000, 36_000),
        },
    },
}
