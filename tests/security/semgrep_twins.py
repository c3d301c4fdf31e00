"""Breaks every rule of tools/semgrep.yaml once; each broken line names its rule. Never run."""
# ruff: noqa
# mypy: ignore-errors

import asyncio
import hashlib
import os
import pickle
import secrets
import subprocess
from pathlib import Path


async def input_reaches_sql(call, tx):
    order = call.query_params.get("order")
    await tx.fetch("SELECT * FROM thing ORDER BY " + order)  # breaks: input-reaches-sql


async def input_as_a_parameter(call, tx):
    await tx.fetch("SELECT * FROM thing WHERE name = $1", call.query_params.get("name"))


def input_reaches_log(call):
    said = call.headers.get("x-name")
    _log.info("hello", name=said)  # breaks: input-reaches-log


def secret_reaches_log(settings):
    _log.info("started", key=settings.cursor_key.get_secret_value())  # breaks: secret-reaches-log


def error_text_leaves():
    try:
        work()
    except ValueError as error:
        _log.warning("failed", error=str(error))  # breaks: error-text-leaves


def error_type_leaves():
    try:
        work()
    except ValueError as error:
        _log.warning("failed", error=type(error).__name__)


def shell(name):
    subprocess.run("ls " + name, shell=True)  # breaks: shell


def unsafe_reading(sent):
    return pickle.loads(sent)  # breaks: unsafe-reading


def path_from_input(call):
    return Path(call.query_params.get("file")).read_text()  # breaks: path-from-input


def weak_hash(content):
    return hashlib.md5(content)  # breaks: weak-hash
