"""The tables around the ledger: counts, discrepancies, transfers, destruction, inventories."""

from sqlalchemy import Table

from dosing.store.columns import (
    at,
    big,
    count,
    document,
    key,
    mg,
    network,
    of,
    on,
    text,
    uuid,
)
from dosing.store.session_tables import metadata

receipt = Table(
    "receipt",
    metadata,
    of("container", primary=True),
    network(),
    text("supplier_name"),
    text("supplier_address"),
    text("supplier_dea"),
    text("invoice"),
    on("received_on"),
)

discrepancy = Table(
    "discrepancy",
    metadata,
    key(),
    network(),
    uuid("site_id"),
    of("container"),
    of("ledger_entry", name="count_id"),
    mg("book_mg"),
    mg("counted_mg"),
    uuid("discovered_by"),
    at("discovered_at"),
    at("notify_due_at"),
    at("report_due_at"),
)

discrepancy_step = Table(
    "discrepancy_step",
    metadata,
    key(),
    network(),
    of("discrepancy"),
    text("kind"),
    text("reason"),
    uuid("done_by"),
    uuid("witness", null=True),
    at("done_at"),
)

day_close = Table(
    "day_close",
    metadata,
    network(part_of_key=True),
    uuid("site_id", primary=True),
    on("day", primary=True),
    uuid("closed_by"),
    at("closed_at"),
)

transfer = Table(
    "transfer",
    metadata,
    key(),
    network(),
    of("container", name="from_container_id"),
    uuid("from_site_id"),
    uuid("to_site_id"),
    mg(),
    uuid("sent_by"),
    at("sent_at"),
)

transfer_receipt = Table(
    "transfer_receipt",
    metadata,
    of("transfer", primary=True),
    network(),
    of("container", name="to_container_id"),
    uuid("received_by"),
    at("received_at"),
)

destruction = Table(
    "destruction",
    metadata,
    key(),
    network(),
    of("container"),
    mg(),
    text("method"),
    uuid("asked_by"),
    at("asked_at"),
)

destruction_witness = Table(
    "destruction_witness",
    metadata,
    of("destruction", primary=True),
    uuid("witness", primary=True),
    network(),
    at("witnessed_at"),
)

inventory = Table(
    "inventory",
    metadata,
    key(),
    network(),
    uuid("site_id"),
    text("kind"),
    text("time_of_day"),
    on("taken_on"),
    document("lines"),
    uuid("taken_by"),
    at("taken_at"),
)

ledger_checkpoint = Table(
    "ledger_checkpoint",
    metadata,
    key(),
    network(),
    count("seq"),
    text("prior_root"),
    text("root"),
    big("entries"),
    at("taken_at"),
)

ledger_checkpoint_head = Table(
    "ledger_checkpoint_head",
    metadata,
    of("ledger_checkpoint", name="checkpoint_id", primary=True),
    of("container", primary=True),
    network(),
    count("last_seq"),
    text("last_hash"),
)
