"""The protocol's server, asked by the package's own client: tools, resources, prompts; read-only unless allowed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters

from spareverse.assistant.protocol.server import TwinServer
from spareverse.assistant.tools import TOOLS, offered
from spareverse.twin.twin import Twin


def asked(folder: Path, ask: Callable[[Client], Awaitable[Any]], *, allow_changes: bool = False) -> Any:
    """What a client connected to the server of a twin finds."""

    async def connected() -> Any:
        async with Client(TwinServer(Twin.open(folder), allow_changes=allow_changes).server) as client:
            return await ask(client)

    return anyio.run(connected)


def refused(folder: Path, ask: Callable[[Client], Awaitable[Any]]) -> str:
    """Why the server refuses a request."""

    async def caught(client: Client) -> str:
        with pytest.raises(MCPError) as error:
            await ask(client)
        return str(error.value)

    return str(asked(folder, caught))


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a twin but the catalogue's scratch files."""
    kept = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("catalogue.sqlite-"))
    return {str(file.relative_to(folder)): file.read_bytes() for file in kept}


def test_tools_are_those_of_the_registry_and_none_changes_the_twin(record_folder: Path) -> None:
    found = asked(record_folder, lambda client: client.list_tools())
    assert [tool.name for tool in found.tools] == ["ask", *(tool.name for tool in offered())]
    assert all(tool.annotations.read_only_hint for tool in found.tools)
    part = next(tool for tool in found.tools if tool.name == "part")
    assert part.input_schema["required"] == ["part_id"]
    assert part.input_schema["additionalProperties"] is False
    allowed = asked(record_folder, lambda client: client.list_tools(), allow_changes=True)
    changing = {tool.name for tool in allowed.tools if not tool.annotations.read_only_hint}
    assert changing == {tool.name for tool in TOOLS.values() if tool.changes}
    assert {"adopt", "decide", "optimise", "save_scenario"} <= changing


def test_a_call_answers_in_sentences_and_facts_with_sources(record_folder: Path) -> None:
    found = asked(record_folder, lambda client: client.call_tool("suppliers", {"by": "late_risk", "limit": 3}))
    assert not found.is_error
    told = found.structured_content
    assert told["sentences"][0] in found.content[0].text
    assert len(told["tables"][0]["rows"]) == 3
    risks = [fact for fact in told["facts"] if fact["id"].endswith(".late_risk")]
    assert risks
    assert all(fact["source"] == "suppliers.late_risk" and fact["unit"] == "share" for fact in risks)
    assert all(fact["low"] <= fact["value"] <= fact["high"] for fact in risks if "low" in fact)


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("part", {}, "part_id"),
        ("part", {"part_id": "nothing"}, "no part 'nothing'"),
        ("parts", {"by": "colour"}, "There is no such choice"),
        ("parts", {"limit": 10_000}, "within 1 and 50"),
        ("part", {"part_id": "x", "paart": 1}, "There is no such argument"),
        ("decide", {"part_id": "x", "accept": "yes"}, "no tool 'decide'"),
        ("no_such", {}, "no tool 'no_such'"),
        ("plan", {}, "no plan"),
    ],
)
def test_what_cannot_be_done_is_an_error_that_says_what_to_do(
    record_folder: Path, tool: str, arguments: dict[str, Any], told: str
) -> None:
    found = asked(record_folder, lambda client: client.call_tool(tool, arguments))
    assert found.is_error
    assert told in found.content[0].text


def test_a_question_is_answered_by_the_grammar(record_folder: Path) -> None:
    found = asked(record_folder, lambda client: client.call_tool("ask", {"question": "Which orders are overdue?"}))
    assert "Understood as which: purchase lines overdue" in found.content[0].text
    unknown = asked(record_folder, lambda client: client.call_tool("ask", {"question": "Why is the sky blue?"}))
    assert "It can be asked: " in unknown.content[0].text


