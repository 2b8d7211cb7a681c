"""What must hold before anything is started, each with the sentence to say if it does not."""

import shutil
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql

from apps.core.errors import Unavailable

MEGABYTE = 1_000_000
LEAST_SPACE = 200 * MEGABYTE


class PortTaken(Unavailable):
    """Somebody listens there already."""

    message = (
        "Port {port} is taken by another program; stop that one, or start with another port: "
        "PORT={other} make run."
    )


class NoSpace(Unavailable):
    """The disk is full, or nearly."""

    message = "Only {free} MB are free where {path} is; {least} MB are needed to start."


class DatabaseSilent(Unavailable):
    """The database that the environment names is not there."""

    message = "The database {name} at {place}, which DATABASE_URL names, refuses: {why}."


class BrokerSilent(Unavailable):
    """The broker that the environment names is not there."""

    message = "The broker that REDIS_URL names does not answer: {why}."


def need_space(path: Path, *, least: int = LEAST_SPACE) -> None:
    """Raise NoSpace when little is left where `path` is."""
    free = shutil.disk_usage(path).free
    if free < least:
        raise NoSpace(free=free // MEGABYTE, path=path, least=least // MEGABYTE)


def need_ports(host: str, ports: Iterable[int], *, other: int) -> None:
    """Raise PortTaken when one of these cannot be listened on."""
    for port in ports:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                raise PortTaken(port=port, other=other) from None


def need_database(config: dict[str, Any]) -> None:
    """Raise DatabaseSilent when the database cannot be entered."""
    try:
        psycopg.connect(**entrance(config)).close()
    except psycopg.Error as error:
        place = f"{config['HOST'] or 'this machine'}:{config['PORT'] or 5432}"
        raise DatabaseSilent(name=config["NAME"], place=place, why=reason(error)) from None


def reason(error: psycopg.Error) -> str:
    """Give the last part of the first line, as in "connection to server …: Connection refused".

    The lines below it ask what the sentence has said already: whether a server runs there.
    """
    first, _, _ = str(error).strip().partition("\n")
    return " ".join(first.split()).rpartition("failed: ")[2].rstrip(".") or type(error).__name__


def need_broker(url: str) -> None:
    """Raise BrokerSilent when Valkey does not answer."""
    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
            client.ping()
    except redis.RedisError as error:
        raise BrokerSilent(why=type(error).__name__) from None


def create_database(admin_url: str, name: str) -> None:
    """Create a database on our own server, unless it is there."""
    with psycopg.connect(admin_url, autocommit=True) as server:
        there = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not there:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def is_empty(config: dict[str, Any], table: str) -> bool:
    """Whether a table of the database has no rows."""
    question = sql.SQL("SELECT NOT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
    with psycopg.connect(**entrance(config)) as server:
        (empty,) = server.execute(question).fetchone() or (False,)
    return bool(empty)


def entrance(config: dict[str, Any]) -> dict[str, Any]:
    """Give the words psycopg has for Django's."""
    words = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    found = {word: config.get(name) for name, word in (words | {"PORT": "port"}).items()}
    given = {"connect_timeout": 5, **config.get("OPTIONS", {}), **found}
    return {word: value for word, value in given.items() if value}
