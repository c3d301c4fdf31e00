"""The settings of a development server."""

from __future__ import annotations

import sys

from kairos_local.ports import LOOPBACK


def server_settings(port: int, *, durable: bool) -> dict[str, str]:
    """Settings for the server's command line. Raises nothing.

    `durable=False` turns off what protects against a crash of the machine (not of a process).
    """
    settings = {
        "listen_addresses": LOOPBACK,
        "port": str(port),
        "unix_socket_directories": "",  # their paths are length-limited, and TCP suffices
        "password_encryption": "scram-sha-256",
        "max_connections": "200",
        "shared_buffers": "128MB",
        "max_wal_size": "512MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",  # costs more than it gives for short statements
        # Statements and the details of errors can hold what belongs to a patient: never in a log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_statement": "none",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    if sys.platform.startswith("linux"):
        # One call before crash recovery, instead of one for each of thousands of files.
        settings["recovery_init_sync_method"] = "syncfs"
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings
