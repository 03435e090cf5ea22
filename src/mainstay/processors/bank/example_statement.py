"""Statements as banks write them, for tests."""

from dataclasses import dataclass, field

IBAN = "DE89370400440532013000"
VERSIONS = ("001.02", "001.08", "001.13")


@dataclass
class Entry:
    """One entry, or one transaction of a batch."""

    amount: str = "5.00"
    text: str = ""
    reference: str = ""
    currency: str = "EUR"
    debit: bool = False
    code: str = ""
    payer: str = "FR7630006000011234567890189"
    day: str = "2026-01-31"
    bank_ref: str = ""
    end_to_end: str = "NOTPROVIDED"
    status: str = "BOOK"
    batch: list["Entry"] = field(default_factory=list)

    def direction(self) -> str:
        """Credit or debit."""
        return f"<CdtDbtInd>{'DBIT' if self.debit else 'CRDT'}</CdtDbtInd>"

    def transaction(self) -> str:
        """The details."""
        told = f"<Strd><CdtrRefInf><Ref>{self.reference}</Ref></CdtrRefInf></Strd>" if self.reference else ""
        told += f"<Ustrd>{self.text}</Ustrd>" if self.text else ""
        came_back = f"<RtrInf><Rsn><Cd>{self.code}</Cd></Rsn></RtrInf>" if self.code else ""
        return (
            f"<TxDtls><Refs><AcctSvcrRef>{self.bank_ref}</AcctSvcrRef><EndToEndId>{self.end_to_end}</EndToEndId></Refs>"
            f'<Amt Ccy="{self.currency}">{self.amount}</Amt>{self.direction()}'
            f"<RltdPties><Dbtr><Nm>A Reader</Nm></Dbtr>"
            f"<DbtrAcct><Id><IBAN>{self.payer}</IBAN></Id></DbtrAcct></RltdPties>"
            f"<RmtInf>{told}</RmtInf>{came_back}</TxDtls>"
        )

    def written(self, version: str) -> str:
        """The entry."""
        status = self.status if version == VERSIONS[0] else f"<Cd>{self.status}</Cd>"
        parts = "".join(one.transaction() for one in self.batch or [self])
        return (
            f'<Ntry><Amt Ccy="{self.currency}">{self.amount}</Amt>{self.direction()}<Sts>{status}</Sts>'
            f"<BookgDt><Dt>{self.day}</Dt></BookgDt><NtryDtls>{parts}</NtryDtls></Ntry>"
        )


def camt(*entries: Entry, iban: str = IBAN, version: str = VERSIONS[0], before: str = "") -> bytes:
    """A camt.053 file. `before` stands in front of the document, where attackers write."""
    inside = "".join(entry.written(version) for entry in entries)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.{version}"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{inside}</Stmt></BkToCstmrStmt></Document>"
    ).encode()
