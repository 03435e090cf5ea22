"""The company's tables. A change to an existing table is a new `VERSION`: files of older ones are refused."""

VERSION = 2

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    secret_key TEXT NOT NULL UNIQUE, restricted_key TEXT NOT NULL UNIQUE, publishable_key TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE IF NOT EXISTS clock (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1), stands_at INTEGER, ahead_seconds INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts,
    card TEXT NOT NULL, brand TEXT NOT NULL, last4 TEXT NOT NULL, country TEXT,
    exp_month INTEGER NOT NULL, exp_year INTEGER NOT NULL,
    made_at INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS methods (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts, customer TEXT NOT NULL,
    card TEXT NOT NULL, brand TEXT NOT NULL, last4 TEXT NOT NULL, country TEXT,
    exp_month INTEGER NOT NULL, exp_year INTEGER NOT NULL,
    authenticated INTEGER NOT NULL DEFAULT 0, detached INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS methods_by_customer ON methods (account_id, customer);
CREATE TABLE IF NOT EXISTS savings (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts, state TEXT NOT NULL,
    token_id TEXT NOT NULL REFERENCES tokens, customer TEXT, return_url TEXT NOT NULL,
    method_id TEXT REFERENCES methods
) STRICT;
CREATE TABLE IF NOT EXISTS intents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts, status TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), currency TEXT NOT NULL,
    reference TEXT NOT NULL, metadata TEXT NOT NULL, save_method INTEGER NOT NULL,
    made_at INTEGER NOT NULL, processing_until INTEGER NOT NULL DEFAULT 0,
    last_error TEXT, method_id TEXT REFERENCES methods, action_url TEXT,
    waiting_token TEXT REFERENCES tokens, waiting_method TEXT REFERENCES methods
) STRICT;
CREATE INDEX IF NOT EXISTS intents_by_reference ON intents (account_id, reference);
CREATE TABLE IF NOT EXISTS challenges (
    id TEXT PRIMARY KEY, intent_id TEXT NOT NULL REFERENCES intents (id), state TEXT NOT NULL,
    token_id TEXT REFERENCES tokens, method_id TEXT REFERENCES methods, return_url TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS challenges_by_intent ON challenges (intent_id);
CREATE TABLE IF NOT EXISTS charges (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts,
    intent_id TEXT NOT NULL UNIQUE REFERENCES intents (id),
    amount_minor INTEGER NOT NULL, currency TEXT NOT NULL,
    settled_minor INTEGER NOT NULL, settled_currency TEXT NOT NULL, fee_minor INTEGER,
    refunded_minor INTEGER NOT NULL DEFAULT 0, disputed_minor INTEGER NOT NULL DEFAULT 0,
    brand TEXT NOT NULL, country TEXT,
    CHECK (refunded_minor BETWEEN 0 AND amount_minor), CHECK (disputed_minor BETWEEN 0 AND amount_minor)
) STRICT;
CREATE INDEX IF NOT EXISTS charges_by_account ON charges (account_id);
CREATE TABLE IF NOT EXISTS refunds (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts, charge_id TEXT NOT NULL REFERENCES charges (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), reason TEXT NOT NULL, status TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS refunds_by_charge ON refunds (charge_id);
CREATE TABLE IF NOT EXISTS disputes (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts,
    charge_id TEXT NOT NULL REFERENCES charges (id), reason TEXT NOT NULL, stage TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), settled_minor INTEGER NOT NULL,
    fee_minor INTEGER NOT NULL, taken INTEGER NOT NULL DEFAULT 0, fee_returned INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS disputes_by_charge ON disputes (charge_id);
CREATE TABLE IF NOT EXISTS payouts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts, stage TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), currency TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS payouts_by_account ON payouts (account_id, number);
CREATE TABLE IF NOT EXISTS balance_lines (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account_id TEXT NOT NULL REFERENCES accounts,
    kind TEXT NOT NULL, amount_minor INTEGER NOT NULL, fee_minor INTEGER NOT NULL,
    currency TEXT NOT NULL, source TEXT NOT NULL, day TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS balance_lines_by_account ON balance_lines (account_id, number);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account_id TEXT NOT NULL REFERENCES accounts,
    type TEXT NOT NULL, kind TEXT NOT NULL, object_id TEXT NOT NULL, made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS events_by_account ON events (account_id, number);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES accounts,
    event_id TEXT NOT NULL REFERENCES events (id), position INTEGER NOT NULL, forged INTEGER NOT NULL,
    due_at INTEGER, tries INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, status INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at);
CREATE TABLE IF NOT EXISTS later (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES accounts,
    due_at INTEGER NOT NULL, what TEXT NOT NULL, object_id TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS later_by_time ON later (due_at);
CREATE TABLE IF NOT EXISTS faults (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES accounts,
    call TEXT NOT NULL, fault TEXT NOT NULL, times INTEGER NOT NULL, match TEXT NOT NULL, hold_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS idempotency_keys (
    account_id TEXT NOT NULL REFERENCES accounts, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, made_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS idempotency_keys_by_age ON idempotency_keys (made_at);
CREATE TABLE IF NOT EXISTS calls (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES accounts,
    method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL, what TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS calls_by_account ON calls (account_id, number);
"""

FORGOTTEN = (
    "calls",
    "idempotency_keys",
    "faults",
    "later",
    "deliveries",
    "events",
    "balance_lines",
    "payouts",
    "disputes",
    "refunds",
    "charges",
    "intents",
    "savings",
    "methods",
    "tokens",
)
"""The tables of an account's objects, those that name others first."""
