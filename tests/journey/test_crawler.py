"""Every id of one network, through every route, list, cursor and event of another: nothing tells
that it exists, and nothing of it changes.

What the second network hears about an id of the first is compared with what it hears about an id
nobody has: any difference would be a tell.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from kairos_chassis.clock import FrozenClock
from kairos_chassis.http.arguments import _Missing
from kairos_chassis.http.route import KairosRoute
from kairos_chassis.process import Service
from kairos_chassis.testing.databases import ServiceDatabase
from kairos_chassis.testing.harness import Harness, running
from kairos_cli.demo.journey import Played
from kairos_cli.machinery import ring_file, role_url
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES
from kairos_events.registry import event_for

from tools.access_table import _scope

from .bodies import instance
from .books import rows
from .canaries import pdf_words
from .test_tenants import known_ids

pytestmark = pytest.mark.timeout(420)

_PARAMETER = re.compile(r"{(\w+)}")
_CAPABILITY = re.compile(r"kcap_[0-9a-f]{32}_[A-Za-z0-9_-]{43}")  # drawn anew for each answer
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OTHER_IDS = 4  # of any kind, tried on each route beside the one of the right kind


@dataclass(slots=True)
class Crawl:
    """One service in this process, over the database in which the journey was played."""

    service: Harness
    platform: Platform
    mine: UUID  # the network that owns everything
    theirs: UUID  # the one that asks
    known: dict[str, str]
    ids: list[str]

    @property
    def name(self) -> str:
        return self.service.service.name

    def routes(self) -> Iterator[tuple[str, KairosRoute]]:
        for route in self.service.app.routes:
            if isinstance(route, KairosRoute) and not route.rules.capability_in_path:
                for method in sorted(route.methods or ()):
                    yield method, route

    def candidates(self, route: KairosRoute) -> Iterator[dict[str, str]]:
        """Ids of the first network for a route's path: of the right kind, then of any."""
        names = _PARAMETER.findall(route.path)
        yield {name: self.known.get(name, self.ids[0]) for name in names}
        if names:
            chance = random.Random(route.path)
            for _ in range(_OTHER_IDS):
                yield {name: chance.choice(self.ids) for name in names}

    async def ask(
        self, method: str, route: KairosRoute, ids: dict[str, str], body_id: str | None
    ) -> httpx.Response:
        """Ask as a network that has nothing, with a body that fits and names `body_id` throughout.

        A new network each time: what an earlier question has made there would be an answer too.
        """
        path = _PARAMETER.sub(lambda name: ids[name[1]], route.path)
        role = sorted(set(route.rules.policy.roles))[0]
        headers = {"If-Match": '"v1"', "Kairos-Acting-For": str(uuid4())}
        content: dict[str, Any] = {}
        signature = route.app.signature  # type: ignore[attr-defined]
        if signature.body is not None and body_id is not None:
            schema = signature.body[1].model_json_schema()
            now = self.service.clock.now().isoformat()
            content["json"] = instance(schema, lambda name: self._of(name, body_id), now)
        patient = UUID(ids["patient_id"]) if role == "patient" and "patient_id" in ids else None
        async with self.service.client(
            role, network=uuid4(), patient=patient, headers=headers
        ) as client:
            return await client.request(method, path, **content)

    def _of(self, name: str, body_id: str) -> str:
        return self.known.get(name, body_id) if body_id in self.ids else str(uuid4())

    async def snapshot(self) -> dict[str, str]:
        """All that the first network has in tables of its own, as one text a table."""
        found = {}
        for table in await self.tables():
            query = f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS sum FROM {table} t"
            found[table] = (await rows(self.platform, self.name, self.mine, query))[0]["sum"]
        return found

    async def tables(self) -> list[str]:
        query = (
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity"
            " AND has_table_privilege(oid, 'SELECT')"
        )
        return [row["relname"] for row in await rows(self.platform, self.name, self.mine, query)]