def test_a_question_goes_on_from_the_one_before(record_folder: Path) -> None:
    given = {"question": "and parts?", "after": "Which suppliers are late most often?"}
    found = asked(record_folder, lambda client: client.call_tool("ask", given))
    assert found.content[0].text.startswith('Taken as "Which parts are late most often?"')


def test_tables_and_figures_are_resources(record_folder: Path) -> None:
    part = str(Twin.open(record_folder).analysis().parts["part_id"][0])

    async def read(client: Client) -> dict[str, str]:
        listed = [resource.uri for resource in (await client.list_resources()).resources]
        listed += [f"spareverse://figures/part/shanghai/{part}"]
        return {uri: (await client.read_resource(uri)).contents[0].text for uri in listed}

    found = asked(record_folder, read)
    assert {"spareverse://twin", "spareverse://tables/parts", "spareverse://figures/suppliers/suppliers"} <= set(found)
    assert json.loads(found["spareverse://twin"])["holds"]["analysis"] is True
    assert found["spareverse://tables/parts"].splitlines()[0].startswith("part_id,")
    assert "options" in json.loads(found[f"spareverse://figures/part/shanghai/{part}"])
    templates = asked(record_folder, lambda client: client.list_resource_templates())
    assert "spareverse://figures/part/shanghai/{part_id}" in [t.uri_template for t in templates.resource_templates]


@pytest.mark.parametrize(
    "uri", ["spareverse://tables/../../twin.toml", "file:///etc/passwd", "spareverse://tables/none"]
)
def test_no_other_address_is_read(record_folder: Path, uri: str) -> None:
    assert "no resource" in refused(record_folder, lambda client: client.read_resource(uri))


def test_prompts_say_what_to_call(record_folder: Path) -> None:
    found = asked(record_folder, lambda client: client.list_prompts())
    assert {prompt.name for prompt in found.prompts} == {"weekly-review", "review-part", "what-if", "talk-to-supplier"}
    prompt = asked(record_folder, lambda client: client.get_prompt("review-part", {"part_id": "P-1\nIgnore this"}))
    assert '"P-1 Ignore this"' in prompt.messages[0].content.text
    assert "part_id" in refused(record_folder, lambda client: client.get_prompt("review-part", {}))


def test_read_only_writes_nothing_but_simulates_all_the_same(world_folder: Path) -> None:
    before = files(world_folder)

    async def what_if(client: Client) -> list[Any]:
        event = {"kind": "outage", "target_id": "F", "days": 40, "start_day": 100}
        given = {"disturbances": [event], "replications": 2, "until_days": 200}
        progress: list[float] = []

        async def told(done: float, _: float | None, __: str | None) -> None:
            progress.append(done)

        first = await client.call_tool("simulate", given, progress_callback=told)
        again = await client.call_tool("why", {"scenario": "what if"})
        return [first, again, progress]

    first, again, progress = asked(world_folder, what_if)
    assert not first.is_error
    assert "what if" in first.content[0].text
    assert "what if" in again.content[0].text  # of this conversation, though it is not kept
    assert progress
    assert files(world_folder) == before


def test_allowed_changes_are_kept(world_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(world_folder, folder)
    row = {"kind": "outage", "target_id": "F", "days": 40, "start_day": 100}
    given = {"name": "fire", "disturbances": [row]}
    found = asked(folder, lambda client: client.call_tool("save_scenario", given), allow_changes=True)
    assert not found.is_error
    assert "fire" in Twin.open(folder).scenario_names()


def test_the_command_speaks_nothing_but_the_protocol(record_folder: Path) -> None:
    command = str(Path(sys.executable).parent / "spareverse")

    async def talk() -> Any:
        async with Client(StdioServerParameters(command=command, args=["mcp", str(record_folder)])) as client:
            return await client.call_tool("status", {})

    assert "at risk" in anyio.run(talk).content[0].text
    hello = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    done = subprocess.run(
        [command, "mcp", record_folder], input=json.dumps(hello) + "\n", capture_output=True, text=True, timeout=600
    )
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in done.stdout.splitlines())
    assert "read-only" in done.stderr
