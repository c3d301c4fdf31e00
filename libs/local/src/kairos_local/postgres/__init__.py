"""PostgreSQL 18 from its wheel: a server of our own, and the databases and roles in it."""

from kairos_local.postgres.provision import SIDE_ROLES, provision
from kairos_local.postgres.server import LocalPostgres, ephemeral_postgres

__all__ = ["SIDE_ROLES", "LocalPostgres", "ephemeral_postgres", "provision"]
