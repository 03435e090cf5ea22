"""How the exports of other tools name their columns. Adding a tool is adding an entry to `TOOLS`.

Names are compared in lower case, with `_`, `-` and spaces alike; the first one that the file has counts. Exports differ
between versions of a tool: what a file lacks, its lines are refused for, and `generic` is always there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mainstay.core.frequency import Frequency

PERIODS: Mapping[str, Frequency] = {
    "month": Frequency.MONTHLY,
    "monthly": Frequency.MONTHLY,
    "1 month": Frequency.MONTHLY,
    "every month": Frequency.MONTHLY,
    "year": Frequency.ANNUAL,
    "yearly": Frequency.ANNUAL,
    "annual": Frequency.ANNUAL,
    "annually": Frequency.ANNUAL,
    "1 year": Frequency.ANNUAL,
    "every year": Frequency.ANNUAL,
}


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool's export: its names for each thing we need, and the words for a promise that goes on.

    `interval` counts periods: only 1 can be taken over. `methods` has the processor's tokens, in WooCommerce's form
    `_name:value|_name:value`.
    """

    name: str
    id: tuple[str, ...]
    mail: tuple[str, ...]
    amount: tuple[str, ...]
    currency: tuple[str, ...]
    period: tuple[str, ...]
    next_due: tuple[str, ...]
    last_paid: tuple[str, ...]
    started: tuple[str, ...]
    status: tuple[str, ...]
    living: tuple[str, ...] = ("active",)
    interval: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    dates: tuple[str, ...] = ("%Y-%m-%d",)


TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            name="donorbox",
            id=("plan id", "recurring plan id", "id"),
            mail=("donor email", "email"),
            amount=("amount", "plan amount"),
            currency=("currency", "plan currency"),
            period=("plan interval", "interval", "recurring plan type", "type"),
            next_due=("next donation date", "next payment date"),
            last_paid=("last donation date", "last donated at"),
            started=("started at", "plan start date", "start date", "created at"),
            status=("status", "plan status"),
            dates=("%Y-%m-%d", "%m/%d/%Y"),
        ),
        Tool(
            name="patreon",
            id=("user id",),
            mail=("email",),
            amount=("pledge amount",),
            currency=("currency",),
            period=("charge frequency",),
            next_due=("next charge date",),
            last_paid=("last charge date",),
            started=("patronage since date",),
            status=("patron status",),
            living=("active patron",),
        ),
        Tool(
            name="givewp",
            id=("subscription id", "id"),
            mail=("donor email", "email address", "email"),
            amount=("recurring amount", "subscription amount", "amount"),
            currency=("currency", "currency code"),
            period=("period", "billing period"),
            next_due=("renewal date", "next renewal date", "expiration"),
            last_paid=("last payment date",),
            started=("created date", "date created", "created"),
            status=("status", "subscription status"),
            interval=("frequency",),
            dates=("%Y-%m-%d", "%B %d, %Y"),
        ),
        Tool(
            name="newspack",
            id=("subscription id",),
            mail=("billing email", "customer email"),
            amount=("order total",),
            currency=("order currency",),
            period=("billing period",),
            next_due=("next payment date",),
            last_paid=("last payment date",),
            started=("start date",),
            status=("subscription status",),
            living=("active", "wc active"),
            interval=("billing interval",),
            methods=("payment method post meta",),
        ),
        Tool(
            name="generic",
            id=("id",),
            mail=("mail", "email"),
            amount=("amount",),
            currency=("currency",),
            period=("frequency",),
            next_due=("next date",),
            last_paid=("last date",),
            started=("started",),
            status=("status",),
            language=("language",),
            customer=("customer",),
            method=("method",),
        ),
    )
}
