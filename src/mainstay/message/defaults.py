"""The ask of a newsroom that has published none: amounts for each currency, in minor units."""

from .content import FrequencyAsk


def _ask(default: int, minimum: int, maximum: int, *amounts: int) -> FrequencyAsk:
    return FrequencyAsk(amounts=amounts, default=default, minimum=minimum, maximum=maximum)


def _two_decimals() -> dict[str, FrequencyAsk]:
    return {
        "once": _ask(2500, 200, 500_000, 1000, 2500, 5000),
        "monthly": _ask(500, 200, 100_000, 200, 500, 1000),
        "annual": _ask(6000, 1000, 500_000, 3000, 6000, 12_000),
    }


DEFAULT_ASK: dict[str, dict[str, FrequencyAsk]] = {
    "USD": _two_decimals(),
    "EUR": _two_decimals(),
    "GBP": _two_decimals(),
    "JPY": {
        "once": _ask(3000, 300, 750_000, 1000, 3000, 6000),
        "monthly": _ask(700, 300, 150_000, 300, 700, 1500),
        "annual": _ask(8000, 1500, 750_000, 4000, 8000, 16_000),
    },
    "KWD": {
        "once": _ask(7500, 500, 1_500_000, 3000, 7500, 15_000),
        "monthly": _ask(1500, 500, 300_000, 500, 1500, 3000),
        "annual": _ask(18_000, 3000, 1_500_000, 9000, 18_000, 36_000),
    },
    "ISK": {
        "once": _ask(3000, 300, 750_000, 1000, 3000, 6000),
        "monthly": _ask(700, 300, 150_000, 300, 700, 1500),
        "annual": _ask(8000, 1500, 750_000, 4000, 8000, 16_000),
    },
    "UGX": {
        "once": _ask(90_000, 8000, 18_000_000, 35_000, 90_000, 180_000),
        "monthly": _ask(18_000, 8000, 3_600_000, 8000, 18_000, 36_000),
        "annual": _ask(200_000, 35_000, 18_000_000, 100_000, 200_000, 400_000),
    },
    "HUF": {
        "once": _ask(900_000, 80_000, 90_000_000, 350_000, 900_000, 1_800_000),
        "monthly": _ask(180_000, 80_000, 36_000_000, 80_000, 180_000, 360_000),
        "annual": _ask(2_000_000, 350_000, 90_000_000, 1_000_000, 2_000_000, 4_000_000),
    },
    "TWD": {
        "once": _ask(80_000, 7000, 16_000_000, 30_000, 80_000, 160_000),
        "monthly": _ask(15_000, 7000, 3_200_000, 7000, 15_000, 30_000),
        "annual": _ask(180_000, 30_000, 16_000_000, 90_000, 180_000, 360_000),
    },
}
