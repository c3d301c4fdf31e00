"""PostgreSQL 18 from its wheel: a server of our own, and the databases and roles in it."""

from kairos_local.postgres.provision import provision
from kairos_local.postgres.server import LocalPostgres, ephemeral_postgres

__all__ = ["LocalPostgres", "ephemeral_postgres", "provision"]