async def _ids_of(platform: Platform, service: str, network: UUID) -> list[str]:
    """Every id in every row that the network has in this service."""
    columns = await rows(
        platform,
        service,
        network,
        "SELECT table_name, column_name FROM information_schema.columns JOIN pg_class"
        " ON relname = table_name AND relrowsecurity WHERE udt_name = 'uuid'"
        " AND table_schema = 'public' AND column_name <> 'network_id'"
        " AND has_table_privilege(pg_class.oid, 'SELECT')",
    )
    found: set[str] = set()
    for row in columns:
        query = f"SELECT DISTINCT {row['column_name']} AS id FROM {row['table_name']}"
        found |= {str(one["id"]) for one in await rows(platform, service, network, query)}
    return sorted(found - {"None"})


@pytest.fixture(params=SERVICES)
async def crawl(
    request: pytest.FixtureRequest, platform: Platform, played: Played, tmp_path: Path
) -> AsyncIterator[Crawl]:
    """A crawl of one service."""
    name: str = request.param
    service: Service[Any] = import_module(f"{name}.wiring").SERVICE
    extra: dict[str, Any] = {"key_ring_file": ring_file(platform.state, name)}
    if name == "dosing":
        (tmp_path / "token").write_text("unused")
        extra |= {"intake_url": "http://127.0.0.1:9", "service_token_file": tmp_path / "token"}
    url = platform.database_url(name)
    if name == "integration":
        ((role, password),) = platform.state.secrets().side_passwords(name).items()
        extra |= {
            "notes_database_url": role_url(url, name, role, password),
            "sealing_key": "k" * 32,
        }
    clock = FrozenClock(platform.clock.now())
    async with running(
        service, ServiceDatabase(name, url, url, url), clock, tmp_path, **extra
    ) as harness:
        ids = await _ids_of(platform, name, played.network)
        yield Crawl(harness, platform, played.network, uuid4(), known_ids(played), ids)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile, but those the process asks for itself."""
    sent: list[str] = []

    def noting(method: Callable[..., Any]) -> Callable[..., Any]:
        def noted(self: Any, sql: str, *arguments: Any, **named: Any) -> Any:
            if "access_cut" not in sql:
                sent.append(_UUID.sub("<an id>", sql))
            return method(self, sql, *arguments, **named)

        return noted

    with pytest.MonkeyPatch.context() as patched:
        for name in ("fetch", "fetchrow", "fetchval", "execute"):
            patched.setattr(asyncpg.Connection, name, noting(getattr(asyncpg.Connection, name)))
        yield sent


def _told(answer: httpx.Response, ids: dict[str, str]) -> tuple[int, str]:
    """What an answer says, but for the ids that were sent and those every answer has of its own."""
    text = answer.text
    if text.startswith("%PDF"):  # without what every printed paper has of its own: its number, when
        text = pdf_words(answer.content).decode("latin-1")
    for name, value in ids.items():
        text = text.replace(value, f"<{name}>")
    text = _CAPABILITY.sub("<a capability>", text)
    return answer.status_code, _UUID.sub("<an id>", text)


async def test_no_route_tells_that_another_network_s_thing_exists(crawl: Crawl) -> None:
    before = await crawl.snapshot()
    assert len(crawl.ids) > 5
    asked = 0
    for method, route in crawl.routes():
        if "{" not in route.path and not route.rules.unsafe:
            continue  # it names nothing; what it lists is looked at below
        for ids in crawl.candidates(route):
            # What is named by a code, such as an instrument, is everybody's.
            nobody = {n: str(uuid4()) if n.endswith("_id") else v for n, v in ids.items()}
            body_id = next(iter(ids.values()), crawl.ids[0])
            where = f"{method} {route.path}"
            # No tell by time: the same work is done. benchmarks/trust.py measures it. What the
            # service does by itself meanwhile would be another thing the next time.
            for left in (2, 1, 0):
                with statements() as for_theirs:
                    theirs = await crawl.ask(method, route, ids, body_id)
                with statements() as for_nothing:
                    nothing = await crawl.ask(method, route, nobody, str(uuid4()))
                if for_theirs == for_nothing:
                    break
                assert left, (where, for_theirs, for_nothing)
            assert theirs.status_code < 500 or theirs.status_code == 503, (where, theirs.text)
            assert _told(theirs, ids) == _told(nothing, nobody), where
            asked += 1
    assert asked > 20
    assert await crawl.snapshot() == before


async def test_nothing_of_one_network_is_in_an_answer_to_another(crawl: Crawl) -> None:
    """Whatever the second network can read holds none of the first one's ids."""
    words = set(crawl.ids)
    for method, route in crawl.routes():
        if route.rules.unsafe:
            continue
        for ids in crawl.candidates(route):
            answer = await crawl.ask(method, route, ids, None)
            sent = set(ids.values())
            assert not (set(_UUID.findall(answer.text)) & words) - sent, route.path


