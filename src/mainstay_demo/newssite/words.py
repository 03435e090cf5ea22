"""The words around the stories, in the three languages the newsroom publishes in.

This site is not Mainstay and has no translation catalogue; a story's page is wholly in the story's language.
"""

RIGHT_TO_LEFT = frozenset({"ar"})

FRONT_TITLE = "Reporting from the country we had to leave, for everyone who still lives in it"
ABOUT_TITLE = "About The Far Shore"
MISSING_TITLE = "We can’t find that page"

ABOUT_PARAGRAPH = (
    "Last spring a court at home made our work a crime. We packed what we could carry and opened the newsroom"
    " again the next morning, in another country. We have no owner, no state behind us and no advertising."
    " Every article is open to everyone."
)

PAGE_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "skip": "Skip to the article",
        "nav_label": "The Far Shore",
        "nav_front": "Front page",
        "nav_about": "About us",
        "colophon": (
            "The Far Shore, its country, its towns and the people in its stories are invented."
            " The drawings were made for these pages."
        ),
        "support": "Support us",
        "byline": "The Far Shore staff",
        "more": "More stories",
    },
    "ru": {
        "skip": "Перейти к статье",
        "nav_label": "The Far Shore",
        "nav_front": "Главная",
        "nav_about": "О редакции",
        "colophon": (
            "The Far Shore, страна, города и люди в наших текстах вымышлены."
            " Рисунки сделаны для этих страниц."
        ),
        "support": "Поддержать нас",
        "byline": "Редакция The Far Shore",
        "more": "Другие статьи",
    },
    "ar": {
        "skip": "إلى المقال",
        "nav_label": "The Far Shore",
        "nav_front": "الصفحة الأولى",
        "nav_about": "من نحن",
        "colophon": (
            "The Far Shore وبلدها ومدنها والناس في مقالاتها من نسج الخيال. والرسوم أُعدّت لهذه الصفحات."
        ),
        "support": "ادعمونا",
        "byline": "فريق التحرير",
        "more": "مقالات أخرى",
    },
}

ASK_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "label": "A message from The Far Shore",
        "words": (
            "We have no owner and no state behind us. We have you. If you can, help us go on reporting;"
            " you can stop whenever you like."
        ),
        "legend": "How often",
        "once": "Once",
        "monthly": "Monthly",
        "annual": "Annual",
        "amount": "Amount",
        "submit": "Continue",
    },
    "ru": {
        "label": "Сообщение от The Far Shore",
        "words": (
            "За нами нет ни владельца, ни государства. У нас есть вы. Если можете, помогите нам работать"
            " дальше; остановиться можно в любой момент."
        ),
        "legend": "Как часто",
        "once": "Один раз",
        "monthly": "Каждый месяц",
        "annual": "Раз в год",
        "amount": "Сумма",
        "submit": "Продолжить",
    },
    "ar": {
        "label": "رسالة من The Far Shore",
        "words": (
            "لا مالك لنا ولا دولة تقف خلفنا. لدينا أنتم. إن استطعتم، فساعدونا على مواصلة العمل؛"
            " ويمكنكم التوقف متى شئتم."
        ),
        "legend": "كم مرة",
        "once": "مرة واحدة",
        "monthly": "شهريًا",
        "annual": "سنويًا",
        "amount": "المبلغ",
        "submit": "متابعة",
    },
}
