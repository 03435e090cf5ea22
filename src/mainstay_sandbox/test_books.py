"""Random months at the company: whatever happens in whatever order, its balance is what an own reckoning says."""

import random
from typing import Any

import pytest

from mainstay_sandbox.conftest import Company
from mainstay_sandbox.controls import SwitchRefused

STEPS = 60
DISPUTE_FEE = 1500


class Reckoning:
    """What a shop would write down from the answers alone, in one currency."""

    def __init__(self, company: Company, seed: int) -> None:
        self.company = company
        self.random = random.Random(seed)
        self.held = 0
        self.charges: dict[str, dict[str, int]] = {}
        self.disputes: dict[str, tuple[str, int]] = {}
        self.refunds: dict[str, tuple[str, int]] = {}
        self.payouts: dict[str, int] = {}

    def step(self) -> None:
        often = [self.pay, self.pay, self.refund, self.dispute, self.pay_out]
        self.random.choice([*often, self.end_dispute, self.fail_refund, self.fail_payout])()

    def pay(self) -> None:
        amount = self.random.randrange(50, 5000)
        charge = self.company.paid(amount_minor=amount)["charge"]
        self.charges[charge["id"]] = {"gross": amount, "refunded": 0, "disputed": 0}
        self.held += amount - charge["fee_minor"]

    def refund(self) -> None:
        charge = self._any(self.charges)
        if charge is None:
            return
        amount, sums = self.random.randrange(1, 3000), self.charges[charge]
        answer = self.company.post("/v1/refunds", {"charge": charge, "amount_minor": amount})
        fits = sums["refunded"] + sums["disputed"] + amount <= sums["gross"]
        assert answer.status_code == (201 if fits else 409)
        if fits:
            sums["refunded"] += amount
            self.held -= amount
            self.refunds[answer.json()["id"]] = (charge, amount)

    def fail_refund(self) -> None:
        refund = self._any(self.refunds)
        if refund is None:
            return
        charge, amount = self.refunds.pop(refund)
        self.company.controls.end_refund(refund, "failed")
        self.charges[charge]["refunded"] -= amount
        self.held += amount

    def dispute(self) -> None:
        charge = self._any(self.charges)
        if charge is None:
            return
        amount, sums = self.random.randrange(1, 3000), self.charges[charge]
        if sums["disputed"] + amount > sums["gross"]:
            with pytest.raises(SwitchRefused):
                self.company.controls.dispute(charge, amount_minor=amount)
            return
        self.disputes[self.company.controls.dispute(charge, amount_minor=amount)] = (charge, amount)
        sums["disputed"] += amount
        self.held -= amount + DISPUTE_FEE

    def end_dispute(self) -> None:
        dispute = self._any(self.disputes)
        if dispute is None:
            return
        charge, amount = self.disputes.pop(dispute)
        stage, fee_returned = self.random.choice([("lost", False), ("won", False), ("won", True)])
        self.company.controls.move_dispute(dispute, stage, fee_returned=fee_returned)
        if stage == "won":
            self.charges[charge]["disputed"] -= amount
            self.held += amount + (DISPUTE_FEE if fee_returned else 0)

    def pay_out(self) -> None:
        amount = self.random.randrange(1, 8000)
        if amount > self.held:
            with pytest.raises(SwitchRefused):
                self.company.controls.pay_out("USD", amount)
            return
        self.payouts[self.company.controls.pay_out("USD", amount)] = amount
        self.held -= amount

    def fail_payout(self) -> None:
        payout = self._any(self.payouts)
        if payout is not None:
            self.company.controls.end_payout(payout, "failed")
            self.held += self.payouts.pop(payout)

    def _any(self, rows: dict[str, Any]) -> str | None:
        return self.random.choice(list(rows)) if rows else None


@pytest.mark.parametrize("seed", range(4))
def test_the_balance_is_what_the_shop_reckons(company: Company, seed: int):
    shop = Reckoning(company, seed)
    for _ in range(STEPS):
        shop.step()
    lines = company.get("/v1/balance_lines?limit=500").json()["data"]
    assert sum(line["amount_minor"] - line["fee_minor"] for line in lines) == shop.held
    told = [row["amount_minor"] for row in company.get("/v1/balance").json()["data"]]
    assert told == [shop.held]
    for charge, sums in shop.charges.items():
        shown = company.get(f"/v1/charges/{charge}").json()
        assert (shown["refunded_minor"], shown["disputed_minor"]) == (sums["refunded"], sums["disputed"])