async def test_no_filter_tells_that_another_network_s_thing_exists(crawl: Crawl) -> None:
    """Ids in queries: lists, searches, streams and books."""
    before, asked = await crawl.snapshot(), 0
    for _method, route in crawl.routes():
        query = route.app.signature.query  # type: ignore[attr-defined]
        names = [name for name in query if name.endswith("_id") or name == "patient"]
        # A site's stream goes on for ever, for whomever: `test_tenants` listens to it.
        if route.rules.unsafe or not names or ("stream" in route.path and crawl.name != "dosing"):
            continue
        ids = next(crawl.candidates(route))
        for name in names:
            if "stream" in route.path and name == "site_id":
                continue
            kind = "patient_id" if name == "patient" else name
            theirs = crawl.known.get(kind, crawl.ids[0])
            told = []
            for value in (theirs, str(uuid4())):
                path = _PARAMETER.sub(lambda n, ids=ids: ids[n[1]], route.path)  # type: ignore[misc]
                role = sorted(set(route.rules.policy.roles) - {"patient"})[0]
                async with crawl.service.client(role, network=uuid4()) as client:
                    answer = await client.get(path, params={**_needed(query, name), name: value})
                told.append(_told(answer, {"asked": value}))
            assert told[0] == told[1], (route.path, name)
            asked += told[0][0] < 400 or told[0][0] in (403, 404)
    assert asked >= 1
    assert await crawl.snapshot() == before


def _needed(query: Any, besides: str) -> dict[str, str]:
    """What else a list asks for, so that it comes to look at all."""
    known = {
        "site_id": str(uuid4()),
        "visit_type": "im_dosing",
        "from": "2027-03-01",
        "form": "dispensing-log",
        "route": "im",
        "lot": "LOT",
    }
    needed = {name for name, (_, default) in query.items() if default is _Missing}
    return {name: known[name] for name in needed & set(known) if name != besides}


async def test_who_works_at_one_site_reads_nothing_of_another(crawl: Crawl) -> None:
    """The same network, another site: every read that is bound to a site, of its own things."""
    tried = 0
    declared = declared_of(crawl)
    for method, route in crawl.routes():
        names = set(_PARAMETER.findall(route.path))
        if route.rules.unsafe or not names or not names <= crawl.known.keys():
            continue
        if scope_of(declared.get((method, route.path))) != "site":
            continue
        path = _PARAMETER.sub(lambda name: crawl.known[name[1]], route.path)
        role = sorted(set(route.rules.policy.roles) - {"patient"})[0]
        async with crawl.service.client(role, network=crawl.mine) as everywhere:
            assert (await everywhere.get(path)).status_code == 200, path
        async with crawl.service.client(role, network=crawl.mine, sites=[str(uuid4())]) as there:
            answer = await there.get(path)
        assert answer.status_code in (403, 404), path
        assert not set(_UUID.findall(answer.text)) & set(crawl.ids) - set(crawl.known.values())
        tried += 1
    assert tried >= {"scheduling": 2, "dosing": 5}.get(crawl.name, 0)


async def test_lists_hold_things_of_one_s_own_sites_only(crawl: Crawl) -> None:
    """Whoever works at no site of the network finds none of its things in a list bound to sites."""
    declared = declared_of(crawl)
    for method, route in crawl.routes():
        if route.rules.unsafe or "{" in route.path or "stream" in route.path:
            continue
        if scope_of(declared.get((method, route.path))) != "site":
            continue
        role = sorted(set(route.rules.policy.roles) - {"patient"})[0]
        async with crawl.service.client(role, network=crawl.mine, sites=[str(uuid4())]) as there:
            answer = await there.get(route.path)
        assert not set(_UUID.findall(answer.text)) & set(crawl.ids), route.path


def declared_of(crawl: Crawl) -> dict[tuple[str, str], Any]:
    """What the service's code says of each route."""
    groups = crawl.service.service.routes
    return {(one.method, one.path): one for group in groups for one in group.declared}


def scope_of(declared: Any) -> str | None:
    """What the table of access says: `site` where a route looks at the caller's sites."""
    return None if declared is None else _scope(declared)


async def test_cursor_of_one_network_is_none_for_another(crawl: Crawl) -> None:
    tried = 0
    for _method, route in crawl.routes():
        if route.rules.unsafe or "cursor" not in route.app.signature.query:  # type: ignore[attr-defined]
            continue
        path = _PARAMETER.sub(lambda name: crawl.known.get(name[1], crawl.ids[0]), route.path)
        role = sorted(set(route.rules.policy.roles) - {"patient"})[0]
        query: dict[str, Any] = {"limit": 1}
        if "access-log" in path:
            query["patient_id"] = crawl.known["patient_id"]
        async with crawl.service.client(role, network=crawl.mine) as mine:
            page = await mine.get(path, params=query)
        cursor = page.json().get("next_cursor")
        if cursor is None:
            continue
        tried += 1
        async with crawl.service.client(role, network=crawl.theirs) as theirs:
            answer = await theirs.get(path, params={**query, "cursor": cursor})
        assert answer.status_code == 400, path
        assert answer.json()["type"].endswith("invalid_cursor")
        async with crawl.service.client(role, network=crawl.mine) as mine:
            assert (await mine.get(path, params={**query, "cursor": cursor})).status_code == 200
    assert tried > 0


@contextmanager
def suppress_refusals() -> Iterator[None]:
    """Let the domain refuse, and the database: its keys and policies stand behind the domain.

    Any other error is a fault.
    """
    try:
        yield
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.InsufficientPrivilegeError):
        return
    except Exception as error:
        if not hasattr(error, "kind"):
            raise


async def test_event_of_one_network_changes_nothing_of_another(crawl: Crawl) -> None:
    """An event that names the first network's ids, told in the second's name."""
    before = await crawl.snapshot()
    delivered = 0
    for type_ in sorted(crawl.service.service.handlers.readers):
        made = json.loads(files("kairos_events").joinpath(f"examples/{type_}.json").read_bytes())
        named = {
            name: crawl.known.get(name, value) if name.endswith("_id") else value
            for name, value in made.items()
        }
        event = event_for(type_).model_validate_json(json.dumps(named))
        # An error with a kind is the domain's answer: it knows no such thing.
        with suppress_refusals():
            await crawl.service.deliver(event, crawl.theirs)
        delivered += 1
    assert delivered > 0
    assert await crawl.snapshot() == before


def test_a_difference_would_be_seen() -> None:
    """The twin: another status, another word, or an id nobody sent is a tell."""
    sent = {"thing_id": str(uuid4())}
    request = httpx.Request("GET", "http://service.test")

    def answer(status: int, text: str) -> httpx.Response:
        return httpx.Response(status, text=text, request=request)

    missing = _told(answer(404, f"no {sent['thing_id']}"), sent)
    assert missing == _told(answer(404, f"no {sent['thing_id']}"), sent)
    assert missing != _told(answer(403, f"no {sent['thing_id']}"), sent)
    assert missing != _told(answer(404, f"not yours {sent['thing_id']}"), sent)
